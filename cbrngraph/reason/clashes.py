"""Contradictions that rules can see, without Java: what OWL 2 RL calls 'false' (section 4.3).

Found are things of two disjoint classes, two values of a functional data property, values of the
wrong datatype, and pairs that break an asymmetric or irreflexive property. Each is explained by
the statements it rests on, down to what files state, and by the axioms in words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from cbrngraph.build import ENTAILED, Snapshot
from cbrngraph.model import IRI, Literal, Term, Triple
from cbrngraph.namespaces import OWL, RDF, RDFS, XSD
from cbrngraph.results import curie
from cbrngraph.rules import Derivation
from cbrngraph.store import Store

__all__ = ["Clash", "Ground", "find_clashes", "ground"]

_DISJOINT = f"""
SELECT ?set ?class {{
    {{ ?set a <{OWL.AllDisjointClasses}> ; <{OWL.members}>/<{RDF.rest}>*/<{RDF.first}> ?class }}
    UNION
    {{ ?one <{OWL.disjointWith}> ?other . VALUES ?side {{ 1 2 }}
       BIND(CONCAT(STR(?one), " ", STR(?other)) AS ?set)
       BIND(IF(?side = 1, ?one, ?other) AS ?class) }}
}}
"""
_FUNCTIONAL = f"""
SELECT DISTINCT ?thing ?property ?one ?other {{
    ?property a <{OWL.FunctionalProperty}> , <{OWL.DatatypeProperty}> .
    ?thing ?property ?one , ?other .
    FILTER(STR(?one) < STR(?other) && !(?one = ?other))
}}
"""
_TURNED = f"""
SELECT DISTINCT ?thing ?property ?other {{
    {{ ?property a <{OWL.AsymmetricProperty}> . ?thing ?property ?other . ?other ?property ?thing .
       FILTER(STR(?thing) <= STR(?other)) }}
    UNION
    {{ ?property a <{OWL.IrreflexiveProperty}> . ?thing ?property ?thing . BIND(?thing AS ?other) }}
}}
"""
_RANGES = f"""
SELECT DISTINCT ?thing ?property ?value ?range {{
    VALUES ?range {{ <{XSD.string}> <{XSD.integer}> <{XSD.decimal}> <{XSD.boolean}> }}
    ?property <{RDFS.range}> ?range .
    ?thing ?property ?value .
    FILTER(DATATYPE(?value) != ?range)
    FILTER(!(?range = <{XSD.decimal}> && DATATYPE(?value) = <{XSD.integer}>))
}}
"""
_DEPTH = 6


@dataclass(frozen=True, slots=True)
class Clash:
    """Statements that cannot all hold, and why; `thing` is what they are about."""

    thing: IRI
    statements: tuple[Triple, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Ground:
    """What a statement rests on: stated triples, and the axioms that lead from them to it.

    `written` are those axioms, as far as they are one triple, for finding them in the files.
    """

    stated: tuple[Triple, ...]
    axioms: tuple[str, ...]
    written: tuple[Triple, ...]


def find_clashes(store: Store) -> Iterator[Clash]:
    """Yield every contradiction that a single rule shows in a view with its entailments."""
    yield from _disjoint(store)
    yield from _functional(store)
    yield from _turned(store)
    yield from _ranges(store)


def ground(snapshot: Snapshot, statement: Triple) -> Ground:
    """Return the stated triples and the axioms behind a statement of a view."""
    found = _Ground(snapshot, {}, {}, {})
    found.follow(statement, ())
    return Ground(tuple(found.stated), tuple(found.axioms), tuple(found.written))


@dataclass(slots=True)
class _Ground:
    snapshot: Snapshot
    stated: dict[Triple, None]
    axioms: dict[str, None]
    written: dict[Triple, None]

    def follow(self, statement: Triple, above: tuple[Triple, ...]) -> None:
        store = self.snapshot.store
        graphs = {quad.graph for quad in store.match(*statement, any_graph=True)}
        if graphs - {None, ENTAILED} or ENTAILED not in graphs or len(above) > _DEPTH:
            self.stated.setdefault(statement)
            return
        for derivation in self.snapshot.rules.derivations(store, statement):
            if any(premise in (*above, statement) for premise in derivation.premises):
                continue
            self.axioms.setdefault(derivation.axiom)
            self.written.update(dict.fromkeys(_written(derivation)))
            for premise in derivation.premises:
                self.follow(premise, (*above, statement))
            return
        self.stated.setdefault(statement)


def _written(derivation: Derivation) -> Iterator[Triple]:
    """Yield the axiom of a rule with one premise as the triple that states it."""
    if len(derivation.premises) != 1:
        return
    premise, conclusion = derivation.premises[0], derivation.conclusion
    class_, above = conclusion.object, conclusion.predicate
    match derivation.rule:
        case "prp-dom":
            yield Triple(premise.predicate, IRI(RDFS.domain), class_)
        case "prp-rng":
            yield Triple(premise.predicate, IRI(RDFS.range), class_)
        case "prp-spo1":
            yield Triple(premise.predicate, IRI(RDFS.subPropertyOf), above)
        case "prp-inv":
            yield Triple(premise.predicate, IRI(OWL.inverseOf), above)
            yield Triple(above, IRI(OWL.inverseOf), premise.predicate)
        case "cax-sco" if isinstance(premise.object, IRI):
            yield Triple(premise.object, IRI(RDFS.subClassOf), class_)


def _disjoint(store: Store) -> Iterator[Clash]:
    sets: dict[str, set[IRI]] = defaultdict(set)
    for name, class_ in store.select(_DISJOINT).rows:
        sets[str(name)].add(IRI(str(class_)))
    together: dict[IRI, set[IRI]] = defaultdict(set)
    wanted = {class_ for classes in sets.values() for class_ in classes}
    rows = " ".join(class_.n3() for class_ in sorted(wanted))
    query = f"SELECT ?thing ?class {{ VALUES ?class {{ {rows} }} ?thing a ?class }}"
    for thing, class_ in store.select(query).rows:
        if isinstance(thing, IRI):
            together[thing].add(IRI(str(class_)))
    done: set[tuple[IRI, IRI, IRI]] = set()
    for thing in sorted(together):
        for classes in sets.values():
            for one, other in combinations(sorted(together[thing] & classes), 2):
                if (thing, one, other) not in done:
                    done.add((thing, one, other))
                    statements = tuple(Triple(thing, IRI(RDF.type), c) for c in (one, other))
                    why = f"nothing is both {curie(one)} and {curie(other)}"
                    yield Clash(thing, statements, why)


def _functional(store: Store) -> Iterator[Clash]:
    for thing, property_, one, other in store.select(_FUNCTIONAL).rows:
        if isinstance(thing, IRI) and isinstance(property_, IRI) and one and other:
            statements = (Triple(thing, property_, one), Triple(thing, property_, other))
            yield Clash(thing, statements, f"{curie(property_)} has one value at most")


def _turned(store: Store) -> Iterator[Clash]:
    for thing, property_, other in store.select(_TURNED).rows:
        if isinstance(thing, IRI) and isinstance(property_, IRI) and isinstance(other, IRI):
            statements = {Triple(thing, property_, other), Triple(other, property_, thing)}
            why = f"{curie(property_)} never holds both ways"
            yield Clash(thing, tuple(sorted(statements, key=_text)), why)


def _ranges(store: Store) -> Iterator[Clash]:
    for thing, property_, value, range_ in store.select(_RANGES).rows:
        if isinstance(thing, IRI) and isinstance(property_, IRI) and isinstance(value, Literal):
            why = f"the values of {curie(property_)} are of {curie(str(range_))}"
            yield Clash(thing, (Triple(thing, property_, value),), why)


def _text(triple: Triple) -> tuple[str, str, str]:
    parts: tuple[Term, Term, Term] = triple
    return parts[0].n3(), parts[1].n3(), parts[2].n3()
