"""The sources of an answer: a column of each row, or the passages as graphs of its triples."""

from __future__ import annotations

from collections.abc import Iterator

from cbrngraph.build import ENTAILED
from cbrngraph.errors import UsageError
from cbrngraph.evidence.facts import FactFinder
from cbrngraph.evidence.proof import Entailment, Fact, Proof, Statement, Unexplained, leaves
from cbrngraph.evidence.rows import explain_row
from cbrngraph.evidence.rulebook import rules_of
from cbrngraph.evidence.sparql import parse_query
from cbrngraph.model import Literal, Passage, Quad, Term
from cbrngraph.namespaces import BASE
from cbrngraph.queries import prepare
from cbrngraph.results import Result
from cbrngraph.store import Solutions

__all__ = ["COLUMN", "facts_of", "sourced", "with_sources"]

COLUMN = "evidence"
_LIMIT = 50


def with_sources(result: Result) -> Result:
    """Return the answer to a SELECT with a column that names the passages behind each row.

    A passage is told as `source locator`, reference data by its file. A row that could not be
    explained in full says so.

    Raises:
        UsageError: the query is no SELECT, or has a column of that name.
        QueryError: the query cannot be explained.
    """
    if result.kind != "select":
        raise UsageError(
            "only a SELECT has rows to name passages for; 'cbrngraph why' explains an ASK, and "
            "the triples of a CONSTRUCT or DESCRIBE have their passages as graphs"
        )
    if COLUMN in result.variables:
        raise UsageError(f"the query has a column {COLUMN!r} of its own")
    variables = (*result.variables, COLUMN)
    return Result(Solutions(variables, _rows(result)), result.snapshot, result.asked)


def sourced(result: Result) -> list[Quad]:
    """Return the triples of a CONSTRUCT or DESCRIBE, each in the passages and files that state it.

    An entailed triple stands in `graph/entailed`, and what it follows from beside it; what the
    query itself makes, and no source states, is in the default graph. There the passages and
    their sources are described too.
    """
    store = result.snapshot.store
    finder = FactFinder(store, rules_of(result.snapshot))
    found: dict[Quad, None] = {}
    for triple in result.triples:
        statement = finder.statement(triple)
        if statement is None:
            found[Quad(*triple, None)] = None
            continue
        if not statement.stated:
            found[Quad(*triple, ENTAILED)] = None
        for fact in facts_of(statement):
            found[Quad(*fact.triple, fact.graph)] = None
    passages = finder.passages({quad.graph for quad in found})
    described = {passage.iri for passage in passages} | {p.source.iri for p in passages}
    for iri in sorted(described):
        found.update(dict.fromkeys(store.match(iri)))
    return list(found)


def _rows(result: Result) -> Iterator[tuple[Term | None, ...]]:
    snapshot = result.snapshot
    finder = FactFinder(snapshot.store, rules_of(snapshot))
    query = parse_query(prepare(result.asked.sparql), base=BASE)
    for row in result.terms:
        pairs = zip(result.variables, row, strict=True)
        bound = {name: term for name, term in pairs if term is not None}
        proof = explain_row(finder, query, bound, limit=_LIMIT, sets=False).proof
        yield (*row, Literal(_told(finder, proof)))


def _told(finder: FactFinder, proof: Proof) -> str:
    facts = list(facts_of(proof))
    passages = finder.passages(fact.graph for fact in facts)
    names = dict.fromkeys(_name(passage) for passage in passages)
    files = dict.fromkeys(filter(None, (finder.file_of(fact.graph) for fact in facts)))
    told = "; ".join([*names, *files])
    if any(isinstance(leaf, Unexplained) for leaf in leaves(proof)):
        told = f"{told} (in part)".strip()
    return told


def _name(passage: Passage) -> str:
    place = passage.locator.partition(" (")[0]
    return f"{passage.source.slug} {place}".strip()


def facts_of(proof: Proof) -> Iterator[Fact]:
    """Yield every stated fact of a proof, those below entailed statements included."""
    for leaf in leaves(proof):
        if isinstance(leaf, Statement):
            yield from _of_statement(leaf)


def _of_statement(statement: Statement) -> Iterator[Fact]:
    yield from statement.stated
    entailments: tuple[Entailment, ...] = () if statement.stated else statement.entailments
    for entailment in entailments:
        for premise in entailment.premises:
            yield from _of_statement(premise)
