"""What an import does to the files: planned, compared with what is on file, parsed again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from cbrngraph.errors import InputError
from cbrngraph.ingest.files import replace_files
from cbrngraph.model import IRI, BNode, Quad, Triple
from cbrngraph.store import parse_text

__all__ = ["Changes", "FileChange", "Import", "Said", "in_default_graph", "said_by"]

Said: TypeAlias = "set[tuple[Triple, IRI | BNode | None]]"


@dataclass(frozen=True, slots=True)
class FileChange:
    """What an import does to one file; statements (lines of a table) counted in and out."""

    slug: str
    file: str
    change: str
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Import:
    """An import that is ready: what it changes, what it takes note of, and the new files."""

    changes: tuple[FileChange, ...]
    notices: tuple[str, ...]
    claims: int
    sources: int
    unchanged: int
    contents: Mapping[Path, bytes]

    def write(self) -> None:
        """Replace the files, all or none; raises EnvironmentProblem or ReadError."""
        replace_files(self.contents)


def said_by(quads: Iterable[Quad]) -> Said:
    """Return quads as a set for comparison."""
    return {(Triple(q.subject, q.predicate, q.object), q.graph) for q in quads}


def in_default_graph(triples: Iterable[Triple]) -> Said:
    """Return triples as a set for comparison."""
    return {(triple, None) for triple in triples}


@dataclass(slots=True)
class Changes:
    """The files of one import as they are planned."""

    home: Path
    found: list[FileChange] = field(default_factory=list)
    contents: dict[Path, bytes] = field(default_factory=dict)
    unchanged: int = 0

    def plan_rdf(self, name: str, slug: str, before: Said, after: Said, text: str) -> None:
        """Plan a file of statements.

        Raises InputError when the text, parsed again, does not say what was meant.
        """
        path = self.home / name
        known = self._on_file(path)
        data = text.encode()
        if data == known:
            self.unchanged += 1
            return
        if said_by(parse_text(text, path.suffix, path)) != after:
            raise InputError(f"{path}: the layout would not keep what the sheet says; not written")
        self._plan(name, slug, data, known, len(after - before), len(before - after))

    def plan_table(self, name: str, slug: str, text: str) -> None:
        """Plan a table; its lines are counted."""
        known = self._on_file(self.home / name)
        data = text.encode()
        if data == known:
            self.unchanged += 1
            return
        new, old = set(data.splitlines()), set((known or b"").splitlines())
        self._plan(name, slug, data, known, len(new - old), len(old - new))

    def _on_file(self, path: Path) -> bytes | None:
        return path.read_bytes() if path.is_file() else None

    def _plan(
        self, name: str, slug: str, data: bytes, known: bytes | None, added: int, removed: int
    ) -> None:
        self.contents[self.home / name] = data
        change = "added" if known is None else "changed"
        self.found.append(FileChange(slug, name, change, added, removed))
