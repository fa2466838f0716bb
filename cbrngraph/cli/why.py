"""`cbrngraph why`: what a row, a statement or a thing rests on."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from cbrngraph.cli.common import (
    add_output_options,
    add_view_options,
    listing_format,
    open_view,
    project_of,
    view_of,
    write_text,
)

if TYPE_CHECKING:
    from cbrngraph.build import Snapshot
    from cbrngraph.evidence.why import Explanation

__all__ = ["add", "run"]

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
    from cbrngraph.cli.complete import complete_params

    parser = subparsers.add_parser(
        "why",
        help="show what a row of an answer, a statement or a thing rests on",
        description="With --row, WHAT is a query as for 'cbrngraph query'. Else it is a thing, "
        "with a PROPERTY or without, or a statement: subject, property and value in one argument, "
        "each an IRI, CURIE, slug or name without blanks.",
        epilog=_EPILOG,
    )
    parser.add_argument("what", metavar="WHAT", help="a query, a thing or a statement")
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
        default=100,
        help="follow at most N rows of a group, or ways to a row (100)",
    )
    add_view_options(parser)
    add_output_options(parser, _FORMATS)


def run(args: argparse.Namespace) -> int:
    """Explain and write; 1 when a statement does not hold."""
    made = listing_format(args, _FORMATS)
    snapshot, found = _row(args) if args.row is not None else _statements(args)
    _write(args, made.name, snapshot, found)
    return 0 if all(one.holds for one in found) else 1


def _row(args: argparse.Namespace) -> tuple[Snapshot, list[Explanation]]:
    from cbrngraph.cli.query import _parameters, _query
    from cbrngraph.evidence.why import why_row

    project = project_of(args)
    query = _query(project, args.what)
    given = _parameters(args.param)
    snapshot = open_view(args, view_of(args, query.view), project)
    return snapshot, [why_row(snapshot, query, args.row, given, limit=max(1, args.limit))]


def _statements(args: argparse.Namespace) -> tuple[Snapshot, list[Explanation]]:
    from cbrngraph.describe import find_thing
    from cbrngraph.evidence.naming import find_property, find_statement, is_statement
    from cbrngraph.evidence.why import why_statement, why_thing

    snapshot = open_view(args, view_of(args))
    if args.property is None and is_statement(args.what):
        return snapshot, [why_statement(snapshot, find_statement(snapshot.store, args.what))]
    thing = find_thing(snapshot.store, args.what)
    predicate = None if args.property is None else find_property(snapshot.store, args.property)
    return snapshot, [one for _, one in why_thing(snapshot, thing, predicate)]


def _write(
    args: argparse.Namespace, name: str, snapshot: Snapshot, found: list[Explanation]
) -> None:
    from cbrngraph.evidence import telling

    words = telling.words_for(snapshot.store, found)
    if name == "json":
        from json import dumps

        told = [telling.objects(one, words) for one in found]
        shown = told[0] if args.row is not None else told
        write_text(args, dumps(shown, ensure_ascii=False, indent=2) + "\n")
    elif name == "trig":
        from cbrngraph.formats.turtle import trig

        quads = {quad: None for one in found for quad in telling.quads(one, snapshot.store)}
        write_text(args, "".join(trig(quads)))
    else:
        bullet = "- " if name == "md" else ""
        write_text(args, "\n".join(_told(one, words, bullet) for one in found))


def _told(one: Explanation, words: Any, bullet: str) -> str:
    from cbrngraph.evidence import telling

    text = ""
    if one.row is not None:
        title = telling.row_title(one, words)
        text = f"## {title}\n\n" if bullet else f"{title}\n\n"
    text += telling.outline(one, words, bullet=bullet)
    summary = telling.summary(one)
    return f"{text}\n{summary}\n" if summary and one.row is not None else text
