"""Disagreements and their kinds: judged by hand on the shipped data, and case by case."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cbrngraph.build import open_snapshot, parse_view
from cbrngraph.evidence.authority import rule_words
from cbrngraph.evidence.conflicts import Conflict, conflicts
from cbrngraph.evidence.disagreements import conflict_objects
from cbrngraph.evidence.extents import Extents
from cbrngraph.evidence.kinds import Nature, Said, classify, span_of
from cbrngraph.graph import Graph
from cbrngraph.model import IRI, Literal, Term
from cbrngraph.names.lookup import find_thing
from cbrngraph.resources import Project
from cbrngraph.results import slug_of

XSD = "http://www.w3.org/2001/XMLSchema#"

# (thing, property or measure): kind. Judged by reading the statements, not from the answer.
JUDGED = {
    ("act-2018-07-p65-ffm-afg", "activityDate"): "contradiction",
    ("act-2019-11-jeyran", "activityDate"): "contradiction",
    ("act-2020-10-ca-rtm13", "activityDate"): "precision-or-wording",
    ("act-2021-mobile-lab-handover", "activityDate"): "contradiction",
    ("act-2022-tbilisi-covid-conference", "title"): "precision-or-wording",
    ("act-2024-03-crisis-communication", "activityDate"): "precision-or-wording",
    ("P053", "amount"): "change-over-time",
    ("P053", "leadImplementer"): "contradiction",
    ("P053", "title"): "scope",
    ("P087", "start"): "contradiction",
    ("P087", "title"): "precision-or-wording",
    ("P101", "start"): "contradiction",
    ("P101", "title"): "scope",
    ("P105", "title"): "precision-or-wording",
    ("P106", "title"): "precision-or-wording",
    ("P109", "title"): "precision-or-wording",
    ("envelope-2014-2020", "amount"): "change-over-time",
    ("BACAC", "established"): "contradiction",
    ("KAZ", "partnerStatus"): "change-over-time",
    ("MNG", "partnerSince"): "precision-or-wording",
    ("central-asia", "partner-countries"): "change-over-time",
    ("central-asia", "projects-ongoing"): "change-over-time",
    ("central-asia", "projects-total"): "change-over-time",
    ("eastern-and-central-africa", "partner-countries"): "change-over-time",
    ("eu-cbrn-coe", "established"): "precision-or-wording",
    ("eu-cbrn-coe", "partner-countries-total"): "change-over-time",
    ("eu-cbrn-coe", "partner-countries-total (at least)"): "precision-or-wording",
    ("eu-cbrn-coe", "projects-total"): "change-over-time",
    ("rs-central-asia", "goal"): "change-over-time",
    ("rs-central-asia", "headedBy"): "change-over-time",
    ("rs-central-asia", "hostedBy"): "change-over-time",
    ("rs-middle-east", "inaugurated"): "precision-or-wording",
    ("rs-south-east-asia", "hostedBy"): "change-over-time",
}


@pytest.fixture(scope="module")
def found(graph: Graph) -> tuple[Conflict, ...]:
    """All disagreements of the shipped graph."""
    return conflicts(graph.snapshot)


def _key(one: Conflict) -> tuple[str, str]:
    name = slug_of(one.measure or one.property)
    return slug_of(one.thing), name + (" (at least)" if "-min" in one.node else "")


def test_every_disagreement_is_found_and_of_its_kind(found: tuple[Conflict, ...]) -> None:
    """Each conflict of the shipped data is listed once with the kind judged by hand, no other."""
    told = {_key(one): one.kind for one in found if not one.is_count()}
    assert told == JUDGED


def test_figures_are_compared_with_the_count(found: tuple[Conflict, ...]) -> None:
    """A reported figure that cannot be reached is told as scope, with both numbers."""
    counted = {_key(one): one for one in found if one.is_count()}
    total = counted["eu-cbrn-coe", "partner-countries-total"]
    assert total.kind == "scope"
    assert str(total.values[0].value) == "64"
    assert total.values[1].passages == ()
    # Nothing to count is not a count of nought, and equal numbers are no conflict.
    assert ("P003", "participant-countries") not in counted
    assert ("south-east-asia", "partner-countries") not in counted


def test_chosen_value_comes_first_and_has_a_rule(found: tuple[Conflict, ...]) -> None:
    """The value of the view stands first; each other says by which rule it was not taken."""
    for one in found:
        assert one.values[0].chosen, one
        assert one.chosen() == one.values[0]
        assert all(value.rule for value in one.values[1:]), one
        assert all(value.passages for value in one.values if not one.is_count())


def test_chosen_value_is_the_one_that_the_view_has(
    graph: Graph, found: tuple[Conflict, ...]
) -> None:
    """What is said to be chosen is what a query finds."""
    for one in found:
        values = {q.object for q in graph.snapshot.store.match(one.node, one.property)}
        assert values == {one.values[0].value}


def test_conflicts_of_one_thing(graph: Graph) -> None:
    """A thing's conflicts include those of its figures."""
    thing = find_thing(graph.snapshot, "central-asia")
    told = {_key(one) for one in conflicts(graph.snapshot, thing)}
    assert {slug for slug, _ in told} == {"central-asia"}
    assert ("central-asia", "projects-total") in told


