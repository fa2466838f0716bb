"""A folder of documents, recognised by what they contain: SHA-256, not name."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from cbrngraph.errors import ReadError
from cbrngraph.model import Passage

__all__ = ["Library", "loose"]

_MARKS = re.compile(r"[*_#>`|]|^\s*[-+]\s+", re.MULTILINE)
# Quotation marks and apostrophes to one of each, all dashes and hyphens to one.
_QUOTES = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b`\u00b4", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
)
_LINES = re.compile(r"\r\n|\r|\n")


def loose(text: str) -> str:
    r"""Return text as it is compared when it does not stand there letter by letter.

    Left out are marks of Markdown (`* _ # > |`, backticks, list signs) and breaks between
    words; one kind of quotation mark and one of dash are left; compatible characters are one
    (Unicode NFKC). Words, their order, their case and their accents count.

    >>> loose("**Regional**\n Priorities \u2013 2025")
    'Regional Priorities - 2025'
    """
    plain = unicodedata.normalize("NFKC", _MARKS.sub("", text)).translate(_QUOTES)
    return " ".join(plain.split())


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

    def quote(self, passage: Passage) -> str:
        """Return the full text of a passage, empty when its document or lines are not at hand."""
        path = self.find(passage.source.sha256)
        lines = self.lines(path) if path is not None else None
        if lines is None or not passage.start_line:
            return ""
        last = passage.end_line or passage.start_line
        return "\n".join(line.strip() for line in lines[passage.start_line - 1 : last]).strip()
