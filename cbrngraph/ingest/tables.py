"""Read the tables of a claims sheet: CSV files, recognised by their header.

A table is CSV (RFC 4180) in UTF-8, with commas, semicolons or tabs. The class of a row is the
definition of its table: the fields are the columns, those without a default are required.
A column whose name begins with `_` is the analyst's own and is not read.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import ClassVar, TypeAlias

from cbrngraph.errors import Fault, ReadError, SheetFaults, nearest

__all__ = [
    "TABLES",
    "At",
    "ClaimRow",
    "ConceptRow",
    "CountryRow",
    "EntityRow",
    "IdentifierRow",
    "OrganisationRow",
    "PlaceRow",
    "PriorityRow",
    "PropertyRow",
    "Row",
    "SourceRow",
    "Table",
    "columns",
    "read_table",
    "recognise",
]


@dataclass(frozen=True, slots=True)
class At:
    """Where a row stands: rows count from 1, and the header is row 1."""

    path: Path
    row: int

    def fault(self, column: str, message: str) -> Fault:
        """Return a fault at this row."""
        return Fault(self.path, self.row, column, message)


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One statement of one source."""

    TABLE: ClassVar[str] = "claims"
    at: At
    claim_id: str
    subject_kind: str
    subject: str
    property: str
    value: str
    source_id: str
    locator: str
    confidence: str
    value_kind: str = ""
    unit: str = ""
    as_of: str = ""
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A document or page."""

    TABLE: ClassVar[str] = "sources"
    at: At
    source_id: str
    title: str
    kind: str
    reliability: str
    publisher: str = ""
    url: str = ""
    file: str = ""
    issued: str = ""
    language: str = ""
    found_at: str = ""


@dataclass(frozen=True, slots=True)
class EntityRow:
    """A thing of a kind that has no table of its own."""

    TABLE: ClassVar[str] = "entities"
    at: At
    slug: str
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation; `other_names` are parted by semicolons."""

    TABLE: ClassVar[str] = "organisations"
    at: At
    slug: str
    name: str
    kind: str
    other_names: str = ""
    acronym: str = ""
    country: str = ""
    parent: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CountryRow:
    """A country with its ISO codes; what follows `iso_num` sums up the claims and is not read."""

    TABLE: ClassVar[str] = "countries"
    at: At
    slug: str
    name: str
    iso_a2: str
    iso_a3: str
    iso_num: str
    official_name: str = ""
    coe_regions: str = ""
    coe_first_stated: str = ""
    coe_last_stated: str = ""
    partner_since: str = ""
    partner_until: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A town or other place."""

    TABLE: ClassVar[str] = "places"
    at: At
    slug: str
    name: str
    country: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PriorityRow:
    """An entry of the list of priorities that a source prints."""

    TABLE: ClassVar[str] = "priorities"
    at: At
    slug: str
    label: str
    fact_sheet: str
    matches: str = ""
    match_kind: str = ""
    theme: str = ""


@dataclass(frozen=True, slots=True)
class ConceptRow:
    """A controlled value; it must stand in a scheme of the ontology already."""

    TABLE: ClassVar[str] = "concepts"
    at: At
    scheme: str
    slug: str
    label: str


@dataclass(frozen=True, slots=True)
class PropertyRow:
    """A property as the sheet's author understands it; it must stand in the mapping already."""

    TABLE: ClassVar[str] = "properties"
    at: At
    property: str
    meaning: str
    value_kind: str
    applies_to: str = ""
    target: str = ""
    cardinality: str = ""
    time_varying: str = ""


@dataclass(frozen=True, slots=True)
class IdentifierRow:
    """What another register calls a thing."""

    TABLE: ClassVar[str] = "identifiers"
    at: At
    kind: str
    slug: str
    scheme: str
    identifier: str
    iri: str = ""
    source: str = ""


Row: TypeAlias = (
    ClaimRow
    | SourceRow
    | EntityRow
    | OrganisationRow
    | CountryRow
    | PlaceRow
    | PriorityRow
    | ConceptRow
    | PropertyRow
    | IdentifierRow
)
RowType: TypeAlias = type[Row]

