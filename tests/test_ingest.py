"""The claims sheet importer: what it writes, keeps, replaces and refuses to lose."""

from __future__ import annotations

import csv
import random
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from cbrngraph.errors import InputError, ReadError, SheetFaults, UsageError
from cbrngraph.ingest import Import, plan_import
from cbrngraph.model import IRI, Literal, Quad
from cbrngraph.resources import Project, shipped
from cbrngraph.store import parse_file

CBRN = "https://w3id.org/cbrngraph/ontology#"

SOURCE = {
    "source_id": "s1",
    "title": "A page",
    "publisher": "Someone",
    "url": "https://example.org/a",
    "file": "",
    "issued": "2024-05",
    "kind": "news",
    "language": "en",
    "reliability": "primary",
    "found_at": "",
}
STATUS = {
    "claim_id": "a1",
    "subject_kind": "project",
    "subject": "X1",
    "property": "status",
    "value": "on-going",
    "value_kind": "slug",
    "unit": "",
    "as_of": "2024-05",
    "source_id": "s1",
    "locator": "L4 (Projects)",
    "excerpt": "is on-going since May",
    "confidence": "high",
}
START = STATUS | {"claim_id": "a2", "property": "start", "value": "2023/..", "value_kind": "edtf"}
PLACE = {"slug": "here", "name": "Here", "country": "ITA", "note": ""}
PROJECT = {"slug": "X1", "kind": "project", "label": "Project X"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A project of one's own with nothing in it but a folder for data."""
    folder = tmp_path / "mine"
    (folder / "data").mkdir(parents=True)
    return folder


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A folder with the smallest sheet: two claims about one project."""
    folder = tmp_path / "sheet"
    folder.mkdir()
    table(folder / "claims.csv", [STATUS, START])
    table(folder / "sources.csv", [SOURCE])
    table(folder / "entities.csv", [PROJECT])
    return folder


def table(path: Path, rows: Iterable[Mapping[str, str]]) -> Path:
    """Write rows as CSV; the keys of the first are the columns."""
    found = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(found)
    return path


def ingest(home: Path, *files: Path, documents: Path | None = None, prune: bool = False) -> Import:
    """Import tables into a project."""
    plan = plan_import(files, Project.open(home), documents=documents, prune=prune)
    plan.write()
    return plan


def on_file(home: Path) -> dict[str, bytes]:
    """Everything below a project's data folder."""
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in sorted((home / "data").rglob("*"))
        if path.is_file()
    }


def said(path: Path, predicate: str) -> set[str]:
    """The values of a property in a file."""
    return {str(quad.object) for quad in parse_file(path) if quad.predicate == CBRN + predicate}


GOLDEN = """\
# A page. Someone. 2024-05
@base <https://w3id.org/cbrngraph/> .
@prefix cbrn: <https://w3id.org/cbrngraph/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix loc: <http://id.loc.gov/datatypes/> .
@prefix schema: <https://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<source/s1> a cbrn:SourceDocument ;
    dcterms:identifier "s1" ;
    dcterms:title "A page" ;
    dcterms:publisher "Someone" ;
    schema:url <https://example.org/a> ;
    dcterms:issued "2024-05"^^xsd:gYearMonth ;
    cbrn:issuedEarliest "2024-05-01"^^xsd:date ;
    cbrn:issuedLatest "2024-05-31"^^xsd:date ;
    cbrn:documentKind <id/document-kind/news> ;
    dcterms:language "en" ;
    cbrn:reliability <id/reliability/primary> .

<source/s1#L4-is-on-going-since-may> a cbrn:Passage ;
    cbrn:partOf <source/s1> ;
    cbrn:locator "L4 (Projects)" ;
    cbrn:heading "Projects" ;
    cbrn:startLine 4 ;
    cbrn:endLine 4 ;
    cbrn:excerpt "is on-going since May" ;
    cbrn:asOf "2024-05"^^xsd:gYearMonth ;
    cbrn:asOfEarliest "2024-05-01"^^xsd:date ;
    cbrn:asOfLatest "2024-05-31"^^xsd:date ;
    cbrn:confidence <id/confidence/high> ;
    cbrn:claim "a1" ,
        "a2" .

GRAPH <source/s1#L4-is-on-going-since-may> {
    <id/project/X1> cbrn:start "2023/.."^^loc:edtf ;
        cbrn:startEarliest "2023-01-01"^^xsd:date ;
        cbrn:status <id/status/on-going> .
}
"""


