"""From everything that sources say to one value for each single-valued property.

The rule, in this order: the latest statement (the passage's `cbrn:asOf`, else the source's
`dcterms:issued`; an undated one counts as oldest, a year from its first day), then the more
reliable source, then the more confident statement, then the passage whose IRI sorts first,
so that the choice is always the same. Reference data, which has no passage, gives way to any
passage. Companion dates (earliest, latest) follow the value
that they belong to.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from cbrngraph.namespaces import CBRN

__all__ = ["Contest", "Descriptions", "N3Statement", "superseded"]

N3Statement = tuple[str, str, str, str]
_Key = tuple[str, str]  # a thing, and a single-valued property
_Stated = tuple[str, str, str]  # property, value, passage
_NONE: frozenset[tuple[str, str, str]] = frozenset()

_AS_OF = f"<{CBRN.asOfEarliest}>"
_PART_OF = f"<{CBRN.partOf}>"
_ISSUED = f"<{CBRN.issuedEarliest}>"
_ISSUED_BY = f"<{CBRN.issuedLatest}>"
_RELIABILITY = f"<{CBRN.reliability}>"
_CONFIDENCE = f"<{CBRN.confidence}>"
_RANK = f"<{CBRN.rank}>"
_SINGLE = f"<{CBRN.singleValued}>"
_EARLIEST_OF = f"<{CBRN.earliestOf}>"
_LATEST_OF = f"<{CBRN.latestOf}>"
_LOWEST_RANK = 9


class Descriptions:
    """What is known about properties, sources and passages, gathered while files are read."""

    # No dataclass: to import that takes a tenth of the time in which a row is explained.
    __slots__ = ("single", "values")

    def __init__(self) -> None:
        self.values: dict[str, dict[str, str]] = {
            name: {}
            for name in (
                _AS_OF, _PART_OF, _ISSUED, _ISSUED_BY, _RELIABILITY, _CONFIDENCE, _RANK,
                _EARLIEST_OF, _LATEST_OF,
            )
        }  # fmt: skip
        self.single: set[str] = set()

    def note(self, subject: str, predicate: str, object_: str) -> None:
        """Keep a triple that resolution needs; others are ignored."""
        table = self.values.get(predicate)
        if table is not None:
            table[subject] = object_
        elif predicate == _SINGLE and object_.startswith('"true"'):
            self.single.add(subject)

    def notes(self, triples: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
        """Return those of the triples that `note` would keep."""
        return [t for t in triples if t[1] == _SINGLE or t[1] in self.values]

    def sources(self) -> frozenset[str]:
        """Return every source that has a passage."""
        return frozenset(self.values[_PART_OF].values())

    def source_of(self, passage: str) -> str:
        """Return the source of a passage, or "" when it is not described."""
        return self.values[_PART_OF].get(passage, "")

    def issued_by(self, source: str) -> str:
        """Return the day (YYYY-MM-DD) by which a source was certainly issued, or ""."""
        return _day(self.values[_ISSUED_BY].get(source, ""))

    def strength(self, passage: str) -> tuple[str, int, int]:
        """Return the sort key of a passage's authority: larger is stronger."""
        if not passage:
            return ("", -_LOWEST_RANK - 1, 0)
        tables = self.values
        source = self.source_of(passage)
        day = _day(tables[_AS_OF].get(passage, "")) or _day(tables[_ISSUED].get(source, ""))
        return (
            day,
            -self._rank(tables[_RELIABILITY].get(source, "")),
            -self._rank(tables[_CONFIDENCE].get(passage, "")),
        )

    def companions(self) -> dict[str, str]:
        """Return each companion property with the date property that it belongs to."""
        return {**self.values[_EARLIEST_OF], **self.values[_LATEST_OF]}

    def _rank(self, concept: str) -> int:
        written = self.values[_RANK].get(concept, "").partition('"')[2].partition('"')[0]
        return int(written) if written.isdigit() else _LOWEST_RANK


def superseded(
    statements: Iterable[N3Statement], descriptions: Descriptions
) -> set[tuple[str, str, str]]:
    """Return the triples that lose: other values of a single-valued property were chosen.

    `statements` are (subject, predicate, object, passage) as N-Triples text.
    """
    mains = _mains(descriptions)
    groups: dict[_Key, list[_Stated]] = defaultdict(list)
    for subject, predicate, object_, passage in statements:
        main = mains.get(predicate)
        if main is not None:
            groups[(subject, main)].append((predicate, object_, passage))
    lost: set[tuple[str, str, str]] = set()
    for key, group in groups.items():
        if len(group) > 1:
            lost.update(_losers(key, group, descriptions))
    return lost


