"""Does each passage stand where it is said to stand? A check against the documents themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal as OneOf

from cbrngraph.describe import passages_of
from cbrngraph.evidence.library import Library, loose
from cbrngraph.model import IRI, Passage, Source
from cbrngraph.namespaces import CBRN
from cbrngraph.store import Store

__all__ = ["Checked", "Document", "Verification", "verify"]

Outcome = OneOf[
    "verified",  # the excerpt stands at its lines, or anywhere where none are stated
    "elsewhere",  # it stands in the document, at other lines
    "missing",  # it does not stand in the document
    "no excerpt",  # nothing to look for
    "no document",  # the document is not at hand
    "no hash",  # the source does not say how its document is recognised
    "not text",  # the document is at hand and is no text
]
Standing = OneOf["recognised", "changed", "not at hand", "no hash"]
_FAULTS = ("elsewhere", "missing")


@dataclass(frozen=True, slots=True)
class Checked:
    """A passage and what came of it. `exact`: letter by letter; `found` the line it stands at."""

    passage: Passage
    outcome: Outcome
    exact: bool = False
    found: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A source and its file. `changed`: a file of its name is there with another hash."""

    source: Source
    standing: Standing
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked; `strangers` are files that no source knows by their hash."""

    checks: tuple[Checked, ...]
    documents: tuple[Document, ...]
    strangers: tuple[Path, ...]

    @property
    def faults(self) -> tuple[Checked, ...]:
        """The passages that do not stand where they should."""
        return tuple(one for one in self.checks if one.outcome in _FAULTS)

    @property
    def verified(self) -> int:
        """The number of passages that stand."""
        return sum(one.outcome == "verified" for one in self.checks)

    @property
    def clean(self) -> bool:
        """Whether something was verified and nothing is wrong."""
        changed = any(document.standing == "changed" for document in self.documents)
        return self.verified > 0 and not self.faults and not changed


def verify(store: Store, library: Library, sources: Iterable[IRI] = ()) -> Verification:
    """Return what of a store's passages stands in a library's documents.

    `sources` limits the check to some sources; all by default.
    """
    wanted = set(sources)
    graphs = [q.subject for q in store.match(None, IRI(CBRN.partOf)) if isinstance(q.subject, IRI)]
    passages = [
        passage
        for passage in passages_of(store, graphs).values()
        if not wanted or passage.source.iri in wanted
    ]
    passages.sort(key=lambda p: (p.source.slug, p.start_line, p.iri))
    names = _file_names(store)
    found = {p.source.iri: _document(p.source, library, names) for p in passages}
    known = {document.source.sha256.lower() for document in found.values()}
    strangers = tuple(path for path, digest in library.paths.items() if digest not in known)
    checks = tuple(_check(passage, found[passage.source.iri], library) for passage in passages)
    return Verification(checks, tuple(found.values()), strangers)


def _file_names(store: Store) -> Mapping[str, str]:
    return {str(q.subject): str(q.object) for q in store.match(None, IRI(CBRN.fileName))}


def _document(source: Source, library: Library, names: Mapping[str, str]) -> Document:
    if not source.sha256:
        return Document(source, "no hash")
    path = library.find(source.sha256)
    if path is not None:
        return Document(source, "recognised", path)
    named = names.get(str(source.iri), "")
    same_name = next((p for p in library.paths if p.name == named), None) if named else None
    if same_name is not None:
        return Document(source, "changed", same_name)
    return Document(source, "not at hand")


def _check(passage: Passage, document: Document, library: Library) -> Checked:
    if document.standing == "no hash":
        return Checked(passage, "no hash")
    if document.standing != "recognised" or document.path is None:
        return Checked(passage, "no document")
    lines = library.lines(document.path)
    if lines is None:
        return Checked(passage, "not text")
    if not passage.excerpt:
        return Checked(passage, "no excerpt")
    if not passage.start_line:
        exact = passage.excerpt in " ".join(lines)
        stands = exact or loose(passage.excerpt) in loose("\n".join(lines))
        return Checked(passage, "verified" if stands else "missing", exact)
    last = max(passage.start_line, passage.end_line)
    stated = lines[passage.start_line - 1 : last]
    if passage.excerpt in " ".join(stated):
        return Checked(passage, "verified", exact=True, found=passage.start_line)
    if loose(passage.excerpt) in loose("\n".join(stated)):
        return Checked(passage, "verified", found=passage.start_line)
    line = _line_of(passage.excerpt, lines, last - passage.start_line + 1)
    return Checked(passage, "elsewhere" if line else "missing", found=line)


def _line_of(excerpt: str, lines: list[str], height: int) -> int:
    """Return the first line (from 1) of a window of `height` lines that holds the excerpt."""
    wanted = loose(excerpt)
    for start in range(len(lines)):
        if wanted in loose("\n".join(lines[start : start + height])):
            return start + 1
    return 0