def test_a_source_is_one_file_in_the_canonical_layout(home: Path, sheet: Path) -> None:
    """Source, passage and what the passage states, byte for byte."""
    plan = ingest(home, sheet / "claims.csv")
    assert (home / "data/sources/s1.trig").read_text("utf-8") == GOLDEN
    assert [(c.slug, c.change) for c in plan.changes] == [("s1", "added"), ("projects", "added")]
    assert (plan.claims, plan.sources) == (2, 1)


def test_importing_again_changes_no_byte(home: Path, sheet: Path) -> None:
    """The second run plans nothing and leaves every file as it is."""
    ingest(home, sheet / "claims.csv")
    before = on_file(home)
    plan = ingest(home, sheet / "claims.csv")
    assert plan.contents == {}
    assert plan.unchanged == len(before) == 2
    assert on_file(home) == before


def test_the_order_of_rows_changes_no_byte(home: Path, sheet: Path, tmp_path: Path) -> None:
    """A sorted or shuffled sheet gives the same files."""
    ingest(home, sheet / "claims.csv")
    other = tmp_path / "other"
    (other / "data").mkdir(parents=True)
    table(sheet / "claims.csv", [START, STATUS])
    ingest(other, sheet / "claims.csv")
    assert on_file(other) == on_file(home)


def test_shipped_data_is_what_the_importer_writes(shared: Path, home: Path) -> None:
    """From the fact tables alone the shipped data comes out byte for byte."""
    plan = ingest(home, shared / "facts" / "claims.csv", documents=shared / "sources")
    assert plan.claims == 1841
    written = on_file(home)
    assert len(written) > 210
    assert written == {name: (shipped() / name).read_bytes() for name in written}


def test_importing_into_the_shipped_data_changes_no_byte(shared: Path, home: Path) -> None:
    """Also without the documents at hand: the checksums on file stay."""
    shutil.copytree(shipped() / "data", home / "data", dirs_exist_ok=True)
    plan = plan_import([shared / "facts" / "claims.csv"], Project.open(home))
    assert plan.changes == ()
    assert plan.unchanged > 210


def test_a_shuffled_copy_of_the_facts_gives_the_shipped_data(
    shared: Path, home: Path, tmp_path: Path
) -> None:
    """Addresses of passages do not depend on the order of rows, collisions included."""
    for path in (shared / "facts").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        random.Random(7).shuffle(rows)
        table(tmp_path / path.name, rows)
    ingest(home, tmp_path / "claims.csv", documents=shared / "sources")
    written = on_file(home)
    assert written == {name: (shipped() / name).read_bytes() for name in written}


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_another_reader_finds_the_same_statements(home: Path, sheet: Path) -> None:
    """RDFLib reads the TriG as the importer's own parser does."""
    import rdflib

    ingest(home, sheet / "claims.csv")
    path = home / "data/sources/s1.trig"
    ours = {quad_text(quad) for quad in parse_file(path)}
    dataset = rdflib.Dataset()
    dataset.parse(data=path.read_text("utf-8"), format="trig")
    theirs = {
        (str(s), str(p), str(o), "" if str(g) in ("None", "urn:x-rdflib:default") else str(g))
        for s, p, o, g in dataset.quads()
    }
    assert theirs == ours
    assert len(ours) > 20


def quad_text(quad: Quad) -> tuple[str, str, str, str]:
    """A quad as four texts; the default graph is empty."""
    return str(quad.subject), str(quad.predicate), str(quad.object), str(quad.graph or "")


def test_a_sheet_of_ones_own_adds_to_what_is_on_file(home: Path, sheet: Path) -> None:
    """Slugs on file are known, a new claim joins its passage, nothing else moves."""
    ingest(home, sheet / "claims.csv")
    untouched = (home / "data/reference/projects.ttl").read_bytes()
    new = STATUS | {"claim_id": "b1", "property": "number", "value": "1", "value_kind": "string"}
    mine = table(sheet.parent / "mine.csv", [new])
    plan = ingest(home, mine)
    assert [(c.slug, c.change, c.added, c.removed) for c in plan.changes] == [
        ("s1", "changed", 2, 0)
    ]
    assert said(home / "data/sources/s1.trig", "claim") == {"a1", "a2", "b1"}
    assert said(home / "data/sources/s1.trig", "number") == {"1"}
    assert (home / "data/reference/projects.ttl").read_bytes() == untouched
    assert "2 claims on file of these sources are not in the sheet and stay" in plan.notices[0]


