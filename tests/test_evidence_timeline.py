"""A thing's story in order of time, with what was said and who said it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from cbrngraph.evidence.timeline import Timeline, timeline, timeline_objects, undated_note
from cbrngraph.graph import Graph
from cbrngraph.names.lookup import find_thing


def _story(graph: Graph, name: str) -> Timeline:
    return timeline(graph.snapshot, find_thing(graph.snapshot, name))


def test_story_is_in_order_of_time(graph: Graph) -> None:
    """Entries follow their first day."""
    story = _story(graph, "KAZ")
    days = [entry.span.first for entry in story.entries]
    assert len(days) > 20
    assert days == sorted(days)


def test_a_change_over_time_is_told_value_by_value(graph: Graph) -> None:
    """The host of a secretariat: each value at its date, with the passage that says so."""
    told = [
        (entry.when, str(entry.values[0]).rpartition("/")[2], entry.taken)
        for entry in _story(graph, "rs-central-asia").entries
        if entry.property.endswith("#hostedBy")
    ]
    assert told == [
        ("2015-07-17", "SANOATGEOKONTEXNAZORAT", False),
        ("2023-05", "UZ-INSPECTORATE-MGI", True),
    ]


def test_own_dates_and_joined_events_are_told(graph: Graph) -> None:
    """A project's start and the activities within it, but not dates of what it belongs to."""
    story = _story(graph, "P087")
    events = [entry for entry in story.entries if entry.sort == "event"]
    assert any(e.thing == story.thing and e.property.endswith("#start") for e in events)
    assert any("act-2024-05-preca-ttx" in entry.thing and entry.link for entry in events)
    assert not [entry for entry in events if "/initiative/" in entry.thing]


def test_figures_are_told_with_their_measure(graph: Graph) -> None:
    """Reported figures stand at the date of the statement."""
    told = [
        (entry.when, str(entry.values[0]))
        for entry in _story(graph, "central-asia").entries
        if entry.measure and entry.measure.endswith("/projects-total")
    ]
    assert told == [("2015-07-17", "8"), ("2023-05", "13"), ("2025", "18")]


def test_undated_statements_are_counted(graph: Graph) -> None:
    """What has no date cannot stand in a story, and is said to be left out."""
    story = _story(graph, "P101")
    assert story.undated > 0
    assert str(story.undated) in undated_note(story)


def test_story_as_of_a_date_ends_there(graph: Graph) -> None:
    """As of 2018 nobody knows of 2023."""
    early = graph.as_of("2018")
    story = timeline(early.snapshot, find_thing(early.snapshot, "rs-central-asia"))
    assert story.entries
    assert max(entry.span.first.year for entry in story.entries) <= 2018


def test_objects_have_slug_days_and_passages(graph: Graph) -> None:
    """In JSON each entry has what a program needs to place it."""
    told = timeline_objects(graph.snapshot, _story(graph, "rs-central-asia"))
    assert json.loads(json.dumps(told)) == told
    assert all({"slug", "when", "from", "to", "passages"} <= entry.keys() for entry in told)
    assert all(entry["passages"] for entry in told if entry["sort"] == "statement")


def test_command(run: Callable[..., Any]) -> None:
    """`timeline THING` prints the story; an unknown thing ends with 2."""
    assert "2015-07-17" in run("timeline", "rs-central-asia").out
    assert json.loads(run("timeline", "KAZ", "--format", "json").out)
    assert run("timeline", "no-such-thing").code == 2
