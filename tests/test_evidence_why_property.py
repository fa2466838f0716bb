"""No explanation is wrong: the row stands with one minimal set and falls without all of them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, assume, currently_in_test_context, event, given, settings
from hypothesis import strategies as st

from cbrngraph.errors import QueryError
from cbrngraph.evidence import questions
from cbrngraph.evidence.facts import FactFinder
from cbrngraph.evidence.proof import Absent, Fact, Proof, Statement, Unexplained, leaves
from cbrngraph.evidence.questions import Solution
from cbrngraph.evidence.rows import RowExplanation, explain_row
from cbrngraph.evidence.sparql import parse_query
from cbrngraph.evidence.sparql.algebra import Pattern, Var
from cbrngraph.evidence.walker import Walker
from cbrngraph.model import IRI, BNode, Literal, Quad, Term, Triple
from cbrngraph.namespaces import CBRN
from cbrngraph.resolution import Descriptions, superseded
from cbrngraph.store import Store, parse_text

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
        st.builds("{} BIND({} AS ?s{})".format, children,
                  st.sampled_from(["STR(?x)", "?x", "?z", ":a"]), st.integers(10, 99)),
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
     ("?z (COUNT(?x) AS ?k)", "GROUP BY ?z"), ("?z ?y (COUNT(*) AS ?k)", "GROUP BY ?z ?y"),
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
@given(graphs, queries(), st.randoms(use_true_random=False), st.sampled_from([0, 2]))
def test_a_row_stands_with_one_minimal_set_and_falls_without_all(
    graph: Graph, query: str, random: object, alone: int
) -> None:
    """On generated graphs and queries, removal shows that each explanation is right."""
    rows: list[dict[str, Term]] = []
    with suppress(QueryError):  # the generator makes some texts that are not SPARQL
        rows = graph.rows(query)
    assume(rows)
    row = random.choice(rows)  # type: ignore[attr-defined]
    with patch.multiple(questions, _ALONE=alone, _ALONE_UNLIKE=alone):
        check(graph, query, row, random)


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(graphs, groups, st.sampled_from([("x",), ("z",), ("x", "z"), ("t",), ()]))
def test_a_group_is_counted_as_far_as_it_is_not_given_out(
    graph: Graph, group: str, names: tuple[str, ...]
) -> None:
    """The first rows of a group and the number of the others make up the whole group."""
    store = graph.store()
    more = "OPTIONAL { ?x :n ?z } BIND(STR(?y) AS ?t)"
    text = f"PREFIX : <{BASE}> SELECT * WHERE {{ {group} {more} }}"
    whole: list[Solution] = []
    with suppress(QueryError):  # the generator makes some texts that are not SPARQL
        pattern = parse_query(text).pattern
        whole = questions.Questions(store).solutions(pattern, {}, None)
    assume(whole)
    keys = tuple(Var(name) for name in names)
    for row in whole:
        of_row = questions.only(row, keys)
        if any(isinstance(term, BNode) for term in of_row.values()):
            continue
        members = [other for other in whole if questions.only(other, keys) == of_row]
        for most in (1, len(members), len(members) + 1):
            ask = questions.Questions(store)
            first, others = ask.of_group(pattern, keys, of_row, None, most)
            assert len(first) == min(most, len(members))
            assert others == len(members) - len(first)
            assert all(dict(one) in [dict(member) for member in members] for one in first)


@dataclass(frozen=True)
class Resolved(Graph):
    """A view in which `:n` has one value: that of the latest passage, of the first by name."""

    def store(self) -> Store:
        """A store whose view leaves out the values that were not taken."""
        store = Store.memory()
        store.add(parse_text(DESCRIBED, ".ttl"))
        notes = Descriptions()
        for quad in parse_text(DESCRIBED, ".ttl"):
            notes.note(quad.subject.n3(), quad.predicate.n3(), quad.object.n3())
        stated = [(*(term.n3() for term in f.triple), str(f.graph.n3())) for f in self.facts]  # type: ignore[union-attr]
        lost = superseded(stated, notes)  # type: ignore[arg-type]
        for fact in sorted(self.facts, key=repr):
            store.add([Quad(*fact.triple, fact.graph)])
            if tuple(term.n3() for term in fact.triple) not in lost:
                store.add([Quad(*fact.triple, None)])
        return store


DESCRIBED = f"""
<{BASE}n> <{CBRN.singleValued}> true .
<{BASE}first> <{CBRN.earliestOf}> <{BASE}n> .
""" + "".join(
    f"""