def test_a_claim_with_the_same_id_is_replaced(home: Path, sheet: Path) -> None:
    """The old value is gone, the other claim of the passage stays."""
    ingest(home, sheet / "claims.csv")
    table(sheet / "claims.csv", [STATUS | {"value": "completed"}, START])
    ingest(home, sheet / "claims.csv")
    path = home / "data/sources/s1.trig"
    assert said(path, "status") == {"https://w3id.org/cbrngraph/id/status/completed"}
    assert said(path, "start") == {"2023/.."}


def test_a_claim_that_moves_takes_its_passage_along(home: Path, sheet: Path) -> None:
    """With another excerpt a claim stands in another passage; an empty one is removed."""
    table(sheet / "claims.csv", [STATUS])
    ingest(home, sheet / "claims.csv")
    table(sheet / "claims.csv", [STATUS | {"excerpt": "goes on"}])
    ingest(home, sheet / "claims.csv")
    path = home / "data/sources/s1.trig"
    assert said(path, "excerpt") == {"goes on"}
    assert {q.graph for q in parse_file(path)} == {
        None,
        IRI("https://w3id.org/cbrngraph/source/s1#L4-goes-on"),
    }


def test_a_claim_cannot_be_changed_without_its_neighbours(home: Path, sheet: Path) -> None:
    """Which statement of a passage is whose is not on file, so the sheet must bring all of it."""
    ingest(home, sheet / "claims.csv")
    before = on_file(home)
    for row in (STATUS | {"value": "completed"}, STATUS | {"excerpt": "goes on"}):
        alone = table(sheet.parent / "alone.csv", [row])
        with pytest.raises(SheetFaults, match="a2; the sheet must bring them too") as caught:
            ingest(home, alone)
        assert [(fault.row, fault.column) for fault in caught.value.faults] == [(2, "claim_id")]
    assert on_file(home) == before
    unchanged = table(sheet.parent / "alone.csv", [STATUS])
    assert ingest(home, unchanged).changes == ()


def test_pruning_removes_what_the_sheet_lacks(home: Path, sheet: Path) -> None:
    """Only of the sources that the sheet has, and only when asked for."""
    ingest(home, sheet / "claims.csv")
    table(sheet / "claims.csv", [STATUS])
    assert ingest(home, sheet / "claims.csv").changes == ()
    plan = ingest(home, sheet / "claims.csv", prune=True)
    assert [(c.added, c.removed) for c in plan.changes] == [(0, 3)]
    assert said(home / "data/sources/s1.trig", "claim") == {"a1"}
    elsewhere = table(sheet.parent / "x.csv", [STATUS | {"claim_id": "z1", "source_id": "s2"}])
    sources = table(sheet.parent / "y.csv", [SOURCE | {"source_id": "s2"}])
    ingest(home, elsewhere, sources, prune=True)
    assert said(home / "data/sources/s1.trig", "claim") == {"a1"}


def test_an_id_of_another_source_is_refused(home: Path, sheet: Path) -> None:
    """Two people who both begin with the same number do not overwrite each other."""
    ingest(home, sheet / "claims.csv")
    before = on_file(home)
    claims = table(sheet.parent / "x.csv", [STATUS | {"source_id": "s2"}])
    sources = table(sheet.parent / "y.csv", [SOURCE | {"source_id": "s2"}])
    with pytest.raises(SheetFaults, match="'a1' is on file for the source s1"):
        ingest(home, claims, sources)
    assert on_file(home) == before


def test_a_claim_may_move_to_another_source_with_both_at_hand(home: Path, sheet: Path) -> None:
    """With --prune a claim that changed its source is in the new one only."""
    ingest(home, sheet / "claims.csv")
    table(sheet / "sources.csv", [SOURCE, SOURCE | {"source_id": "s2"}])
    table(sheet / "claims.csv", [STATUS | {"source_id": "s2"}, START])
    ingest(home, sheet / "claims.csv", prune=True)
    assert said(home / "data/sources/s1.trig", "claim") == {"a2"}
    assert said(home / "data/sources/s2.trig", "claim") == {"a1"}


def test_passages_that_begin_alike_get_a_hash_of_their_content(home: Path, sheet: Path) -> None:
    """The first claim keeps the plain address, also when a later sheet adds the second."""
    long = STATUS | {"claim_id": "a3", "excerpt": "is “on-going” since May"}
    ingest(home, sheet / "claims.csv")
    ingest(home, table(sheet.parent / "later.csv", [long]))
    graphs = {str(q.graph) for q in parse_file(home / "data/sources/s1.trig") if q.graph}
    plain = "https://w3id.org/cbrngraph/source/s1#L4-is-on-going-since-may"
    (hashed,) = graphs - {plain}
    assert plain in graphs
    assert hashed.startswith(plain + "-")
    assert len(hashed) == len(plain) + 7


