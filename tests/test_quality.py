"""Every quality query finds the fault that its toy file has, and nothing else in it.

`tests/quality/<slug>.trig` has a comment that says what is wrong in it, `#! thing` for each thing
that must be found, and neighbours that are in order.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from cbrngraph.build import open_snapshot
from cbrngraph.errors import QueryError
from cbrngraph.queries import Catalogue
from cbrngraph.queries.catalogue import read_query
from cbrngraph.resources import Project
from cbrngraph.validate.quality import checks, run_checks

TOYS = Path(__file__).parent / "quality"
BASE = "https://w3id.org/cbrngraph/"
CHECKS = checks(Project.open())
SLUGS = [query.slug for query in CHECKS]


def toy_project(folder: Path, slug: str) -> Project:
    """Return a project that has the toy file of a query as its only data."""
    sources = folder / "data" / "sources"
    sources.mkdir(parents=True)
    shutil.copy(TOYS / f"{slug}.trig", sources / "toy.trig")
    return Project.open(folder)


def test_there_are_checks_for_each_kind_of_fault() -> None:
    """The catalogue has the checks, each with severity, message and toy file, none left over."""
    assert len(CHECKS) >= 9
    assert {f"{slug}.trig" for slug in SLUGS} == {path.name for path in TOYS.glob("*")}
    for query in CHECKS:
        assert query.severity, query.slug
        assert query.message, query.slug
        assert query.description.count(". ") >= 1, query.slug


@pytest.mark.parametrize("slug", SLUGS)
def test_toy_file_triggers_the_check(slug: str, tmp_path: Path) -> None:
    """The check finds the things that the toy file names, and no other."""
    lines = (TOYS / f"{slug}.trig").read_text(encoding="utf-8").splitlines()
    wanted = {BASE + line[3:].strip() for line in lines if line.startswith("#! ")}
    assert wanted
    snapshot = open_snapshot(toy_project(tmp_path, slug), store="memory")
    query = Catalogue(snapshot.project).get(slug)
    # The ontology's own concepts, on which the toy stands, may name things that the toy lacks.
    mentioned = {BASE + name for name in re.findall(r"<([^>:]+)>", "\n".join(lines))}
    every = run_checks((query,), snapshot.store)
    found = [finding for finding in every if str(finding.focus) in mentioned]
    assert {str(finding.focus) for finding in found} == wanted
    for finding in found:
        assert finding.level == query.severity
        assert "{?" not in finding.message, finding.message


def test_a_check_whose_first_column_is_no_thing_is_refused(tmp_path: Path) -> None:
    """A row that is about nothing cannot be a finding."""
    snapshot = open_snapshot(toy_project(tmp_path, SLUGS[0]), store="memory")
    query = read_query("SELECT ?label { ?thing ?p ?label FILTER(ISLITERAL(?label)) } LIMIT 1")
    with pytest.raises(QueryError, match=r"first column must be a thing"):
        list(run_checks((query,), snapshot.store))
