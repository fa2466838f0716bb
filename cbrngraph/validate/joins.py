"""Write a query on many focus nodes so that the store joins whole sets.

The store's planner follows a chain of patterns from row to row, with one look-up in an index for
each. For one focus node that is right; for all of them it is many times slower than to read each
pattern once and to join the sets, which it does when each pattern is a sub-select of its own.
`FILTER NOT EXISTS` of plain patterns becomes `MINUS` for the same reason, and what is asked of the
predicate of a pattern is asked of each predicate once, before the pattern is read. All mean the
same as before (SPARQL 1.1 sections 8.3, 18.2); a query of another form is left as it is.
"""

from __future__ import annotations

from cbrngraph.validate.patterns import Pattern, Unclear, read_patterns
from cbrngraph.validate.sparql import Group, QueryText, Token, patterns

__all__ = ["by_sets"]

_LEFT_ALONE = frozenset(("OPTIONAL", "UNION", "GRAPH", "SERVICE", "VALUES", "MINUS", "SELECT"))


def by_sets(query: QueryText, focus: str = "this") -> QueryText:
    """Return the query with its outermost patterns as sub-selects, or the query itself."""
    group = query.where
    if any(token.word in _LEFT_ALONE for token in group.tokens):
        return query
    try:
        found = read_patterns(list(patterns(group.items)))
    except Unclear:
        return query
    ordered = _connected(found, focus)
    rest = _rest(group)
    if len(ordered) != len(found) or not found or rest is None:
        return query
    bound = frozenset(name for pattern in found for name in pattern.variables)
    asked = _with_minus(rest, bound)
    free = [pattern for pattern in found if not _is_plain(pattern)]
    if free:
        made = _by_predicate(found, asked, focus)
        if made is None:
            return query
    elif len(found) < 2 and all(new is old for new, old in zip(asked, rest, strict=False)):
        return query
    else:
        made = [Token("mark", f"\n{{ SELECT * WHERE {{ {p.text} }} }}") for p in ordered]
        made += asked
    made.append(Token("space", "\n"))
    return QueryText(query.head, Group(group.before, made), query.tail)


def _by_predicate(
    found: list[Pattern], asked: list[Token | Group], focus: str
) -> list[Token | Group] | None:
    """Return one pattern with a variable predicate, which what is asked of it narrows first.

    None for another form, or when something but the predicate is asked about.
    """
    if len(found) != 1 or len(found[0].path) != 1:
        return None
    name = found[0].path[0].variable
    ends = {token.variable for token in (*found[0].subject, *found[0].object)}
    if not name or name == focus or name in ends or len(ends - {""}) != 2:
        return None
    tokens = [t for item in asked for t in (item.tokens if isinstance(item, Group) else [item])]
    words = {token.word for token in tokens}
    if words & {"BIND", "EXISTS"} or "FILTER" not in words:
        return None
    inside = [token.variable for token in tokens if token.variable]
    local = {t.variable for item in asked if isinstance(item, Group) for t in item.tokens}
    if any(used != name and (used not in local or used in ends) for used in inside):
        return None
    each = f"{{ SELECT DISTINCT ?{name} WHERE {{ ?sh_from ?{name} ?sh_to }} }}"
    return [
        Token("mark", f"\n{{ SELECT * WHERE {{ {{ SELECT ?{name} WHERE {{ {each}"),
        *asked,
        Token("mark", f" }} }} {found[0].text} }} }}"),
    ]


def _is_plain(pattern: Pattern) -> bool:
    """Whether a pattern reads one or a few properties as a whole."""
    if any(token.variable for token in pattern.path):
        return False
    if any(token.kind == "name" and token.text.startswith("_:") for token in pattern.subject):
        return False
    if any(token.kind == "name" and token.text.startswith("_:") for token in pattern.object):
        return False
    return not any(token.text in ("*", "+", "?", "!") for token in pattern.path)


def _connected(found: list[Pattern], focus: str) -> list[Pattern]:
    """Order patterns so that each shares a variable with those before; else return fewer."""
    known = {focus}
    left = list(found)
    ordered: list[Pattern] = []
    while left:
        best = next((pattern for pattern in left if pattern.variables & known), None)
        if best is None:
            return ordered
        left.remove(best)
        ordered.append(best)
        known |= best.variables
    return ordered


def _rest(group: Group) -> list[Token | Group] | None:
    """Return the FILTERs and BINDs of a group in their order; None when there is anything else."""
    kept: list[Token | Group] = []
    depth = 0
    inside = False
    for item in group.items:
        if isinstance(item, Group):
            if not inside:
                return None
            kept.append(item)
            inside = depth > 0
            continue
        if item.word in ("FILTER", "BIND"):
            inside, depth = True, 0
        if not inside:
            continue
        kept.append(item)
        if item.kind == "mark" and item.text in "()":
            depth += 1 if item.text == "(" else -1
            inside = depth > 0
    return kept


def _with_minus(rest: list[Token | Group], bound: frozenset[str]) -> list[Token | Group]:
    """Put MINUS for each FILTER NOT EXISTS of plain patterns that share a bound variable."""
    made: list[Token | Group] = []
    words: list[int] = []
    for item in rest:
        if isinstance(item, Token):
            if item.kind != "space":
                words = [*words, len(made)][-3:]
            made.append(item)
            continue
        last = [made[position] for position in words]
        names = [token.word for token in last if isinstance(token, Token)]
        if names == ["FILTER", "NOT", "EXISTS"] and _can_be_minus(item, bound):
            del made[words[0] :]
            made.append(Token("word", " MINUS "))
            made.append(Group("MINUS", item.items))
        else:
            made.append(item)
        words = []
    return made


def _can_be_minus(group: Group, bound: frozenset[str]) -> bool:
    if group.groups or any(token.word in ("FILTER", "BIND") for token in group.tokens):
        return False
    try:
        found = read_patterns(list(patterns(group.items)))
    except Unclear:
        return False
    names = frozenset(name for pattern in found for name in pattern.variables)
    return bool(found) and bool(names & bound) and all(map(_is_plain, found))
