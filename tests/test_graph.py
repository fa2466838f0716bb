"""The Python facade: views, dates, queries, lookups, interchange."""

from __future__ import annotations

import doctest
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import rdflib

import cbrngraph
from cbrngraph.errors import DateError, ReadError, UnknownNameError, UsageError
from cbrngraph.model import IRI
from cbrngraph.store import parse_file

if TYPE_CHECKING:
    from cbrngraph.graph import Graph

ROOT = Path(__file__).resolve().parent.parent
TITLE = """SELECT ?title {
  <https://w3id.org/cbrngraph/id/project/T1> dcterms:title ?title
} ORDER BY ?title"""


def titles(graph: Graph) -> list[str]:
    """The titles of the toy project in a view."""
    return [row.title for row in graph.query(TITLE)]


def test_a_view_or_date_gives_another_graph(toy_graph: Graph) -> None:
    """Current has one title, all has both, 2021 the one that was known; the first stays."""
    assert titles(toy_graph) == ["New title"]
    assert titles(toy_graph.view("all")) == ["New title", "Old <title>"]
    assert titles(toy_graph.as_of("2021")) == ["Old <title>"]
    assert titles(toy_graph.as_of("2021").view("all")) == ["Old <title>"]
    assert titles(toy_graph) == ["New title"]
    assert repr(toy_graph.as_of("2021")) == "<Graph: current as of 2021>"


def test_a_date_may_be_a_date_or_a_year(toy_graph: Graph, toy: Path) -> None:
    """What Python has for dates is taken as it is; the rest is told in words."""
    for when in ("2021", 2021, date(2021, 12, 31), datetime(2021, 12, 31, 12)):  # noqa: DTZ001
        assert titles(toy_graph.as_of(when)) == ["Old <title>"]
    assert repr(toy_graph.as_of(date(2021, 5, 1))) == "<Graph: current as of 2021-05-01>"
    assert titles(cbrngraph.open(toy, as_of=2021)) == ["Old <title>"]
    for odd in ("", " ", None, True, 20210501, 2021.5, "2021/2022"):
        with pytest.raises(DateError, match=r"date|point in time"):
            toy_graph.as_of(odd)  # type: ignore[arg-type]


def test_date_that_no_source_reaches_is_refused(toy_graph: Graph) -> None:
    """Reference data alone is no answer as of a date."""
    early = toy_graph.as_of("2019")
    with pytest.raises(DateError, match="no source was issued by 2019: all 2 are later"):
        early.query("SELECT * { ?s ?p ?o }")
    with pytest.raises(DateError):
        early.show("T1")


def test_a_query_may_be_a_path(toy_graph: Graph, tmp_path: Path) -> None:
    """A file of SPARQL, whatever its suffix; a missing one is named."""
    path = tmp_path / "titles"
    path.write_text(TITLE)
    assert [row.title for row in toy_graph.query(path)] == titles(toy_graph)
    with pytest.raises(ReadError, match=r"absent\.rq"):
        toy_graph.query(tmp_path / "absent.rq")


def test_what_is_no_text_is_refused_in_words(toy_graph: Graph) -> None:
    """None is no query and no thing."""
    for ask in (toy_graph.query, toy_graph.show, toy_graph.search, toy_graph.timeline):
        with pytest.raises(UsageError, match=rf"{ask.__name__}\(\) takes a text.*, not None"):
            ask(None)  # type: ignore[arg-type]


def test_a_stored_query_is_asked_of_its_own_view(tmp_path: Path, toy: Path) -> None:
    """The header's view holds unless the graph was opened with one."""
    (tmp_path / "queries" / "toy").mkdir(parents=True)
    header = "#+ summary: Titles?\n#+ tags: [toy]\n#+ view: all\n"
    prefix = "PREFIX dcterms: <http://purl.org/dc/terms/>\n"
    (tmp_path / "queries" / "toy" / "titles.rq").write_text(header + prefix + TITLE)
    (tmp_path / "data").symlink_to(toy / "data")
    graph = cbrngraph.open(tmp_path)
    assert len(graph.query("titles")) == 2
    assert len(graph.view("current").query("titles")) == 1
    assert len(cbrngraph.open(tmp_path, view="current").query("titles")) == 1
    assert "titles" in graph.queries
    assert "projects-by-country" in graph.queries


def test_the_issue_s_example_runs(graph: Graph) -> None:
    """A parameter by its slug, a date, a thing by its code."""
    assert graph.query("projects-by-priority", priority="border-control").kind == "select"
    assert graph.as_of("2023-05").query("projects-by-country", country="UZB")
    assert graph.show("P087").thing.slug == "P087"
    assert len(graph.snapshot_id) == 64


