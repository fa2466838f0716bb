"""`cbrngraph why`: what a row, a statement or a thing rests on."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from cbrngraph.cli.common import (
    add_output_options,
    add_view_options,
    built_view,
    for_reading,
    listing_format,
    note,
    open_view,
    project_of,
    view_of,
    write_text,
)

if TYPE_CHECKING:
    from cbrngraph.build import Snapshot
    from cbrngraph.evidence.told import Why

__all__ = ["add", "run"]

_LIMIT = 100
_FORMATS = ("table", "json", "md", "trig")
_EPILOG = """\
examples:
  cbrngraph why projects-by-country --param country=UZB --row 1
  cbrngraph why rs-central-asia hostedBy
  cbrngraph why P087
  cbrngraph why 'UZB cbrn:participatesIn P087'
"""


def add(subparsers: Any) -> None:
    """Add the command."""
    from cbrngraph.cli.complete import complete_params, complete_what

    parser = subparsers.add_parser(
        "why",
        help="show what a row of an answer, a statement or a thing rests on",
        description="With --row, WHAT is a query as for 'cbrngraph query'. Else it is a thing, "
        "with a PROPERTY or without, or a statement: subject, property and value in one argument, "
        "each an IRI, CURIE, slug or name without blanks.",
        epilog=_EPILOG,
    )
    what = parser.add_argument("what", metavar="WHAT", help="a query, a thing or a statement")
    what.completer = complete_what
    parser.add_argument("property", metavar="PROPERTY", nargs="?", help="a property of the thing")
    parser.add_argument("--row", metavar="N", type=int, help="explain row N of the query, from 1")
    param = parser.add_argument(
        "--param", "-p", metavar="NAME=VALUE", action="append", default=[], help="a parameter"
    )
    param.completer = complete_params
    parser.add_argument(
        "--limit",
        metavar="N",
        type=int,
        help="follow at most N rows of a group, or ways to a row (100)",
    )
    add_view_options(parser)
    add_output_options(parser, _FORMATS)


def run(args: argparse.Namespace) -> int:
    """Explain and write; 1 when a statement does not hold."""
    made = listing_format(args, _FORMATS)
    snapshot, why = _row(args) if args.row is not None else _text(args)
    if made.name == "json":
        from json import dumps

        told = why.to_dicts()
        shown: Any = told[0] if args.row is not None else told
        write_text(args, dumps(shown, ensure_ascii=False, indent=2) + "\n")
    elif made.name == "trig":
        if not why.holds:
            note("nothing to write: it does not hold in this view (--format table says what does)")
        write_text(args, _trig(snapshot, why))
    else:
        write_text(args, why.markdown() if made.name == "md" else for_reading(args, f"{why}\n"))
    return 0 if why.holds else 1


def _row(args: argparse.Namespace) -> tuple[Snapshot, Why]:
    project = project_of(args)
    ready = built_view(args, view_of(args), project)  # its store opens while the rest is read
    from cbrngraph.cli.query import _parameters, _query
    from cbrngraph.errors import UsageError

    if args.property is not None:
        raise UsageError("with --row there is no PROPERTY; parameters are given with --param")
    limit = _LIMIT if args.limit is None else args.limit
    if limit < 1:
        raise UsageError(f"--limit takes a number of rows from 1, not {limit}")
    query = _query(project, args.what)
    given = _parameters(args.param)
    snapshot = open_view(args, view_of(args, query.view), project, ready)
    from cbrngraph.queries.asking import AskedRow

    asked = AskedRow(snapshot, query, args.row, given)  # and the row while the explaining is read
    from cbrngraph.evidence.explaining import why_query

    return snapshot, why_query(snapshot, query, args.row, given, limit=limit, asked=asked)


def _text(args: argparse.Namespace) -> tuple[Snapshot, Why]:
    project = project_of(args)
    ready = built_view(args, view_of(args), project)  # its store opens while the rest is read
    from cbrngraph.errors import UnknownNameError, UsageError
    from cbrngraph.evidence.explaining import why_text

    for option, value in (("--param", args.param), ("--limit", args.limit)):
        if value not in (None, []):
            raise UsageError(f"{option} is for a row of a query: give --row too")
    snapshot = open_view(args, view_of(args), project, ready)
    try:
        return snapshot, why_text(snapshot, args.what, args.property)
    except UnknownNameError:
        if "{" in args.what or args.what in project.query_slugs():
            raise UsageError(f"{args.what!r} is a query: say which row with --row N") from None
        raise


def _trig(snapshot: Snapshot, why: Why) -> str:
    from cbrngraph.evidence.telling import quads
    from cbrngraph.formats.turtle import trig

    found = {quad: None for one in why for quad in quads(one, snapshot.store)}
    return "".join(trig(found))
