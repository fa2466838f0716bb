"""What a graph says of its grounds: the evidence behind an answer, and what is wrong with it."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from cbrngraph.build import Snapshot
from cbrngraph.errors import UsageError
from cbrngraph.model import View
from cbrngraph.queries import Given, Question, find_query
from cbrngraph.resources import Project
from cbrngraph.results import Result

if TYPE_CHECKING:
    from cbrngraph.evidence.absence import Absence
    from cbrngraph.evidence.cite import Citation, Recalled
    from cbrngraph.evidence.conflicts import Conflict
    from cbrngraph.evidence.diff import Diff
    from cbrngraph.evidence.timeline import Timeline
    from cbrngraph.evidence.told import Why
    from cbrngraph.evidence.verify import Verification
    from cbrngraph.validate import Report

__all__ = ["Grounds", "text_given"]


class Grounds(ABC):
    """The part of `cbrngraph.Graph` that explains, compares and checks."""

    project: Project

    @property
    @abstractmethod
    def snapshot(self) -> Snapshot:
        """The snapshot that answers."""

    @property
    @abstractmethod
    def chosen(self) -> View:
        """The view that was chosen, else `current`."""

    @abstractmethod
    def snapshot_of(self, view: View) -> Snapshot:
        """Return the snapshot of a view, built when it is first needed."""

    @abstractmethod
    def view_for(self, view: str) -> View:
        """Return the view to ask: the one that was chosen, else the query's own."""

    @abstractmethod
    def query(self, query: Question, /, *, limit: int | None = None, **params: Given) -> Result:
        """Return the answer to a query."""

    def cite(self, query: Question, /, **params: Given) -> Citation:
        """Return the citation of an answer: its address and the sources that it rests on.

        Takes what `query` takes, and raises what it raises. `str()` of it is plain text;
        `.bibtex()`, `.csl_json()` and `.markdown()` are the other forms.

        >>> import cbrngraph
        >>> cited = cbrngraph.open().cite("projects-by-country", country="UZB")
        >>> cited.id.rpartition(":")[0]
        'projects-by-country:country=country~UZB:current'
        """
        from cbrngraph.evidence.cite import cite

        return cite(self.query(query, limit=None, **params))

    def recall(self, citation: str, query: Question | None = None) -> Recalled:
        """Ask a cited result again: the answer of today, and whether it is still the same.

        `citation` is an id, its IRI, or a CSL-JSON file. `query` is the file or text that was
        asked, where that is no stored query and no citation file holds it. The view is the
        cited one, whatever this graph's is.

        Raises:
            UsageError: it is no citation, or its query is not at hand or has lost a parameter.
            ReadError: the citation file cannot be read.

        >>> import cbrngraph
        >>> graph = cbrngraph.open()
        >>> graph.recall(graph.cite("national-action-plans").id).same_answer
        True
        """
        from cbrngraph.evidence.cite import find_cited

        given = None if query is None else find_query(self.project, query)
        cited = find_cited(self.project, citation, given)
        return cited.ask(self.snapshot_of(cited.view))

    def verify(self, folder: str | os.PathLike[str]) -> Verification:
        """Return what of all passages stands in the documents of a folder, at its stated lines.

        Documents are recognised by their SHA-256, whatever their names.

        Raises:
            ReadError: `folder` is no folder, or a file in it cannot be read.
        """
        from cbrngraph.evidence.library import Library
        from cbrngraph.evidence.verify import verify

        return verify(self.snapshot_of(View("all")).store, Library.open(Path(folder)))

    def why(
        self,
        what: str,
        property: str | None = None,
        /,
        *,
        row: int | None = None,
        **params: Given,
    ) -> Why:
        """Return what a row of an answer, a statement or a thing rests on.

        With `row` (from 1) `what` is a query as for `query`. Else it is a thing, with a property
        or without, or a statement: subject, property and value in one text.

        Raises:
            UnknownNameError, ParameterError: a name or value that does not fit.
            UsageError: there is no such row, or parameters are given without one.
            QueryError: the query cannot be explained.

        >>> import cbrngraph
        >>> graph = cbrngraph.open()
        >>> "fs2023" in graph.why("projects-by-country", row=2, country="TJK").sources
        True
        >>> graph.why("UZB cbrn:participatesIn P087").holds
        True
        """
        from cbrngraph.evidence.explaining import why_query, why_text

        if row is not None:
            stored = find_query(self.project, what)
            return why_query(self.snapshot_of(self.view_for(stored.view)), stored, row, params)
        if params:
            raise UsageError(f"{', '.join(params)}: parameters are for a row of a query; give row")
        return why_text(self.snapshot, text_given(what, "why"), property)

    def conflicts(self, thing: str | None = None) -> tuple[Conflict, ...]:
        """Return where sources disagree, and figures that cannot be counted; about one thing only.

        >>> import cbrngraph
        >>> [one.kind for one in cbrngraph.open().conflicts("rs-south-east-asia")]
        ['change-over-time']
        """
        from cbrngraph.evidence.conflicts import conflicts
        from cbrngraph.names.lookup import find_thing

        found = None if thing is None else find_thing(self.snapshot, thing)
        return conflicts(self.snapshot, found)

    def timeline(self, thing: str) -> Timeline:
        """Return a thing's dated story.

        >>> import cbrngraph
        >>> cbrngraph.open().timeline("rs-central-asia").entries[0].when
        '2015-05-18'
        """
        from cbrngraph.evidence.timeline import timeline
        from cbrngraph.names.lookup import find_thing

        return timeline(self.snapshot, find_thing(self.snapshot, text_given(thing, "timeline")))

    def diff(self, before: str, after: str) -> Diff:
        """Return what changed between two dates, sources, snapshots or folders, and why.

        Raises:
            UnknownNameError, DateError: a side that is none of them, or that no source reaches.

        >>> import cbrngraph
        >>> diff = cbrngraph.open().diff("2023-05", "2025-12")
        >>> {change.sort for change in diff.changes} >= {"added", "changed"}
        True
        """
        from cbrngraph.evidence.diff import compare
        from cbrngraph.evidence.sides import Sides

        sides = Sides(self.project, self.chosen.name)
        return compare(sides.find(before), sides.find(after))

    def absence(self, result: Result) -> Absence | None:
        """Return why an answer is empty; None when it is not.

        >>> import cbrngraph
        >>> graph = cbrngraph.open()
        >>> graph.absence(graph.query("SELECT ?b { <id/project/P031> cbrn:hasBudget ?b }")).kind
        'not covered'
        """
        from cbrngraph.evidence.absence import absence

        return absence(result)

    def validate(
        self, shapes: Iterable[str | os.PathLike[str]] | None = None, *, logic: bool = False
    ) -> Report:
        """Return what is inconsistent, where it is written, and what would mend it.

        Asks the project's shapes and quality queries, or the files of `shapes` instead, and with
        `logic` a reasoner (needs Java). The waivers of the project are applied.

        Raises:
            InputError: the shapes or the waivers are not well-formed.
            EnvironmentProblem: `logic` is asked for, and the reasoner failed.

        >>> import cbrngraph
        >>> report = cbrngraph.open().validate()
        >>> report.fails("violation")
        False
        """
        from datetime import date

        from cbrngraph.validate.project import validate_snapshot
        from cbrngraph.validate.waivers import FILE, apply_waivers, read_waivers

        files = None if shapes is None else [Path(name) for name in shapes]
        report = validate_snapshot(self.snapshot, files)
        if logic:
            from cbrngraph.reason import add_logic

            report = add_logic(report, self.snapshot)
        path = self.project.home / FILE
        if not path.is_file():
            return report
        today = date.today()  # noqa: DTZ011
        return apply_waivers(report, read_waivers(path), path, FILE, today)


def text_given(given: object, method: str) -> str:
    """Return what a method was given, when it is text.

    Raises:
        UsageError: it is something else.
    """
    if isinstance(given, str):
        return given
    raise UsageError(f"{method}() takes a text, not {given!r}")
