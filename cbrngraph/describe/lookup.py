"""From what people type to a thing: IRI, CURIE, slug, code or name, in any case."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cbrngraph.errors import UnknownNameError, UsageError, nearest
from cbrngraph.model import IRI, Literal
from cbrngraph.namespaces import BASE, CBRN, DCTERMS, PREFIXES, RDFS, SKOS
from cbrngraph.results import curie, labels_of
from cbrngraph.store import Store

__all__ = ["NAMES", "find_thing"]

# Lower goes first: a slug is meant before a code, a code before a name, a name before a variant.
NAMES: dict[str, int] = {
    DCTERMS.identifier: 0,
    CBRN.isoAlpha3: 1,
    CBRN.isoAlpha2: 1,
    CBRN.isoNumeric: 1,
    CBRN.acronym: 1,
    CBRN.number: 1,
    CBRN.regionCode: 1,
    SKOS.prefLabel: 2,
    DCTERMS.title: 2,
    RDFS.label: 2,
    SKOS.altLabel: 3,
}
_LISTED = 8
_SOURCE = BASE + "source/"
_NEAR_POOL = 60
_NUMBERED = re.compile(r"(\D*[^\W\d])\s+(?:no\.?\s*|#\s*)?0*([1-9]\d*)", re.IGNORECASE)


def find_thing(store: Store, text: str) -> IRI:
    """Return the one thing in the view that is called `text`.

    Raises:
        UnknownNameError: nothing is; the nearest names are suggested.
        UsageError: several things are; the message lists them.
    """
    wanted = text.strip()
    if wanted.startswith("<") and wanted.endswith(">"):
        wanted = wanted[1:-1]
    if not wanted:
        raise UsageError("an empty name; give an IRI, a slug, a code or a name")
    for iri in _as_iri(wanted):
        if _is_there(store, iri):
            return iri
    for look in (_exactly, _any_case, _by_number):
        things = _best(look(store, wanted))
        if len(things) == 1:
            return things[0]
        if things:
            raise _ambiguous(store, text, things)
    raise UnknownNameError(
        "thing", text, _near(store, wanted), "'cbrngraph search WORD' looks into all texts"
    )


def _as_iri(text: str) -> Iterable[IRI]:
    if "://" in text or text.startswith("urn:"):
        yield IRI(text)
        return
    prefix, colon, local = text.partition(":")
    if colon and prefix in PREFIXES:
        yield IRI(PREFIXES[prefix] + local)
    if "/" in text or "#" in text:
        yield IRI(BASE + text)
        yield IRI(f"{BASE}id/{text}")
        yield IRI(f"{BASE}source/{text}")


def _is_there(store: Store, iri: IRI) -> bool:
    try:
        return any(
            next(store.match(subject, None, object_, any_graph=True), None) is not None
            for subject, object_ in ((iri, None), (None, iri))
        )
    except ValueError:  # no IRI by RFC 3987, so nothing in the graph has it
        return False


def _exactly(store: Store, text: str) -> list[tuple[int, IRI]]:
    return [
        (NAMES[quad.predicate], quad.subject)
        for literal in (Literal(text), _english(text))
        for quad in store.match(None, None, literal)
        if quad.predicate in NAMES and isinstance(quad.subject, IRI)
    ]


def _any_case(store: Store, text: str) -> list[tuple[int, IRI]]:
    folded = Literal(text.casefold()).n3()
    names = " ".join(f"<{name}>" for name in NAMES)
    pattern = "?thing ?property ?name"
    found: list[tuple[int, IRI]] = []
    # Names that lost in the view still lead to the thing, after those that won.
    for where in (pattern, f"GRAPH ?graph {{ {pattern} }}"):
        rows = store.select(
            f"SELECT DISTINCT ?thing ?property {{ VALUES ?property {{ {names} }} {where} "
            f"FILTER(LCASE(STR(?name)) = {folded}) }}"
        ).rows
        found = [
            (NAMES[str(property_)], thing) for thing, property_ in rows if isinstance(thing, IRI)
        ]
        if found:
            break
    return found


def _by_number(store: Store, text: str) -> list[tuple[int, IRI]]:
    """What a class and a number name: `Project 87`, `project no. 087`."""
    numbered = _NUMBERED.fullmatch(text)
    if numbered is None:
        return []
    kind, number = (Literal(part.casefold()).n3() for part in numbered.groups())
    rows = store.select(
        f"SELECT DISTINCT ?thing {{ ?class <{RDFS.label}> ?kind FILTER(LCASE(STR(?kind)) = {kind}) "
        f"?thing a ?class ; <{CBRN.number}> ?number "
        f'FILTER(REPLACE(STR(?number), "^0+", "") = {number}) }}'
    ).rows
    return [(NAMES[CBRN.number], thing) for (thing,) in rows if isinstance(thing, IRI)]


def _best(found: list[tuple[int, IRI]]) -> list[IRI]:
    if not found:
        return []
    rank = min(rank for rank, _ in found)
    things = sorted({thing for at, thing in found if at == rank})
    # Every line of evidence shows the slug of a document, so that is what such a slug means.
    documents = [thing for thing in things if thing.startswith(_SOURCE) and "#" not in thing]
    return documents if len(documents) == 1 else things


def _english(text: str) -> Literal:
    return Literal(text, "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString", "en")


def _ambiguous(store: Store, text: str, things: list[IRI]) -> UsageError:
    labels = labels_of(store, things)
    lines = [f"  {curie(thing)}  {labels.get(thing, '')}".rstrip() for thing in things[:_LISTED]]
    if len(things) > _LISTED:
        lines.append(f"  and {len(things) - _LISTED} more")
    listed = "\n".join(lines)
    return UsageError(f"{text!r} is the name of {len(things)} things; give one of\n{listed}")


def _near(store: Store, text: str) -> tuple[str, ...]:
    names = " ".join(f"<{name}>" for name in NAMES)
    rows = store.select(
        f"SELECT DISTINCT ?name {{ VALUES ?property {{ {names} }} ?thing ?property ?name }}"
    ).rows
    wanted = _grams(text)
    scored = sorted((-len(wanted & _grams(name)), name) for row in rows for name in [str(row[0])])
    return nearest(text, [name for score, name in scored[:_NEAR_POOL] if score])


def _grams(text: str) -> set[str]:
    folded = f" {text.casefold()} "
    return {folded[at : at + 2] for at in range(len(folded) - 1)}
