"""The report of a project, or of files alone, now and after each save.

What has changed is found by the files' stamps, so a check takes up whatever was saved since the
one before. The report is the one that a full check gives. Changed shapes or queries, rules of the
ontology or its class tree are checked in full; a change of anything else, as far as it reaches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from cbrngraph import inputs
from cbrngraph.errors import ReadError
from cbrngraph.live import Delta, LiveGraph, LiveSnapshot
from cbrngraph.model import Literal
from cbrngraph.queries import StoredQuery
from cbrngraph.reading import read_part
from cbrngraph.resources import InputFile, Project
from cbrngraph.rules import N3Triple
from cbrngraph.validate.data import rdf_files
from cbrngraph.validate.entailed import earned_classes
from cbrngraph.validate.forms import Written, rewritten_in
from cbrngraph.validate.graph import IndexedGraph, read_graph, turtle_files
from cbrngraph.validate.judging import Judge
from cbrngraph.validate.kept import KeptEnricher, KeptPlaces
from cbrngraph.validate.locate import parts_of
from cbrngraph.validate.project import described_queries, rules_of_queries, shape_files
from cbrngraph.validate.quality import ENGINE, checks, run_checks
from cbrngraph.validate.reading import read_shapes
from cbrngraph.validate.reads import Changed, Reads, reads_of
from cbrngraph.validate.report import Finding, Judged, Report, Rule
from cbrngraph.validate.shapes import Shapes
from cbrngraph.validate.sparql import Unsupported, read_query
from cbrngraph.validate.validator import names_blank_node, rules_of
from cbrngraph.validate.walks import TYPE

__all__ = ["FilesChecker", "ProjectChecker"]

Stamps = tuple[tuple[str, tuple[int, ...]], ...]
_Forms = Callable[[], dict[Literal, tuple[Literal, ...]]]
_PLAIN = (".ttl", ".nt")


@dataclass(frozen=True, slots=True)
class _Rulebook:
    """Shapes and quality queries as they were when they were read."""

    stamps: Stamps
    graph: IndexedGraph
    shapes: Shapes
    queries: tuple[StoredQuery, ...]
    described: frozenset[N3Triple]
    rules: tuple[Rule, ...]


@dataclass(slots=True)
class _Asked:
    """A quality query, what it reads, and what it found."""

    query: StoredQuery
    reads: Reads
    found: list[Finding]


class ProjectChecker:
    """Checks a project again and again."""

    def __init__(self, engine: str = "auto") -> None:
        self._engine = engine
        self._live: LiveGraph | None = None
        self._book: _Rulebook | None = None
        self._judge: Judge | None = None
        self._quality: list[_Asked] = []
        self._enricher = KeptEnricher()
        self._written: dict[str, Written] = {}
        self._earned: frozenset[str] = frozenset()

    def check(
        self, project: Project, shapes: Iterable[Path] | None = None
    ) -> tuple[Report, LiveSnapshot]:
        """Return what `validate_snapshot` does on the project as it is now, and the snapshot.

        After a fault in a file the next call takes up the change.

        Raises:
            ReadError: a file cannot be read.
            SyntaxFault: a file is not well-formed.
            InputError: the shapes are not well-formed.
            QueryError: a quality query does not parse.
        """
        book = self._read_book(project, shapes)
        delta = self._live.update(project) if self._live is not None else None
        try:
            return self._checked(project, book, delta)
        except BaseException:
            # The graph has moved on, and what was found on it has not.
            self._judge = None
            self._enricher = KeptEnricher()
            raise

    def _checked(
        self, project: Project, book: _Rulebook, delta: Delta | None
    ) -> tuple[Report, LiveSnapshot]:
        live = self._live
        if live is None or delta is None:
            live = self._live = LiveGraph(project)
            self._earned = frozenset(iri.n3() for iri in earned_classes(live.rules))
            self._enricher = KeptEnricher()
            self._written = {}
            self._judge = None
        snapshot = live.snapshot
        rewritten = rewritten_in(self._texts(live.inputs, delta))
        if delta is not None:
            self._enricher.take(delta, live.inputs)
        if self._judge is None or delta is None or book is not self._book:
            self._book = book
            stated = (t for t in live.triples() if self._counts(t, live, book))
            self._judge = Judge(
                book.graph, book.shapes, (*stated, *book.described), rewritten, self._engine
            )
            self._quality = [self._asked(query, live) for query in book.queries]
        else:
            out = (
                t for t in delta.lost | delta.no_more_entailed if not self._counts(t, live, book)
            )
            into = (t for t in delta.won | delta.now_entailed if self._counts(t, live, book))
            self._judge.change(out, into, rewritten)
            self._ask_again(delta, live)
        return self._report(book, snapshot, self._judge), snapshot

    def _counts(self, triple: N3Triple, live: LiveGraph, book: _Rulebook) -> bool:
        """Whether a triple is validated: stated, or entailed by more than a mere use."""
        if triple in live.stated or triple in book.described:
            return True
        if triple not in live.entailed:
            return False
        return triple[1] != TYPE or triple[2] in self._earned

    def _texts(self, files: tuple[InputFile, ...], delta: Delta | None) -> list[Written]:
        """Return the files' texts; those that have not changed are not looked at again."""
        known = self._written
        changed = delta.files if delta is not None else frozenset()
        self._written = {
            file.name: known[file.name]
            if file.name in known and file.name not in changed
            else Written(_bytes(file.path), bare=True)
            for file in files
        }
        return list(self._written.values())

    @staticmethod
    def _asked(query: StoredQuery, live: LiveGraph) -> _Asked:
        try:
            reads = reads_of(read_query(query.sparql))
        except Unsupported:
            reads = Reads(restless=True)
        return _Asked(query, reads, list(run_checks((query,), live.store)))

    def _ask_again(self, delta: Delta, live: LiveGraph) -> None:
        """Ask the quality queries that read what has changed."""
        view = Changed.of((*delta.lost, *delta.won, *delta.no_more_entailed, *delta.now_entailed))
        graphs = Changed.of(delta.quads)
        for asked in self._quality:
            if asked.reads.meets(view) or (asked.reads.graphs and asked.reads.meets(graphs)):
                asked.found = list(run_checks((asked.query,), live.store))

    def _report(self, book: _Rulebook, snapshot: LiveSnapshot, judge: Judge) -> Report:
        parts = judge.parts()
        by_query = [finding for asked in self._quality for finding in asked.found]
        judged = tuple(judged for judged, _ in parts)
        if book.queries:
            judged = (*judged, Judged(ENGINE, len(book.queries), len(by_query)))
        found = [*(finding for _, findings in parts for finding in findings), *by_query]
        complete = Report(
            (),
            judged=judged,
            checked=f"view {snapshot.view}, snapshot {snapshot.id[:12]}",
            rules=book.rules,
        )
        return complete.with_findings(self._enricher.enrich(found, snapshot))

    def _read_book(self, project: Project, shapes: Iterable[Path] | None) -> _Rulebook:
        paths = tuple(turtle_files(shape_files(project) if shapes is None else shapes))
        queries = project.query_files()
        stamps = _stamps((*paths, *(file.path for file in queries)))
        if self._book is not None and self._book.stamps == stamps:
            return self._book
        graph = read_graph(paths)
        read = read_shapes(graph)
        quality = checks(project) if shapes is None else ()
        described = frozenset((s.n3(), p.n3(), o.n3()) for s, p, o in described_queries(project))
        rules = (*rules_of(graph, read), *rules_of_queries(quality))
        return _Rulebook(stamps, graph, read, quality, described, rules)


