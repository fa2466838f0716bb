"""Small questions to the engine that explaining an answer needs: solutions, tests, values.

The rows of a group share their parts, and asking for each row anew costs as many queries as
there are rows. So a pattern that is asked a third time is asked once more for all that the
rows so far have in common, and what is known of the next row is looked up in that answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from cbrngraph.evidence.sparql.algebra import (
    UNIT,
    Apply,
    Call,
    Expr,
    Extend,
    Filter,
    Pattern,
    Values,
    Var,
)
from cbrngraph.evidence.sparql.scope import certain, expression_variables, visible
from cbrngraph.evidence.sparql.write import ask_text, count_text, select_text
from cbrngraph.model import IRI, BNode, Literal, Term
from cbrngraph.store import Store

__all__ = ["Questions", "Solution", "agree", "only", "sayable"]

Solution: TypeAlias = Mapping[Var, Term]

# Asked for one row this often, a pattern is asked for all rows alike: later where they have
# nothing in common, as that is the whole answer. More rows than so many are not kept.
_ALONE = 2
_ALONE_UNLIKE = 8
_MANY = 5000


def agree(one: Solution, other: Solution) -> bool:
    """Whether two solutions are compatible (SPARQL 1.1, section 18.3): no variable differs."""
    return all(other[variable] == term for variable, term in one.items() if variable in other)


def only(solution: Solution, variables: Iterable[Var]) -> dict[Var, Term]:
    """A solution restricted to some variables."""
    return {variable: solution[variable] for variable in variables if variable in solution}


class Questions:
    """Asks one store; keeps what several rows need, as a store never changes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._asked: dict[tuple[int, IRI | None], _Asked] = {}
        self._answers: dict[str, list[tuple[Term | None, ...]]] = {}

    def solutions(self, pattern: Pattern, known: Solution, graph: IRI | None) -> list[Solution]:
        """The distinct solutions of `pattern` that are compatible with `known`."""
        known = only(known, visible(pattern))
        kept = self._kept(pattern, known, graph)
        return self._solutions(pattern, known, graph) if kept is None else kept

    def of_group(
        self,
        pattern: Pattern,
        keys: tuple[Var, ...],
        group: Solution,
        graph: IRI | None,
        most: int | None = None,
    ) -> tuple[list[Solution], int]:
        """Of the solutions that bind the keys as the group does at most so many, and the others.

        Counting is much cheaper for the engine than giving out rows, as it reads no text.
        """
        kept = self._kept(pattern, group, graph)
        told = sayable(group)
        if kept is None and most is not None and len(told) == len(group):
            exact = _of_keys(pattern, keys, told)
            found = self._solutions(exact, group, graph, most + 1)
            if len(found) > most:
                text = count_text(exact, visible(pattern), told, graph=graph)
                number = next(self._store.select(text).rows)[0]
                return found[:most], int(str(number)) - most
            if found:
                return found, 0
        asked = self._solutions(pattern, group, graph) if kept is None else kept
        whole = [row for row in asked if only(row, keys) == group]
        return (whole, 0) if most is None else (whole[:most], max(0, len(whole) - most))

    def _kept(self, pattern: Pattern, known: Solution, graph: IRI | None) -> list[Solution] | None:
        """The solutions looked up in an answer for all rows; None where it is asked alone."""
        key = (id(pattern), graph)
        asked = self._asked.get(key)
        if asked is None:
            asked = self._asked[key] = _Asked(pattern, known)
        if not asked.answers(known):
            asked.note(known)
            if not asked.is_worth_it():
                return None
            rows = self._solutions(pattern, asked.common, graph, limit=_MANY + 1)
            if len(rows) > _MANY:
                asked.too_many = True
                return None
            asked.keep(rows)
        return asked.find(known)

    def _solutions(
        self, pattern: Pattern, known: Solution, graph: IRI | None, limit: int | None = None
    ) -> list[Solution]:
        variables = visible(pattern)
        text = select_text(pattern, variables, sayable(known), graph=graph, limit=limit)
        if text not in self._answers:
            self._answers[text] = list(self._store.select(text).rows)
        found: list[Solution] = []
        for row in self._answers[text]:
            pairs = zip(variables, row, strict=False)
            solution = {variable: term for variable, term in pairs if term is not None}
            if agree(solution, known):
                found.append(solution)
        return found

    def holds(self, condition: Expr, solution: Solution, graph: IRI | None) -> bool | None:
        """Whether a condition is true of a solution; None when it reads a blank node."""
        plain = _plain_truth(condition, solution)
        if plain is not None:
            return plain
        given = _given(condition, solution)
        if given is None:
            return None
        return self._store.ask(ask_text(Filter(condition, given), {}, graph))

    def value(self, expression: Expr, solution: Solution, graph: IRI | None) -> Term | None:
        """The value of an expression for a solution; None when it is an error."""
        if isinstance(expression, Var):
            return solution.get(expression)
        if isinstance(expression, Call) and expression.function == "COALESCE":
            first = next((arg for arg in expression.args if arg in solution), None)
            before = expression.args[: expression.args.index(first)] if first else ()
            if isinstance(first, Var) and all(isinstance(arg, Var) for arg in before):
                return solution[first]
        given = _given(expression, solution)
        if given is None:
            return None
        result = Var("__value")
        text = select_text(Extend(given, result, expression), [result], {}, graph=graph)
        row = next(self._store.select(text).rows, None)
        return row[0] if row else None


