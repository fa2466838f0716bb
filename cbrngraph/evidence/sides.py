"""The two sides of a comparison: a date, a source, a snapshot, a view or a project's folder.

A side is text, read from the files, so that two spellings of a number differ. Only a snapshot
whose files are gone is read from its store, which spells numbers its own way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cbrngraph.build import ENTAILED, parse_view, snapshot_id
from cbrngraph.errors import DateError, UnknownNameError, UsageError, nearest
from cbrngraph.model import View
from cbrngraph.namespaces import BASE, CBRN
from cbrngraph.reading import Reading
from cbrngraph.resolution import Descriptions
from cbrngraph.resources import Project, cache_dir
from cbrngraph.rules import N3Triple
from cbrngraph.store import Store

__all__ = ["Side", "Sides", "is_date"]

N3Quad = tuple[str, str, str, str]
_SNAPSHOT = re.compile(r"[0-9a-f]{8,64}")
_DATE = re.compile(r"\d{4}(-\d\d){0,2}\??")
_PART_OF = f"<{CBRN.partOf}>"
_FILES = f"<{BASE}graph/"


@dataclass(slots=True)
class Side:
    """What one side says.

    `triples` is what holds on it as stated (not what is entailed); `quads` yields what passages
    state, the values not taken included; `passages` and `sources` are the IRIs in angle brackets.
    `resolved` says whether single-valued properties have one value. `context` yields what is
    known of things beyond this side: names, classes, the ontology.
    """

    label: str
    triples: set[N3Triple]
    quads: Callable[[], Iterator[N3Quad]]
    notes: Descriptions
    context: Callable[[], Iterable[N3Triple]]
    resolved: bool = True
    passages: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.passages = {quad[3] for quad in self.quads()}
        self.sources = {self.notes.source_of(passage) for passage in self.passages} - {""}

    def stating(self, wanted: set[N3Triple]) -> dict[N3Triple, list[str]]:
        """Return the passages that state each of the wanted triples."""
        found: dict[N3Triple, list[str]] = {}
        for quad in self.quads():
            if quad[:3] in wanted:
                found.setdefault(quad[:3], []).append(quad[3])
        return {triple: sorted(passages) for triple, passages in found.items()}


class Sides:
    """Finds sides by what people type; a project is read once, however many sides it gives."""

    def __init__(self, project: Project, view: str = "current") -> None:
        self._project = project
        self._view = view
        self._readings: dict[tuple[Path, ...], Reading] = {}

    def find(self, text: str) -> Side:
        """Return the side that `text` names.

        A view (`current`, `all`), a date (`2023-05`), a folder with data/, the id of a snapshot
        (8 digits or more) or the slug of a source.

        Raises:
            UnknownNameError: it names none of them.
            DateError: a date that no source reaches.
        """
        if text in ("current", "all"):
            return self._of_view(parse_view(text), self._project, text)
        if Path(text).is_dir():
            return self._of_view(parse_view(self._view), Project.open(text), text)
        if is_date(text):
            side = self._of_view(parse_view(self._view, text), self._project, f"as of {text}")
            if not side.sources:
                first = self._first_day()
                raise DateError(f"no source was issued by {text}; the first is of {first}")
            return side
        if _SNAPSHOT.fullmatch(text):
            snapshot = self._of_snapshot(text)
            if snapshot is not None:
                return snapshot
        return self._of_source(text)

    def _reading(self, project: Project) -> Reading:
        key = (*project.layers, *project.data_layers)
        if key not in self._readings:
            self._readings[key] = Reading.of(project, View("all"))
        return self._readings[key]

    def _of_view(self, view: View, project: Project, label: str) -> Side:
        reading = self._reading(project).seen_in(view)
        triples = set(reading.view_triples())
        return Side(
            label=label,
            triples=triples,
            quads=lambda: (quad for part in reading.parts for quad in part.quads),
            notes=reading.descriptions,
            context=lambda: triples,
            resolved=view.name == "current",
        )

    def _first_day(self) -> str:
        notes = self._reading(self._project).descriptions
        days = sorted(day for source in notes.sources() if (day := notes.issued_by(source)))
        return days[0] if days else "no known date"

    def _of_source(self, text: str) -> Side:
        reading = self._reading(self._project)
        notes = reading.descriptions
        slugs = {source[1:-1].rpartition("/")[2]: source for source in notes.sources()}
        source = slugs.get(text.removeprefix(BASE + "source/"))
        if source is None:
            hint = "a side is a date, a source, a snapshot id, a folder, current or all"
            raise UnknownNameError("side", text, nearest(text, slugs), f"({hint})")
        quads = [
            quad
            for part in reading.parts
            for quad in part.quads
            if notes.source_of(quad[3]) == source
        ]
        if not quads:
            raise UsageError(f"the source {text} states nothing")
        return Side(
            label=text,
            triples={quad[:3] for quad in quads},
            quads=lambda: iter(quads),
            notes=notes,
            context=reading.view_triples,
            resolved=False,
        )

    def _of_snapshot(self, text: str) -> Side | None:
        if snapshot_id(self._project).startswith(text):
            view = parse_view(self._view)
            return self._of_view(view, self._project, f"snapshot {text[:12]}")
        kept = cache_dir() / "snapshots"
        names = [path.name for path in kept.iterdir()] if kept.is_dir() else []
        found = [
            name for name in names if name.startswith(text[:32]) and _has(kept / name, self._view)
        ]
        if len(found) > 1:
            raise UsageError(f"{text} begins the ids of {len(found)} snapshots; give more digits")
        if not found:
            return None
        return _of_store(Store.read_only(kept / found[0] / self._view / "store"), found[0])


def _has(folder: Path, view: str) -> bool:
    return (folder / view / "store").is_dir()


def is_date(text: str) -> bool:
    """Whether a text looks like a date, so that a mistake in it is told as one.

    >>> is_date("2023-05"), is_date("fs2023")
    (True, False)
    """
    return _DATE.fullmatch(text) is not None


def _of_store(store: Store, name: str) -> Side:
    notes = Descriptions()
    triples: set[N3Triple] = set()
    quads: list[N3Quad] = []
    entailed: set[N3Triple] = set()
    for quad in store.match(any_graph=True):
        triple = (quad.subject.n3(), quad.predicate.n3(), quad.object.n3())
        if quad.graph is None:
            triples.add(triple)
            notes.note(*triple)
        elif quad.graph == ENTAILED:
            entailed.add(triple)
        elif not quad.graph.n3().startswith(_FILES):
            quads.append((*triple, quad.graph.n3()))
    triples -= entailed
    label = f"snapshot {name[:12]}"
    return Side(label, triples, lambda: iter(quads), notes, lambda: triples)
