"""Fixtures of all tests: the smallest graph that has what a test needs.

`graph` is the shipped graph, built once into the cache folder of the test run (`cache`); `toy` is
a folder of a few statements for what the shipped data does not have; `run` starts the program.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cbrngraph.graph import Graph

ROOT = Path(__file__).resolve().parent.parent

TOY_DATA = """\
@base <https://w3id.org/cbrngraph/> .
@prefix cbrn: <https://w3id.org/cbrngraph/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<source/first> a cbrn:SourceDocument ; dcterms:identifier "first" ; dcterms:title "First report" ;
    dcterms:issued "2020"^^xsd:gYear ; cbrn:issuedEarliest "2020-01-01"^^xsd:date ;
    cbrn:issuedLatest "2020-12-31"^^xsd:date .
<source/second> a cbrn:SourceDocument ; dcterms:identifier "second" ;
    dcterms:title "Second report" ; dcterms:issued "2022"^^xsd:gYear ;
    cbrn:issuedEarliest "2022-01-01"^^xsd:date ; cbrn:issuedLatest "2022-12-31"^^xsd:date .
<source/first#p1> a cbrn:Passage ; cbrn:partOf <source/first> ; cbrn:locator "p. 1" ;
    cbrn:excerpt "three words only" ; cbrn:asOf "2020"^^xsd:gYear ;
    cbrn:asOfEarliest "2020-01-01"^^xsd:date ; cbrn:asOfLatest "2020-12-31"^^xsd:date .
<source/second#p2> a cbrn:Passage ; cbrn:partOf <source/second> ; cbrn:locator "p. 2" ;
    cbrn:asOf "2022"^^xsd:gYear ; cbrn:asOfEarliest "2022-01-01"^^xsd:date ;
    cbrn:asOfLatest "2022-12-31"^^xsd:date .

<source/first#p1> {
    <id/project/T1> dcterms:title "Old <title>" ; cbrn:number "1" ;
        cbrn:durationMonths "012"^^xsd:integer .
}
<source/second#p2> {
    <id/project/T1> dcterms:title "New title" ; cbrn:coversRegion <id/region/north> .
}
"""
TOY_REFERENCE = """\
@base <https://w3id.org/cbrngraph/> .
@prefix cbrn: <https://w3id.org/cbrngraph/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

<id/project/T1> a cbrn:Project ; dcterms:identifier "T1" ; skos:prefLabel "Toy project"@en .
<id/project/T2> a cbrn:Project ; dcterms:identifier "T2" ; skos:prefLabel "Twin"@en .
<id/region/north> a cbrn:Region ; dcterms:identifier "north" ; skos:prefLabel "The North"@en .
<id/region/south> a cbrn:Region ; dcterms:identifier "south" ; skos:prefLabel "Twin"@en .
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a program left behind: exit code, standard output and standard error."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the facts and the fact sheets; skips where it is absent."""
    named = os.environ.get("CBRNGRAPH_SHARED")
    folder = Path(named) if named else ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("no shared folder (set CBRNGRAPH_SHARED)")
    return folder


@pytest.fixture(scope="session")
def graph(cache: Path) -> Graph:
    """The shipped graph, view current."""
    import cbrngraph

    return cbrngraph.open()


def write_toy(folder: Path) -> Path:
    """Write the toy project into a folder and return it."""
    for name, text in (("sources/toy.trig", TOY_DATA), ("reference/toy.ttl", TOY_REFERENCE)):
        path = folder / "data" / name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of two sources that disagree on a title; not to be changed by a test."""
    return write_toy(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="session")
def toy_graph(toy: Path, cache: Path) -> Graph:
    """The graph of the toy project, view current."""
    import cbrngraph

    return cbrngraph.open(toy)


@pytest.fixture(scope="session")
def run(cache: Path) -> Callable[..., Ran]:
    """Run the command line as a program of its own: `run("query", "NAME", input="...")`."""

    def started(
        *arguments: str,
        input: str | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Ran:
        own = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
        done = subprocess.run(
            [sys.executable, "-m", "cbrngraph", *arguments],
            input=input,
            capture_output=True,
            encoding="utf-8",
            env=own,
            cwd=cwd or ROOT,
            timeout=120,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return started


@pytest.fixture
def run_main(capfdbinary: pytest.CaptureFixture[bytes], cache: Path) -> Callable[..., Ran]:
    """Run the command line in this process: quick, but without its signals."""

    def started(*arguments: str) -> Ran:
        from cbrngraph.cli.main import main

        capfdbinary.readouterr()
        code = main(arguments)
        out, err = capfdbinary.readouterr()
        return Ran(code, out.decode(), err.decode())

    return started
