"""Which literals of a text a store keeps in another form than they are written in.

A store compares values, so it keeps `1.50` as `1.5` and `"02"^^xsd:integer` as `2`. The text is
searched for literals that may be concerned, and the store itself is asked about each of these.
"""

from __future__ import annotations

import re

from cbrngraph.model import Literal
from cbrngraph.store import Store
from cbrngraph.validate.vocabulary import XSD

__all__ = ["STRINGS", "rewritten_forms"]

STRINGS = re.compile(
    rb'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\''
    rb'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|<[^<>"{}|^`\s]*>|\#[^\n]*',
    re.DOTALL,
)
_TYPED = re.compile(
    rb'(?:"((?:[^"\\\n]|\\.)*)"|\'((?:[^\'\\\n]|\\.)*)\')\^\^'
    rb"(?:<http://www\.w3\.org/2001/XMLSchema#(\w+)>|[\w.-]*:(\w+))"
)
_BARE = re.compile(
    rb"(?<=[\s,;(\[])([+-]?(?:\d+\.\d*|\.?\d+)(?:[eE][+-]?\d+)?)(?=[\s,;)\]]|\.(?!\d))"
)
# Forms that no store rewrites, which spares asking it about most literals of a large text.
_STEADY = re.compile(rb"(?:0|-?[1-9]\d*)|(?:true|false)|\d{4}(?:-\d\d(?:-\d\d)?)?")
_DERIVED = re.compile(rb"(?:long|int|short|byte|\w*nteger|unsigned\w+|\w*Long|\w*Int)$")
_Form = tuple[bytes, bytes]

_CHANGEABLE = (
    rb"\^\^(?:<http://www\.w3\.org/2001/XMLSchema#|[\w.-]*:)(?:int|long|short|byte|unsigned\w+"
    rb"|non\w+|positiveInteger|negativeInteger|float|double|\w*[dD]uration|dateTime\w*|time"
    rb"|gMonth\w*|gDay|hexBinary|base64Binary)\b"
)
# Quick signs that a text may have a literal that a store rewrites. A sign inside a string does no
# harm: the text is then looked at closely.
_SIGNS = tuple(
    re.compile(pattern)
    for pattern in (
        rb"\+\d",
        rb"0(?<=[\s,;(\[\"'.]0)\d",
        rb"-(?<=[\s,;(\[\"']-)0",
        rb"\.(?:\d*0(?=[\s\"',;)\]])|(?<=[\s,;(\[\"'+-]\.)\d|[\"']\^\^)",
        rb"[eE](?<=[\d.][eE])[+-]?\d+[\s\"',;)\]]",
        rb"[\"'][01][\"']\^\^",
        rb"[\"']-?\d{4,}(?:-\d\d){0,2}(?:Z|[+-]\d\d:\d\d)[\"']\^\^",
        _CHANGEABLE,
    )
)


def rewritten_forms(text: bytes, *, bare: bool) -> dict[Literal, tuple[Literal, ...]]:
    """Return the forms in a store that differ from the text, with all forms written for each.

    `bare` says that the text may have numbers without quotes (Turtle).
    """
    if not any(sign.search(text) for sign in _SIGNS):
        return {}
    written = {
        (one or other, local or short) for one, other, local, short in set(_TYPED.findall(text))
    }
    if bare:
        written |= _bare_numbers(text)
    doubtful = sorted(form for form in written if not _is_steady(*form) and b"\\" not in form[0])
    if not doubtful:
        return {}
    kept = _asked([_literal(form) for form in doubtful])
    changed: dict[Literal, set[Literal]] = {}
    for form, literal in kept:
        if form != literal:
            changed.setdefault(form, set()).add(literal)
    for form, literal in kept:
        if form in changed:
            changed[form].add(literal)
    for form, forms in changed.items():
        if (form.value.encode(), form.datatype.removeprefix(XSD).encode()) in written:
            forms.add(form)
    return {form: tuple(sorted(forms, key=Literal.n3)) for form, forms in changed.items()}


def _bare_numbers(text: bytes) -> set[_Form]:
    """Return the numbers of a Turtle text, each with its datatype."""
    found = set(_BARE.findall(text))
    if any(_STEADY.fullmatch(number) is None for number in found):
        # Most of those stand inside strings, so look again without these.
        found = set(_BARE.findall(STRINGS.sub(b'""', text)))
    return {(number, _kind(number)) for number in found}


def _kind(number: bytes) -> bytes:
    if b"e" in number.lower():
        return b"double"
    return b"decimal" if b"." in number else b"integer"


def _asked(literals: list[Literal]) -> list[tuple[Literal, Literal]]:
    """Return each literal with the form that a store gives it."""
    store = Store.memory()
    lines = [f"<urn:l:{n}> <urn:l> {literal.n3()} .\n" for n, literal in enumerate(literals)]
    store.load_text("".join(lines), ".nt")
    return [
        (quad.object, literals[int(quad.subject.rpartition(":")[2])])
        for quad in store.match()
        if isinstance(quad.object, Literal)
    ]


def _literal(form: _Form) -> Literal:
    return Literal(form[0].decode(), XSD + form[1].decode())


def _is_steady(value: bytes, local: bytes) -> bool:
    """Whether every store keeps a literal of an XSD type as it is written."""
    if local == b"string":
        return True
    if local in (b"decimal", b"double", b"float") or _STEADY.fullmatch(value) is None:
        return False
    if local == b"boolean":
        return value in (b"true", b"false")
    return local == b"integer" or _DERIVED.match(local) is None
