"""Algebra back to SPARQL text, with values already known put in where that changes no answer.

A value for a variable may be put into a pattern only where every solution binds that variable;
elsewhere (the optional side of a LEFT JOIN, a sub-select that hides it, behind LIMIT) it would
turn an absent match into a present one or change what a filter sees. The variable stays bound
by a `VALUES` row beside the pattern, so filters of the same group go on seeing it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from cbrngraph.evidence.sparql.algebra import (
    BGP,
    Aggregate,
    Alternative,
    Apply,
    Call,
    Closure,
    Distinct,
    Exists,
    Expr,
    Extend,
    Filter,
    GraphPattern,
    Group,
    Inverse,
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
    Sequence,
    Service,
    Slice,
    TriplePattern,
    Union,
    Values,
    Var,
)
from cbrngraph.evidence.sparql.scope import certain, has_sub_select, visible
from cbrngraph.model import IRI, Literal

__all__ = [
    "Bound",
    "ask_text",
    "count_text",
    "expression_text",
    "group_text",
    "path_text",
    "select_text",
    "term_text",
]

Bound: TypeAlias = Mapping[Var, IRI | Literal]

_PREFIX_OPS = {"!": "!", "neg": "-", "pos": "+"}
_LISTS = {"in": "IN", "notin": "NOT IN"}
# What may follow other elements of a group without braces of its own.
_PLAIN = (BGP, PathPattern, Values, GraphPattern, Service, Union, Project, Distinct, Group, Slice)


def select_text(
    pattern: Pattern,
    variables: Iterable[Var],
    bound: Bound,
    *,
    graph: IRI | None = None,
    limit: int | None = None,
) -> str:
    """A query for the distinct values of `variables` in the solutions compatible with `bound`."""
    shown = " ".join(f"?{v.name}" for v in variables) or "(1 AS ?__unit)"
    ending = f" LIMIT {limit}" if limit is not None else ""
    return f"SELECT DISTINCT {shown} WHERE {{ {_in_graph(pattern, bound, graph)} }}{ending}"


def count_text(
    pattern: Pattern, variables: Iterable[Var], bound: Bound, *, graph: IRI | None = None
) -> str:
    """A query for the number of rows that `select_text` without a limit asks for."""
    rows = select_text(pattern, variables, bound, graph=graph)
    return f"SELECT (COUNT(*) AS ?__rows) WHERE {{ {{ {rows} }} }}"


def ask_text(pattern: Pattern, bound: Bound, graph: IRI | None = None) -> str:
    """A query whether `pattern` has a solution compatible with `bound`."""
    return f"ASK {{ {_in_graph(pattern, bound, graph)} }}"


def _in_graph(pattern: Pattern, bound: Bound, graph: IRI | None) -> str:
    body = group_text(pattern, bound)
    return body if graph is None else f"GRAPH {graph.n3()} {{ {body} }}"


def _only(bound: Bound, variables: Iterable[Var]) -> Bound:
    return {v: bound[v] for v in variables if v in bound}


def group_text(  # noqa: C901, PLR0911 - one branch per operator
    pattern: Pattern, bound: Bound
) -> str:
    """The text of a group, without its braces."""
    bound = _only(bound, certain(pattern))
    match pattern:
        case BGP(triples):
            known = _only(bound, visible(pattern))
            return " ".join([_row(known), *(_triple_text(t, known) for t in triples)]).strip()
        case PathPattern(subject, path, object_):
            known = _only(bound, visible(pattern))
            ends = (_put(subject, known, False), _put(object_, known, True))
            return f"{_row(known)} {ends[0]} {path_text(path)} {ends[1]} .".strip()
        case Join(left, right):
            return f"{_first(left, bound)} {_next(right, bound)}"
        case LeftJoin(left, right, condition):
            inner = _next(right, bound) if isinstance(right, BGP) else _braced(right, bound)
            test = f" FILTER({expression_text(condition)})" if condition is not None else ""
            return f"{_first(left, bound)} OPTIONAL {{ {inner}{test} }}"
        case Union(left, right):
            return f"{_braced(left, bound)} UNION {_braced(right, bound)}"
        case Minus(left, right):
            return f"{_first(left, bound)} MINUS {_braced(right, bound)}"
        case Filter(condition, inner):
            return f"{group_text(inner, bound)} FILTER({expression_text(condition)})"
        case Extend(inner, variable, expression):
            if isinstance(expression, Var) and variable in bound:
                bound = {**bound, expression: bound[variable]}
            return f"{_first(inner, bound)} BIND({expression_text(expression)} AS ?{variable.name})"
        case Values(variables, rows):
            return _values_text(variables, rows)
        case GraphPattern(name, inner):
            # A sub-select is looked for in any graph while the name is a variable: it stays one.
            told = isinstance(name, Var) and not has_sub_select(inner)
            known = _only(bound, [name]) if told and isinstance(name, Var) else {}
            return f"{_row(known)} GRAPH {_put(name, known, False)} {_braced(inner, bound)}".strip()
        case Service(name, inner, silent):
            word = "SERVICE SILENT" if silent else "SERVICE"
            return f"{word} {term_text(name)} {_braced(inner, {})}"
        case Group() | Project() | Distinct() | OrderBy() | Slice():
            return f"{{ {_sub_select(pattern, bound)} }}"


def _braced(pattern: Pattern, bound: Bound) -> str:
    return f"{{ {group_text(pattern, bound)} }}"


def _first(pattern: Pattern, bound: Bound) -> str:
    """The text of what begins a group: only a filter would reach what follows it."""
    if isinstance(pattern, Filter):
        return _braced(pattern, bound)
    return group_text(pattern, bound)


def _next(pattern: Pattern, bound: Bound) -> str:
    return group_text(pattern, bound) if isinstance(pattern, _PLAIN) else _braced(pattern, bound)


def _sub_select(pattern: Pattern, bound: Bound) -> str:
    ending = ""
    modifier = ""
    if isinstance(pattern, Slice):
        ending = f" OFFSET {pattern.offset}" if pattern.offset else ""
        ending += f" LIMIT {pattern.limit}" if pattern.limit is not None else ""
        pattern, bound = pattern.pattern, {}
    if isinstance(pattern, Distinct):
        modifier = "REDUCED " if pattern.reduced else "DISTINCT "
        pattern = pattern.pattern
    pattern = _named_group(pattern)
    if isinstance(pattern, Group) and not modifier:
        return _group_select(pattern, bound) + ending
    shown = " ".join(f"?{v.name}" for v in visible(pattern)) or "(1 AS ?__unit)"
    inner = pattern.pattern if isinstance(pattern, Project) else pattern
    inside = _only(bound, visible(pattern))
    if isinstance(inner, OrderBy):
        ending = _order_text(inner) + ending
        inner = inner.pattern
    return f"SELECT {modifier}{shown} WHERE {{ {group_text(inner, inside)} }}{ending}"


def _named_group(pattern: Pattern) -> Pattern:
    """A group under the names that a SELECT gives its aggregates, else the pattern as it is."""
    names: dict[Var, Var] = {}
    inner = pattern.pattern if isinstance(pattern, Project) else pattern
    while isinstance(inner, Extend) and isinstance(inner.expression, Var):
        names[inner.expression] = inner.variable
        inner = inner.pattern
    if not names or not isinstance(inner, Group) or not isinstance(pattern, Project):
        return pattern
    if names.keys() != {variable for variable, _ in inner.aggregates}:
        return pattern
    if set(pattern.variables) != {*inner.keys, *names.values()}:
        return pattern
    return Group(inner.pattern, inner.keys, tuple([(names[v], a) for v, a in inner.aggregates]))


def _order_text(pattern: OrderBy) -> str:
    keys = (
        f"{'DESC' if key.descending else 'ASC'}({expression_text(key.expression)})"
        for key in pattern.keys
    )
    return " ORDER BY " + " ".join(keys)


def _group_select(pattern: Group, bound: Bound) -> str:
    shown = [f"?{v.name}" for v in pattern.keys]
    shown += [f"({expression_text(a)} AS ?{v.name})" for v, a in pattern.aggregates]
    by = " GROUP BY " + " ".join(f"?{v.name}" for v in pattern.keys) if pattern.keys else ""
    inside = group_text(pattern.pattern, _only(bound, pattern.keys))
    return f"SELECT {' '.join(shown)} WHERE {{ {inside} }}{by}"


def _row(bound: Bound) -> str:
    return _values_text(tuple(bound), (tuple(bound.values()),)) if bound else ""


def _values_text(
    variables: tuple[Var, ...], rows: tuple[tuple[IRI | Literal | None, ...], ...]
) -> str:
    names = " ".join(f"?{v.name}" for v in variables)
    lines = (
        "(" + " ".join("UNDEF" if term is None else term.n3() for term in row) + ")" for row in rows
    )
    return f"VALUES ({names}) {{ {' '.join(lines)} }}"


def _triple_text(triple: TriplePattern, bound: Bound) -> str:
    subject, predicate, object_ = triple
    front = f"{_put(subject, bound, False)} {_put(predicate, bound, False)}"
    return f"{front} {_put(object_, bound, True)} ."


def _put(term: PatternTerm, bound: Bound, literal: bool) -> str:
    """The value known for a variable, unless a literal would stand where none may."""
    if isinstance(term, Var) and term in bound and (literal or isinstance(bound[term], IRI)):
        return bound[term].n3()
    return term_text(term)


def term_text(term: PatternTerm) -> str:
    """A term or variable as SPARQL writes it."""
    return f"?{term.name}" if isinstance(term, Var) else term.n3()


def path_text(path: Path) -> str:
    """A property path as SPARQL writes it."""
    match path:
        case Inverse(inner):
            return f"^({path_text(inner)})"
        case Sequence(first, second):
            return f"({path_text(first)}/{path_text(second)})"
        case Alternative(first, second):
            return f"({path_text(first)}|{path_text(second)})"
        case Closure(inner, op):
            return f"({path_text(inner)}){op}"
        case Negated(forward, backward):
            parts = [iri.n3() for iri in forward] + ["^" + iri.n3() for iri in backward]
            return f"!({'|'.join(parts)})"
    return path.n3()


def expression_text(expression: Expr) -> str:
    """An expression as SPARQL writes it, with every operator in brackets."""
    if isinstance(expression, Var | IRI | Literal):
        return term_text(expression)
    known: str | None = expression.kept("text")
    return known or expression.keep("text", _expression_text(expression))


def _expression_text(expression: Apply | Call | Exists | Aggregate) -> str:
    match expression:
        case Apply(op, args) if op in _PREFIX_OPS:
            return f"({_PREFIX_OPS[op]} {expression_text(args[0])})"
        case Apply(op, (first, *others)) if op in _LISTS:
            inside = ", ".join(expression_text(a) for a in others)
            return f"({expression_text(first)} {_LISTS[op]} ({inside}))"
        case Apply(op, (left, right)):
            return f"({expression_text(left)} {op} {expression_text(right)})"
        case Call(function, args, _):
            name = function.n3() if isinstance(function, IRI) else function
            return f"{name}({', '.join(expression_text(a) for a in args)})"
        case Exists(pattern, negated):
            return f"{'NOT ' if negated else ''}EXISTS {_braced(pattern, {})}"
        case Aggregate(function, argument, distinct, separator):
            inside = "*" if argument is None else expression_text(argument)
            tail = f" ; SEPARATOR={Literal(separator).n3()}" if separator is not None else ""
            return f"{function}({'DISTINCT ' if distinct else ''}{inside}{tail})"
    raise AssertionError(expression)
