"""Validate a whole project, or files alone: shapes, quality queries, logic, in one report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from cbrngraph.build import Snapshot
from cbrngraph.errors import ReadError
from cbrngraph.model import IRI, Literal, Triple
from cbrngraph.queries import Catalogue, StoredQuery
from cbrngraph.resources import InputFile, Project
from cbrngraph.validate.data import Data
from cbrngraph.validate.enrich import Enricher, located
from cbrngraph.validate.graph import read_graph
from cbrngraph.validate.locate import Locator, parts_of
from cbrngraph.validate.quality import ENGINE, checks, run_checks
from cbrngraph.validate.reading import read_shapes
from cbrngraph.validate.report import Finding, Judged, Place, Report, Rule
from cbrngraph.validate.validator import judge
from cbrngraph.validate.vocabulary import RDF_TYPE, SH

__all__ = [
    "ExtendedProject",
    "expanded",
    "of_files",
    "shape_files",
    "validate_files",
    "validate_snapshot",
]

_DCTERMS = "http://purl.org/dc/terms/"
_SUFFIXES = (".ttl", ".trig", ".nt", ".nq")
_KEYWORDS = IRI("https://schema.org/keywords")


class ExtendedProject(Project):
    """A project with further data files that stand outside its folders. Make it with `of`."""

    extra: tuple[Path, ...] = ()

    @classmethod
    def of(cls, project: Project, extra: Iterable[Path]) -> ExtendedProject:
        """Return the project with those files beside its own; a file of its own counts once."""
        made = cls(*project)
        made.extra = tuple(extra)
        return made

    def data_files(self) -> tuple[InputFile, ...]:
        """Return the data files of the project, and the further ones that are not among them."""
        own = super().data_files()
        if not self.extra:
            return own
        known = {file.path.resolve() for file in (*own, *self.ontology_files())}
        names = {file.name for file in own}
        more: list[InputFile] = []
        for path in self.extra:
            if path.resolve() in known:
                continue
            name = f"data/{path.name}"
            while name in names:
                name = name.replace("data/", "data/also-", 1)
            names.add(name)
            more.append(InputFile(name, path))
        return (*own, *more)


def shape_files(project: Project) -> tuple[Path, ...]:
    """Return the files of a project's shapes."""
    return tuple(file.path for file in project.files("ontology/shapes", (".ttl",)))


def validate_files(files: Iterable[Path], shapes: Iterable[Path], engine: str = "auto") -> Report:
    """Return what is wrong with files alone by some shapes, with lines.

    Raises:
        InputError: a file cannot be read or parsed, or the shapes are not well-formed.
    """
    data = Data.from_files(files)
    graph = read_graph(shapes)
    report = judge(data, graph, read_shapes(graph), engine=engine)
    locator = Locator(parts_of(data.files))
    names = ", ".join(name for name, _ in locator.files[:3])
    more = f" and {len(data.files) - 3} more" if len(data.files) > 3 else ""
    checked = replace(report, checked=f"{names}{more}")
    return checked.with_findings(located(report.findings, locator))


def validate_snapshot(
    snapshot: Snapshot, shapes: Iterable[Path] | None = None, engine: str = "auto"
) -> Report:
    """Return what is wrong with a project's graph by its shapes and quality queries.

    `shapes` are used instead of the project's own when given.

    Raises:
        InputError: the shapes are not well-formed.
        QueryError: a quality query does not parse.
    """
    graph = read_graph(shape_files(snapshot.project) if shapes is None else shapes)
    read = read_shapes(graph)
    data = Data.from_snapshot(snapshot, described_queries(snapshot.project))
    enricher = Enricher(snapshot)
    report = judge(data, graph, read, engine=engine, refine=enricher.enrich)
    queries = checks(snapshot.project) if shapes is None else ()
    found = list(run_checks(queries, snapshot.store))
    findings = [*report.findings, *enricher.enrich(found)]
    judged = (
        (*report.judged, Judged(ENGINE, len(queries), len(found))) if queries else report.judged
    )
    view = f"view {snapshot.view}, snapshot {snapshot.id[:12]}"
    complete = Report(
        (),
        judged=judged,
        checked=view,
        rules=(*report.rules, *rules_of_queries(queries)),
    )
    return complete.with_findings(findings)


def rules_of_queries(queries: Iterable[StoredQuery]) -> tuple[Rule, ...]:
    """Return quality queries as the rules of a report."""
    return tuple(
        Rule(IRI(q.iri), q.summary, q.description, q.severity or "warning", Place(str(q.path)))
        for q in queries
    )


def described_queries(project: Project) -> Iterator[Triple]:
    """Yield the stored queries as RDF, so that house rules for them can be shapes."""
    for query in Catalogue(project):
        this = IRI(query.iri)
        yield Triple(this, RDF_TYPE, IRI(SH + "SPARQLSelectExecutable"))
        yield Triple(this, IRI(SH + "select"), Literal(query.sparql))
        yield Triple(this, IRI(_DCTERMS + "identifier"), Literal(query.slug))
        if query.summary:
            yield Triple(this, IRI(_DCTERMS + "title"), Literal(query.summary))
        if query.description:
            yield Triple(this, IRI(_DCTERMS + "description"), Literal(query.description))
        for tag in query.tags:
            yield Triple(this, _KEYWORDS, Literal(tag))


def of_files(findings: Iterable[Finding], names: frozenset[str]) -> Iterator[Finding]:
    """Yield the findings that stand in files of those names."""
    for finding in findings:
        if any(place.file in names for place in finding.places):
            yield finding


def expanded(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield files, and those in folders.

    Raises:
        ReadError: there is no such file, or a folder holds no RDF.
    """
    for path in paths:
        if path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.suffix in _SUFFIXES)
            if not found:
                raise ReadError(path, "holds no RDF file")
            yield from found
        elif path.exists():
            yield path
        else:
            raise ReadError(path, "no such file")
