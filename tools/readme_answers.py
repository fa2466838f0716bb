"""Fill in what the commands of README.md print, below each of them.

A command stands in a `console` block after `$ `. `python -m tools.readme_answers` writes the
lines below it; `--check` only says whether they are out of date.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

__all__ = ["README", "commands", "filled", "main"]

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PART = re.compile(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


def commands(text: str) -> list[tuple[str, str]]:
    """Return each command of a README with the lines that stand below it."""
    return [
        (command, output)
        for block in BLOCK.findall(text)
        for command, output in PART.findall(block)
    ]


def filled(text: str) -> str:
    """Return the README with each command followed by what it prints today.

    Raises:
        RuntimeError: a command fails, or is not one of ours.
    """

    def answered(part: re.Match[str]) -> str:
        return f"$ {part[1]}\n{_printed(part[1])}"

    def block(found: re.Match[str]) -> str:
        return f"```console\n{PART.sub(answered, found[1])}```"

    return BLOCK.sub(block, text)


def _printed(command: str) -> str:
    program, *arguments = shlex.split(command)
    if program != "cbrngraph":
        raise RuntimeError(f"README shows the output of a command that is not ours: {command}")
    done = subprocess.run(
        [sys.executable, "-m", "cbrngraph", *arguments],
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1"},
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode not in (0, 1):  # 1 means findings, which may be the answer
        raise RuntimeError(f"{command}: {done.stderr}")
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def main(arguments: list[str]) -> int:
    """Write README anew, or with `--check` return 1 when it is out of date."""
    text = README.read_text("utf-8")
    answers = filled(text)
    if "--check" not in arguments:
        README.write_text(answers, encoding="utf-8")
        return 0
    if answers == text:
        return 0
    print("README.md is out of date: make generate", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
