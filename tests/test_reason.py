"""The logic: every contradiction is found and none is made up, with a set that proves itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cbrngraph.build import Snapshot, open_snapshot, parse_view
from cbrngraph.errors import EnvironmentProblem, LimitError
from cbrngraph.model import IRI, Triple
from cbrngraph.reason import runner
from cbrngraph.reason.check import RULES, Axiom, Contradiction, LogicReport, check
from cbrngraph.reason.findings import with_logic
from cbrngraph.reason.justify import contract, outline
from cbrngraph.reason.knowledge import Knowledge, Unit
from cbrngraph.reason.literals import Lit, fits, literal, malformed, value
from cbrngraph.reason.patterns import clashes_of
from cbrngraph.resources import Project
from cbrngraph.validate.report import Report
from tests.ontology import BASE

ROOT = Path(__file__).resolve().parent.parent
XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIXES = """\
@base <https://w3id.org/cbrngraph/> .
@prefix cbrn: <https://w3id.org/cbrngraph/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
THINGS = """\
<id/country/A> a cbrn:Country ; dcterms:identifier "A" ; skos:prefLabel "Aland"@en .
<id/country/B> a cbrn:Country ; dcterms:identifier "B" ; skos:prefLabel "Bland"@en .
<id/secretariat/rs> a cbrn:RegionalSecretariat ; dcterms:identifier "rs" ;
    skos:prefLabel "The Secretariat"@en ; cbrn:hostCountry <id/country/A> .
<id/place/p> a cbrn:Place ; dcterms:identifier "p" ; skos:prefLabel "Ptown"@en .
<id/project/P1> a cbrn:Project ; dcterms:identifier "P1" ; skos:prefLabel "Project one"@en .
"""
# One fault of each sort. No two share a statement.
FAULTS = {
    "functional": "<id/secretariat/rs> cbrn:hostCountry <id/country/B> .",
    "disjoint": "<id/project/P1> cbrn:seat <id/place/p> .",
    "datatype": '<id/budget/b> cbrn:amount "much" .',
    "malformed": '<id/budget/c> cbrn:amount "1O"^^xsd:decimal .',
    "irreflexive": "<id/project/P2> cbrn:followsProject <id/project/P2> .",
    "asymmetric": "<id/project/P3> cbrn:followsProject <id/project/P4> . "
    "<id/project/P4> cbrn:followsProject <id/project/P3> .",
    "inverse functional": "cbrn:leadsAlone a owl:ObjectProperty , owl:InverseFunctionalProperty . "
    "<id/country/A> cbrn:leadsAlone <id/thing/z> . <id/country/B> cbrn:leadsAlone <id/thing/z> .",
    # Only a reasoner sees this one: the rules know no cardinality.
    "other": "cbrn:Lone a owl:Class ; rdfs:subClassOf [ a owl:Restriction ; "
    'owl:onProperty cbrn:knows ; owl:maxCardinality "0"^^xsd:nonNegativeInteger ] . '
    "cbrn:knows a owl:ObjectProperty . "
    "<id/thing/lone> a cbrn:Lone ; cbrn:knows <id/thing/other> .",
    "empty class": "cbrn:Odd a owl:Class ; rdfs:label 'odd one' ; "
    "rdfs:subClassOf cbrn:Country , cbrn:Region .",
}


def snapshot_of(folder: Path, text: str, view: str = "current") -> Snapshot:
    """Return the snapshot of a project that has only these statements."""
    path = folder / "data" / "reference" / "things.ttl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PREFIXES + text, encoding="utf-8")
    return open_snapshot(Project.open(folder), parse_view(view), "memory")


def needs_reasoner() -> None:
    """Skip where reasoning is not possible."""
    lacking = runner.missing()
    if lacking:
        pytest.skip(f"java and owlready2 are needed: {lacking}")


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> LogicReport:
    """The report on one project that has every fault."""
    needs_reasoner()
    text = THINGS + "\n".join(FAULTS.values())
    return check(snapshot_of(tmp_path_factory.mktemp("faulty"), text, "all"))


