"""Files to snapshot: views, resolution, entailment, identity, and what happens when it fails."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cbrngraph.build import ENTAILED, Snapshot, StoreKind, open_snapshot, parse_view, snapshot_id
from cbrngraph.errors import DateError, InputError, ReadError, SyntaxFault, UnknownNameError
from cbrngraph.model import IRI, Literal, Triple
from cbrngraph.namespaces import CBRN, RDF
from cbrngraph.resources import Project

Make = Callable[..., Project]
KINDS: tuple[StoreKind, ...] = ("memory", "disk", "auto")
BASE = "https://w3id.org/cbrngraph/"
SHEET = BASE + "source/sheet"
PREFIXES = """@base <https://w3id.org/cbrngraph/> .
@prefix cbrn: <https://w3id.org/cbrngraph/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def source(slug: str, issued: str, reliability: str = "primary") -> str:
    """Return the description of a source issued on a day ("" for an undated one)."""
    dated = (
        f' cbrn:issuedEarliest "{issued}"^^xsd:date ; cbrn:issuedLatest "{issued}"^^xsd:date ;'
        if issued
        else ""
    )
    return (
        f"<source/{slug}> a cbrn:SourceDocument ;{dated}"
        f" cbrn:reliability <id/reliability/{reliability}> .\n"
    )


