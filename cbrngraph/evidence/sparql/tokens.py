"""The tokens of SPARQL 1.1 (section 19.8) and a cursor over them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from cbrngraph.errors import QueryError

__all__ = ["Cursor", "Token", "unescape"]

_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_PREFIX = r"(?:[^\W\d_](?:[\w\-\u00b7]|\.+(?=[\w\-\u00b7]))*)?"
_LOCAL = rf"(?:[\w:]|{_PLX})(?:[\w:\-\u00b7]|{_PLX}|\.+(?=[\w:\-\u00b7%\\]))*"
_CHAR = r"(?:[^{quote}\\\n\r]|\\.)*"

_TOKEN = re.compile(
    "|".join(
        f"(?P<{kind}>{pattern})"
        for kind, pattern in (
            ("skip", r"(?:\s+|\#[^\n\r]*)+"),
            ("iri", r'<[^\x00-\x20<>"{}|^`]*>'),
            (
                "string",
                r'"""(?:"{0,2}(?:[^"\\]|\\.))*"""'
                r"|'''(?:'{0,2}(?:[^'\\]|\\.))*'''"
                '|"' + _CHAR.format(quote='"') + '"' + "|'" + _CHAR.format(quote="'") + "'",
            ),
            ("bnode", r"_:\w(?:[\w\-\u00b7]|\.+(?=[\w\-\u00b7]))*"),
            ("name", rf"{_PREFIX}:(?:{_LOCAL})?"),
            ("var", r"[?$]\w+"),
            ("lang", r"@[A-Za-z]+(?:-[A-Za-z0-9]+)*"),
            ("double", r"(?:\d+\.\d*|\.\d+|\d+)[eE][+-]?\d+"),
            ("decimal", r"\d*\.\d+"),
            ("integer", r"\d+"),
            ("word", r"[A-Za-z_]\w*"),
            ("punct", r"\^\^|&&|\|\||!=|<=|>=|[-<>=!*/+|^?(){}\[\];,.]"),
        )
    ),
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Token:
    """A token: its kind, its text as written and where it begins."""

    kind: str
    text: str
    offset: int


def unescape(text: str) -> str:
    r"""Return `text` with the escapes of strings and IRIs resolved (section 19.2, 19.7).

    >>> unescape(r"a\tb")
    'a\tb'
    """

    def replace(match: re.Match[str]) -> str:
        short, long, single = match.groups()
        if short or long:
            return chr(int(short or long, 16))
        return _ESCAPED.get(single, single)

    return _ESCAPE.sub(replace, text) if "\\" in text else text


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            fail(text, position, f"unexpected character {text[position]!r}")
        if match.lastgroup != "skip":
            found.append(Token(match.lastgroup or "", match.group(), position))
        position = match.end()
    found.append(Token("end", "", len(text)))
    return found


def fail(text: str, offset: int, message: str) -> NoReturn:
    """Raise `QueryError` with the line and column of `offset`."""
    line = text.count("\n", 0, offset) + 1
    column = offset - (text.rfind("\n", 0, offset) + 1) + 1
    raise QueryError(message, line=line, column=column)


class Cursor:
    """A place in the tokens of a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = _tokens(text)
        self._at = 0

    @property
    def token(self) -> Token:
        """The next token."""
        return self._tokens[self._at]

    def ahead(self, count: int = 1) -> Token:
        """The token `count` places further."""
        return self._tokens[min(self._at + count, len(self._tokens) - 1)]

    def take(self) -> Token:
        """Return the next token and go past it."""
        token = self._tokens[self._at]
        if token.kind != "end":
            self._at += 1
        return token

    def sees(self, *choices: str) -> bool:
        """Whether the next token is one of these signs or, in any case, words."""
        token = self._tokens[self._at]
        if token.kind == "word":
            return token.text.upper() in choices
        return token.kind == "punct" and token.text in choices

    def accept(self, *choices: str) -> str:
        """Go past one of these signs or words and return it in upper case, else the empty text."""
        return self.take().text.upper() if self.sees(*choices) else ""

    def expect(self, *choices: str) -> str:
        """Like `accept`; raises `QueryError` when the next token is none of them."""
        found = self.accept(*choices)
        if not found:
            self.error("expected " + " or ".join(choices))
        return found

    def error(self, message: str) -> NoReturn:
        """Raise `QueryError` at the next token."""
        seen = self.token.text or "the end of the query"
        fail(self.text, self.token.offset, f"{message}, found {seen}")
