"""A difference as a table, as plain objects, and as RDF patches forward and back.

RDF Patch is the format of Apache Jena: `A` adds a triple, `D` deletes one, between `TX` and `TC`.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from cbrngraph.evidence.diff import Change, Diff
from cbrngraph.evidence.sparql.tokens import unescape
from cbrngraph.formats.sheet import Sheet, plain_sheet
from cbrngraph.results import curie, slug_of, slugify
from cbrngraph.rules import N3Triple

__all__ = ["diff_objects", "diff_sheet", "patch"]


def diff_sheet(diff: Diff) -> Sheet:
    """Return the changes as a table, grouped by thing, each with its cause."""
    rows: list[tuple[str, ...]] = []
    for thing, changes in groupby(diff.changes, key=lambda change: change.thing):
        name = _name(thing, diff, full=True)
        for change in changes:
            what = _name(change.measure or change.property, diff)
            if change.node != change.thing and not change.measure:
                what = f"{what} [{slug_of(change.node[1:-1])}]"
            cause = f"{change.cause.why}: {change.cause.words}"
            before, after = (_name(t, diff, full=True) for t in (change.before, change.after))
            rows.append((name, what, change.sort, before, after, cause))
            name = ""
    title = f"From {diff.before} to {diff.after}"
    return plain_sheet(("thing", "property", "change", "before", "after", "cause"), rows, title)


def _name(term: str, diff: Diff, *, full: bool = False) -> str:
    """A term for people: the label of a thing, with its slug where that says more."""
    if not term.startswith("<"):
        return unescape(term[1 : term.rindex('"')]) if term.startswith('"') else term
    iri = term[1:-1]
    label, slug = diff.labels.get(iri, ""), slug_of(iri)
    if not label:
        return slug
    return f"{label} ({slug})" if full and slugify(slug) != slugify(label) else label


def diff_objects(diff: Diff) -> dict[str, Any]:
    """Return the changes as plain objects: one for each thing, with its `slug`."""
    return {
        "from": diff.before,
        "to": diff.after,
        "added": sum(change.sort == "added" for change in diff.changes),
        "removed": sum(change.sort == "removed" for change in diff.changes),
        "changed": sum(change.sort == "changed" for change in diff.changes),
        "new_sources": [slug_of(source[1:-1]) for source in diff.new_sources],
        "lost_sources": [slug_of(source[1:-1]) for source in diff.lost_sources],
        "things": [
            {
                **_object(thing, diff),
                "changes": [_change_object(change, diff) for change in changes],
            }
            for thing, changes in groupby(diff.changes, key=lambda change: change.thing)
        ],
    }


def _change_object(change: Change, diff: Diff) -> dict[str, Any]:
    cause = change.cause
    return {
        "property": curie(change.property[1:-1]),
        "property_label": _name(change.property, diff),
        "measure": slug_of(change.measure[1:-1]) if change.measure else None,
        "node": change.node[1:-1],
        "change": change.sort,
        "before": _object(change.before, diff) if change.before else None,
        "after": _object(change.after, diff) if change.after else None,
        "cause": {
            "kind": cause.why,
            "words": cause.words,
            "passages": [passage[1:-1] for passage in cause.passages],
        },
    }


def _object(term: str, diff: Diff) -> dict[str, Any]:
    if term.startswith("<"):
        iri = term[1:-1]
        return {"slug": slug_of(iri), "iri": iri, "label": diff.labels.get(iri) or slug_of(iri)}
    return {"value": _name(term, diff), "term": term}


def patch(diff: Diff, *, back: bool = False) -> str:
    """Return the RDF patch that makes one side the other; `back` undoes it.

    It is about what is stated; what rules entail follows from that.
    """
    gone, came = (diff.added, diff.removed) if back else (diff.removed, diff.added)
    head = f"H from {_quoted(diff.after if back else diff.before)} .\n"
    head += f"H to {_quoted(diff.before if back else diff.after)} .\n"
    return f"{head}TX .\n{_lines('D', gone)}{_lines('A', came)}TC .\n"


def _lines(sign: str, triples: Iterable[N3Triple]) -> str:
    return "".join(f"{sign} {s} {p} {o} .\n" for s, p, o in sorted(triples))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
