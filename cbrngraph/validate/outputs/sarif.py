"""The report as SARIF 2.1.0 (OASIS Standard, 27 March 2020), for code scanning tools."""

from __future__ import annotations

from json import dumps
from typing import Any
from urllib.parse import quote

from cbrngraph import __version__
from cbrngraph.validate.report import Finding, Place, Report, Rule

__all__ = ["write_sarif"]

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {"violation": "error", "warning": "warning", "info": "note"}


def write_sarif(report: Report) -> str:
    """Return a SARIF log with one run; paths are relative to the folder of the project."""
    rules = {rule.iri: rule for rule in report.rules}
    for finding in (*report.findings, *report.waived):
        rules.setdefault(finding.rule, Rule(finding.rule, finding.title, "", finding.level))
    order = sorted(rules)
    index = {iri: number for number, iri in enumerate(order)}
    results = [_result(finding, index[finding.rule]) for finding in report.findings]
    results += [_result(f, index[f.rule]) for f in report.waived]
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "cbrngraph",
                "semanticVersion": __version__,
                "rules": [_rule(rules[iri]) for iri in order],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {"engines": [judged.engine for judged in report.judged]},
    }
    notes = [{"message": {"text": text}, "level": "warning"} for text in report.unchecked]
    run["invocations"] = [
        {"executionSuccessful": True, **({"toolExecutionNotifications": notes} if notes else {})}
    ]
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return dumps(log, ensure_ascii=False, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": rule.iri,
        "name": rule.name,
        "shortDescription": {"text": rule.title or rule.name},
        "defaultConfiguration": {"level": _LEVELS.get(rule.level, "warning")},
    }
    if rule.text:
        made["fullDescription"] = {"text": rule.text}
    return made


def _result(finding: Finding, number: int) -> dict[str, Any]:
    text = f"{finding.label or finding.thing}: {finding.message}"
    made: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": number,
        "level": _LEVELS[finding.level],
        "message": {"text": text},
        "locations": [_location(place, finding) for place in finding.places[:1]]
        or [{"logicalLocations": [_logical(finding)]}],
        "partialFingerprints": {"cbrngraph/v1": finding.key},
    }
    if len(finding.places) > 1:
        made["relatedLocations"] = [_location(p, None) for p in finding.places[1:]]
    if finding.waiver:
        made["suppressions"] = [{"kind": "external", "justification": finding.waiver}]
    made["properties"] = {
        "thing": str(finding.focus),
        "path": finding.steps,
        "value": finding.shown_value,
        "sources": [source.source for source in finding.sources],
        "toMend": finding.fix,
    }
    return made


def _location(place: Place, finding: Finding | None) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(place.file, safe="/:")}}
    if place.line:
        region: dict[str, Any] = {"startLine": place.line}
        if place.column:
            region["startColumn"] = place.column
        physical["region"] = region
    made: dict[str, Any] = {"physicalLocation": physical}
    if finding is not None:
        made["logicalLocations"] = [_logical(finding)]
    return made


def _logical(finding: Finding) -> dict[str, Any]:
    return {"fullyQualifiedName": str(finding.focus), "name": finding.thing, "kind": "resource"}
