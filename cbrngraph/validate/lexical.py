"""Whether a query could notice that the store keeps a literal in another form than written.

The store keeps `1.50` as `1.5`. Most queries compare values and cannot tell; one that looks at
the text of a literal, or joins two patterns on it, can. Such a query must not be answered from
the store while the data has such literals under the properties that it reads.
"""

from __future__ import annotations

import re
from collections import Counter

from cbrngraph.model import IRI
from cbrngraph.validate.patterns import Pattern, Unclear, read_patterns
from cbrngraph.validate.sparql import QueryText, Token, patterns
from cbrngraph.validate.vocabulary import RDF_TYPE

__all__ = ["notices_form"]

_PREFIX = re.compile(r"PREFIX\s+([\w.-]*):\s*<([^>]*)>", re.IGNORECASE)
# Functions that see more of a literal than its value.
_SEEING = frozenset(("STR", "SAMETERM", "DATATYPE"))


def notices_form(
    query: QueryText, prefixes: str, rewritten: frozenset[IRI], *, merged: bool = False
) -> bool:
    """Say whether the query may notice; `rewritten` are the properties with such literals.

    `merged` says that the store took two written forms for one: then reading the property at all
    counts, as rows are missing.
    """
    if not rewritten:
        return False
    known = dict(_PREFIX.findall(prefixes + "".join(token.text for token in query.head)))
    try:
        groups = [group for group in query.where.walk() if not group.is_select]
        found = [p for group in groups for p in read_patterns(list(patterns(group.items)))]
    except Unclear:
        return True
    used = Counter(v for p in found for v in _occurrences(p))
    seen = _seen(query)
    for pattern in found:
        iris = {_resolved(token, known) for token in pattern.predicates}
        if not iris & rewritten and not any(token.variable for token in pattern.path):
            continue
        if merged:
            return True
        value = pattern.object[0]
        name = value.variable
        if not name and value.kind in ("text", "number"):
            return True
        if name and (name in seen or used[name] > 1):
            return True
    return False


def _occurrences(pattern: Pattern) -> list[str]:
    tokens = (*pattern.subject, *pattern.path, *pattern.object)
    return [token.variable for token in tokens if token.variable]


def _seen(query: QueryText) -> set[str]:
    """Return the variables inside the brackets of a function that sees a literal's form."""
    found: set[str] = set()
    depth = 0
    tokens = list(query.all_tokens())
    for position, token in enumerate(tokens):
        cast = token.kind == "name" and token.text.lower().endswith(":string")
        following = tokens[position + 1].text if position + 1 < len(tokens) else ""
        if (token.word in _SEEING or cast) and following == "(":
            for inner in tokens[position + 1 :]:
                depth += {"(": 1, ")": -1}.get(inner.text, 0) if inner.kind == "mark" else 0
                if inner.variable:
                    found.add(inner.variable)
                if depth == 0:
                    break
    return found


def _resolved(token: Token, known: dict[str, str]) -> IRI:
    if token.kind == "iri":
        return IRI(token.text[1:-1])
    if token.word == "A":
        return RDF_TYPE
    prefix, _, local = token.text.partition(":")
    return IRI(known.get(prefix, "") + local)
