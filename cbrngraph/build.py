"""Files to snapshot: views, entailment, content hash.

A snapshot is an immutable store made from the project's files, one for each view. Its id is a
hash of the files, so the same inputs give the same id, and an answer can name what it was
computed from. It lies in the cache folder and is made when it is not there.

In its store the default graph is the view: winning statements, reference data, ontology,
descriptions of sources and passages, and what they entail. The named graphs are the passages
with everything that they state, one graph for each Turtle file, and `graph/entailed`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from cbrngraph import inputs
from cbrngraph.errors import (
    DateError,
    EnvironmentProblem,
    InputError,
    ReadError,
    UnknownNameError,
    nearest,
)
from cbrngraph.loading import Loader, Opening
from cbrngraph.model import IRI, Quad, Triple, View
from cbrngraph.resources import InputFile, Project, cache_dir
from cbrngraph.store import Store, parse_text

if TYPE_CHECKING:
    from cbrngraph.rules import Rules

__all__ = [
    "ENTAILED",
    "Snapshot",
    "SnapshotMeta",
    "built_snapshot",
    "check_reached",
    "open_snapshot",
    "parse_view",
    "snapshot_id",
]

ENTAILED = IRI("https://w3id.org/cbrngraph/graph/entailed")
VIEWS = ("current", "all")
_POINTS = "give a year, a month or a day: 2023, 2023-05 or 2023-05-21"

# A file this large is loaded by the engine itself, beside the reading for resolution.
_LARGE = 4_000_000
_QUADS = (".trig", ".nq")
_KEEP = 8
_OTHER_CACHE = "set CBRNGRAPH_CACHE to a folder that can be written, or use --store memory"

Progress = Callable[[str, int, int], None]
StoreKind = Literal["auto", "memory", "disk"]


class SnapshotMeta(NamedTuple):
    """What a snapshot holds, in numbers; `statements` counts triples in each passage."""

    id: str
    view: str
    as_of: str
    files: int
    sources: int
    sources_left_out: int
    passages: int
    statements: int
    superseded: int
    entailed: int


class Snapshot:
    """An immutable graph: `store` answers, `meta` counts, `triples` and `quads` give the text."""

    def __init__(
        self,
        project: Project,
        view: View,
        meta: SnapshotMeta,
        store: Store | Opening,
        entailed: str,
    ) -> None:
        self.project = project
        self.view = view
        self.meta = meta
        self._store = store
        self._entailed = entailed

    @property
    def store(self) -> Store:
        """The store with the view as its default graph and every passage as a named graph."""
        if isinstance(self._store, Opening):
            self._store = self._store.finish()
        return self._store

    @property
    def id(self) -> str:
        """The SHA-256 over the inputs, as 64 hexadecimal digits."""
        return self.meta.id

    @property
    def folder(self) -> Path | None:
        """Where it lies in the cache; None when it is in memory only."""
        on_disk = self._entailed and "\n" not in self._entailed
        return Path(self._entailed).parent if on_disk else None

    @cached_property
    def uncut(self) -> Snapshot:
        """The same view without a date: what a thing is called does not hang on when one asks."""
        if self.view.day is None:
            return self
        kind: StoreKind = "memory" if self.folder is None else "disk"
        return open_snapshot(self.project, View(self.view.name), kind)

    @cached_property
    def rules(self) -> Rules:
        """The rules that the ontology gives, for explaining what is entailed."""
        from cbrngraph.reading import schema_triples
        from cbrngraph.rules import Rules

        return Rules.compile(schema_triples(self.project))

    def entailed(self) -> Iterator[Triple]:
        """Yield what the view entails beyond what is stated, sorted."""
        text = self._entailed
        if text and "\n" not in text:
            text = _read_entailed(Path(text), self.meta.entailed)
        for quad in parse_text(text, ".nt"):
            yield Triple(quad.subject, quad.predicate, quad.object)

    def triples(self) -> Iterator[Triple]:
        """Yield the view (its default graph), sorted, every lexical form as in the files."""
        from cbrngraph.reading import Reading

        lines = {" ".join(triple) for triple in Reading.of(self.project, self.view).view_triples()}
        for quad in parse_text("".join(f"{line} .\n" for line in sorted(lines)), ".nt"):
            yield Triple(quad.subject, quad.predicate, quad.object)
        yield from self.entailed()

    def quads(self) -> Iterator[Quad]:
        """Yield every named graph of the view, sorted, then what is entailed in its own graph."""
        from cbrngraph.reading import Reading

        lines = sorted({" ".join(quad) for quad in Reading.of(self.project, self.view).named()})
        yield from parse_text("".join(f"{line} .\n" for line in lines), ".nq")
        for triple in self.entailed():
            yield Quad(*triple, ENTAILED)


def _read_entailed(path: Path, count: int) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        text = ""
    if text.count("\n") != count:
        raise InputError(
            f"{path}: the built graph is damaged; 'cbrngraph build --force' makes it anew"
        )
    return text


def parse_view(name: str = "current", as_of: str = "") -> View:
    """Return the view of that name, cut at a date (`2023`, `2023-05`, `2023-05-21`).

    Raises:
        UnknownNameError: there is no such view.
        DateError: the date is none, or an interval.
    """
    if name not in VIEWS:
        raise UnknownNameError(
            "view", name, nearest(name, VIEWS), "the views are " + " and ".join(VIEWS)
        )
    if not as_of:
        return View(name)
    from cbrngraph.dates import parse

    try:
        span = parse(as_of)
    except DateError as error:
        # Its advice names intervals too, which are no point in time.
        raise DateError(f"{str(error).partition('; ')[0]}; {_POINTS}") from None
    if span.latest is None or "/" in as_of:
        raise DateError(f"{as_of!r} is not a point in time; {_POINTS}")
    return View(name, as_of, span.latest)


def snapshot_id(project: Project) -> str:
    """Return the SHA-256 over the names and contents of the project's inputs (64 digits)."""
    return inputs.identity(project.inputs())


