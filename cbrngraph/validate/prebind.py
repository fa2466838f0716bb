"""Give variables their values from outside, for many focus nodes in one query.

SHACL appendix A defines pre-binding by joining a table of values to every basic graph pattern.
Here the table holds all focus nodes at once, and is joined where it changes the meaning: to the
outermost group, and to each inner group that uses a variable without binding it by a triple
pattern of its own. Rows of different focus nodes never meet, because the variable is in each
pattern, sub-select and GROUP BY (`needs_one_by_one` names the queries where that is not so).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cbrngraph.model import Term
from cbrngraph.validate.sparql import Group, QueryText, Token

__all__ = ["Table", "bind", "constants", "replace_path", "select_from_ask"]

# Filters directly in these see the bindings of the row outside, so no table is needed there.
_SEES_OUTSIDE = frozenset(("OPTIONAL", "EXISTS"))


@dataclass(frozen=True, slots=True)
class Table:
    """A pattern that binds `variables`.

    `everywhere` puts it into each group that uses one of them: right for a single row of
    constants, where that costs nothing, also in sub-selects that do not return the variable.
    """

    variables: tuple[str, ...]
    pattern: str
    everywhere: bool = False


def constants(values: Mapping[str, Term]) -> tuple[Table, ...]:
    """Return one table for each variable with a single value."""
    return tuple(
        Table((name,), f"VALUES ?{name} {{ {term.n3()} }}", everywhere=True)
        for name, term in values.items()
    )


def bind(query: QueryText, tables: tuple[Table, ...], prefixes: str = "") -> str:
    """Return the query's text with the tables put where their variables need them."""
    used = tuple(t for t in tables if any(query.mentions(name) for name in t.variables))
    body = _group(query.where, used, used)
    return f"{prefixes}{_text(query.head)}{body}{_text(query.tail)}"


def replace_path(query: QueryText, path: str) -> QueryText:
    """Return the query with `$PATH` replaced by a property path (SHACL section 5.2.1)."""

    def tokens(items: tuple[Token, ...]) -> tuple[Token, ...]:
        return tuple(_replaced(token, path) for token in items)

    def group(old: Group) -> Group:
        return Group(
            old.before,
            [_replaced(i, path) if isinstance(i, Token) else group(i) for i in old.items],
        )

    return QueryText(tokens(query.head), group(query.where), tokens(query.tail))


def select_from_ask(query: QueryText, variables: tuple[str, ...]) -> QueryText:
    """Return the SELECT DISTINCT of the rows for which an ASK answers true."""
    head: list[Token] = []
    for token in query.head:
        if token.word == "ASK":
            head.append(Token("word", "SELECT DISTINCT"))
            head += [Token("var", f" ?{name}") for name in variables]
            head.append(Token("word", " WHERE "))
        elif token.word != "WHERE":
            head.append(token)
    return QueryText(tuple(head), query.where, query.tail)


def _replaced(token: Token, path: str) -> Token:
    return Token("iri", path) if token.variable == "PATH" else token


def _text(tokens: tuple[Token, ...]) -> str:
    return "".join(token.text for token in tokens)


def _group(group: Group, tables: tuple[Table, ...], wanted: tuple[Table, ...]) -> str:
    """Return the group's text; `wanted` are tables it must have for a reason from outside."""
    inserted = tuple(t for t in tables if t in wanted or _needs(group, t))
    patterns = "".join(f" {table.pattern} " for table in inserted)
    if group.is_select:
        text = _sub_select(group, tables)
        return f"{{{patterns}{text}}}" if wanted else text
    return f"{{{patterns}{_inner(group, tables)}}}"


def _sub_select(group: Group, tables: tuple[Table, ...]) -> str:
    """A sub-select's own WHERE group needs the tables of the variables that it returns."""
    named = {token.variable for token in group.tokens if token.variable}
    parts: list[str] = []
    for item in group.items:
        if isinstance(item, Token):
            parts.append(item.text)
            continue
        wanted = tuple(t for t in tables if named & set(t.variables) and not _bound(item, t))
        parts.append(_group(item, tables, wanted))
    return "{" + "".join(parts) + "}"


def _inner(group: Group, tables: tuple[Table, ...]) -> str:
    return "".join(
        item.text if isinstance(item, Token) else _group(item, tables, ()) for item in group.items
    )


def _bound(group: Group, table: Table) -> bool:
    return not group.is_select and all(group.binds(name) for name in table.variables)


def _needs(group: Group, table: Table) -> bool:
    """Whether what the group means depends on the table's variables having their values in it."""
    if table.everywhere:
        return any(group.mentions(name) for name in table.variables)
    used = [n for n in table.variables if any(inner.mentions(n) for inner in group.walk())]
    if group.is_select or not used or all(group.binds(name) for name in used):
        return False
    if group.before not in _SEES_OUTSIDE or any(t.word == "BIND" for t in group.tokens):
        return True
    inside = [inner for inner in group.groups if inner.before != "EXISTS"]
    return any(deep.mentions(name) for g in inside for deep in g.walk() for name in used)
