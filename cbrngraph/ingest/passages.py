"""Passages: the part of a source that a row quotes, its address, and its description."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container
from dataclasses import dataclass

from cbrngraph.dates import parse
from cbrngraph.errors import DateError, Fault
from cbrngraph.ingest.mapping import SheetMapping
from cbrngraph.ingest.statements import date_statements
from cbrngraph.ingest.tables import ClaimRow
from cbrngraph.ingest.terms import (
    AS_OF,
    CLAIM,
    CONFIDENCE,
    END_LINE,
    EXCERPT,
    HEADING,
    INTEGER,
    LOCATOR,
    PART_OF,
    PASSAGE,
    START_LINE,
    TYPE,
)
from cbrngraph.ingest.things import Things, slugify
from cbrngraph.model import IRI, Literal, Triple

__all__ = ["CONFIDENCES", "Locator", "PassageKey", "describe_passage", "passage_key"]

CONFIDENCES = "concept:confidence"
EXCERPT_WORDS = 12
_FRAGMENT_WORDS = 5
_HASH_LENGTH = 6
_LINES = re.compile(r"L([0-9]+)(?:\s*-\s*L?([0-9]+))?(?:\s+\((.+)\))?")
_REMARK = re.compile(r"\s+\([^()]*\)$")
# "Specific objectives", "4 SDGs", "8 a) DAC code(s)"; not "body", "1" or "Start date field".
_SECTION = re.compile(r"(?:\d+\s+)?(?:\w\)\s+)?[^\W\d_a-z].*(?<! field)")


@dataclass(frozen=True, slots=True)
class Locator:
    """Where a passage stands: lines count from 1 and are 0 when the locator gives none."""

    text: str
    heading: str
    start_line: int
    end_line: int

    @classmethod
    def read(cls, text: str) -> Locator:
        """Return what a locator says: lines with a heading in parentheses, or a section's name.

        What follows a comma or semicolon in the parentheses is a remark, no heading.

        >>> Locator.read("L38-L46 (Projects; inferred)")
        Locator(text='L38-L46 (Projects; inferred)', heading='Projects', start_line=38, end_line=46)
        >>> Locator.read("Specific objectives").heading, Locator.read("body").heading
        ('Specific objectives', '')
        """
        lines = _LINES.fullmatch(text)
        if lines is None:
            section = _REMARK.sub("", text)
            return cls(text, section if _SECTION.fullmatch(section) else "", 0, 0)
        start = int(lines[1])
        heading = re.split(r"[,;]", lines[3] or "")[0].strip()
        return cls(text, heading, start, int(lines[2] or start))

    @property
    def slug(self) -> str:
        """The line part as it is written, `L38-L46`; else the whole as a slug."""
        if not self.start_line:
            return slugify(self.text)
        last = f"-L{self.end_line}" if self.end_line != self.start_line else ""
        return f"L{self.start_line}{last}"


@dataclass(frozen=True, slots=True)
class PassageKey:
    """What makes a passage one: rows that agree in all of it stand in the same graph."""

    locator: str
    excerpt: str
    as_of: str
    confidence: IRI

    def address(self, source: IRI, taken: Container[IRI]) -> IRI:
        """Return the address: locator and first words; with a hash of its content if taken."""
        words = slugify(" ".join(self.excerpt.split()[:_FRAGMENT_WORDS]))
        fragment = "-".join(part for part in (Locator.read(self.locator).slug, words) if part)
        address = IRI(f"{source}#{fragment}")
        content = f"{self.locator}\x1f{self.excerpt}\x1f{self.as_of}\x1f{self.confidence}"
        digest = hashlib.sha256(content.encode()).hexdigest()
        length = _HASH_LENGTH
        while not fragment or address in taken:
            fragment = "-".join(part for part in (fragment, digest[:length]) if part)
            address = IRI(f"{source}#{fragment}")
            length += 2
        return address


def passage_key(row: ClaimRow, things: Things, faults: list[Fault]) -> PassageKey | None:
    """Return the passage that a row quotes, or add what is wrong with it to `faults`."""
    before = len(faults)
    locator = Locator.read(row.locator)
    in_lines = _LINES.fullmatch(row.locator) is not None
    if in_lines and not 0 < locator.start_line <= locator.end_line:
        faults.append(row.at.fault("locator", f"{row.locator!r}: lines count from 1 and ascend"))
    words = len(row.excerpt.split())
    if words > EXCERPT_WORDS:
        message = f"the excerpt has {words} words; quote {EXCERPT_WORDS} at most"
        faults.append(row.at.fault("excerpt", message))
    if row.as_of:
        try:
            if parse(row.as_of).latest is None:
                faults.append(row.at.fault("as_of", f"{row.as_of!r} has no last day"))
        except DateError as error:
            faults.append(row.at.fault("as_of", str(error)))
    confidence = things.find([CONFIDENCES], row.confidence)
    if confidence is None:
        faults.append(row.at.fault("confidence", things.unknown([CONFIDENCES], row.confidence)))
    if confidence is None or len(faults) > before:
        return None
    return PassageKey(row.locator, row.excerpt, row.as_of, confidence)


def describe_passage(
    iri: IRI, source: IRI, key: PassageKey, claims: frozenset[str], mapping: SheetMapping
) -> set[Triple]:
    """Return the description of a passage: its source, place, words, date and claims."""
    locator = Locator.read(key.locator)
    said = {
        Triple(iri, TYPE, PASSAGE),
        Triple(iri, PART_OF, source),
        Triple(iri, LOCATOR, Literal(key.locator)),
        Triple(iri, CONFIDENCE, key.confidence),
    }
    if locator.heading:
        said.add(Triple(iri, HEADING, Literal(locator.heading)))
    if locator.start_line:
        said.add(Triple(iri, START_LINE, _line(locator.start_line)))
        said.add(Triple(iri, END_LINE, _line(locator.end_line)))
    if key.excerpt:
        said.add(Triple(iri, EXCERPT, Literal(key.excerpt)))
    if key.as_of:
        said.update(date_statements(iri, AS_OF, parse(key.as_of), mapping))
    said.update(Triple(iri, CLAIM, Literal(claim)) for claim in claims)
    return said


def _line(number: int) -> Literal:
    return Literal(str(number), INTEGER)
