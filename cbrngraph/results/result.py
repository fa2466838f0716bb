"""The answer to a query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, overload

from cbrngraph.errors import UsageError
from cbrngraph.model import IRI, Term, Triple
from cbrngraph.model import Literal as RdfLiteral
from cbrngraph.names.labels import labels_of
from cbrngraph.results.rows import Row
from cbrngraph.store import Solutions, Triples

if TYPE_CHECKING:
    import pandas as pd
    import rdflib.query

    from cbrngraph.build import Snapshot
    from cbrngraph.evidence.cite import Citation
    from cbrngraph.queries import StoredQuery

__all__ = ["Asked", "Kind", "Result"]

Kind = Literal["select", "ask", "graph"]


class Asked(NamedTuple):
    """What was asked: the stored query or text, the values as they were given, the bound text.

    `terms` are the values that were bound, defaults included.
    """

    query: StoredQuery
    given: tuple[tuple[str, str], ...]
    sparql: str
    terms: tuple[tuple[str, tuple[IRI | RdfLiteral, ...]], ...] = ()


class Result:
    """The answer to a query on one snapshot.

    `kind` says what it is. A `select` has `variables` and is a sequence of `Row`; an `ask` is
    true or false (`bool(result)`); a `graph` (CONSTRUCT, DESCRIBE) has `triples`. Rows are
    fetched as they are asked for and kept.

    >>> import cbrngraph
    >>> result = cbrngraph.open().query("projects-by-country", country="UZB")
    >>> result.variables[:2]
    ('country', 'project')
    >>> {row.country.local for row in result}
    {'UZB'}
    """

    def __init__(
        self,
        answer: Solutions | bool | Triples,
        snapshot: Snapshot,
        asked: Asked,
        limit: int | None = None,
    ) -> None:
        self.snapshot = snapshot
        self.asked = asked
        self.variables: tuple[str, ...] = ()
        self.kind: Kind = "select"
        self._answer = False
        self._rows: list[tuple[Term | None, ...]] = []
        self._triples: list[Triple] = []
        self._pending: Iterator[Any] | None = None
        self._limit = limit
        self._cut = False
        self._labels: dict[str, str] | None = None
        match answer:
            case Solutions():
                self.variables = answer.variables
                self._pending = iter(answer.rows)
            case Triples():
                self.kind = "graph"
                self._pending = iter(answer.triples)
            case _:
                self.kind = "ask"
                self._answer = answer
        self._at = {name: index for index, name in enumerate(self.variables)}

    @property
    def truncated(self) -> bool:
        """Whether a limit cut rows off; known once the rows were read."""
        return self._cut

    @property
    def triples(self) -> Sequence[Triple]:
        """The triples of a CONSTRUCT or DESCRIBE, in no particular order.

        Raises:
            UsageError: the query is a SELECT or ASK.
        """
        self._must_be("graph", "triples")
        self._fetch()
        return self._triples

    @property
    def terms(self) -> Sequence[tuple[Term | None, ...]]:
        """The rows of a SELECT as RDF terms, None where unbound."""
        self._must_be("select", "rows")
        self._fetch()
        return self._rows

    @property
    def labels(self) -> dict[str, str]:
        """The labels of all IRIs in the answer that have one; fetched in one query."""
        if self._labels is None:
            self._fetch()
            cells: Iterator[Term | None] = (
                term for row in (self._rows or self._triples) for term in row
            )
            iris = {term for term in cells if isinstance(term, IRI)}
            self._labels = labels_of(self.snapshot.store, iris)
        return self._labels

    def stream(self) -> Iterator[tuple[Term | None, ...]]:
        """Yield the rows of a SELECT as RDF terms without keeping them; works once."""
        self._must_be("select", "rows")
        yield from self._rows
        yield from self._taken(len(self._rows))

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the rows as dicts of native values; None where a variable is unbound."""
        return [row._asdict() for row in self]

    def to_pandas(self, *, labels: bool = False) -> pd.DataFrame:
        """Return the rows as a data frame; `labels` adds a column of labels beside each of IRIs.

        Raises:
            UsageError: pandas is not installed, or the answer has no rows.
        """
        from cbrngraph.results.interchange import table

        self._must_be("select", "rows")
        return table(self, labels=labels)

    def to_rdflib(self) -> rdflib.query.Result:
        """Return rdflib's result object: rows, the answer to an ASK, or a graph (`.graph`)."""
        from cbrngraph.results.interchange import rdflib_result

        return rdflib_result(self)

    def cite(self) -> Citation:
        """Return the citation of this answer: its address and the sources that it rests on.

        Raises:
            UsageError: a limit cut the answer off.
        """
        from cbrngraph.evidence.cite import cite

        return cite(self)

    def __iter__(self) -> Iterator[Row]:
        self._must_be("select", "rows")
        position = 0
        while position < len(self._rows) or self._fetch_one():
            yield Row(self._at, self._rows[position])
            position += 1

    def __len__(self) -> int:
        self._fetch()
        return len(self._triples) if self.kind == "graph" else len(self._rows)

    def __bool__(self) -> bool:
        if self.kind == "ask":
            return self._answer
        return bool(self._rows or self._triples or self._fetch_one())

    @overload
    def __getitem__(self, key: int) -> Row: ...
    @overload
    def __getitem__(self, key: slice) -> list[Row]: ...
    def __getitem__(self, key: int | slice) -> Row | list[Row]:
        terms = self.terms
        if isinstance(key, slice):
            return [Row(self._at, row) for row in terms[key]]
        return Row(self._at, terms[key])

    def __repr__(self) -> str:
        if self.kind == "ask":
            return f"<Result: {str(self._answer).lower()}>"
        noun = "triples" if self.kind == "graph" else "rows"
        columns = f" of {', '.join(self.variables)}" if self.variables else ""
        return f"<Result: {len(self)} {noun}{columns}>"

    def _repr_html_(self) -> str:
        """Return the answer as an HTML table, as notebooks show it."""
        from cbrngraph.results.html import page

        return page(self)

    def _must_be(self, kind: Kind, what: str) -> None:
        if self.kind != kind:
            names = {"select": "a SELECT", "ask": "an ASK", "graph": "a CONSTRUCT or DESCRIBE"}
            raise UsageError(f"{names[self.kind]} has no {what}; {names[kind]} has")

    def _fetch(self) -> None:
        kept: list[Any] = self._triples if self.kind == "graph" else self._rows
        kept.extend(self._taken(len(kept)))

    def _fetch_one(self) -> bool:
        """Move one row or triple from the engine to the kept ones; False at the end."""
        kept: list[Any] = self._triples if self.kind == "graph" else self._rows
        item = self._next(len(kept))
        if item is not None:
            kept.append(item)
        return item is not None

    def _taken(self, already: int) -> Iterator[Any]:
        while (item := self._next(already)) is not None:
            already += 1
            yield item

    def _next(self, already: int) -> Any:
        """Take the next row or triple from the engine; None at the end or at the limit."""
        if self._pending is None:
            return None
        item = next(self._pending, None)
        at_limit = self._limit is not None and already >= self._limit
        if item is None or at_limit:
            self._cut = item is not None
            self._pending = None
            return None
        return item
