"""Waivers: findings that somebody has looked at and lets stand, with reason, owner and expiry.

A waivers file is TOML, reviewed like any other file:

    [[waiver]]
    rule = "Project-durationFits"     # the last part of the rule's IRI, or the whole IRI
    thing = "P087"                    # optional: slug or IRI; left out, every thing
    path = "cbrn:durationMonths"      # optional; further prefixes in a table [prefixes]
    value = "42"                      # optional
    reason = "The source counts an extension that it does not date."
    owner = "data steward"
    expires = 2027-06-30

A waiver that has expired, or that no finding needs, is itself a finding.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cbrngraph.errors import ReadError, SyntaxFault, nearest
from cbrngraph.model import IRI
from cbrngraph.namespaces import PREFIXES
from cbrngraph.results import slug_of, slugify
from cbrngraph.validate.report import Finding, Place, Report, Rule
from cbrngraph.validate.vocabulary import SH

__all__ = ["FILE", "Waiver", "apply_waivers", "read_waivers"]

FILE = "waivers.toml"
_KEYS = ("rule", "thing", "path", "value", "reason", "owner", "expires")
_HEAD = re.compile(r"\s*\[\[\s*waiver\s*\]\]")
_TABLES = ("waiver", "prefixes")
# An IRI in angle brackets or as it stands is left alone; else what has a colon is a prefixed name.
_NAME = re.compile(r"<[^>]*>|[a-z][a-z0-9+.-]*://\S*|([\w.-]*):([\w.-]*[\w-])")
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
        path = finding.path.sparql if finding.path else ""
        paths = (path, path.strip("<>"), finding.steps)
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
    rows = text.splitlines()
    lines = [n for n, row in enumerate(rows, 1) if _HEAD.match(row)]
    entries = content.pop("waiver", [])
    prefixes = content.pop("prefixes", {})
    if content or not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        name = next(iter(content), "waiver")
        raise SyntaxFault(path, _line(rows, name), 0, _unknown(name, _TABLES))
    if not isinstance(prefixes, dict) or not all(isinstance(ns, str) for ns in prefixes.values()):
        message = 'a prefix stands for the text of an IRI, as in ex = "http://example.org/"'
        raise SyntaxFault(path, _line(rows, "prefixes"), 0, message)
    # Tables that are not written as [[waiver]] have no line of their own.
    lines += [1] * (len(entries) - len(lines))
    known = {**PREFIXES, **prefixes}
    return tuple(_waiver(path, e, n, known) for e, n in zip(entries, lines, strict=False))


def _unknown(name: str, known: tuple[str, ...]) -> str:
    near = nearest(name, known, 1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"unknown key {name!r}{hint} (waivers are written as [[waiver]])"


def _line(rows: list[str], name: str) -> int:
    """Return the line of a key or table, else the first."""
    wanted = re.compile(rf"\s*\[*\s*{re.escape(name)}\b")
    return next((n for n, row in enumerate(rows, 1) if wanted.match(row)), 1)


def _whole(path: str, prefixes: Mapping[str, str]) -> str:
    """Return a path with IRIs in the place of prefixed names.

    Raises:
        KeyError: a prefix is not known.
    """

    def named(match: re.Match[str]) -> str:
        return match[0] if match[1] is None else f"<{prefixes[match[1]]}{match[2]}>"

    return _NAME.sub(named, path)


def _waiver(path: Path, entry: dict[str, Any], line: int, prefixes: Mapping[str, str]) -> Waiver:
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
    try:
        whole = _whole(entry.get("path", ""), prefixes)
    except KeyError as error:
        message = f"the prefix {error.args[0]!r} is not known; declare it in a table [prefixes]"
        raise SyntaxFault(path, line, 0, message) from None
    return Waiver(**{**entry, "path": whole}, line=line)


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
    names = (IRI(waiver.rule).local, slug_of(waiver.thing), slug_of(waiver.path), waiver.value)
    level = SH + ("Violation" if rule is _EXPIRED else "Warning")
    return Finding(
        severity=IRI(level),
        rule=rule.iri,
        title=rule.title,
        component=_COMPONENT,
        focus=IRI(f"{_RULE}waiver/{slugify(' '.join(names))}"),
        shape=rule.iri,
        message=f"The waiver of {about} by {waiver.owner}: {why}.",
        engine="waivers",
        label=about,
        places=(Place(name, waiver.line),),
        fix="take the waiver out, or give it a new date and reason",
    )
