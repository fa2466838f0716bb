"""A project's current view in memory that follows its files, one changed file at a time.

A changed file is read again, and only what that changes is worked out anew: which statements
lose, what is entailed, what the store holds. The outcome is what a fresh build would give.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from cbrngraph import inputs
from cbrngraph.build import ENTAILED, Snapshot, SnapshotMeta
from cbrngraph.closure import Closure
from cbrngraph.model import Triple, View
from cbrngraph.reading import Part, Reading, in_reading_order, read_part
from cbrngraph.resolution import Contest, Descriptions
from cbrngraph.resources import InputFile, Project
from cbrngraph.rules import N3Triple, Rules
from cbrngraph.store import N3Quad, Store, parse_text

__all__ = ["Delta", "LiveGraph", "LiveSnapshot"]

_ENTAILED = f"<{ENTAILED}>"
_Item = TypeVar("_Item", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Delta:
    """What an update changed: files by name, stated and entailed triples of the view, all quads.

    `moved` says that files came or went, so that others may have other numbers.
    """

    files: frozenset[str]
    moved: bool
    lost: frozenset[N3Triple]
    won: frozenset[N3Triple]
    no_more_entailed: frozenset[N3Triple]
    now_entailed: frozenset[N3Triple]
    quads: frozenset[N3Quad]


class LiveSnapshot(Snapshot):
    """The snapshot of a live graph: as it is now, until the graph's next update."""

    live: LiveGraph

    def entailed(self) -> Iterator[Triple]:
        """Yield what the view entails beyond what is stated, sorted."""
        text = "".join(f"{' '.join(triple)} .\n" for triple in sorted(self.live.entailed))
        for quad in parse_text(text, ".nt"):
            yield Triple(quad.subject, quad.predicate, quad.object)


@dataclass(slots=True)
class _File:
    """One input as it was when it was read."""

    part: Part
    position: int
    stamp: list[int]
    sha256: str
    notes: list[N3Triple]


