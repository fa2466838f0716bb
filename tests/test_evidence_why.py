"""Why a row, a statement or a thing: the passages behind it, on the shipped graph and on toys."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cbrngraph.build import open_snapshot, parse_view
from cbrngraph.errors import QueryError, UnknownNameError, UsageError
from cbrngraph.evidence.naming import find_property, find_statement, is_statement
from cbrngraph.evidence.outline import outline
from cbrngraph.evidence.proof import Absent, Statement, Unexplained, leaves
from cbrngraph.evidence.rulebook import rules_of
from cbrngraph.evidence.telling import objects, quads, words_for
from cbrngraph.evidence.why import Explanation, why_row, why_statement, why_thing
from cbrngraph.graph import Graph
from cbrngraph.model import IRI
from cbrngraph.names.lookup import find_thing
from cbrngraph.namespaces import CBRN
from cbrngraph.queries import read_query
from cbrngraph.resources import Project


def _why(graph: Graph, text: str, number: int = 1, **given: str) -> Explanation:
    return why_row(graph.snapshot, read_query(text), number, given)


def _slugs(one: Explanation) -> set[str]:
    return {passage.source.slug for passage in one.passages.values()}


def test_row_rests_on_the_passage_that_states_it(graph: Graph) -> None:
    """A plain triple is explained by its passages: document, place and excerpt."""
    one = _why(graph, "SELECT ?host { <id/secretariat/rs-central-asia> cbrn:hostedBy ?host }")
    (passage,) = one.passages.values()
    assert passage.source.slug == "fs2023"
    assert passage.start_line == 11
    assert passage.excerpt.startswith("Inspectorate on Control")
    assert [{fact.graph for fact in facts} for facts in one.sets.sets] == [{passage.iri}]
    assert one.sets.sound


def test_entailed_statement_goes_down_to_stated_ones(graph: Graph) -> None:
    """A property chain is told by its rule and premises, which end in passages."""
    one = _why(graph, "SELECT * { <id/country/UZB> cbrn:participatesIn <id/project/P087> }")
    (statement,) = [leaf for leaf in leaves(one.proof) if isinstance(leaf, Statement)]
    assert not statement.facts
    assert {e.rule for e in statement.entailments} >= {"prp-spo2"}
    assert one.passages
    for facts in one.sets.sets:
        assert facts
        assert all(fact.graph in one.passages for fact in facts)


def test_every_stored_query_can_be_explained(graph: Graph) -> None:
    """The first row of each stored query is explained, and no part is given up."""
    explained = 0
    for query in graph.queries:
        result = graph.query(query.slug, limit=1)
        if result.kind != "select" or not len(result):
            continue
        one = why_row(result.snapshot, query, 1, limit=20)
        given_up = [leaf for leaf in leaves(one.proof) if isinstance(leaf, Unexplained)]
        assert given_up == [], query.slug
        explained += 1
    assert explained > 40


def test_absence_is_named(graph: Graph) -> None:
    """What OPTIONAL, MINUS and NOT EXISTS did not find is told as absent."""
    one = _why(
        graph,
        """SELECT ?p { ?p a cbrn:Project OPTIONAL { ?p cbrn:noSuchThing ?x } FILTER(!BOUND(?x))
           MINUS { ?p cbrn:alsoNotThere ?y } FILTER NOT EXISTS { ?p cbrn:neither ?z } }""",
    )
    kinds = {leaf.kind for leaf in leaves(one.proof) if isinstance(leaf, Absent)}
    assert kinds == {"optional", "minus", "not exists"}


def test_aggregate_rests_on_the_rows_of_its_group(graph: Graph) -> None:
    """A count is explained by every counted row."""
    one = _why(
        graph,
        """SELECT ?region (COUNT(DISTINCT ?country) AS ?n)
           { ?m cbrn:memberOfRegion ?region ; cbrn:memberCountry ?country }
           GROUP BY ?region ORDER BY ?region""",
    )
    assert one.row is not None
    number = int(str(one.row["n"]))
    assert number > 1
    countries = {
        fact.triple.object
        for facts in one.sets.sets
        for fact in facts
        if fact.triple.predicate == CBRN.memberCountry
    }
    assert len(countries) == number


def test_limit_says_what_was_not_followed(graph: Graph) -> None:
    """A group cut at the limit is said to be cut, and promises nothing."""
    query = read_query("SELECT (COUNT(*) AS ?n) { ?p a cbrn:Project }")
    one = why_row(graph.snapshot, query, 1, limit=3)
    assert not one.sets.sound
    text = outline(one, words_for(graph.snapshot.store, [one]))
    assert "more rows, not followed" in text


def test_rows_of_a_group_are_told_apart(graph: Graph) -> None:
    """Each row of a group stands under what tells it apart; what all share comes once."""
    one = _why(
        graph,
        """SELECT ?region (COUNT(DISTINCT ?country) AS ?n) {
             ?region a cbrn:Region . ?m cbrn:memberOfRegion ?region ; cbrn:memberCountry ?country
             OPTIONAL { ?region cbrn:noSuchThing ?x FILTER(?x > 1) } FILTER(?country != ?region)
           } GROUP BY ?region HAVING (COUNT(DISTINCT ?country) > 2) ORDER BY ?region""",
    )
    assert one.row is not None
    number = int(str(one.row["n"]))
    lines = outline(one, words_for(graph.snapshot.store, [one])).splitlines()
    assert sum(line.startswith("  ?country = country:") for line in lines) == number > 2
    assert lines[:2] == [f"COUNT(DISTINCT ?country) over the group = {number}", "  in each"]
    region = [line for line in lines if "· type · region" in line]
    assert len(region) == 1
    absent = [line for line in lines if "noSuchThing" in line]
    assert len(absent) == 1
    assert "FILTER((?x > 1))" in absent[0]
    condition = f"(COUNT(DISTINCT ?country) > 2) with COUNT(DISTINCT ?country) = {number}"
    assert f"computed: {condition}" in lines
    for passage in one.passages.values():
        full = [line for line in lines if f"({passage.source.slug}), " in line]
        assert len(full) == 1, "a document is named in full once"


def test_graph_variable_names_the_passage(graph: Graph) -> None:
    """With GRAPH ?g the row rests on that passage alone."""
    one = _why(
        graph,
        "SELECT ?g ?v { GRAPH ?g { <id/figure/central-asia-projects-total> cbrn:figureValue ?v } } "
        "ORDER BY ?g",
    )
    assert one.row is not None
    assert set(one.passages) == {one.row["g"]}


def test_yes_of_an_ask_is_row_one(graph: Graph) -> None:
    """An ASK that is true is explained as row 1."""
    one = _why(graph, "ASK { <id/country/UZB> cbrn:participatesIn ?project }")
    assert one.passages


@pytest.mark.parametrize(
    ("text", "number", "message"),
    [
        ("SELECT * { <id/country/UZB> cbrn:noSuchThing ?x }", 1, "an empty answer"),
        ("SELECT * { <id/country/UZB> cbrn:isoAlpha3 ?x }", 2, "1 row"),
        ("SELECT ?r { ?r a cbrn:Region }", 9, "8 rows"),
        ("SELECT ?r { ?r a cbrn:Region }", 0, "rows are counted from 1"),
        ("ASK { <id/country/UZB> cbrn:noSuchThing ?x }", 1, "an empty answer"),
    ],
)
def test_a_row_that_is_not_there(graph: Graph, text: str, number: int, message: str) -> None:
    """A row number that does not exist is refused with the number of rows."""
    with pytest.raises(UsageError, match=message):
        _why(graph, text, number)


def test_construct_cannot_be_explained(graph: Graph) -> None:
    """Only rows can be explained."""
    with pytest.raises(QueryError, match="only rows of a SELECT"):
        _why(graph, "CONSTRUCT { ?s a cbrn:Project } WHERE { ?s a cbrn:Project }")


def test_statement_names_its_rivals(graph: Graph) -> None:
    """A single-valued statement shows the values not taken, and by which rule."""
    triple = find_statement(graph.snapshot, "rs-central-asia hostedBy UZ-INSPECTORATE-MGI")
    one = why_statement(graph.snapshot, triple)
    assert one.holds
    (rival,) = one.rivals
    assert str(rival.statement.triple.object).endswith("SANOATGEOKONTEXNAZORAT")
    assert rival.rule.startswith("the latest statement")
    assert not rival.taken


def test_statement_that_lost_is_told_to_have_lost(graph: Graph) -> None:
    """A stated value that the view did not take does not hold, and shows what was taken."""
    triple = find_statement(graph.snapshot, "rs-central-asia hostedBy SANOATGEOKONTEXNAZORAT")
    one = why_statement(graph.snapshot, triple)
    assert not one.holds
    assert _slugs(one) == {"unicri-ca-opening", "fs2023"}
    assert [rival.taken for rival in one.rivals] == [True]


def test_statement_of_nobody(graph: Graph) -> None:
    """What nobody states does not hold."""
    triple = find_statement(graph.snapshot, "UZB cbrn:hostedBy P087")
    one = why_statement(graph.snapshot, triple)
    assert not one.holds
    assert isinstance(one.proof, Absent)
    text = outline(one, words_for(graph.snapshot.store, [one]))
    assert text.startswith("absent: no source states, and no rule entails, { country:UZB")


def test_thing_is_explained_property_by_property(graph: Graph) -> None:
    """Each statement about a thing has its explanation."""
    thing = find_thing(graph.snapshot, "rs-central-asia")
    told = why_thing(graph.snapshot, thing, IRI(CBRN.established))
    assert [str(triple.object) for triple, _ in told] == ["2015-07-17"]
    assert all(one.holds for _, one in why_thing(graph.snapshot, thing))
    with pytest.raises(UnknownNameError, match="has:"):
        why_thing(graph.snapshot, thing, IRI(CBRN.amount))


def test_as_of_view_explains_by_what_was_known(graph: Graph) -> None:
    """In a view as of 2018 the host rests on the older passage."""
    snapshot = graph.as_of("2018").snapshot
    query = read_query("SELECT ?host { <id/secretariat/rs-central-asia> cbrn:hostedBy ?host }")
    assert _slugs(why_row(snapshot, query, 1)) == {"unicri-ca-opening"}


def test_kept_rules_are_the_compiled_ones(graph: Graph) -> None:
    """What lies beside the snapshot is what the ontology's files give."""
    rules_of(graph.snapshot)
    assert rules_of(graph.snapshot) == graph.snapshot.rules


