"""Answers: typed rows, native values, labels, and the way to pandas and rdflib."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import rdflib

from cbrngraph.errors import UsageError
from cbrngraph.model import IRI, BNode, Literal
from cbrngraph.results import Row, curie, labels_of, slug_of
from cbrngraph.results.labelled import with_labels
from cbrngraph.store import Solutions

if TYPE_CHECKING:
    from cbrngraph.graph import Graph
    from tests.conftest import Ran

    Run = Callable[..., Ran]

XSD = "http://www.w3.org/2001/XMLSchema#"
VALUES = """SELECT ?thing ?count ?amount ?ratio ?flag ?day ?year ?text ?empty {
  VALUES (?thing ?count ?amount ?ratio ?flag ?day ?year ?text) {
    (<https://w3id.org/cbrngraph/id/region/north> 3 1.5 1e3 true
      "2024-02-29"^^xsd:date "2023"^^xsd:gYear "a <b>"@en)
  } }"""


def test_values_are_native_by_attribute_name_and_position(toy_graph: Graph) -> None:
    """A row gives int, Decimal, float, bool, date and text; partial dates keep their precision."""
    result = toy_graph.query(VALUES)
    row = result[0]
    assert isinstance(row.thing, IRI)
    assert (row.count, row["amount"], row[3]) == (3, Decimal("1.5"), 1000.0)
    assert (row.flag, row.day, row.year, row.text) == (True, date(2024, 2, 29), "2023", "a <b>")
    assert row.empty is None
    assert list(row) == [row[name] for name in result.variables]
    assert result.to_dicts() == [row._asdict()]
    assert row == next(iter(result)) == tuple(row)
    assert hash(row) == hash(result[0])


def test_a_column_may_have_any_name() -> None:
    """Variables named like methods of sequences are columns all the same."""
    names = ("count", "index", "keys", "items", "values")
    row = Row({name: at for at, name in enumerate(names)}, tuple(map(Literal, names)))
    assert [getattr(row, name) for name in names] == list(names)
    assert set(names) <= set(dir(row))


def test_a_missing_column_names_those_there_are(toy_graph: Graph) -> None:
    """The error of a misspelt column lists the columns."""
    row = toy_graph.query(VALUES)[0]
    with pytest.raises(AttributeError, match="no column 'thnig'; there are thing, count"):
        _ = row.thnig
    with pytest.raises(KeyError, match="thing, count"):
        _ = row["thnig"]
    with pytest.raises(IndexError):
        _ = row[99]


def test_rows_can_be_read_again_and_in_part(toy_graph: Graph) -> None:
    """Iterating twice, slicing and len agree, whatever was read before."""
    result = toy_graph.query("SELECT ?x { VALUES ?x { 1 2 3 4 } } ORDER BY ?x")
    first = next(iter(result))
    assert first.x == 1
    assert bool(result)
    assert [row.x for row in result] == [1, 2, 3, 4]
    assert [row.x for row in result] == [1, 2, 3, 4]
    assert (len(result), result[-1].x, [row.x for row in result[1:3]]) == (4, 4, [2, 3])
    assert repr(result) == "<Result: 4 rows of x>"


@pytest.mark.parametrize(("limit", "cut"), [(2, True), (4, False), (9, False), (0, True)])
def test_a_limit_says_whether_it_cut(toy_graph: Graph, limit: int, cut: bool) -> None:
    """`truncated` tells a whole answer from a part."""
    text = "SELECT ?x { VALUES ?x { 1 2 3 4 } }"
    for read in (list, lambda result: list(result.stream())):
        result = toy_graph.query(text, limit=limit)
        assert len(read(result)) == min(limit, 4)
        assert result.truncated is cut


def test_an_ask_is_true_or_false_and_has_no_rows(toy_graph: Graph) -> None:
    """The kinds of answer are told apart, and misuse says what would fit."""
    yes, no = toy_graph.query("ASK { ?s ?p ?o }"), toy_graph.query("ASK { <a:b> <a:b> <a:b> }")
    assert (bool(yes), bool(no)) == (True, False)
    assert repr(no) == "<Result: false>"
    with pytest.raises(UsageError, match="an ASK has no rows"):
        list(yes)
    with pytest.raises(UsageError, match="an ASK has no triples"):
        _ = yes.triples


def test_a_construct_has_triples(toy_graph: Graph) -> None:
    """Triples come as terms, and as an rdflib graph."""
    result = toy_graph.query("CONSTRUCT { ?s a ?o } WHERE { ?s a ?o . ?s dcterms:identifier 'T1' }")
    assert len(result) == len(result.triples) > 0
    assert all(triple.subject.endswith("T1") for triple in result.triples)
    graph = result.to_rdflib().graph
    assert graph is not None
    assert len(graph) == len(result)


def test_labels_come_in_one_query_and_prefer_the_best(
    toy_graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PrefLabel before label before title, English before others; asked once for all."""
    store = toy_graph.snapshot.store
    north = "https://w3id.org/cbrngraph/id/region/north"
    region = "https://w3id.org/cbrngraph/ontology#Region"
    passage = "https://w3id.org/cbrngraph/source/first#p1"
    asked: list[str] = []
    select = store.select

    def counted(text: str) -> Solutions:
        asked.append(text)
        return select(text)

    monkeypatch.setattr(store, "select", counted)
    found = labels_of(store, [north, region, "http://e/unknown"])
    assert found == {north: "The North", region: "region"}
    assert len(asked) == 1
    assert labels_of(store, [passage]) == {passage: "First report, p. 1"}
    assert labels_of(store, []) == {}


