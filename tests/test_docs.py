"""The documentation site is whole: every link leads somewhere and nothing is fetched elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools import docs_site

FETCHED = re.compile(r'<(?:script|img|link|iframe|source)\b[^>]*\b(?:src|href)="(?:https?:)?//')


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built once."""
    folder = tmp_path_factory.mktemp("docs") / "site"
    assert docs_site.build(folder) > 10
    return folder


def test_no_page_fetches_from_elsewhere(site: Path) -> None:
    """Pages, styles and pictures all come from the site's own folder."""
    found = sorted(site.rglob("*.html"))
    assert len(found) > 10
    for page in found:
        assert not FETCHED.search(page.read_text("utf-8")), page.name
    assert "url(" not in (site / "style.css").read_text("utf-8")


def test_every_page_has_one_title_and_is_reachable(site: Path) -> None:
    """A page has one first-level heading, and some other page links to it."""
    linked: set[Path] = set()
    found = sorted(site.rglob("*.html"))
    for page in found:
        text = page.read_text("utf-8")
        assert len(re.findall(r"<h1\b", text)) == 1, page.name
        for target in re.findall(r'href="([^"#:]+\.html)', text):
            linked.add((page.parent / target).resolve())
    assert {page.resolve() for page in found} - linked == set()


def test_every_decision_is_listed_and_short() -> None:
    """A decision is one paragraph under its number, and the list of decisions names it."""
    folder = docs_site.ROOT / "docs" / "decisions"
    listing = (folder / "README.md").read_text("utf-8")
    found = sorted(folder.glob("0*.md"))
    assert len(found) > 5
    for path in found:
        heading, _, body = path.read_text("utf-8").partition("\n\n")
        assert heading.startswith(f"# {path.name[:4]} ")
        assert "\n\n" not in body.strip(), path.name
        assert f"({path.name})" in listing


def test_a_link_to_nowhere_is_an_error(tmp_path: Path) -> None:
    """A missing page, a missing anchor and a path out of the site are all named."""
    page = docs_site.Page(
        "index.md", "# A\n\n[x](gone.md) [y](#nothing) [z](../../up.md) [good](#a)\n"
    )
    with pytest.raises(docs_site.BrokenLinks) as caught:
        docs_site.build(tmp_path / "site", [page])
    assert caught.value.links == (
        "index.html: gone.html",
        "index.html: #nothing",
        "index.html: ../../up.html",
    )


def test_links_between_markdown_pages_are_translated(tmp_path: Path) -> None:
    """A link to a page and one to a borrowed page work both on the forge and in the site."""
    found = [
        docs_site.Page("index.md", "# A\n\n[c](decisions/one.md#b)\n"),
        docs_site.Page("decisions/one.md", "# B\n\n[up](../index.md)\n"),
        docs_site.Page("changelog.md", "# C\n\n[start](docs/index.md)\n"),
    ]
    assert docs_site.build(tmp_path / "site", found) == 3
    assert 'href="decisions/one.html#b"' in (tmp_path / "site/index.html").read_text("utf-8")
    assert 'href="index.html"' in (tmp_path / "site/changelog.html").read_text("utf-8")
