"""The smallest part of a query that nothing matches: where an empty answer comes from."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cbrngraph.evidence.sparql.algebra import (
    BGP,
    UNIT,
    Alternative,
    Closure,
    Distinct,
    Extend,
    Filter,
    GraphPattern,
    Group,
    Inverse,
    Join,
    LeftJoin,
    Minus,
    Negated,
    OrderBy,
    Path,
    PathPattern,
    Pattern,
    PatternTerm,
    Project,
    Slice,
    TriplePattern,
    Union,
    Values,
    Var,
)
from cbrngraph.evidence.sparql.algebra import (
    Sequence as PathSequence,
)
from cbrngraph.evidence.sparql.write import ask_text, expression_text, group_text
from cbrngraph.model import IRI
from cbrngraph.store import Store

__all__ = ["Gap", "find_gap"]

_PARTS = 40
_PATIENCE = 1.0


@dataclass(frozen=True, slots=True)
class Gap:
    """What nothing matches.

    `pattern` is the part as SPARQL; `things` are the IRIs at the ends of its triples, values of
    VALUES put in, `properties` its predicates; `loose` says that some triple has no such thing at
    its ends, so that things and properties need not belong together. `condition` is the filter,
    MINUS or HAVING that leaves nothing of what matches; then the pattern does match.
    """

    pattern: str
    things: tuple[IRI, ...]
    properties: tuple[IRI, ...]
    condition: str = ""
    loose: bool = False


@dataclass(frozen=True, slots=True)
class _Parts:
    """A pattern taken apart: what must match, and conditions in the order of their groups."""

    needed: tuple[Pattern, ...]
    conditions: tuple[Filter | Minus, ...]


def find_gap(store: Store, pattern: Pattern) -> Gap:
    """Return where the answer of a pattern without solutions comes to nothing."""
    parts = _apart(pattern)
    needed = sorted(parts.needed[:_PARTS], key=lambda part: not isinstance(part, Values))
    if _matches(store, needed):
        for condition in parts.conditions:
            if not _passes(store, needed, condition):
                return _gap(needed, _condition_text(condition))
        return _gap(needed, "the query's conditions together")
    return _gap(_smallest(store, needed), "")


def _matches(store: Store, parts: Sequence[Pattern]) -> bool:
    return store.ask(ask_text(_joined(parts), {}))


def _passes(store: Store, needed: Sequence[Pattern], condition: Filter | Minus) -> bool:
    joined = _joined(needed)
    if isinstance(condition, Filter):
        return store.ask(ask_text(Filter(condition.condition, joined), {}))
    return store.ask(ask_text(Minus(joined, condition.right), {}))


def _smallest(store: Store, parts: Sequence[Pattern]) -> list[Pattern]:
    """A subset that has no match, and has one as soon as any part is left out.

    On a graph where a question takes long, a larger subset has to do.
    """
    end = time.monotonic() + _PATIENCE
    found: list[Pattern] = []
    for part in parts:
        found.append(part)
        if time.monotonic() > end:
            return list(parts)
        if not _matches(store, found):
            break
    for part in list(found[:-1]):
        if time.monotonic() > end:
            break
        without = [other for other in found if other is not part]
        if not _matches(store, without):
            found = without
    return found


def _joined(parts: Sequence[Pattern]) -> Pattern:
    joined: Pattern = UNIT
    for part in parts:
        joined = part if joined == UNIT else Join(joined, part)
    return joined


def _apart(pattern: Pattern) -> _Parts:
    match pattern:
        case Project(inner, _) | Distinct(inner, _) | OrderBy(inner, _) | Slice(inner, _, _):
            return _apart(inner)
        case Extend(inner, _, _) | Group(inner, _, _) | LeftJoin(inner, _, _):
            return _apart(inner)
        case Filter(_, inner):
            below = _apart(inner)
            # A condition on counts cannot be asked of the single rows below it.
            own = () if _has_group(inner) else (pattern,)
            return _Parts(below.needed, (*below.conditions, *own))
        case Minus(left, _):
            below = _apart(left)
            return _Parts(below.needed, (*below.conditions, pattern))
        case Join(left, right):
            one, other = _apart(left), _apart(right)
            return _Parts((*one.needed, *other.needed), (*one.conditions, *other.conditions))
        case BGP(triples):
            return _Parts(tuple(BGP((triple,)) for triple in triples), ())
    return _Parts((pattern,), ())


def _has_group(pattern: Pattern) -> bool:
    if isinstance(pattern, Group):
        return True
    return isinstance(pattern, Filter | Extend) and _has_group(pattern.pattern)


def _condition_text(condition: Filter | Minus) -> str:
    if isinstance(condition, Minus):
        return f"MINUS {{ {group_text(condition.right, {})} }}"
    return f"FILTER({expression_text(condition.condition)})"


def _gap(parts: Sequence[Pattern], condition: str) -> Gap:
    known = _given(parts)
    things: dict[IRI, None] = {}
    properties: dict[IRI, None] = {}
    loose = False
    for part in parts:
        for start, path, end in _links(part):
            values = [known.get(t) if isinstance(t, Var) else t for t in (start, end)]
            named = [value for value in values if isinstance(value, IRI)]
            loose = loose or not named
            things.update(dict.fromkeys(named))
            properties.update(dict.fromkeys(path))
    beside: list[Pattern] = [part for part in parts if not isinstance(part, Values)]
    shown = beside or parts
    text = group_text(_joined(shown), known)
    return Gap(text, tuple(things), tuple(properties), condition, loose)


def _given(parts: Sequence[Pattern]) -> dict[Var, IRI]:
    """The IRIs that VALUES gives to a variable in its only row."""
    return {
        variable: value
        for part in parts
        if isinstance(part, Values) and len(part.rows) == 1
        for variable, value in zip(part.variables, part.rows[0], strict=True)
        if isinstance(value, IRI)
    }


def _links(pattern: Pattern) -> Iterator[tuple[PatternTerm, tuple[IRI, ...], PatternTerm]]:
    match pattern:
        case BGP(triples):
            for triple in triples:
                yield _link(triple)
        case PathPattern(start, path, end):
            yield start, tuple(dict.fromkeys(_named(path))), end
        case Join(left, right) | Union(left, right):
            yield from _links(left)
            yield from _links(right)
        case GraphPattern(_, inner) | Filter(_, inner) | Extend(inner, _, _):
            yield from _links(inner)
        case Project(inner, _) | Distinct(inner, _) | Group(inner, _, _) | LeftJoin(inner, _, _):
            yield from _links(inner)


def _link(triple: TriplePattern) -> tuple[PatternTerm, tuple[IRI, ...], PatternTerm]:
    predicate = triple.predicate
    named = (predicate,) if isinstance(predicate, IRI) else ()
    return triple.subject, named, triple.object


def _named(path: Path) -> Iterator[IRI]:
    match path:
        case IRI():
            yield path
        case Inverse(inner) | Closure(inner, _):
            yield from _named(inner)
        case PathSequence(first, second) | Alternative(first, second):
            yield from _named(first)
            yield from _named(second)
        case Negated():
            return
