"""Which of several statements the current view takes, and by which rule.

The rule itself is `cbrngraph.resolution`: the latest statement, then the more reliable source,
then the more confident statement, then the passage whose IRI sorts first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cbrngraph.model import IRI, Term
from cbrngraph.namespaces import CBRN
from cbrngraph.resolution import Descriptions
from cbrngraph.store import Store

__all__ = ["Authority", "rule_words"]

_OF_PASSAGE = frozenset((CBRN.partOf, CBRN.asOfEarliest, CBRN.confidence))
_OF_SOURCE = frozenset((CBRN.issuedEarliest, CBRN.issuedLatest, CBRN.reliability))


@dataclass(slots=True)
class Authority:
    """Compares passages of one store by the rule of resolution."""

    store: Store
    _notes: Descriptions = field(default_factory=Descriptions)
    _known: set[IRI] = field(default_factory=set)

    def strength(self, passage: IRI) -> tuple[str, int, int]:
        """Return day, reliability and confidence of a passage; larger is stronger."""
        self._learn(passage)
        return self._notes.strength(passage.n3())

    def best(self, passages: Iterable[IRI]) -> IRI:
        """Return the strongest passage, the first by name of equals."""
        ordered = sorted(passages)
        return max(ordered, key=self.strength)

    def day(self, passage: IRI) -> str:
        """Return the day (ISO) that counts for a passage, empty when it has none."""
        return self.strength(passage)[0]

    def rule(self, winners: Iterable[IRI], losers: Iterable[IRI]) -> str:
        """Say in words why the value of `winners` goes before that of `losers`."""
        one, other = self.best(winners), self.best(losers)
        return rule_words(self.strength(one), self.strength(other))

    def _learn(self, passage: IRI) -> None:
        if passage in self._known:
            return
        self._known.add(passage)
        for quad in self.store.match(passage):
            if quad.predicate in _OF_PASSAGE:
                self._learned(passage, quad.predicate, quad.object)

    def _learned(self, passage: IRI, predicate: str, value: Term) -> None:
        self._note(passage.n3(), predicate, value.n3())
        if predicate == CBRN.partOf and isinstance(value, IRI):
            self._learn_source(value)
        elif predicate == CBRN.confidence and isinstance(value, IRI):
            self._learn_rank(value)

    def _learn_source(self, source: IRI) -> None:
        if source in self._known:
            return
        self._known.add(source)
        for quad in self.store.match(source):
            if quad.predicate in _OF_SOURCE:
                self._note(source.n3(), quad.predicate, quad.object.n3())
                if quad.predicate == CBRN.reliability and isinstance(quad.object, IRI):
                    self._learn_rank(quad.object)

    def _learn_rank(self, concept: IRI) -> None:
        if concept in self._known:
            return
        self._known.add(concept)
        for quad in self.store.match(concept, IRI(CBRN.rank)):
            self._note(concept.n3(), CBRN.rank, quad.object.n3())

    def _note(self, subject: str, predicate: str, object_: str) -> None:
        self._notes.note(subject, f"<{predicate}>", object_)


def rule_words(stronger: tuple[str, int, int], weaker: tuple[str, int, int]) -> str:
    """Say by which rule a statement of one strength goes before one of another."""
    if stronger[0] != weaker[0]:
        if not weaker[0]:
            return f"the latest statement: {stronger[0]} goes before one without a date"
        return f"the latest statement: {stronger[0]} goes before {weaker[0]}"
    if stronger[1] != weaker[1]:
        return "statements of the same day: the more reliable source"
    if stronger[2] != weaker[2]:
        return "the same day, equally reliable sources: the more confident statement"
    return "nothing tells them apart: the passage whose name sorts first"
