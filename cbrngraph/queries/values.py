"""What a user gives for a parameter, as RDF terms.

A name (slug, code or label) is looked up in the parameter's choices; everything else is read by
the parameter's type. The outcome is always a term, never text of a query.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from cbrngraph.errors import DateError, ParameterError
from cbrngraph.model import IRI, BNode, Literal, Term
from cbrngraph.queries.catalogue import Parameter, StoredQuery

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from cbrngraph.build import Snapshot

__all__ = ["Choice", "Given", "choices", "terms_of", "values_given"]

# What a query compares with is one value; of these types it can ask for several things.
_LISTS = ("iri", "string")
_XSD = "http://www.w3.org/2001/XMLSchema#"
IRI_TEXT = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|^`\\]*")
_INTEGER = r"[+-]?[0-9]+"
_DECIMAL = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)"

One: TypeAlias = "str | int | float | bool | Decimal | date | Literal | Choice"
Given: TypeAlias = "One | Sequence[One] | None"


class Choice(NamedTuple):
    """One value that a parameter can take; `code` is empty where there is none."""

    value: IRI | Literal
    label: str
    slug: str
    code: str = ""


def choices(query: StoredQuery, parameter: Parameter, snapshot: Snapshot) -> tuple[Choice, ...]:
    """Return the choices of a parameter in a snapshot, in the order of its choices query.

    Empty when the parameter names no such query.

    Raises:
        ParameterError: the choices query gives no `?value`.
        QueryError: it does not parse.
    """
    if not parameter.choices:
        return ()
    return choices_among(query, parameter, parameter.choices, snapshot)


def choices_among(
    query: StoredQuery, parameter: Parameter, text: str, snapshot: Snapshot
) -> tuple[Choice, ...]:
    """Return what a choices query gives; raises as `choices` does."""
    from cbrngraph.queries.running import execute_select

    solutions = execute_select(snapshot.store, text, query.path)
    at = {name: index for index, name in enumerate(solutions.variables)}
    if "value" not in at:
        raise ParameterError(
            f"query {query.slug}: the choices of {parameter.name!r} must SELECT ?value ?label ?slug"
        )
    found: dict[tuple[Term, str], Choice] = {}
    for row in solutions.rows:
        value = row[at["value"]]
        if value is None or isinstance(value, BNode):
            continue
        label, slug, code = (
            "" if name not in at or row[at[name]] is None else str(row[at[name]])
            for name in ("label", "slug", "code")
        )
        slug = slug or (value.local if isinstance(value, IRI) else value.value)
        found.setdefault((value, code), Choice(value, label or slug, slug, code))
    return tuple(found.values())


def terms_of(
    query: StoredQuery, parameter: Parameter, given: Given, snapshot: Snapshot
) -> tuple[IRI | Literal, ...]:
    """Return the terms for what was given; empty for None, which means all rows.

    Raises:
        ParameterError: the value does not fit the type, or fits several choices.
        UnknownNameError: it is none of the choices; the nearest are suggested.
    """
    if given is None or given == "*":
        return ()
    several = values_given(given)
    if not several:
        raise ParameterError(f"parameter {parameter.name!r} has an empty list of values")
    texts = [_given_text(parameter, one) for one in several]
    if not parameter.choices:
        typed = tuple(dict.fromkeys(_typed(parameter, text) for text in texts))
        if len(typed) > 1 and parameter.type not in _LISTS:
            raise ParameterError(
                f"parameter {parameter.name!r} takes one {parameter.type.partition('-')[0]}, "
                f"not {' and '.join(texts)}"
            )
        return typed
    from cbrngraph.queries.choosing import Choosing

    choosing = Choosing(query, parameter, snapshot)
    return tuple(dict.fromkeys(choosing.choose(text) for text in texts))


def values_given(given: Given) -> list[Any]:
    """Return what was given as a list; a term or a choice is one value, though a tuple too."""
    if isinstance(given, Literal | Choice) or not isinstance(given, list | tuple | set | frozenset):
        return [given]
    return list(given)


def _given_text(parameter: Parameter, one: object) -> str:
    if isinstance(one, Choice):
        one = one.value
    if isinstance(one, Literal):
        one = one.value
    if isinstance(one, str):
        return _text(parameter, one)
    from datetime import date
    from decimal import Decimal

    if isinstance(one, date):
        one = one.isoformat()[:10]
    if not isinstance(one, str | int | float | Decimal):
        raise ParameterError(
            f"parameter {parameter.name!r} cannot be a {type(one).__name__}; give text, a number, "
            "a date or a list of them"
        )
    return _text(parameter, one)


def _typed(parameter: Parameter, text: str) -> IRI | Literal:
    match parameter.type:
        case "iri":
            return _iri(parameter, text)
        case "date" | "date-start":
            return _date(parameter, text)
        case "integer" | "decimal" | "boolean":
            return _number(parameter, text)
        case _:
            return Literal(text)


def _text(parameter: Parameter, one: str | float | Decimal) -> str:
    if isinstance(one, bool):
        return "true" if one else "false"
    text = str(one).strip()
    if not text:
        raise ParameterError(
            f"parameter {parameter.name!r} is empty; leave it out, or give '*', for all rows"
        )
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ParameterError(f"parameter {parameter.name!r} is not valid Unicode text") from None
    if "\0" in text:
        raise ParameterError(f"parameter {parameter.name!r} has a null character")
    return text


def expanded(text: str) -> str:
    prefix, colon, local = text.partition(":")
    if not colon or local.startswith("//"):
        return text
    from cbrngraph.namespaces import PREFIXES

    return PREFIXES[prefix] + local if prefix in PREFIXES else text


def _iri(parameter: Parameter, text: str) -> IRI:
    full = expanded(text.removeprefix("<").removesuffix(">"))
    if not IRI_TEXT.fullmatch(full):
        raise ParameterError(f"parameter {parameter.name!r}: {text!r} is not an IRI")
    return IRI(full)


def _date(parameter: Parameter, text: str) -> Literal:
    from cbrngraph.dates import parse

    try:
        span = parse(text)
    except DateError as error:
        raise ParameterError(f"parameter {parameter.name!r}: {error}") from None
    day = span.latest if parameter.type == "date" else span.earliest
    if day is None:
        side = "last" if parameter.type == "date" else "first"
        raise ParameterError(f"parameter {parameter.name!r}: {text!r} has no {side} day")
    return Literal(day.isoformat(), _XSD + "date")


def _number(parameter: Parameter, text: str) -> Literal:
    kind = parameter.type
    if kind == "boolean":
        if text.lower() in ("true", "false", "yes", "no", "1", "0"):
            return Literal("true" if text.lower() in ("true", "yes", "1") else "false", _XSD + kind)
        raise ParameterError(f"parameter {parameter.name!r}: {text!r} is neither true nor false")
    if not re.fullmatch(_INTEGER if kind == "integer" else _DECIMAL, text):
        example = "12" if kind == "integer" else "1.5"
        raise ParameterError(
            f"parameter {parameter.name!r}: {text!r} is no {kind} (an example: {example})"
        )
    return Literal(text, _XSD + kind)
