"""`cbrngraph show`: what is known about a thing, and who says so."""

from __future__ import annotations

import argparse
from typing import Any

from cbrngraph.cli.common import (
    add_output_options,
    add_view_options,
    emit_listing,
    listing_format,
    open_view,
    view_of,
    write_text,
)

__all__ = ["add", "run"]

_FORMATS = ("table", "json", "md", "turtle")


def add(subparsers: Any) -> None:
    """Add the command."""
    from cbrngraph.cli.complete import complete_thing

    parser = subparsers.add_parser(
        "show",
        help="show a thing: its facts by property, each with its sources",
        description="THING is an IRI, a CURIE, a slug, a code or a name, in any case. Turtle gives "
        "the statements of the view about it, every value as in the files.",
    )
    thing = parser.add_argument("thing", metavar="THING", help="what to show")
    thing.completer = complete_thing
    parser.add_argument(
        "--quote", action="store_true", help="add the full passages, where documents are at hand"
    )
    parser.add_argument(
        "--sources", metavar="DIR", help="the folder with the documents (or $CBRNGRAPH_SOURCES)"
    )
    add_view_options(parser)
    add_output_options(parser, _FORMATS)


def run(args: argparse.Namespace) -> int:
    """Look it up and write it."""
    from cbrngraph.describe import describe, find_thing
    from cbrngraph.describe.render import described, description_sheet

    made = listing_format(args, _FORMATS)
    snapshot = open_view(args, view_of(args))
    if made.name == "turtle":
        from cbrngraph.formats.turtle import turtle

        thing = find_thing(snapshot.store, args.thing)
        about = (t for t in snapshot.triples() if thing in (t.subject, t.object))
        write_text(args, "".join(turtle(about)))
        return 0
    description = describe(snapshot, args.thing)
    sheets, objects = [description_sheet(description)], described(description)
    if args.quote or args.sources:
        from cbrngraph.evidence.quoting import library_of, passages_in, quotes, quotes_sheet

        library = library_of(args.sources)
        sheets.append(quotes_sheet(passages_in(description), library))
        objects["quotes"] = quotes(passages_in(description), library)
    emit_listing(args, sheets, objects, made)
    return 0
