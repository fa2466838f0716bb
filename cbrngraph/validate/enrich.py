"""Give findings what a reader needs: labels, files and lines, and the sources that state them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from cbrngraph.build import ENTAILED, Snapshot
from cbrngraph.describe import passages_of
from cbrngraph.model import IRI, Literal, Passage, Term, Triple
from cbrngraph.reading import in_reading_order
from cbrngraph.resources import InputFile
from cbrngraph.results import labels_of
from cbrngraph.rules import Derivation
from cbrngraph.store import Store
from cbrngraph.validate.locate import Locator
from cbrngraph.validate.report import Finding, Place, Sourced
from cbrngraph.validate.vocabulary import RDF_TYPE

__all__ = ["Enricher", "enriched_statements", "located"]

_SOURCE = "/source/"
_MOST = 6
_DEPTH = 6


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that a finding is about, with the graphs that state it."""

    triple: Triple
    graphs: tuple[IRI, ...]


def located(findings: Iterable[Finding], locator: Locator) -> Iterator[Finding]:
    """Yield the findings with the lines of what is at fault, found in files alone."""
    for finding in findings:
        places: list[Place] = []
        for triple in _at_fault(finding):
            places += locator.places(triple.subject, triple.predicate, triple.object)
        for predicate in _named_paths(finding) if not places else ():
            places += locator.places(finding.focus, predicate)
        if not places:
            places += locator.declared(finding.focus)
        yield replace(finding, places=_once(places))


