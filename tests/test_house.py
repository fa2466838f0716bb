"""What is always true of the project's own files."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

import cbrngraph

ROOT = Path(__file__).resolve().parent.parent
# Folders of somebody's machine, and servers that packages come from.
MACHINE = re.compile(
    r"(?<![\w.~$}>])/(?:work|root|home/\w+|Users/\w+|opt|mnt)/[\w.]"
    r"|\b(?:pypi\.org|pythonhosted\.org|npmjs\.org|deb\.debian\.org)\b"
)
GENERATED = re.compile(
    r"(?:^|/)(?:site|dist|build|node_modules|__pycache__)/|^benchmarks/results/|\.(?:pyc|whl|zip|gz|sqlite3?)$"
)
LARGEST = 1_500_000


@pytest.fixture(scope="module")
def committed() -> list[Path]:
    """Every file under version control."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    found = [ROOT / name for name in listed.stdout.split("\0") if name]
    assert len(found) > 20
    return [path for path in found if path.is_file()]


def test_the_changelog_leads_with_the_version() -> None:
    """The top heading of CHANGELOG.md is the version of the package."""
    found = re.search(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert found
    assert found.group(1) == cbrngraph.__version__


def test_no_file_names_a_machine_or_a_package_server(committed: list[Path]) -> None:
    """A path of somebody's machine, or a registry's host, belongs in no file."""
    hits = []
    for path in committed:
        if path == Path(__file__).resolve():
            continue
        text = path.read_bytes().decode("utf-8", errors="replace")
        for found in MACHINE.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            hits.append(f"{path.relative_to(ROOT)}:{line}: {found.group()}")
    assert hits == []


def test_nothing_generated_or_heavy_is_committed(committed: list[Path]) -> None:
    """Builds, caches, archives and very large files stay out of the repository."""
    names = [path.relative_to(ROOT).as_posix() for path in committed]
    assert [name for name in names if GENERATED.search(name)] == []
    assert [path.name for path in committed if path.stat().st_size > LARGEST] == []


def test_make_help_lists_every_target() -> None:
    """A target that can be called by name is described in `make help`."""
    text = (ROOT / "Makefile").read_text("utf-8")
    declared = re.search(r"^\.PHONY: (.+)$", text, re.MULTILINE)
    assert declared
    for target in declared.group(1).split():
        assert re.search(rf"^{target}:.*## \w", text, re.MULTILINE), target


def test_modules_are_small() -> None:
    """A module over 400 lines is asked why; here is who answered."""
    answered: dict[str, str] = {
        "cbrngraph/namespaces.py": "generated from the ontology",
        "cbrngraph/store.py": "the one file that knows the engine: split, two files would",
        "cbrngraph/validate/positions.py": "one grammar, one walker over its tokens",
    }
    found = sorted((ROOT / "cbrngraph").rglob("*.py"))
    assert len(found) > 5
    long = {
        path.relative_to(ROOT).as_posix()
        for path in found
        if len(path.read_text("utf-8").splitlines()) > 400
    }
    assert long - set(answered) == set()