TABLES: tuple[RowType, ...] = (
    ClaimRow,
    SourceRow,
    EntityRow,
    OrganisationRow,
    CountryRow,
    PlaceRow,
    PriorityRow,
    ConceptRow,
    PropertyRow,
    IdentifierRow,
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table as read: its rows, and what is wrong with its header or its cells."""

    path: Path
    row_type: RowType
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]


def columns(row_type: RowType) -> tuple[tuple[str, bool], ...]:
    """Return the columns of a table, each with whether it is required."""
    return tuple(
        (field.name, field.default is MISSING) for field in fields(row_type) if field.name != "at"
    )


def recognise(header: Iterable[str]) -> RowType | None:
    """Return the table that a header belongs to; None when it is like none of them.

    A table whose required columns are all there wins; else the one that shares most columns,
    if that is at least a third of them, so that a missing column can be named.
    """
    given = {name for name in header if not name.startswith("_")}

    def likeness(row_type: RowType) -> tuple[bool, float]:
        known = {name for name, _ in columns(row_type)}
        required = {name for name, needed in columns(row_type) if needed}
        return required <= given, len(given & known) / (len(given | known) or 1)

    def strangers(row_type: RowType) -> int:
        return len(given - {name for name, _ in columns(row_type)})

    best = max(TABLES, key=lambda t: (likeness(t)[0], -strangers(t), likeness(t)[1]))
    whole, share = likeness(best)
    if not whole:
        best = max(TABLES, key=lambda t: likeness(t)[1])
        share = likeness(best)[1]
    return best if whole or share >= 1 / 3 else None


def read_header(path: Path) -> tuple[str, ...]:
    """Return the column names of a CSV file; empty when it has no readable first line.

    Raises ReadError when the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            first = file.readline(100_000)
    except OSError as error:
        raise ReadError(path, error.strerror or "cannot be read") from error
    text = first.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    return _header(text)


def read_table(path: Path) -> Table | None:
    """Return the rows of a CSV file with all faults of its form; None when it is no table.

    Raises:
        ReadError: the file cannot be read.
        SheetFaults: it is empty, or no text in UTF-8 from its header on.
    """
    header = read_header(path)
    row_type = recognise(header)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ReadError(path, error.strerror or "cannot be read") from error
    fault = _no_text(path, data)
    if row_type is None:
        if fault is not None:
            raise SheetFaults([fault])
        return None
    if fault is not None:
        return Table(path, row_type, (), (fault,))
    text = data.decode("utf-8-sig")
    faults = list(_header_faults(path, row_type, header))
    if faults:
        return Table(path, row_type, (), tuple(faults))
    rows = tuple(_rows(path, row_type, header, text, faults))
    return Table(path, row_type, rows, tuple(faults))


def _no_text(path: Path, data: bytes) -> Fault | None:
    """Why a file cannot be read as text; None when it can."""
    if not data.removeprefix(b"\xef\xbb\xbf").strip():
        return Fault(path, 1, "", "the file is empty; a table begins with the names of its columns")
    try:
        data.decode("utf-8-sig")
        odd = data.find(0)  # as in UTF-16, where it stands beside every letter
    except UnicodeDecodeError as error:
        odd = error.start
    if odd < 0:
        return None
    line = data.count(b"\n", 0, odd) + 1
    message = f"byte {data[odd]:#04x} is not UTF-8 text; save the table as CSV UTF-8"
    return Fault(path, line, "", message)


def _header(line: str) -> tuple[str, ...]:
    try:
        names = next(csv.reader([line], delimiter=_delimiter(line)), [])
    except csv.Error:
        return ()
    return tuple(name.strip() for name in names)


def _delimiter(line: str) -> str:
    """Spreadsheets write semicolons where the comma is the decimal sign."""
    return max(",;\t", key=line.count)


def _header_faults(path: Path, row_type: RowType, header: tuple[str, ...]) -> Iterator[Fault]:
    known = [name for name, _ in columns(row_type)]
    name = row_type.TABLE
    for column, required in columns(row_type):
        if required and column not in header:
            yield Fault(path, 1, column, f"the {name} table lacks this column")
    for column in dict.fromkeys(header):
        if header.count(column) > 1:
            yield Fault(path, 1, column, "the column stands in the header twice")
        if column in known or column.startswith("_"):
            continue
        near = nearest(column, known)
        hint = f"did you mean {near[0]}?" if near else "begin a column of your own with _"
        yield Fault(path, 1, column or "(empty)", f"no column of the {name} table; {hint}")


def _rows(
    path: Path, row_type: RowType, header: tuple[str, ...], text: str, faults: list[Fault]
) -> Iterator[Row]:
    known = {name for name, _ in columns(row_type)}
    required = [name for name, needed in columns(row_type) if needed]
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(first), strict=True)
    number = 0
    try:
        for cells in reader:
            number += 1
            if number == 1 or not any(cell.strip() for cell in cells):
                continue
            at = At(path, number)
            if len(cells) != len(header):
                told = "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
                message = f"{told} where the header has {len(header)}"
                faults.append(at.fault("", message))
                continue
            values = {
                name: cell.strip()
                for name, cell in zip(header, cells, strict=True)
                if name in known
            }
            empty = [name for name in required if not values[name]]
            faults.extend(at.fault(name, "is empty") for name in empty)
            if not empty:
                yield row_type(at, **values)
    except csv.Error as error:
        faults.append(Fault(path, number + 1, "", f"is not CSV: {error}"))
