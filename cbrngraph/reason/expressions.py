"""Class expressions of an axiom in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cbrngraph.namespaces import OWL, RDF
from cbrngraph.reason.knowledge import iri
from cbrngraph.reason.literals import literal
from cbrngraph.rules import N3Triple

__all__ = ["Expressions"]

_OWL = OWL.Class.removesuffix("Class")
_COUNTS = {
    "minCardinality": "at least",
    "maxCardinality": "at most",
    "cardinality": "exactly",
    "minQualifiedCardinality": "at least",
    "maxQualifiedCardinality": "at most",
    "qualifiedCardinality": "exactly",
}
_LISTS = {"intersectionOf": " and ", "unionOf": " or "}


class Expressions:
    """Tells the blank nodes in an axiom's triples; `name` and `a` tell what has a name."""

    def __init__(
        self,
        triples: Iterable[N3Triple],
        name: Callable[[str], str],
        a: Callable[[str], str],
    ) -> None:
        self._parts: dict[tuple[str, str], str] = {(s, p): o for s, p, o in triples}
        self._name = name
        self._a = a

    def items(self, head: str) -> list[str]:
        """Return the members of a list."""
        found: list[str] = []
        while (item := self._parts.get((head, iri(RDF.first)))) is not None:
            found.append(item)
            head = self._parts.get((head, iri(RDF.rest)), iri(RDF.nil))
        return found

    def told(self, node: str) -> str:
        """Return a class as words that follow 'is'."""
        if node[0] != "_":
            return self._a(node)
        for kind, word in _LISTS.items():
            members = self.items(self._part(node, kind))
            if members:
                return word.join(map(self.told, members))
        if without := self._part(node, "complementOf"):
            return f"not {self.told(without)}"
        if property_ := self._part(node, "onProperty"):
            return self._restriction(node, self._name(property_))
        return "of a kind that the ontology describes"

    def _part(self, node: str, kind: str) -> str:
        return self._parts.get((node, iri(_OWL + kind)), "")

    def _restriction(self, node: str, property_: str) -> str:
        if value := self._part(node, "hasValue"):
            return f"something whose {property_} is {self._name(value)}"
        if some := self._part(node, "someValuesFrom"):
            return f"something with a {property_} that is {self.told(some)}"
        if every := self._part(node, "allValuesFrom"):
            return f"something of which every {property_} is {self.told(every)}"
        of = self._part(node, "onClass")
        for kind, word in _COUNTS.items():
            number = literal(self._part(node, kind) or "<>")
            if number is not None:
                sort = f", each {self.told(of)}" if of else ""
                return f"something with {word} {number.text} of '{property_}'{sort}"
        return f"something that is restricted in its {property_}"