class _Asked:
    """What a pattern was asked for: what all rows had in common, and their solutions if kept."""

    def __init__(self, pattern: Pattern, known: Solution) -> None:
        self.pattern = pattern  # kept, or another pattern could get its identity
        self.common = dict(known)
        self.too_many = False
        self._times = 0
        self._rows: list[Solution] | None = None
        self._kept_for: Solution = {}
        self._by: dict[tuple[Var, ...], dict[tuple[Term, ...], list[Solution]]] = {}

    def answers(self, known: Solution) -> bool:
        return self._rows is not None and self._kept_for.items() <= known.items()

    def note(self, known: Solution) -> None:
        self._times += 1
        self.common = {v: term for v, term in self.common.items() if known.get(v) == term}

    def is_worth_it(self) -> bool:
        alone = _ALONE if self.common else _ALONE_UNLIKE
        return self._times > alone and not self.too_many

    def keep(self, rows: list[Solution]) -> None:
        self._rows, self._by, self._kept_for = rows, {}, self.common

    def find(self, known: Solution) -> list[Solution]:
        sure = certain(self.pattern)
        by = tuple(v for v in known if v in sure and v not in self._kept_for)
        if by not in self._by:
            table = self._by[by] = {}
            for row in self._rows or ():
                table.setdefault(tuple([row[v] for v in by]), []).append(row)
        found = self._by[by].get(tuple([known[v] for v in by]), [])
        return [row for row in found if agree(row, known)]


def _plain_truth(condition: Expr, solution: Solution) -> bool | None:
    """The truth of BOUND and what is made of it; None for all that the engine must say."""
    match condition:
        case Call("BOUND", (Var() as variable,), _):
            return variable in solution
        case Apply("!", (inner,)):
            truth = _plain_truth(inner, solution)
            return None if truth is None else not truth
    return None


def sayable(solution: Solution) -> dict[Var, IRI | Literal]:
    """What can be written in a query: a blank node of the data has no name there."""
    return {v: term for v, term in solution.items() if not isinstance(term, BNode)}


def _of_keys(pattern: Pattern, keys: Iterable[Var], group: Mapping[Var, IRI | Literal]) -> Pattern:
    """A pattern with a test for each key that it need not bind, or not to what can be put in."""
    for key in keys:
        if key not in group:
            pattern = Filter(Apply("!", (Call("BOUND", (key,)),)), pattern)
        elif key not in certain(pattern):
            pattern = Filter(Call("SAMETERM", (key, group[key])), pattern)
    return pattern


def _given(expression: Expr, solution: Solution) -> Pattern | None:
    read = sorted(expression_variables(expression) & solution.keys(), key=lambda v: v.name)
    terms = [solution[variable] for variable in read]
    row = tuple(term for term in terms if not isinstance(term, BNode))
    if len(row) < len(terms):
        return None
    return Values(tuple(read), (row,)) if row else UNIT
