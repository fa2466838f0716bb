"""SPARQL text as tokens: enough to find parameters and refuse what is not supported.

Follows the terminals of SPARQL 1.1 Query Language, section 19.8. Nothing here evaluates or
checks grammar; that is the engine's work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

__all__ = ["Token", "declared_prefixes", "pieces", "position", "projection", "tokenize"]

# Letters, digits and what else a name may have inside (PN_CHARS); a name does not end in a point.
_NAME = r"[\w\-.\u00B7\u203F\u2040]"
_TOKENS = re.compile(
    r"""
    (?P<space>[\ \t\r\n]+)
  | (?P<comment>\#[^\r\n]*)
  | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
  | (?P<string>\"\"\"(?:(?:\"|\"\")?(?:[^"\\]|\\.))*\"\"\"
             | '''(?:(?:'|'')?(?:[^'\\]|\\.))*'''
             | "(?:[^"\\\r\n]|\\.)*"
             | '(?:[^'\\\r\n]|\\.)*')
  | (?P<bnode>_:\w(?:[\w.\-]*[\w\-])?)
  | (?P<var>[?$]\w+)
  | (?P<lang>@[a-zA-Z]+(?:-[a-zA-Z0-9]+)*)
  | (?P<pname>(?:[^\W\d_]NAME*(?<!\.))?:
       (?:(?!\.)(?:NAME|:|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])+(?:(?<!\.)|(?<=\\\.)))?)
  | (?P<number>(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?)
  | (?P<word>[^\W\d_]\w*)
  | (?P<punct>\^\^|&&|\|\||!=|<=|>=|<<|>>|[{}()\[\].;,*/|^!=<>+\-?])
  | (?P<bad>.)
    """.replace("NAME", _NAME),
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A token: its kind (`iri`, `string`, `var`, `word`, ...), text and offsets in the query."""

    kind: str
    text: str
    start: int
    end: int

    def is_word(self, *words: str) -> bool:
        """Say whether this is one of the keywords, which are given in capitals."""
        return self.kind == "word" and self.text.upper() in words


def tokenize(text: str) -> list[Token]:
    """Return the tokens of a query without white space and comments; it never fails.

    What belongs to no token has the kind `bad`.

    >>> [token.text for token in tokenize("ASK { ?s a <x#y> } # why")]
    ['ASK', '{', '?s', 'a', '<x#y>', '}']
    """
    return [token for token in pieces(text) if token.kind not in ("space", "comment")]


def pieces(text: str) -> Iterator[Token]:
    """Yield the tokens of a query and what stands between them: all of the text, in order."""
    for match in _TOKENS.finditer(text):
        yield Token(match.lastgroup or "bad", match[0], match.start(), match.end())


def position(text: str, offset: int) -> tuple[int, int]:
    """Return line and column of an offset, both from 1."""
    line = text.count("\n", 0, offset) + 1
    return line, offset - (text.rfind("\n", 0, offset) + 1) + 1


def declared_prefixes(tokens: Sequence[Token]) -> set[str]:
    """Return the prefixes that the prologue declares, without the colon."""
    return {
        following.text.removesuffix(":")
        for token, following in pairwise(tokens)
        if token.is_word("PREFIX") and following.kind == "pname"
    }


def projection(tokens: Sequence[Token]) -> tuple[str, ...]:
    """Return the variables that the outermost SELECT projects; empty for `*` and other forms."""
    names: list[str] = []
    depth = 0
    selecting = False
    for index, token in enumerate(tokens):
        if token.is_word("SELECT"):
            selecting = True
        elif not selecting:
            if token.text == "{":
                return ()
        elif token.text in ("(", ")"):
            depth += 1 if token.text == "(" else -1
        elif token.is_word("WHERE") or token.text == "{":
            break
        elif token.kind == "var" and (depth == 0 or _named_here(tokens, index, depth)):
            names.append(token.text[1:])
    return tuple(names)


def _named_here(tokens: Sequence[Token], index: int, depth: int) -> bool:
    return depth == 1 and tokens[index - 1].is_word("AS")
