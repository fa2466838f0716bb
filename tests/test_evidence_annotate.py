"""The passages behind each row, as a column in every format."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from cbrngraph.errors import UsageError
from cbrngraph.evidence.annotate import COLUMN, with_sources
from cbrngraph.graph import Graph


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


def test_command_in_several_formats(run: Callable[..., Any]) -> None:
    """`query --evidence` adds the column in CSV, JSON and tables alike."""
    ask = ("query", "projects-by-country", "--param", "country=UZB", "--evidence", "--format")
    rows = list(csv.DictReader(io.StringIO(run(*ask, "csv").out)))
    assert rows
    assert all(row[COLUMN] for row in rows)
    bindings = json.loads(run(*ask, "json").out)["results"]["bindings"]
    assert [one[COLUMN]["value"] for one in bindings] == [row[COLUMN] for row in rows]
    assert COLUMN in run(*ask, "table").out.partition("\n")[0]
