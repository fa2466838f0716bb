"""Names: a thing is called the same way everywhere, at every date, in any spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cbrngraph
from cbrngraph.describe import search
from cbrngraph.errors import UnknownNameError, UsageError
from cbrngraph.names.folding import fold, near, pattern, unpad
from cbrngraph.names.lookup import find_thing
from cbrngraph.queries import chosen_terms
from tests.conftest import Ran, write_toy

if TYPE_CHECKING:
    from cbrngraph.graph import Graph

Run = Callable[..., Ran]
ID = "https://w3id.org/cbrngraph/id/"
LETTERS = st.text(alphabet="abcôéùžñ'’AÉ087 .-", min_size=1, max_size=12)


@given(text=LETTERS)
def test_a_pattern_finds_what_folds_to_the_same(text: str) -> None:
    """The engine's pattern lets no spelling of a name pass by, precomposed or not."""
    for spelling in (
        text,
        text.upper(),
        text.lower(),
        fold(text),
        unicodedata.normalize("NFD", text),
    ):
        if fold(spelling) == fold(text):
            assert re.search(pattern(text), spelling, re.IGNORECASE)
            assert re.search(pattern(text, whole=True), spelling, re.IGNORECASE)


@pytest.mark.parametrize(
    ("text", "name"),
    [("p87", "P087"), ("P087", "p87"), ("COTE D’IVOIRE", "Côte d'Ivoire"), ("йога", "Йога")],
)
def test_a_whole_pattern_finds_zeros_accents_and_apostrophes(text: str, name: str) -> None:
    """And nothing that is longer."""
    found = pattern(text, whole=True)
    assert re.search(found, name, re.IGNORECASE)
    assert not re.search(found, f"{name}1", re.IGNORECASE)
    assert unpad(fold(text)) == unpad(fold(name))


def test_a_long_name_is_compared_in_full(toy_graph: Graph) -> None:
    """The pattern stops after some letters, and what follows still has to be the same."""
    with pytest.raises(UnknownNameError):
        find_thing(toy_graph.snapshot, "é" * 4000)


def test_suggestions_are_the_best_of_each_thing() -> None:
    """Initials go first, and what is far behind the best is left out."""
    names = [("GRC", 1), ("COD", 2), ("Congo, The Democratic Republic of the", 2), ("DMC", 3)]
    assert near("DRC", names) == (("Congo, The Democratic Republic of the", 2),)
    assert near("zzz", names) == ()
    assert near("CODE", names)[0] == ("COD", 2)


SAME = [
    ("country", "UZB", "country/UZB"),
    ("country", "Republic of Uzbekistan", "country/UZB"),
    ("country", "Uzbekistan (UZB)", "country/UZB"),
    ("country", "UZBEKISTAN (uzb)", "country/UZB"),
    ("country", f"<{ID}country/UZB>", "country/UZB"),
    ("country", "country:UZB", "country/UZB"),
    ("country", "Kyrgyz Republic", "country/KGZ"),
    ("country", "cote d'ivoire", "country/CIV"),
    ("project", "PRECA", "project/P087"),
    ("project", "Project 87", "project/P087"),
    ("project", "P87", "project/P087"),
    ("project", "p0087", "project/P087"),
]
ASKED = {"country": "projects-by-country", "project": "project-status-history"}


@pytest.mark.parametrize(("parameter", "text", "thing"), SAME)
def test_show_and_parameters_take_the_same_names(
    graph: Graph, parameter: str, text: str, thing: str
) -> None:
    """What finds a thing is also a value that stands for it."""
    assert find_thing(graph.snapshot, text) == ID + thing
    query = graph.queries.get(ASKED[parameter])
    assert chosen_terms(query, {parameter: text}, graph.snapshot) == {parameter: (ID + thing,)}


def test_a_label_of_one_thing_with_the_slug_of_another_is_nothing(graph: Graph) -> None:
    """Both parts of what tables print must be of one thing."""
    with pytest.raises(UnknownNameError):
        find_thing(graph.snapshot, "Uzbekistan (KGZ)")


@pytest.mark.parametrize("name", ["CA", "ca", "central-asia"])
def test_a_code_that_is_younger_than_the_cut_still_names_its_region(
    graph: Graph, name: str
) -> None:
    """Names are how people address a thing; they do not hang on the date of the view."""
    early = graph.as_of("2019")
    assert early.show(name).thing.slug == "central-asia"
    rows = early.query("region-members-at", region=name)
    assert {row.region.local for row in rows} == {"central-asia"}


def test_what_was_not_known_at_a_date_is_told(tmp_path: Path, cache: Path) -> None:
    """A thing of later sources alone is no unknown name, and a question about it is empty."""
    folder = write_toy(tmp_path)
    early = cbrngraph.open(folder, as_of="2020")
    late = folder / "data" / "sources" / "late.trig"
    late.write_text(
        "@base <https://w3id.org/cbrngraph/> .\n"
        "@prefix cbrn: <https://w3id.org/cbrngraph/ontology#> .\n"
        "@prefix dcterms: <http://purl.org/dc/terms/> .\n"
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        '<source/late> a cbrn:SourceDocument ; cbrn:issuedLatest "2024-12-31"^^xsd:date .\n'
        "<source/late#p> a cbrn:Passage ; cbrn:partOf <source/late> .\n"
        "<source/late#p> { <id/project/T9> a cbrn:Project ; "
        'dcterms:identifier "T9" ; skos:prefLabel "Late project" ; cbrn:status <id/status/x> }\n',
        encoding="utf-8",
    )
    with pytest.raises(UsageError, match=r"issued by 2020 speaks of project:T9  Late project"):
        early.show("late PROJECT")
    assert len(early.query("project-status-history", project="T9")) == 0


def test_a_thing_that_is_no_choice_is_told_to_exist(run_main: Run) -> None:
    """The graph has P087, only no budget of it."""
    ran = run_main("query", "budgets", "-p", "budgeted=P087")
    assert ran.code == 2
    assert "the graph has P087, but nothing that this question asks about it" in ran.err


def test_without_any_choice_the_graph_has_none(run_main: Run, tmp_path: Path) -> None:
    """An empty list of choices is not printed."""
    (tmp_path / "data").mkdir()
    ran = run_main(
        "--project", str(tmp_path), "query", "project-status-history", "-p", "project=P9"
    )
    assert ran.code == 2
    assert ran.err.endswith("unknown project: 'P9'; the graph has none to choose from\n")


def test_choices_are_listed_as_tables_print_them(run_main: Run) -> None:
    """A code alone tells nothing when no name comes near."""
    ran = run_main("query", "projects-by-country", "-p", "country=Qwertz")
    assert "(the choices are: Afghanistan (AFG), " in ran.err


def test_search_folds_accents(graph: Graph) -> None:
    """In what is typed and in what is found."""
    for words in ("cote ivoire", "CÔTE d’Ivoire"):
        assert search(graph.snapshot, words)[0].slug == "CIV"
