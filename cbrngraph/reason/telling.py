"""A contradiction in plain words, and its axioms too."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from cbrngraph.model import IRI
from cbrngraph.namespaces import OWL, RDF, RDFS
from cbrngraph.reason.expressions import Expressions
from cbrngraph.reason.knowledge import Unit, iri
from cbrngraph.reason.literals import literal
from cbrngraph.reason.patterns import Clash
from cbrngraph.results import curie
from cbrngraph.rules import N3Triple

__all__ = ["Teller"]

_OWL = OWL.Class.removesuffix("Class")
_TYPE = iri(RDF.type)
_SHOWN = 6
# One of these classes of axioms is the clash itself; the sentence says it already.
_SAID = {
    "disjoint": (OWL.disjointWith, OWL.AllDisjointClasses),
    "functional": (OWL.FunctionalProperty,),
    "inverse functional": (_OWL + "InverseFunctionalProperty",),
    "asymmetric": (OWL.AsymmetricProperty,),
    "irreflexive": (OWL.IrreflexiveProperty,),
    "datatype": (RDFS.range,),
}


class Teller:
    """Tells contradictions with the labels of what they are about."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        self._labels = labels
        self._clashes: dict[str, Callable[..., str]] = {
            "disjoint": self._disjoint,
            "functional": self._functional,
            "inverse functional": self._inverse_functional,
            "asymmetric": self._asymmetric,
            "irreflexive": self._irreflexive,
            "datatype": self._datatype,
            "malformed": self._malformed,
        }

    def clash(self, clash: Clash, units: Sequence[Unit]) -> str:
        """Return what contradicts what, and the axioms that lead there."""
        said = self._clashes[clash.kind](clash.thing, *clash.words)
        silent = {iri(name) for name in _SAID.get(clash.kind, ())}
        axioms = [unit for unit in units if unit.kind == "axiom" and not _uses(unit, silent)]
        if not axioms:
            return f"{said}."
        return f"{said}. This follows because {self._joined(map(self.axiom, axioms))}."

    def together(self, units: Sequence[Unit]) -> str:
        """Return the statements that cannot all hold, and the axioms that forbid it."""
        stated = [self.statement(u.triples[0]) for u in units if u.kind == "statement"]
        axioms = [self.axiom(unit) for unit in units if unit.kind == "axiom"]
        different = sorted({u.triples[0][0] for u in units if u.kind == "name"})
        if len(different) > 1:
            axioms.append(f"{_and(map(self.name, different))} are different things")
        said = f"These cannot all hold: {'; '.join(stated)}" if stated else "No graph can hold"
        return f"{said}, because {self._joined(axioms)}." if axioms else f"{said}."

    def empty(self, class_: str, units: Sequence[Unit]) -> str:
        """Return why a class can have no member."""
        above = {u.triples[0][2] for u in units if u.triples[0][1] == iri(RDFS.subClassOf)}
        axioms = [self.axiom(unit, above) for unit in units if unit.kind == "axiom"]
        why = f", because {self._joined(axioms)}" if axioms else ""
        return f"Nothing can be {self.a(class_)}{why}."

    def statement(self, triple: N3Triple) -> str:
        """Return a statement as a clause."""
        subject, predicate, object_ = triple
        if predicate == _TYPE:
            return f"{self.name(subject)} is {self.a(object_)}"
        return f"{self.name(subject)} has the {self.name(predicate)} {self.name(object_)}"

    def axiom(self, unit: Unit, about: Collection[str] = ()) -> str:
        """Return an axiom as a clause; of a long list only what it is `about`."""
        pair = unit.terms.intersection(about)
        if len(pair) == 2 and _uses(unit, {iri(OWL.AllDisjointClasses)}):
            return f"nothing is both {_and(map(self.a, sorted(pair)))}"
        subject, predicate, object_ = unit.triples[0]
        p, c = self.name(subject), self.a(object_)
        if predicate == _TYPE:
            return self._character(unit, p, object_)
        told = {
            RDFS.domain: f"what has a {p} is {c}",
            RDFS.range: f"every {p} is {c}",
            RDFS.subPropertyOf: f"every {p} is also a {self.name(object_)}",
            OWL.disjointWith: f"nothing is both {self.a(subject)} and {c}",
            OWL.inverseOf: f"'{p}' and '{self.name(object_)}' say the same in both directions",
        }
        if predicate == iri(RDFS.subClassOf) and "_" not in (subject[0], object_[0]):
            return f"every {p} is {c}"
        if "_" not in (subject[0], object_[0]) and predicate[1:-1] in told:
            return told[predicate[1:-1]]
        expressions = Expressions(unit.triples, self.name, self.a)
        if predicate in (iri(RDFS.subClassOf), iri(_OWL + "equivalentClass")):
            end = "" if predicate == iri(RDFS.subClassOf) else ", and the other way round"
            return f"what is {expressions.told(subject)} is {expressions.told(object_)}{end}"
        if predicate == iri(OWL.propertyChainAxiom):
            steps = " of the ".join(map(self.name, reversed(expressions.items(object_))))
            return f"the {steps} of a thing is its {p}"
        parts = ", ".join(sorted(map(self.name, unit.terms - {subject, object_})))
        of = p if subject[0] == "<" else self.name(object_)
        return f"the axiom {_code(predicate)} of '{of}'" + (f" over {parts}" if parts else "")

    def _character(self, unit: Unit, property_: str, kind: str) -> str:
        name = IRI(kind[1:-1]).local
        if name == "AllDisjointClasses":
            named = sorted(map(self.name, unit.terms))
            more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
            return f"nothing is two of {', '.join(named[:_SHOWN])}{more}"
        return f"'{property_}' is {_spaced(name.removesuffix('Property'))}"

    def _disjoint(self, thing: str, one: str, other: str) -> str:
        return f"{self.name(thing)} is both {self.a(one)} and {self.a(other)}, which are disjoint"

    def _functional(self, thing: str, property_: str, one: str, other: str) -> str:
        return (
            f"{self.name(thing)} has two different values of '{self.name(property_)}', "
            f"{self.name(one)} and {self.name(other)}, but {_code(property_)} is functional: "
            "it has one value at most"
        )

    def _inverse_functional(self, thing: str, property_: str, one: str, other: str) -> str:
        return (
            f"{self.name(one)} and {self.name(other)} have the same '{self.name(property_)}', "
            f"{self.name(thing)}, but {_code(property_)} is inverse functional: "
            "no two things share a value"
        )

    def _asymmetric(self, thing: str, property_: str, other: str) -> str:
        there = "itself" if thing == other else f"{self.name(other)} and back"
        return (
            f"'{self.name(property_)}' leads from {self.name(thing)} to {there}, but "
            f"{_code(property_)} is asymmetric: it never holds both ways"
        )

    def _irreflexive(self, thing: str, property_: str) -> str:
        return (
            f"'{self.name(property_)}' leads from {self.name(thing)} to itself, but "
            f"{_code(property_)} is irreflexive: it never does"
        )

    def _datatype(self, thing: str, property_: str, value: str, range_: str) -> str:
        return (
            f"{self.name(thing)} has the {self.name(property_)} {self.name(value)}, but the "
            f"values of {_code(property_)} are of {_code(range_)}"
        )

    def _malformed(self, thing: str, property_: str, value: str) -> str:
        found = literal(value)
        of = curie(found.datatype) if found else "its datatype"
        return (
            f"{self.name(thing)} has the {self.name(property_)} "
            f'"{found.text if found else value}", which is not written as {of} must be'
        )

    def name(self, term: str) -> str:
        """Return a term as people read it."""
        found = literal(term)
        if found is not None:
            plain = f'"{found.text}"'
            short = IRI(found.datatype).local
            return f"{plain} ({short})" if short not in ("string", "integer") else plain
        if term[0] == "_":
            return "something"
        return self._labels.get(term[1:-1]) or IRI(term[1:-1]).local or term

    def a(self, class_: str) -> str:
        """Return a class with its article."""
        if class_.startswith("<http://www.w3.org/2001/XMLSchema#"):
            return f"of {_code(class_)}"
        name = self.name(class_)
        return f"an {name}" if name[:1].lower() in "aeio" else f"a {name}"

    def _joined(self, clauses: Iterable[str]) -> str:
        return _and(dict.fromkeys(clauses))


def _and(parts: Iterable[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def _uses(unit: Unit, names: set[str]) -> bool:
    return any(p in names or (p == _TYPE and o in names) for _, p, o in unit.triples)


def _code(term: str) -> str:
    return curie(term[1:-1])


def _spaced(name: str) -> str:
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