def test_as_of_a_date_there_is_less_to_disagree(graph: Graph) -> None:
    """Before the second host was named nobody disagreed about the host."""
    told = {_key(one) for one in conflicts(graph.as_of("2018").snapshot)}
    assert ("rs-central-asia", "hostedBy") not in told
    assert ("KAZ", "partnerStatus") in {_key(o) for o in conflicts(graph.as_of("2019").snapshot)}


def test_view_all_chooses_nothing(graph: Graph) -> None:
    """In the view of everything all values stand, and none is the chosen one."""
    several = [o for o in conflicts(graph.view("all").snapshot) if not o.is_count()]
    assert several
    assert all(one.chosen() is None for one in several)


def test_objects_name_thing_property_kind_values_passages(
    graph: Graph, found: tuple[Conflict, ...]
) -> None:
    """JSON has what the issue of a data steward needs."""
    told = conflict_objects(graph.snapshot.store, found)
    assert json.loads(json.dumps(told)) == told
    host = next(o for o in told if o["slug"] == "rs-central-asia" and "hosted" in o["property"])
    assert host["sheet_name"] == "host-organisation"
    assert host["kind"] == "change-over-time"
    assert [value["slug"] for value in host["values"]] == [
        "UZ-INSPECTORATE-MGI",
        "SANOATGEOKONTEXNAZORAT",
    ]
    assert host["values"][0]["passages"][0]["slug"] == "fs2023"


# --- kinds, case by case ------------------------------------------------------------------


def _said(*values: tuple[str, str]) -> list[Said]:
    """Values with a date of their statement; a value with a colon is an IRI, a digit a number."""
    return [Said(_term(value), (span_of(when) if when else None,)) for value, when in values]


def _term(value: str) -> Term:
    if value.startswith("x:"):
        return IRI(value)
    if value.isdigit() and len(value) < 4:
        return Literal(value, XSD + "integer")
    return Literal(value)


VARYING = Nature(time_varying=True)
DATE = Nature(date=True)
FIXED = Nature()


@pytest.mark.parametrize(
    ("nature", "values", "kind"),
    [
        # Dates: one within the other is precision; two extents must be equal.
        (DATE, [("2010", ""), ("2010-05", "")], "precision-or-wording"),
        (DATE, [("2010", ""), ("2011", "")], "contradiction"),
        (DATE, [("2013-22", ""), ("2013-06", "")], "precision-or-wording"),
        (DATE, [("/2018-03", ""), ("2016", "")], "precision-or-wording"),
        (DATE, [("/2018-03", ""), ("2019", "")], "contradiction"),
        (DATE, [("2024-03", ""), ("2024-03-04/2024-03-06", "")], "precision-or-wording"),
        (DATE, [("2019-11-13/2019-11-15", ""), ("2019-11-13/2019-11-14", "")], "contradiction"),
        (DATE, [("2021", ""), ("2021-01", ""), ("2021-07", "")], "contradiction"),
        (DATE, [("2021-03?", ""), ("2021-03", "")], "precision-or-wording"),
        # What does not vary: different numbers or things contradict, whenever they were said.
        (FIXED, [("12", "2013"), ("13", "2020")], "contradiction"),
        (FIXED, [("x:a", "2013"), ("x:b", "2020")], "contradiction"),
        # What varies: different times are a change, the same time is a contradiction.
        (VARYING, [("x:a", "2015"), ("x:b", "2023")], "change-over-time"),
        (VARYING, [("x:a", "2023-05"), ("x:b", "2023-05")], "contradiction"),
        (VARYING, [("x:a", "2023-05-02"), ("x:b", "2023-05")], "contradiction"),
        (VARYING, [("x:a", "2023"), ("x:b", "2023")], "contradiction"),
        (VARYING, [("x:a", "2023"), ("x:b", "2023-05")], "change-over-time"),
        (VARYING, [("59", "2019"), ("61", "2019")], "change-over-time"),
        (VARYING, [("59", "2019-05"), ("61", "2019-05")], "contradiction"),
        # Without a date nothing says that a value changed, unless a number lies between.
        (VARYING, [("x:a", "2016"), ("x:b", "")], "contradiction"),
        (VARYING, [("x:a", ""), ("x:b", "")], "contradiction"),
        (VARYING, [("53", "2016"), ("54", ""), ("55", "2017")], "change-over-time"),
        (VARYING, [("53", "2016"), ("99", ""), ("55", "2017")], "contradiction"),
        # Texts: spelling and more words are wording, other words are not.
        (FIXED, [("Bio-safety training", ""), ("Biosafety Training", "")], "precision-or-wording"),
        (FIXED, [("Specialised course", ""), ("Specialized course", "")], "precision-or-wording"),
        (FIXED, [("Border control", ""), ("Forensic science", "")], "contradiction"),
        (VARYING, [("Border control", "2015"), ("Forensic science", "2020")], "change-over-time"),
        # Lower bounds never exclude each other.
        (Nature(lower_bound=True), [("40", "2013"), ("51", "2015")], "precision-or-wording"),
    ],
)
def test_kind_of_a_disagreement(nature: Nature, values: list[tuple[str, str]], kind: str) -> None:
    """The rules of docs/evidence.md, one by one."""
    verdict = classify(_said(*values), nature)
    assert verdict.kind == kind, verdict.reason
    assert verdict.reason