class Contest:
    """Which statements lose, kept up to date while statements and descriptions change.

    `lost` has the triples that lose. What is single-valued must stay the same.
    """

    def __init__(self, statements: Iterable[N3Statement], descriptions: Descriptions) -> None:
        self._descriptions = descriptions
        self._mains = _mains(descriptions)
        self._groups: dict[_Key, Counter[_Stated]] = {}
        self._keys: dict[str, set[_Key]] = defaultdict(set)
        self._strengths: dict[str, tuple[str, int, int]] = {}
        self._lost_by_key: dict[_Key, frozenset[tuple[str, str, str]]] = {}
        self.lost: set[tuple[str, str, str]] = set()
        self.change((), statements)

    def fits(self, descriptions: Descriptions) -> bool:
        """Whether the same properties are single-valued, and have the same companions."""
        return _mains(descriptions) == self._mains

    def describe(self, descriptions: Descriptions) -> set[tuple[str, str, str]]:
        """Take other descriptions of sources and passages; return what now loses or wins."""
        self._descriptions = descriptions
        touched: set[_Key] = set()
        for passage, strength in self._strengths.items():
            new = descriptions.strength(passage)
            if new != strength:
                self._strengths[passage] = new
                touched |= self._keys[passage]
        return self._settle(touched)

    def change(
        self, removed: Iterable[N3Statement], added: Iterable[N3Statement]
    ) -> set[tuple[str, str, str]]:
        """Take statements away and add others; return the triples that now lose or win."""
        touched: set[_Key] = set()
        for statements, step in ((removed, -1), (added, 1)):
            for subject, predicate, object_, passage in statements:
                main = self._mains.get(predicate)
                if main is None:
                    continue
                key = (subject, main)
                touched.add(key)
                self._groups.setdefault(key, Counter())[(predicate, object_, passage)] += step
                self._keys[passage].add(key)
                if passage not in self._strengths:
                    self._strengths[passage] = self._descriptions.strength(passage)
        return self._settle(touched)

    def _settle(self, keys: Iterable[_Key]) -> set[tuple[str, str, str]]:
        changed: set[tuple[str, str, str]] = set()
        for key in keys:
            group = self._groups[key]
            kept = [stated for stated, number in group.items() if number > 0]
            if len(kept) < len(group):
                self._groups[key] = Counter({stated: group[stated] for stated in kept})
            now = frozenset(_losers(key, kept, self._descriptions)) if len(kept) > 1 else _NONE
            before = self._lost_by_key.pop(key, _NONE)
            if now:
                self._lost_by_key[key] = now
            changed |= now ^ before
            self.lost -= before
            self.lost |= now
        return changed


def _mains(descriptions: Descriptions) -> dict[str, str]:
    """Return each property that competes, with the single-valued one that decides for it."""
    single = descriptions.single
    mains = {name: name for name in single}
    mains.update((name, main) for name, main in descriptions.companions().items() if main in single)
    return mains


def _losers(
    key: _Key, group: Iterable[_Stated], descriptions: Descriptions
) -> Iterator[tuple[str, str, str]]:
    """Yield the triples of one thing and single-valued property that are not chosen."""
    subject, main = key
    values: dict[str, list[str]] = defaultdict(list)
    followers: list[_Stated] = []
    for predicate, object_, passage in group:
        if predicate == main:
            values[object_].append(passage)
        else:
            followers.append((predicate, object_, passage))
    if len(values) < 2:
        return
    winner = _winner(values, descriptions)
    yield from ((subject, main, value) for value in values if value != winner)
    yield from _orphans(subject, followers, set(values[winner]))


def _winner(values: Mapping[str, list[str]], descriptions: Descriptions) -> str:
    """Return the value with the strongest passage; ties go to the first passage by name."""
    strength = descriptions.strength
    best = ""
    best_key: tuple[tuple[str, int, int], str] | None = None
    for value in sorted(values):
        for passage in values[value]:
            key = (strength(passage), passage)
            if (
                best_key is None
                or key[0] > best_key[0]
                or (key[0] == best_key[0] and key[1] < best_key[1])
            ):
                best, best_key = value, key
    return best


def _orphans(
    subject: str, companions: Iterable[tuple[str, str, str]], kept: set[str]
) -> set[tuple[str, str, str]]:
    """Return the companion triples that no passage of the chosen value states."""
    held = {(subject, name, value) for name, value, passage in companions if passage in kept}
    every = {(subject, name, value) for name, value, _ in companions}
    return every - held


def _day(literal: str) -> str:
    return literal[1:11] if literal else ""
