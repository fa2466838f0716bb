"""A thing's dated story: what happened when, and what was said of it when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from typing import Literal as OneOf

from cbrngraph.build import ENTAILED
from cbrngraph.describe import passages_of
from cbrngraph.evidence.kinds import When, span_of
from cbrngraph.evidence.words import Words, passage_object
from cbrngraph.formats.sheet import Sheet, plain_sheet
from cbrngraph.model import IRI, Literal, Passage, Term
from cbrngraph.namespaces import CBRN, RDF
from cbrngraph.results import curie, slug_of

if TYPE_CHECKING:
    from cbrngraph.build import Snapshot

__all__ = ["Entry", "Timeline", "timeline", "timeline_objects", "timeline_sheet", "undated_note"]

_TRUE = Literal("true", "http://www.w3.org/2001/XMLSchema#boolean")
_LISTED = 12
_WHOLES = frozenset((CBRN.Initiative, CBRN.Region, CBRN.Country))
_EVENTS = frozenset((CBRN.Activity, CBRN.Project, CBRN.Plan))


@dataclass(frozen=True, slots=True)
class Entry:
    """A point of the story.

    `event`: something has this date; `thing` is the thing itself or one near it, which `link`
    (a property) joins to it. `statement`: `values` were said of the thing at that date;
    `measure` is what a figure counts. `when` is the date as written.
    """

    when: str
    span: When
    sort: OneOf["event", "statement"]
    thing: IRI
    property: IRI
    values: tuple[Term, ...]
    passages: tuple[Passage, ...]
    link: IRI | None = None
    measure: IRI | None = None
    taken: bool = True


@dataclass(frozen=True, slots=True)
class Timeline:
    """The entries in order of time, and how many statements had no date to stand at."""

    thing: IRI
    entries: tuple[Entry, ...]
    undated: int


def timeline(snapshot: Snapshot, thing: IRI) -> Timeline:
    """Return the story of a thing in a view.

    Events are its own dates and those of what it is directly joined to, entailed joins
    included. Statements are the values of time-varying properties and the reported figures.
    """
    teller = _Teller(snapshot, thing)
    entries = [*teller.events(), *teller.statements()]
    entries.sort(key=_order)
    return Timeline(thing, tuple(entries), teller.undated)


def _order(entry: Entry) -> tuple[Any, ...]:
    span = entry.span
    return (span.first, span.last, entry.sort, entry.thing, entry.property, entry.values[0].n3())


class _Teller:
    def __init__(self, snapshot: Snapshot, thing: IRI) -> None:
        self._store = snapshot.store
        self._thing = thing
        self._dates = {q.object for q in self._store.match(None, IRI(CBRN.earliestOf))}
        self.undated = 0

    # --- what happened --------------------------------------------------------------------

    def events(self) -> Iterator[Entry]:
        yield from self._dated(self._thing, None)
        near = self._near()
        for neighbour in sorted(near):
            yield from self._dated(neighbour, near[neighbour])

    def _near(self) -> dict[IRI, IRI]:
        """What belongs to the story, with the property that joins it.

        All that sources join to the thing, and events, projects and plans by any join: what
        the thing belongs to (its region, its initiative) has a story of its own.
        """
        found: dict[IRI, IRI] = {}
        for quad in self._store.match(None, None, self._thing):
            if isinstance(quad.subject, IRI) and quad.subject != self._thing:
                stated = next(self._passage_quads(*quad[:3]), None) is not None
                if self._is_event(quad.subject) or (stated and not self._is_whole(quad.subject)):
                    found.setdefault(quad.subject, quad.predicate)
        for quad in self._store.match(self._thing):
            other = quad.object
            new = isinstance(other, IRI) and other != self._thing and other not in found
            if new and self._is_event(IRI(str(other))):
                found[IRI(str(other))] = quad.predicate
        return found

    def _passage_quads(self, subject: Term, predicate: IRI, value: Term) -> Iterator[IRI]:
        for quad in self._store.match(subject, predicate, value, any_graph=True):
            if isinstance(quad.graph, IRI) and quad.graph != ENTAILED:
                yield quad.graph

    def _is_event(self, thing: IRI) -> bool:
        return any(q.object in _EVENTS for q in self._store.match(thing, IRI(RDF.type)))

    def _is_whole(self, thing: IRI) -> bool:
        return any(q.object in _WHOLES for q in self._store.match(thing, IRI(RDF.type)))

    def _dated(self, thing: IRI, link: IRI | None) -> Iterator[Entry]:
        """The dates of a thing that the view has."""
        for quad in self._store.match(thing):
            span = span_of(str(quad.object)) if quad.predicate in self._dates else None
            if span is not None:
                yield Entry(
                    when=str(quad.object),
                    span=span,
                    sort="event",
                    thing=thing,
                    property=quad.predicate,
                    values=(quad.object,),
                    passages=self._stating(thing, quad.predicate, quad.object),
                    link=link,
                )

    def _stating(self, subject: IRI, predicate: IRI, value: Term) -> tuple[Passage, ...]:
        found = passages_of(self._store, self._passage_quads(subject, predicate, value))
        return tuple(sorted(found.values(), key=lambda p: (p.as_of or p.source.issued, p.iri)))

    # --- what was said --------------------------------------------------------------------

    def statements(self) -> Iterator[Entry]:
        groups: dict[tuple[IRI, IRI | None, str, str, bool], dict[Term, set[IRI]]]
        groups = defaultdict(lambda: defaultdict(set))
        spans: dict[str, When] = {}
        told = list(self._told())
        passages = passages_of(self._store, {graph for *_, graph in told})
        for predicate, measure, value, graph in told:
            passage = passages.get(graph)
            if passage is None:
                continue
            when = passage.as_of or passage.source.issued
            span = span_of(when) if when else None
            if span is None:
                self.undated += 1
                continue
            spans[when] = span
            taken = self._in_view(predicate, measure, value)
            key = (predicate, measure, when, passage.source.slug, taken)
            groups[key][value].add(graph)
        for (predicate, measure, when, _, taken), values in groups.items():
            graphs = sorted({graph for said in values.values() for graph in said})
            yield Entry(
                when=when,
                span=spans[when],
                sort="statement",
                thing=self._thing,
                property=predicate,
                values=tuple(sorted(values, key=lambda term: term.n3())),
                passages=tuple(passages[graph] for graph in graphs),
                measure=measure,
                taken=taken,
            )

    def _told(self) -> Iterator[tuple[IRI, IRI | None, Term, IRI]]:
        """What passages say of the thing that may change: property, measure, value, passage."""
        varying = {q.subject for q in self._store.match(None, IRI(CBRN.timeVarying), _TRUE)}
        for quad in self._store.match(self._thing, any_graph=True):
            dated = quad.predicate in self._dates
            if quad.predicate in varying and not dated and isinstance(quad.graph, IRI):
                yield quad.predicate, None, quad.object, quad.graph
        for figure in self._store.match(None, IRI(CBRN.figureOf), self._thing):
            if not isinstance(figure.subject, IRI):
                continue
            measure = next(self._store.match(figure.subject, IRI(CBRN.measure)), None)
            value = IRI(CBRN.figureValue)
            for quad in self._store.match(figure.subject, value, any_graph=True):
                if isinstance(quad.graph, IRI) and measure and isinstance(measure.object, IRI):
                    yield value, measure.object, quad.object, quad.graph

    def _in_view(self, predicate: IRI, measure: IRI | None, value: Term) -> bool:
        """Whether the view has the value; a figure's node is looked up by what it counts."""
        if measure is None:
            return next(self._store.match(self._thing, predicate, value), None) is not None
        for figure in self._store.match(None, IRI(CBRN.figureOf), self._thing):
            node = figure.subject
            counts = next(self._store.match(node, IRI(CBRN.measure), measure), None) is not None
            if counts and next(self._store.match(node, predicate, value), None) is not None:
                return True
        return False