def test_objects_tell_every_premise_once(graph: Graph) -> None:
    """In JSON each statement has an id, and every id that is named is told."""
    one = _why(graph, "SELECT * { <id/country/UZB> cbrn:participatesIn ?p } ORDER BY ?p")
    told: dict[str, Any] = json.loads(
        json.dumps(objects(one, words_for(graph.snapshot.store, [one])))
    )
    ids = [statement["id"] for statement in told["statements"]]
    assert len(ids) == len(set(ids))
    named = {p for s in told["statements"] for e in s["entailed"] for p in e["premises"]}
    assert named
    assert named <= set(ids)
    assert {"slug", "title", "locator", "excerpt"} <= set(
        next(s["passages"][0] for s in told["statements"] if s["passages"])
    )


def test_quads_hold_the_facts_and_who_states_them(graph: Graph) -> None:
    """As TriG an explanation has the facts in their passages and the passages' descriptions."""
    one = _why(graph, "SELECT ?host { <id/secretariat/rs-central-asia> cbrn:hostedBy ?host }")
    found = list(quads(one, graph.snapshot.store))
    assert any(quad.predicate == CBRN.hostedBy and quad.graph in one.passages for quad in found)
    assert any(quad.predicate == CBRN.excerpt and quad.graph is None for quad in found)
    assert any(quad.predicate == CBRN.sha256 for quad in found)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("hostedBy", CBRN.hostedBy),
        ("host-organisation", CBRN.hostedBy),
        ("hosted by", CBRN.hostedBy),
        ("cbrn:hostedBy", CBRN.hostedBy),
        (f"<{CBRN.hostedBy}>", CBRN.hostedBy),
        ("a", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
    ],
)
def test_property_by_any_of_its_names(graph: Graph, text: str, name: str) -> None:
    """A property is found by IRI, CURIE, local name, sheet name or label."""
    assert find_property(graph.snapshot.store, text) == name


