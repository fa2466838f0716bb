"""The only room that knows the engine (Oxigraph): parse text, load, query, match.

A store is an index for answering: Oxigraph rewrites literals when it stores them (`1.50`
becomes `1.5`), so export, diff and evidence read the text through `scan` and `parse_file`,
which keep every lexical form.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from cbrngraph.errors import (
    EnvironmentProblem,
    InputError,
    QueryError,
    ReadError,
)
from cbrngraph.model import IRI, BNode, Literal, Quad, Term, Triple

if TYPE_CHECKING:
    import pyoxigraph as ox

__all__ = ["Solutions", "Store", "Triples", "parse_file", "parse_text", "scan"]

_FORMATS = {
    ".ttl": "TURTLE",
    ".trig": "TRIG",
    ".nt": "N_TRIPLES",
    ".nq": "N_QUADS",
    ".rdf": "RDF_XML",
    ".owl": "RDF_XML",
    ".xml": "RDF_XML",
    ".jsonld": "JSON_LD",
    ".n3": "N3",
}
_BASE = "https://w3id.org/cbrngraph/"
_WHERE = r"(?:error at|at|from|between)?\s*(?:line\s*)?(\d+):(\d+)"

_DAMAGED = "the built graph is damaged; 'cbrngraph build --force' makes it anew"

_ANY = IRI("urn:cbrngraph:any")

N3Quad: TypeAlias = tuple[str, str, str, str]


class Solutions(NamedTuple):
    """The answer to a SELECT: variable names without `?`, and one row of terms per solution."""

    variables: tuple[str, ...]
    rows: Iterator[tuple[Term | None, ...]]


class Triples(NamedTuple):
    """The answer to a CONSTRUCT or DESCRIBE."""

    triples: Iterator[Triple]


class Store:
    """A set of quads with SPARQL over it. Make one with `memory`, `create` or `read_only`."""

    def __init__(self, inner: ox.Store) -> None:
        self._inner = inner
        # When given, it collects what `match` is asked about: ("s", subject), else ("o", object).
        self.asked: set[tuple[str, Term]] | None = None

    @classmethod
    def memory(cls) -> Store:
        """Return an empty store in memory."""
        import pyoxigraph as ox

        return cls(ox.Store())

    @classmethod
    def create(cls, folder: Path) -> Store:
        """Return a writable store in `folder`, made when it is not there."""
        import pyoxigraph as ox

        with _engine_errors(folder):
            return cls(ox.Store(str(folder)))

    @classmethod
    def read_only(cls, folder: Path) -> Store:
        """Return the store in `folder`, opened for reading by any number of processes.

        Raises:
            ReadError: there is no store in `folder`, or it is damaged.
        """
        import pyoxigraph as ox

        try:
            return cls(ox.Store.read_only(str(folder)))
        except (OSError, RuntimeError) as error:
            raise ReadError(folder, f"is no usable store ({error})") from error

    def __len__(self) -> int:
        return len(self._inner)

    def load_file(self, path: Path, graph: str | None = None) -> None:
        """Load a file in bulk; its default graph goes to `graph` when that is given.

        Raises:
            ReadError: the file cannot be read.
            SyntaxFault: it is not well-formed.
        """
        import pyoxigraph as ox

        target = ox.NamedNode(graph) if graph else None
        with _parse_errors(path), _engine_errors(path):
            self._inner.bulk_load(
                path=str(path), format=_format(path), base_iri=_BASE, to_graph=target
            )

    def load_text(self, text: str | bytes, suffix: str = ".nq", graph: str | None = None) -> None:
        """Load text in bulk; `suffix` names its format (`.nq`, `.trig`, `.ttl`, `.nt`).

        Blank nodes of `.nq` and `.nt` keep their labels; the engine renames those of the others.
        """
        import pyoxigraph as ox

        target = ox.NamedNode(graph) if graph else None
        where = Path(f"text{suffix}")
        raw = text.encode() if isinstance(text, str) else text
        by_line = suffix in (".nq", ".nt") and target is None
        raw, labelled = _labelled_apart(raw) if by_line else (raw, b"")
        with _parse_errors(where), _engine_errors(where):
            self._inner.bulk_load(input=raw, format=_format(where), base_iri=_BASE, to_graph=target)
            if labelled:
                self._inner.bulk_extend(ox.parse(input=labelled, format=_format(where)))

    def change(self, removed: Iterable[str], added: Iterable[str]) -> None:
        """Take out and put in statements, given as lines of N-Quads; labels are kept."""
        import pyoxigraph as ox

        for quad in ox.parse(input="".join(removed), format=ox.RdfFormat.N_QUADS):
            self._inner.remove(quad)
        self._inner.extend(ox.parse(input="".join(added), format=ox.RdfFormat.N_QUADS))

    def add(self, quads: Iterable[Quad]) -> None:
        """Add quads one by one; for many, `load_text` is faster."""
        import pyoxigraph as ox

        self._inner.extend(
            ox.Quad(
                to_engine(quad.subject),
                to_engine(quad.predicate),
                to_engine(quad.object),
                ox.DefaultGraph() if quad.graph is None else to_engine(quad.graph),
            )
            for quad in quads
        )

    def finish(self) -> None:
        """Write what is pending and make the files compact, once all is loaded."""
        with _engine_errors(Path("store")):
            self._inner.flush()

    def query(self, sparql: str, path: Path | None = None) -> Solutions | bool | Triples:
        """Return the answer to a SPARQL 1.1 query; `path` is named in its errors.

        Plain patterns see the default graph (the view); `GRAPH` sees the named graphs.

        Raises:
            QueryError: the text does not parse, with line and column.
        """
        import pyoxigraph as ox

        try:
            answer = self._inner.query(sparql, base_iri=_BASE)
        except SyntaxError as error:
            raise _query_error(str(error), path) from None
        except (ValueError, RuntimeError, OSError) as error:
            raise QueryError(f"the engine refuses it: {error}", path=path) from None
        if isinstance(answer, ox.QueryBoolean):
            return bool(answer)
        if isinstance(answer, ox.QueryTriples):
            return Triples(_triples(answer, path))
        names = tuple(variable.value for variable in answer.variables)
        return Solutions(names, _rows(answer, len(names), path))

    def select(self, sparql: str, path: Path | None = None) -> Solutions:
        """Return the solutions of a SELECT.

        Raises:
            QueryError: the text does not parse or is no SELECT.
        """
        answer = self.query(sparql, path)
        if not isinstance(answer, Solutions):
            raise QueryError("a SELECT query is needed here", path=path)
        return answer

    def ask(self, sparql: str) -> bool:
        """Return the answer to an ASK."""
        answer = self.query(sparql)
        if not isinstance(answer, bool):
            raise QueryError("an ASK query is needed here")
        return answer

    def construct(self, sparql: str) -> Iterator[Triple]:
        """Return the triples of a CONSTRUCT or DESCRIBE."""
        answer = self.query(sparql)
        if not isinstance(answer, Triples):
            raise QueryError("a CONSTRUCT or DESCRIBE query is needed here")
        return answer.triples

    def match(
        self,
        subject: Term | None = None,
        predicate: IRI | None = None,
        object: Term | None = None,
        graph: IRI | BNode | None = None,
        *,
        any_graph: bool = False,
    ) -> Iterator[Quad]:
        """Return the quads that match; `None` is a wildcard for all but `graph`.

        `graph=None` is the default graph (the view), unless `any_graph` asks for all graphs.
        """
        import pyoxigraph as ox

        if isinstance(subject, Literal):
            return iter(())
        if self.asked is not None:
            self.asked.add(
                ("s", subject) if subject is not None else ("o", object or predicate or _ANY)
            )
        where = None if any_graph else (ox.DefaultGraph() if graph is None else to_engine(graph))
        return _intact(
            self._inner.quads_for_pattern(
                None if subject is None else to_engine(subject),
                None if predicate is None else to_engine(predicate),
                None if object is None else to_engine(object),
                where,
            )
        )

    def default_text(self) -> bytes:
        """Return the default graph as N-Triples, in no order, literals as the engine keeps them."""
        import pyoxigraph as ox

        made = self._inner.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
        return made or b""

    def contains(self, triple: Triple, graph: IRI | None = None) -> bool:
        """Say whether a triple stands in the default graph, or in `graph`."""
        return next(self.match(*triple, graph=graph), None) is not None


def scan(path: Path, suffix: str | None = None) -> Iterator[N3Quad]:
    """Yield (subject, predicate, object, graph) of a file as N-Triples text; graph "" is default.

    Lexical forms are kept as written. Blank nodes get labels in order of appearance, so the
    same file gives the same text each time.

    Raises:
        ReadError: the file cannot be read.
        SyntaxFault: it is not well-formed.
    """
    import pyoxigraph as ox

    with _parse_errors(path):
        # The engine writes N-Quads three times faster than it hands over terms one by one.
        text = ox.serialize(
            ox.parse(path=str(path), format=_format(path, suffix), base_iri=_BASE),
            format=ox.RdfFormat.N_QUADS,
        )
    # One string for each different term: memory, and comparisons that end at identity.
    same: dict[str, str] = {}
    one = same.setdefault
    labels: dict[str, str] = {}
    for line in (text or b"").decode().split("\n"):
        if line:
            subject, predicate, rest = line.split(" ", 2)
            object_, graph = _split_object(rest)
            if subject[0] == "_" or object_[0] == "_":
                subject, object_, graph = (
                    labels.setdefault(term, f"_:b{len(labels)}") if term[:2] == "_:" else term
                    for term in (subject, object_, graph)
                )
            yield (
                one(subject, subject),
                one(predicate, predicate),
                one(object_, object_),
                (one(graph, graph)),
            )


def _labelled_apart(text: bytes) -> tuple[bytes, bytes]:
    """Split N-Quads into the lines without a blank node's label, and those that may have one."""
    plain: list[bytes] = []
    labelled: list[bytes] = []
    at = 0
    while (found := text.find(b"_:", at)) >= 0:
        start = text.rfind(b"\n", at, found) + 1 or at
        end = text.find(b"\n", found) + 1 or len(text)
        plain.append(text[at:start])
        labelled.append(text[start:end])
        at = end
    return (b"".join([*plain, text[at:]]), b"".join(labelled)) if labelled else (text, b"")


