"""Which literals of a text a store keeps in another form than they are written in.

A store compares values, so it keeps `1.50` as `1.5` and `"02"^^xsd:integer` as `2`. The text is
searched for literals that may be concerned, and the store itself is asked about each of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from cbrngraph.model import Literal
from cbrngraph.store import Store
from cbrngraph.validate.vocabulary import XSD

__all__ = ["STRINGS", "Written", "rewritten_forms", "rewritten_in"]

STRINGS = re.compile(
    rb'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\''
    rb'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|<[^<>"{}|^`\s]*>|\#[^\n]*',
    re.DOTALL,
)
_TYPED = re.compile(
    rb'(?:"((?:[^"\\\n]|\\.)*)"|\'((?:[^\'\\\n]|\\.)*)\')\^\^'
    rb"(?:<http://www\.w3\.org/2001/XMLSchema#(\w+)>|[\w.-]*:(\w+))"
)
_BARE = re.compile(rb"[\s,;(\[]([+-]?(?:\d+\.\d*|\.?\d+)(?:[eE][+-]?\d+)?)(?=[\s,;)\]]|\.(?!\d))")
# Forms that no store rewrites, which spares asking it about most literals of a large text.
_STEADY = re.compile(rb"(?:0|-?[1-9]\d*)|(?:true|false)|\d{4}(?:-\d\d(?:-\d\d)?)?")
_DERIVED = re.compile(rb"(?:long|int|short|byte|\w*nteger|unsigned\w+|\w*Long|\w*Int)$")
_Form = tuple[bytes, bytes]

_OF_XSD = rb"(?:<http://www\.w3\.org/2001/XMLSchema#|[\w.-]*:)"
_CHANGEABLE = (
    rb"\^\^" + _OF_XSD + rb"(?:int|long|short|byte|unsigned\w+"
    rb"|non\w+|positiveInteger|negativeInteger|float|double|\w*[dD]uration|dateTime\w*|time"
    rb"|gMonth\w*|gDay|hexBinary|base64Binary)\b"
)
# Quick signs that a text may have a literal that a store rewrites. A sign inside a string does no
# harm: the text is then looked at closely. Each begins with a fixed letter, which the search jumps
# to, and looks back from there.
_SIGNS = tuple(
    re.compile(pattern)
    for pattern in (
        rb"\+\d",
        rb"0(?:(?<=[\s,;(\[.]0)\d|(?<=[\"']0)\d[^\"'\n]*[\"']\^\^" + _OF_XSD + rb")",
        rb"-(?<=[\s,;(\[\"']-)0",
        rb"\.(?:\d*0(?=[\s\"',;)\]])|(?<=[\s,;(\[\"'+-]\.)\d|[\"']\^\^)",
        rb"\^\^(?:(?<=[Z\"'][\"']\^\^)|(?<=\d:\d\d[\"']\^\^))",
        rb"\^\^(?<=[\"'][01][\"']\^\^)" + _OF_XSD + rb"boolean",
        _CHANGEABLE,
    )
)
_EXPONENT = re.compile(rb"[\s,;(\[\"'][+-]?(?:\d+\.?\d*|\.\d+)[eE][+-]?\d+(?=[\s\"',;)\]]|\.\s)")
# Digits become 0 and both ways to write an exponent e, so that one look finds either.
_FOLDED = bytes.maketrans(b"123456789.E", b"0000000000e")


def _has_sign(text: bytes) -> bool:
    if any(sign.search(text) for sign in _SIGNS):
        return True
    return b"0e" in text.translate(_FOLDED) and _EXPONENT.search(text) is not None


class Written:
    """The literals of one text that a store may rewrite; what is found is kept."""

    def __init__(self, text: bytes, *, bare: bool) -> None:
        self._text = text
        self._bare = bare

    @cached_property
    def doubtful(self) -> frozenset[_Form]:
        """The forms that a store may keep in another way."""
        if not _has_sign(self._text):
            return frozenset()
        return frozenset(form for form in self.forms if _is_doubtful(*form))

    @cached_property
    def forms(self) -> frozenset[_Form]:
        """All typed literals and numbers."""
        return frozenset(_written(self._text, bare=self._bare))


def rewritten_forms(*texts: bytes, bare: bool) -> dict[Literal, tuple[Literal, ...]]:
    """Return the forms in a store that differ from the texts, with all forms written for each.

    `bare` says that the texts may have numbers without quotes (Turtle).
    """
    return rewritten_in([Written(text, bare=bare) for text in texts])


def rewritten_in(texts: Iterable[Written]) -> dict[Literal, tuple[Literal, ...]]:
    """Return what `rewritten_forms` does, for texts that may have been looked at before."""
    texts = list(texts)
    doubtful = {form for text in texts for form in text.doubtful}
    if not doubtful:
        return {}
    kept = _asked([_literal(form) for form in sorted(doubtful)])
    changed = {form: {literal} for form, literal in kept if form != literal}
    for form, literal in kept:
        if form in changed:
            changed[form].add(literal)
    if changed:
        _add_steady(changed, texts)
    return {form: tuple(sorted(forms, key=Literal.n3)) for form, forms in changed.items()}


def _add_steady(changed: dict[Literal, set[Literal]], texts: list[Written]) -> None:
    """Add the store's own form of a value where some text has that form too."""
    wanted = {
        (form.value.encode(), form.datatype.removeprefix(XSD).encode()): form for form in changed
    }
    for text in texts:
        for form in wanted.keys() & text.forms:
            changed[wanted[form]].add(wanted[form])


def _written(text: bytes, *, bare: bool) -> set[_Form]:
    """Return the typed literals and numbers of a text."""
    found = {(a or b, c or d) for a, b, c, d in set(_TYPED.findall(text))}
    return found | _bare_numbers(text) if bare else found


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


def _is_doubtful(value: bytes, local: bytes) -> bool:
    """Whether a store may keep a literal of an XSD type in another form."""
    if local == b"string" or b"\\" in value:
        return False
    if local in (b"decimal", b"double", b"float") or _STEADY.fullmatch(value) is None:
        return True
    if local == b"boolean":
        return value not in (b"true", b"false")
    return local != b"integer" and _DERIVED.match(local) is not None
