"""Why a row, a statement or a thing's property: what it rests on, down to passages and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cbrngraph.errors import QueryError, UnknownNameError, nearest
from cbrngraph.evidence.facts import FactFinder
from cbrngraph.evidence.proof import (
    Absent,
    All,
    Fact,
    FactSets,
    Proof,
    Statement,
    Unexplained,
    leaves,
    minimal_sets,
)
from cbrngraph.evidence.rows import explain_row
from cbrngraph.evidence.rulebook import rules_of
from cbrngraph.evidence.sparql.node import Node
from cbrngraph.model import IRI, BNode, Literal, Passage, Term, Triple
from cbrngraph.namespaces import BASE, CBRN, RDF

if TYPE_CHECKING:
    from cbrngraph.build import Snapshot
    from cbrngraph.evidence.authority import Authority
    from cbrngraph.queries import Given, StoredQuery
    from cbrngraph.queries.asking import AskedRow

__all__ = ["Explanation", "Rival", "statements_of", "why_row", "why_statement", "why_thing"]

_ROWS = 100


class Rival(Node):
    """Another value of the same single-valued property.

    `taken` says whether the view has it; `rule` why one was taken and the other not.
    """

    statement: Statement
    rule: str
    taken: bool


class Explanation(Node):
    """Why something holds in a view.

    `question` says what is explained. `holds` is False when it is not so in this view; then
    `proof` tells what is said of it elsewhere. `passages` has every passage behind the proof.
    """

    question: str
    view: str
    snapshot: str
    holds: bool
    proof: Proof
    sets: FactSets
    passages: Mapping[IRI, Passage]
    row: Mapping[str, Term] | None = None
    rivals: tuple[Rival, ...] = ()

    def behind(self, facts: Sequence[Fact]) -> list[Passage]:
        """Return the passages that state facts, the latest first."""
        found = [
            self.passages[fact.graph]
            for fact in facts
            if isinstance(fact.graph, IRI) and fact.graph in self.passages
        ]
        return sorted(found, key=lambda p: (p.as_of or p.source.issued, p.iri), reverse=True)


def why_row(
    snapshot: Snapshot,
    query: StoredQuery,
    number: int,
    given: Mapping[str, Given] | None = None,
    *,
    limit: int = _ROWS,
    asked: AskedRow | None = None,
) -> Explanation:
    """Return why row `number` (from 1) is in the answer of a SELECT; for an ASK, row 1 is its yes.

    `asked` is that row where it is being asked for already.

    Raises:
        UsageError: there is no such row.
        QueryError: the query cannot be explained, or is refused.
    """
    from cbrngraph.evidence.sparql import parse_query
    from cbrngraph.queries.asking import AskedRow
    from cbrngraph.queries.running import prepare

    asked = asked or AskedRow(snapshot, query, number, given or {})
    try:
        parsed = parse_query(prepare(asked.text, query.path), base=BASE)
    except QueryError:
        asked.finish()  # the engine's error shows the place
        raise
    row = asked.finish()
    ask = parsed.form == "ASK"
    finder = FactFinder(snapshot.store, rules_of(snapshot))
    try:
        explained = explain_row(finder, parsed, row, limit=limit)
    except RecursionError:
        raise QueryError("the query is nested too deeply to be explained") from None
    return Explanation(
        question=f"the yes of {asked.name}" if ask else f"row {number} of {asked.name}",
        view=str(snapshot.view),
        snapshot=snapshot.id,
        holds=True,
        proof=explained.proof,
        sets=explained.sets,
        passages=_passages(finder, explained.proof, explained.sets),
        row=row,
    )


def why_statement(snapshot: Snapshot, triple: Triple) -> Explanation:
    """Return what a statement rests on, its rivals, or that it does not hold in the view."""
    from cbrngraph.evidence.authority import Authority

    finder = FactFinder(snapshot.store, rules_of(snapshot))
    return _statement(snapshot, finder, Authority(snapshot.store), triple)


def _statement(
    snapshot: Snapshot, finder: FactFinder, authority: Authority, triple: Triple
) -> Explanation:
    found = finder.statement(triple)
    elsewhere = () if found is not None else _stated_elsewhere(finder, triple)
    proof: Proof
    if found is not None:
        proof = found
    elif elsewhere:
        proof = All(elsewhere, "stated, but another value was taken in this view")
    else:
        proof = Absent("statement", f"{' '.join(term.n3() for term in triple)} .")
    rivals = _rivals(finder, authority, triple, holds=found is not None)
    sets = minimal_sets(proof)
    facts = [fact for rival in rivals for fact in rival.statement.facts]
    return Explanation(
        question="a statement",
        view=str(snapshot.view),
        snapshot=snapshot.id,
        holds=found is not None,
        proof=proof,
        sets=sets if found is not None else FactSets((), sound=True, complete=True),
        passages=_passages(finder, proof, sets, facts),
        rivals=rivals,
    )


def _stated_elsewhere(finder: FactFinder, triple: Triple) -> tuple[Statement, ...]:
    graphs = {q.graph for q in finder.store.match(*triple, any_graph=True) if q.graph is not None}
    facts = tuple(Fact(triple, graph) for graph in sorted(graphs))
    return (Statement(triple, facts),) if facts else ()


def _rivals(
    finder: FactFinder, authority: Authority, triple: Triple, *, holds: bool
) -> tuple[Rival, ...]:
    """The other values that passages state for a single-valued property."""
    single = Literal("true", "http://www.w3.org/2001/XMLSchema#boolean")
    if not finder.store.contains(Triple(triple.predicate, IRI(CBRN.singleValued), single)):
        return ()
    by_value: dict[Term, set[IRI]] = {}
    for quad in finder.store.match(triple.subject, triple.predicate, any_graph=True):
        if isinstance(quad.graph, IRI) and finder.passage(quad.graph) is not None:
            by_value.setdefault(quad.object, set()).add(quad.graph)
    own = by_value.pop(triple.object, set())
    found: list[Rival] = []
    for value in sorted(by_value, key=lambda term: term.n3()):
        others = by_value[value]
        statement = Statement(
            Triple(triple.subject, triple.predicate, value),
            tuple(Fact(Triple(triple.subject, triple.predicate, value), g) for g in sorted(others)),
        )
        taken = finder.store.contains(statement.triple)
        rule = ""
        if own and holds and not taken:
            rule = authority.rule(own, others)
        elif own and taken and not holds:
            rule = authority.rule(others, own)
        found.append(Rival(statement, rule, taken))
    return tuple(found)


def why_thing(
    snapshot: Snapshot, thing: IRI, predicate: IRI | None = None
) -> tuple[tuple[Triple, Explanation], ...]:
    """Return every statement of the view about a thing, or of one property, with its explanation.

    Values that passages state and the view did not take stand as rivals beside the one taken.

    Raises:
        UnknownNameError: the thing has no such property.
    """
    from cbrngraph.evidence.authority import Authority

    finder = FactFinder(snapshot.store, rules_of(snapshot))
    authority = Authority(snapshot.store)
    triples = statements_of(snapshot, thing, predicate)
    if predicate is not None and not triples:
        has = sorted({q.predicate.local for q in snapshot.store.match(thing, any_graph=True)})
        near = nearest(predicate.local, has)
        raise UnknownNameError(
            "property", predicate.local, near, f"{thing.local} has: {', '.join(has)}"
        )
    return tuple((triple, _statement(snapshot, finder, authority, triple)) for triple in triples)


def statements_of(
    snapshot: Snapshot, thing: IRI, predicate: IRI | None = None
) -> tuple[Triple, ...]:
    """Return the statements of the view about a thing in a fixed order, its types last."""
    found = {Triple(*quad[:3]) for quad in snapshot.store.match(thing, predicate)}
    order = sorted(found, key=lambda t: (t.predicate == RDF.type, t.predicate, t.object.n3()))
    return tuple(order)


def _passages(
    finder: FactFinder, proof: Proof, sets: FactSets, more: Sequence[Fact] = ()
) -> dict[IRI, Passage]:
    graphs: set[IRI | BNode | None] = {fact.graph for facts in sets.sets for fact in facts}
    graphs |= {fact.graph for fact in more}
    for leaf in leaves(proof):
        if isinstance(leaf, Statement):
            graphs |= {fact.graph for fact in _facts(leaf)}
    return {passage.iri: passage for passage in finder.passages(graphs)}


def _facts(statement: Statement) -> list[Fact]:
    found = list(statement.stated)
    for entailment in statement.entailments:
        for premise in entailment.premises:
            found += _facts(premise)
    return found


def cannot_explain(explanation: Explanation) -> tuple[Unexplained, ...]:
    """Return the parts that could not be explained."""
    return tuple(leaf for leaf in leaves(explanation.proof) if isinstance(leaf, Unexplained))
