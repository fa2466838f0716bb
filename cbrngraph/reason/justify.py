"""From an inconsistent set of units to the few that contradict each other.

Contraction: leave out ever smaller parts while what remains is inconsistent. At the end no unit
can be left out, so the set is minimal; and the last verdict on it was 'inconsistent'.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from cbrngraph.reason.knowledge import NAME, RESERVED, Unit
from cbrngraph.reason.literals import literal, value
from cbrngraph.reason.patterns import Clash, clashes_of
from cbrngraph.reason.runner import Reasoner

__all__ = ["Explainer", "by_rules", "contract", "outline"]

_XSD = "http://www.w3.org/2001/XMLSchema#"


class Judge(Protocol):
    """Says which of some sets is the first inconsistent one."""

    def __call__(self, sets: Sequence[Sequence[Unit]]) -> int | None: ...


def one_by_one(inconsistent: Callable[[Sequence[Unit]], bool]) -> Judge:
    """Return a judge that asks about one set at a time."""

    def judge(sets: Sequence[Sequence[Unit]]) -> int | None:
        return next((n for n, units in enumerate(sets) if inconsistent(units)), None)

    return judge


def contract(units: Sequence[Unit], judge: Judge) -> tuple[Unit, ...]:
    """Return a minimal inconsistent part of an inconsistent set.

    What stands first is left out first: put what should explain it last.
    """
    held = list(units)
    size = (len(held) + 1) // 2
    while True:
        start = 0
        while start < len(held):
            starts = range(start, len(held), size)
            found = judge([held[:s] + held[s + size :] for s in starts])
            if found is None:
                break
            start = starts[found]
            held = held[:start] + held[start + size :]
        if size == 1:
            return tuple(held)
        size = min((size + 1) // 2, max(1, (len(held) + 1) // 2))


def by_rules(units: Sequence[Unit], clash: Clash) -> tuple[Unit, ...]:
    """Return a minimal part in which rules see this clash; empty when they do not."""
    judge = one_by_one(lambda part: clash in clashes_of(part))
    return contract(units, judge) if judge([units]) is not None else ()


class Explainer:
    """Explains by proposals of rules and of Pellet, of which HermiT confirms each."""

    def __init__(self, reasoner: Reasoner) -> None:
        self._reasoner = reasoner
        self._known: set[str] = set()

    def confirm(self, units: tuple[Unit, ...]) -> tuple[Unit, ...]:
        """Return the set as HermiT finds it inconsistent and minimal; empty when it does not.

        Sets that differ in names only are asked about once.
        """
        form = outline(units)
        if form in self._known:
            return units
        without = [tuple(u for u in units if u != one) for one in units]
        first = self._reasoner.first_inconsistent([*without, units])
        if first is None:
            return ()
        if first < len(units):
            return contract(without[first], self._reasoner.first_inconsistent)
        self._known.add(form)
        return units

    def explain(self, units: Sequence[Unit]) -> tuple[Unit, ...]:
        """Return a minimal part of a set that HermiT found inconsistent.

        Without a proposal that HermiT confirms, the search begins from the whole.
        """
        near = self._narrowed(units)
        for clash in clashes_of(near):
            found = self.confirm(by_rules(near, clash))
            if found:
                return found
        return contract(near, self._reasoner.first_inconsistent)

    def _narrowed(self, units: Sequence[Unit]) -> Sequence[Unit]:
        named = self._reasoner.pellet_names(units)
        if named:
            near = tuple(unit for unit in units if _is_about(unit, named))
            if near and not self._reasoner.consistent(near):
                return near
        return units


def _is_about(unit: Unit, terms: frozenset[str]) -> bool:
    """Say whether a unit speaks of these terms only; of a long list, of two in it."""
    own = unit.terms
    if unit.kind == "name":  # Pellet may tell two things apart by something farther off
        return unit.triples[0][0] in terms
    return own <= terms or (unit.kind == "axiom" and len(own) > 2 and len(own & terms) > 1)


def outline(units: Sequence[Unit]) -> str:
    """Return the form of a set: two sets of one form differ in names and values only.

    Renaming things, classes and properties does not change consistency. Nor does another value
    for a value, where no axiom speaks of datatypes or values, while equal ones stay equal.
    """
    ordered = [triple for unit in units for triple in unit.triples]
    spoken = [term for unit in units if unit.kind == "axiom" for t in unit.triples for term in t]
    exact = any(term[0] == '"' or _XSD in term for term in spoken)
    labels: dict[object, int] = {}

    def shown(term: str) -> str:
        lit = literal(term)
        if lit is None:
            if term.startswith(RESERVED):
                return term
            sort = "name" if NAME in term else "node" if term[0] == "_" else "term"
            return f"{sort} {labels.setdefault(term, len(labels))}"
        key = None if exact else value(lit)
        return term if key is None else f"{key[0]} {labels.setdefault(key, len(labels))}"

    kinds = [(unit.kind, len(unit.triples)) for unit in units]
    return repr((kinds, [tuple(map(shown, triple)) for triple in ordered]))
