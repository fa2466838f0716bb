"""Entailment: each kind of axiom entails, to a fixpoint, and every inference is explained."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cbrngraph.errors import InputError
from cbrngraph.model import IRI, Literal, Quad, Triple
from cbrngraph.rules import N3Triple, Rules
from cbrngraph.store import Store, parse_text

PREFIXES = """
@prefix : <urn:> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""


def n3(text: str) -> list[N3Triple]:
    """Return the triples of Turtle text as N-Triples terms."""
    return [
        (quad.subject.n3(), quad.predicate.n3(), quad.object.n3())
        for quad in parse_text(PREFIXES + text, ".ttl")
    ]


CASES = {
    "cax-sco": (":A rdfs:subClassOf :B . :B rdfs:subClassOf :C .", ":x a :A .", ":x a :B, :C ."),
    "prp-spo1": (
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r .",
        ':x :p "v" .',
        ':x :q "v" ; :r "v" .',
    ),
    "prp-dom": (":p rdfs:domain :A .", ":x :p 1 .", ":x a :A ."),
    "prp-rng": (":p rdfs:range :A .", ":x :p :y .", ":y a :A ."),
    "prp-inv": (":p owl:inverseOf :q .", ":x :p :y . :z :q :x .", ":y :q :x . :x :p :z ."),
    "prp-symp": (":p a owl:SymmetricProperty .", ":x :p :y .", ":y :p :x ."),
    "prp-trp": (
        ":p a owl:TransitiveProperty .",
        ":a :p :b . :b :p :c . :c :p :d .",
        ":a :p :c, :d . :b :p :d .",
    ),
    "prp-spo2": (":r owl:propertyChainAxiom ( :p :q ) .", ":x :p :y . :y :q :z .", ":x :r :z ."),
    "cls-hv2": (
        "[ owl:onProperty :p ; owl:hasValue :v ] rdfs:subClassOf :A .",
        ":x :p :v . :y :p :w .",
        ":x a :A .",
    ),
    "cls-hv1": (
        ":A rdfs:subClassOf [ owl:onProperty :p ; owl:hasValue :v ] .",
        ":x a :A .",
        ":x :p :v .",
    ),
    "cls-svf1": (
        "[ owl:onProperty :p ; owl:someValuesFrom :B ] rdfs:subClassOf :A .",
        ":x :p :y . :y a :B . :z :p :w .",
        ":x a :A .",
    ),
    "cls-avf": (
        ":A rdfs:subClassOf [ owl:onProperty :p ; owl:allValuesFrom :B ] .",
        ":x a :A ; :p :y .",
        ":y a :B .",
    ),
    "cls-int": (
        (
            ":N owl:equivalentClass [ owl:intersectionOf ( :A [ owl:onProperty :p ;"
            " owl:someValuesFrom :B ] ) ] ."
        ),
        ":x a :A ; :p :y . :y a :B . :z a :A . :n a :N .",
        ":x a :N . :n a :A .",
    ),
    "union": (
        "[ owl:unionOf ( :A :B ) ] rdfs:subClassOf :C .",
        ":x a :A . :y a :B .",
        ":x a :C . :y a :C .",
    ),
    "equivalent-property": (":p owl:equivalentProperty :q .", ":x :p :y .", ":x :q :y ."),
}


@pytest.mark.parametrize("name", CASES)
def test_axiom_entails_exactly_this(name: str) -> None:
    """Each supported axiom entails what OWL 2 RL says, and nothing else."""
    schema, stated, expected = CASES[name]
    assert Rules.compile(n3(schema)).entail(n3(stated)) == sorted(n3(expected))