<{passage}> <{CBRN.partOf}> <{BASE}source> ;
    <{CBRN.asOfEarliest}> "{day}"^^<http://www.w3.org/2001/XMLSchema#date> .
"""
    for passage, day in zip(PASSAGES, ("2002-01-01", "2001-01-01", "2002-01-01"), strict=True)
)
RESOLVED = (
    "SELECT ?x ?y { ?x :n ?y }",
    "SELECT ?x { ?x :n ?y }",
    "SELECT ?x ?y { ?x :first ?y }",
    "SELECT ?x ?y { ?x :n ?z ; :first ?y }",
    "SELECT ?x { ?x :p ?z FILTER NOT EXISTS { ?x :first 1 } }",
    "SELECT ?x { ?x :n 1 }",
    "SELECT ?y { ?x :n ?y }",
    "SELECT ?x ?y { ?x :p/:n ?y }",
    "SELECT ?x { ?x :p ?z FILTER NOT EXISTS { ?z :n 1 } }",
    "SELECT ?x { ?x :p ?z MINUS { ?x :n 2 } }",
    "SELECT ?x ?y { ?x :p ?z OPTIONAL { ?z :n ?y } }",
    "SELECT ?x ?z { ?x :p ?z OPTIONAL { ?x :n ?y FILTER(?y > 1) } FILTER(!BOUND(?y)) }",
    "SELECT ?x (COUNT(?y) AS ?k) { ?x :p ?z . ?z :n ?y } GROUP BY ?x",
    "SELECT ?y (COUNT(?x) AS ?k) { ?x :n ?y } GROUP BY ?y",
    "SELECT (MAX(?y) AS ?k) { ?x :n ?y }",
    "SELECT ?x ?y { ?x :n ?y } ORDER BY ?x ?y LIMIT 2",
    "SELECT ?x { GRAPH ?g { ?x :n ?y } }",
    "SELECT ?x ?y { { ?x :n ?y } UNION { ?x :p ?y } }",
    "SELECT ?x { ?x :n ?y . ?z :n ?y FILTER(?x != ?z) }",
)
few_nodes = st.sampled_from(NODES[:2])
contested = st.builds(
    Resolved,
    st.frozensets(
        st.builds(
            Fact,
            st.one_of(
                st.builds(Triple, few_nodes, st.just(IRI(BASE + "n")), st.sampled_from(NUMBERS)),
                st.builds(Triple, few_nodes, st.just(IRI(BASE + "p")), few_nodes),
                st.builds(
                    Triple, few_nodes, st.just(IRI(BASE + "first")), st.sampled_from(NUMBERS)
                ),
            ),
            st.sampled_from(PASSAGES),
        ),
        min_size=3,
        max_size=8,
    ),
)


@settings(max_examples=400, deadline=None)
@given(contested, st.sampled_from(RESOLVED), st.randoms(use_true_random=False))
def test_where_values_compete_a_row_stands_and_falls_as_promised(
    graph: Resolved, query: str, random: object
) -> None:
    """In a view that takes one of several values, what is promised of a row holds as well."""
    text = f"PREFIX : <{BASE}> {query}"
    rows = graph.rows(text)
    assume(rows)
    check(graph, text, random.choice(rows), random)  # type: ignore[attr-defined]


_derive = Walker.derive


def _asking_all(
    self: Walker, pattern: Pattern, solution: Solution, graph: IRI | None = None, *, sure: bool
) -> list[Proof]:
    """Explain without taking the engine's word: each filter and optional part is asked anew."""
    assert isinstance(sure, bool)
    return _derive(self, pattern, solution, graph)


