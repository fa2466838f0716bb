"""pySHACL, the reference validator, for what neither of the fast engines can do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cbrngraph.errors import InputError
from cbrngraph.model import IRI, BNode, Literal, Term
from cbrngraph.validate.engines import Result, Task, given_name, original_name
from cbrngraph.validate.paths import Path, PathFault, read_path
from cbrngraph.validate.vocabulary import OWL_CLASS, RDF_TYPE, RDFS_CLASS, SH, TARGETS

if TYPE_CHECKING:
    import rdflib

__all__ = ["ReferenceEngine"]


class ReferenceEngine:
    """The package `pyshacl` behind the protocol of `cbrngraph.validate.engines`."""

    @property
    def name(self) -> str:
        """The package and its version."""
        from importlib.metadata import version

        return f"pyshacl {version('pyshacl')}"

    def judge(self, task: Task) -> Iterator[Result]:
        """Yield the results of every constraint of the task's roots, Core and SPARQL.

        Raises:
            InputError: pySHACL cannot use the shapes.
        """
        import pyshacl
        from pyshacl.errors import ReportableRuntimeError, ShapeLoadError, ValidationFailure

        data = _to_rdflib(task.data.triples())
        shapes = _to_rdflib(_shapes_triples(task))
        advanced = any(s.has_advanced for r in task.roots for s in task.shapes.reachable(r))
        try:
            _, report, text = pyshacl.validate(
                data, shacl_graph=shapes, advanced=advanced, do_owl_imports=False
            )
        except (ReportableRuntimeError, ShapeLoadError, NotImplementedError) as error:
            raise InputError(f"the shapes graph: pySHACL: {error}") from None
        if isinstance(report, ValidationFailure) or not hasattr(report, "subjects"):
            raise InputError(f"the shapes graph: pySHACL: {report or text}")
        yield from self._results(report, task)

    def _results(self, report: rdflib.Graph, task: Task) -> Iterator[Result]:
        from rdflib.namespace import RDF
        from rdflib.namespace import SH as RSH

        def one(node: Any, name: str) -> Term | None:
            found = report.value(node, RSH[name])
            return None if found is None else _from_rdflib(found)

        def values(node: Term, predicate: str) -> list[Term]:
            from rdflib import URIRef

            return [_from_rdflib(o) for o in report.objects(_term(node), URIRef(predicate))]

        # Only the report's own results: those inside sh:detail are explanations of one.
        top = report.value(None, RDF.type, RSH.ValidationReport)
        for node in report.objects(top, RSH.result):
            shape = original_name(one(node, "sourceShape") or BNode("unknown"))
            path_node = one(node, "resultPath")
            try:
                path: Path | None = None if path_node is None else read_path(path_node, values)
            except PathFault:
                own = task.shapes.by_node.get(shape)  # type: ignore[arg-type]
                path = own.path if own else None
            constraint = one(node, "sourceConstraint")
            yield Result(
                focus=one(node, "focusNode") or BNode("unknown"),
                severity=IRI(one(node, "resultSeverity") or SH + "Violation"),
                component=IRI(one(node, "sourceConstraintComponent") or ""),
                shape=shape,  # type: ignore[arg-type]
                value=one(node, "value"),
                path=path,
                messages=tuple(
                    m
                    for o in report.objects(node, RSH.resultMessage)
                    if isinstance(m := _from_rdflib(o), Literal)
                ),
                constraint=constraint,  # type: ignore[arg-type]
                engine=self.name,
            )


def _shapes_triples(task: Task) -> Iterator[tuple[Term, Term, Term]]:
    """Yield the shapes with IRIs for all, and with targets only where they are meant."""
    roots = {shape.node for shape in task.roots}
    for subject, predicate, value in task.graph.triples:
        if subject not in roots and subject in task.shapes.by_node:
            implicit = predicate == RDF_TYPE and value in (RDFS_CLASS, OWL_CLASS)
            if predicate in TARGETS or implicit:
                continue
        yield given_name(subject, task.shapes), predicate, given_name(value, task.shapes)


def _to_rdflib(triples: Any) -> rdflib.Graph:
    """Return an rdflib graph whose literals keep the form they were written in."""
    import rdflib

    graph = rdflib.Graph()
    for triple in triples:
        graph.add(tuple(_term(term) for term in triple))
    return graph


def _term(term: Term) -> Any:
    import rdflib

    if isinstance(term, Literal):
        if term.language:
            return rdflib.Literal(term.value, lang=term.language, normalize=False)
        kind = None if term.datatype.endswith("#string") else rdflib.URIRef(term.datatype)
        return rdflib.Literal(term.value, datatype=kind, normalize=False)
    return rdflib.BNode(term) if isinstance(term, BNode) else rdflib.URIRef(term)


def _from_rdflib(term: Any) -> Term:
    import rdflib

    if isinstance(term, rdflib.Literal):
        if term.language:
            return Literal(str(term), _LANG_STRING, term.language)
        return Literal(str(term), str(term.datatype)) if term.datatype else Literal(str(term))
    return BNode(str(term)) if isinstance(term, rdflib.BNode) else IRI(str(term))


_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
