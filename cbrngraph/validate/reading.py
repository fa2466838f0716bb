"""Read a shapes graph, and refuse one that is not well-formed with the place of the fault.

SHACL section 3.4: a processor should signal a failure for an ill-formed shapes graph. Reading
goes on only with a graph that means something, so that 'no finding' never means 'not checked'.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path as FilePath

from cbrngraph.errors import InputError, SyntaxFault, nearest
from cbrngraph.model import IRI, BNode, Literal, Term
from cbrngraph.validate.graph import IndexedGraph
from cbrngraph.validate.paths import Path, PathFault, list_items, read_path
from cbrngraph.validate.shapes import (
    Component,
    ComponentUse,
    Shape,
    Shapes,
    SparqlConstraint,
    Target,
    TargetKind,
    Validator,
)
from cbrngraph.validate.vocabulary import (
    ADVANCED,
    CORE_PARAMETERS,
    KNOWN,
    OWL_CLASS,
    OWL_IMPORTS,
    RDF_TYPE,
    RDFS_CLASS,
    RDFS_SUBCLASS,
    SH,
    SHAPE_LISTS,
    SHAPE_VALUES,
    TARGETS,
)

__all__ = ["fault", "read_shapes"]

_VIOLATION = IRI(SH + "Violation")
_SHAPE_CLASSES = (IRI(SH + "NodeShape"), IRI(SH + "PropertyShape"))


def fault(graph: IndexedGraph, node: Term, message: str, predicate: str = "") -> InputError:
    """Return the error for a fault in a shapes graph, with file and line where it has them."""
    from cbrngraph.validate.positions import line_of

    path = graph.origin(node)
    if path is None:
        return InputError(f"the shapes graph: {message}")
    return SyntaxFault(path, line_of(path, node, predicate), 0, message)


def read_shapes(graph: IndexedGraph) -> Shapes:
    """Return the shapes of a graph.

    Raises:
        InputError: it has no shape, or one that breaks the syntax rules of SHACL; with file and
            line when the graph was read from files.
    """
    return _Reader(graph).shapes()


class _Reader:
    def __init__(self, graph: IndexedGraph) -> None:
        self.graph = graph
        self.used: set[Term] = set()

    def shapes(self) -> Shapes:
        nodes = self._shape_nodes()
        if not nodes:
            first = next(iter(self.graph.files()), FilePath("the shapes graph"))
            raise InputError(
                f"{first}: holds no SHACL shape; a shape has sh:targetClass or another target, "
                "or is declared a sh:NodeShape or sh:PropertyShape"
            )
        self._check_terms(nodes)
        self.components = tuple(self._components())
        reached = self._reached(nodes)
        by_node = {node: self._shape(node) for node in nodes if node in reached}
        parents: dict[IRI | BNode, IRI | BNode] = {}
        for shape in by_node.values():
            for inner in (*shape.properties, *shape.tested):
                parents.setdefault(inner, shape.node)
        found = Shapes(by_node, parents)
        _refuse_recursion(self.graph, found)
        from cbrngraph.validate.wellformed import check

        check(self.graph, found)
        return found

    def _shape_nodes(self) -> dict[IRI | BNode, None]:
        """Return the shapes of the graph (SHACL section 2.1, four ways to be one)."""
        graph = self.graph
        nodes: dict[IRI | BNode, None] = {}
        for kind in _SHAPE_CLASSES:
            nodes.update(dict.fromkeys(graph.subjects(RDF_TYPE, kind)))
        signs = TARGETS | CORE_PARAMETERS | {IRI(SH + "sparql"), IRI(SH + "target")}
        parameters: set[Term] = set(graph.subjects(RDF_TYPE, IRI(SH + "Parameter")))
        for subject, predicate, value in list(graph.triples):
            if predicate == SH + "parameter":
                parameters.add(value)
            if predicate in signs and subject not in parameters:
                nodes.setdefault(subject)
            if predicate in SHAPE_VALUES and not isinstance(value, Literal):
                nodes.setdefault(value)
            if predicate in SHAPE_LISTS:
                for member in self._list(subject, predicate, value):
                    nodes.setdefault(member)  # type: ignore[arg-type]
        return {node: None for node in nodes if node not in parameters}

    def _reached(self, nodes: dict[IRI | BNode, None]) -> set[Term]:
        """Return the shapes that validation can come to, and all that are declared shapes.

        What no target leads to may be ill-formed without harm: the test suite of the standard
        has such cases.
        """
        waiting: list[Term] = [n for n in nodes if self._targets(n)]
        self.used = set()
        while waiting:
            here = waiting.pop()
            if here in self.used:
                continue
            self.used.add(here)
            for predicate in SHAPE_VALUES:
                waiting += self.graph.values(here, predicate)
            for predicate in SHAPE_LISTS:
                for head in self.graph.values(here, predicate):
                    waiting += self._list(here, predicate, head)
        return self.used

    def _list(self, subject: Term, predicate: str, head: Term) -> list[Term]:
        try:
            return list_items(head, self.graph.values)
        except PathFault as error:
            raise fault(self.graph, subject, str(error), predicate) from None

    def _check_terms(self, nodes: Iterable[IRI | BNode]) -> None:
        """A misspelt SHACL term would be a rule that is never checked."""
        names = [term.local for term in KNOWN]
        about: dict[Term, None] = dict.fromkeys(nodes)
        for node in list(about):
            about.update(dict.fromkeys(self.graph.values(node, SH + "sparql")))
        for node in about:
            for predicate in self.graph.properties(node):
                if not predicate.startswith(SH) or predicate in KNOWN:
                    continue
                local = predicate.removeprefix(SH)
                near = nearest(local, names, 1)
                hint = f"; did you mean sh:{near[0]}?" if near else ""
                message = f"sh:{local} is no term of SHACL{hint}"
                raise fault(self.graph, node, message, predicate)

    def _targets(self, node: IRI | BNode) -> tuple[Target, ...]:
        found = [
            Target(kind, value)
            for kind in TargetKind
            for value in self.graph.values(node, SH + kind.value)
        ]
        types = self.graph.values(node, RDF_TYPE)
        if isinstance(node, IRI) and any(kind in types for kind in _SHAPE_CLASSES):
            classes = (RDFS_CLASS, OWL_CLASS)
            if any(kind in types for kind in classes):
                found.append(Target(TargetKind.CLASS, node))
        if self.graph.values(node, SH + "target") and not found:
            # A target of the Advanced Features; the engine that can do them reads it itself.
            found.append(Target(TargetKind.NODE, IRI(SH + "target")))
        return tuple(dict.fromkeys(found))

    def _shape(self, node: IRI | BNode) -> Shape:
        values = self.graph.values
        properties = self.graph.properties(node)
        tested = [v for p in sorted(SHAPE_VALUES) if p != SH + "property" for v in values(node, p)]
        for predicate in sorted(SHAPE_LISTS):
            for head in values(node, predicate):
                tested += self._list(node, predicate, head)
        path = self._path(node)
        return Shape(
            node=node,
            path=path,
            targets=self._targets(node),
            severity=self._severity(node),
            messages=self._literals(node, "message"),
            name=_text(self._literals(node, "name")) or _text(self._labels(node)),
            description=_text(self._literals(node, "description")),
            deactivated=self._flag(node, "deactivated"),
            has_core=any(p in CORE_PARAMETERS for p in properties),
            has_advanced=any(p in ADVANCED for p in properties),
            sparql=tuple(self._sparql(node)),
            components=tuple(self._component_uses(node, path is not None)),
            properties=tuple(values(node, SH + "property")),  # type: ignore[arg-type]
            tested=tuple(tested),  # type: ignore[arg-type]
        )

    def _labels(self, node: Term) -> tuple[Literal, ...]:
        from cbrngraph.validate.vocabulary import RDFS_LABEL

        return tuple(v for v in self.graph.values(node, RDFS_LABEL) if isinstance(v, Literal))

    def _path(self, node: IRI | BNode) -> Path | None:
        paths = self.graph.values(node, SH + "path")
        if not paths:
            if node in self._all_property_shapes():
                raise fault(self.graph, node, "a property shape needs a sh:path")
            return None
        if len(paths) > 1:
            raise fault(self.graph, node, "a property shape has more than one sh:path", SH + "path")
        try:
            return read_path(paths[0], self.graph.values)
        except PathFault as error:
            raise fault(self.graph, node, str(error), SH + "path") from None

    def _all_property_shapes(self) -> set[Term]:
        cached: set[Term] | None = getattr(self, "_property_shapes", None)
        if cached is None:
            cached = set(self.graph.subjects(RDF_TYPE, _SHAPE_CLASSES[1]))
            for _, predicate, value in self.graph.triples:
                if predicate == SH + "property":
                    cached.add(value)
            self._property_shapes = cached
        return cached

    def _severity(self, node: Term) -> IRI:
        values = self.graph.values(node, SH + "severity")
        if not values:
            return _VIOLATION
        if len(values) > 1 or not isinstance(values[0], IRI):
            raise fault(self.graph, node, "sh:severity needs one IRI", SH + "severity")
        return values[0]

    def _flag(self, node: Term, name: str) -> bool:
        values = self.graph.values(node, SH + name)
        if not values:
            return False
        value = values[0]
        if len(values) > 1 or not isinstance(value, Literal) or not isinstance(value.python, bool):
            raise fault(self.graph, node, f"sh:{name} needs one true or false", SH + name)
        return value.python

    def _literals(self, node: Term, name: str) -> tuple[Literal, ...]:
        found = self.graph.values(node, SH + name)
        return tuple(value for value in found if isinstance(value, Literal))

    def _one_text(self, node: Term, name: str) -> str:
        values = self.graph.values(node, SH + name)
        if len(values) != 1 or not isinstance(values[0], Literal):
            raise fault(self.graph, node, f"sh:{name} needs one string", SH + name)
        return values[0].value

    def _sparql(self, node: Term) -> Iterator[SparqlConstraint]:
        for value in self.graph.values(node, SH + "sparql"):
            if isinstance(value, Literal):
                raise fault(self.graph, node, "sh:sparql needs a node", SH + "sparql")
            if self._flag(value, "deactivated"):
                continue
            select = self._one_text(value, "select")
            yield SparqlConstraint(
                value, select, self._prefixes(value), self._literals(value, "message")
            )

    def _prefixes(self, node: Term) -> str:
        """Return the PREFIX lines of sh:prefixes, through owl:imports (SHACL section 5.2.1)."""
        waiting = list(self.graph.values(node, SH + "prefixes"))
        seen: set[Term] = set()
        lines: dict[str, str] = {}
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            waiting += self.graph.values(here, OWL_IMPORTS)
            for entry in self.graph.values(here, SH + "declare"):
                prefix, namespace = (self._one_text(entry, n) for n in ("prefix", "namespace"))
                if lines.setdefault(prefix, namespace) != namespace:
                    message = f"prefix {prefix}: is declared for two namespaces"
                    raise fault(self.graph, here, message, SH + "declare")
        return "".join(f"PREFIX {p}: <{n}>\n" for p, n in sorted(lines.items()))

    def _components(self) -> Iterator[Component]:
        kinds: list[Term] = [IRI(SH + "ConstraintComponent")]
        for kind in kinds:
            kinds += [k for k in self.graph.subjects(RDFS_SUBCLASS, kind) if k not in kinds]
        nodes = dict.fromkeys(n for kind in kinds for n in self.graph.subjects(RDF_TYPE, kind))
        for node in nodes:
            required: list[IRI] = []
            optional: list[IRI] = []
            for parameter in self.graph.values(node, SH + "parameter"):
                path = self.graph.values(parameter, SH + "path")
                if len(path) != 1 or not isinstance(path[0], IRI):
                    raise fault(self.graph, node, "a sh:parameter needs one IRI as sh:path")
                (optional if self._flag(parameter, "optional") else required).append(path[0])
            if required:
                yield Component(
                    node,
                    tuple(required),
                    tuple(optional),
                    self._validator(node, "validator"),
                    self._validator(node, "nodeValidator"),
                    self._validator(node, "propertyValidator"),
                )

    def _validator(self, component: Term, name: str) -> Validator | None:
        for node in self.graph.values(component, SH + name):
            if isinstance(node, Literal):
                raise fault(self.graph, component, f"sh:{name} needs a node", SH + name)
            is_ask = bool(self.graph.values(node, SH + "ask"))
            query = self._one_text(node, "ask" if is_ask else "select")
            messages = self._literals(node, "message")
            return Validator(node, query, is_ask, self._prefixes(node), messages)
        return None

    def _component_uses(self, node: Term, is_property: bool) -> Iterator[ComponentUse]:
        properties = self.graph.properties(node)
        for component in self.components:
            if not all(parameter in properties for parameter in component.required):
                continue
            own = component.property_validator if is_property else component.node_validator
            validator = own or component.validator
            if validator is None:
                continue
            parameters = (*component.required, *component.optional)
            given = [(p, properties[p]) for p in parameters if p in properties]
            if len(parameters) > 1 and any(len(values) > 1 for _, values in given):
                message = f"{component.node.n3()} has several parameters, so each takes one value"
                raise fault(self.graph, node, message)
            for value in given[0][1]:
                rest = [(p.local, values[0]) for p, values in given[1:]]
                yield ComponentUse(component, validator, ((given[0][0].local, value), *rest))


def _text(literals: tuple[Literal, ...]) -> str:
    plain = [v for v in literals if v.language in ("", "en")]
    return (plain or list(literals))[0].value if literals else ""


def _refuse_recursion(graph: IndexedGraph, shapes: Shapes) -> None:
    """SHACL section 3.4.3 leaves recursive shapes undefined, so they are refused."""
    done: set[Term] = set()

    def visit(node: IRI | BNode, above: tuple[Term, ...]) -> None:
        if node in above:
            chain = " → ".join(term.n3() for term in (*above[above.index(node) :], node))
            message = f"the shape refers to itself, which SHACL leaves open: {chain}"
            raise fault(graph, node, message)
        shape = shapes.by_node.get(node)
        if shape is None or node in done:
            return
        for inner in (*shape.properties, *shape.tested):
            visit(inner, (*above, node))
        done.add(node)

    for node in shapes.by_node:
        visit(node, ())
