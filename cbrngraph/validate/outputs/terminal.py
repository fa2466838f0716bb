"""The report for people at a terminal: grouped by rule, gravest first, counted at the end."""

from __future__ import annotations

from itertools import groupby
from textwrap import fill

from cbrngraph.validate.report import Finding, Report

__all__ = ["write_table"]

_SHOWN = 10
_PLACES = 3
_WIDTH = 100
_SIGNS = {"violation": "✗ violation", "warning": "! warning", "info": "· info"}
_COLOURS = {"violation": "31", "warning": "33", "info": "36"}


def write_table(report: Report, *, colour: bool = False, width: int = _WIDTH) -> str:
    """Return the report as text; with `colour` in the colours of a terminal."""
    lines: list[str] = []
    for (level, rule), group in groupby(report.findings, key=lambda f: (f.level, f.rule)):
        found = list(group)
        title = found[0].title
        head = f"{_SIGNS[level]}  {rule.local}: {title}  ({len(found)})"
        lines.append(_painted(head, "1;" + _COLOURS[level], colour))
        for finding in found[:_SHOWN]:
            lines += _finding(finding, colour, width)
        if len(found) > _SHOWN:
            more = len(found) - _SHOWN
            lines.append(f"    … and {more} more (--only {rule.local} --format csv lists all)")
        lines.append("")
    lines += summary(report, colour)
    return "\n".join(lines) + "\n"


def summary(report: Report, colour: bool = False) -> list[str]:
    """Return the closing lines: what was checked by which engine, and how much was found."""
    lines = []
    if report.checked:
        lines.append(f"checked: {report.checked}")
    engines = ", ".join(f"{j.engine} ({j.rules} rules)" for j in report.judged)
    if engines:
        lines.append(f"judged by: {engines}")
    lines += [f"not checked: {text}" for text in report.unchecked]
    if report.waived:
        lines.append(f"waived: {len(report.waived)}")
    if report.known:
        lines.append(f"known from the baseline: {report.known}")
    counts = [
        f"{n} {level}{'s' if n != 1 and level != 'info' else ''}"
        for level, n in report.counts().items()
        if n
    ]
    verdict = ", ".join(counts) if counts else "nothing found"
    worst = next((level for level, n in report.counts().items() if n), None)
    lines.append(_painted(verdict, "1;" + _COLOURS.get(worst or "", "32"), colour))
    return lines


def _finding(finding: Finding, colour: bool, width: int) -> list[str]:
    name = f"{finding.thing} ({finding.label})" if finding.label else finding.thing
    lines = [f"  {_clean(name)}"]
    lines.append(_wrapped(finding.message, width))
    places = [str(place) for place in finding.places[:_PLACES]]
    if len(finding.places) > _PLACES:
        places.append(f"{len(finding.places) - _PLACES} more")
    if places:
        lines.append(_painted(f"      at {', '.join(places)}", "2", colour))
    told = [f"{s.source} {s.locator}".strip() for s in finding.sources[:_PLACES]]
    if len(finding.sources) > _PLACES:
        told.append(f"{len(finding.sources) - _PLACES} more")
    if told:
        rows = f", claims {', '.join(finding.claims[:_PLACES])}" if finding.claims else ""
        lines.append(_painted(f"      says {'; '.join(told)}{rows}", "2", colour))
    if finding.fix:
        lines.append(_wrapped(f"to mend: {finding.fix}", width))
    return lines


def _wrapped(text: str, width: int) -> str:
    return fill(_clean(text), width, initial_indent="      ", subsequent_indent="      ")


def _painted(text: str, code: str, colour: bool) -> str:
    return f"\033[{code}m{text}\033[0m" if colour else text


def _clean(text: str) -> str:
    """Drop what could steer a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)
