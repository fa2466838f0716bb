"""`cbrngraph conflicts`: where sources disagree."""

from __future__ import annotations

import argparse
from typing import Any

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
)
from cbrngraph.errors import UnknownNameError, nearest

__all__ = ["add", "run"]

_FORMATS = ("table", "json", "md")


def add(subparsers: Any) -> None:
    """Add the command."""
    from cbrngraph.cli.complete import complete_kind, complete_thing

    parser = subparsers.add_parser(
        "conflicts",
        help="list where sources disagree, or figures cannot be counted",
        description="Each disagreement on a property that has one value, and each reported figure "
        "that differs from the count, with its kind: contradiction, scope, change-over-time or "
        "precision-or-wording; who says what, and which value the view took by which rule.",
    )
    thing = parser.add_argument("thing", metavar="THING", nargs="?", help="only about this thing")
    thing.completer = complete_thing
    kind = parser.add_argument("--kind", metavar="KIND", help="only of this kind")
    kind.completer = complete_kind
    add_view_options(parser)
    add_output_options(parser, _FORMATS)


def run(args: argparse.Namespace) -> int:
    """List them. A disagreement of sources is no fault of the data, so the exit code is 0."""
    project = project_of(args)
    ready = built_view(args, view_of(args), project)  # its store opens while the rest is read
    from cbrngraph.evidence.conflicts import conflicts
    from cbrngraph.evidence.disagreements import conflict_objects, conflicts_sheet
    from cbrngraph.evidence.kinds import KINDS
    from cbrngraph.names.lookup import find_thing

    made = listing_format(args, _FORMATS)
    if args.kind is not None and args.kind not in KINDS:
        hint = f"the kinds are {', '.join(KINDS)}"
        raise UnknownNameError("kind", args.kind, nearest(args.kind, KINDS), hint)
    snapshot = open_view(args, view_of(args), project, ready)
    thing = None if args.thing is None else find_thing(snapshot, args.thing)
    found = [c for c in conflicts(snapshot, thing) if args.kind in (None, c.kind)]
    if made.name == "json":
        emit_listing(args, [], conflict_objects(snapshot.store, found), made)
    else:
        emit_listing(args, [conflicts_sheet(snapshot.store, found)], None, made)
    if not found:
        about = "" if thing is None else f" about {thing.local}"
        note(f"the sources do not disagree{about}" + (" in this way" if args.kind else ""))
    return 0
