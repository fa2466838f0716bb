"""What the ontology entails: its axioms compiled to OWL 2 RL rules, run to a fixpoint.

Only axioms that exist become rules (OWL 2 RL/RDF rules, OWL 2 Profiles, section 4.3):

    cax-sco  subclass                    prp-spo1  subproperty
    prp-dom  domain                      prp-rng   range
    prp-inv  inverse                     prp-symp  symmetric property
    prp-trp  transitive property         prp-spo2  property chain
    cls-hv1, cls-hv2  has value          cls-svf1  some values from
    cls-avf  all values from             cls-int   intersection

The run is semi-naive: each triple meets each rule once, as the newest premise. Terms are
N-Triples text, so nothing here knows the engine. Axioms that only forbid (disjointness,
functional properties) entail no triple; they are the business of validation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar

from cbrngraph.errors import InputError
from cbrngraph.model import Triple

if TYPE_CHECKING:
    from cbrngraph.store import Store

__all__ = ["Derivation", "N3Triple", "Rules"]

N3Triple: TypeAlias = tuple[str, str, str]
_K = TypeVar("_K")
_V = TypeVar("_V")

_OWL = "<http://www.w3.org/2002/07/owl#"
_RDFS = "<http://www.w3.org/2000/01/rdf-schema#"
_RDF = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_TYPE = _RDF + "type>"
_FIRST, _REST, _NIL = _RDF + "first>", _RDF + "rest>", _RDF + "nil>"
_THING = _OWL + "Thing>"
_NO_CLASS = (_THING, _RDFS + "Literal>", _RDF + "PlainLiteral>", _RDF + "langString>")
_SUBCLASS, _SUBPROPERTY = _RDFS + "subClassOf>", _RDFS + "subPropertyOf>"


class Derivation(NamedTuple):
    """One way in which a triple is entailed: the rule, the axiom in words, its premises."""

    conclusion: Triple
    rule: str
    axiom: str
    premises: tuple[Triple, ...]


class Rules(NamedTuple):
    """The compiled axioms of an ontology. Make them with `compile`."""

    superclasses: dict[str, tuple[str, ...]]
    superproperties: dict[str, tuple[str, ...]]
    domains: dict[str, tuple[str, ...]]
    ranges: dict[str, tuple[str, ...]]
    inverses: dict[str, tuple[str, ...]]
    transitive: frozenset[str]
    chains: tuple[tuple[str, str, str], ...]
    has_value: dict[tuple[str, str], tuple[str, ...]]
    implied_value: dict[str, tuple[tuple[str, str], ...]]
    some: dict[str, tuple[tuple[str, str], ...]]
    every: dict[str, tuple[tuple[str, str], ...]]
    intersections: dict[str, tuple[tuple[frozenset[str], str], ...]]

    @classmethod
    def compile(cls, schema: Iterable[N3Triple]) -> Rules:
        """Return the rules that the axioms among `schema` give.

        Raises:
            InputError: an axiom is written in a way that cannot be compiled; it says which.
        """
        return _Compiler(schema).rules()

    def properties(self) -> frozenset[str]:
        """Return the properties whose triples a rule can meet or make; others need no look."""
        return frozenset(
            (
                _TYPE,
                *self.superproperties,
                *(name for names in self.superproperties.values() for name in names),
                *self.domains,
                *self.ranges,
                *self.inverses,
                *self.transitive,
                *(name for chain in self.chains for name in chain),
                *(name for name, _ in self.has_value),
                *(name for pairs in self.implied_value.values() for name, _ in pairs),
                *self.some,
                *self.every,
            )
        )

    def entail(self, triples: Iterable[N3Triple]) -> list[N3Triple]:
        """Return what `triples` entail and do not state, sorted."""
        from cbrngraph.inference import closure

        return closure(self, triples)

    def derivations(self, store: Store, triple: Triple) -> Iterator[Derivation]:
        """Yield each way in which one rule gives `triple` from others in the store's view.

        Premises may themselves be entailed; a caller that follows them must not follow a
        triple into itself (an inverse derives both ways).
        """
        from cbrngraph.inference import derivations

        return derivations(self, store, triple)


class _Compiler:
    """Reads axioms into the tables of `Rules`; a complex class gets a private name."""

    def __init__(self, schema: Iterable[N3Triple]) -> None:
        self._by: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for subject, predicate, object_ in schema:
            self._by[predicate][subject].append(object_)
        self._subclass: dict[str, set[str]] = defaultdict(set)
        self._has: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._implied: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._some: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._every: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._both: dict[str, set[tuple[frozenset[str], str]]] = defaultdict(set)

    def rules(self) -> Rules:
        self._classes()
        subproperty = _pairs(self._by[_SUBPROPERTY])
        for left, right in _pairs(self._by[_OWL + "equivalentProperty>"]):
            subproperty |= {(left, right), (right, left)}
        return Rules(
            superclasses=_closure(
                (sub, sup) for sub, sups in self._subclass.items() for sup in sups
            ),
            superproperties=_closure(subproperty),
            domains=self._named(_RDFS + "domain>"),
            ranges=self._named(_RDFS + "range>"),
            inverses=self._inverses(),
            transitive=frozenset(self._of_type(_OWL + "TransitiveProperty>")),
            chains=tuple(sorted(self._chains())),
            has_value=_frozen(self._has),
            implied_value=_frozen(self._implied),
            some=_frozen(self._some),
            every=_frozen(self._every),
            intersections=_frozen(self._both),
        )

    def _classes(self) -> None:
        for sub, sup in _pairs(self._by[_SUBCLASS]):
            self._subclass_axiom(sub, sup)
        for left, right in _pairs(self._by[_OWL + "equivalentClass>"]):
            self._subclass_axiom(left, right)
            self._subclass_axiom(right, left)

    def _subclass_axiom(self, sub: str, sup: str) -> None:
        """Add the rules of sub ⊑ sup; either side may be a restriction or an intersection."""
        for name in self._premise(sub):
            for target in self._members(sup) or [sup]:
                self._conclusion(name, target)

    def _premise(self, node: str) -> list[str]:
        """Return the class names whose instances satisfy `node`; rules fill private ones."""
        if node[0] != "_":
            return [node]
        members = self._members(node)
        if members:
            names = [self._premise(member) for member in members]
            if all(names):
                parts = frozenset(found[0] for found in names)
                for part in parts:
                    self._both[part].add((parts, node))
                return [node]
            return []
        union = self._list_of(node, _OWL + "unionOf>")
        if union:
            return [name for member in union for name in self._premise(member)]
        on = self._one(node, _OWL + "onProperty>")
        value = self._one(node, _OWL + "hasValue>")
        if on and value:
            self._has[(on, value)].add(node)
            return [node]
        some = self._one(node, _OWL + "someValuesFrom>")
        if on and some:
            for filler in self._premise(some):
                self._some[on].add((filler, node))
            return [node]
        return []  # e.g. a cardinality: outside RL on this side, entails nothing here

    def _conclusion(self, name: str, target: str) -> None:
        if target[0] != "_":
            if name != target:
                self._subclass[name].add(target)
            return
        on = self._one(target, _OWL + "onProperty>")
        value = self._one(target, _OWL + "hasValue>")
        every = self._one(target, _OWL + "allValuesFrom>")
        if on and value:
            self._implied[name].add((on, value))
        elif on and every and every[0] != "_":
            self._every[on].add((name, every))

    def _members(self, node: str) -> list[str]:
        return self._list_of(node, _OWL + "intersectionOf>")

    def _list_of(self, node: str, predicate: str) -> list[str]:
        head = self._one(node, predicate)
        return self._list(head) if head else []

    def _list(self, head: str) -> list[str]:
        found: list[str] = []
        while head != _NIL:
            first, rest = self._one(head, _FIRST), self._one(head, _REST)
            if first is None or rest is None or len(found) > 1000:
                raise InputError(f"ontology: a list in an axiom is broken at {head}")
            found.append(first)
            head = rest
        return found

    def _one(self, node: str, predicate: str) -> str | None:
        values = self._by[predicate].get(node)
        return values[0] if values else None

    def _of_type(self, kind: str) -> list[str]:
        return [node for node, kinds in self._by[_TYPE].items() if kind in kinds]

    def _named(self, predicate: str) -> dict[str, tuple[str, ...]]:
        found: dict[str, set[str]] = defaultdict(set)
        for property_, class_ in _pairs(self._by[predicate]):
            if class_[0] == "_":
                found[property_].update(self._members(class_))
            elif "XMLSchema#" not in class_ and class_ not in _NO_CLASS:
                found[property_].add(class_)
        return {p: tuple(sorted(c for c in cs if c[0] != "_")) for p, cs in found.items()}

    def _inverses(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, set[str]] = defaultdict(set)
        for left, right in _pairs(self._by[_OWL + "inverseOf>"]):
            if left[0] != "_" and right[0] != "_":
                found[left].add(right)
                found[right].add(left)
        for property_ in self._of_type(_OWL + "SymmetricProperty>"):
            found[property_].add(property_)
        return _frozen(found)

    def _chains(self) -> Iterator[tuple[str, str, str]]:
        for head, start in _pairs(self._by[_OWL + "propertyChainAxiom>"]):
            links = self._list(start)
            if len(links) != 2 or any(link[0] == "_" for link in links):
                raise InputError(
                    f"ontology: the property chain of {head} must have two named properties; "
                    "name the step in between (an inverse, a longer chain) and chain that"
                )
            yield links[0], links[1], head


def _pairs(table: Mapping[str, Iterable[str]]) -> set[tuple[str, str]]:
    return {(left, right) for left, rights in table.items() for right in rights}


def _frozen(table: Mapping[_K, set[_V]]) -> dict[_K, tuple[_V, ...]]:
    return {key: tuple(sorted(values, key=repr)) for key, values in table.items()}


def _closure(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Return every name with all names above it, itself left out."""
    direct: dict[str, set[str]] = defaultdict(set)
    for low, high in pairs:
        direct[low].add(high)
    result: dict[str, tuple[str, ...]] = {}
    for start, above_start in direct.items():
        above: set[str] = set()
        frontier = list(above_start)
        while frontier:
            name = frontier.pop()
            if name not in above:
                above.add(name)
                frontier.extend(direct.get(name, ()))
        above -= {start, _THING}
        result[start] = tuple(sorted(above))
    return result
