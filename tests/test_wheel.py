"""The built distribution works by itself, in a fresh environment, away from the checkout.

Deselected by default, since it builds and installs: `make wheel` runs it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import cbrngraph

pytestmark = pytest.mark.wheel

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ("ontology", "data", "queries")


def _run(*command: str | Path, cwd: Path, **more: str) -> str:
    environment = {key: os.environ[key] for key in os.environ if not key.startswith("PYTHON")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env=environment | more,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel made from it."""
    given = os.environ.get("CBRNGRAPH_DIST")
    if given:
        return (ROOT / given).resolve()
    folder = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "build", "--outdir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    """The wheel."""
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def fresh(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of a fresh environment with nothing but the wheel and what it needs."""
    folder = tmp_path_factory.mktemp("fresh")
    _run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    found = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    pip = (found / "python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    _run(*pip, wheel, cwd=folder)
    return found


def _files(*folders: str) -> set[str]:
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert len(found) > 10
    return found


def test_the_wheel_holds_package_and_graph_and_nothing_else(wheel: Path) -> None:
    """Every file of the package, ontology, data and queries is in it; tests and tools are not."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        licences = [name for name in archive.namelist() if "/licenses/" in name]
    expected = {f"cbrngraph/_shipped/{name}" for name in _files(*SHIPPED)} | _files("cbrngraph")
    assert names == expected
    assert {name.rpartition("/")[2] for name in licences} == {
        "LICENSE",
        "Apache-2.0.txt",
        "CC-BY-4.0.txt",
    }


def test_the_sdist_holds_what_tests_and_docs_need(built: Path) -> None:
    """The source package has the tests, the docs and the tools beside the package."""
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert _files(*SHIPPED, "cbrngraph", "tests", "tools", "docs") - names == set()


def test_the_installed_command_answers(fresh: Path, tmp_path: Path) -> None:
    """`cbrngraph` from the wheel builds its graph, lists its queries and answers one of them."""
    tool = fresh / "cbrngraph"
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    assert cbrngraph.__version__ in _run(tool, "--version", cwd=tmp_path)
    listed = json.loads(_run(tool, "queries", "--format", "json", cwd=tmp_path, **cache))
    assert len(listed) >= 45
    slug = "projects-by-country"
    answer = json.loads(_run(tool, "query", slug, "--format", "json", cwd=tmp_path, **cache))
    assert len(answer["results"]["bindings"]) > 10
    assert _run(tool, "info", cwd=tmp_path, **cache)


def test_the_installed_package_answers(fresh: Path, tmp_path: Path) -> None:
    """`import cbrngraph` from the wheel gives typed rows, and its types are shipped."""
    program = (
        "import cbrngraph, pathlib\n"
        "here = pathlib.Path(cbrngraph.__file__).parent\n"
        "assert 'site-packages' in here.parts and (here / 'py.typed').exists(), here\n"
        "print(len(cbrngraph.open().query('projects-by-country').to_dicts()))\n"
    )
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    assert int(_run(fresh / "python", "-c", program, cwd=tmp_path, **cache)) > 10


def test_the_base_install_is_light(fresh: Path, tmp_path: Path) -> None:
    """Nothing but the declared few is installed: no pandas, no reasoner, no test tools."""
    listed = json.loads(_run(fresh / "python", "-m", "pip", "list", "--format=json", cwd=tmp_path))
    names = {entry["name"].lower() for entry in listed}
    assert "pyoxigraph" in names
    assert names & {"pandas", "numpy", "owlready2", "pytest", "mypy", "markdown"} == set()
    assert len(names) < 25, sorted(names)
