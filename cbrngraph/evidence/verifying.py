"""A verification as tables and as plain objects."""

from __future__ import annotations

from collections import Counter
from typing import Any

from cbrngraph.evidence.verify import Checked, Verification
from cbrngraph.evidence.words import passage_object
from cbrngraph.formats.sheet import Sheet, plain_sheet

__all__ = ["verification_objects", "verification_sheets"]

_MEANING = {
    "verified": "the excerpt stands where it is said to stand",
    "elsewhere": "WRONG: it stands at other lines",
    "missing": "WRONG: it does not stand in the document",
    "no excerpt": "not checked: the passage has no excerpt",
    "no document": "not checked: the document is not at hand",
    "no hash": "not checked: the source has no SHA-256",
    "not text": "not checked: the document is no text",
}


def verification_sheets(found: Verification, *, every: bool = False) -> list[Sheet]:
    """Return a summary, what is wrong, and the state of documents that are not plainly absent."""
    counts = Counter(str(one.outcome) for one in found.checks)
    rows = [(counts[name], meaning) for name, meaning in _MEANING.items() if counts[name]]
    sheets = [plain_sheet(("passages", "outcome"), rows)]
    listed = found.checks if every else found.faults
    if listed:
        columns = ("source", "place", "outcome", "excerpt")
        sheets.append(plain_sheet(columns, [_row(one) for one in listed]))
    documents = [d for d in found.documents if d.standing in ("recognised", "changed")]
    if documents:
        told = [(d.source.slug, d.standing, d.path.name if d.path else "") for d in documents]
        sheets.append(plain_sheet(("source", "document", "file"), told))
    return sheets


def _row(one: Checked) -> tuple[str, str, str, str]:
    at = f", at line {one.found}" if one.outcome == "elsewhere" else ""
    return one.passage.source.slug, one.passage.locator, one.outcome + at, one.passage.excerpt


def verification_objects(found: Verification) -> dict[str, Any]:
    """Return everything that was checked as plain objects."""
    return {
        "clean": found.clean,
        "verified": found.verified,
        "wrong": len(found.faults),
        "not_checked": len(found.checks) - found.verified - len(found.faults),
        "checks": [
            {
                **passage_object(one.passage),
                "outcome": one.outcome,
                "exact": one.exact,
                "found_at": one.found or None,
            }
            for one in found.checks
        ],
        "documents": [
            {
                "slug": document.source.slug,
                "sha256": document.source.sha256,
                "standing": document.standing,
                "file": document.path.name if document.path else None,
            }
            for document in found.documents
        ],
        "unknown_files": [path.name for path in found.strangers],
    }
