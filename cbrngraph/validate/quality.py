"""Quality queries: stored queries with the tag `check`, each row of which is a finding.

The first column is the thing at fault; a column `?property` and `?value` name the statement, the
other columns are said in the message. The header's description is the rule in words.
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
from cbrngraph.validate.words import short

__all__ = ["CHECK", "COMPONENT", "checks", "run_checks"]

CHECK = "check"
COMPONENT = IRI("https://w3id.org/cbrngraph/ontology#QualityQuery")
ENGINE = "quality query"
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
            yield _finding(query, solutions.variables, row)


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
        title=query.summary,
        component=COMPONENT,
        focus=focus,
        shape=IRI(query.iri),
        message=_message(query, names, bound),
        path=Path(iri=property_) if isinstance(property_, IRI) else None,
        value=bound.get("value"),
        messages=(Literal(_first_sentence(query.description)),),
        engine=ENGINE,
        fix=_second_sentence(query.description),
        values=tuple(bound.items()),
    )


def _message(query: StoredQuery, names: tuple[str, ...], bound: dict[str, Term]) -> str:
    told = [f"{_words(n)} {short(bound[n])}" for n in names[1:] if n in bound]
    rule = _first_sentence(query.description).rstrip(".")
    return f"{rule}: {', '.join(told)}." if told else f"{rule}."


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].rstrip(".") + "."


def _second_sentence(text: str) -> str:
    return text.partition(". ")[2].strip()


def _words(name: str) -> str:
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
