"""What a row of the claims table states, by the mapping: statements, or what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cbrngraph.dates import Span, parse
from cbrngraph.errors import DateError, Fault
from cbrngraph.ingest.mapping import Node, Rule, SheetMapping
from cbrngraph.ingest.tables import ClaimRow
from cbrngraph.ingest.terms import DATE, DECIMAL, ID, INTEGER, TYPE
from cbrngraph.ingest.things import Things, near_hint, slugify
from cbrngraph.model import IRI, Literal, Term, Triple

__all__ = ["Stated", "date_statements", "is_web_address", "state"]

_INTEGER = re.compile(r"-?[0-9]+")
_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`\x00-\x20]+")
# A sheet may call a full day "date"; it is read by the same rule.
_ALIASES = {"date": "edtf"}


@dataclass(frozen=True, slots=True)
class Stated:
    """What a row states, or its faults; never both."""

    triples: tuple[Triple, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class _Value:
    """The value of a row as a term; `span` for a date, `slug` for use in an address."""

    term: Term
    slug: str
    span: Span | None = None


def state(row: ClaimRow, mapping: SheetMapping, things: Things) -> Stated:
    """Return the statements of a row, or everything that is wrong with it."""
    faults: list[Fault] = []
    subject = _subject(row, things, faults)
    found = _rule(row, mapping, faults)
    if found is None:
        return Stated((), tuple(faults))
    rule, unit = found
    value = _value(row, rule, things, faults)
    _check_unit(row, rule, unit, faults)
    if faults or subject is None or value is None:
        return Stated((), tuple(faults))
    triples: list[Triple] = []
    if rule.maps_to:
        triples.extend(_value_statements(subject, rule.maps_to, value, mapping))
    if rule.node:
        triples.extend(_node_statements(row, rule.node, subject, value, unit, mapping))
    return Stated(tuple(triples), ())


def date_statements(
    subject: IRI, predicate: IRI, span: Span, mapping: SheetMapping
) -> tuple[Triple, ...]:
    """Return a date as its source gives it, and the days that its companions hold."""
    said = [Triple(subject, predicate, Literal(span.text, span.datatype))]
    companions = mapping.companions.get(predicate)
    if companions:
        for companion, day in (
            (companions.earliest, span.earliest),
            (companions.latest, span.latest),
        ):
            if day is not None:
                said.append(Triple(subject, companion, Literal(day.isoformat(), DATE)))
    return tuple(said)


def is_web_address(text: str) -> bool:
    """Return whether a text is an http(s) address that is also an IRI (RFC 3987).

    >>> is_web_address("https://example.org/a?b=1"), is_web_address("example.org")
    (True, False)
    """
    return _ADDRESS.fullmatch(text) is not None


def _subject(row: ClaimRow, things: Things, faults: list[Fault]) -> IRI | None:
    if row.subject_kind not in things.kinds:
        hint = near_hint(row.subject_kind, things.kinds)
        faults.append(row.at.fault("subject_kind", f"unknown kind {row.subject_kind!r}{hint}"))
        return None
    found = things.find([row.subject_kind], row.subject)
    if found is None:
        faults.append(row.at.fault("subject", things.unknown([row.subject_kind], row.subject)))
    return found


def _rule(row: ClaimRow, mapping: SheetMapping, faults: list[Fault]) -> tuple[Rule, str] | None:
    """Return the rule for a row and the unit without the words that chose the rule."""
    rules = mapping.rules.get(row.property)
    if rules is None:
        hint = near_hint(row.property, mapping.rules)
        faults.append(row.at.fault("property", f"unknown property {row.property!r}{hint}"))
        return None
    fitting = [rule for rule in rules if _fits(rule, row.subject_kind)]
    if not fitting:
        if row.subject_kind in mapping.kinds:
            kinds = sorted({kind for rule in rules for kind in rule.subject_kinds})
            message = f"{row.property!r} is said of {', '.join(kinds)}, not of {row.subject_kind}"
            faults.append(row.at.fault("property", message))
        return None
    fitting = [rule for rule in fitting if row.unit.endswith(rule.unit_suffix)]
    if not fitting:
        faults.append(row.at.fault("unit", f"{row.property!r} is not used with {row.unit!r}"))
        return None
    rule = max(fitting, key=lambda rule: len(rule.unit_suffix))
    return rule, row.unit.removesuffix(rule.unit_suffix).strip()


def _fits(rule: Rule, kind: str) -> bool:
    return not rule.subject_kinds or kind in rule.subject_kinds


def _check_unit(row: ClaimRow, rule: Rule, unit: str, faults: list[Fault]) -> None:
    """Refuse a unit that would be lost, and a missing one that the address needs."""
    needed = rule.node is not None and "{unit}" in rule.node.key
    if needed and not slugify(unit):
        faults.append(row.at.fault("unit", f"{row.property!r} needs a unit, what is counted"))
    if not unit or (rule.node and rule.node.unit_link):
        return
    constants = rule.node.constants if rule.node else ()
    implied = {term.value for _, term in constants if isinstance(term, Literal)}
    implied.update(rule.name.split("-"))
    if unit not in implied:
        faults.append(row.at.fault("unit", f"{row.property!r} takes no unit {unit!r}"))


def _value(row: ClaimRow, rule: Rule, things: Things, faults: list[Fault]) -> _Value | None:
    kind = _ALIASES.get(row.value_kind, row.value_kind)
    if kind and kind != rule.value_kind:
        message = f"{row.property!r} takes {rule.value_kind}, not {row.value_kind}"
        faults.append(row.at.fault("value_kind", message))
        return None
    if rule.value_kind == "edtf":
        return _date(row, faults)
    if rule.value_kind == "slug":
        term: Term | None = things.find(rule.target_kinds, row.value)
        message = "" if term else things.unknown(rule.target_kinds, row.value)
        slug = row.value
    else:
        term = _literal(rule.value_kind, row.value)
        message = "" if term else _NOT_A[rule.value_kind].format(row.value)
        slug = slugify(row.value)
    if term is None:
        faults.append(row.at.fault("value", message))
        return None
    return _Value(term, slug)


def _literal(kind: str, text: str) -> Term | None:
    """Return the term for a value as it is written; None when it is not of the kind."""
    match kind:
        case "integer" if _INTEGER.fullmatch(text):
            return Literal(str(int(text)), INTEGER)
        case "decimal" if _DECIMAL.fullmatch(text):
            return Literal(text, DECIMAL)
        case "iri" if is_web_address(text):
            return IRI(text)
        case "string":
            return Literal(text)
    return None


_NOT_A = {
    "integer": "{!r} is not a whole number; write digits only",
    "decimal": "{!r} is not a number; write digits, with a point before decimals",
    "iri": "{!r} is not a web address; write it whole, with https://",
}


def _date(row: ClaimRow, faults: list[Fault]) -> _Value | None:
    try:
        span = parse(row.value)
    except DateError as error:
        faults.append(row.at.fault("value", str(error)))
        return None
    if row.value_kind == "date" and span.datatype != DATE:
        message = f"{row.value!r} is not a full day; give edtf as its value_kind"
        faults.append(row.at.fault("value", message))
        return None
    return _Value(Literal(span.text, span.datatype), slugify(span.text), span)


def _value_statements(
    subject: IRI, predicate: IRI, value: _Value, mapping: SheetMapping
) -> tuple[Triple, ...]:
    if value.span is not None:
        return date_statements(subject, predicate, value.span, mapping)
    return (Triple(subject, predicate, value.term),)


def _node_statements(
    row: ClaimRow, node: Node, subject: IRI, value: _Value, unit: str, mapping: SheetMapping
) -> list[Triple]:
    key = (
        node.key.replace("{subject}", row.subject)
        .replace("{value}", value.slug)
        .replace("{unit}", slugify(unit))
    )
    iri = IRI(f"{ID}{node.segment}/{key}")
    said = [Triple(iri, TYPE, node.type)]
    if node.subject_link:
        said.append(Triple(iri, node.subject_link, subject))
    if node.inverse_link:
        said.append(Triple(subject, node.inverse_link, iri))
    if node.value_link:
        said.extend(_value_statements(iri, node.value_link, value, mapping))
    if node.unit_link and unit:
        said.append(Triple(iri, node.unit_link, Literal(unit)))
    said.extend(Triple(iri, predicate, term) for predicate, term in node.constants)
    return said
