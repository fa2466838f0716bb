"""Why an answer is empty: nobody covers it, who covers it does not state it, or it is stated none.

What a source is said not to state is looked for first, in the view and in all passages: where
anything states it, the emptiness is a matter of the query's conditions, and those are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from textwrap import shorten
from typing import TYPE_CHECKING, Any
from typing import Literal as OneOf

from cbrngraph.errors import QueryError
from cbrngraph.evidence.coverage import Coverage
from cbrngraph.evidence.gap import Gap, find_gap
from cbrngraph.evidence.matching import Atom
from cbrngraph.evidence.reasons import Phrases, listed
from cbrngraph.evidence.sparql import parse_query
from cbrngraph.evidence.sparql.algebra import Inverse, Var
from cbrngraph.evidence.words import Words, passage_object
from cbrngraph.model import IRI, Passage, Source
from cbrngraph.namespaces import BASE, OWL, RDF, RDFS, SKOS
from cbrngraph.results import curie, slug_of
from cbrngraph.store import Store

if TYPE_CHECKING:
    from cbrngraph.queries import StoredQuery
    from cbrngraph.results import Result

__all__ = ["Absence", "absence", "absence_object", "explain_empty"]

Kind = OneOf[
    "stated none",  # a source says that there is none
    "not stated",  # a source covers it and does not state it
    "not covered",  # no source covers it
    "unknown",  # the graph does not know the thing, class or property at all
    "excluded",  # there is something, and a condition of the query leaves it out
    "no match",  # what the query asks for is stated, but not of one and the same thing
    "none found",  # a check found nothing, which is the good result
]
_TYPE = IRI(RDF.type)
_LONG = 160
_ORDER = ("stated none", "not stated", "not covered", "unknown", "no match", "excluded")


@dataclass(frozen=True, slots=True)
class Absence:
    """Why there is nothing. `sources` are those that cover it, `passages` those that say none."""

    kind: Kind
    message: str
    gap: Gap
    groups: tuple[IRI, ...] = ()
    sources: tuple[Source, ...] = ()
    passages: tuple[Passage, ...] = ()

    def __str__(self) -> str:
        return self.message if self.kind == "none found" else f"no answer: {self.message}"


def absence(result: Result) -> Absence | None:
    """Return why an answer is empty.

    None when it is not, when a limit of the caller cut it off, or when the query cannot be taken
    apart. The effort is bounded: where it does not suffice, the whole query is named.
    """
    if result or result.truncated:
        return None
    if _is_check(result.asked.query):
        return Absence("none found", "nothing found, as it should be", Gap("whole"))
    from cbrngraph.queries import prepare

    try:
        text = prepare(result.asked.sparql)
        return explain_empty(result.snapshot.store, text, _given(result))
    except (QueryError, RecursionError):
        # What the engine understands and the explanation does not: the answer stays empty.
        return None


def explain_empty(store: Store, sparql: str, given: Mapping[str, str]) -> Absence:
    """Return why a query without an answer has none; `given` are the values of its parameters.

    Raises:
        QueryError: it cannot be taken apart.
    """
    gap = find_gap(store, parse_query(sparql, base=BASE).pattern)
    return _Inquiry(store, given).outcome(gap)


def _is_check(query: StoredQuery) -> bool:
    """Whether the rows of a query are faults, so that none is the good result."""
    return "check" in query.tags or (query.topic == "quality" and bool(query.severity))


def _given(result: Result) -> dict[str, str]:
    """The values of the parameters as they were given, else as they were bound."""
    bound = {
        name: listed((slug_of(t) if isinstance(t, IRI) else t.value for t in terms), "or")
        for name, terms in result.asked.terms
        if terms
    }
    for name, value in result.asked.given:
        if name in bound and "," not in value:
            bound[name] = value
    return bound


class _Inquiry:
    def __init__(self, store: Store, given: Mapping[str, str]) -> None:
        self._store = store
        self._given = given
        self._coverage = Coverage(store)

    def outcome(self, gap: Gap) -> Absence:
        """Why a gap is there; of several alternatives the reason that says most comes first."""
        found: list[Absence] = []
        gaps = [replace(one, others=()) for one in (gap, *gap.others)]
        asked = [one for one in gaps if not Phrases(self._store, one, self._given).idle()]
        for one in _merged(asked or gaps):
            told = self._one(one)
            if told.message not in [other.message for other in found]:
                found.append(told)
        first, *others = sorted(found, key=lambda one: _ORDER.index(one.kind))
        message = first.message
        for other in others:
            if len(message) + len(other.message) + 2 > _LONG:
                break
            message += f"; {other.message}"
        return replace(first, message=_short(message))

    def _one(self, gap: Gap) -> Absence:
        phrases = Phrases(self._store, gap, self._given)
        if gap.kind == "part":
            said = self._denied(gap, phrases)
            if said is not None:
                return said
        if gap.kind in ("part", "join"):
            unknown = self._unknown(gap, phrases)
            if unknown:
                return Absence("unknown", unknown, gap)
        if gap.kind == "part":
            return self._part(gap, phrases)
        if gap.kind == "join":
            return Absence("no match", phrases.join(), gap)
        if gap.kind == "condition":
            return Absence("excluded", phrases.conditions(), gap)
        if gap.kind == "rows":
            limits = "LIMIT 0, an OFFSET beyond the last row, or empty VALUES"
            message = f"the query itself asks for no row ({limits})"
            return Absence("excluded", message, gap)
        return Absence("no match", phrases.whole(), gap)

    def _denied(self, gap: Gap, phrases: Phrases) -> Absence | None:
        """A source that says that there is none, where nothing says otherwise."""
        things, properties = list(gap.things), list(gap.properties)
        said = self._coverage.denied(things, properties) if things else ()
        if not said or any(self._coverage.stated(t, p) for t in things for p in properties):
            return None
        told = f"{phrases.properties(properties)} of {phrases.things(things)}"
        message = f"{_slugs(p.source for p in said)} says that there is none: {told}"
        return Absence("stated none", message, gap, passages=said)

    def _part(self, gap: Gap, phrases: Phrases) -> Absence:
        atom = gap.atoms[0]
        if gap.properties == (_TYPE,):
            return Absence("no match", self._no_class(gap, phrases), gap)
        properties = [name for name in gap.properties if name != _TYPE]
        if not properties:
            return Absence("no match", self._no_property(atom, gap, phrases), gap)
        things = [thing for thing in gap.things if not self._is_vocabulary(thing)]
        one_end = all(not (s and e) for s, e in map(gap.ends, gap.atoms))
        stated = (self._coverage.stated(thing, name) for thing in things for name in properties)
        if one_end and things and len(things) == len(gap.things) and not any(stated):
            return self._uncovered(gap, things, properties, phrases)
        return Absence("no match", self._other_value(gap, atom, phrases), gap)

    def _uncovered(
        self, gap: Gap, things: list[IRI], properties: list[IRI], phrases: Phrases
    ) -> Absence:
        """Nothing at all states the properties of the things: who covers them?"""
        coverage = self._coverage
        told, names = phrases.things(things), phrases.properties(properties)
        groups = coverage.groups(properties)
        labels = Words(self._store, groups)
        field = listed(labels.label(group).casefold() for group in groups) if groups else names
        sources = coverage.sources(things, groups)
        if not sources:
            message = f"no source covers {field} of {told}"
            if not groups:
                first, _ = gap.ends(gap.atoms[0])
                message = f"no source states {names}"
                message += f" of {told}" if first else f" {told} of anything"
            return Absence("not covered", message, gap, groups)
        verbs = ("covers", "does") if len(sources) == 1 else ("cover", "do")
        message = ""
        for few, about in ((3, told), (1, told), (1, listed(map(slug_of, things), "or"))):
            if not message or len(message) > _LONG:
                message = f"{_slugs(sources, few)} {verbs[0]} {field} of {about}, "
                message += f"and {verbs[1]} not state {names}"
        return Absence("not stated", message, gap, groups, sources)

    def _no_class(self, gap: Gap, phrases: Phrases) -> str:
        atom = gap.atoms[0]
        start, end = gap.ends(atom)
        kinds = listed((f"“{phrases.label(str(term))}”" for term in end), "or") if end else "any"
        where = _where(atom) if self._elsewhere(gap) else ""
        if start:
            return f"{phrases.things(start)} is not of class {kinds}{where}"
        return f"nothing is of class {kinds}{where}"

    def _no_property(self, atom: Atom, gap: Gap, phrases: Phrases) -> str:
        """What to say of an edge that can go along many properties."""
        start, end = gap.ends(atom)
        where = _where(atom)
        if not isinstance(atom.path, Var):
            about = f" at {phrases.things((*start, *end))}" if start or end else ""
            return f"nothing matches a property path of the query{about}{where}"
        if start and end:
            told = f"{phrases.things(start)} to {phrases.things(end)}"
            return f"nothing is stated{where} that joins {told}"
        if start or end:
            place = "subject" if start else "value"
            return f"no statement{where} has {phrases.things(start or end)} as its {place}"
        return f"nothing is stated{where}"

    def _other_value(self, gap: Gap, atom: Atom, phrases: Phrases) -> str:
        """What to say where the property is stated, of the thing even, but not so."""
        start, end = gap.ends(atom)
        if isinstance(atom.path, Inverse):
            start, end = end, start
        told = phrases.properties(gap.properties)
        if self._elsewhere(gap):
            about = f" of {phrases.things(start)}" if start else ""
            about = f" {phrases.things(end)}{about}" if end else about
            return f"{told}{about} is stated, but not{_where(atom)}"
        if start and end:
            return f"{told} of {phrases.things(start)} is not stated as {phrases.things(end)}"
        if end:
            return f"nothing has {told} {phrases.things(end)}"
        if start:
            return f"{phrases.things(start)} has no {told}; it is only named as that of others"
        return f"nothing has {told} as the query asks for it"

    def _elsewhere(self, gap: Gap) -> bool:
        """Whether what is missing in one place is stated in another: a view, or a passage."""
        for atom in gap.atoms:
            start, end = gap.ends(atom)
            if isinstance(atom.path, Inverse):
                start, end = end, start
            for subject, name, object_ in product(
                start or (None,), gap.names(atom), end or (None,)
            ):
                if next(self._store.match(subject, name, object_, any_graph=True), None):
                    return True
        return False

    # --- what is known at all -------------------------------------------------------------

    def _unknown(self, gap: Gap, phrases: Phrases) -> str:
        for thing in gap.things:
            if not (self._occurs(thing, None, None) or self._occurs(None, None, thing)):
                return f"the graph knows nothing of {curie(thing)}"
        for atom in gap.atoms:
            graph = atom.graph
            if isinstance(graph, IRI) and next(self._store.match(graph=graph), None) is None:
                return f"no passage is called {slug_of(graph)}"
        for name in gap.properties:
            if self._occurs(None, name, None):
                continue
            if next(self._store.match(name, _TYPE), None) is None:
                return f"no property is called {curie(name)}"
            return f"no source states {phrases.properties([name])} of anything"
        return ""

    def _occurs(self, subject: IRI | None, name: IRI | None, object_: IRI | None) -> bool:
        found = self._store.match(subject, name, object_, any_graph=True)
        return next(found, None) is not None

    def _is_vocabulary(self, thing: IRI) -> bool:
        """Whether a thing is a class or concept, of which sources tell nothing."""
        kinds = {quad.object for quad in self._store.match(thing, _TYPE)}
        return bool(kinds & {OWL.Class, RDFS.Class, SKOS.Concept}) or any(
            self._store.match(thing, IRI(SKOS.inScheme))
        )


def _merged(gaps: list[Gap]) -> list[Gap]:
    """The gaps of alternatives, those about the same things as one."""
    found: list[Gap] = []
    for gap in gaps:
        for at, other in enumerate(found):
            alike = gap.kind == other.kind == "part" and gap.things and gap.things == other.things
            if alike and _TYPE not in (*gap.properties, *other.properties):
                atoms = tuple(dict.fromkeys((*other.atoms, *gap.atoms)))
                found[at] = replace(other, atoms=atoms, known={**gap.known, **other.known})
                break
        else:
            found.append(gap)
    return found


def _short(message: str) -> str:
    """A message of one line, cut at a word where labels are too long for it."""
    return shorten(message, _LONG, placeholder=" …")


def _where(atom: Atom) -> str:
    if atom.graph is None:
        return " in this view"
    return " in a passage" if isinstance(atom.graph, Var) else f" in {slug_of(atom.graph)}"


def _slugs(sources: Iterable[Source], few: int = 3) -> str:
    return listed((source.slug for source in sources), few=few)


def absence_object(store: Store, one: Absence) -> dict[str, Any]:
    """Return why there is nothing as plain objects."""
    words = Words(store, [*one.gap.things, *one.gap.properties, *one.groups])
    coverage = Coverage(store)
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
                **coverage.period(source.iri),
            }
            for source in one.sources
        ],
        "passages": [passage_object(passage) for passage in one.passages],
    }