def _split_object(rest: str) -> tuple[str, str]:
    """Split the end of an N-Quads line (after the predicate) into object and graph, or ""."""
    body = rest[:-2]  # without " ."
    if body[0] != '"':
        object_, _, graph = body.partition(" ")
        return object_, graph
    # What follows the last space is a graph unless it holds the literal's closing quote,
    # which neither an IRI nor a label can: `"a <b>"^^<t>` is one literal.
    head, _, last = body.rpartition(" ")
    return (head, last) if head and '"' not in last else (body, "")


def parse_file(path: Path, suffix: str | None = None) -> Iterator[Quad]:
    """Yield the quads of a file, lexical forms kept; raises as `scan` does."""
    import pyoxigraph as ox

    with _parse_errors(path):
        yield from map(
            _quad, ox.parse(path=str(path), format=_format(path, suffix), base_iri=_BASE)
        )


def parse_text(text: str | bytes, suffix: str, path: Path | None = None) -> Iterator[Quad]:
    """Yield the quads of a text; `path` is the name used in errors."""
    import pyoxigraph as ox

    name = path or Path(f"text{suffix}")
    data = text.encode() if isinstance(text, str) else text
    with _parse_errors(name):
        yield from map(_quad, ox.parse(input=data, format=_format(name, suffix), base_iri=_BASE))


