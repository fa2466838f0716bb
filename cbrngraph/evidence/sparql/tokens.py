"""A cursor over the tokens of SPARQL 1.1 (section 19.8), and what escapes mean."""

from __future__ import annotations

import re
from typing import NoReturn

from cbrngraph.errors import QueryError
from cbrngraph.queries.tokens import Token, position, tokenize

__all__ = ["Cursor", "Token", "unescape"]

_ESCAPE = r"(?s)\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))"
_ESCAPED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


def unescape(text: str) -> str:
    r"""Return `text` with the escapes of strings and names resolved (section 19.2, 19.7).

    >>> unescape(r"a\tb")
    'a\tb'
    """

    def replace(match: re.Match[str]) -> str:
        short, long, single = match.groups()
        if short or long:
            return chr(int(short or long, 16))
        return _ESCAPED.get(single, single)

    return re.sub(_ESCAPE, replace, text) if "\\" in text else text


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    for token in tokenize(text):
        if token.kind == "number" and token.text.endswith("."):
            # SPARQL 1.1 has no number that ends in a point: it ends the triple.
            middle = token.end - 1
            found.append(Token("number", token.text[:-1], token.start, middle))
            found.append(Token("punct", ".", middle, token.end))
        else:
            found.append(token)
    found.append(Token("end", "", len(text), len(text)))
    return found


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
        return token.is_word(*choices) or (token.kind == "punct" and token.text in choices)

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
        line, column = position(self.text, self.token.start)
        raise QueryError(f"{message}, found {seen}", line=line, column=column)
