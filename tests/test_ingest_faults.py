"""A sheet with faults: all of them are listed with file, row and column, and nothing is written."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from cbrngraph.errors import Fault, SheetFaults
from cbrngraph.ingest import plan_import
from cbrngraph.resources import Project

SOURCE = {
    "source_id": "s1",
    "title": "A page",
    "url": "",
    "issued": "",
    "kind": "news",
    "reliability": "primary",
    "file": "",
}
CLAIM = {
    "claim_id": "a1",
    "subject_kind": "country",
    "subject": "UZB",
    "property": "partner-status",
    "value": "partner",
    "value_kind": "",
    "unit": "",
    "as_of": "",
    "source_id": "s1",
    "locator": "body",
    "excerpt": "",
    "confidence": "high",
}
ORGANISATION = {"slug": "N1", "name": "New", "kind": "research", "country": "", "parent": ""}
COUNTRY = {"slug": "XXA", "name": "Xa", "iso_a2": "XA", "iso_a3": "XXA", "iso_num": "901"}
PRIORITY = {"slug": "q1", "label": "L", "fact_sheet": "s1", "matches": "", "match_kind": "none"}
IDENTIFIER = {"kind": "country", "slug": "UZB", "scheme": "x", "identifier": "1", "iri": ""}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty project."""
    (tmp_path / "mine" / "data").mkdir(parents=True)
    return tmp_path / "mine"


def faults(
    home: Path,
    claims: Sequence[Mapping[str, str]] = (CLAIM,),
    documents: Path | None = None,
    tables: Mapping[str, Mapping[str, str]] | None = None,
) -> list[tuple[str, int, str, str]]:
    """Import a sheet and return its faults: file, row, column, message."""
    folder = home.parent / "sheet"
    folder.mkdir(exist_ok=True)
    rows: dict[str, Sequence[Mapping[str, str]]] = {"sources": [SOURCE], "claims": claims}
    rows |= {name: [row] for name, row in (tables or {}).items()}
    for name, found in rows.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(found[0]))
            writer.writeheader()
            writer.writerows(found)
    return refused(home, folder / "claims.csv", documents)


def refused(
    home: Path, file: Path, documents: Path | None = None
) -> list[tuple[str, int, str, str]]:
    """Return the faults of an import that must fail and write nothing."""
    with pytest.raises(SheetFaults) as caught:
        plan_import([file], Project.open(home), documents=documents)
    assert list((home / "data").iterdir()) == []
    assert caught.value.exit_code == 3
    return [_fault(fault) for fault in caught.value.faults]


def _fault(fault: Fault) -> tuple[str, int, str, str]:
    return fault.path.name, fault.row, fault.column, fault.message


def test_the_sheet_of_these_tests_is_good(home: Path) -> None:
    """Without a change there is no fault, so each fault below is the change's."""
    with pytest.raises(pytest.fail.Exception):
        faults(home)


@pytest.mark.parametrize(
    ("change", "column", "message"),
    [
        ({"property": "partner-statsu"}, "property", "did you mean partner-status"),
        ({"property": "seat-city"}, "property", "is said of secretariat, not of country"),
        ({"subject_kind": "contry"}, "subject_kind", "did you mean country"),
        ({"subject": "UZX"}, "subject", "no country has the slug 'UZX'; did you mean"),
        ({"value": "partnr"}, "value", "no partner-status has the slug 'partnr'; did you mean"),
        ({"source_id": "s11"}, "source_id", "unknown source 's11'; did you mean s1?"),
        ({"confidence": "hihg"}, "confidence", "did you mean high"),
        ({"as_of": "May 2024"}, "as_of", "'May 2024' is not a date"),
        ({"as_of": "2024/.."}, "as_of", "has no last day"),
        ({"locator": "L9-L3 (Text)"}, "locator", "lines count from 1 and ascend"),
        ({"locator": "L0"}, "locator", "lines count from 1 and ascend"),
        ({"excerpt": "w " * 13}, "excerpt", "has 13 words; quote 12 at most"),
        ({"value_kind": "integer"}, "value_kind", "takes slug, not integer"),
        ({"unit": "countries"}, "unit", "takes no unit 'countries'"),
        ({"claim_id": "a 1"}, "claim_id", "is no id"),
        ({"value": " "}, "value", "is empty"),
        ({"property": "partner-since", "value": "2023-13"}, "value", "not a date"),
        ({"property": "partner-since", "value": "2024/2023"}, "value", "ends before it begins"),
        (
            {"property": "partner-since", "value": "2023", "value_kind": "date"},
            "value",
            "is not a full day",
        ),
        ({"property": "partner-rank", "value": "12.5"}, "value", "is not a whole number"),
        ({"property": "partner-rank", "value": "1 000"}, "value", "is not a whole number"),
        (
            {
                "subject_kind": "project",
                "subject": "P053",
                "property": "budget-eur",
                "value": "1.000,00",
            },
            "value",
            "is not a number",
        ),
        (
            {
                "subject_kind": "project",
                "subject": "P053",
                "property": "budget-eur",
                "value": "1000",
                "unit": "USD",
            },
            "unit",
            "takes no unit 'USD'",
        ),
        (
            {
                "subject_kind": "project",
                "subject": "P053",
                "property": "trained-count",
                "value": "20",
            },
            "unit",
            "needs a unit",
        ),
        (
            {
                "subject_kind": "project",
                "subject": "P053",
                "property": "website",
                "value": "www.example.org",
            },
            "value",
            "is not a web address",
        ),
    ],
)
def test_a_fault_in_a_claim_names_its_row_and_column(
    home: Path, change: dict[str, str], column: str, message: str
) -> None:
    """One fault, in the second row, in the column that has to be changed."""
    ((file, row, where, text),) = faults(home, [CLAIM | change])
    assert (file, row, where) == ("claims.csv", 2, column)
    assert message in text


