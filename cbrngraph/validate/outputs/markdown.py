"""The report as Markdown: a table of counts, then a section for each rule."""

from __future__ import annotations

from itertools import groupby

from cbrngraph.validate.outputs.terminal import facts, verdict
from cbrngraph.validate.report import Report

__all__ = ["write_md"]


def write_md(report: Report) -> str:
    """Return GitHub-flavoured Markdown."""
    lines = ["# Validation report", ""]
    lines += [f"- {name}: {_escaped(told)}" for name, told in facts(report)]
    lines.append(f"- {verdict(report)}")
    for (level, rule), group in groupby(report.findings, key=lambda f: (f.level, f.rule)):
        found = list(group)
        lines += ["", f"## {rule.local} ({level}, {len(found)})", "", _escaped(found[0].title), ""]
        lines += ["| thing | what is wrong | where | sources |", "| --- | --- | --- | --- |"]
        for finding in found:
            name = f"{finding.thing}: {finding.label}" if finding.label else finding.thing
            where = ", ".join(str(place) for place in finding.places)
            told = "; ".join(f"{s.source} {s.locator}".strip() for s in finding.sources)
            cells = (name, finding.message, where, told)
            lines.append("| " + " | ".join(map(_escaped, cells)) + " |")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    for sign in "\\`*_[]<>|":
        text = text.replace(sign, "\\" + sign)
    return " ".join(text.split())