def to_engine(term: Term) -> Any:
    """Return the engine's own term."""
    import pyoxigraph as ox

    if isinstance(term, Literal):
        if term.language:
            return ox.Literal(term.value, language=term.language)
        return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype))
    return ox.BlankNode(str(term)) if isinstance(term, BNode) else ox.NamedNode(str(term))


def from_engine(term: Any) -> Term:
    """Return the project's term for one of the engine's."""
    kind = type(term).__name__
    if kind == "NamedNode":
        return IRI(term.value)
    if kind == "Literal":
        return Literal(term.value, term.datatype.value, term.language or "")
    if kind == "BlankNode":
        return BNode(term.value)
    raise QueryError(f"a term of kind {kind} is not supported")


def _quad(quad: Any) -> Quad:
    graph = quad.graph_name
    named = type(graph).__name__ != "DefaultGraph"
    # The casts hold by RDF 1.1: a subject is no literal, a predicate is an IRI.
    return Quad(
        from_engine(quad.subject),  # type: ignore[arg-type]
        IRI(quad.predicate.value),
        from_engine(quad.object),
        from_engine(graph) if named else None,  # type: ignore[arg-type]
    )


def _intact(quads: Iterable[Any]) -> Iterator[Quad]:
    """Yield quads; what the engine raises in between means that its files are damaged."""
    try:
        yield from map(_quad, quads)
    except (RuntimeError, OSError) as error:
        raise InputError(f"{_DAMAGED} ({error})") from None


