"""Answers: typed rows, native values, labels, and the way to pandas and rdflib."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cbrngraph.model import IRI, Literal
from cbrngraph.names.labels import curie, labels_of, slug_of, slugify
from cbrngraph.queries import Choice, bind_terms, chosen_terms, execute
from cbrngraph.queries.values import values_given
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
    "answer_terms",
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
    terms = chosen_terms(query, given, snapshot)
    told = tuple((name, _written(value)) for name, value in given.items())
    return answer_terms(query, terms, snapshot, limit, told)


def answer_terms(
    query: StoredQuery,
    terms: Mapping[str, tuple[IRI | Literal, ...]],
    snapshot: Snapshot,
    limit: int | None = None,
    told: tuple[tuple[str, str], ...] | None = None,
) -> Result:
    """Return the answer to a query with terms for its parameters; no default is put in.

    `told` is how the values were given, in words.

    Raises:
        QueryError: the query has no such parameter, is refused or does not parse.
    """
    sparql = bind_terms(query, terms)
    if told is None:
        told = tuple((name, ", ".join(sorted(map(_name, found)))) for name, found in terms.items())
    asked = Asked(query, told, sparql, tuple(terms.items()))
    return Result(execute(snapshot.store, sparql, query.path), snapshot, asked, limit)


def _name(term: IRI | Literal) -> str:
    return slug_of(term) if isinstance(term, IRI) else term.value


def _written(value: Given) -> str:
    several = values_given(value)
    named = (
        one.slug if isinstance(one, Choice) else "*" if one is None else one for one in several
    )
    return ", ".join(sorted(map(str, named)))
