"""Conflicts as a table for people and as plain objects for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cbrngraph.evidence.conflicts import Claimed, Conflict
from cbrngraph.evidence.words import Words, passage_line, passage_object
from cbrngraph.formats.sheet import Cell, Sheet, plain_sheet
from cbrngraph.model import IRI, Term
from cbrngraph.namespaces import CBRN
from cbrngraph.results import curie, slug_of
from cbrngraph.store import Store

__all__ = ["conflict_objects", "conflicts_sheet"]


def _words(store: Store, found: Sequence[Conflict]) -> Words:
    terms: set[Term | None] = set()
    for one in found:
        terms |= {one.thing, one.property, one.measure}
        terms |= {claimed.value for claimed in one.values}
    return Words(store, [str(term) for term in terms if isinstance(term, IRI)])


def conflicts_sheet(store: Store, found: Sequence[Conflict]) -> Sheet:
    """Return conflicts as a table: what about, of which kind, each value and who says it."""
    words = _words(store, found)
    rows: list[tuple[object, ...]] = []
    for one in found:
        front: tuple[object, ...] = (
            Cell(words.term(one.thing), "", str(one.thing)),
            words.label(one.measure or one.property),
            f"{one.kind}: {one.reason}",
        )
        for claimed in one.values:
            for value, who in _said(claimed, words):
                rows.append((*front, value, who))
                front = ("", "", "")
    return plain_sheet(("thing", "property", "kind", "value", "said by"), rows)


def _said(claimed: Claimed, words: Words) -> Iterator[tuple[str, str]]:
    value = words.term(claimed.value).strip("“”")
    if not claimed.passages:
        yield value, claimed.rule
        return
    if not claimed.chosen:
        value = f"not taken: {value}" if claimed.rule else f"also: {value}"
    for passage in claimed.passages:
        yield value, passage_line(passage, full=False)
        value = ""
    if claimed.rule:
        yield "", f"({claimed.rule})"


def conflict_objects(store: Store, found: Sequence[Conflict]) -> list[dict[str, Any]]:
    """Return conflicts as plain objects, each with the `slug` of its thing."""
    words = _words(store, found)
    sheet_names = {
        quad.subject: str(quad.object) for quad in store.match(None, IRI(CBRN.sheetName))
    }
    return [
        {
            "slug": slug_of(one.thing),
            "thing": words.object(one.thing),
            "property": curie(one.property),
            "property_label": words.label(one.property),
            "sheet_name": sheet_names.get(one.property, ""),
            "measure": None if one.measure is None else slug_of(one.measure),
            "node": str(one.node),
            "kind": one.kind,
            "reason": one.reason,
            "counted": one.is_count(),
            "values": [
                {
                    **words.object(claimed.value),
                    "chosen": claimed.chosen,
                    "rule": claimed.rule,
                    "passages": [passage_object(p) for p in claimed.passages],
                }
                for claimed in one.values
            ],
        }
        for one in found
    ]
