"""Which variables a pattern can bind, which it always binds, and which an expression reads."""

from __future__ import annotations

from collections.abc import Iterator

from cbrngraph.evidence.sparql.algebra import (
    BGP,
    Aggregate,
    Apply,
    Call,
    Distinct,
    Exists,
    Expr,
    Extend,
    Filter,
    GraphPattern,
    Group,
    Join,
    LeftJoin,
    Minus,
    OrderBy,
    PathPattern,
    Pattern,
    Project,
    Service,
    Slice,
    Union,
    Values,
    Var,
)
from cbrngraph.model import IRI, Literal

__all__ = [
    "certain",
    "existence_tests",
    "expression_variables",
    "has_minus",
    "has_sub_select",
    "visible",
]


def visible(pattern: Pattern) -> tuple[Var, ...]:
    """The variables in scope outside `pattern` (section 18.2.1), in order of appearance."""
    known: tuple[Var, ...] | None = pattern.kept("visible")
    return known or pattern.keep("visible", tuple(dict.fromkeys(_visible(pattern))))


def _visible(pattern: Pattern) -> Iterator[Var]:
    match pattern:
        case BGP(triples):
            for triple in triples:
                yield from (term for term in triple if isinstance(term, Var))
        case PathPattern(subject, _, object_):
            yield from (term for term in (subject, object_) if isinstance(term, Var))
        case Join(left, right) | Union(left, right) | LeftJoin(left, right, _):
            yield from _visible(left)
            yield from _visible(right)
        case Minus(left, _):
            yield from _visible(left)
        case Extend(inner, variable, _):
            yield from _visible(inner)
            yield variable
        case Values(variables, _) | Project(_, variables):
            yield from variables
        case GraphPattern(name, inner) | Service(name, inner, _):
            if isinstance(name, Var):
                yield name
            yield from _visible(inner)
        case Group(_, keys, aggregates):
            yield from keys
            yield from (variable for variable, _ in aggregates)
        case Filter(_, inner) | Distinct(inner, _) | OrderBy(inner, _) | Slice(inner, _, _):
            yield from _visible(inner)


def certain(pattern: Pattern) -> frozenset[Var]:
    """The variables that every solution of `pattern` binds; may leave some out."""
    known: frozenset[Var] | None = pattern.kept("certain")
    return known if known is not None else pattern.keep("certain", _certain(pattern))


def _certain(pattern: Pattern) -> frozenset[Var]:  # noqa: PLR0911 - one branch per operator
    match pattern:
        case BGP() | PathPattern():
            return frozenset(_visible(pattern))
        case Join(left, right):
            return certain(left) | certain(right)
        case Union(left, right):
            return certain(left) & certain(right)
        case LeftJoin(left, _, _) | Minus(left, _):
            return certain(left)
        case Values(variables, rows):
            return frozenset(
                variable
                for place, variable in enumerate(variables)
                if all(row[place] is not None for row in rows)
            )
        case GraphPattern(name, inner):
            told = isinstance(name, Var) and _tells_graph(inner)
            return certain(inner) | ({name} if told and isinstance(name, Var) else frozenset())
        case Group(inner, keys, aggregates):
            counts = {variable for variable, a in aggregates if a.function == "COUNT"}
            return certain(inner) & frozenset(keys) | counts
        case Project(inner, variables):
            return certain(inner) & frozenset(variables)
        case Extend(inner, variable, expression):
            # Only a copy is sure: what is computed may be an error, which binds nothing.
            copied = isinstance(expression, IRI | Literal) or expression in certain(inner)
            return certain(inner) | {variable} if copied else certain(inner)
        case Filter(_, inner) | Distinct(inner, _):
            return certain(inner)
        case OrderBy(inner, _) | Slice(inner, _, _):
            return certain(inner)
    return frozenset()


def _tells_graph(pattern: Pattern) -> bool:
    """Whether the engine binds the variable of GRAPH around `pattern`: a sub-select hides it."""
    match pattern:
        case BGP(triples):
            return bool(triples)
        case PathPattern():
            return True
        case Join(left, right):
            return _tells_graph(left) or _tells_graph(right)
        case Union(left, right):
            return _tells_graph(left) and _tells_graph(right)
        case LeftJoin(inner, _, _) | Minus(inner, _) | Filter(_, inner) | Extend(inner, _, _):
            return _tells_graph(inner)
    return False


def has_sub_select(pattern: Pattern) -> bool:
    """Whether a pattern holds a sub-select in the same graph."""
    match pattern:
        case Join(left, right) | Union(left, right) | LeftJoin(left, right, _):
            return has_sub_select(left) or has_sub_select(right)
        case Minus(left, right):
            return has_sub_select(left) or has_sub_select(right)
        case Filter(_, inner) | Extend(inner, _, _):
            return has_sub_select(inner)
    return isinstance(pattern, Project | Distinct | Group | Slice | OrderBy)


def has_minus(pattern: Pattern) -> bool:
    """Whether a pattern takes something away, sub-selects and EXISTS not looked into."""
    match pattern:
        case Minus():
            return True
        case Join(left, right) | Union(left, right) | LeftJoin(left, right, _):
            return has_minus(left) or has_minus(right)
        case Filter(_, inner) | Extend(inner, _, _) | GraphPattern(_, inner):
            return has_minus(inner)
    return False


def expression_variables(expression: Expr) -> frozenset[Var]:
    """The variables that an expression reads, those of its EXISTS patterns included."""
    if isinstance(expression, IRI | Literal):
        return frozenset()
    if isinstance(expression, Var):
        return frozenset((expression,))
    known: frozenset[Var] | None = expression.kept("read")
    return known if known is not None else expression.keep("read", _read(expression))


def _read(expression: Apply | Call | Exists | Aggregate) -> frozenset[Var]:
    match expression:
        case Apply(_, args) | Call(_, args, _):
            return frozenset().union(*(expression_variables(a) for a in args))
        case Aggregate(_, argument, _, _):
            return expression_variables(argument) if argument is not None else frozenset()
        case Exists(pattern, _):
            return mentioned(pattern)


def mentioned(pattern: Pattern) -> frozenset[Var]:
    """Every variable in a pattern and its filters; of a sub-select those that it shows."""
    match pattern:
        case Join(left, right) | Union(left, right) | Minus(left, right):
            return mentioned(left) | mentioned(right)
        case LeftJoin(left, right, condition):
            read = expression_variables(condition) if condition is not None else frozenset()
            return mentioned(left) | mentioned(right) | read
        case Filter(condition, inner):
            return mentioned(inner) | expression_variables(condition)
        case Extend(inner, variable, expression):
            return mentioned(inner) | {variable} | expression_variables(expression)
        case GraphPattern(name, inner) | Service(name, inner, _):
            return mentioned(inner) | ({name} if isinstance(name, Var) else frozenset())
        case Distinct(inner, _) | OrderBy(inner, _) | Slice(inner, _, _):
            return mentioned(inner)
    return frozenset(_visible(pattern))


def existence_tests(expression: Expr) -> Iterator[Exists]:
    """The EXISTS and NOT EXISTS inside an expression."""
    match expression:
        case Exists():
            yield expression
        case Apply(_, args) | Call(_, args, _):
            for argument in args:
                yield from existence_tests(argument)
        case Aggregate(_, argument, _, _) if argument is not None:
            yield from existence_tests(argument)
