"""Which engine judges which shape.

- Core goes to the compiled engine, which reads the text.
- SPARQL constraints whose results are reported go to the set queries.
- A shape that needs a SPARQL verdict inside a Core constraint (`sh:node`, `sh:not`, `sh:or` ...),
  or that uses the Advanced Features, goes to pySHACL with all that it refers to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cbrngraph.model import IRI, BNode, Literal
from cbrngraph.validate.forms import rewritten_forms
from cbrngraph.validate.lexical import notices_form
from cbrngraph.validate.prebind import replace_path
from cbrngraph.validate.shapes import Shape, Shapes, TargetKind
from cbrngraph.validate.sparql import QueryText, Unsupported, patterns, read_query

__all__ = ["Forms", "Plan", "make_plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """The roots for each engine; `fast` roots go to the compiled engine and the set queries."""

    fast: tuple[Shape, ...]
    reference: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Forms:
    """What the store did to the data's literals.

    `properties` have values that it keeps in another form than written; `merged` says that it
    took two forms of one value for one.
    """

    properties: frozenset[IRI] = frozenset()
    merged: bool = False


def make_plan(shapes: Shapes, forms: Forms | None = None, *, compiled: bool = True) -> Plan:
    """Return the plan for all roots.

    A query that may notice what the store did to literals (`forms`) is left to pySHACL. Without
    `compiled` every shape with Core constraints is.
    """
    known = forms or Forms()
    fast: list[Shape] = []
    reference: list[Shape] = []
    for root in shapes.roots():
        slow = _needs_reference(root, shapes, known)
        if not compiled and any(shape.has_core for shape in shapes.reachable(root)):
            slow = True
        (reference if slow else fast).append(root)
    return Plan(tuple(fast), tuple(reference))


def _needs_reference(root: Shape, shapes: Shapes, forms: Forms) -> bool:
    reached = shapes.reachable(root)
    for shape in reached:
        if shape.has_advanced or _has_nameless_value(shape, shapes):
            return True
        for node in shape.tested:
            tested = shapes.by_node[node]
            if any(s.has_sparql and not s.deactivated for s in shapes.reachable(tested)):
                return True
        if forms.properties and shape.has_sparql and _notices(shape, forms):
            return True
    if not any(shape.has_sparql for shape in reached):
        return False
    return _has_doubtful_focus(root, reached, forms) or _has_absent_focus(root, reached)


def _has_doubtful_focus(root: Shape, reached: tuple[Shape, ...], forms: Forms) -> bool:
    """Whether a focus node may be a literal that the store gives back in another form."""
    for target in root.targets:
        if isinstance(target.value, Literal):
            text = f" {target.value.n3()} ".encode()
            if rewritten_forms(text, bare=False):
                return True
        by_object = target.kind is TargetKind.OBJECTS_OF
        if by_object and target.value in forms.properties:
            return True
    read = [s for s in reached if s.path is not None and (forms.merged or s.properties)]
    steps = {iri for shape in read if shape.path for iri in shape.path.predicates}
    return bool(steps & forms.properties)


def _has_absent_focus(root: Shape, reached: tuple[Shape, ...]) -> bool:
    """Whether a path of length zero may start from a node that no triple mentions.

    By SPARQL 1.1 (section 18.4) it leads to that node; the store finds nothing there.
    """
    if all(target.kind is not TargetKind.NODE for target in root.targets):
        return False
    if any(shape.path is not None and shape.path.matches_nothing for shape in reached):
        return True
    queries = [query for shape in reached for query, _ in _queries(shape)]
    return any(
        token.kind == "mark" and token.text in "*?"
        for query in queries
        for group in query.where.walk()
        for token in patterns(group.items)
    )


def _has_nameless_value(shape: Shape, shapes: Shapes) -> bool:
    """Whether a parameter's value is a blank node, which SPARQL text cannot name."""
    return any(
        isinstance(value, BNode) and value not in shapes.by_node
        for use in shape.components
        for _, value in use.values
    )


def _notices(shape: Shape, forms: Forms) -> bool:
    path = shape.path.predicates if shape.path else frozenset()
    if path & forms.properties and shape.components:
        return True
    return any(
        notices_form(query, prefixes, forms.properties, merged=forms.merged)
        for query, prefixes in _queries(shape)
    )


def _queries(shape: Shape) -> Iterator[tuple[QueryText, str]]:
    """Yield the shape's queries with their prefixes; the set queries tell what is wrong in one."""
    texts = [(c.select, c.prefixes) for c in shape.sparql]
    texts += [(use.validator.query, use.validator.prefixes) for use in shape.components]
    path = "|".join(iri.n3() for iri in sorted(shape.path.predicates)) if shape.path else ""
    for text, prefixes in texts:
        try:
            yield replace_path(read_query(text), path), prefixes
        except Unsupported:
            continue
