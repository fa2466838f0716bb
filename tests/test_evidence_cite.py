"""A cited result can be asked again, and its citation is valid and complete."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cbrngraph
from cbrngraph.errors import ReadError, UnknownNameError, UsageError
from cbrngraph.evidence.address import Address
from cbrngraph.evidence.annotate import with_sources
from cbrngraph.graph import Graph
from cbrngraph.model import IRI, Literal
from cbrngraph.queries import read_query
from tests.conftest import write_toy

LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
XSD = "http://www.w3.org/2001/XMLSchema#"
BASE = "https://w3id.org/cbrngraph/"
QUERY = """\
#+ summary: Which projects have a title & 100% of {it}?
#+ tags: [toy]
#+ params:
#+   - name: title
#+     type: string
#+     label: Title
#+     default: New title
SELECT ?project ?title {
  VALUES ?title { UNDEF } ?project a cbrn:Project ; dcterms:title ?title
} ORDER BY ?project
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A toy project of its own with one stored query, `titles`."""
    folder = write_toy(tmp_path / "toy")
    path = folder / "queries" / "toy" / "titles.rq"
    path.parent.mkdir(parents=True)
    path.write_text(QUERY, encoding="utf-8")
    return folder


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# --- the address --------------------------------------------------------------------------

PARTS = st.text(min_size=1, max_size=8)
TERMS = st.one_of(
    st.sampled_from(["id/country/UZB", "source/fs2023", "id/a/b~c", "x#L1", ""]).map(
        lambda tail: IRI(BASE + tail)
    ),
    PARTS.map(lambda text: IRI("http://example.org/" + text)),
    PARTS.map(Literal),
    st.builds(
        Literal,
        st.sampled_from(["12", "1.5", "2023-05-31", "true", "2023", "a,b:c"]),
        st.sampled_from([XSD + "string", XSD + "integer", XSD + "gYear", XSD + "date", "urn:t"]),
        st.just(""),
    ),
    PARTS.map(lambda text: Literal(text, LANG_STRING, "en")),
)


@given(st.lists(TERMS, min_size=1, max_size=3, unique=True), st.sampled_from(["", "2023-05-31"]))
def test_an_id_gives_back_every_term(terms: list[IRI | Literal], day: str) -> None:
    """Any term survives the id, which has no character that a shell or an IRI would read."""
    made = Address("q", (("p", tuple(terms)),), "all", day, "0" * 12, "1" * 12, "2" * 12)
    read = Address.parse(made.id)
    assert set(read.terms[0][1]) == set(terms)
    assert (read.name, read.view, read.day, read.id) == ("q", "all", day, made.id)
    assert re.fullmatch(r"[A-Za-z0-9._~%+@,=:-]+", made.id)
    assert Address.parse(made.iri) == read


@pytest.mark.parametrize(
    "text",
    ["", "x", "x:current", "x:later:q0-s0-a0", "x:p=:current:q" + "0" * 12, ":current:q-s-a"],
)
def test_what_is_no_id_is_refused(text: str) -> None:
    """A torn or mistyped id is one clear error."""
    with pytest.raises(UsageError, match="no citation id"):
        Address.parse(text)


def test_an_id_can_be_read(graph: Graph) -> None:
    """The id names the query, the values and the view; the same question has the same id."""
    cited = graph.as_of("2023-05").cite("projects-by-country", country=["KAZ", "uzbekistan"])
    head = "projects-by-country:country=country~KAZ,country~UZB:current@2023-05-31:q"
    assert cited.id.startswith(head)
    again = graph.as_of("2023-05-31").query("projects-by-country", country=["UZB", "KAZ"])
    assert again.cite().id == cited.id
    assert cited.iri == f"{BASE}result/{cited.id}"
    assert cited.snapshot.startswith(cited.address.snapshot)


def test_comments_are_not_part_of_a_query(project: Path) -> None:
    """Header, comments and white space may change without touching a citation."""
    cited = cbrngraph.open(project).cite("titles")
    path = project / "queries" / "toy" / "titles.rq"
    _edit(path, "SELECT ?project", "# a remark\nSELECT   ?project")
    _edit(path, "Which projects", "What projects")
    assert cbrngraph.open(project).recall(cited.id).same_query


# --- asking again -------------------------------------------------------------------------


def test_same_graph_and_query_give_the_same_answer(graph: Graph) -> None:
    """Every kind of query can be asked again by its id."""
    for name in ("budgets", "secretariats", "trained-per-year"):
        recalled = graph.recall(graph.cite(name).id)
        assert (recalled.same_answer, recalled.same_query, recalled.same_graph) == (True,) * 3
        assert str(recalled).startswith("same answer: same query, same graph")


def test_defaults_are_part_of_the_citation(project: Path) -> None:
    """A default that changes later does not change what the citation asks."""
    cited = cbrngraph.open(project).cite("titles")
    assert "title=New%20title" in cited.id
    _edit(project / "queries" / "toy" / "titles.rq", "default: New title", "default: Other")
    recalled = cbrngraph.open(project).recall(cited.id)
    assert (recalled.same_answer, recalled.same_query) == (True, True)
    assert len(recalled.result) == 1


def test_all_rows_stay_all_rows(project: Path) -> None:
    """A parameter that was open is open again, whatever its default."""
    cited = cbrngraph.open(project).cite("titles", title="*")
    assert cited.id.startswith("titles:current:q")
    assert len(cbrngraph.open(project).recall(cited.id).result) == 1
    assert cbrngraph.open(project).view("all").cite("titles", title="*").size == "2 rows"


def test_changed_answer_is_told(project: Path) -> None:
    """A new value in the data: the graph and the answer have changed."""
    cited = cbrngraph.open(project).cite("titles", title="*")
    _edit(project / "data" / "sources" / "toy.trig", '"New title"', '"Newer title"')
    recalled = cbrngraph.open(project).recall(cited.id)
    assert (recalled.same_answer, recalled.same_query, recalled.same_graph) == (False, True, False)
    assert str(recalled).startswith("the answer has changed: the graph has changed (")


def test_changed_graph_with_the_same_answer_is_told(project: Path) -> None:
    """A change elsewhere leaves the answer as it was."""
    cited = cbrngraph.open(project).cite("titles")
    _edit(project / "data" / "reference" / "toy.ttl", "The North", "North")
    recalled = cbrngraph.open(project).recall(cited.id)
    assert (recalled.same_answer, recalled.same_graph) == (True, False)
    assert str(recalled).startswith("same answer: the graph has changed (")


def test_changed_query_is_told(project: Path) -> None:
    """Another text of the stored query: said so, with what became of the answer."""
    cited = cbrngraph.open(project).cite("titles")
    path = project / "queries" / "toy" / "titles.rq"
    _edit(path, "ORDER BY ?project", "ORDER BY DESC(?project)")
    recalled = cbrngraph.open(project).recall(cited.id)
    assert (recalled.same_answer, recalled.same_query) == (True, False)
    assert "the query has changed" in str(recalled)
    _edit(path, "SELECT ?project ?title {", "SELECT ?project {")
    assert not cbrngraph.open(project).recall(cited.id).same_answer


def test_lost_query_or_parameter_is_an_error(project: Path) -> None:
    """What cannot be asked any more is one clear error."""
    cited = cbrngraph.open(project).cite("titles")
    with pytest.raises(UnknownNameError, match="--project"):
        cbrngraph.open().recall(cited.id)
    _edit(project / "queries" / "toy" / "titles.rq", "name: title", "name: titel")
    with pytest.raises(UsageError, match="has no parameter title any more"):
        cbrngraph.open(project).recall(cited.id)


def test_query_text_comes_again_or_from_the_file(graph: Graph, tmp_path: Path) -> None:
    """A text that is not stored is given again, or kept in the CSL-JSON file."""
    text = "SELECT ?p { ?p a cbrn:RegionalSecretariat }"
    cited = graph.cite(text)
    assert cited.id.startswith("sparql:current:q")
    with pytest.raises(UsageError, match="not stored"):
        graph.recall(cited.id)
    assert graph.recall(cited.id, text).same_answer
    assert not graph.recall(cited.id, text + " LIMIT 1").same_answer
    path = tmp_path / "answer.json"
    path.write_text(cited.csl_json(), encoding="utf-8")
    assert graph.recall(str(path)).same_answer
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(ReadError, match="no citation file"):
        graph.recall(str(path))
    with pytest.raises(ReadError, match="No such file"):
        graph.recall(str(tmp_path / "none.json"))


def test_cut_off_answer_cannot_be_cited(graph: Graph) -> None:
    """An answer cut by a limit is no answer to cite."""
    with pytest.raises(UsageError, match="cut off"):
        graph.query("projects-by-country", limit=1).cite()


def test_order_of_rows_and_blank_nodes_do_not_count(project: Path) -> None:
    """An answer is a set of rows; labels of blank nodes are chance."""
    graph = cbrngraph.open(project)
    ids = {
        graph.cite("SELECT ?s { ?s dcterms:title ?t } ORDER BY " + order).address.answer
        for order in ("?s", "DESC(?s)")
    }
    assert len(ids) == 1
    query = "SELECT (BNODE() AS ?b) { ?s a cbrn:Project }"
    assert graph.recall(graph.cite(query).id, query).same_answer


# --- sources ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["national-action-plans", "projects-per-implementer", "consortium-leads"]
)
def test_sources_are_those_of_the_rows(graph: Graph, name: str) -> None:
    """What --evidence tells beside each row is in the list of sources, and nothing is missing."""
    result = graph.query(name)
    cited = result.cite()
    listed = {source.slug for source in cited.ground.sources}
    beside = {
        part.split(" ")[0]
        for row in with_sources(graph.query(name))
        for part in row["evidence"].split("; ")
        if part and "/" not in part
    }
    assert beside
    assert beside <= listed
    assert cited.ground.complete


def test_one_row_rests_on_its_own_sources(toy_graph: Graph) -> None:
    """A value of one source rests on that one, reference data on its file."""
    title = toy_graph.cite('SELECT ?p { ?p dcterms:title "New title" }')
    assert [source.slug for source in title.ground.sources] == ["second"]
    assert title.ground.files == ()
    label = toy_graph.cite('ASK { ?p skos:prefLabel "The North"@en }')
    assert (label.ground.sources, label.ground.files) == ((), ("data/reference/toy",))
    assert label.ground.complete


def test_what_is_said_of_sources_is_told_apart(graph: Graph) -> None:
    """Rows about the documents themselves rest on how the data describes them."""
    cited = graph.cite("documents-with-checksum")
    assert (cited.ground.sources, cited.ground.descriptions) == ((), True)
    assert "It rests on the data's own description of its sources." in cited.text()


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("CONSTRUCT { ?p a ?t } WHERE { ?p cbrn:coversRegion ?t }", ["second"]),
        (f"DESCRIBE <{BASE}id/project/T1>", ["first", "second"]),
        ('ASK { ?p dcterms:title "no such title" }', []),
        ('SELECT ?p { ?p dcterms:title "no such title" }', []),
    ],
)
def test_every_form_tells_its_sources(toy_graph: Graph, query: str, slugs: list[str]) -> None:
    """A construction rests on its pattern, a description on its triples, a no on nothing."""
    cited = toy_graph.cite(query)
    assert [source.slug for source in cited.ground.sources] == slugs
    assert cited.ground.complete


# --- forms --------------------------------------------------------------------------------

ENTRY = re.compile(r"@(\w+)\{([^\s,{}]+),\n(.*?)\n\}\n", re.DOTALL)
FIELD = re.compile(r"  (\w+) = (\{.*\}|[a-z]{3})(?:,|$)")


def entries(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield key and fields of each entry; fails on anything that BibTeX would stumble over."""
    assert ENTRY.sub("", text).strip() == ""
    for kind, key, body in ENTRY.findall(text):
        assert kind == "misc"
        fields: dict[str, str] = {}
        for line in body.split("\n"):
            found = FIELD.fullmatch(line)
            assert found, line
            value = found[2]
            bare = re.sub(r"\\[\\{}$&%#_]|\\text\w+\{\}", "", value)
            depth = 0
            for place, character in enumerate(bare):
                depth += (character == "{") - (character == "}")
                assert depth > 0 or place == len(bare) - 1 or not value.startswith("{"), line
            assert depth == 0, line
            if found[1] != "url":
                assert not re.search(r"[$&%#_^~\\]", bare), line
            fields[found[1]] = value
        yield key, fields


