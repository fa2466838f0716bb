"""A verification as tables and as plain objects."""

from __future__ import annotations

from collections import Counter
from typing import Any

from cbrngraph.evidence.verify import Checked, Tally, Verification
from cbrngraph.evidence.words import passage_object
from cbrngraph.formats.sheet import Sheet, plain_sheet

__all__ = ["in_words", "verification_objects", "verification_sheets"]

_MEANING = {
    "verified": "verified: the excerpt stands at its lines",
    "spelling": "WRONG: it stands there in other letter case, quotation marks or dashes",
    "elsewhere": "WRONG: it stands in the document at other lines",
    "missing": "WRONG: it does not stand in the document",
    "no excerpt": "not checked: the passage has no excerpt",
    "no lines": "not checked: the locator states no lines",
    "no document": "not checked: the document is not at hand",
    "no hash": "not checked: the source has no SHA-256",
    "not text": "not checked: the document is no text",
}
_STANDING = {"changed": "another file of that name", "no hash": "no SHA-256"}


def in_words(found: Verification) -> str:
    """Return the outcome in one line: what is verified, what is wrong, what nobody could check."""
    line = f"{found.verified} verified, {len(found.faults)} wrong, {found.not_checked} not checked"
    if found.changed:
        count = len(found.changed)
        line += f"; {count} changed {'document' if count == 1 else 'documents'}"
    return line


def verification_sheets(found: Verification, *, every: bool = False) -> list[Sheet]:
    """Return a summary, the counts of each document, and what is wrong.

    Sources without a document at hand are counted in the summary; `every` lists them and every
    passage too.
    """
    counts = Counter(str(one.outcome) for one in found.checks)
    rows = [(counts[name], meaning) for name, meaning in _MEANING.items() if counts[name]]
    sheets = [plain_sheet(("passages", "outcome"), rows)]
    tallies = [t for t in found.tallies() if every or _has_document(t)]
    if tallies:
        counted = ("source", "document", "verified", "wrong", "not checked", "why not")
        sheets.append(plain_sheet(counted, map(_tally_row, tallies)))
    listed = found.checks if every else found.faults
    if listed:
        columns = ("source", "place", "outcome", "excerpt")
        sheets.append(plain_sheet(columns, map(_row, listed)))
    return sheets


def _has_document(tally: Tally) -> bool:
    return tally.document.standing in ("recognised", "changed")


def _tally_row(tally: Tally) -> tuple[str, str, int, int, int, str]:
    document = tally.document
    named = document.path.name if document.path else ""
    standing = _STANDING.get(document.standing, document.standing)
    shown = named if document.standing == "recognised" else f"{standing}: {named}".strip(": ")
    why = ", ".join(f"{reason} ({count})" for reason, count in tally.not_checked)
    left = sum(count for _, count in tally.not_checked)
    return document.source.slug, shown, tally.verified, tally.wrong, left, why


def _row(one: Checked) -> tuple[str, str, str, str]:
    at = f", at line {one.found}" if one.outcome == "elsewhere" else ""
    return one.passage.source.slug, one.passage.locator, one.outcome + at, one.passage.excerpt


def verification_objects(found: Verification) -> dict[str, Any]:
    """Return everything that was checked as plain objects."""
    return {
        "clean": found.clean,
        "verified": found.verified,
        "wrong": len(found.faults),
        "not_checked": found.not_checked,
        "sources": [_tally_object(tally) for tally in found.tallies()],
        "checks": [
            {
                **passage_object(one.passage),
                "outcome": one.outcome,
                "wrong": one.wrong,
                "exact": one.exact,
                "found_at": one.found or None,
            }
            for one in found.checks
        ],
        "unknown_files": [path.as_posix() for path in found.strangers],
    }


def _tally_object(tally: Tally) -> dict[str, Any]:
    document = tally.document
    return {
        "slug": document.source.slug,
        "title": document.source.title,
        "sha256": document.source.sha256,
        "standing": document.standing,
        "file": document.path.name if document.path else None,
        "verified": tally.verified,
        "wrong": tally.wrong,
        "not_checked": dict(tally.not_checked),
    }
