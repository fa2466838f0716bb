"""Dates with the precision of their source: a small part of EDTF, and the days it covers.

What is read (Extended Date/Time Format, ISO 8601-2:2019, part of levels 0 and 1):

    2023   2023-05   2023-05-21        a year, month or day
    2023-21 .. 2023-24                 spring (Mar-May), summer, autumn, winter (Dec-Feb)
    2022-02?                           any of these, uncertain
    2023-05-21/2023-05-22              an interval; its ends are any of these
    ../2018-03   /2018-03              not later than
    2018-03/..   2018-03/              not earlier than

A text keeps its own form in the graph; `earliest` and `latest` are for sorting and comparing.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime

from cbrngraph.errors import DateError

__all__ = ["EDTF", "Span", "as_of_day", "parse", "text_of"]

EDTF = "http://id.loc.gov/datatypes/edtf"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_SINGLE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(\?)?", re.ASCII)
_SPRING = 21
_WINTER = 24
_FORMS = "write 2023, 2023-05, 2023-05-21, 2023-22 (summer), 2023-05/2024-01 or ../2018-03"


@dataclass(frozen=True, slots=True)
class Span:
    """The days that a date text covers; a side that the text leaves open is None.

    `datatype` is the IRI for the literal: `xsd:gYear`, `xsd:gYearMonth` or `xsd:date` where
    one of them says it all, else the EDTF datatype of the Library of Congress.
    """

    text: str
    datatype: str
    earliest: date | None
    latest: date | None


def parse(text: str) -> Span:
    """Return what `text` covers.

    Raises DateError when it is no date of the supported kinds, or ends before it begins.

    >>> span = parse("2023-05")
    >>> span.earliest.isoformat(), span.latest.isoformat()
    ('2023-05-01', '2023-05-31')
    >>> parse("../2018-03").earliest is None
    True
    >>> parse("2024-05-21/2024-05-22").datatype
    'http://id.loc.gov/datatypes/edtf'
    """
    if "/" not in text:
        return _single(text, text)
    start_text, _, end_text = text.partition("/")
    start = None if start_text in ("", "..") else _single(start_text, text)
    end = None if end_text in ("", "..") else _single(end_text, text)
    if start is None and end is None:
        raise DateError(f"{text!r} is a date without a beginning and an end; {_FORMS}")
    earliest = start.earliest if start else None
    latest = end.latest if end else None
    if earliest and latest and latest < earliest:
        raise DateError(f"{text!r} ends before it begins")
    return Span(text, EDTF, earliest, latest)


def as_of_day(text: str) -> date:
    """Return the last day that `text` covers: the day up to which "as of 2023-05" looks.

    Raises DateError when `text` is no date, or is open at its end.

    >>> as_of_day("2023-05").isoformat()
    '2023-05-31'
    """
    latest = parse(text).latest
    if latest is None:
        raise DateError(f"{text!r} has no last day; give a year, a month, a day or an interval")
    return latest


def text_of(when: object) -> str:
    """Return a date that Python has as a text: a year as a number, a `date`, or a text itself.

    Raises DateError when it is none of them, or an empty text.

    >>> text_of(2023), text_of(date(2023, 5, 1)), text_of("2023-05")
    ('2023', '2023-05-01', '2023-05')
    """
    if isinstance(when, str) and when.strip():
        return when
    if isinstance(when, int) and not isinstance(when, bool):
        return f"{when:04}"
    if isinstance(when, datetime):
        return when.date().isoformat()
    if isinstance(when, date):
        return when.isoformat()
    raise DateError(f"{when!r} is no date; give '2023', '2023-05', '2023-05-21' or a datetime.date")


def _single(part: str, text: str) -> Span:
    """Read one date that is no interval; `text` is the whole, for the message."""
    match = _SINGLE.fullmatch(part)
    if match is None:
        raise DateError(f"{text!r} is not a date; {_FORMS}")
    year, month, day, uncertain = match.groups()
    try:
        first, last = _days(int(year), *(int(part) if part else None for part in (month, day)))
    except ValueError:
        raise DateError(f"{text!r} is not a date of the calendar") from None
    if uncertain or (month and int(month) >= _SPRING):
        datatype = EDTF
    else:
        datatype = _XSD + ("date" if day else "gYearMonth" if month else "gYear")
    return Span(part, datatype, first, last)


def _days(year: int, month: int | None, day: int | None) -> tuple[date, date]:
    """First and last day; raises ValueError when there are none such."""
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if day is not None:
        only = date(year, month, day)
        return only, only
    if _SPRING <= month <= _WINTER:
        first_month = 3 * (month - _SPRING) + 3
        last_year, last_month = (year + 1, 2) if month == _WINTER else (year, first_month + 2)
        return date(year, first_month, 1), _month_end(last_year, last_month)
    return date(year, month, 1), _month_end(year, month)


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
