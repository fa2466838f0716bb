"""Write the documentation site: Markdown pages of the project and pages made from the code.

`python -m tools.docs_site [FOLDER]` writes to `site/`. A link that leads nowhere is an error.
"""

from __future__ import annotations

import html
import importlib
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from string import Template
from urllib.parse import unquote

__all__ = ["BrokenLinks", "Page", "build", "main", "pages"]

ROOT = Path(__file__).resolve().parent.parent
THEME = ROOT / "docs" / "theme"

# Heading of the navigation -> pages in reading order. A page that is not named here stands last.
ORDER: Mapping[str, tuple[str, ...]] = {
    "Start": ("index.md", "installation.md", "tutorial.md"),
    "Use": (
        "queries.md",
        "commands.md",
        "python.md",
        "claims-sheet.md",
        "evidence.md",
        "validation.md",
        "logic.md",
        "logic.md",
    ),
    "Reference": (
        "catalogue.md",
        "data-model.md",
        "terms.md",
        "shapes.md",
        "formats.md",
        "conformance.md",
        "benchmarks.md",
    ),
    "Project": ("contributing.md", "changelog.md", "decisions/README.md"),
}
# Pages that stand elsewhere in the checkout.
BORROWED = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}
# Pages that tools make: file in tools/ -> page. Each offers `page() -> str`, Markdown.
MADE = {
    "docs_cli": "commands.md",
    "docs_terms": "terms.md",
    "docs_queries": "catalogue.md",
    "docs_shapes": "shapes.md",
}
# Folders of the checkout -> page that tells of what is in them.
FOLDERS = {
    "../ontology": "terms.md",
    "../ontology/shapes": "shapes.md",
    "../queries": "catalogue.md",
}
OUTSIDE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)
LINK = re.compile(r'\b(href|src)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the site: `name` is its path in it (`decisions/README.md`), `text` Markdown."""

    name: str
    text: str

    @property
    def title(self) -> str:
        """The text of the first heading."""
        found = re.search(r"^# (.+)$", self.text, re.MULTILINE)
        return found.group(1).strip() if found else self.name

    @property
    def address(self) -> str:
        """The path of the rendered page in the site."""
        if self.name == "decisions/README.md":
            return "decisions/index.html"
        return self.name.removesuffix(".md") + ".html"


class BrokenLinks(Exception):
    """Links that lead nowhere; `links` has `page: target` for each."""

    def __init__(self, links: list[str]) -> None:
        self.links = tuple(links)
        super().__init__("links that lead nowhere:\n  " + "\n  ".join(links))


def pages() -> list[Page]:
    """Return every page: those in docs/, those borrowed from the root, those made by tools."""
    found = {
        path.relative_to(ROOT / "docs").as_posix(): path.read_text("utf-8")
        for path in sorted((ROOT / "docs").rglob("*.md"))
    }
    for source, name in BORROWED.items():
        found[name] = (ROOT / source).read_text("utf-8")
    for tool, name in MADE.items():
        if (ROOT / "tools" / f"{tool}.py").exists():
            found[name] = importlib.import_module(f"tools.{tool}").page()
    return [Page(name, text) for name, text in found.items()]


def build(folder: Path, found: list[Page] | None = None) -> int:
    """Write the site to `folder` (emptied first) and return the number of pages.

    Raises:
        BrokenLinks: a link inside the site leads nowhere.
    """
    all_pages = pages() if found is None else found
    version = _version()
    template = Template((THEME / "page.html").read_text("utf-8"))
    rendered = {page.address: _render(page) for page in all_pages}
    if folder.exists():
        shutil.rmtree(folder)
    shutil.copytree(ROOT / "docs" / "img", folder / "img")
    shutil.copy(THEME / "style.css", folder)
    for page in all_pages:
        root = "../" * page.address.count("/")
        target = folder / page.address
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(
            template.substitute(
                title=html.escape(page.title),
                root=root,
                version=version,
                navigation=_navigation(all_pages, page, root),
                content=rendered[page.address],
            ),
            encoding="utf-8",
        )
    broken = list(_broken(folder))
    if broken:
        raise BrokenLinks(broken)
    return len(all_pages)


def _version() -> str:
    text = (ROOT / "cbrngraph" / "__init__.py").read_text("utf-8")
    found = re.search(r'^__version__ = "(.+)"$', text, re.MULTILINE)
    assert found
    return found.group(1)


def _render(page: Page) -> str:
    import markdown

    text = page.text
    if page.name in BORROWED.values():
        # Links of a page in the root of the checkout start there, not in docs/.
        text = re.sub(r"\]\(docs/", "](", text)
    body = markdown.markdown(
        text,
        extensions=["fenced_code", "tables", "toc", "sane_lists", "def_list", "md_in_html"],
        output_format="html",
    )
    return LINK.sub(_to_page, body)


def _to_page(link: re.Match[str]) -> str:
    attribute, target = link.groups()
    path, mark, fragment = target.partition("#")
    path = FOLDERS.get(path.rstrip("/"), path)
    if OUTSIDE.match(target) or not path.endswith(".md"):
        return link.group()
    path = BORROWED.get(path.removeprefix("../"), path)
    if path.endswith("README.md"):
        path = path.removesuffix("README.md") + "index.md"
    return f'{attribute}="{path.removesuffix(".md")}.html{mark}{fragment}"'


def _navigation(all_pages: list[Page], here: Page, root: str) -> str:
    left = {page.name: page for page in all_pages}
    lines = []
    for heading, names in ORDER.items():
        listed = [left.pop(name) for name in names if name in left]
        if heading == "Project":
            listed += [page for page in left.values() if "/" not in page.name]
        lines.append(f"<h2>{heading}</h2>\n<ul>")
        for page in listed:
            current = ' aria-current="page"' if page is here else ""
            title = html.escape("Overview" if page.name == "index.md" else page.title)
            lines.append(f'<li><a href="{root}{page.address}"{current}>{title}</a></li>')
        lines.append("</ul>")
    return "\n".join(lines)


def _broken(folder: Path) -> Iterator[str]:
    anchors = {
        path.relative_to(folder).as_posix(): set(
            re.findall(r'\bid="([^"]+)"', path.read_text("utf-8"))
        )
        for path in folder.rglob("*.html")
    }
    assert anchors
    for name in sorted(anchors):
        for _, target in LINK.findall((folder / name).read_text("utf-8")):
            if OUTSIDE.match(target):
                continue
            path, _, fragment = html.unescape(target).partition("#")
            other = _resolved(name, unquote(path)) if path else name
            known = (folder / other).exists()
            if not known or (fragment and unquote(fragment) not in anchors.get(other, set())):
                yield f"{name}: {target}"


def _resolved(name: str, path: str) -> str:
    parts: list[str] = list(PurePosixPath(name).parent.parts)
    for part in PurePosixPath(path).parts:
        if part == "..":
            if not parts:
                return path
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def main(arguments: list[str]) -> int:
    """Write the site to the folder named in `arguments`, `site` by default; 1 on a broken link."""
    folder = Path(arguments[0]) if arguments else ROOT / "site"
    try:
        count = build(folder)
    except BrokenLinks as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{count} pages in {folder.name}/ (open {folder.name}/index.html)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
