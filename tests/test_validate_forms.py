"""No literal that a store rewrites is missed, for the store itself is the judge."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cbrngraph.model import IRI, Literal, Triple
from cbrngraph.store import Store
from cbrngraph.validate import validate
from cbrngraph.validate.data import Data
from cbrngraph.validate.forms import rewritten_forms
from cbrngraph.validate.lexical import notices_form
from cbrngraph.validate.sparql import read_query

XSD = "http://www.w3.org/2001/XMLSchema#"
TYPED = [
    ("02", "integer"), ("+2", "integer"), ("-02", "integer"), ("-0", "integer"), ("7", "integer"),
    ("abc", "integer"), ("123456789012345678901234", "integer"), ("1", "int"), ("1", "byte"),
    ("1", "nonNegativeInteger"), ("1.50", "decimal"), ("1.", "decimal"), (".5", "decimal"),
    ("5.0", "decimal"), ("5", "decimal"), ("100", "decimal"), ("1.5", "decimal"),
    ("-0.0", "decimal"),
    ("1e0", "double"), ("1", "double"), ("1.0E0", "double"), ("1.10", "float"), ("1", "boolean"),
    ("true", "boolean"), ("2020-01-01", "date"), ("2020-01-01Z", "date"),
    ("2020-01-01+00:00", "date"), ("2020-01-01+02:00", "date"), ("2020-1-1", "date"),
    ("2020", "gYear"), ("2020Z", "gYear"), ("2020-01", "gYearMonth"),
    ("2020-01+00:00", "gYearMonth"),
    ("2020-01-01T00:00:00", "dateTime"), ("2020-01-01T00:00:00.000", "dateTime"),
    ("2020-01-01T24:00:00", "dateTime"), ("00:00:00.0", "time"), ("P1Y12M", "duration"),
    ("P1D", "dayTimeDuration"), ("--05", "gMonth"), ("02", "string"), ("AB", "hexBinary"),
]  # fmt: skip
BARE = ["02", "+2", "-02", "1.50", ".5", "-.5", "5.0", "1e0", "1.5", "-0", "0", "7", "1E3", "00"]


def kept(text: str, suffix: str) -> Literal:
    """Return the object of a text's only triple as a store keeps it."""
    store = Store.memory()
    store.load_text(text, suffix)
    value = next(store.match()).object
    assert isinstance(value, Literal)
    return value


@pytest.mark.parametrize(("value", "kind"), TYPED, ids=str)
def test_a_typed_literal_is_known_exactly_when_it_changes(value: str, kind: str) -> None:
    """In every way of writing it, and beside other text."""
    written = Literal(value, XSD + kind)
    form = kept(f"<urn:a> <urn:b> {written.n3()} .", ".nt")
    wanted = {form: (written,)} if form != written else {}
    for text in (written.n3(), f"'{value}'^^xsd:{kind}", f'"{value}"^^x:{kind}'):
        turtle = f'<urn:a> <urn:b> "some text" , {text} .'
        assert rewritten_forms(turtle.encode(), bare=True) == wanted


@pytest.mark.parametrize("number", BARE)
def test_a_bare_number_is_known_exactly_when_it_changes(number: str) -> None:
    """Before any mark that can follow a number, and not when it stands in a string."""
    form = kept(f"<urn:a> <urn:b> {number} .", ".ttl")
    for text in (
        f"<urn:b> {number} .",
        f"( {number}) ",
        f"[<urn:b> {number}]",
        f" {number},{number};",
    ):
        found = rewritten_forms(text.encode(), bare=True)
        assert bool(found) == (form.value != number), text
    assert rewritten_forms(f'<urn:b> "a, {number} ." .'.encode(), bare=True) == {}


@given(st.from_regex(r"[+-]?[0-9]{0,3}(\.[0-9]{0,3})?([eE][+-]?[0-9]{1,2})?", fullmatch=True))
@settings(max_examples=300, deadline=None)
def test_any_number_is_known_exactly_when_it_changes(text: str) -> None:
    """Whatever digits, signs and points, as integer, decimal and double."""
    for kind in ("integer", "decimal", "double"):
        written = Literal(text, XSD + kind)
        form = kept(f"<urn:a> <urn:b> {written.n3()} .", ".nt")
        found = rewritten_forms(f" {written.n3()} ".encode(), bare=False)
        assert found == ({form: (written,)} if form != written else {})


