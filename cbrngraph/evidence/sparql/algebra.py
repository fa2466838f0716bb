"""SPARQL 1.1 Query Language, section 18: the algebra as frozen values.

A blank node of a query and the joint of a property path are variables with a name of their own
(`Var.hidden`): they take part in matching and are never selected by `SELECT *`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from cbrngraph.evidence.sparql.node import Node
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


class Var(str):
    """A variable by its name, without the question mark."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """The name as plain text."""
        return str(self)

    @property
    def hidden(self) -> bool:
        """Whether the variable was made by the translation, not written by the author."""
        return self.name.startswith(HIDDEN)


PatternTerm: TypeAlias = Var | IRI | BNode | Literal


# --- expressions (section 17) -------------------------------------------------------------


class Apply(Node):
    """An operator: `&& || ! = != < > <= >= + - * / neg pos in notin`."""

    op: str
    args: tuple[Expr, ...]


class Call(Node):
    """A builtin (upper case name) or a function named by an IRI."""

    function: str
    args: tuple[Expr, ...]
    distinct: bool = False


class Exists(Node):
    """EXISTS, or NOT EXISTS when `negated`."""

    pattern: Pattern
    negated: bool = False


class Aggregate(Node):
    """An aggregate; `argument` is None for `COUNT(*)`."""

    function: str
    argument: Expr | None
    distinct: bool = False
    separator: str | None = None


Expr: TypeAlias = Var | IRI | Literal | Apply | Call | Exists | Aggregate


# --- property paths (section 9) -----------------------------------------------------------


class Inverse(Node):
    """`^path`."""

    path: Path


class Sequence(Node):
    """`first / second`."""

    first: Path
    second: Path


class Alternative(Node):
    """`first | second`."""

    first: Path
    second: Path


class Closure(Node):
    """`path*`, `path+` or `path?` by its operator."""

    path: Path
    op: str


class Negated(Node):
    """`!(forward | ^backward)`."""

    forward: tuple[IRI, ...]
    backward: tuple[IRI, ...]


Path: TypeAlias = IRI | Inverse | Sequence | Alternative | Closure | Negated


# --- graph patterns -----------------------------------------------------------------------


class TriplePattern(Node):
    """Subject, predicate, object, each a term or a variable."""

    subject: PatternTerm
    predicate: PatternTerm
    object: PatternTerm

    def __iter__(self) -> Iterator[PatternTerm]:
        return iter((self.subject, self.predicate, self.object))


class BGP(Node):
    """A basic graph pattern."""

    triples: tuple[TriplePattern, ...]


class PathPattern(Node):
    """A property path that is not reducible to triples."""

    subject: PatternTerm
    path: Path
    object: PatternTerm


class Join(Node):
    """Both."""

    left: Pattern
    right: Pattern


class LeftJoin(Node):
    """OPTIONAL with the filter of its group, None when it has none."""

    left: Pattern
    right: Pattern
    condition: Expr | None


class Union(Node):
    """Either."""

    left: Pattern
    right: Pattern


class Minus(Node):
    """Left without what is compatible with right."""

    left: Pattern
    right: Pattern


class Filter(Node):
    """Solutions of which the condition is true."""

    condition: Expr
    pattern: Pattern


class Extend(Node):
    """BIND and expressions of SELECT."""

    pattern: Pattern
    variable: Var
    expression: Expr


class Values(Node):
    """Inline data; None is UNDEF."""

    variables: tuple[Var, ...]
    rows: tuple[tuple[IRI | Literal | None, ...], ...]


class GraphPattern(Node):
    """GRAPH."""

    name: Var | IRI
    pattern: Pattern


class Service(Node):
    """SERVICE; never sent anywhere."""

    name: Var | IRI
    pattern: Pattern
    silent: bool


class Group(Node):
    """GROUP BY on variables, with the aggregates that each group yields."""

    pattern: Pattern
    keys: tuple[Var, ...]
    aggregates: tuple[tuple[Var, Aggregate], ...]


class Project(Node):
    """The selected variables."""

    pattern: Pattern
    variables: tuple[Var, ...]


class Distinct(Node):
    """DISTINCT, or REDUCED when `reduced`."""

    pattern: Pattern
    reduced: bool = False


class OrderKey(Node):
    """One condition of ORDER BY."""

    expression: Expr
    descending: bool = False


class OrderBy(Node):
    """ORDER BY."""

    pattern: Pattern
    keys: tuple[OrderKey, ...]


class Slice(Node):
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


class Query(Node):
    """A query: its form (`SELECT`, `ASK`, `CONSTRUCT`, `DESCRIBE`), pattern and variables.

    `datasets` are the IRIs of FROM and FROM NAMED.
    """

    form: str
    pattern: Pattern
    variables: tuple[Var, ...]
    datasets: tuple[IRI, ...] = ()
