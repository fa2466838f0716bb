"""A query taken apart into groups: what must match there, and the conditions on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from cbrngraph.evidence.matching import Atom, Choice, Element, Sub
from cbrngraph.evidence.sparql.algebra import (
    BGP,
    Closure,
    Distinct,
    Extend,
    Filter,
    GraphPattern,
    Group,
    Join,
    LeftJoin,
    Minus,
    Negated,
    OrderBy,
    Path,
    PathPattern,
    Pattern,
    PatternTerm,
    Project,
    Slice,
    TriplePattern,
    Union,
    Values,
    Var,
)
from cbrngraph.evidence.sparql.node import Node
from cbrngraph.evidence.sparql.scope import has_sub_select, visible
from cbrngraph.model import IRI

__all__ = ["Level", "edges_of", "level_of", "path_names", "without_conditions"]

_Scope: TypeAlias = Var | IRI | None


class Level(NamedTuple):
    """A group. `elements` are searched; `nested` are its unions and sub-selects as patterns.

    `exact` says that the elements hold all that decides a match, save for the conditions. `open`
    are the variables of OPTIONAL and BIND, of which the elements say nothing.
    """

    elements: tuple[Element, ...]
    conditions: tuple[Filter | Minus, ...] = ()
    nested: tuple[Pattern, ...] = ()
    exact: bool = True
    open: frozenset[Var] = frozenset()


_OPAQUE = Level((), exact=False)


def level_of(  # noqa: C901, PLR0911 - one branch per operator
    pattern: Pattern, graph: _Scope = None
) -> Level:
    """Return the group of a pattern, without going into its unions and sub-selects."""
    match pattern:
        case BGP(triples):
            return Level(
                tuple(
                    Atom(t.subject, t.predicate, t.object, graph)
                    for t in triples
                    if isinstance(t.predicate, IRI | Var)
                )
            )
        case PathPattern(start, path, end):
            return Level((Atom(start, path, end, graph),))
        case Values():
            return Level((pattern,))
        case Join(left, right):
            return _joined(pattern, level_of(left, graph), level_of(right, graph))
        case Filter(_, inner) | Minus(inner, _):
            level = level_of(inner, graph)
            return level._replace(conditions=(*level.conditions, pattern))
        case LeftJoin(left, right, _):
            level = level_of(left, graph)
            return level._replace(open=level.open | (set(visible(right)) - set(visible(left))))
        case Extend(inner, variable, _):
            level = level_of(inner, graph)
            return level._replace(open=level.open | {variable})
        case GraphPattern(name, inner):
            if has_sub_select(inner):
                return _OPAQUE
            level = level_of(inner, name)
            plain = level.elements and all(isinstance(e, Atom | Values) for e in level.elements)
            return level._replace(exact=level.exact and bool(plain))
        case Union():
            return _either(pattern, _branches(pattern, graph), graph)
        case Project(inner, variables):
            level = level_of(inner, graph)
            return Level(
                (Sub(level.elements, variables),),
                nested=(pattern,) if graph is None else (),
                exact=level.exact and not level.conditions,
                open=level.open & set(variables),
            )
        case Distinct(inner, _) | OrderBy(inner, _):
            return level_of(inner, graph)
        case Group() | Slice() if graph is None:
            return _OPAQUE._replace(nested=(pattern,))
    return _OPAQUE


def _joined(pattern: Join, one: Level, other: Level) -> Level:
    # What an OPTIONAL or BIND of one side binds, the other side can contradict.
    told = one.open & set(visible(pattern.right)) or other.open & set(visible(pattern.left))
    return Level(
        one.elements + other.elements,
        one.conditions + other.conditions,
        one.nested + other.nested,
        one.exact and other.exact and not told,
        one.open | other.open,
    )


def _either(pattern: Union, branches: list[Level], graph: _Scope) -> Level:
    return Level(
        (Choice(tuple(branch.elements for branch in branches)),),
        nested=(pattern,) if graph is None else (),
        exact=all(branch.exact and not branch.conditions for branch in branches),
        open=frozenset().union(*(branch.open for branch in branches)),
    )


def _branches(pattern: Pattern, graph: _Scope) -> list[Level]:
    if isinstance(pattern, Union):
        return _branches(pattern.left, graph) + _branches(pattern.right, graph)
    return [level_of(pattern, graph)]


def without_conditions(pattern: Pattern, kept: tuple[Filter | Minus, ...]) -> Pattern:
    """Return a pattern without its conditions, but for those to be kept, inside it at any depth."""
    match pattern:
        case Filter(condition, inner):
            below = without_conditions(inner, kept)
            return Filter(condition, below) if _among(pattern, kept) else below
        case Minus(left, right):
            below = without_conditions(left, kept)
            return Minus(below, right) if _among(pattern, kept) else below
        case Join(left, right):
            return Join(without_conditions(left, kept), without_conditions(right, kept))
        case LeftJoin(left, right, condition):
            return LeftJoin(without_conditions(left, kept), right, condition)
        case Extend(inner, variable, expression):
            return Extend(without_conditions(inner, kept), variable, expression)
        case GraphPattern(name, inner):
            return GraphPattern(name, without_conditions(inner, kept))
    return pattern


def _among(pattern: Pattern, kept: tuple[Filter | Minus, ...]) -> bool:
    return any(one is pattern for one in kept)


def edges_of(node: object) -> Iterator[tuple[PatternTerm, PatternTerm, PatternTerm]]:
    """Every edge in a pattern, its conditions and sub-selects included; of a path its ends."""
    if isinstance(node, TriplePattern):
        yield node.subject, node.predicate, node.object
    elif isinstance(node, PathPattern):
        for name in path_names(node.path):
            yield Var("_"), name, Var("_")
        if _wide(node.path):
            yield Var("_"), Var("_"), Var("_")
    elif isinstance(node, Node):
        for part in node._values():
            yield from edges_of(part)
    elif isinstance(node, tuple):
        for part in node:
            yield from edges_of(part)


def _wide(path: object) -> bool:
    if isinstance(path, Negated):
        return True
    return isinstance(path, Node) and any(
        _wide(part) for part in path._values() if isinstance(part, Node)
    )


def path_names(path: Path | Var) -> Iterator[IRI]:
    """The properties that a path goes along."""
    if isinstance(path, IRI):
        yield path
    elif isinstance(path, Closure):
        yield from path_names(path.path)
    elif isinstance(path, Node):
        for part in path._values():
            if isinstance(part, IRI | Node):
                yield from path_names(part)  # type: ignore[arg-type]
