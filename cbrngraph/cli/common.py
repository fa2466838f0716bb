"""What the commands share: opening the graph, choosing a format, writing the output."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from cbrngraph.errors import DateError, UnknownNameError, UsageError, nearest

if TYPE_CHECKING:
    from cbrngraph.build import Snapshot, StoreKind
    from cbrngraph.formats import Format
    from cbrngraph.formats.sheet import Sheet
    from cbrngraph.model import View
    from cbrngraph.resources import Project

__all__ = [
    "LISTING",
    "STORES",
    "Progress",
    "add_output_options",
    "add_view_options",
    "built_view",
    "emit_listing",
    "for_reading",
    "listing_format",
    "note",
    "on_terminal",
    "open_view",
    "project_of",
    "store_of",
    "view_of",
    "write_text",
]

LISTING = ("table", "json", "md")
STORES = ("auto", "memory", "disk")
_PATIENCE = 0.4


def add_view_options(parser: argparse.ArgumentParser) -> None:
    """Add `--view` and `--as-of`."""
    view = parser.add_argument(
        "--view",
        metavar="VIEW",
        help="current (one value where there can be but one) or all (what any source ever said)",
    )
    view.completer = lambda **_: ["current", "all"]  # type: ignore[attr-defined]
    parser.add_argument(
        "--as-of",
        metavar="DATE",
        help="only from sources issued by then: 2023, 2023-05 or 2023-05-21",
    )


def add_output_options(
    parser: argparse.ArgumentParser, formats: Sequence[str], default: str = "table"
) -> None:
    """Add `--format` and `-o`."""
    action = parser.add_argument(
        "--format",
        "-f",
        metavar="FORMAT",
        help=f"{', '.join(formats)} (default: by the suffix of -o, else {default})",
    )
    action.completer = lambda **_: list(formats)  # type: ignore[attr-defined]
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write to a file, whole or not at all"
    )


def project_of(args: argparse.Namespace) -> Project:
    """Return the project that `--project` names, else the shipped one."""
    from cbrngraph.resources import Project

    return Project.open(args.project)


def store_of(args: argparse.Namespace) -> StoreKind:
    """Return what `--store` says.

    Raises:
        UnknownNameError: it is none of auto, memory, disk.
    """
    if args.store not in STORES:
        hint = f"the kinds are {', '.join(STORES)}"
        raise UnknownNameError("store", args.store, nearest(args.store, STORES), hint)
    kind: StoreKind = args.store
    return kind


def view_of(args: argparse.Namespace, default: str = "current") -> View:
    """Return the view that `--view` and `--as-of` name, else the default one.

    Raises:
        UnknownNameError, DateError: there is no such view, or the date is none.
    """
    from cbrngraph.build import parse_view

    name = default if args.view is None else args.view
    if args.as_of is not None and not args.as_of.strip():
        raise DateError("--as-of takes a date: 2023, 2023-05 or 2023-05-21")
    return parse_view(name, args.as_of or "")


def built_view(args: argparse.Namespace, view: View, project: Project) -> Snapshot | None:
    """Return the snapshot of a view where it needs no building and none in memory is asked for."""
    from cbrngraph.build import built_snapshot

    return None if store_of(args) == "memory" else built_snapshot(project, view)


def open_view(
    args: argparse.Namespace,
    view: View,
    project: Project | None = None,
    ready: Snapshot | None = None,
) -> Snapshot:
    """Return the snapshot of a view, telling on a terminal how far a long build is.

    `ready` is taken where it is of that view.

    Raises:
        DateError: no source reaches the view's date.
    """
    from cbrngraph.build import check_reached, open_snapshot

    if ready is not None and ready.view == view:
        snapshot = ready
    else:
        with Progress() as progress:
            snapshot = open_snapshot(project or project_of(args), view, store_of(args), progress)
    check_reached(snapshot)
    if view.day is not None and snapshot.meta.sources_left_out:
        count = snapshot.meta.sources_left_out
        left = "1 source" if count == 1 else f"{count} sources"
        note(f"as of {view.as_of}: {left} left out, issued later or on no known date")
    return snapshot


class Progress:
    """A line on stderr for a build that takes longer than a moment; nothing in a pipe."""

    def __init__(self) -> None:
        self._begin = time.monotonic()
        self._shown = False

    def __enter__(self) -> Callable[[str, int, int], None] | None:
        return self._tell if sys.stderr is not None and sys.stderr.isatty() else None

    def __exit__(self, *_: object) -> None:
        if self._shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

    def _tell(self, what: str, done: int, total: int) -> None:
        if time.monotonic() - self._begin > _PATIENCE:
            self._shown = True
            sys.stderr.write(f"\r\033[Kbuilding: {what} {done}/{total}")
            sys.stderr.flush()


def listing_format(args: argparse.Namespace, formats: Sequence[str] = LISTING) -> Format:
    """Return the format asked for, of those that the command has.

    Raises:
        UnknownNameError: the command has no such format.
    """
    from cbrngraph.formats import FORMATS, choose

    if args.format and args.format not in formats:
        hint = f"{args.command} has {', '.join(formats)}"
        raise UnknownNameError("format", args.format, nearest(args.format, formats), f"({hint})")
    made = choose(args.format, args.output, among=formats)
    if made.name not in formats:
        raise UsageError(f"{args.command} cannot write {made.name}; it has {', '.join(formats)}")
    return FORMATS[made.name]


def note(message: str) -> None:
    """Say something on stderr beside the answer; nothing where that is closed."""
    if sys.stderr is not None:
        sys.stderr.write(f"cbrngraph: {message}\n")


def on_terminal(args: argparse.Namespace) -> bool:
    """Say whether the output goes to a terminal."""
    return args.output in (None, "-") and sys.stdout is not None and sys.stdout.isatty()


def emit_listing(
    args: argparse.Namespace, sheets: Sequence[Sheet], objects: Any, made: Format | None = None
) -> None:
    """Write tables for people, or the same as JSON, as `--format` and `-o` say."""
    chosen = made or listing_format(args)
    if chosen.name == "json":
        from json import dumps

        text = dumps(objects, ensure_ascii=False, indent=2) + "\n"
    elif chosen.name == "md":
        from cbrngraph.formats.markdown import markdown

        text = "\n".join(map(markdown, sheets))
    else:
        text = "\n".join(map(_layout(args), sheets))
    write_text(args, text)


def _layout(args: argparse.Namespace) -> Callable[[Sheet], str]:
    if on_terminal(args):
        from cbrngraph.formats.screen import screen

        return screen
    from cbrngraph.formats.text import plain

    return plain


def for_reading(args: argparse.Namespace, text: str, hang: int = 4) -> str:
    """Return text folded to the terminal; as it is where it goes elsewhere."""
    if not on_terminal(args):
        return text
    from cbrngraph.cli.parser import columns
    from cbrngraph.formats.text import fold

    return fold(text, columns(), hang)


def write_text(args: argparse.Namespace, text: str) -> None:
    """Write text to where `-o` says."""
    from cbrngraph.formats.output import opened

    with opened(args.output) as out:
        out.write(text.encode())
