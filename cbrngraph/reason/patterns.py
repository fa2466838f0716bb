"""Contradictions that single rules show: those that OWL 2 RL calls 'false' (Profiles, section 4.3).

They are found at once in a whole graph and without Java, where a reasoner finds one at a time.
Where there is Java, each is only a candidate until HermiT has confirmed it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from cbrngraph.errors import InputError
from cbrngraph.namespaces import OWL, RDF, RDFS
from cbrngraph.reason.knowledge import NAME, Unit, iri
from cbrngraph.reason.literals import fits, literal, value
from cbrngraph.rules import N3Triple, Rules

__all__ = ["Clash", "clashes", "clashes_of"]

_TYPE = iri(RDF.type)
_OWL = OWL.Class.removesuffix("Class")
_NOTHING = iri(_OWL + "Nothing")
_NAMES = "<" + NAME


@dataclass(frozen=True, slots=True)
class Clash:
    """What cannot hold: `thing`, the `words` it is about (classes, properties, values)."""

    kind: str
    thing: str
    words: tuple[str, ...]


@dataclass(slots=True)
class _Axioms:
    """The axioms that forbid something."""

    disjoint: list[frozenset[str]] = field(default_factory=list)
    functional: set[str] = field(default_factory=set)
    inverse_functional: set[str] = field(default_factory=set)
    asymmetric: set[str] = field(default_factory=set)
    irreflexive: set[str] = field(default_factory=set)
    ranges: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, triples: Iterable[N3Triple]) -> _Axioms:
        self = cls()
        kinds = {
            iri(OWL.FunctionalProperty): self.functional,
            iri(_OWL + "InverseFunctionalProperty"): self.inverse_functional,
            iri(OWL.AsymmetricProperty): self.asymmetric,
            iri(OWL.IrreflexiveProperty): self.irreflexive,
        }
        nodes: dict[tuple[str, str], str] = {}
        heads: list[str] = []
        for subject, predicate, object_ in triples:
            if predicate == _TYPE and object_ in kinds:
                kinds[object_].add(subject)
            elif predicate == iri(OWL.disjointWith):
                self.disjoint.append(frozenset((subject, object_)))
            elif predicate == iri(RDFS.range):
                self.ranges[subject].add(object_)
            elif predicate == iri(OWL.members):
                heads.append(object_)
            nodes[subject, predicate] = object_
        disjoint = {
            node for (node, p), kind in nodes.items() if kind == iri(OWL.AllDisjointClasses)
        }
        of_class = [nodes[n, iri(OWL.members)] for n in disjoint if (n, iri(OWL.members)) in nodes]
        self.disjoint += [frozenset(_items(nodes, head)) for head in sorted(of_class)]
        return self


def _items(nodes: dict[tuple[str, str], str], head: str) -> Iterator[str]:
    while (item := nodes.get((head, iri(RDF.first)))) is not None:
        yield item
        head = nodes.get((head, iri(RDF.rest)), iri(RDF.nil))


def clashes_of(units: Sequence[Unit]) -> list[Clash]:
    """Return the contradictions that rules show in a set of units alone."""
    axioms = [triple for unit in units if unit.kind == "axiom" for triple in unit.triples]
    stated = [triple for unit in units if unit.kind == "statement" for triple in unit.triples]
    names = [triple for unit in units if unit.kind == "name" for triple in unit.triples]
    try:
        entailed = Rules.compile([*axioms, *stated]).entail(stated)
    except InputError:  # the part of an axiom that rules cannot say: the reasoner can
        return []
    return list(clashes(axioms, [*stated, *entailed], names))


def clashes(
    axioms: Iterable[N3Triple], triples: Iterable[N3Triple], names: Iterable[N3Triple]
) -> Iterator[Clash]:
    """Yield the contradictions in statements and all that they entail."""
    forbidden = _Axioms.of(axioms)
    types: dict[str, set[str]] = defaultdict(set)
    values: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for subject, predicate, object_ in triples:
        if predicate == _TYPE:
            types[subject].add(object_)
        else:
            values[predicate][subject].add(object_)
    yield from _two_classes(forbidden, types)
    different = _Different(names)
    for property_ in sorted(values):
        yield from _values(forbidden, property_, values[property_], different)


def _two_classes(forbidden: _Axioms, types: dict[str, set[str]]) -> Iterator[Clash]:
    for thing in sorted(types):
        own = types[thing]
        if _NOTHING in own:
            yield Clash("nothing", thing, ())
        pairs = {pair for one in forbidden.disjoint for pair in combinations(sorted(own & one), 2)}
        for pair in sorted(pairs):
            yield Clash("disjoint", thing, pair)


def _values(
    forbidden: _Axioms, property_: str, held: dict[str, set[str]], different: _Different
) -> Iterator[Clash]:
    if property_ in forbidden.functional:
        for thing in sorted(held):
            for one, other in different.pairs(held[thing]):
                yield Clash("functional", thing, (property_, one, other))
    if property_ in forbidden.inverse_functional:
        turned: dict[str, set[str]] = defaultdict(set)
        for thing, objects in held.items():
            for object_ in objects:
                turned[object_].add(thing)
        for object_ in sorted(turned):
            for one, other in different.pairs(turned[object_]):
                yield Clash("inverse functional", object_, (property_, one, other))
    yield from _pairs(forbidden, property_, held)
    for range_ in sorted(forbidden.ranges.get(property_, ())):
        yield from _unfit(property_, range_, held)


def _pairs(forbidden: _Axioms, property_: str, held: dict[str, set[str]]) -> Iterator[Clash]:
    if property_ in forbidden.irreflexive:
        for thing in sorted(held):
            if thing in held[thing]:
                yield Clash("irreflexive", thing, (property_,))
    if property_ in forbidden.asymmetric:
        for thing in sorted(held):
            for other in sorted(held[thing]):
                told = thing == other and property_ in forbidden.irreflexive
                if thing <= other and thing in held.get(other, ()) and not told:
                    yield Clash("asymmetric", thing, (property_, other))


def _unfit(property_: str, range_: str, held: dict[str, set[str]]) -> Iterator[Clash]:
    for thing in sorted(held):
        for object_ in sorted(held[thing]):
            lit = literal(object_)
            if lit is not None and not fits(lit, range_[1:-1]):
                yield Clash("datatype", thing, (property_, object_, range_))


class _Different:
    """Which terms denote two things: by their names in a common class, or as values."""

    def __init__(self, names: Iterable[N3Triple]) -> None:
        self._names: dict[str, dict[str, str]] = defaultdict(dict)
        for thing, name, identifier in names:
            self._names[thing][name] = identifier

    def pairs(self, terms: set[str]) -> Iterator[tuple[str, str]]:
        """Yield one term with each of the others that it differs from."""
        ordered = sorted(terms)
        for position, one in enumerate(ordered[:-1]):
            found = [other for other in ordered[position + 1 :] if self._differ(one, other)]
            if found:
                yield from ((one, other) for other in found)
                return

    def _differ(self, one: str, other: str) -> bool:
        left, right = literal(one), literal(other)
        if left is not None and right is not None:
            keys = value(left), value(right)
            return None not in keys and keys[0] != keys[1]
        own, others = self._names.get(one, {}), self._names.get(other, {})
        return any(own[name] != others[name] for name in own.keys() & others.keys())
