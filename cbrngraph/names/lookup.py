"""From what people type to a thing: IRI, CURIE, slug, code or name, in any spelling of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from cbrngraph.errors import UnknownNameError, UsageError
from cbrngraph.model import IRI, Literal
from cbrngraph.names.folding import fold, near, pattern, unpad
from cbrngraph.names.labels import curie, labels_of, slug_of
from cbrngraph.namespaces import BASE, CBRN, DCTERMS, PREFIXES, RDFS, SKOS
from cbrngraph.store import Store

if TYPE_CHECKING:
    from cbrngraph.build import Snapshot

__all__ = ["NAMES", "Ranked", "beginning", "best", "called", "find_thing", "names_of"]

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
_NUMBERED = r"(?i)(\D*[^\W\d])\s+(?:no\.?\s*|#\s*)?0*([1-9]\d*)"
_PRINTED = r"(.*\S)\s+\(([^()]+)\)"

# Things that a text may mean, each with the rank of the name by which it does; lower goes first.
Ranked: TypeAlias = "list[tuple[int, IRI]]"


def find_thing(snapshot: Snapshot, text: str) -> IRI:
    """Return the one thing in a view that is called `text`.

    In a view at a date a thing is found by its later names too.

    Raises:
        UnknownNameError: nothing is; the nearest names are suggested.
        UsageError: several things are, and the message lists them; or it was not known then.
    """
    store = snapshot.store
    try:
        return _find(store, text)
    except UnknownNameError:
        if snapshot.view.day is None:
            raise
    whole = snapshot.uncut.store
    thing = _find(whole, text)
    if not _is_there(store, thing):
        known = _told(whole, [thing])[0]
        raise UsageError(f"no source that was issued by {snapshot.view.as_of} speaks of {known}")
    return thing


def _find(store: Store, text: str) -> IRI:
    for found in called(store, text):
        things = best(found)
        if len(things) == 1:
            return things[0]
        raise _ambiguous(store, text, things)
    raise UnknownNameError(
        "thing", text, _near(store, text), "'cbrngraph search WORD' looks into all texts"
    )


def called(store: Store, text: str) -> Iterator[Ranked]:
    """Yield the things that `text` may mean: those that it means most likely first, none empty.

    It is an IRI or the end of one, a name as it stands, one without regard to case, accents or
    the zeros before a number, a class with a number (`Project 87`), or what tables print
    (`Uzbekistan (UZB)`, and `AFG-central-asia` for what has no name).

    Raises:
        UsageError: the text is empty.
    """
    wanted = bare(text)
    if not wanted:
        raise UsageError("an empty name; give an IRI, a slug, a code or a name")
    for iri in _as_iri(wanted):
        if _is_there(store, iri):
            yield [(0, iri)]
    for look in (_exactly, _folded, _by_number, _as_printed, _by_end):
        for found in look(store, wanted):
            if found:
                yield found


def bare(text: str) -> str:
    """Return what was typed without spaces around it and the brackets of an IRI."""
    text = text.strip()
    return text[1:-1] if text.startswith("<") and text.endswith(">") else text


def best(found: Ranked) -> list[IRI]:
    """Return the things of the first rank, sorted."""
    rank = min(rank for rank, _ in found)
    things = sorted({thing for at, thing in found if at == rank})
    # Every line of evidence shows the slug of a document, so that is what such a slug means.
    documents = [thing for thing in things if thing.startswith(_SOURCE) and "#" not in thing]
    return documents if len(documents) == 1 else things


def beginning(store: Store, text: str) -> list[IRI]:
    """Return the things of which a name begins so, without regard to case and accents.

    Those whose slug does go first; then they are sorted by name.
    """
    like = f'FILTER(REGEX(STR(?name), {Literal("^" + pattern(text)).n3()}, "i"))'
    found = sorted(
        (NAMES[property_] > 0, fold(name), thing)
        for thing, property_, name in _names(store, f"?thing ?property ?name {like}")
        if fold(name).startswith(fold(text))
    )
    return list(dict.fromkeys(thing for *_, thing in found))


def names_of(store: Store, things: Iterable[IRI] | None = None) -> Iterator[tuple[str, IRI]]:
    """Yield the names of things, or of all things, each with its thing."""
    values = "" if things is None else " ".join(thing.n3() for thing in things)
    only = f"VALUES ?thing {{ {values} }}" if things is not None else ""
    for thing, _, name in _names(store, f"{only} ?thing ?property ?name"):
        yield name, thing


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


def _exactly(store: Store, text: str) -> Iterator[Ranked]:
    yield [
        (NAMES[quad.predicate], quad.subject)
        for literal in (Literal(text), _english(text))
        for quad in store.match(None, None, literal)
        if quad.predicate in NAMES and isinstance(quad.subject, IRI)
    ]


def _folded(store: Store, text: str) -> Iterator[Ranked]:
    """Names in any case first, then without accents, then without the zeros of a number."""
    like = f'FILTER(REGEX(STR(?name), {Literal(pattern(text, whole=True)).n3()}, "i"))'
    names = "?thing ?property ?name"
    # Names that lost in the view still lead to the thing, after those that won.
    for where in (f"{names} {like}", f"GRAPH ?graph {{ {names} }} {like}"):
        found = list(_names(store, where))
        for way in (str.casefold, fold, lambda name: unpad(fold(name))):
            wanted = way(text)
            yield [(NAMES[p], thing) for thing, p, name in found if way(name) == wanted]


def _names(store: Store, where: str) -> Iterator[tuple[IRI, str, str]]:
    properties = " ".join(f"<{name}>" for name in NAMES)
    rows = store.select(
        f"SELECT DISTINCT ?thing ?property ?name {{ VALUES ?property {{ {properties} }} {where} }}"
    ).rows
    for thing, property_, name in rows:
        if isinstance(thing, IRI):
            yield thing, str(property_), str(name)


def _by_number(store: Store, text: str) -> Iterator[Ranked]:
    """What a class and a number name: `Project 87`, `project no. 087`."""
    numbered = re.fullmatch(_NUMBERED, text)
    if numbered is None:
        return
    kind, number = (Literal(part.casefold()).n3() for part in numbered.groups())
    rows = store.select(
        f"SELECT DISTINCT ?thing {{ ?class <{RDFS.label}> ?kind FILTER(LCASE(STR(?kind)) = {kind}) "
        f"?thing a ?class ; <{CBRN.number}> ?number "
        f'FILTER(REPLACE(STR(?number), "^0+", "") = {number}) }}'
    ).rows
    yield [(NAMES[CBRN.number], thing) for (thing,) in rows if isinstance(thing, IRI)]


def _as_printed(store: Store, text: str) -> Iterator[Ranked]:
    """A label with the slug behind it, which must be of the same thing."""
    printed = re.fullmatch(_PRINTED, text)
    if printed is None:
        return
    slug = printed[2].strip().casefold()
    for found in called(store, printed[1]):
        yield [(rank, thing) for rank, thing in found if slug_of(thing).casefold() == slug]


def _by_end(store: Store, text: str) -> Iterator[Ranked]:
    """What has no name of its own is printed by the end of its IRI: `AFG-central-asia`."""
    if re.fullmatch(r"[\w.-]+", text):
        ends = (IRI(base + text) for base in PREFIXES.values() if base.startswith(BASE + "id/"))
        yield [(0, iri) for iri in ends if _is_there(store, iri)]


def _english(text: str) -> Literal:
    return Literal(text, "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString", "en")


def _ambiguous(store: Store, text: str, things: list[IRI]) -> UsageError:
    lines = [f"  {line}" for line in _told(store, things[:_LISTED])]
    if len(things) > _LISTED:
        lines.append(f"  and {len(things) - _LISTED} more")
    listed = "\n".join(lines)
    return UsageError(f"{text!r} is the name of {len(things)} things; give one of\n{listed}")


def _told(store: Store, things: list[IRI]) -> list[str]:
    labels = labels_of(store, things)
    return [f"{curie(thing)}  {labels.get(thing, '')}".rstrip() for thing in things]


def _near(store: Store, text: str) -> tuple[str, ...]:
    wanted = _grams(fold(text))
    scored = sorted(
        (-len(wanted & _grams(fold(name))), name, thing) for name, thing in names_of(store)
    )
    pool = [(name, thing) for score, name, thing in scored[:_NEAR_POOL] if score]
    return tuple(name for name, _ in near(text, pool))


def _grams(folded: str) -> set[str]:
    padded = f" {folded} "
    return {padded[at : at + 2] for at in range(len(padded) - 1)}