def test_bibtex_is_well_formed_and_lists_the_sources(graph: Graph) -> None:
    """One entry for the result and one for each source, each with a key of its own."""
    cited = graph.cite("projects-by-country", country="UZB")
    found = list(entries(cited.bibtex()))
    keys = [key for key, _ in found]
    assert len(set(keys)) == len(keys) == 1 + len(cited.ground.sources) > 5
    key, fields = found[0]
    assert key == f"cbrngraph-projects-by-country-a{cited.address.answer}"
    assert fields["url"] == f"{{{cited.iri}}}"
    assert (
        fields["title"] == "{{Which projects does a country take part in? (Country: Uzbekistan)}}"
    )
    assert cited.snapshot in fields["note"]


def test_titles_cannot_break_out(project: Path) -> None:
    """The signs of TeX stay text, and no form passes on what could steer a terminal."""
    path = project / "data" / "sources" / "toy.trig"
    _edit(path, '"Second report"', r'"A_b {c} \\ 50 % ~ ^ $\u001B[31m"')
    cited = cbrngraph.open(project).cite("titles")
    title = dict(entries(cited.bibtex()))["cbrngraph-source-second"]["title"]
    assert title.startswith(
        r"{{A\_b \{c\} \textbackslash{} 50 \% \textasciitilde{} \textasciicircum{} \$"
    )
    for shown in (cited.text(), cited.markdown(), cited.bibtex(), cited.csl_json()):
        assert "\x1b" not in shown


