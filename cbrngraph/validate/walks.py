"""From changed triples back to the focus nodes that they can matter to.

What a rule reads of the data is a set of walks that begin at its focus node: along the paths of
shapes, or the triple patterns of a query. The walks of all rules are kept as one automaton. A
changed triple is a step of some walks; followed back over the triples that are and were, these
end at every focus node whose verdict may have changed. Terms are N-Triples text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cbrngraph.model import Literal
from cbrngraph.rules import N3Triple
from cbrngraph.validate.graph import IndexedGraph
from cbrngraph.validate.paths import Path
from cbrngraph.validate.shapes import Shape, Shapes, TargetKind
from cbrngraph.validate.vocabulary import RDF_TYPE, RDFS_SUBCLASS, SH

__all__ = ["SUBCLASS", "TYPE", "CoreWalks", "Index", "TooFar", "Walks", "add_targets"]

TYPE = RDF_TYPE.n3()
SUBCLASS = RDFS_SUBCLASS.n3()
_EMPTY: dict[str, set[str]] = {}
Spot = tuple[int, str]


class TooFar(Exception):
    """A change reaches so much that to check everything is no more work."""


class Index:
    """Triples by subject and by object; `tree` are those that say what is a subclass of what."""

    def __init__(self, triples: Iterable[N3Triple] = ()) -> None:
        self.tree: set[N3Triple] = set()
        self._out: dict[str, dict[str, set[str]]] = {}
        self._into: dict[str, dict[str, set[str]]] = {}
        for triple in triples:
            self.add(triple)

    def add(self, triple: N3Triple) -> None:
        """Add a triple; a second time changes nothing."""
        subject, predicate, value = triple
        self._out.setdefault(subject, {}).setdefault(predicate, set()).add(value)
        self._into.setdefault(value, {}).setdefault(predicate, set()).add(subject)
        if predicate == SUBCLASS:
            self.tree.add(triple)

    def has(self, triple: N3Triple) -> bool:
        """Whether a triple is among them."""
        return triple[2] in self._out.get(triple[0], _EMPTY).get(triple[1], ())

    def __len__(self) -> int:
        return len(self._out)

    def triples(self) -> Iterator[N3Triple]:
        """Yield all of them."""
        for node in self._out:
            yield from self.about(node)

    def remove(self, triple: N3Triple) -> None:
        """Take a triple out."""
        subject, predicate, value = triple
        self.tree.discard(triple)
        for table, one, other in ((self._out, subject, value), (self._into, value, subject)):
            steps = table[one]
            steps[predicate].discard(other)
            if not steps[predicate]:
                del steps[predicate]
                if not steps:
                    del table[one]

    def step(self, node: str, predicate: str | None, *, forward: bool) -> Iterator[str]:
        """Yield the nodes one step from a node; any predicate when none is given."""
        steps = (self._out if forward else self._into).get(node, _EMPTY)
        if predicate is not None:
            yield from steps.get(predicate, ())
            return
        for nodes in steps.values():
            yield from nodes

    def about(self, node: str) -> Iterator[N3Triple]:
        """Yield the triples with that subject."""
        for predicate, values in self._out.get(node, _EMPTY).items():
            for value in values:
                yield node, predicate, value


@dataclass(frozen=True, slots=True)
class _Edge:
    """A step between two states; without one (`free`) both states are at the same node."""

    start: int
    end: int
    predicate: str | None = None
    forward: bool = True
    free: bool = False


class Walks:
    """The automaton. Each rule has a start of its own; the states of the rest are shared by it."""

    def __init__(self) -> None:
        self._from: list[list[_Edge]] = []
        self._to: list[list[_Edge]] = []
        self._reading: dict[str | None, list[_Edge]] = defaultdict(list)
        self._starts: set[int] = set()
        # States whose node is the focus node of results though it is not where the walk began.
        self._reported: set[int] = set()

    @property
    def predicates(self) -> set[str]:
        """The predicates of all steps."""
        return {predicate for predicate in self._reading if predicate is not None}

    @property
    def reads_everything(self) -> bool:
        """Whether there is a step over any predicate."""
        return None in self._reading

    def start(self) -> int:
        """Return a new start."""
        state = self.state()
        self._starts.add(state)
        return state

    def state(self) -> int:
        """Return a new state."""
        self._from.append([])
        self._to.append([])
        return len(self._from) - 1

    def report_at(self, state: int) -> None:
        """Say that results may name the node at a state as their focus."""
        self._reported.add(state)

    def step(self, state: int, predicate: str | None, *, forward: bool = True) -> int:
        """Add a step over a predicate (None: over any) and return where it leads."""
        end = self.state()
        self._join(_Edge(state, end, predicate, forward))
        return end

    def path(self, state: int, path: Path, *, inverse: bool = False) -> int:
        """Add the steps of a property path and return where it leads."""
        if path.iri is not None:
            return self.step(state, path.iri.n3(), forward=not inverse)
        parts = path.parts
        match path.operator:
            case "^":
                return self.path(state, parts[0], inverse=not inverse)
            case "/":
                for part in reversed(parts) if inverse else parts:
                    state = self.path(state, part, inverse=inverse)
                return state
            case "|":
                end = self.state()
                for part in parts:
                    self._free(self.path(state, part, inverse=inverse), end)
                return end
            case "?":
                end = self.path(state, parts[0], inverse=inverse)
                self._free(state, end)
                return end
        # `*`, and `+` as one step more.
        begin = self.path(state, parts[0], inverse=inverse) if path.operator == "+" else state
        loop = self.state()
        self._free(begin, loop)
        self._free(self.path(loop, parts[0], inverse=inverse), loop)
        return loop

    def _free(self, start: int, end: int) -> None:
        self._join(_Edge(start, end, free=True))

    def _join(self, edge: _Edge) -> None:
        self._from[edge.start].append(edge)
        self._to[edge.end].append(edge)
        if not edge.free:
            self._reading[edge.predicate].append(edge)

    def spots(self, triples: Iterable[N3Triple]) -> list[Spot]:
        """Return the states and nodes at which walks take one of the triples as a step."""
        return [
            (edge.start, subject if edge.forward else value)
            for subject, predicate, value in triples
            for edge in (*self._reading.get(predicate, ()), *self._reading.get(None, ()))
        ]

    def back(self, spots: Iterable[Spot], index: Index, most: int) -> set[Spot]:
        """Return the starts, with their nodes, from which walks lead to one of the spots.

        Raises:
            TooFar: there are more than `most` spots on the way.
        """
        seen: set[Spot] = set()
        waiting = list(spots)
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            if len(seen) > most:
                raise TooFar
            state, node = here
            for edge in self._to[state]:
                if edge.free:
                    waiting.append((edge.start, node))
                    continue
                nodes = index.step(node, edge.predicate, forward=not edge.forward)
                waiting += [(edge.start, other) for other in nodes]
        return {spot for spot in seen if spot[0] in self._starts}

    def forward(
        self, spots: Iterable[Spot], index: Index, most: int
    ) -> tuple[set[Spot], set[N3Triple]]:
        """Return where results may be reported on walks from spots, and every triple on them.

        Raises:
            TooFar: there are more than `most` spots on the way.
        """
        seen: set[Spot] = set()
        read: set[N3Triple] = set()
        waiting = list(spots)
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            if len(seen) > most:
                raise TooFar
            state, node = here
            for edge in self._from[state]:
                if edge.free:
                    waiting.append((edge.end, node))
                    continue
                if edge.predicate is None:
                    read.update(index.about(node))
                for other in index.step(node, edge.predicate, forward=edge.forward):
                    waiting.append((edge.end, other))
                    if edge.predicate is not None:
                        one, two = (node, other) if edge.forward else (other, node)
                        read.add((one, edge.predicate, two))
        return {spot for spot in seen if spot[0] in self._reported}, read


class CoreWalks(Walks):
    """The walks of Core shapes; each root has a start.

    What `rdfs:subClassOf` decides is not in them: its change matters to all.
    """

    def __init__(self, roots: Iterable[Shape], shapes: Shapes, graph: IndexedGraph) -> None:
        super().__init__()
        self._shapes = shapes
        self._graph = graph
        self._roots: list[tuple[int, Shape]] = []
        for root in roots:
            start = self.start()
            self._roots.append((start, root))
            add_targets(self, start, root)
            self._shape(root, start, reported=True)

    def nodes(self, touched: Iterable[N3Triple], index: Index, most: int) -> set[str]:
        """Return the nodes whose results may change with the touched triples.

        The index has what is and what was. Raises TooFar as `back` does.
        """
        starts = self.back(self.spots(touched), index, most)
        reported, _ = self.forward(starts, index, most) if self._reported else ((), ())
        return {node for _, node in (*starts, *reported)}

    def support(self, nodes: set[str], index: Index, most: int) -> set[N3Triple]:
        """Return every triple that decides what is reported about the nodes.

        Raises:
            TooFar: these are very many.
        """
        above = ((state, node) for state in self._reported for node in nodes)
        others = {node for _, node in self.back(above, index, most)} if self._reported else set()
        kinds = _Kinds(self._roots, index)
        starts = [(state, node) for node in nodes | others for state in kinds.of(node)]
        return self.forward(starts, index, most)[1]

    def _shape(self, shape: Shape, state: int, *, reported: bool) -> None:
        if shape.deactivated:
            return
        shapes = self._shapes
        value = state if shape.path is None else self.path(state, shape.path)
        self._constraints(shape, state, value)
        if reported and shape.path is not None and shape.properties:
            self.report_at(value)
        for node in shape.properties:
            self._shape(shapes.by_node[node], value, reported=reported)
        for node in shape.tested:
            self._shape(shapes.by_node[node], value, reported=False)
        if self._is_true(shape, "qualifiedValueShapesDisjoint"):
            for sibling in self._siblings(shape):
                self._shape(sibling, value, reported=False)

    def _constraints(self, shape: Shape, state: int, value: int) -> None:
        """Add what the shape's own parameters read."""
        for name in ("equals", "disjoint", "lessThan", "lessThanOrEquals"):
            for other in self._graph.values(shape.node, SH + name):
                self.step(state, other.n3())
        if self._graph.values(shape.node, SH + "class"):
            self.step(value, TYPE)
        if self._is_true(shape, "closed"):
            self.step(value, None)

    def _is_true(self, shape: Shape, name: str) -> bool:
        values = self._graph.values(shape.node, SH + name)
        return any(isinstance(v, Literal) and v.value in ("true", "1") for v in values)

    def _siblings(self, shape: Shape) -> Iterator[Shape]:
        """Yield the qualified shapes beside this one (SHACL section 4.7.3)."""
        shapes = self._shapes.by_node
        for other in shapes.values():
            if shape.node in other.properties:
                for node in other.properties:
                    qualified = self._graph.values(node, SH + "qualifiedValueShape")
                    yield from (shapes[n] for n in qualified if n in shapes)


