"""An answer as an HTML table for notebooks; every text of the graph is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from cbrngraph.model import IRI, Literal, Term
from cbrngraph.names.labels import curie

if TYPE_CHECKING:
    from cbrngraph.results.result import Result

__all__ = ["page"]

_ROWS = 200


def page(result: Result) -> str:
    """Return the answer as HTML: at most 200 rows, labels as links to the things' IRIs."""
    if result.kind == "ask":
        return f"<p><strong>{'yes' if result else 'no'}</strong></p>"
    if result.kind == "graph":
        columns: tuple[str, ...] = ("subject", "predicate", "object")
        rows: Sequence[tuple[Term | None, ...]] = [
            tuple(triple) for triple in sorted(result.triples, key=_sorting)
        ]
    else:
        columns, rows = result.variables, result.terms
    labels = result.labels
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    body = "\n".join(
        "<tr>" + "".join(_cell(term, labels) for term in row) + "</tr>" for row in rows[:_ROWS]
    )
    noun = "row" if len(rows) == 1 else "rows"
    more = f", the first {_ROWS} shown" if len(rows) > _ROWS else ""
    return (
        f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n"
        f"<p>{len(rows)} {noun}{more}</p>"
    )


def _cell(term: Term | None, labels: dict[str, str]) -> str:
    if term is None:
        return "<td></td>"
    if isinstance(term, IRI):
        text = escape(labels.get(term) or curie(term))
        if term.startswith(("http://", "https://")):
            return f'<td><a href="{escape(term)}" title="{escape(curie(term))}">{text}</a></td>'
        return f"<td>{text}</td>"
    if isinstance(term, Literal) and term.is_number:
        return f'<td style="text-align:right">{escape(str(term))}</td>'
    return f"<td>{escape(str(term))}</td>"


def _sorting(triple: tuple[Term, ...]) -> tuple[str, ...]:
    return tuple(term.n3() for term in triple)
