"""The shipped graph: start-up, build, and a stored query against rdflib doing the same job."""

from __future__ import annotations

import tempfile

from benchmarks.frame import Command, Table, compare, milliseconds, python

QUERY = "sources-overview"
ONE = ("projects-by-country", "--param", "country=UZB")

# rdflib reads the same files and answers the same text over the union of the graphs.
RDFLIB = """
import sys
from pathlib import Path
import rdflib
from cbrngraph.resources import Project
project = Project.open()
dataset = rdflib.Dataset(default_union=True)
for file in project.inputs():
    dataset.parse(file.path, format="trig" if file.path.suffix == ".trig" else "turtle")
text = project.find_query(sys.argv[1]).path.read_text(encoding="utf-8")
for row in dataset.query(text):
    print(*row, sep=",")
"""


def run() -> list[Table]:
    """Return the table of the shipped graph."""
    with tempfile.TemporaryDirectory() as cache:
        own = {"CBRNGRAPH_CACHE": cache}
        cli = python("-m", "cbrngraph")
        commands = [
            Command("python -c pass", python("-c", "pass")),
            Command("import cbrngraph", python("-c", "import cbrngraph")),
            Command("cbrngraph --version", (*cli, "--version"), own),
            Command("a stored query, cold start", (*cli, "query", *ONE, "--format", "csv"), own),
            Command("one over all sources", (*cli, "query", QUERY, "--format", "csv"), own),
            Command("the same without a cache", (*cli, "query", QUERY, "--store", "memory"), own),
            Command("rdflib: parse the files and answer", python("-c", RDFLIB, QUERY), own),
            Command("build from the files", (*cli, "build", "--force"), own),
        ]
        figures = compare(commands, runs=5)
    base = figures[3].wall
    rows = tuple(
        (command.name, milliseconds(f.wall), f"{f.memory:,.0f} MiB", f"{f.wall / base:.1f}")
        for command, f in zip(commands, figures, strict=True)
    )
    note = (
        f"Whole processes, medians of five. The stored query is `{' '.join(ONE)}`; over all "
        f"sources, without a cache and in rdflib it is `{QUERY}`, which rdflib answers alike from "
        "the files."
    )
    header = ("command", "wall", "memory", "ratio to the stored query")
    return [Table("graph", "The shipped graph", header, rows, note)]
