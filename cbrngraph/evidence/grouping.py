"""Why a group of GROUP BY has its row: the rows of the group, as far as each aggregate needs them.

COUNT, SUM, AVG and GROUP_CONCAT rest on every row that has a value; with DISTINCT on one row for
each value; MIN, MAX and SAMPLE on one row with the value shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cbrngraph.evidence.pieces import apart, flat, titled
from cbrngraph.evidence.proof import Absent, All, More, Proof, Unexplained, all_of, any_of
from cbrngraph.evidence.questions import Solution, only
from cbrngraph.evidence.sparql.algebra import Aggregate, Extend, Group, Pattern, Var
from cbrngraph.evidence.sparql.node import Node
from cbrngraph.evidence.sparql.scope import visible
from cbrngraph.evidence.sparql.write import expression_text, group_text
from cbrngraph.model import IRI, Literal, Term

if TYPE_CHECKING:
    from cbrngraph.evidence.walker import Walker

__all__ = ["derive"]

_ONE_ROW = frozenset(("MIN", "MAX", "SAMPLE"))


class _Member(Node):
    """A row of the group: what tells it apart, its proof, the values of aggregates' arguments."""

    row: int
    name: str
    proof: Proof
    values: tuple[Term | None, ...]


def derive(walker: Walker, pattern: Group, solution: Solution, graph: IRI | None) -> list[Proof]:
    """The proof of one group, none when there is no such group."""
    walker.conditions.name(pattern)
    members, unfollowed = _members(walker, pattern, solution, graph)
    if not members:
        return [All((More(unfollowed),))] if unfollowed else _empty(pattern, solution)
    needs: list[Proof] = []
    for place, (variable, aggregate) in enumerate(pattern.aggregates):
        need = _need(members, place, aggregate, solution.get(variable), unfollowed)
        if need is None:
            return []
        needs.append(need)
    if pattern.keys and not any(_rests_on_rows(need) for need in needs):
        # A count of nought still needs a row, or there is no group.
        ways = [member.proof for member in members]
        needs.append(
            any_of([*ways, More(unfollowed)] if unfollowed else ways, "a row of the group")
        )
    return [all_of(needs)]


def _rests_on_rows(need: Proof) -> bool:
    """Whether what an aggregate needs cannot be had without some row."""
    return not isinstance(need, All) or any(not isinstance(part, More) for part in need.parts)


def _members(
    walker: Walker, pattern: Group, solution: Solution, graph: IRI | None
) -> tuple[list[_Member], int]:
    keys = only(solution, pattern.keys)
    arguments = [aggregate.argument for _, aggregate in pattern.aggregates]
    extended: Pattern = pattern.pattern
    names: list[Var | None] = []
    for place, argument in enumerate(arguments):
        if argument is None or isinstance(argument, Var):
            names.append(argument)
            continue
        names.append(Var(f"__g{place}"))
        extended = Extend(extended, Var(f"__g{place}"), argument)
    inside = visible(pattern.pattern)
    follow = min(walker.limit, walker.members_left)
    enough = follow if _rests_on_all(pattern) else None
    rows, unfollowed = walker.ask.of_group(extended, pattern.keys, keys, graph, enough)
    of_group: dict[tuple[tuple[Var, Term], ...], Solution] = {}
    for row in rows:
        of_group.setdefault(tuple(only(row, inside).items()), row)
    needed = [row for row in of_group.values() if _is_needed(row, pattern, names, solution)]
    unfollowed += max(0, len(needed) - follow)
    needed = needed[:follow]
    walker.members_left -= len(needed)
    members: list[_Member] = []
    titles = apart(needed, [*(name for name in names if name is not None), *inside])
    for number, (row, title) in enumerate(zip(needed, titles, strict=True)):
        values = tuple(None if name is None else row.get(name) for name in names)
        for proof in walker.derive(pattern.pattern, only(row, inside), graph, sure=True):
            if isinstance(proof, More):
                unfollowed += 1
            else:
                members.append(_Member(number, title, flat(proof), values))
    return members, unfollowed


