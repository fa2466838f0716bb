"""`cbrngraph query`: ask a stored query, a file or SPARQL text."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from cbrngraph.cli.common import (
    add_output_options,
    add_view_options,
    built_view,
    note,
    on_terminal,
    open_view,
    project_of,
    view_of,
)
from cbrngraph.errors import ParameterError, UsageError

if TYPE_CHECKING:
    from cbrngraph.evidence.cite import Recalled
    from cbrngraph.queries import StoredQuery
    from cbrngraph.resources import Project
    from cbrngraph.results import Result

__all__ = ["add", "run"]

_FORMATS = (
    "table csv tsv json xml xlsx md (SELECT), turtle nt trig nquads jsonld (CONSTRUCT, DESCRIBE)"
)
_UNLABELLED = ("csv", "tsv", "json", "xml")
_UNLABELLED_TEXT = "csv, tsv, json and xml"
_NAMES = _FORMATS.replace("(SELECT),", "").replace("(CONSTRUCT, DESCRIBE)", "").split()


def add(subparsers: Any) -> None:
    """Add the command."""
    from cbrngraph.cli.complete import complete_params, complete_query

    parser = subparsers.add_parser(
        "query",
        help="ask a stored query, a query file or SPARQL text",
        description="Ask a question. NAME is a stored query ('cbrngraph queries' lists them), "
        "FILE a .rq file with or without a header, - stands for standard input. The project's "
        "prefixes need no declaration in SPARQL text.",
    )
    what = parser.add_argument("query", metavar="NAME|FILE|-|SPARQL", nargs="?", help="what to ask")
    what.completer = complete_query
    param = parser.add_argument(
        "--param",
        "-p",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="a parameter: an IRI, slug, code, name, number or date; again for several values; "
        "'*' for all",
    )
    param.completer = complete_params
    add_view_options(parser)
    add_output_options(parser, _NAMES)
    parser.add_argument("--limit", metavar="N", type=_count, help="at most N rows or triples")
    parser.add_argument(
        "--evidence",
        action="store_true",
        help="add a column with the passages behind each row; of a CONSTRUCT or DESCRIBE write the "
        "triples in the graphs of their passages (trig, nquads, jsonld)",
    )
    parser.add_argument(
        "--labels",
        action="store_true",
        help="add a column of labels beside each column of things (csv, tsv, json, xml)",
    )
    parser.add_argument(
        "--cite",
        metavar="ID",
        help="ask a cited result again and say on stderr whether the answer is still the same (0) "
        "or not (1): an id or IRI that 'cbrngraph cite' printed, or its csl-json file",
    )


def run(args: argparse.Namespace) -> int:
    """Ask, and write the answer; 1 when a cited answer is no longer the same."""
    from cbrngraph.formats import find

    if args.format:
        find(args.format)
    if args.cite is not None:
        recalled = _recalled(args)
        _show(args, recalled.result)
        note(str(recalled))
        return 0 if recalled.same_answer else 1
    result = _answered(args)
    _show(args, result)
    if result.truncated:
        note(f"cut off after {args.limit}; there is more (--limit)")
    return 0


def _answered(args: argparse.Namespace) -> Result:
    given = _parameters(args.param)
    if args.query is None:
        raise UsageError("what to ask is required: NAME|FILE|-|SPARQL, or --cite ID")
    project = project_of(args)
    ready = built_view(args, view_of(args), project)  # its store opens while the query is read
    query = _query(project, args.query)
    for name in given:
        query.parameter(name)
    from cbrngraph.results import answer

    snapshot = open_view(args, view_of(args, query.view), project, ready)
    return answer(query, given, snapshot, args.limit)


def _recalled(args: argparse.Namespace) -> Recalled:
    from cbrngraph.evidence.cite import find_cited

    said = {"--param": args.param, "--view": args.view, "--as-of": args.as_of}
    extra = [name for name, value in said.items() if value not in (None, [])]
    extra += ["--limit"] if args.limit is not None else []
    if extra:
        raise UsageError(f"--cite says itself what to ask; leave out {' and '.join(extra)}")
    project = project_of(args)
    query = None if args.query is None else _query(project, args.query)
    cited = find_cited(project, args.cite, query)
    return cited.ask(open_view(args, cited.view, project))


def _show(args: argparse.Namespace, result: Result) -> None:
    """Write an answer, with its evidence and its labels where these are asked for."""
    if args.evidence and result.kind == "graph" and result and not args.labels:
        _write_graphs(args, result)
        return
    if args.evidence and result.kind != "graph":
        from cbrngraph.evidence.annotate import with_sources

        result = with_sources(result)
    if args.labels:
        from cbrngraph.formats import choose
        from cbrngraph.results.labelled import with_labels

        name = choose(args.format, args.output).name
        if name not in _UNLABELLED:
            raise UsageError(f"{name} has labels as it is; --labels is for {_UNLABELLED_TEXT}")
        result = with_labels(result)
    _write(args, result)


def _write_graphs(args: argparse.Namespace, result: Result) -> None:
    """Write the triples of a CONSTRUCT or DESCRIBE in the graphs of their passages."""
    from cbrngraph.evidence.annotate import sourced
    from cbrngraph.formats import choose
    from cbrngraph.formats.jsonld import jsonld
    from cbrngraph.formats.output import opened
    from cbrngraph.formats.turtle import nquads, trig

    name = choose(args.format, args.output, "trig").name
    writers = {"trig": trig, "nquads": nquads, "jsonld": jsonld}
    if name not in writers:
        raise UsageError(
            f"{name} has no place for the passages of a triple; those of a CONSTRUCT or DESCRIBE "
            "are graphs: trig, nquads or jsonld"
        )
    with opened(args.output) as out:
        out.writelines(piece.encode() for piece in writers[name](sourced(result)))


def _query(project: Project, text: str) -> StoredQuery:
    from cbrngraph.queries import find_query, read_query

    if text != "-":
        return find_query(project, text)
    if sys.stdin is None:
        raise UsageError("standard input is closed")
    try:
        return read_query(sys.stdin.buffer.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UsageError("standard input is not UTF-8 text") from None


def _parameters(words: list[str]) -> dict[str, list[str] | str]:
    given: dict[str, list[str]] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise ParameterError(f"--param takes NAME=VALUE, not {word!r}")
        given.setdefault(name.strip(), []).append(value)
    for name, values in given.items():
        if "*" in values and len(values) > 1:
            raise ParameterError(f"parameter {name!r}: '*' means all rows, so give it alone")
    return {name: values[0] if len(values) == 1 else values for name, values in given.items()}


def _write(args: argparse.Namespace, result: Result) -> None:
    from cbrngraph.formats import choose, write
    from cbrngraph.formats.output import opened

    made = choose(args.format, args.output, "turtle" if result.kind == "graph" else "table")
    if made.binary and on_terminal(args):
        raise UsageError(f"{made.name} is not for a terminal; write it to a file with -o")
    if not result:
        _write_nothing(args, result, made.name)
        return
    with opened(args.output) as out:
        if made.name == "table" and result.kind != "ask" and on_terminal(args):
            from cbrngraph.formats.screen import screen
            from cbrngraph.formats.sheet import sheet_of

            out.write(screen(sheet_of(result)).encode())
        else:
            write(result, made.name, out)


def _write_nothing(args: argparse.Namespace, result: Result, name: str) -> None:
    """Write an empty answer; why it is empty is told on stderr, and carried by JSON."""
    from cbrngraph.evidence.absence import absence, absence_object
    from cbrngraph.formats import write
    from cbrngraph.formats.output import opened

    why = absence(result)
    with opened(args.output) as out:
        if name == "json" and why is not None:
            out.write(_empty_json(result, absence_object(result.snapshot.store, why)).encode())
        else:
            write(result, name, out)
    if why is not None:
        note(str(why))


def _empty_json(result: Result, why: dict[str, Any]) -> str:
    """SPARQL results in JSON with one more member at the top, which readers pass over."""
    from json import dumps

    told: dict[str, Any] = {"head": {}, "boolean": False}
    if result.kind == "select":
        told = {"head": {"vars": list(result.variables)}, "results": {"bindings": []}}
    return dumps({**told, "absence": why}, ensure_ascii=False, indent=1) + "\n"


def _count(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = -1
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of rows")
    return number
