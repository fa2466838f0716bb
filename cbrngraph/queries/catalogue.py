"""The stored queries of a project: one file, one question, one name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

from cbrngraph.errors import ReadError, SyntaxFault, UnknownNameError, UsageError, nearest
from cbrngraph.queries.header import Entry, Node, read_header
from cbrngraph.resources import InputFile, Project

__all__ = [
    "TYPES",
    "Catalogue",
    "Chart",
    "Parameter",
    "Question",
    "StoredQuery",
    "find_query",
    "load_query",
    "read_query",
]

Question: TypeAlias = "str | os.PathLike[str]"

TYPES = ("iri", "string", "integer", "decimal", "boolean", "date", "date-start")
_CHARTS = ("table", "bar", "line", "map")
_KEYS = ("summary", "description", "tags", "view", "chart", "severity", "message", "params")
_PARAMETER_KEYS = ("name", "type", "label", "default", "choices")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Chart(NamedTuple):
    """How a page shows an answer; the variables are without `?` and empty where not used."""

    kind: str = "table"
    x: str = ""
    y: str = ""
    series: str = ""


class Parameter(NamedTuple):
    """A parameter of a query. `default` None means all rows; `choices` is a SELECT or empty."""

    name: str
    type: str
    label: str
    default: str | None = None
    choices: str = ""


class StoredQuery(NamedTuple):
    """A query with its header; `text` is the whole file, `path` None when it came from no file."""

    slug: str
    text: str
    topic: str = ""
    summary: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    view: str = "current"
    chart: Chart = Chart()
    severity: str = ""
    message: str = ""
    parameters: tuple[Parameter, ...] = ()
    path: Path | None = None

    @property
    def iri(self) -> str:
        """The IRI of the query."""
        return "https://w3id.org/cbrngraph/query/" + self.slug

    @property
    def sparql(self) -> str:
        """The text without the header."""
        lines = self.text.splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith("#+")).strip() + "\n"

    def parameter(self, name: str) -> Parameter:
        """Return a parameter by name.

        Raises:
            UnknownNameError: the query has none of that name.
        """
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        names = [parameter.name for parameter in self.parameters]
        have = f"{self.slug} has: {', '.join(names)}" if names else f"{self.slug} has none"
        raise UnknownNameError("parameter", name, nearest(name, names), f"({have})")


class Catalogue:
    """The stored queries of a project. Looking one up reads only that one file."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def names(self) -> tuple[str, ...]:
        """Return the slugs of all queries, sorted; no file is read."""
        return self._project.query_slugs()

    def topics(self) -> tuple[str, ...]:
        """Return the topics, sorted; no file is read."""
        return tuple(sorted({_topic(file) for file in self._project.query_files()}))

    def get(self, slug: str) -> StoredQuery:
        """Return a query by name.

        Raises:
            UnknownNameError: there is none of that name; the nearest are suggested.
            SyntaxFault: its header is faulty.
        """
        return _load(self._project.find_query(slug))

    def select(self, topic: str | None = None) -> tuple[StoredQuery, ...]:
        """Return all queries, or those of a topic, by topic and slug.

        Raises:
            UnknownNameError: there is no such topic.
        """
        topics = self.topics()
        if topic is not None and topic not in topics:
            hint = f"(there are {', '.join(topics)})"
            raise UnknownNameError("topic", topic, nearest(topic, topics), hint)
        files = self._project.query_files()
        found = [_load(file) for file in files if topic in (None, _topic(file))]
        return tuple(sorted(found, key=lambda query: (query.topic, query.slug)))

    def __iter__(self) -> Iterator[StoredQuery]:
        return iter(self.select())

    def __len__(self) -> int:
        return len(self.names())

    def __contains__(self, slug: object) -> bool:
        return slug in self.names()

    def __repr__(self) -> str:
        return f"<Catalogue: {len(self)} queries in {', '.join(self.topics())}>"

    def _repr_html_(self) -> str:
        """Return the queries as a table, as notebooks show it."""
        from html import escape

        rows = "\n".join(
            f"<tr><td>{escape(q.topic)}</td><td><code>{escape(q.slug)}</code></td>"
            f"<td>{escape(q.summary)}</td></tr>"
            for q in self
        )
        head = "<tr><th>topic</th><th>query</th><th>question</th></tr>"
        return f"<table>\n<thead>{head}</thead>\n<tbody>\n{rows}\n</tbody>\n</table>"


