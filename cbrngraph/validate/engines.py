"""What an engine is given and what it gives back: one small protocol for all of them.

An engine can be replaced by writing one class with `name` and `judge`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from cbrngraph.model import IRI, BNode, Literal, Term
from cbrngraph.validate.data import Data
from cbrngraph.validate.graph import IndexedGraph
from cbrngraph.validate.paths import Path
from cbrngraph.validate.shapes import Shape, Shapes

__all__ = ["SHAPE_PREFIX", "Engine", "Result", "Task", "given_name", "original_name"]

# Shapes without an IRI get one while an engine works, so that its results can name them.
SHAPE_PREFIX = "urn:cbrngraph:shape:"


@dataclass(frozen=True, slots=True)
class Result:
    """One validation result (SHACL section 3.6.2), in the terms of the files.

    `messages` may have slots such as `{?value}`, which `row` fills.
    """

    focus: Term
    severity: IRI
    component: IRI
    shape: IRI | BNode
    value: Term | None = None
    path: Path | None = None
    messages: tuple[Literal, ...] = ()
    constraint: IRI | BNode | None = None
    engine: str = ""
    row: tuple[tuple[str, Term], ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """The shapes that one engine is to judge: `roots` are those with targets."""

    graph: IndexedGraph
    shapes: Shapes
    data: Data
    roots: tuple[Shape, ...]


class Engine(Protocol):
    """Judges data against shapes."""

    @property
    def name(self) -> str:
        """The name and version that a report shows."""
        ...

    def judge(self, task: Task) -> Iterator[Result]:
        """Yield the results of validating the data against the task's shapes."""
        ...


def given_name(term: Term, shapes: Shapes) -> Term:
    """Return the IRI that a shape without one has while an engine works."""
    if isinstance(term, BNode) and term in shapes.by_node:
        return IRI(SHAPE_PREFIX + term)
    return term


def original_name(term: Term) -> Term:
    """Return the shape's own node for the IRI of `given_name`."""
    if isinstance(term, IRI) and term.startswith(SHAPE_PREFIX):
        return BNode(term.removeprefix(SHAPE_PREFIX))
    return term
