"""The triple patterns of a group, read from its tokens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cbrngraph.validate.sparql import Token

__all__ = ["Pattern", "Unclear", "read_patterns"]

_TERMS = ("var", "iri", "name", "text", "number")
_SKIPPED = ("OPTIONAL", "UNION", "GRAPH", "NOT", "EXISTS")


class Unclear(ValueError):
    """The patterns use brackets or something else that this reader does not follow."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One triple pattern: the tokens of its parts; `path` has the operators too."""

    subject: tuple[Token, ...]
    path: tuple[Token, ...]
    object: tuple[Token, ...]

    @property
    def predicates(self) -> tuple[Token, ...]:
        """The terms of the path, without its operators."""
        return tuple(token for token in self.path if token.kind != "mark")

    @property
    def variables(self) -> frozenset[str]:
        """The variables in it, without their signs."""
        tokens = (*self.subject, *self.path, *self.object)
        return frozenset(token.variable for token in tokens if token.variable)

    @property
    def text(self) -> str:
        """The pattern as SPARQL."""
        parts = (self.subject, self.path, self.object)
        return " ".join("".join(token.text for token in part) for part in parts)


def read_patterns(tokens: list[Token]) -> list[Pattern]:
    """Return the triple patterns of a group's tokens (`cbrngraph.validate.sparql.patterns`).

    Raises:
        Unclear: there is a blank node in brackets, a list, or another form.
    """
    return list(_Reader(tokens).read())


class _Reader:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def read(self) -> Iterator[Pattern]:
        while self.at < len(self.tokens):
            if self._skip():
                continue
            subject = self._term()
            while True:
                path = tuple(self._path())
                yield Pattern(subject, path, self._term())
                while self._take(","):
                    yield Pattern(subject, path, self._term())
                if not self._take(";"):
                    break
                while self._take(";"):
                    pass
                if self._ended():
                    break
            self._take(".")

    def _skip(self) -> bool:
        """Pass over what stands between patterns."""
        token = self.tokens[self.at]
        if token.text == "." or token.word in _SKIPPED:
            self.at += 1
            return True
        return False

    def _ended(self) -> bool:
        return self.at >= len(self.tokens) or self.tokens[self.at].text == "."

    def _peek(self) -> str:
        return self.tokens[self.at].text if self.at < len(self.tokens) else ""

    def _take(self, mark: str) -> Token | None:
        if self._peek() != mark:
            return None
        self.at += 1
        return self.tokens[self.at - 1]

    def _term(self) -> tuple[Token, ...]:
        if self.at >= len(self.tokens):
            raise Unclear
        token = self.tokens[self.at]
        self.at += 1
        if token.kind not in _TERMS and token.word not in ("TRUE", "FALSE"):
            raise Unclear
        if token.kind == "text":
            return (token, *self._literal_tail())
        return (token,)

    def _literal_tail(self) -> Iterator[Token]:
        if self._peek().startswith("@"):
            self.at += 1
            yield self.tokens[self.at - 1]
        elif self._peek() == "^":
            for _ in range(3):
                if self.at >= len(self.tokens):
                    raise Unclear
                self.at += 1
                yield self.tokens[self.at - 1]

    def _path(self) -> Iterator[Token]:
        while True:
            while before := self._take("^") or self._take("!") or self._take("("):
                yield before
            if self.at >= len(self.tokens):
                raise Unclear
            token = self.tokens[self.at]
            if token.kind not in ("var", "iri", "name") and token.word != "A":
                raise Unclear
            self.at += 1
            yield token
            while after := next((t for m in "*+?)" if (t := self._take(m))), None):
                yield after
            between = self._take("/") or self._take("|")
            if between is None:
                return
            yield between
