"""How an IRI is shown to people: its label in the graph, its CURIE, its slug."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from cbrngraph.errors import QueryError
from cbrngraph.model import IRI, Literal, Term
from cbrngraph.store import Store

__all__ = ["curie", "labels_of", "slug_of", "slugify"]

_LOCAL_AT_END = re.compile(r"(?<=[#/])\w(?:[\w.\-]*[\w\-])?\Z")
# A VALUES block of this many rows is still answered in one go.
_BATCH = 5000
_LANGUAGES = ("en", "")


def curie(iri: str) -> str:
    """Return the IRI with a known prefix, else in angle brackets.

    >>> curie("http://www.w3.org/2004/02/skos/core#prefLabel")
    'skos:prefLabel'
    >>> curie("http://example.org/")
    '<http://example.org/>'
    """
    local = _LOCAL_AT_END.search(iri)
    prefix = _prefixes().get(iri[: local.start()]) if local else None
    return f"<{iri}>" if prefix is None or local is None else f"{prefix}:{local[0]}"


@cache
def _prefixes() -> dict[str, str]:
    from cbrngraph.namespaces import PREFIXES

    return {base: prefix for prefix, base in PREFIXES.items()}


def slug_of(iri: str) -> str:
    """Return the name that people type for a thing: the last part of its IRI.

    A passage keeps its document: `fs2023#L46-...`.

    >>> slug_of("https://w3id.org/cbrngraph/id/project/P087")
    'P087'
    """
    path, hash_, fragment = iri.partition("#")
    last = path.rstrip("/").rpartition("/")[2]
    if not hash_:
        return last or iri
    return f"{last}#{fragment}" if "/source/" in path else fragment


def slugify(text: str) -> str:
    """Return text as a slug: small letters, digits and hyphens.

    >>> slugify("On-going, since May")
    'on-going-since-may'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")


def labels_of(store: Store, iris: Iterable[str]) -> dict[str, str]:
    """Return the labels of the IRIs that have one.

    `skos:prefLabel` goes before `rdfs:label`, `dcterms:title` and `schema:name`, English before
    no language before others. A passage without a label is called by its document and place.
    """
    wanted = sorted({iri for iri in iris if iri})
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _BATCH):
        batch = wanted[start : start + _BATCH]
        try:
            found.update(_best(store.select(_LABELS.format(iris=_values(batch))).rows))
        except QueryError:
            # An answer can hold an IRI that no query may write, made by a function or read
            # leniently from a file; it has no label, but its neighbours do.
            if len(batch) > 1:
                middle = len(batch) // 2
                found.update(labels_of(store, batch[:middle]))
                found.update(labels_of(store, batch[middle:]))
            continue
        passages = [iri for iri in batch if "#" in iri and iri not in found]
        if passages:
            rows = store.select(_PASSAGES.format(iris=_values(passages))).rows
            found.update((str(iri), f"{title}, {place}") for iri, title, place in rows)
    return found


def _best(rows: Iterator[Sequence[Term | None]]) -> dict[str, str]:
    best: dict[str, tuple[int, int, str]] = {}
    for iri, rank, label in rows:
        language = label.language if isinstance(label, Literal) else ""
        order = _LANGUAGES.index(language) if language in _LANGUAGES else len(_LANGUAGES)
        candidate = (int(str(rank)), order, str(label))
        key = str(iri)
        if key not in best or candidate < best[key]:
            best[key] = candidate
    return {iri: label for iri, (_, _, label) in best.items()}


def _values(iris: Sequence[str]) -> str:
    return " ".join(IRI(iri).n3() for iri in iris)


_LABELS = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?iri ?rank ?label {{
  VALUES ?iri {{ {iris} }}
  {{ ?iri skos:prefLabel ?label BIND(1 AS ?rank) }}
  UNION {{ ?iri rdfs:label ?label BIND(2 AS ?rank) }}
  UNION {{ ?iri dcterms:title ?label BIND(3 AS ?rank) }}
  UNION {{ ?iri schema:name ?label BIND(4 AS ?rank) }}
}}
"""

_PASSAGES = """
PREFIX cbrn: <https://w3id.org/cbrngraph/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT ?iri ?title ?place {{
  VALUES ?iri {{ {iris} }}
  ?iri cbrn:partOf ?source ; cbrn:locator ?place .
  ?source dcterms:title ?title .
}} ORDER BY ?iri ?title ?place
"""
