"""Entailed rows stand with one minimal set of stated facts, and fall without all of them."""

from __future__ import annotations

import random as random_module

from hypothesis import given, settings
from hypothesis import strategies as st

from cbrngraph.build import ENTAILED
from cbrngraph.evidence.facts import FactFinder
from cbrngraph.evidence.proof import Fact, Statement, leaves
from cbrngraph.evidence.rows import explain_row
from cbrngraph.model import IRI, Quad, Term, Triple
from cbrngraph.rules import Rules
from cbrngraph.store import Store, parse_text

BASE = "http://example.org/"
NODES = [IRI(BASE + name) for name in "abcd"]
PASSAGES = [IRI(f"{BASE}passage/{number}") for number in (1, 2)]
AXIOMS = """
@prefix : <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:p rdfs:subPropertyOf :over .
:q rdfs:subPropertyOf :over .
:p owl:inverseOf :back .
:near a owl:TransitiveProperty .
:chain owl:propertyChainAxiom ( :p :q ) .
:p rdfs:domain :Thing .
:Thing rdfs:subClassOf :Anything .
"""
RULES = Rules.compile(
    (q.subject.n3(), q.predicate.n3(), q.object.n3()) for q in parse_text(AXIOMS, ".ttl")
)
QUERIES = {
    "subproperty": "SELECT ?x ?y { ?x :over ?y }",
    "inverse": "SELECT ?x ?y { ?y :back ?x }",
    "transitive": "SELECT ?x ?y { ?x :near ?y }",
    "chain": "SELECT ?x ?y { ?x :chain ?y }",
    "class": "SELECT ?x { ?x a :Anything }",
    "joined": "SELECT ?x ?y { ?x :over ?y . ?y a :Thing }",
    "counted": "SELECT ?x (COUNT(DISTINCT ?y) AS ?n) { ?x :over ?y } GROUP BY ?x",
}
stated = st.frozensets(
    st.builds(
        Fact,
        st.builds(
            Triple,
            st.sampled_from(NODES),
            st.sampled_from([IRI(BASE + name) for name in ("p", "q", "near", "back", "over")]),
            st.sampled_from(NODES),
        ),
        st.sampled_from(PASSAGES),
    ),
    min_size=2,
    max_size=7,
)


def _store(facts: frozenset[Fact]) -> Store:
    """What the facts state and entail, as a build lays it out."""
    store = Store.memory()
    triples = {fact.triple for fact in facts}
    store.add(Quad(*fact.triple, fact.graph) for fact in sorted(facts, key=repr))
    store.add(Quad(*triple, None) for triple in sorted(triples))
    text = "".join(
        f"{s} {p} {o} .\n"
        for s, p, o in RULES.entail((s.n3(), p.n3(), o.n3()) for s, p, o in triples)
    )
    for quad in parse_text(text, ".nt"):
        store.add([quad, Quad(quad.subject, quad.predicate, quad.object, ENTAILED)])
    return store


def _rows(facts: frozenset[Fact], query: str) -> list[dict[str, Term]]:
    answer = _store(facts).select(f"PREFIX : <{BASE}> {query}")
    rows = (zip(answer.variables, row, strict=True) for row in answer.rows)
    return sorted(({n: t for n, t in row if t is not None} for row in rows), key=repr)


@settings(max_examples=150, deadline=None)
@given(stated, st.sampled_from(sorted(QUERIES)), st.randoms(use_true_random=False))
def test_entailed_rows_stand_and_fall_with_stated_facts(
    facts: frozenset[Fact], name: str, random: random_module.Random
) -> None:
    """Minimal sets go through every rule down to what passages state."""
    query = QUERIES[name]
    rows = _rows(facts, query)
    if not rows:
        return
    row = random.choice(rows)
    finder = FactFinder(_store(facts), RULES, deep=True, budget=3000, ways=200)
    found = explain_row(finder, f"PREFIX : <{BASE}> {query}", row).sets
    assert found.sets
    assert found.sound
    for kept in found.sets[:4]:
        assert kept <= facts
        assert row in _rows(kept, query), f"falls though {kept} stand"
    if found.complete:
        hit = frozenset(random.choice(sorted(kept, key=repr)) for kept in found.sets)
        assert row not in _rows(facts - hit, query), f"stands without {hit}"


def test_all_ways_are_found_when_asked_deeply() -> None:
    """Completeness is promised for an entailed row, and the stated way to it counts as well."""
    a, b = NODES[:2]
    p, over = IRI(BASE + "p"), IRI(BASE + "over")
    facts = frozenset({Fact(Triple(a, p, b), PASSAGES[0]), Fact(Triple(a, over, b), PASSAGES[1])})
    finder = FactFinder(_store(facts), RULES, deep=True)
    query = f"PREFIX : <{BASE}> SELECT * {{ :a :over :b }}"
    found = explain_row(finder, query, {}).sets
    assert set(found.sets) == {frozenset({fact}) for fact in facts}
    assert found.complete
    # Without being asked, the rule is not followed, and completeness is not promised.
    shallow = explain_row(FactFinder(_store(facts), RULES), query, {}).sets
    assert set(shallow.sets) == {frozenset({Fact(Triple(a, over, b), PASSAGES[1])})}
    assert not shallow.complete


def test_a_statement_is_never_its_own_premise() -> None:
    """Two inverses entail each other; neither is explained by itself."""
    a, b = NODES[:2]
    facts = frozenset({Fact(Triple(a, IRI(BASE + "p"), b), PASSAGES[0])})
    finder = FactFinder(_store(facts), RULES, deep=True)
    explained = explain_row(finder, f"PREFIX : <{BASE}> SELECT * {{ :b :back :a }}", {})
    (statement,) = [leaf for leaf in leaves(explained.proof) if isinstance(leaf, Statement)]
    assert [e.rule for e in statement.entailments] == ["prp-inv"]
    assert explained.sets.sets == (facts,)
