"""Descriptions, hits and overviews as tables for people and as objects for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from cbrngraph.describe.contents import Overview
from cbrngraph.describe.finding import Hit
from cbrngraph.describe.thing import Description, Fact, Property, Quote, Ref
from cbrngraph.formats.sheet import Cell, Sheet, plain_sheet
from cbrngraph.model import Literal, Passage, Term
from cbrngraph.namespaces import BASE
from cbrngraph.results import curie, slugify

__all__ = [
    "described",
    "description_sheet",
    "found",
    "hits_sheet",
    "overview_sheets",
    "summarised",
]

# A table is for reading; JSON has every value.
_VALUES = 25


def description_sheet(description: Description, quotes: Mapping[str, Quote] | None = None) -> Sheet:
    """Return a thing as a table of property, value and who states it.

    `quotes` has the full text of passages by their IRI; it stands below each line of evidence.
    """
    thing = description.thing
    kinds = ", ".join(ref.label for ref in description.types)
    title = " · ".join(filter(None, (_called(thing), kinds, thing.iri)))
    told = {
        (name, fact.value)
        for prop in description.properties
        for fact in prop.facts
        for name in (prop.ref.iri, *prop.wider)
        if not fact.derived
    }
    incoming = [_untold(prop, told) for prop in description.incoming]
    told |= {(_seen_from_here(prop), fact.value) for prop in incoming for fact in prop.facts}
    rows = [
        *_block(((p.ref.label, _only(p, derived=False)) for p in description.properties), quotes),
        *_block(((_incoming_name(prop), prop) for prop in incoming), quotes),
        *_block((prop.ref.label, _news(prop, told)) for prop in description.properties),
    ]
    return Sheet(("property", "value", "stated by"), tuple(rows), title)


def _only(prop: Property, *, derived: bool) -> Property:
    return replace(prop, facts=tuple(fact for fact in prop.facts if fact.derived is derived))


def _untold(prop: Property, told: set[tuple[str, Term]]) -> Property:
    """Leave what others state and the thing's own facts do not tell in other words."""
    name = _seen_from_here(prop)
    facts = (fact for fact in prop.facts if not fact.derived and (name, fact.value) not in told)
    return replace(prop, facts=tuple(facts))


def _news(prop: Property, told: set[tuple[str, Term]]) -> Property:
    """Leave what is derived and says more than the stated facts already tell."""
    facts = (fact for fact in prop.facts if fact.derived and (prop.ref.iri, fact.value) not in told)
    return replace(prop, facts=tuple(facts))


def _seen_from_here(prop: Property) -> str:
    return prop.inverse.iri if prop.inverse else ""


def _incoming_name(prop: Property) -> str:
    return prop.inverse.label if prop.inverse else f"← {prop.ref.label}"


def _block(
    properties: Iterable[tuple[str, Property]], quotes: Mapping[str, Quote] | None = None
) -> Iterator[tuple[Cell, ...]]:
    for name, prop in properties:
        if prop.helper:
            continue
        heading = name
        for fact in prop.facts[:_VALUES]:
            value = _value_cell(fact)
            for who in _who(fact, quotes or {}):
                yield Cell(heading), value, Cell(who)
                heading, value = "", Cell("")
        if len(prop.facts) > _VALUES:
            more = f"… {len(prop.facts) - _VALUES} more (--format json has all)"
            yield Cell(heading), Cell(more), Cell("")


def _value_cell(fact: Fact) -> Cell:
    mark = "" if fact.standing == "current" else "also stated: "
    if fact.ref is None:
        return plain_sheet(["value"], [[mark + str(fact.value)]]).rows[0][0]
    ref = fact.ref
    known = ref.relation or not ref.iri.startswith(BASE)
    name = "" if known or slugify(ref.slug) == slugify(ref.label) else ref.slug
    return plain_sheet(["value"], [[Cell(mark + ref.label, name, ref.iri)]]).rows[0][0]


def _who(fact: Fact, quotes: Mapping[str, Quote]) -> list[str]:
    if fact.derived:
        return ["derived by the ontology"]
    lines: list[str] = []
    for passage in fact.passages:
        lines.append(_passage_line(passage))
        lines += (f"{number:>6} | {text}" for number, text in quotes.get(passage.iri, ()))
    return lines + list(fact.files) or [""]


def _passage_line(passage: Passage) -> str:
    when = passage.as_of or passage.source.issued
    parts = [f"{passage.source.title} ({passage.source.slug})", when, passage.locator]
    line = ", ".join(part for part in parts if part)
    return f"{line}: “{passage.excerpt}”" if passage.excerpt else line


def _called(ref: Ref) -> str:
    return ref.label if slugify(ref.slug) == slugify(ref.label) else f"{ref.slug}  {ref.label}"


