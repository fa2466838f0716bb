"""What the minimal sets of a row guarantee, read off the query.

Two promises are checked. *Sound*: the row stays while one set stands, whatever else is removed.
*Complete*: the row goes when one fact of every set is removed. Negation, OPTIONAL and some
aggregates can break them: a removal may then open another way to the same row, or change a
group. Where that cannot be excluded the promise is not made.
"""

from __future__ import annotations

from collections.abc import Iterable

from cbrngraph.evidence.sparql.algebra import (
    BGP,
    Alternative,
    Apply,
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
    Project,
    Sequence,
    Service,
    Slice,
    Union,
    Var,
)
from cbrngraph.evidence.sparql.node import Node
from cbrngraph.evidence.sparql.scope import (
    certain,
    existence_tests,
    expression_variables,
    mentioned,
    visible,
)
from cbrngraph.model import IRI

__all__ = ["Guarantees", "asked_ends", "guarantees", "needed_part"]

# Removing a row may leave their value as it is, or change it by order alone.
_INEXACT = frozenset(("SUM", "AVG", "SAMPLE", "GROUP_CONCAT"))


class Guarantees(Node):
    """`sound` and `complete` as above, the latter unless a removed fact has a predicate that
    `watched` holds (None: any predicate).

    `fragile`: the query counts or negates, so a triple that comes into the view can take a row
    away.
    """

    sound: bool
    complete: bool
    watched: frozenset[IRI] | None
    fragile: bool = False

    def complete_for(self, predicates: Iterable[IRI]) -> bool:
        """Whether completeness holds when facts with these predicates are removed."""
        if not self.complete or self.watched is None:
            return False
        return not any(predicate in self.watched for predicate in predicates)


def guarantees(pattern: Pattern, bound: frozenset[Var]) -> Guarantees:
    """Return what can be promised for a row of `pattern` that binds the variables `bound`."""
    survey = _Survey(bound)
    fragile = _negates(pattern) or _counts(pattern)
    if isinstance(pattern, Slice):
        # Removing other rows moves this one within the bounds only where rows have an order.
        survey.sound = pattern.offset == 0 and _ordered(pattern) and not _negates(pattern)
        pattern = pattern.pattern
    survey.walk(pattern, frozenset(), frozenset(visible(pattern)))
    watched = None if survey.any_predicate else frozenset(survey.watched)
    return Guarantees(survey.sound, survey.complete, watched, fragile)


