"""Why a solution is in the answer of a pattern: a walk over the algebra.

`Walker.derive` returns one proof for each time that the solution occurs in the answer of the
pattern (SPARQL 1.1, section 18.5, a multiset), and none when it does not occur. Each operator
checks its own membership against the store, so a proof is never guessed. What the engine itself
gave as a solution is `sure`: it need not be asked again whether a filter holds of it, whether an
optional part matched or what was computed, as long as one solution of each part can have made it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from cbrngraph.evidence import grouping
from cbrngraph.evidence.conditions import Conditions
from cbrngraph.evidence.facts import FactFinder
from cbrngraph.evidence.paths import routes
from cbrngraph.evidence.pieces import (
    apart,
    fits,
    flat,
    followed,
    given_rows,
    merged,
    row_solution,
    titled,
    unfollowed,
    unhidden,
    value_of,
)
from cbrngraph.evidence.proof import (
    Absent,
    All,
    Condition,
    More,
    Proof,
    Statement,
    Unexplained,
    all_of,
    any_of,
)
from cbrngraph.evidence.questions import Questions, Solution, agree, only, sayable
from cbrngraph.evidence.sparql.algebra import (
    BGP,
    Distinct,
    Extend,
    Filter,
    GraphPattern,
    Group,
    Join,
    LeftJoin,
    Minus,
    OrderBy,
    PathPattern,
    Pattern,
    Project,
    Service,
    Slice,
    Union,
    Values,
    Var,
)
from cbrngraph.evidence.sparql.instantiate import instantiate
from cbrngraph.evidence.sparql.scope import (
    certain,
    has_minus,
    has_sub_select,
    mentioned,
    visible,
)
from cbrngraph.evidence.sparql.write import group_text, path_text
from cbrngraph.model import IRI, Literal, Term, Triple

__all__ = ["Walker"]


_GROUPS = 2


class Walker:
    """Explains solutions over one store; at most `limit` ways or group members are followed."""

    def __init__(self, finder: FactFinder, limit: int = 100) -> None:
        self.finder = finder
        self.limit = limit
        # Groups within groups multiply, so all of them together have a limit too.
        self.members_left = _GROUPS * limit
        self.ask = Questions(finder.store)
        self.conditions = Conditions(self)
        self._derived: dict[tuple[int, frozenset[Any], IRI | None], tuple[Pattern, list[Proof]]]
        self._derived = {}

    def derive(
        self, pattern: Pattern, solution: Solution, graph: IRI | None = None, *, sure: bool = False
    ) -> list[Proof]:
        """One proof per occurrence of `solution` in the answer of `pattern` in a graph.

        `solution` binds exactly what the occurrence binds; `graph` None is the view. `sure` says
        that the engine gave it for this pattern in this graph, so that it occurs.
        """
        if not fits(pattern, solution):
            return []
        # Members of a group often share a part, such as a sub-select; it is explained once. The
        # pattern is kept with what was found, or another could get its identity.
        key = (id(pattern), frozenset(solution.items()), graph)
        if key not in self._derived:
            self._derived[key] = (pattern, self._derive(pattern, solution, graph, sure))
        return self._derived[key][1]

    def _derive(  # noqa: C901, PLR0911, PLR0912 - one branch per operator
        self, pattern: Pattern, solution: Solution, graph: IRI | None, sure: bool
    ) -> list[Proof]:
        match pattern:
            case BGP():
                return self._triples(pattern, solution, graph)
            case PathPattern():
                return self._path(pattern, solution, graph)
            case Join(left, right):
                return self._both(left, right, solution, graph, sure)
            case LeftJoin():
                return self._optional(pattern, solution, graph, sure)
            case Union():
                return self._union(pattern, solution, graph, sure)
            case Minus():
                return self._minus(pattern, solution, graph, sure)
            case Filter():
                return self._filter(pattern, solution, graph, sure)
            case Extend():
                return self._extend(pattern, solution, graph, sure)
            case Values(variables, rows):
                return given_rows(variables, rows, solution)
            case GraphPattern(name, inner):
                where = solution.get(name) if isinstance(name, Var) else name
                hidden = isinstance(name, Var) and has_sub_select(inner)
                if hidden or not isinstance(where, IRI):
                    # The engine looks for a sub-select in any graph, not in that of ?name.
                    reason = "the answer does not tell which graph matched"
                    return [Unexplained(self.text(pattern, solution, graph), reason)]
                told = name not in visible(inner) or name in certain(inner)
                inside = only(solution, visible(inner))
                return self.derive(inner, inside, where, sure=sure and told)
            case Group():
                return grouping.derive(self, pattern, solution, graph)
            case Project(inner, variables):
                return self._project(inner, variables, solution, graph, sure)
            case Distinct(inner, _):
                proofs = self.derive(inner, solution, graph, sure=sure)
                return [any_of(proofs)] if proofs else []
            case OrderBy(inner, _):
                return self.derive(inner, solution, graph, sure=sure)
            case Slice():
                return self._slice(pattern, solution, graph, sure)
            case Service():
                return [Unexplained("SERVICE", "another endpoint is never contacted")]

    # --- triples and paths ----------------------------------------------------------------

    def _triples(self, pattern: BGP, solution: Solution, graph: IRI | None) -> list[Proof]:
        parts: list[Proof] = []
        for triple in pattern.triples:
            found = self._statement(
                (value_of(triple.subject, solution), value_of(triple.predicate, solution)),
                value_of(triple.object, solution),
                graph,
            )
            if found is None:
                return []
            parts.append(found)
        return [all_of(parts)]

    def _statement(
        self, front: tuple[Term, Term], object_: Term, graph: IRI | None
    ) -> Statement | None:
        subject, predicate = front
        if isinstance(subject, Literal) or not isinstance(predicate, IRI):
            return None
        return self.finder.statement(Triple(subject, predicate, object_), graph)

    def _path(self, pattern: PathPattern, solution: Solution, graph: IRI | None) -> list[Proof]:
        start, end = value_of(pattern.subject, solution), value_of(pattern.object, solution)
        found = routes(self.finder.store, pattern.path, start, end, graph, self.limit)
        title = f"path {path_text(pattern.path)}"
        ways: list[Proof] = []
        for edges in found.ways:
            statements = [self.finder.statement(triple, graph) for triple in edges]
            if all(statement is not None for statement in statements):
                ways.append(All(tuple(s for s in statements if s is not None), title))
        if () in found.ways:
            return self._zero_length(start, graph, title)
        if not found.complete and ways:
            ways.append(More(0))
        return [any_of(ways)] if ways else []

    def _zero_length(self, node: Term, graph: IRI | None, title: str) -> list[Proof]:
        """A path of length zero: the engine matches it where the node is in the graph at all."""
        store = self.finder.store
        uses = [] if isinstance(node, Literal) else list(store.match(node, graph=graph))
        uses += list(store.match(object=node, graph=graph))
        found = [self.finder.statement(Triple(*quad[:3]), graph) for quad in uses[: self.limit]]
        parts: list[Proof] = [statement for statement in found if statement is not None]
        if len(uses) > self.limit:
            parts.append(More(len(uses) - self.limit))
        step = Condition(f"{title} of length zero")
        return [All((any_of(parts, "a node of the graph"), step))] if parts else []

    # --- joins ----------------------------------------------------------------------------

    def _splits(
        self, left: Pattern, right: Pattern, solution: Solution, graph: IRI | None
    ) -> Iterator[tuple[Solution, Solution]]:
        """The pairs of solutions of both sides whose union is `solution`."""
        shared = frozenset(visible(left)) & frozenset(visible(right))
        for one, other in product(
            self._parts(left, shared, solution, graph), self._parts(right, shared, solution, graph)
        ):
            if {**one, **other} == dict(solution):
                yield one, other

    def _parts(
        self, pattern: Pattern, shared: frozenset[Var], solution: Solution, graph: IRI | None
    ) -> list[Solution]:
        """The solutions of one side of a join that can be a part of `solution`.

        There is but one where the side always binds what it shares with the other.
        """
        if shared <= certain(pattern):
            return [only(solution, visible(pattern))]
        if isinstance(pattern, Values):
            found = [row_solution(pattern.variables, row) for row in pattern.rows]
            return [row for row in found if row.items() <= solution.items()]
        asked = self.ask.solutions(pattern, only(solution, visible(pattern)), graph)
        return [one for one in asked if one.keys() <= solution.keys()]

    def _both(
        self, left: Pattern, right: Pattern, solution: Solution, graph: IRI | None, sure: bool
    ) -> list[Proof]:
        # A side that can have given but one solution gave it; of the other the engine was asked.
        found: list[Proof] = []
        for one, other in self._splits(left, right, solution, graph):
            lefts = self.derive(left, one, graph, sure=sure)
            rights = self.derive(right, other, graph, sure=sure) if lefts else []
            pairs = product(followed(lefts), followed(rights))
            found += [all_of(merged(pair)) for pair in pairs]
            found += unfollowed([*lefts, *rights])
        return found

    def _union(
        self, pattern: Union, solution: Solution, graph: IRI | None, sure: bool
    ) -> list[Proof]:
        fit = [side for side in (pattern.left, pattern.right) if fits(side, solution)]
        sure = sure and len(fit) == 1
        return [proof for side in fit for proof in self.derive(side, solution, graph, sure=sure)]

    def _optional(
        self, pattern: LeftJoin, solution: Solution, graph: IRI | None, sure: bool
    ) -> list[Proof]:
        left, right, condition = pattern.left, pattern.right, pattern.condition
        # A variable that only the optional side binds, and always, tells whether it matched.
        own = certain(right).difference(visible(left))
        matched = not own or own <= solution.keys()
        found: list[Proof] = []
        if matched:
            test: Proof | None = All(())
            if condition is not None:
                test = self.conditions.true(condition, solution, graph, sure=sure and bool(own))
            if test is not None:
                both = self._both(left, right, solution, graph, sure and bool(own))
                found += [part if test == All(()) or isinstance(part, More) else All((part, test))
                          for part in both]  # fmt: skip
        if solution.keys() <= set(visible(left)):
            known = sure and bool(own)
            if known or not self._extends(pattern, solution, graph):
                part = right if condition is None else Filter(condition, right)
                missing = Absent("optional", self.text(part, solution, graph))
                alone = self.derive(left, solution, graph, sure=known)
                found += [All((part, missing)) for part in followed(alone)] + unfollowed(alone)
        return found

    def _extends(self, pattern: LeftJoin, solution: Solution, graph: IRI | None) -> bool:
        """Whether the optional side matches some solution beside this one of the left side."""
        condition = pattern.condition
        for other in self.ask.solutions(pattern.right, solution, graph):
            if condition is None:
                return True
            if self.ask.holds(condition, {**solution, **other}, graph) is not False:
                return True
        return False

    def _minus(
        self, pattern: Minus, solution: Solution, graph: IRI | None, sure: bool
    ) -> list[Proof]:
        for other in () if sure else self.ask.solutions(pattern.right, solution, graph):
            if other.keys() & solution.keys() and agree(other, solution):
                return []
        text = self.text(pattern.right, solution, graph)
        missing: Proof = Absent("minus", text)
        if not certain(pattern.right) & solution.keys():
            # What shares no variable with the row takes it not away, even where it matches.
            missing = Condition(f"MINUS {{ {text} }} takes nothing away")
        proofs = self.derive(pattern.left, solution, graph, sure=sure)
        return [part if isinstance(part, More) else All((part, missing)) for part in proofs]

    # --- filters and computed values ------------------------------------------------------

    def _filter(
        self, pattern: Filter, solution: Solution, graph: IRI | None, sure: bool
    ) -> list[Proof]:
        proofs = self.derive(pattern.pattern, solution, graph, sure=sure)
        test = (
            self.conditions.true(pattern.condition, solution, graph, sure=sure) if proofs else None
        )
        if test is None:
            return []
        return [part if isinstance(part, More) else All((part, test)) for part in proofs]

    def ways(self, pattern: Pattern, found: list[Solution], graph: IRI | None) -> list[Proof]:
        """The proofs of solutions that the engine gave, as far as they are followed."""
        taken = found[: self.limit]
        ways = [
            proof if isinstance(proof, More) else titled(flat(proof), title)
            for one, title in zip(taken, apart(taken, visible(pattern)), strict=True)
            for proof in self.derive(pattern, one, graph, sure=True)
        ]
        if len(found) > self.limit:
            ways.append(More(len(found) - self.limit))
        return ways

    def _extend(
        self, pattern: Extend, solution: Solution, graph: IRI | None, sure: bool
    ) -> list[Proof]:
        variable, expression = pattern.variable, pattern.expression
        inner = {v: term for v, term in solution.items() if v != variable}
        proofs = self.derive(pattern.pattern, inner, graph, sure=sure)
        if not proofs or (sure and isinstance(expression, Var)):
            return proofs
        computed = self.conditions.computed(variable, expression, solution, graph, sure=sure)
        if computed is None:
            return []
        if computed == All(()):
            return proofs
        return [part if isinstance(part, More) else All((part, computed)) for part in proofs]

    # --- sub-selects ----------------------------------------------------------------------

    def _project(
        self,
        inner: Pattern,
        variables: tuple[Var, ...],
        solution: Solution,
        graph: IRI | None,
        sure: bool,
    ) -> list[Proof]:
        whole = unhidden(inner, variables, solution)
        if whole is not None:
            return self.derive(inner, whole, graph, sure=sure)
        asked = self.ask.solutions(inner, only(solution, visible(inner)), graph)
        shown = dict(solution)
        return self.ways(inner, [one for one in asked if only(one, variables) == shown], graph)

    def _slice(
        self, pattern: Slice, solution: Solution, graph: IRI | None, sure: bool
    ) -> list[Proof]:
        bounds = f"OFFSET {pattern.offset}" if pattern.offset else ""
        bounds += f" LIMIT {pattern.limit}" if pattern.limit is not None else ""
        if not sure:
            answer = self.ask.solutions(pattern, solution, graph)
            if dict(solution) not in [dict(s) for s in answer]:
                return []
        proofs = self.derive(pattern.pattern, solution, graph, sure=sure)
        return [All((any_of(proofs), Condition(f"within {bounds.strip()}")))] if proofs else []

    # --- words ----------------------------------------------------------------------------

    @staticmethod
    def text(pattern: Pattern, solution: Solution, graph: IRI | None) -> str:
        """A pattern with the values of a solution, in the graph where it is looked for."""
        # What a nested part may leave unbound must only not differ, so it cannot be put in.
        loose = [v for v in visible(pattern) if v in solution and v not in certain(pattern)]
        known = {v: x for v, x in solution.items() if v not in loose}
        # MINUS takes away by its variables, and a literal is no subject: those stay variables,
        # as those of a sub-select do, and are given their values by VALUES.
        minus = has_minus(pattern)
        left = mentioned(pattern if minus else instantiate(pattern, known))
        stay = {v: x for v, x in known.items() if v in left and (minus or isinstance(x, Literal))}
        inside = instantiate(pattern, {v: x for v, x in known.items() if v not in stay})
        bound = {v: x for v, x in only(known, visible(inside)).items() if v not in stay}
        told = group_text(inside, sayable(bound))
        if given := sayable(stay):
            told = f"{group_text(Values(tuple(given), (tuple(given.values()),)), {})} {told}"
        for variable, value in sayable(only(solution, loose)).items():
            told += f" FILTER(!BOUND(?{variable}) || SAMETERM(?{variable}, {value.n3()}))"
        return told if graph is None else f"GRAPH {graph.n3()} {{ {told} }}"
