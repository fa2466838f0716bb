"""What is in the graph: counts, coverage, sources, and which snapshot it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from cbrngraph.build import Snapshot
from cbrngraph.namespaces import BASE, CBRN, RDF, SKOS
from cbrngraph.resources import Project
from cbrngraph.results import labels_of, slug_of

__all__ = ["ClassCount", "Overview", "overview"]


@dataclass(frozen=True, slots=True)
class ClassCount:
    """A class of the ontology and how many things of it the view has."""

    iri: str
    slug: str
    label: str
    things: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The graph in numbers. Dates are ISO days: the first and last that statements hold at
    (`covers`) and that sources were issued (`issued`); empty where no source has one.
    """

    slug: str
    snapshot: str
    view: str
    sources: int
    passages: int
    statements: int
    superseded: int
    entailed: int
    files: int
    covers: tuple[str, str]
    issued: tuple[str, str]
    classes: tuple[ClassCount, ...]
    queries: tuple[tuple[str, int], ...]

    def _repr_html_(self) -> str:
        """Return the numbers as tables, as notebooks show them."""
        from cbrngraph.describe.render import overview_sheets
        from cbrngraph.formats.notebook import notebook

        return notebook(overview_sheets(self))


def overview(snapshot: Snapshot, project: Project) -> Overview:
    """Return what is in a snapshot, and how many stored queries each topic of the project has."""
    meta = snapshot.meta
    topics = Counter(
        file.name.split("/")[1] for file in project.query_files() if file.name.count("/") > 1
    )
    return Overview(
        slug=snapshot.view.key,
        snapshot=snapshot.id,
        view=str(snapshot.view),
        sources=meta.sources,
        passages=meta.passages,
        statements=meta.statements,
        superseded=meta.superseded,
        entailed=meta.entailed,
        files=meta.files,
        covers=_range(snapshot, CBRN.asOfEarliest, CBRN.asOfLatest),
        issued=_range(snapshot, CBRN.issuedEarliest, CBRN.issuedLatest),
        classes=_classes(snapshot),
        queries=tuple(sorted(topics.items())),
    )


def _range(snapshot: Snapshot, first: str, last: str) -> tuple[str, str]:
    def only(function: str, property_: str) -> str:
        query = f"SELECT ({function}(?day) AS ?found) {{ ?thing <{property_}> ?day }}"
        found = next(snapshot.store.select(query).rows, (None,))[0]
        return "" if found is None else str(found)

    return only("MIN", first), only("MAX", last)


def _classes(snapshot: Snapshot) -> tuple[ClassCount, ...]:
    """Count the things of each class of the project's own ontology; concepts are vocabulary."""
    rows = snapshot.store.select(
        f"SELECT ?class (COUNT(DISTINCT ?thing) AS ?things) {{ ?thing <{RDF.type}> ?class "
        f'FILTER(STRSTARTS(STR(?class), "{BASE}")) '
        f"MINUS {{ ?thing <{SKOS.inScheme}> ?scheme }} }} GROUP BY ?class"
    ).rows
    counts = {str(class_): int(str(things)) for class_, things in rows if class_ is not None}
    labels = labels_of(snapshot.store, counts)
    found = [
        ClassCount(iri, slug_of(iri), labels.get(iri, slug_of(iri)), things)
        for iri, things in counts.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.things, one.slug)))
