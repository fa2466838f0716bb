"""A graph that follows its files is, after each change, the graph that a fresh build gives."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cbrngraph.build import open_snapshot
from cbrngraph.errors import SyntaxFault
from cbrngraph.live import LiveGraph
from cbrngraph.resources import Project
from cbrngraph.store import Store
from tests.edits import Edits

SEEDS = int(os.environ.get("CBRNGRAPH_EDIT_SEEDS", "6"))


def contents(store: Store) -> set[str]:
    """Return every quad of a store as text."""
    return {
        " ".join(term.n3() if term else "" for term in quad) for quad in store.match(any_graph=True)
    }


def assert_fresh(live: LiveGraph, project: Project) -> None:
    """Compare with a build in memory: numbers, entailments, every quad with its label."""
    fresh = open_snapshot(project, store="memory")
    kept = live.snapshot
    assert kept.meta == fresh.meta
    assert list(kept.entailed()) == list(fresh.entailed())
    assert contents(kept.store) == contents(fresh.store)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_any_edit_gives_the_graph_of_a_fresh_build(tmp_path: Path, seed: int) -> None:
    """Statements, winners, descriptions, entailments, blank nodes, files that come and go."""
    edits = Edits.toy(tmp_path, seed)
    live = LiveGraph(Edits.project(tmp_path))
    assert_fresh(live, Edits.project(tmp_path))
    taken = superseded = 0
    for _ in range(25):
        edits.edit()
        delta = live.update(Edits.project(tmp_path))
        if delta is None:
            live = LiveGraph(Edits.project(tmp_path))
        taken += delta is not None
        superseded += live.snapshot.meta.superseded > 0
        assert_fresh(live, Edits.project(tmp_path))
    assert taken > 10
    assert superseded > 5


def test_a_torn_file_changes_nothing_and_is_taken_up_when_it_is_whole(tmp_path: Path) -> None:
    """A file that cannot be read is told; the graph stays as it was until it can."""
    edits = Edits.toy(tmp_path, 1)
    live = LiveGraph(Edits.project(tmp_path))
    before = contents(live.store)
    name = "data/reference/things.ttl"
    edits.files[name].append("ex:torn ex:near [ ex:name ")
    edits.save(name)
    with pytest.raises(SyntaxFault, match=r"things\.ttl"):
        live.update()
    assert contents(live.store) == before
    edits.files[name][-1] += '"whole" ] .'
    edits.save(name)
    assert live.update() is not None
    assert_fresh(live, Edits.project(tmp_path))
    assert contents(live.store) != before


def test_other_rules_ask_for_a_graph_made_anew(tmp_path: Path) -> None:
    """What the ontology's axioms change is not followed; a label in it is."""
    edits = Edits.toy(tmp_path, 1)
    live = LiveGraph(Edits.project(tmp_path))
    for line, followed in (
        ('ex:A rdfs:label "a"@en .', True),
        ("ex:A rdfs:subClassOf ex:Top .", False),
    ):
        edits.files["ontology/toy.ttl"].append(line)
        edits.save("ontology/toy.ttl")
        assert (live.update() is not None) is followed