@dataclass(frozen=True, slots=True)
class _Text:
    """One file as it was when it was read."""

    stamp: tuple[int, ...]
    triples: tuple[N3Triple, ...]
    raw: Written
    scanned: Written
    named: bool


class FilesChecker:
    """Checks files alone by some shapes, again and again."""

    def __init__(self, engine: str = "auto") -> None:
        self._engine = engine
        self._files: dict[tuple[Path, int], _Text] = {}
        self._counts: Counter[N3Triple] = Counter()
        self._book: tuple[Stamps, IndexedGraph, Shapes] | None = None
        self._judge: Judge | None = None
        self._places = KeptPlaces()

    def check(self, files: Iterable[Path], shapes: Iterable[Path]) -> Report:
        """Return what `validate_files` does on the files as they are now.

        Raises:
            InputError: a file cannot be read or parsed, or the shapes are not well-formed.
        """
        graph, read, fresh = self._read_shapes(shapes)
        before = self._files
        self._files = now = self._read(tuple(rdf_files(files)))
        try:
            return self._checked(graph, read, before, now, fresh=fresh)
        except BaseException:
            self._judge = None
            self._places = KeptPlaces()
            raise

    def _checked(
        self,
        graph: IndexedGraph,
        shapes: Shapes,
        before: dict[tuple[Path, int], _Text],
        now: dict[tuple[Path, int], _Text],
        *,
        fresh: bool,
    ) -> Report:
        gone = [before[key] for key in before if now.get(key) is not before[key]]
        came = [now[key] for key in now if before.get(key) is not now[key]]
        raw, scanned = self._rewritten(tuple(now), tuple(now.values()))
        if self._judge is None or fresh:
            self._counts = Counter(t for text in now.values() for t in text.triples)
            self._judge = Judge(graph, shapes, self._counts, raw(), self._engine)
        else:
            steps = Counter(t for text in came for t in text.triples)
            steps.subtract(Counter(t for text in gone for t in text.triples))
            for triple, step in steps.items():
                self._counts[triple] += step
            lost = [t for t in steps if self._counts[t] <= 0]
            self._judge.change(lost, (t for t in steps if self._counts[t] > 0), raw())
            for triple in lost:
                del self._counts[triple]
        parts = self._judge.parts()
        # Where a result names an unnamed node, a full check reads the files with labels.
        if any(names_blank_node(finding) for _, found in parts for finding in found):
            self._judge.change((), (), scanned())
            parts = self._judge.parts()
        return self._report(graph, shapes, before, now, parts)

    def _report(
        self,
        graph: IndexedGraph,
        shapes: Shapes,
        before: dict[tuple[Path, int], _Text],
        now: dict[tuple[Path, int], _Text],
        parts: tuple[tuple[Judged, list[Finding]], ...],
    ) -> Report:
        files = parts_of(path for path, _ in now)
        names = ", ".join(name for name, _ in files[:3])
        more = f" and {len(files) - 3} more" if len(files) > 3 else ""
        changed = frozenset(
            name
            for key, (name, _) in zip(now, files, strict=True)
            if before.get(key) is not now[key]
        )
        gone = frozenset(name for name, _ in parts_of(p for p, n in before if (p, n) not in now))
        found = [finding for _, findings in parts for finding in findings]
        made = Report(
            (),
            judged=tuple(judged for judged, _ in parts),
            checked=f"{names}{more}",
            rules=rules_of(graph, shapes),
        )
        return made.with_findings(self._places.locate(found, files, changed | gone))

    @staticmethod
    def _rewritten(
        keys: tuple[tuple[Path, int], ...], texts: tuple[_Text, ...]
    ) -> tuple[_Forms, _Forms]:
        """Return how to find the rewritten literals: in the files as written, and with labels."""

        def scanned() -> dict[Literal, tuple[Literal, ...]]:
            return rewritten_in([text.scanned for text in texts])

        def raw() -> dict[Literal, tuple[Literal, ...]]:
            return rewritten_in([text.raw for text in texts])

        # As in `Data.from_files`: one text, unless labels in it might be taken for others.
        plain = all(path.suffix in _PLAIN for path, _ in keys)
        together = len(texts) == 1 or not any(text.named for text in texts)
        return (raw if plain and together else scanned), scanned

    def _read(self, paths: tuple[Path, ...]) -> dict[tuple[Path, int], _Text]:
        """Return the files by path and number; what has not changed is not read again."""
        only_lines = all(path.suffix == ".nt" for path in paths)
        found: dict[tuple[Path, int], _Text] = {}
        for number, path in enumerate(paths):
            file = InputFile(str(path), path)
            stamp = (*inputs.stamp(file), int(only_lines))
            known = self._files.get((path, number))
            if known is None or known.stamp != stamp:
                part = read_part(file, number)
                triples = (*part.triples, *(quad[:3] for quad in part.quads))
                text = _bytes(path)
                lines = "".join(f"{' '.join(triple)} .\n" for triple in triples).encode()
                raw = Written(text, bare=not only_lines)
                scanned = Written(lines, bare=False)
                known = _Text(stamp, triples, raw, scanned, b"_:" in text)
            found[(path, number)] = known
        return found

    def _read_shapes(self, shapes: Iterable[Path]) -> tuple[IndexedGraph, Shapes, bool]:
        """Return the shapes, and whether they are others than before."""
        paths = tuple(turtle_files(shapes))
        stamps = _stamps(paths)
        if self._book is not None and self._book[0] == stamps:
            return self._book[1], self._book[2], False
        graph = read_graph(paths)
        read = read_shapes(graph)
        self._book = (stamps, graph, read)
        return graph, read, True


def _stamps(paths: Iterable[Path]) -> Stamps:
    return tuple((str(p), tuple(inputs.stamp(InputFile(str(p), p)))) for p in paths)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise ReadError(path, error.strerror or str(error)) from None
