"""The page of the query catalogue: each query with its parameters, SPARQL and gold answer."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from cbrngraph.queries import Catalogue, StoredQuery
from cbrngraph.resources import Project

__all__ = ["page"]

GOLD = Path(__file__).resolve().parent.parent / "tests" / "queries"
# Rows shown of a gold answer; the file has them all.
ROWS = 5


def page() -> str:
    """Return the catalogue as Markdown, by topic."""
    queries = Catalogue(Project.open()).select()
    lines = [
        "# Query catalogue",
        "",
        f"{len(queries)} questions. Each is one file under `queries/`, a command, a Python call",
        "and an example to start from. [How stored queries work](queries.md).",
    ]
    by_topic = [(topic, list(group)) for topic, group in groupby(queries, lambda one: one.topic)]
    for topic, group in by_topic:
        lines += ["", f"**{topic.capitalize()}**", ""]
        lines += [f"- [{query.slug}](#{query.slug}) – {query.summary}" for query in group]
    for topic, group in by_topic:
        lines += ["", f"## {topic.capitalize()}"]
        for query in group:
            lines += ["", *_entry(query)]
    return "\n".join(lines) + "\n"


def _entry(query: StoredQuery) -> Iterator[str]:
    yield f"### {query.slug}"
    yield ""
    yield f"**{query.summary}** {query.description}".rstrip()
    yield ""
    if query.parameters:
        yield "| parameter | type | what | default |"
        yield "| --- | --- | --- | --- |"
        for parameter in query.parameters:
            default = "all" if parameter.default is None else f"`{parameter.default}`"
            yield f"| `{parameter.name}` | {parameter.type} | {parameter.label} | {default} |"
        yield ""
    yield "```sh"
    yield f"cbrngraph query {query.slug}" + "".join(
        f" --param {parameter.name}=..." for parameter in query.parameters
    )
    yield "```"
    yield ""
    yield "```sparql"
    yield query.sparql.rstrip()
    yield "```"
    yield ""
    yield from _gold(GOLD / f"{query.slug}.csv")


def _gold(path: Path) -> Iterator[str]:
    if not path.exists():
        return
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(line for line in file if not line.startswith("#"))
    count = f"{len(rows)} row" + ("" if len(rows) == 1 else "s")
    yield f"Rows checked by hand ({count}" + (f", the first {ROWS}):" if len(rows) > ROWS else "):")
    yield ""
    yield "| " + " | ".join(header) + " |"
    yield "|" + " --- |" * len(header)
    for row in rows[:ROWS]:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
    yield ""
