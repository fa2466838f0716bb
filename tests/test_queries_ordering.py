"""ORDER BY done here gives the rows in the order that the engine gives."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cbrngraph.model import Literal, Term
from cbrngraph.queries import execute_select
from cbrngraph.queries import ordering as module
from cbrngraph.queries.ordering import Ordering, in_order, split_ordering
from cbrngraph.queries.tokens import tokenize
from cbrngraph.store import Store

XSD = "http://www.w3.org/2001/XMLSchema#"
NAMES = ("a", "b")
STORE = Store.memory()

WORDS = st.text("aAzZ0\u00e9 \U0001d4b3\uffee", max_size=3)
IRIS = WORDS.map(lambda word: f"<urn:x:{word.strip().replace(' ', '-')}>")
STRINGS = WORDS.map(lambda word: f'"{word}"')
TAGGED = st.builds(lambda word, tag: f'"{word}"@{tag}', WORDS, st.sampled_from(["en", "fr"]))
INTEGERS = st.integers(-9, 99).map(str)
DECIMALS = st.sampled_from(["1.5", "-0.25", "10.0", "2.0", "1.0"])
DOUBLES = st.sampled_from(["1e0", "-2.5e1", "1e3", '"INF"', '"NaN"']).map(
    lambda text: f"{text}^^<{XSD}double>" if '"' in text else text
)
BOOLEANS = st.sampled_from(["true", "false"])


def typed(name: str, *values: str) -> st.SearchStrategy[str]:
    """Return literals of an XSD datatype."""
    return st.sampled_from([f'"{value}"^^<{XSD}{name}>' for value in values])


DATES = typed("date", "2023-05-01", "2019-12-31", "2023-05-02", "2023-05-01Z", "-0001-01-01")
YEARS = typed("gYear", "2023", "2019")
MONTHS = typed("gYearMonth", "2023-05", "2019-01")
TIMES = typed("dateTime", "2023-05-01T10:00:00", "2023-05-01T09:00:00Z", "2023-05-01T09:00:00.5")
OWN = st.sampled_from([f'"{v}"^^<urn:type:{t}>' for v in ("a", "b", "10") for t in "xy"])
UNDEFINED = st.just("UNDEF")
ANY = (IRIS, STRINGS, TAGGED, INTEGERS, DECIMALS, DOUBLES, BOOLEANS, DATES, YEARS, MONTHS, TIMES)
ALL = (*ANY, OWN, UNDEFINED)

# A column is of one kind, of two, or of anything.
COLUMN = st.one_of(
    st.sampled_from(ALL),
    st.tuples(st.sampled_from(ALL), st.sampled_from(ALL)).map(lambda two: st.one_of(*two)),
    st.just(st.one_of(*ALL)),
)


@st.composite
def tables(draw: st.DrawFn) -> str:
    """Return a VALUES block of the variables a and b."""
    columns = [draw(COLUMN) for _ in NAMES]
    rows = draw(st.lists(st.tuples(*columns), max_size=12))
    return "VALUES (?a ?b) { " + " ".join(f"({a} {b})" for a, b in rows) + " }"


CONDITION = st.tuples(st.sampled_from(NAMES), st.booleans())
SLICES = st.sampled_from(["", "LIMIT 3", "OFFSET 2", "LIMIT 2 OFFSET 1", "OFFSET 1 LIMIT 0"])


def value_of(term: Term | None) -> object:
    """Return a term as its place in the order: equal numbers are one place."""
    return float(str(term)) if isinstance(term, Literal) and term.is_number else term


@settings(max_examples=400, deadline=None)
@given(tables(), st.lists(CONDITION, min_size=1, max_size=2), SLICES)
def test_the_order_is_that_of_the_engine(
    table: str, conditions: list[tuple[str, bool]], slices: str
) -> None:
    """For any terms: the columns that are ordered by have the same values in the same places."""
    by = " ".join(f"DESC(?{name})" if down else f"?{name}" for name, down in conditions)
    text = f"SELECT ?a ?b WHERE {{ {table} }} ORDER BY {by} {slices}"
    first = NAMES.index(conditions[0][0])
    ours = [value_of(row[first]) for row in execute_select(STORE, text).rows]
    engine = [value_of(row[first]) for row in STORE.select(text).rows]
    assert list(map(repr, ours)) == list(map(repr, engine))


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(INTEGERS, STRINGS), max_size=12), st.booleans(), st.booleans())
def test_the_second_condition_orders_what_the_first_leaves_equal(
    rows: list[tuple[str, str]], first: bool, second: bool
) -> None:
    """Whole rows are in the engine's order, descending or not."""
    table = "VALUES (?a ?b) { " + " ".join(f"({a} {b})" for a, b in rows) + " }"
    by = f"{'DESC' if first else 'ASC'}(?a) {'DESC' if second else 'ASC'}(?b)"
    text = f"SELECT * {{ {table} }} ORDER BY {by}"
    assert list(execute_select(STORE, text).rows) == list(STORE.select(text).rows)


