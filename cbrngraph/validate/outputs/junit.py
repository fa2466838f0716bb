"""The report as JUnit XML: a test case for each rule, failed by each finding."""

from __future__ import annotations

from collections import defaultdict
from xml.sax.saxutils import escape, quoteattr

from cbrngraph.validate.report import Finding, Report

__all__ = ["write_junit"]


def write_junit(report: Report) -> str:
    """Return JUnit XML; warnings and information are told in the output of a passed case."""
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        by_rule[finding.rule].append(finding)
    titles = {str(rule.iri): rule.title for rule in report.rules}
    for iri, found in by_rule.items():
        titles.setdefault(iri, found[0].title)
    failed = sum(any(f.level == "violation" for f in found) for found in by_rule.values())
    numbers = f'tests="{len(titles)}" failures="{failed}" errors="0"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="cbrngraph validate" {numbers}>',
        f'  <testsuite name={_attribute(report.checked or "data")} {numbers} skipped="0">',
    ]
    for iri in sorted(titles):
        lines += _case(iri, titles[iri], by_rule.get(iri, []))
    lines += ["  </testsuite>", "</testsuites>"]
    return "\n".join(lines) + "\n"


def _case(iri: str, title: str, found: list[Finding]) -> list[str]:
    name = iri.rpartition("/")[2]
    head = f"    <testcase classname={_attribute(name)} name={_attribute(title)}"
    if not found:
        return [head + "/>"]
    grave = [finding for finding in found if finding.level == "violation"]
    light = [finding for finding in found if finding.level != "violation"]
    lines = [head + ">"]
    if grave:
        message = f"{len(grave)} found"
        text = "\n".join(map(_told, grave))
        lines.append(f'      <failure type="violation" message="{message}">{_text(text)}</failure>')
    if light:
        text = "\n".join(f"{finding.level}: {_told(finding)}" for finding in light)
        lines.append(f"      <system-out>{_text(text)}</system-out>")
    return [*lines, "    </testcase>"]


def _told(finding: Finding) -> str:
    where = f"{finding.places[0]}: " if finding.places else ""
    return f"{where}{finding.thing}: {finding.message}"


def _text(text: str) -> str:
    """Escape, and drop what XML 1.0 cannot hold."""
    return escape("".join(c for c in text if c in "\t\n" or ord(c) >= 32))


def _attribute(text: str) -> str:
    return quoteattr("".join(c for c in text if ord(c) >= 32))
