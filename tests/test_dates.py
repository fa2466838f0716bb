"""Dates: what each form covers, and what is refused."""

from __future__ import annotations

import doctest

import pytest

from cbrngraph import dates
from cbrngraph.dates import EDTF, as_of_day, parse
from cbrngraph.errors import DateError

XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.mark.parametrize(
    ("text", "datatype", "earliest", "latest"),
    [
        ("2023", XSD + "gYear", "2023-01-01", "2023-12-31"),
        ("2023-05", XSD + "gYearMonth", "2023-05-01", "2023-05-31"),
        ("2024-02", XSD + "gYearMonth", "2024-02-01", "2024-02-29"),
        ("2015-07-17", XSD + "date", "2015-07-17", "2015-07-17"),
        ("2013-21", EDTF, "2013-03-01", "2013-05-31"),
        ("2013-22", EDTF, "2013-06-01", "2013-08-31"),
        ("2013-23", EDTF, "2013-09-01", "2013-11-30"),
        ("2013-24", EDTF, "2013-12-01", "2014-02-28"),
        ("2022-02?", EDTF, "2022-02-01", "2022-02-28"),
        ("2022?", EDTF, "2022-01-01", "2022-12-31"),
        ("2024-05-21/2024-05-22", EDTF, "2024-05-21", "2024-05-22"),
        ("2023/2024", EDTF, "2023-01-01", "2024-12-31"),
        ("2023-05/2023", EDTF, "2023-05-01", "2023-12-31"),
        ("../2018-03", EDTF, None, "2018-03-31"),
        ("/2018-03", EDTF, None, "2018-03-31"),
        ("2018-03/..", EDTF, "2018-03-01", None),
        ("2018-03/", EDTF, "2018-03-01", None),
    ],
)
def test_a_date_covers_the_days_of_its_precision(
    text: str, datatype: str, earliest: str | None, latest: str | None
) -> None:
    """The text is kept; the two days are the first and last that it can mean."""
    span = parse(text)
    assert span.text == text
    assert span.datatype == datatype
    assert (span.earliest and span.earliest.isoformat()) == earliest
    assert (span.latest and span.latest.isoformat()) == latest


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 2023",
        "2023-05\n",
        "2023-5",
        "23",
        "2023-00",
        "2023-13",
        "2023-25",
        "2023-02-30",
        "2023-22-01",
        "0000",
        "9999-24",
        "/",
        "../..",
        "2020/2021/2022",
        "2023-05-21T10:00:00",
        "May 2023",
        "\u0662\u0660\u0662\u0663",
    ],
)
def test_other_text_is_refused_by_name(text: str) -> None:
    """The message quotes what was given."""
    with pytest.raises(DateError) as caught:
        parse(text)
    assert repr(text) in str(caught.value)


def test_an_interval_that_ends_before_it_begins_is_refused() -> None:
    """Order is judged on the days, not on the text."""
    with pytest.raises(DateError, match="ends before it begins"):
        parse("2020/2019-12")
    assert parse("2019-12/2019").earliest is not None


def test_as_of_looks_to_the_last_day() -> None:
    """A year or month counts to its end; without an end there is no day."""
    assert as_of_day("2023").isoformat() == "2023-12-31"
    assert as_of_day("2023-05").isoformat() == "2023-05-31"
    assert as_of_day("2023-05-03").isoformat() == "2023-05-03"
    with pytest.raises(DateError, match="no last day"):
        as_of_day("2023/..")


def test_documented_examples_hold() -> None:
    """The doctests of the module run and pass."""
    failed, tried = doctest.testmod(dates)
    assert tried >= 5
    assert failed == 0
