"""From a statement to the lines that state it, in the files of a project or in files alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from cbrngraph.model import IRI, BNode, Term
from cbrngraph.validate.blocks import LARGE, Blocks, tail
from cbrngraph.validate.positions import Statement, UnreadableText, statements
from cbrngraph.validate.report import Place
from cbrngraph.validate.vocabulary import RDF_TYPE

__all__ = ["FileIndex", "Locator", "parts_of", "tail"]

_IDENTIFIER = "http://purl.org/dc/terms/identifier"
_MOST = 12
_WORD = re.compile(rb"[A-Za-z0-9]+")
# A prefix or base that ends with a letter or digit.
_CUTTING = re.compile(rb"(?:prefix\s+[^\s:<]*:|base)\s*<[^>]*[A-Za-z0-9]>", re.IGNORECASE)
# What a text need not have: these stand in the base that holds where none is declared.
_DEFAULT = frozenset(_WORD.findall(b"https://w3id.org/cbrngraph/"))


class FileIndex:
    """The statements of one file by subject, with their lines."""

    def __init__(self, path: Path, text: str, prefix: str) -> None:
        self.path = path
        self.by_subject: dict[Term, list[Statement]] = {}
        try:
            for found in statements(text):
                subject = BNode(prefix + found.subject) if _blank(found.subject) else found.subject
                self.by_subject.setdefault(subject, []).append(found)
        except UnreadableText:
            return


def _blank(term: Term) -> bool:
    return isinstance(term, BNode)


class Locator:
    """Finds statements in files. `names` says how a file is called in a report.

    Files are read only when they may hold what is looked for: when the text has the letters and
    digits of the subject's IRI and of the predicate's. `read` names them in the order in which
    they were read, which numbers their blank nodes; without it, that is the order of `files`.
    """

    def __init__(self, files: Iterable[tuple[str, Path]], read: Iterable[str] = ()) -> None:
        self.files = tuple(files)
        order = {name: number for number, name in enumerate(read)}
        self._marks = [_mark(order.get(name, n)) for n, (name, _) in enumerate(self.files)]
        self._index = lru_cache(maxsize=256)(self._read_index)
        self._holds = lru_cache(maxsize=100_000)(self._is_in)
        self._cuts_words = lru_cache(maxsize=None)(self._cuts)
        self._texts: dict[int, bytes] = {}
        self._blocks: dict[int, Blocks] = {}

    def places(
        self,
        subject: Term,
        predicate: str = "",
        value: Term | None = None,
        graph: IRI | None = None,
        within: frozenset[str] | None = None,
    ) -> tuple[Place, ...]:
        """Return where (subject, predicate, value) is stated; no predicate: where it is declared.

        `graph` and `within` (names of files) narrow the search.
        """
        found: list[Place] = []
        for number in self._candidates(subject, predicate, graph, within):
            for statement in self._statements(number, subject, graph, predicate):
                if graph is not None and statement.graph != graph:
                    continue
                if not predicate or (
                    statement.predicate == predicate
                    and (value is None or statement.object == value or _blank(value))
                ):
                    found.append(self._place(number, statement, about=not predicate))
                    if not predicate:
                        break
            if len(found) >= _MOST:
                break
        return tuple(found)

    def declared(self, subject: Term, within: frozenset[str] | None = None) -> tuple[Place, ...]:
        """Return the one place where a thing is declared: its type, its identifier, or any."""
        for predicate in (RDF_TYPE, _IDENTIFIER, ""):
            found = self.places(subject, predicate, within=within)
            if found:
                first = found[0]
                return (Place(first.file, first.line, first.column),)
        return ()

    def _place(self, number: int, statement: Statement, *, about: bool) -> Place:
        line = statement.subject_line if about or statement.predicate == RDF_TYPE else 0
        return Place(self.files[number][0], line or statement.line, 0 if line else statement.column)

    def _candidates(
        self, subject: Term, predicate: str, graph: IRI | None, within: frozenset[str] | None
    ) -> Iterator[int]:
        for number, (name, _) in enumerate(self.files):
            if within is not None:
                if name in within:
                    yield number
            elif self.may_state(number, subject, predicate, graph):
                yield number

    def may_state(self, number: int, subject: Term, predicate: str, graph: IRI | None) -> bool:
        """Whether a file may state something of (subject, predicate), by the look of its text."""
        if isinstance(subject, BNode):
            return subject.startswith(self._marks[number])
        if self._is_large(number) and isinstance(subject, IRI):
            return any(self._blocks_of(number).has(name) for name in (subject, graph) if name)
        names = [str(subject)] if isinstance(subject, IRI) else []
        if predicate and predicate != RDF_TYPE:
            names.append(predicate)
        return all(self._may_name(number, name) for name in names)

    def _may_name(self, number: int, iri: str) -> bool:
        """Whether all of an IRI's letters and digits are in a text, there or in a prefix.

        A prefix that ends within a word leaves the last word of the IRI to look for.
        """
        if self._cuts_words(number):
            return self._holds(number, tail(iri))
        return all(self._holds(number, word) for word in _words(iri))

    def _statements(
        self, number: int, subject: Term, graph: IRI | None, predicate: str
    ) -> Iterable[Statement]:
        if self._is_large(number) and isinstance(subject, IRI):
            return self._blocks_of(number).about(subject, graph, predicate)
        return self._index(number).by_subject.get(subject, [])

    def _is_large(self, number: int) -> bool:
        return len(self._text(number)) > LARGE

    def _blocks_of(self, number: int) -> Blocks:
        if number not in self._blocks:
            self._blocks[number] = Blocks(self._text(number))
        return self._blocks[number]

    def _cuts(self, number: int) -> bool:
        text = self._text(number)
        return _CUTTING.search(text) is not None or b"\\u" in text or b"\\U" in text

    def _is_in(self, number: int, tail: bytes) -> bool:
        return tail in self._text(number)

    def _text(self, number: int) -> bytes:
        if number not in self._texts:
            try:
                self._texts[number] = self.files[number][1].read_bytes()
            except OSError:
                self._texts[number] = b""
        return self._texts[number]

    def _read_index(self, number: int) -> FileIndex:
        text = self._text(number).decode("utf-8-sig", errors="replace")
        return FileIndex(self.files[number][1], text, self._marks[number])


def _mark(number: int) -> str:
    """Return what the blank nodes of a file have before their number, as in `Data.from_files`."""
    return f"f{number}"


@lru_cache(maxsize=4096)
def _words(iri: str) -> tuple[bytes, ...]:
    """Return the letters and digits of an IRI that a file must have, the rarest ones first."""
    found = dict.fromkeys(_WORD.findall(iri.encode()))
    return tuple(reversed([word for word in found if word not in _DEFAULT]))


def parts_of(files: Iterable[Path]) -> tuple[tuple[str, Path], ...]:
    """Return files with the names that a report shows: relative to here where they are below."""
    here = Path.cwd()
    found = []
    for path in files:
        try:
            name = path.resolve().relative_to(here).as_posix()
        except ValueError:
            name = str(path)
        found.append((name, path))
    return tuple(found)
