"""SPARQL text to algebra and back: the same answers, and errors that point at their place."""

from __future__ import annotations

import pytest

from cbrngraph.errors import QueryError
from cbrngraph.evidence.sparql import parse_query
from cbrngraph.evidence.sparql.algebra import (
    BGP,
    Distinct,
    Filter,
    LeftJoin,
    PathPattern,
    Project,
    Slice,
    Union,
    Var,
)
from cbrngraph.evidence.sparql.instantiate import instantiate
from cbrngraph.evidence.sparql.scope import certain, visible
from cbrngraph.evidence.sparql.write import group_text, select_text
from cbrngraph.model import IRI
from cbrngraph.queries import Catalogue
from cbrngraph.queries.running import prepare
from cbrngraph.resources import Project as Folder
from cbrngraph.store import Store

DATA = """
@prefix : <http://example.org/> .
:a :p :b , :c ; :q 1 , 2 ; :name "A"@en .
:b :p :c ; :q 2 ; :name "B" .
:c :q 3 ; :r :a .
:d :list ( 1 2 ) .
"""
TEXTS = {
    "triples": "SELECT ?s ?o { ?s :p ?o ; :q 1, ?n . }",
    "blank nodes": "SELECT ?s { ?s :p [ :q ?n ] . _:x :r ?s }",
    "collection": "SELECT ?s { ?s :list ( 1 ?second ) }",
    "paths": "SELECT ?s ?o { ?s :p/:q|:r ?x . ?s (:p|^:r)+ ?o . ?o !(:q|^:p) ?y }",
    "optional": "SELECT * { ?s :q ?n OPTIONAL { ?s :p ?o FILTER(?n > 1) } }",
    "optional group": "SELECT * { ?s :q ?n OPTIONAL { { ?s :p ?o FILTER(?n > 1) } } }",
    "union": "SELECT * { { ?s :p ?o } UNION { ?s :r ?o } UNION { ?s :q 3 } }",
    "minus": "SELECT * { ?s :q ?n MINUS { ?s :p ?o } }",
    "exists": "SELECT * { ?s :q ?n FILTER NOT EXISTS { ?s :r ?x } FILTER(EXISTS { ?s ?p ?y }) }",
    "bind": 'SELECT * { ?s :q ?n BIND(?n * 2 - 1 AS ?m) BIND(CONCAT("x", STR(?m)) AS ?t) }',
    "values": "SELECT * { VALUES (?s ?n) { (:a UNDEF) (:b 2) } ?s :q ?n }",
    "trailing values": "SELECT ?s ?n { ?s :q ?n } VALUES ?n { 1 3 }",
    "group": "SELECT ?s (COUNT(DISTINCT ?n) AS ?k) (SUM(?n) + 1 AS ?t) { ?s :q ?n } GROUP BY ?s",
    "group expression": "SELECT ?l (MAX(?n) AS ?k) { ?s :q ?n } GROUP BY (STRLEN(STR(?s)) AS ?l)",
    "having": "SELECT ?s { ?s :q ?n } GROUP BY ?s HAVING(COUNT(*) > 1)",
    "concat": 'SELECT (GROUP_CONCAT(?n; SEPARATOR=", ") AS ?l) { SELECT ?n { ?s :q ?n } }',
    "slice": "SELECT DISTINCT ?n { ?s :q ?n } ORDER BY DESC(?n) ?s LIMIT 2 OFFSET 1",
    "sub-select": "SELECT * { ?s :q ?n { SELECT ?s (MIN(?x) AS ?low) { ?s :q ?x } GROUP BY ?s } }",
    "graph": "SELECT ?g ?s { GRAPH ?g { ?s :p ?o } }",
    "functions": 'SELECT * { ?s :name ?l FILTER(LANGMATCHES(LANG(?l), "*") || ?l IN ("B", "C")) }',
    "numbers": "SELECT * { ?s :q ?n FILTER(?n-1 >= +0 && -?n < 1.5e0 && ?n NOT IN (3.0)) }",
    "strings": r"""SELECT ("a\"b\u00e9\n" AS ?x) ('''it's''' AS ?y) {}""",
    "filter between": "SELECT * { ?s :p ?o . FILTER(?o != :b) ?o :q ?n }",
}
PREFIX = "PREFIX : <http://example.org/> "


@pytest.fixture(scope="module")
def store() -> Store:
    """A few things, in the view and in one named graph."""
    made = Store.memory()
    made.load_text(DATA, ".ttl")
    made.load_text(DATA, ".ttl", "http://example.org/g")
    return made


def _rows(store: Store, text: str) -> list[str]:
    answer = store.select(text)
    order = sorted(range(len(answer.variables)), key=lambda at: answer.variables[at])
    return sorted(repr([row[at] for at in order]) for row in answer.rows)


