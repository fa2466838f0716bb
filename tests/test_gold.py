"""A competency question is a test: every stored query has gold rows checked against the claims.

A gold file is `tests/queries/<slug>.csv`, or `<slug>.<n>.csv` for further cases. Lines that begin
with `#` come first: `# --param name=value` and `# --as-of 2023-05` say how it is asked, any other
comment says where the rows were checked. Then a header and the rows in order, as CSV. IRIs are
shortened by `https://w3id.org/cbrngraph/` and `id/` (`project/P087`, `source/fs2023`).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import cbrngraph
from cbrngraph.model import IRI, Term
from cbrngraph.resources import Project

FOLDER = Path(__file__).parent / "queries"
BASE = "https://w3id.org/cbrngraph/"
CASES = sorted(FOLDER.glob("*.csv"))
SLUGS = Project.open().query_slugs()


@dataclass(frozen=True)
class Gold:
    """A gold file: how the query is asked, and what it must answer."""

    slug: str
    parameters: dict[str, Any]
    as_of: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def read(cls, path: Path) -> Gold:
        """Return what a gold file says."""
        lines = path.read_text(encoding="utf-8").splitlines()
        comments = [line[1:].strip() for line in lines if line.startswith("#")]
        parameters: dict[str, list[str]] = {}
        as_of = ""
        for comment in comments:
            word, _, rest = comment.partition(" ")
            if word == "--param":
                name, _, value = rest.partition("=")
                parameters.setdefault(name, []).append(value)
            elif word == "--as-of":
                as_of = rest
        header, *rows = csv.reader(line for line in lines if not line.startswith("#"))
        return cls(
            path.name.partition(".")[0], parameters, as_of, tuple(header), tuple(map(tuple, rows))
        )


def shorten(term: Term | None) -> str:
    """Return a term as gold files write it."""
    if term is None:
        return ""
    if isinstance(term, IRI):
        return term.removeprefix(BASE).removeprefix("id/")
    return str(term)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_stored_query_answers_its_question(path: Path, graph: cbrngraph.Graph) -> None:
    """The answer is the gold rows, in their order."""
    gold = Gold.read(path)
    assert gold.slug in SLUGS, f"{path.name} belongs to no stored query"
    where = graph.as_of(gold.as_of) if gold.as_of else graph
    result = where.query(gold.slug, **gold.parameters)
    assert result.variables == gold.header
    assert [tuple(map(shorten, terms)) for terms in result.terms] == list(gold.rows)


def test_there_are_enough_questions() -> None:
    """The catalogue has at least 45 stored queries."""
    assert len(SLUGS) >= 45


@pytest.mark.parametrize("slug", SLUGS)
def test_every_query_has_gold_rows(slug: str) -> None:
    """A query without gold rows fails; an empty answer must be a case beside one with rows.

    Only a check may find nothing in the shipped data: its toy file in tests/quality has the rows.
    """
    cases = [Gold.read(path) for path in CASES if path.name.partition(".")[0] == slug]
    assert cases, f"tests/queries/{slug}.csv is missing"
    if (FOLDER.parent / "quality" / f"{slug}.trig").is_file():
        return
    assert any(case.rows for case in cases), f"{slug} has no gold case with rows"
