"""Completion: what a shell is offered, asked the way the shells ask."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT, Ran

if TYPE_CHECKING:
    from cbrngraph.graph import Graph

Run = Callable[..., Ran]


@pytest.fixture
def offered(graph: Graph, tmp_path: Path) -> Callable[[str], list[str]]:
    """Ask for completions of a line, as the script of argcomplete does."""
    assert graph.snapshot_id

    def ask(line: str) -> list[str]:
        answer = tmp_path / "answer"
        env = {
            **os.environ,
            "_ARGCOMPLETE": "1",
            "_ARGCOMPLETE_IFS": "\013",
            "_ARGCOMPLETE_SUPPRESS_SPACE": "1",
            "_ARGCOMPLETE_COMP_WORDBREAKS": " \t\n\"'><;|&(",
            "_ARGCOMPLETE_STDOUT_FILENAME": str(answer),
            "COMP_LINE": line,
            "COMP_POINT": str(len(line)),
            "COMP_TYPE": "",
        }
        done = subprocess.run(
            [sys.executable, "-m", "cbrngraph"],
            env=env,
            cwd=ROOT,
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert b"Traceback" not in done.stderr
        found = answer.read_text(encoding="utf-8").split("\013") if answer.exists() else []
        return [word.strip() for word in found if word.strip()]

    return ask


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("cbrngraph que", {"query", "queries"}),
        ("cbrngraph query projects-by-c", {"projects-by-country"}),
        ("cbrngraph queries --topic qual", {"quality"}),
        ("cbrngraph query projects-by-country --form", {"--format"}),
        ("cbrngraph query projects-by-country --format ts", {"tsv"}),
        ("cbrngraph query projects-by-country --param c", {"country="}),
        ("cbrngraph query projects-by-country --param country=UZ", {"country=UZB"}),
        ("cbrngraph query projects-by-country --param country=uzbek", {"country=UZB"}),
        ("cbrngraph show P08", {"P087"}),
        ("cbrngraph show rs-central", {"rs-central-asia"}),
        ("cbrngraph query projects-by-country --view ", {"current", "all"}),
        ("cbrngraph completion z", {"zsh"}),
        ("cbrngraph query projects-by-country --param country=cote", {"country=CIV"}),
        ("cbrngraph show Uzb", {"UZB"}),
        ("cbrngraph timeline kyrgyz", {"KGZ"}),
        ("cbrngraph --store ", {"auto", "memory", "disk"}),
        ("cbrngraph query --store ", {"auto", "memory", "disk"}),
        ("cbrngraph conflicts --kind s", {"scope"}),
        ("cbrngraph why --row 1 projects-by-c", {"projects-by-country"}),
        ("cbrngraph why --row 1 projects-by-country -p country=KA", {"country=KAZ"}),
        ("cbrngraph why Uzb", {"UZB"}),
        ("cbrngraph diff 2020 2025 --query projects-by-country -p c", {"country="}),
        ("cbrngraph diff 2020 2025 --query projects-by-country -p country=KA", {"country=KAZ"}),
    ],
)
def test_names_parameters_and_choices_are_completed(
    offered: Callable[[str], list[str]], line: str, expected: set[str]
) -> None:
    """Commands, queries, topics, options, formats, parameters with choices, things."""
    assert expected <= set(offered(line))


def test_what_cannot_be_completed_is_silent(offered: Callable[[str], list[str]]) -> None:
    """An unknown query, parameter or folder offers nothing and prints no error."""
    for line in (
        "cbrngraph query no-such-query --param x",
        "cbrngraph query projects-by-country --param nothing=x",
        "cbrngraph --project /no/such/folder show P",
    ):
        assert offered(line) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_script(run_main: Run, shell: str) -> None:
    """The script names the program, and the shell can read it."""
    ran = run_main("completion", shell)
    assert ran.code == 0
    assert "cbrngraph" in ran.out
    if shutil.which(shell):
        done = subprocess.run([shell, "-n"], input=ran.out, text=True, check=False)
        assert done.returncode == 0


def test_bash_completes_a_value(graph: Graph, run_main: Run, tmp_path: Path) -> None:
    """A real bash with the real script completes a parameter's value."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("no bash here")
    assert graph.snapshot_id
    program = tmp_path / "cbrngraph"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cbrngraph "$@"\n')
    program.chmod(0o755)
    script = run_main("completion", "bash").out
    line = "cbrngraph query projects-by-country --param country=UZ"
    test = f"""
{script}
COMP_LINE='{line}'; COMP_POINT={len(line)}; COMP_TYPE=9
COMP_WORDS=(cbrngraph query projects-by-country --param country = UZ); COMP_CWORD=6
_python_argcomplete cbrngraph
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [bash, "-c", test], capture_output=True, text=True, env=env, timeout=60, check=False
    )
    assert done.stdout.split() == ["UZB"], done.stderr


def _program(folder: Path) -> dict[str, str]:
    """Put the program on the path of a shell; the environment is returned."""
    program = folder / "cbrngraph"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cbrngraph "$@"\n')
    program.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("cbrngraph query projects-by-country --param country=Ky", "country=KGZ"),
        ("cbrngraph show Kyr", "KGZ"),
        ("cbrngraph conflicts --kind sco", "scope"),
    ],
)
def test_fish_completes_a_label(
    graph: Graph, run_main: Run, tmp_path: Path, line: str, word: str
) -> None:
    """A real fish with the real script offers the slug of what was begun by its label."""
    fish = shutil.which("fish")
    if fish is None:
        pytest.skip("no fish here")
    assert graph.snapshot_id
    script = tmp_path / "script.fish"
    script.write_text(run_main("completion", "fish").out)
    done = subprocess.run(
        [fish, "--no-config", "-c", f"source {script}; complete -C '{line}'"],
        capture_output=True,
        text=True,
        env={**_program(tmp_path), "HOME": str(tmp_path)},
        timeout=60,
        check=False,
    )
    assert word in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("cbrngraph query projects-by-country --param country=Ky", "country=KGZ"),
        ("cbrngraph show Kyr", "KGZ"),
        ("cbrngraph query projects-by-country --par", "--param"),
    ],
)
def test_zsh_completes_a_label(
    graph: Graph, run_main: Run, tmp_path: Path, line: str, word: str
) -> None:
    """A real zsh at a terminal of its own writes the slug in place of the beginning of a label."""
    zsh = shutil.which("zsh")
    if zsh is None:
        pytest.skip("no zsh here")
    assert graph.snapshot_id
    script = tmp_path / "script.zsh"
    script.write_text(
        "autoload -Uz compinit; compinit -u -d $HOME/dump\n"
        + run_main("completion", "zsh").out
        + "tell() { print -r -- $BUFFER > $HOME/line; mv $HOME/line $HOME/told }\n"
        "zle -N tell; bindkey '^X' tell; print >> $HOME/ready\n"
    )
    drive = f"""
zmodload zsh/zpty
await() {{ repeat 400 {{ [[ -e $1 ]] && return; sleep 0.1 }} }}
zpty shell {zsh} -f -i
zpty -w shell "source {script}"
await $HOME/ready
zpty -w -n shell $'{line}\\t\\x18'
await $HOME/told
zpty -d shell
"""
    done = subprocess.run(
        [zsh, "-f", "-c", drive],
        capture_output=True,
        text=True,
        env={**_program(tmp_path), "HOME": str(tmp_path), "TERM": "dumb"},
        timeout=100,
        check=False,
    )
    told = tmp_path / "told"
    assert told.exists(), (done.stdout, done.stderr)
    assert word in told.read_text().split()
