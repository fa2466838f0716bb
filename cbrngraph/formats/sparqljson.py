"""SPARQL 1.1 Query Results JSON Format (W3C Recommendation, 21 March 2013)."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING, BinaryIO

from cbrngraph.formats.delimited import BlankLabels
from cbrngraph.model import BNode, Literal, Term

if TYPE_CHECKING:
    from cbrngraph.results import Result

__all__ = ["term_object", "write_json"]

_STRING = "http://www.w3.org/2001/XMLSchema#string"


def term_object(term: Term, blanks: BlankLabels) -> dict[str, str]:
    """Return a term as the JSON object of section 3.2.2."""
    if isinstance(term, Literal):
        made = {"type": "literal", "value": term.value}
        if term.language:
            made["xml:lang"] = term.language
        elif term.datatype != _STRING:
            made["datatype"] = term.datatype
        return made
    if isinstance(term, BNode):
        return {"type": "bnode", "value": blanks(term)}
    return {"type": "uri", "value": str(term)}


def write_json(result: Result, out: BinaryIO) -> None:
    """Write a SELECT or ASK; one solution on a line."""
    if result.kind == "ask":
        out.write(f'{{"head": {{}}, "boolean": {str(bool(result)).lower()}}}\n'.encode())
        return
    blanks = BlankLabels()
    names = dumps(list(result.variables), ensure_ascii=False)
    out.write(f'{{"head": {{"vars": {names}}},\n"results": {{"bindings": ['.encode())
    separator = "\n"
    for row in result.stream():
        solution = {
            name: term_object(term, blanks)
            for name, term in zip(result.variables, row, strict=True)
            if term is not None
        }
        out.write((separator + dumps(solution, ensure_ascii=False)).encode())
        separator = ",\n"
    out.write(b"\n]}}\n")
