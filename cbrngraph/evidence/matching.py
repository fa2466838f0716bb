"""Whether patterns match, found out in a bounded number of look-ups.

The engine cannot be stopped, so what must never take long is not asked of it: these searches
look up one statement after the other and give up (`Spent`) when their budget is used.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from cbrngraph.evidence.sparql.algebra import (
    Alternative,
    Closure,
    Inverse,
    Negated,
    Path,
    PatternTerm,
    Values,
    Var,
)
from cbrngraph.evidence.sparql.algebra import Sequence as PathSequence
from cbrngraph.model import IRI, BNode, Quad, Term
from cbrngraph.store import Store

__all__ = ["Atom", "Budget", "Choice", "Element", "Matcher", "Spent", "Sub"]

_CLOCK = 64  # look-ups between two looks at the clock


class Spent(Exception):
    """The budget is used before it is known whether something matches."""


class Budget:
    """Look-ups that may still be made, and a moment after which none is."""

    def __init__(self, steps: int, seconds: float) -> None:
        self._left = steps
        self._end = time.monotonic() + seconds

    def take(self) -> None:
        """Count one look-up.

        Raises:
            Spent: there is none left.
        """
        self._left -= 1
        if self._left < 0 or (self._left % _CLOCK == 0 and time.monotonic() > self._end):
            self._left = 0
            raise Spent

    @property
    def spent(self) -> bool:
        """Whether nothing more may be looked up."""
        return self._left <= 0 or time.monotonic() > self._end


class Atom(NamedTuple):
    """One edge: a triple or a path, in the view (`graph` None), one graph, or any graph (a Var)."""

    start: PatternTerm
    path: Path | Var
    end: PatternTerm
    graph: Var | IRI | None = None


class Choice(NamedTuple):
    """One of several groups."""

    branches: tuple[tuple[Element, ...], ...]


class Sub(NamedTuple):
    """A group of which only some variables are seen from outside."""

    elements: tuple[Element, ...]
    shown: tuple[Var, ...]


Element: TypeAlias = Atom | Values | Choice | Sub
Binding: TypeAlias = Mapping[Var, Term]
_Edge: TypeAlias = tuple[Term, Term, IRI | BNode | None]


class Matcher:
    """Searches one store with one budget."""

    def __init__(self, store: Store, budget: Budget) -> None:
        self._store = store
        self.budget = budget

    def matches(self, elements: Sequence[Element], binding: Binding) -> bool:
        """Whether elements match together.

        Raises:
            Spent: the budget does not suffice to know.
        """
        return next(self.solutions(elements, binding), None) is not None

    def solutions(self, elements: Sequence[Element], binding: Binding) -> Iterator[Binding]:
        """Yield the solutions, those with the fewest free ends first looked up."""
        if not elements:
            yield binding
            return
        at = min(range(len(elements)), key=lambda i: (_freedom(elements[i], binding), i))
        rest = [*elements[:at], *elements[at + 1 :]]
        for found in self._element(elements[at], binding):
            yield from self.solutions(rest, found)

    def _element(self, element: Element, binding: Binding) -> Iterator[Binding]:
        self.budget.take()
        match element:
            case Atom():
                yield from self._atom(element, binding)
            case Values(variables, rows):
                for row in rows:
                    told = {v: t for v, t in zip(variables, row, strict=True) if t is not None}
                    if all(binding.get(v, t) == t for v, t in told.items()):
                        yield {**binding, **told}
            case Choice(branches):
                for branch in branches:
                    yield from self.solutions(branch, binding)
            case Sub(elements, shown):
                seen = {v: t for v, t in binding.items() if v in shown}
                for found in self.solutions(elements, seen):
                    yield {**binding, **{v: found[v] for v in shown if v in found}}

    def _atom(self, atom: Atom, binding: Binding) -> Iterator[Binding]:
        start, end = _value(atom.start, binding), _value(atom.end, binding)
        graph = _value(atom.graph, binding) if isinstance(atom.graph, Var) else atom.graph
        free = isinstance(graph, Var)
        scope = graph if isinstance(graph, IRI | BNode) and not free else None
        ends = (None if isinstance(start, Var) else start, None if isinstance(end, Var) else end)
        if isinstance(atom.path, Var):
            yield from self._any_predicate(atom, ends, scope, free, binding)
            return
        for one, other, where in self._edges(atom.path, ends[0], ends[1], scope, free):
            told = _bound(binding, ((atom.start, one), (atom.end, other)))
            if told is not None and free and where is not None:
                told = _bound(told, ((atom.graph, where),))
            if told is not None:
                yield told

    def _any_predicate(
        self,
        atom: Atom,
        ends: tuple[Term | None, Term | None],
        scope: IRI | BNode | None,
        free: bool,
        binding: Binding,
    ) -> Iterator[Binding]:
        known = _value(atom.path, binding)
        predicate = known if isinstance(known, IRI) else None
        for quad in self._quads(ends[0], predicate, ends[1], scope, free):
            pairs: list[tuple[object, Term]] = [(atom.start, quad.subject)]
            pairs += [(atom.path, quad.predicate), (atom.end, quad.object)]
            if free and quad.graph is not None:
                pairs.append((atom.graph, quad.graph))
            told = _bound(binding, pairs)
            if told is not None:
                yield told

    def _quads(
        self,
        start: Term | None,
        predicate: IRI | None,
        end: Term | None,
        scope: IRI | BNode | None,
        free: bool,
    ) -> Iterator[Quad]:
        self.budget.take()
        for quad in self._store.match(start, predicate, end, scope, any_graph=free):
            self.budget.take()
            if not free or quad.graph is not None:
                yield quad

    # --- paths (section 18.4) -------------------------------------------------------------

    def _edges(  # noqa: C901, PLR0912 - one branch per kind of path
        self,
        path: Path,
        start: Term | None,
        end: Term | None,
        scope: IRI | BNode | None,
        free: bool,
    ) -> Iterator[_Edge]:
        match path:
            case Inverse(inner):
                for one, other, where in self._edges(inner, end, start, scope, free):
                    yield other, one, where
            case Alternative(first, second):
                yield from self._edges(first, start, end, scope, free)
                yield from self._edges(second, start, end, scope, free)
            case Negated(forward, backward):
                if forward or not backward:
                    for quad in self._quads(start, None, end, scope, free):
                        if quad.predicate not in forward:
                            yield quad.subject, quad.object, quad.graph
                if backward:
                    for quad in self._quads(end, None, start, scope, free):
                        if quad.predicate not in backward:
                            yield quad.object, quad.subject, quad.graph
            case PathSequence() | Closure() if free:
                raise Spent  # all in one graph, whichever: not worth the search
            case PathSequence(first, second) if start is None and end is not None:
                for middle, other, _ in self._edges(second, None, end, scope, free):
                    for one, _, where in self._edges(first, None, middle, scope, free):
                        yield one, other, where
            case PathSequence(first, second):
                for one, middle, _ in self._edges(first, start, None, scope, free):
                    for _, other, where in self._edges(second, middle, end, scope, free):
                        yield one, other, where
            case Closure(inner, op) if start is None and end is not None:
                for one in self._reached(Inverse(inner), op, end, scope):
                    yield one, end, scope
            case Closure(inner, op) if start is not None:
                for other in self._reached(inner, op, start, scope):
                    if end is None or other == end:
                        yield start, other, scope
            case Closure(inner, op):
                if op != "+":
                    raise Spent  # every node of the graph, with itself
                for one, _, _ in self._edges(inner, None, None, scope, free):
                    for other in self._reached(inner, op, one, scope):
                        yield one, other, scope
            case IRI():
                for quad in self._quads(start, path, end, scope, free):
                    yield quad.subject, quad.object, quad.graph

    def _reached(
        self, path: Path, op: str, start: Term, scope: IRI | BNode | None
    ) -> Iterator[Term]:
        seen: set[Term] = set()
        if op != "+":
            # The engine finds a node from itself only where it occurs, and not even always.
            ends = ((start, None), (None, start))
            if not any(next(self._quads(s, None, o, scope, False), None) for s, o in ends):
                raise Spent
            seen.add(start)
            yield start
        queue = [start]
        while queue:
            for _, other, _ in self._edges(path, queue.pop(), None, scope, False):
                if other not in seen:
                    seen.add(other)
                    yield other
                    if op != "?":
                        queue.append(other)


def _value(term: PatternTerm | Path | None, binding: Binding) -> Any:
    return binding.get(term, term) if isinstance(term, Var) else term


def _bound(binding: Binding, pairs: Sequence[tuple[object, Term]]) -> Binding | None:
    """A binding with more values, None where they contradict it."""
    told = dict(binding)
    for term, value in pairs:
        if isinstance(term, Var):
            if told.setdefault(term, value) != value:
                return None
        elif term != value and isinstance(term, IRI | BNode):
            return None
    return told


def _freedom(element: Element, binding: Binding) -> int:
    """How little is known of an element: what has the fewest free ends comes first."""
    match element:
        case Values():
            return 0
        case Atom(start, path, end, _):
            ends = (start, end)
            free = sum(isinstance(t, Var) and t not in binding for t in ends)
            wide = isinstance(path, Var) and path not in binding
            # What has a type is the longest list, and a value alone is found by its end.
            typed = isinstance(path, IRI) and path.endswith("#type") and isinstance(start, Var)
            return 2 * free + wide + (typed and start not in binding)
        case Choice(branches):
            return 1 + max((_least(branch, binding) for branch in branches), default=0)
        case Sub(elements, _):
            return 1 + _least(elements, binding)


def _least(elements: Sequence[Element], binding: Binding) -> int:
    return min((_freedom(element, binding) for element in elements), default=0)
