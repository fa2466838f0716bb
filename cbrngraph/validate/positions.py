"""At which line of a Turtle or TriG file a statement stands.

The parser gives no positions, so this reads the tokens itself, in the order in which the parser
gives its quads: blank nodes are numbered by first appearance there as here, and so have the same
names. (The parser hands out the quads that one token completes last one first; so does this.)
It relies on the file being well-formed, which the parser has made sure of before.
RDF 1.1 Turtle section 6.5, RDF 1.1 TriG section 4.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

from cbrngraph.model import IRI, BNode, Literal, Term
from cbrngraph.validate.vocabulary import RDF_FIRST, RDF_NIL, RDF_REST, RDF_TYPE, XSD

__all__ = ["Directives", "Statement", "UnreadableText", "first_block", "line_of", "statements"]

_BASE = "https://w3id.org/cbrngraph/"
_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
_STOP = r"\s<>\"'{}()\[\];,^#\\"
_TOKEN = re.compile(
    rf"""
    (?P<space>(?:\s+|\#[^\n\r]*)+)
  | (?P<iri><[^<>"{{}}|^`\s]*>)
  | (?P<text>\"\"\"(?:[^"\\]|\\.|\"(?!\"\"))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''
      |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
  | (?P<at>@[A-Za-z][A-Za-z0-9-]*)
  | (?P<type>\^\^)
  | (?P<bnode>_:[^{_STOP}.]+(?:\.+[^{_STOP}.]+)*)
  | (?P<name>(?:[^{_STOP}.:@_][^{_STOP}.:]*(?:\.+[^{_STOP}.:]+)*)?:
      (?:\\.|[^{_STOP}.]|\.+(?=[^{_STOP}.]|\\))*)
  | (?P<number>[+-]?(?:\d+\.\d*[eE][+-]?\d+|\.?\d+[eE][+-]?\d+|\d*\.\d+|\d+))
  | (?P<word>[A-Za-z]+)
  | (?P<mark>[.;,\[\](){{}}])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_CONTROL = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


class UnreadableText(ValueError):
    """The text uses what this reader does not know, such as RDF 1.2 triple terms."""


class Statement(NamedTuple):
    """A statement and where its object (`line`, `column`) and its subject begin, from 1."""

    subject: IRI | BNode
    predicate: IRI
    object: Term
    graph: IRI | BNode | None
    line: int
    column: int
    subject_line: int


def statements(text: str) -> Iterator[Statement]:
    """Yield the statements of a Turtle or TriG text in the parser's order.

    Raises:
        UnreadableText: the text cannot be followed; what was yielded before is right.
    """
    for block in _Reader(text).blocks():
        yield from block


class Directives(NamedTuple):
    """The prefixes and the base that a text declares."""

    prefixes: dict[str, str]
    base: str

    @classmethod
    def of(cls, text: str) -> Directives:
        """Return those of a text, as far as it can be followed."""
        reader = _Reader(text)
        try:
            for _ in reader.blocks():
                pass
        except UnreadableText:
            pass
        return cls(reader.prefixes, reader.base)


def first_block(text: str, known: Directives) -> list[Statement]:
    """Return the statements of the first block (a Turtle statement or a graph) that has any.

    Raises:
        UnreadableText: the text ends before the block does, or cannot be followed.
    """
    return next((block for block in _Reader(text, known).blocks() if block), [])


def line_of(path: Path, node: Term, predicate: str = "") -> int:
    """Return the line of the first statement of (node, predicate), else of node; 0 if unknown."""
    wanted = BNode(re.sub(r"^[fs]\d+", "", node)) if isinstance(node, BNode) else node
    about = 0
    try:
        for found in statements(path.read_bytes().decode("utf-8-sig")):
            if found.subject == wanted:
                if not predicate or found.predicate == predicate:
                    return found.line if predicate else found.subject_line
                about = about or found.subject_line
            elif found.object == wanted and not about:
                about = found.line
    except (UnreadableText, OSError, UnicodeDecodeError):
        return about
    return about


class _Token(NamedTuple):
    kind: str
    text: str
    start: int


class _Raw(NamedTuple):
    """A statement with offsets: its object, its subject, and the token that completed it."""

    subject: Term
    predicate: IRI
    object: Term
    graph: IRI | BNode | None
    at: int
    subject_at: int
    done: int


class _Reader:
    """Recursive descent over the tokens; `_emit` is called when a statement's object is read."""

    def __init__(self, text: str, known: Directives | None = None) -> None:
        self._tokens = _tokens(text)
        self._starts = [0, *(m.end() for m in re.finditer(r"\n", text))]
        self._ahead: _Token | None = None
        self.prefixes: dict[str, str] = dict(known.prefixes) if known else {}
        self.base = known.base if known else _BASE
        self._graph: IRI | BNode | None = None
        self._labels: dict[str, BNode] = {}
        self._subject_at = 0
        self._out: list[_Raw] = []
        self._fresh = 0
        self._last = 0

    def blocks(self) -> Iterator[list[Statement]]:
        while (token := self._peek()) is not None:
            self._block(token)
            yield list(map(self._statement, _as_handed_out(self._out)))
            self._out.clear()

    def _statement(self, raw: _Raw) -> Statement:
        subject, value = self._named(raw.subject), self._named(raw.object)
        graph = self._named(raw.graph) if raw.graph is not None else None
        line, column = self._place(raw.at)
        # Literals are made only as objects.
        return Statement(
            subject,  # type: ignore[arg-type]
            raw.predicate,
            value,
            graph,  # type: ignore[arg-type]
            line,
            column,
            self._place(raw.subject_at)[0],
        )

    def _named(self, term: Term) -> Term:
        """Number blank nodes by first appearance in a statement."""
        if isinstance(term, BNode):
            return self._labels.setdefault(term, BNode(f"b{len(self._labels)}"))
        return term

    def _place(self, at: int) -> tuple[int, int]:
        line = bisect_right(self._starts, at)
        return line, at - self._starts[line - 1] + 1

    def _peek(self) -> _Token | None:
        if self._ahead is None:
            self._ahead = next(self._tokens, None)
        return self._ahead

    def _next(self) -> _Token:
        token = self._peek()
        if token is None:
            raise UnreadableText("the text ends in the middle of a statement")
        self._ahead = None
        self._last = token.start
        return token

    def _is(self, mark: str) -> bool:
        token = self._peek()
        return token is not None and token.kind == "mark" and token.text == mark

    def _take(self, mark: str) -> bool:
        if self._is(mark):
            self._next()
            return True
        return False

    def _need(self, mark: str) -> None:
        if not self._take(mark):
            raise UnreadableText(f"'{mark}' is expected")

    def _block(self, token: _Token) -> None:
        word = token.text.upper().lstrip("@") if token.kind in ("at", "word") else ""
        if word in ("PREFIX", "BASE"):
            self._directive(word)
        elif word == "GRAPH":
            self._next()
            self._graph_block(self._resource())
        elif self._is("{"):
            self._graph_block(None)
        else:
            self._statement_or_graph()

    def _directive(self, word: str) -> None:
        dotted = self._next().kind == "at"
        if word == "PREFIX":
            prefix = self._next().text.removesuffix(":")
            self.prefixes[prefix] = self._iri(self._next().text)
        else:
            self.base = self._iri(self._next().text)
        if dotted:
            self._need(".")

    def _graph_block(self, name: IRI | BNode | None) -> None:
        self._graph = name
        self._need("{")
        while not self._take("}"):
            self._triples(None)
            if not self._take(".") and not self._is("}"):
                raise UnreadableText("'.' or '}' is expected")
        self._graph = None

    def _statement_or_graph(self) -> None:
        token = self._peek()
        simple = token is not None and token.kind in ("iri", "name", "bnode")
        start = token.start if token else 0
        if simple:
            first = self._resource()
            if self._is("{"):
                self._graph_block(first)
                return
            self._triples((first, start))
        else:
            self._triples(None)
        self._need(".")

    def _triples(self, given: tuple[IRI | BNode, int] | None) -> None:
        if given is None:
            token = self._peek()
            start = token.start if token else 0
            alone = self._is("[")
            outer, self._subject_at = self._subject_at, start
            subject = self._subject()
            if alone and (self._is(".") or self._is("}")):
                self._subject_at = outer
                return
        else:
            subject, start = given
            outer = self._subject_at
        self._subject_at = start
        self._predicates(subject)
        self._subject_at = outer

    def _predicates(self, subject: Term) -> None:
        while True:
            predicate = self._verb()
            self._object(subject, predicate)
            while self._take(","):
                self._object(subject, predicate)
            if not self._take(";"):
                return
            while self._take(";"):
                pass
            if self._is(".") or self._is("]") or self._is("}"):
                return

    def _verb(self) -> IRI:
        token = self._peek()
        if token is not None and token.kind == "word" and token.text == "a":
            self._next()
            return RDF_TYPE
        return IRI(self._resource())

    def _resource(self) -> IRI | BNode:
        token = self._next()
        if token.kind == "iri":
            return IRI(self._iri(token.text))
        if token.kind == "name":
            return self._pname(token.text)
        if token.kind == "bnode":
            return BNode(token.text)
        if token.text == "[":
            self._need("]")
            return self._new()
        raise UnreadableText(f"{token.text!r} is no resource")

    def _subject(self) -> Term:
        if self._take("("):
            return self._collection(None)
        if self._take("["):
            return self._property_list()
        return self._resource()

    def _object(self, subject: Term, predicate: IRI) -> None:
        token = self._peek()
        if token is None:
            raise UnreadableText("an object is expected")
        at, done = token.start, token.start
        if self._take("("):
            self._collection((subject, predicate, at))
            return
        value: Term
        if token.kind == "text":
            value, done = self._literal()
        elif token.kind == "number":
            value = _number(self._next().text)
        elif token.kind == "word" and token.text in ("true", "false"):
            value = Literal(self._next().text, XSD + "boolean")
        elif self._take("["):
            value = self._property_list()
            done = self._last
        else:
            value = self._resource()
        self._emit(subject, predicate, value, at, done)

    def _property_list(self) -> BNode:
        node = self._new()
        if not self._take("]"):
            outer, self._subject_at = self._subject_at, self._last
            self._predicates(node)
            self._subject_at = outer
            self._need("]")
        return node

    def _collection(self, owner: tuple[Term, IRI, int] | None) -> Term:
        """Read a list; its first cell is the object of `owner`, which is emitted with it."""
        here = self._peek()
        head: Term = RDF_NIL if self._is(")") else self._new()
        if owner is not None and here is not None:
            self._emit(owner[0], owner[1], head, owner[2], here.start)
        cell = head
        while not self._take(")"):
            self._object(cell, RDF_FIRST)
            token = self._peek()
            at = token.start if token else 0
            rest: Term = RDF_NIL if self._is(")") else self._new()
            self._emit(cell, RDF_REST, rest, at, at)
            cell = rest
        return head

    def _literal(self) -> tuple[Literal, int]:
        """Read a literal; a plain string is complete only when the token after it is seen."""
        text = self._next().text
        quotes = 3 if text[:3] in ('"""', "'''") and len(text) >= 6 else 1
        value = _unescape(text[quotes:-quotes])
        token = self._peek()
        if token is not None and token.kind == "at":
            return Literal(value, _LANG_STRING, self._next().text[1:].lower()), self._last
        if token is not None and token.kind == "type":
            self._next()
            return Literal(value, str(self._resource())), self._last
        return Literal(value), token.start if token is not None else self._last

    def _emit(self, subject: Term, predicate: IRI, value: Term, at: int, done: int) -> None:
        raw = _Raw(subject, predicate, value, self._graph, at, self._subject_at, done)
        self._out.append(raw)

    def _new(self) -> BNode:
        self._fresh += 1
        return BNode(f"[{self._fresh}]")

    def _iri(self, text: str) -> str:
        inner = _unescape(text[1:-1])
        return inner if _SCHEME.match(inner) else urljoin(self.base, inner) or self.base

    def _pname(self, text: str) -> IRI:
        prefix, _, local = text.partition(":")
        if prefix not in self.prefixes:
            raise UnreadableText(f"prefix {prefix}: is not declared")
        return IRI(self.prefixes[prefix] + re.sub(r"\\(.)", r"\1", local))


def _as_handed_out(raws: list[_Raw]) -> Iterator[_Raw]:
    """Turn around each run of statements that the same token completed."""
    for _, run in groupby(raws, key=lambda raw: raw.done):
        yield from reversed(list(run))


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise UnreadableText(f"{text[at : at + 10]!r} is not known here")
        kind = match.lastgroup or ""
        if kind != "space":
            yield _Token(kind, match.group(), at)
        at = match.end()


def _number(text: str) -> Literal:
    if "e" in text or "E" in text:
        return Literal(text, XSD + "double")
    return Literal(text, XSD + ("decimal" if "." in text else "integer"))


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text

    def plain(match: re.Match[str]) -> str:
        short, long, other = match.groups()
        if other is None:
            return chr(int(short or long, 16))
        return _CONTROL.get(other, other)

    return _ESCAPE.sub(plain, text)