@pytest.mark.parametrize("text", ["hostedBi", "cbrn:hostedBi", f"<{CBRN.hostedBy}i>"])
def test_property_that_is_not_there_suggests(graph: Graph, text: str) -> None:
    """A near miss names what comes near, as it is written, however it was named."""
    with pytest.raises(UnknownNameError, match="did you mean hostedBy"):
        find_property(graph.snapshot.store, text)


def test_statement_text_is_told_from_a_name(graph: Graph) -> None:
    """Three parts with a property in the middle are a statement; a name of three words is not."""
    assert is_statement("UZB cbrn:participatesIn P087")
    assert is_statement('P087 cbrn:start "2021-07"^^xsd:gYearMonth')
    assert not is_statement("Central Asia Region")
    assert not is_statement("rs-central-asia")
    triple = find_statement(graph.snapshot, "P087 cbrn:start 2021-07")
    assert graph.snapshot.store.contains(triple)


def test_reference_data_is_named_by_its_file(toy: Path) -> None:
    """A fact of a reference file rests on that file, not on a passage."""
    snapshot = open_snapshot(Project.open(toy), parse_view())
    thing = find_thing(snapshot, "T1")
    label = next(
        one for triple, one in why_thing(snapshot, thing) if triple.predicate.endswith("prefLabel")
    )
    assert not label.passages
    text = outline(label, words_for(snapshot.store, [label]))
    assert "stated in data/reference/" in text


