"""Locators and the addresses of passages."""

from __future__ import annotations

import pytest

from cbrngraph.ingest.passages import Locator, PassageKey
from cbrngraph.ingest.things import is_slug, slugify
from cbrngraph.model import IRI

SOURCE = IRI("https://w3id.org/cbrngraph/source/s")
HIGH = IRI("https://w3id.org/cbrngraph/id/confidence/high")


@pytest.mark.parametrize(
    ("text", "heading", "start", "end", "slug"),
    [
        ("L46 (Recent Achievements)", "Recent Achievements", 46, 46, "L46"),
        ("L38-L46 (Projects)", "Projects", 38, 46, "L38-L46"),
        ("L38-46", "", 38, 46, "L38-L46"),
        ("L54 (Projects; inferred from wording)", "Projects", 54, 54, "L54"),
        ("L15 (Profile, word cloud)", "Profile", 15, 15, "L15"),
        ("Specific objectives", "Specific objectives", 0, 0, "specific-objectives"),
        ("Maßnahmen", "Maßnahmen", 0, 0, "maßnahmen"),
        ("4 SDGs", "4 SDGs", 0, 0, "4-sdgs"),
        ("8 a) DAC code(s)", "8 a) DAC code(s)", 0, 0, "8-a-dac-code-s"),
        ("Participating Countries (to be confirmed)", "Participating Countries", 0, 0, None),
        ("Start date field", "", 0, 0, "start-date-field"),
        ("CoE Region field (list cut off)", "", 0, 0, "coe-region-field-list-cut-off"),
        ("body", "", 0, 0, "body"),
        ("1", "", 0, 0, "1"),
        ("Line 4", "Line 4", 0, 0, "line-4"),
    ],
)
def test_a_locator_gives_lines_or_a_heading(
    text: str, heading: str, start: int, end: int, slug: str | None
) -> None:
    """Lines where it names them, a heading where it is one, the text in any case."""
    locator = Locator.read(text)
    assert (locator.text, locator.heading) == (text, heading)
    assert (locator.start_line, locator.end_line) == (start, end)
    if slug is not None:
        assert locator.slug == slug


def test_an_address_is_the_place_and_the_first_five_words() -> None:
    """Accents and punctuation go, further words are not needed."""
    key = PassageKey("L46 (X)", "delivered by Côte d'Ivoire (IMB) and others", "2023", HIGH)
    assert key.address(SOURCE, ()) == SOURCE + "#L46-delivered-by-cote-d-ivoire-imb"
    assert PassageKey("body", "", "", HIGH).address(SOURCE, ()) == SOURCE + "#body"


def test_a_taken_address_gets_a_hash_that_depends_on_the_content_only() -> None:
    """The same passage gets the same address again; another passage gets another one."""
    key = PassageKey("body", "one", "2023", HIGH)
    other = PassageKey("body", "one", "2024", HIGH)
    plain = key.address(SOURCE, ())
    first = other.address(SOURCE, {plain})
    assert first == other.address(SOURCE, {plain})
    assert first.startswith(plain + "-")
    assert key.address(SOURCE, {plain}) not in (plain, first)
    longer = other.address(SOURCE, {plain, first})
    assert longer not in (plain, first)


def test_a_passage_without_letters_has_an_address_too() -> None:
    """Nothing is left of such a text but its hash."""
    address = PassageKey("…", "—", "", HIGH).address(SOURCE, ())
    assert len(address.rpartition("#")[2]) == 6


@pytest.mark.parametrize("text", ["P087", "rs-central-asia", "a", "B.1_x", "2024"])
def test_slugs_are_letters_digits_and_signs_between_them(text: str) -> None:
    """What stands in addresses and file names."""
    assert is_slug(text)


@pytest.mark.parametrize("text", ["", "a b", "../a", "a/b", "-a", "a-", ".a", "é", "a\n"])
def test_other_texts_are_no_slugs(text: str) -> None:
    """Nothing that leaves a folder or needs an escape."""
    assert not is_slug(text)


def test_slugify_keeps_letters_of_any_script() -> None:
    """A text in another script still tells passages apart."""
    assert slugify("  Казахстан — 2020 ") == "казахстан-2020"
    assert slugify("?!") == ""
