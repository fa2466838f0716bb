"""The documentation site is whole: every link leads somewhere and nothing is fetched elsewhere."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cbrngraph.cli.main import COMMANDS, build_parser
from cbrngraph.queries import Catalogue
from cbrngraph.resources import Project
from tools import docs_queries, docs_shapes, docs_site

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


def test_every_query_and_parameter_is_documented() -> None:
    """The catalogue page has each query with its question, and each parameter with its label."""
    text = docs_queries.page()
    found = Catalogue(Project.open()).select()
    assert len(found) > 10
    for query in found:
        assert f"\n### {query.slug}\n" in text
        assert query.summary.endswith("?"), query.slug
        assert query.description, query.slug
        for parameter in query.parameters:
            assert parameter.label, f"{query.slug} {parameter.name}"
            assert f"| `{parameter.name}` | {parameter.type} | {parameter.label} |" in text


def test_every_shape_is_documented() -> None:
    """The page of the shapes has each named shape, and each rule with a message."""
    text = docs_shapes.page()
    named = re.findall(
        r"^shape:([\w-]+) a sh:(?:Node|Property)Shape",
        "".join(path.read_text("utf-8") for path in sorted(docs_shapes.SHAPES.glob("*.ttl"))),
        re.MULTILINE,
    )
    assert len(named) > 20
    missing = [name for name in named if f"`{name}`" not in text and f"### {name}\n" not in text]
    assert missing == []
    assert not re.search(r"\|\s*\|$", text, re.MULTILINE)


def test_every_command_and_option_is_documented() -> None:
    """Each command, argument and option says what it is for, and the docs name the command."""
    (choices,) = [
        action.choices
        for action in build_parser(None)._actions
        if isinstance(action, argparse._SubParsersAction)
    ]
    assert set(choices) == set(COMMANDS)
    pages = "".join(page.text for page in docs_site.pages())
    for name, parser in choices.items():
        assert f"cbrngraph {name}" in pages, name
        assert parser.description, name
        for where, action in _actions(name, parser):
            assert action.help, f"{where} {action.dest}"


def test_every_command_that_a_page_names_exists() -> None:
    """A command in README or on a page, in a code span or a block, is one of ours."""
    texts = {page.name: page.text for page in docs_site.pages()}
    texts["README.md"] = (docs_site.ROOT / "README.md").read_text("utf-8")
    named = {
        (name, command)
        for name, text in texts.items()
        for command in re.findall(r"(?:`|^\$ |^ *|\|)cbrngraph ([a-z]+)\b", text, re.MULTILINE)
    }
    assert len(named) > 20
    assert {(name, command) for name, command in named if command not in COMMANDS} == set()


def _actions(name: str, parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.Action]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner, below in action.choices.items():
                yield from _actions(f"{name} {inner}", below)
        else:
            yield name, action


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


def test_links_in_the_repository_lead_somewhere() -> None:
    """Every Markdown file can be read where it stands: its links name files of the checkout."""
    root = docs_site.ROOT
    found = [*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("*/README.md")]
    links = [
        (path, target)
        for path in found
        for target in re.findall(r"\]\(<?([^)\s>]+)>?\)", _without_code(path.read_text("utf-8")))
        if not docs_site.OUTSIDE.match(target) and not target.startswith("#")
    ]
    assert len(links) > 40
    dead = [
        f"{path.relative_to(root)}: {target}"
        for path, target in links
        if not (path.parent / target.partition("#")[0]).exists()
    ]
    assert dead == []


def _without_code(text: str) -> str:
    return re.sub(r"^```.*?^```|`[^`\n]*`", "", text, flags=re.MULTILINE | re.DOTALL)


def test_a_folder_becomes_the_page_that_tells_of_it(site: Path) -> None:
    """On the forge the link shows the files, on the site what is in them."""
    text = (site / "index.html").read_text("utf-8")
    assert {'href="catalogue.html"', 'href="terms.html"', 'href="contributing.html"'} <= set(
        re.findall(r'href="[^"]*"', text)
    )
    assert "../" not in text


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
