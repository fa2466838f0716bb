"""Runs compiled rules: forward to a fixpoint, and backward to explain one triple."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cbrngraph.model import IRI, BNode, Literal, Term, Triple
from cbrngraph.namespaces import PREFIXES
from cbrngraph.rules import Derivation, N3Triple, Rules

if TYPE_CHECKING:
    from cbrngraph.store import Store

__all__ = ["Forward", "closure", "derivations", "is_private"]

_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_THING = "<http://www.w3.org/2002/07/owl#Thing>"
_RDF_TYPE = IRI(_TYPE[1:-1])


def closure(rules: Rules, triples: Iterable[N3Triple]) -> list[N3Triple]:
    """Return what `triples` entail by `rules` and do not state, sorted."""
    return Forward(rules).closure(triples)


def derivations(rules: Rules, store: Store, triple: Triple) -> Iterator[Derivation]:
    """Yield each way in which one rule gives `triple` from others in the store's view."""
    return _Explainer(rules, store).ways(triple)


class Forward:
    """One semi-naive run: each triple leaves the queue once and meets every rule as newest."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._relevant = rules.properties()
        self._index_rules()
        self._known: set[N3Triple] = set()
        self._new: list[N3Triple] = []
        self._queue: deque[N3Triple] = deque()
        self._types: dict[str, set[str]] = defaultdict(set)
        self._out: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._in: dict[tuple[str, str], list[str]] = defaultdict(list)

    def _index_rules(self) -> None:
        rules = self._rules
        self._first: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._second: dict[str, list[tuple[str, str]]] = defaultdict(list)
        steps = [*rules.chains, *((name, name, name) for name in sorted(rules.transitive))]
        for one, two, head in steps:
            self._first[one].append((two, head))
            self._second[two].append((one, head))
        self._some_by_class = _by_second(rules.some)
        self._every_by_class = _by_first(rules.every)
        self._valued = frozenset(name for name, _ in rules.has_value)
        self._joined = frozenset((*self._first, *self._second, *rules.some, *rules.every))
        self._bodies = frozenset(
            (*rules.superproperties, *rules.domains, *rules.ranges, *rules.inverses)
        )

    def closure(self, triples: Iterable[N3Triple]) -> list[N3Triple]:
        """Return what the triples entail and do not state, sorted."""
        relevant, known, queue = self._relevant, self._known, self._queue
        for triple in triples:
            if triple[1] in relevant and triple not in known:
                known.add(triple)
                queue.append(triple)
        self._run()
        # A private class name stands for a complex class; it never leaves this room.
        return sorted(t for t in self._new if not is_private(t))

    def _run(self) -> None:
        queue = self._queue
        while queue:
            triple = queue.popleft()
            self._keep(triple)
            self._fire(triple)

    def _keep(self, triple: N3Triple) -> None:
        """Put a triple into the tables in which rules look for their other premises."""
        subject, predicate, object_ = triple
        if predicate == _TYPE:
            self._types[subject].add(object_)
        elif predicate in self._joined and object_[0] != '"':
            self._out[(predicate, subject)].append(object_)
            self._in[(predicate, object_)].append(subject)

    def _fire(self, triple: N3Triple) -> None:
        """Add what follows from a triple by one rule, with what is kept as other premises."""
        subject, predicate, object_ = triple
        if predicate == _TYPE:
            self._typed(subject, object_)
        else:
            self._related(subject, predicate, object_)

    def _add(self, subject: str, predicate: str, object_: str) -> None:
        triple = (subject, predicate, object_)
        if triple not in self._known:
            self._known.add(triple)
            self._new.append(triple)
            self._queue.append(triple)

    def _typed(self, thing: str, class_: str) -> None:
        rules = self._rules
        held = self._types[thing]
        for above in rules.superclasses.get(class_, ()):
            self._add(thing, _TYPE, above)
        for parts, whole in rules.intersections.get(class_, ()):
            if parts <= held:
                self._add(thing, _TYPE, whole)
        for predicate, value in rules.implied_value.get(class_, ()):
            self._add(thing, predicate, value)
        for predicate, whole in self._some_by_class.get(class_, ()):
            for subject in self._in.get((predicate, thing), ()):
                self._add(subject, _TYPE, whole)
        for predicate, filler in self._every_by_class.get(class_, ()):
            for value in self._out.get((predicate, thing), ()):
                self._add(value, _TYPE, filler)

    def _related(self, subject: str, predicate: str, object_: str) -> None:
        rules = self._rules
        resource = object_[0] != '"'
        if predicate in self._bodies:
            for above in rules.superproperties.get(predicate, ()):
                self._add(subject, above, object_)
            for class_ in rules.domains.get(predicate, ()):
                self._add(subject, _TYPE, class_)
            if resource:
                for class_ in rules.ranges.get(predicate, ()):
                    self._add(object_, _TYPE, class_)
                for inverse in rules.inverses.get(predicate, ()):
                    self._add(object_, inverse, subject)
        if predicate in self._valued:
            for whole in rules.has_value.get((predicate, object_), ()):
                self._add(subject, _TYPE, whole)
        if predicate in self._joined and resource:
            self._join(subject, predicate, object_)

    def _join(self, subject: str, predicate: str, object_: str) -> None:
        out, into = self._out, self._in
        for second, head in self._first.get(predicate, ()):
            for end in tuple(out.get((second, object_), ())):
                self._add(subject, head, end)
        for first, head in self._second.get(predicate, ()):
            for start in tuple(into.get((first, subject), ())):
                self._add(start, head, object_)
        for filler, whole in self._rules.some.get(predicate, ()):
            if filler == _THING or filler in self._types.get(object_, ()):
                self._add(subject, _TYPE, whole)
        for class_, filler in self._rules.every.get(predicate, ()):
            if class_ in self._types.get(subject, ()):
                self._add(object_, _TYPE, filler)


def is_private(triple: N3Triple) -> bool:
    """Whether a triple gives a thing a complex class, which only the rules name."""
    return triple[1] == _TYPE and triple[2][0] == "_"


def _by_first(table: dict[str, tuple[tuple[str, str], ...]]) -> dict[str, list[tuple[str, str]]]:
    """Turn property → (class, filler) round to class → (property, filler)."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for predicate, pairs in table.items():
        for class_, filler in pairs:
            found[class_].append((predicate, filler))
    return found


