"""Evidence: why, conflicts, timeline and diff, on the shipped graph and on a million quads."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.frame import ROOT, Command, Figures, Table, compare, milliseconds, python
from benchmarks.generate import write

QUADS = 1_000_000
QUERY = ("projects-by-country", "--param", "country=UZB")
COUNT = ("regions-overview",)
HEADER = ("job", "wall", "memory", "target", "ratio to the plain query")
_RATIOS = "Ratios are to the first query, those of counts to the query of counts."
SIMPLE, COUNTS = "a stored query", "a stored query of counts"


def run() -> list[Table]:
    """Return the table of the shipped graph and the one of a large graph."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = {"CBRNGRAPH_CACHE": str(folder / "small")}
        project = str(folder / "project")
        tables = [_shipped(small)]
        every = _every("the shipped graph", (), small, runs=5)
        quads = write(folder / "project", QUADS)
        large = {"CBRNGRAPH_CACHE": str(folder / "large")}
        tables.append(_large(project, quads, large))
        every += _every(f"{quads:,} quads", ("--project", project), large, runs=1)
    header = ("graph and row", "wall of why", "wall of the plain query", "ratio")
    note = "The first row of each stored query that has one, with default parameters: medians over \
the queries, sums, and those that take longest. Whole processes, each figure the median of five \
runs in turn on the shipped graph and one run on the large one. To find the row the query is \
asked, so no explanation is faster than its query."
    tables.append(Table("evidence-every", "Why, for every stored query", header, every, note))
    return tables


def _every(
    graph: str, at: tuple[str, ...], own: Mapping[str, str], runs: int
) -> tuple[tuple[str, ...], ...]:
    """Return how long explaining the first row of each stored query takes, and asking it."""
    cli = python("-m", "cbrngraph")
    names = [name for name in _slugs(cli) if _has_row((*cli, "query", name, *at), own)]
    jobs = [
        Command(name, (*cli, *words, *at), own)
        for name in names
        for words in (("why", name, "--row", "1"), ("query", name))
    ]
    walls = [figures.wall for figures in compare(jobs, runs=runs)]
    whys, plain = walls[::2], walls[1::2]
    slowest = sorted(zip(whys, plain, names, strict=True), reverse=True)[:5]
    rows = [
        ("median", statistics.median(whys), statistics.median(plain)),
        (f"all {len(names)}", sum(whys), sum(plain)),
        *((name, why, query) for why, query, name in slowest),
    ]
    return tuple(
        (f"{graph}: {name}", milliseconds(why), milliseconds(query), f"{why / query:.1f}")
        for name, why, query in rows
    )


def _slugs(cli: tuple[str, ...]) -> list[str]:
    found = subprocess.run(
        (*cli, "queries", "--format", "json"), capture_output=True, check=True, cwd=ROOT
    )
    return [query["slug"] for query in json.loads(found.stdout)]


def _has_row(command: tuple[str, ...], own: Mapping[str, str]) -> bool:
    """Whether a query has a row with default parameters; one of its own may be required."""
    found = subprocess.run(
        (*command, "--format", "csv", "--limit", "1"),
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, **own},
    )
    return found.returncode == 0 and found.stdout.count(b"\n") > 1


def _shipped(own: Mapping[str, str]) -> Table:
    cli = python("-m", "cbrngraph")
    jobs = [
        (SIMPLE, (*cli, "query", *QUERY), ""),
        ("why of a row of it", (*cli, "why", *QUERY, "--row", "2"), "150 ms"),
        (COUNTS, (*cli, "query", *COUNT), ""),
        ("why of a row of counts", (*cli, "why", *COUNT, "--row", "1"), "150 ms"),
        ("query with evidence of each row", (*cli, "query", *QUERY, "--evidence"), ""),
        ("why of a thing", (*cli, "why", "P087"), ""),
        ("conflicts", (*cli, "conflicts"), ""),
        ("timeline of a thing", (*cli, "timeline", "KAZ"), ""),
        ("diff of two dates", (*cli, "diff", "2023-05", "2025-12"), ""),
    ]
    rows = _rows(jobs, own, runs=7)
    note = f"Whole processes on a snapshot that is built; medians of seven, taken in turn. \
{_RATIOS}"
    return Table("evidence", "Evidence on the shipped graph", HEADER, rows, note)


def _large(project: str, quads: int, own: Mapping[str, str]) -> Table:
    cli = python("-m", "cbrngraph")
    at = ("--project", project)
    compare([Command("build", (*cli, "build", *at), own)], runs=1, warmup=0)
    jobs = [
        (SIMPLE, (*cli, "query", *QUERY, *at), ""),
        ("why of a row of it", (*cli, "why", *QUERY, "--row", "2", *at), "300 ms"),
        (COUNTS, (*cli, "query", *COUNT, *at), ""),
        ("why of a row of counts", (*cli, "why", *COUNT, "--row", "1", *at), "300 ms"),
        ("conflicts", (*cli, "conflicts", "--format", "json", *at), "10 s"),
        ("diff of two views", (*cli, "diff", "2023-05", "current", *at), "10 s"),
    ]
    rows = _rows(jobs, own, runs=3)
    note = f"Whole processes on a snapshot that is built; medians of three, taken in turn. A diff \
reads the text of the files, not the store. {_RATIOS}"
    title = f"Evidence at {quads:,} quads"
    return Table("evidence-large", title, HEADER, rows, note)


def _rows(
    jobs: Sequence[tuple[str, tuple[str, ...], str]], own: Mapping[str, str], runs: int
) -> tuple[tuple[str, ...], ...]:
    figures = compare([Command(name, words, own) for name, words, _ in jobs], runs=runs)
    by_name = {name: one for (name, _, _), one in zip(jobs, figures, strict=True)}
    return tuple(
        _row(name, by_name[name], target, by_name[COUNTS if "counts" in name else SIMPLE])
        for name, _, target in jobs
    )


def _row(name: str, one: Figures, target: str, plain: Figures) -> tuple[str, ...]:
    ratio = f"{one.wall / plain.wall:.1f}"
    return name, milliseconds(one.wall), f"{one.memory:,.0f} MiB", target, ratio
