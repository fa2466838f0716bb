"""Frozen values that pass between the rooms: RDF terms, views, passages, evidence.

Terms follow RDF 1.1 Concepts, section 3. They keep the lexical form of the text they came from.
Values are named tuples: frozen like a dataclass, and a third of the time to import and to make.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

__all__ = [
    "IRI",
    "BNode",
    "Evidence",
    "Literal",
    "Passage",
    "Quad",
    "Source",
    "Term",
    "Triple",
    "Value",
    "View",
]

_XSD = "http://www.w3.org/2001/XMLSchema#"
_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
_INTEGERS = frozenset(
    _XSD + name
    for name in (
        "integer int long short byte nonNegativeInteger positiveInteger nonPositiveInteger "
        "negativeInteger unsignedInt unsignedLong unsignedShort unsignedByte"
    ).split()
)

_NUMBERS = _INTEGERS | {_XSD + name for name in ("decimal", "double", "float")}

Value: TypeAlias = "str | int | float | bool | Decimal | date | datetime"


class IRI(str):
    """An IRI as a string; `local` is what follows the last `#` or `/`.

    >>> IRI("https://w3id.org/cbrngraph/id/project/P087").local
    'P087'
    """

    __slots__ = ()

    @property
    def local(self) -> str:
        """The part after the last `#` or `/`."""
        return self.rpartition("#")[2] if "#" in self else self.rpartition("/")[2]

    def n3(self) -> str:
        """The term as N-Triples and SPARQL write it."""
        return f"<{self}>"


class BNode(str):
    """A blank node by its label, without `_:`."""

    __slots__ = ()

    def n3(self) -> str:
        """The term as N-Triples writes it."""
        return f"_:{self}"


_ESCAPES = str.maketrans(
    {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
)


class Literal(NamedTuple):
    """A literal: lexical form, datatype IRI and language tag (empty when there is none).

    >>> Literal("64", "http://www.w3.org/2001/XMLSchema#integer").python
    64
    """

    value: str
    datatype: str = _XSD + "string"
    language: str = ""

    def n3(self) -> str:
        """The term as N-Triples and SPARQL write it, always escaped."""
        quoted = f'"{self.value.translate(_ESCAPES)}"'
        if self.language:
            return f"{quoted}@{self.language}"
        if self.datatype == _XSD + "string":
            return quoted
        return f"{quoted}^^<{self.datatype}>"

    @property
    def python(self) -> Value:
        """The native value; the lexical form where the datatype has none or it is ill-typed.

        Partial dates (`xsd:gYear`, `xsd:gYearMonth`, EDTF) stay text: a native date would
        invent a precision that the source does not have.
        """
        try:
            return _native(self.value, self.datatype)
        except (ValueError, ArithmeticError):  # the second is what Decimal raises
            return self.value

    @property
    def is_number(self) -> bool:
        """Whether `python` is a number."""
        return self.datatype in _NUMBERS and not isinstance(self.python, str)

    def __str__(self) -> str:
        return self.value


def _native(value: str, datatype: str) -> Value:
    if datatype in _INTEGERS:
        return int(value)
    match datatype.removeprefix(_XSD):
        case "decimal":
            from decimal import Decimal

            return Decimal(value)
        case "double" | "float":
            return float(value.replace("INF", "inf"))
        case "boolean" if value in ("true", "1", "false", "0"):
            return value in ("true", "1")
        case "date" if len(value) == 10:
            from datetime import date

            return date.fromisoformat(value)
        case "dateTime":
            from datetime import datetime

            return datetime.fromisoformat(value)
    return value


Term: TypeAlias = IRI | BNode | Literal


class Triple(NamedTuple):
    """Subject, predicate, object."""

    subject: IRI | BNode
    predicate: IRI
    object: Term


class Quad(NamedTuple):
    """A triple and the graph it stands in; `None` is the default graph."""

    subject: IRI | BNode
    predicate: IRI
    object: Term
    graph: IRI | BNode | None


class View(NamedTuple):
    """Which statements a query sees: `all`, `current`, or `current` as of a date.

    `as_of` is the text as given (`2023-05`), `day` the last day it covers: sources that were
    certainly issued by then count.
    """

    name: str = "current"
    as_of: str = ""
    day: date | None = None

    @property
    def key(self) -> str:
        """A short name fit for a folder: `current`, `all`, `as-of-2023-05-31`."""
        base = self.name if self.day is None else f"as-of-{self.day.isoformat()}"
        return base if self.day is None or self.name == "current" else f"{self.name}-{base}"

    @property
    def iri(self) -> IRI:
        """The IRI of the view as a dataset."""
        return IRI("https://w3id.org/cbrngraph/view/" + self.key.replace("as-of-", "as-of/", 1))

    def __str__(self) -> str:
        return self.name if not self.as_of else f"{self.name} as of {self.as_of}"


class Source(NamedTuple):
    """A document or page that facts come from. `issued` keeps the precision of the source."""

    iri: IRI
    slug: str
    title: str
    publisher: str = ""
    url: str = ""
    issued: str = ""
    reliability: str = ""
    sha256: str = ""


class Passage(NamedTuple):
    """A part of a source: lines count from 1, 0 when the locator gives none."""

    iri: IRI
    source: Source
    locator: str
    heading: str = ""
    start_line: int = 0
    end_line: int = 0
    excerpt: str = ""
    as_of: str = ""
    confidence: str = ""
    claims: tuple[str, ...] = ()


class Evidence(NamedTuple):
    """A statement and the passages that state it; `passages` is empty for an entailed one."""

    statement: Triple
    passages: tuple[Passage, ...]
