"""SPARQL 1.1 Query Language, section 18: the algebra as frozen values.

A blank node of a query and the joint of a property path are variables with a name of their own
(`Var.hidden`): they take part in matching and are never selected by `SELECT *`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from cbrngraph.model import IRI, BNode, Literal

__all__ = [
    "BGP",
    "UNIT",
    "Aggregate",
    "Alternative",
    "Apply",
    "Call",
    "Closure",
    "Distinct",
    "Exists",
    "Expr",
    "Extend",
    "Filter",
    "GraphPattern",
    "Group",
    "Inverse",
    "Join",
    "LeftJoin",
    "Minus",
    "Negated",
    "OrderBy",
    "OrderKey",
    "Path",
    "PathPattern",
    "Pattern",
    "PatternTerm",
    "Project",
    "Query",
    "Sequence",
    "Service",
    "Slice",
    "TriplePattern",
    "Union",
    "Values",
    "Var",
]

HIDDEN = "__"


@dataclass(frozen=True, slots=True)
class Var:
    """A variable by its name, without the question mark."""

    name: str

    @property
    def hidden(self) -> bool:
        """Whether the variable was made by the translation, not written by the author."""
        return self.name.startswith(HIDDEN)


PatternTerm: TypeAlias = Var | IRI | BNode | Literal


# --- expressions (section 17) -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Apply:
    """An operator: `&& || ! = != < > <= >= + - * / neg pos in notin`."""

    op: str
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A builtin (upper case name) or a function named by an IRI."""

    function: str
    args: tuple[Expr, ...]
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class Exists:
    """EXISTS, or NOT EXISTS when `negated`."""

    pattern: Pattern
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate; `argument` is None for `COUNT(*)`."""

    function: str
    argument: Expr | None
    distinct: bool = False
    separator: str | None = None


Expr: TypeAlias = Var | IRI | Literal | Apply | Call | Exists | Aggregate


# --- property paths (section 9) -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Inverse:
    """`^path`."""

    path: Path


@dataclass(frozen=True, slots=True)
class Sequence:
    """`first / second`."""

    first: Path
    second: Path


@dataclass(frozen=True, slots=True)
class Alternative:
    """`first | second`."""

    first: Path
    second: Path


@dataclass(frozen=True, slots=True)
class Closure:
    """`path*`, `path+` or `path?` by its operator."""

    path: Path
    op: str


@dataclass(frozen=True, slots=True)
class Negated:
    """`!(forward | ^backward)`."""

    forward: tuple[IRI, ...]
    backward: tuple[IRI, ...]


Path: TypeAlias = IRI | Inverse | Sequence | Alternative | Closure | Negated


# --- graph patterns -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TriplePattern:
    """Subject, predicate, object, each a term or a variable."""

    subject: PatternTerm
    predicate: PatternTerm
    object: PatternTerm

    def __iter__(self) -> Iterator[PatternTerm]:
        return iter((self.subject, self.predicate, self.object))


@dataclass(frozen=True, slots=True)
class BGP:
    """A basic graph pattern."""

    triples: tuple[TriplePattern, ...]


@dataclass(frozen=True, slots=True)
class PathPattern:
    """A property path that is not reducible to triples."""

    subject: PatternTerm
    path: Path
    object: PatternTerm


@dataclass(frozen=True, slots=True)
class Join:
    """Both."""

    left: Pattern
    right: Pattern


@dataclass(frozen=True, slots=True)
class LeftJoin:
    """OPTIONAL with the filter of its group, None when it has none."""

    left: Pattern
    right: Pattern
    condition: Expr | None


@dataclass(frozen=True, slots=True)
class Union:
    """Either."""

    left: Pattern
    right: Pattern


@dataclass(frozen=True, slots=True)
class Minus:
    """Left without what is compatible with right."""

    left: Pattern
    right: Pattern


@dataclass(frozen=True, slots=True)
class Filter:
    """Solutions of which the condition is true."""

    condition: Expr
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Extend:
    """BIND and expressions of SELECT."""

    pattern: Pattern
    variable: Var
    expression: Expr


@dataclass(frozen=True, slots=True)
class Values:
    """Inline data; None is UNDEF."""

    variables: tuple[Var, ...]
    rows: tuple[tuple[IRI | Literal | None, ...], ...]


@dataclass(frozen=True, slots=True)
class GraphPattern:
    """GRAPH."""

    name: Var | IRI
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Service:
    """SERVICE; never sent anywhere."""

    name: Var | IRI
    pattern: Pattern
    silent: bool


@dataclass(frozen=True, slots=True)
class Group:
    """GROUP BY on variables, with the aggregates that each group yields."""

    pattern: Pattern
    keys: tuple[Var, ...]
    aggregates: tuple[tuple[Var, Aggregate], ...]


@dataclass(frozen=True, slots=True)
class Project:
    """The selected variables."""

    pattern: Pattern
    variables: tuple[Var, ...]


@dataclass(frozen=True, slots=True)
class Distinct:
    """DISTINCT, or REDUCED when `reduced`."""

    pattern: Pattern
    reduced: bool = False


@dataclass(frozen=True, slots=True)
class OrderKey:
    """One condition of ORDER BY."""

    expression: Expr
    descending: bool = False


@dataclass(frozen=True, slots=True)
class OrderBy:
    """ORDER BY."""

    pattern: Pattern
    keys: tuple[OrderKey, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """LIMIT and OFFSET; `limit` is None when there is none."""

    pattern: Pattern
    offset: int
    limit: int | None


Pattern: TypeAlias = (
    BGP
    | PathPattern
    | Join
    | LeftJoin
    | Union
    | Minus
    | Filter
    | Extend
    | Values
    | GraphPattern
    | Service
    | Group
    | Project
    | Distinct
    | OrderBy
    | Slice
)

UNIT = BGP(())
"""The empty group: one solution that binds nothing."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query: its form (`SELECT`, `ASK`, `CONSTRUCT`, `DESCRIBE`), pattern and variables.

    `datasets` are the IRIs of FROM and FROM NAMED.
    """

    form: str
    pattern: Pattern
    variables: tuple[Var, ...]
    datasets: tuple[IRI, ...] = ()