CSL_STRINGS = {"id", "type", "title", "container-title", "version", "URL", "note", "references"}


def _check_csl(items: list[dict[str, Any]]) -> None:
    """Check items against what the CSL-JSON schema 1.0.2 says of the fields in use."""
    for item in items:
        assert set(item) <= CSL_STRINGS | {"author", "issued", "custom"}
        assert {"id", "type"} <= set(item)
        assert item["type"] in ("dataset", "document")
        assert all(isinstance(item[name], str) for name in CSL_STRINGS & set(item))
        assert all(set(name) == {"literal"} for name in item.get("author", []))
        date = item.get("issued", {})
        assert set(date) <= {"date-parts", "season", "circa", "literal"}
        for parts in date.get("date-parts", []):
            assert 1 <= len(parts) <= 3
            assert all(isinstance(part, int) for part in parts)


def test_csl_json_is_valid(graph: Graph) -> None:
    """The result is a data set, each source a document; dates are as precise as the source."""
    cited = graph.cite("projects-by-country", country="UZB")
    items = json.loads(cited.csl_json())
    _check_csl(items)
    assert [item["id"] for item in items[1:]] == [source.slug for source in cited.ground.sources]
    dates = {item["id"]: item.get("issued") for item in items}
    assert dates["fs2023"] == {"date-parts": [[2023, 5]]}
    assert dates["fs2025"] == {"date-parts": [[2025]]}
    assert items[0]["custom"]["citation"] == items[0]["id"] == cited.id


