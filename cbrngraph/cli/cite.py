"""`cbrngraph cite`: a reference to the answer of a query, with the sources that it rests on."""

from __future__ import annotations

import argparse
from pathlib import PurePath
from typing import Any

from cbrngraph.cli.common import (
    add_output_options,
    add_view_options,
    open_view,
    project_of,
    view_of,
    write_text,
)
from cbrngraph.errors import UnknownNameError, UsageError, nearest

__all__ = ["add", "run"]

_FORMATS = ("text", "md", "bibtex", "csl-json")
_EPILOG = """\
examples:
  cbrngraph cite projects-by-country --param country=UZB
  cbrngraph cite national-action-plans --as-of 2023-05 --format bibtex
  cbrngraph cite 'ASK { ?p a cbrn:Project }' -o answer.json
  cbrngraph query --cite ID
"""


def add(subparsers: Any) -> None:
    """Add the command."""
    from cbrngraph.cli.complete import complete_params, complete_query

    parser = subparsers.add_parser(
        "cite",
        help="cite the answer of a query, with the sources that it rests on",
        description="Print a reference to an answer: the question, the graph, the view, an id that "
        "'cbrngraph query --cite' asks again, and every source that a row rests on. The query is "
        "as for 'cbrngraph query'; for one that is not stored, keep a csl-json file, which holds "
        "its text.",
        epilog=_EPILOG,
    )
    what = parser.add_argument("query", metavar="NAME|FILE|-|SPARQL", help="what was asked")
    what.completer = complete_query
    param = parser.add_argument(
        "--param", "-p", metavar="NAME=VALUE", action="append", default=[], help="a parameter"
    )
    param.completer = complete_params
    add_view_options(parser)
    add_output_options(parser, _FORMATS, "text")


def run(args: argparse.Namespace) -> int:
    """Ask, and write the citation of the answer."""
    from cbrngraph.cli.query import _parameters, _query
    from cbrngraph.evidence.cite import cite
    from cbrngraph.results import answer

    made = _format(args)
    project = project_of(args)
    query = _query(project, args.query)
    given = _parameters(args.param)
    for name in given:
        query.parameter(name)
    found = cite(answer(query, given, open_view(args, view_of(args, query.view), project)))
    writers = {"bibtex": found.bibtex, "csl-json": found.csl_json, "md": found.markdown}
    write_text(args, writers.get(made, found.text)())
    return 0


def _format(args: argparse.Namespace) -> str:
    """The format that was named, else the one of the file's suffix, else text."""
    from cbrngraph.evidence.bibliography import FORMATS

    if args.format and args.format not in FORMATS:
        hint = f"(cite has {', '.join(FORMATS)})"
        raise UnknownNameError("format", args.format, nearest(args.format, FORMATS), hint)
    if args.format:
        return str(args.format)
    if args.output in (None, "-"):
        return "text"
    suffix = PurePath(args.output).suffix.lower()
    for name, own in FORMATS.items():
        if own == suffix:
            return name
    known = ", ".join(FORMATS.values())
    raise UsageError(
        f"no form of a citation has the suffix of {args.output!r} (known: {known}); say --format"
    )
