"""What differs between two sides, why, and that the patches make one the other."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from cbrngraph.build import open_snapshot, parse_view
from cbrngraph.errors import DateError, UnknownNameError, UsageError
from cbrngraph.evidence.answers import compare_answers
from cbrngraph.evidence.diff import Diff, compare
from cbrngraph.evidence.diffing import diff_objects, patch
from cbrngraph.evidence.sides import Side, Sides
from cbrngraph.graph import Graph
from cbrngraph.model import View
from cbrngraph.reading import Reading
from cbrngraph.resources import Project


def _diff(project: Project, before: str, after: str) -> Diff:
    sides = Sides(project)
    return compare(sides.find(before), sides.find(after))


def _told(diff: Diff) -> list[tuple[str, str, str, str, str]]:
    objects = diff_objects(diff)
    return [
        (
            thing["slug"],
            change["property"],
            change["change"],
            change["cause"]["kind"],
            (change["after"] or change["before"]).get("value", ""),
        )
        for thing in objects["things"]
        for change in thing["changes"]
    ]


def _edited(folder: Path, target: Path, old: str, new: str) -> Path:
    """A copy of a project with one edit."""
    shutil.copytree(folder, target)
    count = 0
    for path in (target / "data").rglob("*.t*"):
        text = path.read_text(encoding="utf-8")
        count += text.count(old)
        path.write_text(text.replace(old, new), encoding="utf-8")
    assert count == 1, "the edit must hit one place"
    return target


def test_a_new_source_is_the_cause(toy: Path) -> None:
    """Between two dates the source issued in between is why values change and come."""
    diff = _diff(Project.open(toy), "2020", "2022")
    assert _told(diff) == [
        ("T1", "dcterms:title", "changed", "new source", "New title"),
        ("T1", "cbrn:coversRegion", "added", "new source", ""),
    ]
    (changed,) = [change for change in diff.changes if change.sort == "changed"]
    assert "second came in" in changed.cause.words
    assert "the latest statement: 2022" in changed.cause.words
    assert [slug[1:-1].rpartition("/")[2] for slug in diff.new_sources] == ["second"]


def test_back_in_time_the_source_is_left_out(toy: Path) -> None:
    """The other way round the value that was not taken comes back by the rule of resolution."""
    diff = _diff(Project.open(toy), "2022", "2020")
    assert {(kind, why) for _, _, kind, why, _ in _told(diff)} == {
        ("changed", "resolution rule"),
        ("removed", "source left out"),
    }


def test_a_corrected_statement_is_the_cause(toy: Path, tmp_path: Path) -> None:
    """Between two folders a passage that is read otherwise is a correction."""
    other = _edited(toy, tmp_path / "other", '"New title"', '"Newer title"')
    diff = _diff(Project.open(toy), str(toy), str(other))
    assert _told(diff) == [("T1", "dcterms:title", "changed", "corrected statement", "Newer title")]


def test_a_resolution_rule_is_the_cause(toy: Path, tmp_path: Path) -> None:
    """Between two folders a changed date of a passage makes another statement the latest."""
    old = 'cbrn:asOfEarliest "2020-01-01"^^xsd:date'
    other = _edited(toy, tmp_path / "other", old, 'cbrn:asOfEarliest "2024-01-01"^^xsd:date')
    diff = _diff(Project.open(toy), str(toy), str(other))
    (change,) = diff.changes
    assert (change.sort, change.cause.why) == ("changed", "resolution rule")
    assert "2024-01-01 goes before 2022-01-01" in change.cause.words


def test_lexical_forms_count(toy: Path, tmp_path: Path) -> None:
    """A number spelt otherwise differs, though a store would make both the same."""
    other = _edited(toy, tmp_path / "other", '"012"^^xsd:integer', '"12"^^xsd:integer')
    diff = _diff(Project.open(toy), str(toy), str(other))
    assert [change.sort for change in diff.changes] == ["changed"]


def test_reference_data_is_a_cause(toy: Path, tmp_path: Path) -> None:
    """A label in the reference data changes by no source."""
    other = _edited(toy, tmp_path / "other", '"The North"@en', '"Northern region"@en')
    diff = _diff(Project.open(toy), str(toy), str(other))
    assert {change.cause.why for change in diff.changes} == {"reference data"}


def test_same_sides_have_no_difference(toy: Path) -> None:
    """A side differs in nothing from itself, and its patch is empty."""
    diff = _diff(Project.open(toy), "current", "2022")
    assert diff.changes == ()
    assert patch(diff).count("\n") == 4


def test_sources_are_compared_by_what_they_state(graph: Graph) -> None:
    """Two sources: what only one says, and single values that differ."""
    diff = _diff(graph.project, "fs2023", "fs2025")
    told = _told(diff)
    assert ("rs-central-asia", "cbrn:goal", "changed", "another source") in {t[:4] for t in told}
    assert {change for _, _, change, _, _ in told} == {"added", "removed", "changed"}
    figures = [c for c in diff.changes if c.measure and c.thing.endswith("region/central-asia>")]
    assert figures
    assert all(change.thing != change.node for change in figures)


def test_relation_nodes_are_told_with_their_thing(graph: Graph) -> None:
    """A change of a relation node stands under its thing, without its book-keeping."""
    diff = _diff(graph.project, "2023-05", "2025-12")
    assert len(diff.changes) > 100
    assert not [c for c in diff.changes if "/id/figure/" in c.thing]
    assert not [c for c in diff.changes if c.property.endswith(("#bound>", "#unit>", "#measure>"))]
    assert not [c for c in diff.changes if "/source/" in c.thing]


@pytest.mark.parametrize("back", [False, True])
def test_patch_makes_one_side_the_other(graph: Graph, back: bool) -> None:
    """Applying the patch to a side gives the other, and the patch back undoes it."""
    sides = Sides(graph.project)
    before, after = sides.find("2023-05"), sides.find("2025-12")
    start, end = (after, before) if back else (before, after)
    triples = {" ".join(triple) for triple in start.triples}
    for line in patch(compare(before, after), back=back).splitlines():
        sign, _, rest = line.partition(" ")
        if sign == "D":
            triples.remove(rest.removesuffix(" ."))
        elif sign == "A":
            assert rest.removesuffix(" .") not in triples
            triples.add(rest.removesuffix(" ."))
    assert triples == {" ".join(triple) for triple in end.triples}


@pytest.fixture(scope="module")
def sides(graph: Graph) -> dict[str, Side]:
    """Views of the shipped project, read once."""
    found = Sides(graph.project)
    names = ("2014", "2018-06", "2023-05", "2025-12", "current", "all")
    return {name: found.find(name) for name in names}


def test_a_side_is_the_view_that_the_build_makes(graph: Graph, sides: dict[str, Side]) -> None:
    """What a side holds, sorted by source, is what a build of the same view reads."""
    for view in (View("all"), parse_view("current"), parse_view("current", "2018-06")):
        read = Reading.of(graph.project, view)
        side = sides[view.as_of or view.name]
        assert side.triples == set(read.view_triples())
        assert side.passages == {quad[3] for part in read.parts for quad in part.quads}
        assert len(side.sources) == read.counts()["sources"] > 10


def test_views_differ_by_what_only_one_has(sides: dict[str, Side]) -> None:
    """What two views of the same files differ by is found without looking at all they share."""
    differed = 0
    for one, other in permutations(sides.values(), 2):
        beyond = one.beyond(other)
        assert beyond == one.triples - other.triples, (one.label, other.label)
        differed += bool(beyond)
    assert differed > 20


def test_views_differ_also_where_sources_speak_of_sources(toy: Path, tmp_path: Path) -> None:
    """A statement about a source, or of what is told elsewhere, is in a view for two reasons."""
    other = tmp_path / "other"
    shutil.copytree(toy, other)
    (other / "data" / "sources" / "odd.trig").write_text(ODD, encoding="utf-8")
    found = Sides(Project.open(other))
    views = [found.find(name) for name in ("2020", "2021-06", "2022", "current", "all")]
    assert views[1].triples - views[0].triples
    for one, second in permutations(views, 2):
        assert one.beyond(second) == one.triples - second.triples, (one.label, second.label)


ODD = """\
@prefix cbrn: <https://w3id.org/cbrngraph/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix source: <https://w3id.org/cbrngraph/source/> .

