"""Where sources disagree: several values for one, and reported figures that cannot be counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cbrngraph.describe import passages_of
from cbrngraph.evidence.authority import Authority
from cbrngraph.evidence.counting import Count, counts
from cbrngraph.evidence.extents import Extents, relation
from cbrngraph.evidence.kinds import KINDS, Kind, Nature, Said, When, classify, span_of
from cbrngraph.model import IRI, Literal, Passage, Term, Triple
from cbrngraph.namespaces import CBRN, DCTERMS, OWL
from cbrngraph.store import Store

if TYPE_CHECKING:
    from cbrngraph.build import Snapshot

__all__ = ["Claimed", "Conflict", "conflicts"]

COUNTED = "counted in this view"
_TRUE = Literal("true", "http://www.w3.org/2001/XMLSchema#boolean")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A value, who says so (latest first), whether the view has it, and why not if it has not.

    A counted value has no passages.
    """

    value: Term
    passages: tuple[Passage, ...]
    chosen: bool
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A disagreement about one property of a thing.

    `thing` is what people know; `node` the relation node or figure that carries the value (the
    thing itself where there is none), `measure` what a figure counts. `reason` tells why it is
    of its kind. `values` has the chosen one first.
    """

    thing: IRI
    node: IRI
    property: IRI
    measure: IRI | None
    kind: Kind
    reason: str
    values: tuple[Claimed, ...]

    def chosen(self) -> Claimed | None:
        """Return the value that the view has; None in a view that has several."""
        taken = [one for one in self.values if one.chosen]
        return taken[0] if len(taken) == 1 else None

    def is_count(self) -> bool:
        """Return whether a reported figure is set against a count."""
        return any(one.rule == COUNTED for one in self.values)


def conflicts(snapshot: Snapshot, thing: IRI | None = None) -> tuple[Conflict, ...]:
    """Return the disagreements in a view, or those about one thing: contradictions first."""
    store = snapshot.store
    contested = _contested(store, thing)
    found = list(_Judge(store).judged(contested))
    found += [_counted(count) for count in counts(snapshot)]
    if thing is not None:
        found = [one for one in found if thing in (one.thing, one.node)]
    return tuple(
        sorted(found, key=lambda c: (KINDS.index(c.kind), c.thing, c.property, c.node, c.reason))
    )


def _counted(count: Count) -> Conflict:
    return Conflict(
        thing=count.thing,
        node=count.figure,
        property=IRI(CBRN.figureValue),
        measure=count.measure,
        kind=count.kind,
        reason=count.reason,
        values=(
            Claimed(count.reported, count.passages, chosen=True),
            Claimed(count.counted, (), chosen=False, rule=COUNTED),
        ),
    )


Groups = Mapping[tuple[IRI, IRI], Mapping[Term, Sequence[IRI]]]


def _contested(store: Store, thing: IRI | None) -> Groups:
    """The values of single-valued properties that passages state differently."""
    where = "GRAPH ?g { ?s ?p ?o }"
    if thing is not None:
        near = {thing} | {
            quad.subject
            for quad in store.match(None, None, thing, any_graph=True)
            if isinstance(quad.subject, IRI)
        }
        where = f"VALUES ?s {{ {' '.join(sorted(n.n3() for n in near))} }} {where}"
    pairs = [
        (subject, predicate)
        for predicate in _single_valued(store)
        for (subject,) in store.select(_DIFFERENT.format(p=predicate.n3(), where=where)).rows
        if isinstance(subject, IRI)
    ]
    found: dict[tuple[IRI, IRI], dict[Term, list[IRI]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate in pairs:
        for quad in store.match(subject, predicate, any_graph=True):
            if isinstance(quad.graph, IRI):
                found[subject, predicate][quad.object].append(quad.graph)
    return found


_DIFFERENT = """SELECT ?s {{ VALUES ?p {{ {p} }} {where} }}
GROUP BY ?s HAVING(MIN(STR(?o)) != MAX(STR(?o)))"""


def _single_valued(store: Store) -> list[IRI]:
    """The single-valued properties; a companion of a date follows that date."""
    found = [q.subject for q in store.match(None, IRI(CBRN.singleValued), _TRUE)]
    companions = {
        quad.subject
        for name in (CBRN.earliestOf, CBRN.latestOf)
        for quad in store.match(None, IRI(name))
    }
    return sorted(p for p in found if isinstance(p, IRI) and p not in companions)


class _Judge:
    """Reads what kinds need from one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._authority = Authority(store)
        self._extents: Extents | None = None
        self._dates = {q.object for q in store.match(None, IRI(CBRN.earliestOf))}

    def judged(self, groups: Groups) -> Iterable[Conflict]:
        graphs = {graph for values in groups.values() for said in values.values() for graph in said}
        passages = passages_of(self._store, graphs)
        for (subject, predicate), values in groups.items():
            by_value = {
                value: [graph for graph in said if graph in passages]
                for value, said in values.items()
            }
            told = {value: said for value, said in by_value.items() if said}
            if len(told) > 1:
                yield self._conflict(subject, predicate, told, passages)

    def _conflict(
        self,
        node: IRI,
        predicate: IRI,
        values: Mapping[Term, Sequence[IRI]],
        passages: Mapping[IRI, Passage],
    ) -> Conflict:
        said = [
            Said(value, tuple(_when(passages[graph]) for graph in graphs))
            for value, graphs in values.items()
        ]
        verdict = classify(said, self._nature(node, predicate))
        return Conflict(
            thing=owner_of(self._store, node),
            node=node,
            property=predicate,
            measure=measure_of(self._store, node),
            kind=verdict.kind,
            reason=verdict.reason,
            values=self._claimed(node, predicate, values, passages),
        )

    def _claimed(
        self,
        node: IRI,
        predicate: IRI,
        values: Mapping[Term, Sequence[IRI]],
        passages: Mapping[IRI, Passage],
    ) -> tuple[Claimed, ...]:
        taken = [v for v in values if self._store.contains(Triple(node, predicate, v))]
        winner = values[taken[0]] if len(taken) == 1 else None
        found = []
        for value, graphs in values.items():
            chosen = value in taken
            rule = self._authority.rule(winner, graphs) if winner and not chosen else ""
            told = sorted(
                (passages[graph] for graph in graphs),
                key=lambda p: (self._authority.day(p.iri), p.iri),
                reverse=True,
            )
            found.append(Claimed(value, tuple(told), chosen, rule))
        found.sort(key=lambda one: one.value.n3())
        found.sort(key=lambda one: self._authority.day(one.passages[0].iri), reverse=True)
        return tuple(sorted(found, key=lambda one: not one.chosen))

    def _nature(self, node: IRI, predicate: IRI) -> Nature:
        measure = measure_of(self._store, node)
        bound = next(self._store.match(node, IRI(CBRN.bound)), None)
        of_measure = measure is not None and self._is_true(measure, CBRN.timeVarying)
        return Nature(
            time_varying=of_measure if measure else self._is_true(predicate, CBRN.timeVarying),
            date=predicate in self._dates,
            lower_bound=bound is not None and str(bound.object).endswith("at-least"),
            places=self._places,
            related=lambda one, other: relation(self._store, one, other),
        )

    def _is_true(self, subject: IRI, predicate: str) -> bool:
        return self._store.contains(Triple(subject, IRI(predicate), _TRUE))

    def _places(self, text: str) -> tuple[frozenset[str], str]:
        if self._extents is None:
            self._extents = Extents(self._store)
        return self._extents(text)


def _when(passage: Passage) -> When | None:
    return span_of(passage.as_of or passage.source.issued or "")


def measure_of(store: Store, node: IRI) -> IRI | None:
    """Return what a reported figure counts, None for anything else."""
    quad = next(store.match(node, IRI(CBRN.measure)), None)
    return quad.object if quad is not None and isinstance(quad.object, IRI) else None


def owner_of(store: Store, node: IRI) -> IRI:
    """Return the thing that a relation node belongs to; a thing with a name is its own owner."""
    if next(store.match(node, IRI(DCTERMS.identifier)), None) is not None:
        return node
    for name in (CBRN.figureOf, CBRN.budgetOf, CBRN.focalPointOf):
        for quad in store.match(node, IRI(name)):
            if isinstance(quad.object, IRI):
                return quad.object
    inverse = IRI(OWL.inverseOf)
    for quad in sorted(store.match(node), key=lambda q: (q.predicate, q.object.n3())):
        backward = next(store.match(quad.predicate, inverse), None) or next(
            store.match(None, inverse, quad.predicate), None
        )
        if backward is not None and isinstance(quad.object, IRI):
            return quad.object
    return node
