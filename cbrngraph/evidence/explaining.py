"""From what people ask to explanations: rows of queries, things, statements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cbrngraph.errors import UnknownNameError, UsageError
from cbrngraph.evidence.told import Why
from cbrngraph.evidence.why import why_row, why_statement, why_thing

if TYPE_CHECKING:
    from cbrngraph.build import Snapshot
    from cbrngraph.queries import Given, StoredQuery
    from cbrngraph.queries.asking import AskedRow

__all__ = ["why_query", "why_text"]


def why_query(
    snapshot: Snapshot,
    query: StoredQuery,
    row: int,
    given: Mapping[str, Given] | None = None,
    *,
    limit: int = 100,
    asked: AskedRow | None = None,
) -> Why:
    """Return why a row (from 1) is in the answer; takes and raises what `why_row` does."""
    one = why_row(snapshot, query, row, given, limit=limit, asked=asked)
    return Why(snapshot.store, [one])


def why_text(snapshot: Snapshot, what: str, property: str | None = None) -> Why:
    """Return why a statement holds, or every statement about a thing or of one property.

    Raises:
        UnknownNameError: there is no such thing or property.
        UsageError: the name fits several things.
    """
    from cbrngraph.evidence.naming import find_property, find_statement, is_property, is_statement
    from cbrngraph.names.lookup import find_thing

    store = snapshot.store
    if property is None and is_statement(what):
        return Why(store, [why_statement(snapshot, find_statement(snapshot, what))])
    try:
        thing = find_thing(snapshot, what)
    except UnknownNameError:
        subject, _, rest = what.strip().partition(" ")
        if property is None and is_property(rest):
            raise UsageError(
                f"a statement has three parts and {what!r} two; a property of a thing is given as "
                f"a second argument: {subject} {rest}"
            ) from None
        raise
    predicate = None if property is None else find_property(store, property)
    return Why(store, [one for _, one in why_thing(snapshot, thing, predicate)])