def of_kind(report: LogicReport, kind: str) -> list[Contradiction]:
    """Return the contradictions of one sort."""
    return [found for found in report.contradictions if found.kind == kind]


def local(triple: Triple) -> tuple[str, ...]:
    """Return the last parts of the names in a triple."""
    return tuple(IRI(str(term)).local for term in triple)


# ---- The verdict on a whole graph ----


@pytest.mark.java
def test_shipped_graph_is_consistent() -> None:
    """The shipped graph contradicts neither itself nor the ontology, evidence included."""
    needs_reasoner()
    report = check(open_snapshot(Project.open(), parse_view("current")))
    assert report.consistent is True
    assert report.contradictions == ()
    assert report.complete
    assert report.axioms > 500
    assert report.statements > 15_000
    assert report.names > 700
    assert "HermiT" in report.reasoner
    assert all("edtf" in reason for reason in report.not_checked)


@pytest.mark.java
@pytest.mark.parametrize("kind", FAULTS)
def test_each_fault_is_found_once(kind: str, faulty: LogicReport) -> None:
    """A fault of each sort is reported, and told in words that name what it is about."""
    assert faulty.consistent is False
    found = of_kind(faulty, kind)
    assert len(found) == 1
    assert found[0].message.endswith(".")
    assert "None" not in found[0].message


@pytest.mark.java
def test_nothing_else_is_reported(faulty: LogicReport) -> None:
    """There are as many contradictions as faults, and without them the rest is consistent."""
    assert len(faulty.contradictions) == len(FAULTS)
    assert faulty.complete


@pytest.mark.java
def test_two_host_countries_are_told(faulty: LogicReport) -> None:
    """Of a functional property: both values, both statements, and that they are two things."""
    (found,) = of_kind(faulty, "functional")
    assert found.message == (
        "The Secretariat has two different values of 'host country', Aland and Bland, but "
        "cbrn:hostCountry is functional: it has one value at most."
    )
    assert sorted(map(local, found.statements)) == [
        ("rs", "hostCountry", "A"),
        ("rs", "hostCountry", "B"),
    ]
    assert [local(axiom.triples[0])[0] for axiom in found.axioms] == ["hostCountry"]
    assert {thing.local for thing in found.different} == {"A", "B"}
    assert "HermiT" in found.reasoner


@pytest.mark.java
def test_derived_clash_is_told_with_what_leads_to_it(faulty: LogicReport) -> None:
    """A class that follows from a domain is explained by the domain axiom and its statement."""
    (found,) = of_kind(faulty, "disjoint")
    assert found.thing.endswith("/P1")
    assert found.message == (
        "Project one is both a project and a regional secretariat, which are disjoint. "
        "This follows because what has a seat is a regional secretariat."
    )
    assert sorted(map(local, found.statements)) == [("P1", "seat", "p"), ("P1", "type", "Project")]
    assert "nothing is both a project and a regional secretariat" in {a.text for a in found.axioms}


@pytest.mark.java
def test_wrong_values_are_told(faulty: LogicReport) -> None:
    """A value of another datatype and a malformed one are each reported with the property."""
    (wrong,) = of_kind(faulty, "datatype")
    assert '"much"' in wrong.message
    assert "xsd:decimal" in wrong.message
    (broken,) = of_kind(faulty, "malformed")
    assert '"1O"' in broken.message
    assert broken.reasoner == RULES


@pytest.mark.java
def test_what_rules_cannot_see_is_told_too(faulty: LogicReport) -> None:
    """A cardinality is explained through Pellet, and by its statements and axiom alone."""
    (found,) = of_kind(faulty, "other")
    assert sorted(map(local, found.statements)) == [
        ("lone", "knows", "other"),
        ("lone", "type", "Lone"),
    ]
    assert [local(axiom.triples[0])[:2] for axiom in found.axioms] == [("Lone", "subClassOf")]
    assert "maxCardinality" in str(found.axioms[0].triples)
    assert found.message == (
        "These cannot all hold: lone is a Lone; lone has the knows other, because what is a Lone "
        "is something with at most 0 of 'knows'."
    )


