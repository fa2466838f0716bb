"""`cbrngraph diff`: what changed between two dates, sources, snapshots or folders."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cbrngraph.cli.common import (
    add_output_options,
    emit_listing,
    listing_format,
    note,
    open_view,
    project_of,
    write_text,
)
from cbrngraph.errors import UnknownNameError, UsageError, nearest

if TYPE_CHECKING:
    from cbrngraph.evidence.diff import Diff
    from cbrngraph.queries import StoredQuery
    from cbrngraph.resources import Project
    from cbrngraph.results import Result

__all__ = ["add", "run"]

_FORMATS = ("table", "json", "md", "patch", "patch-back")
_EPILOG = """\
examples:
  cbrngraph diff 2023-05 2025-12
  cbrngraph diff fs2023 fs2025 --format md
  cbrngraph diff old-data/ new-data/ --format patch -o forward.rdfp
  cbrngraph diff 2020 2025 --query projects-by-country --param country=UZB
"""


def add(subparsers: Any) -> None:
    """Add the command."""
    from cbrngraph.cli.complete import complete_params, complete_query

    parser = subparsers.add_parser(
        "diff",
        help="show what changed between two dates, sources, snapshots or folders",
        description="Each side is a date, the slug of a source, a snapshot id, a folder with "
        "data/, or current or all. Changes are grouped by thing, each with its cause. patch is "
        "the RDF patch from A to B, patch-back the one from B to A.",
        epilog=_EPILOG,
    )
    parser.add_argument("before", metavar="A", help="from")
    parser.add_argument("after", metavar="B", help="to")
    query = parser.add_argument(
        "--query", metavar="NAME|FILE|SPARQL", help="compare the answers to a query, row by row"
    )
    query.completer = complete_query
    param = parser.add_argument(
        "--param", "-p", metavar="NAME=VALUE", action="append", default=[], help="its parameters"
    )
    param.completer = complete_params
    parser.add_argument("--view", metavar="VIEW", default="current", help="current or all")
    add_output_options(parser, _FORMATS)


def run(args: argparse.Namespace) -> int:
    """Compare, and write what differs."""
    name = _format(args)
    if args.query is not None:
        return _answers(args, name)
    from cbrngraph.evidence.diff import compare
    from cbrngraph.evidence.diffing import diff_objects, diff_sheet, patch
    from cbrngraph.evidence.sides import Sides

    sides = Sides(project_of(args), args.view)
    diff = compare(sides.find(args.before), sides.find(args.after))
    if name.startswith("patch"):
        write_text(args, patch(diff, back=name == "patch-back"))
    elif name == "json":
        _emit(args, name, [], diff_objects(diff))
    else:
        _emit(args, name, [diff_sheet(diff)], None)
    if not diff.changes:
        note(_no_change(diff))
    return 0


def _no_change(diff: Diff) -> str:
    """Say that there is no change, and whether the patch is empty too."""
    rest = len(diff.added) + len(diff.removed)
    if not rest:
        return "no difference"
    return f"no change of a thing; {rest} statements of another kind differ (--format patch)"


def _format(args: argparse.Namespace) -> str:
    """The format asked for; patches are of this command alone, so not in the common table."""
    name: str | None = args.format
    if name is None:
        patch = Path(args.output or "").suffix == ".rdfp"
        name = "patch" if patch else listing_format(args).name
    if name not in _FORMATS:
        hint = f"(diff has {', '.join(_FORMATS)})"
        raise UnknownNameError("format", name, nearest(name, _FORMATS), hint)
    if args.query is None and args.param:
        raise UsageError("--param is for the query: give --query too")
    if args.query is not None and name.startswith("patch"):
        raise UsageError("the answers to a query are rows, not triples: no patch of them")
    return name


def _emit(args: argparse.Namespace, name: str, sheets: Any, objects: Any) -> None:
    from cbrngraph.formats import find

    emit_listing(args, sheets, objects, find(name))


def _answers(args: argparse.Namespace, name: str) -> int:
    from cbrngraph.cli.query import _parameters, _query
    from cbrngraph.evidence.answers import answer_objects, answer_sheet, compare_answers

    project = project_of(args)
    query = _query(project, args.query)
    given = _parameters(args.param)
    before, after = (
        _answer(args, side, query, given, project) for side in (args.before, args.after)
    )
    diff = compare_answers(before, after)
    title = f"{query.slug}: from {args.before} to {args.after}"
    objects = {"from": args.before, "to": args.after, **answer_objects(diff, after)}
    _emit(args, name, [answer_sheet(diff, after, title)], objects)
    return 0


def _answer(
    args: argparse.Namespace,
    side: str,
    query: StoredQuery,
    given: dict[str, list[str] | str],
    project: Project,
) -> Result:
    """Ask on one side: a view, a date or a folder."""
    from cbrngraph.build import parse_view
    from cbrngraph.evidence.sides import is_date
    from cbrngraph.resources import Project as Folder
    from cbrngraph.results import answer

    if side in ("current", "all"):
        view = parse_view(side)
    elif Path(side).is_dir():
        view, project = parse_view(query.view), Folder.open(side)
    elif is_date(side):
        view = parse_view(query.view, side)
    else:
        raise UsageError(f"{side!r} cannot be asked: give a date, a folder, current or all")
    return answer(query, given, open_view(args, view, project))