def test_what_no_column_can_say_is_kept(home: Path, sheet: Path) -> None:
    """Statements added by hand to a source and to reference data survive the next import."""
    ingest(home, sheet / "claims.csv")
    source, projects = home / "data/sources/s1.trig", home / "data/reference/projects.ttl"
    extra = '\n<{}> <http://purl.org/dc/terms/subject> "by hand" .\n'
    for path, thing in ((source, "source/s1"), (projects, "id/project/X1")):
        path.write_text(path.read_text("utf-8") + extra.format(thing), "utf-8")
    table(sheet / "entities.csv", [PROJECT | {"label": "Renamed"}])
    ingest(home, sheet / "claims.csv")
    assert "by hand" in source.read_text("utf-8")
    assert "by hand" in projects.read_text("utf-8")
    assert "Project X" not in projects.read_text("utf-8")
    assert '"Renamed"@en' in projects.read_text("utf-8")


def test_things_that_the_tables_do_not_name_stay(home: Path, sheet: Path) -> None:
    """A table with one project does not remove the others."""
    ingest(home, sheet / "claims.csv")
    ingest(home, table(sheet.parent / "more.csv", [PROJECT | {"slug": "X2", "label": "Second"}]))
    text = (home / "data/reference/projects.ttl").read_text("utf-8")
    assert text.count("a cbrn:Project") == 2


def test_slugs_of_the_shipped_data_are_known_to_a_project_of_ones_own(
    home: Path, sheet: Path
) -> None:
    """A country or concept need not be declared again."""
    ingest(home, table(sheet / "places.csv", [PLACE]), sheet / "entities.csv")
    text = (home / "data/reference/places.ttl").read_text("utf-8")
    assert "cbrn:placeCountry <id/country/ITA>" in text


def test_the_checksum_is_of_the_document_and_stays_without_it(
    home: Path, sheet: Path, tmp_path: Path
) -> None:
    """It is recorded once; another file name makes it void."""
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "a.txt").write_bytes(b"abc")
    table(sheet / "sources.csv", [SOURCE | {"file": "a.txt"}])
    ingest(home, sheet / "claims.csv", documents=documents)
    path = home / "data/sources/s1.trig"
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert said(path, "sha256") == {digest}
    assert ingest(home, sheet / "claims.csv").changes == ()
    table(sheet / "sources.csv", [SOURCE | {"file": "b.txt"}])
    ingest(home, sheet / "claims.csv")
    assert said(path, "sha256") == set()


def test_priorities_stand_in_the_list_of_their_source(home: Path, sheet: Path) -> None:
    """A match leads to the other list; a priority that moves leaves its old list."""
    rows = [
        {"slug": "q1", "label": "One", "fact_sheet": "s1", "matches": "q2", "match_kind": "close"},
        {"slug": "q2", "label": "Two", "fact_sheet": "s1", "matches": "", "match_kind": "none"},
    ]
    priorities = table(sheet.parent / "priorities.csv", rows)
    ingest(home, sheet / "sources.csv", priorities)
    path = home / "data/reference/priorities.ttl"
    text = path.read_text("utf-8")
    assert "skos:closeMatch <id/priority/q2>" in text
    assert '"Regional priorities in: A page"@en' in text
    table(sheet / "sources.csv", [SOURCE | {"source_id": "s2", "title": "B"}])
    moved = table(sheet.parent / "moved.csv", [rows[1] | {"fact_sheet": "s2"}])
    ingest(home, sheet / "sources.csv", moved)
    members = {
        (str(q.subject).rpartition("/")[2], str(q.object).rpartition("/")[2])
        for q in parse_file(path)
        if q.predicate.endswith("#member")
    }
    assert members == {("s1", "q1"), ("s2", "q2")}


def test_tables_are_recognised_by_their_header(home: Path, sheet: Path) -> None:
    """File names do not matter, nor do a byte order mark, semicolons or columns of one's own."""
    (sheet / "claims.csv").rename(sheet / "zz.csv")
    (sheet / "sources.csv").unlink()
    columns = ";".join(["_checked", *SOURCE])
    row = ";".join(["yes", *SOURCE.values()])
    (sheet / "anything.csv").write_text(f"\ufeff{columns}\r\n{row}\r\n\r\n", "utf-8")
    (sheet / "notes.csv").write_text("some,other,table\n1,2,3\n", "utf-8")
    ingest(home, sheet / "zz.csv")
    assert (home / "data/sources/s1.trig").read_text("utf-8") == GOLDEN


