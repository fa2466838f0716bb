"""The engine's adapter: terms, errors, lossless text, and the traps that concern us."""

from __future__ import annotations

from pathlib import Path

import pytest

from cbrngraph.errors import QueryError, ReadError, SyntaxFault
from cbrngraph.model import IRI, BNode, Literal, Quad, Triple
from cbrngraph.store import Solutions, Store, Triples, parse_file, parse_text, scan

A, P, B = IRI("urn:a"), IRI("urn:p"), IRI("urn:b")
XSD = "http://www.w3.org/2001/XMLSchema#"

# Lexical forms that a store rewrites (measured); the text must keep every one.
REWRITTEN = [
    Literal("1", XSD + "int"),
    Literal("1.50", XSD + "decimal"),
    Literal("P1Y12M", XSD + "duration"),
    Literal("01", XSD + "integer"),
    Literal("1e0", XSD + "double"),
    Literal("2023-05-01T00:00:00.000Z", XSD + "dateTime"),
]


@pytest.fixture
def store() -> Store:
    """Two triples in the view, one of them also in a named graph."""
    made = Store.memory()
    made.add(
        [
            Quad(A, P, B, None),
            Quad(A, P, Literal("x", language="en", datatype=RDF_LANG), None),
            Quad(A, P, B, IRI("urn:g")),
        ]
    )
    return made


RDF_LANG = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


def test_select_sees_the_default_graph_only(store: Store) -> None:
    """Plain patterns see the view; GRAPH sees the named graphs."""
    plain = store.select("SELECT ?o { <urn:a> <urn:p> ?o } ORDER BY ?o")
    assert plain.variables == ("o",)
    assert {row[0] for row in plain.rows} == {B, Literal("x", RDF_LANG, "en")}
    named = store.select("SELECT ?g ?o { GRAPH ?g { ?s ?p ?o } }")
    assert list(named.rows) == [(IRI("urn:g"), B)]


def test_each_query_form_has_its_kind_of_answer(store: Store) -> None:
    """SELECT gives Solutions, ASK a bool, CONSTRUCT and DESCRIBE Triples."""
    assert isinstance(store.query("SELECT * { ?s ?p ?o }"), Solutions)
    assert store.query("ASK { <urn:a> ?p ?o }") is True
    assert isinstance(store.query("DESCRIBE <urn:a>"), Triples)
    made = list(
        store.construct("CONSTRUCT { ?o <urn:q> ?s } WHERE { ?s <urn:p> ?o FILTER isIRI(?o) }")
    )
    assert made == [Triple(B, IRI("urn:q"), A)]


def test_unbound_is_none(store: Store) -> None:
    """An unbound variable is None in its row."""
    rows = list(store.select("SELECT ?x ?s { ?s <urn:p> <urn:b> }").rows)
    assert rows == [(None, A)]


def test_match_and_contains(store: Store) -> None:
    """`match` takes the default graph unless told otherwise."""
    assert len(list(store.match(A))) == 2
    assert len(list(store.match(A, any_graph=True))) == 3
    assert [quad.graph for quad in store.match(graph=IRI("urn:g"))] == [IRI("urn:g")]
    assert store.contains(Triple(A, P, B))
    assert not store.contains(Triple(B, P, A))


def test_query_error_names_line_and_column(store: Store) -> None:
    """SPARQL that does not parse is located."""
    with pytest.raises(QueryError) as caught:
        store.query("SELECT * WHERE {\n  ?s ?p\n}", Path("x.rq"))
    assert caught.value.line >= 2
    assert str(caught.value).startswith("x.rq:")


@pytest.mark.parametrize("literal", REWRITTEN, ids=str)
def test_text_keeps_lexical_forms_that_a_store_rewrites(literal: Literal, tmp_path: Path) -> None:
    """Export and evidence read text, because the index changes these literals."""
    file = tmp_path / "one.ttl"
    file.write_text(f"<urn:a> <urn:p> {literal.n3()} .\n", encoding="utf-8")
    assert [quad.object for quad in parse_file(file)] == [literal]
    assert [quad[2] for quad in scan(file)] == [literal.n3()]


def test_store_really_rewrites_literals() -> None:
    """The trap exists: were it gone, the text would not be needed for export."""
    made = Store.memory()
    made.add([Quad(A, P, Literal("1.50", XSD + "decimal"), None)])
    assert next(made.match(A)).object != Literal("1.50", XSD + "decimal")


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("@prefix a: <urn:> .\na:b a:c a:d ;\n  zz:e 1 .\n", 3, "prefix zz:"),
        ('<urn:a> <urn:b> "open\n .\n', 1, ""),
        ("<urn:a> <urn:b> .\n", 1, ""),
    ],
)
def test_syntax_fault_has_file_and_line(text: str, line: int, says: str, tmp_path: Path) -> None:
    """A Turtle error says file, line and what was expected."""
    file = tmp_path / "bad.ttl"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SyntaxFault) as caught:
        list(scan(file))
    assert caught.value.line == line
    assert str(caught.value).startswith(f"{file}:{line}:")
    assert says in str(caught.value)


def test_missing_file_and_unknown_format_are_read_errors(tmp_path: Path) -> None:
    """A file that is not there and one of no known format are told apart from bad syntax."""
    with pytest.raises(ReadError, match="no such file"):
        list(scan(tmp_path / "none.ttl"))
    with pytest.raises(ReadError, match="known suffixes"):
        list(scan(tmp_path / "sheet.docx"))
    with pytest.raises(ReadError, match="no usable store"):
        Store.read_only(tmp_path / "nothing")


def test_blank_nodes_are_labelled_in_order_of_appearance(tmp_path: Path) -> None:
    """The same file gives the same text, blank nodes included."""
    file = tmp_path / "blank.ttl"
    file.write_text("<urn:a> <urn:p> [ <urn:q> [] ] , [] .\n", encoding="utf-8")
    first, second = list(scan(file)), list(scan(file))
    assert first == second
    assert {term for quad in first for term in quad if term[:2] == "_:"} == {"_:b0", "_:b1", "_:b2"}


def test_terms_survive_the_round_trip() -> None:
    """IRIs, blank nodes, plain, typed and tagged literals come back equal."""
    text = '<urn:a> <urn:p> "q\\"\\n\\\\" , "d"@de , "1"^^<urn:t> , _:x .'
    objects = [quad.object for quad in parse_text(text, ".ttl")]
    assert objects[:3] == [
        Literal('q"\n\\'),
        Literal("d", RDF_LANG, "de"),
        Literal("1", "urn:t"),
    ]
    assert isinstance(objects[3], BNode)
    again = [quad.object for quad in parse_text(f"<urn:a> <urn:p> {objects[0].n3()} .", ".ttl")]
    assert again == objects[:1]
