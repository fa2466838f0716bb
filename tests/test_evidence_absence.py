"""An empty answer says why it is empty."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, reject, settings

from cbrngraph.errors import ParameterError, QueryError
from cbrngraph.evidence.absence import Absence, absence, absence_object, explain_empty
from cbrngraph.evidence.gap import Gap, find_gap
from cbrngraph.evidence.sparql import parse_query
from cbrngraph.evidence.sparql.algebra import Extend, Filter, Group, Join, LeftJoin, Minus, Values
from cbrngraph.evidence.sparql.node import Node
from cbrngraph.evidence.sparql.write import ask_text, group_text
from cbrngraph.graph import Graph
from cbrngraph.namespaces import CBRN
from cbrngraph.queries import Catalogue, choices
from cbrngraph.store import Store
from tests.test_evidence_why_property import BASE, PASSAGES, graphs, queries
from tests.test_evidence_why_property import Graph as Facts

TOY = """\
@base <https://w3id.org/cbrngraph/> .
@prefix cbrn: <https://w3id.org/cbrngraph/ontology#> .
<source/third> a cbrn:SourceDocument .
<source/third#p> a cbrn:Passage ; cbrn:partOf <source/third> .
<source/third#p> { <id/project/T1> cbrn:statesNone cbrn:hasBudget . }
"""


LONG = 160
SPARQL = re.compile(r"[{}\n]|FILTER|MINUS|VALUES \(|BIND|&&|\|\|")


def _why(graph: Graph, text: str) -> Absence:
    found = absence(graph.query(text))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("SELECT * { <id/project/P999> cbrn:status ?s }", "unknown", "knows nothing of"),
        ("SELECT * { ?p cbrn:hasBugdet ?b }", "unknown", "no property is called cbrn:hasBugdet"),
        (
            "SELECT * { ?p cbrn:statesNone ?b }",
            "unknown",
            "no source states “states none” of anything",
        ),
        ("SELECT * { GRAPH <source/none#x> { ?s ?p ?o } }", "unknown", "no passage is called"),
        ("SELECT * { <id/project/P031> cbrn:hasBudget ?b }", "not covered", "covers funding of"),
        (
            "SELECT * { ?p cbrn:planOf <id/country/KAZ> }",
            "not stated",
            "fs2025 and fs2023 cover plans of Kazakhstan (KAZ), and do not state “plan of”",
        ),
        (
            "SELECT * { ?s cbrn:hostedBy ?h . ?h cbrn:isoAlpha2 ?c }",
            "no match",
            "“hosted by” and “ISO 3166-1 alpha-2 code” are stated, but nothing fits both",
        ),
        (
            'SELECT * { ?r a cbrn:Region ; cbrn:regionCode ?c FILTER(?c = "XX") }',
            "excluded",
            "there are matches, but none where ?c is “XX”",
        ),
        (
            "SELECT * { ?r a cbrn:Region MINUS { ?r cbrn:regionCode ?c } }",
            "excluded",
            "there are matches, but the query leaves out what has “region code”",
        ),
        (
            "SELECT * { ?r a cbrn:Region FILTER NOT EXISTS { ?r cbrn:regionCode ?c } }",
            "excluded",
            "the query leaves out what has “region code”",
        ),
        (
            "SELECT * { ?r a cbrn:Region FILTER EXISTS { ?r cbrn:hasBudget ?c } }",
            "excluded",
            "none that also has “has budget”",
        ),
        (
            "SELECT * { ?r a cbrn:Region OPTIONAL { ?r cbrn:regionCode ?c } FILTER(!BOUND(?c)) }",
            "excluded",
            "none where ?c has no value",
        ),
        ("ASK { <id/project/P031> cbrn:hasBudget ?b }", "not covered", "funding"),
        ("CONSTRUCT WHERE { <id/project/P031> cbrn:hasBudget ?b }", "not covered", "funding"),
        (
            "SELECT ?c { ?c cbrn:participatesIn ?p } GROUP BY ?c HAVING(COUNT(?p) > 999)",
            "excluded",
            "none where the number of ?p is more than 999",
        ),
        (
            """SELECT * { ?m cbrn:memberCountry <id/country/UZB> ;
                 cbrn:memberOfRegion <id/region/middle-east> }""",
            "no match",
            "nothing has both “member country” Uzbekistan (UZB) and “member of region” Middle East",
        ),
        (
            """SELECT * { { <id/project/P031> cbrn:hasBudget ?b }
                 UNION { ?b cbrn:planOf <id/country/KAZ> } }""",
            "not stated",
            "; no source covers funding of P031",
        ),
        (
            "SELECT * { VALUES ?c { <id/country/ALB> <id/country/AUT> } ?p cbrn:planOf ?c }",
            "not covered",
            "plans of Albania (ALB) or Austria (AUT)",
        ),
        ("SELECT * { <id/project/P031> cbrn:hasBudget/cbrn:amount ?a }", "not covered", "of P031"),
        ("SELECT * { GRAPH ?g { <id/project/P031> cbrn:hasBudget ?b } }", "not covered", "P031"),
        ("SELECT * { <id/project/P031> a cbrn:Country }", "no match", "is not of class “country”"),
        ('SELECT * { <id/country/UZB> ?p "nothing" }', "no match", "joins Uzbekistan (UZB) to"),
        ("SELECT * { ?p a cbrn:Project } LIMIT 0", "excluded", "asks for no row"),
        ("SELECT * { ?p a cbrn:Project } OFFSET 10000", "excluded", "asks for no row"),
        (
            """SELECT * { { SELECT ?p (COUNT(*) AS ?n) { ?p cbrn:hasBudget ?b } GROUP BY ?p }
                 FILTER(?n > 100) }""",
            "excluded",
            "none where ?n is more than 100",
        ),
    ],
)
def test_kind_of_absence(graph: Graph, text: str, kind: str, message: str) -> None:
    """Each reason for an empty answer is told apart, with the part that nothing matches."""
    found = _why(graph, text)
    assert (found.kind, message in found.message) == (kind, True), found.message
    assert len(found.message) <= LONG
    assert not SPARQL.search(found.message)


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


@pytest.mark.parametrize(
    ("name", "params", "kind", "message"),
    [
        (
            "shared-participation",
            {"country": "UZB", "other": "UZB"},
            "excluded",
            "none where ?country is not ?other: both are Uzbekistan (UZB)",
        ),
        ("priorities-compared", {"region": "MIE"}, "not covered", "priorities of Middle East"),
        (
            "projects-by-implementer",
            {"organisation": "COM"},
            "no match",
            "“role holder” European Commission (COM)",
        ),
        ("region-members-at", {"region": "GCC"}, "not stated", "membership of Gulf Cooperation"),
        (
            "projects-in-period",
            {"from": "1990", "to": "1991"},
            "excluded",
            "none that fits from = 1990 and to = 1991",
        ),
        ("activities-in-period-and-place", {"to": "1990"}, "excluded", "none that fits to = 1990"),
        ("activities-in-period-and-place", {"country": "ALB"}, "not covered", "of Albania (ALB)"),
        ("dangling-references", {}, "none found", "nothing found, as it should be"),
        ("shrinking-figures", {}, "none found", "nothing found, as it should be"),
    ],
)
def test_a_stored_query_is_explained(
    graph: Graph, name: str, params: dict[str, str], kind: str, message: str
) -> None:
    """The parameter or thing that leaves nothing is named in one line of words."""
    found = absence(graph.query(name, limit=None, **params))
    assert found is not None
    assert (found.kind, message in found.message) == (kind, True), found.message


def test_no_stored_query_is_explained_in_sparql(graph: Graph) -> None:
    """With every choice of every parameter that has no answer: one short line, no braces."""
    told = 0
    for name in Catalogue(graph.project).names():
        query = Catalogue(graph.project).get(name)
        for parameter in query.parameters:
            slugs = [choice.slug for choice in choices(query, parameter, graph.snapshot)]
            for slug in slugs[::7] or ["1990"]:
                try:
                    found = absence(graph.query(name, limit=None, **{parameter.name: slug}))
                except ParameterError:
                    continue
                if found is not None:
                    told += 1
                    assert len(found.message) <= LONG, (name, slug, found.message)
                    assert not SPARQL.search(found.message), (name, slug, found.message)
                    _claim_is_true(graph.snapshot.store, found)
    assert told > 50


def test_a_limit_of_the_caller_is_no_absence(run_main: Callable[..., Any]) -> None:
    """`--limit 0` cuts rows off; the conditions of the query are not blamed."""
    ran = run_main("query", "SELECT * { ?r a cbrn:Region }", "--limit", "0", "--format", "json")
    assert ran.err == "cbrngraph: cut off after 0; there is more (--limit)\n"
    assert "absence" not in json.loads(ran.out)


def test_a_check_without_findings_is_good(run_main: Callable[..., Any]) -> None:
    """Of a check the note says that nothing was found, and JSON has a kind for it."""
    ran = run_main("query", "dangling-references", "--format", "json")
    assert ran.err == "cbrngraph: nothing found, as it should be\n"
    assert json.loads(ran.out)["absence"]["kind"] == "none found"


def test_explaining_takes_little_even_of_what_is_large() -> None:
    """No join of a large graph is asked for: a chain without an end, and a cross product."""
    store = Store.memory()
    node = [f"<{BASE}n{number}>" for number in range(40_000)]
    lines = [f"{one} <{BASE}p> {two} ." for one, two in pairwise(node)]
    lines += [f"{one} <{BASE}q> <{BASE}end> ." for one in node]
    store.load_text("\n".join(lines))
    for text in (
        "SELECT * { ?a :p ?b . ?c :p ?d . ?d :p ?a FILTER(?a = ?b) }",
        "SELECT * { ?a :p ?b . ?c :q ?d FILTER(?b = ?d) FILTER(?a != ?c) }",
        "SELECT * { ?a :q ?e . ?e :p ?b }",
        "SELECT * { ?a :p+ ?b . ?b :p ?a }",
        "SELECT * { ?a :p ?b MINUS { ?x :q ?e . ?a :p ?b } }",
    ):
        start = time.process_time()
        found = explain_empty(store, f"PREFIX : <{BASE}> {text}", {})
        assert time.process_time() - start < 1, text
        assert found.message


def _claim_is_true(store: Store, found: Absence) -> None:
    """Assert that what is said not to be stated is stated nowhere, in view or passage."""
    if found.kind not in ("not stated", "not covered", "stated none"):
        return
    assert found.gap.things
    assert found.gap.properties
    for thing in found.gap.things:
        for name in found.gap.properties:
            for one, other in ((thing, None), (None, thing)):
                stated = next(store.match(one, name, other, any_graph=True), None)
                assert stated is None, (found.message, stated)


NOTES = "".join(
    f"<{passage}> <{CBRN.partOf}> <{BASE}source> .\n" for passage in PASSAGES
) + "".join(f"<{BASE}{name}> <{CBRN.propertyGroup}> <{BASE}group> .\n" for name in "pqrn")


def _only(node: Any, kept: tuple[Any, ...]) -> Any:
    """A pattern with no conditions but those to be kept; what is below a kept HAVING stays."""
    here = node in kept
    match node:
        case Filter(condition, inner):
            if here and _counts(inner):
                return node
            return Filter(condition, _only(inner, kept)) if here else _only(inner, kept)
        case Minus(left, right):
            return Minus(_only(left, kept), right) if here else _only(left, kept)
        case LeftJoin(left, right, condition):
            return LeftJoin(_only(left, kept), right, condition)
        case Node():
            return type(node)(*(_only(part, kept) for part in node._values()))
    return node


def _counts(node: Any) -> bool:
    if isinstance(node, Filter | Extend):
        return _counts(node.pattern)
    return isinstance(node, Group)


def _parts_with(node: Any, conditions: tuple[Any, ...]) -> list[Any]:
    """The patterns that hold conditions, the whole first: a part without a match leaves nothing."""
    found = [node] if isinstance(node, Node) and not isinstance(node, LeftJoin) else []
    inside = node._values() if isinstance(node, Node) else node if type(node) is tuple else ()
    for part in inside:
        found += _parts_with(part, conditions)
    return [one for one in found if all(_holds(one, condition) for condition in conditions)]


def _holds(node: Any, condition: Any) -> bool:
    if node == condition:
        return True
    inside = node._values() if isinstance(node, Node) else node if type(node) is tuple else ()
    return any(_holds(part, condition) for part in inside)


def _ask(pattern: Any, gap: Gap) -> str:
    given = Values(tuple(gap.known), tuple(product(*gap.known.values())))  # type: ignore[arg-type]
    return ask_text(Join(given, pattern) if gap.known else pattern, {})


def _gap_is_true(store: Store, gap: Gap) -> None:
    """Assert that the engine, asked for a gap, finds it."""
    rows = tuple(product(*gap.known.values()))
    given = Values(tuple(gap.known), rows)  # type: ignore[arg-type]
    for atoms in [gap.atoms] if gap.kind == "join" else [(atom,) for atom in gap.atoms]:
        parts = " ".join(replace(gap, atoms=(atom,), known={}).pattern for atom in atoms)
        values = group_text(given, {}) if gap.known else ""
        assert not parts or not store.ask(f"ASK {{ {values} {parts} }}"), parts


@settings(
    max_examples=600,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(graphs, queries())
def test_no_claim_is_false(facts: Facts, query: str) -> None:
    """On generated graphs and queries: what is told to be missing is, and conditions to blame are.

    An absence of the kinds of coverage is only claimed where nothing states the property of the
    thing; what is said to match nothing matches nothing; and without conditions there would be
    an answer of the part that holds them, but with those that are blamed alone there is none.
    """
    store = facts.store()
    store.load_text(NOTES)
    try:
        parsed = parse_query(query)
        empty = not store.ask(ask_text(parsed.pattern, {}))
    except QueryError:  # the generator makes some texts that are not SPARQL
        reject()
    assume(empty)
    found = explain_empty(store, query, {})
    event(found.kind)
    assert found.message
    assert not SPARQL.search(found.message)
    _claim_is_true(store, found)
    gap = find_gap(store, parsed.pattern)
    gaps = [gap, *gap.others]
    event(gap.kind)
    for one in gaps:
        _gap_is_true(store, one)
    if all(one.kind == "condition" for one in gaps):
        blamed = tuple(condition for one in gaps for condition in one.conditions)
        parts = [parsed.pattern] if gap.others else _parts_with(parsed.pattern, gap.conditions)
        assert any(
            store.ask(_ask(_only(part, ()), gap)) and not store.ask(_ask(_only(part, blamed), gap))
            for part in parts
        ), query
