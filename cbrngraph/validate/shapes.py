"""A shapes graph as frozen values: shapes, targets, SPARQL constraints, component uses.

Core parameters stay in the graph, for the engine that judges them; read here is what decides
which engine judges a shape, and what a report needs to explain a result. SHACL sections 2 to 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from cbrngraph.model import IRI, BNode, Literal, Term
from cbrngraph.validate.paths import Path

__all__ = [
    "Component",
    "ComponentUse",
    "Shape",
    "Shapes",
    "SparqlConstraint",
    "Target",
    "TargetKind",
    "Validator",
]

ShapeNode = IRI | BNode


class TargetKind(Enum):
    """How a target names its focus nodes (SHACL section 2.1.3)."""

    NODE = "targetNode"
    CLASS = "targetClass"
    SUBJECTS_OF = "targetSubjectsOf"
    OBJECTS_OF = "targetObjectsOf"


@dataclass(frozen=True, slots=True)
class Target:
    """One target declaration."""

    kind: TargetKind
    value: Term


@dataclass(frozen=True, slots=True)
class SparqlConstraint:
    """A value of `sh:sparql`: its query, the PREFIX lines it may use, its own messages."""

    node: ShapeNode
    select: str
    prefixes: str
    messages: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Validator:
    """A validator of a constraint component: an ASK for each value, or a SELECT of faults."""

    node: ShapeNode
    query: str
    is_ask: bool
    prefixes: str
    messages: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Component:
    """A constraint component declared in the shapes graph (SHACL section 6.2)."""

    node: ShapeNode
    required: tuple[IRI, ...]
    optional: tuple[IRI, ...]
    validator: Validator | None
    node_validator: Validator | None
    property_validator: Validator | None


@dataclass(frozen=True, slots=True)
class ComponentUse:
    """A component with the values that a shape gives to its parameters, by variable name."""

    component: Component
    validator: Validator
    values: tuple[tuple[str, Term], ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A node shape (`path` is None) or a property shape.

    `properties` are its `sh:property` shapes, `tested` the shapes whose verdict counts but whose
    results are not reported: those of sh:node, sh:not, sh:and, sh:or, sh:xone and
    sh:qualifiedValueShape.
    """

    node: ShapeNode
    path: Path | None
    targets: tuple[Target, ...]
    severity: IRI
    messages: tuple[Literal, ...]
    name: str
    description: str
    deactivated: bool
    has_core: bool
    has_advanced: bool
    sparql: tuple[SparqlConstraint, ...]
    components: tuple[ComponentUse, ...]
    properties: tuple[ShapeNode, ...]
    tested: tuple[ShapeNode, ...]

    @property
    def has_sparql(self) -> bool:
        """Whether the shape itself has a SPARQL-based constraint."""
        return bool(self.sparql or self.components)


@dataclass(frozen=True, slots=True)
class Shapes:
    """All shapes of a shapes graph by node, and the shape above each property shape."""

    by_node: dict[ShapeNode, Shape]
    parents: dict[ShapeNode, ShapeNode]

    def __len__(self) -> int:
        return len(self.by_node)

    def roots(self) -> tuple[Shape, ...]:
        """The active shapes that have targets: where validation starts."""
        return tuple(s for s in self.by_node.values() if s.targets and not s.deactivated)

    def reachable(self, shape: Shape) -> tuple[Shape, ...]:
        """Return the shapes that `shape` refers to, directly or not, itself first."""
        found: dict[ShapeNode, Shape] = {}
        waiting = [shape]
        while waiting:
            here = waiting.pop()
            if here.node in found:
                continue
            found[here.node] = here
            waiting += [
                self.by_node[node]
                for node in (*here.properties, *here.tested)
                if node in self.by_node
            ]
        return tuple(found.values())

    def named(self, node: Term) -> Shape | None:
        """Return the nearest shape with an IRI: the shape itself or one above it."""
        here: Term | None = node
        for _ in range(len(self.parents) + 1):
            if isinstance(here, IRI):
                return self.by_node.get(here)
            here = self.parents.get(here) if isinstance(here, BNode) else None
        return None