class _Kinds:
    """Of which roots a node is a focus node, at most."""

    def __init__(self, roots: Iterable[tuple[int, Shape]], index: Index) -> None:
        self._index = index
        self._by_class: dict[str, set[int]] = defaultdict(set)
        self._others: set[int] = set()
        self._above: dict[str, set[str]] = {}
        for state, root in roots:
            for target in root.targets:
                if target.kind is TargetKind.CLASS:
                    self._by_class[target.value.n3()].add(state)
                else:
                    self._others.add(state)

    def of(self, node: str) -> set[int]:
        """Return the starts of those roots."""
        found = set(self._others)
        for kind in self._index.step(node, TYPE, forward=True):
            for name in self._classes(kind):
                found |= self._by_class.get(name, set())
        return found

    def _classes(self, name: str) -> set[str]:
        """Return a class and those above it in the data."""
        known = self._above.get(name)
        if known is None:
            known = self._above[name] = {name}
            waiting = [name]
            while waiting:
                for above in self._index.step(waiting.pop(), SUBCLASS, forward=True):
                    if above not in known:
                        known.add(above)
                        waiting.append(above)
        return known


def add_targets(walks: Walks, start: int, root: Shape) -> None:
    """Add what makes a node a focus node."""
    for target in root.targets:
        match target.kind:
            case TargetKind.CLASS:
                walks.step(start, TYPE)
            case TargetKind.SUBJECTS_OF:
                walks.step(start, target.value.n3())
            case TargetKind.OBJECTS_OF:
                walks.step(start, target.value.n3(), forward=False)
            case TargetKind.NODE:
                pass
