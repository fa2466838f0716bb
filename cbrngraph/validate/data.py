"""The data to validate: its text, which keeps every lexical form, and a store to query.

Both hold the same triples. The text is what the Core engine reads; the store answers the
queries. A store rewrites some literals (`1.50` becomes `1.5`), so `rewritten` says which, and a
query result that holds one is given back as it was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cbrngraph.errors import ReadError
from cbrngraph.model import IRI, Literal, Quad, Term, Triple
from cbrngraph.store import Store, parse_file, parse_text, scan
from cbrngraph.validate.entailed import relied_on
from cbrngraph.validate.forms import rewritten_forms
from cbrngraph.validate.snapshottext import SnapshotText, keep, kept

if TYPE_CHECKING:
    from cbrngraph.build import Snapshot

__all__ = ["BASE", "Data", "rdf_files"]

BASE = "https://w3id.org/cbrngraph/"

_BATCH = 2000
# Bytes of text up to which a store in memory is made of it.
_LOADABLE = 20_000_000
_Forms = dict[Literal, tuple[Literal, ...]]
_PLAIN = (".ttl", ".nt")


class Data:
    """Triples to validate. Make it with `from_files`, `from_text`, `from_triples`.

    `labelled` says that the blank nodes of text and store have the same names. Making it so means
    going through every triple, so it is done (`relabelled`) only when a result names one.
    """

    def __init__(
        self,
        text: bytes,
        suffix: str,
        files: tuple[Path, ...] = (),
        store: Store | None = None,
        *,
        labelled: bool = True,
    ) -> None:
        self.text = text
        self.suffix = suffix
        self.files = files
        self.labelled = labelled
        self._store = store
        self._again: Callable[[], Data] | None = None
        self._find_forms: Callable[[], _Forms] | None = None
        # Classes that the store has things of only by domain or range: not so in the text.
        self.supposed: frozenset[Term] = frozenset()

    @classmethod
    def from_files(cls, paths: Iterable[Path]) -> Data:
        """Return the triples of files and folders; the graphs of a TriG file count together.

        Raises:
            ReadError: a file cannot be read, or a folder holds no RDF.
            SyntaxFault: a file is not well-formed.
        """
        files = tuple(rdf_files(paths))
        if all(path.suffix in _PLAIN for path in files):
            texts = [_bytes(path) for path in files]
            # Two files may give different nodes the same label.
            if len(texts) == 1 or not any(b"_:" in text for text in texts):
                suffix = ".nt" if all(p.suffix == ".nt" for p in files) else ".ttl"
                between = b"\n" if suffix == ".nt" else f"\n@base <{BASE}> .\n".encode()
                return cls(between.join(texts), suffix, files, labelled=False)
        return cls._scanned(files)

    @classmethod
    def _scanned(cls, files: tuple[Path, ...]) -> Data:
        lines: list[str] = []
        for number, path in enumerate(files):
            mark = f"_:f{number}"
            for quad in scan(path):
                subject, value = (
                    mark + term[2:] if term[0] == "_" else term for term in (quad[0], quad[2])
                )
                lines.append(f"{subject} {quad[1]} {value} .\n")
        return cls("".join(lines).encode(), ".nt", files)

    @classmethod
    def from_text(cls, text: str | bytes, suffix: str = ".ttl") -> Data:
        """Return the triples of a text."""
        raw = text.encode() if isinstance(text, str) else text
        if suffix in _PLAIN:
            return cls(raw, suffix, labelled=False)
        quads = parse_text(raw, suffix)
        return cls.from_triples(Triple(q.subject, q.predicate, q.object) for q in quads)

    @classmethod
    def from_triples(cls, triples: Iterable[Triple]) -> Data:
        """Return triples as data; blank nodes keep their labels."""
        lines = [f"{s.n3()} {p.n3()} {o.n3()} .\n" for s, p, o in triples]
        return cls("".join(lines).encode(), ".nt")

    def relabelled(self) -> Data:
        """Return the same data with the same names for blank nodes in text and store."""
        if self.labelled:
            return self
        if self._again is not None:
            return self._again()
        return Data._scanned(self.files) if self.files else Data.from_triples(self.triples())

    @cached_property
    def store(self) -> Store:
        """The triples in the default graph of a store."""
        if self._store is not None:
            return self._store
        store = Store.memory()
        if self.labelled and b"_:" in self.text:  # a bulk load would give them other labels
            store.add(Quad(*triple, None) for triple in self.triples())
        else:
            store.load_text(self.text, self.suffix)
        return store

    @property
    def writable(self) -> bool:
        """Whether the store is this object's own, so that helping graphs may be added."""
        return self._store is None

    def triples(self) -> Iterator[Triple]:
        """Yield the triples as written."""
        for quad in self.quads():
            yield Triple(quad.subject, quad.predicate, quad.object)

    def quads(self) -> Iterator[Quad]:
        """Yield the statements as written; the graph is always None."""
        if len(self.files) == 1 and self.suffix == ".ttl":
            return parse_file(self.files[0])
        return parse_text(self.text, self.suffix)

    def check_syntax(self) -> None:
        """Parse the text, for the place of a fault that an engine met.

        Raises:
            SyntaxFault: a file is not well-formed.
        """
        for path in self.files:
            for _ in parse_file(path):
                pass
        for _ in parse_text(self.text, self.suffix):
            pass

    @classmethod
    def from_snapshot(cls, snapshot: Snapshot, beside: Iterable[Triple] = ()) -> Data:
        """Return a snapshot's view, and further triples `beside` it in the text only.

        Types that follow from a domain or range alone are left out (`cbrngraph.validate.entailed`).
        The text is that of the files where all are Turtle and nothing in them was superseded;
        else the store's own, unless a file has a literal that the store keeps in another form:
        then the files are read again. What that gives is kept beside a large snapshot.
        """
        more = cls.from_triples(beside).text
        known = kept(snapshot)
        if known is not None:
            return cls._of_kept(snapshot, known, more)
        inputs = snapshot.project.inputs()
        texts = [_bytes(file.path) for file in inputs]
        used, left = relied_on(snapshot)
        supposed = frozenset(triple.object for triple in left)
        whole = all(file.path.suffix in _PLAIN for file in inputs) and not snapshot.meta.superseded
        if whole and not any(b"_:" in text for text in texts):
            between = f"\n@base <{BASE}> .\n".encode()
            text = between.join([*texts, cls.from_triples(used).text + more])
            data = cls(text, ".ttl", labelled=False)
            data._again = lambda: cls._of_store(snapshot, used, left, data.rewritten, more)
            data._find_forms = lambda: rewritten_forms(*texts, bare=True)
            return data._on(snapshot, supposed)
        rewritten = rewritten_forms(*texts, bare=True)
        return cls._of_store(snapshot, used, left, rewritten, more)

    @classmethod
    def _of_store(
        cls,
        snapshot: Snapshot,
        used: list[Triple],
        left: list[Triple],
        rewritten: _Forms,
        beside: bytes,
    ) -> Data:
        if rewritten:
            without = {*left, *used}
            stated = (t for t in snapshot.triples() if t not in without)
            text = cls.from_triples((*stated, *used)).text
        else:
            lines = snapshot.store.default_text().split(b"\n")
            without_lines = set(cls.from_triples((*left, *used)).text.split(b"\n"))
            kept_lines = [line for line in lines if line not in without_lines]
            text = b"\n".join([*kept_lines, cls.from_triples(used).text])
        supposed = frozenset(triple.object for triple in left)
        keep(snapshot, text, rewritten, supposed)
        return cls._of_kept(snapshot, SnapshotText(text, rewritten, supposed), beside)

    @classmethod
    def _of_kept(cls, snapshot: Snapshot, known: SnapshotText, beside: bytes) -> Data:
        data = cls(known.text + beside, ".nt")
        data.rewritten = known.rewritten
        return data._on(snapshot, known.supposed)

    def _on(self, snapshot: Snapshot, supposed: frozenset[Term]) -> Data:
        """Take the snapshot's store for the queries, where loading the text would be slower."""
        if len(self.text) > _LOADABLE:
            self._store = snapshot.store
            self.supposed = supposed
        return self

    @cached_property
    def rewritten(self) -> dict[Literal, tuple[Literal, ...]]:
        """The literals that the store keeps in another form: its form, and those written."""
        if self._find_forms is not None:
            return self._find_forms()
        return rewritten_forms(self.text, bare=self.suffix == ".ttl")

    @property
    def ambiguous(self) -> bool:
        """Whether two forms of one value are written, which the store takes for one."""
        return any(len(forms) > 1 for forms in self.rewritten.values())

    @cached_property
    def rewritten_properties(self) -> frozenset[IRI]:
        """The properties with a value that the store keeps in another form."""
        forms = sorted(literal.n3() for literal in self.rewritten)
        found: set[IRI] = set()
        for start in range(0, len(forms), _BATCH):
            rows = f"VALUES ?o {{ {' '.join(forms[start : start + _BATCH])} }} ?s ?p ?o"
            for row in self.store.select(f"SELECT DISTINCT ?p {{ {rows} }}").rows:
                found.add(IRI(str(row[0])))
        return frozenset(found)

    def as_written(self, term: Term, subject: Term | None = None) -> tuple[Term, ...]:
        """Return the forms in which a term of a query result was written.

        More than one when the same value is written in two ways; then `subject` decides, where
        it has only some of them.
        """
        if not isinstance(term, Literal) or term not in self.rewritten:
            return (term,)
        forms = self.rewritten[term]
        if len(forms) == 1 or subject is None:
            return forms
        own = {t.object for t in self.triples() if t.subject == subject}
        return tuple(form for form in forms if form in own) or forms


def rdf_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield files, and those in folders.

    Raises:
        ReadError: a folder holds no RDF.
    """
    known = (".ttl", ".trig", ".nt", ".nq")
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.suffix in known and p.is_file())
            if not inside:
                raise ReadError(path, "holds no RDF file", f"the suffixes are {', '.join(known)}")
            yield from inside
        else:
            yield path


def _bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ReadError(path, "no such file") from None
    except OSError as error:
        raise ReadError(path, error.strerror or str(error)) from None
    return data.removeprefix(b"\xef\xbb\xbf")
