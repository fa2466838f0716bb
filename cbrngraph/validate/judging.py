"""The verdict of shapes on triples that change: what a change cannot touch is kept.

Core results are kept by focus node: the walks of all shapes lead from changed triples back to the
nodes whose results may be others, and these are judged anew on the triples that their walks read.
A SPARQL constraint is asked again of such nodes too, or as a whole where it reads something that
no walk from a focus node leads to. The outcome is what `cbrngraph.validate.validator` would give.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from cbrngraph.model import Literal, Term, Triple
from cbrngraph.rules import N3Triple
from cbrngraph.store import Store, parse_text
from cbrngraph.validate.compiled import CompiledEngine, available
from cbrngraph.validate.data import Data
from cbrngraph.validate.engines import Task
from cbrngraph.validate.graph import IndexedGraph, parse_term
from cbrngraph.validate.plan import Forms, Plan, make_plan
from cbrngraph.validate.prebind import replace_path
from cbrngraph.validate.reads import Changed, Reads, follow
from cbrngraph.validate.reference import ReferenceEngine
from cbrngraph.validate.report import Finding, Judged
from cbrngraph.validate.sets import MANY, Check, Run, SetEngine, checks_of
from cbrngraph.validate.shapes import Shapes, SparqlConstraint, TargetKind
from cbrngraph.validate.sparql import Unsupported, read_query
from cbrngraph.validate.validator import engine_named
from cbrngraph.validate.walks import SUBCLASS, TYPE, CoreWalks, Index, TooFar, Walks, add_targets
from cbrngraph.validate.words import finding_of

__all__ = ["Judge"]

_Rewritten = Mapping[Literal, tuple[Literal, ...]]


class _LiveData(Data):
    """The triples of an index as data; their text is made only where it is asked for."""

    def __init__(self, index: Index, store: Store, rewritten: _Rewritten) -> None:
        super().__init__(b"", ".nt")
        self._index = index
        self.store = store
        self.rewritten = dict(rewritten)

    def triples(self) -> Iterator[Triple]:
        """Yield the triples as written."""
        for quad in parse_text(_text(self._index.triples()), ".nt"):
            yield Triple(quad.subject, quad.predicate, quad.object)


@dataclass(slots=True)
class _Kept:
    """One SPARQL check: what it reads, where its walks start, and its findings by focus node."""

    check: Check
    reads: Reads
    walks: Walks
    start: int
    found: dict[Term, list[Finding]] = field(default_factory=dict)

    def put(self, findings: Iterable[Finding], among: Collection[Term] | None = None) -> None:
        """Take the findings about all nodes, or about some of them, instead of those before."""
        if among is None:
            self.found.clear()
        for node in among or ():
            self.found.pop(node, None)
        for finding in findings:
            self.found.setdefault(finding.focus, []).append(finding)


class Judge:
    """Judges triples by shapes, now and after each change.

    `rewritten` are the literals that a store keeps in another form (`cbrngraph.validate.forms`).

    Raises, as `change` does:
        UnknownNameError: there is no such engine.
        InputError: a query does not parse, or an engine cannot use the shapes or the data.
    """

    def __init__(
        self,
        graph: IndexedGraph,
        shapes: Shapes,
        triples: Iterable[N3Triple],
        rewritten: _Rewritten,
        engine: str = "auto",
    ) -> None:
        self.index = Index(triples)
        self._graph = graph
        self._shapes = shapes
        self._only_reference = engine_named(engine) == "pyshacl"
        self._store = Store.memory()
        self._store.load_text(_text(self.index.triples()), ".nt")
        self._rewritten = rewritten
        self._compiled = CompiledEngine()
        self._queries = SetEngine()
        self._reference = ReferenceEngine()
        self._begin(self._forms())

    def change(
        self, lost: Iterable[N3Triple], won: Iterable[N3Triple], rewritten: _Rewritten
    ) -> None:
        """Take triples out and put others in, and judge anew what that can touch."""
        lost = {t for t in lost if self.index.has(t)}
        won = {t for t in won if not self.index.has(t)}
        touched = lost | won
        steady = dict(rewritten) == dict(self._rewritten)
        self._rewritten = rewritten
        # Ways to a focus node lead over what is and what was.
        for triple in won:
            self.index.add(triple)
        tree = any(triple[1] == SUBCLASS for triple in touched)
        core = None if tree else self._core_nodes(touched)
        changed = Changed.of(touched)
        asked = [None if tree else self._nodes(kept, touched, changed) for kept in self._kept]
        for triple in lost:
            self.index.remove(triple)
        self._write(lost, won)
        forms = self._forms()
        if not steady or forms != self._known_forms:
            self._begin(forms)
            return
        if core is None:
            self._judge_core()
        elif core:
            self._judge_core_at(core)
        for kept, nodes in zip(self._kept, asked, strict=True):
            if nodes is None or (nodes and self._rewritten):
                self._ask(kept)
            elif nodes:
                self._ask(kept, nodes)
        if self._plan.reference and (tree or self._reference_reads.meets(changed)):
            self._judge_reference()

    def parts(self) -> tuple[tuple[Judged, list[Finding]], ...]:
        """Return each engine with how many shapes it judged, and with its findings."""
        made = []
        for engine, roots, found in (
            (self._compiled, self._core_roots, self._core.values()),
            (self._queries, self._sparql_roots, (g for k in self._kept for g in k.found.values())),
            (self._reference, self._plan.reference, (self._by_reference,)),
        ):
            if roots:
                findings = [finding for group in found for finding in group]
                reached = {s.node for root in roots for s in self._shapes.reachable(root)}
                made.append((Judged(engine.name, len(reached), len(findings)), findings))
        return tuple(made)

    def _begin(self, forms: Forms) -> None:
        """Plan, and judge everything."""
        self._known_forms = forms
        shapes = self._shapes
        if self._only_reference:
            self._plan = Plan((), shapes.roots())
        else:
            self._plan = make_plan(shapes, forms, compiled=available())
        fast = self._plan.fast
        self._core_roots = tuple(r for r in fast if any(s.has_core for s in shapes.reachable(r)))
        sparql = (r for r in fast if any(s.has_sparql for s in shapes.reachable(r)))
        self._sparql_roots = tuple(sparql)
        self._core: dict[Term, list[Finding]] = {}
        self._walks = CoreWalks(self._core_roots, shapes, self._graph)
        self._kept = [_kept(check) for check in checks_of(self._sparql_roots, shapes)]
        self._by_reference: list[Finding] = []
        self._reference_reads = self._reads_of_reference()
        self._judge_core()
        for kept in self._kept:
            self._ask(kept)
        self._judge_reference()

    def _forms(self) -> Forms:
        if self._only_reference or not any(s.has_sparql for s in self._shapes.by_node.values()):
            return Forms()
        data = self._data()
        return Forms(data.rewritten_properties, data.ambiguous) if self._rewritten else Forms()

    def _data(self) -> Data:
        return _LiveData(self.index, self._store, self._rewritten)

    def _most(self) -> int:
        """Return after how many steps it is no more work to judge everything."""
        return 2000 + len(self.index)

    def _core_nodes(self, touched: set[N3Triple]) -> set[str] | None:
        """Return the nodes whose Core results may be others; None for all."""
        try:
            return self._walks.nodes(touched, self.index, self._most())
        except TooFar:
            return None

    def _nodes(self, kept: _Kept, touched: set[N3Triple], changed: Changed) -> set[str] | None:
        """Return the focus nodes of which a check is to be asked again; None for all."""
        if kept.reads.meets(changed):
            return None
        try:
            spots = kept.walks.back(kept.walks.spots(touched), self.index, self._most())
        except TooFar:
            return None
        return {node for _, node in spots}

    def _judge_core(self) -> None:
        self._core = {}
        if self._core_roots:
            self._put_core(_text(self.index.triples()))

    def _judge_core_at(self, nodes: set[str]) -> None:
        """Judge some nodes anew, on the triples that the walks from them read."""
        try:
            read = self._walks.support(nodes, self.index, self._most())
        except TooFar:
            self._judge_core()
            return
        read |= self.index.tree
        terms = {parse_term(node) for node in nodes}
        for term in terms:
            self._core.pop(term, None)
        self._put_core(_text(read), terms)

    def _put_core(self, text: bytes, among: Collection[Term] | None = None) -> None:
        task = Task(self._graph, self._shapes, Data(text, ".nt"), self._core_roots)
        for result in self._compiled.judge(task):
            if among is None or result.focus in among:
                found = finding_of(result, self._shapes)
                self._core.setdefault(result.focus, []).append(found)

    def _ask(self, kept: _Kept, nodes: set[str] | None = None) -> None:
        task = Task(self._graph, self._shapes, self._data(), self._sparql_roots)
        run = Run(task, self._queries.name)
        run.many = nodes is None and len(self.index) * 100 >= MANY
        among = None if nodes is None else {parse_term(node) for node in nodes}
        try:
            results = list(run.results(kept.check, among))
        finally:
            run.focus.close()
        kept.put((finding_of(result, self._shapes) for result in results), among)

    def _judge_reference(self) -> None:
        if self._plan.reference:
            task = Task(self._graph, self._shapes, self._data(), self._plan.reference)
            found = self._reference.judge(task)
            self._by_reference = [finding_of(result, self._shapes) for result in found]

    def _reads_of_reference(self) -> Reads:
        """Return what the shapes for the reference engine read, one with the other."""
        roots = self._plan.reference
        found = Reads()
        reached = [shape for root in roots for shape in self._shapes.reachable(root)]
        walks = CoreWalks(roots, self._shapes, self._graph)
        found.everything = walks.reads_everything or any(s.has_advanced for s in reached)
        found.predicates |= walks.predicates
        for check in checks_of(reached, self._shapes):
            each = _kept(check)
            found.everything |= each.reads.everything or each.walks.reads_everything
            found.restless |= each.reads.restless
            found.predicates |= each.reads.predicates | each.walks.predicates
            found.classes |= each.reads.classes
        return found

    def _write(self, lost: set[N3Triple], won: set[N3Triple]) -> None:
        """Change the store; it takes `1.5` for `1.50`, so what goes may take along what stays."""
        added = set(won)
        for subject, predicate, value in lost:
            if "^^" in value:
                values = self.index.step(subject, predicate, forward=True)
                added.update((subject, predicate, other) for other in values)
        self._store.change(_lines(lost), _lines(added))


def _kept(check: Check) -> _Kept:
    """Return a check with what it reads; a query that cannot be read is asked again each time."""
    walks = Walks()
    start = walks.start()
    shape, source = check.shape, check.source
    known = {"this": start}
    if isinstance(source, SparqlConstraint):
        text, prefixes = source.select, source.prefixes
    else:
        text, prefixes = source.validator.query, source.validator.prefixes
        if source.validator.is_ask:
            known["value"] = start if shape.path is None else walks.path(start, shape.path)
    path = shape.path.sparql if shape.path else ""
    try:
        query = replace_path(read_query(text), path if path.startswith("<") else f"({path})")
        reads = follow(query, prefixes, walks, known)
    except Unsupported:
        reads = Reads(restless=True)
    for way in check.ways:
        if not way.paths:
            add_targets(walks, start, way.root)
            continue
        # Whether a node is reached at all depends on triples of other nodes.
        reads.predicates |= {iri.n3() for each in way.paths for iri in each.predicates}
        for target in way.root.targets:
            if target.kind is TargetKind.CLASS:
                reads.predicates.add(TYPE)
            elif target.kind is not TargetKind.NODE:
                reads.predicates.add(target.value.n3())
    return _Kept(check, reads, walks, start)


def _lines(triples: Iterable[N3Triple]) -> Iterator[str]:
    return (f"{s} {p} {o} .\n" for s, p, o in triples)


def _text(triples: Iterable[N3Triple]) -> bytes:
    return "".join(_lines(triples)).encode()
