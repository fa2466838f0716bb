"""The text of a SHACL-SPARQL query as tokens and groups, and what SHACL forbids in it.

A light reader, not a full parser: it finds the groups (`{ ... }`), what introduces each, the
variables in them and the keywords that matter here. The engine parses the query itself.
SHACL section 5.2.1 and appendix A.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from cbrngraph.queries.tokens import pieces

__all__ = [
    "Group",
    "QueryText",
    "Token",
    "Unsupported",
    "needs_one_by_one",
    "patterns",
    "projection",
    "read_query",
    "refuse",
    "undeclared_prefixes",
]

# Kinds of tokens as read -> as they are told apart here; what is not named is a mark.
_KINDS = {
    "space": "space",
    "comment": "space",
    "iri": "iri",
    "string": "text",
    "var": "var",
    "pname": "name",
    "bnode": "name",
    "number": "number",
    "word": "word",
    "lang": "word",
}
_PREFIX = re.compile(r"PREFIX\s+([^\s:]*):", re.IGNORECASE)
_AGGREGATES = frozenset("COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT".split())
_CONSTRAINTS = frozenset(("FILTER", "BIND", "HAVING"))


class Unsupported(ValueError):
    """The query uses what SHACL does not allow, or this reader cannot follow."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: a kind of those above, or `mark`, and the text itself."""

    kind: str
    text: str

    @property
    def word(self) -> str:
        """The keyword in capitals; empty for anything else."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def variable(self) -> str:
        """The variable's name without its sign; empty for anything else."""
        return self.text[1:] if self.kind == "var" else ""


@dataclass(slots=True)
class Group:
    """What stands between braces; `before` is the keyword that introduces it, or ""."""

    before: str = ""
    items: list[Token | Group] = field(default_factory=list)

    @property
    def tokens(self) -> list[Token]:
        """The group's own tokens, without white space and inner groups."""
        return [item for item in self.items if isinstance(item, Token) and item.kind != "space"]

    @property
    def groups(self) -> list[Group]:
        """The groups directly inside."""
        return [item for item in self.items if isinstance(item, Group)]

    @property
    def is_select(self) -> bool:
        """Whether it is a sub-select."""
        own = self.tokens
        return bool(own) and own[0].word == "SELECT"

    def walk(self) -> Iterator[Group]:
        """Yield the group and every group inside it."""
        yield self
        for group in self.groups:
            yield from group.walk()

    def mentions(self, name: str) -> bool:
        """Whether a variable occurs in the group's own tokens."""
        return any(token.variable == name for token in self.tokens)

    def binds(self, name: str) -> bool:
        """Whether a required triple pattern of the group itself binds the variable.

        A path that may have length zero binds nothing that can be relied on: it also matches
        nodes that no triple mentions.
        """
        found = False
        for token in patterns(self.items):
            if token.kind == "mark" and token.text in "*?":
                return False
            found = found or token.variable == name
        return found


@dataclass(frozen=True, slots=True)
class QueryText:
    """A SELECT or ASK query: `head` before the outermost group, the group, `tail` after it."""

    head: tuple[Token, ...]
    where: Group
    tail: tuple[Token, ...]

    @property
    def form(self) -> str:
        """`SELECT`, `ASK`, or "" for another form."""
        words = [token.word for token in self.head]
        return next((word for word in words if word in ("SELECT", "ASK")), "")

    def all_tokens(self) -> Iterator[Token]:
        """Yield every token but white space."""
        yield from (token for token in self.head if token.kind != "space")
        for group in self.where.walk():
            yield from group.tokens
        yield from (token for token in self.tail if token.kind != "space")

    def mentions(self, name: str) -> bool:
        """Whether the variable occurs anywhere."""
        return any(token.variable == name for token in self.all_tokens())

    def words(self) -> frozenset[str]:
        """Every keyword and function name, in capitals."""
        return frozenset(token.word for token in self.all_tokens() if token.word)


def read_query(text: str) -> QueryText:
    """Return the query's tokens and groups.

    Raises:
        Unsupported: a brace is left open, or there is no group at all.
    """
    head: list[Token] = []
    tail: list[Token] = []
    outer: Group | None = None
    stack: list[Group] = []
    for token in _tokens(text):
        here: list[Token | Group] | list[Token]
        if token.kind == "mark" and token.text == "{":
            before = _introducer(stack[-1].items if stack else list(head))
            group = Group(before)
            if stack:
                stack[-1].items.append(group)
            elif outer is None:
                outer = group
            else:
                raise Unsupported("a second group after the WHERE clause")
            stack.append(group)
        elif token.kind == "mark" and token.text == "}":
            if not stack:
                raise Unsupported("a '}' closes nothing")
            stack.pop()
        elif stack:
            stack[-1].items.append(token)
        else:
            here = head if outer is None else tail
            here.append(token)
    if stack or outer is None:
        raise Unsupported("a '{' is not closed" if stack else "there is no WHERE clause")
    return QueryText(tuple(head), outer, tuple(tail))


