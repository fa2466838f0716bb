"""SPARQL Query Results XML Format, second edition (W3C Recommendation, 21 March 2013)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from cbrngraph.formats.delimited import BlankLabels
from cbrngraph.model import BNode, Literal, Term

if TYPE_CHECKING:
    from cbrngraph.results import Result

__all__ = ["write_xml"]

_STRING = "http://www.w3.org/2001/XMLSchema#string"
# Characters that XML 1.0 cannot hold in any form (section 2.2).
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# A reader turns a bare CR into LF (XML 1.0, section 2.11).
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"})
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<sparql xmlns="http://www.w3.org/2005/sparql-results#">\n'
)


def write_xml(result: Result, out: BinaryIO) -> None:
    """Write a SELECT or ASK. What XML cannot hold becomes U+FFFD, the replacement character."""
    out.write(_HEAD.encode())
    if result.kind == "ask":
        answer = "true" if result else "false"
        out.write(f"<head/>\n<boolean>{answer}</boolean>\n</sparql>\n".encode())
        return
    names = "".join(f'<variable name="{_text(name)}"/>' for name in result.variables)
    out.write(f"<head>{names}</head>\n<results>\n".encode())
    blanks = BlankLabels()
    for row in result.stream():
        bindings = "".join(
            f'<binding name="{_text(name)}">{_term(term, blanks)}</binding>'
            for name, term in zip(result.variables, row, strict=True)
            if term is not None
        )
        out.write(f"<result>{bindings}</result>\n".encode())
    out.write(b"</results>\n</sparql>\n")


def _term(term: Term, blanks: BlankLabels) -> str:
    if isinstance(term, Literal):
        kind = ""
        if term.language:
            kind = f' xml:lang="{_text(term.language)}"'
        elif term.datatype != _STRING:
            kind = f' datatype="{_text(term.datatype)}"'
        return f"<literal{kind}>{_text(term.value)}</literal>"
    if isinstance(term, BNode):
        return f"<bnode>{blanks(term)}</bnode>"
    return f"<uri>{_text(term)}</uri>"


def _text(text: str) -> str:
    return _NO_XML.sub("\ufffd", text).translate(_ESCAPES)
