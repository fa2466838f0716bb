"""The passages behind each row, as a column in every format."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from cbrngraph.build import ENTAILED
from cbrngraph.errors import UsageError
from cbrngraph.evidence.annotate import COLUMN, sourced, with_sources
from cbrngraph.graph import Graph
from cbrngraph.namespaces import BASE
from cbrngraph.store import parse_text


def test_each_row_names_its_passages(graph: Graph) -> None:
    """The host of the secretariat is told with document and line."""
    result = graph.query("SELECT ?h { <id/secretariat/rs-central-asia> cbrn:hostedBy ?h }")
    (row,) = with_sources(result)
    assert row[COLUMN] == "fs2023 L11"


def test_rows_and_columns_stay_as_they_are(graph: Graph) -> None:
    """The answer is the same but for one more column, and no row is without evidence."""
    result = graph.query("projects-by-country")
    told = with_sources(result)
    assert told.variables == (*result.variables, COLUMN)
    assert [row[:-1] for row in told.terms] == list(result.terms)
    assert all(str(row[-1]) for row in told.terms)


def test_reference_data_is_named_by_file(graph: Graph) -> None:
    """A code of the reference data rests on its file."""
    result = graph.query("SELECT ?c { <id/country/UZB> cbrn:isoAlpha2 ?c }")
    (row,) = with_sources(result)
    assert row[COLUMN] == "data/reference/countries"


def test_only_rows_have_evidence(graph: Graph) -> None:
    """An ASK and a column of the same name are refused."""
    with pytest.raises(UsageError, match="'cbrngraph why' explains an ASK"):
        with_sources(graph.query("ASK { ?s ?p ?o }"))
    with pytest.raises(UsageError, match="column"):
        with_sources(graph.query("SELECT (1 AS ?evidence) {}"))


QUERY = """CONSTRUCT { ?p cbrn:status ?s . ?c cbrn:participatesIn ?p . ?p <urn:x/made> ?s } WHERE {
    VALUES (?p ?c) { (<id/project/P031> <id/country/UZB>) } ?p cbrn:status ?s }"""


def test_triples_stand_in_their_passages(graph: Graph) -> None:
    """Of a CONSTRUCT each triple has the passages that state it as graphs, down the rules."""
    found = sourced(graph.query(QUERY))
    by_triple: dict[str, set[str]] = {}
    for quad in found:
        by_triple.setdefault(quad.predicate.local, set()).add(str(quad.graph))
    assert by_triple["status"] == {f"{BASE}source/portal-p031#status-achievements"}
    assert by_triple["participatesIn"] == {str(ENTAILED)}
    assert all("/source/stcu" in name for name in by_triple["participatingCountry"])
    assert by_triple["made"] == by_triple["partOf"] == {"None"}
    stated = set(graph.snapshot.store.match(any_graph=True))
    assert all(quad in stated for quad in found if quad.predicate.local != "made")


def test_command_writes_triples_in_their_passages(run_main: Callable[..., Any]) -> None:
    """The formats with graphs hold them; the others say so."""
    trig = run_main("query", QUERY, "--evidence").out
    assert "<https://w3id.org/cbrngraph/source/portal-p031#status-achievements> {" in trig
    ask = ("query", QUERY, "--evidence", "--format")
    quads = list(parse_text(run_main(*ask, "nquads").out, ".nq"))
    assert set(parse_text(trig, ".trig")) == set(quads)
    assert set(parse_text(run_main(*ask, "jsonld").out, ".jsonld")) == set(quads)
    for name in ("turtle", "nt", "csv"):
        ran = run_main(*ask, name)
        assert (ran.code, ran.out) == (2, "")
        assert "trig, nquads or jsonld" in ran.err or "cannot be written" in ran.err
    nothing = run_main("query", "DESCRIBE <id/project/none>", "--evidence")
    assert (nothing.code, nothing.err.partition(":")[2][:10]) == (0, " no answer")


def test_command_in_several_formats(run: Callable[..., Any]) -> None:
    """`query --evidence` adds the column in CSV, JSON and tables alike."""
    ask = ("query", "projects-by-country", "--param", "country=UZB", "--evidence", "--format")
    rows = list(csv.DictReader(io.StringIO(run(*ask, "csv").out)))
    assert rows
    assert all(row[COLUMN] for row in rows)
    bindings = json.loads(run(*ask, "json").out)["results"]["bindings"]
    assert [one[COLUMN]["value"] for one in bindings] == [row[COLUMN] for row in rows]
    assert COLUMN in run(*ask, "table").out.partition("\n")[0]
