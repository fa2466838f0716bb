"""`cbrngraph verify`: whether the documents say what the passages claim."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from cbrngraph.cli.common import (
    add_output_options,
    emit_listing,
    listing_format,
    note,
    open_view,
)
from cbrngraph.errors import UsageError

if TYPE_CHECKING:
    from cbrngraph.evidence.verify import Verification

__all__ = ["add", "run"]

_FORMATS = ("table", "json", "md")


def add(subparsers: Any) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "verify",
        help="check that each excerpt stands in its document at its lines",
        description="Documents are recognised by their SHA-256, whatever their names and "
        "folders. The exit code is 1 when an excerpt does not stand at its lines, when a document "
        "has changed, or when nothing at all could be checked; what could not be checked is "
        "counted with its reason.",
    )
    parser.add_argument(
        "--sources",
        metavar="DIR",
        help="the folder with the documents (default: $CBRNGRAPH_SOURCES)",
    )
    parser.add_argument(
        "source", metavar="SOURCE", nargs="*", help="only these sources, by slug or IRI"
    )
    parser.add_argument(
        "--every", action="store_true", help="list also what was verified or could not be checked"
    )
    add_output_options(parser, _FORMATS)


def run(args: argparse.Namespace) -> int:
    """Check and report; 1 when something is wrong."""
    from cbrngraph.build import parse_view
    from cbrngraph.evidence.quoting import library_of
    from cbrngraph.evidence.verify import verify
    from cbrngraph.evidence.verifying import verification_objects, verification_sheets
    from cbrngraph.model import IRI, Triple
    from cbrngraph.names.lookup import find_thing
    from cbrngraph.namespaces import CBRN, RDF

    made = listing_format(args, _FORMATS)
    library = library_of(args.sources)
    snapshot = open_view(args, parse_view("all"))
    sources = [find_thing(snapshot, name) for name in args.source]
    for source in sources:
        if not snapshot.store.contains(Triple(source, IRI(RDF.type), IRI(CBRN.SourceDocument))):
            raise UsageError(f"{source.local} is no source; 'cbrngraph query sources-overview'")
    found = verify(snapshot.store, library, sources)
    sheets = verification_sheets(found, every=args.every)
    emit_listing(args, sheets, verification_objects(found), made)
    _notes(found)
    return 0 if found.clean else 1


def _notes(found: Verification) -> None:
    from cbrngraph.evidence.verifying import in_words

    for path in found.strangers:
        note(f"{path}: unknown document: no source has its SHA-256")
    note(in_words(found))
    if not found.verified:
        note("nothing was verified: is this the folder with the documents?")
