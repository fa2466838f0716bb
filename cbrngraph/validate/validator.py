"""Validate data against shapes: plan, judge, and put the results into one report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import TypeAlias

from cbrngraph.errors import UnknownNameError, nearest
from cbrngraph.model import IRI, BNode, Triple
from cbrngraph.validate.compiled import CompiledEngine, available
from cbrngraph.validate.data import Data
from cbrngraph.validate.engines import Engine, Task
from cbrngraph.validate.graph import IndexedGraph, read_graph
from cbrngraph.validate.plan import Forms, make_plan
from cbrngraph.validate.reading import read_shapes
from cbrngraph.validate.reference import ReferenceEngine
from cbrngraph.validate.report import SEVERITIES, Finding, Judged, Place, Report, Rule, rank
from cbrngraph.validate.sets import SetEngine
from cbrngraph.validate.shapes import Shape, Shapes
from cbrngraph.validate.words import finding_of

__all__ = ["ENGINES", "Graphs", "engine_named", "judge", "names_blank_node", "rules_of", "validate"]

Graphs: TypeAlias = "str | PathLike[str] | Iterable[str | PathLike[str]] | Iterable[Triple] | Data"
ENGINES = ("auto", "pyshacl")


def validate(data: Graphs, shapes: Graphs, *, engine: str = "auto") -> Report:
    """Return what is wrong with data by the rules of a shapes graph.

    `data` and `shapes` are a file or folder, several of them, or triples. `engine="pyshacl"` has
    the reference validator judge everything; `auto` gives each shape to the fastest engine that
    can do it, and the report says which did.

    SHACL (W3C Recommendation 20 July 2017), Core and SHACL-SPARQL.

    Raises:
        InputError: a file cannot be read or parsed, or the shapes are not well-formed.
        UnknownNameError: there is no such engine.
    """
    graph = _indexed(shapes)
    read = read_shapes(graph)
    given = data if isinstance(data, Data) else _data(data)
    return judge(given, graph, read, engine=engine)


def engine_named(name: str) -> str:
    """Return the engine of that name.

    Raises:
        UnknownNameError: there is none.
    """
    if name in ENGINES:
        return name
    hint = f"(there are {' and '.join(ENGINES)})"
    raise UnknownNameError("engine", name, nearest(name, ENGINES), hint)


Refine = Callable[[Iterable[Finding]], Iterable[Finding]]
_Part = tuple[str, Task, list[Finding]]


def judge(
    data: Data,
    graph: IndexedGraph,
    shapes: Shapes,
    *,
    engine: str = "auto",
    refine: Refine | None = None,
) -> Report:
    """Return the report on data for shapes that are already read.

    `refine` completes findings (with lines, sources); it works while the Core engine still does.

    Raises:
        UnknownNameError: there is no such engine.
    """
    engine = engine_named(engine)
    parts = _parts(data, graph, shapes, engine, refine or (lambda found: found))
    if not data.labelled and any(names_blank_node(f) for _, _, fs in parts for f in fs):
        named = data.relabelled()
        parts = _parts(named, graph, shapes, engine, refine or (lambda found: found))
    judged = []
    for name, task, findings in parts:
        reached = {s.node for root in task.roots for s in shapes.reachable(root)}
        judged.append(Judged(name, len(reached), len(findings)))
    report = Report((), judged=tuple(judged), rules=rules_of(graph, shapes))
    return report.with_findings(finding for _, _, findings in parts for finding in findings)


def _parts(
    data: Data, graph: IndexedGraph, shapes: Shapes, engine: str, refine: Refine
) -> list[_Part]:
    """Judge by each engine of the plan; the compiled one works beside the others."""
    from concurrent.futures import ThreadPoolExecutor

    def run(judging: Engine, task: Task) -> _Part:
        return judging.name, task, [finding_of(r, shapes) for r in judging.judge(task)]

    with ThreadPoolExecutor(max_workers=2) as pool:
        if engine == "auto" and any(shape.has_sparql for shape in shapes.by_node.values()):
            pool.submit(lambda: data.store)  # it loads while the plan is made
        early = _early_core(shapes) if engine == "auto" else ()
        beside = []
        if early:
            task = Task(graph, shapes, data, early)
            beside.append(pool.submit(run, CompiledEngine(), task))
        others = []
        for judging, task in _tasks(data, graph, shapes, engine, without=early):
            if isinstance(judging, CompiledEngine):
                beside.append(pool.submit(run, judging, task))
            else:
                name, done, found = run(judging, task)
                others.append((name, done, list(refine(found))))
        first = [future.result() for future in beside]
        return [(name, task, list(refine(found))) for name, task, found in first] + others


def _early_core(shapes: Shapes) -> tuple[Shape, ...]:
    """Return the roots for the compiled engine, when that is clear without looking at the data."""
    if not available():
        return ()
    roots = [r for r in shapes.roots() if any(s.has_core for s in shapes.reachable(r))]
    clear = all(
        not (shape.has_sparql or shape.has_advanced)
        for root in roots
        for shape in shapes.reachable(root)
    )
    return tuple(roots) if clear else ()


def names_blank_node(finding: Finding) -> bool:
    """Whether a finding is about an unnamed node, so that labels matter."""
    terms = (finding.focus, finding.value, *(term for _, term in finding.values))
    return any(isinstance(term, BNode) for term in terms)


def rules_of(graph: IndexedGraph, shapes: Shapes) -> tuple[Rule, ...]:
    """Return the shapes that have an IRI as the rules of a report, by name."""
    found = []
    for node, shape in shapes.by_node.items():
        if isinstance(node, IRI) and not shape.deactivated:
            texts = [*shape.messages, *(m for c in shape.sparql for m in c.messages)]
            text = shape.description or next((m.value for m in texts), "")
            path = graph.origin(node)
            place = Place(str(path)) if path is not None else None
            level = SEVERITIES[rank(shape.severity)]
            found.append(Rule(node, shape.name or node.local, text, level, place))
    return tuple(sorted(found, key=lambda rule: rule.iri))


def _tasks(
    data: Data, graph: IndexedGraph, shapes: Shapes, engine: str, without: tuple[Shape, ...]
) -> Iterator[tuple[Engine, Task]]:
    if engine == "pyshacl":
        if shapes.roots():
            yield ReferenceEngine(), Task(graph, shapes, data.relabelled(), shapes.roots())
        return
    has_sparql = any(shape.has_sparql for shape in shapes.by_node.values())
    forms = Forms(data.rewritten_properties, data.ambiguous) if has_sparql else Forms()
    plan = make_plan(shapes, forms, compiled=available())
    given = data.relabelled() if plan.reference else data

    def task(roots: Iterable[Shape]) -> Task:
        return Task(graph, shapes, given, tuple(roots))

    fast = [root for root in plan.fast if root not in without]
    core = [r for r in fast if any(s.has_core for s in shapes.reachable(r))]
    sparql = [r for r in fast if any(s.has_sparql for s in shapes.reachable(r))]
    if core:
        yield CompiledEngine(), task(core)
    if sparql:
        yield SetEngine(), task(sparql)
    if plan.reference:
        yield ReferenceEngine(), task(plan.reference)


def _indexed(shapes: Graphs) -> IndexedGraph:
    if isinstance(shapes, Data):
        return _of_triples(shapes.triples())
    if isinstance(shapes, str | PathLike):
        return read_graph([Path(shapes)])
    items = list(shapes)
    if items and isinstance(items[0], tuple):
        return _of_triples(items)  # type: ignore[arg-type]
    return read_graph(Path(item) for item in items)  # type: ignore[arg-type]


def _of_triples(triples: Iterable[Triple]) -> IndexedGraph:
    graph = IndexedGraph()
    for triple in triples:
        graph.add(triple)
    return graph


def _data(data: Graphs) -> Data:
    if isinstance(data, str | PathLike):
        return Data.from_files([Path(data)])
    items = list(data)  # type: ignore[arg-type]
    if items and isinstance(items[0], tuple):
        return Data.from_triples(items)  # type: ignore[arg-type]
    return Data.from_files(Path(item) for item in items)  # type: ignore[arg-type]
