"""Things whose texts hold some words."""

from __future__ import annotations

from dataclasses import dataclass

from cbrngraph.build import Snapshot
from cbrngraph.errors import UsageError
from cbrngraph.model import IRI, Literal
from cbrngraph.names.folding import fold, pattern
from cbrngraph.names.lookup import NAMES
from cbrngraph.namespaces import BASE, RDF
from cbrngraph.results import labels_of, slug_of
from cbrngraph.store import Store

__all__ = ["Hit", "search"]

_GROUPS = 4


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found: its kinds, and the property and text that hold the words."""

    iri: str
    slug: str
    label: str
    kinds: tuple[str, ...]
    property: str
    text: str


def search(snapshot: Snapshot, text: str, limit: int | None = None) -> tuple[Hit, ...]:
    """Return the things with a text that holds all words of `text`; best first.

    Neither case nor accents count.

    Names go before other texts, whole names before beginnings, shorter texts before longer.

    Raises:
        UsageError: there is no word in `text`.
    """
    words = fold(text).split()
    if not words:
        raise UsageError("nothing to search for; give a word")
    best: dict[IRI, tuple[tuple[int, int, int, str], str, str]] = {}
    for thing, property_, found in _texts(snapshot.store, words):
        score = _score(thing, property_, fold(found), " ".join(words))
        if thing not in best or score < best[thing][0]:
            best[thing] = (score, property_, found)
    ordered = sorted(best, key=lambda thing: (best[thing][0], thing))[:limit]
    kinds = _kinds(snapshot.store, ordered)
    names = {best[thing][1] for thing in ordered} | {k for own in kinds.values() for k in own}
    labels = labels_of(snapshot.store, {*ordered, *names})
    return tuple(
        Hit(
            iri=str(thing),
            slug=slug_of(thing),
            label=labels.get(thing, slug_of(thing)),
            kinds=tuple(labels.get(kind, slug_of(kind)) for kind in kinds.get(thing, ())),
            property=labels.get(best[thing][1], slug_of(best[thing][1])),
            text=best[thing][2],
        )
        for thing in ordered
    )


def _texts(store: Store, words: list[str]) -> list[tuple[IRI, str, str]]:
    tests = " && ".join(f'REGEX(?said, {Literal(pattern(word)).n3()}, "i")' for word in words)
    rows = store.select(
        "SELECT ?thing ?property ?text { ?thing ?property ?text "
        f"FILTER(isLiteral(?text)) BIND(STR(?text) AS ?said) FILTER({tests}) }}"
    ).rows
    return [
        (thing, str(property_), str(found))
        for thing, property_, found in rows
        if type(thing) is IRI and all(word in fold(str(found)) for word in words)
    ]


def _score(thing: str, property_: str, found: str, wanted: str) -> tuple[int, int, int, str]:
    place = 0 if found == wanted else 1 if found.startswith(wanted) else 2
    return (_group(thing) + _GROUPS * (property_ not in NAMES), place, len(found), found)


def _group(thing: str) -> int:
    """Things go before documents, those before the vocabulary, and that before passages."""
    if thing.startswith(BASE + "id/"):
        return 0
    if thing.startswith(BASE + "source/"):
        return 3 if "#" in thing else 1
    return 2


def _kinds(store: Store, things: list[IRI]) -> dict[IRI, list[str]]:
    """Return the project's own classes of each thing, without those above another of them."""
    if not things:
        return {}
    values = " ".join(thing.n3() for thing in things)
    rows = store.select(
        f"PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> SELECT ?thing ?kind {{ "
        f"VALUES ?thing {{ {values} }} ?thing <{RDF.type}> ?kind "
        f"FILTER(STRSTARTS(STR(?kind), {Literal(BASE).n3()})) "
        f"FILTER NOT EXISTS {{ ?thing <{RDF.type}> ?lower . ?lower rdfs:subClassOf ?kind "
        "FILTER(?lower != ?kind) } } ORDER BY ?thing ?kind"
    ).rows
    found: dict[IRI, list[str]] = {}
    for thing, kind in rows:
        if isinstance(thing, IRI):
            found.setdefault(thing, []).append(str(kind))
    return found
