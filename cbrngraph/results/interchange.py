"""Terms and answers in rdflib and pandas, with every lexical form kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from cbrngraph.errors import UsageError
from cbrngraph.model import IRI, BNode, Literal, Quad, Term, Triple

if TYPE_CHECKING:
    import pandas as pd
    import rdflib
    import rdflib.query

    from cbrngraph.results.result import Result

__all__ = ["dataset", "graph", "rdflib_result", "rdflib_term", "table"]

_XSD = "http://www.w3.org/2001/XMLSchema#"


def rdflib_term(term: Term) -> rdflib.URIRef | rdflib.BNode | rdflib.Literal:
    """Return rdflib's term; a literal is not normalised, so `01.50` stays `01.50`."""
    import rdflib

    if isinstance(term, Literal):
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        if term.datatype == _XSD + "string":
            return rdflib.Literal(term.value)
        return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype), normalize=False)
    return rdflib.BNode(str(term)) if isinstance(term, BNode) else rdflib.URIRef(str(term))


def graph(triples: Iterable[Triple]) -> rdflib.Graph:
    """Return an rdflib graph of triples with the project's prefixes bound."""
    import rdflib

    made = rdflib.Graph(bind_namespaces="none")
    _bind(made)
    for subject, predicate, object_ in triples:
        made.add((rdflib_term(subject), rdflib_term(predicate), rdflib_term(object_)))
    return made


def dataset(quads: Iterable[Quad]) -> rdflib.Dataset:
    """Return an rdflib dataset of quads; the graph None is its default graph."""
    import rdflib

    made = rdflib.Dataset(default_union=False)
    _bind(made)
    graphs: dict[IRI | BNode | None, rdflib.Graph] = {None: made.default_graph}
    for subject, predicate, object_, name in quads:
        if name not in graphs and name is not None:
            graphs[name] = made.graph(rdflib.URIRef(str(name)))
        graphs[name].add((rdflib_term(subject), rdflib_term(predicate), rdflib_term(object_)))
    return made


def rdflib_result(result: Result) -> rdflib.query.Result:
    """Return the answer as rdflib's own result object."""
    import rdflib
    from rdflib.query import Result as RdflibResult

    if result.kind == "ask":
        answer = RdflibResult("ASK")
        answer.askAnswer = bool(result)
    elif result.kind == "graph":
        answer = RdflibResult("CONSTRUCT")
        answer.graph = graph(result.triples)
    else:
        answer = RdflibResult("SELECT")
        variables = [rdflib.Variable(name) for name in result.variables]
        answer.vars = variables
        answer.bindings = [
            {
                variable: rdflib_term(term)
                for variable, term in zip(variables, row._terms, strict=True)
                if term is not None
            }
            for row in result
        ]
    return answer


def table(result: Result, *, labels: bool) -> pd.DataFrame:
    """Return a SELECT's rows as a data frame.

    Whole-number columns become `Int64`, other numbers `Float64`, full dates `datetime64`; IRIs
    and partial dates stay text. With `labels` each IRI column has a `<name>_label` beside it.
    """
    try:
        import pandas as pd
    except ImportError:
        raise UsageError(
            "to_pandas() needs pandas; install it with: pip install 'cbrngraph[pandas]'"
        ) from None
    columns: dict[str, Any] = {}
    names = result.labels if labels else {}
    for index, variable in enumerate(result.variables):
        terms = [row._terms[index] for row in result]
        columns[variable] = _series(pd, terms)
        if labels and any(isinstance(term, IRI) for term in terms):
            texts = [names.get(term) if isinstance(term, IRI) else None for term in terms]
            columns[variable + "_label"] = pd.Series(texts, dtype="string")
    return pd.DataFrame(columns)


def _series(pd: Any, terms: list[Term | None]) -> Any:
    from datetime import date, datetime
    from decimal import Decimal

    values = [term.python if isinstance(term, Literal) else term for term in terms]
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return pd.Series(values, dtype="boolean")
    if kinds == {int}:
        return pd.Series(values, dtype="Int64")
    if kinds and kinds <= {int, float, Decimal}:
        numbers = [None if value is None else float(value) for value in values]  # type: ignore[arg-type]
        return pd.Series(numbers, dtype="Float64")
    if kinds and kinds <= {date, datetime}:
        return pd.to_datetime(pd.Series(values, dtype="object"))
    if kinds and kinds <= {IRI, str, BNode}:
        return pd.Series([None if v is None else str(v) for v in values], dtype="string")
    return pd.Series(values, dtype="object")


def _bind(target: Any) -> None:
    from cbrngraph.namespaces import PREFIXES

    for prefix, base in PREFIXES.items():
        target.bind(prefix, base, override=True, replace=True)
