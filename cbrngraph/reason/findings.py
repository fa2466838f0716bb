"""The verdict of the logic as findings of the one report, with files, lines and sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cbrngraph.build import Snapshot
from cbrngraph.errors import EnvironmentProblem, LimitError
from cbrngraph.model import IRI
from cbrngraph.reason.check import SECONDS, Contradiction, LogicReport, check
from cbrngraph.validate.enrich import enriched_statements
from cbrngraph.validate.report import Finding, Judged, Report, Rule
from cbrngraph.validate.vocabulary import SH

__all__ = ["CONTRADICTION", "EMPTY", "findings_of", "with_logic"]

_RULE = "https://w3id.org/cbrngraph/rule/"
CONTRADICTION = Rule(
    IRI(_RULE + "contradiction"),
    "Contradiction",
    "What the graph states and the ontology's axioms can all hold together.",
)
EMPTY = Rule(
    IRI(_RULE + "unsatisfiable-class"),
    "Class without possible members",
    "Every class of the ontology can have a member.",
)
_FIX = {
    "empty class": "look at its superclasses and at what they are disjoint with",
    "malformed": "write the value as its datatype demands, or give it another datatype",
    "datatype": "correct the value or its datatype",
}
_ANY_FIX = "correct or remove one of the statements, or the axiom if it claims too much"


def with_logic(report: Report, snapshot: Snapshot, *, seconds: float = SECONDS) -> Report:
    """Return the report with the contradictions of a view, and with what was not judged."""
    rules = (*report.rules, CONTRADICTION, EMPTY)
    try:
        logic = check(snapshot, seconds=seconds)
    except (EnvironmentProblem, LimitError) as error:
        told = f"logical consistency: {error}"
        return replace(report, unchecked=(*report.unchecked, told), rules=rules)
    found = tuple(findings_of(logic, snapshot))
    done = replace(
        report,
        judged=(*report.judged, Judged(logic.reasoner, 2, len(found))),
        unchecked=(*report.unchecked, *logic.not_checked),
        rules=rules,
    )
    return done.with_findings([*report.findings, *found])


def findings_of(logic: LogicReport, snapshot: Snapshot) -> Iterator[Finding]:
    """Yield each contradiction as a violation, at the lines of its statements and axioms."""
    for found in logic.contradictions:
        heads = [axiom.triples[0] for axiom in found.axioms]
        yield enriched_statements(_finding(found), (*found.statements, *heads), snapshot)


def _finding(found: Contradiction) -> Finding:
    rule = EMPTY if found.kind == "empty class" else CONTRADICTION
    return Finding(
        severity=IRI(SH + "Violation"),
        rule=rule.iri,
        title=rule.title,
        component=IRI(_RULE + found.kind.replace(" ", "-")),
        focus=found.thing,
        shape=rule.iri,
        message=found.message,
        engine=found.reasoner,
        value=found.statements[-1].object if len(found.statements) == 1 else None,
        fix=_FIX.get(found.kind, _ANY_FIX),
    )
