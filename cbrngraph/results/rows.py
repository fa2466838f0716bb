"""One row of an answer: native values by attribute, name or position."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cbrngraph.model import Literal, Term

__all__ = ["Row", "native"]


def native(term: Term | None) -> Any:
    """Return the Python value of a term: an IRI or blank node as itself, None where unbound."""
    return term.python if isinstance(term, Literal) else term


class Row:
    """One row. `row.country`, `row["country"]` and `row[0]` are the same native value.

    Its own names begin with an underscore, so that a variable may have any other:
    `_terms` are the RDF terms, `_asdict()` is a dict.

    >>> from cbrngraph.model import IRI, Literal
    >>> at = {"project": 0, "count": 1}
    >>> terms = (IRI("https://w3id.org/cbrngraph/id/project/P087"),
    ...          Literal("3", "http://www.w3.org/2001/XMLSchema#integer"))
    >>> row = Row(at, terms)
    >>> row.count + row["count"] + row[1], row.project.local
    (9, 'P087')
    """

    __slots__ = ("_at", "_terms")

    def __init__(self, at: Mapping[str, int], terms: tuple[Term | None, ...]) -> None:
        self._at = at
        self._terms = terms

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return native(self._terms[self._at[name]])
        except KeyError:
            raise AttributeError(f"no column {name!r}; there are {_names(self._at)}") from None

    def __getitem__(self, key: str | int) -> Any:
        if isinstance(key, int):
            return native(self._terms[key])
        try:
            return native(self._terms[self._at[key]])
        except KeyError:
            raise KeyError(f"no column {key!r}; there are {_names(self._at)}") from None

    def __iter__(self) -> Iterator[Any]:
        return (native(term) for term in self._terms)

    def __len__(self) -> int:
        return len(self._terms)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Row):
            return self._terms == other._terms and tuple(self._at) == tuple(other._at)
        return tuple(self) == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._terms)

    def __dir__(self) -> list[str]:
        return [*self._at, "_asdict", "_terms"]

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}={self[name]!r}" for name in self._at)
        return f"Row({inside})"

    def _asdict(self) -> dict[str, Any]:
        """Return the native values by column name."""
        return {name: self[name] for name in self._at}


def _names(at: Mapping[str, int]) -> str:
    return ", ".join(at)