def passage(slug: str, fragment: str, says: str, as_of: str = "", confidence: str = "high") -> str:
    """Return a passage of a source and the graph of what it says."""
    dated = f' cbrn:asOfEarliest "{as_of}"^^xsd:date ;' if as_of else ""
    iri = f"<source/{slug}#{fragment}>"
    return (
        f"{iri} a cbrn:Passage ; cbrn:partOf <source/{slug}> ;{dated}"
        f" cbrn:confidence <id/confidence/{confidence}> .\nGRAPH {iri} {{ {says} }}\n"
    )


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Return a function that writes TriG files as a project, with a cache folder of its own."""
    monkeypatch.setenv("CBRNGRAPH_CACHE", str(tmp_path / "cache"))

    def write(**files: str) -> Project:
        folder = tmp_path / "project" / "data" / "sources"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / f"{name}.trig").write_text(PREFIXES + text, encoding="utf-8")
        return Project.open(tmp_path / "project")

    return write


def iri(path: str) -> IRI:
    """Return an IRI below the base."""
    return IRI(BASE + path)


def values(snapshot: Snapshot, subject: str, predicate: str) -> set[str]:
    """Return the objects in the view."""
    return {str(q.object) for q in snapshot.store.match(iri(subject), IRI(predicate))}


def host(day: str, place: str, slug: str, **how: str) -> str:
    """Return a source and a passage that says where the secretariat sits."""
    reliability = how.pop("reliability", "primary")
    return source(slug, day, reliability) + passage(
        slug, "L1", f"<id/secretariat/s> cbrn:seat <id/place/{place}> .", **how
    )


class TestResolution:
    """Which value the current view shows, rule by rule; the others stay in their passages."""

    def seat(self, snapshot: Snapshot) -> set[str]:
        """Return the seats in the view."""
        return {seat.rpartition("/")[2] for seat in values(snapshot, "id/secretariat/s", CBRN.seat)}

    def test_latest_statement_wins(self, make: Make) -> None:
        """A later source beats an earlier one, and `all` keeps both."""
        project = make(a=host("2020-01-01", "old", "a"), b=host("2021-01-01", "new", "b"))
        assert self.seat(open_snapshot(project)) == {"new"}
        assert self.seat(open_snapshot(project, parse_view("all"))) == {"old", "new"}

    def test_date_of_the_statement_beats_date_of_issue(self, make: Make) -> None:
        """A late source that speaks of an early state does not win."""
        project = make(
            a=host("2024-01-01", "history", "a", as_of="2010-01-01"),
            b=host("2021-01-01", "now", "b"),
        )
        assert self.seat(open_snapshot(project)) == {"now"}

    def test_reliability_decides_on_the_same_day(self, make: Make) -> None:
        """Of two sources of one day the more reliable wins."""
        project = make(
            a=host("2021-01-01", "rumour", "a", reliability="secondary"),
            b=host("2021-01-01", "official", "b"),
        )
        assert self.seat(open_snapshot(project)) == {"official"}

    def test_confidence_decides_next(self, make: Make) -> None:
        """Of two equally reliable ones the more confident wins."""
        project = make(
            a=host("2021-01-01", "guess", "a", confidence="low"),
            b=host("2021-01-01", "sure", "b"),
        )
        assert self.seat(open_snapshot(project)) == {"sure"}

    def test_undated_loses_against_dated(self, make: Make) -> None:
        """A statement without any date counts as the oldest."""
        project = make(a=host("", "undated", "a"), b=host("2011-01-01", "dated", "b"))
        assert self.seat(open_snapshot(project)) == {"dated"}

    def test_losers_stay_in_their_passages(self, make: Make) -> None:
        """Nothing is dropped: GRAPH still finds the value that lost."""
        project = make(a=host("2020-01-01", "old", "a"), b=host("2021-01-01", "new", "b"))
        snapshot = open_snapshot(project)
        graphs = [str(q.graph) for q in snapshot.store.match(None, IRI(CBRN.seat), any_graph=True)]
        assert sorted(g for g in graphs if g != "None") == [
            BASE + "source/a#L1",
            BASE + "source/b#L1",
        ]
        assert snapshot.meta.superseded == 1

    def test_companion_dates_follow_the_chosen_value(self, make: Make) -> None:
        """Earliest and latest come from the passage whose date was chosen, never a mixture."""
        old = (
            '<id/project/P> cbrn:start "2020"^^xsd:gYear ;'
            ' cbrn:startEarliest "2020-01-01"^^xsd:date ; cbrn:startLatest "2020-12-31"^^xsd:date .'
        )
        new = '<id/project/P> cbrn:start "../2022" ; cbrn:startLatest "2022-12-31"^^xsd:date .'
        project = make(
            a=source("a", "2020-01-01") + passage("a", "L1", old),
            b=source("b", "2023-01-01") + passage("b", "L1", new),
        )
        snapshot = open_snapshot(project)
        assert values(snapshot, "id/project/P", CBRN.startEarliest) == set()
        assert values(snapshot, "id/project/P", CBRN.startLatest) == {"2022-12-31"}

    def test_multi_valued_properties_keep_every_value(self, make: Make) -> None:
        """Only single-valued properties are resolved."""
        topic = "<id/activity/a> cbrn:topic {} ."
        project = make(
            a=source("a", "2020-01-01") + passage("a", "L1", topic.format('"one"')),
            b=source("b", "2021-01-01") + passage("b", "L1", topic.format('"two"')),
        )
        assert values(open_snapshot(project), "id/activity/a", CBRN.topic) == {"one", "two"}


class TestAsOf:
    """A view at a date is computed from what was certainly issued by then."""

    def test_sources_after_the_date_and_undated_ones_are_left_out(self, make: Make) -> None:
        """The view says how many sources it left out."""
        project = make(
            a=host("2020-01-01", "old", "a"),
            b=host("2021-06-30", "new", "b"),
            c=host("", "undated", "c"),
        )
        early = open_snapshot(project, parse_view(as_of="2021-05"))
        assert values(early, "id/secretariat/s", CBRN.seat) == {BASE + "id/place/old"}
        assert early.meta.sources_left_out == 2
        assert not list(early.store.match(iri("source/b")))
        late = open_snapshot(project, parse_view(as_of="2021-06"))
        assert values(late, "id/secretariat/s", CBRN.seat) == {BASE + "id/place/new"}

    def test_view_names(self) -> None:
        """A view has a key for the cache and an IRI for the protocol."""
        assert parse_view(as_of="2023-05").key == "as-of-2023-05-31"
        assert parse_view(as_of="2023-05").iri == BASE + "view/as-of/2023-05-31"
        assert parse_view("all").iri == BASE + "view/all"

    def test_bad_view_and_bad_date_are_refused(self) -> None:
        """An unknown view suggests, an interval is no point in time."""
        with pytest.raises(UnknownNameError, match="current"):
            parse_view("curent")
        with pytest.raises(DateError, match="point in time"):
            parse_view(as_of="2020/2021")
        with pytest.raises(DateError):
            parse_view(as_of="soon")


class TestEntailment:
    """What the ontology entails stands in the view and in a graph of its own."""

    def test_chain_is_materialised_in_its_own_graph(self, make: Make) -> None:
        """An implementation role gives the direct edge between project and organisation."""
        says = (
            "<id/project/P> cbrn:hasImplementation <id/implementation/n> ."
            " <id/implementation/n> cbrn:roleHolder <id/organisation/O> ."
        )
        snapshot = open_snapshot(make(a=source("a", "2020-01-01") + passage("a", "L1", says)))
        edge = Triple(iri("id/project/P"), IRI(CBRN.implementedBy), iri("id/organisation/O"))
        assert snapshot.store.contains(edge)
        assert snapshot.store.contains(edge, ENTAILED)
        assert edge in set(snapshot.entailed())
        assert any(
            way.rule == "prp-spo2" for way in snapshot.rules.derivations(snapshot.store, edge)
        )

    def test_nothing_is_entailed_from_a_value_that_lost(self, make: Make) -> None:
        """Entailment runs on the resolved view."""
        place = "<id/place/old> cbrn:placeCountry <id/country/AAA> ."
        project = make(
            a=host("2020-01-01", "old", "a") + passage("a", "L2", place),
            b=host("2021-01-01", "new", "b"),
        )
        where = ("id/secretariat/s", CBRN.locatedInCountry)
        assert values(open_snapshot(project), *where) == set()
        assert values(open_snapshot(project, parse_view("all")), *where) == {
            BASE + "id/country/AAA"
        }


class TestIdentity:
    """Same inputs, same id, same bytes; another input, another id."""

    def test_id_follows_the_content(self, make: Make) -> None:
        """Touching a file keeps the id, changing it changes the id and the answer."""
        project = make(a=host("2020-01-01", "one", "a"))
        first = open_snapshot(project)
        os.utime(project.home / "data" / "sources" / "a.trig")
        assert snapshot_id(project) == first.id
        second = open_snapshot(make(a=host("2020-01-01", "two", "a")))
        assert second.id != first.id
        assert values(second, "id/secretariat/s", CBRN.seat) == {BASE + "id/place/two"}

    def test_same_bytes_from_any_store(self, make: Make) -> None:
        """Text out of memory, disk and another process (another hash seed) is identical."""
        project = make(a=host("2020-01-01", "one", "a"), b=host("2021-01-01", "two", "b"))
        disk = open_snapshot(project, store="disk")
        memory = open_snapshot(project, store="memory")
        assert disk.id == memory.id
        assert list(disk.quads()) == list(memory.quads())
        assert list(disk.triples()) == list(memory.triples())
        script = (
            "import sys;from cbrngraph.build import open_snapshot;"
            "from cbrngraph.resources import Project;"
            "s=open_snapshot(Project.open(sys.argv[1]),store='memory');"
            "print(s.id);[print(*(t.n3() for t in q[:3])) for q in s.quads()]"
        )
        outputs = {
            subprocess.run(
                [sys.executable, "-c", script, str(project.home)],
                env={**os.environ, "PYTHONHASHSEED": seed},
                check=True,
                capture_output=True,
            ).stdout
            for seed in ("1", "2")
        }
        assert len(outputs) == 1

    def test_memory_and_disk_answer_alike(self, make: Make) -> None:
        """The kind of store changes no answer."""
        project = make(a=host("2020-01-01", "one", "a"))
        ask = "SELECT ?s ?p ?o { ?s ?p ?o FILTER(!isBlank(?s) && !isBlank(?o)) }"
        answers = [set(open_snapshot(project, store=kind).store.select(ask).rows) for kind in KINDS]
        assert answers[0] == answers[1] == answers[2]
        assert answers[0]

    def test_large_files_loaded_by_the_engine_give_the_same_graph(
        self, make: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The shortcut for large files changes speed only."""
        project = make(a=host("2020-01-01", "old", "a"), b=host("2021-01-01", "new", "b"))
        ask = (
            "SELECT ?g ?s ?p ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } }"
            " FILTER(!isBlank(?s) && !isBlank(?o)) }"
        )
        plain = set(open_snapshot(project, store="memory").store.select(ask).rows)
        monkeypatch.setattr("cbrngraph.build._LARGE", 1)
        assert set(open_snapshot(project, store="memory").store.select(ask).rows) == plain


