"""What the page on validation shows is what the commands print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cbrngraph.cli.main import main
from tools import docs_site

TEXT = (docs_site.ROOT / "docs" / "validation.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """Return the blocks of the page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the data, shapes and waivers of the page; commands run in it."""
    data, shapes = blocks("turtle")
    (waivers,) = blocks("toml")
    for name, content in (("data.ttl", data), ("shapes.ttl", shapes), ("waivers.toml", waivers)):
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_own_check_prints_what_the_page_shows(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The two files of the page give the report of the page, and exit code 1."""
    assert main(["validate", "data.ttl", "--shapes", "shapes.ttl"]) == 1
    assert capsys.readouterr().out.strip() == blocks("text")[-1].strip()


def test_the_waiver_lets_its_finding_stand(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The warning is waived and counted; the violation is still found."""
    command = ["validate", "data.ttl", "--shapes", "shapes.ttl", "--waivers", "waivers.toml"]
    assert main(command) == 1
    shown = capsys.readouterr().out
    assert "Training-trained" in shown
    assert "Training-order" not in shown
    assert "waived: 1" in shown


def test_the_baseline_shows_what_is_new(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing of the first report is new; a further fault is, and fails the check."""
    command = ["validate", "data.ttl", "--shapes", "shapes.ttl"]
    assert main([*command, "-o", "first.json"]) == 1
    assert main([*command, "--baseline", "first.json"]) == 0
    with open(files / "data.ttl", "a", encoding="utf-8") as file:
        file.write("ex:lecture a ex:Training ; ex:trained 3.5 .\n")
    assert main([*command, "--baseline", "first.json"]) == 1
    shown = capsys.readouterr().out
    assert "lecture" in shown
    assert "drill" not in shown


def test_broken_shapes_are_told_as_the_page_says(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message of the page, and exit code 3 in place of 1."""
    shapes = files / "shapes.ttl"
    text = shapes.read_text("utf-8").replace("sh:datatype xsd:integer", 'sh:minCount "x"')
    shapes.write_text(text, encoding="utf-8")
    assert main(["validate", "data.ttl", "--shapes", "shapes.ttl"]) == 3
    (told,) = re.findall(r"`(shapes\.ttl:\d+: [^`]+)`", TEXT)
    assert told in capsys.readouterr().err


def test_the_python_example_runs(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The Python of the page runs beside the two files, and prints both findings."""
    (program,) = blocks("python")
    exec(compile(program, "validation.md", "exec"), {})
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()] == [
        ["violation", "drill"],
        ["warning", "course"],
    ]
