"""`cbrngraph ingest claims`: a claims sheet into the files of `data/`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cbrngraph.cli.common import (
    LISTING,
    add_output_options,
    emit_listing,
    listing_format,
)

if TYPE_CHECKING:
    from cbrngraph.ingest import Import

__all__ = ["add", "run"]

_EPILOG = """\
Tables are recognised by their header: claims, sources, entities, organisations,
countries, places, priorities, concepts, properties, identifiers. When only claims
tables are named, the other tables of their folders are taken too.
docs/claims-sheet.md describes every column and every fault.

examples:
  cbrngraph ingest claims facts/claims.csv --documents scans/ --dry-run
  cbrngraph ingest claims mine.csv --project ~/my-graph
"""


def add(subparsers: Any) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "ingest",
        help="write a claims sheet into the data files",
        description="Write what tables say into data/; 'ingest claims --help' tells more.",
    )
    below = parser.add_subparsers(dest="ingested", metavar="WHAT", required=True)
    claims = below.add_parser(
        "claims",
        help="a claims sheet: tables of statements with their sources",
        description="Write what the tables of a claims sheet say into data/: all of it, or "
        "nothing when anything in them is wrong.",
        epilog=_EPILOG,
    )
    claims.add_argument("files", nargs="+", type=Path, metavar="FILE.csv", help="a table")
    claims.add_argument(
        "--documents",
        type=Path,
        metavar="DIR",
        help="the documents that the sources name; their SHA-256 is recorded",
    )
    claims.add_argument(
        "--prune",
        action="store_true",
        help="of the sources in the sheet, remove the claims on file that the sheet lacks",
    )
    claims.add_argument(
        "--dry-run", action="store_true", help="show what would change, and write nothing"
    )
    add_output_options(claims, LISTING)


def run(args: argparse.Namespace) -> int:
    """Import, and list what changed; the count and what was left out go to stderr."""
    from dataclasses import asdict

    from cbrngraph.errors import UsageError
    from cbrngraph.formats.sheet import plain_sheet
    from cbrngraph.ingest import plan_import
    from cbrngraph.resources import Project, shipped

    made = listing_format(args)
    if args.project is None and shipped().name == "_shipped":
        raise UsageError("installed data is not to be changed; give --project DIR, your own folder")
    project = Project.open(args.project, new=True)
    plan = plan_import(args.files, project, documents=args.documents, prune=args.prune)
    if not args.dry_run:
        plan.write()
    rows = [(c.file, c.change, f"+{c.added}", f"-{c.removed}") for c in plan.changes]
    sheet = plain_sheet(("file", "change", "statements added", "removed"), rows)
    emit_listing(args, [sheet], [asdict(change) for change in plan.changes], made)
    for notice in plan.notices:
        sys.stderr.write(f"cbrngraph: note: {notice}\n")
    sys.stderr.write(f"cbrngraph: {_summary(plan, dry_run=args.dry_run)}\n")
    return 0


def _summary(plan: Import, *, dry_run: bool) -> str:
    new = sum(change.change == "added" for change in plan.changes)
    verb = "would be " if dry_run else ""
    return (
        f"{_count(plan.claims, 'claim')} of {_count(plan.sources, 'source')}: "
        f"{_count(new, 'file')} {verb}added, {len(plan.changes) - new} {verb}changed, "
        f"{plan.unchanged} unchanged"
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
