"""Logical consistency of ontology and data, as findings of the one report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cbrngraph.build import Snapshot
from cbrngraph.errors import EnvironmentProblem, LimitError
from cbrngraph.model import IRI, Triple
from cbrngraph.namespaces import OWL, PREFIXES, RDF
from cbrngraph.reason.clashes import Clash, find_clashes, ground
from cbrngraph.reason.java import Explanation, explain, missing, verdict
from cbrngraph.resources import Project
from cbrngraph.results import curie
from cbrngraph.store import parse_file
from cbrngraph.validate.enrich import enriched_statements
from cbrngraph.validate.report import Finding, Judged, Report, Rule
from cbrngraph.validate.vocabulary import SH

__all__ = ["CONTRADICTION", "UNSATISFIABLE", "add_logic", "logical_triples"]

_RULE = "https://w3id.org/cbrngraph/rule/"
CONTRADICTION = Rule(
    IRI(_RULE + "contradiction"),
    "Contradiction",
    "What the graph states and the ontology's axioms can all hold together.",
)
UNSATISFIABLE = Rule(
    IRI(_RULE + "unsatisfiable-class"),
    "Class without possible members",
    "Every class of the ontology can have a member.",
)
_COMPONENT = IRI(_RULE + "logic")
_SCHEMES = "ontology/schemes/"
_THING = IRI(PREFIXES["owl"] + "Thing")
_VIOLATION = IRI(SH + "Violation")
_RULES_ENGINE = "OWL RL rules"
_HERMIT = "HermiT (owlready2)"
_PELLET = "Pellet (owlready2)"


def add_logic(report: Report, snapshot: Snapshot) -> Report:
    """Return the report with contradictions as violations, and with what could not be checked.

    Rules find the contradictions that OWL 2 RL knows, each with its explanation, and need no
    Java. HermiT then judges all of OWL 2 DL; what only it sees is explained by Pellet.
    """
    findings = [_of_clash(clash, snapshot) for clash in find_clashes(snapshot.store)]
    judged = [Judged(_RULES_ENGINE, 1, len(findings))]
    unchecked = list(report.unchecked)
    lacking = missing()
    if lacking:
        unchecked.append(f"consistency in all of OWL 2 DL and unsatisfiable classes: {lacking}")
    else:
        try:
            more = list(_by_hermit(snapshot, explained=bool(findings)))
            judged.append(Judged(_HERMIT, 2, len(more)))
            findings += more
        except (EnvironmentProblem, LimitError) as error:
            unchecked.append(f"consistency in all of OWL 2 DL: {error}")
    done = replace(
        report,
        judged=(*report.judged, *judged),
        unchecked=tuple(unchecked),
        rules=(*report.rules, CONTRADICTION, UNSATISFIABLE),
    )
    return done.with_findings([*report.findings, *findings])


def logical_triples(snapshot: Snapshot) -> Iterator[Triple]:
    """Yield what has logical meaning: ontology and statements, not what is entailed from them."""
    entailed = set(snapshot.entailed())
    kind = IRI(OWL.AnnotationProperty)
    annotations = {q.subject for q in snapshot.store.match(None, IRI(RDF.type), kind)}
    for triple in snapshot.triples():
        if triple in entailed or triple.predicate in annotations:
            continue
        if triple.predicate != OWL.imports:
            yield triple


def _by_hermit(snapshot: Snapshot, *, explained: bool) -> Iterator[Finding]:
    triples = list(logical_triples(snapshot))
    if verdict(triples).consistent:
        for class_ in verdict(_schema(snapshot.project), classes=True).unsatisfiable:
            yield _unsatisfiable(class_, snapshot)
    elif not explained:
        explanations = explain(triples)
        if not explanations:
            yield _unexplained()
        for explanation in explanations:
            yield _of_pellet(explanation, snapshot)


def _schema(project: Project) -> Iterator[Triple]:
    """Yield the ontology without the concept schemes: what says which classes can have members."""
    for file in project.ontology_files():
        if not file.name.startswith(_SCHEMES):
            for quad in parse_file(file.path):
                if quad.predicate != OWL.imports:
                    yield Triple(quad.subject, quad.predicate, quad.object)


def _of_clash(clash: Clash, snapshot: Snapshot) -> Finding:
    grounds = [ground(snapshot, statement) for statement in clash.statements]
    stated = tuple(dict.fromkeys(triple for found in grounds for triple in found.stated))
    words = dict.fromkeys(axiom for found in grounds for axiom in found.axioms)
    axioms = tuple(dict.fromkeys(triple for found in grounds for triple in found.written))
    told = _told(stated, (*words, clash.why))
    return _finding(clash.thing, told, (*stated, *axioms), _RULES_ENGINE, snapshot)


def _of_pellet(explanation: Explanation, snapshot: Snapshot) -> Finding:
    about = [t for t in explanation.statements if "/id/" in t.subject] or explanation.statements
    thing = about[0].subject if about else _THING
    told = _told(explanation.statements, explanation.axioms)
    return _finding(IRI(thing), told, explanation.statements, _PELLET, snapshot)


def _told(statements: tuple[Triple, ...], axioms: tuple[str, ...]) -> str:
    said = [f"{_name(s)} {_name(p)} {_name(o)}" for s, p, o in statements]
    named = {_name(o) for _, _, o in statements}
    return "These cannot all hold: " + "; ".join([*said, *(_brief(a, named) for a in axioms)]) + "."


def _brief(axiom: str, named: set[str]) -> str:
    """Shorten Pellet's list of disjoint classes to those that the statements name."""
    kind, _, members = axiom.partition("(")
    if kind != "DisjointClasses":
        return axiom
    kept = [name for name in members.rstrip(")").split() if name in named]
    return f"nothing is two of {', '.join(kept)}" if len(kept) > 1 else axiom


def _name(term: object) -> str:
    if isinstance(term, IRI):
        return "is a" if term == RDF.type else term.local or curie(term)
    return str(term)


def _finding(
    thing: IRI, message: str, statements: tuple[Triple, ...], engine: str, snapshot: Snapshot
) -> Finding:
    finding = Finding(
        severity=_VIOLATION,
        rule=CONTRADICTION.iri,
        title=CONTRADICTION.title,
        component=_COMPONENT,
        focus=thing,
        shape=CONTRADICTION.iri,
        message=message,
        engine=engine,
        fix="correct or remove one of the statements, or the axiom if it claims too much",
    )
    return enriched_statements(finding, statements, snapshot)


def _unsatisfiable(class_: IRI, snapshot: Snapshot) -> Finding:
    finding = Finding(
        severity=_VIOLATION,
        rule=UNSATISFIABLE.iri,
        title=UNSATISFIABLE.title,
        component=_COMPONENT,
        focus=class_,
        shape=UNSATISFIABLE.iri,
        message=f"The axioms leave {curie(class_)} without any possible member.",
        engine=_HERMIT,
        fix="look at its superclasses and at what they are disjoint with",
    )
    return enriched_statements(finding, (), snapshot)


def _unexplained() -> Finding:
    return Finding(
        severity=_VIOLATION,
        rule=CONTRADICTION.iri,
        title=CONTRADICTION.title,
        component=_COMPONENT,
        focus=_THING,
        shape=CONTRADICTION.iri,
        message="Ontology and data contradict each other, and Pellet finds no explanation.",
        engine=_HERMIT,
    )
