"""Where an empty answer comes from: the smallest part of a query that nothing matches.

What is told is proved: either a search went through all there is and found nothing, or the
patterns match as a whole, so that it must be their conditions that leave nothing. Where neither
can be had for little effort, the gap is the whole query.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Literal as OneOf
from typing import TypeAlias

from cbrngraph.evidence.levels import Level, edges_of, level_of, path_names, without_conditions
from cbrngraph.evidence.matching import Atom, Budget, Choice, Element, Matcher, Spent, Sub
from cbrngraph.evidence.sparql.algebra import (
    Distinct,
    Extend,
    Filter,
    Group,
    Join,
    Minus,
    OrderBy,
    Pattern,
    PatternTerm,
    Project,
    Slice,
    Union,
    Values,
    Var,
)
from cbrngraph.evidence.sparql.scope import certain, visible
from cbrngraph.evidence.sparql.write import (
    ask_text,
    expression_text,
    group_text,
    path_text,
    term_text,
)
from cbrngraph.model import IRI, BNode, Term
from cbrngraph.store import Store

__all__ = ["Condition", "Gap", "Known", "find_gap"]

_STEPS = 20_000
_SINGLE = 1_000
_SECONDS = 0.1
_SMALL = 6_000  # statements that an engine's join may touch: what it does in some milliseconds
_COMBINATIONS = 64

Condition: TypeAlias = Filter | Minus
Known: TypeAlias = Mapping[Var, tuple[Term, ...]]
GapKind: TypeAlias = OneOf["part", "join", "condition", "rows", "whole"]


@dataclass(frozen=True, slots=True)
class Gap:
    """What leaves nothing.

    `part`: each of `atoms` matches nothing. `join`: they match, but not together. `condition`:
    all matches, and `conditions` leave none of it (one of them, or all in combination). `rows`:
    LIMIT, OFFSET, or VALUES without a row. `whole`: it could not be told what. `known` are the
    values that variables can have; `others` are the gaps of the other alternatives of a UNION.
    """

    kind: GapKind
    atoms: tuple[Atom, ...] = ()
    conditions: tuple[Condition, ...] = ()
    known: Known = field(default_factory=dict)
    others: tuple[Gap, ...] = ()

    def ends(self, atom: Atom) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
        """The values at both ends of an atom; none where any would do."""
        return _options(atom.start, self.known), _options(atom.end, self.known)

    @property
    def things(self) -> tuple[IRI, ...]:
        """The IRIs at the ends of the atoms."""
        terms = (term for atom in self.atoms for end in self.ends(atom) for term in end)
        return tuple(dict.fromkeys(term for term in terms if isinstance(term, IRI)))

    @property
    def properties(self) -> tuple[IRI, ...]:
        """The properties of the atoms."""
        return tuple(dict.fromkeys(name for a in self.atoms for name in self.names(a)))

    def names(self, atom: Atom) -> tuple[IRI, ...]:
        """The properties that an atom can go along; none where any would do."""
        if isinstance(atom.path, Var):
            return tuple(t for t in self.known.get(atom.path, ()) if isinstance(t, IRI))
        return tuple(path_names(atom.path))

    @property
    def pattern(self) -> str:
        """The atoms as SPARQL."""
        return " ".join(self._text(atom) for atom in self.atoms)

    @property
    def condition(self) -> str:
        """The conditions as SPARQL."""
        return " ".join(
            f"MINUS {{ {group_text(one.right, {})} }}"
            if isinstance(one, Minus)
            else f"FILTER({expression_text(one.condition)})"
            for one in self.conditions
        )

    def _text(self, atom: Atom) -> str:
        ends = [
            term_text(options[0] if len(options) == 1 and not isinstance(options[0], BNode) else t)
            for t, options in zip((atom.start, atom.end), self.ends(atom), strict=True)
        ]
        path = term_text(atom.path) if isinstance(atom.path, Var) else path_text(atom.path)
        text = f"{ends[0]} {path} {ends[1]} ."
        return text if atom.graph is None else f"GRAPH {term_text(atom.graph)} {{ {text} }}"


def find_gap(store: Store, pattern: Pattern) -> Gap:
    """Return where the answer of a pattern without solutions comes to nothing."""
    search = _Search(store)
    try:
        found = search.explain(pattern, {}, empty=True)
    except Spent:
        found = None
    return found or Gap("whole")


class _Search:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._budget = Budget(_STEPS, _SECONDS)
        self._counted: dict[tuple[Term | None, ...], int] = {}

    def explain(self, pattern: Pattern, known: Known, *, empty: bool) -> Gap | None:
        """Return why a pattern has no solution; None where it has, or that cannot be told.

        `empty` says that it is certain to have none, so that what is left over is to blame.
        """
        known = {v: known[v] for v in certain(pattern) if v in known}
        match pattern:
            case Slice(inner, offset, limit):
                if limit == 0:
                    return Gap("rows")
                return self.explain(inner, {}, empty=empty and not offset) or self._offset(pattern)
            case Project(inner, _) | Distinct(inner, _) | OrderBy(inner, _):
                return self.explain(inner, known, empty=empty)
            case Filter() | Extend() | Group() if _has_group(pattern):
                return self._groups(pattern, known, empty=empty)
        return self._level(level_of(pattern), pattern, known, empty=empty)

    def _offset(self, pattern: Slice) -> Gap | None:
        """OFFSET, where there are rows and it goes beyond them."""
        inner = pattern.pattern
        if pattern.offset and self._small(inner, {}) and self._asked(inner, {}):
            return Gap("rows")
        return None

    def _groups(self, pattern: Pattern, known: Known, *, empty: bool) -> Gap | None:
        conditions: list[Condition] = []
        while isinstance(pattern, Filter | Extend):
            if isinstance(pattern, Filter):
                conditions.append(pattern)
            pattern = pattern.pattern
        found = None
        if isinstance(pattern, Group) and pattern.keys:
            # Without keys there is a group even of nothing.
            found = self.explain(pattern.pattern, known, empty=empty and not conditions)
        if found is None and conditions and empty and self._has_groups(pattern, known):
            return Gap("condition", conditions=tuple(reversed(conditions)), known=known)
        return found

    def _has_groups(self, pattern: Pattern, known: Known) -> bool:
        """Whether it is certain that there is a group at all."""
        if not isinstance(pattern, Group) or not pattern.keys:
            return True
        inner = pattern.pattern
        level = level_of(inner)
        plain = level.exact and not level.conditions
        if plain and self._together(level.elements, {**known, **_given(level.elements)}):
            return True
        return self._small(inner, known) and self._asked(inner, known)

    def _level(self, level: Level, pattern: Pattern, known: Known, *, empty: bool) -> Gap | None:
        known = {**known, **_given(level.elements)}
        if any(isinstance(e, Values) and not e.rows for e in level.elements):
            return Gap("rows")
        found = self._part(level, known, empty=empty)
        if found is not None:
            return found
        elements = [e for e in level.elements if not isinstance(e, Values) or e.rows]
        together = self._together(elements, known)
        if together is False:
            return self._smallest(elements, known)
        conditions = level.conditions
        if not conditions:
            return None
        small = self._small(pattern, known)
        if not empty and (not small or self._asked(pattern, known)):
            return None
        proved = together is True and level.exact
        if not proved and small:
            proved = self._asked(without_conditions(pattern, ()), known)
        if not proved:
            return None
        if len(conditions) > 1 and small:
            conditions = self._blamed(conditions, pattern, known)
        return Gap("condition", conditions=conditions, known=known)

    def _part(self, level: Level, known: Known, *, empty: bool) -> Gap | None:
        """The single part of a level that matches nothing; what names a thing comes first."""
        found = [
            Gap("part", (element,), known=known)
            for element in level.elements
            if isinstance(element, Atom) and self._lacks(element, known)
        ]
        for pattern in () if any(not _rank(gap) for gap in found) else level.nested:
            only = empty and not level.conditions and _alone(level, pattern)
            one = self._nested(pattern, known, empty=only)
            if one is not None:
                found.append(one)
        return min(found, key=_rank, default=None)

    def _nested(self, pattern: Pattern, known: Known, *, empty: bool) -> Gap | None:
        if not isinstance(pattern, Union):
            return self.explain(pattern, known, empty=empty)
        gaps: list[Gap] = []
        for branch in _branches(pattern):
            one = self.explain(branch, known, empty=empty)
            if one is None:
                return None
            if one not in gaps:
                gaps.append(one)
        first, *others = sorted(gaps, key=_rank)
        kept = (first.kind, first.atoms, first.conditions, first.known)
        return Gap(*kept, others=(*first.others, *others))

    def _lacks(self, atom: Atom, known: Known) -> bool:
        """Whether nothing at all matches one edge."""
        # One edge is found at once or there is none; a search for it ends early, too.
        return self._together([atom], known, Budget(_SINGLE, _SECONDS)) is False

    def _together(
        self, elements: Sequence[Element], known: Known, budget: Budget | None = None
    ) -> bool | None:
        """Whether elements match together; None when the budget does not suffice."""
        names = [v for v in known if _mentions(elements, v)]
        combinations = list(islice(product(*(known[v] for v in names)), _COMBINATIONS + 1))
        if len(combinations) > _COMBINATIONS:
            names, combinations = [], [()]
        matcher = Matcher(self._store, budget or self._budget)
        try:
            return any(
                matcher.matches(elements, dict(zip(names, values, strict=True)))
                for values in combinations
            )
        except (Spent, RecursionError):
            return None

    def _smallest(self, elements: Sequence[Element], known: Known) -> Gap:
        """A set that has no match, and has one as soon as any is left out, as far as is seen."""
        kept = list(elements)
        for element in elements:
            without = [other for other in kept if other is not element]
            if without and not self._budget.spent and self._together(without, known) is False:
                kept = without
        atoms = tuple(e for e in kept if isinstance(e, Atom))
        simple = len(atoms) == len([e for e in kept if not isinstance(e, Values)])
        if simple and len(atoms) == 1:
            return Gap("part", atoms, known=known)
        return Gap("join", atoms if simple else (), known=known)

    # --- what conditions leave none -------------------------------------------------------

    def _blamed(
        self, conditions: tuple[Condition, ...], pattern: Pattern, known: Known
    ) -> tuple[Condition, ...]:
        """The condition that alone leaves nothing, else all of them."""
        for condition in conditions:
            if self._budget.spent:
                break
            if not self._asked(without_conditions(pattern, (condition,)), known):
                return (condition,)
        return conditions

    def _asked(self, pattern: Pattern, known: Known) -> bool:
        """What the engine says of a pattern with the values that it must take."""
        told = {v: known[v] for v in certain(pattern) if v in known}
        rows = tuple(islice(product(*told.values()), _COMBINATIONS))
        given = Values(tuple(told), rows)  # type: ignore[arg-type]  # no blank node is given
        return self._store.ask(ask_text(Join(given, pattern) if told else pattern, {}))

    def _small(self, pattern: Pattern, known: Known) -> bool:
        """Whether all statements that any part of a pattern can touch are few."""
        left = _SMALL
        for triple in edges_of(pattern):
            terms = [known.get(t, ()) if isinstance(t, Var) else (t,) for t in triple]
            one = [t[0] if len(t) == 1 else None for t in terms]
            predicate = one[1] if isinstance(one[1], IRI) else None
            left -= self._count((one[0], predicate, one[2]), left)
            if left < 0:
                return False
        return not self._budget.spent

    def _count(self, terms: tuple[Term | None, Term | None, Term | None], most: int) -> int:
        """The number of statements with those terms; more than `most` where it is more."""
        start, predicate, end = terms
        if terms == (None, None, None):
            return most + 1
        if terms not in self._counted:
            name = predicate if isinstance(predicate, IRI) else None
            quads = self._store.match(start, name, end, any_graph=True)
            self._counted[terms] = sum(1 for _ in islice(quads, _SMALL + 1))
        return self._counted[terms]


def _has_group(pattern: Pattern) -> bool:
    if isinstance(pattern, Group):
        return True
    return isinstance(pattern, Filter | Extend) and _has_group(pattern.pattern)


def _alone(level: Level, pattern: Pattern) -> bool:
    """Whether a level is nothing but one nested pattern and single values that it must take."""
    if len(level.nested) != 1:
        return False
    seen, sure = set(visible(pattern)), _sure(pattern)
    for element in level.elements:
        if isinstance(element, Atom):
            return False
        if isinstance(element, Values):
            if len(element.rows) != 1:
                return False
            for variable, value in zip(element.variables, element.rows[0], strict=True):
                if value is not None and variable in seen and variable not in sure:
                    return False
    return True


def _sure(pattern: Pattern) -> frozenset[Var]:
    if not isinstance(pattern, Union):
        return certain(pattern)
    return _sure(pattern.left) & _sure(pattern.right)


def _branches(pattern: Pattern) -> Iterator[Pattern]:
    if isinstance(pattern, Union):
        yield from _branches(pattern.left)
        yield from _branches(pattern.right)
    else:
        yield pattern


def _given(elements: Sequence[Element]) -> dict[Var, tuple[Term, ...]]:
    """The values that VALUES leaves to variables: those with a value in each row."""
    found: dict[Var, tuple[Term, ...]] = {}
    for element in elements:
        if isinstance(element, Values):
            for place, variable in enumerate(element.variables):
                values = dict.fromkeys(row[place] for row in element.rows)
                told = tuple(value for value in values if value is not None)
                if told and len(told) == len(values):
                    found.setdefault(variable, told)
    return found


def _options(term: PatternTerm, known: Known) -> tuple[Term, ...]:
    return known.get(term, ()) if isinstance(term, Var) else (term,)


def _rank(gap: Gap) -> int:
    """Which gap says most: a statement about a thing, then any part, then what is joined."""
    if gap.kind == "part":
        atom = gap.atoms[0]
        typed = isinstance(atom.path, str) and atom.path.endswith("#type")
        named = any(isinstance(t, IRI) for end in gap.ends(atom) for t in end)
        return 1 if typed else (0 if named else 2)
    return 3 if gap.kind == "join" else 4


def _mentions(elements: Sequence[Element], variable: Var) -> bool:
    for element in elements:
        match element:
            case Atom() if variable in (element.start, element.path, element.end, element.graph):
                return True
            case Values() if variable in element.variables:
                return True
            case Choice(branches) if any(_mentions(branch, variable) for branch in branches):
                return True
            case Sub(_, shown) if variable in shown:
                return True
    return False