@pytest.mark.parametrize(
    ("issued", "expected"),
    [
        ("2020?", {"date-parts": [[2020]], "circa": True}),
        ("2020-22", {"date-parts": [[2020]], "season": 2}),
        ("2020/2021", {"literal": "2020/2021"}),
        ("", None),
    ],
)
def test_csl_dates_of_uncertain_sources(toy_graph: Graph, issued: str, expected: Any) -> None:
    """Seasons, doubt and intervals are told as such."""
    cited = toy_graph.cite("ASK { ?p a cbrn:Project }")
    items = json.loads(replace(cited, date=issued).csl_json())
    _check_csl(items)
    assert items[0].get("issued") == expected


def test_citation_reads_no_clock(graph: Graph) -> None:
    """The date is that of the newest source of the view; two citations are the same text."""
    one, two = (graph.as_of("2023-05").cite("national-action-plans") for _ in range(2))
    assert one == two
    assert one.date <= "2023-05-31"
    assert graph.cite("national-action-plans").date > one.date
    assert one.text() == two.text()


def test_own_project_is_not_cited_as_the_shipped_data(project: Path) -> None:
    """Another project's graph bears its folder's name, and neither author nor version."""
    cited = cbrngraph.open(project).cite("titles")
    assert (cited.dataset.name, cited.dataset.author, cited.dataset.version) == ("toy", "", "")
    assert cited.text().startswith("toy (2022). Which projects have a title")


