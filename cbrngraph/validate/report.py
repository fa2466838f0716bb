"""The one report: frozen findings of shapes, quality queries and logic alike."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from cbrngraph.model import IRI, BNode, Literal, Term
from cbrngraph.validate.paths import Path
from cbrngraph.validate.vocabulary import SH

__all__ = [
    "SEVERITIES",
    "Finding",
    "Judged",
    "Place",
    "Report",
    "Rule",
    "Sourced",
    "rank",
]

# From harmless to grave. A severity of one's own counts as a violation, as SHACL has it.
SEVERITIES = ("info", "warning", "violation")
_RANKS = {IRI(SH + "Info"): 0, IRI(SH + "Warning"): 1, IRI(SH + "Violation"): 2}


def rank(severity: IRI) -> int:
    """Return 0 for information, 1 for a warning, 2 for a violation and any other severity."""
    return _RANKS.get(severity, 2)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a statement is written; line and column count from 1, 0 when not known."""

    file: str
    line: int = 0
    column: int = 0
    note: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Sourced:
    """A passage that states what is at fault: its document, place in it, and the claims' rows."""

    passage: IRI
    source: str
    title: str
    as_of: str
    locator: str
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One inconsistency: what broke which rule, where it is written, and what would mend it.

    `rule` is the nearest named shape, the quality query or the kind of logical fault; `shape` the
    very shape that reported it. `message` is in plain words with the values filled in.
    """

    severity: IRI
    rule: IRI
    title: str
    component: IRI
    focus: Term
    shape: IRI | BNode
    message: str
    path: Path | None = None
    value: Term | None = None
    messages: tuple[Literal, ...] = ()
    constraint: IRI | BNode | None = None
    engine: str = ""
    label: str = ""
    value_label: str = ""
    places: tuple[Place, ...] = ()
    sources: tuple[Sourced, ...] = ()
    fix: str = ""
    waiver: str = ""
    values: tuple[tuple[str, Term], ...] = ()

    @property
    def key(self) -> str:
        """Twelve digits that name the finding in any run: of rule, thing, path and value."""
        parts = [self.rule, self.component, self.focus.n3(), self.path.sparql if self.path else ""]
        parts.append(self.value.n3() if self.value is not None else "")
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]

    @property
    def level(self) -> str:
        """`info`, `warning` or `violation`."""
        return SEVERITIES[rank(self.severity)]

    @property
    def thing(self) -> str:
        """The name of the thing as people type it."""
        from cbrngraph.results import slug_of

        return slug_of(self.focus) if isinstance(self.focus, IRI) else str(self.focus)

    @property
    def steps(self) -> str:
        """The path with prefixes instead of whole IRIs; empty when there is none."""
        from cbrngraph.results import curie

        if self.path is None:
            return ""
        return re.sub(r"<([^>]*)>", lambda match: curie(match[1]), self.path.sparql)

    @property
    def shown_value(self) -> str:
        """The value as people read it: a label, a name, a text; empty when there is none."""
        from cbrngraph.results import curie

        if self.value is None:
            return ""
        if isinstance(self.value, IRI):
            return self.value_label or curie(self.value)
        return str(self.value)

    @property
    def claims(self) -> tuple[str, ...]:
        """The rows of claims sheets that what is at fault came from."""
        return tuple(dict.fromkeys(claim for s in self.sources for claim in s.claims))

    def sort_key(self) -> tuple[object, ...]:
        """Gravest first, then by rule, thing, path, value: the order of every output."""
        value = self.value.n3() if self.value is not None else ""
        path = self.path.sparql if self.path else ""
        about = (-rank(self.severity), self.rule, self.focus.n3(), path, value, self.message)
        # What no reader sees, so that two runs give the same order.
        row = tuple((name, term.n3()) for name, term in self.values)
        constraint = self.constraint.n3() if self.constraint is not None else ""
        texts = tuple(message.n3() for message in self.messages)
        return (*about, self.component, self.shape.n3(), constraint, self.engine, texts, row)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that was checked: a named shape, a quality query, or the logic."""

    iri: IRI
    title: str
    text: str = ""
    level: str = "violation"
    place: Place | None = None

    @property
    def name(self) -> str:
        """The last part of the IRI, by which people call it."""
        return self.iri.local


@dataclass(frozen=True, slots=True)
class Judged:
    """Which engine judged how many rules."""

    engine: str
    rules: int
    findings: int


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of one validation, gravest first; `waived` are kept apart with their reasons.

    `unchecked` says in words what could not be judged, so that silence never means 'fine'.
    """

    findings: tuple[Finding, ...]
    judged: tuple[Judged, ...] = ()
    waived: tuple[Finding, ...] = ()
    unchecked: tuple[str, ...] = ()
    checked: str = ""
    rules: tuple[Rule, ...] = ()
    known: int = 0

    @property
    def conforms(self) -> bool:
        """Whether nothing was found (SHACL section 3.1)."""
        return not self.findings

    def count(self, level: str) -> int:
        """Return the number of findings of `info`, `warning` or `violation`."""
        return sum(finding.level == level for finding in self.findings)

    def counts(self) -> dict[str, int]:
        """Return the number of findings by level, gravest first."""
        found = Counter(finding.level for finding in self.findings)
        return {level: found[level] for level in reversed(SEVERITIES)}

    def fails(self, level: str = "violation") -> bool:
        """Whether there is a finding of that level or graver."""
        least = SEVERITIES.index(level)
        return any(rank(finding.severity) >= least for finding in self.findings)

    def rule(self, iri: IRI) -> Rule | None:
        """Return a rule of the report."""
        return next((rule for rule in self.rules if rule.iri == iri), None)

    def with_findings(self, findings: Iterable[Finding]) -> Report:
        """Return the report with other findings, in order."""
        return replace(self, findings=tuple(sorted(findings, key=Finding.sort_key)))
