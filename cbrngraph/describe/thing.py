"""What the graph says about one thing, property by property, each value with who says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal as OneOf
from typing import TypeAlias

from cbrngraph.build import ENTAILED, Snapshot
from cbrngraph.describe.passages import passages_of
from cbrngraph.model import IRI, BNode, Literal, Passage, Quad, Term
from cbrngraph.names.lookup import find_thing
from cbrngraph.namespaces import BASE, CBRN, DCTERMS, OWL, RDF, RDFS, SKOS
from cbrngraph.results import curie, labels_of, slug_of
from cbrngraph.store import Store

__all__ = ["Description", "Fact", "Property", "Quote", "Ref", "describe"]

# The lines of a document that a passage states, with their numbers from 1.
Quote: TypeAlias = tuple[tuple[int, str], ...]
Standing = OneOf["current", "also stated"]
_GRAPHS = BASE + "graph/"
_HEAD = {RDF.type, DCTERMS.identifier, SKOS.prefLabel}


@dataclass(frozen=True, slots=True)
class Ref:
    """A thing by IRI, slug and label; a nameless `relation` is called by what it joins."""

    iri: str
    slug: str
    label: str
    relation: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of a property: `ref` when it is a thing.

    `standing` is "also stated" where another value won in the view. It rests on `passages`, on
    `files` of reference data, or, when `derived`, on what the ontology entails.
    """

    value: Term
    ref: Ref | None
    standing: Standing
    passages: tuple[Passage, ...]
    files: tuple[str, ...]
    derived: bool


@dataclass(frozen=True, slots=True)
class Property:
    """A property with its values.

    `helper` marks sorting companions of dates; `inverse` is the property that says the same from
    the other end, `wider` are the properties that it entails.
    """

    ref: Ref
    facts: tuple[Fact, ...]
    helper: bool = False
    inverse: Ref | None = None
    wider: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Description:
    """A thing, its types, its properties, and the properties by which others point at it."""

    thing: Ref
    types: tuple[Ref, ...]
    properties: tuple[Property, ...]
    incoming: tuple[Property, ...]

    def __repr__(self) -> str:
        counts = f"{len(self.properties)} properties, {len(self.incoming)} from others"
        return f"<Description of {self.thing.label} ({self.thing.slug}): {counts}>"

    def _repr_html_(self) -> str:
        """Return the thing as a table, as notebooks show it."""
        from cbrngraph.describe.render import description_sheet
        from cbrngraph.formats.notebook import notebook

        return notebook([description_sheet(self)])


def describe(snapshot: Snapshot, name: str) -> Description:
    """Return what is known about the thing called `name` (IRI, CURIE, slug, code or name).

    Raises:
        UnknownNameError: there is no such thing; the nearest names are suggested.
        UsageError: the name fits several things.
    """
    store = snapshot.store
    thing = find_thing(snapshot, name)
    outgoing = list(store.match(thing, any_graph=True))
    incoming = list(store.match(None, None, thing, any_graph=True))
    quads = [*outgoing, *incoming]
    passages = passages_of(store, {q.graph for q in quads if isinstance(q.graph, IRI)})
    schema = _Schema(store)
    names = _Names(store, thing, quads, schema)
    maker = _Maker(names, passages, schema)
    types = {q.object for q in outgoing if q.predicate == RDF.type and isinstance(q.object, IRI)}
    shown = [quad for quad in outgoing if quad.predicate not in _HEAD]
    return Description(
        thing=names.ref(thing),
        types=tuple(names.ref(type_) for type_ in _narrowest(store, types)),
        properties=tuple(maker.properties((q, q.object) for q in shown)),
        incoming=tuple(maker.properties((q, q.subject) for q in incoming)),
    )


class _Schema:
    """What the ontology says about properties, as far as it matters for telling them."""

    def __init__(self, store: Store) -> None:
        self.helpers = {
            str(quad.subject)
            for name in (CBRN.earliestOf, CBRN.latestOf)
            for quad in store.match(None, IRI(name))
        }
        self.inverse: dict[str, IRI] = {}
        for quad in store.match(None, IRI(OWL.inverseOf)):
            if isinstance(quad.subject, IRI) and isinstance(quad.object, IRI):
                self.inverse[quad.subject] = quad.object
                self.inverse.setdefault(quad.object, quad.subject)
        self._above: dict[str, set[str]] = defaultdict(set)
        for quad in store.match(None, IRI(RDFS.subPropertyOf)):
            self._above[str(quad.subject)].add(str(quad.object))

    def wider(self, name: str) -> frozenset[str]:
        found: set[str] = set()
        ahead = [name]
        while ahead:
            new = self._above.get(ahead.pop(), set()) - found
            found |= new
            ahead += new
        return frozenset(found - {name})


