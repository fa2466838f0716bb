"""SHACL Core on the compiled engine of the package `shacl` (Rust; MIT or Apache-2.0).

It reads the text of the data, so no literal is rewritten. It gets the shapes without their
SPARQL parts, which `cbrngraph.validate.sets` judges.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cbrngraph.errors import EnvironmentProblem, InputError
from cbrngraph.model import IRI, BNode, Term
from cbrngraph.validate.data import BASE, Data
from cbrngraph.validate.engines import Result, Task, given_name, original_name
from cbrngraph.validate.graph import IndexedGraph, parse_term
from cbrngraph.validate.paths import Path
from cbrngraph.validate.shapes import Shape
from cbrngraph.validate.vocabulary import OWL_CLASS, RDF_TYPE, RDFS_CLASS, SH, TARGETS

__all__ = ["CompiledEngine"]

_NOT_CORE = frozenset(
    IRI(SH + name)
    for name in "sparql parameter validator nodeValidator propertyValidator rule target js".split()
)
_CLOSED = IRI(SH + "ClosedConstraintComponent")
# The engine renames blank nodes. A shape of ours that every label breaks tells which is which.
_LABELS = "urn:cbrngraph:labels"
_LABEL_SHAPE = IRI("urn:cbrngraph:labels:shape")
_LABEL_SHAPES = f"""
<urn:cbrngraph:labels:root> <{RDF_TYPE}> <{SH}NodeShape> .
<urn:cbrngraph:labels:root> <{SH}targetSubjectsOf> <{_LABELS}> .
<urn:cbrngraph:labels:root> <{SH}property> <{_LABEL_SHAPE}> .
<{_LABEL_SHAPE}> <{SH}path> <{_LABELS}> .
<{_LABEL_SHAPE}> <{SH}nodeKind> <{SH}IRI> .
"""
_OWN = f"<{_LABEL_SHAPE}>"
_FORMATS = {".ttl": "turtle", ".nt": "ntriples"}


class CompiledEngine:
    """The package `shacl` behind the protocol of `cbrngraph.validate.engines`.

    An engine that is asked again about the same shapes does not read them again.
    """

    def __init__(self) -> None:
        self._known: tuple[IndexedGraph, tuple[Shape, ...], str, Any] | None = None

    @property
    def name(self) -> str:
        """The package and its version."""
        return f"shacl {_module().__version__}"

    def judge(self, task: Task) -> Iterator[Result]:
        """Yield the results of the Core constraints.

        Raises:
            EnvironmentProblem: the package is not installed.
            InputError: the engine cannot read the data or the shapes.
        """
        rules, shapes = self._shapes(task)
        found = self._run(task.data, shapes, task.data.text.decode())
        labels: dict[str, BNode] = {}
        if task.data.labelled and any(_names_blank_node(result) for result in found):
            text = task.data.text.decode() + _labelling(task.data)
            found = self._run(task.data, self._compiled(task, rules + _LABEL_SHAPES), text)
            labels = {r.value: _label(r) for r in found if r.source_shape == _OWN}
        for result in found:
            if result.source_shape != _OWN:
                yield self._result(result, task, labels)

    def _shapes(self, task: Task) -> tuple[str, Any]:
        """Return the text of the shapes, and what the engine makes of it."""
        known = self._known
        if known is None or known[0] is not task.graph or known[1] != task.roots:
            rules = _shapes_text(task)
            known = self._known = (task.graph, task.roots, rules, self._compiled(task, rules))
        return known[2], known[3]

    @staticmethod
    def _compiled(task: Task, rules: str) -> Any:
        try:
            return _module().Shapes.from_text(rules, "ntriples")
        except ValueError as error:
            task.data.check_syntax()
            raise InputError(f"the Core engine refuses the shapes or data: {error}") from None

    @staticmethod
    def _run(data: Data, shapes: Any, text: str) -> list[Any]:
        try:
            found = shapes.validate_text(text, _FORMATS[data.suffix], BASE).results
        except ValueError as error:
            data.check_syntax()
            raise InputError(f"the Core engine refuses the shapes or data: {error}") from None
        return list(found)

    def _result(self, result: Any, task: Task, labels: dict[str, BNode]) -> Result:
        def term(text: str) -> Term:
            return labels.get(text) or parse_term(text)

        shape = original_name(parse_term(result.source_shape))
        component = IRI(result.component_iri)
        own = task.shapes.by_node.get(shape)  # type: ignore[arg-type]
        path = own.path if own else None
        if component == _CLOSED and result.path:
            path = Path(iri=IRI(result.path[1:-1]))
        return Result(
            focus=term(result.focus_node),
            severity=IRI(result.severity_iri),
            component=component,
            shape=shape,  # type: ignore[arg-type]
            value=None if result.value is None else term(result.value),
            path=path,
            messages=own.messages if own else (),
            engine=self.name,
        )


def _module() -> Any:
    try:
        import shacl
    except ImportError:
        raise EnvironmentProblem(
            "the package 'shacl' is not installed here; --engine pyshacl does without it"
        ) from None
    return shacl


def available() -> bool:
    """Whether the compiled engine is installed."""
    from importlib.util import find_spec

    return find_spec("shacl") is not None


def _shapes_text(task: Task) -> str:
    """Return the shapes as N-Triples: without SPARQL, targets only of the task's roots."""
    roots = {shape.node for shape in task.roots}
    lines: list[str] = []
    for subject, predicate, value in task.graph.triples:
        if predicate in _NOT_CORE:
            continue
        if subject not in roots and subject in task.shapes.by_node:
            implicit = predicate == RDF_TYPE and value in (RDFS_CLASS, OWL_CLASS)
            if predicate in TARGETS or implicit:
                continue
        first, last = (given_name(term, task.shapes).n3() for term in (subject, value))
        lines.append(f"{first} {predicate.n3()} {last} .\n")
    return "".join(lines)


def _names_blank_node(result: Any) -> bool:
    return result.focus_node.startswith("_:") or (result.value or "").startswith("_:")


def _labelling(data: Data) -> str:
    """Return triples that tell each blank node's label."""
    nodes = dict.fromkeys(
        term for triple in data.triples() for term in triple if isinstance(term, BNode)
    )
    return "".join(f"<{_LABELS}:{node}> <{_LABELS}> _:{node} .\n" for node in nodes)


def _label(result: Any) -> BNode:
    return BNode(result.focus_node[1:-1].removeprefix(_LABELS + ":"))