@pytest.mark.java
def test_class_without_members_is_told(faulty: LogicReport) -> None:
    """A class below two disjoint ones can have no member; axioms alone explain it."""
    (found,) = of_kind(faulty, "empty class")
    assert found.thing == BASE + "ontology#Odd"
    assert found.statements == ()
    assert found.message == (
        "Nothing can be an odd one, because every odd one is a country, every odd one is a region "
        "and nothing is both a country and a region."
    )


@pytest.mark.java
def test_findings_have_lines(tmp_path: Path) -> None:
    """As findings of a report, contradictions stand at the lines of statements and axioms."""
    needs_reasoner()
    snapshot = snapshot_of(tmp_path, THINGS + FAULTS["disjoint"])
    report = with_logic(Report(()), snapshot)
    (finding,) = report.findings
    assert finding.level == "violation"
    assert finding.label == "Project one"
    lines = {(place.file, place.line > 0) for place in finding.places}
    assert lines == {("data/reference/things.ttl", True), ("ontology/cbrn.ttl", True)}
    assert len(finding.places) == 4
    disjointness = [place.line for place in finding.places if place.file == "ontology/cbrn.ttl"]
    text = (snapshot.project.layers[0] / "ontology" / "cbrn.ttl").read_text("utf-8").splitlines()
    assert any("owl:AllDisjointClasses" in text[line - 1] for line in disjointness)
    assert report.rules
    assert report.judged[0].findings == 1


def test_report_says_when_there_was_no_verdict(slow_java: Path, tmp_path: Path) -> None:
    """A time limit costs the report its logic only, and the report says so."""
    report = with_logic(Report(()), snapshot_of(tmp_path / "toy", THINGS), seconds=0.2)
    assert report.findings == ()
    assert "did not finish within 0.2 s" in report.unchecked[0]


# ---- Never a wrong explanation ----


def contradicts(found: Contradiction, parts: Sequence[Triple | Axiom], folder: Path) -> bool:
    """Ask owlready2's own call whether these parts of a contradiction are inconsistent."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        owlready2: Any = pytest.importorskip("owlready2")
    groups = [part.triples if isinstance(part, Axiom) else (part,) for part in parts]
    triples = [triple for group in groups for triple in group]
    lines = [f"{s.n3()} {p.n3()} {o.n3()} ." for s, p, o in triples]
    different = sorted(found.different)
    lines += [f"<{a}> <{OWL}differentFrom> <{b}> ." for a in different[:1] for b in different[1:]]
    path = folder / f"{abs(hash(tuple(lines)))}.nt"
    path.write_text("\n".join([*lines, *declared(triples)]), encoding="utf-8")
    world = owlready2.World()
    ontology = world.get_ontology("file://" + str(path)).load()
    try:
        with ontology:
            owlready2.sync_reasoner_hermit(world, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError:
        return True
    return False


OWL = "http://www.w3.org/2002/07/owl#"


def declared(triples: Iterable[Triple]) -> set[str]:
    """Return declarations of the properties and classes in a few triples."""
    made = set()
    for name in {str(term) for triple in triples for term in triple}:
        if name.startswith(BASE + "ontology#"):
            first = name.removeprefix(BASE + "ontology#")[0]
            kind = "DatatypeProperty" if name.endswith("amount") else "ObjectProperty"
            made.add(f"<{name}> <{TYPE}> <{OWL}{'Class' if first.isupper() else kind}> .")
    return made


TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@pytest.mark.java
@pytest.mark.parametrize("kind", sorted({*FAULTS} - {"malformed", "empty class", "other"}))
def test_each_explanation_proves_itself(kind: str, faulty: LogicReport, tmp_path: Path) -> None:
    """By owlready2's own call each set is inconsistent alone, and not without any of its parts."""
    (found,) = of_kind(faulty, kind)
    parts: list[Triple | Axiom] = [*found.statements, *found.axioms]
    assert contradicts(found, parts, tmp_path)
    for part in parts:
        assert not contradicts(found, [p for p in parts if p is not part], tmp_path)