class _Maker:
    def __init__(self, names: _Names, passages: dict[IRI, Passage], schema: _Schema) -> None:
        self._names = names
        self._passages = passages
        self._schema = schema

    def properties(self, ends: Iterable[tuple[Quad, Term]]) -> Iterator[Property]:
        """Group quads by property and the end of them that is told."""
        grouped: dict[IRI, dict[Term, list[Quad]]] = defaultdict(lambda: defaultdict(list))
        for quad, end in ends:
            grouped[quad.predicate][end].append(quad)
        refs = {predicate: self._names.ref(predicate) for predicate in grouped}
        for predicate in sorted(grouped, key=lambda p: (refs[p].label.casefold(), p)):
            facts = [self._fact(end, quads) for end, quads in grouped[predicate].items()]
            facts.sort(key=lambda fact: (fact.standing != "current", self._names.order(fact)))
            inverse = self._schema.inverse.get(predicate)
            yield Property(
                refs[predicate],
                tuple(facts),
                predicate in self._schema.helpers,
                None if inverse is None else self._names.ref(inverse),
                self._schema.wider(predicate),
            )

    def _fact(self, end: Term, quads: list[Quad]) -> Fact:
        graphs = {quad.graph for quad in quads}
        stated = [graph for graph in graphs if isinstance(graph, IRI) and graph != ENTAILED]
        passages = [self._passages[graph] for graph in stated if graph in self._passages]
        passages.sort(key=lambda p: (p.source.issued, p.source.slug, p.start_line, p.iri))
        files = (graph for graph in stated if graph.startswith(_GRAPHS))
        return Fact(
            value=end,
            ref=None if isinstance(end, Literal) else self._names.ref(end),
            standing="current" if None in graphs else "also stated",
            passages=tuple(passages),
            files=tuple(sorted(graph.removeprefix(_GRAPHS) for graph in files)),
            derived=ENTAILED in graphs and not stated,
        )


class _Names:
    """Labels of everything near a thing; a relation node gets one made from its ends."""

    def __init__(self, store: Store, thing: IRI, quads: list[Quad], schema: _Schema) -> None:
        near = {term for quad in quads for term in quad[:3] if isinstance(term, IRI)}
        types = {q.object for q in quads if q.predicate == RDF.type and isinstance(q.object, IRI)}
        inverses = {schema.inverse[p] for p in {q.predicate for q in quads} & set(schema.inverse)}
        self._labels = labels_of(store, {thing, *near, *types, *inverses})
        bare = sorted(iri for iri in near if iri not in self._labels and iri != thing)
        self._joined = _joined(store, bare, leave_out=thing)

    def ref(self, term: IRI | BNode) -> Ref:
        if isinstance(term, BNode):
            return Ref(f"_:{term}", f"_:{term}", f"_:{term}")
        slug, joined = slug_of(term), self._joined.get(term)
        if joined:
            return Ref(str(term), slug, joined, relation=True)
        name = slug if term.startswith(BASE) else curie(term).strip("<>")
        return Ref(str(term), slug, self._labels.get(term, name))

    def order(self, fact: Fact) -> tuple[str, str]:
        label = fact.ref.label if fact.ref else str(fact.value)
        return label.casefold(), fact.value.n3()


def _joined(store: Store, nodes: list[IRI], leave_out: IRI) -> dict[str, str]:
    """Name nodes by what they join: "Uzbekistan · participant"."""
    if not nodes:
        return {}
    values = " ".join(node.n3() for node in nodes)
    rows = store.select(
        f"SELECT DISTINCT ?node ?end {{ VALUES ?node {{ {values} }} ?node ?p ?end "
        f"FILTER(?p NOT IN (<{RDF.type}>, <{OWL.sameAs}>)) }} ORDER BY ?node ?p ?end"
    ).rows
    ends: dict[str, list[Term]] = defaultdict(list)
    for node, end in rows:
        if end is not None and end != leave_out and end not in ends[str(node)]:
            ends[str(node)].append(end)
    labels = labels_of(store, {e for told in ends.values() for e in told if isinstance(e, IRI)})
    return {
        node: " · ".join(
            str(end) if isinstance(end, Literal) else labels[str(end)]
            for end in told
            if isinstance(end, Literal) or str(end) in labels
        )
        for node, told in ends.items()
    }


def _narrowest(store: Store, types: set[IRI]) -> list[IRI]:
    """Return the types without those that another of them is a kind of."""
    above = {
        quad.object
        for type_ in types
        for quad in store.match(type_, IRI(RDFS.subClassOf))
        if quad.object != type_
    }
    narrow = [type_ for type_ in types if type_ not in above]
    own = [type_ for type_ in narrow if type_.startswith(BASE)]
    return sorted(own or narrow)