def test_an_iri_that_no_query_may_write_costs_no_label(toy_graph: Graph) -> None:
    """One odd IRI in an answer does not take the labels from the others."""
    north = "https://w3id.org/cbrngraph/id/region/north"
    odd = "http://e/a b"
    assert labels_of(toy_graph.snapshot.store, [odd, north]) == {north: "The North"}


def test_a_data_frame_has_fitting_types(toy_graph: Graph) -> None:
    """Whole numbers, numbers, days and text; labels beside when asked for."""
    pytest.importorskip("pandas", reason="pandas is an extra")
    result = toy_graph.query(VALUES)
    frame = result.to_pandas()
    kinds = {name: str(kind) for name, kind in frame.dtypes.items()}
    assert list(frame.columns) == list(result.variables)
    assert (kinds["count"], kinds["amount"], kinds["flag"]) == ("Int64", "Float64", "boolean")
    assert kinds["day"].startswith("datetime64")
    assert (kinds["thing"], kinds["year"]) == ("string", "string")
    labelled = result.to_pandas(labels=True)
    assert list(labelled.columns)[:2] == ["thing", "thing_label"]
    assert labelled["thing_label"][0] == "The North"
    assert toy_graph.query("SELECT ?a { ?a a <http://e/none> }").to_pandas().empty


