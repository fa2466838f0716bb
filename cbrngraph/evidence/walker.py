"""Why a solution is in the answer of a pattern: a walk over the algebra.

`Walker.derive` returns one proof for each time that the solution occurs in the answer of the
pattern (SPARQL 1.1, section 18.5, a multiset), and none when it does not occur. Each operator
checks its own membership against the store, so a proof is never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from cbrngraph.evidence import grouping
from cbrngraph.evidence.facts import FactFinder
from cbrngraph.evidence.paths import routes
from cbrngraph.evidence.proof import (
    Absent,
    All,
    Condition,
    More,
    Proof,
    Statement,
    Unexplained,
    all_of,
    any_of,
)
from cbrngraph.evidence.questions import Questions, Solution, agree, only
from cbrngraph.evidence.sparql.algebra import (
    BGP,
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
    PatternTerm,
    Project,
    Service,
    Slice,
    Union,
    Values,
    Var,
)
from cbrngraph.evidence.sparql.instantiate import instantiate
from cbrngraph.evidence.sparql.scope import certain, existence_tests, expression_variables, visible
from cbrngraph.evidence.sparql.write import expression_text, group_text, path_text
from cbrngraph.model import IRI, BNode, Literal, Term, Triple

__all__ = ["Walker"]

_VARYING = frozenset("RAND NOW UUID STRUUID BNODE".split())


class Walker:
    """Explains solutions over one store; at most `limit` ways or group members are followed."""

    def __init__(self, finder: FactFinder, limit: int = 100) -> None:
        self.finder = finder
        self.limit = limit
        self.ask = Questions(finder.store)

    def derive(  # noqa: C901, PLR0911, PLR0912 - one branch per operator
        self, pattern: Pattern, solution: Solution, graph: IRI | None = None
    ) -> list[Proof]:
        """One proof per occurrence of `solution` in the answer of `pattern` in a graph.

        `solution` binds exactly what the occurrence binds; `graph` None is the view.
        """
        if not (certain(pattern) <= solution.keys() <= set(visible(pattern))):
            return []
        match pattern:
            case BGP():
                return self._triples(pattern, solution, graph)
            case PathPattern():
                return self._path(pattern, solution, graph)
            case Join(left, right):
                return self._both(left, right, solution, graph)
            case LeftJoin():
                return self._optional(pattern, solution, graph)
            case Union(left, right):
                return [*self.derive(left, solution, graph), *self.derive(right, solution, graph)]
            case Minus():
                return self._minus(pattern, solution, graph)
            case Filter():
                return self._filter(pattern, solution, graph)
            case Extend():
                return self._extend(pattern, solution, graph)
            case Values(variables, rows):
                return _values(variables, rows, solution)
            case GraphPattern(name, inner):
                where = solution.get(name) if isinstance(name, Var) else name
                if not isinstance(where, IRI):
                    reason = "the answer does not tell which graph matched"
                    return [Unexplained(self._text(pattern, solution), reason)]
                return self.derive(inner, only(solution, visible(inner)), where)
            case Group():
                return grouping.derive(self, pattern, solution, graph)
            case Project(inner, variables):
                return self._project(inner, variables, solution, graph)
            case Distinct(inner, _):
                proofs = self.derive(inner, solution, graph)
                return [any_of(proofs)] if proofs else []
            case OrderBy(inner, _):
                return self.derive(inner, solution, graph)
            case Slice():
                return self._slice(pattern, solution, graph)
            case Service():
                return [Unexplained("SERVICE", "another endpoint is never contacted")]

    # --- triples and paths ----------------------------------------------------------------

    def _triples(self, pattern: BGP, solution: Solution, graph: IRI | None) -> list[Proof]:
        parts: list[Proof] = []
        for triple in pattern.triples:
            found = self._statement(
                (_value(triple.subject, solution), _value(triple.predicate, solution)),
                _value(triple.object, solution),
                graph,
            )
            if found is None:
                return []
            parts.append(found)
        return [all_of(parts)]

    def _statement(
        self, front: tuple[Term, Term], object_: Term, graph: IRI | None
    ) -> Statement | None:
        subject, predicate = front
        if isinstance(subject, Literal) or not isinstance(predicate, IRI):
            return None
        return self.finder.statement(Triple(subject, predicate, object_), graph)

    def _path(self, pattern: PathPattern, solution: Solution, graph: IRI | None) -> list[Proof]:
        start, end = _value(pattern.subject, solution), _value(pattern.object, solution)
        found = routes(self.finder.store, pattern.path, start, end, graph, self.limit)
        title = f"path {path_text(pattern.path)}"
        ways: list[Proof] = []
        for edges in found.ways:
            statements = [self.finder.statement(triple, graph) for triple in edges]
            if all(statement is not None for statement in statements):
                ways.append(All(tuple(s for s in statements if s is not None), title))
        if () in found.ways:
            return self._zero_length(start, graph, title)
        if not found.complete and ways:
            ways.append(More(0))
        return [any_of(ways)] if ways else []

    def _zero_length(self, node: Term, graph: IRI | None, title: str) -> list[Proof]:
        """A path of length zero: the engine matches it where the node is in the graph at all."""
        store = self.finder.store
        uses = [] if isinstance(node, Literal) else list(store.match(node, graph=graph))
        uses += list(store.match(object=node, graph=graph))
        found = [self.finder.statement(Triple(*quad[:3]), graph) for quad in uses[: self.limit]]
        parts: list[Proof] = [statement for statement in found if statement is not None]
        if len(uses) > self.limit:
            parts.append(More(len(uses) - self.limit))
        step = Condition(f"{title} of length zero")
        return [All((any_of(parts, "a node of the graph"), step))] if parts else []

    # --- joins ----------------------------------------------------------------------------

    def _splits(
        self, left: Pattern, right: Pattern, solution: Solution, graph: IRI | None
    ) -> Iterator[tuple[Solution, Solution]]:
        """The pairs of solutions of both sides whose union is `solution`."""
        shared = set(visible(left)) & set(visible(right))
        if shared <= certain(left) & certain(right):
            yield only(solution, visible(left)), only(solution, visible(right))
            return
        for one, other in product(
            self._parts(left, solution, graph), self._parts(right, solution, graph)
        ):
            if {**one, **other} == dict(solution):
                yield one, other

    def _parts(self, pattern: Pattern, solution: Solution, graph: IRI | None) -> list[Solution]:
        """The solutions of a pattern that bind nothing that `solution` does not bind alike."""
        found = self.ask.solutions(pattern, only(solution, visible(pattern)), graph)
        return [one for one in found if one.keys() <= solution.keys()]

    def _both(
        self, left: Pattern, right: Pattern, solution: Solution, graph: IRI | None
    ) -> list[Proof]:
        found: list[Proof] = []
        for one, other in self._splits(left, right, solution, graph):
            lefts = self.derive(left, one, graph)
            rights = self.derive(right, other, graph) if lefts else []
            pairs = product(_followed(lefts), _followed(rights))
            found += [all_of(_merged(pair)) for pair in pairs]
            found += _unfollowed([*lefts, *rights])
        return found

    def _optional(self, pattern: LeftJoin, solution: Solution, graph: IRI | None) -> list[Proof]:
        left, right, condition = pattern.left, pattern.right, pattern.condition
        test: Proof | None = All(())
        if condition is not None:
            test = self._condition(condition, solution, graph)
        found: list[Proof] = []
        if test is not None:
            both = self._both(left, right, solution, graph)
            found += [part if test == All(()) or isinstance(part, More) else All((part, test))
                      for part in both]  # fmt: skip
        if solution.keys() <= set(visible(left)) and not self._extends(pattern, solution, graph):
            missing = Absent("optional", self._text(right, solution))
            alone = self.derive(left, solution, graph)
            found += [All((part, missing)) for part in _followed(alone)] + _unfollowed(alone)
        return found

    def _extends(self, pattern: LeftJoin, solution: Solution, graph: IRI | None) -> bool:
        """Whether the optional side matches some solution beside this one of the left side."""
        condition = pattern.condition
        for other in self.ask.solutions(pattern.right, solution, graph):
            if condition is None:
                return True
            if self.ask.holds(condition, {**solution, **other}, graph) is not False:
                return True
        return False

    def _minus(self, pattern: Minus, solution: Solution, graph: IRI | None) -> list[Proof]:
        for other in self.ask.solutions(pattern.right, solution, graph):
            if other.keys() & solution.keys() and agree(other, solution):
                return []
        missing = Absent("minus", self._text(pattern.right, solution))
        proofs = self.derive(pattern.left, solution, graph)
        return [part if isinstance(part, More) else All((part, missing)) for part in proofs]

    # --- filters and computed values ------------------------------------------------------

    def _filter(self, pattern: Filter, solution: Solution, graph: IRI | None) -> list[Proof]:
        proofs = self.derive(pattern.pattern, solution, graph)
        test = self._condition(pattern.condition, solution, graph) if proofs else None
        if test is None:
            return []
        return [part if isinstance(part, More) else All((part, test)) for part in proofs]

    def _condition(self, condition: Expr, solution: Solution, graph: IRI | None) -> Proof | None:
        """The proof that a condition is true of a solution; None when it is not."""
        text = self._shown(condition)
        match condition:
            case Apply("&&", (left, right)):
                parts = [self._condition(e, solution, graph) for e in (left, right)]
                kept = tuple(part for part in parts if part is not None)
                return All(kept) if len(kept) == 2 else None
            case Apply("||", (left, right)):
                ways = [self._condition(e, solution, graph) for e in (left, right)]
                true = [way for way in ways if way is not None]
                return any_of(true) if true else None
            case Apply("!", (Exists(pattern, negated),)):
                return self._existence(Exists(pattern, not negated), solution, graph)
            case Exists():
                return self._existence(condition, solution, graph)
        truth = self.ask.holds(condition, solution, graph)
        if truth is None:
            return Unexplained(text, "it reads a blank node, which a query cannot name")
        if not truth:
            return None
        return all_of([*self._inner_tests(condition, solution, graph), Condition(text)])

    def _inner_tests(
        self, expression: Expr, solution: Solution, graph: IRI | None
    ) -> Iterator[Proof]:
        """What decides each EXISTS inside an expression: as long as all stay, so does its value."""
        for test in existence_tests(expression):
            found = self._existence(test, solution, graph)
            opposite = Exists(test.pattern, not test.negated)
            proof = found or self._existence(opposite, solution, graph)
            yield proof or Unexplained(self._shown(test), "the engine does not repeat its answer")

    def _existence(self, test: Exists, solution: Solution, graph: IRI | None) -> Proof | None:
        pattern = instantiate(test.pattern, solution)
        found = self.ask.solutions(pattern, only(solution, visible(pattern)), graph)
        if test.negated:
            return None if found else Absent("not exists", self._text(pattern, solution))
        ways = [p for one in found[: self.limit] for p in self.derive(pattern, one, graph)]
        if len(found) > self.limit:
            ways.append(More(len(found) - self.limit))
        return any_of(ways) if ways else None

    def _extend(self, pattern: Extend, solution: Solution, graph: IRI | None) -> list[Proof]:
        variable, expression = pattern.variable, pattern.expression
        inner = {v: term for v, term in solution.items() if v != variable}
        proofs = self.derive(pattern.pattern, inner, graph)
        computed = self._computed(variable, expression, solution, graph) if proofs else None
        if computed is None:
            return []
        if computed == All(()):
            return proofs
        return [part if isinstance(part, More) else All((part, computed)) for part in proofs]

    def _computed(
        self, variable: Var, expression: Expr, solution: Solution, graph: IRI | None
    ) -> Proof | None:
        """The proof that a variable has the value of an expression; None when it has not."""
        given = {v: term for v, term in solution.items() if v != variable}
        expected = solution.get(variable)
        text = f"?{variable.name} = {self._shown(expression)}"
        if isinstance(expression, Exists) and isinstance(expected, Literal):
            asked = Exists(expression.pattern, expression.negated == (expected.value == "true"))
            return self._existence(asked, given, graph)
        read_blank = any(
            isinstance(given.get(variable), BNode) for variable in expression_variables(expression)
        )
        if not (_varies(expression) or read_blank):
            if self.ask.value(expression, given, graph) != expected:
                return None
            if isinstance(expression, Var):
                return All(())
        return all_of([*self._inner_tests(expression, given, graph), Condition(text)])

    # --- sub-selects ----------------------------------------------------------------------

    def _project(
        self, inner: Pattern, variables: tuple[Var, ...], solution: Solution, graph: IRI | None
    ) -> list[Proof]:
        if set(visible(inner)) <= set(variables):
            return self.derive(inner, solution, graph)
        found = [
            one
            for one in self.ask.solutions(inner, only(solution, visible(inner)), graph)
            if only(one, variables) == dict(solution)
        ]
        proofs = [p for one in found[: self.limit] for p in self.derive(inner, one, graph)]
        if len(found) > self.limit:
            proofs.append(More(len(found) - self.limit))
        return proofs

    def _slice(self, pattern: Slice, solution: Solution, graph: IRI | None) -> list[Proof]:
        bounds = f"OFFSET {pattern.offset}" if pattern.offset else ""
        bounds += f" LIMIT {pattern.limit}" if pattern.limit is not None else ""
        if dict(solution) not in [dict(s) for s in self.ask.solutions(pattern, solution, graph)]:
            return []
        proofs = self.derive(pattern.pattern, solution, graph)
        return [All((any_of(proofs), Condition(f"within {bounds.strip()}")))] if proofs else []

    # --- words ----------------------------------------------------------------------------

    @staticmethod
    def _text(pattern: Pattern, solution: Solution) -> str:
        return group_text(instantiate(pattern, solution), {})

    @staticmethod
    def _shown(expression: Expr) -> str:
        return expression_text(expression)


def _value(term: PatternTerm, solution: Solution) -> Term:
    return solution[term] if isinstance(term, Var) else term


def _followed(proofs: list[Proof]) -> list[Proof]:
    return [proof for proof in proofs if not isinstance(proof, More)]


def _unfollowed(proofs: list[Proof]) -> list[Proof]:
    return [proof for proof in proofs if isinstance(proof, More)]


def _merged(pair: tuple[Proof, Proof]) -> Iterator[Proof]:
    """The parts of a pair, with untitled conjunctions opened."""
    for proof in pair:
        if isinstance(proof, All) and not proof.title:
            yield from proof.parts
        else:
            yield proof


def _values(
    variables: tuple[Var, ...],
    rows: tuple[tuple[IRI | Literal | None, ...], ...],
    solution: Solution,
) -> list[Proof]:
    found: list[Proof] = []
    for row in rows:
        pairs = zip(variables, row, strict=True)
        if {v: term for v, term in pairs if term is not None} == dict(solution):
            found.append(Condition("given by VALUES"))
    return found


def _varies(expression: Expr) -> bool:
    match expression:
        case Call(function, args, _):
            return function in _VARYING or any(_varies(argument) for argument in args)
        case Apply(_, args):
            return any(_varies(argument) for argument in args)
    return False
