"""What differs between two sides, thing by thing, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal as OneOf

from cbrngraph.evidence.authority import rule_words
from cbrngraph.evidence.holdings import uncollected
from cbrngraph.evidence.sides import Side
from cbrngraph.namespaces import CBRN, DCTERMS, OWL, RDF, RDFS, SKOS
from cbrngraph.rules import N3Triple

__all__ = ["Cause", "Change", "Diff", "compare"]

Sort = OneOf["added", "removed", "changed"]
Why = OneOf[
    "new source",
    "source left out",
    "new statement",
    "corrected statement",
    "resolution rule",
    "reference data",
    "another source",
]

_TYPE = f"<{RDF.type}>"
_IDENTIFIER = f"<{DCTERMS.identifier}>"
_PART_OF = f"<{CBRN.partOf}>"
_INVERSE = f"<{OWL.inverseOf}>"
_IN_SCHEME = f"<{SKOS.inScheme}>"
_MEASURE = f"<{CBRN.measure}>"
_UNIT = f"<{CBRN.unit}>"
_DESCRIBED = (f"<{CBRN.SourceDocument}>", f"<{CBRN.Passage}>")
_LABELS = (f"<{SKOS.prefLabel}>", f"<{RDFS.label}>", f"<{DCTERMS.title}>")
_TELLING = frozenset((*_LABELS, _IN_SCHEME, _INVERSE, _TYPE))
_OWNERS = tuple(f"<{name}>" for name in (CBRN.figureOf, CBRN.budgetOf, CBRN.focalPointOf))


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something changed: the kind, in words, and the passages behind it (IRIs in brackets)."""

    why: Why
    words: str
    passages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A value that came, went or took another's place. Terms are N-Triples text, "" is none.

    `node` is the relation node or figure that carries the value, `measure` what a figure counts.
    """

    thing: str
    node: str
    property: str
    measure: str
    sort: Sort
    before: str
    after: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class Diff:
    """The changes from one side to the other, by thing; `added` and `removed` are all triples.

    The triples hold also what the list of changes leaves out: types, dates for sorting, and
    descriptions of sources. Triples of blank nodes (parts of axioms) are not compared. `labels`
    names what changes speak of.
    """

    before: str
    after: str
    changes: tuple[Change, ...]
    added: frozenset[N3Triple]
    removed: frozenset[N3Triple]
    new_sources: tuple[str, ...]
    lost_sources: tuple[str, ...]
    labels: dict[str, str]


def compare(before: Side, after: Side) -> Diff:
    """Return what must change for `before` to become `after`."""
    with uncollected():
        return _Comparison(before, after).diff()


class _Comparison:
    def __init__(self, before: Side, after: Side) -> None:
        self.before = before
        self.after = after
        self.added = _without_blank(after.beyond(before))
        self.removed = _without_blank(before.beyond(after))
        self._described = _described(self.added, before, after)
        self._described |= _described(self.removed, before, after)
        self._came_told = self._told(self.added)
        self._went_told = self._told(self.removed)
        changed = self._came_told | self._went_told
        self._stated_before = before.stating(changed)
        self._stated_after = after.stating(changed)
        self._about: dict[str, list[N3Triple]] = defaultdict(list)
        self._new_sources = after.sources - before.sources
        self._owners: dict[str, str] = {}
        self._inverses: set[str] = set()
        self._concepts: set[str] = set()
        self._label: dict[str, tuple[int, str]] = {}
        self._scan({triple[0] for triple in changed})

    def _told(self, triples: set[N3Triple]) -> set[N3Triple]:
        """Leave out the descriptions of sources and passages, which is most of what differs."""
        described = self._described
        return {triple for triple in triples if triple[0] not in described}

    def diff(self) -> Diff:
        changes = sorted(
            self._changes(), key=lambda c: (c.thing, c.node, c.property, c.before, c.after)
        )
        return Diff(
            before=self.before.label,
            after=self.after.label,
            changes=tuple(changes),
            added=frozenset(self.added),
            removed=frozenset(self.removed),
            new_sources=tuple(sorted(self.after.sources - self.before.sources)),
            lost_sources=tuple(sorted(self.before.sources - self.after.sources)),
            labels=self._labels(changes),
        )

    # --- pairing --------------------------------------------------------------------------

    def _changes(self) -> Iterator[Change]:
        helpers = self._helpers()
        gone: dict[tuple[str, str], list[str]] = defaultdict(list)
        came: dict[tuple[str, str], list[str]] = defaultdict(list)
        for triples, table in ((self._went_told, gone), (self._came_told, came)):
            for subject, predicate, object_ in triples:
                if subject in self._described or predicate == _TYPE or predicate in helpers:
                    continue
                if not self._is_bookkeeping(subject, predicate, object_):
                    table[subject, predicate].append(object_)
        single = self.before.notes.single | self.after.notes.single
        for node, predicate in sorted(gone.keys() | came.keys()):
            old, new = sorted(gone[node, predicate]), sorted(came[node, predicate])
            owner = self._owner(node)
            if predicate in single and len(old) == len(new) == 1:
                yield self._change(owner, node, predicate, old[0], new[0])
                continue
            for value in old:
                yield self._change(owner, node, predicate, value, "")
            for value in new:
                yield self._change(owner, node, predicate, "", value)

    def _is_bookkeeping(self, node: str, predicate: str, object_: str) -> bool:
        """Whether a triple only says what kind of node it is, or what the node hangs on."""
        owner = self._owner(node)
        if owner == node:
            return False
        return object_ in (owner, node) or object_ in self._concepts or predicate == _UNIT

    def _change(self, owner: str, node: str, predicate: str, old: str, new: str) -> Change:
        sort: Sort = "changed" if old and new else "added" if new else "removed"
        cause = self._came((node, predicate, new)) if new else self._went((node, predicate, old))
        if sort == "changed":
            cause = self._with_rule(cause, (node, predicate, old), (node, predicate, new))
        counted = (o for _, p, o in self._about[node] if p == _MEASURE)
        return Change(owner, node, predicate, next(counted, ""), sort, old, new, cause)

    def _with_rule(self, cause: Cause, old: N3Triple, new: N3Triple) -> Cause:
        """Add the rule by which the new value goes before the old one, where both are stated."""
        losers = self._stated_after.get(old) or self._stated_before.get(old, [])
        winners = self._stated_after.get(new, [])
        if not (self.after.resolved and losers and winners):
            return cause
        notes = self.after.notes
        best = max(notes.strength(passage) for passage in winners)
        rule = rule_words(best, max(notes.strength(passage) for passage in losers))
        return Cause(cause.why, f"{cause.words}; {rule}", cause.passages)

    # --- causes ---------------------------------------------------------------------------

    def _came(self, triple: N3Triple) -> Cause:
        now = self._stated_after.get(triple, [])
        if not self.before.resolved and not self.after.resolved:
            return Cause("another source", f"stated by {self.after.label}", tuple(now))
        then = self._stated_before.get(triple, [])
        if then:
            # It was stated before, and another value was taken.
            return Cause("resolution rule", "what went before it is gone or weaker", tuple(then))
        if not now:
            return Cause("reference data", "added to the reference data")
        fresh = [p for p in now if self.after.notes.source_of(p) in self._new_sources]
        if fresh:
            return Cause("new source", f"{self._sources(fresh, self.after)} came in", tuple(fresh))
        known = [p for p in now if p in self.before.passages]
        if known:
            words = f"{self._sources(known, self.after)} is now read to say so"
            return Cause("corrected statement", words, tuple(known))
        words = f"a passage of {self._sources(now, self.after)} was added"
        return Cause("new statement", words, tuple(now))

    def _went(self, triple: N3Triple) -> Cause:
        then = self._stated_before.get(triple, [])
        if not self.before.resolved and not self.after.resolved:
            return Cause("another source", f"stated by {self.before.label} only", tuple(then))
        now = self._stated_after.get(triple, [])
        if now:
            return Cause("resolution rule", "still stated, and another value was taken", tuple(now))
        if not then:
            return Cause("reference data", "taken out of the reference data")
        lost = [p for p in then if self.before.notes.source_of(p) not in self.after.sources]
        if lost:
            return Cause("source left out", f"{self._sources(lost, self.before)} left", tuple(lost))
        words = f"{self._sources(then, self.before)} is no longer read to say so"
        return Cause("corrected statement", words, tuple(then))

    @staticmethod
    def _sources(passages: Iterable[str], side: Side) -> str:
        slugs = {side.notes.source_of(p)[1:-1].rpartition("/")[2] for p in passages}
        return ", ".join(sorted(slugs))

    # --- what is known of the nodes -------------------------------------------------------

    def _scan(self, subjects: set[str]) -> None:
        """Learn in one pass what is needed of the nodes that changed, and of the ontology."""
        about = self._about
        for triples in (self.after.context(), self._went_told):
            for triple in triples:
                subject, predicate, object_ = triple
                if subject in subjects:
                    about[subject].append(triple)
                if predicate not in _TELLING:
                    continue
                if predicate in _LABELS:
                    self._named(triple)
                elif predicate == _IN_SCHEME:
                    self._concepts.add(subject)
                elif predicate == _INVERSE:
                    self._inverses |= {subject, object_}
                elif object_ in _DESCRIBED:
                    self._described.add(subject)

    def _named(self, triple: N3Triple) -> None:
        """Keep the best label of a thing."""
        subject, predicate, object_ = triple
        if predicate in _LABELS and object_[0] == '"':
            label = (_LABELS.index(predicate), object_)
            self._label[subject] = min(self._label.get(subject, label), label)

    def _owner(self, node: str) -> str:
        """The thing that a relation node hangs on; a thing with a name is its own."""
        if node not in self._owners:
            self._owners[node] = self._find_owner(node)
        return self._owners[node]

    def _find_owner(self, node: str) -> str:
        about = self._about[node]
        if not about or any(predicate == _IDENTIFIER for _, predicate, _ in about):
            return node
        links = {predicate: object_ for _, predicate, object_ in sorted(about, reverse=True)}
        for predicate in _OWNERS:
            if predicate in links:
                return links[predicate]
        for predicate in sorted(links):
            if predicate in self._inverses and links[predicate].startswith("<"):
                return links[predicate]
        return node

    def _helpers(self) -> set[str]:
        tables = (self.before.notes.companions(), self.after.notes.companions())
        return {name for table in tables for name in table}

    def _labels(self, changes: Iterable[Change]) -> dict[str, str]:
        wanted = {
            term
            for change in changes
            for term in (
                *(change.thing, change.node, change.property),
                *(change.measure, change.before, change.after),
            )
            if term.startswith("<")
        }
        for term in wanted - self._label.keys():
            for side in (self.before, self.after):
                for triple in side.describing(term):
                    self._named(triple)
        known = {term: self._label[term] for term in wanted if term in self._label}
        return {term[1:-1]: _plain(text) for term, (_, text) in known.items()}


def _described(triples: set[N3Triple], *sides: Side) -> set[str]:
    """The sources and passages among the subjects."""
    known: set[str] = set()
    for side in sides:
        known.update(side.notes.values[_PART_OF], side.notes.sources())
    return {triple[0] for triple in triples if triple[0] in known or triple[2] in _DESCRIBED}


def _without_blank(triples: set[N3Triple]) -> set[N3Triple]:
    """Leave out triples of blank nodes: two sides have no common name for one to compare by."""
    return {triple for triple in triples if triple[0][0] != "_" and triple[2][0] != "_"}


def _plain(literal: str) -> str:
    """Return the text of a literal in N-Triples."""
    from cbrngraph.evidence.sparql.tokens import unescape

    return unescape(literal[1 : literal.rindex('"')])
