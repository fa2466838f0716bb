"""Show, search and info: what the graph knows, and who says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cbrngraph.describe import describe, search
from cbrngraph.describe.render import (
    described,
    description_sheet,
    found,
    overview_sheets,
    summarised,
)
from cbrngraph.errors import UnknownNameError, UsageError
from cbrngraph.formats.text import plain
from cbrngraph.model import IRI
from cbrngraph.names.lookup import find_thing

if TYPE_CHECKING:
    from cbrngraph.describe import Description, Fact
    from cbrngraph.graph import Graph

BASE = "https://w3id.org/cbrngraph/"


def facts(description: Description, label: str) -> list[Fact]:
    """The facts of the property with that label."""
    return [f for prop in description.properties if prop.ref.label == label for f in prop.facts]


class TestLookup:
    """From what people type to a thing."""

    @pytest.mark.parametrize(
        "text",
        [
            "UZB",
            "uzb",
            "UZ",
            "860",
            "Uzbekistan",
            "UZBEKISTAN",
            " uzbekistan ",
            "Republic of Uzbekistan",
            "country:UZB",
            "country/UZB",
            "id/country/UZB",
            BASE + "id/country/UZB",
            f"<{BASE}id/country/UZB>",
        ],
    )
    def test_a_thing_has_many_names(self, graph: Graph, text: str) -> None:
        """IRI, CURIE, path, slug, codes and names in any case find the same thing."""
        assert find_thing(graph.snapshot, text) == BASE + "id/country/UZB"

    @pytest.mark.parametrize("text", ["Project 87", "project no. 087", "PROJECT #87"])
    def test_a_class_and_a_number_name_a_thing(self, graph: Graph, text: str) -> None:
        """As people write it, with or without leading zeros."""
        assert find_thing(graph.snapshot, text) == BASE + "id/project/P087"
        with pytest.raises(UnknownNameError):
            find_thing(graph.snapshot, text.replace("87", "99999"))

    def test_a_near_miss_suggests(self, graph: Graph) -> None:
        """A typo is answered with names that exist."""
        with pytest.raises(UnknownNameError) as caught:
            find_thing(graph.snapshot, "Kazakstan")
        assert caught.value.suggestions[0] == "Kazakhstan"

    def test_several_things_of_a_name_are_listed(self, toy_graph: Graph) -> None:
        """Which one is meant is for the user to say."""
        with pytest.raises(UsageError, match="2 things") as caught:
            find_thing(toy_graph.snapshot, "TWIN")
        assert "project:T2  Twin" in str(caught.value)
        assert "region:south  Twin" in str(caught.value)

    def test_a_slug_goes_before_a_code_and_that_before_a_name(self, toy_graph: Graph) -> None:
        """The number 1 is a code of the toy project."""
        assert find_thing(toy_graph.snapshot, "1").endswith("project/T1")

    def test_a_name_that_lost_still_finds_the_thing(self, toy_graph: Graph) -> None:
        """A superseded title is no dead end."""
        assert find_thing(toy_graph.snapshot, "old <TITLE>").endswith("project/T1")

    @pytest.mark.parametrize(
        "text", ["", "  ", "<>", "http://e/a b", 'x" } DROP', "a/b c", "\\", "http://e/[", "a/%zz"]
    )
    def test_odd_text_is_an_error_not_a_crash(self, graph: Graph, text: str) -> None:
        """Nothing that is typed becomes SPARQL."""
        with pytest.raises(UsageError):
            find_thing(graph.snapshot, text)


class TestShow:
    """A thing's facts and their evidence."""

    def test_the_loser_stands_beside_the_winner_with_its_source(self, toy_graph: Graph) -> None:
        """Both titles are told; the older one is marked."""
        titles = facts(describe(toy_graph.snapshot, "T1"), "title")
        assert [(str(f.value), f.standing) for f in titles] == [
            ("New title", "current"),
            ("Old <title>", "also stated"),
        ]
        (passage,) = titles[1].passages
        assert (passage.source.title, passage.locator, passage.as_of, passage.excerpt) == (
            "First report",
            "p. 1",
            "2020",
            "three words only",
        )

    def test_reference_data_and_entailed_facts_say_so(self, toy_graph: Graph) -> None:
        """A file is named; what the ontology adds is marked as derived."""
        description = describe(toy_graph.snapshot, "T1")
        assert [ref.slug for ref in description.types] == ["Project"]
        assert facts(description, "covers region")[0].derived is False
        concerns = facts(description, "concerns region")
        assert [fact.derived for fact in concerns] == [True]
        text = plain(description_sheet(description))
        assert "covers region" in text
        assert "concerns region" not in text  # it says nothing that "covers" does not

    def test_others_point_at_it_with_their_sources(self, toy_graph: Graph) -> None:
        """A region shows the projects that cover it, and who says so."""
        text = plain(description_sheet(describe(toy_graph.snapshot, "north")))
        line = next(line for line in text.splitlines() if "Toy project (T1)" in line)
        assert "Second report (second), 2022, p. 2" in line

    def test_the_objects_have_everything(self, toy_graph: Graph) -> None:
        """JSON names thing, property, value, standing and source, each by slug."""
        one = described(describe(toy_graph.snapshot, "T1"))
        assert (one["slug"], one["label"], one["curie"]) == ("T1", "Toy project", "project:T1")
        title = next(p for p in one["facts"] if p["property"]["slug"] == "title")
        assert [(v["value"], v["standing"]) for v in title["values"]] == [
            ("New title", "current"),
            ("Old <title>", "also stated"),
        ]
        assert title["values"][0]["sources"][0]["slug"] == "second"

    def test_a_relation_is_called_by_what_it_joins(self, graph: Graph) -> None:
        """A node without a name shows its ends, not its address."""
        description = describe(graph.snapshot, "P087")
        (node,) = facts(description, "has implementation")
        assert node.ref is not None
        assert node.ref.relation
        assert "International Science and Technology Center" in node.ref.label
        assert "P087-" not in plain(description_sheet(description))

    def test_every_fact_of_a_project_has_its_sources(self, graph: Graph) -> None:
        """Nothing that is stated stands without a passage or a file."""
        count = 0
        for prop in describe(graph.snapshot, "P087").properties:
            for fact in prop.facts:
                count += 1
                assert fact.derived or fact.passages or fact.files, (prop.ref.label, fact.value)
        assert count > 20

    def test_a_long_list_is_cut_and_says_so(self, graph: Graph) -> None:
        """A table stays readable; JSON has all."""
        text = plain(description_sheet(describe(graph.snapshot, "fs2023")))
        assert "more (--format json has all)" in text

    def test_a_view_at_a_date_shows_what_was_known(self, toy_graph: Graph) -> None:
        """As of 2021 only the first report speaks."""
        description = describe(toy_graph.as_of("2021").snapshot, "T1")
        assert [str(fact.value) for fact in facts(description, "title")] == ["Old <title>"]


