"""Answers: typed rows, native values, labels, and the way to pandas and rdflib."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cbrngraph.queries import Choice, bind, execute
from cbrngraph.queries.values import values_given
from cbrngraph.results.names import curie, labels_of, slug_of, slugify
from cbrngraph.results.result import Asked, Kind, Result
from cbrngraph.results.rows import Row, native

if TYPE_CHECKING:
    from cbrngraph.build import Snapshot
    from cbrngraph.queries import Given, StoredQuery

__all__ = [
    "Asked",
    "Kind",
    "Result",
    "Row",
    "answer",
    "curie",
    "labels_of",
    "native",
    "slug_of",
    "slugify",
]


def answer(
    query: StoredQuery,
    given: Mapping[str, Given],
    snapshot: Snapshot,
    limit: int | None = None,
) -> Result:
    """Return the answer to a query with its parameters bound, at most `limit` rows of it.

    Raises:
        UnknownNameError, ParameterError: a parameter or value that does not fit.
        QueryError: the query is refused or does not parse.
    """
    sparql = bind(query, given, snapshot)
    asked = Asked(query, tuple((name, _written(value)) for name, value in given.items()), sparql)
    return Result(execute(snapshot.store, sparql, query.path), snapshot, asked, limit)


def _written(value: Given) -> str:
    several = values_given(value)
    named = (
        one.slug if isinstance(one, Choice) else "*" if one is None else one for one in several
    )
    return ", ".join(sorted(map(str, named)))
