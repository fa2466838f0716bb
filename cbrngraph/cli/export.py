"""`cbrngraph export`: the graph as text, every literal as in the files, always in one order."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from cbrngraph.cli.common import (
    add_output_options,
    add_view_options,
    listing_format,
    open_view,
    view_of,
)
from cbrngraph.errors import UnknownNameError, nearest

if TYPE_CHECKING:
    from cbrngraph.build import Snapshot
    from cbrngraph.model import Quad, Triple

__all__ = ["add", "run"]

_FORMATS = ("turtle", "nt", "trig", "nquads", "jsonld")


def add(subparsers: Any) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "export",
        help="write the graph as Turtle, N-Triples, TriG, N-Quads or JSON-LD",
        description="Turtle and N-Triples hold the view. The other formats hold the view as "
        "default graph, and each passage and file as a named graph. The same files give the same "
        "bytes.",
    )
    add_view_options(parser)
    add_output_options(parser, _FORMATS, "turtle")
    parser.add_argument(
        "--graph",
        metavar="IRI",
        help="only this named graph, or all whose IRI begins so when it ends in *",
    )


def run(args: argparse.Namespace) -> int:
    """Write the graph."""
    from cbrngraph.formats.output import opened

    if not args.format and args.output in (None, "-"):
        args.format = "turtle"
    made = listing_format(args, _FORMATS)
    snapshot = open_view(args, view_of(args))
    with opened(args.output) as out:
        out.writelines(piece.encode() for piece in _pieces(made.name, snapshot, args.graph))
    return 0


def _pieces(name: str, snapshot: Snapshot, graph: str | None) -> Iterator[str]:
    from cbrngraph.formats.jsonld import jsonld
    from cbrngraph.formats.turtle import nquads, ntriples, trig, turtle
    from cbrngraph.model import Triple

    if name in ("turtle", "nt"):
        write = turtle if name == "turtle" else ntriples
        if graph is None:
            return write(snapshot.triples())
        return write(Triple(*quad[:3]) for quad in _of_graph(snapshot, graph))
    quads = _of_graph(snapshot, graph) if graph else _all(snapshot)
    return {"trig": trig, "nquads": nquads, "jsonld": jsonld}[name](quads)


def _all(snapshot: Snapshot) -> Iterator[Quad]:
    yield from _unnamed(snapshot.triples())
    yield from snapshot.quads()


def _unnamed(triples: Iterable[Triple]) -> Iterator[Quad]:
    from cbrngraph.model import Quad

    return (Quad(*triple, None) for triple in triples)


def _of_graph(snapshot: Snapshot, graph: str) -> list[Quad]:
    """Return the quads of the graph, or of those with its beginning.

    Raises:
        UnknownNameError: there is no such graph.
    """
    from cbrngraph.namespaces import BASE

    wanted = graph.removeprefix("<").removesuffix(">")
    wanted = wanted if "://" in wanted or wanted.startswith("urn:") else BASE + wanted
    names: set[str] = set()
    found: list[Quad] = []
    for quad in snapshot.quads():
        name = str(quad.graph)
        names.add(name)
        if name == wanted or (wanted.endswith("*") and name.startswith(wanted[:-1])):
            found.append(quad)
    if found:
        return found
    near = nearest(wanted, [name for name in names if name.startswith(wanted[: len(BASE) + 8])])
    raise UnknownNameError("graph", graph, near, "a * at the end takes all that begin so")