def _words(snapshot: Snapshot, story: Timeline) -> Words:
    iris: set[str] = {story.thing}
    for entry in story.entries:
        iris |= {entry.thing, entry.property, entry.measure or "", entry.link or ""}
        iris |= {str(value) for value in entry.values if isinstance(value, IRI)}
    return Words(snapshot.store, iris - {""})


def timeline_sheet(snapshot: Snapshot, story: Timeline) -> Sheet:
    """Return the story as a table: when, what, and who says so."""
    words = _words(snapshot, story)
    rows = [(entry.when, _what(entry, story, words), _who(entry)) for entry in story.entries]
    return plain_sheet(("when", "what", "said by"), rows, words.term(story.thing))


def _what(entry: Entry, story: Timeline, words: Words) -> str:
    name = words.label(entry.measure or entry.property)
    if entry.sort == "event":
        if entry.thing == story.thing:
            return name
        return f"{words.term(entry.thing)}: {name}"
    values = [words.term(value).strip("“”") for value in entry.values]
    more = f" and {len(values) - _LISTED} more" if len(values) > _LISTED else ""
    return f"{name}: {', '.join(values[:_LISTED])}{more}"


def _who(entry: Entry) -> str:
    slugs = dict.fromkeys(passage.source.slug for passage in entry.passages)
    return ", ".join(slugs)


def timeline_objects(snapshot: Snapshot, story: Timeline) -> list[dict[str, Any]]:
    """Return the story as plain objects, each with the `slug` of the thing it is about."""
    words = _words(snapshot, story)
    return [
        {
            "slug": slug_of(entry.thing),
            "when": entry.when,
            "from": _day(entry.span, last=False),
            "to": _day(entry.span, last=True),
            "sort": entry.sort,
            "thing": words.object(entry.thing),
            "property": curie(entry.property),
            "property_label": words.label(entry.property),
            "measure": slug_of(entry.measure) if entry.measure else None,
            "link": curie(entry.link) if entry.link else None,
            "values": [words.object(value) for value in entry.values],
            "in_view": entry.taken,
            "passages": [passage_object(passage) for passage in entry.passages],
        }
        for entry in story.entries
    ]


def _day(span: When, *, last: bool) -> str | None:
    """A day as ISO 8601, None where the date is open on that side."""
    day = span.last if last else span.first
    return None if day.year in (1, 9999) else day.isoformat()


def undated_note(story: Timeline) -> str:
    """Return a sentence on what could not be placed, empty when all could."""
    if not story.undated:
        return ""
    noun = "statement" if story.undated == 1 else "statements"
    return f"{story.undated} {noun} without a date left out"
