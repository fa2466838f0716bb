"""Terms and expressions of SPARQL 1.1 (grammar rules 107 to 147)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

from cbrngraph.evidence.sparql.algebra import (
    Aggregate,
    Apply,
    Call,
    Exists,
    Expr,
    Pattern,
    PatternTerm,
    Var,
)
from cbrngraph.evidence.sparql.tokens import Cursor, unescape
from cbrngraph.model import IRI, Literal

__all__ = ["AGGREGATES", "ExpressionParser"]

_XSD = "http://www.w3.org/2001/XMLSchema#"
_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
AGGREGATES = frozenset("COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT".split())


class ExpressionParser(ABC):
    """Parses terms and expressions at a cursor; patterns inside EXISTS come from a subclass."""

    def __init__(self, text: str, prefixes: Mapping[str, str], base: str = "") -> None:
        self.at = Cursor(text)
        self.prefixes = dict(prefixes)
        self.base = base
        self._fresh = 0
        self._bnodes: dict[str, Var] = {}

    @abstractmethod
    def group_pattern(self) -> Pattern:
        """Parse `{ ... }`."""

    def fresh(self, stem: str) -> Var:
        """A hidden variable that occurs nowhere else in the query."""
        self._fresh += 1
        return Var(f"__{stem}{self._fresh}")

    # --- terms ----------------------------------------------------------------------------

    def iri(self) -> IRI:
        """Parse an IRI, full or prefixed."""
        token = self.at.token
        if token.kind == "iri":
            self.at.take()
            return IRI(self._resolve(unescape(token.text[1:-1])))
        if token.kind != "pname":
            self.at.error("expected an IRI")
        prefix, _, local = token.text.partition(":")
        if prefix not in self.prefixes:
            self.at.error(f"undeclared prefix {prefix!r}")
        self.at.take()
        return IRI(self.prefixes[prefix] + unescape(local))

    def _resolve(self, reference: str) -> str:
        if not self.base or ":" in reference.partition("/")[0]:
            return reference
        from urllib.parse import urljoin

        return urljoin(self.base, reference)

    def var(self) -> Var:
        """Parse a variable."""
        if self.at.token.kind != "var":
            self.at.error("expected a variable")
        return Var(self.at.take().text[1:])

    def number(self) -> Literal | None:
        """Parse a number with its sign, None when there is none."""
        at = self.at
        sign = at.token.text if at.sees("+", "-") else ""
        token = at.ahead() if sign else at.token
        if token.kind != "number":
            return None
        if sign:
            at.take()
        at.take()
        kind = (
            "double" if "e" in token.text.lower() else "decimal" if "." in token.text else "integer"
        )
        return Literal(sign + token.text, _XSD + kind)

    def literal(self) -> Literal | None:
        """Parse a literal, None when there is none."""
        at = self.at
        if at.token.kind == "string":
            written = at.take().text
            quotes = 3 if written[:3] in ('"""', "'''") else 1
            value = unescape(written[quotes:-quotes])
            if at.token.kind == "lang":
                return Literal(value, _LANG_STRING, at.take().text[1:].lower())
            if at.accept("^^"):
                return Literal(value, str(self.iri()))
            return Literal(value)
        if at.sees("TRUE", "FALSE"):
            return Literal(at.take().text.lower(), _XSD + "boolean")
        return self.number()

    def blank(self, label: str = "") -> Var:
        """The variable that stands for a blank node, a new one when it has no label."""
        if not label:
            return self.fresh("b")
        return self._bnodes.setdefault(label, self.fresh("b"))

    def term(self) -> PatternTerm | None:
        """Parse a variable, IRI, literal or blank node label, None when there is none."""
        kind = self.at.token.kind
        if kind == "var":
            return self.var()
        if kind in ("iri", "pname"):
            return self.iri()
        if kind == "bnode":
            return self.blank(self.at.take().text)
        return self.literal()

    # --- expressions ----------------------------------------------------------------------

    def expression(self) -> Expr:
        """Parse an expression, loosest operator first."""
        return self._chain(("||",), lambda: self._chain(("&&",), self._relation))

    def _chain(self, ops: tuple[str, ...], operand: Callable[[], Expr]) -> Expr:
        left = operand()
        while op := self.at.accept(*ops):
            left = Apply(op, (left, operand()))
        return left

    def _relation(self) -> Expr:
        left = self._sum()
        if op := self.at.accept("=", "!=", "<", ">", "<=", ">="):
            return Apply(op, (left, self._sum()))
        if self.at.accept("IN"):
            return Apply("in", (left, *self.arguments()))
        if self.at.sees("NOT") and self.at.ahead().text.upper() == "IN":
            self.at.take()
            self.at.take()
            return Apply("notin", (left, *self.arguments()))
        return left

    def _sum(self) -> Expr:
        return self._chain(("+", "-"), self._product)

    def _product(self) -> Expr:
        return self._chain(("*", "/"), self._unary)

    def _unary(self) -> Expr:
        if self.at.accept("!"):
            return Apply("!", (self._unary(),))
        signed = self.number()
        if signed is not None:
            return signed
        if op := self.at.accept("-", "+"):
            return Apply("neg" if op == "-" else "pos", (self._unary(),))
        return self._primary()

    def _primary(self) -> Expr:
        at = self.at
        if at.sees("("):
            return self.bracketed()
        if at.token.kind == "var":
            return self.var()
        if at.token.kind in ("iri", "pname"):
            return self._iri_or_call()
        literal = self.literal()
        if literal is not None:
            return literal
        negated = at.sees("NOT") and at.ahead().text.upper() == "EXISTS"
        if negated:
            at.take()
        if at.accept("EXISTS"):
            return Exists(self.group_pattern(), negated)
        if at.token.kind != "word" or at.ahead().text != "(":
            at.error("expected an expression")
        return self._builtin()

    def bracketed(self) -> Expr:
        """Parse `( expression )`."""
        self.at.expect("(")
        inner = self.expression()
        self.at.expect(")")
        return inner

    def arguments(self) -> tuple[Expr, ...]:
        """Parse `( expression, ... )`."""
        self.at.expect("(")
        found: list[Expr] = []
        while not self.at.sees(")"):
            found.append(self.expression())
            if not self.at.accept(","):
                break
        self.at.expect(")")
        return tuple(found)

    def _iri_or_call(self) -> Expr:
        name = self.iri()
        if not self.at.sees("("):
            return name
        distinct = self.at.ahead().text.upper() == "DISTINCT"
        if distinct:
            self.at.error("DISTINCT in a function call is not supported")
        return Call(name, self.arguments())

    def constraint(self) -> Expr:
        """Parse what may follow FILTER, HAVING and ORDER BY: brackets or a call."""
        if self.at.sees("("):
            return self.bracketed()
        return self._primary()

    def _builtin(self) -> Expr:
        name = self.at.take().text.upper()
        if name not in AGGREGATES:
            return Call(name, self.arguments())
        at = self.at
        at.expect("(")
        distinct = bool(at.accept("DISTINCT"))
        argument = None if name == "COUNT" and at.accept("*") else self.expression()
        separator = None
        if at.accept(";"):
            at.expect("SEPARATOR")
            at.expect("=")
            literal = self.literal()
            separator = literal.value if literal is not None else ""
        at.expect(")")
        return Aggregate(name, argument, distinct, separator)
