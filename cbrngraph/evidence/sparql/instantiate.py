"""Put the values of a solution into a pattern, as EXISTS does (SPARQL 1.1, section 18.6)."""

from __future__ import annotations

from collections.abc import Mapping

from cbrngraph.evidence.sparql.algebra import (
    BGP,
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
    PathPattern,
    Pattern,
    PatternTerm,
    Project,
    Service,
    Slice,
    TriplePattern,
    Union,
    Values,
    Var,
)
from cbrngraph.model import IRI, BNode, Literal

__all__ = ["instantiate"]

Known = Mapping[Var, "IRI | BNode | Literal"]


def instantiate(pattern: Pattern, known: Known) -> Pattern:  # noqa: PLR0911 - per operator
    """The pattern with known variables replaced by their values.

    A sub-select keeps its own variables. A literal never replaces a subject or predicate: there
    the variable stays, and nothing matches it with that value. VALUES rows keep their variables.
    """
    match pattern:
        case BGP(triples):
            return BGP(tuple(_triple(triple, known) for triple in triples))
        case PathPattern(subject, path, object_):
            return PathPattern(_put(subject, known), path, _put(object_, known, literal=True))
        case Join(left, right) | Union(left, right) | Minus(left, right):
            return pattern.with_(left=instantiate(left, known), right=instantiate(right, known))
        case LeftJoin(left, right, condition):
            test = None if condition is None else expression_with(condition, known)
            return LeftJoin(instantiate(left, known), instantiate(right, known), test)
        case Filter(condition, inner):
            return Filter(expression_with(condition, known), instantiate(inner, known))
        case Extend(inner, variable, expression):
            return Extend(instantiate(inner, known), variable, expression_with(expression, known))
        case GraphPattern(name, inner):
            put = _put(name, known)
            kept = put if isinstance(put, Var | IRI) else name
            return GraphPattern(kept, instantiate(inner, known))
        case Distinct(inner, _) | OrderBy(inner, _):
            return pattern.with_(pattern=instantiate(inner, known))
        case Project() | Group() | Slice() | Values() | Service():
            return pattern


def _triple(triple: TriplePattern, known: Known) -> TriplePattern:
    subject, predicate, object_ = triple
    return TriplePattern(
        _put(subject, known), _put(predicate, known), _put(object_, known, literal=True)
    )


def _put(term: PatternTerm, known: Known, *, literal: bool = False) -> PatternTerm:
    if not isinstance(term, Var) or term not in known:
        return term
    value = known[term]
    return value if isinstance(value, IRI) or (literal and isinstance(value, Literal)) else term


def expression_with(expression: Expr, known: Known) -> Expr:
    """An expression with known variables replaced by their values."""
    match expression:
        case Var():
            value = known.get(expression)
            return value if isinstance(value, IRI | Literal) else expression
        case Call("BOUND", (Var() as variable,), _) if variable in known:
            return Literal("true", "http://www.w3.org/2001/XMLSchema#boolean")
        case Apply(_, args) | Call(_, args, _):
            return expression.with_(args=tuple(expression_with(a, known) for a in args))
        case Exists(pattern, negated):
            return Exists(instantiate(pattern, known), negated)
        case IRI() | Literal() | Aggregate():
            return expression