class TestFailure:
    """A failed build is one clear error and leaves nothing behind."""

    def test_syntax_error_keeps_nothing(self, make: Make, tmp_path: Path) -> None:
        """The error has file and line; no snapshot folder is left."""
        project = make(a="<id/x> cbrn:topic ;;; .\n")
        with pytest.raises(SyntaxFault) as caught:
            open_snapshot(project)
        assert caught.value.path.name == "a.trig"
        assert caught.value.line == 5
        assert not list((tmp_path / "cache" / "snapshots").glob("*/*"))

    def test_missing_project_folder(self, tmp_path: Path) -> None:
        """A folder that is none, or has no rooms, is refused with what to do."""
        with pytest.raises(ReadError, match="no such folder"):
            Project.open(tmp_path / "nowhere")
        with pytest.raises(ReadError, match="make at least data/"):
            Project.open(tmp_path)

    def test_unwritable_cache_falls_back_to_memory(
        self, make: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Without a cache folder the graph still answers."""
        project = make(a=host("2020-01-01", "one", "a"))
        monkeypatch.setenv("CBRNGRAPH_CACHE", "/proc/nowhere")
        snapshot = open_snapshot(project)
        assert values(snapshot, "id/secretariat/s", CBRN.seat) == {BASE + "id/place/one"}

    def test_damaged_index_is_only_slower(self, make: Make, tmp_path: Path) -> None:
        """A torn index of hashes is ignored and written anew."""
        project = make(a=host("2020-01-01", "one", "a"))
        identity = snapshot_id(project)
        (index,) = (tmp_path / "cache" / "inputs").glob("*.json")
        for torn in ('{"half', "[]", '{"stamps": 1}'):
            index.write_text(torn, encoding="utf-8")
            assert snapshot_id(project) == identity

    @pytest.mark.parametrize(
        "part", ["meta.json", "store/CURRENT", "store/MANIFEST*", "store/*.sst"]
    )
    def test_a_damaged_snapshot_is_made_anew(self, make: Make, tmp_path: Path, part: str) -> None:
        """The files are the truth: what is damaged in the cache is built again."""
        project = make(a=host("2020-01-01", "one", "a"))
        folder = tmp_path / "cache" / "snapshots" / open_snapshot(project).id[:32] / "current"
        for file in folder.glob(part):
            file.write_bytes(b"")
        (folder / "mark").touch()
        snapshot = open_snapshot(project)
        assert values(snapshot, "id/secretariat/s", CBRN.seat) == {BASE + "id/place/one"}
        assert not (folder / "mark").exists()

    def test_a_damaged_list_of_entailed_triples_is_no_shorter_export(
        self, make: Make, tmp_path: Path
    ) -> None:
        """A cut file raises, with what to do; it never exports less in silence."""
        project = make(a=host("2020-01-01", "one", "a"))
        snapshot = open_snapshot(project)
        (file,) = (tmp_path / "cache" / "snapshots").glob("*/current/entailed.nt")
        file.write_text("", encoding="utf-8")
        with pytest.raises(InputError, match="build --force"):
            list(snapshot.triples())

    def test_old_snapshots_are_pruned(self, make: Make, tmp_path: Path) -> None:
        """The cache keeps the newest few."""
        for number in range(10):
            open_snapshot(make(a=host("2020-01-01", f"place{number}", "a")))
        snapshots = tmp_path / "cache" / "snapshots"
        assert len(list(snapshots.iterdir())) == 8
        project = make(a=host("2020-01-01", "one", "a"))
        for year in range(2001, 2013):
            open_snapshot(project, parse_view(as_of=str(year)))
        views = {view.name for view in (snapshots / snapshot_id(project)[:32]).iterdir()}
        assert len(views) == 7
        assert "as-of-2012-12-31" in views

    def test_what_an_interrupted_build_left_is_removed(self, make: Make, tmp_path: Path) -> None:
        """A work folder goes when its process is gone, and stays while it runs."""
        snapshots = tmp_path / "cache" / "snapshots"
        dead = snapshots / "id" / "current.999999999.tmp"
        alive = snapshots / "id" / f"all.{os.getppid()}.tmp"
        dead.mkdir(parents=True)
        alive.mkdir()
        open_snapshot(make(a=host("2020-01-01", "one", "a")))
        assert not dead.exists()
        assert alive.exists()


def test_a_project_stands_instead_of_the_shipped_data_or_on_top_of_it(make: Make) -> None:
    """`DIR` has its own data only; `+DIR` has the shipped data below it."""
    folder = make(a=host("2020-01-01", "one", "a")).home
    alone = {file.name for file in Project.open(folder).data_files()}
    assert alone == {"data/sources/a.trig"}
    both = {file.name for file in Project.open(f"+{folder}").data_files()}
    assert both == alone | {file.name for file in Project.open().data_files()}
    assert len(both) > 200
    (folder / "data" / "reference").mkdir()
    (folder / "data" / "reference" / "places.ttl").write_text("", encoding="utf-8")
    more = {file.name for file in Project.open(f"+{folder}").data_files()}
    assert more - both == {"own/data/reference/places.ttl"}
    with pytest.raises(ReadError, match="no such folder"):
        Project.open(f"+{folder}/nowhere")


def test_reference_data_gives_way_to_a_passage(make: Make) -> None:
    """A single value in reference data is shown until a source states another."""
    project = make(a=host("2020-01-01", "stated", "a"))
    folder = project.home / "data" / "reference"
    folder.mkdir()
    (folder / "offices.ttl").write_text(
        PREFIXES + "<id/secretariat/s> cbrn:seat <id/place/assumed> .\n"
        "<id/secretariat/t> cbrn:seat <id/place/assumed> .",
        encoding="utf-8",
    )
    snapshot = open_snapshot(project)
    assert values(snapshot, "id/secretariat/s", CBRN.seat) == {BASE + "id/place/stated"}
    assert values(snapshot, "id/secretariat/t", CBRN.seat) == {BASE + "id/place/assumed"}
    everything = open_snapshot(project, parse_view("all"))
    assert len(values(everything, "id/secretariat/s", CBRN.seat)) == 2


def test_reference_file_stands_in_a_graph_of_its_own(make: Make) -> None:
    """A Turtle file's triples are in the view and in the graph named after the file."""
    project = make(a=host("2020-01-01", "one", "a"))
    folder = project.home / "data" / "reference"
    folder.mkdir()
    (folder / "places.ttl").write_text(
        PREFIXES + '<id/place/one> a cbrn:Place ; dcterms:identifier "one" .', encoding="utf-8"
    )
    snapshot = open_snapshot(project)
    triple = Triple(iri("id/place/one"), IRI(RDF.type), IRI(CBRN.Place))
    assert snapshot.store.contains(triple)
    assert snapshot.store.contains(triple, iri("graph/data/reference/places"))
    assert snapshot.store.ask(f"ASK {{ ?x <{CBRN.seat}> <{BASE}id/place/one> }}")
    assert Literal("one") in {q.object for q in snapshot.store.match(iri("id/place/one"))}


@pytest.mark.parametrize("text", ["gestern", "2023-13", "../2018-03", "2019/2023"])
def test_a_wrong_date_of_a_view_is_answered_with_what_is_a_point_in_time(text: str) -> None:
    """No advice that would be refused in turn."""
    with pytest.raises(DateError) as caught:
        parse_view("current", text)
    assert str(caught.value).endswith("give a year, a month or a day: 2023, 2023-05 or 2023-05-21")


def test_a_cache_that_cannot_be_written_names_the_variable(
    toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a full disk does."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CBRNGRAPH_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(ReadError, match="set CBRNGRAPH_CACHE to a folder that can be written"):
        open_snapshot(Project.open(toy), store="disk")
