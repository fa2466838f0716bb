"""The report as JSON; also what `--baseline` reads."""

from __future__ import annotations

from json import dumps
from typing import Any

from cbrngraph.model import IRI, BNode, Term
from cbrngraph.validate.report import Finding, Report

__all__ = ["as_object", "write_json"]


def write_json(report: Report) -> str:
    """Return the report as one JSON object."""
    return dumps(as_object(report), ensure_ascii=False, indent=2) + "\n"


def as_object(report: Report) -> dict[str, Any]:
    """Return the report as plain values, keys in a fixed order."""
    return {
        "checked": report.checked,
        "conforms": report.conforms,
        "counts": report.counts(),
        "judged": [
            {"engine": j.engine, "rules": j.rules, "findings": j.findings} for j in report.judged
        ],
        "unchecked": list(report.unchecked),
        "known": report.known,
        "findings": [_finding(finding) for finding in report.findings],
        "waived": [_finding(finding) for finding in report.waived],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    made: dict[str, Any] = {
        "key": finding.key,
        "severity": finding.level,
        "rule": finding.rule,
        "name": finding.rule.local,
        "title": finding.title,
        "component": finding.component,
        "slug": finding.thing,
        "thing": _term(finding.focus),
        "label": finding.label,
        "path": finding.path.sparql if finding.path else None,
        "value": None if finding.value is None else _term(finding.value),
        "message": finding.message,
        "fix": finding.fix,
        "places": [
            {"file": place.file, "line": place.line, "column": place.column, "claims": place.note}
            for place in finding.places
        ],
        "sources": [
            {
                "passage": source.passage,
                "source": source.source,
                "title": source.title,
                "asOf": source.as_of,
                "locator": source.locator,
                "claims": list(source.claims),
            }
            for source in finding.sources
        ],
        "engine": finding.engine,
    }
    if finding.values:
        made["values"] = {name: _term(term) for name, term in finding.values}
    if finding.waiver:
        made["waiver"] = finding.waiver
    return made


def _term(term: Term) -> dict[str, str]:
    """Return a term as SPARQL 1.1 Query Results JSON writes it."""
    if isinstance(term, IRI):
        return {"type": "uri", "value": str(term)}
    if isinstance(term, BNode):
        return {"type": "bnode", "value": str(term)}
    made = {"type": "literal", "value": term.value}
    if term.language:
        made["xml:lang"] = term.language
    elif not term.datatype.endswith("#string"):
        made["datatype"] = term.datatype
    return made
