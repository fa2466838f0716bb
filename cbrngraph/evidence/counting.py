"""Reported figures against what the view can count, by the project's own stored query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cbrngraph.describe import passages_of
from cbrngraph.evidence.kinds import Kind
from cbrngraph.model import IRI, Literal, Passage, Triple
from cbrngraph.namespaces import CBRN, XSD
from cbrngraph.queries import find_query
from cbrngraph.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cbrngraph.build import Snapshot

__all__ = ["QUERY", "Count", "counts"]

# Its columns thing, measure, reported and counted are read, by name; others are free.
QUERY = "reported-against-counted"
_TRUE = Literal("true", XSD.boolean)


@dataclass(frozen=True, slots=True)
class Count:
    """A figure that a source reports and the different number that the view gives."""

    thing: IRI
    figure: IRI
    measure: IRI
    reported: Literal
    counted: Literal
    passages: tuple[Passage, ...]
    kind: Kind
    reason: str


def counts(snapshot: Snapshot) -> Iterator[Count]:
    """Yield the figures that differ from the count; none where the project has no such query.

    Where nothing at all can be counted, nothing is compared: the graph does not say "none".
    """
    if QUERY not in snapshot.project.query_slugs():
        return
    answer = snapshot.store.select(find_query(snapshot.project, QUERY).sparql)
    at = {name: place for place, name in enumerate(answer.variables)}
    seen: set[tuple[IRI, IRI]] = set()
    for row in answer.rows:
        thing, measure, reported, counted = (
            row[at[name]] for name in ("thing", "measure", "reported", "counted")
        )
        if not isinstance(thing, IRI) or not isinstance(measure, IRI):
            continue
        if not isinstance(reported, Literal) or not isinstance(counted, Literal):
            continue
        if (thing, measure) not in seen:
            seen.add((thing, measure))
            found = _compared(snapshot.store, thing, measure, reported, counted)
            if found is not None:
                yield found


def _compared(
    store: Store, thing: IRI, measure: IRI, reported: Literal, counted: Literal
) -> Count | None:
    told, number = int(reported.value), int(counted.value)
    if number in (told, 0):
        return None
    figure = _figure(store, thing, measure, reported)
    if figure is None:
        return None
    graphs = [q.graph for q in store.match(figure, IRI(CBRN.figureValue), reported, any_graph=True)]
    passages = passages_of(store, [graph for graph in graphs if isinstance(graph, IRI)])
    latest = sorted(passages.values(), key=lambda p: p.as_of or p.source.issued, reverse=True)
    kind: Kind
    if number < told:
        kind = "scope"
        reason = f"the sources name {number} of the {told} that are reported"
    elif store.contains(Triple(measure, IRI(CBRN.timeVarying), _TRUE)):
        kind = "change-over-time"
        reason = f"{number} are named at one time or another, {told} are reported for one time"
    else:
        kind = "contradiction"
        reason = f"the sources name {number}, more than the {told} that are reported"
    return Count(thing, figure, measure, reported, counted, tuple(latest), kind, reason)


def _figure(store: Store, thing: IRI, measure: IRI, value: Literal) -> IRI | None:
    for quad in store.match(None, IRI(CBRN.figureOf), thing):
        node = quad.subject
        counts_it = isinstance(node, IRI) and store.contains(
            Triple(node, IRI(CBRN.measure), measure)
        )
        if counts_it and store.contains(Triple(node, IRI(CBRN.figureValue), value)):
            return IRI(node)
    return None
