"""What a whole answer rests on: the sources behind all of its rows, and the reference files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cbrngraph.errors import QueryError
from cbrngraph.evidence.annotate import facts_of
from cbrngraph.evidence.facts import FactFinder
from cbrngraph.evidence.proof import More, Proof, Unexplained, leaves
from cbrngraph.evidence.questions import Questions
from cbrngraph.evidence.rows import explain_row
from cbrngraph.evidence.rulebook import rules_of
from cbrngraph.evidence.sparql import parse_query
from cbrngraph.evidence.sparql.algebra import Query
from cbrngraph.evidence.walker import Walker
from cbrngraph.model import IRI, BNode, Source, Term
from cbrngraph.namespaces import BASE
from cbrngraph.queries import prepare
from cbrngraph.results import Result

__all__ = ["Ground", "ground_of"]

# Rows that are explained, and members of a group or ways to a row that are followed in each.
_ROWS = 2000
_FOLLOWED = 1000
_BUDGET = 200_000


@dataclass(frozen=True, slots=True)
class Ground:
    """The sources of the passages behind an answer, by slug, and the files of reference data.

    They are those of every way that was found to lead to a row. `descriptions` says that rows
    speak of the sources themselves, as the data describes them. `complete` is False when some
    part could not be explained or was not followed, so that there may be more.
    """

    sources: tuple[Source, ...]
    files: tuple[str, ...]
    descriptions: bool
    complete: bool


def ground_of(result: Result) -> Ground:
    """Return what an answer rests on; a `no` and an empty answer rest on no source."""
    store = result.snapshot.store
    finder = FactFinder(store, rules_of(result.snapshot), budget=_BUDGET)
    graphs: set[IRI | BNode | None] = set()
    complete = True
    try:
        for proof in _proofs(result, finder):
            graphs.update(fact.graph for fact in facts_of(proof))
            complete = complete and _is_whole(proof)
    except (QueryError, RecursionError):
        complete = False
    complete = complete and finder.budget > 0 and _count(result) <= _ROWS
    sources = {passage.source.slug: passage.source for passage in finder.passages(graphs)}
    files = {finder.file_of(graph) for graph in graphs} - {""}
    ordered = tuple(sources[slug] for slug in sorted(sources))
    return Ground(ordered, tuple(sorted(files)), None in graphs, complete)


def _count(result: Result) -> int:
    return 1 if result.kind == "ask" else len(result)


def _is_whole(proof: Proof) -> bool:
    return not any(isinstance(leaf, Unexplained | More) for leaf in leaves(proof))


def _proofs(result: Result, finder: FactFinder) -> Iterator[Proof]:
    query = parse_query(prepare(result.asked.sparql), base=BASE)
    if result.kind == "graph":
        yield from _of_graph(result, query, finder)
        return
    rows: Iterable[dict[str, Term]] = [{}] if result else []
    if result.kind == "select":
        rows = (
            {
                name: term
                for name, term in zip(result.variables, row, strict=True)
                if term is not None
            }
            for row in result.terms[:_ROWS]
        )
    for row in rows:
        yield explain_row(finder, query, row, limit=_FOLLOWED, sets=False).proof


def _of_graph(result: Result, query: Query, finder: FactFinder) -> Iterator[Proof]:
    """A description rests on the triples that it shows, a construction on where they are from."""
    if query.form == "DESCRIBE":
        for triple in result.triples[:_ROWS]:
            found = finder.statement(triple)
            yield found or Unexplained("a triple", "it does not stand in the graph")
        return
    walker = Walker(finder, _FOLLOWED)
    for number, solution in enumerate(Questions(finder.store).solutions(query.pattern, {}, None)):
        if number == _ROWS:
            yield More(0)
            return
        found_ways = walker.derive(query.pattern, solution)
        yield from found_ways or [Unexplained("a solution", "it could not be found again")]
