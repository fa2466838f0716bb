"""`cbrngraph search`: things whose names or texts hold some words."""

from __future__ import annotations

import argparse
from typing import Any

from cbrngraph.cli.common import (
    LISTING,
    add_output_options,
    add_view_options,
    emit_listing,
    listing_format,
    note,
    open_view,
    view_of,
)

__all__ = ["add", "run"]


def add(subparsers: Any) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "search",
        help="find things by words in their names and texts",
        description="Things with a text that holds all the words, without regard to case and "
        "accents; names go first. Exit code 0 also when there is none.",
    )
    parser.add_argument("text", metavar="TEXT", nargs="+", help="words to look for")
    add_view_options(parser)
    add_output_options(parser, LISTING)
    parser.add_argument("--limit", metavar="N", type=int, default=50, help="at most N (default 50)")


def run(args: argparse.Namespace) -> int:
    """Search, and write what was found."""
    from cbrngraph.describe import search
    from cbrngraph.describe.render import found, hits_sheet

    made = listing_format(args)
    hits = search(open_view(args, view_of(args)), " ".join(args.text), max(args.limit, 0) + 1)
    shown = hits[: max(args.limit, 0)]
    emit_listing(args, [hits_sheet(shown)], found(shown), made)
    if not hits:
        note("nothing found")
    elif len(hits) > len(shown):
        note(f"cut off after {len(shown)}; there is more (--limit)")
    return 0
