"""Validation against every SHACL validator that installs from PyPI, at four sizes.

    CBRNGRAPH_BENCH_SIZES=2000,10000 python -m benchmarks validate

measures those sizes only. pySHACL is left out above 100,000 triples; another validator is stopped
after five minutes.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.frame import Command, Figures, Table, compare, milliseconds, python
from benchmarks.programme import SHAPES, write

SIZES = (2_000, 10_000, 100_000, 1_000_000)
PYSHACL_UP_TO = 100_000
# Up to this size everything runs in turn and several times; above, the slow engines run once.
SEVERAL_UP_TO = 10_000
# Seconds after which another validator is stopped; its row then says so.
LIMIT = 300

# Each program gets data, shapes and a file for the number of results.
OURS = """
import sys
from cbrngraph.validate import validate
report = validate(sys.argv[1], sys.argv[2])
open(sys.argv[3], "w").write(str(len(report.findings)))
"""
# Opened as the command line opens it: lines and sources of each finding are part of the job.
SNAPSHOT = """
import sys
from pathlib import Path
from cbrngraph.build import open_snapshot
from cbrngraph.model import View
from cbrngraph.resources import Project
from cbrngraph.validate.project import validate_snapshot
snapshot = open_snapshot(Project.open(Path(sys.argv[1])), View())
report = validate_snapshot(snapshot, [Path(sys.argv[2])])
open(sys.argv[3], "w").write(str(len(report.findings)))
"""
PYSHACL = """
import sys, pyshacl
from rdflib.namespace import SH
_, report, _ = pyshacl.validate(sys.argv[1], shacl_graph=sys.argv[2])
open(sys.argv[3], "w").write(str(len(list(report.subject_objects(SH.result)))))
"""
SHACL = """
import sys, shacl
report = shacl.Shapes.from_file(sys.argv[2]).validate_file(sys.argv[1])
open(sys.argv[3], "w").write(str(len(report.results)))
"""
PYSHIFTY = """
import sys, shifty
from pathlib import Path
from rdflib.namespace import SH
_, report, _ = shifty.validate(Path(sys.argv[1]), Path(sys.argv[2]))
open(sys.argv[3], "w").write(str(len(list(report.subject_objects(SH.result)))))
"""


@dataclass(frozen=True, slots=True)
class Rival:
    """A validator from PyPI: its package, the program that calls it, the largest size for it."""

    package: str
    program: str
    up_to: int


RIVALS = (
    Rival("pyshacl", PYSHACL, PYSHACL_UP_TO),
    Rival("shacl", SHACL, max(SIZES)),
    Rival("pyshifty", PYSHIFTY, max(SIZES)),
)
HEADER = ("triples, validator", "wall", "memory", "results", "ratio to cbrngraph")


@dataclass(frozen=True, slots=True)
class Job:
    """One row to measure: the command, and the file into which it writes what it found."""

    command: Command
    count: Path
    slow: bool


def run() -> list[Table]:
    """Return the table of validators by size."""
    rows: list[tuple[str, ...]] = []
    with tempfile.TemporaryDirectory() as name:
        for size in sizes():
            folder = Path(name) / str(size)
            rows += _rows_of(size, folder)
    absent = [rival.package for rival in RIVALS if not _version(rival.package)]
    note = (
        "Whole processes from Turtle text, parsing included; 15 shapes, three of them "
        "SHACL-SPARQL. Who has fewer results misses seeded faults. 'built snapshot' is the whole "
        "check of a project that is already built, with lines and sources. Medians of three up to "
        f"{SEVERAL_UP_TO:,} triples; above, one run of each other validator; pySHACL up to "
        f"{PYSHACL_UP_TO:,}."
    )
    if absent:
        note += f" Not installed here: {', '.join(absent)}."
    return [Table("validate", "Validation", HEADER, tuple(rows), note)]


def sizes() -> tuple[int, ...]:
    """Return the sizes to measure: those in CBRNGRAPH_BENCH_SIZES, else all."""
    given = os.environ.get("CBRNGRAPH_BENCH_SIZES", "")
    return tuple(int(part) for part in given.replace("_", "").split(",") if part) or SIZES


def _rows_of(size: int, folder: Path) -> Iterator[tuple[str, ...]]:
    """Yield the rows of one size; the first is the one that the others are compared with."""
    data = folder / "project" / "data" / "reference" / "programme.ttl"
    data.parent.mkdir(parents=True)
    shapes = folder / "shapes.ttl"
    shapes.write_text(SHAPES, encoding="utf-8")
    triples = write(data, size)
    jobs = _jobs(size, folder, data, shapes)
    figures = _measured(size, jobs)
    first = figures[0]
    assert first is not None
    base = first.wall
    for job, seen in zip(jobs, figures, strict=True):
        if seen is None:
            yield (
                f"{triples:,}, {job.command.name}",
                f"over {LIMIT} s",
                "",
                "",
                f"> {LIMIT / base:.0f}",
            )
            continue
        yield (
            f"{triples:,}, {job.command.name}",
            milliseconds(seen.wall),
            f"{seen.memory:,.0f} MiB",
            job.count.read_text(),
            f"{seen.wall / base:.2f}",
        )


def _jobs(size: int, folder: Path, data: Path, shapes: Path) -> list[Job]:
    cache = {"CBRNGRAPH_CACHE": str(folder / "cache")}

    def job(
        name: str,
        program: str,
        target: Path,
        *,
        slow: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> Job:
        count = folder / f"{name.replace(', ', '-')}.count"
        stop = f"import signal; signal.alarm({LIMIT})\n" if slow else ""
        call = python("-c", stop + program, str(target), str(shapes), str(count))
        return Job(Command(name, call, environment), count, slow)

    jobs = [
        job("cbrngraph", OURS, data),
        job("cbrngraph, built snapshot", SNAPSHOT, folder / "project", environment=cache),
    ]
    for rival in RIVALS:
        found = _version(rival.package)
        if found and size <= rival.up_to:
            jobs.append(job(f"{rival.package} {found}", rival.program, data, slow=True))
    return jobs


def _measured(size: int, jobs: list[Job]) -> list[Figures | None]:
    """Return the figures of the jobs, None for one over the limit; the warm-up builds."""
    if size <= SEVERAL_UP_TO:
        return [*compare([job.command for job in jobs], runs=3, warmup=1)]
    fast = compare([job.command for job in jobs if not job.slow], runs=3, warmup=1)
    return [*fast, *(_once(job.command) for job in jobs if job.slow)]


def _once(command: Command) -> Figures | None:
    """Return the figures of one run; None when the alarm has ended it."""
    begin = time.monotonic()
    try:
        return compare([command], runs=1, warmup=0)[0]
    except RuntimeError:
        if time.monotonic() - begin < LIMIT:
            raise
        return None


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
