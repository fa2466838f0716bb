"""The W3C SHACL test suite against the public `validate()`.

Found through `CBRNGRAPH_SHACL_SUITE` (the folder with the top `manifest.ttl`), else in the shared
folder. A case passes when the whole report is equal: focus node, severity, component, source
shape, value and path of every result, messages where the case states them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cbrngraph.errors import InputError
from cbrngraph.model import IRI, Literal, Term, Triple
from cbrngraph.store import parse_file
from cbrngraph.validate import Report, validate
from cbrngraph.validate.graph import IndexedGraph
from cbrngraph.validate.paths import list_items, read_path

BASE = "https://w3id.org/cbrngraph/"
SH = "http://www.w3.org/ns/shacl#"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
CASES = 120

Row = tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """One test of the suite: its file and the node of its entry."""

    path: Path
    entry: Term


def suite_folder() -> Path | None:
    """Return the folder of the suite, or None where there is none."""
    given = os.environ.get("CBRNGRAPH_SHACL_SUITE")
    if given:
        return Path(given)
    shared = Path(os.environ.get("CBRNGRAPH_SHARED", Path(__file__).parents[2] / "shared"))
    folder = shared / "suites" / "shacl"
    return folder if (folder / "manifest.ttl").is_file() else None


def load(path: Path) -> IndexedGraph:
    """Return a file's triples; shapes and data of one file share their blank nodes."""
    graph = IndexedGraph()
    for quad in parse_file(path):
        graph.add(Triple(quad.subject, quad.predicate, quad.object))
    return graph


def cases(manifest: Path) -> Iterator[Case]:
    """Yield the cases of a manifest and of those that it includes."""
    graph = load(manifest)
    for included in graph.values(IRI(BASE), MF + "include"):
        yield from cases(manifest.parent / str(included).removeprefix(BASE))
    for head in graph.values(IRI(BASE), MF + "entries"):
        yield from (Case(manifest, entry) for entry in list_items(head, graph.values))


SUITE = suite_folder()
ALL = list(cases(SUITE / "manifest.ttl")) if SUITE else []


def one(graph: IndexedGraph, node: Term, name: str) -> str:
    """Return the only value as text, or "" where there is none."""
    values = graph.values(node, SH + name)
    assert len(values) <= 1
    return values[0].n3() if values else ""


def expected(graph: IndexedGraph, report: Term) -> list[Row]:
    """Return the results that a case states."""
    rows = []
    for node in graph.values(report, SH + "result"):
        path = graph.values(node, SH + "resultPath")
        row = [one(graph, node, name) for name in ("focusNode", "resultSeverity")]
        row.append(one(graph, node, "sourceConstraintComponent"))
        row += [one(graph, node, name) for name in ("sourceShape", "value")]
        row.append(read_path(path[0], graph.values).sparql if path else "")
        rows.append(tuple(row))
    return sorted(rows)


def found(report: Report) -> list[Row]:
    """Return the results that `validate` gave."""
    return sorted(
        (
            f.focus.n3(),
            f.severity.n3(),
            f.component.n3(),
            f.shape.n3(),
            f.value.n3() if f.value is not None else "",
            f.path.sparql if f.path else "",
        )
        for f in report.findings
    )


def name(case: Case) -> str:
    """Return a case's name for the test's id."""
    assert SUITE is not None
    return case.path.relative_to(SUITE).with_suffix("").as_posix()


@pytest.mark.shared
def test_suite_is_complete() -> None:
    """All 120 cases of the suite are run, none is lost on the way."""
    if SUITE is None:
        pytest.skip("the W3C SHACL suite is in the shared folder, which is absent")
    assert len(ALL) == CASES


@pytest.mark.parametrize("case", ALL, ids=name)
def test_case(case: Case) -> None:
    """The report of `validate` is the one that the suite states."""
    graph = load(case.path)
    action = graph.values(case.entry, MF + "action")[0]
    files = [
        case.path.parent / str(graph.values(action, SHT + part)[0]).removeprefix(BASE)
        for part in ("dataGraph", "shapesGraph")
    ]
    data, shapes = (
        graph if path in (case.path, case.path.parent) else load(path) for path in files
    )
    result = graph.values(case.entry, MF + "result")[0]
    if result == SHT + "Failure":
        with pytest.raises(InputError):
            validate(list(data.triples), list(shapes.triples))
        return
    report = validate(list(data.triples), list(shapes.triples))
    wanted = expected(graph, result)
    assert found(report) == wanted
    conforms = graph.values(result, SH + "conforms")[0]
    assert isinstance(conforms, Literal)
    assert report.conforms is conforms.python
    stated = {m.n3() for n in graph.values(result, SH + "result") for m in messages(graph, n)}
    assert stated <= {m.n3() for f in report.findings for m in f.messages}


def messages(graph: IndexedGraph, node: Term) -> list[Term]:
    """Return the messages that a case states for a result."""
    return graph.values(node, SH + "resultMessage")