def _rests_on_all(pattern: Group) -> bool:
    """Whether an aggregate rests on every row of the group, or none says on which."""
    functions = [aggregate.function for _, aggregate in pattern.aggregates]
    return not functions or any(function not in _ONE_ROW for function in functions)


def _is_needed(row: Solution, pattern: Group, names: list[Var | None], solution: Solution) -> bool:
    """Whether an aggregate can rest on a row: of a MAX only those with its value count."""
    if _rests_on_all(pattern):
        return True
    for name, (variable, _) in zip(names, pattern.aggregates, strict=True):
        if name is not None and row.get(name) == solution.get(variable):
            return True
    return False


def _empty(pattern: Group, solution: Solution) -> list[Proof]:
    """Without GROUP BY there is one row even when nothing matches."""
    if pattern.keys:
        return []
    for variable, aggregate in pattern.aggregates:
        shown = solution.get(variable)
        zero = isinstance(shown, Literal) and shown.value in ("0", "")
        if not (zero or (shown is None and aggregate.function in ("MIN", "MAX", "SAMPLE"))):
            return []
    return [Absent("group", group_text(pattern.pattern, {}))]


def _need(
    members: list[_Member], place: int, aggregate: Aggregate, shown: Term | None, unfollowed: int
) -> Proof | None:
    """What one aggregate's value rests on; None when the rows do not give that value."""
    title = f"{expression_text(aggregate)} over the group"
    if isinstance(shown, IRI | Literal):
        title += f" = {shown.n3()}"
    if aggregate.function in _ONE_ROW:
        ways = [titled(m.proof, m.name) for m in members if m.values[place] == shown]
        if unfollowed:
            ways.append(More(unfollowed))
        return any_of(ways, title) if ways else None
    counted = [m for m in members if aggregate.argument is None or m.values[place] is not None]
    parts = (
        _distinct(counted, place, aggregate)
        if aggregate.distinct
        else [_counted(member, place, aggregate) for member in counted]
    )
    if unfollowed:
        return All((*parts, More(unfollowed)), title)
    if aggregate.function == "COUNT" and shown is not None and shown != _count(len(parts)):
        return Unexplained(title, f"{len(parts)} rows were found, {shown} counted")
    return All(tuple(parts), title)


def _distinct(members: list[_Member], place: int, aggregate: Aggregate) -> list[Proof]:
    by_value: dict[Term | int | None, list[_Member]] = {}
    for member in members:
        key = member.row if aggregate.argument is None else member.values[place]
        by_value.setdefault(key, []).append(member)
    parts: list[Proof] = []
    for rows in by_value.values():
        title = _gives(rows[0], place, aggregate) or rows[0].name
        if len(rows) == 1:
            parts.append(titled(rows[0].proof, title))
        else:
            parts.append(any_of([titled(row.proof, row.name) for row in rows], title))
    return parts


def _counted(member: _Member, place: int, aggregate: Aggregate) -> Proof:
    """A row with what it adds, where that is not what tells it apart."""
    gives = _gives(member, place, aggregate)
    if gives in ("", member.name):
        return titled(member.proof, member.name)
    if isinstance(aggregate.argument, Var):
        return titled(member.proof, f"{member.name}, {gives}" if member.name else gives)
    # What is computed cannot be seen in the row's statements, be there but one.
    return All((member.proof,), f"{member.name}: {gives}" if member.name else gives)


def _gives(member: _Member, place: int, aggregate: Aggregate) -> str:
    """The value of an aggregate's argument in a row, as text; empty for `COUNT(*)`."""
    value, argument = member.values[place], aggregate.argument
    if argument is None or not isinstance(value, IRI | Literal):
        return ""
    return f"{expression_text(argument)} = {value.n3()}"


def _count(number: int) -> Literal:
    return Literal(str(number), "http://www.w3.org/2001/XMLSchema#integer")
