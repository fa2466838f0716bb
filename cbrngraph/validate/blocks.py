"""Find single statements in a large file without reading all of it token by token.

A statement (or graph block) of Turtle and TriG normally begins at the start of a line with the
name of its subject (or graph). Those names are collected once; what is looked for is then read
from there by the exact reader of `cbrngraph.validate.positions`, which also says whether it was
right. A file in another layout is read as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cbrngraph.model import IRI
from cbrngraph.validate.positions import Statement, UnreadableText, first_block

__all__ = ["LARGE", "Blocks"]

LARGE = 1_000_000
_DIRECTIVE = re.compile(
    rb"^[ \t]*(?:@prefix|@base|PREFIX|BASE)\b[^\n]*\n?", re.MULTILINE | re.IGNORECASE
)
_PREFIX = re.compile(rb"prefix\s+([^\s:]*):\s*<([^>]*)>", re.IGNORECASE)
_BASE = re.compile(rb"base\s+<([^>]*)>", re.IGNORECASE)
_START = re.compile(rb"^(?:GRAPH[ \t]+)?([^\s#@{}\[\]();,.\"'][^\s{]*)", re.MULTILINE)
_CHUNK = 1 << 16
_FIRST = 1 << 12
_LAST = 1 << 24


class Blocks:
    """The beginnings of the blocks of one file's text."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        directives = list(_DIRECTIVE.finditer(text))
        header = b"".join(match.group() for match in directives)
        self.header = header.decode("utf-8", errors="replace")
        self._header_lines = self.header.count("\n")
        self._spellings = _Spellings(header)
        self._starts: dict[bytes, list[int]] = {}
        for match in _START.finditer(text):
            self._starts.setdefault(match[1], []).append(match.start())
        self._lines = [0]
        for at in range(0, len(text), _CHUNK):
            self._lines.append(self._lines[-1] + text.count(b"\n", at, at + _CHUNK))

    def about(self, subject: IRI, graph: IRI | None) -> Iterator[Statement]:
        """Yield the statements about a subject, of the blocks that begin with it or its graph."""
        offsets = [
            at
            for name in (subject, *([graph] if graph is not None else []))
            for spelling in self._spellings.of(name)
            for at in self._starts.get(spelling, ())
        ]
        for at in sorted(set(offsets)):
            for found in self._block(at):
                if found.subject == subject:
                    yield found

    def _block(self, at: int) -> list[Statement]:
        """Read the block that begins at an offset, with its lines in the whole file."""
        size = _FIRST
        while True:
            piece = self.text[at : at + size].decode("utf-8", errors="replace")
            try:
                found = first_block(self.header + piece)
            except UnreadableText:
                if at + size >= len(self.text) or size > _LAST:
                    return []
                size *= 8
                continue
            shift = self._line_of(at) - self._header_lines - 1
            return [
                s._replace(line=s.line + shift, subject_line=s.subject_line + shift) for s in found
            ]

    def _line_of(self, at: int) -> int:
        chunk = at // _CHUNK
        return self._lines[chunk] + self.text.count(b"\n", chunk * _CHUNK, at) + 1


class _Spellings:
    """The ways in which a file with some prefixes may write an IRI."""

    def __init__(self, header: bytes) -> None:
        self._prefixes = [(ns, prefix) for prefix, ns in _PREFIX.findall(header)]
        bases = _BASE.findall(header)
        self._base = bases[-1] if bases else b"https://w3id.org/cbrngraph/"

    def of(self, iri: IRI) -> Iterator[bytes]:
        raw = iri.encode()
        yield b"<" + raw + b">"
        if raw.startswith(self._base):
            yield b"<" + raw[len(self._base) :] + b">"
        for namespace, prefix in self._prefixes:
            absolute = namespace if b":" in namespace else self._base + namespace
            if raw.startswith(absolute):
                yield prefix + b":" + raw[len(absolute) :]
