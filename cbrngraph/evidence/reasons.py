"""What leaves an answer empty, in words: one line, and never SPARQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cbrngraph.evidence.gap import Condition, Gap
from cbrngraph.evidence.levels import path_names
from cbrngraph.evidence.matching import Atom
from cbrngraph.evidence.sparql.algebra import (
    Aggregate,
    Apply,
    Call,
    Exists,
    Expr,
    Extend,
    Filter,
    Group,
    Minus,
    PathPattern,
    Pattern,
    TriplePattern,
    Var,
)
from cbrngraph.evidence.sparql.node import Node
from cbrngraph.evidence.sparql.scope import expression_variables
from cbrngraph.evidence.words import Words
from cbrngraph.model import IRI, Literal, Term
from cbrngraph.namespaces import RDF
from cbrngraph.results import slug_of
from cbrngraph.store import Store

__all__ = ["Phrases", "listed"]

_LONG = 44  # letters of a label, before its slug has to do
_FEW = 3
_VERBS = {
    "=": "is",
    "!=": "is not",
    "<": "is less than",
    ">": "is more than",
    "<=": "is at most",
    ">=": "is at least",
}
_TESTS = {"CONTAINS": "contains", "STRSTARTS": "begins with", "STRENDS": "ends with"}
_TESTS["REGEX"] = "matches the pattern"
_PLAIN = ("STR", "LCASE", "UCASE", "LANG", "DATATYPE", "YEAR")
_AMOUNTS = {
    "COUNT": "the number of",
    "SUM": "the sum of",
    "MIN": "the smallest",
    "MAX": "the largest",
    "AVG": "the mean of",
}


def listed(words: Iterable[str], last: str = "and", few: int = _FEW) -> str:
    """Words as one: `a, b and c`, of many the first and how many more.

    >>> listed(["a", "b", "c"], "or"), listed("abcdef")
    ('a, b or c', 'a, b, c and 3 more')
    """
    told = list(dict.fromkeys(words))
    if len(told) > few + 1:
        told = [*told[:few], f"{len(told) - few} more"]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} {last} {told[-1]}"


class Phrases:
    """Tells a gap with the labels of one store; `given` are the parameters of the query."""

    def __init__(self, store: Store, gap: Gap, given: Mapping[str, str]) -> None:
        self._given = given
        self._gap = gap
        names = {*gap.things, *gap.properties}
        for condition in gap.conditions:
            right = condition.right if isinstance(condition, Minus) else condition.condition
            names.update(_iris(right))
        names.update(t for values in gap.known.values() for t in values if isinstance(t, IRI))
        self._words = Words(store, names)

    # --- things and properties ------------------------------------------------------------

    def thing(self, term: Term) -> str:
        """A thing by its label and slug, by its slug alone where the label is long."""
        told = self._words.term(term)
        if len(told) <= _LONG + len(slug_of(term) if isinstance(term, IRI) else ""):
            return told
        return slug_of(term) if isinstance(term, IRI) else f"{told[:_LONG]}…”"

    def things(self, terms: Sequence[Term]) -> str:
        """Several things, of which any is meant."""
        return listed((self.thing(term) for term in terms), "or")

    def label(self, iri: str) -> str:
        """The label of a class or group."""
        return self._words.label(iri)

    def properties(self, names: Iterable[IRI]) -> str:
        """Properties by their labels in quotation marks, any of which is meant."""
        return listed((f"“{self._words.label(name)}”" for name in names), "or")

    def atom(self, atom: Atom) -> str:
        """An edge: the property, and the thing at whichever end has one."""
        start, end = self._gap.ends(atom)
        names = self._gap.names(atom)
        if names == (IRI(RDF.type),) and end and not start:
            return f"the class {listed((f'“{self.label(str(t))}”' for t in end), 'or')}"
        told = self.properties(names) if names else "any property"
        if end:
            told += f" {self.things(end)}"
        return f"{told} of {self.things(start)}" if start else told

    def join(self) -> str:
        """Edges that match singly and not together."""
        atoms = self._gap.atoms
        if not atoms:
            return self.whole()
        told = [self.atom(atom) for atom in atoms]
        every = "both" if len(atoms) == 2 else "all of"
        first = atoms[0].start
        free = isinstance(first, Var) and not self._gap.known.get(first)
        if free and all(atom.start == first for atom in atoms):
            return f"nothing has {every} {listed(told)}"
        verb = "is" if len(set(told)) == 1 else "are"
        every += " them" if every != "both" else ""
        return f"{listed(told)} {verb} stated, but nothing fits {every}"

    def whole(self) -> str:
        """That it cannot be told which part is to blame."""
        if self._given:
            told = listed((f"{name} = {value}" for name, value in self._given.items()), few=4)
            return f"nothing fits {told}"
        return "nothing fits all parts of the query; leave some of them out to see which"

    # --- conditions -----------------------------------------------------------------------

    def conditions(self) -> str:
        """The conditions that leave nothing."""
        conditions = self._gap.conditions
        if len(conditions) > 1:
            told = self._parameters(conditions)
            if told:
                return f"there are matches, but none that fits {told} and the other conditions"
            return f"there are matches, but none that meets all {len(conditions)} conditions"
        (condition,) = conditions
        if isinstance(condition, Minus):
            return self._without(condition.right)
        test = condition.condition
        if isinstance(test, Apply) and test.op == "!" and isinstance(test.args[0], Exists):
            test = Exists(test.args[0].pattern, not test.args[0].negated)
        if isinstance(test, Exists):
            if test.negated:
                return self._without(test.pattern)
            return f"there are matches, but none that also has {self._pattern(test.pattern)}"
        return f"there are matches, but none {self._test(condition)}"

    def idle(self) -> bool:
        """Whether the gap is an alternative for parameters that were not given."""
        names: set[Var] = set()
        for one in self._gap.conditions:
            if isinstance(one, Minus) or not _only_bound(one.condition):
                return False
            names |= expression_variables(one.condition)
        return any(name in self._given for name in names)

    def _test(self, condition: Filter) -> str:
        test = condition.condition
        meanings = _meanings(condition.pattern)
        said = self._say(test, meanings)
        if said:
            return f"where {said}{self._same(test)}"
        told = self._parameters((condition,))
        if told:
            return f"that fits {told}"
        names = sorted(v for v in expression_variables(test) if not v.hidden)
        on = f" on {listed(f'?{v}' for v in names)}" if names else ""
        return f"that meets the condition{on}"

    def _same(self, test: Expr) -> str:
        """That two different things are wanted, and one and the same is given."""
        if not (isinstance(test, Apply) and test.op == "!="):
            return ""
        values = [self._gap.known.get(a, ()) for a in test.args if isinstance(a, Var)]
        if len(values) == 2 and values[0] == values[1] and len(values[0]) == 1:
            return f": both are {self.thing(values[0][0])}"
        return ""

    def _without(self, pattern: Pattern) -> str:
        return f"there are matches, but the query leaves out what has {self._pattern(pattern)}"

    def _pattern(self, pattern: Pattern) -> str:
        names = list(dict.fromkeys(_properties(pattern)))
        told = [f"“{self._words.label(name)}”" for name in names]
        return listed(told) if told else "a counterpart"

    def _parameters(self, conditions: Iterable[Condition]) -> str:
        names: set[Var] = set()
        for one in conditions:
            if isinstance(one, Filter):
                names |= _behind(expression_variables(one.condition), _meanings(one.pattern))
        told = [f"{name} = {value}" for name, value in self._given.items() if Var(name) in names]
        return listed(told, few=4) if told else ""

    def _say(self, test: Expr, meanings: Mapping[Var, Expr]) -> str:
        """A test in words; empty when there are no plain ones."""
        match test:
            case Apply(op, (left, right)) if op in _VERBS:
                ends = (self._value(left, meanings), self._value(right, meanings))
                return f"{ends[0]} {_VERBS[op]} {ends[1]}" if all(ends) else ""
            case Apply("in" | "notin" as op, (left, *others)):
                first, rest = self._value(left, meanings), [self._value(o, {}) for o in others]
                verb = "is" if op == "in" else "is not"
                return f"{first} {verb} {listed(rest, 'or')}" if first and all(rest) else ""
            case Call(name, (left, right, *_)) if name in _TESTS:
                ends = (self._value(left, meanings), self._value(right, meanings))
                return f"{ends[0]} {_TESTS[name]} {ends[1]}" if all(ends) else ""
            case Call("BOUND", (Var() as variable,)):
                return f"?{variable} has a value"
            case Apply("!", (Call("BOUND", (Var() as variable,)),)):
                return f"?{variable} has no value"
        return ""

    def _value(self, value: Expr, meanings: Mapping[Var, Expr]) -> str:
        match value:
            case Var() if value.hidden:
                behind = meanings.get(value)
                return self._value(behind, {}) if behind is not None else ""
            case Var():
                return f"?{value}"
            case IRI() | Literal():
                return self.thing(value)
            case Call(name, (inner,)) if name in _PLAIN:
                return self._value(inner, meanings)
            case Aggregate(name, argument) if name in _AMOUNTS:
                inside = "rows" if argument is None else self._value(argument, meanings)
                return f"{_AMOUNTS[name]} {inside}" if inside else ""
        return ""


def _only_bound(test: Expr) -> bool:
    """Whether a test asks for nothing but which variables have a value."""
    if isinstance(test, Apply) and test.op in ("&&", "||", "!"):
        return all(_only_bound(part) for part in test.args)
    return isinstance(test, Call) and test.function == "BOUND"


def _meanings(pattern: Pattern) -> dict[Var, Expr]:
    """What BIND and counting put into variables of a group."""
    found: dict[Var, Expr] = {}
    for node in _nodes(pattern):
        if isinstance(node, Extend):
            found.setdefault(node.variable, node.expression)
        elif isinstance(node, Group):
            for variable, aggregate in node.aggregates:
                found.setdefault(variable, aggregate)
    return found


def _behind(names: Iterable[Var], meanings: Mapping[Var, Expr]) -> set[Var]:
    seen: set[Var] = set()
    queue = list(names)
    while queue:
        name = queue.pop()
        if name not in seen:
            seen.add(name)
            if name in meanings:
                queue.extend(expression_variables(meanings[name]))
    return seen


def _nodes(node: object) -> Iterator[Node]:
    if isinstance(node, Node):
        yield node
        for part in node._values():
            yield from _nodes(part)
    elif type(node) is tuple:
        for part in node:
            yield from _nodes(part)


def _iris(node: object) -> Iterator[IRI]:
    if isinstance(node, IRI):
        yield node
    elif isinstance(node, Node):
        for part in node._values():
            yield from _iris(part)
    elif type(node) is tuple:
        for part in node:
            yield from _iris(part)


def _properties(pattern: Pattern) -> Iterator[IRI]:
    for node in _nodes(pattern):
        if isinstance(node, TriplePattern) and isinstance(node.predicate, IRI):
            yield node.predicate
        elif isinstance(node, PathPattern):
            yield from path_names(node.path)
