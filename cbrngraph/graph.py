"""The graph as a Python object: ask it, cut it at a date, look a thing up.

>>> import cbrngraph
>>> graph = cbrngraph.open()
>>> {row.country.local for row in graph.query("projects-by-country", country="uzbekistan")}
{'UZB'}
>>> graph.as_of("2023-05")
<Graph: current as of 2023-05>
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from keyword import iskeyword
from pathlib import Path
from typing import TYPE_CHECKING

from cbrngraph.build import Snapshot, StoreKind, open_snapshot, parse_view
from cbrngraph.errors import UsageError
from cbrngraph.model import Quad, Triple, View
from cbrngraph.queries import Catalogue, Choice, Given, Question, choices, find_query
from cbrngraph.resources import Project
from cbrngraph.results import Result, answer

if TYPE_CHECKING:
    import datetime as dt
    from typing import TypeAlias

    import rdflib

    from cbrngraph.describe import Description, Hit, Overview
    from cbrngraph.evidence.absence import Absence
    from cbrngraph.evidence.cite import Citation, Recalled
    from cbrngraph.evidence.conflicts import Conflict
    from cbrngraph.evidence.diff import Diff
    from cbrngraph.evidence.timeline import Timeline
    from cbrngraph.evidence.told import Why
    from cbrngraph.evidence.verify import Verification

    When: TypeAlias = str | int | dt.date

__all__ = ["Graph"]


class Graph:
    """A view of a project's graph. It never changes; `as_of` and `view` give another one.

    The snapshot behind it is built when first needed, and again only when a file has changed.
    """

    def __init__(
        self,
        project: Project,
        view: str | None = None,
        as_of: str = "",
        store: StoreKind = "auto",
        _snapshots: dict[str, Snapshot] | None = None,
    ) -> None:
        self.project = project
        self._view = view
        self._as_of = as_of
        self._store = store
        self._snapshots = {} if _snapshots is None else _snapshots
        self._chosen = parse_view(view or "current", as_of)

    @cached_property
    def snapshot(self) -> Snapshot:
        """The snapshot that answers.

        Raises:
            SyntaxFault, ReadError: an input of the build cannot be used.
        """
        return self._snapshot(self._chosen)

    @property
    def snapshot_id(self) -> str:
        """The SHA-256 over the inputs that the graph is built from.

        >>> import cbrngraph
        >>> len(cbrngraph.open().snapshot_id)
        64
        """
        return self.snapshot.id

    @cached_property
    def queries(self) -> Catalogue:
        """The stored queries.

        >>> import cbrngraph
        >>> "projects-by-country" in cbrngraph.open().queries
        True
        """
        return Catalogue(self.project)

    def as_of(self, date: When) -> Graph:
        """Return the graph as it could be known at the end of a date.

        It is a text (`2023`, `2023-05`, `2023-05-21`), a number (a year), or a `datetime.date`.

        Raises:
            DateError: `date` is no date, or an interval.

        >>> import cbrngraph, datetime
        >>> cbrngraph.open().as_of(datetime.date(2023, 5, 1))
        <Graph: current as of 2023-05-01>
        """
        return Graph(self.project, self._view, _date(date), self._store, self._snapshots)

    def view(self, name: str) -> Graph:
        """Return another view: `current`, or `all` for everything that any source ever said.

        Raises:
            UnknownNameError: there is no such view.
        """
        return Graph(self.project, name, self._as_of, self._store, self._snapshots)

    def query(self, query: Question, /, *, limit: int | None = None, **params: Given) -> Result:
        """Return the answer to a stored query, a query file (`.rq` or a `Path`) or SPARQL text.

        A parameter takes an IRI, slug, code or name, a number, a date, or a list of them; None
        takes back its default. One that is called like a word of Python gets a `_` (`from_`).
        A stored query is asked of the view that its header names, unless this graph was opened
        with a view.

        Raises:
            UnknownNameError, ParameterError: a name or value that does not fit.
            QueryError: the SPARQL is refused or does not parse.
            ReadError: the file cannot be read.
            UsageError: `query` is neither text nor a path.

        >>> import cbrngraph
        >>> graph = cbrngraph.open()
        >>> countries = graph.query("projects-by-country", country=["UZB", "Kazakhstan"])
        >>> sorted({row.country.local for row in countries})
        ['KAZ', 'UZB']
        >>> bool(graph.query("ASK { ?project a cbrn:Project }"))
        True
        """
        stored = find_query(self.project, query)
        given = {
            name[:-1] if name.endswith("_") and iskeyword(name[:-1]) else name: value
            for name, value in params.items()
        }
        return answer(stored, given, self._snapshot(self._for(stored.view)), limit)

    def choices(self, query: Question, parameter: str) -> tuple[Choice, ...]:
        """Return what a parameter of a stored query can be; empty when anything goes.

        >>> import cbrngraph
        >>> [one.label for one in cbrngraph.open().choices("projects-by-country", "country")][:1]
        ['Afghanistan']
        """
        stored = find_query(self.project, query)
        return choices(stored, stored.parameter(parameter), self._snapshot(self._for(stored.view)))

    def show(self, thing: str) -> Description:
        """Return what is known about a thing, by IRI, CURIE, slug, code or name in any case.

        Raises:
            UnknownNameError: there is no such thing; the nearest names are suggested.
            UsageError: the name fits several things.

        >>> import cbrngraph
        >>> cbrngraph.open().show("uzbekistan").thing.slug
        'UZB'
        """
        from cbrngraph.describe import describe

        return describe(self.snapshot, _text(thing, "show"))

    def search(self, text: str, limit: int | None = None) -> tuple[Hit, ...]:
        """Return the things with a text that holds all words of `text`, best first.

        >>> import cbrngraph
        >>> cbrngraph.open().search("tashkent")[0].slug
        'tashkent'
        """
        from cbrngraph.describe import search

        return search(self.snapshot, _text(text, "search"), limit)

    def info(self) -> Overview:
        """Return what is in the graph: counts, coverage dates, classes, snapshot id.

        >>> import cbrngraph
        >>> cbrngraph.open().info().view
        'current'
        """
        from cbrngraph.describe import overview

        return overview(self.snapshot, self.project)

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
        return cited.ask(self._snapshot(cited.view))

    def verify(self, folder: str | os.PathLike[str]) -> Verification:
        """Return what of all passages stands in the documents of a folder, at its stated lines.

        Documents are recognised by their SHA-256, whatever their names.

        Raises:
            ReadError: `folder` is no folder, or a file in it cannot be read.
        """
        from cbrngraph.evidence.library import Library
        from cbrngraph.evidence.verify import verify

        return verify(self.view("all").snapshot.store, Library.open(Path(folder)))

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
            UsageError: there is no such row.
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
            return why_query(self._snapshot(self._for(stored.view)), stored, row, params)
        return why_text(self.snapshot, _text(what, "why"), property)

    def conflicts(self, thing: str | None = None) -> tuple[Conflict, ...]:
        """Return where sources disagree, and figures that cannot be counted; about one thing only.

        >>> import cbrngraph
        >>> [one.kind for one in cbrngraph.open().conflicts("rs-south-east-asia")]
        ['change-over-time']
        """
        from cbrngraph.describe import find_thing
        from cbrngraph.evidence.conflicts import conflicts

        found = None if thing is None else find_thing(self.snapshot.store, thing)
        return conflicts(self.snapshot, found)

    def timeline(self, thing: str) -> Timeline:
        """Return a thing's dated story.

        >>> import cbrngraph
        >>> cbrngraph.open().timeline("rs-central-asia").entries[0].when
        '2015-05-18'
        """
        from cbrngraph.describe import find_thing
        from cbrngraph.evidence.timeline import timeline

        return timeline(self.snapshot, find_thing(self.snapshot.store, _text(thing, "timeline")))

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

        sides = Sides(self.project, self._view or "current")
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

    def to_rdflib(self) -> rdflib.Graph:
        """Return the view as an rdflib graph, every lexical form as in the files.

        >>> import cbrngraph
        >>> len(cbrngraph.open().to_rdflib()) > 1000
        True
        """
        from cbrngraph.results.interchange import graph

        return graph(self.snapshot.triples())

    def to_rdflib_dataset(self) -> rdflib.Dataset:
        """Return the whole dataset for rdflib: the view as default graph, passages by name."""
        from cbrngraph.results.interchange import dataset

        return dataset(self.quads())

    def triples(self) -> Iterator[Triple]:
        """Yield the view, every lexical form as in the files."""
        return self.snapshot.triples()

    def quads(self) -> Iterator[Quad]:
        """Yield everything: the view in the default graph, then passages and files by name."""
        for triple in self.snapshot.triples():
            yield Quad(*triple, None)
        yield from self.snapshot.quads()

    def __repr__(self) -> str:
        return f"<Graph: {self._chosen}>"

    def _for(self, view: str) -> View:
        """The view to ask: the one that was chosen, else the query's own."""
        return self._chosen if self._view else parse_view(view, self._as_of)

    def _snapshot(self, view: View) -> Snapshot:
        if view.key not in self._snapshots:
            self._snapshots[view.key] = open_snapshot(self.project, view, self._store)
        return self._snapshots[view.key]


def open(
    project: str | os.PathLike[str] | None = None,
    view: str | None = None,
    as_of: When | None = None,
    store: StoreKind = "auto",
) -> Graph:
    """Return the shipped graph, or the one of a project folder.

    `view` is `current` (the default) or `all`; `as_of` cuts it at a date; `store` is `auto`,
    `memory` or `disk`.

    Raises:
        ReadError: `project` is no folder with ontology/, data/ or queries/.
        UnknownNameError, DateError: there is no such view or date.
    """
    found = Project.open(None if project is None else Path(project))
    return Graph(found, view, "" if as_of is None else _date(as_of), store)


def _date(when: object) -> str:
    from cbrngraph.dates import text_of

    return text_of(when)


def _text(given: object, method: str) -> str:
    if isinstance(given, str):
        return given
    raise UsageError(f"{method}() takes a text, not {given!r}")
