"""Focus nodes as SPARQL patterns: all of a shape at once, not one after the other.

A shape's focus nodes come from its targets (SHACL section 2.1.3) and, for a shape behind
`sh:property`, from the value nodes of the shape above it (section 4.8.2).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from cbrngraph.build import ENTAILED
from cbrngraph.model import IRI, BNode, Quad, Term
from cbrngraph.store import Store
from cbrngraph.validate.paths import Path
from cbrngraph.validate.prebind import Table
from cbrngraph.validate.shapes import Shape, Shapes, Target, TargetKind
from cbrngraph.validate.vocabulary import RDFS_SUBCLASS

__all__ = ["Chain", "Focus", "chains"]

# A graph beside the data, for nodes that SPARQL text cannot name.
_PINNED = IRI("urn:cbrngraph:pinned")


@dataclass(frozen=True, slots=True)
class Chain:
    """A way to a shape: the root whose targets start it, and the paths down to the shape."""

    root: Shape
    paths: tuple[Path, ...]


def chains(roots: tuple[Shape, ...], shapes: Shapes) -> Iterator[tuple[Shape, Chain]]:
    """Yield each shape whose results are reported, with every way that leads to it."""
    waiting = [(root, Chain(root, ())) for root in roots]
    while waiting:
        shape, chain = waiting.pop()
        if shape.deactivated:
            continue
        yield shape, chain
        below = chain if shape.path is None else Chain(chain.root, (*chain.paths, shape.path))
        waiting += [(shapes.by_node[node], below) for node in shape.properties]


class Focus:
    """Writes the pattern for the focus nodes of chains, on one store."""

    def __init__(
        self, store: Store, writable: bool, supposed: frozenset[Term] = frozenset()
    ) -> None:
        self._store = store
        self._writable = writable
        # Classes whose things do not count where the type is only entailed.
        self._supposed = frozenset(term.n3() for term in supposed)
        # When given, the only nodes that count, whatever the targets.
        self.among: Collection[Term] | None = None
        self._pins = 0
        self._marks: list[Quad] = []
        self._subclasses: dict[Term, list[str]] = {}

    def table(self, ways: list[Chain], *, apart: bool = False) -> Table:
        """Return the table that binds `this` to every focus node once.

        `apart` keeps it from being joined with the patterns beside it row by row.
        """
        patterns = list(dict.fromkeys(p for way in ways for p in self._patterns(way)))
        if self.among is not None:
            few = self._nodes("this", list(self.among))
            patterns = [f"{few} {pattern}" for pattern in patterns]
        if len(patterns) == 1 and patterns[0].startswith("?this a <"):
            single = f"{{ SELECT ?this WHERE {{ {patterns[0]} }} }}" if apart else patterns[0]
            return Table(("this",), single)
        union = " UNION ".join(f"{{ {pattern} }}" for pattern in patterns)
        return Table(("this",), f"{{ SELECT DISTINCT ?this WHERE {{ {union} }} }}")

    def pairs(self, ways: list[Chain], path: Path | None) -> Table:
        """Return the table that binds `this` and `value` to every focus node and value node."""
        this = self.table(ways).pattern
        value = f"?this {path.sparql} ?value ." if path else "BIND(?this AS ?value)"
        pattern = f"{{ SELECT DISTINCT ?this ?value WHERE {{ {this} {value} }} }}"
        return Table(("this", "value"), pattern)

    def one(self, node: Term) -> Table:
        """Return the table that binds `this` to a single node."""
        return Table(("this",), self._nodes("this", [node]))

    def nodes(self, ways: list[Chain]) -> list[Term]:
        """Return all focus nodes."""
        rows = self._store.select(f"SELECT ?this WHERE {{ {self.table(ways).pattern} }}").rows
        return [row[0] for row in rows if row[0] is not None]

    def close(self) -> None:
        """Take the helping graph out of the store again."""
        self._store.change(
            (f"{' '.join(term.n3() for term in quad if term)} .\n" for quad in self._marks), ()
        )
        self._marks.clear()

    def _patterns(self, way: Chain) -> Iterator[str]:
        start = "this" if not way.paths else "sh_0"
        steps = [f"?sh_{n} {path.sparql} ?sh_{n + 1} ." for n, path in enumerate(way.paths)]
        if steps:
            last = len(steps)
            steps[-1] = steps[-1].replace(f" ?sh_{last} .", " ?this .")
        for target in way.root.targets:
            yield " ".join([self._target(target, start), *steps])

    def _target(self, target: Target, name: str) -> str:
        value = target.value
        match target.kind:
            case TargetKind.NODE:
                return self._nodes(name, [value])
            case TargetKind.CLASS:
                classes = self._classes(value)
                if self._supposed.intersection(classes):
                    return self._stated(classes, name)
                if len(classes) == 1:
                    return f"?{name} a {classes[0]} ."
                return f"VALUES ?sh_type {{ {' '.join(classes)} }} ?{name} a ?sh_type ."
            case TargetKind.SUBJECTS_OF:
                return f"?{name} {value.n3()} ?sh_object ."
            case TargetKind.OBJECTS_OF:
                return f"?sh_subject {value.n3()} ?{name} ."

    def _stated(self, classes: list[str], name: str) -> str:
        """Return the pattern for things of classes, some of which count only where stated."""
        parts = []
        for class_ in classes:
            part = f"?{name} a {class_} ."
            if class_ in self._supposed:
                part += f" MINUS {{ GRAPH <{ENTAILED}> {{ ?{name} a {class_} }} }}"
            parts.append(f"{{ {part} }}")
        return " UNION ".join(parts)

    def _nodes(self, name: str, nodes: list[Term]) -> str:
        if not any(isinstance(node, BNode) for node in nodes):
            return f"VALUES ?{name} {{ {' '.join(node.n3() for node in nodes)} }}"
        if not self._writable:
            return "FILTER(false)"
        self._pins += 1
        pin = IRI(f"urn:cbrngraph:pin:{self._pins}")
        marks = [Quad(pin, pin, node, _PINNED) for node in nodes]
        self._marks += marks
        self._store.add(marks)
        return f"GRAPH <{_PINNED}> {{ <{pin}> <{pin}> ?{name} }}"

    def _classes(self, value: Term) -> list[str]:
        """Return a class and its subclasses in the data, as SPARQL writes them."""
        known = self._subclasses.get(value)
        if known is None:
            text = f"SELECT DISTINCT ?c {{ ?c <{RDFS_SUBCLASS}>* {value.n3()} FILTER(isIRI(?c)) }}"
            rows = self._store.select(text).rows
            below = {row[0].n3() for row in rows if row[0] is not None}
            known = [value.n3(), *sorted(below - {value.n3()})]
            self._subclasses[value] = known
        return known