def test_text_and_markdown_tell_how_to_ask_again(graph: Graph) -> None:
    """Both end with the command; a text that is not stored stands below it."""
    cited = graph.cite("national-action-plans")
    assert f"cbrngraph query --cite {cited.id}\n" in cited.text()
    assert f"`cbrngraph query --cite {cited.id}`" in cited.markdown()
    for source in cited.ground.sources:
        assert f"[{source.slug}]" in cited.text()
    inline = graph.cite("ASK { ?p a cbrn:Project }")
    assert inline.text().endswith("FILE.rq\n\nASK { ?p a cbrn:Project }\n")
    assert "```sparql\nASK" in inline.markdown()


# --- the command line ---------------------------------------------------------------------


def test_cite_then_query_again(run_main: Callable[..., Any], tmp_path: Path) -> None:
    """What `cite` prints, `query --cite` asks again: same rows, verdict on stderr, 0."""
    options = ("projects-by-country", "--param", "country=UZB", "--as-of", "2023-05")
    ran = run_main("cite", *options)
    assert ran.code == 0
    assert ran.err.startswith("cbrngraph: as of 2023-05: ")
    assert ran.err.count("\n") == 1
    (command,) = [line for line in ran.out.splitlines() if line.startswith("Ask again: ")]
    again = run_main(*command.removeprefix("Ask again: cbrngraph ").split(), "--format", "csv")
    plain = run_main("query", *options, "--format", "csv")
    assert (again.code, again.out) == (0, plain.out)
    assert "cbrngraph: same answer: same query, same graph (" in again.err
    path = tmp_path / "cited.bib"
    assert run_main("cite", *options, "-o", str(path)).code == 0
    assert len(list(entries(path.read_text("utf-8")))) > 1


def test_changed_answer_is_a_finding(project: Path, run_main: Callable[..., Any]) -> None:
    """The new answer is printed all the same, and the exit code is 1."""
    cited = cbrngraph.open(project).cite("titles", title="*")
    _edit(project / "data" / "sources" / "toy.trig", '"New title"', '"Newer title"')
    ran = run_main("query", "--cite", cited.id, "--project", str(project))
    assert ran.code == 1
    assert "Newer title" in ran.out
    assert "the answer has changed" in ran.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("query",), "--cite ID"),
        (("query", "--cite", "x"), "no citation id"),
        (("query", "--cite", "x", "--limit", "3", "--as-of", "2023"), "leave out"),
        (("cite", "national-action-plans", "--format", "bibtext"), "bibtex"),
        (("cite", "national-action-plans", "-o", "x.html"), "no form of a citation"),
        (("cite", "national-action-plan"), "national-action-plans"),
        (("cite", "national-action-plans", "--param", "nothing=1"), "unknown parameter"),
    ],
)
def test_wrong_usage(run_main: Callable[..., Any], words: tuple[str, ...], told: str) -> None:
    """Each is one clear message, and 2."""
    ran = run_main(*words)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err


def test_text_hash_sees_every_token() -> None:
    """Two queries that differ in one token differ in their hash."""
    from cbrngraph.evidence.address import text_hash

    one, two = (read_query(f"ASK {{ ?s ?p {n} }}") for n in (1, 2))
    assert text_hash(one) != text_hash(two)