def check(graph: Graph, query: str, row: dict[str, Term], random: object) -> None:
    """Assert what the explanation of a row promises, by removing facts and asking again."""
    view = type(graph)
    explained = _explained(graph, query, row)
    parts = list(leaves(explained.proof))
    nested = any(isinstance(part, Unexplained) for part in parts)
    assert not any(isinstance(p, Unexplained) and p.part == "the row" for p in parts), query
    sets = explained.sets
    if currently_in_test_context():
        event(f"sound {sets.sound}, complete {sets.complete}, unexplained {nested}")
    for facts in sets.sets:
        assert facts <= graph.facts, "a fact that no passage states"
    with patch.object(Walker, "derive", _asking_all):
        anew = leaves(_explained(graph, query, row).proof)
    assert set(map(repr, anew)) == set(map(repr, parts)), query  # the engine's order varies
    if "VALUES" not in query:  # whose rows are told as they stand, also those that do not fit
        store = graph.store()
        for part in parts:
            if isinstance(part, Absent):
                assert not store.ask(f"ASK {{ {part.pattern} }}"), f"{query}\nabsent: {part}"
    if sets.sound:
        for facts in sets.sets[:4]:
            rest = sorted(graph.facts - facts, key=repr)
            some = frozenset(random.sample(rest, random.randint(0, len(rest))))  # type: ignore[attr-defined]
            for kept in (facts, facts | some):
                assert row in view(kept).rows(query), f"{query}\nfalls though {facts} stand"
    if sets.complete and sets.sets and all(sets.sets):
        for _ in range(2):
            hit = frozenset(random.choice(sorted(facts, key=repr)) for facts in sets.sets)  # type: ignore[attr-defined]
            assert row not in view(graph.facts - hit).rows(query), f"{query}\nstands without {hit}"


def test_passage_that_alone_would_not_keep_a_value_carries_nothing() -> None:
    """Of equally strong passages the first by name decides, and of its values the first."""
    a, n = NODES[0], IRI(BASE + "n")
    stated = [(2, 0), (1, 2), (2, 2), (2, 1)]  # the second passage is older
    facts = [Fact(Triple(a, n, NUMBERS[value - 1]), PASSAGES[at]) for value, at in stated]
    query = f"PREFIX : <{BASE}> SELECT ?y {{ :a :n ?y }}"
    graph = Resolved(frozenset(facts))
    explained = _explained(graph, query, {"y": NUMBERS[1]})
    assert explained.sets.sets == (frozenset({facts[0]}),)
    assert explained.sets.sound
    assert not explained.sets.complete
    (statement,) = leaves(explained.proof)
    assert isinstance(statement, Statement)
    assert set(statement.beaten) == {facts[2], facts[3]}
    assert graph.rows(query) == [{"y": NUMBERS[1]}]
    assert Resolved(frozenset(facts[1:])).rows(query) == [{"y": NUMBERS[0]}]


