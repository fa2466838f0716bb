"""The two sides of a comparison: a date, a source, a snapshot, a view or a project's folder.

A side is text, read from the files, so that two spellings of a number differ. Only a snapshot
whose files are gone is read from its store, which spells numbers its own way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path

from cbrngraph.build import ENTAILED, parse_view, snapshot_id
from cbrngraph.errors import DateError, UnknownNameError, UsageError, nearest
from cbrngraph.evidence.holdings import Holdings, N3Quad, Seen, uncollected
from cbrngraph.model import View
from cbrngraph.namespaces import BASE
from cbrngraph.reading import Reading
from cbrngraph.resolution import Descriptions
from cbrngraph.resources import Project, cache_dir
from cbrngraph.rules import N3Triple
from cbrngraph.store import Store

__all__ = ["Side", "Sides", "is_date"]

_SNAPSHOT = re.compile(r"[0-9a-f]{8,64}")
_DATE = re.compile(r"\d{4}(-\d\d){0,2}\??")
_FILES = f"<{BASE}graph/"


class Side:
    """What one side says.

    `triples` is what holds on it as stated (not what is entailed); `quads` yields what passages
    state, the values not taken included; `passages` and `sources` are the IRIs in angle brackets.
    `resolved` says whether single-valued properties have one value. `context` yields what is
    known of things beyond this side: names, classes, the ontology; what describes a source or
    passage may be left to `describing`.
    """

    def __init__(
        self,
        label: str,
        triples: Callable[[], set[N3Triple]],
        quads: Callable[[], Iterator[N3Quad]],
        notes: Descriptions,
        context: Callable[[], Iterable[N3Triple]],
        *,
        resolved: bool = True,
        seen: Seen | None = None,
    ) -> None:
        self.label = label
        self.quads = quads
        self.notes = notes
        self.context = context
        self.resolved = resolved
        self._triples = triples
        self._seen = seen

    @cached_property
    def triples(self) -> set[N3Triple]:
        """What holds on it as stated."""
        return self._triples()

    @cached_property
    def passages(self) -> set[str]:
        """The passages that state something."""
        return {quad[3] for quad in self.quads()}

    @cached_property
    def sources(self) -> set[str]:
        """Their sources."""
        if self._seen is not None:
            return self._seen.sources
        return {self.notes.source_of(passage) for passage in self.passages} - {""}

    def beyond(self, other: Side) -> set[N3Triple]:
        """Return the triples that this side has and the other has not."""
        mine, theirs = self._seen, other._seen
        if mine and theirs and mine.holdings is theirs.holdings and mine.holdings.is_plain:
            return mine.beyond(theirs)
        return self.triples - other.triples

    def describing(self, subject: str) -> list[N3Triple]:
        """Return the triples about a source or passage that `context` leaves out."""
        return [] if self._seen is None else self._seen.describing(subject)

    def stating(self, wanted: set[N3Triple]) -> dict[N3Triple, list[str]]:
        """Return the passages that state each of the wanted triples."""
        found: dict[N3Triple, list[str]] = {}
        for quad in self.quads():
            triple = quad[:3]
            if triple in wanted:
                found.setdefault(triple, []).append(quad[3])
        return {triple: sorted(passages) for triple, passages in found.items()}


class Sides:
    """Finds sides by what people type; a project is read once, however many sides it gives."""

    def __init__(self, project: Project, view: str = "current") -> None:
        self._project = project
        self._view = view
        self._held: dict[tuple[Path, ...], Holdings] = {}

    def find(self, text: str) -> Side:
        """Return the side that `text` names.

        A view (`current`, `all`), a date (`2023-05`), a folder with data/, the id of a snapshot
        (8 digits or more) or the slug of a source.

        Raises:
            UnknownNameError: it names none of them.
            DateError: a date that no source reaches.
        """
        with uncollected():
            return self._find(text)

    def _find(self, text: str) -> Side:
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

    def _holdings(self, project: Project) -> Holdings:
        key = (*project.layers, *project.data_layers)
        if key not in self._held:
            self._held[key] = Holdings(Reading.of(project, View("all")))
        return self._held[key]

    def _of_view(self, view: View, project: Project, label: str) -> Side:
        seen = self._holdings(project).seen_in(view)
        return Side(
            label=label,
            triples=seen.triples,
            quads=seen.quads,
            notes=seen.holdings.notes,
            context=seen.telling,
            resolved=view.name == "current",
            seen=seen,
        )

    def _first_day(self) -> str:
        notes = self._holdings(self._project).notes
        days = sorted(day for source in notes.sources() if (day := notes.issued_by(source)))
        return days[0] if days else "no known date"

    def _of_source(self, text: str) -> Side:
        held = self._holdings(self._project)
        slugs = {source[1:-1].rpartition("/")[2]: source for source in held.notes.sources()}
        source = slugs.get(text.removeprefix(BASE + "source/"))
        if source is None:
            hint = "a side is a date, a source, a snapshot id, a folder, current or all"
            raise UnknownNameError("side", text, nearest(text, slugs), f"({hint})")
        quads = held.said.get(source, [])
        if not quads:
            raise UsageError(f"the source {text} states nothing")
        return Side(
            label=text,
            triples=lambda: {quad[:3] for quad in quads},
            quads=lambda: iter(quads),
            notes=held.notes,
            context=held.seen_in(View("all")).telling,
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
    return Side(label, lambda: triples, lambda: iter(quads), notes, lambda: triples)