def load_query(path: Path) -> StoredQuery:
    """Return the query in a file, with or without a header.

    Raises:
        ReadError: the file cannot be read.
        SyntaxFault: its header is faulty.
    """
    try:
        text = path.read_text(encoding="utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise ReadError(path, f"is not UTF-8 text (byte {error.start})") from None
    except OSError as error:
        raise ReadError(path, error.strerror or "cannot be read") from None
    return read_query(text, path)


def read_query(text: str, path: Path | None = None, topic: str = "") -> StoredQuery:
    """Return the query of a text.

    Raises:
        SyntaxFault: its header is faulty.
    """
    where = path or Path("query")
    header = read_header(text, where)
    reader = _Fields(header, where)
    reader.only(_KEYS)
    return StoredQuery(
        slug=where.stem,
        text=text,
        topic=topic,
        summary=reader.text("summary", required=bool(header)),
        description=reader.text("description"),
        tags=reader.words("tags"),
        view=reader.choice("view", ("current", "all")),
        chart=reader.chart(),
        severity=reader.choice("severity", ("", "violation", "warning", "info")),
        message=reader.text("message"),
        parameters=reader.parameters(),
        path=path,
    )


def find_query(project: Project, text: Question) -> StoredQuery:
    """Return the query that `text` names or is: a stored query, a file, or SPARQL.

    A path is a file. What has a space or a brace is SPARQL; what ends in `.rq` or `.sparql`, or
    holds a slash, is a file; all else is the name of a stored query.

    Raises:
        UnknownNameError: there is no stored query of that name.
        ReadError, SyntaxFault: the file cannot be read, or its header is faulty.
        UsageError: `text` is neither a text nor a path.
    """
    if isinstance(text, os.PathLike):
        return load_query(Path(text))
    if not isinstance(text, str):
        raise UsageError(f"query() takes a text or a path, not {text!r}")
    if "{" in text or len(text.split()) > 1:
        return read_query(text)
    if text.endswith((".rq", ".sparql")) or "/" in text or "\\" in text:
        return load_query(Path(text))
    return _load(project.find_query(text))


def _load(file: InputFile) -> StoredQuery:
    query = load_query(file.path)
    return read_query(query.text, file.path, _topic(file))


def _topic(file: InputFile) -> str:
    parts = file.name.split("/")
    return parts[1] if len(parts) > 2 else ""


class _Fields:
    """The entries of a header mapping as checked values."""

    def __init__(self, node: Node, path: Path) -> None:
        self._node = node
        self._path = path

    def fault(self, entry: Entry | None, message: str) -> SyntaxFault:
        line = entry.line if entry else 1
        return SyntaxFault(self._path, line, 0, f"query header: {message}")

    def only(self, keys: tuple[str, ...]) -> None:
        for key, entry in self._node.items():
            if key not in keys:
                near = nearest(key, keys)
                hint = f"did you mean {near[0]!r}?" if near else f"the keys are {', '.join(keys)}"
                raise self.fault(entry, f"unknown key {key!r}; {hint}")

    def text(self, key: str, *, required: bool = False) -> str:
        entry = self._node.get(key)
        if entry is None or entry.value in (None, ""):
            if required:
                raise self.fault(entry, f"{key!r} is missing")
            return ""
        if not isinstance(entry.value, str):
            raise self.fault(entry, f"{key!r} must be text")
        return entry.value

    def words(self, key: str) -> tuple[str, ...]:
        entry = self._node.get(key)
        if entry is None:
            return ()
        if not isinstance(entry.value, tuple):
            raise self.fault(entry, f"{key!r} must be a list: [one, two]")
        return tuple(word for word in entry.value if isinstance(word, str))

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        value = self.text(key) or allowed[0]
        if value not in allowed:
            listed = ", ".join(word for word in allowed if word)
            raise self.fault(self._node[key], f"{key!r} must be one of {listed}, not {value!r}")
        return value

    def chart(self) -> Chart:
        kind, *settings = self.text("chart").split() or ["table"]
        entry = self._node.get("chart")
        if kind not in _CHARTS:
            raise self.fault(entry, f"'chart' must be one of {', '.join(_CHARTS)}, not {kind!r}")
        given = dict(setting.partition("=")[::2] for setting in settings)
        if not set(given) <= {"x", "y", "series"} or not all(given.values()):
            raise self.fault(entry, "a chart takes x=variable y=variable series=variable")
        if kind != "table" and not {"x", "y"} <= set(given):
            raise self.fault(entry, f"a {kind} chart needs x=variable y=variable")
        return Chart(kind, given.get("x", ""), given.get("y", ""), given.get("series", ""))

    def parameters(self) -> tuple[Parameter, ...]:
        entry = self._node.get("params")
        if entry is None or entry.value is None:
            return ()
        if not isinstance(entry.value, tuple):
            raise self.fault(entry, "'params' must be a list of '- name: ...'")
        found: dict[str, Parameter] = {}
        for item in entry.value:
            if isinstance(item, str):
                raise self.fault(entry, "'params' must be a list of '- name: ...'")
            parameter = _Fields(item, self._path).parameter()
            if parameter.name in found:
                raise self.fault(item["name"], f"parameter {parameter.name!r} is given twice")
            found[parameter.name] = parameter
        return tuple(found.values())

    def parameter(self) -> Parameter:
        self.only(_PARAMETER_KEYS)
        first = next(iter(self._node.values()))
        name = self.text("name")
        if not _NAME.fullmatch(name):
            entry = self._node.get("name", first)
            raise self.fault(entry, f"a parameter needs a name of a-z, 0-9 and _, not {name!r}")
        kind = self.text("type")
        if kind not in TYPES:
            entry = self._node.get("type", first)
            known = ", ".join(TYPES)
            raise self.fault(entry, f"the type of {name!r} must be one of {known}, not {kind!r}")
        default = self._node.get("default")
        return Parameter(
            name=name,
            type=kind,
            label=self.text("label") or name,
            default=self.text("default") or None if default else None,
            choices=self.text("choices"),
        )