def described(
    description: Description, quotes: Mapping[str, Quote] | None = None
) -> dict[str, Any]:
    """Return a description as plain objects: every value with its standing and evidence.

    With `quotes` each source has the full text of its passage where it is at hand.
    """
    return {
        **_ref(description.thing),
        "types": [_ref(ref) for ref in description.types],
        "facts": [_property(prop, quotes) for prop in description.properties],
        "incoming": [_property(prop, quotes) for prop in description.incoming],
    }


def _ref(ref: Ref) -> dict[str, Any]:
    return {"slug": ref.slug, "iri": ref.iri, "curie": curie(ref.iri), "label": ref.label}


def _property(prop: Property, quotes: Mapping[str, Quote] | None) -> dict[str, Any]:
    return {"property": _ref(prop.ref), "values": [_fact(fact, quotes) for fact in prop.facts]}


def _fact(fact: Fact, quotes: Mapping[str, Quote] | None) -> dict[str, Any]:
    value: dict[str, Any]
    if fact.ref is not None:
        value = _ref(fact.ref)
    else:
        literal = fact.value
        value = {"value": str(literal)}
        if isinstance(literal, Literal):
            value["datatype"] = literal.datatype
            if literal.language:
                value["language"] = literal.language
    return {
        **value,
        "standing": fact.standing,
        "derived": fact.derived,
        "files": list(fact.files),
        "sources": [_passage(passage, quotes) for passage in fact.passages],
    }


def _passage(passage: Passage, quotes: Mapping[str, Quote] | None) -> dict[str, Any]:
    quoted: dict[str, Any] = {}
    if quotes is not None:
        text = "\n".join(line for _, line in quotes.get(passage.iri, ()))
        quoted["quote"] = text or None
    return {
        "slug": passage.source.slug,
        "title": passage.source.title,
        "publisher": passage.source.publisher,
        "issued": passage.source.issued,
        "url": passage.source.url,
        "as_of": passage.as_of,
        "locator": passage.locator,
        "excerpt": passage.excerpt,
        "confidence": passage.confidence,
        "passage": str(passage.iri),
        **quoted,
    }


def hits_sheet(hits: Iterable[Hit]) -> Sheet:
    """Return what a search found as a table."""
    rows = []
    for hit in hits:
        where = "" if hit.text == hit.label else f"{hit.property}: {hit.text}"
        thing = Cell(hit.label, hit.slug, hit.iri)
        rows.append([hit.slug, Cell(thing.text, "", thing.link), ", ".join(hit.kinds), where])
    return plain_sheet(("slug", "thing", "kind", "found in"), rows)


def found(hits: Iterable[Hit]) -> list[dict[str, Any]]:
    """Return what a search found as plain objects."""
    return [
        {
            "slug": hit.slug,
            "iri": hit.iri,
            "label": hit.label,
            "kinds": list(hit.kinds),
            "property": hit.property,
            "text": hit.text,
        }
        for hit in hits
    ]


def overview_sheets(one: Overview) -> list[Sheet]:
    """Return an overview as tables: the graph, its things, its queries."""
    graph = [
        ("snapshot", one.snapshot),
        ("view", one.view),
        ("sources", one.sources),
        ("passages", one.passages),
        ("statements in passages", one.statements),
        ("superseded in this view", one.superseded),
        ("derived by the ontology", one.entailed),
        ("files", one.files),
        ("statements hold from", one.covers[0]),
        ("statements hold to", one.covers[1]),
        ("sources issued from", one.issued[0]),
        ("sources issued to", one.issued[1]),
    ]
    rows = [(name, str(value)) for name, value in graph]
    classes = [(Cell(c.label, "", c.iri), c.slug, c.things) for c in one.classes]
    return [
        plain_sheet(("graph", "value"), rows),
        plain_sheet(("things", "class", "count"), classes),
        plain_sheet(("queries", "count"), one.queries),
    ]


def summarised(one: Overview) -> dict[str, Any]:
    """Return an overview as plain objects."""
    return {
        "slug": one.slug,
        "snapshot": one.snapshot,
        "view": one.view,
        "sources": one.sources,
        "passages": one.passages,
        "statements": one.statements,
        "superseded": one.superseded,
        "derived": one.entailed,
        "files": one.files,
        "covers": {"from": one.covers[0], "to": one.covers[1]},
        "issued": {"from": one.issued[0], "to": one.issued[1]},
        "classes": [
            {"slug": c.slug, "iri": c.iri, "label": c.label, "things": c.things}
            for c in one.classes
        ],
        "queries": [{"slug": topic, "queries": count} for topic, count in one.queries],
    }
