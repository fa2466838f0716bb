"""How the answer to one query differs between two graphs, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cbrngraph.errors import UsageError
from cbrngraph.evidence.words import Words
from cbrngraph.formats.sheet import Sheet, plain_sheet
from cbrngraph.model import IRI, Term

if TYPE_CHECKING:
    from cbrngraph.results import Result

__all__ = ["AnswerDiff", "RowChange", "answer_objects", "answer_sheet", "compare_answers"]

Row = tuple[Term | None, ...]


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that came (`before` None), went (`after` None) or has another value."""

    before: Row | None
    after: Row | None

    @property
    def sort(self) -> str:
        """`added`, `removed` or `changed`."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


@dataclass(frozen=True, slots=True)
class AnswerDiff:
    """The rows that differ, and how many are the same."""

    variables: tuple[str, ...]
    changes: tuple[RowChange, ...]
    same: int


def compare_answers(before: Result, after: Result) -> AnswerDiff:
    """Return what differs between two answers to one SELECT; rows count as often as they occur.

    A row of one side and a row of the other are one changed row when they are the only ones
    that agree in their first column, or in more columns where that does not tell them apart.

    Raises:
        UsageError: the query is no SELECT.
    """
    if before.kind != "select" or after.kind != "select":
        raise UsageError("only the answers of a SELECT can be compared row by row")
    old, new = Counter(before.terms), Counter(after.terms)
    gone, came = list((old - new).elements()), list((new - old).elements())
    changes: list[RowChange] = []
    for width in range(len(before.variables) - 1, 0, -1):
        changes += _paired(gone, came, width)
    changes += [RowChange(row, None) for row in gone]
    changes += [RowChange(None, row) for row in came]
    changes.sort(key=lambda change: _order(change.after or change.before or ()))
    return AnswerDiff(before.variables, tuple(changes), (old & new).total())


def _paired(gone: list[Row], came: list[Row], width: int) -> list[RowChange]:
    """Take out the pairs that alone on their side share the first `width` columns."""
    fronts = Counter(row[:width] for row in gone), Counter(row[:width] for row in came)
    alone = {row[:width] for row in gone if fronts[0][row[:width]] == fronts[1][row[:width]] == 1}
    found = []
    for front in sorted(alone, key=repr):
        old = next(row for row in gone if row[:width] == front)
        new = next(row for row in came if row[:width] == front)
        gone.remove(old)
        came.remove(new)
        found.append(RowChange(old, new))
    return found


def _order(row: Sequence[Term | None]) -> tuple[str, ...]:
    return tuple("" if term is None else term.n3() for term in row)


def _words(before: Result, diff: AnswerDiff) -> Words:
    terms: set[str] = set()
    for change in diff.changes:
        for row in (change.before, change.after):
            terms |= {str(term) for term in row or () if isinstance(term, IRI)}
    return Words(before.snapshot.store, terms)


def answer_sheet(diff: AnswerDiff, before: Result, title: str) -> Sheet:
    """Return the changed rows as a table: a changed value as `before → after`."""
    words = _words(before, diff)
    rows = []
    for change in diff.changes:
        if change.before is not None and change.after is not None:
            pairs = zip(change.before, change.after, strict=True)
            cells = [_both(one, other, words) for one, other in pairs]
        else:
            cells = [_cell(term, words) for term in change.after or change.before or ()]
        rows.append([change.sort, *cells])
    return plain_sheet(
        ("change", *diff.variables),
        rows,
        f"{title}; {diff.same} {'row' if diff.same == 1 else 'rows'} the same",
    )


def _both(one: Term | None, other: Term | None, words: Words) -> str:
    if one == other:
        return _cell(one, words)
    return f"{_cell(one, words)} → {_cell(other, words)}".strip()


def _cell(term: Term | None, words: Words) -> str:
    return "" if term is None else words.term(term).strip("“”")


def answer_objects(diff: AnswerDiff, before: Result) -> dict[str, Any]:
    """Return the changed rows as plain objects."""
    words = _words(before, diff)

    def told(row: Row | None) -> dict[str, Any] | None:
        if row is None:
            return None
        pairs: Iterable[tuple[str, Term | None]] = zip(diff.variables, row, strict=True)
        return {name: words.object(term) for name, term in pairs if term is not None}

    return {
        "same": diff.same,
        "rows": [
            {"change": c.sort, "before": told(c.before), "after": told(c.after)}
            for c in diff.changes
        ],
    }
