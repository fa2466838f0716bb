"""One row of an answer, looked for beside other work: the engine does not hold the interpreter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cbrngraph.errors import QueryError, UsageError
from cbrngraph.loading import Ahead
from cbrngraph.model import Term
from cbrngraph.queries.binding import bind
from cbrngraph.queries.running import execute
from cbrngraph.store import Solutions

if TYPE_CHECKING:
    from cbrngraph.build import Snapshot
    from cbrngraph.queries.catalogue import StoredQuery
    from cbrngraph.queries.values import Given

__all__ = ["AskedRow"]


class AskedRow:
    """A row of the answer of a SELECT, counted from 1; of an ASK row 1 is its yes.

    It is asked for from now on; `text` is the query with its parameters bound.

    Raises:
        UnknownNameError, ParameterError, QueryError: as `bind`.
    """

    def __init__(
        self, snapshot: Snapshot, query: StoredQuery, number: int, given: Mapping[str, Given]
    ) -> None:
        self.text = bind(query, given, snapshot)
        self.number = number
        self.name = query.slug if query.path else "the query"
        self._query = query
        self._found = Ahead(lambda: self._find(snapshot), "asking")

    def finish(self) -> dict[str, Term]:
        """Wait for the row and return its terms by variable, unbound ones left out.

        Raises:
            UsageError: there is no such row.
            QueryError: the query is refused or does not parse, or it has no rows.
        """
        return self._found.finish()

    def _find(self, snapshot: Snapshot) -> dict[str, Term]:
        answer = execute(snapshot.store, self.text, self._query.path)
        if isinstance(answer, bool):
            if self.number != 1 or not answer:
                raise self._no_row(int(answer))
            return {}
        if not isinstance(answer, Solutions):
            raise QueryError(
                "only rows of a SELECT and the yes of an ASK can be explained",
                path=self._query.path,
            )
        count = 0
        for count, terms in enumerate(answer.rows, start=1):
            if count == self.number:
                pairs = zip(answer.variables, terms, strict=True)
                return {variable: term for variable, term in pairs if term is not None}
        raise self._no_row(count)

    def _no_row(self, count: int) -> UsageError:
        rows = {0: "an empty answer", 1: "1 row"}.get(count, f"{count} rows")
        return UsageError(
            f"there is no row {self.number}: {self.name} has {rows}; rows are counted from 1"
        )