class _Survey:
    def __init__(self, bound: frozenset[Var]) -> None:
        self.bound = bound
        self.sound = True
        self.complete = True
        self.any_predicate = False
        self.watched: set[IRI] = set()
        # Told by their number alone: another value of them gives the same row.
        self.counted: set[Var] = set()

    def walk(self, pattern: Pattern, outside: frozenset[Var], shown: frozenset[Var]) -> None:
        """Look at a pattern; `outside` are variables used beside it, `shown` those of the row."""
        match pattern:
            case Join(left, right):
                self.walk(left, outside | mentioned(right), shown)
                self.walk(right, outside | mentioned(left), shown)
            case Union(left, right):
                self.walk(left, outside, shown)
                self.walk(right, outside, shown)
            case LeftJoin():
                self._optional(pattern, outside, shown)
            case Minus(left, right):
                self._watch(right)
                self.walk(left, outside | mentioned(right), shown)
            case Filter(condition, inner):
                self._test(condition)
                self.walk(inner, outside | expression_variables(condition), shown)
            case Extend():
                self._extend(pattern, outside, shown)
            case GraphPattern(_, inner) | OrderBy(inner, _) | Distinct(inner, _):
                self.walk(inner, outside, shown)
            case Project(inner, variables):
                seen = frozenset(variables)
                self.walk(inner, outside & seen, shown & seen)
            case Group():
                self._group(pattern, outside, shown)
            case Slice(inner, _, _):
                self.sound = self.complete = False
                self.walk(inner, outside, shown)
            case _:
                return

    def _optional(self, pattern: LeftJoin, outside: frozenset[Var], shown: frozenset[Var]) -> None:
        left, right, condition = pattern.left, pattern.right, pattern.condition
        read = expression_variables(condition) if condition is not None else frozenset()
        fresh = frozenset(visible(right)) - certain(left)
        told = fresh & certain(right) & shown
        if fresh & (mentioned(left) | outside) or not told:
            self.complete = False
        if not told & self.bound:
            self._watch_predicates(right)
        if _negates(right) or (condition is not None and _negates(Filter(condition, BGP(())))):
            self.sound = self.complete = False
        if condition is not None:
            self._test(condition)
        self.walk(left, outside | mentioned(right) | read, shown)
        self.walk(right, outside | mentioned(left) | read, shown)

    def _extend(self, pattern: Extend, outside: frozenset[Var], shown: frozenset[Var]) -> None:
        expression = pattern.expression
        for test in existence_tests(expression):
            self.complete = self.complete and isinstance(expression, Exists)
            self._watch(test.pattern)
        if isinstance(expression, Var) and pattern.variable in shown:
            # `SELECT (?a AS ?b)` shows ?a under another name.
            bound = self.bound
            if pattern.variable in bound:
                self.bound = bound | {expression}
            if pattern.variable in self.counted:
                self.counted.add(expression)
            self.walk(pattern.pattern, outside, shown | {expression})
            return
        self.walk(pattern.pattern, outside | expression_variables(expression), shown)

    def _group(self, pattern: Group, outside: frozenset[Var], shown: frozenset[Var]) -> None:
        keys = frozenset(pattern.keys)
        arguments = {a.argument for _, a in pattern.aggregates if isinstance(a.argument, Var)}
        told = keys & shown
        for variable, aggregate in pattern.aggregates:
            if variable not in shown or variable in self.counted or aggregate.function in _INEXACT:
                self.complete = False
            if aggregate.function == "COUNT" and isinstance(aggregate.argument, Var):
                self.counted.add(aggregate.argument)
            if isinstance(aggregate.argument, Var):
                told |= {aggregate.argument}
                self.bound |= {aggregate.argument}
            elif aggregate.argument is not None:
                self.complete = False
            if aggregate.function in ("SAMPLE", "GROUP_CONCAT"):
                self.sound = False
        if _negates(pattern.pattern):
            self.sound = False
        if len(arguments) > 1:
            # Each count rests on rows of its own; an absent optional part keeps the row.
            self.complete = self.complete and not _has_optional(pattern.pattern)
        self.walk(pattern.pattern, outside & keys, told)

    # --- what holds by absence ------------------------------------------------------------

    def _test(self, condition: Expr) -> None:
        match condition:
            case Apply("&&", args) | Apply("||", args):
                for argument in args:
                    self._test(argument)
            case Exists(pattern, False) | Apply("!", (Exists(pattern, True),)):
                self.walk(pattern, frozenset(), frozenset())
            case Exists(pattern, True) | Apply("!", (Exists(pattern, False),)):
                self._watch(pattern)
            case _:
                for test in existence_tests(condition):
                    # Its truth may not matter to the whole, so another set may be smaller.
                    self.complete = False
                    self._watch(test.pattern)

    def _watch(self, pattern: Pattern) -> None:
        """Note a pattern that must have no match."""
        self._watch_predicates(pattern)
        if _negates(pattern) or _counts(pattern):
            self.sound = False

    def _watch_predicates(self, pattern: Pattern) -> None:
        for predicate in _predicates(pattern):
            if isinstance(predicate, IRI):
                self.watched.add(predicate)
            else:
                self.any_predicate = True


def _parts(pattern: Pattern) -> tuple[Pattern, ...]:
    match pattern:
        case Join(left, right) | Union(left, right) | Minus(left, right):
            return (left, right)
        case LeftJoin(left, right, condition):
            tests = () if condition is None else tuple(existence_tests(condition))
            return (left, right, *(test.pattern for test in tests))
        case Filter(expression, inner) | Extend(inner, _, expression):
            return (inner, *(test.pattern for test in existence_tests(expression)))
        case GraphPattern(_, inner) | Service(_, inner, _) | OrderBy(inner, _):
            return (inner,)
        case Project(inner, _) | Distinct(inner, _) | Slice(inner, _, _) | Group(inner, _, _):
            return (inner,)
    return ()


