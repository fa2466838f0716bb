"""The canonical layout: the same statements give the same text, and the text says just them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cbrngraph.errors import InputError
from cbrngraph.ingest.layout import block, document, statements
from cbrngraph.model import IRI, BNode, Literal, Triple
from cbrngraph.namespaces import BASE, CBRN, RDF, SKOS, XSD
from cbrngraph.store import parse_text

EDTF = "http://id.loc.gov/datatypes/edtf"
LANG = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"

segments = st.text("abcXYZ019.-_~é", min_size=1, max_size=8)
iris = st.one_of(
    st.builds(lambda a, b: IRI(f"{BASE}id/{a}/x{b}"), segments, segments),
    st.builds(lambda a: IRI(f"{BASE}source/x{a}#L1-{a}"), segments),
    st.builds(lambda a: IRI(CBRN.Project[: -len("Project")] + a), segments),
    st.sampled_from([IRI(SKOS.prefLabel), IRI(RDF.type), IRI("https://example.org/a?b=c:d")]),
)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
literals = st.one_of(
    texts.map(Literal),
    st.builds(lambda text: Literal(text, LANG, "en"), texts),
    st.builds(lambda n: Literal(str(n), XSD.integer), st.integers()),
    st.builds(lambda n: Literal(f"0{n}.50", XSD.decimal), st.integers(0)),
    st.sampled_from(
        [Literal("2023/..", EDTF), Literal("x y", XSD.integer), Literal("1", XSD.date)]
    ),
)
triples = st.lists(st.builds(Triple, iris, iris, st.one_of(iris, literals)), max_size=12)


@settings(max_examples=60, deadline=None)
@given(triples, triples)
def test_what_is_written_is_what_is_read(plain: list[Triple], stated: list[Triple]) -> None:
    """Parsing the layout gives the statements back, whatever is in them."""
    graph = IRI(BASE + "source/x#L1")
    text = document("a comment\nof two lines", [statements(plain), block(graph, stated)])
    found = set(parse_text(text, ".trig"))
    assert {(q.subject, q.predicate, q.object) for q in found if q.graph is None} == set(plain)
    assert {(q.subject, q.predicate, q.object) for q in found if q.graph} == set(stated)


@given(triples, st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(found: list[Triple], shuffle: object) -> None:
    """The same set of statements gives the same text."""
    again = [*found, *reversed(found)]
    assert statements(again) == statements(found)


def test_the_layout_reads_well() -> None:
    """Type and label first, numbers by value, one value a line, only the prefixes in use."""
    thing = IRI(BASE + "id/project/P9")
    text = document(
        "Projects",
        [
            statements(
                [
                    Triple(thing, IRI(CBRN.claim), Literal("c10")),
                    Triple(thing, IRI(CBRN.claim), Literal("c9")),
                    Triple(thing, IRI(CBRN.acronym), Literal("skos: X")),
                    Triple(thing, IRI(RDF.type), IRI(CBRN.Project)),
                    Triple(thing, IRI(CBRN.startLine), Literal("7", XSD.integer)),
                    Triple(IRI(BASE + "id/project/P10"), IRI(RDF.type), IRI(CBRN.Project)),
                ]
            )
        ],
    )
    assert text == (
        "# Projects\n"
        "@base <https://w3id.org/cbrngraph/> .\n"
        "@prefix cbrn: <https://w3id.org/cbrngraph/ontology#> .\n"
        "\n"
        "<id/project/P9> a cbrn:Project ;\n"
        "    cbrn:startLine 7 ;\n"
        '    cbrn:claim "c9" ,\n'
        '        "c10" ;\n'
        '    cbrn:acronym "skos: X" .\n'
        "\n"
        "<id/project/P10> a cbrn:Project .\n"
    )


def test_a_blank_node_is_refused() -> None:
    """It has no name that stays the same from one writing to the next."""
    for triple in (
        Triple(BNode("b"), IRI(RDF.type), IRI(CBRN.Project)),
        Triple(IRI(BASE + "x"), IRI(RDF.type), BNode("b")),
    ):
        with pytest.raises(InputError, match="blank nodes"):
            statements([triple])
