"""What README.md shows is what the commands print."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools import readme_picture

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Shown:
    """A command as README shows it, and what it shows as its output."""

    command: str
    output: str


def _shown() -> list[Shown]:
    text = (ROOT / "README.md").read_text("utf-8")
    found = []
    for block in BLOCK.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append(Shown(command, output.rstrip("\n")))
    return found


def _arguments(command: str) -> list[str]:
    program, *rest = shlex.split(command)
    assert program == "cbrngraph", command
    return rest


@pytest.mark.parametrize("shown", _shown(), ids=lambda shown: shown.command)
def test_a_command_prints_what_the_readme_shows(shown: Shown) -> None:
    """Every command in README runs, and prints the lines that stand below it."""
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}
    environment.pop("FORCE_COLOR", None)
    done = subprocess.run(
        [sys.executable, "-m", "cbrngraph", *_arguments(shown.command)],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    printed = [line.rstrip() for line in done.stdout.rstrip("\n").splitlines()]
    assert printed == [line.rstrip() for line in shown.output.splitlines()]


def test_the_readme_answers_five_questions() -> None:
    """README shows at least five questions with their answers."""
    assert len([one for one in _shown() if one.output]) >= 5


def test_the_picture_is_real_output() -> None:
    """The words in the picture of README are what its commands print today."""
    committed = readme_picture.words(readme_picture.PICTURE.read_text("utf-8"))
    assert len(committed) > 50
    assert committed == readme_picture.words(readme_picture.draw())


def test_the_readme_names_the_two_commands_and_real_files() -> None:
    """`make run` and `make test` are in README, and each file that it links to exists."""
    text = (ROOT / "README.md").read_text("utf-8")
    assert "make run" in text
    assert "make test" in text
    links = [link for link in re.findall(r"\]\(([^)#:]+)\)", text) if link]
    assert len(links) > 3
    assert [link for link in links if not (ROOT / link).exists()] == []
