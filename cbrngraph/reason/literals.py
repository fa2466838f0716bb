"""What literals mean to a reasoner: well-formed or not, and which two are different values.

OWL 2 (Structural Specification, section 4) knows numbers, strings, booleans and moments, and no
dates of lower precision. Those of XML Schema are compared here by their canonical text.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from cbrngraph.model import IRI, BNode, Literal, Term
from cbrngraph.namespaces import RDF, XSD

__all__ = [
    "Key",
    "Lit",
    "fits",
    "is_builtin",
    "is_calendar",
    "literal",
    "malformed",
    "term_of",
    "value",
]

# What a literal denotes: its value space and the value in it. Spaces are disjoint.
Key: TypeAlias = tuple[str, object]

_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_LANG_STRING = RDF.PlainLiteral.replace("PlainLiteral", "langString")
_XSD = XSD.string.removesuffix("string")
_ZONE = r"(Z|[+-]\d\d:\d\d)?"
_YEAR = r"-?(?:[1-9]\d{3,}|0\d{3})"
_CALENDAR = {
    "date": rf"({_YEAR}-\d\d-\d\d){_ZONE}",
    "gYear": rf"({_YEAR}){_ZONE}",
    "gYearMonth": rf"({_YEAR}-(?:0[1-9]|1[0-2])){_ZONE}",
    "gMonthDay": rf"(--(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])){_ZONE}",
    "gDay": rf"(---(?:0[1-9]|[12]\d|3[01])){_ZONE}",
    "gMonth": rf"(--(?:0[1-9]|1[0-2])){_ZONE}",
}
_INTEGER = r"[+-]?\d+"
_FLOAT = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN"
_FORMS = {
    "decimal": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)",
    "boolean": r"true|false|1|0",
    "double": _FLOAT,
    "float": _FLOAT,
    "dateTime": rf"{_YEAR}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?{_ZONE}",
    "hexBinary": r"(?:[0-9A-Fa-f]{2})*",
}
_BITS = {"long": 63, "int": 31, "short": 15, "byte": 7}
_BOUNDS: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    **{name: (-(2**bits), 2**bits - 1) for name, bits in _BITS.items()},
    **{"unsigned" + name.capitalize(): (0, 2 ** (bits + 1) - 1) for name, bits in _BITS.items()},
}
_STRINGS = frozenset("string normalizedString token language Name NCName NMTOKEN".split())
_OTHERS = frozenset("anyURI base64Binary dateTimeStamp".split())
_BUILTIN = frozenset(
    (
        *(_XSD + name for name in (*_FORMS, *_BOUNDS, *_STRINGS, *_OTHERS)),
        RDF.PlainLiteral,
        _LANG_STRING,
        RDF.PlainLiteral.replace("PlainLiteral", "XMLLiteral"),
    )
)


class Lit(NamedTuple):
    """The parts of a literal in N-Triples text; `text` is still escaped."""

    text: str
    datatype: str
    language: str


@lru_cache(maxsize=4096)
def literal(n3: str) -> Lit | None:
    """Return the parts of a literal; `None` for an IRI or a blank node."""
    found = _LITERAL.fullmatch(n3) if n3[0] == '"' else None
    if found is None:
        return None
    return Lit(found[1], found[3] or XSD.string, (found[2] or "").lower())


def term_of(n3: str) -> Term:
    """Return the term that N-Triples text stands for, blank nodes under their label.

    >>> term_of('"a"@en').language
    'en'
    """
    lit = literal(n3)
    if lit is None:
        return BNode(n3[2:]) if n3[0] == "_" else IRI(n3[1:-1])
    text = re.sub(_ESCAPE, _unescaped, lit.text)
    if not lit.language:
        return Literal(text, lit.datatype)
    return Literal(text, _LANG_STRING, n3.rpartition("@")[2])


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else _ESCAPED[found[3]]


def is_builtin(datatype: str) -> bool:
    """Say whether OWL 2 has the datatype."""
    return datatype in _BUILTIN


def is_calendar(datatype: str) -> bool:
    """Say whether it is one of the dates of XML Schema that OWL 2 leaves out."""
    return datatype.startswith(_XSD) and datatype.removeprefix(_XSD) in _CALENDAR


def malformed(lit: Lit) -> bool:
    """Say whether the text is none of its datatype (as far as the datatype is known here)."""
    name = datatype_name(lit)
    if name in _BOUNDS:
        return not re.fullmatch(_INTEGER, lit.text) or not _within(int(lit.text), name)
    if name in _CALENDAR:
        return not _is_calendar_text(lit.text, name)
    return name in _FORMS and re.fullmatch(_FORMS[name], lit.text) is None


def _is_calendar_text(text: str, name: str) -> bool:
    if re.fullmatch(_CALENDAR[name], text) is None:
        return False
    if (
        name != "date"
        or text[0] == "-"
        or len(text.split("-", maxsplit=1)[0]) > 4
        or text[:4] == "0000"
    ):
        return True
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True


def datatype_name(lit: Lit) -> str:
    """Return the last part of an XML Schema datatype; empty for all others."""
    return lit.datatype.removeprefix(_XSD) if lit.datatype.startswith(_XSD) else ""


def _within(number: Decimal | int, name: str) -> bool:
    low, high = _BOUNDS[name]
    return (low is None or number >= low) and (high is None or number <= high)


def value(lit: Lit) -> Key | None:
    """Return what a literal denotes; `None` when that is not certain.

    Two keys that differ are two different values; nothing is claimed about what has no key.
    """
    if lit.language:
        return "text with a language", (lit.text, lit.language)
    name = datatype_name(lit)
    if name in _STRINGS or lit.datatype == RDF.PlainLiteral:
        return "text", lit.text
    if malformed(lit):
        return None
    if name in _BOUNDS or name == "decimal":
        try:
            return "number", Decimal(lit.text)
        except InvalidOperation:
            return None
    if name == "boolean":
        return name, lit.text in ("true", "1")
    if name == "anyURI":
        return name, lit.text
    return _calendar(lit.text, name) if name in _CALENDAR else None


def _calendar(text: str, name: str) -> Key | None:
    found = re.fullmatch(_CALENDAR[name], text)
    zone = (found[2] or "") if found else ""
    if found is None or (zone and zone not in ("Z", "+00:00", "-00:00")):
        return None  # dates in two zones may be the same day
    return name, found[1] + ("Z" if zone else "")


def fits(lit: Lit, datatype: str) -> bool:
    """Say whether a literal may be a value of a datatype; true where that is not certain."""
    key = value(lit)
    if key is None or not (is_builtin(datatype) or is_calendar(datatype)):
        return True
    space, held = key
    name = datatype.removeprefix(_XSD)
    if datatype == RDF.PlainLiteral:
        return space in ("text", "text with a language")
    if name in _BOUNDS:
        whole = isinstance(held, Decimal) and held == held.to_integral_value()
        return space == "number" and whole and _within(Decimal(str(held)), name)
    if name == "decimal":
        return space == "number"
    if name == "string":
        return space == "text"
    if name in ("boolean", "anyURI", "double", "float", "dateTime", "hexBinary", *_CALENDAR):
        return space == name
    return True