@pytest.mark.parametrize(
    ("table", "row", "column", "message"),
    [
        ("sources", SOURCE | {"kind": "nwes"}, "kind", "did you mean news"),
        ("sources", SOURCE | {"reliability": "x"}, "reliability", "no reliability has the slug"),
        ("sources", SOURCE | {"issued": "2024-2"}, "issued", "is not a date"),
        ("sources", SOURCE | {"url": "example.org"}, "url", "not a whole http(s) address"),
        ("organisations", ORGANISATION | {"kind": "resarch"}, "kind", "did you mean research"),
        ("organisations", ORGANISATION | {"country": "UZX"}, "country", "did you mean"),
        ("organisations", ORGANISATION | {"parent": "N2"}, "parent", "no organisation has"),
        ("organisations", ORGANISATION | {"slug": "a/b"}, "slug", "is no slug"),
        ("countries", COUNTRY | {"iso_a2": "xa"}, "iso_a2", "no ISO 3166-1 code"),
        ("countries", COUNTRY | {"iso_num": "9"}, "iso_num", "no ISO 3166-1 code"),
        ("entities", {"slug": "e", "kind": "projct", "label": "E"}, "kind", "did you mean project"),
        ("places", {"slug": "p", "name": "P", "country": "UZX"}, "country", "no country has"),
        ("priorities", PRIORITY | {"fact_sheet": "s11"}, "fact_sheet", "did you mean s1?"),
        ("priorities", PRIORITY | {"match_kind": "near"}, "match_kind", "none of exact, close"),
        ("priorities", PRIORITY | {"match_kind": "close"}, "match_kind", "given together"),
        ("concepts", {"scheme": "status", "slug": "x", "label": "X"}, "slug", "status.ttl first"),
        ("concepts", {"scheme": "stats", "slug": "x", "label": "X"}, "scheme", "mean status"),
        (
            "properties",
            {"property": "statsu", "meaning": "m", "value_kind": "slug"},
            "property",
            "did you mean status",
        ),
        (
            "properties",
            {"property": "status", "meaning": "m", "value_kind": "edtf"},
            "value_kind",
            "takes slug in the mapping",
        ),
        ("identifiers", IDENTIFIER | {"slug": "UZX"}, "slug", "no country has the slug"),
        ("identifiers", IDENTIFIER | {"iri": "x:y"}, "iri", "not a whole http(s) address"),
        ("identifiers", IDENTIFIER | {"kind": "contry"}, "kind", "did you mean country"),
    ],
)
def test_a_fault_in_another_table_names_its_row_and_column(
    home: Path, table: str, row: dict[str, str], column: str, message: str
) -> None:
    """The tables beside the claims are checked in the same way."""
    found = faults(home, tables={table: row})
    assert [(file, number, where) for file, number, where, _ in found] == [
        (f"{table}.csv", 2, column)
    ]
    assert message in found[0][3]


