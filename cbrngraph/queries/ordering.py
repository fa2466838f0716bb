"""ORDER BY at the end of a query, done here: the engine reads both terms of every comparison anew.

For ten thousand rows that is two seconds of the engine against some hundredths here. The order is
that of SPARQL 1.1 section 15.1 as the engine extends it: unbound, blank nodes, IRIs, then literals;
numbers by value, all others by their text, datatype and language. Where a column mixes numbers
with other literals that is no order, and the engine decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from cbrngraph.model import IRI, BNode, Literal, Term
from cbrngraph.queries.tokens import Token

__all__ = ["Ordering", "in_order", "split_ordering"]

# Rows beyond which they are left to the engine, which holds them in less memory.
MOST = 200_000

_XSD = "http://www.w3.org/2001/XMLSchema#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
# Length of the lexical forms whose order as text is their order in time.
_DATES = {_XSD + "date": 10, _XSD + "gYearMonth": 7, _XSD + "gYear": 4, _XSD + "dateTime": 19}
_BY_TEXT = frozenset((_XSD + "string", _RDF + "langString", _XSD + "boolean", _XSD + "anyURI"))

_Row = tuple[Term | None, ...]


class Ordering(NamedTuple):
    """The conditions of an ORDER BY (variable, descending), and the LIMIT and OFFSET behind it."""

    conditions: tuple[tuple[str, bool], ...]
    limit: int | None = None
    offset: int = 0


def split_ordering(text: str, tokens: Sequence[Token]) -> tuple[str, Ordering] | None:
    """Return a SELECT without its last ORDER BY, and that; None where it is not of variables."""
    start = _start(tokens)
    if start is None:
        return None
    reader = _Reader(tokens, start + 2)
    conditions = tuple(iter(reader.condition, None))
    slices: dict[str, int] = {}
    while (taken := reader.slice()) is not None:
        if taken[0] in slices:
            return None
        slices[taken[0]] = taken[1]
    if not conditions or reader.at < len(tokens):
        return None
    ordering = Ordering(conditions, slices.get("LIMIT"), slices.get("OFFSET", 0))
    return text[: tokens[start].start].rstrip() + "\n", ordering


def in_order(rows: Iterator[_Row], names: Sequence[str], ordering: Ordering) -> list[_Row] | None:
    """Return the rows in order and cut; None where the engine has to do it."""
    if any(name not in names for name, _ in ordering.conditions):
        return None
    found: list[_Row] = []
    for row in rows:
        found.append(row)
        if len(found) > MOST:
            return None
    for name, descending in reversed(ordering.conditions):
        column = names.index(name)
        key = _key([row[column] for row in found])
        if key is None:
            return None
        found.sort(key=_of_column(key, column), reverse=descending)
    end = None if ordering.limit is None else ordering.offset + ordering.limit
    return found[ordering.offset : end]


def _of_column(key: Callable[[Term | None], Any], column: int) -> Callable[[_Row], Any]:
    return lambda row: key(row[column])


def _key(terms: Sequence[Term | None]) -> Callable[[Term | None], Any] | None:
    """Return what to sort a column by; None where its literals have no common order."""
    literals = [term for term in terms if isinstance(term, Literal)]
    numbers = [literal for literal in literals if literal.is_number]
    if numbers and len(numbers) < len(literals):
        return None
    if numbers:
        kinds = {type(literal.python) for literal in numbers}
        if float in kinds and (len(kinds) > 1 or any(n.python != n.python for n in numbers)):
            return None
    elif not all(map(_is_textual, literals)):
        return None

    def key(term: Term | None) -> Any:
        match term:
            case None:
                return (0,)
            case BNode():
                return (1, str(term))
            case IRI():
                return (2, str(term))
        return (3, term.python) if numbers else (3, term.value, term.datatype, term.language)

    return key


def _is_textual(literal: Literal) -> bool:
    length = _DATES.get(literal.datatype)
    if length is not None:
        return len(literal.value) == length and literal.value[0] != "-"
    return literal.datatype in _BY_TEXT or not literal.datatype.startswith(_XSD)


def _start(tokens: Sequence[Token]) -> int | None:
    """Return where the ORDER BY outside all brackets stands, in a SELECT."""
    depth = 0
    form = ""
    for index, token in enumerate(tokens):
        if token.kind == "punct" and token.text in "{([":
            depth += 1
        elif token.kind == "punct" and token.text in "})]":
            depth -= 1
        elif depth == 0 and token.kind == "word":
            form = form or (token.text.upper() if token.is_word(*_FORMS) else "")
            if token.is_word("ORDER") and tokens[index + 1 : index + 2]:
                is_order = form == "SELECT" and tokens[index + 1].is_word("BY")
                return index if is_order else None
    return None


class _Reader:
    def __init__(self, tokens: Sequence[Token], at: int) -> None:
        self.tokens = tokens
        self.at = at

    def condition(self) -> tuple[str, bool] | None:
        """Read `?x`, `ASC(?x)` or `DESC(?x)`."""
        texts = [token.text for token in self.tokens[self.at : self.at + 4]]
        if self._is(self.at, "var"):
            self.at += 1
            return texts[0][1:], False
        word = texts[0].upper() if texts else ""
        if word in ("ASC", "DESC") and texts[1::2] == ["(", ")"] and self._is(self.at + 2, "var"):
            self.at += 4
            return texts[2][1:], word == "DESC"
        return None

    def slice(self) -> tuple[str, int] | None:
        """Read `LIMIT n` or `OFFSET n`."""
        if self.at + 1 >= len(self.tokens) or not self._is(self.at + 1, "number"):
            return None
        word, number = self.tokens[self.at].text.upper(), self.tokens[self.at + 1].text
        if word not in ("LIMIT", "OFFSET") or not number.isdecimal():
            return None
        self.at += 2
        return word, int(number)

    def _is(self, at: int, kind: str) -> bool:
        return at < len(self.tokens) and self.tokens[at].kind == kind
