"""Which triples a query reads: by predicate and class, and from a focus node where that is clear.

The same light reader as for the other work on SHACL-SPARQL; what it cannot follow counts as
reading everything, so that no change is ever missed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from cbrngraph.validate.patterns import Pattern, Unclear, read_patterns
from cbrngraph.validate.sparql import Group, QueryText, Token, patterns
from cbrngraph.validate.walks import TYPE, Walks

__all__ = ["Changed", "Reads", "follow", "reads_of"]

_PREFIX = re.compile(r"PREFIX\s+([^\s:]*):\s*<([^>]*)>", re.IGNORECASE)
_IRI = re.compile(r"<[^<>]*>")
_ESCAPE = re.compile(r"\\(.)")
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:[^<>]*>")
# What these give differs from run to run, or does not come from the data.
_RESTLESS = frozenset("NOW RAND UUID STRUUID BNODE SERVICE FROM".split())
_BETWEEN = frozenset(("MINUS", "UNION", "OPTIONAL", "WHERE", "EXISTS", "NOT"))
_BOUND = frozenset(("this", "value"))


@dataclass(frozen=True, slots=True)
class Changed:
    """The predicates of changed triples, and the classes of changed types."""

    predicates: frozenset[str]
    classes: frozenset[str]

    @classmethod
    def of(cls, triples: Iterable[tuple[str, ...]]) -> Changed:
        """Return what changed triples or quads name."""
        found = list(triples)
        types = frozenset(item[2] for item in found if item[1] == TYPE)
        return cls(frozenset(item[1] for item in found), types)


@dataclass(slots=True)
class Reads:
    """What a query reads. `restless` is one whose answer changes with nothing changed."""

    predicates: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    everything: bool = False
    graphs: bool = False
    restless: bool = False

    def meets(self, changed: Changed) -> bool:
        """Whether the answer may be another after a change."""
        if self.restless:
            return True
        if self.everything:
            return bool(changed.predicates)
        return bool(self.predicates & changed.predicates or self.classes & changed.classes)


def reads_of(query: QueryText, prefixes: str = "") -> Reads:
    """Return what a query reads anywhere in the data."""
    found = _Reader(query, prefixes)
    found.group(query.where, {}, None)
    return found.reads


def follow(query: QueryText, prefixes: str, walks: Walks, known: dict[str, int]) -> Reads:
    """Add to `walks` what a query reads from the nodes of `known` variables; return the rest.

    The rest is what it reads from no such node: its change matters to every focus node.
    """
    found = _Reader(query, prefixes)
    found.group(query.where, known, walks)
    return found.reads


class _Reader:
    def __init__(self, query: QueryText, prefixes: str) -> None:
        head = "".join(token.text for token in query.head)
        self._namespaces = dict(_PREFIX.findall(prefixes + head))
        self.reads = Reads()
        words = query.words()
        self.reads.restless = bool(words & _RESTLESS)
        self.reads.graphs = "GRAPH" in words

    def group(self, group: Group, known: dict[str, int], walks: Walks | None) -> None:
        items, inner = _without_data(group)
        if group.is_select:  # its variables are its own
            known = {}
        else:
            try:
                found = read_patterns(list(patterns(items)))
            except Unclear:
                found = []
                self.reads.everything = True
            if group.before == "GRAPH" and not found and not inner:
                self.reads.everything = True
            known = self._patterns(found, known, walks)
        for each in inner:
            self.group(each, known, walks)

    def _patterns(
        self, found: list[Pattern], known: dict[str, int], walks: Walks | None
    ) -> dict[str, int]:
        """Read the patterns; return what is known of variables with them."""
        simple = [p for p in found if self._check(p, found)]
        if walks is None:
            for pattern in simple:
                self._anywhere(pattern)
            return known
        known = dict(known)
        waiting = simple
        while waiting:
            rest = [p for p in waiting if not self._extend(p, known, walks)]
            if len(rest) == len(waiting):
                break
            waiting = rest
        for pattern in waiting:
            self._anywhere(pattern)
        return known

    def _extend(self, pattern: Pattern, known: dict[str, int], walks: Walks) -> bool:
        """Take a pattern as a step from a known variable; False when none of its is known."""
        subject, value = pattern.subject[0].variable, pattern.object[0].variable
        predicate = None if pattern.path[0].variable else self._term(pattern.path[0])
        if predicate is not None and _ABSOLUTE.fullmatch(predicate) is None:
            return False
        if subject in known:
            end = walks.step(known[subject], predicate)
            if value and value not in known:
                known[value] = end
            return True
        if value in known:
            end = walks.step(known[value], predicate, forward=False)
            if subject:
                known[subject] = end
            return True
        return False

    def _check(self, pattern: Pattern, beside: list[Pattern]) -> bool:
        """Whether a pattern has one plain predicate; else what it reads is noted."""
        if len(pattern.path) == 1 and not self._is_path(pattern.path[0]):
            return True
        signs = {token.text for token in pattern.path if token.kind == "mark"}
        text = "".join(t.text for t in pattern.path if self._is_path(t))
        names = [self._term(t) for t in pattern.predicates if not self._is_path(t)]
        names += _IRI.findall(text)
        if any(t.variable for t in pattern.predicates) or "!" in signs:
            self.reads.everything = True
        # A path of no steps leads from each node of the graph to itself.
        if (signs & {"*", "?"} or "*" in text or "?" in text) and not _held(pattern, beside):
            self.reads.everything = True
        for name in names:
            self._predicate(name)
        return False

    @staticmethod
    def _is_path(token: Token) -> bool:
        """Whether a token is a whole path put in the place of $PATH."""
        return token.kind == "iri" and _IRI.fullmatch(token.text) is None

    def _anywhere(self, pattern: Pattern) -> None:
        if pattern.path[0].variable:
            self.reads.everything = True
            return
        name = self._term(pattern.path[0])
        value = pattern.object[0]
        class_ = self._term(value) if value.kind in ("iri", "name") else ""
        if name == TYPE and _ABSOLUTE.fullmatch(class_):
            self.reads.classes.add(class_)
        else:
            self._predicate(name)

    def _predicate(self, name: str) -> None:
        if _ABSOLUTE.fullmatch(name):
            self.reads.predicates.add(name)
        else:
            self.reads.everything = True

    def _term(self, token: Token) -> str:
        """Return a name in N-Triples; one that cannot be resolved as it is written."""
        if token.word == "A":
            return TYPE
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            if prefix in self._namespaces:
                name = _ESCAPE.sub(r"\1", local)
                return f"<{self._namespaces[prefix]}{name}>"
        return token.text


def _held(pattern: Pattern, beside: list[Pattern]) -> bool:
    """Whether an end of a path is a term, or a variable that another pattern binds."""
    ends = (pattern.subject[0].variable, pattern.object[0].variable)
    if not all(ends):
        return True
    plain = [p for p in beside if not any(t.text in ("*", "?", "!") for t in p.path)]
    names = {name for p in plain for name in p.variables}
    return bool(names.intersection(ends) or _BOUND.intersection(ends))


def _without_data(group: Group) -> tuple[list[Token | Group], list[Group]]:
    """Return a group's items and inner groups, without the rows of VALUES."""
    items: list[Token | Group] = []
    inner: list[Group] = []
    in_values = False
    for item in group.items:
        if isinstance(item, Group):
            if not in_values:
                items.append(item)
                inner.append(item)
            in_values = False
        elif item.word == "VALUES":
            in_values = True
        elif not in_values and item.word not in _BETWEEN:
            items.append(item)
    return items, inner
