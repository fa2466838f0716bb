"""A query written for whole sets has the rows of the query as it stands, on any data."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cbrngraph.store import Store
from cbrngraph.validate.joins import by_sets
from cbrngraph.validate.prebind import Table, bind
from cbrngraph.validate.sparql import read_query

PREFIX = "PREFIX : <http://e/> "
QUERIES = {
    "two patterns": "SELECT $this ?value { $this :p ?x . ?x :q ?value }",
    "no such value": "SELECT $this ?value { $this :p ?value FILTER NOT EXISTS { ?value :q ?y } }",
    "bound after": """SELECT $this ?path ?value { $this :p ?value . FILTER (STR(?value) > "a")
        FILTER NOT EXISTS { ?value :q ?y } BIND (:p AS ?path) }""",
    "any predicate": """SELECT $this ?path ?value { $this ?path ?value .
        FILTER (STRSTARTS(STR(?path), STR(:))) FILTER NOT EXISTS { ?path :known ?o } }""",
    "any predicate but one": "SELECT $this ?path ?value { $this ?path ?value FILTER (?path != :p)}",
    "backwards": "SELECT $this ?path ?value { ?value ?path $this FILTER (?path = :q) }",
    "asked of both": "SELECT $this ?path ?value { $this ?path ?value FILTER (?path != ?value) }",
    "asked of the focus": "SELECT $this ?path { $this ?path ?value FILTER ($this = ?path) }",
    "twice the same": "SELECT $this ?path { $this ?path ?path FILTER (?path != :p) }",
}
LEFT_AS_IT_IS = ("asked of both", "asked of the focus", "twice the same")
NAMES = [":a", ":b", ":c", ":p", ":q", ":known", '"x"', '"b"']
TRIPLES = st.lists(
    st.tuples(
        st.sampled_from(NAMES[:6]), st.sampled_from([":p", ":q", ":known"]), st.sampled_from(NAMES)
    ),
    max_size=16,
)


def rows(store: Store, text: str) -> Counter[tuple[str, ...]]:
    """Return the rows of a query, how often each."""
    solutions = store.select(text)
    order = sorted(range(len(solutions.variables)), key=solutions.variables.__getitem__)
    return Counter(
        tuple("" if (term := row[at]) is None else term.n3() for at in order)
        for row in solutions.rows
    )


@pytest.mark.parametrize("name", QUERIES)
@settings(max_examples=60, deadline=None)
@given(TRIPLES)
def test_rows_are_the_same(name: str, triples: list[tuple[str, str, str]]) -> None:
    """Joins, MINUS and a look at the predicates first change no row and no count."""
    store = Store.memory()
    text = "@prefix : <http://e/> .\n" + "".join(f"{s} {p} {o} .\n" for s, p, o in triples)
    store.load_text(text, ".ttl")
    focus = Table(("this",), "{ SELECT DISTINCT ?this { ?this ?any ?thing } }")
    query = read_query(QUERIES[name])
    fast = by_sets(query)
    assert (fast is query) == (name in LEFT_AS_IT_IS)
    assert rows(store, bind(fast, (focus,), PREFIX)) == rows(store, bind(query, (focus,), PREFIX))
