"""Why a row of a SELECT, or the yes of an ASK, is in the answer."""

from __future__ import annotations

from collections.abc import Mapping

from cbrngraph.errors import QueryError
from cbrngraph.evidence.facts import FactFinder
from cbrngraph.evidence.guarantees import asked_ends, guarantees, needed_part
from cbrngraph.evidence.proof import (
    All,
    Condition,
    FactSets,
    Proof,
    Unexplained,
    any_of,
    minimal_sets,
)
from cbrngraph.evidence.sparql import parse_query
from cbrngraph.evidence.sparql.algebra import (
    Distinct,
    OrderBy,
    Pattern,
    Project,
    Query,
    Slice,
    Var,
)
from cbrngraph.evidence.sparql.instantiate import instantiate
from cbrngraph.evidence.sparql.node import Node
from cbrngraph.evidence.walker import Walker
from cbrngraph.model import Term
from cbrngraph.namespaces import BASE

__all__ = ["RowExplanation", "explain_row"]


class RowExplanation(Node):
    """Why a row is in an answer: the proof, and the minimal sets of facts that carry it.

    `sets.sound` and `sets.complete` are promised only where the query allows to (see
    `cbrngraph.evidence.guarantees`).
    """

    row: Mapping[str, Term]
    proof: Proof
    sets: FactSets


def explain_row(
    finder: FactFinder,
    query: str | Query,
    row: Mapping[str, Term],
    *,
    limit: int = 100,
    prefixes: Mapping[str, str] | None = None,
    sets: bool = True,
) -> RowExplanation:
    """Return why `row` (variable name to term, unbound ones left out) is in a query's answer.

    The row is one that the engine gave: whether it is in the answer is not asked anew.
    At most `limit` rows of a group, ways or routes are followed; the rest is counted. Without
    `sets` the minimal sets are not reckoned.

    Raises:
        QueryError: the text is not SPARQL 1.1, or a form or feature that cannot be explained.
    """
    parsed = parse_query(query, prefixes, BASE) if isinstance(query, str) else query
    if parsed.form not in ("SELECT", "ASK"):
        raise QueryError(f"only rows of SELECT and ASK can be explained, not {parsed.form}")
    if parsed.datasets:
        raise QueryError("a query with FROM cannot be explained; ask the view without it")
    solution = {Var(name): term for name, term in row.items()}
    pattern, note = parsed.pattern, ""
    if isinstance(pattern, Slice):
        bounds = [f"LIMIT {pattern.limit}"] if pattern.limit is not None else []
        bounds += [f"OFFSET {pattern.offset}"] if pattern.offset else []
        note = "within " + " ".join(bounds)
        pattern = pattern.pattern
    if parsed.form == "ASK" and isinstance(pattern, Project):
        pattern = Project(pattern.pattern, ())
        solution = {}
    pattern = needed_part(pattern)
    proofs = Walker(finder, limit).derive(pattern, solution, sure=parsed.form == "SELECT")
    if not proofs:
        proofs = [Unexplained("the row", "its statements could not be found again")]
    proof = any_of(proofs)
    if note:
        proof = All((proof, Condition(note)))
    none = FactSets((), sound=False, complete=False)
    found = _sets(finder, parsed, pattern, solution, proof) if sets else none
    return RowExplanation(dict(row), proof, found)


def _within(pattern: Pattern) -> Pattern:
    """What a SELECT selects from."""
    while isinstance(pattern, Distinct | OrderBy | Project | Slice):
        pattern = pattern.pattern
    return pattern


def _sets(
    finder: FactFinder, query: Query, pattern: Pattern, solution: Mapping[Var, Term], proof: Proof
) -> FactSets:
    found = minimal_sets(proof)
    kept = query.pattern if isinstance(query.pattern, Slice) else pattern
    promise = guarantees(kept, frozenset(solution))
    predicates = {fact.triple.predicate for facts in found.sets for fact in facts}
    watches = promise.watched is None or bool(promise.watched)
    complete = promise.complete_for(predicates) and not (watches and finder.rules is not None)
    # A value that comes into the view when another goes can be one that must not be there.
    firm = not promise.fragile or not finder.competition.may_surface(
        asked_ends(instantiate(_within(kept), solution)), finder.rules
    )
    return FactSets(
        found.sets,
        found.sound and promise.sound and firm,
        found.complete and complete and not found.contested,
    )