def open_snapshot(
    project: Project,
    view: View | None = None,
    store: StoreKind = "auto",
    progress: Progress | None = None,
    *,
    force: bool = False,
) -> Snapshot:
    """Return the snapshot of a project for a view, building it when an input has changed.

    `auto` keeps it on disk in the cache folder, and in memory where that cannot be written:
    opening a small store read-only was measured three times faster than parsing its text.

    Raises:
        SyntaxFault, ReadError: an input cannot be read; nothing is kept.
        EnvironmentProblem: the disk is full.
    """
    view = view or View()
    if store == "memory" or (store == "auto" and not _writable(cache_dir())):
        hashes = {file.name: inputs.sha256(file.path) for file in project.inputs()}
        return _build(project, view, inputs.digest(hashes), None, progress)
    identity = snapshot_id(project)
    folder = _folder(identity, view)
    if not force and (folder / "meta.json").is_file():
        try:
            return _reopen(project, view, folder)
        except InputError:  # damaged: the files are the truth, so make it anew
            force = True
    if force:
        _remove(folder)
    _make_on_disk(project, view, identity, folder, progress)
    return _reopen(project, view, folder)


def check_reached(snapshot: Snapshot) -> None:
    """Refuse a date that no source reaches: nothing but reference data would answer.

    Raises:
        DateError: every source was issued later than the view's date, or on no known date.
    """
    meta = snapshot.meta
    if meta.sources_left_out and not meta.sources:
        raise DateError(
            f"no source was issued by {meta.as_of}: all {meta.sources_left_out} are later, "
            "or of no known date"
        )


def built_snapshot(project: Project, view: View | None = None) -> Snapshot | None:
    """Return the snapshot on disk for the project's files as they are; None where there is none.

    Its store opens beside what the caller does next, so this can come first.
    """
    view = view or View()
    folder = _folder(snapshot_id(project), view)
    try:
        return _reopen(project, view, folder)
    except InputError:
        return None


def _folder(identity: str, view: View) -> Path:
    return cache_dir() / "snapshots" / identity[:32] / view.key


