"""`cbrngraph info`: what is in the graph, and which snapshot it is."""

from __future__ import annotations

import argparse
from typing import Any

from cbrngraph.cli.common import (
    LISTING,
    add_output_options,
    add_view_options,
    emit_listing,
    listing_format,
    open_view,
    project_of,
    view_of,
)

__all__ = ["add", "run"]


def add(subparsers: Any) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "info",
        help="tell what is in the graph: counts, sources, dates, snapshot id",
        description="Counts, coverage dates and the id of the snapshot. The id is a hash of the "
        "files, so two people with the same id have the same graph.",
    )
    add_view_options(parser)
    add_output_options(parser, LISTING)


def run(args: argparse.Namespace) -> int:
    """Count, and write the counts."""
    from cbrngraph.describe import overview
    from cbrngraph.describe.render import overview_sheets, summarised

    made = listing_format(args)
    project = project_of(args)
    one = overview(open_view(args, view_of(args), project), project)
    emit_listing(args, overview_sheets(one), summarised(one), made)
    return 0
