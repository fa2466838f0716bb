"""What kind of disagreement it is when sources give several values for one.

Four kinds: `contradiction` (both cannot be true), `scope` (they speak of a wider or narrower
whole), `change-over-time` (each was true at its time), `precision-or-wording` (the same, told
more or less exactly). The rules are those of docs/evidence.md; each verdict says its reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise
from typing import Literal as OneOf

from cbrngraph.errors import DateError
from cbrngraph.model import IRI, Literal, Term

__all__ = ["KINDS", "Kind", "Nature", "Said", "Verdict", "When", "classify", "span_of"]

Kind = OneOf["contradiction", "scope", "change-over-time", "precision-or-wording"]
KINDS: tuple[Kind, ...] = (
    "contradiction",
    "scope",
    "change-over-time",
    "precision-or-wording",
)

_ALIKE = 0.6
_LONG = 40
_STOP = frozenset("a an and at for from in of on or the to with".split())


@dataclass(frozen=True, slots=True, order=True)
class When:
    """The days a statement speaks for, as its date text covers them."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """The number of days covered."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Said:
    """A value and the dates at which it was stated; None is a statement without a date."""

    value: Term
    when: tuple[When | None, ...]


@dataclass(frozen=True, slots=True)
class Nature:
    """What is known of a property: may its value change, is it a date, is it a lower bound.

    `places` gives the extents that a text names, and the text without them; `related` says
    whether one value is part of another or the same by another name.
    """

    time_varying: bool = False
    date: bool = False
    lower_bound: bool = False
    places: Callable[[str], tuple[frozenset[str], str]] = lambda text: (frozenset(), text)
    related: Callable[[Term, Term], str] = lambda one, other: ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The kind of a disagreement and, in words, why."""

    kind: Kind
    reason: str


def classify(said: Sequence[Said], nature: Nature) -> Verdict:
    """Return the kind of disagreement between different values of a single-valued property."""
    values = [one.value for one in said]
    if nature.lower_bound:
        return Verdict("precision-or-wording", "lower bounds do not exclude each other")
    if nature.date:
        verdict = _dates(values)
    elif all(isinstance(value, IRI) for value in values):
        verdict = _things(values, nature)
    elif all(_number(value) is not None for value in values):
        verdict = Verdict("contradiction", "the numbers differ")
    else:
        verdict = _texts([str(value) for value in values], nature)
    if verdict.kind == "contradiction" and nature.time_varying:
        return _over_time(said, verdict)
    return verdict


# --- the same told otherwise --------------------------------------------------------------


def _dates(values: Sequence[Term]) -> Verdict:
    for one, other in combinations(values, 2):
        if not _compatible(str(one), str(other)):
            reason = f"{one} and {other} cannot both be right"
            return Verdict("contradiction", reason)
    return Verdict("precision-or-wording", "one date is within the other")


def _compatible(one: str, other: str) -> bool:
    """Whether two date texts can mean the same: one must cover the other.

    An interval with both ends is an extent, so two of them must be equal; a year, month or
    season, or an interval that is open, says that the date lies somewhere within.
    """
    first, second = span_of(one), span_of(other)
    if first is None or second is None:
        return one == other
    if _is_extent(one) and _is_extent(other):
        return first == second
    return _within(first, second) or _within(second, first)


def _is_extent(text: str) -> bool:
    start, slash, end = text.partition("/")
    return bool(slash) and start not in ("", "..") and end not in ("", "..")


def _within(inner: When, outer: When) -> bool:
    return outer.first <= inner.first and inner.last <= outer.last


def span_of(text: str) -> When | None:
    """Return the days that a date text covers, None when it is none; open ends reach far."""
    from cbrngraph.dates import parse

    try:
        span = parse(text)
    except DateError:
        return None
    return When(span.earliest or date.min, span.latest or date.max)


def _things(values: Sequence[Term], nature: Nature) -> Verdict:
    reason = ""
    for one, other in combinations(values, 2):
        reason = nature.related(one, other)
        if not reason:
            return Verdict("contradiction", "the sources name different ones")
    return Verdict("precision-or-wording", reason)


def _texts(values: Sequence[str], nature: Nature) -> Verdict:
    if len({_plain(value) for value in values}) == 1:
        return Verdict("precision-or-wording", "the same words, spelt or punctuated otherwise")
    placed = [nature.places(value) for value in values]
    extents = [extent for extent, _ in placed]
    if all(extents) and len(set(extents)) > 1 and _alike([rest for _, rest in placed]):
        return Verdict("scope", f"the texts name different extents: {_listed(extents)}")
    if _alike(values):
        return Verdict("precision-or-wording", "one text says more or words it otherwise")
    return Verdict("contradiction", "the texts differ")


def _alike(texts: Sequence[str]) -> bool:
    """Whether most words of the shorter text are in the longer one, for every pair."""
    stems = [_stems(text) for text in texts]
    return all(_overlap(one, other) >= _ALIKE for one, other in combinations(stems, 2))


def _listed(extents: Iterable[frozenset[str]]) -> str:
    told = sorted({", ".join(sorted(extent)) for extent in extents})
    return " against ".join(told)


def _plain(text: str) -> str:
    """Text without case, punctuation and blanks, and with one spelling of -ise and -ize."""
    return re.sub(r"[\W_]+", "", text.casefold()).replace("ize", "ise").replace("izi", "isi")


def _stems(text: str) -> frozenset[str]:
    words = re.findall(r"\w+", text.casefold().replace("ize", "ise"))
    return frozenset(word[:6].rstrip("s") for word in words if word not in _STOP)


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def _number(value: Term) -> float | None:
    if not isinstance(value, Literal) or isinstance(value.python, str | bool):
        return None
    try:
        return float(value.value)
    except ValueError:
        return None


# --- change over time ---------------------------------------------------------------------


def _over_time(said: Sequence[Said], otherwise: Verdict) -> Verdict:
    """Whether the values can have followed each other; `otherwise` is the verdict if not."""
    undated = [one for one in said if not any(one.when)]
    numbers = [_number(one.value) for one in said if any(one.when)]
    for one in undated:
        number = _number(one.value)
        known = [n for n in numbers if n is not None]
        if number is None or not known or not min(known) <= number <= max(known):
            reason = f"{otherwise.reason}; a statement without a date cannot be placed in time"
            return Verdict(otherwise.kind, reason)
    for one, other in combinations([s for s in said if any(s.when)], 2):
        clash = _clash(one, other)
        if clash is not None:
            reason = f"{otherwise.reason} for the same time ({clash.first} to {clash.last})"
            return Verdict(otherwise.kind, reason)
    return Verdict("change-over-time", f"stated for different times: {_story(said)}")


def _clash(one: Said, other: Said) -> When | None:
    """The time for which both values were stated, where no change within it can explain it."""
    numeric = _number(one.value) is not None
    for first in filter(None, one.when):
        for second in filter(None, other.when):
            if first.last < second.first or second.last < first.first:
                continue
            if max(first.days, second.days) > 31 and (numeric or first != second):
                continue  # a year is long: the value may have changed within it
            return When(max(first.first, second.first), min(first.last, second.last))
    return None


def _story(said: Sequence[Said]) -> str:
    """The values in the order of their dates; one that comes back is told again.

    Where two times overlap nobody says which value was first, so they stand side by side.
    """
    dated = sorted(
        (_middle(when), _number(one.value) or 0.0, str(one.value), when)
        for one in said
        for when in one.when
        if when
    )
    story, last = "", dated[0][3]
    for before, (_, _, value, when) in pairwise([(0, 0.0, "", last), *dated]):
        if value != before[2]:
            joint = "" if not story else " and " if when.first <= before[3].last else ", then "
            story += joint + _short(value)
    years = sorted({min(w.first for *_, w in dated).year, max(w.last for *_, w in dated).year})
    return f"{story} ({' to '.join(map(str, years))})"


def _short(value: str) -> str:
    name = IRI(value).local if "://" in value else value
    return name if len(name) <= _LONG else name[: _LONG - 1].rstrip() + "…"


def _middle(when: When) -> int:
    return (when.first.toordinal() + when.last.toordinal()) // 2
