"""A graph as a reasoner takes it: axioms, statements, and what it must be told beside them.

Each unit is one thing that can be true or false by itself, so that a contradiction can be traced
to the units behind it. What has no logical meaning in OWL 2 DL (labels, notes) is left out; what
OWL 2 DL cannot judge is left out too, and named.

**Unique names.** OWL lets two names stand for one thing: of a secretariat with two host countries
it would conclude that the two are one country. Here two things of a common class that carry
different `dcterms:identifier`s are two things, unless the graph says `owl:sameAs`. To state that
for each pair would take a million inequalities for a thousand things; so each identified thing
gets its identifier as the value of a functional property, one property for each class: if two
became one, it would have two identifiers, and that is a contradiction. The effect is the same.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cbrngraph.namespaces import DCTERMS, OWL, RDF, RDFS
from cbrngraph.reason.literals import Lit, is_builtin, is_calendar, literal, malformed, value
from cbrngraph.rules import N3Triple

__all__ = ["NAME", "RESERVED", "Knowledge", "Unit", "iri"]

_OWL = OWL.Class.removesuffix("Class")
_RDFS = RDFS.label.removesuffix("label")
_RDF = RDF.type.removesuffix("type")
_XSD = "http://www.w3.org/2001/XMLSchema#"
NAME = "urn:cbrngraph:name:"


def iri(text: str) -> str:
    """Return an IRI as N-Triples writes it."""
    return f"<{text}>"


_TYPE = iri(RDF.type)
_DECLARATIONS = frozenset(
    iri(name)
    for name in (
        *(OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty),
        *(_OWL + "NamedIndividual", _RDFS + "Datatype", RDFS.Class, RDF.Property),
    )
)
_CHARACTER = frozenset(
    iri(_OWL + name + "Property")
    for name in (
        "Functional InverseFunctional Transitive Symmetric Asymmetric Reflexive Irreflexive"
    ).split()
)
# Axioms that are nodes of their own.
_NODES = frozenset(
    iri(_OWL + name)
    for name in (
        "AllDisjointClasses AllDisjointProperties AllDifferent NegativePropertyAssertion"
    ).split()
)
_SILENT = frozenset(
    iri(name)
    for name in (
        *(_RDFS + word for word in "label comment isDefinedBy seeAlso".split()),
        *(
            _OWL + word
            for word in (
                "imports versionIRI versionInfo priorVersion incompatibleWith deprecated "
                "backwardCompatibleWith"
            ).split()
        ),
    )
)
_BETWEEN_THINGS = (iri(OWL.sameAs), iri(_OWL + "differentFrom"))
_AXIOMS = frozenset(
    (
        *(iri(_RDFS + word) for word in "subClassOf subPropertyOf domain range".split()),
        *(
            iri(_OWL + word)
            for word in (
                "equivalentClass disjointWith disjointUnionOf equivalentProperty inverseOf hasKey "
                "propertyDisjointWith propertyChainAxiom"
            ).split()
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Unit:
    """An axiom, a statement or the name of a thing.

    `triples` are as files write them; `lines` are what the reasoner reads, in N-Triples.
    """

    kind: str
    triples: tuple[N3Triple, ...]
    lines: str

    @property
    def terms(self) -> frozenset[str]:
        """The IRIs in it, those of OWL, RDF and XML Schema left out."""
        return frozenset(
            term
            for triple in self.triples
            for term in triple
            if term[0] == "<" and not term.startswith(RESERVED)
        )


RESERVED = tuple("<" + base for base in (_OWL, _RDFS, _RDF, _XSD))


@dataclass(slots=True)
class Knowledge:
    """All units of a graph, and what could not become one. Make it with `of`."""

    axioms: list[Unit] = field(default_factory=list)
    statements: list[Unit] = field(default_factory=list)
    names: dict[str, list[Unit]] = field(default_factory=dict)
    malformed: list[N3Triple] = field(default_factory=list)
    unchecked: tuple[str, ...] = ()
    _declared: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, triples: Iterable[N3Triple], entailed: Iterable[N3Triple] = ()) -> Knowledge:
        """Return the knowledge in stated triples; `entailed` types tell who needs a name."""
        return _Reader(triples, entailed).read()

    def units(self) -> Iterator[Unit]:
        """Yield all axioms, statements and names."""
        yield from self.axioms
        yield from self.statements
        for units in self.names.values():
            yield from units

    def text(self, units: Iterable[Unit]) -> str:
        """Return units as N-Triples that stand alone, with the declarations that they need."""
        lines: dict[str, None] = {}
        for unit in units:
            for triple in unit.triples:
                for term in triple:
                    if term in self._declared:
                        lines.update(dict.fromkeys(self._declared[term]))
            lines[unit.lines] = None
        return "".join(lines)


class _Reader:
    def __init__(self, triples: Iterable[N3Triple], entailed: Iterable[N3Triple]) -> None:
        self.triples = sorted(set(triples))
        self.entailed = entailed
        self.made = Knowledge()
        self.kinds: dict[str, set[str]] = defaultdict(set)
        self.nodes: dict[str, list[N3Triple]] = defaultdict(list)
        self.defined: set[str] = set()
        for triple in self.triples:
            subject, predicate, object_ = triple
            if predicate == _TYPE:
                self.kinds[subject].add(object_)
            if predicate == iri(_OWL + "equivalentClass"):
                self.defined.add(subject)
            if subject[0] == "_":
                self.nodes[subject].append(triple)
        self.counts: dict[str, int] = defaultdict(int)

    def read(self) -> Knowledge:
        for triple in self.triples:
            self._sort(triple)
        self._give_names()
        self.made.unchecked = tuple(
            f"{count} {what}" for what, count in sorted(self.counts.items()) if count
        )
        return self.made

    def _sort(self, triple: N3Triple) -> None:
        subject, predicate, object_ = triple
        if predicate == _TYPE:
            self._type(triple)
        elif predicate in _AXIOMS:
            self._add("axiom", (triple, *self._below(subject), *self._below(object_)))
        elif predicate in _BETWEEN_THINGS:
            self._add("statement", (triple,))
        elif predicate in _SILENT or predicate.startswith(RESERVED):
            return  # said of a term, or a part of an axiom that takes it along
        else:
            self._statement(triple)

    def _type(self, triple: N3Triple) -> None:
        subject, _, object_ = triple
        if object_ in _DECLARATIONS:
            if subject[0] == "<":
                self.made._declared[subject].append(_line(triple))
        elif object_ in _CHARACTER:
            self._add("axiom", (triple,))
        elif object_ in _NODES:
            self._add("axiom", tuple(self._below(subject)))
        elif not object_.startswith(RESERVED) or object_ == iri(_OWL + "Nothing"):
            self._add("statement", (triple, *self._below(object_)))

    def _statement(self, triple: N3Triple) -> None:
        _, predicate, object_ = triple
        kinds = self.kinds[predicate]
        if iri(OWL.AnnotationProperty) in kinds:
            return
        lit = literal(object_)
        if iri(OWL.ObjectProperty) in kinds and lit is None:
            self.made.statements.append(Unit("statement", (triple,), _line(triple)))
        elif iri(OWL.DatatypeProperty) in kinds and lit is not None:
            self.made.statements.append(Unit("statement", (triple,), self._with_value(triple, lit)))
        elif kinds & {iri(OWL.ObjectProperty), iri(OWL.DatatypeProperty)}:
            self.counts[
                "statements have a text where the property leads to a thing, or the reverse"
            ] += 1
        else:
            self.counts[f"statements use {predicate}, which the ontology does not declare"] += 1

    def _with_value(self, triple: N3Triple, lit: Lit) -> str:
        """Return the statement for the reasoner.

        Of a literal that has no certain value only remains that there is one.
        """
        subject, predicate, _ = triple
        if malformed(lit):
            self.made.malformed.append(triple)
        elif is_builtin(lit.datatype) or _stand_in(triple[2]) != triple[2]:
            return _line(triple)
        else:
            self.counts[f"values are of {iri(lit.datatype)}, which OWL 2 cannot compare"] += 1
        node = f"_:some{len(self.made.statements)}"
        parts = ((_TYPE, OWL.Restriction), (iri(OWL.onProperty), ""), (_SOME, RDFS.Literal))
        lines = (f"{node} {p} {iri(o) if o else predicate} .\n" for p, o in parts)
        return f"{subject} {_TYPE} {node} .\n" + "".join(lines)

    def _below(self, term: str, seen: frozenset[str] = frozenset()) -> Iterator[N3Triple]:
        """Yield the triples that describe the blank node of an axiom, and those below it."""
        if term[0] != "_" or term in seen:
            return
        for triple in self.nodes[term]:
            if triple[1] not in _AXIOMS and triple[1] not in _SILENT:
                yield triple
                yield from self._below(triple[2], seen | {term})

    def _add(self, kind: str, triples: tuple[N3Triple, ...]) -> None:
        strange = [term for triple in triples for term in self._strange(triple)]
        if strange:
            found = literal(strange[0])
            name = iri(found.datatype) if found else strange[0]
            self.counts[f"axioms use {name}, which OWL 2 does not have"] += 1
            return
        unit = Unit(kind, triples, "".join(map(_line, dict.fromkeys(triples))))
        (self.made.axioms if kind == "axiom" else self.made.statements).append(unit)

    def _strange(self, triple: N3Triple) -> Iterator[str]:
        """Yield the term of a triple that is, or is of, a datatype which OWL 2 does not have."""
        subject, predicate, term = triple
        lit = literal(term)
        if lit is not None:
            known = is_builtin(lit.datatype) and not malformed(lit)
            if not known and _stand_in(term) == term:
                yield term
            return
        of_data = predicate == iri(RDFS.range) and iri(OWL.DatatypeProperty) in self.kinds[subject]
        named = of_data and not term.startswith((f"<{_RDFS}", "_:"))
        if named or term.startswith("<" + _XSD) or iri(_RDFS + "Datatype") in self.kinds[term]:
            name = term[1:-1]
            if not (is_builtin(name) or is_calendar(name)) and term not in self.defined:
                yield term

    def _give_names(self) -> None:
        identifiers: dict[str, set[str]] = defaultdict(set)
        for subject, predicate, object_ in self.triples:
            if predicate == iri(DCTERMS.identifier):
                identifiers[subject].add(object_)
        same = {term for s, p, o in self.triples if p == iri(OWL.sameAs) for term in (s, o)}
        members: dict[str, set[str]] = defaultdict(set)
        for subject, predicate, object_ in (*self.triples, *self.entailed):
            if (
                predicate == _TYPE
                and len(identifiers.get(subject, ())) == 1
                and subject not in same
                and object_[0] == "<"
                and not object_.startswith(RESERVED)
            ):
                members[object_].add(subject)
        for number, class_ in enumerate(sorted(members)):
            if len(members[class_]) > 1:
                self._names_in(number, members[class_], identifiers)

    def _names_in(self, number: int, members: set[str], identifiers: dict[str, set[str]]) -> None:
        name = iri(f"{NAME}{number}")
        self.made._declared[name] = [
            _line((name, _TYPE, iri(kind)))
            for kind in (OWL.DatatypeProperty, OWL.FunctionalProperty)
        ]
        for thing in sorted(members):
            lit = literal(next(iter(identifiers[thing])))
            triple = (thing, name, f'"{lit.text if lit else ""}"')
            self.made.names.setdefault(thing, []).append(Unit("name", (triple,), _line(triple)))


_SOME = iri(OWL.someValuesFrom)


def _line(triple: N3Triple) -> str:
    """Return a triple for the reasoner, which knows no dates: they become addresses.

    An address is no value of any other datatype, and those of one datatype begin alike.
    """
    subject, predicate, object_ = triple
    if object_[0] == "<" and is_calendar(object_[1:-1]):
        name = object_[1:-1].rpartition("#")[2]
        # A node of its own for each use: the OWL API takes a shared one for an error.
        node = f"{name}{zlib.crc32(repr(triple).encode()):08x}"
        return f"{subject} {predicate} _:all{node} .\n" + _DATES.format(name=name, node=node)
    return f"{subject} {predicate} {_stand_in(object_)} .\n"


def _stand_in(term: str) -> str:
    lit = literal(term)
    if lit is None or not is_calendar(lit.datatype) or (key := value(lit)) is None:
        return term
    return f'"urn:cbrngraph:{key[0]}:{key[1]}"^^<{_XSD}anyURI>'


_DATES = f"""\
_:all{{node}} {_TYPE} {iri(_RDFS + "Datatype")} .
_:all{{node}} {iri(_OWL + "onDatatype")} {iri(_XSD + "anyURI")} .
_:all{{node}} {iri(_OWL + "withRestrictions")} _:list{{node}} .
_:list{{node}} {iri(RDF.first)} _:facet{{node}} .
_:list{{node}} {iri(RDF.rest)} {iri(RDF.nil)} .
_:facet{{node}} {iri(_XSD + "pattern")} "urn:cbrngraph:{{name}}:.*" .
"""
