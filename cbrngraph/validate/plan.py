"""Which engine judges which shape.

- Core goes to the compiled engine, which reads the text.
- SPARQL constraints whose results are reported go to the set queries.
- A shape that needs a SPARQL verdict inside a Core constraint (`sh:node`, `sh:not`, `sh:or` ...),
  or that uses the Advanced Features, goes to pySHACL with all that it refers to.
"""

from __future__ import annotations

from dataclasses import dataclass

from cbrngraph.model import IRI, BNode
from cbrngraph.validate.lexical import notices_form
from cbrngraph.validate.shapes import Shape, Shapes

__all__ = ["Plan", "make_plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """The roots for each engine; `fast` roots go to the compiled engine and the set queries."""

    fast: tuple[Shape, ...]
    reference: tuple[Shape, ...]


def make_plan(
    shapes: Shapes, *, rewritten: frozenset[IRI] = frozenset(), compiled: bool = True
) -> Plan:
    """Return the plan for all roots.

    `rewritten` are the properties with literals that the store keeps in another form than
    written: a query that may notice is left to pySHACL. Without `compiled` every shape with Core
    constraints is.
    """
    fast: list[Shape] = []
    reference: list[Shape] = []
    for root in shapes.roots():
        slow = _needs_reference(root, shapes, rewritten)
        if not compiled and any(shape.has_core for shape in shapes.reachable(root)):
            slow = True
        (reference if slow else fast).append(root)
    return Plan(tuple(fast), tuple(reference))


def _needs_reference(root: Shape, shapes: Shapes, rewritten: frozenset[IRI]) -> bool:
    for shape in shapes.reachable(root):
        if shape.has_advanced or _has_nameless_value(shape, shapes):
            return True
        for node in shape.tested:
            tested = shapes.by_node[node]
            if any(s.has_sparql and not s.deactivated for s in shapes.reachable(tested)):
                return True
        if rewritten and shape.has_sparql and _notices(shape, rewritten):
            return True
    return False


def _has_nameless_value(shape: Shape, shapes: Shapes) -> bool:
    """Whether a parameter's value is a blank node, which SPARQL text cannot name."""
    return any(
        isinstance(value, BNode) and value not in shapes.by_node
        for use in shape.components
        for _, value in use.values
    )


def _notices(shape: Shape, rewritten: frozenset[IRI]) -> bool:
    from cbrngraph.validate.prebind import replace_path
    from cbrngraph.validate.sparql import Unsupported, read_query

    texts = [(c.select, c.prefixes) for c in shape.sparql]
    texts += [(use.validator.query, use.validator.prefixes) for use in shape.components]
    path = shape.path.predicates if shape.path else frozenset()
    for text, prefixes in texts:
        try:
            query = replace_path(read_query(text), "|".join(iri.n3() for iri in sorted(path)))
        except Unsupported:
            continue  # the set queries say what is wrong with it
        if path & rewritten and shape.components:
            return True
        if notices_form(query, prefixes, rewritten):
            return True
    return False
