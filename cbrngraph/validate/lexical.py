"""Whether a query could notice that the store keeps a literal in another form than written.

The store keeps `1.50` as `1.5`. Most queries compare values and cannot tell; one that looks at
the text of a literal, or joins two patterns on it, can. Such a query must not be answered from
the store while the data has such literals under the properties that it reads.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from cbrngraph.model import IRI
from cbrngraph.validate.sparql import Group, QueryText, Token, patterns
from cbrngraph.validate.vocabulary import RDF_TYPE

__all__ = ["notices_form"]

_PREFIX = re.compile(r"PREFIX\s+([\w.-]*):\s*<([^>]*)>", re.IGNORECASE)
# Functions that see more of a literal than its value.
_SEEING = frozenset(("STR", "SAMETERM", "DATATYPE"))
_TERMS = ("var", "iri", "name", "text", "number")


class _Unclear(Exception):
    """The patterns use brackets or something else that this reader does not follow."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    subject: Token
    path: tuple[Token, ...]
    object: Token


def notices_form(
    query: QueryText, prefixes: str, rewritten: frozenset[IRI], *, merged: bool = False
) -> bool:
    """Say whether the query may notice; `rewritten` are the properties with such literals.

    `merged` says that the store took two written forms for one: then reading the property at all
    counts, as rows are missing.
    """
    if not rewritten:
        return False
    known = dict(_PREFIX.findall(prefixes + "".join(token.text for token in query.head)))
    try:
        found = [p for group in query.where.walk() for p in _patterns_of(group)]
    except _Unclear:
        return True
    used = Counter(v for p in found for v in _variables(p))
    seen = _seen(query)
    for pattern in found:
        iris = {_resolved(token, known) for token in pattern.path}
        if not iris & rewritten and not any(token.variable for token in pattern.path):
            continue
        if merged:
            return True
        name = pattern.object.variable
        if not name and pattern.object.kind in ("text", "number"):
            return True
        if name and (name in seen or used[name] > 1):
            return True
    return False


def _variables(pattern: _Pattern) -> list[str]:
    tokens = (pattern.subject, *pattern.path, pattern.object)
    return [token.variable for token in tokens if token.variable]


def _seen(query: QueryText) -> set[str]:
    """Return the variables inside the brackets of a function that sees a literal's form."""
    found: set[str] = set()
    depth = 0
    tokens = list(query.all_tokens())
    for position, token in enumerate(tokens):
        cast = token.kind == "name" and token.text.lower().endswith(":string")
        following = tokens[position + 1].text if position + 1 < len(tokens) else ""
        if (token.word in _SEEING or cast) and following == "(":
            for inner in tokens[position + 1 :]:
                depth += {"(": 1, ")": -1}.get(inner.text, 0) if inner.kind == "mark" else 0
                if inner.variable:
                    found.add(inner.variable)
                if depth == 0:
                    break
    return found


def _resolved(token: Token, known: dict[str, str]) -> IRI:
    if token.kind == "iri":
        return IRI(token.text[1:-1])
    if token.word == "A":
        return RDF_TYPE
    prefix, _, local = token.text.partition(":")
    return IRI(known.get(prefix, "") + local)


def _patterns_of(group: Group) -> Iterator[_Pattern]:
    if group.is_select:
        return
    reader = _PatternReader(list(patterns(group.items)))
    yield from reader.read()


class _PatternReader:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def read(self) -> Iterator[_Pattern]:
        while self.at < len(self.tokens):
            if self._skip():
                continue
            subject = self._term()
            while True:
                path = tuple(self._path())
                yield _Pattern(subject, path, self._term())
                while self._take(","):
                    yield _Pattern(subject, path, self._term())
                if not self._take(";"):
                    break
                while self._take(";"):
                    pass
                if self._ended():
                    break
            self._take(".")

    def _skip(self) -> bool:
        """Pass over what stands between patterns: keywords and the names after them."""
        token = self.tokens[self.at]
        if token.text == "." or token.word in ("OPTIONAL", "UNION", "GRAPH", "NOT", "EXISTS"):
            self.at += 1
            return True
        return False

    def _ended(self) -> bool:
        return self.at >= len(self.tokens) or self.tokens[self.at].text == "."

    def _take(self, mark: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at].text == mark:
            self.at += 1
            return True
        return False

    def _term(self) -> Token:
        if self.at >= len(self.tokens):
            raise _Unclear
        token = self.tokens[self.at]
        self.at += 1
        if token.kind not in _TERMS and token.word not in ("TRUE", "FALSE"):
            raise _Unclear
        if token.kind == "text" and self.at < len(self.tokens):
            self._literal_tail()
        return token

    def _literal_tail(self) -> None:
        if self.tokens[self.at].text.startswith("@") or (self._take("^") and self._take("^")):
            self.at += 1

    def _path(self) -> Iterator[Token]:
        while True:
            while self._take("^") or self._take("!") or self._take("("):
                pass
            if self.at >= len(self.tokens):
                raise _Unclear
            token = self.tokens[self.at]
            if token.kind not in ("var", "iri", "name") and token.word != "A":
                raise _Unclear
            self.at += 1
            yield token
            while any(self._take(mark) for mark in ("*", "+", "?", ")")):
                pass
            if not (self._take("/") or self._take("|")):
                return