def test_without_pandas_the_message_says_how_to_get_it(
    toy_graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing extra is a usage error with the command that installs it."""
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "pandas":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match=r"pip install 'cbrngraph\[pandas\]'"):
        toy_graph.query(VALUES).to_pandas()


def test_rdflib_gets_the_lexical_forms(toy_graph: Graph) -> None:
    """Its result has the same rows; no literal is normalised on the way."""
    result = toy_graph.query("SELECT ?a ?b { VALUES (?a ?b) { ('2023'^^xsd:gYear UNDEF) } }")
    converted = result.to_rdflib()
    assert [str(name) for name in converted.vars or ()] == ["a", "b"]
    (row,) = converted.bindings
    assert row[rdflib.Variable("a")] == rdflib.Literal("2023", datatype=rdflib.XSD.gYear)
    assert rdflib.Variable("b") not in row
    assert toy_graph.query("ASK {}").to_rdflib().askAnswer is True


class TestHtml:
    """What a notebook shows."""

    def test_text_is_escaped_and_things_are_links(self, toy_graph: Graph) -> None:
        """Nothing of the graph becomes markup; an IRI shows its label."""
        page = toy_graph.query(VALUES)._repr_html_()
        assert "a &lt;b&gt;" in page
        north = "https://w3id.org/cbrngraph/id/region/north"
        assert f'<a href="{north}" title="region:north">The North</a>' in page
        assert "<p>1 row</p>" in page

    def test_a_link_is_never_a_script(self, toy_graph: Graph) -> None:
        """Only web addresses become links."""
        page = toy_graph.query("SELECT (<javascript:alert(1)> AS ?x) {}")._repr_html_()
        assert "<a " not in page
        assert "javascript:alert(1)" in page

    def test_a_long_answer_is_cut_and_says_so(self, toy_graph: Graph) -> None:
        """At most 200 rows, with the true count."""
        many = " ".join(map(str, range(300)))
        page = toy_graph.query(f"SELECT ?x {{ VALUES ?x {{ {many} }} }}")._repr_html_()
        assert page.count("<tr>") == 201
        assert "300 rows, the first 200 shown" in page

    def test_every_kind_has_a_page(self, toy_graph: Graph) -> None:
        """An ASK is a word, a graph a table of triples."""
        assert "yes" in toy_graph.query("ASK {}")._repr_html_()
        page = toy_graph.query(
            "DESCRIBE <https://w3id.org/cbrngraph/id/region/north>"
        )._repr_html_()
        assert "<th>predicate</th>" in page

    def test_numbers_stand_right_and_nothing_else(self, toy_graph: Graph) -> None:
        """An integer and a decimal, but no boolean."""
        page = toy_graph.query("SELECT (1 AS ?a) (1.5 AS ?b) (true AS ?c) {}")._repr_html_()
        assert page.count("text-align:right") == 2
        assert "<td>true</td>" in page

    def test_things_overviews_and_queries_are_tables_too(self, graph: Graph) -> None:
        """Each with its title or columns, and a short line where there is no notebook."""
        thing = graph.show("nap-UZB")
        assert "<th>stated by</th>" in thing._repr_html_()
        assert '<a href="https://w3id.org/cbrngraph/id/country/UZB">' in thing._repr_html_()
        assert len(repr(thing)) < 200
        assert "<th>snapshot" not in graph.info()._repr_html_()
        assert graph.snapshot_id in graph.info()._repr_html_()
        assert "<code>projects-by-country</code>" in graph.queries._repr_html_()
        assert repr(graph.queries).startswith("<Catalogue: ")


class TestLabels:
    """Columns of labels for formats that have no place for them."""

    def test_labels_stand_beside_things(self, toy_graph: Graph) -> None:
        """A column with things gets one of labels, empty where there is none."""
        text = "SELECT ?a ?b { VALUES (?a ?b) { (region:north 1) (<urn:x> 2) (UNDEF 3) } }"
        wide = with_labels(toy_graph.query(text))
        assert wide.variables == ("a", "a_label", "b")
        assert [row[1] for row in wide] == ["The North", None, None]

    def test_a_name_is_not_given_twice(self, toy_graph: Graph) -> None:
        """A query may have such a column of its own, and an ASK has none."""
        text = "SELECT ?a ?a_label { VALUES (?a ?a_label) { (region:north 1) } }"
        with pytest.raises(UsageError, match="column 'a_label' of its own"):
            with_labels(toy_graph.query(text))
        with pytest.raises(UsageError, match="only a SELECT"):
            with_labels(toy_graph.query("ASK {}"))

    def test_the_command_line_has_them(self, run_main: Run) -> None:
        """In CSV; a table shows labels anyway and says so."""
        command = ("query", "projects-by-country", "-p", "country=UZB", "--labels")
        ran = run_main(*command, "-f", "csv", "--evidence")
        assert ran.out.splitlines()[0].startswith("country,country_label,project,project_label,")
        assert ",Uzbekistan," in ran.out.splitlines()[1]
        refused = run_main(*command)
        assert refused.code == 2
        assert "table has labels as it is" in refused.err


def test_names_for_people() -> None:
    """CURIEs and slugs of the project's own IRIs and of others."""
    base = "https://w3id.org/cbrngraph/"
    assert curie(base + "id/country/UZB") == "country:UZB"
    assert curie(base + "source/a/b") == f"<{base}source/a/b>" or ":" in curie(base + "source/a")
    assert slug_of(base + "source/fs2023#L46-x") == "fs2023#L46-x"
    assert slug_of(base + "ontology#Project") == "Project"
    assert BNode("x").n3() == "_:x"


def test_rows_are_fetched_as_they_are_asked_for(toy_graph: Graph) -> None:
    """The first row of a long answer does not wait for the last."""
    result = toy_graph.query("SELECT ?s ?t { ?s ?p ?o . ?t ?q ?r }")
    rows: Iterator[Row] = iter(result)
    next(rows)
    assert len(result._rows) == 1
