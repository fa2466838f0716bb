"""Small steps of the walk over the algebra: proofs that were followed, rows of VALUES, values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations

from cbrngraph.evidence.proof import All, Condition, More, Proof, all_of
from cbrngraph.evidence.questions import Solution
from cbrngraph.evidence.sparql.algebra import (
    HIDDEN,
    Apply,
    Call,
    Expr,
    Extend,
    Pattern,
    PatternTerm,
    Var,
)
from cbrngraph.evidence.sparql.scope import certain, visible
from cbrngraph.model import IRI, Literal, Term

__all__ = [
    "GIVEN",
    "apart",
    "fits",
    "flat",
    "followed",
    "given_rows",
    "merged",
    "row_solution",
    "titled",
    "unfollowed",
    "unhidden",
    "value_of",
    "varies",
]

GIVEN = "given by VALUES"
_VARYING = frozenset("RAND NOW UUID STRUUID BNODE".split())


def value_of(term: PatternTerm, solution: Solution) -> Term:
    """The value of a variable in a solution, or the term itself."""
    return solution[term] if isinstance(term, Var) else term


def fits(pattern: Pattern, solution: Solution) -> bool:
    """Whether a solution binds what each solution of a pattern binds, and no more than it can."""
    return certain(pattern) <= solution.keys() <= set(visible(pattern))


def followed(proofs: list[Proof]) -> list[Proof]:
    """The proofs among what was found."""
    return [proof for proof in proofs if not isinstance(proof, More)]


def unfollowed(proofs: list[Proof]) -> list[Proof]:
    """The signs that there are more ways, which were not followed."""
    return [proof for proof in proofs if isinstance(proof, More)]


def merged(proofs: Iterable[Proof]) -> Iterator[Proof]:
    """The parts of several proofs, with untitled conjunctions opened."""
    for proof in proofs:
        if isinstance(proof, All) and not proof.title:
            yield from merged(proof.parts)
        else:
            yield proof


def flat(proof: Proof) -> Proof:
    """A proof whose parts are no untitled conjunctions."""
    return all_of(merged((proof,)))


def titled(proof: Proof, title: str) -> Proof:
    """A flat proof under a title; a statement speaks for itself.

    The proof stays one part, so that it is known again under another title.
    """
    return All((proof,), title) if title and isinstance(proof, All) else proof


def apart(rows: Sequence[Solution], variables: Iterable[Var]) -> list[str]:
    """What tells solutions apart: one or two variables with other values in each, else a number."""
    if len(rows) < 2:
        return [""] * len(rows)
    named = [
        v
        for v in dict.fromkeys(variables)
        if not v.name.startswith(HIDDEN) and all(isinstance(r.get(v), IRI | Literal) for r in rows)
    ]
    for several in chain(((v,) for v in named), combinations(named, 2)):
        if len({tuple([row[v] for v in several]) for row in rows}) == len(rows):
            return [", ".join(f"?{v.name} = {row[v].n3()}" for v in several) for row in rows]
    return [f"row {number}" for number in range(1, len(rows) + 1)]


def given_rows(
    variables: tuple[Var, ...],
    rows: tuple[tuple[IRI | Literal | None, ...], ...],
    solution: Solution,
) -> list[Proof]:
    """A proof for each row of VALUES that is the solution."""
    given = Condition(GIVEN)
    return [given for row in rows if row_solution(variables, row) == dict(solution)]


def row_solution(
    variables: tuple[Var, ...], row: tuple[IRI | Literal | None, ...]
) -> dict[Var, Term]:
    """A row of VALUES as a solution: UNDEF binds nothing."""
    return {v: term for v, term in zip(variables, row, strict=True) if term is not None}


def varies(expression: Expr) -> bool:
    """Whether an expression may have another value each time that it is asked."""
    match expression:
        case Call(function, args, _):
            return function in _VARYING or any(varies(argument) for argument in args)
        case Apply(_, args):
            return any(varies(argument) for argument in args)
    return False


def unhidden(pattern: Pattern, variables: tuple[Var, ...], solution: Solution) -> Solution | None:
    """The one solution of `pattern` that a projection can show as `solution`.

    None when it may be one of several: a variable is hidden and not shown under another name,
    as `(MAX(?day) AS ?last)` shows what the group calls by a name of its own.
    """
    whole, hidden = dict(solution), set(visible(pattern)) - set(variables)
    inner = pattern
    while hidden and isinstance(inner, Extend):
        source = inner.expression
        if isinstance(source, Var) and inner.variable not in hidden and source in hidden:
            hidden.discard(source)
            if inner.variable in whole:
                whole[source] = whole[inner.variable]
        inner = inner.pattern
    return None if hidden else whole
