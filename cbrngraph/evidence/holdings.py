"""What a project's files say, sorted by source, so that its views can be compared.

Two views of one project differ by the sources that only one of them counts, and by the values
that one of them does not take. The rest is the same and need not be looked at: a comparison
costs what differs, not what there is.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from cbrngraph.model import View
from cbrngraph.namespaces import CBRN
from cbrngraph.reading import Reading
from cbrngraph.resolution import superseded
from cbrngraph.rules import N3Triple

__all__ = ["Holdings", "N3Quad", "Seen", "uncollected"]

N3Quad = tuple[str, str, str, str]
_PART_OF = f"<{CBRN.partOf}>"


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the collector of cycles out of work that makes millions of texts and no cycle.

    It would look at each of them again and again: a third of the time of a large comparison.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class Holdings:
    """The statements and descriptions of each source, and what belongs to none.

    `said` has the quads of the passages of each source (of none: under ""), `about` the triples
    that describe it and its passages; `reference` is reference data, which gives way to
    passages, and `fixed` is the rest: the ontology, and what else files say by default.
    """

    def __init__(self, reading: Reading) -> None:
        self.notes = reading.descriptions
        self.said: dict[str, list[N3Quad]] = {}
        self.about: dict[str, list[N3Triple]] = {}
        self.reference: list[N3Triple] = []
        self.fixed: list[N3Triple] = []
        self._sources = self.notes.sources()
        self._part_of = self.notes.values[_PART_OF]
        # Of a source that is called a passage of another both would decide.
        self.is_plain = self._sources.isdisjoint(self._part_of)
        for part in reading.parts:
            if part.is_reference:
                self.reference += part.triples
            elif part.is_turtle:
                self.fixed += part.triples
            else:
                self._sort(part.triples)
            source_of = self._part_of.get
            for quad in part.quads:
                source = source_of(quad[3], "")
                if source in self.said:
                    self.said[source].append(quad)
                else:
                    self.said[source] = [quad]

    def _sort(self, triples: list[N3Triple]) -> None:
        subject, place = "", self.fixed
        for triple in triples:
            if triple[0] != subject:
                subject = triple[0]
                source = self.source_of(subject)
                place = self.about.setdefault(source, []) if source else self.fixed
            place.append(triple)

    def source_of(self, subject: str) -> str:
        """Return the source that a source or passage is or belongs to, "" for other things."""
        return subject if subject in self._sources else self._part_of.get(subject, "")

    def seen_in(self, view: View) -> Seen:
        """Return what a view has of it."""
        left_out: frozenset[str] = frozenset()
        if view.day is not None:
            day, issued = view.day.isoformat(), self.notes.issued_by
            left_out = frozenset(s for s in (*self._sources, "") if not "" < issued(s) <= day)
        return Seen(self, left_out, resolved=view.name == "current")


class Seen:
    """The part of the holdings that a view has."""

    def __init__(self, holdings: Holdings, left_out: frozenset[str], *, resolved: bool) -> None:
        self.holdings = holdings
        self.left_out = left_out
        self.lost: set[N3Triple] = set()
        if resolved:
            self.lost = superseded(self._competing(), holdings.notes)

    @cached_property
    def sources(self) -> set[str]:
        """The sources with a passage that states something."""
        return set(self.holdings.said.keys() - self.left_out - {""})

    def quads(self) -> Iterator[N3Quad]:
        """Yield what the passages state, the values not taken included."""
        for source, quads in self.holdings.said.items():
            if source not in self.left_out:
                yield from quads

    def _competing(self) -> Iterator[N3Quad]:
        yield from self.quads()
        for subject, predicate, object_ in self.holdings.reference:
            yield subject, predicate, object_, ""

    def telling(self) -> Iterator[N3Triple]:
        """Yield the view but for the descriptions of sources and passages."""
        lost, held = self.lost, self.holdings
        yield from held.fixed
        yield from (triple for triple in held.reference if triple not in lost)
        for quad in self.quads():
            triple = quad[:3]
            if triple not in lost:
                yield triple

    def triples(self) -> set[N3Triple]:
        """Return the whole view as stated."""
        found = set(self.telling())
        for source, triples in self.holdings.about.items():
            if source not in self.left_out:
                found.update(triples)
        return found

    def describing(self, subject: str) -> list[N3Triple]:
        """Return the triples about a source or passage; none for anything else."""
        source = self.holdings.source_of(subject)
        if not source or source in self.left_out:
            return []
        return [triple for triple in self.holdings.about.get(source, ()) if triple[0] == subject]

    def beyond(self, other: Seen) -> set[N3Triple]:
        """Return the triples that this view has and another view of the same holdings has not."""
        held, fresh = self.holdings, other.left_out - self.left_out
        found = {quad[:3] for source in fresh for quad in held.said.get(source, ())}
        regained = other.lost - self.lost
        if regained:
            found.update(triple for triple in self.telling() if triple in regained)
        found -= self.lost
        # A statement about a source may be a part of its description as well.
        odd = [triple for triple in found if other.describing(triple[0])]
        found.difference_update(t for t in odd if t in other.describing(t[0]))
        for source in fresh:
            found.update(held.about.get(source, ()))
        if found:
            found.difference_update([triple for triple in other.telling() if triple in found])
        return found
