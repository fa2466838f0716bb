"""What README.md shows is what the commands print."""

from __future__ import annotations

import re

import pytest

from tools import readme_answers, readme_picture

TEXT = readme_answers.README.read_text("utf-8")


@pytest.mark.parametrize(
    ("command", "output"), readme_answers.commands(TEXT), ids=lambda value: value.split("\n")[0]
)
def test_a_command_prints_what_the_readme_shows(command: str, output: str) -> None:
    """Every command in README runs, and prints the lines that stand below it."""
    shown = f"```console\n$ {command}\n{output}```"
    assert readme_answers.filled(shown) == shown


def test_the_readme_answers_five_questions() -> None:
    """README shows at least five questions with their answers."""
    assert len([command for command, output in readme_answers.commands(TEXT) if output]) >= 5


def test_the_python_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """The Python in README runs as it stands, and prints rows."""
    (program,) = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    exec(compile(program, "README.md", "exec"), {})
    assert len(capsys.readouterr().out.splitlines()) > 3


def test_an_outdated_answer_is_found() -> None:
    """A line that the command does not print is replaced, and other text is left alone."""
    shown = "before\n\n```console\n$ cbrngraph --version\ncbrngraph 0.0.0\nmore\n```\n\nafter\n"
    answers = readme_answers.filled(shown)
    assert re.fullmatch(
        r"before\n\n```console\n\$ cbrngraph --version\ncbrngraph \d+\.\d+\.\d+\n```\n\nafter\n",
        answers,
    )
    assert answers != shown


def test_the_picture_is_real_output() -> None:
    """The words in the picture of README are what its commands print today."""
    committed = readme_picture.words(readme_picture.PICTURE.read_text("utf-8"))
    assert len(committed) > 50
    assert committed == readme_picture.words(readme_picture.draw())


def test_the_readme_names_the_two_commands_and_real_files() -> None:
    """`make run` and `make test` are in README, and each file that it links to exists."""
    assert "make run" in TEXT
    assert "make test" in TEXT
    links = re.findall(r"\]\(([^)#:]+)\)", TEXT)
    assert len(links) > 3
    assert [link for link in links if not (readme_answers.ROOT / link).exists()] == []
