"""What filters and computed values rest on: EXISTS on what exists, the rest on the row itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cbrngraph.evidence.pieces import varies
from cbrngraph.evidence.proof import Absent, All, Condition, Proof, Unexplained, all_of, any_of
from cbrngraph.evidence.questions import Solution, only
from cbrngraph.evidence.sparql.algebra import HIDDEN, Apply, Exists, Expr, Group, Var
from cbrngraph.evidence.sparql.instantiate import instantiate
from cbrngraph.evidence.sparql.scope import existence_tests, expression_variables, visible
from cbrngraph.evidence.sparql.write import expression_text
from cbrngraph.model import IRI, BNode, Literal

if TYPE_CHECKING:
    from cbrngraph.evidence.walker import Walker

__all__ = ["Conditions"]

_HIDDEN = re.compile(rf"\?({HIDDEN}\w+)")


class Conditions:
    """The proofs of conditions and of values that a query computes."""

    def __init__(self, walker: Walker) -> None:
        self._walker = walker
        self._aggregates: dict[str, str] = {}

    def name(self, group: Group) -> None:
        """Note what the hidden variables of a group stand for."""
        for variable, aggregate in group.aggregates:
            self._aggregates[variable.name] = expression_text(aggregate)

    def true(
        self, condition: Expr, solution: Solution, graph: IRI | None, *, sure: bool
    ) -> Proof | None:
        """The proof that a condition is true of a solution; None when it is not."""
        match condition:
            case Apply("&&", (left, right)):
                parts = [self.true(e, solution, graph, sure=sure) for e in (left, right)]
                kept = tuple(part for part in parts if part is not None)
                return All(kept) if len(kept) == 2 else None
            case Apply("||", (left, right)):
                ways = [self.true(e, solution, graph, sure=False) for e in (left, right)]
                true = [way for way in ways if way is not None]
                if true or not sure:
                    return any_of(true) if true else None
            case Apply("!", (Exists(pattern, negated),)):
                return self._exists(Exists(pattern, not negated), solution, graph, sure=sure)
            case Exists():
                return self._exists(condition, solution, graph, sure=sure)
        text = self._told(condition, solution)
        truth = sure or self._walker.ask.holds(condition, solution, graph)
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
            found = self._exists(test, solution, graph)
            opposite = Exists(test.pattern, not test.negated)
            proof = found or self._exists(opposite, solution, graph)
            yield proof or Unexplained(self._shown(test), "the engine does not repeat its answer")

    def _exists(
        self, test: Exists, solution: Solution, graph: IRI | None, *, sure: bool = False
    ) -> Proof | None:
        pattern = instantiate(test.pattern, solution)
        found: list[Solution] = []
        if not (sure and test.negated):
            known = only(solution, visible(pattern))
            found = self._walker.ask.solutions(pattern, known, graph)
        if test.negated:
            if found:
                return None
            return Absent("not exists", self._walker.text(pattern, solution, graph))
        ways = self._walker.ways(pattern, found, graph)
        return any_of(ways) if ways else None

    def computed(
        self,
        variable: Var,
        expression: Expr,
        solution: Solution,
        graph: IRI | None,
        *,
        sure: bool,
    ) -> Proof | None:
        """The proof that a variable has the value of an expression; None when it has not."""
        given = {v: term for v, term in solution.items() if v != variable}
        expected = solution.get(variable)
        text = f"?{variable.name} = {self._shown(expression)}"
        if isinstance(expected, IRI | Literal):
            text += f" = {expected.n3()}"
        if isinstance(expression, Exists) and isinstance(expected, Literal):
            asked = Exists(expression.pattern, expression.negated == (expected.value == "true"))
            return self._exists(asked, given, graph, sure=sure)
        read_blank = any(
            isinstance(given.get(variable), BNode) for variable in expression_variables(expression)
        )
        if not (sure or varies(expression) or read_blank):
            if self._walker.ask.value(expression, given, graph) != expected:
                return None
            if isinstance(expression, Var):
                return All(())
        return all_of([*self._inner_tests(expression, given, graph), Condition(text)])

    def _shown(self, expression: Expr) -> str:
        """An expression with the aggregates in place of the variables that stand for them."""
        return _HIDDEN.sub(
            lambda found: self._aggregates.get(found[1], found[0]), expression_text(expression)
        )

    def _told(self, expression: Expr, solution: Solution) -> str:
        """An expression, and the values that it reads."""
        read = sorted(expression_variables(expression) & solution.keys(), key=lambda v: v.name)
        values = [(v, solution[v]) for v in read]
        told = [f"{self._shown(v)} = {x.n3()}" for v, x in values if not isinstance(x, BNode)]
        return self._shown(expression) + (f" with {', '.join(told)}" if told else "")
