"""SPARQL 1.1 Query Results CSV and TSV Formats (W3C Recommendation, 21 March 2013)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from cbrngraph.model import IRI, BNode, Literal, Term

if TYPE_CHECKING:
    from cbrngraph.results import Result

__all__ = ["BlankLabels", "write_csv", "write_tsv"]

_XSD = "http://www.w3.org/2001/XMLSchema#"
# Numbers that Turtle reads without quotes as that very datatype and text.
_BARE = {
    _XSD + "integer": re.compile(r"[+-]?[0-9]+", re.ASCII),
    _XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+", re.ASCII),
    _XSD + "double": re.compile(r"[+-]?(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+", re.ASCII),
}
_QUOTE_FOR = re.compile(r'[",\r\n]')
_LINES = 2000


class BlankLabels:
    """Blank node labels in order of appearance: the engine's own differ from run to run."""

    def __init__(self) -> None:
        self._labels: dict[BNode, str] = {}

    def __call__(self, node: BNode) -> str:
        """Return the label, without `_:`."""
        return self._labels.setdefault(node, f"b{len(self._labels)}")


def write_csv(result: Result, out: BinaryIO) -> None:
    """Write a SELECT as CSV: names without `?`, plain values, lines ended by CRLF (section 3)."""
    blanks = BlankLabels()

    def field(term: Term | None) -> str:
        if term is None:
            return ""
        text = f"_:{blanks(term)}" if isinstance(term, BNode) else str(term)
        return '"' + text.replace('"', '""') + '"' if _QUOTE_FOR.search(text) else text

    lines = [",".join(result.variables)]
    for row in result.stream():
        # A row of one empty field would be an empty line, which readers skip.
        lines.append(",".join([field(term) for term in row]) or '""')
        if len(lines) >= _LINES:
            out.write(("\r\n".join(lines) + "\r\n").encode())
            lines.clear()
    out.write("".join(f"{line}\r\n" for line in lines).encode())


def write_tsv(result: Result, out: BinaryIO) -> None:
    """Write a SELECT as TSV: names with `?`, terms as Turtle writes them (section 4)."""
    blanks = BlankLabels()

    def field(term: Term | None) -> str:
        match term:
            case None:
                return ""
            case BNode():
                return f"_:{blanks(term)}"
            case Literal() if term.datatype in _BARE:
                return term.value if _BARE[term.datatype].fullmatch(term.value) else term.n3()
            case IRI() | Literal():
                return term.n3()

    lines = ["\t".join(f"?{name}" for name in result.variables)]
    for row in result.stream():
        lines.append("\t".join([field(term) for term in row]))
        if len(lines) >= _LINES:
            out.write(("\n".join(lines) + "\n").encode())
            lines.clear()
    out.write("".join(f"{line}\n" for line in lines).encode())
