"""From a save to the report: what `validate --watch` takes on the shipped data.

    python -m benchmarks watch

A copy of the shipped project is edited; each edit is made and taken back several times. The full
check and the incremental one are measured in one process, in turn, on the same files; the time
from the save to the finished report is that of a running `cbrngraph validate --watch`.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.frame import ROOT, Table, milliseconds, python
from cbrngraph.build import open_snapshot
from cbrngraph.resources import Project
from cbrngraph.validate.incremental import ProjectChecker
from cbrngraph.validate.project import validate_snapshot

ROUNDS = 5
HEADER = ("edit", "full check", "incremental", "ratio", "save to report")
_PROJECT = "https://w3id.org/cbrngraph/id/project/P067"
_CBRN = "https://w3id.org/cbrngraph/ontology#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: its name in the table, the file, and the text that is put at the file's end."""

    name: str
    file: str
    text: str


EDITS = (
    Edit(
        "a statement in a source",
        "data/sources/unicri-p067-final.trig",
        "GRAPH <https://w3id.org/cbrngraph/source/unicri-p067-final#body-has-been-successfully-"
        f"completed> {{ <{_PROJECT}> <{_CBRN}durationMonths> 24 . }}",
    ),
    Edit(
        "the same in the largest source",
        "data/sources/fs2023.trig",
        "GRAPH <https://w3id.org/cbrngraph/source/fs2023#p1> "
        f"{{ <{_PROJECT}> <{_CBRN}durationMonths> 24 . }}",
    ),
    Edit(
        "a misspelt property in the reference data",
        "data/reference/projects.ttl",
        f"<{_PROJECT}> <{_CBRN}statuss> <https://w3id.org/cbrngraph/id/status/completed> .",
    ),
    Edit(
        "another label of a concept",
        "ontology/schemes/status.ttl",
        f'<https://w3id.org/cbrngraph/id/status/completed> <{_SKOS}altLabel> "Over"@en .',
    ),
    Edit(
        "an axiom of the ontology (checked in full)",
        "ontology/cbrn.ttl",
        f"<{_CBRN}Training> <http://www.w3.org/2000/01/rdf-schema#subClassOf> <{_CBRN}Plan> .",
    ),
)


def run() -> list[Table]:
    """Return the table of edits."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        for room in ("data", "ontology", "queries"):
            shutil.copytree(ROOT / room, home / "project" / room)
        project = home / "project"
        checks = _checks(project)
        saves = _saves(project, home / "cache")
    rows = [
        (
            edit.name,
            milliseconds(full),
            milliseconds(incremental),
            f"{full / incremental:.0f}",
            milliseconds(save),
        )
        for edit, (full, incremental), save in zip(EDITS, checks, saves, strict=True)
    ]
    note = (
        f"Medians of {2 * ROUNDS} saves each. 'Full check' builds the graph in memory and judges "
        "everything, as `--watch` did before; 'incremental' has the files read before the save. "
        "'Save to report' is the whole way in a running `validate --watch`, from the file's "
        "new text to the written report, with the wait until the file rests."
    )
    return [Table("watch", "Checking again on save", HEADER, tuple(rows), note)]


def _versions(path: Path, edit: Edit) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    for _ in range(ROUNDS):
        yield f"{text}\n{edit.text}\n"
        yield text


def _checks(home: Path) -> list[tuple[float, float]]:
    """Return for each edit the median seconds of a full check and of an incremental one.

    Raises:
        RuntimeError: the two reports differ.
    """
    project = Project((home,), (home,))
    checker = ProjectChecker()
    checker.check(project)
    found = []
    for edit in EDITS:
        full: list[float] = []
        incremental: list[float] = []
        path = home / edit.file
        for version in _versions(path, edit):
            path.write_text(version, encoding="utf-8")
            begin = time.perf_counter()
            report, _ = checker.check(project)
            between = time.perf_counter()
            other = validate_snapshot(open_snapshot(project, store="memory"))
            full.append(time.perf_counter() - between)
            incremental.append(between - begin)
            if report != other:
                raise RuntimeError(f"{edit.name}: the reports differ")
        found.append((statistics.median(full), statistics.median(incremental)))
    return found


def _saves(project: Path, cache: Path) -> list[float]:
    """Return for each edit the median seconds from the save to the report of a watch."""
    call = python("-m", "cbrngraph", "--project", str(project), "validate", "--watch")
    environment = {**os.environ, "CBRNGRAPH_CACHE": str(cache)}
    found = []
    with subprocess.Popen(
        call, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            _await(process)
            for edit in EDITS:
                taken = []
                path = project / edit.file
                for version in _versions(path, edit):  # the last one is the file as it was
                    time.sleep(0.2)
                    beside = path.with_suffix(".part")
                    beside.write_text(version, encoding="utf-8")
                    begin = time.perf_counter()
                    beside.replace(path)
                    _await(process)
                    taken.append(time.perf_counter() - begin)
                found.append(statistics.median(taken))
        finally:
            process.terminate()
    return found


def _await(process: subprocess.Popen[str]) -> None:
    """Read what the watch tells until it has checked.

    Raises:
        RuntimeError: it has ended, or cannot read a file.
    """
    assert process.stderr is not None
    for line in process.stderr:
        if ": checked " in line:
            return
        if "error" in line:
            raise RuntimeError(line)
    raise RuntimeError("the watch has ended")
