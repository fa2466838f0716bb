"""From what people type to a property or a statement."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cbrngraph.errors import UnknownNameError, UsageError, nearest
from cbrngraph.evidence.sparql.tokens import unescape
from cbrngraph.model import IRI, Literal, Term, Triple
from cbrngraph.names.lookup import find_thing
from cbrngraph.namespaces import CBRN, PREFIXES, RDFS
from cbrngraph.store import Store

if TYPE_CHECKING:
    from cbrngraph.build import Snapshot

__all__ = ["find_property", "find_statement", "is_property", "is_statement"]

_PART = re.compile(r'<[^<>\s]*>|"(?:[^"\\]|\\.)*"(?:\^\^\S+|@[\w-]+)?|\S+')
_XSD = PREFIXES["xsd"]
_NUMBERS = ((re.compile(r"[+-]?\d+"), "integer"), (re.compile(r"[+-]?\d*\.\d+"), "decimal"))
_DATES = ((re.compile(r"\d{4}-\d\d-\d\d"), "date"), (re.compile(r"\d{4}-\d\d"), "gYearMonth"))


def find_property(store: Store, text: str) -> IRI:
    """Return a property by IRI, CURIE, local name, name in the claims sheet or label.

    Raises:
        UnknownNameError: the view has none of that name; the nearest are suggested.
    """
    wanted = text.strip()
    if wanted == "a":
        return IRI(PREFIXES["rdf"] + "type")
    prefix, colon, local = wanted.partition(":")
    if wanted.startswith("<") or "://" in wanted:
        iri = IRI(wanted.removeprefix("<").removesuffix(">"))
        if _is_known(store, iri):
            return iri
        local = iri.local
    elif colon and prefix in PREFIXES:
        iri = IRI(PREFIXES[prefix] + local)
        if _is_known(store, iri):
            return iri
    else:
        local = wanted
    names = _property_names(store)
    found = names.get(wanted.casefold())
    if found is None:
        told = {iri.local for iri in names.values()} | {name for name in names if "-" in name}
        raise UnknownNameError(
            "property", text, nearest(local, told), "'cbrngraph show THING' lists what it has"
        )
    return found


def _is_known(store: Store, property_: IRI) -> bool:
    """Whether something has the property, or the ontology describes it."""
    used = next(store.match(None, property_, any_graph=True), None)
    return used is not None or next(store.match(property_), None) is not None


def _property_names(store: Store) -> dict[str, IRI]:
    """Every name of every property in use; an own term goes before a foreign one."""
    rows = store.select(
        f"SELECT DISTINCT ?p ?name {{ {{ SELECT DISTINCT ?p {{ ?s ?p ?o }} }} "
        f"OPTIONAL {{ ?p <{RDFS.label}>|<{CBRN.sheetName}> ?name }} }}"
    ).rows
    found: dict[str, IRI] = {}
    ordered = sorted(rows, key=lambda row: (not str(row[0]).startswith(PREFIXES["cbrn"]), str(row)))
    for property_, name in ordered:
        if isinstance(property_, IRI):
            found.setdefault(property_.local.casefold(), property_)
            if name is not None:
                found.setdefault(str(name).casefold(), property_)
    return found


def is_statement(text: str) -> bool:
    """Whether a text has three parts, the second of which looks like a property."""
    parts = _PART.findall(text)
    if len(parts) != 3:
        return False
    middle = parts[1]
    return middle == "a" or middle.startswith("<") or ":" in middle or middle[:1].islower()


def is_property(text: str) -> bool:
    """Whether a text is written as a property is, with a known prefix."""
    prefix, colon, local = text.partition(":")
    return bool(colon and local) and prefix in PREFIXES and " " not in text


def find_statement(snapshot: Snapshot, text: str) -> Triple:
    """Return the triple of a text in three parts.

    Raises:
        UnknownNameError: the subject, property or value is not known.
        UsageError: the text has not three parts.
    """
    parts = _PART.findall(text)
    if len(parts) != 3:
        raise UsageError(f"a statement has a subject, a property and a value, not {text!r}")
    predicate = find_property(snapshot.store, parts[1])
    value = _value(snapshot, predicate, parts[2])
    return Triple(find_thing(snapshot, parts[0]), predicate, value)


def _value(snapshot: Snapshot, predicate: IRI, text: str) -> Term:
    if text.startswith('"'):
        return _quoted(text)
    plain = _number_or_date(text)
    if plain is not None:
        return plain
    try:
        return find_thing(snapshot, text)
    except UnknownNameError:
        # A word may also be a literal value of that property.
        for quad in snapshot.store.match(None, predicate, any_graph=True):
            if isinstance(quad.object, Literal) and quad.object.value.casefold() == text.casefold():
                return quad.object
        raise


def _number_or_date(text: str) -> Literal | None:
    for pattern, name in (*_NUMBERS, *_DATES):
        if pattern.fullmatch(text):
            return Literal(text, _XSD + name)
    return None


def _quoted(text: str) -> Literal:
    end = text.rindex('"')
    value, tail = unescape(text[1:end]), text[end + 1 :]
    if tail.startswith("@"):
        return Literal(value, PREFIXES["rdf"] + "langString", tail[1:].lower())
    if not tail.startswith("^^"):
        return Literal(value)
    prefix, colon, local = tail[2:].strip("<>").partition(":")
    if colon and prefix in PREFIXES:
        return Literal(value, PREFIXES[prefix] + local)
    return Literal(value, tail[2:].strip("<>"))
