"""An empty answer says why it is empty."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cbrngraph.evidence.absence import Absence, absence, absence_object
from cbrngraph.graph import Graph
from cbrngraph.namespaces import CBRN

TOY = """\
@base <https://w3id.org/cbrngraph/> .
@prefix cbrn: <https://w3id.org/cbrngraph/ontology#> .
<source/third> a cbrn:SourceDocument .
<source/third#p> a cbrn:Passage ; cbrn:partOf <source/third> .
<source/third#p> { <id/project/T1> cbrn:statesNone cbrn:hasBudget . }
"""


def _why(graph: Graph, text: str) -> Absence:
    found = absence(graph.query(text))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("SELECT * { <id/project/P999> cbrn:status ?s }", "unknown", "knows nothing of"),
        ("SELECT * { ?p cbrn:hasBugdet ?b }", "unknown", "no property is called cbrn:hasBugdet"),
        ("SELECT * { ?p cbrn:statesNone ?b }", "unknown", "no source states states none"),
        ("SELECT * { <id/project/P031> cbrn:hasBudget ?b }", "not covered", "covers funding of"),
        (
            "SELECT * { ?p cbrn:planOf <id/country/KAZ> }",
            "not stated",
            "fs2025, fs2023 cover plans",
        ),
        ("SELECT * { ?s cbrn:hostedBy ?h . ?h cbrn:isoAlpha2 ?c }", "no match", "nothing matches"),
        (
            'SELECT * { ?r a cbrn:Region ; cbrn:regionCode ?c FILTER(?c = "XX") }',
            "excluded",
            "FILTER",
        ),
        ("SELECT * { ?r a cbrn:Region MINUS { ?r cbrn:regionCode ?c } }", "excluded", "MINUS"),
        ("ASK { <id/project/P031> cbrn:hasBudget ?b }", "not covered", "funding"),
        ("CONSTRUCT WHERE { <id/project/P031> cbrn:hasBudget ?b }", "not covered", "funding"),
        (
            "SELECT ?c { ?c cbrn:participatesIn ?p } GROUP BY ?c HAVING(COUNT(?p) > 999)",
            "excluded",
            "conditions together",
        ),
        (
            """SELECT * { ?m cbrn:memberCountry <id/country/UZB> ;
                 cbrn:memberOfRegion <id/region/middle-east> }""",
            "not stated",
            "membership",
        ),
    ],
)
def test_kind_of_absence(graph: Graph, text: str, kind: str, message: str) -> None:
    """Each reason for an empty answer is told apart, with the part that nothing matches."""
    found = _why(graph, text)
    assert (found.kind, message in found.message) == (kind, True), found.message
    assert found.gap.pattern


def test_an_answer_has_no_absence(graph: Graph) -> None:
    """Where there is an answer there is nothing to explain."""
    assert absence(graph.query("SELECT * { ?r a cbrn:Region }")) is None
    assert absence(graph.query("ASK { ?r a cbrn:Region }")) is None


def test_a_query_beyond_explanation_is_still_answered(graph: Graph) -> None:
    """A very long condition has an empty answer and no reason, and no error."""
    long = " || ".join(f"?c = {number}" for number in range(1200))
    assert absence(graph.query(f"SELECT ?c {{ ?r cbrn:regionCode ?c FILTER({long}) }}")) is None


def test_only_the_part_without_a_match_is_blamed(graph: Graph) -> None:
    """Patterns that do match are left out of the explanation."""
    found = _why(
        graph,
        "SELECT * { ?p a cbrn:Project ; cbrn:status ?s . <id/project/P031> cbrn:hasBudget ?b . "
        "?p dcterms:title ?t }",
    )
    assert found.gap.properties == (CBRN.hasBudget,)
    assert "status" not in found.gap.pattern


def test_parameter_values_are_put_in(graph: Graph) -> None:
    """A bound VALUES row names the thing that is asked for."""
    result = graph.as_of("2016").query("projects-by-country", country="AFG")
    found = absence(result)
    assert found is not None
    assert [thing.rpartition("/")[2] for thing in found.gap.things] == ["AFG"]
    assert "Afghanistan" in found.message


def test_sources_of_later_cover_nothing_earlier(graph: Graph) -> None:
    """As of 2018 no fact sheet had been issued, so none can be said to cover plans."""
    found = absence(graph.as_of("2018").query("SELECT * { ?p cbrn:planOf <id/country/MNG> }"))
    assert found is not None
    assert not {source.slug for source in found.sources} & {"fs2023", "fs2025"}


def test_a_source_that_says_none(toy: Path, tmp_path: Path) -> None:
    """What a passage says not to be is told as said, with the passage."""
    import shutil

    import cbrngraph

    folder = tmp_path / "project"
    shutil.copytree(toy, folder)
    (folder / "data" / "sources" / "third.trig").write_text(TOY, encoding="utf-8")
    graph = cbrngraph.open(folder, store="memory")
    found = _why(graph, "SELECT * { <id/project/T1> cbrn:hasBudget ?b }")
    assert found.kind == "stated none"
    assert [passage.source.slug for passage in found.passages] == ["third"]
    # The inverse asks the same.
    assert _why(graph, "SELECT * { ?b cbrn:budgetOf <id/project/T1> }").kind == "stated none"


def test_objects_tell_the_coverage(graph: Graph) -> None:
    """In JSON the covering sources have their declared periods."""
    found = _why(graph, "SELECT * { ?p cbrn:planOf <id/country/KAZ> }")
    told = absence_object(graph.snapshot.store, found)
    assert json.loads(json.dumps(told)) == told
    sheet = next(source for source in told["sources"] if source["slug"] == "fs2023")
    assert (sheet["covers_from"], sheet["covers_until"]) == ("2013-01-01", "2023-05-31")
    assert told["groups"] == ["plans"]


def test_every_property_of_the_sheet_has_a_group(graph: Graph) -> None:
    """No property that a claims sheet can fill is outside of coverage."""
    store = graph.snapshot.store
    rows = store.select(
        f"SELECT ?p {{ ?p <{CBRN.sheetName}> ?n FILTER NOT EXISTS "
        f"{{ ?p <{CBRN.propertyGroup}> ?g }} FILTER NOT EXISTS {{ ?p a <{CBRN.SheetMapping}> }} }}"
    ).rows
    assert [str(row[0]) for row in rows] == []


def test_command_notes_and_json_carry_the_reason(run: Callable[..., Any]) -> None:
    """One line on stderr, and a member of the JSON; the answer itself stays empty and valid."""
    ask = ("query", "SELECT ?b { <id/project/P031> cbrn:hasBudget ?b }", "--format")
    ran = run(*ask, "csv")
    assert (ran.code, ran.out.strip()) == (0, "b")
    assert ran.err.startswith("cbrngraph: no answer: no source covers funding")
    assert ran.err.count("\n") == 1
    told = json.loads(run(*ask, "json").out)
    assert told["results"]["bindings"] == []
    assert told["absence"]["kind"] == "not covered"
    no = json.loads(run("query", "ASK { <id/project/P999> ?p ?o }", "--format", "json").out)
    assert (no["boolean"], no["absence"]["kind"]) == (False, "unknown")
