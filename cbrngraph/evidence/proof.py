"""What an answer rests on, as a tree, and the smallest sets of facts that carry it.

A proof is a positive formula over facts: `All` of its parts, `Any` one of them, a `Statement`
that passages state or rules entail. What holds because something is absent (`Absent`), or by
computation alone (`Condition`), needs no fact. A part that cannot be explained says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from cbrngraph.evidence.sparql.node import Node
from cbrngraph.model import IRI, BNode, Triple

__all__ = [
    "Absent",
    "All",
    "Any",
    "Condition",
    "Entailment",
    "Fact",
    "FactSets",
    "More",
    "Proof",
    "Statement",
    "Unexplained",
    "all_of",
    "any_of",
    "leaves",
    "minimal_sets",
]


class Fact(Node):
    """A triple stated in a graph: a passage, a reference file, or None for the dataset's own
    description of its sources.
    """

    triple: Triple
    graph: IRI | BNode | None


class Entailment(Node):
    """One rule and the premises from which it gives a statement."""

    rule: str
    axiom: str
    premises: tuple[Statement, ...]


class Statement(Node):
    """A triple that holds: stated by `facts`, or entailed in one of the ways of `entailments`.

    `more` says that further ways exist which were not followed. `contested`: another value is
    stated too and was not taken; `beaten` are the facts that state this one as well, and would
    not keep it in the view alone. `follows`: it is there because another value was taken.
    """

    triple: Triple
    facts: tuple[Fact, ...]
    entailments: tuple[Entailment, ...] = ()
    more: bool = False
    beaten: tuple[Fact, ...] = ()
    contested: bool = False
    follows: bool = False

    @property
    def stated(self) -> tuple[Fact, ...]:
        """All facts that state it, those that carry it first."""
        return (*self.facts, *self.beaten)


class All(Node):
    """Every part is needed; `title` says what they are together."""

    parts: tuple[Proof, ...]
    title: str = ""


class Any(Node):
    """One part is enough."""

    parts: tuple[Proof, ...]
    title: str = ""


class Absent(Node):
    """Something is not there; `kind` is `optional`, `minus`, `not exists`, `group`, `statement`."""

    kind: str
    pattern: str


class Condition(Node):
    """What is computed from the row itself: a filter, a bound expression, given values."""

    text: str


class More(Node):
    """Further parts that were not followed; `count` is 0 when their number is not known."""

    count: int


class Unexplained(Node):
    """A part of the query that cannot be explained, and why."""

    part: str
    reason: str


Proof: TypeAlias = Statement | All | Any | Absent | Condition | More | Unexplained


def all_of(parts: Iterable[Proof], title: str = "") -> Proof:
    """All parts as one proof; a single part stands for itself."""
    kept = tuple(parts)
    return kept[0] if len(kept) == 1 and not title else All(kept, title)


def any_of(parts: Iterable[Proof], title: str = "") -> Proof:
    """Any part as one proof; a single part stands for itself."""
    kept = tuple(parts)
    return kept[0] if len(kept) == 1 and not title else Any(kept, title)


def leaves(proof: Proof) -> Iterator[Statement | Absent | Condition | More | Unexplained]:
    """Every part of a proof that is neither All nor Any, in order; premises not included.

    What several parts share is given once.
    """
    seen: set[int] = set()
    todo = [proof]
    while todo:
        part = todo.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, All | Any):
            todo.extend(reversed(part.parts))
        else:
            yield part


class FactSets(Node):
    """The minimal sets of facts, smallest first.

    `sound`: each set alone carries the row. `complete`: no other minimal set exists.
    `contested`: where one of the facts is taken away another value may come into the view.
    """

    sets: tuple[frozenset[Fact], ...]
    sound: bool
    complete: bool
    contested: bool = False


def minimal_sets(proof: Proof, limit: int = 64) -> FactSets:
    """Return the minimal sets of stated facts from which `proof` follows.

    At most `limit` sets are kept; `complete` is False when there may be others.
    """
    reckoning = _Reckoning(limit)
    found = reckoning.sets(proof)
    keys = {fact: _order(fact) for facts in found for fact in facts}
    found.sort(key=lambda facts: (len(facts), sorted(keys[fact] for fact in facts)))
    return FactSets(tuple(found), reckoning.sound, reckoning.complete, reckoning.contested)


def _order(fact: Fact) -> tuple[str, ...]:
    return (*map(str, fact.triple), fact.graph or "")


# Combinations looked at, as a multiple of those that are kept.
_WORK = 4

Sets: TypeAlias = list[frozenset[Fact]]


class _Reckoning:
    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._known: dict[int, Sets] = {}
        self.sound = True
        self.complete = True
        self.contested = False

    def sets(self, proof: Proof) -> Sets:
        # Parts are shared, such as a sub-select by the rows of a group: each is reckoned once.
        key = id(proof)
        if key not in self._known:
            self._known[key] = self._reckoned(proof)
        return self._known[key]

    def _reckoned(self, proof: Proof) -> Sets:
        match proof:
            case Statement():
                return self._statement(proof)
            case All(parts, _):
                if any(isinstance(part, More) for part in parts):
                    self.sound = False
                return self._product(self.sets(p) for p in parts if not isinstance(p, More))
            case Any(parts, _):
                if any(isinstance(part, More) for part in parts):
                    self.complete = False
                return self._choice(self.sets(p) for p in parts if not isinstance(p, More))
            case Unexplained():
                self.sound = self.complete = False
        return [frozenset()]

    def _statement(self, statement: Statement) -> Sets:
        if statement.more:
            self.complete = False
        if statement.follows:
            self.sound = self.complete = False
        self.contested = self.contested or statement.contested
        ways: list[Sets] = [[frozenset((fact,))] for fact in statement.facts]
        ways += [
            self._product(self.sets(p) for p in entailment.premises)
            for entailment in statement.entailments
        ]
        if not ways:  # entailed, and the rules are not known or were not followed
            self.sound = self.complete = False
            return [frozenset()]
        return self._choice(ways)

    def _choice(self, ways: Iterable[Sets]) -> Sets:
        return self._shrunk({facts for way in ways for facts in way})

    def _product(self, parts: Iterable[Sets]) -> Sets:
        needed: set[Fact] = set()
        choices: list[Sets] = []
        for part in parts:
            if len(part) == 1:
                needed |= part[0]
            else:
                choices.append(part)
        combined: Sets = [frozenset(needed)]
        for part in choices:
            ways = part
            if len(combined) * len(part) > _WORK * self._limit:
                # Only so many combinations are kept anyway: go on with the smallest way alone.
                self.complete = False
                ways = part[:1]
            combined = self._shrunk({left | right for left in combined for right in ways})
        return combined

    def _shrunk(self, sets: set[frozenset[Fact]]) -> Sets:
        """Drop each set that contains another, and what exceeds the limit."""
        if len({len(facts) for facts in sets}) == 1:  # none contains another
            kept = list(sets)
        else:
            kept = []
            for facts in sorted(sets, key=len):
                if not any(other <= facts for other in kept):
                    kept.append(facts)
        if len(kept) > self._limit:
            self.complete = False
        return kept[: self._limit]