def _negates(pattern: Pattern) -> bool:
    """Whether something in a pattern holds by absence."""
    if isinstance(pattern, Minus | LeftJoin):
        return True
    if isinstance(pattern, Filter) and not _positive(pattern.condition):
        return True
    if isinstance(pattern, Extend) and next(existence_tests(pattern.expression), None):
        return True
    return any(_negates(part) for part in _parts(pattern))


def _ordered(pattern: Pattern) -> bool:
    if isinstance(pattern, OrderBy):
        return True
    return isinstance(pattern, Slice | Distinct | Project) and _ordered(pattern.pattern)


def _positive(condition: Expr) -> bool:
    match condition:
        case Exists(_, negated):
            return not negated
        case Apply("&&", args) | Apply("||", args):
            return all(_positive(argument) for argument in args)
    return next(existence_tests(condition), None) is None


def _counts(pattern: Pattern) -> bool:
    return isinstance(pattern, Group | Slice) or any(_counts(part) for part in _parts(pattern))


def _has_optional(pattern: Pattern) -> bool:
    return isinstance(pattern, LeftJoin) or any(_has_optional(part) for part in _parts(pattern))


def _predicates(pattern: Pattern) -> Iterable[IRI | None]:
    """The predicates in a pattern; None where any predicate may match."""
    if isinstance(pattern, BGP):
        for triple in pattern.triples:
            yield triple.predicate if isinstance(triple.predicate, IRI) else None
    elif isinstance(pattern, PathPattern):
        yield from _path_predicates(pattern.path)
    for part in _parts(pattern):
        yield from _predicates(part)


def asked_ends(pattern: Pattern) -> Iterable[tuple[IRI | None, IRI | None]]:
    """The subject and predicate of each triple that a pattern asks for; None for any."""
    if isinstance(pattern, BGP):
        for subject, predicate, _ in pattern.triples:
            start = subject if isinstance(subject, IRI) else None
            yield start, predicate if isinstance(predicate, IRI) else None
    elif isinstance(pattern, PathPattern):
        yield from ((None, predicate) for predicate in _path_predicates(pattern.path))
    for part in _parts(pattern):
        yield from asked_ends(part)


def _path_predicates(path: Path) -> Iterable[IRI | None]:
    match path:
        case Inverse(inner) | Closure(inner, _):
            yield from _path_predicates(inner)
        case Sequence(first, second) | Alternative(first, second):
            yield from _path_predicates(first)
            yield from _path_predicates(second)
        case Negated():
            yield None
        case IRI():
            yield path


# --- what a row needs ---------------------------------------------------------------------


def needed_part(pattern: Pattern) -> Pattern:
    """The pattern of a SELECT without what cannot decide whether a row is in its answer.

    Dropped are the order, OPTIONAL parts and computed values of which nothing is shown or used.
    """
    match pattern:
        case Slice(inner, offset, limit):
            # The order decides what is within the bounds, so nothing is dropped from it.
            return Slice(inner, offset, limit)
        case Distinct(inner, reduced):
            return Distinct(needed_part(inner), reduced)
        case Project(OrderBy(inner, _), variables) | Project(inner, variables):
            return Project(_needed(inner, frozenset(variables)), variables)
    return pattern


def _needed(pattern: Pattern, variables: frozenset[Var]) -> Pattern:
    match pattern:
        case LeftJoin(left, right, condition):
            if not (frozenset(visible(right)) - certain(left)) & variables:
                return _needed(left, variables)
            read = expression_variables(condition) if condition is not None else frozenset()
            return LeftJoin(_needed(left, variables | mentioned(right) | read), right, condition)
        case Filter(condition, inner):
            return Filter(condition, _needed(inner, variables | expression_variables(condition)))
        case Extend(inner, variable, expression):
            if variable not in variables:
                return _needed(inner, variables)
            read = expression_variables(expression)
            return Extend(_needed(inner, variables | read), variable, expression)
        case Join(left, right):
            return Join(
                _needed(left, variables | mentioned(right)),
                _needed(right, variables | mentioned(left)),
            )
    return pattern
