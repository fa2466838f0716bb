"""The header of a stored query: `#+` lines in a small part of YAML.

Read are mappings, lists of mappings, flow lists of words, quoted and plain values, and the
blocks `>` and `|`. Everything else is refused with file and line, so that a header means the
same here and in any other YAML reader.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple, TypeAlias

from cbrngraph.errors import SyntaxFault

__all__ = ["Entry", "Node", "header_lines", "read_header"]

_KEY = re.compile(r"([a-z][a-z0-9_-]*):(?:\s+(.*))?")
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\[\"\\])*)\"|'((?:[^']|'')*)'")
_UNSAFE_START = tuple("*&!%@`{}[]|>\"'#,")


class Entry(NamedTuple):
    """The value of a key and the line it stands on; a value is text, nothing, words or a list."""

    value: str | tuple[str, ...] | tuple[Node, ...] | None
    line: int


Node: TypeAlias = "dict[str, Entry]"


class _Line(NamedTuple):
    number: int
    indent: int
    text: str


def header_lines(text: str) -> list[tuple[int, str]]:
    """Return (line number, text after `#+`) of the header; empty when there is none."""
    found: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#+"):
            found.append((number, line[2:].removeprefix(" ").rstrip()))
        elif found or line.strip():
            break
    return found


def read_header(text: str, path: Path) -> Node:
    """Return the header of a query as a mapping; empty when the file has none.

    Raises:
        SyntaxFault: the header is not of the supported kind; says file, line and why.
    """
    lines = [
        _Line(number, len(line) - len(line.lstrip(" ")), line.strip(" "))
        for number, line in header_lines(text)
    ]
    return _Reader(lines, path).mapping(0) if lines else {}


class _Reader:
    def __init__(self, lines: list[_Line], path: Path) -> None:
        self._lines = lines
        self._path = path
        self._at = 0

    def mapping(self, indent: int) -> Node:
        found: Node = {}
        while (line := self._peek()) is not None and line.indent >= indent:
            if line.indent > indent:
                raise self._fault(line, f"indented by {line.indent}, expected {indent}")
            if indent == 0 and line.text.startswith("- "):
                raise self._fault(line, "expected 'key: value', found a list item")
            if line.text.startswith("- "):
                break
            match = _KEY.fullmatch(line.text)
            if match is None:
                raise self._fault(line, f"expected 'key: value', found {line.text!r}")
            key, raw = match[1], (match[2] or "").strip()
            if key in found:
                raise self._fault(line, f"{key!r} is given twice (first in line {found[key].line})")
            self._at += 1
            found[key] = Entry(self._value(line, indent, raw), line.number)
        return found

    def _value(
        self, line: _Line, indent: int, raw: str
    ) -> str | tuple[str, ...] | tuple[Node, ...] | None:
        if raw in (">", "|"):
            return self._block(indent, folded=raw == ">")
        if raw:
            return self._scalar(line, raw)
        following = self._peek()
        if following is not None and following.text.startswith("- ") and following.indent >= indent:
            return self._items(following.indent)
        if following is not None and following.indent > indent:
            raise self._fault(following, "expected a list ('- key: value') or a block ('>' or '|')")
        return None

    def _items(self, indent: int) -> tuple[Node, ...]:
        items: list[Node] = []
        while (line := self._peek()) is not None and line.indent == indent:
            if not line.text.startswith("- "):
                break
            inner = line.text[2:].lstrip(" ")
            inner_indent = indent + len(line.text) - len(inner)
            self._lines[self._at] = _Line(line.number, inner_indent, inner)
            items.append(self.mapping(inner_indent))
        return tuple(items)

    def _block(self, indent: int, *, folded: bool) -> str:
        lines: list[_Line] = []
        while (line := self._peek()) is not None and (line.indent > indent or not line.text):
            lines.append(line)
            self._at += 1
        if folded:
            return " ".join(line.text for line in lines if line.text)
        margin = min((line.indent for line in lines if line.text), default=0)
        return "\n".join(" " * (line.indent - margin) + line.text for line in lines).rstrip()

    def _scalar(self, line: _Line, raw: str) -> str | tuple[str, ...] | None:
        if raw.startswith("["):
            if not raw.endswith("]"):
                raise self._fault(line, "a list must end with ']' on the same line")
            words = [word.strip() for word in raw[1:-1].split(",")]
            return tuple(self._plain(line, word) for word in words if word)
        if raw[0] in "\"'":
            return self._quoted(line, raw)
        return None if raw in ("null", "~") else self._plain(line, raw)

    def _quoted(self, line: _Line, raw: str) -> str:
        match = _QUOTED.fullmatch(raw)
        if match is None:
            raise self._fault(line, "the quotes do not match")
        if match[1] is not None:
            return re.sub(r"\\([\"\\])", r"\1", match[1])
        return match[2].replace("''", "'")

    def _plain(self, line: _Line, raw: str) -> str:
        if ": " in raw or raw.endswith(":") or " #" in raw or raw.startswith(_UNSAFE_START):
            raise self._fault(line, f"{raw!r} must be quoted, or be a block ('>' or '|')")
        return raw

    def _peek(self) -> _Line | None:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if "\t" in line.text[:1]:
                raise self._fault(line, "indent with spaces, not with tabs")
            if line.text and not line.text.startswith("# "):
                return line
            self._at += 1
        return None

    def _fault(self, line: _Line, message: str) -> SyntaxFault:
        return SyntaxFault(self._path, line.number, 0, f"query header: {message}")
