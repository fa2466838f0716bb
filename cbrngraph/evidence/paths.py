"""The edges behind a property path between two known ends."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TypeAlias

from cbrngraph.evidence.sparql.algebra import Alternative, Closure, Inverse, Negated, Path, Sequence
from cbrngraph.evidence.sparql.node import Node
from cbrngraph.model import IRI, BNode, Term, Triple
from cbrngraph.store import Store

__all__ = ["Routes", "routes"]

Edges: TypeAlias = tuple[Triple, ...]


class Routes(Node):
    """The ways along a path: the triples of each. `complete` is False when others may exist."""

    ways: tuple[Edges, ...]
    complete: bool


def routes(
    store: Store, path: Path, start: Term, end: Term, graph: IRI | None, limit: int = 24
) -> Routes:
    """Return the simple routes from `start` to `end` (SPARQL 1.1, section 18.4), shortest first.

    A route of length zero has no triples. At most `limit` routes are followed.
    """
    return _Search(store, graph, limit).routes(path, start, end)


class _Search:
    _NODES = 5_000

    def __init__(self, store: Store, graph: IRI | None, limit: int) -> None:
        self._store = store
        self._graph = graph
        self._limit = limit
        self._complete = True

    def routes(self, path: Path, start: Term, end: Term) -> Routes:
        if isinstance(path, Closure):
            ways = self._closure(path, start, end)
        else:
            ways = [edges for node, edges in self._steps(path, start) if node == end]
        unique = sorted(dict.fromkeys(ways), key=len)
        return Routes(tuple(unique), self._complete)

    def _closure(self, path: Closure, start: Term, end: Term) -> list[Edges]:
        if start == end and path.op in "*?":
            return [()]
        if path.op == "?":
            return [edges for node, edges in self._steps(path.path, start) if node == end]
        useful = self._between(path.path, start, end)
        found: list[Edges] = []
        queue: deque[tuple[Term, Edges, frozenset[Term]]] = deque([(start, (), frozenset())])
        tried = 0
        while queue:
            node, edges, passed = queue.popleft()
            tried += 1
            if len(found) >= self._limit or tried > self._NODES:
                self._complete = False
                break
            for following, more in self._steps(path.path, node):
                if following == end:
                    found.append(edges + more)
                elif following in useful and following not in passed and following != start:
                    queue.append((following, edges + more, passed | {following}))
        return found

    def _between(self, path: Path, start: Term, end: Term) -> set[Term]:
        """The nodes that lie on some way from start to end."""
        return self._reach(path, start) & self._reach(Inverse(path), end)

    def _reach(self, path: Path, start: Term) -> set[Term]:
        seen: set[Term] = {start}
        queue = deque([start])
        while queue:
            for node, _ in self._steps(path, queue.popleft()):
                if node not in seen:
                    if len(seen) > self._NODES:
                        self._complete = False
                        return seen
                    seen.add(node)
                    queue.append(node)
        return seen

    # --- one application of a path --------------------------------------------------------

    def _steps(self, path: Path, node: Term, *, back: bool = False) -> Iterator[tuple[Term, Edges]]:
        """Each node that one application of `path` leads to, and the triples of the way."""
        match path:
            case Inverse(inner):
                yield from self._steps(inner, node, back=not back)
            case Sequence(first, second):
                one, two = (second, first) if back else (first, second)
                for middle, edges in self._steps(one, node, back=back):
                    for last, more in self._steps(two, middle, back=back):
                        yield last, edges + more
            case Alternative(first, second):
                yield from self._steps(first, node, back=back)
                yield from self._steps(second, node, back=back)
            case Closure():
                yield from self._nested(path, node, back=back)
            case Negated(forward, backward):
                if forward or not backward:
                    yield from self._others(forward, node, back=back)
                if backward:
                    yield from self._others(backward, node, back=not back)
            case IRI():
                yield from self._edges(path, node, back=back)

    def _edges(
        self, predicate: IRI | None, node: Term, *, back: bool
    ) -> Iterator[tuple[Term, Edges]]:
        if back:
            for quad in self._store.match(None, predicate, node, self._graph):
                yield quad.subject, (Triple(*quad[:3]),)
        elif isinstance(node, IRI | BNode):
            for quad in self._store.match(node, predicate, None, self._graph):
                yield quad.object, (Triple(*quad[:3]),)

    def _others(
        self, without: tuple[IRI, ...], node: Term, *, back: bool
    ) -> Iterator[tuple[Term, Edges]]:
        for following, edges in self._edges(None, node, back=back):
            if edges[0].predicate not in without:
                yield following, edges

    def _nested(self, path: Closure, node: Term, *, back: bool) -> Iterator[tuple[Term, Edges]]:
        """A closure inside a path: one shortest way to each node, so others may exist."""
        if path.op in "*?":
            yield node, ()
        ways: dict[Term, Edges] = {}
        queue: deque[tuple[Term, Edges]] = deque([(node, ())])
        while queue:
            at, edges = queue.popleft()
            for following, more in self._steps(path.path, at, back=back):
                if following in ways:
                    self._complete = False
                    continue
                ways[following] = edges + more
                if path.op != "?" and len(ways) < self._NODES:
                    queue.append((following, edges + more))
        for following, edges in ways.items():
            if not (following == node and path.op in "*?"):
                yield following, edges
