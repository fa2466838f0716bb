"""Writers: media types and suffixes, and which kind of answer each format can hold.

The W3C formats (csv, tsv, json, xml, turtle, nt, trig, nquads, jsonld) are exactly as their
recommendations say. The others (table, md, xlsx) are for people and show labels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

from cbrngraph.errors import UnknownNameError, UsageError, nearest

if TYPE_CHECKING:
    from cbrngraph.results import Kind, Result

__all__ = ["FORMATS", "Format", "choose", "find", "fitting", "write"]

_QUESTIONS = {"select": "a SELECT", "ask": "an ASK", "graph": "a CONSTRUCT or DESCRIBE"}


class Format(NamedTuple):
    """A format: the kinds of answer that it can hold, its file suffixes and media type."""

    name: str
    kinds: tuple[Kind, ...]
    suffixes: tuple[str, ...]
    media_type: str
    module: str

    @property
    def binary(self) -> bool:
        """Whether it is no text, so not for a terminal."""
        return self.name == "xlsx"


FORMATS: dict[str, Format] = {
    made.name: made
    for made in (
        Format("table", ("select", "ask", "graph"), (".txt",), "text/plain", "text"),
        Format("csv", ("select",), (".csv",), "text/csv", "delimited"),
        Format("tsv", ("select",), (".tsv",), "text/tab-separated-values", "delimited"),
        Format(
            "json",
            ("select", "ask"),
            (".json", ".srj"),
            "application/sparql-results+json",
            "sparqljson",
        ),
        Format(
            "xml",
            ("select", "ask"),
            (".xml", ".srx"),
            "application/sparql-results+xml",
            "sparqlxml",
        ),
        Format(
            "xlsx",
            ("select",),
            (".xlsx",),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "xlsx",
        ),
        Format("md", ("select", "ask"), (".md",), "text/markdown", "markdown"),
        Format("turtle", ("graph",), (".ttl",), "text/turtle", "turtle"),
        Format("nt", ("graph",), (".nt",), "application/n-triples", "turtle"),
        Format("trig", ("graph",), (".trig",), "application/trig", "turtle"),
        Format("nquads", ("graph",), (".nq",), "application/n-quads", "turtle"),
        Format("jsonld", ("graph",), (".jsonld",), "application/ld+json", "jsonld"),
    )
}


def find(name: str) -> Format:
    """Return a format by name.

    Raises:
        UnknownNameError: there is none of that name.
    """
    if name in FORMATS:
        return FORMATS[name]
    raise UnknownNameError(
        "format", name, nearest(name, FORMATS), f"the formats are {', '.join(FORMATS)}"
    )


def choose(
    name: str | None,
    path: str | PurePath | None,
    default: str = "table",
    among: Iterable[str] = (),
) -> Format:
    """Return the format that was named, else the one of the file's suffix, else the default.

    `among` are the names to list when no format has the suffix; all when there are none.

    Raises:
        UnknownNameError: there is no format of that name.
        UsageError: no format has the suffix of the file.
    """
    if name:
        return find(name)
    if path is None or str(path) == "-":
        return FORMATS[default]
    suffix = PurePath(path).suffix.lower()
    for made in FORMATS.values():
        if suffix in made.suffixes:
            return made
    known = ", ".join(FORMATS[each].suffixes[0] for each in among or FORMATS)
    raise UsageError(f"no format has the suffix of {str(path)!r} (known: {known}); say --format")


def fitting(kind: Kind) -> tuple[str, ...]:
    """Return the names of the formats that can hold an answer of that kind."""
    return tuple(made.name for made in FORMATS.values() if kind in made.kinds)


def write(result: Result, name: str, out: BinaryIO) -> None:
    """Write an answer to a binary file in the format of that name.

    Raises:
        UnknownNameError: there is no such format.
        UsageError: the format cannot hold this kind of answer.
    """
    made = find(name)
    if result.kind not in made.kinds:
        fits = ", ".join(fitting(result.kind))
        raise UsageError(
            f"{_QUESTIONS[result.kind]} query cannot be written as {name}; what fits: {fits}"
        )
    module = import_module(f"cbrngraph.formats.{made.module}")
    writer = cast("Callable[[Result, BinaryIO], None]", getattr(module, f"write_{name}"))
    writer(result, out)
