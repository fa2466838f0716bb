"""Where ontology/, data/ and queries/ are: in a checkout, in the wheel, in a user's own folder.

A project is a stack of folders, lowest first. A file of ontology or queries in a higher folder
replaces the file of the same relative name below it; data adds up. A user's folder always stands
on the shipped ontology and queries; its data is used instead of the shipped data, or on top of
it when the folder is given as `+DIR`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cbrngraph.errors import ReadError, UnknownNameError, nearest

__all__ = ["InputFile", "Project", "cache_dir", "shipped"]

_PACKAGE = Path(__file__).resolve().parent
_ROOMS = ("ontology", "data", "queries")
_RDF_SUFFIXES = (".ttl", ".trig", ".nt", ".nq")
# Read by other rooms (validation, import), not part of the graph itself.
_NOT_IN_GRAPH = ("ontology/shapes/", "ontology/mapping/")


class InputFile(NamedTuple):
    """A file of the project: its name relative to the project (`data/sources/x.trig`), its path."""

    name: str
    path: Path

    @property
    def graph(self) -> str:
        """The IRI of the graph that holds what a Turtle file states."""
        return "https://w3id.org/cbrngraph/graph/" + self.name.rpartition(".")[0]


def shipped() -> Path:
    """Return the folder that holds the shipped rooms: `_shipped` in a wheel, else the checkout."""
    packed = _PACKAGE / "_shipped"
    return packed if packed.is_dir() else _PACKAGE.parent


def cache_dir() -> Path:
    """Return the cache folder: `$CBRNGRAPH_CACHE`, else `cbrngraph` below `$XDG_CACHE_HOME`.

    XDG Base Directory Specification 0.8: `~/.cache` is the default, also for a relative path,
    which is invalid. The folder may not exist yet.
    """
    own = os.environ.get("CBRNGRAPH_CACHE")
    if own:
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "cbrngraph"


class Project(NamedTuple):
    """The folders that ontology, data and queries are read from, lowest layer first."""

    layers: tuple[Path, ...]
    data_layers: tuple[Path, ...]

    @classmethod
    def open(
        cls,
        folder: str | os.PathLike[str] | None = None,
        *,
        with_shipped_data: bool = False,
        new: bool = False,
    ) -> Project:
        """Return the shipped project, or the one in `folder` standing on it.

        `+DIR` is short for DIR `with_shipped_data`. One that is `new` need not have a room yet, or
        not be there at all; nothing is made.

        Raises:
            ReadError: `folder` is no folder, or has none of the rooms.
        """
        base = shipped()
        if folder is None:
            return cls((base,), (base,))
        name = os.fspath(folder)
        if name.startswith("+"):
            name, with_shipped_data = os.path.expanduser(name[1:]), True
        own = Path(name)
        if not own.is_dir() and (own.exists() or not new):
            reason = "is not a folder" if own.exists() else "no such folder"
            raise ReadError(own, reason, "a project is the folder that holds data/")
        own = own.resolve()
        if not new and not any((own / room).is_dir() for room in _ROOMS):
            raise ReadError(own, "has none of ontology/, data/, queries/", "make at least data/")
        if own == base.resolve():
            return cls((base,), (base,))
        return cls((base, own), (base, own) if with_shipped_data else (own,))

    @property
    def home(self) -> Path:
        """The topmost layer: where new files of this project belong."""
        return self.layers[-1]

    def files(self, room: str, suffixes: tuple[str, ...]) -> tuple[InputFile, ...]:
        """Return the files of a room (`data`, `ontology/schemes`, ...) sorted by name."""
        top = room.partition("/")[0]
        found: dict[str, Path] = {}
        for layer in self.data_layers if top == "data" else self.layers:
            root = str(layer)
            for path in _walk(os.path.join(root, room)):
                if path.endswith(suffixes):
                    name = path[len(root) + 1 :].replace(os.sep, "/")
                    if top == "data" and name in found:  # data adds up, it does not replace
                        name = f"own/{name}"
                    found[name] = Path(path)
        return tuple(InputFile(name, found[name]) for name in sorted(found))

    def ontology_files(self) -> tuple[InputFile, ...]:
        """Return the ontology files that belong to the graph: no shapes, no import mapping."""
        files = self.files("ontology", _RDF_SUFFIXES)
        return tuple(file for file in files if not file.name.startswith(_NOT_IN_GRAPH))

    def data_files(self) -> tuple[InputFile, ...]:
        """Return the Turtle, TriG, N-Triples and N-Quads files of the data room."""
        return self.files("data", _RDF_SUFFIXES)

    def inputs(self) -> tuple[InputFile, ...]:
        """Return everything that the graph is built from, sorted by name."""
        return tuple(sorted((*self.ontology_files(), *self.data_files()), key=lambda f: f.name))

    def query_files(self) -> tuple[InputFile, ...]:
        """Return the stored queries, sorted by name (`queries/<topic>/<slug>.rq`)."""
        return self.files("queries", (".rq",))

    def query_slugs(self) -> tuple[str, ...]:
        """Return the slugs of the stored queries, sorted."""
        return tuple(sorted({file.path.stem for file in self.query_files()}))

    def find_query(self, slug: str) -> InputFile:
        """Return the file of a stored query.

        Raises:
            UnknownNameError: there is none; the nearest slugs are suggested.
        """
        matches = [file for file in self.query_files() if file.path.stem == slug]
        if matches:
            return matches[-1]
        raise UnknownNameError(
            "query", slug, nearest(slug, self.query_slugs()), "'cbrngraph queries' lists them all"
        )


def _walk(folder: str) -> Iterator[str]:
    """Yield the paths of all files below a folder; hidden ones and toy files are no input."""
    try:
        with os.scandir(folder) as entries:
            children = sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    except OSError as error:
        raise ReadError(folder, error.strerror or "cannot be read") from error
    for entry in children:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _walk(entry.path)
        else:
            yield entry.path
