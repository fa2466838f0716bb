"""`cbrngraph validate`: what it finds, what it returns, what it says to bad input."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT, Ran

Run = Callable[..., Ran]

SHAPE = """\
@prefix : <http://e/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .

:S a sh:NodeShape ;
    sh:targetClass :A ;
    sh:property [
        sh:path :p ;
        {rule}
    ] .
"""
DATA = """\
@prefix : <http://e/> .
:a a :A ;
    :p 1 ,
        2 .
:b a :A ; :p 1 .
"""
BAD = """\
@base <https://w3id.org/cbrngraph/> .
@prefix cbrn: <https://w3id.org/cbrngraph/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

<source/new> a cbrn:SourceDocument ; dcterms:identifier "new" ; dcterms:title "New" ;
    dcterms:publisher "Somebody" ; dcterms:language "en" ; cbrn:sha256 "{sum}" ;
    cbrn:documentKind <id/document-kind/report> ; cbrn:reliability <id/reliability/primary> .
<source/new#p1> a cbrn:Passage ; cbrn:partOf <source/new> ; cbrn:locator "p. 1" ;
    cbrn:confidence <id/confidence/high> ; cbrn:claim "c1" .
<source/new#p1> {{
    <id/project/P1> cbrn:status <id/region/north> ;
        cbrn:durationMonths 0 .
    <id/region/north> cbrn:regionCode "NO" .
}}
"""
REFERENCE = """\
@base <https://w3id.org/cbrngraph/> .
@prefix cbrn: <https://w3id.org/cbrngraph/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<id/project/P1> a cbrn:Project ; dcterms:identifier "P1" ; skos:prefLabel "Project one"@en .
<id/region/north> a cbrn:Region ; dcterms:identifier "north" ; skos:prefLabel "The North"@en .
<id/secretariat/rs> a cbrn:RegionalSecretariat ; dcterms:identifier "rs" ;
    skos:prefLabel "Secretariat"@en ; cbrn:servesRegion <id/region/north> .
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one source that states two wrong values."""
    (tmp_path / "data" / "sources").mkdir(parents=True)
    (tmp_path / "data" / "reference").mkdir()
    text = BAD.format(sum="ab" * 32)
    (tmp_path / "data" / "sources" / "new.trig").write_text(text, encoding="utf-8")
    (tmp_path / "data" / "reference" / "things.ttl").write_text(REFERENCE, encoding="utf-8")
    return tmp_path


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., tuple[str, str]]:
    """Write data and a shape with a given rule; return their paths."""

    def written(rule: str = "sh:maxCount 1", data: str = DATA) -> tuple[str, str]:
        (tmp_path / "data.ttl").write_text(data, encoding="utf-8")
        (tmp_path / "shapes.ttl").write_text(SHAPE.format(rule=rule), encoding="utf-8")
        return str(tmp_path / "data.ttl"), str(tmp_path / "shapes.ttl")

    return written


def test_the_shipped_data_has_no_violation(run: Run) -> None:
    """Exit code 0; warnings and information are told, each with file and line."""
    ran = run("validate", "--format", "json")
    assert ran.code == 0, ran.out
    report = json.loads(ran.out)
    assert report["counts"]["violation"] == 0
    assert report["unchecked"] == []
    assert len(report["judged"]) >= 3
    for finding in report["findings"]:
        assert finding["places"], finding
        for place in finding["places"]:
            line = (ROOT / place["file"]).read_text("utf-8").splitlines()[place["line"] - 1]
            assert line.strip()


def test_warnings_of_the_shipped_data_are_the_explained_ones(run: Run) -> None:
    """Every warning is one that docs/validation.md explains."""
    report = json.loads(run("validate", "--severity", "warning", "--format", "json").out)
    told = (ROOT / "docs" / "validation.md").read_text("utf-8")
    assert report["findings"]
    for finding in report["findings"]:
        assert f"`{finding['name']}`" in told, finding["name"]
        assert finding["slug"] in told, finding["slug"]


def test_a_wrong_value_is_found_with_line_source_and_claim(run: Run, project: Path) -> None:
    """The finding names the thing, the value, the line in the source file, and the claim's row."""
    ran = run("validate", "--project", str(project), "--format", "json")
    assert ran.code == 1
    report = json.loads(ran.out)
    found = {(f["name"], f["slug"]): f for f in report["findings"]}
    status = found["Project-status", "P1"]
    assert status["label"] == "Project one"
    assert status["value"]["value"].endswith("id/region/north")
    assert status["places"][0]["file"] == "data/sources/new.trig"
    line = (project / "data" / "sources" / "new.trig").read_text().splitlines()
    assert "cbrn:status" in line[status["places"][0]["line"] - 1]
    assert status["sources"][0]["source"] == "new"
    assert status["sources"][0]["claims"] == ["c1"]
    duration = found["Project-duration", "P1"]
    assert "cbrn:durationMonths 0" in line[duration["places"][0]["line"] - 1]