def test_story_claims_no_order_where_times_overlap() -> None:
    """Values of times that overlap stand side by side; what came later comes then."""
    said = _said(("11", "2024-02-15"), ("12", "2024"), ("9", "2020"))
    assert classify(said, VARYING).reason.endswith(": 9, then 11 and 12 (2020 to 2024)")
    assert classify(said[:2], VARYING).reason.endswith(": 11 and 12 (2024)")


def test_parts_and_names_of_one_thing_are_precision() -> None:
    """An office and the ministry that it is part of do not contradict each other."""
    nature = Nature(related=lambda one, other: "one is part of the other")
    assert classify(_said(("x:a", ""), ("x:b", "")), nature).kind == "precision-or-wording"


def test_texts_that_name_other_extents_are_scope(graph: Graph) -> None:
    """Regions are found in a title by name, code or adjective."""
    extents = Extents(graph.snapshot.store)
    names, rest = extents("Security in SEEE, CA and MIE")
    assert names == {"South East and Eastern Europe", "Central Asia", "Middle East"}
    assert rest == "security in"
    assert extents("in Central Asian Countries") == (frozenset({"Central Asia"}), "in countries")
    assert extents("Eastern European countries and the South-East")[0] == set()
    nature = Nature(places=extents)
    one, other = "Biosecurity training in Central Asia", "Biosecurity training in CA and MIE"
    assert classify(_said((one, ""), (other, "")), nature).kind == "scope"


def test_rules_are_told_in_their_order() -> None:
    """Day before reliability before confidence before name."""
    assert rule_words(("2020", 0, 0), ("2019", 9, 9)).startswith("the latest statement")
    assert "without a date" in rule_words(("2020", 0, 0), ("", 9, 9))
    assert "more reliable" in rule_words(("", -1, -3), ("", -2, -1))
    assert "more confident" in rule_words(("", -1, -1), ("", -1, -2))
    assert "sorts first" in rule_words(("", -1, -1), ("", -1, -1))


def test_toy_project_of_one_disagreement(toy: Path) -> None:
    """Companion dates and values that agree are no conflicts."""
    snapshot = open_snapshot(Project.open(toy), parse_view())
    (one,) = conflicts(snapshot)
    assert [str(value.value) for value in one.values] == ["New title", "Old <title>"]


def test_command(run: Callable[..., Any]) -> None:
    """`conflicts` lists, `--kind` picks, and a bad kind or thing ends with 2."""
    ran = run("conflicts", "rs-central-asia")
    assert ran.code == 0
    assert "not taken: State Inspection" in ran.out
    told = json.loads(run("conflicts", "--kind", "scope", "--format", "json").out)
    assert {one["kind"] for one in told} == {"scope"}
    assert run("conflicts", "--kind", "wrong").code == 2
    assert run("conflicts", "no-such-thing").code == 2


def test_command_says_that_nobody_disagrees(run_main: Callable[..., Any]) -> None:
    """An empty table comes with a word on stderr; a date that no source reaches is an error."""
    ran = run_main("conflicts", "UZB")
    assert (ran.code, ran.err) == (0, "cbrngraph: the sources do not disagree about UZB\n")
    assert run_main("conflicts", "P087", "--kind", "scope").err.endswith("P087 in this way\n")
    for command in (("conflicts",), ("timeline", "KAZ"), ("why", "KAZ"), ("cite", "exercises")):
        ran = run_main(*command, "--as-of", "1990")
        assert (ran.code, ran.out) == (2, ""), command
        assert "error: no source was issued by 1990: all " in ran.err
    assert "nothing dated is known of status" in run_main("timeline", "status").err
