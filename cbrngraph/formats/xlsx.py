"""Spreadsheets: real numbers and dates, things as links with their labels beside them.

Text is always written as text, so nothing in the graph can become a formula.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

from cbrngraph.errors import UsageError
from cbrngraph.model import IRI, Literal, Term
from cbrngraph.results import slug_of

if TYPE_CHECKING:
    from cbrngraph.results import Result

__all__ = ["write_xlsx"]

# Limits of Excel's file format ("Excel specifications and limits").
_MAX_ROWS = 1_048_575
_MAX_LINKS = 65_530
_MAX_LINK = 2_079
_MAX_TEXT = 32_767
_MAX_DIGITS = 15
_FIRST_YEAR = 1900
_WIDEST = 60


def write_xlsx(result: Result, out: BinaryIO) -> None:
    """Write a SELECT as a workbook: the rows on one sheet, the question on another.

    The same answer gives the same bytes: no clock goes into the file.

    Raises:
        UsageError: there are more rows than a sheet can hold.
    """
    import xlsxwriter

    if len(result) > _MAX_ROWS:
        raise UsageError(
            f"{len(result)} rows do not fit a spreadsheet ({_MAX_ROWS} at most); use --format csv"
        )
    made = BytesIO()
    workbook = xlsxwriter.Workbook(made, {"in_memory": True})
    created = datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed text in the file, no moment in time
    workbook.set_properties({"created": created, "title": result.asked.query.summary})
    _Rows(workbook, result).write()
    _about(workbook, result)
    workbook.close()
    out.write(made.getvalue())


class _Rows:
    def __init__(self, workbook: Any, result: Result) -> None:
        self._result = result
        self._sheet = workbook.add_worksheet("Answer")
        self._bold = workbook.add_format({"bold": True, "bottom": 1})
        self._link = workbook.add_format({"font_color": "#0b5394", "underline": 1})
        self._date = workbook.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self._time = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})
        self._links = 0
        self._widths: dict[int, int] = {}

    def write(self) -> None:
        columns = list(self._columns())
        for at, (name, _, _) in enumerate(columns):
            self._text(0, at, name, self._bold)
        labels = self._result.labels
        for line, row in enumerate(self._result.terms, 1):
            for at, (_, source, as_label) in enumerate(columns):
                term = row[source]
                if as_label:
                    label = labels.get(term) if isinstance(term, IRI) else None
                    self._text(line, at, label or "")
                else:
                    self._term(line, at, term)
        for at, width in self._widths.items():
            self._sheet.set_column(at, at, min(width, _WIDEST) + 2)
        self._sheet.freeze_panes(1, 0)
        if columns:
            self._sheet.autofilter(0, 0, max(1, len(self._result)), len(columns) - 1)

    def _columns(self) -> Iterator[tuple[str, int, bool]]:
        """Yield heading, source column and whether it holds the labels of that column."""
        taken = set(self._result.variables)
        for at, name in enumerate(self._result.variables):
            yield name, at, False
            if any(isinstance(row[at], IRI) for row in self._result.terms):
                label = f"{name} label"
                yield (label if label not in taken else f"{label} (text)"), at, True

    def _term(self, line: int, at: int, term: Term | None) -> None:
        if isinstance(term, IRI):
            self._iri(line, at, term)
        elif isinstance(term, Literal):
            self._literal(line, at, term)
        elif term is not None:
            self._text(line, at, f"_:{term}")

    def _iri(self, line: int, at: int, iri: IRI) -> None:
        text = slug_of(iri)
        self._links += 1
        web = iri.startswith(("http://", "https://"))
        if web and self._links <= _MAX_LINKS and len(iri) <= _MAX_LINK:
            self._seen(at, text)
            # A long fragment is cut by the library only in the tip; the text is ours.
            self._sheet.write_url(line, at, str(iri), self._link, text)
        else:
            self._text(line, at, str(iri))

    def _literal(self, line: int, at: int, literal: Literal) -> None:
        value = literal.python
        if isinstance(value, bool):
            self._sheet.write_boolean(line, at, value)
        elif isinstance(value, datetime) and value.tzinfo is None and value.year >= _FIRST_YEAR:
            self._seen(at, literal.value)
            self._sheet.write_datetime(line, at, value, self._time)
        elif type(value) is date and value.year >= _FIRST_YEAR:
            self._seen(at, literal.value)
            self._sheet.write_datetime(line, at, value, self._date)
        elif isinstance(value, int | float | Decimal) and _is_exact(value):
            self._seen(at, literal.value)
            self._sheet.write_number(line, at, float(value))
        else:
            self._text(line, at, literal.value)

    def _text(self, line: int, at: int, text: str, form: Any = None) -> None:
        self._seen(at, text)
        cut = text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 1] + "…"
        if cut:
            self._sheet.write_string(line, at, cut, form)

    def _seen(self, at: int, text: str) -> None:
        self._widths[at] = max(self._widths.get(at, 0), len(text))


def _is_exact(value: float | Decimal) -> bool:
    """Say whether a spreadsheet keeps all digits of a number, and it is one."""
    if isinstance(value, float):
        return value - value == 0  # neither infinite nor NaN
    digits = Decimal(value).normalize().as_tuple().digits
    return len(digits) <= _MAX_DIGITS


def _about(workbook: Any, result: Result) -> None:
    sheet = workbook.add_worksheet("About")
    asked, snapshot = result.asked, result.snapshot
    lines = [
        ("Question", asked.query.summary),
        ("Query", asked.query.slug),
        *((f"Parameter {name}", value) for name, value in asked.given),
        ("View", str(snapshot.view)),
        ("Snapshot", snapshot.id),
        ("SPARQL", asked.sparql),
    ]
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    for line, (name, text) in enumerate(lines):
        sheet.write_string(line, 0, name)
        sheet.write_string(line, 1, text[:_MAX_TEXT], wrapped)
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 100)
