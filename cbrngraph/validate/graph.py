"""A small set of triples with an index by subject, and where each triple was written.

Used for shapes, which are few. Data goes through `cbrngraph.validate.data`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from cbrngraph.errors import ReadError
from cbrngraph.model import IRI, BNode, Literal, Term, Triple
from cbrngraph.store import parse_file, parse_text

__all__ = ["IndexedGraph", "parse_term", "read_graph", "turtle_files"]


class IndexedGraph:
    """Triples, each with the file that states it. `values` and `subjects` look them up."""

    def __init__(self) -> None:
        self.triples: dict[Triple, Path | None] = {}
        self._by_subject: dict[Term, dict[str, list[Term]]] = {}
        self._by_object: dict[tuple[str, Term], list[IRI | BNode]] = {}

    def add(self, triple: Triple, path: Path | None = None) -> None:
        """Add a triple that `path` states; a second time changes nothing."""
        if triple in self.triples:
            return
        self.triples[triple] = path
        subject, predicate, value = triple
        self._by_subject.setdefault(subject, {}).setdefault(predicate, []).append(value)
        self._by_object.setdefault((predicate, value), []).append(subject)

    def values(self, subject: Term, predicate: str) -> list[Term]:
        """Return the objects of (subject, predicate), in file order."""
        return self._by_subject.get(subject, {}).get(predicate, [])

    def subjects(self, predicate: str, value: Term) -> list[IRI | BNode]:
        """Return the subjects of (predicate, object), in file order."""
        return self._by_object.get((predicate, value), [])

    def properties(self, subject: Term) -> dict[str, list[Term]]:
        """Return everything stated about a subject, by predicate."""
        return self._by_subject.get(subject, {})

    def all_subjects(self) -> Iterator[Term]:
        """Yield every subject once, in file order."""
        return iter(self._by_subject)

    def origin(self, subject: Term) -> Path | None:
        """Return the file of the first triple about a subject, if it came from a file."""
        for predicate, values in self.properties(subject).items():
            for value in values:
                path = self.triples.get(Triple(subject, IRI(predicate), value))  # type: ignore[arg-type]
                if path is not None:
                    return path
        return None

    def files(self) -> tuple[Path, ...]:
        """Return the files that the triples came from, in the order read."""
        return tuple(dict.fromkeys(path for path in self.triples.values() if path is not None))


def read_graph(paths: Iterable[Path]) -> IndexedGraph:
    """Return the triples of Turtle files (of TriG, all graphs together).

    Blank nodes are numbered in order of appearance, so that two runs name them alike.

    Raises:
        ReadError: a file or folder cannot be read, or holds no Turtle file.
        SyntaxFault: a file is not well-formed.
    """
    graph = IndexedGraph()
    for number, path in enumerate(turtle_files(paths)):
        labels: dict[str, BNode] = {}
        for quad in parse_file(path):
            subject, value = (
                labels.setdefault(term, BNode(f"s{number}b{len(labels)}"))
                if isinstance(term, BNode)
                else term
                for term in (quad.subject, quad.object)
            )
            graph.add(Triple(subject, quad.predicate, value), path)  # type: ignore[arg-type]
    return graph


def turtle_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield files, and the Turtle files in folders.

    Raises:
        ReadError: a folder holds none.
    """
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(p for p in path.rglob("*") if p.suffix in (".ttl", ".trig", ".nt"))
        if not inside:
            raise ReadError(path, "holds no Turtle file")
        yield from inside


def parse_term(text: str) -> Term:
    """Return the term that an N-Triples text stands for.

    >>> parse_term('"1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>').n3()
    '"1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    """
    if text.startswith("<") and "\\" not in text:
        return IRI(text[1:-1])
    if text.startswith("_:"):
        return BNode(text[2:])
    if text.startswith('"') and "\\" not in text:
        value, _, tail = text[1:].rpartition('"')
        if tail.startswith("^^"):
            return Literal(value, tail[3:-1])
        if tail.startswith("@"):
            return Literal(value, language=tail[1:], datatype=_LANG_STRING)
        return Literal(value)
    quads = parse_text(f"<urn:s> <urn:p> {text} .", ".nt")
    return next(iter(quads)).object


_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
