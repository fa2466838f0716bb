"""Narrow a report: to some severities, to one shape, thing or file, to what is new."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from cbrngraph.errors import ReadError, SyntaxFault, UnknownNameError, nearest
from cbrngraph.model import IRI
from cbrngraph.validate.report import SEVERITIES, Finding, Report

__all__ = ["level_named", "only", "since", "worse"]


def level_named(name: str) -> str:
    """Return the level of that name.

    Raises:
        UnknownNameError: there is none.
    """
    if name in SEVERITIES:
        return name
    hint = f"(there are {', '.join(reversed(SEVERITIES))})"
    raise UnknownNameError("severity", name, nearest(name, SEVERITIES), hint)


def worse(report: Report, level: str) -> Report:
    """Return the report with what is of that level or graver."""
    least = SEVERITIES.index(level)
    kept = [f for f in report.findings if SEVERITIES.index(f.level) >= least]
    return report.with_findings(kept)


def only(report: Report, names: Iterable[str], known: Iterable[str] = ()) -> Report:
    """Return the report with what one of the names means: a rule, a thing or a file.

    `known` are names of things and files that exist though nothing is found about them.

    Raises:
        UnknownNameError: a name is none of these; the nearest are suggested.
    """
    wanted = list(names)
    for name in wanted:
        _check(report, name, known)
    kept = [f for f in report.findings if any(_means(name, f) for name in wanted)]
    return report.with_findings(kept)


def since(report: Report, baseline: Path) -> Report:
    """Return the report with what an earlier JSON report does not have.

    Raises:
        ReadError: the earlier report cannot be read.
        SyntaxFault: it is no JSON report of this program.
    """
    try:
        text = baseline.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ReadError(baseline, "no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(baseline, f"cannot be read ({error})") from None
    try:
        content = json.loads(text)
        known = {finding["key"] for finding in content["findings"]}
    except json.JSONDecodeError as error:
        raise SyntaxFault(baseline, error.lineno, error.colno, f"no JSON: {error.msg}") from None
    except (KeyError, TypeError):
        hint = "no report of 'cbrngraph validate --format json'"
        raise SyntaxFault(baseline, 1, 0, hint) from None
    kept = [finding for finding in report.findings if finding.key not in known]
    narrowed = report.with_findings(kept)
    return replace(narrowed, known=len(report.findings) - len(kept))


def _means(name: str, finding: Finding) -> bool:
    if name in (finding.rule.local, str(finding.rule), finding.thing, str(finding.focus)):
        return True
    if finding.label and name.casefold() == finding.label.casefold():
        return True
    if finding.rule.local.startswith(name + "-"):
        return True
    return any(_is_file(name, place.file) for place in finding.places)


def _is_file(name: str, file: str) -> bool:
    return name == file or file.endswith("/" + name) or name.endswith("/" + file)


def _check(report: Report, name: str, known: Iterable[str]) -> None:
    rules = {rule.iri.local for rule in report.rules} | {str(rule.iri) for rule in report.rules}
    families = {rule.partition("-")[0] for rule in rules if not rule.startswith("http")}
    if name in rules or name in families or any(_means(name, f) for f in report.findings):
        return
    names = set(known)
    if name in names or any(_is_file(name, other) for other in names):
        return
    if IRI(name).startswith(("http://", "https://")):
        return
    near = nearest(name, sorted(rules | names))
    raise UnknownNameError("rule, thing or file", name, near)
