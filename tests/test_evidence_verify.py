"""Every excerpt must stand where it is said to stand, and what is wrong is found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cbrngraph.build import open_snapshot, parse_view
from cbrngraph.errors import ReadError
from cbrngraph.evidence.library import Library, loose
from cbrngraph.evidence.verify import Verification, verify
from cbrngraph.graph import Graph
from cbrngraph.resources import Project
from cbrngraph.store import Store

DOCUMENT = """# Report

**Twelve** laboratories were
equipped in the north.

- A second \u201cquoted\u201d item
- The same words
Far below: The same words
"""
PASSAGES = {
    "exact": (4, 4, "equipped in the north"),
    "marks": (3, 4, "Twelve laboratories were equipped"),
    "quotes": (6, 6, 'second "quoted" item'),
    "elsewhere": (1, 1, "equipped in the north"),
    "missing": (3, 3, "Thirteen laboratories"),
    "case": (3, 3, "twelve laboratories"),
    "beyond": (70, 71, "no such line"),
    "no lines": (0, 0, "The same words"),
    "no excerpt": (1, 1, ""),
}


def _store(sha256: str) -> Store:
    lines = [
        "@base <https://w3id.org/cbrngraph/> .",
        "@prefix cbrn: <https://w3id.org/cbrngraph/ontology#> .",
        f'<source/r> a cbrn:SourceDocument ; cbrn:fileName "r.txt" ; cbrn:sha256 "{sha256}" .',
        "<source/web#p> a cbrn:Passage ; cbrn:partOf <source/web> ; cbrn:excerpt 'a word' .",
    ]
    for name, (start, end, excerpt) in PASSAGES.items():
        about = [f"<source/r#{name.replace(' ', '-')}> a cbrn:Passage ; cbrn:partOf <source/r>"]
        about += [f"cbrn:locator '{name}'"]
        about += [f"cbrn:startLine {start} ; cbrn:endLine {end}"] if start else []
        about += [f"cbrn:excerpt {json.dumps(excerpt)}"] if excerpt else []
        lines.append(" ; ".join(about) + " .")
    store = Store.memory()
    store.load_text("\n".join(lines), ".ttl")
    return store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one document under another name than the source gives."""
    (tmp_path / "anything.txt").write_text(DOCUMENT, encoding="utf-8")
    return tmp_path


def _checked(folder: Path) -> Verification:
    digest = hashlib.sha256(DOCUMENT.encode()).hexdigest()
    return verify(_store(digest), Library.open(folder))


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("exact", "verified"),
        ("marks", "verified"),
        ("quotes", "verified"),
        ("elsewhere", "elsewhere"),
        ("missing", "missing"),
        ("case", "missing"),
        ("beyond", "missing"),
        ("no lines", "verified"),
        ("no excerpt", "no excerpt"),
    ],
)
def test_each_outcome(folder: Path, name: str, outcome: str) -> None:
    """Marks, breaks and kinds of quotes are forgiven; words, case and lines are not."""
    (check,) = [c for c in _checked(folder).checks if c.passage.locator == name]
    assert check.outcome == outcome


def test_exact_is_told_from_tolerant(folder: Path) -> None:
    """What stands letter by letter is said to, and a wrong place tells the right line."""
    checks = {check.passage.locator: check for check in _checked(folder).checks}
    assert checks["exact"].exact
    assert not checks["marks"].exact
    assert checks["elsewhere"].found == 4


def test_source_without_hash_is_not_checked(folder: Path) -> None:
    """A web page without a SHA-256 is reported as not checked, not as wrong."""
    (check,) = [c for c in _checked(folder).checks if c.passage.source.slug == "web"]
    assert check.outcome == "no hash"


def test_changed_document_is_not_trusted(tmp_path: Path) -> None:
    """A file of the source's name with another content is a changed document."""
    (tmp_path / "r.txt").write_text(DOCUMENT + "more", encoding="utf-8")
    found = _checked(tmp_path)
    assert {document.standing for document in found.documents} == {"changed", "no hash"}
    assert not found.clean
    assert {path.name for path in found.strangers} == {"r.txt"}


def test_empty_folder_verifies_nothing(tmp_path: Path) -> None:
    """To check nothing is not to be clean."""
    found = _checked(tmp_path)
    assert found.verified == 0
    assert not found.clean
    assert not found.faults


def test_binary_document_is_no_text(tmp_path: Path) -> None:
    """A document that is no text is recognised and not checked."""
    data = b"%PDF\x00\xff"
    (tmp_path / "a.pdf").write_bytes(data)
    found = verify(_store(hashlib.sha256(data).hexdigest()), Library.open(tmp_path))
    assert {c.outcome for c in found.checks if c.passage.source.slug == "r"} == {"not text"}


def test_folder_that_is_not_there() -> None:
    """A missing folder is an unreadable input."""
    with pytest.raises(ReadError, match="no such folder"):
        Library.open("no/such/folder")


def test_loose_text_keeps_words() -> None:
    """Tolerance forgives form, never a word or its case."""
    assert loose("> a\u00a0b\n c") == "a b c"
    assert loose("Project 87") != loose("project 87")
    assert loose("13 projects") != loose("12 projects")


def test_quote_is_the_passage_in_full(folder: Path) -> None:
    """The lines of a passage are given where the document is at hand."""
    library = Library.open(folder)
    passages = {check.passage.locator: check.passage for check in _checked(folder).checks}
    assert (
        library.quote(passages["marks"]) == "**Twelve** laboratories were\nequipped in the north."
    )
    assert library.quote(passages["no lines"]) == ""


@pytest.mark.shared
def test_all_evidence_of_the_fact_sheets_stands(graph: Graph, shared: Path) -> None:
    """Each passage of both fact sheets stands at its lines, letter by letter."""
    found = verify(graph.view("all").snapshot.store, Library.open(shared / "sources"))
    sheets = [c for c in found.checks if c.passage.source.sha256]
    assert len(sheets) > 200
    assert [c.passage.iri for c in sheets if not (c.outcome == "verified" and c.exact)] == []
    assert found.clean


def test_command_reports_faults(toy: Path, tmp_path: Path, run: Callable[..., Any]) -> None:
    """`verify` ends with 1 when nothing stands, and says what it could not check."""
    open_snapshot(Project.open(toy), parse_view())
    ran = run("verify", "--sources", str(tmp_path), "--project", str(toy))
    assert ran.code == 1
    assert "nothing was verified" in ran.err
    assert "not checked" in ran.out


def test_command_needs_a_folder(run: Callable[..., Any]) -> None:
    """Without documents there is nothing to do: 2; a missing folder: 3."""
    assert run("verify").code == 2
    assert run("verify", "--sources", "no/such/folder").code == 3


@pytest.mark.shared
def test_show_quotes_full_passages(shared: Path, run: Callable[..., Any]) -> None:
    """`show --quote` adds the whole passage where the document is at hand, and needs a folder."""
    ran = run("show", "P087", "--quote", "--sources", str(shared / "sources"), "--format", "json")
    texts = json.loads(ran.out)["quotes"]
    assert texts
    assert any(len(text) > 100 for text in texts.values())
    assert run("show", "P087", "--quote").code == 2
