"""From everything that sources say to one value for each single-valued property.

The rule, in this order: the latest statement (the passage's `cbrn:asOf`, else the source's
`dcterms:issued`; an undated one counts as oldest, a year from its first day), then the more
reliable source, then the more confident statement, then the passage whose IRI sorts first,
so that the choice is always the same. Reference data, which has no passage, gives way to any
passage. Companion dates (earliest, latest) follow the value
that they belong to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cbrngraph.namespaces import CBRN

__all__ = ["Descriptions", "N3Statement", "superseded"]

N3Statement = tuple[str, str, str, str]

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


@dataclass(slots=True)
class Descriptions:
    """What is known about properties, sources and passages, gathered while files are read."""

    values: dict[str, dict[str, str]] = field(
        default_factory=lambda: {
            name: {}
            for name in (
                _AS_OF, _PART_OF, _ISSUED, _ISSUED_BY, _RELIABILITY, _CONFIDENCE, _RANK,
                _EARLIEST_OF, _LATEST_OF,
            )
        }
    )  # fmt: skip
    single: set[str] = field(default_factory=set)

    def note(self, subject: str, predicate: str, object_: str) -> None:
        """Keep a triple that resolution needs; others are ignored."""
        table = self.values.get(predicate)
        if table is not None:
            table[subject] = object_
        elif predicate == _SINGLE and object_.startswith('"true"'):
            self.single.add(subject)

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
    companions = {
        name: main for name, main in descriptions.companions().items()
        if main in descriptions.single
    }  # fmt: skip
    single = descriptions.single
    groups: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    followers: dict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
    for subject, predicate, object_, passage in statements:
        main = companions.get(predicate)
        if main is not None:
            followers[(subject, main)].append((predicate, object_, passage))
        elif predicate in single:
            groups[(subject, predicate)][object_].append(passage)
    lost: set[tuple[str, str, str]] = set()
    for (subject, predicate), values in groups.items():
        if len(values) == 1:
            continue
        winner = _winner(values, descriptions)
        lost.update((subject, predicate, value) for value in values if value != winner)
        lost.update(_orphans(subject, followers[(subject, predicate)], set(values[winner])))
    return lost


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