def _by_second(table: dict[str, tuple[tuple[str, str], ...]]) -> dict[str, list[tuple[str, str]]]:
    """Turn property → (filler, whole) round to filler → (property, whole)."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for predicate, pairs in table.items():
        for filler, whole in pairs:
            found[filler].append((predicate, whole))
    return found


class _Explainer:
    """Finds the premises of one triple, rule by rule, in the view of a store."""

    def __init__(self, rules: Rules, store: Store) -> None:
        self._rules = rules
        self._store = store

    def ways(self, triple: Triple) -> Iterator[Derivation]:
        if triple.predicate == _RDF_TYPE:
            if isinstance(triple.object, IRI):
                yield from self._class_ways(triple, triple.subject, triple.object.n3())
            return
        yield from self._property_ways(triple)
        yield from self._chain_ways(triple)
        yield from self._value_ways(triple)

    def _property_ways(self, triple: Triple) -> Iterator[Derivation]:
        subject, predicate, object_ = triple
        name = predicate.n3()
        for below, above in self._rules.superproperties.items():
            if name in above:
                premise = Triple(subject, _iri(below), object_)
                if self._store.contains(premise):
                    axiom = "{} is a subproperty of {}".format(*_apart(below, name))
                    yield Derivation(triple, "prp-spo1", axiom, (premise,))
        if isinstance(object_, Literal):
            return
        for inverse in self._rules.inverses.get(name, ()):
            premise = Triple(object_, _iri(inverse), subject)
            if self._store.contains(premise):
                rule = "prp-symp" if inverse == name else "prp-inv"
                axiom = f"{_short(name)} is the inverse of {_short(inverse)}"
                yield Derivation(triple, rule, axiom, (premise,))

    def _chain_ways(self, triple: Triple) -> Iterator[Derivation]:
        name = triple.predicate.n3()
        for one, two, head in self._rules.chains:
            if head == name:
                axiom = f"{_short(one)} followed by {_short(two)} gives {_short(head)}"
                yield from self._steps(triple, _iri(one), _iri(two), "prp-spo2", axiom)
        if name in self._rules.transitive:
            axiom = f"{_short(name)} is transitive"
            yield from self._steps(triple, triple.predicate, triple.predicate, "prp-trp", axiom)

    def _steps(
        self, triple: Triple, one: IRI, two: IRI, rule: str, axiom: str
    ) -> Iterator[Derivation]:
        for middle in self._middles(triple.subject, one, two, triple.object):
            first, second = Triple(triple.subject, one, middle), Triple(middle, two, triple.object)
            yield Derivation(triple, rule, axiom, (first, second))

    def _middles(
        self, subject: IRI | BNode, one: IRI, two: IRI, object_: Term
    ) -> Iterator[IRI | BNode]:
        """What stands between two steps, looked for from the end where there is less of it."""
        lefts, rights = self._store.match(subject, one), self._store.match(None, two, object_)
        befores: list[IRI | BNode] = []
        afters: list[IRI | BNode] = []
        while (left := next(lefts, None)) is not None:
            if not isinstance(left.object, Literal):
                befores.append(left.object)
            if (right := next(rights, None)) is None:
                yield from (m for m in afters if self._store.contains(Triple(subject, one, m)))
                return
            afters.append(right.subject)
        yield from (m for m in befores if self._store.contains(Triple(m, two, object_)))

    def _value_ways(self, triple: Triple) -> Iterator[Derivation]:
        wanted = (triple.predicate.n3(), triple.object.n3())
        for class_, pairs in self._rules.implied_value.items():
            if wanted in pairs:
                for premises in self._holding(triple.subject, class_):
                    axiom = f"every {_short(class_)} has this value"
                    yield Derivation(triple, "cls-hv1", axiom, premises)

    def _class_ways(self, triple: Triple, thing: Term, class_: str) -> Iterator[Derivation]:
        if isinstance(thing, Literal):
            return
        for below, above in self._rules.superclasses.items():
            if class_ in above:
                for premises in self._holding(thing, below):
                    axiom = "{} is a subclass of {}".format(*_apart(below, class_))
                    rule = "cax-sco" if below[0] != "_" else "cls-int"
                    yield Derivation(triple, rule, axiom, premises)
        yield from self._use_ways(triple, thing, class_)
        for predicate, pairs in self._rules.every.items():
            for owner, filler in pairs:
                if filler == class_:
                    yield from self._every_ways(triple, thing, predicate, owner)

    def _use_ways(self, triple: Triple, thing: IRI | BNode, class_: str) -> Iterator[Derivation]:
        for predicate, classes in self._rules.domains.items():
            if class_ in classes:
                for quad in self._store.match(thing, _iri(predicate), None):
                    axiom = f"the domain of {_short(predicate)} is {_short(class_)}"
                    yield Derivation(triple, "prp-dom", axiom, (Triple(*quad[:3]),))
        for predicate, classes in self._rules.ranges.items():
            if class_ in classes:
                for quad in self._store.match(None, _iri(predicate), thing):
                    axiom = f"the range of {_short(predicate)} is {_short(class_)}"
                    yield Derivation(triple, "prp-rng", axiom, (Triple(*quad[:3]),))

    def _every_ways(
        self, triple: Triple, thing: IRI | BNode, predicate: str, owner: str
    ) -> Iterator[Derivation]:
        for quad in self._store.match(None, _iri(predicate), thing):
            for premises in self._holding(quad.subject, owner):
                axiom = f"all {_short(predicate)} of {_short(owner)} are of this class"
                yield Derivation(triple, "cls-avf", axiom, (*premises, Triple(*quad[:3])))

    def _holding(self, thing: IRI | BNode, class_: str) -> Iterator[tuple[Triple, ...]]:
        """Yield the premises by which `thing` satisfies a class, named or complex."""
        if class_[0] != "_":
            premise = Triple(thing, _RDF_TYPE, _iri(class_))
            if self._store.contains(premise):
                yield (premise,)
            return
        for (predicate, value), wholes in self._rules.has_value.items():
            if class_ in wholes:
                for quad in self._store.match(thing, _iri(predicate), None):
                    if quad.object.n3() == value:
                        yield (Triple(*quad[:3]),)
        yield from self._some_premises(thing, class_)
        for parts in self._parts(class_):
            yield from self._all_parts(thing, parts)

    def _some_premises(self, thing: IRI | BNode, class_: str) -> Iterator[tuple[Triple, ...]]:
        for predicate, pairs in self._rules.some.items():
            for filler, whole in pairs:
                if whole != class_:
                    continue
                for quad in self._store.match(thing, _iri(predicate), None):
                    link = Triple(*quad[:3])
                    if filler == _THING:
                        yield (link,)
                    elif not isinstance(quad.object, Literal):
                        for held in self._holding(quad.object, filler):
                            yield (link, *held)

    def _parts(self, class_: str) -> Iterator[tuple[str, ...]]:
        seen: set[frozenset[str]] = set()
        for pairs in self._rules.intersections.values():
            for parts, whole in pairs:
                if whole == class_ and parts not in seen:
                    seen.add(parts)
                    yield tuple(sorted(parts))

    def _all_parts(
        self, thing: IRI | BNode, parts: tuple[str, ...]
    ) -> Iterator[tuple[Triple, ...]]:
        if not parts:
            yield ()
            return
        for first in self._holding(thing, parts[0]):
            for rest in self._all_parts(thing, parts[1:]):
                yield (*first, *rest)


def _iri(name: str) -> IRI:
    return IRI(name[1:-1])


def _apart(below: str, above: str) -> tuple[str, str]:
    """The names of two terms, as CURIEs where vocabularies share the name."""
    if _short(below) != _short(above):
        return _short(below), _short(above)
    return _prefixed(below), _prefixed(above)


def _prefixed(name: str) -> str:
    local = _short(name)
    base = name[1 : -1 - len(local)]
    return next((f"{p}:{local}" for p, start in PREFIXES.items() if start == base), name)


def _short(name: str) -> str:
    return "a defined class" if name[0] == "_" else IRI(name[1:-1]).local