source:odd a cbrn:SourceDocument ; dcterms:title "Odd" ;
    cbrn:issuedEarliest "2021-01-01"^^xsd:date ; cbrn:issuedLatest "2021-01-31"^^xsd:date .
<https://w3id.org/cbrngraph/source/odd#p> a cbrn:Passage ; cbrn:partOf source:odd .
<https://w3id.org/cbrngraph/id/project/T1> dcterms:title "Old <title>" .

GRAPH <https://w3id.org/cbrngraph/source/odd#p> {
    source:odd dcterms:title "Odd" .
    source:first a cbrn:SourceDocument ; dcterms:title "Another name" .
    source:second a cbrn:SourceDocument .
    <https://w3id.org/cbrngraph/id/project/T1> dcterms:title "A third title" ,
        "New title" .
}
"""


def test_snapshot_is_a_side(graph: Graph) -> None:
    """The id of the present snapshot names the present files."""
    diff = _diff(graph.project, graph.snapshot_id[:12], "current")
    assert diff.changes == ()


def test_kept_snapshot_of_other_files_is_a_side(
    toy: Path, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A snapshot in the cache whose files are gone is read from its store."""
    monkeypatch.setenv("CBRNGRAPH_CACHE", str(cache))
    other = _edited(toy, tmp_path / "other", '"Old <title>"', '"Oldest title"')
    snapshot = open_snapshot(Project.open(other), parse_view(), "disk")
    shutil.rmtree(other)
    diff = _diff(Project.open(toy), snapshot.id[:12], "current")
    # The title that differs is not the one taken; a store spells the number its own way.
    assert {change.property.rpartition("#")[2] for change in diff.changes} == {"durationMonths>"}


