"""Imports point one way: from the upper rooms to the lower ones, also inside functions."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "cbrngraph"

# Lowest first. A room imports rooms that stand before it, and those on its own line:
# `rules` compiles what `inference` runs, and offers it.
ROOMS = (
    "errors",
    "namespaces",
    "dates",
    "model",
    "resources",
    "inputs",
    "syntax",
    "store",
    "loading",
    "rules inference",
    "closure",
    "resolution",
    "reading",
    "build",
    "live",
    "names",
    "queries",
    "results",
    "formats",
    "describe",
    "evidence",
    "validate",
    "reason",
    "ingest",
    "grounds",
    "graph",
    "cli",
)
LEVEL = {room: level for level, rooms in enumerate(ROOMS) for room in rooms.split()}

# The only rooms that know an engine: library -> rooms.
ENGINES = {"pyoxigraph": {"store"}, "shacl": {"validate"}, "pyshacl": {"validate"}}
ENGINES["owlready2"] = {"reason"}
# Slow to import, so imported only by the function that needs them.
HEAVY = frozenset(
    {"openpyxl", "owlready2", "pandas", "pyshacl", "rdflib", "rich", "shacl", "xlsxwriter"}
)
# A store rewrites literals, so what is written back to files comes from the lossless reader.
LOSSLESS = {"ingest": {"parse_file", "parse_text"}}

# Modules that may import what is slow at their top, since they are themselves imported late.
LATE = {"cbrngraph.formats.screen": "draws tables with rich, and only on a terminal"}

# (module, imported module): why it may.
EXCEPTIONS: dict[tuple[str, str], str] = {
    ("cbrngraph.results.result", f"cbrngraph.evidence.cite.{name}"): "an answer cites itself: "
    "result.cite() hands over to the room that knows what it rests on"
    for name in ("Citation", "cite")
}


@dataclass(frozen=True, slots=True)
class Import:
    """One import of `name` (dotted) by `module`; `late` when it stands inside a function."""

    module: str
    name: str
    line: int
    late: bool

    @property
    def room(self) -> str:
        """The room of the package that the import stands in; empty for the package itself."""
        return _room(self.module)

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.name}"


def _room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def _module(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


class _Reader(ast.NodeVisitor):
    def __init__(self, module: str) -> None:
        self.module = module
        self.depth = 0
        self.found: list[Import] = []

    def _inside(self, node: ast.AST) -> None:
        self.depth += 1
        self.generic_visit(node)
        self.depth -= 1

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._inside(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._inside(node)

    def visit_If(self, node: ast.If) -> None:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            self._inside(node)
        else:
            self.generic_visit(node)

    def _add(self, name: str, line: int) -> None:
        self.found.append(Import(self.module, name, line, self.depth > 0))

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._add(alias.name, node.lineno)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        assert not node.level, f"{self.module}:{node.lineno}: relative import"
        for alias in node.names:
            self._add(f"{node.module}.{alias.name}", node.lineno)


def imports_of(text: str, module: str) -> list[Import]:
    """Return every import in `text`, those inside functions too."""
    reader = _Reader(module)
    reader.visit(ast.parse(text))
    return reader.found


def breaches(imports: list[Import]) -> list[str]:
    """Return the imports that the house rules forbid, each with its reason."""
    return [f"{one}: {why}" for one in imports if (why := _why_not(one))]


def _why_not(one: Import) -> str:
    top, _, rest = one.name.partition(".")
    if top in ENGINES and one.room not in ENGINES[top]:
        return f"only {', '.join(sorted(ENGINES[top]))} knows {top}"
    if one.late:
        pass
    elif one.name in LATE or one.name.rpartition(".")[0] in LATE:
        return "this module may only be imported inside a function"
    elif top in HEAVY and one.module not in LATE:
        return f"{top} is slow to import; import it inside the function that needs it"
    room = rest.split(".")[0]
    if top != "cbrngraph" or one.room == "":
        return ""
    if (one.module, one.name) in EXCEPTIONS:
        return ""
    if LEVEL.get(room, -1) > LEVEL.get(one.room, len(ROOMS)):
        return f"{one.room} stands below {room}"
    lossless = LOSSLESS.get(one.room)
    if room == "store" and lossless and rest.partition(".")[2] not in lossless:
        return f"{one.room} reads text with {', '.join(sorted(lossless))} only"
    return ""


@pytest.fixture(scope="module")
def all_imports() -> list[Import]:
    """Every import of every module of the package."""
    paths = sorted(PACKAGE.rglob("*.py"))
    assert len(paths) > 5
    return [one for path in paths for one in imports_of(path.read_text("utf-8"), _module(path))]


def test_imports_point_up_the_list_only(all_imports: list[Import]) -> None:
    """No room imports a room above it, and the engines stay in their rooms."""
    assert breaches(all_imports) == []


def test_every_module_has_its_place() -> None:
    """A module that stands in no room of the list fails, so that the list stays whole."""
    found = {_room(_module(path)) for path in PACKAGE.rglob("*.py")} - {"", "__main__"}
    assert found - set(LEVEL) == set()


def test_exceptions_are_needed(all_imports: list[Import]) -> None:
    """An exception that no import uses any more is removed."""
    used = {(one.module, one.name) for one in all_imports}
    assert set(EXCEPTIONS) - used == set()
    assert (
        set(LATE) - {one.module for one in all_imports if one.name.split(".")[0] in HEAVY} == set()
    )


@pytest.mark.parametrize(
    ("module", "text", "why"),
    [
        ("cbrngraph.dates", "from cbrngraph.store import Store", "dates stands below store"),
        ("cbrngraph.dates", "def f():\n    import cbrngraph.graph", "dates stands below graph"),
        ("cbrngraph.build", "def f():\n    import pyoxigraph", "only store knows pyoxigraph"),
        ("cbrngraph.results", "import rdflib.term", "slow to import"),
        ("cbrngraph.formats.text", "from cbrngraph.formats.screen import draw", "only be imported"),
        ("cbrngraph.ingest.sheet", "from cbrngraph.store import Store", "ingest reads text"),
        ("cbrngraph.validate.core", "from cbrngraph.cli import main", "validate stands below cli"),
    ],
)
def test_a_breach_is_found(module: str, text: str, why: str) -> None:
    """The reader sees breaches at the top of a module and inside its functions."""
    (found,) = breaches(imports_of(text, module))
    assert why in found


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("cbrngraph.results", "def f():\n    import rdflib"),
        ("cbrngraph.results", "if TYPE_CHECKING:\n    import pandas"),
        ("cbrngraph.ingest.sheet", "from cbrngraph.store import parse_file"),
        ("cbrngraph", "from cbrngraph.graph import Graph"),
    ],
)
def test_what_is_allowed_passes(module: str, text: str) -> None:
    """Late and type-only imports of heavy libraries, and imports of lower rooms, are fine."""
    assert breaches(imports_of(text, module)) == []