@pytest.mark.parametrize("name", TEXTS)
def test_algebra_written_back_gives_the_same_answer(store: Store, name: str) -> None:
    """What is read and written again asks the same."""
    text = PREFIX + TEXTS[name]
    parsed = parse_query(text)
    shown = " ".join(f"?{v.name}" for v in parsed.variables)
    again = f"SELECT {shown} {{ {group_text(parsed.pattern, {})} }}"
    expected = _rows(store, text)
    assert expected
    if name == "concat":  # the order within a sub-select is not kept by SPARQL
        assert len(_rows(store, again)) == len(expected)
        return
    assert _rows(store, again) == expected


def test_every_stored_query_is_read() -> None:
    """No stored query is beyond explanation for its syntax."""
    queries = list(Catalogue(Folder.open()))
    assert queries
    for query in queries:
        parsed = parse_query(prepare(query.sparql))
        assert parsed.form in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


def test_known_values_restrict_and_change_nothing_else(store: Store) -> None:
    """Putting in a value gives the rows with that value, optional parts included."""
    pattern = parse_query(PREFIX + TEXTS["optional"]).pattern
    known = {Var("s"): IRI("http://example.org/a"), Var("o"): IRI("http://example.org/b")}
    text = select_text(pattern, visible(pattern), known)
    rows = list(store.select(text).rows)
    assert {str(row[0]) for row in rows} == {"http://example.org/a"}
    # ?o stands in the optional part only, so its value must not be put there.
    assert None in {row[2] for row in rows}


def test_scope_tells_what_is_always_bound() -> None:
    """A variable of an optional part or of one branch only is not certain."""
    pattern = parse_query("SELECT * { ?a <x:p> ?b OPTIONAL { ?b <x:q> ?c } }").pattern
    assert {v.name for v in visible(pattern)} == {"a", "b", "c"}
    assert {v.name for v in certain(pattern)} == {"a", "b"}
    branches = parse_query("SELECT * { { ?a <x:p> ?b } UNION { ?a <x:q> ?c } }").pattern
    assert {v.name for v in certain(branches)} == {"a"}


def test_filter_of_an_optional_belongs_to_it() -> None:
    """A filter directly in OPTIONAL is its condition; one in a group of its own is not."""
    direct = parse_query("SELECT * { ?a <x:p> ?b OPTIONAL { ?b <x:q> ?c FILTER(?a > 1) } }").pattern
    nested = parse_query(
        "SELECT * { ?a <x:p> ?b OPTIONAL { { ?b <x:q> ?c FILTER(?a > 1) } } }"
    ).pattern
    assert isinstance(direct, Project)
    assert isinstance(nested, Project)
    assert isinstance(direct.pattern, LeftJoin)
    assert isinstance(nested.pattern, LeftJoin)
    assert direct.pattern.condition is not None
    assert nested.pattern.condition is None
    assert isinstance(nested.pattern.right, Filter)


def test_modifiers_wrap_in_order() -> None:
    """LIMIT is outside DISTINCT, which is outside the projection."""
    pattern = parse_query("SELECT DISTINCT ?a { ?a <x:p>* ?b } LIMIT 3").pattern
    assert isinstance(pattern, Slice)
    assert isinstance(pattern.pattern, Distinct)
    assert isinstance(pattern.pattern.pattern, Project)
    assert isinstance(pattern.pattern.pattern.pattern, PathPattern)


def test_instantiate_keeps_sub_selects() -> None:
    """Values go into triples and filters, and not into a sub-select's own variables."""
    text = "SELECT * { ?a <x:p> ?b FILTER(BOUND(?a) && ?b > ?a) { SELECT ?b { ?b <x:q> ?a } } }"
    pattern = parse_query(text).pattern
    assert isinstance(pattern, Project)
    put = instantiate(pattern.pattern, {Var("a"): IRI("x:1")})
    written = group_text(put, {})
    assert "<x:1> <x:p> ?b" in written
    assert "?b <x:q> ?a" in written
    assert "BOUND" not in written


def test_values_are_compared_by_kind() -> None:
    """Nodes of the algebra are equal only within their kind."""
    one, other = BGP(()), Union(BGP(()), BGP(()))
    assert one == BGP(())
    assert one != other


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("SELECT * {\n  ?s ?p }", 2, 9),
        ("SELECT * { ?s x:p ?o }", 1, 15),
        ("SELECT ?s { ?s <x:p> ?o } LIMIT x", 1, 33),
        ("SELECT * { ?s <x:p> << ?a ?b ?c >> }", 1, 21),
        ("SELECT * { ?s <x:p> ?o } }", 1, 26),
    ],
)
def test_error_points_at_its_place(text: str, line: int, column: int) -> None:
    """What is not SPARQL 1.1 is refused with line and column."""
    with pytest.raises(QueryError) as caught:
        parse_query(text)
    assert (caught.value.line, caught.value.column) == (line, column)