TRICKY = (
    "SELECT ?x { { ?x :p ?y } UNION { ?x :q ?z MINUS { ?x :p ?u } } }",
    "SELECT ?x { { ?x :p ?y } UNION { ?x :q ?z FILTER NOT EXISTS { ?x :p ?u } } }",
    "SELECT ?x ?z { ?x :p ?y OPTIONAL { ?y :q ?z } }",
    "SELECT ?x { ?x :p ?y OPTIONAL { ?y :q ?z } FILTER(!BOUND(?z)) }",
    "SELECT ?x { ?x :q ?y MINUS { ?y :p ?z } }",
    "SELECT ?x ?y { ?x (:p|:q)+ ?y }",
    "SELECT ?x { ?x :p* :c }",
    "SELECT ?y (COUNT(DISTINCT ?z) AS ?k) { ?x :p ?y . ?y :q ?z } GROUP BY ?y",
    "SELECT (COUNT(DISTINCT ?y) AS ?k) { ?x :p ?y }",
    "SELECT ?x (COUNT(?y) AS ?k) { ?x :p ?y } GROUP BY ?x",
    "SELECT ?x (COUNT(?y) AS ?k) { ?x :p ?y } GROUP BY ?x HAVING(COUNT(*) > 1)",
    "SELECT ?x (MAX(?n) AS ?k) { ?x :n ?n } GROUP BY ?x",
    "SELECT (SUM(?n) AS ?k) { ?x :n ?n }",
    "SELECT ?x ?k { ?x :p ?y { SELECT ?y (COUNT(?z) AS ?k) { ?y :q ?z } GROUP BY ?y } }",
    (
        "SELECT ?x (COUNT(?k) AS ?l) { ?x :p ?y { SELECT ?y (MAX(?n) AS ?k) { ?y :n ?n }"
        " GROUP BY ?y } } GROUP BY ?x"
    ),
    "SELECT ?x { ?x :p ?y { SELECT DISTINCT ?y { ?y :q ?z } } }",
    "SELECT DISTINCT ?y { ?x :p ?y }",
    "SELECT ?y { GRAPH ?g { ?x :p ?y } }",
    "SELECT ?y { ?y :q ?z FILTER EXISTS { ?w :p ?y } }",
    "SELECT ?x { ?x :p ?y FILTER(EXISTS { ?y :q ?z } || EXISTS { ?x :n 1 }) }",
    "SELECT ?x ?n { { SELECT ?x (MIN(?m) AS ?n) { ?x :n ?m } GROUP BY ?x } }",
)
SMALL_FACTS: list[tuple[str, str, Term, int]] = [
    ("a", "p", NODES[1], 0),
    ("a", "p", NODES[1], 1),
    ("a", "p", NODES[2], 0),
    ("d", "p", NODES[1], 2),
    ("b", "q", NODES[2], 1),
    ("c", "q", NODES[2], 0),
    ("a", "q", NODES[3], 2),
    ("b", "n", NUMBERS[0], 0),
    ("b", "n", NUMBERS[1], 1),
    ("d", "p", NODES[3], 0),
]
SMALL = frozenset(
    Fact(Triple(IRI(BASE + s), IRI(BASE + p), o), PASSAGES[n]) for s, p, o, n in SMALL_FACTS
)


@cache
def answers_of_all_parts(text: str) -> dict[frozenset[Fact], list[dict[str, Term]]]:
    """The answer of each part of the small graph."""
    facts = sorted(SMALL, key=repr)
    return {
        kept: Graph(kept).rows(text)
        for size in range(len(facts) + 1)
        for kept in map(frozenset, combinations(facts, size))
    }


@pytest.mark.parametrize("alone", [0, 2])
@pytest.mark.parametrize("query", TRICKY)
def test_promises_hold_for_every_removal(
    query: str, alone: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a small graph each part is asked: no exception to what is promised of any row.

    A row stands while one set does, whatever else goes, and falls when of the facts in the
    sets some go that leave none whole.
    """
    monkeypatch.setattr(questions, "_ALONE", alone)
    monkeypatch.setattr(questions, "_ALONE_UNLIKE", alone)
    text = f"PREFIX : <{BASE}> {query}"
    answers = answers_of_all_parts(text)
    assert answers[SMALL]
    for row in answers[SMALL]:
        explained = _explained(Graph(SMALL), text, row)
        assert not any(isinstance(part, Unexplained) for part in leaves(explained.proof))
        sets = explained.sets
        assert sets.sets
        listed = frozenset().union(*sets.sets)
        for kept, rows in answers.items():
            carried = any(one <= kept for one in sets.sets)
            if sets.sound and carried:
                assert row in rows, f"falls though a set stands: {kept}"
            if sets.complete and not carried and SMALL - kept <= listed:
                assert row not in rows, f"stands without any set: {kept}"


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
