"""The questions behind an explanation: rows alike are asked for together."""

from __future__ import annotations

from typing import Any

import pytest

from cbrngraph.evidence import questions
from cbrngraph.evidence.facts import FactFinder
from cbrngraph.evidence.proof import leaves
from cbrngraph.evidence.questions import Questions
from cbrngraph.evidence.rows import explain_row
from cbrngraph.evidence.sparql import parse_query
from cbrngraph.evidence.sparql.algebra import Var
from cbrngraph.model import IRI, Literal, Quad, Term
from cbrngraph.store import Store

BASE = "http://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"
NESTED = f"""PREFIX : <{BASE}>
SELECT ?region (COUNT(?country) AS ?n) {{
  ?country :in ?region .
  {{ SELECT ?country (MAX(?day) AS ?last) {{ GRAPH ?g {{ ?country :seen ?day }} }}
     GROUP BY ?country }}
  OPTIONAL {{ ?country :code ?code }}
  FILTER(BOUND(?last) && !BOUND(?code))
}} GROUP BY ?region"""


def _iri(name: str) -> IRI:
    return IRI(BASE + name)


def _store(countries: int) -> Store:
    store = Store.memory()
    quads = []
    for number in range(countries):
        country = _iri(f"c{number}")
        quads.append(Quad(country, _iri("in"), _iri("r"), _iri("g/1")))
        quads += [
            Quad(country, _iri("seen"), Literal(f"{day}"), _iri(f"g/{day}")) for day in (1, 2, 3)
        ]
    store.add([*quads, *(Quad(*quad[:3], None) for quad in quads)])
    return store


def _asked(countries: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many queries it takes to explain a count of so many countries."""
    store = _store(countries)
    texts: list[str] = []
    plain = Store.query

    def query(self: Store, sparql: str, *rest: Any) -> Any:
        texts.append(sparql)
        return plain(self, sparql, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "query", query)
        row: dict[str, Term] = {"region": _iri("r"), "n": Literal(str(countries), f"{XSD}integer")}
        explained = explain_row(FactFinder(store), NESTED, row)
    assert len(explained.sets.sets) == 1
    assert len(explained.sets.sets[0]) == 2 * countries
    assert len(list(leaves(explained.proof))) >= 2 * countries
    return len(texts)


def test_queries_do_not_grow_with_the_rows_of_a_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten times the members of a group, each with a group of its own, take no more queries."""
    few, many = _asked(10, monkeypatch), _asked(80, monkeypatch)
    assert 0 < many <= few + 2


@pytest.mark.parametrize("limit", [5000, 3])
def test_rows_asked_together_are_the_rows_asked_alone(
    limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was kept for all rows answers as the store does, also where there are too many."""
    monkeypatch.setattr(questions, "_MANY", limit)
    store = _store(6)
    store.add([Quad(_iri("c0"), _iri("code"), Literal("a"), None)])
    query = f"SELECT * {{ GRAPH ?g {{ ?c <{BASE}seen> ?day }} OPTIONAL {{ ?c <{BASE}code> ?k }} }}"
    pattern = parse_query(query).pattern
    ask = Questions(store)
    found = 0
    for _ in range(2):
        for number in range(7):
            for day in (1, 2):
                known = {Var("c"): _iri(f"c{number}"), Var("g"): _iri(f"g/{day}")}
                rows = ask.solutions(pattern, {Var("day"): Literal(str(day)), **known}, None)
                alone = Questions(store).solutions(pattern, known, None)
                assert rows == alone
                found += len(rows)
                # What a part may leave unbound is compared too, and agrees where it is unbound.
                coded: dict[Var, Term] = {**known, Var("k"): Literal("b")}
                assert ask.solutions(pattern, coded, None) == (alone if number else [])
    assert found == 24
