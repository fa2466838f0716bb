"""A folder of documents, recognised by what they contain: SHA-256, not name."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cbrngraph.errors import ReadError
from cbrngraph.model import Passage

__all__ = ["Library", "alike", "folded", "places", "span", "stands_in"]

_LINK = re.compile(r"!?\[([^\]\[]*)\]\([^()\s]*\)")
_EMPHASIS = re.compile(r"[*_`]+")
# Marks that begin a line: quotation, heading, list sign.
_BEGINNING = re.compile(r"^[ \t]*(?:>[ \t]*)*(?:#{1,6}[ \t]+|[-+][ \t]+)?", re.MULTILINE)
_KINDS = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u00b4", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
)
_LINES = re.compile(r"\r\n|\r|\n")


def folded(text: str) -> str:
    r"""Return text as an excerpt is looked for: white space folded, Markdown marks left out.

    Left out are emphasis and code marks (`*`, `_`, backticks), the syntax of links (their text
    stays), and headings, list signs and quotation marks `>` at the beginning of a line. Line
    breaks and all blanks count as one blank. Every other character counts as it is.

    >>> folded("> **Regional**\n  [Priorities](#top) \u2013 2025")
    'Regional Priorities \u2013 2025'
    """
    linked = _LINK.sub(r"\1", text)
    return " ".join(_EMPHASIS.sub("", _BEGINNING.sub("", linked)).split())


def alike(text: str) -> str:
    """Return folded text without the difference of case, and of kinds of quotes and dashes.

    What stands only so is wrong, but nearly right: the report says it.

    >>> alike("The \u201cPlan\u201d")
    'the "plan"'
    """
    return unicodedata.normalize("NFKC", folded(text)).translate(_KINDS).casefold()


def stands_in(excerpt: str, text: str) -> bool:
    """Say whether an excerpt stands in a text as whole words.

    >>> stands_in("12 projects", "112 projects")
    False
    """
    return next(places(excerpt, text), None) is not None


def places(excerpt: str, text: str) -> Iterator[int]:
    """Yield the offsets at which an excerpt stands in a text as whole words."""
    start = text.find(excerpt) if excerpt else -1
    while start >= 0:
        if not (_joined(text, start) or _joined(text, start + len(excerpt))):
            yield start
        start = text.find(excerpt, start + 1)


def _joined(text: str, at: int) -> bool:
    """Whether a place is inside a word or a number."""
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


@dataclass(slots=True)
class Library:
    """The files below a folder by their SHA-256; `paths` has every file."""

    folder: Path
    by_hash: dict[str, Path] = field(default_factory=dict)
    paths: dict[Path, str] = field(default_factory=dict)
    _lines: dict[Path, list[str] | None] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path | str) -> Library:
        """Return what lies below a folder; hidden files are left out.

        Raises:
            ReadError: it is no folder, or a file in it cannot be read.
        """
        root = Path(folder)
        if not root.is_dir():
            reason = "is not a folder" if root.exists() else "no such folder"
            raise ReadError(root, reason, "--sources takes the folder with the documents")
        self = cls(root)
        for here, folders, names in os.walk(root):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                if not name.startswith("."):
                    self._add(Path(here) / name)
        return self

    def _add(self, path: Path) -> None:
        try:
            with open(path, "rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise ReadError(path, error.strerror or "cannot be read") from None
        self.by_hash.setdefault(digest, path)
        self.paths[path] = digest

    def find(self, sha256: str) -> Path | None:
        """Return the file with that SHA-256 (hexadecimal, any case)."""
        return self.by_hash.get(sha256.lower()) if sha256 else None

    def lines(self, path: Path) -> list[str] | None:
        """Return the lines of a text document, None when it is no UTF-8 text."""
        if path not in self._lines:
            try:
                text = path.read_bytes().decode("utf-8")
                self._lines[path] = None if "\0" in text else _LINES.split(text)
            except UnicodeDecodeError:
                self._lines[path] = None
        return self._lines[path]

    def quote(self, passage: Passage) -> tuple[tuple[int, str], ...]:
        """Return the stated lines of a passage with their numbers, blank ones left out.

        Empty when its document or its lines are not at hand.
        """
        path = self.find(passage.source.sha256)
        lines = self.lines(path) if path is not None else None
        first, last = span(passage)
        if lines is None or not first:
            return ()
        numbered = enumerate(lines[first - 1 : last], start=first)
        return tuple((number, line.strip()) for number, line in numbered if line.strip())


def span(passage: Passage) -> tuple[int, int]:
    """Return the first and last stated line of a passage, from 1; (0, 0) when it states none."""
    return passage.start_line, max(passage.start_line, passage.end_line)