def test_command_explains_a_row(run: Callable[..., Any]) -> None:
    """`why QUERY --row N` prints the evidence, and JSON the same."""
    ran = run("why", "projects-by-country", "--param", "country=UZB", "--row", "1")
    assert ran.code == 0
    assert "participates in" in ran.out
    assert "smallest set" in ran.out
    told = json.loads(
        run("why", "projects-by-country", "-p", "country=UZB", "--row", "1", "--format", "json").out
    )
    assert told["row"]["country"]["slug"] == "UZB"
    assert told["sources"]


def test_command_explains_things_and_statements(run: Callable[..., Any]) -> None:
    """`why THING PROPERTY` and `why 'S P O'`; 1 when a statement does not hold."""
    assert "fs2023" in run("why", "rs-central-asia", "hostedBy").out
    assert run("why", "rs-central-asia hostedBy SANOATGEOKONTEXNAZORAT").code == 1
    assert run("why", "P087", "--format", "md").out.startswith("- ")
    assert "cbrn:excerpt" in run("why", "P087", "start", "--format", "trig").out


def test_row_that_needs_no_fact_says_so(run_main: Callable[..., Any]) -> None:
    """A row that is computed alone, or counts nothing, rests on no stated fact."""
    for query in ("SELECT (1 AS ?x) {}", "SELECT (COUNT(*) AS ?n) { ?s cbrn:number 0 }"):
        assert "no stated fact is needed" in run_main("why", query, "--row", "1").out


def test_command_refuses_what_cannot_be(run_main: Callable[..., Any]) -> None:
    """A row, thing or property that is not there ends with 2 and one line."""
    for arguments in (
        ("why", "projects-by-country"),
        ("why", "SELECT * { ?s a cbrn:Region }"),
        ("why", "P087", "--param", "country=UZB"),
        ("why", "P087", "--limit", "5"),
        ("why", "projects-by-country", "--row", "1", "--limit", "0"),
        ("why", "UZB cbrn:participateIn P087"),
        ("why", "projects-by-country", "--row", "9999"),
        ("why", "no-such-thing"),
        ("why", "P087", "no-such-property"),
        ("why", "SELECT * { ?s ?p }", "--row", "1"),
    ):
        ran = run_main(*arguments)
        assert ran.code == 2, arguments
        assert ran.err.startswith("cbrngraph: error: "), arguments
        assert "Traceback" not in ran.err