def test_all_faults_are_listed_at_once_in_order(home: Path) -> None:
    """Several rows, several faults in one row: one error has them all."""
    rows = [
        CLAIM | {"subject": "UZX", "value": "nobody", "as_of": "soon"},
        CLAIM | {"claim_id": "a2"},
        CLAIM | {"claim_id": "a2", "confidence": "sure"},
    ]
    found = faults(home, rows, tables={"places": {"slug": "p", "name": "P", "country": "Q"}})
    assert [(file, row, column) for file, row, column, _ in found] == [
        ("claims.csv", 2, "as_of"),
        ("claims.csv", 2, "subject"),
        ("claims.csv", 2, "value"),
        ("claims.csv", 4, "claim_id"),
        ("claims.csv", 4, "confidence"),
        ("places.csv", 2, "country"),
    ]
    assert "stands in row 3 of claims.csv already" in found[3][3]


@pytest.mark.parametrize(
    ("subject", "hint"),
    [("Uzbekistan", "UZB?"), ("republic of uzbekistan", "UZB?"), ("Kazakstan", "KAZ?")],
)
def test_a_name_in_place_of_a_slug_is_answered_with_the_slug(
    home: Path, subject: str, hint: str
) -> None:
    """Who writes a name learns the slug; nearly the name does too."""
    ((_, _, column, message),) = faults(home, [{**CLAIM, "subject": subject}])
    assert column == "subject"
    assert message == f"no country has the slug {subject!r}; did you mean {hint}"


def test_several_kinds_are_a_list_of_words(home: Path) -> None:
    """Commas, and "or" before the last."""
    claim = {**CLAIM, "subject_kind": "organisation", "subject": "UNICRI", "property": "funds"}
    ((_, _, column, message),) = faults(home, [{**claim, "value": "qqqqqqq"}])
    assert (column, message) == (
        "value",
        "no initiative, project or secretariat has the slug 'qqqqqqq'",
    )


def test_a_language_is_a_code(home: Path) -> None:
    """What the shape of a source document refuses, the sheet refuses."""
    ((table, _, column, message),) = faults(
        home, tables={"sources": {**SOURCE, "language": "English"}}
    )
    assert (table, column) == ("sources.csv", "language")
    assert "two or three small letters" in message


def test_a_slug_that_stands_in_a_table_twice_is_a_fault(home: Path) -> None:
    """Two rows about one thing would overwrite each other."""
    folder = home.parent / "sheet"
    folder.mkdir()
    file = folder / "entities.csv"
    file.write_text("slug,kind,label\ne,project,A\ne,project,B\n", "utf-8")
    ((_, row, column, message),) = refused(home, file)
    assert (row, column) == (3, "slug")
    assert "row 2 of entities.csv" in message


@pytest.mark.parametrize(
    ("text", "row", "column", "message"),
    [
        (b"slug,kind\ne,project\n", 1, "label", "the entities table lacks this column"),
        (b"slug,kind,label,lable\ne,project,E,x\n", 1, "lable", "did you mean label?"),
        (b"slug,kind,label,label\ne,project,E,E\n", 1, "label", "in the header twice"),
        (b"slug,kind,label\ne,project\n", 2, "", "2 cells where the header has 3"),
        (b"slug,kind,label\nok,project,OK\ne,project,\xe9\n", 3, "", "is not UTF-8"),
        (b'slug,kind,label\ne,project,"open\n', 2, "", "is not CSV"),
    ],
)
def test_a_table_out_of_form_is_refused(
    home: Path, text: bytes, row: int, column: str, message: str
) -> None:
    """Header, cells, encoding and quoting are checked before any value is."""
    file = home.parent / "entities.csv"
    file.write_bytes(text)
    found = refused(home, file)
    assert (found[0][1], found[0][2]) == (row, column)
    assert message in found[0][3]


def test_a_document_that_is_not_there_is_a_fault(home: Path, tmp_path: Path) -> None:
    """Neither a missing file nor a path out of the folder is taken."""
    (tmp_path / "documents").mkdir()
    (tmp_path / "secret.txt").write_text("x", "utf-8")
    for name in ("gone.txt", "../secret.txt"):
        found = faults(
            home,
            documents=tmp_path / "documents",
            tables={"sources": SOURCE | {"file": name}},
        )
        assert [(file, row, column) for file, row, column, _ in found] == [
            ("sources.csv", 2, "file")
        ]
