"""On real data and on data with known faults the fast engines and pySHACL find the same.

The other two of four comparisons are on every fail file (`tests/test_shapes.py`) and on random
shapes and data (`tests/test_validate_differential.py`).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.programme import SHAPES, write
from cbrngraph.build import open_snapshot
from cbrngraph.resources import Project
from cbrngraph.validate import Report, validate
from cbrngraph.validate.data import Data
from cbrngraph.validate.graph import read_graph
from cbrngraph.validate.project import shape_files
from cbrngraph.validate.reading import read_shapes
from cbrngraph.validate.validator import judge

Row = tuple[str, ...]
# Files with a rule about every thing of the graph: pySHACL asks that one by one, for minutes.
# Their fail files compare them; with CBRNGRAPH_PATIENCE set they are compared here too.
SLOW = () if os.environ.get("CBRNGRAPH_PATIENCE") else ("things", "evidence", "dates", "house")
FILES = [p.stem for p in shape_files(Project.open()) if p.stem not in (*SLOW, "prefixes")]


def rows(report: Report) -> list[Row]:
    """Return the results of a report, as often as each was found."""
    return sorted(
        (
            f.focus.n3(),
            f.path.sparql if f.path else "",
            f.value.n3() if f.value is not None else "",
            f.component,
            f.severity,
            # A shape without a name has a label that differs from run to run.
            f.shape if f.shape.n3().startswith("<") else "",
        )
        for f in report.findings
    )


@pytest.fixture(scope="module")
def shipped(graph: object) -> Data:
    """The shipped data with what it entails, as `validate` sees it."""
    return Data.from_snapshot(open_snapshot(Project.open()))


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_on_the_shipped_data(shipped: Data, name: str) -> None:
    """Every shape that pySHACL can judge in a minute gives the same results on the shipped data."""
    (own,) = (path for path in shape_files(Project.open()) if path.stem == name)
    shapes = read_graph([own, own.with_name("prefixes.ttl")])
    read = read_shapes(shapes)
    assert len(read.roots()) > 0
    fast = judge(shipped, shapes, read)
    slow = judge(shipped, shapes, read, engine="pyshacl")
    assert {judged.engine.split()[0] for judged in fast.judged} <= {"shacl", "cbrngraph"}
    assert rows(fast) == rows(slow)
    if name in ("activities", "projects"):
        assert fast.findings


@pytest.mark.slow
def test_on_generated_data_with_seeded_faults(tmp_path: Path) -> None:
    """All 15 rules find their seeded faults, and nothing else, with either engine."""
    data, shapes = tmp_path / "data.ttl", tmp_path / "shapes.ttl"
    write(data, 2_000)
    shapes.write_text(SHAPES, encoding="utf-8")
    slow = validate(data, shapes, engine="pyshacl")
    with pytest.MonkeyPatch.context() as patch:
        for many in (0, 1 << 40):
            patch.setattr("cbrngraph.validate.sets.MANY", many)
            assert rows(validate(data, shapes)) == rows(slow)
    assert len({f.rule for f in slow.findings}) == 15