def test_only_and_severity_and_fail_on(run: Run, project: Path) -> None:
    """What is shown and what fails are chosen apart."""
    own = ("validate", "--project", str(project))
    ran = run(*own, "--only", "Project-duration", "--format", "csv")
    assert [line.split(",")[1] for line in ran.out.splitlines()[1:]] == ["Project-duration"]
    assert ran.code == 1
    assert run(*own, "--only", "Region").code == 0
    assert run(*own, "--only", "Region", "--fail-on", "info").code == 0
    assert run(*own, "--only", "P1", "--severity", "violation").code == 1
    assert run(*own, "--only", "new.trig", "--fail-on", "warning").code == 1


def test_files_narrow_to_what_stands_in_them(run: Run, project: Path) -> None:
    """A file of the project, or one beside it, is judged with the whole, and shown alone."""
    data = project / "data"
    own = ("validate", "--project", str(project), "--format", "json")
    report = json.loads(run(*own, str(data / "sources" / "new.trig")).out)
    files = {place["file"] for f in report["findings"] for place in f["places"]}
    assert "data/sources/new.trig" in files
    assert run(*own, str(data / "reference" / "things.ttl")).code == 0
    moved = project / "elsewhere.trig"
    shutil.move(data / "sources" / "new.trig", moved)
    ran = run(*own, str(moved))
    assert ran.code == 1
    assert {f["slug"] for f in json.loads(ran.out)["findings"]} == {"P1"}


def test_files_with_shapes_are_judged_alone(
    run: Run, files: Callable[..., tuple[str, str]]
) -> None:
    """Any data and any shapes, without the project; both lines of a doubled value are named."""
    data, shapes = files()
    ran = run("validate", data, "--shapes", shapes, "--format", "json")
    assert ran.code == 1
    (finding,) = json.loads(ran.out)["findings"]
    assert [place["line"] for place in finding["places"]] == [3, 4]


def test_waivers_and_baseline(run: Run, project: Path) -> None:
    """A waivers file of the project is found by itself; a baseline shows what is new."""
    own = ("validate", "--project", str(project))
    (project / "waivers.toml").write_text(
        '[[waiver]]\nrule = "Project-duration"\nreason = "seen"\nowner = "me"\n'
        "expires = 9999-01-01\n"
    )
    report = json.loads(run(*own, "--format", "json").out)
    assert "Project-duration" not in {f["name"] for f in report["findings"]}
    assert [f["name"] for f in report["waived"]] == ["Project-duration"]
    earlier = project / "earlier.json"
    assert run(*own, "-o", str(earlier)).code == 1
    fresh = run(*own, "--baseline", str(earlier))
    assert fresh.code == 0
    assert "known from the baseline" in fresh.out


@pytest.mark.parametrize("suffix", ["html", "sarif", "xlsx", "md", "xml", "ttl", "csv", "json"])
def test_the_suffix_of_the_output_chooses_the_format(
    run: Run, files: Callable[..., tuple[str, str]], tmp_path: Path, suffix: str
) -> None:
    """-o writes the whole file, and nothing on standard output."""
    data, shapes = files()
    target = tmp_path / f"report.{suffix}"
    ran = run("validate", data, "--shapes", shapes, "-o", str(target))
    assert (ran.code, ran.out) == (1, "")
    assert target.stat().st_size > 200


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (
            "sh:minCuont 1",
            r"shapes.ttl:8: sh:minCuont is no term of SHACL; did you mean sh:minCount?",
        ),
        ("sh:minCount 'one'", "shapes.ttl:8: sh:minCount needs an integer"),
        ("sh:pattern '(' ", "shapes.ttl:8: sh:pattern"),
        ("sh:maxCount 1 , 2", "shapes.ttl:8: sh:maxCount is given more than once"),
        ("sh:in 3", "shapes.ttl:8: sh:in"),
        ("sh:node :S", "refers to itself"),
        ("sh:severity 'bad'", "shapes.ttl:8: sh:severity needs one IRI"),
        ("sh:path :q", "more than one sh:path"),
        ("sh:sparql [ sh:select 'SELECT $this { $this :p ?x MINUS { ?x :q 1 } }' ]", "MINUS"),
        ("sh:sparql [ sh:select 'SELECT $this { $this q:p ?x }' ]", "does not parse"),
        ("sh:sparql [ sh:select 'SELECT ?x { ?x ?y ?z }' ]", "must return $this"),
        ("sh:sparql [ sh:message 'x' ]", "sh:select needs one string"),
        ("sh:maxCount 1 ;; . x", "shapes.ttl:8"),
    ],
)
def test_bad_shapes_are_refused_with_their_line(
    run: Run, files: Callable[..., tuple[str, str]], rule: str, message: str
) -> None:
    """One message with file and line, exit code 3, never taken for findings."""
    data, shapes = files(rule)
    ran = run("validate", data, "--shapes", shapes)
    assert ran.code == 3, ran.out
    assert ran.out == ""
    assert ran.err.startswith("cbrngraph: error: ")
    assert ran.err.count("cbrngraph: error: ") == 1
    assert message in ran.err.replace("$this", "$this")
    assert "shapes.ttl:" in ran.err


