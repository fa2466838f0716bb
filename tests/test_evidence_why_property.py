"""No explanation is wrong: the row stands with one minimal set and falls without all of them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, assume, currently_in_test_context, event, given, settings
from hypothesis import strategies as st

from cbrngraph.errors import QueryError
from cbrngraph.evidence.facts import FactFinder
from cbrngraph.evidence.proof import Absent, Fact, Unexplained, leaves
from cbrngraph.evidence.rows import RowExplanation, explain_row
from cbrngraph.model import IRI, Literal, Quad, Term, Triple
from cbrngraph.store import Store

BASE = "http://example.org/"
INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
NODES = [IRI(BASE + name) for name in "abcd"]
NUMBERS = [Literal(str(number), INTEGER) for number in (1, 2, 3)]
PASSAGES = [IRI(f"{BASE}passage/{number}") for number in (1, 2, 3)]


@dataclass(frozen=True)
class Graph:
    """What the passages state."""

    facts: frozenset[Fact]

    def store(self) -> Store:
        """A store whose view is the union of the passages."""
        store = Store.memory()
        for fact in sorted(self.facts, key=repr):
            store.add([Quad(*fact.triple, fact.graph), Quad(*fact.triple, None)])
        return store

    def rows(self, query: str) -> list[dict[str, Term]]:
        """The rows of the answer, in a fixed order."""
        answer = self.store().select(query)
        rows = [
            {n: t for n, t in zip(answer.variables, row, strict=True) if t is not None}
            for row in answer.rows
        ]
        return sorted(rows, key=repr)


predicates = st.sampled_from([IRI(BASE + name) for name in ("p", "q", "r", "n")])
triples = st.builds(
    Triple,
    st.sampled_from(NODES),
    predicates,
    st.one_of(st.sampled_from(NODES), st.sampled_from(NUMBERS)),
)
graphs = st.builds(
    Graph,
    st.frozensets(st.builds(Fact, triples, st.sampled_from(PASSAGES)), min_size=3, max_size=14),
)

variables = st.sampled_from(["?x", "?y", "?z", "?w"])
subjects = st.one_of(variables, variables, variables, st.sampled_from([":a", ":b"]))
objects = st.one_of(variables, variables, variables, st.sampled_from([":a", ":b", "1", "[]"]))
verbs = st.sampled_from(
    [":p", ":q", ":r", ":p", ":q", ":p/:q", ":p|:q", "^:p", ":p*", ":p+", ":q?", "(:p|:q)+",
     "(:p/:r)*", "!:p", "!(:p|^:q)", ":p/:q*", "?v"]
)  # fmt: skip
triple_patterns = st.builds("{} {} {} .".format, subjects, verbs, objects)
conditions = st.sampled_from(
    ["?x != ?y", "?y > 1", "isIRI(?y)", "BOUND(?z)", "!BOUND(?z)", "?x = :a || ?y = 2",
     "EXISTS { ?x :q ?z }", "NOT EXISTS { ?x :n ?y }", "NOT EXISTS { ?y :n ?z FILTER(?z != ?x) }",
     "EXISTS { ?x :p ?q . ?q :q ?k } && ?x != :d", "!EXISTS { ?x :n ?u }", "?y IN (1, 2, :b)",
     "IF(EXISTS { ?x :q ?z }, true, false)"]
)  # fmt: skip


def _group(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{} {}".format, children, triple_patterns),
        st.builds("{} {}".format, children, triple_patterns),
        st.builds("{} OPTIONAL {{ {} }}".format, children, children),
        st.builds("{} OPTIONAL {{ {} FILTER({}) }}".format, children, children, conditions),
        st.builds("{{ {} }} UNION {{ {} }}".format, children, children),
        st.builds("{} FILTER({})".format, children, conditions),
        st.builds("{} MINUS {{ {} }}".format, children, triple_patterns),
        st.builds("{{ {} }} {{ {} }}".format, children, children),
        st.builds("{} VALUES ?x {{ :a :b UNDEF }}".format, children),
        st.builds("{} BIND(STR(?x) AS ?s{})".format, children, st.integers(10, 99)),
        st.builds("{{ SELECT ?x ?y {{ {} }} }}".format, children),
        st.builds("{{ SELECT DISTINCT ?x {{ {} }} }}".format, children),
        st.builds("{{ SELECT ?x (COUNT(?y) AS ?c{}) {{ {} }} GROUP BY ?x }}".format,
                  st.integers(10, 99), children),
        st.builds("GRAPH ?g {{ {} }}".format, children),
    )  # fmt: skip


groups = st.recursive(triple_patterns, _group, max_leaves=4)
heads = st.sampled_from(
    [("*", ""), ("?x", ""), ("?x ?y", ""), ("DISTINCT ?y ?z", ""), ("?x ?z", "LIMIT 3"),
     ("?x (COUNT(*) AS ?k)", "GROUP BY ?x"), ("(COUNT(DISTINCT ?y) AS ?k)", ""),
     ("?x (MAX(?y) AS ?k)", "GROUP BY ?x"), ("?y (COUNT(?x) AS ?k) (MIN(?z) AS ?l)", "GROUP BY ?y"),
     ("?x (SUM(?y) AS ?k)", "GROUP BY ?x HAVING(COUNT(*) > 1)"), ("(COUNT(?z) AS ?k)", ""),
     ("?x ((COUNT(?y) + 1) AS ?k)", "GROUP BY ?x"),
     ("?t (COUNT(*) AS ?k)", "GROUP BY (STR(?x) AS ?t)")]
)  # fmt: skip


@st.composite
def queries(draw: st.DrawFn) -> str:
    """A SELECT over small patterns of every kind."""
    head, tail = draw(heads)
    return f"PREFIX : <{BASE}> SELECT {head} WHERE {{ {draw(groups)} }} {tail}"


def _explained(graph: Graph, query: str, row: dict[str, Term]) -> RowExplanation:
    return explain_row(FactFinder(graph.store()), query, row)


@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(graphs, queries(), st.randoms(use_true_random=False))
def test_a_row_stands_with_one_minimal_set_and_falls_without_all(
    graph: Graph, query: str, random: object
) -> None:
    """On generated graphs and queries, removal shows that each explanation is right."""
    rows: list[dict[str, Term]] = []
    with suppress(QueryError):  # the generator makes some texts that are not SPARQL
        rows = graph.rows(query)
    assume(rows)
    row = random.choice(rows)  # type: ignore[attr-defined]
    check(graph, query, row, random)


def check(graph: Graph, query: str, row: dict[str, Term], random: object) -> None:
    """Assert what the explanation of a row promises, by removing facts and asking again."""
    explained = _explained(graph, query, row)
    parts = list(leaves(explained.proof))
    nested = any(isinstance(part, Unexplained) for part in parts)
    assert not any(isinstance(p, Unexplained) and p.part == "the row" for p in parts), query
    sets = explained.sets
    if currently_in_test_context():
        event(f"sound {sets.sound}, complete {sets.complete}, unexplained {nested}")
    for facts in sets.sets:
        assert facts <= graph.facts, "a fact that no passage states"
    if sets.sound:
        for facts in sets.sets[:4]:
            rest = sorted(graph.facts - facts, key=repr)
            some = frozenset(random.sample(rest, random.randint(0, len(rest))))  # type: ignore[attr-defined]
            for kept in (facts, facts | some):
                assert row in Graph(kept).rows(query), f"{query}\nfalls though {facts} stand"
    if sets.complete and sets.sets and all(sets.sets):
        for _ in range(2):
            hit = frozenset(random.choice(sorted(facts, key=repr)) for facts in sets.sets)  # type: ignore[attr-defined]
            assert row not in Graph(graph.facts - hit).rows(query), f"{query}\nstands without {hit}"


CASES = {
    "optional present": "SELECT ?x ?z { ?x :p ?y OPTIONAL { ?y :q ?z } }",
    "path": "SELECT ?x ?y { ?x :p+ ?y }",
}


@pytest.mark.parametrize("name", CASES)
def test_known_cases_are_sound_and_complete(name: str) -> None:
    """The promises are made, not only kept, for common queries."""
    import random

    facts = frozenset(
        Fact(Triple(IRI(BASE + s), IRI(BASE + p), IRI(BASE + o)), PASSAGES[n])
        for s, p, o, n in [
            ("a", "p", "b", 0),
            ("a", "p", "b", 1),
            ("b", "q", "c", 2),
            ("b", "p", "d", 0),
        ]
    )
    graph = Graph(facts)
    query = f"PREFIX : <{BASE}> {CASES[name]}"
    for row in graph.rows(query):
        explained = _explained(graph, query, row)
        assert explained.sets.sound
        assert explained.sets.complete
        check(graph, query, row, random.Random(1))


def test_absence_is_named() -> None:
    """An OPTIONAL that found nothing is said to be absent."""
    graph = Graph(frozenset({Fact(Triple(NODES[0], IRI(BASE + "p"), NODES[1]), PASSAGES[0])}))
    query = f"PREFIX : <{BASE}> SELECT ?x ?z {{ ?x :p ?y OPTIONAL {{ ?y :q ?z }} }}"
    explained = _explained(graph, query, graph.rows(query)[0])
    assert [p.kind for p in leaves(explained.proof) if isinstance(p, Absent)] == ["optional"]
