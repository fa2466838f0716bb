"""`cbrngraph timeline`: a thing's dated story."""

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

__all__ = ["add", "run"]

_FORMATS = ("table", "json", "md")


def add(subparsers: Any) -> None:
    """Add the command."""
    from cbrngraph.cli.complete import complete_thing

    parser = subparsers.add_parser(
        "timeline",
        help="tell a thing's story in order of time",
        description="What has a date (the thing's own dates, and activities, projects and plans "
        "that it is joined to), and what was said of the thing at which date, values included "
        "that the view did not take.",
    )
    thing = parser.add_argument("thing", metavar="THING", help="an IRI, slug, code or name")
    thing.completer = complete_thing
    add_view_options(parser)
    add_output_options(parser, _FORMATS)


def run(args: argparse.Namespace) -> int:
    """Tell the story."""
    project = project_of(args)
    ready = built_view(args, view_of(args), project)  # its store opens while the rest is read
    from cbrngraph.evidence.timeline import (
        timeline,
        timeline_objects,
        timeline_sheet,
        undated_note,
    )
    from cbrngraph.names.lookup import find_thing

    made = listing_format(args, _FORMATS)
    snapshot = open_view(args, view_of(args), project, ready)
    story = timeline(snapshot, find_thing(snapshot, args.thing))
    sheet, objects = timeline_sheet(snapshot, story), timeline_objects(snapshot, story)
    emit_listing(args, [sheet], objects, made)
    if not story.entries:
        note(f"nothing dated is known of {story.thing.local}")
    undated = undated_note(story)
    if undated:
        note(undated)
    return 0
