"""RDF 1.1 Turtle, TriG, N-Triples and N-Quads in one layout: the same triples, the same bytes.

Subjects, properties and values are sorted by their N-Triples text, `a` stands first, prefixes
that are used are declared. Lexical forms are written as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, BinaryIO

from cbrngraph.formats.delimited import BlankLabels
from cbrngraph.model import IRI, BNode, Literal, Quad, Term, Triple

if TYPE_CHECKING:
    from cbrngraph.results import Result

__all__ = [
    "nquads",
    "ntriples",
    "relabelled",
    "trig",
    "turtle",
    "write_nquads",
    "write_nt",
    "write_trig",
    "write_turtle",
]

_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.\-]*[A-Za-z0-9_\-])?")
# What Turtle reads without quotes as that very datatype and text (section 2.5).
_BARE = {
    _XSD + "integer": re.compile(r"[+-]?[0-9]+", re.ASCII),
    _XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+", re.ASCII),
    _XSD + "boolean": re.compile(r"true|false"),
}


def write_turtle(result: Result, out: BinaryIO) -> None:
    """Write the triples of a CONSTRUCT or DESCRIBE as Turtle."""
    out.writelines(piece.encode() for piece in turtle(relabelled(result.triples)))


def write_trig(result: Result, out: BinaryIO) -> None:
    """Write the triples of a CONSTRUCT or DESCRIBE as TriG, in the default graph."""
    write_turtle(result, out)


def write_nt(result: Result, out: BinaryIO) -> None:
    """Write the triples of a CONSTRUCT or DESCRIBE as N-Triples, sorted."""
    out.writelines(piece.encode() for piece in ntriples(relabelled(result.triples)))


def write_nquads(result: Result, out: BinaryIO) -> None:
    """Write the triples of a CONSTRUCT or DESCRIBE as N-Quads, in the default graph, sorted."""
    write_nt(result, out)


def relabelled(triples: Iterable[Triple]) -> list[Triple]:
    """Return triples with blank nodes named in order of appearance: b0, b1, ..."""
    blanks = BlankLabels()

    def node(term: IRI | BNode) -> IRI | BNode:
        return BNode(blanks(term)) if isinstance(term, BNode) else term

    return [
        Triple(node(s), p, BNode(blanks(o)) if isinstance(o, BNode) else o) for s, p, o in triples
    ]


def turtle(triples: Iterable[Triple]) -> Iterator[str]:
    """Yield the pieces of a Turtle document."""
    ordered = _sorted(triples)
    names = _Names(ordered)
    yield from names.declarations()
    yield from _subjects(ordered, names, "")


def trig(quads: Iterable[Quad]) -> Iterator[str]:
    """Yield the pieces of a TriG document: the default graph, then the named ones in order."""
    unnamed: list[Triple] = []
    graphs: dict[IRI | BNode, list[Triple]] = {}
    for quad in quads:
        here = unnamed if quad.graph is None else graphs.setdefault(quad.graph, [])
        here.append(Triple(*quad[:3]))
    default = _sorted(unnamed)
    names = _Names((triple for here in (default, *graphs.values()) for triple in here), graphs)
    yield from names.declarations()
    yield from _subjects(default, names, "")
    for graph in sorted(graphs, key=str):
        yield f"\n{names(graph)} {{\n"
        yield from _subjects(_sorted(graphs[graph]), names, "    ")
        yield "}\n"


def ntriples(triples: Iterable[Triple]) -> Iterator[str]:
    """Yield the lines of an N-Triples document, sorted, each once."""
    return nquads(Quad(*triple, None) for triple in triples)


def nquads(quads: Iterable[Quad]) -> Iterator[str]:
    """Yield the lines of an N-Quads document, sorted, each once."""
    lines = {" ".join(term.n3() for term in quad if term is not None) + " .\n" for quad in quads}
    yield from sorted(lines)


def _sorted(triples: Iterable[Triple]) -> list[Triple]:
    return sorted(
        set(triples),
        key=lambda t: (t.subject.n3(), t.predicate != _RDF_TYPE, t.predicate, t.object.n3()),
    )


def _subjects(triples: list[Triple], names: _Names, margin: str) -> Iterator[str]:
    for position, (subject, about) in enumerate(groupby(triples, lambda t: t.subject)):
        if position or not margin:
            yield "\n"
        lines = []
        for predicate, same in groupby(about, lambda t: t.predicate):
            verb = "a" if predicate == _RDF_TYPE else names(predicate)
            lines.append(f"{verb} " + ", ".join(names(triple.object) for triple in same))
        yield f"{margin}{names(subject)} " + f" ;\n{margin}    ".join(lines) + " .\n"


class _Names:
    """Terms as Turtle writes them, with the prefixes that the triples need."""

    def __init__(self, triples: Iterable[Triple], graphs: Iterable[IRI | BNode] = ()) -> None:
        from cbrngraph.namespaces import PREFIXES

        self._prefix = {base: prefix for prefix, base in PREFIXES.items()}
        self._used: dict[str, str] = {}
        self._known: dict[Term, str] = {}
        for triple in triples:
            for term in triple:
                if term != _RDF_TYPE:  # mostly a verb, which is written as `a`
                    self(term)
        for graph in graphs:
            self(graph)

    def __call__(self, term: Term) -> str:
        if isinstance(term, Literal):
            return self._literal(term)
        known = self._known.get(term)
        if known is None:
            known = self._known[term] = self._iri(term) if isinstance(term, IRI) else term.n3()
        return known

    def declarations(self) -> Iterator[str]:
        for prefix in sorted(self._used):
            yield f"@prefix {prefix}: <{self._used[prefix]}> .\n"

    def _literal(self, literal: Literal) -> str:
        bare = _BARE.get(literal.datatype)
        if bare is not None and bare.fullmatch(literal.value):
            return literal.value
        if literal.language or literal.datatype == _XSD + "string":
            return literal.n3()
        quoted = Literal(literal.value).n3()
        return f"{quoted}^^{self(IRI(literal.datatype))}"

    def _iri(self, iri: str) -> str:
        cut = max(iri.rfind("#"), iri.rfind("/")) + 1
        base, local = iri[:cut], iri[cut:]
        prefix = self._prefix.get(base)
        if prefix is None or not _LOCAL.fullmatch(local):
            return f"<{iri}>"
        self._used[prefix] = base
        return f"{prefix}:{local}"