def _rows(answer: Any, width: int, path: Path | None) -> Iterator[tuple[Term | None, ...]]:
    columns = range(width)
    try:
        for solution in answer:
            yield tuple(
                None if (term := solution[column]) is None else from_engine(term)
                for column in columns
            )
    except ValueError as error:
        raise QueryError(f"the engine stopped: {error}", path=path) from None
    except (RuntimeError, OSError) as error:
        raise InputError(f"{_DAMAGED} ({error})") from None


def _triples(answer: Any, path: Path | None) -> Iterator[Triple]:
    try:
        for triple in answer:
            yield Triple(
                from_engine(triple.subject),  # type: ignore[arg-type]
                IRI(triple.predicate.value),
                from_engine(triple.object),
            )
    except ValueError as error:
        raise QueryError(f"the engine stopped: {error}", path=path) from None
    except (RuntimeError, OSError) as error:
        raise InputError(f"{_DAMAGED} ({error})") from None


def _format(path: Path, suffix: str | None = None) -> Any:
    import pyoxigraph as ox

    name = _FORMATS.get((suffix or path.suffix).lower())
    if name is None:
        known = ", ".join(sorted(_FORMATS))
        raise ReadError(path, f"unknown RDF format; the known suffixes are {known}")
    return getattr(ox.RdfFormat, name)


def _query_error(message: str, path: Path | None) -> QueryError:
    found = re.search(_WHERE, message)
    line, column = (int(found[1]), int(found[2])) if found else (0, 0)
    reason = message[found.end() :].lstrip(": ") if found else message
    return QueryError(reason or message, path=path, line=line, column=column)


@contextmanager
def _parse_errors(path: Path) -> Iterator[None]:
    """Turn what the engine raises while parsing `path` into the project's errors."""
    try:
        yield
    except SyntaxError as error:
        from cbrngraph.syntax import syntax_fault

        raise syntax_fault(path, error) from None
    except FileNotFoundError:
        raise ReadError(path, "no such file") from None
    except OSError as error:
        _raise_if_full(path, error)
        raise ReadError(path, error.strerror or str(error)) from None


@contextmanager
def _engine_errors(path: Path) -> Iterator[None]:
    """Turn a full disk or another failure of the engine's files into one clear message."""
    try:
        yield
    except OSError as error:
        _raise_if_full(path, error)
        raise ReadError(path, str(error)) from None


def _raise_if_full(path: Path, error: OSError) -> None:
    if error.errno == errno.ENOSPC or "No space left" in str(error):
        raise EnvironmentProblem(
            f"{path}: the disk is full; free some space, or set CBRNGRAPH_CACHE to a folder on "
            "another disk"
        ) from None
