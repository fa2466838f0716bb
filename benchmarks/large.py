"""A million quads of the shipped shape: build against bulk load, reopen, every stored query."""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
from pathlib import Path

from benchmarks.frame import ROOT, Command, Figures, Table, compare, milliseconds, python
from benchmarks.generate import write

QUADS = 1_000_000
QUERY = "what-a-source-contributed"

# What the engine needs for the same quads and nothing else: no view, no entailment, no hash.
BULK_LOAD = """
import sys, tempfile
from pathlib import Path
import pyoxigraph as ox
with tempfile.TemporaryDirectory(dir=sys.argv[2]) as folder:
    store = ox.Store(folder)
    for path in sorted(Path(sys.argv[1]).rglob("*.trig")):
        store.bulk_load(path=str(path), format=ox.RdfFormat.TRIG)
    store.flush()
"""

# Every stored query with its defaults, in one process, opened as the command line opens it.
EVERY_QUERY = """
import json, sys, time
import cbrngraph
graph = cbrngraph.open(sys.argv[1])
found = {}
for name in graph.queries.names():
    start = time.perf_counter()
    rows = sum(1 for _ in graph.query(name))
    found[name] = (time.perf_counter() - start, rows)
print(json.dumps(found))
"""


def run() -> list[Table]:
    """Return the tables of the large graph."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        quads = write(folder / "project", QUADS)
        own = {"CBRNGRAPH_CACHE": str(folder / "cache")}
        project = str(folder / "project")
        cli = python("-m", "cbrngraph")
        build = compare(
            [
                Command("bulk load alone", python("-c", BULK_LOAD, project, name)),
                Command("build", (*cli, "build", "--force", "--project", project), own),
            ],
            runs=3,
            warmup=0,
        )
        ask = (*cli, "query", QUERY, "--limit", "20", "--format", "csv", "--project", project)
        (reopen,) = compare([Command("reopen and answer", ask, own)])
        times = _every_query(project, own)
    return [_loading(quads, build, reopen), _queries(quads, times)]


def _loading(quads: int, build: list[Figures], reopen: Figures) -> Table:
    alone, own = build
    rows = (
        (
            "pyoxigraph bulk load alone",
            milliseconds(alone.wall),
            f"{alone.memory:,.0f} MiB",
            "1.00",
        ),
        (
            "build: load, resolve, entail, hash",
            milliseconds(own.wall),
            f"{own.memory:,.0f} MiB",
            f"{own.wall / alone.wall:.2f}",
        ),
        (
            "reopen and answer a stored query",
            milliseconds(reopen.wall),
            f"{reopen.memory:,.0f} MiB",
            f"{reopen.wall / alone.wall:.3f}",
        ),
    )
    header = ("job", "wall", "memory", "ratio to bulk load")
    note = "Whole processes; builds are medians of three, taken in turn, stores on disk."
    return Table("large", f"{quads:,} quads of the same shape", header, rows, note)


def _every_query(project: str, own: dict[str, str]) -> dict[str, tuple[float, int]]:
    import os

    finished = subprocess.run(
        python("-c", EVERY_QUERY, project),
        check=True,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, **own},
    )
    return {name: (float(t), int(n)) for name, (t, n) in json.loads(finished.stdout).items()}


def _queries(quads: int, times: dict[str, tuple[float, int]]) -> Table:
    seconds = [taken for taken, _ in times.values()]
    slowest = sorted(times.items(), key=lambda item: -item[1][0])[:10]
    rows = (
        (f"all {len(times)}: median", milliseconds(statistics.median(seconds)), ""),
        (f"all {len(times)}: slowest", milliseconds(max(seconds)), ""),
        *((name, milliseconds(taken), f"{count:,}") for name, (taken, count) in slowest),
    )
    header = ("stored query", "time", "rows")
    note = "In one process on the reopened snapshot, with default parameters; the slowest ten."
    return Table("queries", f"Every stored query at {quads:,} quads", header, rows, note)
