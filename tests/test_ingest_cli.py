"""`cbrngraph ingest claims` as a command, and the page that describes the sheet."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cbrngraph.cli.main import main
from cbrngraph.ingest.tables import TABLES, columns
from cbrngraph.store import parse_file
from tools import docs_sheet

CLAIMS = """\
claim_id,subject_kind,subject,property,value,source_id,locator,confidence
a1,country,UZB,partner-status,partner,s1,body,high
"""
SOURCES = """\
source_id,title,kind,reliability
s1,A page,news,primary
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty project."""
    (tmp_path / "mine" / "data").mkdir(parents=True)
    return tmp_path / "mine"


@pytest.fixture
def claims(tmp_path: Path) -> Path:
    """A sheet of one claim."""
    (tmp_path / "sources.csv").write_text(SOURCES, "utf-8")
    file = tmp_path / "claims.csv"
    file.write_text(CLAIMS, "utf-8")
    return file


def test_changes_go_to_stdout_and_the_count_to_stderr(
    home: Path, claims: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second run has nothing to list."""
    assert main(["ingest", "claims", str(claims), "--project", str(home)]) == 0
    out, err = capsys.readouterr()
    assert "data/sources/s1.trig" in out
    assert "1 claim of 1 source: 1 file added, 0 changed, 0 unchanged" in err
    assert main(["ingest", "claims", str(claims), "--project", str(home)]) == 0
    out, err = capsys.readouterr()
    assert "s1.trig" not in out
    assert "0 files added, 0 changed, 1 unchanged" in err


def test_json_lists_objects_with_a_slug(
    home: Path, claims: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One object a file, with what is added and removed."""
    arguments = ["--project", str(home), "--format", "json"]
    assert main(["ingest", "claims", str(claims), *arguments]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {
            "slug": "s1",
            "file": "data/sources/s1.trig",
            "change": "added",
            "added": 11,
            "removed": 0,
        }
    ]


def test_a_dry_run_writes_nothing(
    home: Path, claims: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It lists what an import would change."""
    assert main(["ingest", "claims", str(claims), "--project", str(home), "--dry-run"]) == 0
    out, err = capsys.readouterr()
    assert "data/sources/s1.trig" in out
    assert "1 file would be added" in err
    assert list((home / "data").iterdir()) == []


def test_faults_are_told_without_a_traceback(
    home: Path, claims: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """File, row, column and what to do on stderr, exit code 3, nothing on stdout."""
    claims.write_text(CLAIMS.replace("partner-status", "partner-statsu"), "utf-8")
    assert main(["ingest", "claims", str(claims), "--project", str(home)]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "1 fault in the claims sheet, nothing written" in err
    assert "claims.csv:2: property: unknown property 'partner-statsu'" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["ingest", "claims"], 2),
        (["ingest"], 2),
        (["ingest", "clams", "x.csv"], 2),
        (["ingest", "claims", "gone.csv"], 3),
        (["ingest", "claims", "gone.csv", "--project", "nowhere"], 3),
    ],
)
def test_a_wrong_command_has_its_exit_code(
    arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """2 for the command, 3 for a file."""
    assert main(arguments) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("cbrngraph: error: ")


def test_the_page_is_up_to_date() -> None:
    """Its tables are made from the mapping, the ontology and the schemes."""
    text = docs_sheet.PAGE.read_text("utf-8")
    assert docs_sheet.filled(text) == text, "run python -m tools.docs_sheet"
    assert len(docs_sheet.parts()["properties"]) > 100


def test_the_page_describes_every_column() -> None:
    """Each column that is read stands in the part that is written by hand."""
    text = re.sub(
        r"<!-- generated.*?<!-- end -->", "", docs_sheet.PAGE.read_text("utf-8"), flags=re.DOTALL
    )
    unread = {"coe_regions", "coe_first_stated", "coe_last_stated", "partner_since"}
    unread |= {"partner_until", "role", "meaning", "applies_to", "target", "cardinality"}
    unread |= {"time_varying", "property", "value_kind"}
    for row_type in TABLES:
        assert row_type.TABLE in text
        for name, _ in columns(row_type):
            if name not in unread or row_type.TABLE == "claims":
                assert f"`{name}`" in text, (row_type.TABLE, name)


def test_the_sheet_on_the_page_works(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cache: Path
) -> None:
    """The example is imported as it stands there into a folder that is made, and is valid."""
    found = re.findall(r"```csv\n(.*?)```", docs_sheet.PAGE.read_text("utf-8"), re.DOTALL)
    assert len(found) == 2
    for name, text in zip(("claims.csv", "sources.csv"), found, strict=True):
        (tmp_path / name).write_text(text, "utf-8")
    mine = tmp_path / "my" / "graph"
    arguments = ["ingest", "claims", str(tmp_path / "claims.csv"), "--project", str(mine)]
    assert main([*arguments, "--dry-run"]) == 0
    assert not mine.parent.exists()
    capsys.readouterr()
    assert main(arguments) == 0
    assert "1 claim of 1 source" in capsys.readouterr().err
    (file,) = (mine / "data" / "sources").iterdir()
    assert len(list(parse_file(file))) > 10
    assert main(["validate", "--project", f"+{mine}", "--format", "json"]) == 0
    named = [f for f in json.loads(capsys.readouterr().out)["findings"] if "own-2025" in str(f)]
    assert {f["severity"] for f in named} == {"warning"}


def test_faults_make_no_folder(tmp_path: Path, claims: Path) -> None:
    """Neither the folder of the project nor its data/ is left behind."""
    claims.write_text(CLAIMS.replace("UZB", "nowhere"), "utf-8")
    assert main(["ingest", "claims", str(claims), "--project", str(tmp_path / "new")]) == 3
    assert not (tmp_path / "new").exists()
    (tmp_path / "empty").mkdir()
    assert main(["ingest", "claims", str(claims), "--project", str(tmp_path / "empty")]) == 3
    assert list((tmp_path / "empty").iterdir()) == []


def test_an_empty_folder_becomes_a_project(tmp_path: Path, claims: Path) -> None:
    """It gets its data/; a file in its place is refused."""
    (tmp_path / "empty").mkdir()
    assert main(["ingest", "claims", str(claims), "--project", str(tmp_path / "empty")]) == 0
    assert (tmp_path / "empty" / "data" / "sources" / "s1.trig").is_file()
    assert main(["ingest", "claims", str(claims), "--project", str(claims)]) == 3


def test_a_source_in_two_tables_names_the_other_one(
    home: Path, claims: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All tables of the folder are read, so the fault says where the source stands already."""
    claims.with_name("more.csv").write_text(SOURCES, "utf-8")
    assert main(["ingest", "claims", str(claims), "--project", str(home)]) == 3
    assert "sources.csv:2: source_id: 's1' stands in row 2 of more.csv already" in (
        capsys.readouterr().err
    )


def test_one_claim_that_stays_is_told_as_one(
    home: Path, claims: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The note counts in words that fit."""
    assert main(["ingest", "claims", str(claims), "--project", str(home)]) == 0
    claims.write_text(CLAIMS.replace("a1,", "a2,").replace(",body,", ",foot,"), "utf-8")
    assert main(["ingest", "claims", str(claims), "--project", str(home)]) == 0
    assert "1 claim on file of these sources is not in the sheet and stays" in (
        capsys.readouterr().err
    )
