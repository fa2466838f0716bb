"""SPARQL 1.1 text to algebra (section 18.2), without evaluating anything."""

from __future__ import annotations

from collections.abc import Mapping

from cbrngraph.evidence.sparql.algebra import (
    BGP,
    UNIT,
    Aggregate,
    Apply,
    Call,
    Distinct,
    Exists,
    Expr,
    Extend,
    Filter,
    GraphPattern,
    Group,
    Join,
    LeftJoin,
    Minus,
    OrderBy,
    OrderKey,
    Pattern,
    Project,
    Query,
    Service,
    Slice,
    Union,
    Values,
    Var,
)
from cbrngraph.evidence.sparql.scope import visible
from cbrngraph.evidence.sparql.triples import TripleParser, join
from cbrngraph.model import IRI, Literal

__all__ = ["parse_query"]

Selected = tuple[Var, Expr | None]


def parse_query(text: str, prefixes: Mapping[str, str] | None = None, base: str = "") -> Query:
    """Return the algebra of a query; `prefixes` are known beside those that it declares.

    Relative IRIs are resolved against `base`.

    Raises `QueryError` with line and column where the text is not SPARQL 1.1. Updates,
    RDF-star and SPARQL 1.2 are not read.
    """
    return _QueryParser(text, prefixes or {}, base).query()


