"""JSON-LD 1.1 in a flattened layout with the project's prefixes as context.

Values keep datatype and lexical form as text; nothing is turned into a JSON number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from json import dumps
from typing import TYPE_CHECKING, Any, BinaryIO

from cbrngraph.formats.turtle import relabelled
from cbrngraph.model import IRI, BNode, Literal, Quad, Term
from cbrngraph.results import curie

if TYPE_CHECKING:
    from cbrngraph.results import Result

__all__ = ["jsonld", "write_jsonld"]

_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_STRING = "http://www.w3.org/2001/XMLSchema#string"


def write_jsonld(result: Result, out: BinaryIO) -> None:
    """Write the triples of a CONSTRUCT or DESCRIBE as JSON-LD."""
    quads = (Quad(*triple, None) for triple in relabelled(result.triples))
    out.writelines(piece.encode() for piece in jsonld(quads))


def jsonld(quads: Iterable[Quad]) -> Iterator[str]:
    """Yield the pieces of a JSON-LD document: nodes sorted, then each named graph."""
    names = _Names()
    ordered = sorted(set(quads), key=_order)
    graphs = [
        (graph, [node for _, same in groupby(group, lambda q: q.subject) for node in [list(same)]])
        for graph, group in groupby(ordered, lambda q: q.graph)
    ]
    items: list[str] = []
    for graph, nodes in graphs:
        made = [names.node(node) for node in nodes]
        if graph is None:
            items += [dumps(node, ensure_ascii=False) for node in made]
        else:
            items.append(dumps({"@id": names.id(graph), "@graph": made}, ensure_ascii=False))
    context = dumps(dict(sorted(names.used.items())), ensure_ascii=False)
    yield f'{{"@context": {context},\n"@graph": [\n'
    yield ",\n".join(items)
    yield "\n]}\n"


def _order(quad: Quad) -> tuple[str, str, str, str]:
    graph = "" if quad.graph is None else str(quad.graph)
    return graph, quad.subject.n3(), quad.predicate, quad.object.n3()


class _Names:
    def __init__(self) -> None:
        self.used: dict[str, str] = {}
        self._known: dict[IRI | BNode, str] = {}

    def id(self, term: IRI | BNode) -> str:
        known = self._known.get(term)
        if known is None:
            known = self._known[term] = self._shortened(term)
        return known

    def _shortened(self, term: IRI | BNode) -> str:
        if isinstance(term, BNode):
            return term.n3()
        short = curie(term)
        prefix, _, local = short.partition(":")
        if short.startswith("<"):
            return str(term)
        self.used[prefix] = term.removesuffix(local)
        return short

    def node(self, quads: list[Quad]) -> dict[str, Any]:
        made: dict[str, Any] = {"@id": self.id(quads[0].subject)}
        for predicate, same in groupby(quads, lambda q: q.predicate):
            objects = [quad.object for quad in same]
            if predicate == _RDF_TYPE and not any(isinstance(o, Literal) for o in objects):
                made["@type"] = [self.id(o) for o in objects if not isinstance(o, Literal)]
            else:
                made[self.id(predicate)] = [self.value(o) for o in objects]
        return made

    def value(self, term: Term) -> dict[str, str]:
        if not isinstance(term, Literal):
            return {"@id": self.id(term)}
        if term.language:
            return {"@value": term.value, "@language": term.language}
        if term.datatype == _STRING:
            return {"@value": term.value}
        return {"@value": term.value, "@type": self.id(IRI(term.datatype))}