@pytest.mark.parametrize(
    ("side", "error", "message"),
    [
        ("1990", DateError, "no source was issued by 1990; the first is of 2020-12-31"),
        ("2023-13", DateError, "2023-13"),
        ("firts", UnknownNameError, "did you mean first"),
        ("deadbeef99", UnknownNameError, "a side is a date"),
    ],
)
def test_a_side_that_is_none(toy: Path, side: str, error: type[Exception], message: str) -> None:
    """A date before all sources, a bad date and an unknown name are told apart."""
    with pytest.raises(error, match=message):
        Sides(Project.open(toy)).find(side)


def test_answers_are_compared_row_by_row(graph: Graph) -> None:
    """Rows that came, went or changed a value between two dates."""
    before, after = (
        graph.as_of(date).query("projects-by-country", country="UZB")
        for date in ("2020", "2025-12")
    )
    diff = compare_answers(before, after)
    assert diff.same >= 1
    assert {change.sort for change in diff.changes} == {"added", "changed"}
    for change in diff.changes:
        if change.before and change.after:
            assert change.before[:2] == change.after[:2]
    same = compare_answers(after, after)
    assert (len(same.changes), same.same) == (0, len(after))
    with pytest.raises(UsageError, match="SELECT"):
        compare_answers(graph.query("ASK { ?s ?p ?o }"), graph.query("ASK { ?s ?p ?o }"))


def test_command(toy: Path, tmp_path: Path, run: Callable[..., Any]) -> None:
    """`diff` writes tables, JSON and patches, and compares answers."""
    at = ("--project", str(toy))
    assert "New title" in run("diff", "2020", "2022", *at).out
    told = json.loads(run("diff", "2020", "2022", "--format", "json", *at).out)
    assert [thing["slug"] for thing in told["things"]] == ["T1"]
    target = tmp_path / "forward.rdfp"
    assert run("diff", "2020", "2022", "-o", str(target), *at).code == 0
    assert target.read_text("utf-8").startswith('H from "as of 2020" .\n')
    rows = run("diff", "2020", "2022", "--query", "SELECT ?t { ?p dcterms:title ?t }", *at)
    assert "added" in rows.out
    assert "removed" in rows.out


def test_command_says_that_nothing_differs(toy: Path, run_main: Callable[..., Any]) -> None:
    """An empty table alone could be taken for a failure."""
    ran = run_main("diff", "2022", "current", "--project", str(toy))
    assert (ran.code, ran.err) == (0, "cbrngraph: no difference\n")


def test_command_refuses(toy: Path, run: Callable[..., Any]) -> None:
    """What cannot be compared ends with 2 and one message."""
    at = ("--project", str(toy))
    for arguments in (
        ("diff", "2020", "nowhere"),
        ("diff", "2020", "1990"),
        ("diff", "2020", "2022", "--format", "pach"),
        ("diff", "2020", "2022", "--query", "ASK { ?s ?p ?o }"),
        ("diff", "2020", "2022", "--query", "ASK { ?s ?p ?o }", "--format", "patch"),
        ("diff", "2020", "first", "--query", "SELECT * { ?s ?p ?o }"),
        ("diff", "2020", "1990", "--query", "SELECT * { ?s ?p ?o }"),
        ("diff", "2020", "2022", "--param", "country=UZB"),
        ("diff", "2020", "2022", "-o", "changes.ttl"),
    ):
        ran = run(*arguments, *at)
        assert ran.code == 2, arguments
        assert "Traceback" not in ran.err