@pytest.mark.parametrize(
    ("text", "kept", "ordering"),
    [
        ("SELECT ?a { } ORDER BY ?a", "SELECT ?a { }\n", Ordering((("a", False),))),
        (
            "select * {{select ?a {} order by ?a}} order by desc(?a) ?b limit 5 offset 2",
            "select * {{select ?a {} order by ?a}}\n",
            Ordering((("a", True), ("b", False)), 5, 2),
        ),
    ],
)
def test_the_last_order_by_is_taken_off(text: str, kept: str, ordering: Ordering) -> None:
    """That of a sub-select stays where it is."""
    assert split_ordering(text, tokenize(text)) == (kept, ordering)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?a { }",
        "SELECT ?a { } ORDER BY STR(?a)",
        "SELECT ?a { } ORDER BY DESC(?a + 1)",
        "SELECT ?a { } ORDER BY ?a LIMIT 5 VALUES ?a { 1 }",
        "SELECT ?a { } ORDER BY ?a LIMIT 5 LIMIT 6",
        "SELECT ?a { } ORDER BY",
        "SELECT ?a { } ORDER ?a",
        "CONSTRUCT { ?a ?b ?c } WHERE { ?a ?b ?c } ORDER BY ?a",
        "# ORDER BY ?a\nSELECT ?a { ?a ?b 'ORDER BY ?a' }",
    ],
)
def test_what_is_not_by_variables_is_left_to_the_engine(text: str) -> None:
    """Expressions, other forms, and what does not parse."""
    assert split_ordering(text, tokenize(text)) is None


def test_many_rows_and_hidden_variables_are_left_to_the_engine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The engine keeps many rows in less memory, and knows what is not selected."""
    monkeypatch.setattr(module, "MOST", 2)
    rows = [(Literal(text),) for text in "cab"]
    assert in_order(iter(rows), ("a",), Ordering((("a", False),))) is None
    assert in_order(iter(rows[:2]), ("a",), Ordering((("a", False),))) == [rows[1], rows[0]]
    assert in_order(iter(rows[:2]), ("a",), Ordering((("hidden", False),))) is None
    text = "SELECT ?a { VALUES (?a ?hidden) { (1 3) (2 1) (3 2) } } ORDER BY ?hidden"
    assert [str(row[0]) for row in execute_select(STORE, text).rows] == ["2", "3", "1"]
    text = "SELECT ?a { VALUES ?a { 2 3 1 } } ORDER BY ?a"
    assert [str(row[0]) for row in execute_select(STORE, text).rows] == ["1", "2", "3"]


@pytest.mark.parametrize("form", ["SELECT *", "select distinct *", "SELECT REDUCED *"])
def test_all_variables_stand_in_the_order_of_the_query(form: str) -> None:
    """The engine gives them by the alphabet."""
    text = f"{form} {{ VALUES (?z ?a) {{ (2 20) (1 10) }} {{ SELECT ?m {{ BIND(3 AS ?m) }} }} }}"
    for ordered in (text, f"{text} ORDER BY ?a"):
        answer = execute_select(STORE, ordered)
        assert answer.variables == ("z", "a", "m")
        assert {tuple(map(str, row)) for row in answer.rows} == {("2", "20", "3"), ("1", "10", "3")}
    (inner,) = execute_select(STORE, "SELECT ?b { SELECT * { VALUES (?b ?a) { (2 1) } } }").rows
    assert [str(term) for term in inner] == ["2"]
