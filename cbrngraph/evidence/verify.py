"""Does each passage stand where it is said to stand? A check against the documents themselves.

What counts as standing is in `cbrngraph.evidence.library.folded`: white space folded across the
stated lines and Markdown marks left out; words, their case, quotation marks and dashes as they
are. An excerpt begins and ends at the edge of a word.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal as OneOf

from cbrngraph.describe import passages_of
from cbrngraph.evidence.library import Library, alike, folded, places, span, stands_in
from cbrngraph.model import IRI, Passage, Source
from cbrngraph.namespaces import CBRN
from cbrngraph.store import Store

__all__ = ["Checked", "Document", "Tally", "Verification", "verify"]

Outcome = OneOf[
    "verified",  # the excerpt stands at its lines
    "spelling",  # it stands there but for case, quotation marks or dashes
    "elsewhere",  # it stands in the document, at other lines
    "missing",  # it does not stand in the document
    "no excerpt",  # nothing to look for
    "no lines",  # the locator states no lines
    "no document",  # the document is not at hand
    "no hash",  # the source does not say how its document is recognised
    "not text",  # the document is at hand and is no text
]
Standing = OneOf["recognised", "changed", "not at hand", "no hash"]
_FAULTS = ("spelling", "elsewhere", "missing")


@dataclass(frozen=True, slots=True)
class Checked:
    """A passage and what came of it.

    `exact`: letter by letter; `found`: the line (from 1) that it stands at, 0 when nowhere.
    """

    passage: Passage
    outcome: Outcome
    exact: bool = False
    found: int = 0

    @property
    def wrong(self) -> bool:
        """Whether the document says otherwise."""
        return self.outcome in _FAULTS


@dataclass(frozen=True, slots=True)
class Document:
    """A source and its file. `changed`: a file of its name is there with another hash."""

    source: Source
    standing: Standing
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """The passages of one document: how many are verified, wrong, and not checked for a reason."""

    document: Document
    verified: int
    wrong: int
    not_checked: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked; `strangers` are files that no source knows by their hash."""

    checks: tuple[Checked, ...]
    documents: tuple[Document, ...]
    strangers: tuple[Path, ...]

    @property
    def faults(self) -> tuple[Checked, ...]:
        """The passages that do not stand where they should."""
        return tuple(one for one in self.checks if one.wrong)

    @property
    def verified(self) -> int:
        """The number of passages that stand."""
        return sum(one.outcome == "verified" for one in self.checks)

    @property
    def not_checked(self) -> int:
        """The number of passages of which nothing can be said."""
        return len(self.checks) - self.verified - len(self.faults)

    @property
    def changed(self) -> tuple[Document, ...]:
        """The documents that are there by name and have another content."""
        return tuple(one for one in self.documents if one.standing == "changed")

    @property
    def clean(self) -> bool:
        """Whether something was verified and nothing is wrong."""
        return self.verified > 0 and not self.faults and not self.changed

    def tallies(self) -> tuple[Tally, ...]:
        """Return the counts of each source, by slug."""
        counted: dict[IRI, Counter[Outcome]] = {d.source.iri: Counter() for d in self.documents}
        for one in self.checks:
            counted[one.passage.source.iri][one.outcome] += 1
        return tuple(_tally(d, counted[d.source.iri]) for d in self.documents)


def _tally(document: Document, counts: Mapping[Outcome, int]) -> Tally:
    left = {name: n for name, n in counts.items() if name not in (*_FAULTS, "verified")}
    return Tally(
        document,
        counts.get("verified", 0),
        sum(counts.get(name, 0) for name in counts if name in _FAULTS),
        tuple(sorted((str(name), n) for name, n in left.items())),
    )


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
    known = {str(quad.object).lower() for quad in store.match(None, IRI(CBRN.sha256))}
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
        return Checked(passage, "no lines")
    return _compared(passage, lines)


def _compared(passage: Passage, lines: list[str]) -> Checked:
    first, last = span(passage)
    stated = lines[first - 1 : last]
    excerpt = folded(passage.excerpt)
    if stands_in(passage.excerpt, " ".join(stated)):
        return Checked(passage, "verified", exact=True, found=first)
    text = "\n".join(stated)
    if stands_in(excerpt, folded(text)):
        return Checked(passage, "verified", found=first)
    if stands_in(alike(excerpt), alike(text)):
        return Checked(passage, "spelling", found=first)
    line = _line_of(excerpt, lines, first)
    return Checked(passage, "elsewhere" if line else "missing", found=line)


def _line_of(excerpt: str, lines: list[str], stated: int) -> int:
    """Return the line (from 1) nearest to the stated one where the excerpt begins, 0 for none."""
    starts: list[int] = []
    numbers: list[int] = []
    text = ""
    for number, line in enumerate(map(folded, lines), start=1):
        if line:
            starts.append(len(text))
            numbers.append(number)
            text += line + " "
    found = (numbers[bisect_right(starts, at) - 1] for at in places(excerpt, text))
    return min(found, key=lambda line: abs(line - stated), default=0)