CONSISTENT = {
    "one number written twice": '<id/budget/b> cbrn:amount 5 , "5.0"^^xsd:decimal .',
    "one day written twice": '<id/project/P1> cbrn:startEarliest "2020-01-01Z"^^xsd:date , '
    '"2020-01-01+00:00"^^xsd:date .',
    "days in two zones": '<id/project/P1> cbrn:startEarliest "2020-01-01+13:00"^^xsd:date , '
    '"2019-12-31-11:00"^^xsd:date .',
    "values of an unknown datatype": "<id/project/P1> cbrn:start "
    '"2020-21"^^<http://id.loc.gov/datatypes/edtf> , '
    '"2020-22"^^<http://id.loc.gov/datatypes/edtf> .',
    "things without identifier": "<id/secretariat/s2> cbrn:hostCountry <id/country/X> , "
    "<id/country/Y> .",
    "one thing with two names": "<id/secretariat/s2> cbrn:hostCountry <id/country/A> , "
    "<id/country/B> . <id/country/A> owl:sameAs <id/country/B> .",
}


@pytest.mark.java
@pytest.mark.parametrize("case", CONSISTENT)
def test_what_may_be_true_is_no_contradiction(case: str, tmp_path: Path) -> None:
    """Nothing is reported of what only looks like a contradiction."""
    needs_reasoner()
    report = check(snapshot_of(tmp_path, THINGS + CONSISTENT[case], "all"))
    assert report.consistent is True
    assert report.contradictions == ()


@pytest.mark.java
def test_dates_are_compared_although_owl_has_none(tmp_path: Path) -> None:
    """Two days for one, and a year where a day belongs, are contradictions; a day is not."""
    needs_reasoner()
    text = (
        'cbrn:day a owl:DatatypeProperty ; rdfs:range xsd:date . <id/thing/a> cbrn:day "2020"^^'
        'xsd:gYear . <id/thing/b> cbrn:day "2020-02-01"^^xsd:date . <id/project/P1> '
        'cbrn:startEarliest "2020-01-01"^^xsd:date , "2020-01-02"^^xsd:date .'
    )
    report = check(snapshot_of(tmp_path, THINGS + text, "all"))
    assert sorted(found.kind for found in report.contradictions) == ["datatype", "functional"]
    (wrong,) = of_kind(report, "datatype")
    assert wrong.thing.endswith("/a")


def test_what_cannot_be_judged_is_named() -> None:
    """Undeclared properties, unknown datatypes and values of the wrong sort are counted."""
    p, q, r = "<urn:p>", "<urn:q>", "<urn:r>"
    type_ = f"<{TYPE}>"
    knowledge = Knowledge.of(
        [
            (p, type_, f"<{OWL}ObjectProperty>"),
            (q, type_, f"<{OWL}DatatypeProperty>"),
            (q, "<http://www.w3.org/2000/01/rdf-schema#range>", "<urn:datatype>"),
            ("<urn:x>", p, '"text"'),
            ("<urn:x>", q, '"1"^^<urn:datatype>'),
            ("<urn:x>", r, "<urn:y>"),
        ]
    )
    told = "\n".join(knowledge.unchecked)
    for part in ("1 axioms use <urn:datatype>", "1 values are of <urn:datatype>", "use <urn:r>"):
        assert part in told
    assert "the property leads to a thing" in told
    assert knowledge.axioms == []


# ---- Finding explanations without a proposal, or with a bad one ----


