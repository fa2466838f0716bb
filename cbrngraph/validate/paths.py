"""Property paths of SHACL: read from the graph, written as SPARQL and as `sh:path` triples.

SHACL section 2.3.1, SPARQL 1.1 section 9.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cbrngraph.model import IRI, BNode, Term
from cbrngraph.validate.vocabulary import RDF_FIRST, RDF_NIL, RDF_REST, SH

__all__ = ["Path", "PathFault", "list_items", "read_path"]

_UNARY = {
    "inversePath": "^",
    "zeroOrMorePath": "*",
    "oneOrMorePath": "+",
    "zeroOrOnePath": "?",
}
Values = Callable[[Term, str], list[Term]]


class PathFault(ValueError):
    """A path that breaks the syntax rules of SHACL section 2.3.1."""


@dataclass(frozen=True, slots=True)
class Path:
    """One step of a path: `iri`, or an operator over `parts`.

    `operator` is "" for a predicate, `/` and `|` over several parts, `^ * + ?` over one.

    >>> Path("^", parts=(Path(iri=IRI("http://example.org/p")),)).sparql
    '^<http://example.org/p>'
    """

    operator: str = ""
    iri: IRI | None = None
    parts: tuple[Path, ...] = ()

    @property
    def sparql(self) -> str:
        """The path as SPARQL writes it, bracketed where needed."""
        if self.iri is not None:
            return self.iri.n3()
        inner = [part.sparql if part.iri is not None else f"({part.sparql})" for part in self.parts]
        if self.operator in ("/", "|"):
            return self.operator.join(inner)
        return f"^{inner[0]}" if self.operator == "^" else inner[0] + self.operator

    @property
    def matches_nothing(self) -> bool:
        """Whether the path can lead from a node to itself without any triple (`*`, `?`)."""
        return self.operator in ("*", "?") or any(part.matches_nothing for part in self.parts)

    @property
    def predicates(self) -> frozenset[IRI]:
        """Every predicate that the path names."""
        if self.iri is not None:
            return frozenset((self.iri,))
        return frozenset(iri for part in self.parts for iri in part.predicates)

    def turtle(self, name: Callable[[IRI], str] = IRI.n3) -> str:
        """The path as the object of `sh:path` in Turtle."""
        if self.iri is not None:
            return name(self.iri)
        inner = [part.turtle(name) for part in self.parts]
        if self.operator == "/":
            return f"( {' '.join(inner)} )"
        if self.operator == "|":
            return f"[ sh:alternativePath ( {' '.join(inner)} ) ]"
        key = next(key for key, sign in _UNARY.items() if sign == self.operator)
        return f"[ sh:{key} {inner[0]} ]"

    def walk(self) -> Iterator[Path]:
        """Yield the path and all its parts."""
        yield self
        for part in self.parts:
            yield from part.walk()


def read_path(node: Term, values: Values, depth: int = 0) -> Path:
    """Return the path that `node` stands for; `values(subject, predicate)` reads the graph.

    Raises:
        PathFault: it is no path, or one that contains itself.
    """
    if isinstance(node, IRI) and node != RDF_NIL:
        return Path(iri=node)
    if not isinstance(node, BNode):
        raise PathFault(f"{node.n3()} is no property path")
    if depth > 50:
        raise PathFault("the path contains itself")
    if values(node, RDF_FIRST):
        members = tuple(read_path(part, values, depth + 1) for part in list_items(node, values))
        if len(members) < 2:
            raise PathFault("a sequence path needs at least two members")
        return Path("/", parts=members)
    alternatives = values(node, SH + "alternativePath")
    if alternatives:
        members = tuple(
            read_path(part, values, depth + 1) for part in list_items(alternatives[0], values)
        )
        if len(members) < 2:
            raise PathFault("sh:alternativePath needs a list of at least two members")
        return Path("|", parts=members)
    for key, sign in _UNARY.items():
        inner = values(node, SH + key)
        if inner:
            return Path(sign, parts=(read_path(inner[0], values, depth + 1),))
    raise PathFault("a blank node in sh:path is neither a list nor one of the path operators")


def list_items(head: Term, values: Values) -> list[Term]:
    """Return the members of an RDF list.

    Raises:
        PathFault: it is not a well-formed list.
    """
    items: list[Term] = []
    seen: set[Term] = set()
    while head != RDF_NIL:
        first, rest = values(head, RDF_FIRST), values(head, RDF_REST)
        if len(first) != 1 or len(rest) != 1 or head in seen:
            raise PathFault("a list is broken: each cell needs one rdf:first and one rdf:rest")
        seen.add(head)
        items.append(first[0])
        head = rest[0]
    return items
