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

from cbrngraph.build import Snapshot, StoreKind, check_reached, open_snapshot, parse_view
from cbrngraph.grounds import Grounds, text_given
from cbrngraph.model import Quad, Triple, View
from cbrngraph.queries import Catalogue, Choice, Given, Question, choices, find_query
from cbrngraph.resources import Project
from cbrngraph.results import Result, answer

if TYPE_CHECKING:
    import datetime as dt
    from typing import TypeAlias

    import rdflib

    from cbrngraph.describe import Description, Hit, Overview

    When: TypeAlias = str | int | dt.date

__all__ = ["Graph"]


class Graph(Grounds):
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

    @property
    def chosen(self) -> View:
        """The view that was chosen, else `current`."""
        return self._chosen

    @cached_property
    def snapshot(self) -> Snapshot:
        """The snapshot that answers.

        Raises:
            SyntaxFault, ReadError: an input of the build cannot be used.
            DateError: no source was issued by the date of the view.
        """
        return self.snapshot_of(self.chosen)

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
        return answer(stored, given, self.snapshot_of(self.view_for(stored.view)), limit)

    def choices(self, query: Question, parameter: str) -> tuple[Choice, ...]:
        """Return what a parameter of a stored query can be; empty when anything goes.

        >>> import cbrngraph
        >>> [one.label for one in cbrngraph.open().choices("projects-by-country", "country")][:1]
        ['Afghanistan']
        """
        stored = find_query(self.project, query)
        return choices(
            stored, stored.parameter(parameter), self.snapshot_of(self.view_for(stored.view))
        )

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

        return describe(self.snapshot, text_given(thing, "show"))

    def search(self, text: str, limit: int | None = None) -> tuple[Hit, ...]:
        """Return the things with a text that holds all words of `text`, best first.

        >>> import cbrngraph
        >>> cbrngraph.open().search("tashkent")[0].slug
        'tashkent'
        """
        from cbrngraph.describe import search

        return search(self.snapshot, text_given(text, "search"), limit)

    def info(self) -> Overview:
        """Return what is in the graph: counts, coverage dates, classes, snapshot id.

        >>> import cbrngraph
        >>> cbrngraph.open().info().view
        'current'
        """
        from cbrngraph.describe import overview

        return overview(self.snapshot, self.project)

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
        return f"<Graph: {self.chosen}>"

    def view_for(self, view: str) -> View:
        """Return the view to ask: the one that was chosen, else the query's own."""
        return self.chosen if self._view else parse_view(view, self._as_of)

    def snapshot_of(self, view: View) -> Snapshot:
        """Return the snapshot of a view, built when it is first needed."""
        if view.key not in self._snapshots:
            snapshot = open_snapshot(self.project, view, self._store)
            check_reached(snapshot)
            self._snapshots[view.key] = snapshot
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
