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
    names = _Names(diff)
    rows: list[tuple[str, ...]] = []
    for thing, changes in groupby(diff.changes, key=lambda change: change.thing):
        name = names.full(thing)
        for change in changes:
            what = names.short(change.measure or change.property)
            if change.node != change.thing and not change.measure:
                what = f"{what} [{slug_of(change.node[1:-1])}]"
            cause = f"{change.cause.why}: {change.cause.words}"
            before, after = names.full(change.before), names.full(change.after)
            rows.append((name, what, change.sort, before, after, cause))
            name = ""
    title = f"From {diff.before} to {diff.after}"
    return plain_sheet(("thing", "property", "change", "before", "after", "cause"), rows, title)


class _Names:
    """Names terms for people, each once: the same few properties and things come back."""

    def __init__(self, diff: Diff) -> None:
        self._diff = diff
        self._short: dict[str, str] = {}
        self._full: dict[str, str] = {}
        self._objects: dict[str, dict[str, Any]] = {}
        self._curies: dict[str, str] = {}

    def short(self, term: str) -> str:
        """The label of a thing, else its slug; the text of a literal."""
        return self._short.get(term) or self._short.setdefault(term, self._name(term, full=False))

    def full(self, term: str) -> str:
        """The same, with the slug where that says more."""
        return self._full.get(term) or self._full.setdefault(term, self._name(term, full=True))

    def curie(self, term: str) -> str:
        """The CURIE of a property."""
        return self._curies.get(term) or self._curies.setdefault(term, curie(term[1:-1]))

    def object(self, term: str) -> dict[str, Any]:
        """A term as a plain object."""
        return self._objects.get(term) or self._objects.setdefault(term, self._object(term))

    def _name(self, term: str, *, full: bool) -> str:
        if not term.startswith("<"):
            return unescape(term[1 : term.rindex('"')]) if term.startswith('"') else term
        iri = term[1:-1]
        label, slug = self._diff.labels.get(iri, ""), slug_of(iri)
        if not label:
            return slug
        return f"{label} ({slug})" if full and slugify(slug) != slugify(label) else label

    def _object(self, term: str) -> dict[str, Any]:
        if term.startswith("<"):
            iri = term[1:-1]
            label = self._diff.labels.get(iri) or slug_of(iri)
            return {"slug": slug_of(iri), "iri": iri, "label": label}
        return {"value": self._name(term, full=False), "term": term}


def diff_objects(diff: Diff) -> dict[str, Any]:
    """Return the changes as plain objects: one for each thing, with its `slug`."""
    names = _Names(diff)
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
                **names.object(thing),
                "changes": [_change_object(change, names) for change in changes],
            }
            for thing, changes in groupby(diff.changes, key=lambda change: change.thing)
        ],
    }


def _change_object(change: Change, names: _Names) -> dict[str, Any]:
    cause = change.cause
    return {
        "property": names.curie(change.property),
        "property_label": names.short(change.property),
        "measure": slug_of(change.measure[1:-1]) if change.measure else None,
        "node": change.node[1:-1],
        "change": change.sort,
        "before": names.object(change.before) if change.before else None,
        "after": names.object(change.after) if change.after else None,
        "cause": {
            "kind": cause.why,
            "words": cause.words,
            "passages": [passage[1:-1] for passage in cause.passages],
        },
    }


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
