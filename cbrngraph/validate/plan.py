"""Which engine judges which shape.

- Core goes to the compiled engine, which reads the text.
- SPARQL constraints whose results are reported go to the set queries.
- A shape that needs a SPARQL verdict inside a Core constraint (`sh:node`, `sh:not`, `sh:or` ...),
  or that uses the Advanced Features, goes to pySHACL with all that it refers to.
"""

from __future__ import annotations

from dataclasses import dataclass

from cbrngraph.model import BNode
from cbrngraph.validate.shapes import Shape, Shapes

__all__ = ["Plan", "make_plan"]

# What a query can learn of a literal beyond its value, which a store may have rewritten.
_LEXICAL = frozenset("STR STRLEN SUBSTR REGEX CONCAT SAMETERM DATATYPE STRDT REPLACE".split())


@dataclass(frozen=True, slots=True)
class Plan:
    """The roots for each engine; `fast` roots go to the compiled engine and the set queries."""

    fast: tuple[Shape, ...]
    reference: tuple[Shape, ...]


def make_plan(shapes: Shapes, *, lexical_risk: bool = False, compiled: bool = True) -> Plan:
    """Return the plan for all roots.

    `lexical_risk` says that the store keeps some literals in another form than written: then a
    query that looks at the form of a literal is left to pySHACL. Without `compiled` every shape
    with Core constraints is.
    """
    fast: list[Shape] = []
    reference: list[Shape] = []
    for root in shapes.roots():
        slow = _needs_reference(root, shapes, lexical_risk)
        if not compiled and any(shape.has_core for shape in shapes.reachable(root)):
            slow = True
        (reference if slow else fast).append(root)
    return Plan(tuple(fast), tuple(reference))


def _needs_reference(root: Shape, shapes: Shapes, lexical_risk: bool) -> bool:
    for shape in shapes.reachable(root):
        if shape.has_advanced or _has_nameless_value(shape, shapes):
            return True
        for node in shape.tested:
            tested = shapes.by_node[node]
            if any(s.has_sparql and not s.deactivated for s in shapes.reachable(tested)):
                return True
        if lexical_risk and shape.has_sparql and _looks_at_form(shape):
            return True
    return False


def _has_nameless_value(shape: Shape, shapes: Shapes) -> bool:
    """Whether a parameter's value is a blank node, which SPARQL text cannot name."""
    return any(
        isinstance(value, BNode) and value not in shapes.by_node
        for use in shape.components
        for _, value in use.values
    )


def _looks_at_form(shape: Shape) -> bool:
    from cbrngraph.validate.sparql import read_query

    texts = [c.select for c in shape.sparql] + [u.validator.query for u in shape.components]
    try:
        return any(read_query(text).words() & _LEXICAL for text in texts)
    except ValueError:
        return False
