"""Whether ontology and data can all be true, and why not when they cannot.

HermiT judges the whole. Where it finds a contradiction, rules and Pellet propose what is behind
it, and HermiT has the last word: every set that is returned is inconsistent by itself and stops
being so when any part of it is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from cbrngraph.build import Snapshot
from cbrngraph.errors import LimitError
from cbrngraph.model import IRI, BNode, Triple
from cbrngraph.namespaces import RDF
from cbrngraph.reason.justify import Explainer, by_rules
from cbrngraph.reason.knowledge import Knowledge, Unit, iri
from cbrngraph.reason.literals import term_of
from cbrngraph.reason.patterns import Clash, clashes, clashes_of
from cbrngraph.reason.runner import Reasoner, missing, version
from cbrngraph.reason.telling import Teller
from cbrngraph.rules import N3Triple

__all__ = ["Axiom", "Contradiction", "LogicReport", "check"]

SECONDS = 300.0
MOST = 100
RULES = "OWL 2 RL rules"
_BEYOND_RULES = "consistency beyond the rules of OWL 2 RL, and classes that can have no member"


@dataclass(frozen=True, slots=True)
class Axiom:
    """An axiom of the ontology: in words, and the triples that state it."""

    text: str
    triples: tuple[Triple, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Statements and axioms that cannot all hold, none of which can be spared.

    `kind` says which rule is broken (`functional`, `disjoint`, `datatype`, `malformed`,
    `asymmetric`, `irreflexive`, `inverse functional`, `empty class`, or `other`), `thing` whom it
    is about. `different` are things that are taken to be two because their identifiers differ.
    """

    kind: str
    thing: IRI | BNode
    message: str
    statements: tuple[Triple, ...]
    axioms: tuple[Axiom, ...] = ()
    different: tuple[IRI, ...] = ()
    reasoner: str = ""


@dataclass(frozen=True, slots=True)
class LogicReport:
    """The verdict; `consistent` is `None` where it could not be reached.

    `axioms` and `statements` count what was judged, `names` the things that are told apart by
    their identifiers. `complete` says that without the statements of the contradictions the rest
    is consistent. `not_checked` says in words what the verdict does not cover.
    """

    consistent: bool | None
    reasoner: str
    axioms: int
    statements: int
    names: int
    contradictions: tuple[Contradiction, ...] = ()
    complete: bool = True
    not_checked: tuple[str, ...] = ()


def check(snapshot: Snapshot, *, seconds: float = SECONDS, most: int = MOST) -> LogicReport:
    """Return whether a view of a project is consistent, with up to `most` contradictions.

    Without Java or owlready2 only the rules of OWL 2 RL are applied, and the report says what is
    not checked and how to enable it.

    Raises:
        LimitError: there is no verdict after so many seconds, or not enough memory.
        EnvironmentProblem: Java failed.
    """
    entailed = [(s.n3(), p.n3(), o.n3()) for s, p, o in snapshot.entailed()]
    knowledge = Knowledge.of(_stated(snapshot), entailed)
    work = _Work(snapshot, knowledge, entailed, most)
    lacking = missing()
    if lacking:
        return work.by_rules(lacking)
    with Reasoner(knowledge, seconds) as reasoner:
        return work.by_reasoner(reasoner)


def _stated(snapshot: Snapshot) -> Iterator[N3Triple]:
    from cbrngraph.reading import Reading

    return Reading.of(snapshot.project, snapshot.view).view_triples()