def test_unknown_names_are_errors_with_suggestions(graph: Graph, tmp_path: Path) -> None:
    """Views, dates, folders, queries and parameters that do not exist."""
    with pytest.raises(UnknownNameError, match="current"):
        graph.view("curent")
    with pytest.raises(DateError):
        graph.as_of("last year")
    with pytest.raises(ReadError, match="no such folder; a project is the folder"):
        cbrngraph.open(tmp_path / "absent")
    with pytest.raises(UnknownNameError, match="country"):
        graph.query("projects-by-country", contry="UZB")


def test_rdflib_gets_the_view_as_the_files_have_it(toy_graph: Graph) -> None:
    """No literal is rewritten: 012 stays 012."""
    months = rdflib.URIRef("https://w3id.org/cbrngraph/ontology#durationMonths")
    assert [str(o) for o in toy_graph.to_rdflib().objects(None, months)] == ["012"]
    dataset = toy_graph.to_rdflib_dataset()
    passage = dataset.graph(rdflib.URIRef("https://w3id.org/cbrngraph/source/first#p1"))
    assert [str(o) for o in passage.objects(None, months)] == ["012"]
    assert len(dataset.default_graph) == len(toy_graph.to_rdflib())


def test_the_quads_have_every_statement_of_the_files(toy_graph: Graph, toy: Path) -> None:
    """Nothing of a passage is lost on the way out, losers included."""
    stated = {
        quad for quad in parse_file(toy / "data" / "sources" / "toy.trig") if quad.graph is not None
    }
    assert len(stated) == 5
    assert stated <= set(toy_graph.quads())


def test_the_choices_of_a_parameter_are_there(graph: Graph) -> None:
    """A form or notebook can offer them."""
    assert "KAZ" in {one.slug for one in graph.choices("projects-by-country", "country")}
    with pytest.raises(UnknownNameError):
        graph.choices("projects-by-country", "contry")


def test_memory_and_disk_answer_alike(toy: Path) -> None:
    """The place of the store changes no answer and no id."""
    memory, disk = cbrngraph.open(toy, store="memory"), cbrngraph.open(toy, store="disk")
    assert memory.snapshot_id == disk.snapshot_id
    assert titles(memory) == titles(disk)


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import cbrngraph", "pyoxigraph dataclasses argparse"),
        ("import cbrngraph; cbrngraph.open", "rdflib pandas rich xlsxwriter pyshacl owlready2"),
        (
            "import cbrngraph; len(cbrngraph.open().query('projects-by-country'))",
            "rdflib pandas rich xlsxwriter pyshacl owlready2 argparse",
        ),
        (
            "from cbrngraph.cli.main import main; main('query projects-by-country -f csv'.split())",
            "rdflib pandas rich xlsxwriter argcomplete cbrngraph.describe cbrngraph.cli.show",
        ),
        (
            "from cbrngraph.cli.main import main; main(['--version'])",
            "argparse dataclasses pyoxigraph",
        ),
        (
            "from cbrngraph.cli.main import main; main(['query', 'projects-by-country'])",
            "dataclasses inspect rich xlsxwriter rdflib",
        ),
    ],
)
def test_nothing_is_imported_before_it_is_needed(graph: Graph, statement: str, absent: str) -> None:
    """Heavy libraries cost nothing to those who do not use them."""
    code = f"import sys; {statement}; print(*(set({absent.split()!r}) & set(sys.modules)), 'END')"
    assert graph.snapshot_id
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.splitlines()[-1].split() == ["END"]


def test_a_misspelt_attribute_of_the_package_is_an_error() -> None:
    """The late attributes do not hide typos."""
    with pytest.raises(AttributeError, match="opne"):
        _ = cbrngraph.opne
    assert {"open", "Graph"} <= set(dir(cbrngraph))
    assert IRI("http://e/x").local == "x"


def test_a_parameter_called_like_a_word_of_python_gets_an_underscore(tmp_path: Path) -> None:
    """`from_` is the parameter `from`."""
    (tmp_path / "queries" / "toy").mkdir(parents=True)
    header = "#+ summary: X?\n#+ params:\n#+   - name: from\n#+     type: integer\n"
    text = header + "SELECT ?from { VALUES ?from { UNDEF } }"
    (tmp_path / "queries" / "toy" / "echo.rq").write_text(text)
    assert cbrngraph.open(tmp_path).query("echo", from_=5)[0]["from"] == 5


def test_the_examples_of_the_documentation_hold(graph: Graph) -> None:
    """What docs/python.md shows is what happens."""
    assert graph.snapshot_id
    found = doctest.testfile(str(ROOT / "docs" / "python.md"), module_relative=False)
    assert found.attempted > 15
    assert found.failed == 0


def test_the_first_look_runs(graph: Graph) -> None:
    """The script that an analyst starts from works and says something."""
    assert graph.snapshot_id
    script = ROOT / "examples" / "first_look.py"
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "203 sources" in done.stdout or "sources" in done.stdout
    assert "P087" in done.stdout
    assert "triples for rdflib" in done.stdout
