"""Complete findings once, and again only when a change touches what they were completed from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cbrngraph.live import Delta, LiveSnapshot
from cbrngraph.model import IRI, Passage, Term
from cbrngraph.namespaces import CBRN
from cbrngraph.reading import in_reading_order
from cbrngraph.resources import InputFile
from cbrngraph.validate.enrich import Enricher, located
from cbrngraph.validate.locate import FileIndex, Locator
from cbrngraph.validate.report import Finding

__all__ = ["KeptEnricher", "KeptLocator", "KeptPlaces", "Rest"]


@dataclass(slots=True)
class Rest:
    """What a finding's completion rests on: terms asked of the store, files, wide searches."""

    subjects: set[str] = field(default_factory=set)
    objects: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    searches: set[tuple[Term, str, IRI | None]] = field(default_factory=set)


class KeptLocator(Locator):
    """A locator that takes over what another has read of unchanged files, and tells what it used.

    `before` is the other one; of the files `changed` by name nothing is taken over.
    """

    def __init__(
        self,
        files: Iterable[tuple[str, Path]],
        read: Iterable[str],
        before: KeptLocator | None = None,
        changed: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(files, read)
        self.rest = Rest()
        self._known: dict[tuple[str, str], FileIndex] = {}
        self._numbers = {name: number for number, (name, _) in enumerate(self.files)}
        if before is None:
            return
        kept = {name for name, _ in self.files} - changed
        self._known = {key: index for key, index in before._known.items() if key[0] in kept}
        for number, (name, _) in enumerate(before.files):
            if name in kept and name in self._numbers:
                here = self._numbers[name]
                if number in before._texts:
                    self._texts[here] = before._texts[number]
                if number in before._blocks:
                    self._blocks[here] = before._blocks[number]

    def may_hold(self, name: str, subject: Term, predicate: str, graph: IRI | None) -> bool:
        """Whether a wide search for (subject, predicate) may look into a file."""
        number = self._numbers.get(name)
        if number is None:
            return False
        return self.may_state(number, subject, predicate, graph)

    def _candidates(
        self, subject: Term, predicate: str, graph: IRI | None, within: frozenset[str] | None
    ) -> Iterator[int]:
        if within is None:
            self.rest.searches.add((subject, predicate, graph))
        else:
            self.rest.files |= within
        for number in super()._candidates(subject, predicate, graph, within):
            self.rest.files.add(self.files[number][0])
            yield number

    def _read_index(self, number: int) -> FileIndex:
        key = (self.files[number][0], self._marks[number])
        if key not in self._known:
            self._known[key] = super()._read_index(number)
        return self._known[key]


class KeptEnricher:
    """Completes the findings of a live graph as `Enricher` does, and keeps what has not changed."""

    def __init__(self) -> None:
        self._known: dict[Finding, tuple[Finding, Rest]] = {}
        self._locator: KeptLocator | None = None

    def take(self, delta: Delta, inputs: tuple[InputFile, ...]) -> None:
        """Forget what a change touches; `inputs` are the files as they now are."""
        self._locator = locator = _locator(inputs, self._locator, delta.files)
        items = (delta.lost, delta.won, delta.no_more_entailed, delta.now_entailed, delta.quads)
        subjects = {item[0] for group in items for item in group}
        objects = {item[2] for group in items for item in group}

        def stands(rest: Rest) -> bool:
            if rest.files & delta.files or rest.subjects & subjects or rest.objects & objects:
                return False
            return not any(
                locator.may_hold(name, *search) for name in delta.files for search in rest.searches
            )

        self._known = {key: kept for key, kept in self._known.items() if stands(kept[1])}

    def enrich(self, findings: Iterable[Finding], snapshot: LiveSnapshot) -> list[Finding]:
        """Return the findings with labels, lines and sources; others are forgotten."""
        found = list(findings)
        if self._locator is None:
            self._locator = _locator(snapshot.live.inputs)
        new = [finding for finding in dict.fromkeys(found) if finding not in self._known]
        traced = _Traced(snapshot, self._locator)
        for finding, complete in zip(new, traced.enrich(new), strict=True):
            self._known[finding] = (complete, traced.rests[finding])
        self._known = {finding: self._known[finding] for finding in found}
        return [self._known[finding][0] for finding in found]


class KeptPlaces:
    """Finds the lines of findings in files alone, as `located` does, and keeps what stands."""

    def __init__(self) -> None:
        self._known: dict[Finding, tuple[Finding, Rest]] = {}
        self._locator: KeptLocator | None = None

    def locate(
        self,
        findings: Iterable[Finding],
        files: Iterable[tuple[str, Path]],
        changed: frozenset[str],
    ) -> list[Finding]:
        """Return the findings with their lines in `files`, of which some `changed` by name."""
        parts = tuple(files)
        names = (name for name, _ in parts)
        self._locator = locator = KeptLocator(parts, names, self._locator, changed)
        known: dict[Finding, tuple[Finding, Rest]] = {}
        found = list(findings)
        for finding in found:
            kept = known.get(finding) or self._known.get(finding)
            if kept is None or not _stands(kept[1], locator, changed):
                locator.rest = Rest()
                kept = next(located([finding], locator)), locator.rest
            known[finding] = kept
        self._known = known
        return [known[finding][0] for finding in found]


def _locator(
    inputs: tuple[InputFile, ...],
    before: KeptLocator | None = None,
    changed: frozenset[str] = frozenset(),
) -> KeptLocator:
    """Return the locator of a project's files, by name, numbered as they were read."""
    files = sorted((file.name, file.path) for file in inputs)
    read = (file.name for file in in_reading_order(inputs))
    return KeptLocator(files, read, before, changed)


def _stands(rest: Rest, locator: KeptLocator, changed: frozenset[str]) -> bool:
    """Whether no changed file was looked into, or would be now."""
    if rest.files & changed:
        return False
    return not any(locator.may_hold(name, *search) for name in changed for search in rest.searches)


class _Traced(Enricher):
    """An enricher that notes what each finding's completion rests on."""

    def __init__(self, snapshot: LiveSnapshot, locator: KeptLocator) -> None:
        super().__init__(snapshot, snapshot.live.inputs, locator)
        self._store = snapshot.store
        self._locator = locator
        self._asked: dict[Finding, set[tuple[str, Term]]] = {}
        self.rests: dict[Finding, Rest] = {}

    def enrich(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return the findings with labels, lines and sources."""
        try:
            complete = super().enrich(findings)
        finally:
            self._store.asked = None
        for finding, asked in self._asked.items():
            rest = self.rests[finding]
            for side, term in asked:
                (rest.subjects if side == "s" else rest.objects).add(term.n3())
        return complete

    def _begin(self, finding: Finding) -> None:
        self._locator.rest = rest = self.rests.setdefault(finding, Rest())
        self._store.asked = self._asked.setdefault(finding, set())
        for term in (finding.focus, finding.value):
            if isinstance(term, IRI):
                rest.subjects.add(term.n3())
                if "#" in term:  # a passage is called by the title of its source
                    parts = self._store.match(term, IRI(CBRN.partOf))
                    rest.subjects.update(quad.object.n3() for quad in parts)

    def _named(self, graphs: Iterable[IRI], passages: dict[IRI, Passage]) -> None:
        rest = self._locator.rest
        for graph in graphs:
            rest.subjects.add(graph.n3())
            if graph in passages:
                rest.subjects.add(passages[graph].source.iri.n3())