class _Work:
    """One check: what is known, and the contradictions found so far."""

    def __init__(
        self, snapshot: Snapshot, knowledge: Knowledge, entailed: list[N3Triple], most: int
    ) -> None:
        self.snapshot = snapshot
        self.knowledge = knowledge
        self.entailed = entailed
        self.most = most
        self.found: list[tuple[Clash | None, tuple[Unit, ...]]] = []

    def by_rules(self, lacking: str) -> LogicReport:
        """Return what rules alone can say."""
        for clash in self._candidates():
            if len(self.found) == self.most:
                break
            units = self._near(clash)
            if units and all(units != known for _, known in self.found):
                self.found.append((clash, units))
        told = self._told(RULES)
        return replace(
            self._report(False if told else None, RULES, told),
            complete=False,
            not_checked=(f"{_BEYOND_RULES}: {lacking}", *self.knowledge.unchecked),
        )

    def by_reasoner(self, reasoner: Reasoner) -> LogicReport:
        """Return HermiT's verdict with explanations."""
        units = list(self.knowledge.units())
        consistent = reasoner.consistent(units)
        unchecked = list(self.knowledge.unchecked)
        complete = True
        empty: list[Contradiction] = []
        explainer = Explainer(reasoner)
        try:
            if not consistent:
                complete = self._explain_all(units, reasoner, explainer)
            empty = list(self._empty_classes(reasoner, explainer))
        except LimitError as error:
            complete = False
            unchecked.append(f"the explanation of further contradictions: {error}")
        if reasoner.ignored:
            unchecked.append(f"values of <{reasoner.ignored}>, a datatype that HermiT ignores")
        found = (*self._told(version()), *empty)
        if not complete and len(self.found) >= self.most:
            unchecked.append(f"contradictions beyond the first {self.most}")
        verdict = consistent and not self.knowledge.malformed
        report = self._report(verdict, version(), found)
        return replace(report, complete=complete, not_checked=tuple(unchecked))

    def _report(
        self, consistent: bool | None, reasoner: str, found: Sequence[Contradiction]
    ) -> LogicReport:
        return LogicReport(
            consistent,
            reasoner,
            axioms=len(self.knowledge.axioms),
            statements=len(self.knowledge.statements),
            names=len(self.knowledge.names),
            contradictions=tuple(found),
        )

    def _candidates(self) -> list[Clash]:
        axioms = [triple for unit in self.knowledge.axioms for triple in unit.triples]
        stated = [triple for unit in self.knowledge.statements for triple in unit.triples]
        names = [t for own in self.knowledge.names.values() for u in own for t in u.triples]
        return list(clashes(axioms, [*stated, *self.entailed], names))

    def _explain_all(self, units: Sequence[Unit], reasoner: Reasoner, explainer: Explainer) -> bool:
        """Find contradictions until what is left is consistent; say whether that was reached."""
        for clash in self._candidates():
            if len(self.found) >= self.most:
                return False
            near = self._near(clash)
            if near and all(near != known for _, known in self.found):
                confirmed = explainer.confirm(near)
                if confirmed:
                    self.found.append((clash, confirmed))
        while len(self.found) < self.most:
            gone = {unit for _, found in self.found for unit in _to_leave_out(found)}
            rest = [unit for unit in units if unit not in gone]
            if reasoner.consistent(rest):
                return True
            found = explainer.explain(rest)
            self.found.append((next(iter(clashes_of(found)), None), found))
        return False

    def _near(self, clash: Clash) -> tuple[Unit, ...]:
        """Return a minimal set of units that shows this clash by rules; empty without one.

        What the clash is about comes first, then what is said of it, then what is said of that.
        """
        words = {clash.thing, *clash.words}
        found = by_rules([unit for unit in self._with_terms(words) if _speaks(unit, words)], clash)
        terms = {word for word in words if word in self._about}
        for _ in range(3):
            if found:
                break
            units = self._with_terms(terms)
            found = by_rules(units, clash)
            terms |= {term for u in units if u.kind == "statement" for term in _ends(u)}
        return found

    @property
    def _about(self) -> dict[str, list[Unit]]:
        """The statements by the things that they are about."""
        if not hasattr(self, "_index"):
            self._index: dict[str, list[Unit]] = defaultdict(list)
            for unit in self.knowledge.statements:
                for term in _ends(unit):
                    self._index[term].append(unit)
        return self._index

    def _with_terms(self, terms: Iterable[str]) -> list[Unit]:
        ordered = sorted(terms)
        statements = dict.fromkeys(unit for term in ordered for unit in self._about.get(term, ()))
        names = [unit for term in ordered for unit in self.knowledge.names.get(term, ())]
        return [*self.knowledge.axioms, *statements, *names]

    def _empty_classes(self, reasoner: Reasoner, explainer: Explainer) -> Iterator[Contradiction]:
        for number, name in enumerate(reasoner.unsatisfiable(self.knowledge.axioms)):
            triple = (f"_:member{number}", iri(RDF.type), iri(name))
            probe = Unit("statement", (triple,), " ".join(triple) + " .\n")
            units = explainer.explain([*self.knowledge.axioms, probe])
            axioms = [unit for unit in units if unit.kind == "axiom"]
            teller = self._teller([axioms, [probe]])
            yield Contradiction(
                "empty class",
                IRI(name),
                teller.empty(iri(name), axioms),
                (),
                _axioms(axioms, teller),
                reasoner=version(),
            )

    def _told(self, reasoner: str) -> list[Contradiction]:
        malformed = [
            (Clash("malformed", s, (p, o)), (Unit("statement", ((s, p, o),), ""),))
            for s, p, o in self.knowledge.malformed
        ]
        found = [*self.found, *malformed]
        teller = self._teller([units for _, units in found])
        return [_contradiction(clash, units, teller, reasoner) for clash, units in found]

    def _teller(self, sets: Iterable[Sequence[Unit]]) -> Teller:
        from cbrngraph.results import labels_of

        terms = {term[1:-1] for units in sets for unit in units for term in unit.terms}
        return Teller(labels_of(self.snapshot.store, sorted(terms)))