def test_two_forms_of_one_value_are_both_known() -> None:
    """A value written in a steady and in another form has two written forms."""
    data = Data.from_text("@prefix : <http://e/> .\n:a :p 2 , 02 ; :q 3 .\n:b :p 02 .", ".ttl")
    two, zero = (Literal(v, XSD + "integer") for v in ("2", "02"))
    assert data.rewritten == {two: (zero, two)}
    assert data.ambiguous
    assert data.rewritten_properties == {"http://e/p"}
    assert data.as_written(two, IRI("http://e/b")) == (zero,)
    assert set(data.as_written(two, IRI("http://e/a"))) == {two, zero}
    three = Literal("3", XSD + "integer")
    assert data.as_written(three) == (three,)


SHAPES = """
@prefix : <http://e/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:ns sh:declare [ sh:prefix "" ; sh:namespace "http://e/"^^xsd:anyURI ] .
:S a sh:NodeShape ; sh:targetClass :A ; sh:sparql [ sh:prefixes :ns ; sh:select \"\"\"%s\"\"\" ] .
"""


@pytest.mark.parametrize(
    ("query", "engine"),
    [
        ("SELECT $this ?value WHERE { $this :p ?value FILTER(?value > 1) }", "set queries"),
        (
            "SELECT $this ?value WHERE { $this :p ?value FILTER(STRLEN(STR(?value)) > 1) }",
            "pyshacl",
        ),
        ("SELECT $this ?value WHERE { $this :q ?value FILTER(STR(?value) != '') }", "set queries"),
        ("SELECT $this ?value WHERE { $this :p ?value . ?o :r ?value }", "pyshacl"),
    ],
)
def test_a_query_that_may_notice_is_left_to_the_reference(query: str, engine: str) -> None:
    """What reads the text of a rewritten value, or joins on it, is judged by pySHACL."""
    data = [
        Triple(
            IRI("http://e/a"),
            IRI("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
            IRI("http://e/A"),
        ),
        Triple(IRI("http://e/a"), IRI("http://e/p"), Literal("02", XSD + "integer")),
        Triple(IRI("http://e/a"), IRI("http://e/q"), Literal("text")),
    ]
    if ":r" in query:  # a second form of the value
        data.append(Triple(IRI("http://e/b"), IRI("http://e/r"), Literal("2", XSD + "integer")))
    report = validate(Data.from_triples(data), Data.from_text(SHAPES % query))
    assert engine in report.judged[0].engine
    slow = validate(Data.from_triples(data), Data.from_text(SHAPES % query), engine="pyshacl")
    values = [f.value for f in report.findings]
    assert values == [f.value for f in slow.findings]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("SELECT ?s { ?s <urn:p> ?o }", False),
        ("SELECT ?s { ?s <urn:p> ?o FILTER(?o > 2) }", False),
        ("SELECT ?s { ?s <urn:p> ?o FILTER(STR(?o) > '2') }", True),
        ("SELECT ?s { ?s x:p ?o FILTER(xsd:string(?o) > '2') }", True),
        ("SELECT ?s { ?s <urn:p> ?o , ?o }", True),
        ("SELECT ?s { ?s <urn:q> ?x . ?t <urn:p>/<urn:p> ?o ; <urn:q> ?o }", True),
        ("SELECT ?s { ?s <urn:p> 2 }", True),
        ("SELECT ?s { ?s <urn:q> 2 FILTER(STR(?s) = '') }", False),
        ("SELECT ?s { ?s ?any ?o FILTER(STR(?any) = '') }", False),
        ("SELECT ?s { ?s ?any ?o FILTER(SAMETERM(?o, 2)) }", True),
        ("SELECT ?s { ?s <urn:q> [ <urn:p> ?o ] }", True),
    ],
)
def test_what_a_query_may_notice(query: str, wanted: bool) -> None:
    """Only reading a form, or joining on it, counts; what is not followed counts as noticing."""
    prefixes = "PREFIX x: <urn:>\nPREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
    assert notices_form(read_query(query), prefixes, frozenset((IRI("urn:p"),))) is wanted
