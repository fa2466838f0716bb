"""Quality queries: stored queries with the tag `check`, each row of which is a finding.

The first column is the thing at fault; columns `?property` and `?value` name the statement. A row
whose column `?difference` is 0 or empty is in order. The header's `message` says what is wrong,
with the row's values in `{?name}`; the first sentence of its description is the rule in words.
"""

from __future__ import annotations

from collections.abc import Iterator

from cbrngraph.errors import QueryError
from cbrngraph.model import IRI, BNode, Literal, Term
from cbrngraph.queries import Catalogue, StoredQuery
from cbrngraph.resources import Project
from cbrngraph.store import Store
from cbrngraph.validate.paths import Path
from cbrngraph.validate.report import Finding
from cbrngraph.validate.vocabulary import SH
from cbrngraph.validate.words import fill, short

__all__ = ["CHECK", "COMPONENT", "checks", "run_checks"]

CHECK = "check"
COMPONENT = IRI("https://w3id.org/cbrngraph/ontology#QualityQuery")
ENGINE = "quality query"
_UNSAID = "This is what the check looks for."
_DIFFERENCE = "difference"
_TOPIC = "quality"
_SEVERITIES = {
    "violation": IRI(SH + "Violation"),
    "warning": IRI(SH + "Warning"),
    "info": IRI(SH + "Info"),
}


def checks(project: Project) -> tuple[StoredQuery, ...]:
    """Return the quality queries of a project, by name."""
    catalogue = Catalogue(project)
    if _TOPIC not in catalogue.topics():
        return ()
    return tuple(q for q in catalogue.select(_TOPIC) if CHECK in q.tags)


def run_checks(queries: tuple[StoredQuery, ...], store: Store) -> Iterator[Finding]:
    """Yield what the quality queries find in a store.

    Raises:
        QueryError: a query does not parse, or its first column is not a thing.
    """
    for query in queries:
        solutions = store.select(query.sparql, query.path)
        for row in solutions.rows:
            if not _in_order(solutions.variables, row):
                yield _finding(query, solutions.variables, row)


def _in_order(names: tuple[str, ...], row: tuple[Term | None, ...]) -> bool:
    if _DIFFERENCE not in names:
        return False
    difference = row[names.index(_DIFFERENCE)]
    return not isinstance(difference, Literal) or difference.python == 0


def _finding(query: StoredQuery, names: tuple[str, ...], row: tuple[Term | None, ...]) -> Finding:
    focus = row[0]
    if not isinstance(focus, IRI | BNode):
        raise QueryError(
            f"a check's first column must be a thing, and ?{names[0]} is not", path=query.path
        )
    bound = {name: term for name, term in zip(names, row, strict=True) if term is not None}
    property_ = bound.get("property")
    return Finding(
        severity=_SEVERITIES[query.severity or "warning"],
        rule=IRI(query.iri),
        title=_first_sentence(query.description),
        component=COMPONENT,
        focus=focus,
        shape=IRI(query.iri),
        message=fill(query.message or _UNSAID, {n: short(t) for n, t in bound.items()}),
        path=Path(iri=property_) if isinstance(property_, IRI) else None,
        value=bound.get("value"),
        engine=ENGINE,
        values=tuple(bound.items()),
    )


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].rstrip(".")
