"""One TriG file per source: what is on file, merged with what a sheet says."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cbrngraph.dates import parse
from cbrngraph.errors import DateError, Fault, InputError
from cbrngraph.ingest.changes import Said, in_default_graph
from cbrngraph.ingest.layout import block, document, natural_key, statements
from cbrngraph.ingest.mapping import SheetMapping
from cbrngraph.ingest.passages import PassageKey, describe_passage
from cbrngraph.ingest.statements import date_statements, is_web_address
from cbrngraph.ingest.tables import ClaimRow, SourceRow
from cbrngraph.ingest.terms import (
    AS_OF,
    CLAIM,
    CONFIDENCE,
    DOCUMENT_KIND,
    END_LINE,
    EXCERPT,
    FILE_NAME,
    FOUND_AT,
    HEADING,
    IDENTIFIER,
    ISSUED,
    LANGUAGE,
    LOCATOR,
    PART_OF,
    PASSAGE,
    PUBLISHER,
    RELIABILITY,
    SHA256,
    SOURCE_DOCUMENT,
    START_LINE,
    TITLE,
    TYPE,
    URL,
)
from cbrngraph.ingest.things import Things
from cbrngraph.model import IRI, Literal, Term, Triple
from cbrngraph.namespaces import BASE
from cbrngraph.store import parse_file

__all__ = ["Claim", "SourceFile", "describe_source", "source_iri"]

DOCUMENT_KINDS = "concept:document-kind"
RELIABILITIES = "concept:reliability"
_CHUNK = 1 << 20
_LANGUAGE = re.compile(r"[a-z]{2,3}")  # as the shape of a source document has it


def source_iri(slug: str) -> IRI:
    """Return the address of a source."""
    return IRI(f"{BASE}source/{slug}")


@dataclass(frozen=True, slots=True)
class Claim:
    """A row of the claims table that is without fault: its passage and what it states."""

    row: ClaimRow
    key: PassageKey
    triples: tuple[Triple, ...]


@dataclass(slots=True)
class SourceFile:
    """The content of a source's file, open to change until it is written.

    `described` holds the default graph by subject; `graphs` what each passage states.
    """

    iri: IRI
    described: dict[IRI, set[Triple]] = field(default_factory=dict)
    graphs: dict[IRI, set[Triple]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, iri: IRI) -> SourceFile:
        """Return what a file says; raises SyntaxFault, ReadError, InputError (blank nodes)."""
        file = cls(iri)
        for quad in parse_file(path):
            if not isinstance(quad.subject, IRI) or not isinstance(quad.graph, IRI | None):
                raise InputError(f"{path}: blank nodes are not kept; give the thing an address")
            triple = Triple(quad.subject, quad.predicate, quad.object)
            if quad.graph is None:
                file.described.setdefault(quad.subject, set()).add(triple)
            else:
                file.graphs.setdefault(quad.graph, set()).add(triple)
        return file

    @property
    def passages(self) -> tuple[IRI, ...]:
        """The passages in the order of their lines, then of their claims."""
        found = (s for s, said in self.described.items() if Triple(s, TYPE, PASSAGE) in said)
        return tuple(sorted(found, key=self._place))

    def claims(self, passage: IRI) -> frozenset[str]:
        """Return the ids of the claims that stand behind a passage."""
        said = self.described.get(passage, ())
        return frozenset(str(t.object) for t in said if t.predicate == CLAIM)

    def all_claims(self) -> set[str]:
        """Return the ids of the claims of all passages."""
        return {claim for passage in self.passages for claim in self.claims(passage)}

    def set_source(self, triples: Iterable[Triple], mapping: SheetMapping) -> None:
        """Describe the source anew; what the sheet has no column for stays."""
        self._describe(self.iri, triples, _SOURCE_COLUMNS | _companions(ISSUED, mapping))

    def merge(self, claims: Sequence[Claim], prune: bool, mapping: SheetMapping) -> list[Fault]:
        """Take claims in: same id replaced, new ones added; with `prune` all others removed.

        Returns the rows that cannot be told apart from others of their passage that are on
        file but not in the sheet; then nothing is changed for them.
        """
        faults: list[Fault] = []
        given = {claim.row.claim_id: claim for claim in claims}
        by_key: dict[PassageKey, list[Claim]] = {}
        for claim in sorted(claims, key=lambda claim: natural_key(claim.row.claim_id)):
            by_key.setdefault(claim.key, []).append(claim)
        for passage in self.passages:
            key = self._key(passage)
            staying = by_key.pop(key, []) if key else []
            faults.extend(self._update(passage, key, staying, given, prune, mapping))
        for key, new in by_key.items():
            address = key.address(self.iri, self.described)
            self._state(address, key, new, frozenset(), mapping)
        return faults

    def render(self) -> str:
        """Return the file in the canonical layout."""
        passages = self.passages
        blocks = [statements(self.described.get(self.iri, ()))]
        for passage in passages:
            blocks.append(statements(self.described[passage]))
            blocks.append(block(passage, self.graphs.get(passage, ())))
        rest = self.described.keys() - {self.iri, *passages}
        if rest:
            blocks.append(statements(t for subject in rest for t in self.described[subject]))
        others = sorted(self.graphs.keys() - set(passages))
        blocks.extend(block(graph, self.graphs[graph]) for graph in others)
        return document(self._comment(), blocks)

    def said(self) -> Said:
        """Return everything the file says, for comparison."""
        said: Said = set()
        for triples in self.described.values():
            said |= in_default_graph(triples)
        for graph, triples in self.graphs.items():
            said.update((triple, graph) for triple in triples)
        return said

    def value(self, subject: IRI, predicate: IRI) -> Term | None:
        """Return a value of a description, the first in order when there are several."""
        said = self.described.get(subject, ())
        return min((t.object for t in said if t.predicate == predicate), key=str, default=None)

    def _update(
        self,
        passage: IRI,
        key: PassageKey | None,
        staying: list[Claim],
        given: Mapping[str, Claim],
        prune: bool,
        mapping: SheetMapping,
    ) -> list[Fault]:
        """Bring one passage on file up to date with the sheet."""
        before = self.claims(passage)
        kept = frozenset() if prune else before - given.keys()
        if not kept:
            if key is None or not staying:
                self.described.pop(passage, None)
                self.graphs.pop(passage, None)
            else:
                self.graphs[passage] = set()
                self._state(passage, key, staying, frozenset(), mapping)
            return []
        said = self.graphs.get(passage, set())
        here = {claim.row.claim_id for claim in staying}
        changed = [given[claim] for claim in sorted(before & given.keys() - here)]
        changed += [
            claim
            for claim in staying
            if claim.row.claim_id in before and not said.issuperset(claim.triples)
        ]
        if changed or key is None:
            others = ", ".join(sorted(kept, key=natural_key))
            message = f"shares its passage on file with {others}; the sheet must bring them too"
            return [claim.row.at.fault("claim_id", message) for claim in changed]
        self._state(passage, key, staying, kept, mapping)
        return []

    def _state(
        self,
        passage: IRI,
        key: PassageKey,
        claims: Iterable[Claim],
        kept: frozenset[str],
        mapping: SheetMapping,
    ) -> None:
        ids = set(kept)
        for claim in claims:
            ids.add(claim.row.claim_id)
            self.graphs.setdefault(passage, set()).update(claim.triples)
        said = describe_passage(passage, self.iri, key, frozenset(ids), mapping)
        owned = _PASSAGE_COLUMNS | _companions(AS_OF, mapping)
        self._describe(passage, said, owned)

    def _describe(self, subject: IRI, triples: Iterable[Triple], owned: frozenset[IRI]) -> None:
        kept = {t for t in self.described.get(subject, ()) if t.predicate not in owned}
        self.described[subject] = kept | set(triples)

    def _key(self, passage: IRI) -> PassageKey | None:
        confidence = self.value(passage, CONFIDENCE)
        if not isinstance(confidence, IRI):
            return None
        locator, excerpt, as_of = (
            str(self.value(passage, predicate) or "") for predicate in (LOCATOR, EXCERPT, AS_OF)
        )
        return PassageKey(locator, excerpt, as_of, confidence)

    def _place(self, passage: IRI) -> tuple[object, ...]:
        start, end = (
            int(str(line)) if (line := self.value(passage, predicate)) else 1 << 62
            for predicate in (START_LINE, END_LINE)
        )
        claims = sorted(natural_key(claim) for claim in self.claims(passage))
        return (start, end, claims, natural_key(passage))

    def _comment(self) -> str:
        parts = (self.value(self.iri, predicate) for predicate in (TITLE, PUBLISHER, ISSUED))
        return ". ".join(" ".join(str(part).split()) for part in parts if part)


_SOURCE_COLUMNS = frozenset(
    (TYPE, IDENTIFIER, TITLE, PUBLISHER, URL, FOUND_AT, ISSUED, DOCUMENT_KIND)
) | frozenset((LANGUAGE, RELIABILITY, FILE_NAME, SHA256))
_PASSAGE_COLUMNS = frozenset(
    (TYPE, PART_OF, LOCATOR, HEADING, START_LINE, END_LINE, EXCERPT, AS_OF, CONFIDENCE, CLAIM)
)


def _companions(predicate: IRI, mapping: SheetMapping) -> frozenset[IRI]:
    found = mapping.companions.get(predicate)
    return frozenset((found.earliest, found.latest)) if found else frozenset()


def describe_source(
    row: SourceRow,
    before: SourceFile | None,
    documents: Path | None,
    mapping: SheetMapping,
    things: Things,
    faults: list[Fault],
) -> set[Triple]:
    """Return the description of a source; what is wrong with its row is added to `faults`.

    The checksum comes from the document in `documents`; without that folder the one on file
    stays, as long as the file name does.
    """
    iri = source_iri(row.source_id)
    said = {Triple(iri, TYPE, SOURCE_DOCUMENT), Triple(iri, IDENTIFIER, Literal(row.source_id))}
    for predicate, text in (
        (TITLE, row.title),
        (PUBLISHER, row.publisher),
        (LANGUAGE, row.language),
        (FILE_NAME, row.file),
    ):
        if text:
            said.add(Triple(iri, predicate, Literal(text)))
    for predicate, column, text in ((URL, "url", row.url), (FOUND_AT, "found_at", row.found_at)):
        if text and not is_web_address(text):
            faults.append(row.at.fault(column, f"{text!r} is not a whole http(s) address"))
        elif text:
            said.add(Triple(iri, predicate, IRI(text)))
    for predicate, column, kind, slug in (
        (DOCUMENT_KIND, "kind", DOCUMENT_KINDS, row.kind),
        (RELIABILITY, "reliability", RELIABILITIES, row.reliability),
    ):
        concept = things.find([kind], slug)
        if concept is None:
            faults.append(row.at.fault(column, things.unknown([kind], slug)))
        else:
            said.add(Triple(iri, predicate, concept))
    if row.language and not _LANGUAGE.fullmatch(row.language):
        message = f"{row.language!r} is no code of two or three small letters, such as en"
        faults.append(row.at.fault("language", message))
    if row.issued:
        try:
            said.update(date_statements(iri, ISSUED, parse(row.issued), mapping))
        except DateError as error:
            faults.append(row.at.fault("issued", str(error)))
    checksum = _checksum(row, before, documents, faults)
    if checksum:
        said.add(Triple(iri, SHA256, Literal(checksum)))
    return said


def _checksum(
    row: SourceRow, before: SourceFile | None, documents: Path | None, faults: list[Fault]
) -> str:
    if not row.file:
        return ""
    if documents is None:
        same = before is not None and before.value(before.iri, FILE_NAME) == Literal(row.file)
        return str((before.value(before.iri, SHA256) if before and same else None) or "")
    path = documents / row.file
    if Path(row.file).name != row.file or not path.is_file():
        faults.append(row.at.fault("file", f"there is no {row.file} in {documents}"))
        return ""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        faults.append(row.at.fault("file", f"{path}: {error.strerror}"))
    return digest.hexdigest()
