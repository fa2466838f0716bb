"""Every excerpt must stand where it is said to stand, and what is wrong is found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cbrngraph.errors import ReadError
from cbrngraph.evidence.library import Library
from cbrngraph.evidence.verify import Verification, verify
from cbrngraph.graph import Graph
from cbrngraph.model import IRI
from cbrngraph.store import Store

DOCUMENT = """# Report

**Twelve** laboratories were
equipped in the north.

- A second \u201cquoted\u201d item
- The same words
Far below: The same words

## Read [the plan](https://example.org/plan) for 112 projects \u2013 and
> more
"""
PASSAGES = {
    "exact": (4, 4, "equipped in the north"),
    "marks": (3, 4, "Twelve laboratories were equipped"),
    "quotes": (6, 6, 'second "quoted" item'),
    "elsewhere": (1, 1, "equipped in the north"),
    "missing": (3, 3, "Thirteen laboratories"),
    "case": (3, 3, "twelve laboratories"),
    "beyond": (70, 71, "no such line"),
    "dash": (10, 10, "112 projects - and"),
    "link": (10, 10, "Read the plan for"),
    "lines": (10, 11, "\u2013 and more"),
    "too short": (10, 10, "\u2013 and more"),
    "part of a number": (10, 10, "12 projects"),
    "twice": (5, 5, "The same words"),
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
        ("link", "verified"),
        ("lines", "verified"),
        ("quotes", "spelling"),
        ("dash", "spelling"),
        ("case", "spelling"),
        ("elsewhere", "elsewhere"),
        ("missing", "missing"),
        ("too short", "elsewhere"),
        ("twice", "elsewhere"),
        ("part of a number", "missing"),
        ("beyond", "missing"),
        ("no lines", "no lines"),
        ("no excerpt", "no excerpt"),
    ],
)
def test_each_outcome(folder: Path, name: str, outcome: str) -> None:
    """Marks and line breaks are forgiven; words, case, quotes, dashes and lines are not."""
    (check,) = [c for c in _checked(folder).checks if c.passage.locator == name]
    assert check.outcome == outcome


def test_exact_is_told_from_tolerant(folder: Path) -> None:
    """What stands letter by letter is said to, and a wrong place tells the right line."""
    checks = {check.passage.locator: check for check in _checked(folder).checks}
    assert checks["exact"].exact
    assert not checks["marks"].exact
    assert checks["elsewhere"].found == 4
    assert checks["too short"].found == 10
    assert checks["twice"].found == 7


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


def test_tallies_add_up(folder: Path) -> None:
    """Each source has its counts: verified, wrong, and not checked with the reason."""
    found = _checked(folder)
    tallies = {tally.document.source.slug: tally for tally in found.tallies()}
    assert tallies["web"].not_checked == (("no hash", 1),)
    assert dict(tallies["r"].not_checked) == {"no excerpt": 1, "no lines": 1}
    assert tallies["r"].wrong == len(found.faults) == 9
    total = tallies["r"].verified + tallies["r"].wrong + 2
    assert total == len(PASSAGES)


def test_document_of_another_source_is_no_stranger(folder: Path) -> None:
    """To check one source does not make the documents of the others unknown."""
    store = _store(hashlib.sha256(DOCUMENT.encode()).hexdigest())
    web = IRI("https://w3id.org/cbrngraph/source/web")
    found = verify(store, Library.open(folder), [web])
    assert [check.passage.source.slug for check in found.checks] == ["web"]
    assert found.strangers == ()


def test_documents_are_found_in_subfolders(folder: Path) -> None:
    """Neither name nor folder matters; hidden files are left alone."""
    deep = folder / "a" / "b"
    deep.mkdir(parents=True)
    (folder / "anything.txt").rename(deep / "else")
    (folder / ".hidden").write_text("not read", encoding="utf-8")
    found = _checked(folder)
    assert found.verified == 4
    assert found.strangers == ()


def test_quote_is_the_passage_in_full(folder: Path) -> None:
    """The lines of a passage are given with their numbers where the document is at hand."""
    library = Library.open(folder)
    passages = {check.passage.locator: check.passage for check in _checked(folder).checks}
    assert library.quote(passages["marks"]) == (
        (3, "**Twelve** laboratories were"),
        (4, "equipped in the north."),
    )
    assert library.quote(passages["no lines"]) == ()


@pytest.mark.shared
def test_all_evidence_of_the_fact_sheets_stands(graph: Graph, shared: Path) -> None:
    """Each passage of both fact sheets stands at its lines, letter by letter."""
    found = graph.verify(shared / "sources")
    sheets = [check for check in found.checks if check.passage.source.sha256]
    assert len(sheets) > 200
    assert [c.passage.iri for c in sheets if not (c.outcome == "verified" and c.exact)] == []
    assert found.clean


@pytest.mark.shared
def test_tampered_copy_is_changed_not_trusted(
    shared: Path, tmp_path: Path, run_main: Callable[..., Any]
) -> None:
    """One changed letter in one fact sheet: it is no longer recognised, and the check fails."""
    first, second = sorted((shared / "sources").glob("0*.txt"))
    (tmp_path / "renamed.md").write_bytes(second.read_bytes())
    (tmp_path / first.name).write_bytes(first.read_bytes().replace(b"2", b"3", 1))
    ran = run_main("verify", "--sources", str(tmp_path), "--format", "json")
    told = json.loads(ran.out)
    assert ran.code == 1
    standing = {source["slug"]: source["standing"] for source in told["sources"]}
    assert (standing["fs2023"], standing["fs2025"]) == ("changed", "recognised")
    assert told["verified"] > 100
    assert told["wrong"] == 0
    assert f"{first.name}: unknown document" in ran.err


@pytest.fixture
def documented(tmp_path: Path) -> Path:
    """A project of one source with a checksum, and its document in `documents/`."""
    digest = hashlib.sha256(DOCUMENT.encode()).hexdigest()
    path = tmp_path / "data" / "sources" / "r.trig"
    path.parent.mkdir(parents=True)
    path.write_text(
        "@base <https://w3id.org/cbrngraph/> .\n"
        "@prefix cbrn: <https://w3id.org/cbrngraph/ontology#> .\n"
        "@prefix dcterms: <http://purl.org/dc/terms/> .\n"
        f'<source/r> a cbrn:SourceDocument ; dcterms:identifier "r" ; cbrn:sha256 "{digest}" .\n'
        "<source/r#L4> a cbrn:Passage ; cbrn:partOf <source/r> ; cbrn:startLine 4 ;\n"
        "    cbrn:endLine 4 ; cbrn:locator 'L4' ; cbrn:excerpt 'equipped in the north' .\n"
        "<source/r#L4> { <id/place/lab> dcterms:title 'Laboratory' . }\n",
        encoding="utf-8",
    )
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "x").write_text(DOCUMENT, encoding="utf-8")
    return tmp_path


def _verify(project: Path) -> tuple[str, ...]:
    return ("verify", "--sources", str(project / "documents"), "--project", str(project))


def test_command_is_clean_when_all_stands(documented: Path, run_main: Callable[..., Any]) -> None:
    """What could be checked stands: 0, with the counts on stderr."""
    ran = run_main(*_verify(documented))
    assert (ran.code, ran.err) == (0, "cbrngraph: 1 verified, 0 wrong, 0 not checked\n")
    assert "r       x" in ran.out


def test_command_names_a_wrong_place(documented: Path, run_main: Callable[..., Any]) -> None:
    """An excerpt at other lines is a finding: 1, with the place where it does stand."""
    path = documented / "data" / "sources" / "r.trig"
    path.write_text(path.read_text("utf-8").replace("Line 4", "Line 1"), encoding="utf-8")
    ran = run_main(*_verify(documented), "--format", "md")
    assert ran.code == 1
    assert "| r | L4 | elsewhere, at line 4 | equipped in the north |" in ran.out
    assert "0 verified, 1 wrong, 0 not checked" in ran.err


def test_command_that_checks_nothing_is_not_clean(
    toy: Path, tmp_path: Path, run_main: Callable[..., Any]
) -> None:
    """`verify` ends with 1 when nothing could be verified, and says why not."""
    ran = run_main("verify", "--sources", str(tmp_path), "--project", str(toy))
    assert ran.code == 1
    assert "nothing was verified" in ran.err
    assert "not checked: the source has no SHA-256" in ran.out


def test_command_names_what_is_no_source(tmp_path: Path, run_main: Callable[..., Any]) -> None:
    """A thing that is no source, or nothing at all, is wrong usage."""
    for name in ("UZB", "no-such-source"):
        ran = run_main("verify", "--sources", str(tmp_path), name)
        assert (ran.code, ran.out) == (2, "")
        assert name in ran.err


def test_command_needs_a_folder(run: Callable[..., Any]) -> None:
    """Without documents there is nothing to do: 2; a missing folder: 3."""
    assert run("verify").code == 2
    assert run("verify", "--sources", "no/such/folder").code == 3


def test_show_quotes_below_each_line_of_evidence(
    documented: Path, run_main: Callable[..., Any]
) -> None:
    """The stated lines stand below the passage that they belong to, with their numbers."""
    options = ("--project", str(documented), "--sources", str(documented / "documents"))
    ran = run_main("show", "https://w3id.org/cbrngraph/id/place/lab", "--quote", *options)
    lines = ran.out.splitlines()
    (at,) = [number for number, line in enumerate(lines) if "“equipped in the north”" in line]
    assert lines[at + 1].strip() == "4 | equipped in the north."


@pytest.mark.shared
def test_show_quotes_full_passages(shared: Path, run: Callable[..., Any]) -> None:
    """JSON has the quote beside each source; without documents at hand it is null."""
    ran = run("show", "P087", "--quote", "--sources", str(shared / "sources"), "--format", "json")
    found = [s for p in json.loads(ran.out)["facts"] for v in p["values"] for s in v["sources"]]
    quoted = [source for source in found if source["quote"]]
    assert {source["slug"] for source in quoted} == {"fs2023", "fs2025"}
    assert any(len(source["quote"]) > 100 for source in quoted)
    assert run("show", "P087", "--quote").code == 2


def test_turtle_has_no_quotes(run_main: Callable[..., Any]) -> None:
    """A format without a place for quotes refuses them instead of leaving them out."""
    assert run_main("show", "P087", "--quote", "--format", "turtle").code == 2
