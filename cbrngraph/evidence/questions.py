"""Small questions to the engine that explaining an answer needs: solutions, tests, values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from cbrngraph.evidence.sparql.algebra import (
    UNIT,
    Expr,
    Extend,
    Filter,
    Pattern,
    Values,
    Var,
)
from cbrngraph.evidence.sparql.scope import expression_variables, visible
from cbrngraph.evidence.sparql.write import ask_text, select_text
from cbrngraph.model import IRI, BNode, Literal, Term
from cbrngraph.store import Store

__all__ = ["Questions", "Solution", "agree", "only"]

Solution: TypeAlias = Mapping[Var, Term]


def agree(one: Solution, other: Solution) -> bool:
    """Whether two solutions are compatible (SPARQL 1.1, section 18.3): no variable differs."""
    return all(other[variable] == term for variable, term in one.items() if variable in other)


def only(solution: Solution, variables: Iterable[Var]) -> dict[Var, Term]:
    """A solution restricted to some variables."""
    return {variable: solution[variable] for variable in variables if variable in solution}


class Questions:
    """Asks one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def solutions(self, pattern: Pattern, known: Solution, graph: IRI | None) -> list[Solution]:
        """The distinct solutions of `pattern` that are compatible with `known`."""
        variables = visible(pattern)
        text = select_text(pattern, variables, _sayable(known), graph=graph)
        found: list[Solution] = []
        for row in self._store.select(text).rows:
            pairs = zip(variables, row, strict=False)
            solution = {variable: term for variable, term in pairs if term is not None}
            if agree(solution, known):
                found.append(solution)
        return found

    def holds(self, condition: Expr, solution: Solution, graph: IRI | None) -> bool | None:
        """Whether a condition is true of a solution; None when it reads a blank node."""
        given = _given(condition, solution)
        if given is None:
            return None
        return self._store.ask(ask_text(Filter(condition, given), {}, graph))

    def value(self, expression: Expr, solution: Solution, graph: IRI | None) -> Term | None:
        """The value of an expression for a solution; None when it is an error."""
        if isinstance(expression, Var):
            return solution.get(expression)
        given = _given(expression, solution)
        if given is None:
            return None
        result = Var("__value")
        text = select_text(Extend(given, result, expression), [result], {}, graph=graph)
        row = next(self._store.select(text).rows, None)
        return row[0] if row else None


def _sayable(solution: Solution) -> dict[Var, IRI | Literal]:
    """What can be written in a query: a blank node of the data has no name there."""
    return {v: term for v, term in solution.items() if not isinstance(term, BNode)}


def _given(expression: Expr, solution: Solution) -> Pattern | None:
    read = sorted(expression_variables(expression) & solution.keys(), key=lambda v: v.name)
    terms = [solution[variable] for variable in read]
    row = tuple(term for term in terms if not isinstance(term, BNode))
    if len(row) < len(terms):
        return None
    return Values(tuple(read), (row,)) if row else UNIT
