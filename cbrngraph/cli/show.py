"""`cbrngraph show`: what is known about a thing, and who says so."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from cbrngraph.cli.common import (
    add_output_options,
    add_view_options,
    built_view,
    emit_listing,
    listing_format,
    note,
    open_view,
    project_of,
    view_of,
    write_text,
)
from cbrngraph.errors import UsageError

if TYPE_CHECKING:
    from cbrngraph.describe import Description, Quote

__all__ = ["add", "run"]

_FORMATS = ("table", "json", "md", "turtle")


def add(subparsers: Any) -> None:
    """Add the command."""
    from cbrngraph.cli.complete import complete_thing

    parser = subparsers.add_parser(
        "show",
        help="show a thing: its facts by property, each with its sources",
        description="THING is an IRI, a CURIE, a slug, a code or a name, without regard to case "
        "and accents, or what tables print: 'Uzbekistan (UZB)'. Turtle gives the statements of the "
        "view about it, every value as in the files.",
    )
    thing = parser.add_argument("thing", metavar="THING", help="what to show")
    thing.completer = complete_thing
    parser.add_argument(
        "--quote",
        action="store_true",
        help="print each passage in full below its line, where documents are at hand",
    )
    parser.add_argument(
        "--sources", metavar="DIR", help="the folder with the documents (or $CBRNGRAPH_SOURCES)"
    )
    add_view_options(parser)
    add_output_options(parser, _FORMATS)


def run(args: argparse.Namespace) -> int:
    """Look it up and write it."""
    project = project_of(args)
    ready = built_view(args, view_of(args), project)  # its store opens while the rest is read
    from cbrngraph.describe import describe
    from cbrngraph.describe.render import described, description_sheet
    from cbrngraph.names.lookup import find_thing

    made = listing_format(args, _FORMATS)
    snapshot = open_view(args, view_of(args), project, ready)
    if made.name == "turtle":
        if args.quote or args.sources:
            raise UsageError("turtle has no place for quoted passages; it has table, json and md")
        from cbrngraph.formats.turtle import turtle

        thing = find_thing(snapshot, args.thing)
        about = (t for t in snapshot.triples() if thing in (t.subject, t.object))
        write_text(args, "".join(turtle(about)))
        return 0
    description = describe(snapshot, args.thing)
    quotes = _quotes(args, description) if args.quote or args.sources else None
    sheet, objects = description_sheet(description, quotes), described(description, quotes)
    emit_listing(args, [sheet], objects, made)
    return 0


def _quotes(args: argparse.Namespace, description: Description) -> dict[str, Quote]:
    from cbrngraph.evidence.quoting import library_of, passages_in, quotes

    found = quotes(passages_in(description), library_of(args.sources))
    if not found:
        note("no document of its passages is at hand: nothing to quote")
    return found