def test_axioms_feed_each_other_to_a_fixpoint() -> None:
    """A chain over an inverse of a subproperty, and a type from the chain's range."""
    rules = Rules.compile(
        n3(
            ":lead rdfs:subPropertyOf :has . :has owl:inverseOf :of ."
            ":by owl:propertyChainAxiom ( :has :holder ) . :by rdfs:range :Org ."
        )
    )
    found = rules.entail(n3(":p :lead :n . :n :holder :o . :m :of :p ; :holder :o2 ."))
    assert set(n3(":p :by :o, :o2 . :o a :Org . :o2 a :Org . :p :has :m .")) <= set(found)


def test_stated_triples_are_not_repeated() -> None:
    """What is stated already is not entailed again."""
    rules = Rules.compile(n3(":A rdfs:subClassOf :B ."))
    assert rules.entail(n3(":x a :A, :B .")) == []


@pytest.mark.parametrize("chain", ["( :p :q :r )", "( [ owl:inverseOf :p ] :q )"])
def test_unsupported_chain_is_refused(chain: str) -> None:
    """A chain that would be dropped silently is refused, with the way out."""
    with pytest.raises(InputError, match="two named properties"):
        Rules.compile(n3(f":h owl:propertyChainAxiom {chain} ."))


@pytest.mark.parametrize("name", CASES)
def test_every_entailed_triple_is_explained_by_premises_that_stand(name: str) -> None:
    """A derivation's premises are in the view, and the rule really gives the conclusion."""
    schema, stated, _ = CASES[name]
    rules = Rules.compile(n3(schema))
    entailed = rules.entail(n3(stated))
    store = Store.memory()
    store.load_text("".join(f"{s} {p} {o} .\n" for s, p, o in [*n3(stated), *entailed]))
    for subject, predicate, object_ in entailed:
        triple = Triple(*(_term(part) for part in (subject, predicate, object_)))  # type: ignore[arg-type]
        ways = list(rules.derivations(store, triple))
        assert ways, f"{triple} is not explained"
        for way in ways:
            assert way.premises
            assert all(store.contains(premise) for premise in way.premises)
            again = rules.entail(
                (p.subject.n3(), p.predicate.n3(), p.object.n3()) for p in way.premises
            )
            assert (subject, predicate, object_) in again


def _term(text: str) -> IRI | Literal:
    return IRI(text[1:-1]) if text[0] == "<" else Literal(text[1:-1])


NODES = st.sampled_from(["<urn:a>", "<urn:b>", "<urn:c>", "<urn:d>"])
EDGES = st.lists(st.tuples(NODES, st.sampled_from(["<urn:p>", "<urn:q>"]), NODES), max_size=12)


@given(EDGES)
def test_closure_equals_the_naive_fixpoint(edges: list[N3Triple]) -> None:
    """Semi-naive rounds give what applying every rule to everything gives."""
    rules = Rules.compile(
        n3(
            ":p a owl:TransitiveProperty ; owl:inverseOf :i . :q rdfs:subPropertyOf :p ."
            ":r owl:propertyChainAxiom ( :i :q ) ."
        )
    )
    p, q, i, r = (f"<urn:{name}>" for name in "pqir")
    known = set(edges)
    while True:
        new = {(s, p, o) for s, x, o in known if x == q}
        new |= {(o, i, s) for s, x, o in known if x == p} | {
            (o, p, s) for s, x, o in known if x == i
        }
        new |= {(s, p, e) for s, x, m in known for n, y, e in known if x == y == p and m == n}
        new |= {(s, r, e) for s, x, m in known for n, y, e in known if (x, y) == (i, q) and m == n}
        if new <= known:
            break
        known |= new
    assert rules.entail(edges) == sorted(known - set(edges))


def test_store_is_asked_in_the_view_only() -> None:
    """A premise that stands in a named graph alone explains nothing in the view."""
    rules = Rules.compile(n3(":A rdfs:subClassOf :B ."))
    store = Store.memory()
    type_ = IRI("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    store.add([Quad(IRI("urn:x"), type_, IRI("urn:A"), IRI("urn:g"))])
    assert list(rules.derivations(store, Triple(IRI("urn:x"), type_, IRI("urn:B")))) == []