def _reopen(project: Project, view: View, folder: Path) -> Snapshot:
    """Return the snapshot in a folder.

    Raises:
        InputError: a part of it is missing or damaged.
    """
    path = folder / "meta.json"
    try:
        with open(path, encoding="utf-8") as file:
            meta = SnapshotMeta(**json.load(file))
    except (OSError, ValueError, TypeError) as error:
        raise ReadError(path, f"is damaged ({error})") from None

    def again() -> Store:  # damaged: the files are the truth
        return open_snapshot(project, view, "disk", force=True).store

    opening = Opening(folder / "store", again)
    return Snapshot(project, view, meta, opening, str(folder / "entailed.nt"))


def _make_on_disk(
    project: Project, view: View, identity: str, folder: Path, progress: Progress | None
) -> None:
    """Build beside the final place and rename, so that a crash leaves no half snapshot."""
    work = folder.with_name(f"{folder.name}.{os.getpid()}.tmp")
    try:
        _remove(work)
        work.mkdir(parents=True)
        made = _build(project, view, identity, work, progress)
        with open(work / "meta.json", "w", encoding="utf-8") as file:
            json.dump(made.meta._asdict(), file, indent=1, sort_keys=True)
        del made
        try:
            os.rename(work, folder)
        except OSError:
            if not (folder / "meta.json").is_file():  # else another process was first
                raise
    except OSError as error:
        import errno

        if error.errno == errno.ENOSPC:
            raise EnvironmentProblem(
                f"{folder.parent}: the disk is full; free some space, or set CBRNGRAPH_CACHE to "
                "a folder on another disk"
            ) from None
        raise ReadError(folder, error.strerror or str(error), _OTHER_CACHE) from None
    finally:
        _remove(work)
    _prune(folder.parent.parent, keep=folder.parent.name)


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def _prune(snapshots: Path, keep: str) -> None:
    """Leave the newest few snapshots and views at a date; what cannot be removed is left alone."""
    for old in (
        *_oldest(entry for entry in snapshots.iterdir() if entry.name != keep),
        *_oldest((snapshots / keep).glob("*as-of-????-??-??")),
    ):
        _remove(old)
    for work in snapshots.glob("*/*.tmp"):  # what an interrupted build left
        if not _is_running(work.suffixes[-2][1:]):
            _remove(work)


def _oldest(folders: Iterable[Path]) -> list[Path]:
    newest_first = sorted(folders, key=lambda folder: folder.stat().st_mtime, reverse=True)
    return newest_first[_KEEP - 1 :]


def _is_running(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True


def _build(
    project: Project, view: View, identity: str, folder: Path | None, progress: Progress | None
) -> Snapshot:
    """Read, resolve and entail while the engine loads the large files beside it."""
    from cbrngraph.reading import Reading
    from cbrngraph.rules import Rules

    store = Store.memory() if folder is None else Store.create(folder / "store")
    files = project.inputs()
    # A cut view leaves quads out, so its files cannot go to the engine as they are.
    large = () if view.day else tuple(f for f in files if f.name.endswith(_QUADS) and _is_large(f))
    # Two loaders: what is derived goes in while the large files still do.
    with Loader(store) as whole, Loader(store) as loader:
        for file in large:
            whole.put(file.path)
        reading = Reading.of(project, view, progress, frozenset(file.name for file in large))
        loader.put(reading.index_text())
        if progress:
            progress("entailing", len(files), len(files))
        entailed = Rules.compile(reading.schema()).entail(reading.view_triples())
        lines = "".join([f"{s} {p} {o} .\n" for s, p, o in entailed])
        tail = f" <{ENTAILED}> .\n"
        loader.put(lines + "".join([f"{s} {p} {o}{tail}" for s, p, o in entailed]))
        if progress:
            progress("loading", len(files), len(files))
    store.finish()
    meta = SnapshotMeta(
        id=identity, view=view.name, as_of=view.as_of, entailed=len(entailed), **reading.counts()
    )
    if folder is None:
        return Snapshot(project, view, meta, store, lines)
    (folder / "entailed.nt").write_text(lines, encoding="utf-8")
    return Snapshot(project, view, meta, store, str(folder / "entailed.nt"))


def _writable(folder: Path) -> bool:
    """Say whether a folder exists and can be written, making it when it is missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def _is_large(file: InputFile) -> bool:
    return file.path.stat().st_size > _LARGE
