"""`cbrngraph validate`: what is inconsistent, where it is written, and what would mend it."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cbrngraph.cli.common import add_output_options, project_of, store_of
from cbrngraph.errors import UsageError

if TYPE_CHECKING:
    from cbrngraph.build import Snapshot
    from cbrngraph.resources import Project
    from cbrngraph.validate import Report
    from cbrngraph.validate.incremental import FilesChecker, ProjectChecker

__all__ = ["add", "run"]

_FORMATS = "table json csv xlsx md html junit sarif github turtle".split()
_LEVELS = ("violation", "warning", "info")


def add(subparsers: Any) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "validate",
        help="check the data by shapes, quality queries and logic",
        description="Checks the project's graph by its shapes and quality queries. FILES narrow "
        "it to what stands in them; with --shapes, the files alone are checked by those shapes. "
        "Exit code 0 when nothing as grave as --fail-on is found, else 1.",
    )
    parser.add_argument("files", metavar="FILE", nargs="*", help="Turtle or TriG files or folders")
    parser.add_argument(
        "--shapes", metavar="FILE", action="append", help="SHACL shapes instead of the project's"
    )
    parser.add_argument(
        "--logic", action="store_true", help="also check logical consistency (needs Java)"
    )
    _add_level(parser, "--severity", "show what is of this level or graver", "info")
    _add_level(parser, "--fail-on", "exit with 1 from this level on", "violation")
    parser.add_argument(
        "--only", metavar="NAME", action="append", help="show one shape, query, thing or file"
    )
    parser.add_argument("--baseline", metavar="REPORT", help="show what this JSON report lacks")
    parser.add_argument(
        "--waivers", metavar="FILE", help="a waivers file (default: waivers.toml of the project)"
    )
    engine = parser.add_argument(
        "--engine",
        metavar="NAME",
        default="auto",
        help="auto (the fastest that can do it) or pyshacl (the reference)",
    )
    engine.completer = lambda **_: ["auto", "pyshacl"]
    parser.add_argument("--watch", action="store_true", help="check again whenever a file changes")
    add_output_options(parser, _FORMATS)


def _add_level(parser: argparse.ArgumentParser, name: str, help: str, default: str) -> None:
    action = parser.add_argument(
        name, metavar="LEVEL", default=default, help=f"{help}: violation, warning or info"
    )
    action.completer = lambda **_: list(_LEVELS)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Asked:
    """The checked options of one call."""

    files: tuple[Path, ...]
    shapes: tuple[Path, ...] | None
    format: str
    severity: str
    fail_on: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What a watch keeps between two checks."""

    project: ProjectChecker
    files: FilesChecker


def run(args: argparse.Namespace) -> int:
    """Validate, write the report, and return 1 when something grave was found."""
    asked = _asked(args)
    if args.watch:
        from cbrngraph.cli.watching import watch
        from cbrngraph.validate.incremental import FilesChecker, ProjectChecker

        kept = Kept(ProjectChecker(args.engine), FilesChecker(args.engine))
        return watch(
            lambda: _watched(args, asked),
            lambda changed: _report(args, asked, kept),
            lambda report: _write(args, asked, report),
        )
    report = _report(args, asked)
    _write(args, asked, report)
    return int(report.fails(asked.fail_on))


def _watched(args: argparse.Namespace, asked: Asked) -> list[Path]:
    """Return the files whose change calls for another check."""
    from cbrngraph.validate.graph import turtle_files
    from cbrngraph.validate.project import expanded, shape_files

    own = [*expanded(asked.files), *turtle_files(asked.shapes or ())]
    own += [Path(name) for name in (args.waivers, args.baseline) if name]
    if asked.files and asked.shapes is not None:
        return own
    project = project_of(args)
    files = [*project.inputs(), *project.query_files()]
    shapes = shape_files(project) if asked.shapes is None else ()
    return [*own, *(file.path for file in files), *shapes, _waivers_of(project)]


