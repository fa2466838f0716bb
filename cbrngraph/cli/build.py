"""`cbrngraph build`: make the snapshot now, rather than at the next question."""

from __future__ import annotations

import argparse
import time
from typing import Any

from cbrngraph.cli.common import (
    add_output_options,
    add_view_options,
    emit_listing,
    listing_format,
    project_of,
    store_of,
    view_of,
)

__all__ = ["add", "run"]

_FORMATS = ("table", "json")


def add(subparsers: Any) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "build",
        help="build the graph from its files; otherwise done when a file has changed",
        description="Read the files, resolve the view, add what the ontology entails, and keep the "
        "snapshot in the cache folder.",
    )
    parser.add_argument("--force", action="store_true", help="build even when nothing has changed")
    add_view_options(parser)
    add_output_options(parser, _FORMATS)


def run(args: argparse.Namespace) -> int:
    """Build, and say what came out."""
    from cbrngraph.build import open_snapshot
    from cbrngraph.cli.common import Progress
    from cbrngraph.formats.sheet import plain_sheet

    made = listing_format(args, _FORMATS)
    begin = time.monotonic()
    with Progress() as progress:
        snapshot = open_snapshot(
            project_of(args), view_of(args), store_of(args), progress, force=args.force
        )
    meta = snapshot.meta._asdict()
    rows = [(name.replace("_", " "), str(value)) for name, value in meta.items()]
    told = {"slug": snapshot.view.key, **meta}
    rows.append(("seconds", f"{time.monotonic() - begin:.2f}"))
    emit_listing(args, [plain_sheet(("snapshot", "value"), rows)], told, made)
    return 0
