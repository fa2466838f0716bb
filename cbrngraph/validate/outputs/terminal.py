"""The report for people at a terminal: grouped by rule, gravest first, counted at the end."""

from __future__ import annotations

from itertools import groupby
from textwrap import fill

from cbrngraph.validate.report import Finding, Report

__all__ = ["facts", "verdict", "write_table"]

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
        shown = _wrapped(head, width, "", "    ")
        lines.append(_painted(shown, "1;" + _COLOURS[level], colour))
        for finding in found[:_SHOWN]:
            lines += _finding(finding, colour, width)
        if len(found) > _SHOWN:
            more = len(found) - _SHOWN
            told = f"… and {more} more (--only {rule.local} --format csv lists all)"
            lines.append(_wrapped(told, width, "    "))
        lines.append("")
    lines += _summary(report, colour, width)
    return "\n".join(lines) + "\n"


def facts(report: Report) -> list[tuple[str, str]]:
    """Return what was checked, by which engine, and what was not: names and texts."""
    engines = ", ".join(f"{j.engine} ({j.rules} rules)" for j in report.judged)
    found = [("checked", report.checked), ("judged by", engines)]
    found += [("not checked", text) for text in report.unchecked]
    if report.waived:
        found.append(("waived", str(len(report.waived))))
    if report.known:
        found.append(("known from the baseline", str(report.known)))
    return [(name, text) for name, text in found if text]


def verdict(report: Report) -> str:
    """Return how much was found, by level."""
    counts = [
        f"{n} {level}{'s' if n != 1 and level != 'info' else ''}"
        for level, n in report.counts().items()
        if n
    ]
    return ", ".join(counts) if counts else "nothing found"


def _summary(report: Report, colour: bool = False, width: int = _WIDTH) -> list[str]:
    """Return the closing lines: what was checked by which engine, and how much was found."""
    lines = [_wrapped(f"{name}: {text}", width, "", "    ") for name, text in facts(report)]
    worst = next((level for level, n in report.counts().items() if n), None)
    return [*lines, _painted(verdict(report), "1;" + _COLOURS.get(worst or "", "32"), colour)]


def _finding(finding: Finding, colour: bool, width: int) -> list[str]:
    named = finding.label and finding.label != finding.thing
    name = f"{finding.thing} ({finding.label})" if named else finding.thing
    lines = [_wrapped(name, width, "  ", "    ")]
    lines.append(_wrapped(finding.message, width))
    places = [str(place) for place in finding.places[:_PLACES]]
    if len(finding.places) > _PLACES:
        places.append(f"{len(finding.places) - _PLACES} more")
    if places:
        at = _wrapped(f"at {', '.join(places)}", width)
        lines.append(_painted(at, "2", colour))
    told = [f"{s.source} {s.locator}".strip() for s in finding.sources[:_PLACES]]
    if len(finding.sources) > _PLACES:
        told.append(f"{len(finding.sources) - _PLACES} more")
    if told:
        rows = f", claims {', '.join(finding.claims[:_PLACES])}" if finding.claims else ""
        says = _wrapped(f"says {'; '.join(told)}{rows}", width)
        lines.append(_painted(says, "2", colour))
    if finding.fix:
        lines.append(_wrapped(f"to mend: {finding.fix}", width))
    return lines


def _wrapped(text: str, width: int, first: str = "      ", rest: str = "") -> str:
    """Return the text in lines of `width`; a word that is longer, such as a path, stays whole."""
    return fill(
        _clean(text),
        width,
        initial_indent=first,
        subsequent_indent=rest or first,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _painted(text: str, code: str, colour: bool) -> str:
    return f"\033[{code}m{text}\033[0m" if colour else text


def _clean(text: str) -> str:
    """Drop what could steer a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)