class Enricher:
    """Completes findings on a snapshot; what it has read of the files it keeps."""

    def __init__(
        self,
        snapshot: Snapshot,
        inputs: tuple[InputFile, ...] | None = None,
        locator: Locator | None = None,
    ) -> None:
        self._snapshot = snapshot
        self._project = _Project(snapshot, inputs or snapshot.project.inputs(), locator)

    def enrich(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return the findings with labels, lines and sources from the project's graph."""
        found = list(findings)
        project, store = self._project, self._snapshot.store
        labels = labels_of(store, _terms(found))
        statements = []
        for finding in found:
            self._begin(finding)
            statements.append(project.statements(finding))
        graphs = {g for group in statements for statement in group for g in statement.graphs}
        passages = passages_of(store, (g for g in graphs if _SOURCE in g))
        complete: list[Finding] = []
        for finding, group in zip(found, statements, strict=True):
            self._begin(finding)
            self._named((graph for statement in group for graph in statement.graphs), passages)
            about = labels.get(str(finding.value), "") if _is_iri(finding.value) else ""
            complete.append(
                replace(
                    finding,
                    label=labels.get(str(finding.focus), ""),
                    value_label=about,
                    places=project.places(finding, group, passages),
                    sources=_sources(group, passages),
                )
            )
        return tuple(complete)

    def _begin(self, finding: Finding) -> None:
        """Be told which finding is worked on from here."""

    def _named(self, graphs: Iterable[IRI], passages: dict[IRI, Passage]) -> None:
        """Be told which graphs state what the finding is about."""


def enriched_statements(
    finding: Finding, statements: Iterable[Triple], snapshot: Snapshot
) -> Finding:
    """Return a finding with label, lines and sources of the statements that it rests on."""
    project = _Project(snapshot, snapshot.project.inputs())
    group = tuple(Statement(t, project.stating(t)) for t in statements)
    graphs = {graph for statement in group for graph in statement.graphs}
    passages = passages_of(snapshot.store, (g for g in graphs if _SOURCE in g))
    return replace(
        finding,
        label=labels_of(snapshot.store, _terms([finding])).get(str(finding.focus), ""),
        places=project.places(finding, group, passages),
        sources=_sources(group, passages),
    )


class _Project:
    """Looks statements up in the store, and their lines in the files of the graphs they are in."""

    def __init__(
        self, snapshot: Snapshot, inputs: tuple[InputFile, ...], locator: Locator | None = None
    ) -> None:
        self.snapshot = snapshot
        self.store: Store = snapshot.store
        self.locator = locator or Locator(
            ((file.name, file.path) for file in inputs),
            (file.name for file in in_reading_order(inputs)),
        )
        self._file_of = {file.graph: file.name for file in inputs}
        self._names = frozenset(file.name for file in inputs)

    def statements(self, finding: Finding) -> tuple[Statement, ...]:
        """Return what the finding is about, down to stated triples."""
        wanted = list(_at_fault(finding))
        if not wanted and finding.value is None:
            for predicate in _named_paths(finding):
                wanted += self._stated(finding.focus, predicate)
        found = [Statement(t, self._graphs(t)) for t in wanted]
        return tuple(s for statement in found for s in self._grounded(statement))

    def places(
        self, finding: Finding, group: tuple[Statement, ...], passages: dict[IRI, Passage]
    ) -> tuple[Place, ...]:
        """Return the lines of the statements, else where the thing is declared."""
        places: list[Place] = []
        for statement in group:
            subject, predicate, value = statement.triple
            for graph in statement.graphs[:_MOST]:
                named = graph if graph in passages else None
                within = self._within(graph)
                found = self.locator.places(subject, predicate, value, named, within)
                claims = ", ".join(passages[graph].claims) if graph in passages else ""
                places += [replace(place, note=claims) for place in found]
            if not statement.graphs:
                places += self.locator.places(subject, predicate, value)
        return _once(places) or self._declared(finding.focus)

    def _declared(self, thing: Term) -> tuple[Place, ...]:
        """Return where a thing is declared: where its type stands, else any word of it."""
        if isinstance(thing, Literal):
            return ()
        typed: dict[IRI, bool] = {}
        for quad in self.store.match(thing, any_graph=True):
            if isinstance(quad.graph, IRI) and quad.graph != ENTAILED:
                typed[quad.graph] = typed.get(quad.graph, False) or quad.predicate == RDF_TYPE
        for graph in sorted(typed, key=lambda graph: (not typed[graph], graph)):
            within = self._within(graph)
            found = self.locator.declared(thing, within) if within else ()
            if found:
                return found
        return self.locator.declared(thing)

    def _within(self, graph: IRI) -> frozenset[str] | None:
        """Return the file that a graph stands in; None when its name does not tell."""
        file = self._file_of.get(graph)
        if file is None and _SOURCE in graph:
            slug = graph.partition(_SOURCE)[2].partition("#")[0]
            file = f"data/sources/{slug}.trig"
        return frozenset((file,)) if file in self._names else None

    def _stated(self, subject: Term, predicate: IRI) -> list[Triple]:
        found = self.store.match(subject, predicate)
        # A store's order is its own, and no other run's.
        values = sorted((quad.object for quad in found), key=lambda term: term.n3())
        return [Triple(subject, predicate, value) for value in values]  # type: ignore[arg-type]

    def stating(self, triple: Triple) -> tuple[IRI, ...]:
        """Return the graphs that state a triple, the entailed one not among them."""
        return tuple(graph for graph in self._graphs(triple) if graph != ENTAILED)

    def _graphs(self, triple: Triple) -> tuple[IRI, ...]:
        quads = self.store.match(*triple, any_graph=True)
        return tuple(sorted(IRI(quad.graph) for quad in quads if quad.graph is not None))

    def _grounded(self, statement: Statement) -> tuple[Statement, ...]:
        """Return the statement, or what it follows from when nothing but a rule states it."""
        found = self._ground(statement.triple, ())
        return found or (Statement(statement.triple, self.stating(statement.triple)),)

    def _ground(self, triple: Triple, above: tuple[Triple, ...]) -> tuple[Statement, ...]:
        """Return stated premises of a triple; empty when no rule leads to it from others."""
        graphs = self._graphs(triple)
        stated = tuple(graph for graph in graphs if graph != ENTAILED)
        if stated or ENTAILED not in graphs:
            return (Statement(triple, stated),)
        if len(above) == _DEPTH:
            return ()
        above = (*above, triple)
        ways = self.snapshot.rules.derivations(self.store, triple)
        for derivation in sorted(ways, key=_premises):
            if any(premise in above for premise in derivation.premises):
                continue
            parts = [self._ground(premise, above) for premise in derivation.premises]
            if all(parts):
                return tuple(statement for part in parts for statement in part)
        return ()


def _premises(derivation: Derivation) -> tuple[object, ...]:
    """Return what puts the ways to derive a triple in order: those with few premises first."""
    texts = tuple(term.n3() for premise in derivation.premises for term in premise)
    return len(texts), texts, derivation.rule


def _at_fault(finding: Finding) -> Iterator[Triple]:
    """Yield the triple that a finding's path and value give, when that is a single step."""
    path, value, focus = finding.path, finding.value, finding.focus
    if path is None or value is None:
        return
    if path.iri is not None and not isinstance(focus, Literal):
        yield Triple(focus, path.iri, value)
    elif path.operator == "^" and path.parts[0].iri and not isinstance(value, Literal):
        yield Triple(value, path.parts[0].iri, focus)
    elif path.operator == "|" and not isinstance(focus, Literal):
        for part in path.parts:
            if part.iri is not None:
                yield Triple(focus, part.iri, value)


def _named_paths(finding: Finding) -> tuple[IRI, ...]:
    path = finding.path
    if path is None:
        return ()
    if path.iri is not None:
        return (path.iri,)
    return tuple(part.iri for part in path.parts if part.iri) if path.operator == "|" else ()


def _sources(group: tuple[Statement, ...], passages: dict[IRI, Passage]) -> tuple[Sourced, ...]:
    graphs = dict.fromkeys(g for statement in group for g in statement.graphs if g in passages)
    return tuple(_sourced(passages[graph]) for graph in graphs)


def _sourced(passage: Passage) -> Sourced:
    source = passage.source
    when = passage.as_of or source.issued
    return Sourced(passage.iri, source.slug, source.title, when, passage.locator, passage.claims)


def _terms(findings: list[Finding]) -> list[str]:
    terms = [term for f in findings for term in (f.focus, f.value) if isinstance(term, IRI)]
    return [str(term) for term in dict.fromkeys(terms)]


def _is_iri(term: Term | None) -> bool:
    return isinstance(term, IRI)


def _once(places: Iterable[Place]) -> tuple[Place, ...]:
    return tuple(dict.fromkeys(places))
