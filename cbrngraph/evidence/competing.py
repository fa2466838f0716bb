"""Values that compete: which facts carry a value that the view took, and what may surface.

In a view that resolves, a property with one value shows that of the strongest passage. A weaker
passage that states the same value does not carry it: without the strongest one another value
would be taken. And where a fact is taken away, a value may come into the view that was not there.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from cbrngraph.evidence.proof import Fact
from cbrngraph.model import IRI, BNode, Literal, Term, Triple
from cbrngraph.namespaces import BASE, CBRN, RDF
from cbrngraph.resolution import Descriptions

if TYPE_CHECKING:
    from cbrngraph.rules import Rules
    from cbrngraph.store import Store

__all__ = ["Competition"]

Ends: TypeAlias = tuple[IRI | None, IRI | None]
_Rank: TypeAlias = tuple[tuple[str, int, int], str, str]

_TRUE = Literal("true", "http://www.w3.org/2001/XMLSchema#boolean")
_ONTOLOGY = BASE + "graph/ontology/"
_FILES = BASE + "graph/"


class Competition:
    """The single-valued properties of one store, and where their values compete."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @cached_property
    def single(self) -> frozenset[IRI]:
        """The properties with one value."""
        found = self._store.match(None, IRI(CBRN.singleValued), _TRUE)
        return frozenset(quad.subject for quad in found if isinstance(quad.subject, IRI))

    @cached_property
    def followers(self) -> dict[IRI, IRI]:
        """The companion dates, whose value follows that of another property, and that one."""
        return {
            quad.subject: quad.object
            for name in (CBRN.earliestOf, CBRN.latestOf)
            for quad in self._store.match(None, IRI(name))
            if isinstance(quad.subject, IRI) and isinstance(quad.object, IRI)
            if quad.object in self.single
        }

    def follows(self, triple: Triple) -> bool:
        """Whether a value is in the view because another property's was taken from several."""
        main = self.followers.get(triple.predicate)
        return main is not None and bool(self._lost(triple.subject, main))

    def beaten(self, triple: Triple, facts: Iterable[Fact]) -> tuple[Fact, ...] | None:
        """Return the facts that alone do not keep a value in the view; None without a rival."""
        if triple.predicate not in self.single or triple.predicate in self.followers:
            return None
        rivals = self._lost(triple.subject, triple.predicate)
        if not rivals:
            return None
        from cbrngraph.evidence.authority import Authority

        strength = Authority(self._store).strength

        def rank(value: Term, graph: IRI | BNode | None) -> _Rank:
            # As resolution orders them: of equals the passage that sorts first, then the value.
            if not isinstance(graph, IRI) or graph.startswith(_FILES):
                return Descriptions().strength(""), "", value.n3()
            return strength(graph), graph.n3(), value.n3()

        best = [rank(value, graph) for value, graph in rivals]
        return tuple(
            fact
            for fact in facts
            if not str(fact.graph).startswith(_ONTOLOGY)
            and any(_goes_before(one, rank(triple.object, fact.graph)) for one in best)
        )

    def _lost(self, subject: IRI | BNode, predicate: IRI) -> list[tuple[Term, IRI | BNode]]:
        """The values that the view did not take, with the graphs that state them."""
        quads = list(self._store.match(subject, predicate, any_graph=True))
        taken = {quad.object for quad in quads if quad.graph is None}
        return [(q.object, q.graph) for q in quads if q.graph is not None and q.object not in taken]

    def may_surface(self, asked: Iterable[Ends], rules: Rules | None) -> bool:
        """Whether taking facts away may bring a triple that is asked for into the view.

        `asked` are subjects and predicates, None for any.
        """
        ends = set(asked)
        return any(
            self._may_come(property_, ends, rules)
            for property_ in sorted(self.single | self.followers.keys())
        )

    def _may_come(self, property_: IRI, asked: set[Ends], rules: Rules | None) -> bool:
        reached = _reached(property_, rules)
        met = [(s, p) for s, p in asked if p is None or p in reached]
        main = self.followers.get(property_, property_)
        if all(subject is not None and predicate == property_ for subject, predicate in met):
            return any(self._lost(subject, main) for subject, _ in met if subject is not None)
        return self._has_lost(main)

    def _has_lost(self, property_: IRI) -> bool:
        name = property_.n3()
        return self._store.ask(
            f"ASK {{ GRAPH ?g {{ ?s {name} ?o }} FILTER NOT EXISTS {{ ?s {name} ?o }} }}"
        )


def _goes_before(one: _Rank, other: _Rank) -> bool:
    return one[0] > other[0] or (one[0] == other[0] and one[1:] < other[1:])


def _reached(property_: IRI, rules: Rules | None) -> set[IRI]:
    """The predicates of what a triple with a property may entail, itself included."""
    found = {property_}
    if rules is None:
        return found
    todo = [property_.n3()]
    while todo:
        name = todo.pop()
        heads = [*rules.superproperties.get(name, ()), *rules.inverses.get(name, ())]
        heads += [head for first, second, head in rules.chains if name in (first, second)]
        # A class that depends on a value may in turn give values.
        if name in rules.ranges or name in rules.some or name in rules.every:
            heads.append(f"<{RDF.type}>")
        if any(name == key for key, _ in rules.has_value):
            heads.append(f"<{RDF.type}>")
        if name == f"<{RDF.type}>":
            heads += [head for pairs in rules.implied_value.values() for head, _ in pairs]
        for head in heads:
            iri = IRI(head[1:-1])
            if iri not in found:
                found.add(iri)
                todo.append(head)
    return found
