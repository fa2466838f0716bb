"""The text for validating a large snapshot is worked out once, and never trusted when damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from cbrngraph.build import Snapshot, open_snapshot
from cbrngraph.resources import Project
from cbrngraph.validate import snapshottext
from cbrngraph.validate.data import Data
from cbrngraph.validate.project import validate_snapshot
from cbrngraph.validate.snapshottext import kept

SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<urn:Budget> sh:targetSubjectsOf <urn:budget> ;
    sh:property [ sh:path <urn:budget> ; sh:in ( 1.50 ) ] .
"""
GRAPH = '<urn:g> { <urn:a> <urn:budget> 1.50 ; <urn:name> "A"@en . <urn:b> <urn:budget> 1.5 . }\n'


@pytest.fixture
def snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Snapshot:
    """A snapshot on disk with a literal that its store rewrites; any size is kept."""
    monkeypatch.setattr(snapshottext, "_SMALL", 0)
    monkeypatch.setenv("CBRNGRAPH_CACHE", str(tmp_path / "cache"))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "one.trig").write_text(GRAPH)
    return open_snapshot(Project.open(tmp_path), store="disk")


def findings(snapshot: Snapshot, folder: Path) -> list[tuple[str, str]]:
    """Return thing and value of what is found."""
    shapes = folder / "shapes.ttl"
    shapes.write_text(SHAPES)
    found = validate_snapshot(snapshot, [shapes]).findings
    return [(f.focus.n3(), f.value.n3() if f.value else "") for f in found]


def test_the_second_time_reads_what_the_first_has_kept(
    snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text, written forms and findings are the same, without the files being read again."""
    first = Data.from_snapshot(snapshot)
    before = findings(snapshot, tmp_path)
    assert before == [("<urn:b>", '"1.5"^^<http://www.w3.org/2001/XMLSchema#decimal>')]
    monkeypatch.setattr("cbrngraph.validate.data.relied_on", None)  # would fail if it were called
    again = Data.from_snapshot(snapshot)
    assert again.text == first.text
    assert again.rewritten == first.rewritten
    assert again.rewritten
    assert findings(snapshot, tmp_path) == before


@pytest.mark.parametrize("name", ["validation.nt", "validation.json"])
def test_a_damaged_text_is_made_anew(snapshot: Snapshot, tmp_path: Path, name: str) -> None:
    """What was cut short is not believed."""
    before = findings(snapshot, tmp_path)
    assert snapshot.folder is not None
    path = snapshot.folder / name
    path.write_bytes(path.read_bytes()[:-10])
    assert kept(snapshot) is None
    assert findings(snapshot, tmp_path) == before
    assert kept(snapshot) is not None


def test_a_snapshot_in_memory_keeps_nothing(tmp_path: Path, snapshot: Snapshot) -> None:
    """It has no folder, and is validated alike."""
    memory = open_snapshot(Project.open(tmp_path), store="memory")
    assert memory.folder is None
    assert kept(memory) is None
    assert findings(memory, tmp_path) == findings(snapshot, tmp_path)


def test_a_cache_that_cannot_be_written_is_no_fault(
    snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the text is worked out each time."""

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshottext, "_write", full)
    assert findings(snapshot, tmp_path)
    assert kept(snapshot) is None