class LiveGraph:
    """The view `current` of a project. `update` takes up what has changed in its files.

    Raises, as `update` does:
        ReadError: a file cannot be read.
        SyntaxFault: a file is not well-formed; nothing is taken up then.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self._files = self._read(project, {})
        self._descriptions = self._described(self._files)
        parts = self._parts()
        self._contest = Contest(_competing(parts), self._descriptions)
        # How often a triple is stated where nothing competes with it, and where it may lose.
        self._always = Counter(t for part in parts if not part.is_reference for t in part.triples)
        self._maybe = Counter(t[:3] for t in _competing(parts))
        self._named = Counter(quad for part in parts for quad in part.named())
        self._passages = Counter(quad[3] for part in parts for quad in part.quads)
        self.rules = _rules(parts)
        stated = (*self._always, *self._maybe)
        self.stated: set[N3Triple] = {t for t in stated if self._is_stated(t)}
        self._closure = Closure(self.rules, self.stated)
        self.store = Store.memory()
        lines = [*_lines(self.triples()), *_lines(self._named), *_lines(self.entailed, _ENTAILED)]
        self.store.load_text("".join(lines))

    @property
    def inputs(self) -> tuple[InputFile, ...]:
        """The input files in reading order."""
        return tuple(file.part.file for file in self._files.values())

    @property
    def entailed(self) -> set[N3Triple]:
        """What the view entails beyond what is stated."""
        return self._closure.entailed

    @property
    def snapshot(self) -> LiveSnapshot:
        """The graph as a snapshot: the same id, numbers and contents as a fresh build has."""
        hashes = {name: file.sha256 for name, file in self._files.items()}
        sources = {self._descriptions.source_of(passage) for passage in self._passages} - {""}
        meta = SnapshotMeta(
            id=inputs.digest(hashes),
            view="current",
            as_of="",
            files=len(self._files),
            sources=len(sources),
            sources_left_out=0,
            passages=len(self._passages),
            statements=self._passages.total(),
            superseded=len(self._contest.lost),
            entailed=len(self.entailed),
        )
        made = LiveSnapshot(self.project, View(), meta, self.store, "")
        made.live = self
        made.rules = self.rules
        return made

    def triples(self) -> Iterator[N3Triple]:
        """Yield the view, each triple once."""
        yield from self.stated
        yield from self.entailed

    def update(self, project: Project | None = None) -> Delta | None:
        """Take up the files that have changed.

        None, and nothing taken up, when the rules of the ontology have changed, or which
        properties have one value: then a live graph is to be made anew.
        """
        project = project or self.project
        files = self._read(project, self._files)
        before = self._files
        names = before.keys() | files.keys()
        changed = {n for n in names if _part(before.get(n)) is not _part(files.get(n))}
        of_ontology = any(name.startswith("ontology/") for name in changed)
        if of_ontology and _rules([file.part for file in files.values()]) != self.rules:
            return None
        old_files = [before[name] for name in changed if name in before]
        new_files = [files[name] for name in changed if name in files]
        descriptions = self._descriptions
        if any(_notes(before.get(name)) != _notes(files.get(name)) for name in changed):
            descriptions = self._described(files)
            if not self._contest.fits(descriptions):
                return None
        self._files, self.project = files, project
        old, new = ([file.part for file in some] for some in (old_files, new_files))
        touched = self._recount(old, new)
        if descriptions is not self._descriptions:
            touched |= self._contest.describe(descriptions)
            self._descriptions = descriptions
        touched |= self._contest.change(_competing(old), _competing(new))
        moved = before.keys() != files.keys()
        return self._settle(frozenset(changed), touched, self._requad(old, new), moved=moved)

    def _recount(self, old: list[Part], new: list[Part]) -> set[N3Triple]:
        """Count what the parts state; return the triples that are stated more or less often."""
        fixed = _difference(
            (t for part in old if not part.is_reference for t in part.triples),
            (t for part in new if not part.is_reference for t in part.triples),
        )
        open_ = _difference((t[:3] for t in _competing(old)), (t[:3] for t in _competing(new)))
        _apply(self._always, fixed)
        _apply(self._maybe, open_)
        _apply(
            self._passages,
            _difference(
                (quad[3] for part in old for quad in part.quads),
                (quad[3] for part in new for quad in part.quads),
            ),
        )
        return {*fixed, *open_}

    def _requad(self, old: list[Part], new: list[Part]) -> tuple[set[N3Quad], set[N3Quad]]:
        """Count the quads of the named graphs; return those that are gone and those that came."""
        steps = _difference(
            (quad for part in old for quad in part.named()),
            (quad for part in new for quad in part.named()),
        )
        known = {quad for quad in steps if quad in self._named}
        _apply(self._named, steps)
        present = {quad for quad in steps if quad in self._named}
        return known - present, present - known

    def _settle(
        self,
        files: frozenset[str],
        touched: set[N3Triple],
        quads: tuple[set[N3Quad], set[N3Quad]],
        *,
        moved: bool,
    ) -> Delta:
        """Bring stated triples, entailments and store up to date."""
        won = {t for t in touched if t not in self.stated and self._is_stated(t)}
        lost = {t for t in touched if t in self.stated and not self._is_stated(t)}
        self.stated -= lost
        self.stated |= won
        gone, came = self._closure.change(lost, won)
        entailed = self._closure.entailed
        # A triple may be stated where it was entailed, or the other way round.
        out = {t for t in lost | gone if t not in self.stated and t not in entailed}
        self._store(out, won | came, quads, gone, came)
        marked = ((*t, _ENTAILED) for t in gone | came)
        return Delta(
            files=files,
            moved=moved,
            lost=frozenset(lost),
            won=frozenset(won),
            no_more_entailed=frozenset(gone),
            now_entailed=frozenset(came),
            quads=frozenset((*quads[0], *quads[1], *marked)),
        )

    def _store(
        self,
        out: set[N3Triple],
        into: set[N3Triple],
        quads: tuple[set[N3Quad], set[N3Quad]],
        gone: set[N3Triple],
        came: set[N3Triple],
    ) -> None:
        removed = [*_lines(out), *_lines(quads[0]), *_lines(gone, _ENTAILED)]
        added = [*_lines(into), *_lines(quads[1]), *_lines(came, _ENTAILED)]
        # The store takes `1.5` for `1.50`: what goes may take along what stays.
        pairs = {item[:2] for item in (*out, *quads[0], *gone) if "^^" in item[2]}
        if pairs:
            added += _lines(t for t in self.triples() if t[:2] in pairs)
            added += _lines(q for q in self._named if q[:2] in pairs)
            added += _lines((t for t in self.entailed if t[:2] in pairs), _ENTAILED)
        self.store.change(removed, added)

    def _is_stated(self, triple: N3Triple) -> bool:
        if triple in self._always:
            return True
        return triple in self._maybe and triple not in self._contest.lost

    def _parts(self) -> list[Part]:
        return [file.part for file in self._files.values()]

    @staticmethod
    def _described(files: dict[str, _File]) -> Descriptions:
        found = Descriptions()
        for file in files.values():  # in reading order: the last one counts
            for triple in file.notes:
                found.note(*triple)
        return found

    @staticmethod
    def _read(project: Project, known: dict[str, _File]) -> dict[str, _File]:
        """Return all inputs in reading order; what has not changed is not read again."""
        found: dict[str, _File] = {}
        noted = Descriptions()
        for position, file in enumerate(in_reading_order(project.inputs())):
            stamp = inputs.stamp(file)
            old = known.get(file.name)
            if old is not None and _is_same(old, file, stamp, position):
                found[file.name] = old
                continue
            digest = inputs.sha256(file.path)
            part = read_part(file, position)
            found[file.name] = _File(part, position, stamp, digest, noted.notes(part.triples))
        return found


def _is_same(old: _File, file: InputFile, stamp: list[int], position: int) -> bool:
    """Whether a file need not be read again: blank nodes are named by its position."""
    if old.part.file != file or old.stamp != stamp:
        return False
    return not old.part.blank or old.position == position


def _part(file: _File | None) -> Part | None:
    return None if file is None else file.part


def _lines(items: Iterable[N3Triple | N3Quad], graph: str = "") -> Iterator[str]:
    """Yield statements as N-Quads, triples in the graph of that name."""
    for item in items:
        yield f"{' '.join(item)} {graph} .\n" if graph else f"{' '.join(item)} .\n"


def _notes(file: _File | None) -> list[N3Triple]:
    return [] if file is None else file.notes


def _competing(parts: Iterable[Part]) -> Iterator[N3Quad]:
    for part in parts:
        yield from part.competing()


def _rules(parts: list[Part]) -> Rules:
    return Rules.compile(Reading(parts, Descriptions()).schema())


def _difference(old: Iterable[_Item], new: Iterable[_Item]) -> dict[_Item, int]:
    """Return how much more often each item is in `new`; those that are as often, not."""
    steps = Counter(new)
    steps.subtract(Counter(old))
    return {item: step for item, step in steps.items() if step}


def _apply(counts: Counter[_Item], steps: dict[_Item, int]) -> None:
    for item, step in steps.items():
        counts[item] += step
        if not counts[item]:
            del counts[item]
