"""Waivers: findings that somebody has looked at and lets stand, with reason, owner and expiry.

A waivers file is TOML, reviewed like any other file:

    [[waiver]]
    rule = "Project-durationFits"     # the last part of the rule's IRI, or the whole IRI
    thing = "P087"                    # optional: slug or IRI; left out, every thing
    path = "cbrn:durationMonths"      # optional
    value = "42"                      # optional
    reason = "The source counts an extension that it does not date."
    owner = "data steward"
    expires = 2027-06-30

A waiver that has expired, or that no finding needs, is itself a finding.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cbrngraph.errors import ReadError, SyntaxFault, nearest
from cbrngraph.model import IRI
from cbrngraph.validate.report import Finding, Place, Report, Rule
from cbrngraph.validate.vocabulary import SH

__all__ = ["FILE", "Waiver", "apply_waivers", "read_waivers"]

FILE = "waivers.toml"
_KEYS = ("rule", "thing", "path", "value", "reason", "owner", "expires")
_NEEDED = ("rule", "reason", "owner", "expires")
_RULE = "https://w3id.org/cbrngraph/rule/"
_COMPONENT = IRI(_RULE + "waiver")
_EXPIRED = Rule(
    IRI(_RULE + "expired-waiver"), "Expired waiver", "A waiver holds until the day it names."
)
_UNUSED = Rule(
    IRI(_RULE + "unused-waiver"),
    "Unused waiver",
    "A waiver that no finding needs is taken out.",
    "warning",
)


@dataclass(frozen=True, slots=True)
class Waiver:
    """One waiver and the line of the file where it begins."""

    rule: str
    reason: str
    owner: str
    expires: date
    thing: str = ""
    path: str = ""
    value: str = ""
    line: int = 0

    def covers(self, finding: Finding) -> bool:
        """Whether the waiver means a finding."""
        value = "" if finding.value is None else str(finding.value)
        paths = (finding.steps, finding.path.sparql.strip("<>") if finding.path else "")
        return (
            self.rule in (finding.rule.local, str(finding.rule))
            and self.thing in ("", finding.thing, str(finding.focus))
            and self.path in ("", *paths)
            and self.value in ("", value, finding.shown_value)
        )


def read_waivers(path: Path) -> tuple[Waiver, ...]:
    """Return the waivers of a file.

    Raises:
        ReadError: it cannot be read.
        SyntaxFault: it is no TOML, or a waiver lacks something or has a key that means nothing.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ReadError(path, "no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(path, f"cannot be read ({error})") from None
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        raise SyntaxFault(path, int(found[1]) if found else 1, 0, str(error)) from None
    lines = [n for n, row in enumerate(text.splitlines(), 1) if row.strip() == "[[waiver]]"]
    entries = content.pop("waiver", [])
    if content or not isinstance(entries, list):
        name = next(iter(content), "waiver")
        raise SyntaxFault(path, 1, 0, f"unknown key {name!r}; waivers are written as [[waiver]]")
    return tuple(_waiver(path, entry, line) for entry, line in zip(entries, lines, strict=False))


def _waiver(path: Path, entry: dict[str, Any], line: int) -> Waiver:
    for key, value in entry.items():
        if key not in _KEYS:
            near = nearest(key, _KEYS, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise SyntaxFault(path, line, 0, f"unknown key {key!r} in a waiver{hint}")
        wanted = date if key == "expires" else str
        if not isinstance(value, wanted) or isinstance(value, datetime):
            kind = "a date such as 2027-06-30, without quotes" if key == "expires" else "text"
            raise SyntaxFault(path, line, 0, f"{key!r} of a waiver must be {kind}")
    for key in _NEEDED:
        if not entry.get(key):
            raise SyntaxFault(path, line, 0, f"a waiver needs {key!r}")
    return Waiver(**entry, line=line)


def apply_waivers(
    report: Report, waivers: Iterable[Waiver], path: Path, name: str, today: date
) -> Report:
    """Return the report with what is waived set apart, and expired and unused waivers found."""
    kept = list(report.findings)
    waived: list[Finding] = []
    faults: list[Finding] = []
    for waiver in waivers:
        covered = [finding for finding in kept if waiver.covers(finding)]
        if waiver.expires < today:
            faults.append(_fault(_EXPIRED, waiver, name, f"expired on {waiver.expires}"))
            continue
        if not covered:
            known = any(waiver.covers(finding) for finding in waived)
            why = "another waiver covers it already" if known else "no finding needs it"
            faults.append(_fault(_UNUSED, waiver, name, why))
            continue
        reason = f"{waiver.reason} ({waiver.owner}, until {waiver.expires})"
        waived += [replace(finding, waiver=reason) for finding in covered]
        kept = [finding for finding in kept if not waiver.covers(finding)]
    rules = (*report.rules, _EXPIRED, _UNUSED)
    done = replace(report, waived=tuple(waived), rules=rules)
    return done.with_findings([*kept, *faults])


def _fault(rule: Rule, waiver: Waiver, name: str, why: str) -> Finding:
    about = f"{waiver.rule}, {waiver.thing}" if waiver.thing else waiver.rule
    level = SH + ("Violation" if rule is _EXPIRED else "Warning")
    return Finding(
        severity=IRI(level),
        rule=rule.iri,
        title=rule.title,
        component=_COMPONENT,
        focus=IRI(f"{_RULE}waiver/{waiver.line}"),
        shape=rule.iri,
        message=f"The waiver of {about} by {waiver.owner}: {why}.",
        engine="waivers",
        label=about,
        places=(Place(name, waiver.line),),
        fix="take the waiver out, or give it a new date and reason",
    )
