"""The page of the shapes: what data must look like, in the words of the shapes themselves."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from rdflib import RDF, SH, Graph, URIRef
from rdflib.term import Node

__all__ = ["page"]

SHAPES = Path(__file__).resolve().parent.parent / "ontology" / "shapes"
SHAPE = "https://w3id.org/cbrngraph/shape/"
TARGETS = {
    SH.targetClass: "every {}",
    SH.targetSubjectsOf: "whatever has {}",
    SH.targetObjectsOf: "every value of {}",
    SH.targetNode: "{}",
}


def page() -> str:
    """Return the page as Markdown: a section per file, a table of rules per shape."""
    lines = [
        "# Shapes",
        "",
        "What `cbrngraph validate` checks, one section per file of `ontology/shapes/`. A",
        "*violation* is wrong data, a *warning* deserves a look, *info* says what is not known.",
        "In a message, `{?value}` is replaced by the value that was found.",
    ]
    for path in sorted(SHAPES.glob("*.ttl")):
        graph = Graph().parse(path)
        shapes = sorted(set(graph.subjects(RDF.type, SH.NodeShape)), key=str)
        if shapes:
            title = path.read_text("utf-8").partition("\n")[0].lstrip("# ").strip()
            lines += ["", f"## {title}", "", f"`ontology/shapes/{path.name}`"]
        for shape in shapes:
            lines += ["", *_section(graph, shape)]
    return "\n".join(lines) + "\n"


def _section(graph: Graph, shape: Node) -> Iterator[str]:
    yield f"### {_short(shape)}"
    yield ""
    described = _text(graph, shape, SH.description) or _text(graph, shape, SH.name)
    if described:
        yield described
        yield ""
    targets = [
        words.format(f"`{_short(target)}`")
        for predicate, words in TARGETS.items()
        for target in sorted(graph.objects(shape, predicate), key=str)
    ]
    if targets:
        yield "Applies to " + ", ".join(targets) + "."
        yield ""
    rules = sorted(
        {*graph.objects(shape, SH.property), *graph.objects(shape, SH.sparql)} or {shape}, key=str
    )
    yield "| rule | severity | message |"
    yield "| --- | --- | --- |"
    for rule in rules:
        severity = graph.value(rule, SH.severity) or graph.value(shape, SH.severity)
        message = _text(graph, rule, SH.message) or _text(graph, shape, SH.message)
        name = _short(rule if isinstance(rule, URIRef) else shape)
        cell = message.replace("|", "\\|").replace("<", "&lt;")
        yield f"| `{name}` | {_short(severity).lower()} | {cell} |"


def _short(node: Node | None) -> str:
    text = str(node or SH.Violation)
    return text.removeprefix(SHAPE).replace("/", "#").rpartition("#")[2]


def _text(graph: Graph, node: Node, predicate: URIRef) -> str:
    return " ".join(str(graph.value(node, predicate) or "").split())


if __name__ == "__main__":
    sys.stdout.write(page())
