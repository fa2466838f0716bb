"""The address of a result: short enough to print, and enough to ask again.

    projects-by-country:country=country~UZB:current@2023-05-31:q3f2a…-s9c1b…-a77e0…

The parts are the stored query, its parameters with every value as a term, the view with its
last day, and three hashes: of the query's text, of the graph and of the answer. No part needs
quoting in a shell, and the whole is one segment of an IRI path (RFC 3986, section 3.3).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from cbrngraph.errors import UsageError
from cbrngraph.model import IRI, BNode, Literal, Term
from cbrngraph.namespaces import BASE, PREFIXES
from cbrngraph.queries import tokenize

if TYPE_CHECKING:
    from cbrngraph.queries import StoredQuery
    from cbrngraph.results import Result

__all__ = ["TEXT", "Address", "answer_hash", "text_hash"]

# The name of a query that is no stored one; its text must be given again.
TEXT = "sparql"
_RESULTS = BASE + "result/"
_THINGS = BASE + "id/"
_XSD = PREFIXES["xsd"]
_STRING = _XSD + "string"
_DIGITS = 12
_HASHES = re.compile(r"q([0-9a-f]{12})-s([0-9a-f]{12})-a([0-9a-f]{12})")
_VIEW = re.compile(r"(current|all)(?:@(\d{4}-\d\d-\d\d))?")
_SHAPES = (
    (re.compile(r"-?[0-9]+"), "integer"),
    (re.compile(r"-?[0-9]+\.[0-9]+"), "decimal"),
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "date"),
    (re.compile(r"true|false"), "boolean"),
)

Terms = tuple[tuple[str, tuple[IRI | Literal, ...]], ...]


@dataclass(frozen=True, slots=True)
class Address:
    """What a result was: the query's name, its values, the view, and three hashes (12 digits)."""

    name: str
    terms: Terms
    view: str
    day: str
    query: str
    snapshot: str
    answer: str

    @property
    def id(self) -> str:
        """The address as one word."""
        values = [f"{name}={','.join(sorted(map(_written, t)))}" for name, t in sorted(self.terms)]
        view = f"{self.view}@{self.day}" if self.day else self.view
        hashes = f"q{self.query}-s{self.snapshot}-a{self.answer}"
        return ":".join([_quoted(self.name), *values, view, hashes])

    @property
    def iri(self) -> IRI:
        """The address as an IRI."""
        return IRI(_RESULTS + self.id)

    @classmethod
    def of(cls, result: Result) -> Address:
        """Return the address of a result; its answer is read to the end.

        Raises:
            UsageError: a limit cut the answer off.
        """
        hashed = answer_hash(result)
        if result.truncated:
            raise UsageError("an answer that was cut off cannot be cited; ask without a limit")
        snapshot, asked = result.snapshot, result.asked
        day = snapshot.view.day
        return cls(
            name=asked.query.slug if _is_stored(result) else TEXT,
            terms=tuple(sorted((name, tuple(found)) for name, found in asked.terms)),
            view=snapshot.view.name,
            day=day.isoformat() if day else "",
            query=text_hash(asked.query),
            snapshot=snapshot.id[:_DIGITS],
            answer=hashed,
        )

    @classmethod
    def parse(cls, text: str) -> Address:
        """Return the address of an id or IRI.

        Raises:
            UsageError: it is none.
        """
        bare = text.strip().removeprefix("<").removesuffix(">").removeprefix(_RESULTS)
        name, *middle = bare.split(":")
        hashes = _HASHES.fullmatch(middle[-1]) if middle else None
        view = _VIEW.fullmatch(middle[-2]) if len(middle) > 1 else None
        pairs = [part.partition("=") for part in middle[:-2]]
        if not name or hashes is None or view is None or not all(p[0] and p[2] for p in pairs):
            raise UsageError(
                f"{text!r} is no citation id; 'cbrngraph cite' prints them: NAME:current:q…-s…-a…"
            )
        terms = tuple((key, tuple(map(_read, value.split(",")))) for key, _, value in pairs)
        return cls(unquote(name), terms, view[1], view[2] or "", *hashes.groups())


def _is_stored(result: Result) -> bool:
    query = result.asked.query
    files = result.snapshot.project.query_files()
    return query.path is not None and any(file.path == query.path for file in files)


def text_hash(query: StoredQuery) -> str:
    """Return a hash of what a query asks: its tokens, without header, comments and white space."""
    return _hash(token.text for token in tokenize(query.sparql))


def answer_hash(result: Result) -> str:
    """Return a hash of an answer: the rows in any order, blank nodes without their labels."""
    if result.kind == "ask":
        return _hash([str(bool(result)).lower()])
    if result.kind == "graph":
        return _hash(sorted("\t".join(map(_term, triple)) for triple in result.triples))
    rows = sorted("\t".join(map(_term, row)) for row in result.terms)
    return _hash(["\t".join(result.variables), *rows])


def _term(term: Term | None) -> str:
    if term is None:
        return ""
    return "[]" if isinstance(term, BNode) else term.n3()


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_DIGITS]


# --- terms as words -----------------------------------------------------------------------


def _written(term: IRI | Literal) -> str:
    """A term without any character that a shell, an IRI or the address itself would read."""
    if isinstance(term, IRI):
        kind, slash, slug = term.removeprefix(_THINGS).partition("/")
        if term.startswith(_THINGS) and slash and kind and slug:
            return f"{_quoted(kind)}~{_path(slug)}"
        if term.startswith(BASE):
            return "~" + _path(term.removeprefix(BASE))
        return _quoted(term) + "+iri"
    bare = _quoted(term.value)
    if term.language:
        return f"{bare}+@{term.language}"
    if term.datatype == _implied(term.value):
        return bare
    if term.datatype.startswith(_XSD):
        return f"{bare}+{_quoted(term.datatype.removeprefix(_XSD))}"
    return f"{bare}+{_quoted(term.datatype)}"


def _read(word: str) -> IRI | Literal:
    text, plus, kind = word.partition("+")
    if kind == "iri":
        return IRI(unquote(text))
    if kind.startswith("@"):
        return Literal(unquote(text), PREFIXES["rdf"] + "langString", kind[1:])
    if plus:
        named = unquote(kind)
        return Literal(unquote(text), named if ":" in named else _XSD + named)
    if "~" in text:
        base = BASE if text.startswith("~") else _THINGS
        return IRI(base + "/".join(map(unquote, text.removeprefix("~").split("~"))))
    value = unquote(text)
    return Literal(value, _implied(value))


def _implied(value: str) -> str:
    """The datatype of a literal that says none: by its shape, as in Turtle."""
    return next((_XSD + name for shape, name in _SHAPES if shape.fullmatch(value)), _STRING)


def _quoted(text: str) -> str:
    return quote(text, safe="").replace("~", "%7E")


def _path(text: str) -> str:
    return "~".join(map(_quoted, text.split("/")))