def _ends(unit: Unit) -> tuple[str, ...]:
    subject, predicate, object_ = unit.triples[0]
    if predicate == iri(RDF.type) or object_[0] == '"':
        return (subject,)
    return subject, object_


def _speaks(unit: Unit, words: set[str]) -> bool:
    """Say whether a unit is about these words alone, or a list that has two of them."""
    return unit.kind == "name" or unit.terms <= words or len(unit.terms & words) > 1


def _to_leave_out(units: Iterable[Unit]) -> list[Unit]:
    """Return the statements of a contradiction; its axioms where they need no statement."""
    statements = [unit for unit in units if unit.kind == "statement"]
    return statements or [unit for unit in units if unit.kind == "axiom"]


def _contradiction(
    clash: Clash | None, units: Sequence[Unit], teller: Teller, reasoner: str
) -> Contradiction:
    statements = [unit.triples[0] for unit in units if unit.kind == "statement"]
    axioms = [unit for unit in units if unit.kind == "axiom"]
    if clash is not None and clash.kind != "nothing":
        kind, thing, message = clash.kind, clash.thing, teller.clash(clash, units)
    else:
        first = (statements or [axiom.triples[0] for axiom in axioms])[0]
        kind, thing, message = "other", first[0], teller.together(units)
    different = dict.fromkeys(unit.triples[0][0] for unit in units if unit.kind == "name")
    return Contradiction(
        kind,
        _subject(thing),
        message,
        tuple(_triples(statements)),
        _axioms(axioms, teller, clash.words if clash else ()),
        tuple(IRI(name[1:-1]) for name in different),
        RULES if kind == "malformed" else reasoner,
    )


def _subject(term: str) -> IRI | BNode:
    return BNode(term[2:]) if term[0] == "_" else IRI(term[1:-1])


def _axioms(units: Iterable[Unit], teller: Teller, about: Sequence[str] = ()) -> tuple[Axiom, ...]:
    return tuple(Axiom(teller.axiom(unit, about), tuple(_triples(unit.triples))) for unit in units)


def _triples(found: Iterable[N3Triple]) -> Iterator[Triple]:
    for subject, predicate, object_ in found:
        yield Triple(_subject(subject), IRI(predicate[1:-1]), term_of(object_))