class _QueryParser(TripleParser):
    def query(self) -> Query:
        self._prologue()
        form = self.at.expect("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
        if form == "SELECT":
            pattern, datasets = self._select()
        elif form == "ASK":
            datasets = self._datasets()
            pattern = self._where_and_modifiers([], star=True)
        else:
            pattern, datasets = self._graph_form(form)
        if self.at.token.kind != "end":
            self.at.error("expected the end of the query")
        variables = tuple(v for v in visible(pattern) if not v.hidden)
        return Query(form, pattern, variables, datasets)

    def _prologue(self) -> None:
        at = self.at
        while word := at.accept("PREFIX", "BASE"):
            if word == "BASE":
                self.base = str(self.iri())
                continue
            if at.token.kind != "pname" or not at.token.text.endswith(":"):
                at.error("expected a prefix and a colon")
            prefix = at.take().text[:-1]
            self.prefixes[prefix] = str(self.iri())

    def _datasets(self) -> tuple[IRI, ...]:
        found: list[IRI] = []
        while self.at.accept("FROM"):
            self.at.accept("NAMED")
            found.append(self.iri())
        return tuple(found)

    def _graph_form(self, form: str) -> tuple[Pattern, tuple[IRI, ...]]:
        if form == "CONSTRUCT" and self.at.sees("{"):
            self.at.take()
            self.triples()
            self.at.expect("}")
            self._bnodes.clear()
        elif form == "DESCRIBE":
            while self.at.accept("*") or self.at.token.kind in ("var", "iri", "pname"):
                self.term()
        datasets = self._datasets()
        if not self.at.sees("WHERE", "{"):
            return UNIT, datasets
        return self._where_and_modifiers([], star=True), datasets

    # --- SELECT (18.2.4, 18.2.5) ----------------------------------------------------------

    def _select(self) -> tuple[Pattern, tuple[IRI, ...]]:
        at = self.at
        modifier = at.accept("DISTINCT", "REDUCED")
        star = bool(at.accept("*"))
        selected = [] if star else self._selected()
        datasets = self._datasets()
        pattern = self._where_and_modifiers(selected, star=star, modifier=modifier)
        return pattern, datasets

    def _selected(self) -> list[Selected]:
        found: list[Selected] = []
        while self.at.token.kind == "var" or self.at.sees("("):
            if self.at.accept("("):
                expression = self.expression()
                self.at.expect("AS")
                found.append((self.var(), expression))
                self.at.expect(")")
            else:
                found.append((self.var(), None))
        if not found:
            self.at.error("expected * or a variable")
        return found

    def _where_and_modifiers(
        self, selected: list[Selected], *, star: bool, modifier: str = ""
    ) -> Pattern:
        self.at.accept("WHERE")
        pattern = self.group_pattern()
        keys, having, order = self._group_by(), self._having(), self._order_by()
        bounds = self._bounds()
        inline = self._values_block() if self.at.accept("VALUES") else None
        aggregation = _Aggregation(self)
        selected = [(v, e and aggregation.lift(e)) for v, e in selected]
        having = [aggregation.lift(e) for e in having]
        order = [key.with_(expression=aggregation.lift(key.expression)) for key in order]
        if keys is not None or aggregation.found:
            pattern = _grouped(pattern, keys or [], aggregation, self)
        if having:
            pattern = Filter(_conjunction(having), pattern)
        if inline is not None:
            pattern = join(pattern, inline)
        for variable, expression in selected:
            if expression is not None:
                pattern = Extend(pattern, variable, expression)
        shown = tuple(v for v in visible(pattern) if not v.hidden)
        shown = shown if star else tuple(v for v, _ in selected)
        if order:
            pattern = OrderBy(pattern, tuple(order))
        pattern = Project(pattern, shown)
        if modifier:
            pattern = Distinct(pattern, modifier == "REDUCED")
        return pattern if bounds == (0, None) else Slice(pattern, *bounds)

    def _group_by(self) -> list[Selected] | None:
        at = self.at
        if not at.accept("GROUP"):
            return None
        at.expect("BY")
        keys: list[Selected] = []
        while True:
            if at.token.kind == "var":
                keys.append((self.var(), None))
            elif at.accept("("):
                expression = self.expression()
                variable = self.var() if at.accept("AS") else self.fresh("k")
                at.expect(")")
                keys.append((variable, expression))
            elif keys and not self._starts_call():
                return keys
            else:
                keys.append((self.fresh("k"), self.constraint()))

    def _starts_call(self) -> bool:
        if self.at.sees("HAVING", "VALUES"):
            return False
        return self.at.token.kind in ("word", "iri", "pname") and self.at.ahead().text == "("

    def _having(self) -> list[Expr]:
        found: list[Expr] = []
        if self.at.accept("HAVING"):
            found.append(self.constraint())
            while self.at.sees("(") or self._starts_call():
                found.append(self.constraint())
        return found

    def _order_by(self) -> list[OrderKey]:
        at = self.at
        if not at.accept("ORDER"):
            return []
        at.expect("BY")
        keys: list[OrderKey] = []
        while True:
            if word := at.accept("ASC", "DESC"):
                keys.append(OrderKey(self.bracketed(), word == "DESC"))
            elif at.token.kind == "var":
                keys.append(OrderKey(self.var()))
            elif at.sees("(") or self._starts_call():
                keys.append(OrderKey(self.constraint()))
            else:
                return keys

    def _bounds(self) -> tuple[int, int | None]:
        offset, limit = 0, None
        while word := self.at.accept("LIMIT", "OFFSET"):
            if not self.at.token.text.isdigit():
                self.at.error("expected a whole number")
            number = int(self.at.take().text)
            offset, limit = (offset, number) if word == "LIMIT" else (number, limit)
        return offset, limit

    # --- groups (18.2.2) ------------------------------------------------------------------

    def group_pattern(self) -> Pattern:
        pattern, filters = self._group_parts()
        return Filter(_conjunction(filters), pattern) if filters else pattern

    def _group_parts(self) -> tuple[Pattern, list[Expr]]:
        at = self.at
        at.expect("{")
        if at.accept("SELECT"):
            pattern, datasets = self._select()
            if datasets:
                at.error("FROM is not allowed in a sub-select")
            at.expect("}")
            return pattern, []
        pattern, filters = BGP(()), []
        # A block of triples is joined before the next element that is not a filter.
        while not at.accept("}"):
            if at.accept("FILTER"):
                filters.append(self.constraint())
            elif self._starts_node():
                pattern = _join_block(pattern, self.triples())
            else:
                pattern = self._element(pattern)
            at.accept(".")
        return pattern, filters

    def _element(self, pattern: Pattern) -> Pattern:
        at = self.at
        word = at.accept("OPTIONAL", "MINUS", "BIND", "GRAPH", "SERVICE", "VALUES")
        if word == "OPTIONAL":
            inner, filters = self._group_parts()
            return LeftJoin(pattern, inner, _conjunction(filters) if filters else None)
        if word == "MINUS":
            return Minus(pattern, self.group_pattern())
        if word == "BIND":
            return self._bind(pattern)
        if word == "GRAPH":
            return join(pattern, GraphPattern(self._name(), self.group_pattern()))
        if word == "SERVICE":
            silent = bool(at.accept("SILENT"))
            return join(pattern, Service(self._name(), self.group_pattern(), silent))
        if word == "VALUES":
            return join(pattern, self._values_block())
        if not at.sees("{"):
            at.error("expected a graph pattern")
        branch = self.group_pattern()
        while at.accept("UNION"):
            branch = Union(branch, self.group_pattern())
        return Join(pattern, branch) if pattern != UNIT else branch

    def _bind(self, pattern: Pattern) -> Pattern:
        self.at.expect("(")
        expression = self.expression()
        self.at.expect("AS")
        variable = self.var()
        self.at.expect(")")
        return Extend(pattern, variable, expression)

    def _name(self) -> Var | IRI:
        return self.var() if self.at.token.kind == "var" else self.iri()

    def _values_block(self) -> Values:
        at = self.at
        single = at.token.kind == "var"
        variables: list[Var] = []
        if single:
            variables.append(self.var())
        else:
            at.expect("(")
            while not at.accept(")"):
                variables.append(self.var())
        at.expect("{")
        rows: list[tuple[IRI | Literal | None, ...]] = []
        while not at.accept("}"):
            if single:
                rows.append((self._data(),))
                continue
            at.expect("(")
            row: list[IRI | Literal | None] = []
            while not at.accept(")"):
                row.append(self._data())
            if len(row) != len(variables):
                at.error(f"expected {len(variables)} values in a row of VALUES")
            rows.append(tuple(row))
        return Values(tuple(variables), tuple(rows))

    def _data(self) -> IRI | Literal | None:
        if self.at.accept("UNDEF"):
            return None
        term = self.term()
        if not isinstance(term, IRI | Literal):
            self.at.error("expected an IRI, a literal or UNDEF")
        return term


class _Aggregation:
    """Replaces the aggregates of expressions by variables that a `Group` binds."""

    def __init__(self, parser: TripleParser) -> None:
        self._parser = parser
        self.found: dict[Aggregate, Var] = {}

    def lift(self, expression: Expr) -> Expr:
        match expression:
            case Aggregate():
                if expression not in self.found:
                    self.found[expression] = self._parser.fresh("a")
                return self.found[expression]
            case Apply() | Call():
                return expression.with_(args=tuple(self.lift(a) for a in expression.args))
            case Exists():
                return expression
        return expression


def _grouped(
    pattern: Pattern, keys: list[Selected], aggregation: _Aggregation, parser: TripleParser
) -> Pattern:
    for variable, expression in keys:
        if expression is not None:
            pattern = Extend(pattern, variable, expression)
    pairs = tuple((variable, aggregate) for aggregate, variable in aggregation.found.items())
    return Group(pattern, tuple(variable for variable, _ in keys), pairs)


def _conjunction(conditions: list[Expr]) -> Expr:
    combined = conditions[0]
    for condition in conditions[1:]:
        combined = Apply("&&", (combined, condition))
    return combined


def _join_block(pattern: Pattern, block: Pattern) -> Pattern:
    """Join triples to what stands before them; a basic graph pattern goes on past filters."""
    if isinstance(pattern, Join) and isinstance(pattern.right, BGP) and isinstance(block, BGP):
        return Join(pattern.left, BGP(pattern.right.triples + block.triples))
    return join(pattern, block)
