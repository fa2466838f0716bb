"""A table for people: what the terminal, Markdown and spreadsheet writers lay out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cbrngraph.model import IRI, BNode, Literal, Term
from cbrngraph.results import curie, slug_of, slugify

if TYPE_CHECKING:
    from cbrngraph.results import Result

__all__ = ["Cell", "Sheet", "cell_of", "plain_sheet", "sheet_of"]

# A text of the graph must not be able to steer a terminal.
_CONTROLS = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
_SPACES = r"\s*[\t\n]\s*"


class Cell(NamedTuple):
    """A cell: its text, the short name beside it (empty where it says nothing new), its link."""

    text: str
    name: str = ""
    link: str = ""
    number: bool = False

    def __str__(self) -> str:
        return f"{self.text} ({self.name})" if self.name else self.text


class Sheet(NamedTuple):
    """A table with named columns; every row has a cell for each.

    `goes_on`: a row whose first cell is empty goes on with the row before.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    goes_on: bool = False

    def is_number(self, column: int) -> bool:
        """Say whether a column holds numbers and nothing else, so that it is set to the right."""
        filled = [row[column] for row in self.rows if row[column].text]
        return bool(filled) and all(cell.number for cell in filled)


def cell_of(term: Term | None, labels: dict[str, str]) -> Cell:
    """Return a term as a cell: an IRI by its label, with its slug where that says more."""
    match term:
        case None:
            return Cell("")
        case IRI():
            label = _clean(labels.get(term, ""))
            if not label:
                return Cell(_clean(curie(term)), link=str(term))
            slug = _clean(slug_of(term))
            return Cell(label, "" if slugify(slug) == slugify(label) else slug, str(term))
        case BNode():
            return Cell("[]")
        case Literal():
            return Cell(_clean(term.value), number=term.is_number)


def sheet_of(result: Result) -> Sheet:
    """Return the rows of a SELECT, or the triples of a CONSTRUCT in order, as a table."""
    labels = result.labels
    rows: Iterable[Sequence[Term | None]]
    if result.kind == "graph":
        columns: tuple[str, ...] = ("subject", "property", "value")
        triples = sorted(result.triples, key=lambda t: (t[0].n3(), t[1].n3(), t[2].n3()))
        rows = [tuple(triple) for triple in triples]
    else:
        columns, rows = result.variables, result.terms
    return Sheet(columns, tuple(tuple(cell_of(term, labels) for term in row) for row in rows))


def plain_sheet(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> Sheet:
    """Return a table of plain values; numbers are set to the right, None is empty.

    A row whose first cell is empty goes on with the row before.
    """
    return Sheet(tuple(columns), tuple(tuple(map(_plain_cell, row)) for row in rows), title, True)


def _plain_cell(value: object) -> Cell:
    if isinstance(value, Cell):
        return value
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return Cell("" if value is None else _clean(str(value)), number=number)


def _clean(text: str) -> str:
    if text.isprintable():
        return text
    if text.isprintable():
        return text
    return re.sub(_CONTROLS, "\ufffd", re.sub(_SPACES, " ", text))