@pytest.mark.java
@pytest.mark.slow
@pytest.mark.parametrize("named", [None, frozenset({"<urn:none>"})])
def test_explanation_does_not_depend_on_pellet(
    named: frozenset[str] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where Pellet says nothing or nonsense, contraction of the whole finds the same."""
    needs_reasoner()
    monkeypatch.setattr(runner.Reasoner, "pellet_names", lambda self, units: named)
    report = check(snapshot_of(tmp_path, THINGS + FAULTS["other"]))
    (found,) = report.contradictions
    assert sorted(map(local, found.statements)) == [
        ("lone", "knows", "other"),
        ("lone", "type", "Lone"),
    ]


@given(st.integers(1, 60), st.lists(st.frozensets(st.integers(0, 59), min_size=1), min_size=1))
def test_contraction_ends_at_a_minimal_set(size: int, reasons: list[frozenset[int]]) -> None:
    """What is left holds a reason whole, and none when any of it is left out."""
    units = [Unit("statement", (), str(number)) for number in range(size)]
    reasons = [frozenset(number % size for number in reason) for reason in reasons]

    def holds(part: Iterable[Unit]) -> bool:
        present = {int(unit.lines) for unit in part}
        return any(reason <= present for reason in reasons)

    def judge(sets: Sequence[Sequence[Unit]]) -> int | None:
        return next((number for number, part in enumerate(sets) if holds(part)), None)

    found = contract(units, judge)
    assert holds(found)
    assert not any(holds([u for u in found if u is not one]) for one in found)


def functional(one: str, other: str, range_: str = "") -> tuple[Unit, ...]:
    """Return a functional property with two values, and with a range if one is named."""
    p, x = "<urn:p>", "<urn:x>"
    axiom = (p, f"<{TYPE}>", f"<{OWL}FunctionalProperty>")
    axioms = [Unit("axiom", (axiom,), "")]
    if range_:
        more = (p, "<http://www.w3.org/2000/01/rdf-schema#range>", f"<{XSD}{range_}>")
        axioms.append(Unit("axiom", (more,), ""))
    return (*axioms, *(Unit("statement", ((x, p, v),), "") for v in (one, other)))


def test_form_of_a_set_keeps_what_matters() -> None:
    """Other names and other values give one form; equal values, or a range, another."""
    assert outline(functional('"a"', '"b"')) == outline(functional('"c"', '"d"'))
    assert outline(functional('"a"', '"b"')) != outline(functional('"a"', '"a"'))
    one, half = f'"1.0"^^<{XSD}decimal>', f'"1.5"^^<{XSD}decimal>'
    assert outline(functional(one, half)) == outline(functional(half, one))
    assert outline(functional(one, half, "integer")) != outline(functional(half, one, "integer"))


def test_rules_see_nothing_in_a_part() -> None:
    """The rules find a clash in a whole set and none without one of its parts."""
    units = functional('"a"', '"b"')
    assert [clash.kind for clash in clashes_of(units)] == ["functional"]
    assert all(clashes_of([u for u in units if u is not one]) == [] for one in units)


# ---- Literals ----


@pytest.mark.parametrize(
    ("text", "datatype", "wrong"),
    [
        ("1", "integer", False),
        ("1.0", "integer", True),
        ("-1", "nonNegativeInteger", True),
        ("256", "unsignedByte", True),
        ("255", "unsignedByte", False),
        ("maybe", "boolean", True),
        ("2020-02-30", "date", True),
        ("2020-02-29", "date", False),
        ("2020-13", "gYearMonth", True),
        ("20", "gYear", True),
        ("-0044", "gYear", False),
        ("", "string", False),
        ("abc", "hexBinary", True),
    ],
)
def test_malformed_literals(text: str, datatype: str, wrong: bool) -> None:
    """A text that is none of its datatype is known as such (XML Schema 1.1, part 2)."""
    assert malformed(Lit(text, XSD + datatype, "")) is wrong


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (f'"1"^^<{XSD}integer>', f'"01.0"^^<{XSD}decimal>', True),
        (f'"1"^^<{XSD}boolean>', f'"true"^^<{XSD}boolean>', True),
        ('"a"@EN', '"a"@en', True),
        ('"a"@en', '"a"', False),
        (f'"2020"^^<{XSD}gYear>', f'"2020"^^<{XSD}integer>', False),
    ],
)
def test_values_of_literals(one: str, other: str, same: bool) -> None:
    """Two ways to write one value are one value; two datatypes without common values are two."""
    first, second = literal(one), literal(other)
    assert first is not None
    assert second is not None
    assert (value(first) == value(second)) is same


def test_what_is_uncertain_has_no_value_and_fits() -> None:
    """Nothing is claimed about a datatype that is not known, nor about a malformed literal."""
    unknown = Lit("x", "urn:datatype", "")
    assert value(unknown) is None
    assert fits(unknown, XSD + "integer")
    assert value(Lit("x", XSD + "integer", "")) is None
    assert fits(Lit("1", XSD + "integer", ""), "urn:datatype")


# ---- What is missing, late or stopped ----


def test_without_java_rules_still_judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Java the report says what is not checked and how to enable it, and what rules see."""
    pytest.importorskip("owlready2", reason="owlready2 is not installed")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    clean = check(snapshot_of(tmp_path / "a", THINGS))
    assert clean.consistent is None
    assert clean.contradictions == ()
    assert not clean.complete
    for part in ("no Java runtime", "apt-get install default-jre-headless", "JAVA_HOME", "OWL 2"):
        assert part in clean.not_checked[0]
    faulty = check(snapshot_of(tmp_path / "b", THINGS + "\n".join(FAULTS.values()), "all"))
    assert faulty.consistent is False
    assert {found.kind for found in faulty.contradictions} == {*FAULTS} - {"other", "empty class"}
    assert all(found.reasoner == RULES for found in faulty.contradictions)


def test_java_home_without_java_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A JAVA_HOME that holds no Java is named, and no other Java is taken in its place."""
    pytest.importorskip("owlready2", reason="owlready2 is not installed")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert f"JAVA_HOME is {tmp_path}" in runner.missing()


def test_without_owlready2_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without owlready2 the report names the extra that brings it."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "pip install 'cbrngraph[logic]'" in runner.missing()


@pytest.fixture
def slow_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Java that never ends and writes its process number into a file, which is returned."""
    pytest.importorskip("owlready2", reason="owlready2 is not installed")
    if os.name != "posix":
        pytest.skip("a shell script stands for Java")
    program = tmp_path / "home" / "bin" / "java"
    program.parent.mkdir(parents=True)
    number = tmp_path / "process"
    program.write_text(f'#!/bin/sh\necho $$ > "{number}"\nexec sleep 60\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "home"))
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return number


def is_running(number: Path) -> bool:
    """Say whether the process runs whose number stands in a file."""
    try:
        os.kill(int(number.read_text()), 0)
    except ProcessLookupError:
        return False
    return True


def test_time_limit_ends_java(slow_java: Path, tmp_path: Path) -> None:
    """At the limit there is one clear error; neither a process nor a file is left behind."""
    with pytest.raises(LimitError, match=r"did not finish within 1 s; allow it more time"):
        check(snapshot_of(tmp_path / "toy", THINGS), seconds=1)
    assert not is_running(slow_java)
    assert list((tmp_path / "temporary").iterdir()) == []


def test_interrupt_ends_java(slow_java: Path, tmp_path: Path) -> None:
    """Ctrl-C ends the reasoner's process with the program, and its files are removed."""
    snapshot_of(tmp_path / "toy", THINGS)
    code = (
        "import sys; from cbrngraph.build import open_snapshot; "
        "from cbrngraph.resources import Project; from cbrngraph.reason.check import check; "
        "from cbrngraph.cli.signals import behave; behave(); "
        "check(open_snapshot(Project.open(sys.argv[1]), store='memory'))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "toy")]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) as program:
        end = time.monotonic() + 30
        while not (slow_java.is_file() and slow_java.read_text()) and time.monotonic() < end:
            time.sleep(0.05)
        program.send_signal(signal.SIGINT)
        program.communicate(timeout=10)
    assert program.returncode != 0
    assert not is_running(slow_java)
    assert list((tmp_path / "temporary").iterdir()) == []


def test_failing_java_is_one_message(slow_java: Path, tmp_path: Path) -> None:
    """A Java that breaks off gives one message with its reason and no traceback."""
    program = tmp_path / "home" / "bin" / "java"
    program.write_text("#!/bin/sh\necho 'Error: broken' >&2\nexit 1\n", encoding="utf-8")
    with pytest.raises(EnvironmentProblem, match="HermiT failed: Error: broken"):
        check(snapshot_of(tmp_path / "toy", THINGS))
    program.write_text("#!/bin/sh\necho 'java.lang.OutOfMemoryError' >&2\nexit 1\n")
    with pytest.raises(LimitError, match="memory"):
        check(snapshot_of(tmp_path / "toy", THINGS))