def _tokens(text: str) -> Iterator[Token]:
    """Yield the pieces of a query: marks one by one, and a sign with the number behind it."""
    sign = ""
    for piece in pieces(text):
        kind = _KINDS.get(piece.kind, "mark")
        if kind == "number":
            yield Token(kind, sign + piece.text)
            sign = ""
            continue
        if sign:
            yield Token("mark", sign)
        sign = piece.text if piece.text in ("+", "-") else ""
        if kind != "mark":
            yield Token(kind, piece.text)
        elif not sign:
            yield from (Token("mark", letter) for letter in piece.text)
    if sign:
        yield Token("mark", sign)


def refuse(query: QueryText, prebound: frozenset[str], optional: frozenset[str]) -> None:
    """Check the query against the restrictions of SHACL appendix A.

    `prebound` are the variables that get their value from outside; `optional` those that a
    sub-select need not return.

    Raises:
        Unsupported: it uses MINUS, VALUES or SERVICE, gives a pre-bound variable a value of its
            own, or has a sub-select that does not return the pre-bound variables.
    """
    for word in ("MINUS", "VALUES", "SERVICE"):
        if word in query.words():
            raise Unsupported(f"{word} is not allowed in SHACL-SPARQL (SHACL appendix A)")
    tokens = list(query.all_tokens())
    for first, second in pairwise(tokens):
        if first.word == "AS" and second.variable in prebound:
            raise Unsupported(f"AS gives ${second.variable} a value, but it is pre-bound")
    for group in query.where.walk():
        if group.is_select:
            projected = projection(group.tokens)
            missing = sorted(prebound - optional - projected)
            if missing:
                raise Unsupported(
                    "a sub-select must return the pre-bound variables by name, and $"
                    + ", $".join(missing)
                    + " is not among those it returns"
                )


def undeclared_prefixes(query: QueryText, prefixes: str) -> list[str]:
    """Return the prefixes that a query uses and neither it nor `prefixes` declares."""
    head = "".join(token.text for token in query.head)
    declared = set(_PREFIX.findall(prefixes + head))
    used = {
        token.text.partition(":")[0]: None
        for token in query.all_tokens()
        if token.kind == "name" and not token.text.startswith("_:")
    }
    return [prefix for prefix in used if prefix not in declared]


def projection(tokens: list[Token]) -> frozenset[str]:
    """Return the variables that a SELECT returns by name; those of `*` are not known."""
    names: set[str] = set()
    depth = 0
    previous = ""
    for token in tokens:
        if token.kind == "mark" and token.text in "()":
            depth += 1 if token.text == "(" else -1
        elif token.word in ("WHERE", "FROM", "GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET"):
            break
        elif token.variable and (depth == 0 or previous == "AS"):
            names.add(token.variable)
        previous = token.word
    return frozenset(names)


def needs_one_by_one(query: QueryText, focus: str = "this") -> bool:
    """Whether the query means something else for many focus nodes at once than for each alone.

    That is so where rows of several focus nodes are counted, cut or joined together: LIMIT,
    OFFSET, and an aggregate that is not grouped by the focus node.
    """
    if query.words() & {"LIMIT", "OFFSET"}:
        return True
    parts = [[t for t in (*query.head, *query.tail) if t.kind != "space"]]
    parts += [group.tokens for group in query.where.walk() if group.is_select]
    return any(_aggregates(part) and not _grouped_by(part, focus) for part in parts)


def _aggregates(tokens: list[Token]) -> bool:
    return any(token.word in _AGGREGATES or token.word == "HAVING" for token in tokens)


def _grouped_by(tokens: list[Token], focus: str) -> bool:
    words = [token.word for token in tokens]
    for position, word in enumerate(words[:-1]):
        if word == "GROUP" and words[position + 1] == "BY":
            for token in tokens[position + 2 :]:
                if token.variable == focus:
                    return True
                if token.word in ("HAVING", "ORDER", "LIMIT", "OFFSET"):
                    return False
    return False


def _introducer(items: list[Token] | list[Token | Group]) -> str:
    """Return the keyword before a group: OPTIONAL, EXISTS, UNION, GRAPH, or ""."""
    significant = [item for item in items[-8:] if isinstance(item, Group) or item.kind != "space"]
    if not significant or isinstance(significant[-1], Group):
        return ""
    last = significant[-1]
    if last.word:
        return last.word
    if len(significant) > 1 and isinstance(significant[-2], Token):
        return "GRAPH" if significant[-2].word == "GRAPH" else ""
    return ""


def patterns(items: list[Token | Group]) -> Iterator[Token]:
    """Yield the tokens of a group's triple patterns: none of FILTER, BIND, GRAPH names."""
    depth = 0
    skipping = False
    previous = ""
    for item in items:
        if isinstance(item, Group):
            skipping = False
            continue
        if item.kind == "space":
            continue
        if item.word in _CONSTRAINTS:
            skipping, depth = True, 0
        elif skipping:
            if item.kind == "mark" and item.text in "()":
                depth += 1 if item.text == "(" else -1
                skipping = depth > 0
        elif previous != "GRAPH":
            yield item
        previous = item.word
