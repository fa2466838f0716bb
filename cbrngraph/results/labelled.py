"""An answer with the labels of its things, for formats that have no place for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cbrngraph.errors import UsageError
from cbrngraph.model import IRI, Literal, Term
from cbrngraph.results.result import Result
from cbrngraph.store import Solutions

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SUFFIX", "with_labels"]

SUFFIX = "_label"


def with_labels(result: Result) -> Result:
    """Return the answer to a SELECT with a column `<name>_label` beside each that has things.

    Raises:
        UsageError: the query is no SELECT, or has a column of such a name.

    >>> import cbrngraph
    >>> regions = cbrngraph.open().query("SELECT ?region { ?region a cbrn:Region }")
    >>> with_labels(regions).variables
    ('region', 'region_label')
    """
    if result.kind != "select":
        raise UsageError("only a SELECT has columns to add labels to")
    named = [
        any(isinstance(row[index], IRI) for row in result.terms)
        for index in range(len(result.variables))
    ]
    columns: list[str] = []
    for name, has_things in zip(result.variables, named, strict=True):
        columns += [name, name + SUFFIX] if has_things else [name]
    twice = next((name for name in columns if columns.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"the query has a column {twice!r} of its own")

    def rows() -> Iterator[tuple[Term | None, ...]]:
        labels = result.labels
        for row in result.terms:
            wide: list[Term | None] = []
            for term, has_things in zip(row, named, strict=True):
                wide.append(term)
                if has_things:
                    label = labels.get(term) if isinstance(term, IRI) else None
                    wide.append(None if label is None else Literal(label))
            yield tuple(wide)

    return Result(Solutions(tuple(columns), rows()), result.snapshot, result.asked)
