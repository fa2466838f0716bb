"""Why an answer is empty: nobody covers it, who covers it does not state it, or it is stated none.

Which sources cover what is declared (`cbrn:Coverage`). Of a source without a declaration only
that much is assumed: that it covers a group of properties of a thing when it states one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from typing import Literal as OneOf

from cbrngraph.describe import passages_of, sources_of
from cbrngraph.errors import QueryError
from cbrngraph.evidence.gap import Gap, find_gap
from cbrngraph.evidence.sparql import parse_query
from cbrngraph.evidence.words import Words, passage_object
from cbrngraph.model import IRI, Passage, Source
from cbrngraph.namespaces import BASE, CBRN, OWL, RDF, RDFS, SKOS
from cbrngraph.results import curie, slug_of
from cbrngraph.store import Store

if TYPE_CHECKING:
    from cbrngraph.results import Result

__all__ = ["Absence", "absence", "absence_object"]

Kind = OneOf[
    "stated none",  # a source says that there is none
    "not stated",  # a source covers it and does not state it
    "not covered",  # no source covers it
    "unknown",  # the graph does not know the thing, class or property at all
    "excluded",  # there is something, and a condition of the query leaves it out
    "no match",  # nothing matches, and no thing is named of which coverage could be told
]
_TYPE = IRI(RDF.type)
_LISTED = 6


@dataclass(frozen=True, slots=True)
class Absence:
    """Why there is nothing. `sources` are those that cover it, `passages` those that say none."""

    kind: Kind
    message: str
    gap: Gap
    groups: tuple[IRI, ...] = ()
    sources: tuple[Source, ...] = ()
    passages: tuple[Passage, ...] = ()


def absence(result: Result) -> Absence | None:
    """Return why an answer is empty; None when it is not, or the query cannot be taken apart."""
    if result:
        return None
    from cbrngraph.queries import prepare

    store = result.snapshot.store
    try:
        parsed = parse_query(prepare(result.asked.sparql), base=BASE)
        return _Inquiry(store, find_gap(store, parsed.pattern)).outcome()
    except (QueryError, RecursionError):
        # What the engine understands and the explanation does not: the answer stays empty.
        return None


class _Inquiry:
    def __init__(self, store: Store, gap: Gap) -> None:
        self._store = store
        self.gap = gap
        self._words = Words(store, [*gap.things, *gap.properties])

    def outcome(self) -> Absence:
        gap = self.gap
        if gap.condition:
            what = self._words.sparql(gap.condition)
            message = f"there are matches, and {what} leaves none of them"
            return Absence("excluded", message, gap)
        things = [thing for thing in gap.things if not self._is_vocabulary(thing)]
        properties = [name for name in gap.properties if name != _TYPE]
        named = bool(things and properties) and not gap.loose
        said = self._none_stated(things, properties) if named else ()
        if said:
            message = f"{_slugs(p.source for p in said)} says that there is none: "
            message += f"{self._properties(properties)} of {self._told(things)}"
            return Absence("stated none", message, gap, passages=said)
        unknown = self._unknown()
        if unknown:
            return Absence("unknown", unknown, gap)
        if not named:
            message = f"nothing matches {{ {self._words.sparql(gap.pattern)} }}"
            return Absence("no match", message, gap)
        return self._covered(things, properties)

    def _covered(self, things: list[IRI], properties: list[IRI]) -> Absence:
        groups = self._groups(properties)
        sources = self._covering(things, groups)
        if sources:
            verbs = ("covers", "does") if len(sources) == 1 else ("cover", "do")
            told = f"{_slugs(sources)} {verbs[0]} {self._named(groups)} of {self._told(things)}"
            told += f", and {verbs[1]} not state {self._properties(properties)}"
            return Absence("not stated", told, self.gap, groups, sources)
        covered = self._named(groups) if groups else self._properties(properties)
        told = f"no source covers {covered} of {self._told(things)}"
        return Absence("not covered", told, self.gap, groups)

    def _told(self, things: list[IRI]) -> str:
        return " and ".join(self._words.term(thing) for thing in things)

    def _properties(self, properties: list[IRI]) -> str:
        return ", ".join(f"“{self._words.label(name)}”" for name in properties)

    def _named(self, groups: Iterable[IRI]) -> str:
        words = Words(self._store, groups)
        return " and ".join(words.label(group).casefold() for group in groups)

    # --- what is known at all -------------------------------------------------------------

    def _unknown(self) -> str:
        for thing in self.gap.things:
            if not (self._occurs(thing, None) or self._occurs(None, thing)):
                return f"the graph knows nothing of {curie(thing)}"
        for name in self.gap.properties:
            used = next(self._store.match(None, name, None, any_graph=True), None) is not None
            if used:
                continue
            declared = next(self._store.match(name, _TYPE), None) is not None
            if not declared:
                return f"no property is called {curie(name)}"
            return f"no source states {self._words.label(name)} of anything"
        return ""

    def _occurs(self, subject: IRI | None, object_: IRI | None) -> bool:
        return next(self._store.match(subject, None, object_, any_graph=True), None) is not None

    def _is_vocabulary(self, thing: IRI) -> bool:
        """Whether a thing is a class or concept, of which sources tell nothing."""
        kinds = {quad.object for quad in self._store.match(thing, _TYPE)}
        return bool(kinds & {OWL.Class, RDFS.Class, SKOS.Concept}) or any(
            self._store.match(thing, IRI(SKOS.inScheme))
        )

    # --- who covers it --------------------------------------------------------------------

    def _none_stated(self, things: list[IRI], properties: list[IRI]) -> tuple[Passage, ...]:
        wanted = {name for one in properties for name in self._alike(one)}
        graphs = [
            quad.graph
            for thing in things
            for quad in self._store.match(thing, IRI(CBRN.statesNone), any_graph=True)
            if quad.object in wanted and isinstance(quad.graph, IRI)
        ]
        return tuple(passages_of(self._store, graphs).values())

    def _alike(self, name: IRI) -> Iterator[IRI]:
        """A property, its inverses, and what it is a part of or is part of it."""
        yield name
        for predicate in (OWL.inverseOf, RDFS.subPropertyOf):
            for quad in self._store.match(name, IRI(predicate)):
                if isinstance(quad.object, IRI):
                    yield quad.object
            for quad in self._store.match(None, IRI(predicate), name):
                if isinstance(quad.subject, IRI):
                    yield quad.subject

    def _groups(self, properties: Iterable[IRI]) -> tuple[IRI, ...]:
        found = {
            quad.object
            for name in properties
            for other in (name, *self._alike(name))
            for quad in self._store.match(other, IRI(CBRN.propertyGroup))
            if isinstance(quad.object, IRI)
        }
        own = {
            quad.object
            for name in properties
            for quad in self._store.match(name, IRI(CBRN.propertyGroup))
            if isinstance(quad.object, IRI)
        }
        return tuple(sorted(own or found))

    def _covering(self, things: list[IRI], groups: tuple[IRI, ...]) -> tuple[Source, ...]:
        found = set(self._declared(things, groups)) | set(self._assumed(things, groups))
        sources = sources_of(self._store, found).values()
        return tuple(sorted(sources, key=lambda s: (s.issued, s.slug), reverse=True))

    def _declared(self, things: list[IRI], groups: tuple[IRI, ...]) -> Iterator[IRI]:
        for quad in self._store.match(None, IRI(CBRN.coverageOf)):
            coverage, source = quad.subject, quad.object
            in_view = next(self._store.match(None, IRI(CBRN.partOf), source), None) is not None
            if not isinstance(source, IRI) or not in_view:
                continue
            covered = {q.object for q in self._store.match(coverage, IRI(CBRN.coversThing))}
            told = {q.object for q in self._store.match(coverage, IRI(CBRN.coversGroup))}
            if set(groups) & told and any(self._belongs(t, covered) for t in things):
                yield source

    def _belongs(self, thing: IRI, covered: set[Any]) -> bool:
        """Whether a thing is covered itself or directly joined to what is."""
        if thing in covered:
            return True
        joined = {q.object for q in self._store.match(thing)}
        joined |= {q.subject for q in self._store.match(None, None, thing)}
        return bool(joined & covered)

    def _assumed(self, things: list[IRI], groups: tuple[IRI, ...]) -> Iterator[IRI]:
        """The sources that state something of the same group about one of the things."""
        names = {
            quad.subject
            for group in groups
            for quad in self._store.match(None, IRI(CBRN.propertyGroup), group)
        }
        graphs: set[IRI] = set()
        for thing in things:
            for subject, object_ in ((thing, None), (None, thing)):
                for quad in self._store.match(subject, None, object_, any_graph=True):
                    if quad.predicate in names and isinstance(quad.graph, IRI):
                        graphs.add(quad.graph)
        yield from {p.source.iri for p in passages_of(self._store, graphs).values()}


def _slugs(sources: Iterable[Source]) -> str:
    slugs = list(dict.fromkeys(source.slug for source in sources))
    told = ", ".join(slugs[:_LISTED])
    return told if len(slugs) <= _LISTED else f"{told} and {len(slugs) - _LISTED} more"


def absence_object(store: Store, one: Absence) -> dict[str, Any]:
    """Return why there is nothing as plain objects."""
    words = Words(store, [*one.gap.things, *one.gap.properties, *one.groups])
    return {
        "kind": one.kind,
        "message": one.message,
        "pattern": words.sparql(one.gap.pattern),
        "condition": words.sparql(one.gap.condition),
        "things": [words.object(thing) for thing in one.gap.things],
        "properties": [curie(name) for name in one.gap.properties],
        "groups": [slug_of(group) for group in one.groups],
        "sources": [
            {
                "slug": source.slug,
                "title": source.title,
                "issued": source.issued,
                **_period(store, source.iri),
            }
            for source in one.sources
        ],
        "passages": [passage_object(passage) for passage in one.passages],
    }


def _period(store: Store, source: IRI) -> dict[str, str | None]:
    """The period that a source declares to cover; None where it declares none."""
    for quad in store.match(None, IRI(CBRN.coverageOf), source):
        first = next(store.match(quad.subject, IRI(CBRN.coversFrom)), None)
        last = next(store.match(quad.subject, IRI(CBRN.coversUntil)), None)
        return {
            "covers_from": str(first.object) if first else None,
            "covers_until": str(last.object) if last else None,
        }
    return {"covers_from": None, "covers_until": None}