def test_bad_input_is_refused(
    run: Run, files: Callable[..., tuple[str, str]], tmp_path: Path
) -> None:
    """Missing, torn and foreign files, unknown names and formats: one message, the right code."""
    data, shapes = files()
    (tmp_path / "torn.ttl").write_text("@prefix : <http://e/> .\n:a :p\n", encoding="utf-8")
    (tmp_path / "plain.ttl").write_text("<http://e/a> <http://e/p> 1 .\n", encoding="utf-8")
    (tmp_path / "w.toml").write_text("[[waiver]]\nrule = 'x'\n", encoding="utf-8")
    cases = [
        (3, "no such file", [str(tmp_path / "absent.ttl"), "--shapes", shapes]),
        (3, "no such file", [data, "--shapes", str(tmp_path / "absent.ttl")]),
        (3, "torn.ttl:", [str(tmp_path / "torn.ttl"), "--shapes", shapes]),
        (3, "torn.ttl:", [data, "--shapes", str(tmp_path / "torn.ttl")]),
        (3, "plain.ttl: holds no SHACL shape", [data, "--shapes", str(tmp_path / "plain.ttl")]),
        (
            3,
            "w.toml:1: a waiver needs",
            [data, "--shapes", shapes, "--waivers", str(tmp_path / "w.toml")],
        ),
        (2, "unknown format: 'pdf'", [data, "--shapes", shapes, "--format", "pdf"]),
        (2, "unknown severity", [data, "--shapes", shapes, "--fail-on", "error"]),
        (2, "unknown engine", [data, "--shapes", shapes, "--engine", "fast"]),
        (2, "did you mean pyshacl?", [data, "--shapes", shapes, "--engine", "pyshac"]),
        (2, "--logic checks a project", [data, "--shapes", shapes, "--logic"]),
        (2, "unknown rule, thing or file", [data, "--shapes", shapes, "--only", "nothing"]),
    ]
    for code, message, arguments in cases:
        ran = run("validate", *arguments)
        assert (ran.code, ran.out) == (code, ""), ran.err
        assert message in ran.err
        assert "Traceback" not in ran.err


def test_without_the_compiled_engine(files: Callable[..., tuple[str, str]]) -> None:
    """Where the package is absent pySHACL does its work, and the report says so."""
    data, shapes = files()
    program = (
        "import sys; sys.modules['shacl'] = None\n"
        "import cbrngraph.validate.compiled as c; c.available = lambda: False\n"
        "import cbrngraph.validate.validator as v; v.available = lambda: False\n"
        "r = v.validate(sys.argv[1], sys.argv[2])\n"
        "print(len(r.findings), [j.engine.split()[0] for j in r.judged])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, data, shapes],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stdout.strip() == "1 ['pyshacl']"


def test_watch_checks_again_when_a_file_changes(
    files: Callable[..., tuple[str, str]],
) -> None:
    """A saved change gives a new report; a torn file is told and does not end the watch."""
    data, shapes = files()
    command = [sys.executable, "-m", "cbrngraph", "validate", data, "--shapes", shapes, "--watch"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        assert "checked all files" in process.stderr.readline()
        time.sleep(0.1)
        Path(data).write_text(DATA.replace(":p 1 ,", ":q 1 ; :p"), encoding="utf-8")
        assert "checked data.ttl" in process.stderr.readline()
        Path(data).write_text("torn", encoding="utf-8")
        # On a busy machine a check may come between the emptying of a file and its writing.
        assert any("error" in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        out = process.stdout.read()
    assert "1 violation" in out
    assert "nothing found" in out
