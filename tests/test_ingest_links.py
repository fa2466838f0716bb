"""Identifiers of other registers: SKOS links, notations, and the SSSOM record beside them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cbrngraph.ingest import Import, plan_import
from cbrngraph.ingest.links import read_sssom, scheme_datatype
from cbrngraph.model import Literal, Term
from cbrngraph.resources import Project, shipped
from cbrngraph.store import parse_file

ROWS = """\
kind,slug,scheme,identifier,iri,source
country,UZB,wikidata,Q265,http://www.wikidata.org/entity/Q265,some list
country,UZB,geonames,1512440,https://sws.geonames.org/1512440/,some list
country,UZB,eu-delegation,DEL_UZB,http://example.org/body/DEL_UZB,some table
country,UZB,un-m49,860,,some list
country,UZB,un-m49-subregion,143,,some list
country,UZB,iso3166-1-alpha2,UZ,,some list
organisation,GRS,ror,03sj2jc05,https://ror.org/03sj2jc05,a register (candidate match)
instrument,IcSP,eu-programme,IFS2020,http://example.org/programme/IFS2020,some table
topic,epidemic,eurovoc,837,http://eurovoc.europa.eu/837,a thesaurus
"""
WHOLE = (
    "identifiers left out: 1 of register 'un-m49-subregion', "
    "they are codes of what the thing is a part of"
)
UZB = "https://w3id.org/cbrngraph/id/country/UZB"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty project."""
    (tmp_path / "mine" / "data").mkdir(parents=True)
    return tmp_path / "mine"


def ingest(home: Path, text: str = ROWS) -> Import:
    """Import a table of identifiers."""
    file = home.parent / "identifiers.csv"
    file.write_text(text, "utf-8")
    plan = plan_import([file], Project.open(home))
    plan.write()
    return plan


def links(home: Path) -> set[tuple[str, str, Term]]:
    """Subject, local name of the predicate, object."""
    return {
        (str(q.subject).rpartition("/id/")[2], q.predicate.rpartition("#")[2], q.object)
        for q in parse_file(home / "data/links/links.ttl")
    }


def test_links_say_how_sure_they_are(home: Path) -> None:
    """Exact, close where the source doubts, related where the entry is of something else."""
    ingest(home)
    found = {(s, p, str(o)) for s, p, o in links(home) if p != "notation"}
    assert found == {
        ("country/UZB", "exactMatch", "http://www.wikidata.org/entity/Q265"),
        ("country/UZB", "exactMatch", "https://sws.geonames.org/1512440/"),
        ("country/UZB", "relatedMatch", "http://example.org/body/DEL_UZB"),
        ("organisation/GRS", "closeMatch", "https://ror.org/03sj2jc05"),
        ("instrument/IcSP", "exactMatch", "http://example.org/programme/IFS2020"),
    }


def test_codes_without_an_address_are_typed_notations(home: Path) -> None:
    """One datatype a register; codes of the countries table and of a whole are not repeated."""
    plan = ingest(home)
    notations = {(s, o) for s, p, o in links(home) if p == "notation"}
    assert notations == {("country/UZB", Literal("860", scheme_datatype("un-m49")))}
    assert plan.notices == (
        "identifiers left out: 1 of kind 'topic', there are no things of that kind",
        WHOLE,
    )


def test_every_link_has_its_record(home: Path) -> None:
    """The record names both ends by CURIE, the predicate and the source of the link."""
    ingest(home)
    record = read_sssom(home / "data/links/links.sssom.tsv")
    assert len(record.rows) == 5
    row = record.rows[UZB, "https://sws.geonames.org/1512440/"]
    assert row.cells["subject_id"] == "cbrnid:country/UZB"
    assert row.cells["object_id"] == "geonames:1512440/"
    assert row.cells["predicate_id"] == "skos:exactMatch"
    assert row.cells["mapping_justification"] == "semapv:UnspecifiedMatching"
    assert row.cells["comment"] == "some list"
    assert record.prefixes["wikidata"] == "http://www.wikidata.org/entity/"


def test_importing_again_changes_no_byte(home: Path) -> None:
    """Nor does the order of rows."""
    ingest(home)
    header, *rows = ROWS.splitlines(keepends=True)
    assert ingest(home, header + "".join(reversed(rows))).changes == ()


def test_the_work_of_a_reviewer_stays(home: Path) -> None:
    """A denied link is not stated again, a reviewed one keeps its columns, others' rows stay."""
    ingest(home)
    path = home / "data/links/links.sssom.tsv"
    lines = path.read_text("utf-8").splitlines()
    table = []
    for line in lines:
        if line.startswith("#"):
            table.append(line)
        elif line.startswith("subject_id"):
            table.append(line + "\tpredicate_modifier\treviewer_label")
        elif "Q265" in line:
            table.append(line + "\tNot\tA reviewer")
        elif "geonames" in line:
            table.append(line.replace("skos:exactMatch", "skos:closeMatch") + "\t\tA reviewer")
        else:
            table.append(line + "\t\t")
    table.append("cbrnid:country/KAZ\t\tskos:exactMatch\twikidata:Q232\tx:y\tby hand\t\tSomeone")
    path.write_text("\n".join(table) + "\n", "utf-8")
    turtle = home / "data/links/links.ttl"
    turtle.write_text(turtle.read_text("utf-8").replace("entity/Q265>", "entity/Q0>"), "utf-8")
    ingest(home)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader((r for r in file if not r.startswith("#")), delimiter="\t"))
    assert len(rows) == 6
    by_object = {row["object_id"]: row for row in rows}
    assert by_object["wikidata:Q265"]["predicate_modifier"] == "Not"
    assert by_object["wikidata:Q232"]["reviewer_label"] == "Someone"
    assert by_object["geonames:1512440/"]["predicate_id"] == "skos:closeMatch"
    objects = {str(o) for s, _, o in links(home) if s == "country/UZB"}
    assert "http://www.wikidata.org/entity/Q265" not in objects
    assert "http://www.wikidata.org/entity/Q0" in objects


def test_shipped_links_and_records_agree() -> None:
    """Every link of the shipped data has a record with the same predicate, and the reverse."""
    record = read_sssom(shipped() / "data/links/links.sssom.tsv")
    stated = {
        (str(q.subject), q.predicate.rpartition("#")[2], str(q.object))
        for q in parse_file(shipped() / "data/links/links.ttl")
        if not isinstance(q.object, Literal)
    }
    recorded = {
        (subject, row.cells["predicate_id"].partition(":")[2], target)
        for (subject, target), row in record.rows.items()
        if not row.denied
    }
    assert stated == recorded
    assert len(stated) > 80
