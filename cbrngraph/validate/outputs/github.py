"""The report as GitHub workflow commands, which appear as annotations in a pull request."""

from __future__ import annotations

from cbrngraph.validate.report import Report

__all__ = ["write_github"]

_COMMANDS = {"violation": "error", "warning": "warning", "info": "notice"}


def write_github(report: Report) -> str:
    """Return one `::error file=...,line=...::message` for each finding."""
    lines = []
    for finding in report.findings:
        fields = []
        if finding.places:
            place = finding.places[0]
            fields.append(f"file={_property(place.file)}")
            if place.line:
                fields.append(f"line={place.line}")
            if place.column:
                fields.append(f"col={place.column}")
        fields.append(f"title={_property(finding.rule.local)}")
        name = f"{finding.thing} ({finding.label})" if finding.label else finding.thing
        text = f"{name}: {finding.message}"
        lines.append(f"::{_COMMANDS[finding.level]} {','.join(fields)}::{_data(text)}\n")
    return "".join(lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
