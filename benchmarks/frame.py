"""Measures whole processes in turn and writes the tables of docs/benchmarks.md.

Times are medians of several runs after a warm-up; two commands that are compared run in turn,
so that a change of the machine's speed meets both. Quote ratios: the machines differ.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians of one command: wall and processor seconds, peak memory in MiB."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True, slots=True)
class Command:
    """A command to time: its name in the table, arguments, and added environment."""

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the benchmark page; `key` names the marked section that it replaces."""

    key: str
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def markdown(self) -> str:
        """Return the section as Markdown."""
        lines = [
            f"## {self.title}",
            "",
            "| " + " | ".join(self.header) + " |",
            "| " + " | ".join(["---", *["---:"] * (len(self.header) - 1)]) + " |",
            *("| " + " | ".join(row) + " |" for row in self.rows),
        ]
        return "\n".join([*lines, "", self.note] if self.note else lines)


def python(*arguments: str) -> tuple[str, ...]:
    """Return a command line for this interpreter."""
    return (sys.executable, *arguments)


def compare(commands: Sequence[Command], runs: int = 5, warmup: int = 1) -> list[Figures]:
    """Run the commands in turn and return the figures of each.

    Raises:
        RuntimeError: a command failed; its error output is in the message.
    """
    seen: list[list[tuple[float, float, float]]] = [[] for _ in commands]
    for turn in range(warmup + runs):
        for position, command in enumerate(commands):
            figures = _once(command)
            if turn >= warmup:
                seen[position].append(figures)
    return [Figures(*(statistics.median(column) for column in zip(*r, strict=True))) for r in seen]


def _once(command: Command) -> tuple[float, float, float]:
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            command.arguments,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            cwd=ROOT,
            env=_environment(command),
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            raise RuntimeError(f"{command.name}: {errors.read().decode()[-2000:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def _environment(command: Command) -> dict[str, str]:
    """Return the environment of a command: compiled modules are kept, as for a user."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, **(command.environment or {})}


def milliseconds(seconds: float) -> str:
    """Return a time as the tables write it."""
    return f"{seconds:,.1f} s" if seconds >= 10 else f"{seconds * 1000:,.0f} ms"


def save(tables: Sequence[Table]) -> None:
    """Put each table into its marked section of the benchmark page."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Benchmarks\n"
    for table in tables:
        begin, end = f"<!-- begin: {table.key} -->", f"<!-- end: {table.key} -->"
        section = f"{begin}\n{table.markdown()}\n{end}"
        if begin in text:
            before, _, rest = text.partition(begin)
            text = before + section + rest.partition(end)[2]
        else:
            text = f"{text.rstrip()}\n\n{section}\n"
    PAGE.write_text(text, encoding="utf-8")