def _asked(args: argparse.Namespace) -> Asked:
    from cbrngraph.validate.outputs import choose
    from cbrngraph.validate.select import level_named
    from cbrngraph.validate.validator import engine_named

    args.engine = engine_named(args.engine)
    if args.logic and args.files and args.shapes is not None:
        raise UsageError("--logic checks a project's graph, not files with --shapes of their own")
    shapes = None if args.shapes is None else tuple(Path(name) for name in args.shapes)
    return Asked(
        files=tuple(Path(name) for name in args.files),
        shapes=shapes,
        format=choose(args.format, args.output),
        severity=level_named(args.severity),
        fail_on=level_named(args.fail_on),
    )


def _report(args: argparse.Namespace, asked: Asked, kept: Kept | None = None) -> Report:
    from cbrngraph.validate.project import validate_files
    from cbrngraph.validate.select import only, since

    if asked.files and asked.shapes is not None:
        if kept is not None:
            report = kept.files.check(asked.files, asked.shapes)
        else:
            report = validate_files(asked.files, asked.shapes, args.engine)
        report = _waived(args, report, None)
        known: tuple[str, ...] = ()
    else:
        report, known = _of_project(args, asked, kept)
    if args.only:
        report = only(report, args.only, known)
    if args.baseline:
        report = since(report, Path(args.baseline))
    return report


def _of_project(
    args: argparse.Namespace, asked: Asked, kept: Kept | None
) -> tuple[Report, tuple[str, ...]]:
    from cbrngraph.validate.project import ExtendedProject, expanded, of_files, validate_snapshot

    files = tuple(expanded(asked.files))
    project = ExtendedProject.of(project_of(args), files)
    snapshot: Snapshot
    if kept is not None:
        report, snapshot = kept.project.check(project, asked.shapes)
    else:
        snapshot = _open(args, project)
        report = validate_snapshot(snapshot, asked.shapes, args.engine)
    if args.logic:
        from cbrngraph.reason import add_logic

        report = add_logic(report, snapshot)
    report = _waived(args, report, project)
    if files:
        paths = {path.resolve() for path in files}
        names = frozenset(f.name for f in project.inputs() if f.path.resolve() in paths)
        report = report.with_findings(of_files(report.findings, names))
    if not args.only:
        return report, ()
    names_known = tuple(file.name for file in project.inputs())
    return report, (*names_known, *_things(snapshot))


def _open(args: argparse.Namespace, project: Project) -> Snapshot:
    from cbrngraph.build import open_snapshot
    from cbrngraph.cli.common import Progress
    from cbrngraph.model import View

    with Progress() as progress:
        return open_snapshot(project, View(), store_of(args), progress)


def _things(snapshot: Snapshot) -> tuple[str, ...]:
    rows = snapshot.store.select(
        "SELECT ?slug { ?thing <http://purl.org/dc/terms/identifier> ?slug }"
    ).rows
    return tuple(str(row[0]) for row in rows)


def _waived(args: argparse.Namespace, report: Report, project: Project | None) -> Report:
    from datetime import date

    from cbrngraph.validate.waivers import FILE, apply_waivers, read_waivers

    if args.waivers:
        path = Path(args.waivers)
    elif project is not None and _waivers_of(project).is_file():
        path = _waivers_of(project)
    else:
        return report
    name = args.waivers or FILE
    return apply_waivers(report, read_waivers(path), path, name, date.today())  # noqa: DTZ011


def _waivers_of(project: Project) -> Path:
    from cbrngraph.validate.waivers import FILE

    return project.home / FILE


def _width() -> int:
    """Return the columns of the terminal within what reads well; 100 elsewhere."""
    import shutil

    columns = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
    return min(max(columns, 40), 120)


def _write(args: argparse.Namespace, asked: Asked, report: Report) -> None:
    from cbrngraph.formats.output import opened
    from cbrngraph.validate.outputs import write
    from cbrngraph.validate.select import worse

    shown = worse(report, asked.severity)
    if asked.format == "table" and args.output in (None, "-"):
        import os

        from cbrngraph.validate.outputs.terminal import write_table

        colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        data = write_table(shown, colour=colour, width=_width()).encode()
    else:
        data = write(shown, asked.format)
    with opened(args.output) as out:
        out.write(data)
