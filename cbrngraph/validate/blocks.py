"""Find single statements in a large file without reading all of it token by token.

A statement (or graph block) of Turtle and TriG normally begins at the start of a line with the
name of its subject (or graph). Those names are collected once; what is looked for is then read
from there by the exact reader of `cbrngraph.validate.positions`, which also says whether it was
right. A file in another layout is read as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from cbrngraph.model import IRI, Term
from cbrngraph.validate.positions import Directives, Statement, UnreadableText, first_block

__all__ = ["LARGE", "Blocks", "tail"]

LARGE = 1_000_000
# Each begins with a line end, which the search for a match jumps to: eight times faster than `^`.
_DIRECTIVE = re.compile(rb"\n([ \t]*(?:@?prefix|@?base)\b[^\n]*)", re.IGNORECASE)
_PREFIX = re.compile(rb"prefix\s+([^\s:]*):\s*<([^>]*)>", re.IGNORECASE)
_BASE = re.compile(rb"base\s+<([^>]*)>", re.IGNORECASE)
_START = re.compile(rb"\n(?:GRAPH[ \t]+)?([^\s#@{}\[\]();,.\"'][^\s{]*)")
# A whole statement on a line, as in N-Triples; its predicate.
_ONE_LINE = re.compile(
    rb"[^\s\"';]+[ \t]+([^\s\"';{]+)[ \t]+"
    rb"(?:<[^>\n]*>|\"(?:[^\"\\\n]|\\.)+\"|[^\s\"';])[^\"';\n]*\.[ \t\r]*\n"
)
_CHUNK = 1 << 16
_FIRST = 1 << 12
_LAST = 1 << 24


class Blocks:
    """The beginnings of the blocks of one file's text."""

    def __init__(self, text: bytes) -> None:
        self.text = text = text.removeprefix(b"\xef\xbb\xbf")
        first = b"\n" + text.partition(b"\n")[0]
        header = b"\n".join(_DIRECTIVE.findall(first) + _DIRECTIVE.findall(text))
        self._directives = Directives.of(header.decode("utf-8", errors="replace"))
        self._spellings = _Spellings(header)
        self._starts: dict[bytes, list[int]] = {}
        begins = _START.match(first)
        if begins is not None:
            self._starts[begins[1]] = [0]
        for match in _START.finditer(text):
            self._starts.setdefault(match[1], []).append(match.start() + 1)
        self._block = lru_cache(maxsize=1024)(self._read_block)
        self._lines = [0]
        for at in range(0, len(text), _CHUNK):
            self._lines.append(self._lines[-1] + text.count(b"\n", at, at + _CHUNK))

    def has(self, name: IRI) -> bool:
        """Whether a block begins with that name."""
        return any(spelling in self._starts for spelling in self._spellings.of(name))

    def about(
        self, subject: IRI, graph: IRI | None = None, predicate: str = ""
    ) -> Iterator[Statement]:
        """Yield the statements about a subject, of the blocks that begin with it or its graph.

        With a `predicate`, blocks of one line about another are not read.
        """
        offsets = [
            at
            for name in (subject, *([graph] if graph is not None else []))
            for spelling in self._spellings.of(name)
            for at in self._starts.get(spelling, ())
        ]
        end = tail(predicate)
        for at in sorted(set(offsets)):
            if not predicate or self._may_state(at, end):
                yield from self._block(at).get(subject, ())

    def _may_state(self, at: int, end: bytes) -> bool:
        """Whether the block at an offset is more than a line, or has that end of a predicate."""
        line = _ONE_LINE.match(self.text, at)
        if line is None or b" #" in line[0] or b"{" in line[0]:
            return True
        return line[1] == b"a" or end in line[1]

    def _read_block(self, at: int) -> dict[Term, list[Statement]]:
        """Return the statements of the block at an offset by subject, with their lines."""
        size = _FIRST
        while True:
            piece = self.text[at : at + size].decode("utf-8", errors="replace")
            try:
                found = first_block(piece, self._directives)
            except UnreadableText:
                if at + size >= len(self.text) or size > _LAST:
                    return {}
                size *= 8
                continue
            shift = self._line_of(at) - 1
            made: dict[Term, list[Statement]] = {}
            for s in found:
                here = s._replace(line=s.line + shift, subject_line=s.subject_line + shift)
                made.setdefault(s.subject, []).append(here)
            return made

    def _line_of(self, at: int) -> int:
        chunk = at // _CHUNK
        return self._lines[chunk] + self.text.count(b"\n", chunk * _CHUNK, at) + 1


def tail(iri: str) -> bytes:
    """Return the last letters and digits of an IRI, which any way of writing it has."""
    end = len(iri)
    start = end
    while start > 0 and (iri[start - 1].isascii() and iri[start - 1].isalnum()):
        start -= 1
    return iri[start:end].encode()


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
