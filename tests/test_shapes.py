"""The shipped shapes: each rule can fail, says so in words, and holds for the shipped data.

`tests/shapes/<Shape>_pass.ttl` keeps every rule of a shape; `<Shape>_fail.ttl` breaks each in a
node of its own, and its first lines (`#! node | path | severity | shape`) say what must be found.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from cbrngraph.model import IRI, Literal
from cbrngraph.namespaces import PREFIXES
from cbrngraph.validate import Report, validate
from cbrngraph.validate.graph import IndexedGraph, read_graph
from cbrngraph.validate.reading import read_shapes
from cbrngraph.validate.shapes import Shapes

ROOT = Path(__file__).parents[1]
SHAPES = ROOT / "ontology" / "shapes"
TOYS = ROOT / "tests" / "shapes"
BASE = "https://w3id.org/cbrngraph/"
SHAPE = BASE + "shape/"
SH = "http://www.w3.org/ns/shacl#"
OWL_CLASS = IRI("http://www.w3.org/2002/07/owl#Class")
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

Expected = tuple[str, str, str, str]


@cache
def graph() -> IndexedGraph:
    """Return the shipped shapes as triples."""
    return read_graph([SHAPES])


@cache
def shapes() -> Shapes:
    """Return the shipped shapes."""
    return read_shapes(graph())


@cache
def report(path: Path) -> Report:
    """Return the report on a toy file by all shipped shapes."""
    return validate(path, SHAPES)


def family(shape: str) -> str:
    """Return the node shape that a rule belongs to: `Project` for `Project-status`."""
    return shape.removeprefix(SHAPE).partition("-")[0]


NAMES = sorted({family(node) for node in shapes().by_node if node.startswith(SHAPE)})


def full(name: str) -> str:
    """Return a path with its prefixed names as IRIs."""
    if name == "-":
        return ""
    return re.sub(r"([a-z]+):([A-Za-z0-9]+)", lambda m: f"<{PREFIXES[m[1]]}{m[2]}>", name)


def expected(path: Path) -> Counter[Expected]:
    """Return what the first lines of a fail file say."""
    found: Counter[Expected] = Counter()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#! "):
            node, rest = line[3:].split(" | ", 1)
            where, severity, shape = rest.rsplit(" | ", 2)
            found[BASE + node, full(where), SH + severity, SHAPE + shape] += 1
    return found


def of_family(found: Report, name: str) -> Counter[Expected]:
    """Return a report's findings by the rules of one shape."""
    return Counter(
        (str(f.focus), f.path.sparql if f.path else "", str(f.severity), str(f.rule))
        for f in found.findings
        if family(f.rule) == name
    )


def test_there_are_shapes() -> None:
    """The glob finds the shapes, and they are as many as the ontology's classes call for."""
    assert len(NAMES) >= 70


@pytest.mark.parametrize("name", NAMES)
def test_pass_file_passes(name: str) -> None:
    """What keeps the rules of a shape is not found fault with by it."""
    path = TOYS / f"{name}_pass.ttl"
    assert not of_family(report(path), name)


@pytest.mark.parametrize("name", NAMES)
def test_fail_file_fails_as_stated(name: str) -> None:
    """Each broken rule is found at its node and path with its severity, and nothing else is."""
    path = TOYS / f"{name}_fail.ttl"
    wanted = expected(path)
    assert wanted
    assert of_family(report(path), name) == wanted


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_is_broken_once(name: str) -> None:
    """The fail file breaks each property shape and each SPARQL rule of the shape."""
    rules = {
        str(node)
        for node, shape in shapes().by_node.items()
        if node.startswith(SHAPE) and family(node) == name
        if shape.path is not None or shape.sparql
    }
    broken = {shape for _, _, _, shape in expected(TOYS / f"{name}_fail.ttl")}
    assert rules <= broken, rules - broken


@pytest.mark.parametrize("name", NAMES)
def test_engines_agree(name: str) -> None:
    """pySHACL finds the same in the fail file: focus, path, value, component, severity, shape.

    Both judge by the shapes of the same file only, which is what makes the judge bearable.
    """
    home = graph().origin(IRI(SHAPE + name))
    assert home is not None
    own = [home, SHAPES / "prefixes.ttl"]
    path = TOYS / f"{name}_fail.ttl"
    found = validate(path, own)
    assert found.findings
    assert rows(found) == rows(validate(path, own, engine="pyshacl"))


def rows(found: Report) -> set[tuple[str, ...]]:
    """Return the results of a report, for comparing; nested shapes without IRI by their rule."""
    return {
        (
            f.focus.n3(),
            f.path.sparql if f.path else "",
            f.value.n3() if f.value is not None else "",
            f.component,
            f.severity,
            f.rule,
        )
        for f in found.findings
    }


def test_every_shape_is_named_and_worded() -> None:
    """Every shape with rules of its own has an IRI, a name, a message and a severity."""
    checked = 0
    for node in shapes().by_node:
        if not isinstance(node, IRI):
            continue
        checked += 1
        values = graph().properties(node)
        for need in ("name", "severity"):
            assert len(values.get(SH + need, [])) == 1, (node, need)
        worded = values.get(SH + "message", [])
        for constraint in values.get(SH + "sparql", []):
            worded = worded or graph().values(constraint, SH + "message")
        assert worded, node
        assert all(isinstance(text, Literal) and text.language == "en" for text in worded), node
    assert checked > 250


def test_no_toy_file_is_without_a_shape() -> None:
    """Each toy file belongs to a shape that exists, and each shape has both files."""
    found = {path.name for path in TOYS.glob("*.ttl")}
    assert found == {f"{name}_{kind}.ttl" for name in NAMES for kind in ("pass", "fail")}


def test_every_class_has_a_shape() -> None:
    """Each class of the ontology is the target of a shape."""
    ontology = read_graph([ROOT / "ontology" / "cbrn.ttl"])
    classes = {
        node
        for node in ontology.subjects(RDF_TYPE, OWL_CLASS)
        if node.startswith(BASE + "ontology#")
    }
    targets = {value for _, p, value in graph().triples if p == SH + "targetClass"}
    assert len(classes) > 60
    assert classes <= targets, classes - targets