class TestSearch:
    """Things by words."""

    def test_all_words_in_any_case_and_names_first(self, graph: Graph) -> None:
        """The place comes before what happened there."""
        hits = search(graph.snapshot, "TASHKENT")
        assert hits[0].slug == "tashkent"
        assert hits[0].kinds == ("place",)
        both = search(graph.snapshot, "tashkent conference")
        assert both
        assert all(
            "tashkent" in hit.text.lower() and "conference" in hit.text.lower() for hit in both
        )

    def test_a_thing_is_found_once_and_by_other_texts_too(self, toy_graph: Graph) -> None:
        """The property that holds the words is named."""
        hits = search(toy_graph.snapshot, "three words")
        assert [(hit.slug, hit.property) for hit in hits] == [("first#p1", "excerpt")]
        assert len({hit.iri for hit in search(toy_graph.snapshot, "t")}) == len(
            search(toy_graph.snapshot, "t")
        )

    def test_a_limit_keeps_the_best(self, graph: Graph) -> None:
        """The first of all is the first of few."""
        assert search(graph.snapshot, "tashkent", 2) == search(graph.snapshot, "tashkent")[:2]

    def test_nothing_to_search_for_is_an_error(self, graph: Graph) -> None:
        """White space is no word; a word that is nowhere finds nothing."""
        with pytest.raises(UsageError, match="give a word"):
            search(graph.snapshot, "  ")
        assert search(graph.snapshot, 'no"where }') == ()

    def test_the_objects_have_slugs(self, graph: Graph) -> None:
        """JSON of a search is a list of objects with slug."""
        assert [one["slug"] for one in found(search(graph.snapshot, "tashkent", 1))] == ["tashkent"]


class TestInfo:
    """What is in the graph."""

    def test_counts_dates_and_identity(self, toy_graph: Graph) -> None:
        """The toy has two sources, two passages, and a title that lost."""
        one = toy_graph.info()
        assert (one.sources, one.passages, one.statements, one.superseded) == (2, 2, 5, 1)
        assert one.covers == ("2020-01-01", "2022-12-31")
        assert one.issued == ("2020-01-01", "2022-12-31")
        assert one.snapshot == toy_graph.snapshot_id
        assert {c.slug: c.things for c in one.classes}["Project"] == 2

    def test_an_earlier_view_covers_less(self, toy_graph: Graph) -> None:
        """As of 2021 the second report is not there."""
        one = toy_graph.as_of("2021").info()
        assert (one.sources, one.covers[1]) == (1, "2020-12-31")

    def test_tables_and_objects_agree(self, graph: Graph) -> None:
        """What people read is what programs get."""
        one = graph.info()
        text = "".join(map(plain, overview_sheets(one)))
        numbers = summarised(one)
        assert str(numbers["statements"]) in text
        assert {c["slug"] for c in numbers["classes"]} >= {"Project", "Country", "Passage"}
        assert sum(topic["queries"] for topic in numbers["queries"]) == len(graph.queries)


def test_iris_in_the_vocabulary_can_be_shown(graph: Graph) -> None:
    """A class or property of the ontology is a thing too."""
    description = describe(graph.snapshot, "cbrn:hostedBy")
    assert description.thing.iri == IRI(BASE + "ontology#hostedBy")
    assert description.properties