def test_other_tables_are_taken_only_when_claims_stand_alone(home: Path, sheet: Path) -> None:
    """With a table named beside it, a claims table brings no others along."""
    with pytest.raises(SheetFaults, match="no project has the slug 'X1'"):
        ingest(home, sheet / "claims.csv", sheet / "sources.csv")
    second = table(sheet / "other-claims.csv", [STATUS | {"claim_id": "never"}])
    ingest(home, sheet / "claims.csv")
    assert "never" not in said(home / "data/sources/s1.trig", "claim")
    assert second.exists()


def test_values_keep_their_form(home: Path, sheet: Path) -> None:
    """Numbers, addresses and quotation marks go through unchanged; a unit names the figure."""
    rows = [
        STATUS | {"claim_id": "v1", "property": "budget-eur", "value": "24000000.50"},
        STATUS | {"claim_id": "v2", "property": "website", "value": "https://example.org/ü"},
        STATUS | {"claim_id": "v3", "property": "goal", "value": 'Say "no", \\ and é'},
        STATUS
        | {"claim_id": "v4", "property": "items-count", "value": "5", "unit": "labs (up to)"},
    ]
    table(sheet / "claims.csv", [row | {"value_kind": ""} for row in rows])
    ingest(home, sheet / "claims.csv")
    quads = list(parse_file(home / "data/sources/s1.trig"))
    objects = {quad.predicate.rpartition("#")[2]: quad.object for quad in quads if quad.graph}
    decimal = "http://www.w3.org/2001/XMLSchema#decimal"
    assert objects["amount"] == Literal("24000000.50", decimal)
    assert objects["goal"] == Literal('Say "no", \\ and é')
    assert IRI("https://example.org/ü") in {quad.object for quad in quads}
    assert objects["unit"] == Literal("labs")
    assert objects["bound"] == IRI("https://w3id.org/cbrngraph/id/bound/at-most")
    assert any(str(q.subject).endswith("/figure/X1-items-max-labs") for q in quads)


def test_a_file_on_disk_that_is_damaged_stops_the_import(home: Path, sheet: Path) -> None:
    """A syntax error is named with its line, a blank node with what to do; nothing is written."""
    ingest(home, sheet / "claims.csv")
    path = home / "data/sources/s1.trig"
    good = path.read_text("utf-8")
    path.write_text(good + "<a> <b> .\n", "utf-8")
    with pytest.raises(InputError, match=r"s1\.trig:\d+"):
        ingest(home, sheet / "claims.csv")
    path.write_text(good + "[] <http://example.org/p> 1 .\n", "utf-8")
    with pytest.raises(InputError, match="give the thing an address"):
        ingest(home, sheet / "claims.csv")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "1: the file is empty"),
        (b"\xef\xbb\xbf \r\n", "1: the file is empty"),
        (b"\x89PNG\r\n\x1a\n\xc3\x00", "1: byte 0x89 is not UTF-8 text"),
        ("claim_id,subject_kind\n".encode("utf-16"), "1: byte 0xff is not UTF-8 text"),
        ("claim_id,subject_kind\n".encode("utf-16-le"), "1: byte 0x00 is not UTF-8 text"),
        (b"a,b\n1,2\nx,\xe9\n", "3: byte 0xe9 is not UTF-8 text"),
    ],
)
def test_a_file_that_is_no_text_is_told_as_such(
    home: Path, tmp_path: Path, data: bytes, message: str
) -> None:
    """Nothing is said of the columns of what has none."""
    odd = tmp_path / "odd.csv"
    odd.write_bytes(data)
    with pytest.raises(SheetFaults, match=re.escape(f"odd.csv:{message}")):
        ingest(home, odd)
    assert on_file(home) == {}


def test_wrong_files_and_folders_are_named(home: Path, sheet: Path, tmp_path: Path) -> None:
    """No table, a missing file, a folder of documents that is not there."""
    with pytest.raises(UsageError, match="no table given"):
        ingest(home)
    with pytest.raises(ReadError, match=r"gone\.csv"):
        ingest(home, sheet / "gone.csv")
    with pytest.raises(ReadError, match="no such folder"):
        ingest(home, sheet / "claims.csv", documents=tmp_path / "nowhere")
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(SheetFaults, match="those of no table; known are claims, sources"):
        ingest(home, other)
    assert on_file(home) == {}
