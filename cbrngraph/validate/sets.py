"""SHACL-SPARQL set at a time on the project's own store: one query for all focus nodes.

A validator that asks each constraint of each focus node runs one query per node; here a
constraint is one query, with the focus nodes joined in (`cbrngraph.validate.prebind`).
SHACL sections 5 and 6.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from cbrngraph.errors import CbrnGraphError, InputError, QueryError
from cbrngraph.model import IRI, BNode, Literal, Quad, Term
from cbrngraph.validate.engines import Result, Task, given_name
from cbrngraph.validate.focus import Chain, Focus, chains
from cbrngraph.validate.joins import by_sets
from cbrngraph.validate.paths import Path
from cbrngraph.validate.prebind import Table, bind, constants, replace_path, select_from_ask
from cbrngraph.validate.reading import fault
from cbrngraph.validate.shapes import ComponentUse, Shape, Shapes, SparqlConstraint, Validator
from cbrngraph.validate.sparql import (
    QueryText,
    Unsupported,
    needs_one_by_one,
    read_query,
    refuse,
    undeclared_prefixes,
)
from cbrngraph.validate.vocabulary import SH, XSD

__all__ = ["Check", "Run", "SetEngine", "checks_of"]

# Bytes of text from which a query is written for whole sets.
MANY = 1_500_000
_SPARQL_COMPONENT = IRI(SH + "SPARQLConstraintComponent")
_SHAPES_GRAPH = IRI("urn:cbrngraph:shapes-graph")
_LONGEST = 200
_OPTIONAL = frozenset(("shapesGraph", "currentShape"))
Row = Mapping[str, Term]


class SetEngine:
    """Judges sh:sparql constraints and SPARQL-based components by one query each."""

    name = "cbrngraph set queries"

    def judge(self, task: Task) -> Iterator[Result]:
        """Yield the results of all SPARQL constraints of the shapes that the roots lead to.

        Raises:
            InputError: a query does not parse, or uses what SHACL does not allow.
        """
        found = checks_of(task.roots, task.shapes)
        if found:
            run = Run(task, self.name)
            for check in found:
                yield from run.results(check)


@dataclass(frozen=True, slots=True)
class Check:
    """One SPARQL constraint, or one use of a component, of a shape, and the ways to that shape."""

    shape: Shape
    source: SparqlConstraint | ComponentUse
    ways: tuple[Chain, ...]


def checks_of(roots: Iterable[Shape], shapes: Shapes) -> list[Check]:
    """Return the SPARQL constraints of all shapes that roots lead to and whose results count."""
    ways: dict[IRI | BNode, list[Chain]] = {}
    for shape, chain in chains(tuple(roots), shapes):
        if shape.has_sparql:
            ways.setdefault(shape.node, []).append(chain)
    found: list[Check] = []
    for node, reached in ways.items():
        shape = shapes.by_node[node]
        sources: tuple[SparqlConstraint | ComponentUse, ...] = (*shape.sparql, *shape.components)
        found += [Check(shape, source, tuple(reached)) for source in sources]
    return found


class Run:
    """Asks the checks of one task; with `among`, of those focus nodes only."""

    def __init__(self, task: Task, engine: str) -> None:
        self.task = task
        self.engine = engine
        self.store = task.data.store
        self.focus = Focus(self.store, task.data.writable, task.data.supposed)
        # Below this size a look-up for each row is as fast, and for few focus nodes faster.
        self.many = len(task.data.text) >= MANY
        self._has_shapes_graph = False

    def results(self, check: Check, among: Collection[Term] | None = None) -> Iterator[Result]:
        """Yield the results of one check.

        Raises:
            InputError: its query does not parse, or uses what SHACL does not allow.
        """
        self.focus.among = among
        source, ways = check.source, list(check.ways)
        if isinstance(source, SparqlConstraint):
            yield from self.constraint(check.shape, source, ways)
        else:
            yield from self.component(check.shape, source, ways)

    def constraint(
        self, shape: Shape, constraint: SparqlConstraint, ways: list[Chain]
    ) -> Iterator[Result]:
        """Yield the results of one sh:sparql (SHACL section 5.3)."""
        query = self._read(constraint, {})
        query = self._with_path(query, shape, constraint.node)
        rows = self._rows(query, constraint.prefixes, constraint.node, shape, {}, ways)
        for row in rows:
            yield self._result(shape, row, _SPARQL_COMPONENT, constraint.messages, constraint.node)

    def component(self, shape: Shape, use: ComponentUse, ways: list[Chain]) -> Iterator[Result]:
        """Yield the results of one use of a SPARQL-based component (SHACL section 6.3)."""
        validator = use.validator
        values = {name: given_name(value, self.task.shapes) for name, value in use.values}
        query = self._read(validator, values)
        query = self._with_path(query, shape, validator.node)
        if validator.is_ask:
            rows = self._ask(query, validator.prefixes, validator.node, shape, values, ways)
        else:
            rows = self._rows(query, validator.prefixes, validator.node, shape, values, ways)
        component = IRI(use.component.node)
        for row in rows:
            yield self._result(shape, {**values, **row}, component, validator.messages, None)

    def _read(self, source: SparqlConstraint | Validator, values: Mapping[str, Term]) -> QueryText:
        """Read a query and check what SHACL and SPARQL forbid, so that faults have their line."""
        node, prefixes = source.node, source.prefixes
        is_ask = isinstance(source, Validator) and source.is_ask
        text = source.query if isinstance(source, Validator) else source.select
        form = "ASK" if is_ask else "SELECT"
        prebound = frozenset(("this", *_OPTIONAL, *values, *(("value",) if is_ask else ())))
        try:
            query = read_query(text)
            refuse(query, prebound, _OPTIONAL)
        except Unsupported as error:
            raise fault(self.task.graph, node, str(error), SH + form.lower()) from None
        undeclared = undeclared_prefixes(query, prefixes)
        if undeclared:
            message = (
                f"the query does not parse: prefix {undeclared[0]}: is not declared; declare it "
                "with sh:declare on the node that sh:prefixes names"
            )
            raise fault(self.task.graph, node, message, SH + form.lower())
        if query.form != form:
            message = f"a {form} query is needed here"
            raise fault(self.task.graph, node, message, SH + form.lower())
        return query

    def _with_path(self, query: QueryText, shape: Shape, node: Term) -> QueryText:
        if not query.mentions("PATH"):
            return query
        if shape.path is None:
            message = "$PATH is used, but the shape has no sh:path"
            raise fault(self.task.graph, node, message)
        path = shape.path
        return replace_path(query, path.sparql if path.iri else f"({path.sparql})")

    def _rows(
        self,
        query: QueryText,
        prefixes: str,
        node: Term,
        shape: Shape,
        values: Mapping[str, Term],
        ways: list[Chain],
    ) -> Iterator[Row]:
        fixed = self._constants(query, shape, values)
        if needs_one_by_one(query):
            tables = [self.focus.one(each) for each in self.focus.nodes(ways)]
        else:
            many = self.many and self.focus.among is None
            tables = [self.focus.table(ways, apart=many)]
            query = by_sets(query) if many else query
        for table in tables:
            yield from self._select(bind(query, (table, *fixed), prefixes), node)

    def _ask(
        self,
        query: QueryText,
        prefixes: str,
        node: Term,
        shape: Shape,
        values: Mapping[str, Term],
        ways: list[Chain],
    ) -> Iterator[Row]:
        """Yield the pairs of focus node and value for which an ASK does not answer true."""
        pairs = self.focus.pairs(ways, shape.path)
        fixed = self._constants(query, shape, values)
        asked = select_from_ask(query, ("this", "value"))
        holds = {
            (row.get("this"), row.get("value"))
            for row in self._select(bind(asked, (pairs, *fixed), prefixes), node)
        }
        for row in self._select(f"SELECT ?this ?value WHERE {{ {pairs.pattern} }}", node):
            if (row.get("this"), row.get("value")) not in holds:
                yield row

    def _constants(
        self, query: QueryText, shape: Shape, values: Mapping[str, Term]
    ) -> tuple[Table, ...]:
        given: dict[str, Term] = dict(values)
        if query.mentions("currentShape"):
            given["currentShape"] = given_name(shape.node, self.task.shapes)
        if query.mentions("shapesGraph"):
            given["shapesGraph"] = _SHAPES_GRAPH
            self._load_shapes()
        return constants(given)

    def _load_shapes(self) -> None:
        if self._has_shapes_graph:
            return
        self._has_shapes_graph = True
        shapes = self.task.shapes
        self.store.add(
            Quad(given_name(s, shapes), p, given_name(o, shapes), _SHAPES_GRAPH)  # type: ignore[arg-type]
            for s, p, o in self.task.graph.triples
        )

    def _select(self, text: str, node: Term) -> Iterator[Row]:
        try:
            solutions = self.store.select(text)
        except QueryError as error:
            raise self._fault(node, error) from None
        for row in solutions.rows:
            found = zip(solutions.variables, row, strict=True)
            yield {name: term for name, term in found if term is not None}

    def _fault(self, node: Term, error: CbrnGraphError) -> InputError:
        first = str(error).strip().splitlines()[0]
        brief = first if len(first) <= _LONGEST else first[:_LONGEST].rsplit(" ", 1)[0] + " …"
        return fault(self.task.graph, node, f"the query does not parse: {brief}")

    def _result(
        self,
        shape: Shape,
        row: Row,
        component: IRI,
        messages: tuple[Literal, ...],
        constraint: IRI | BNode | None,
    ) -> Result:
        this = row.get("this")
        if this is None:
            raise fault(self.task.graph, constraint or shape.node, "the SELECT must return $this")
        if row.get("failure") == Literal("true", XSD + "boolean"):
            raise fault(self.task.graph, constraint or shape.node, f"fails for {this.n3()}")
        path = shape.path
        given = row.get("path")
        if isinstance(given, IRI):
            path = Path(iri=given)
        value = row.get("value", this if shape.path is None else None)
        own = row.get("message")
        if isinstance(own, Literal):
            texts: tuple[Literal, ...] = (own,)
        else:
            texts = messages or shape.messages
        written = self.task.data.as_written
        return Result(
            focus=written(this)[0],
            severity=shape.severity,
            component=component,
            shape=shape.node,
            value=None if value is None else written(value, this)[0],
            path=path,
            messages=texts,
            constraint=constraint,
            engine=self.engine,
            row=tuple((name, written(term, this)[0]) for name, term in row.items()),
        )
