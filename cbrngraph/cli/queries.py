"""`cbrngraph queries`: the stored queries, or one of them in full."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from cbrngraph.cli.common import (
    LISTING,
    add_output_options,
    emit_listing,
    for_reading,
    listing_format,
    open_view,
    project_of,
    write_text,
)

if TYPE_CHECKING:
    from cbrngraph.build import Snapshot
    from cbrngraph.queries import Parameter, StoredQuery

__all__ = ["add", "run"]

_FEW = 20


def add(subparsers: Any) -> None:
    """Add the command."""
    from cbrngraph.cli.complete import complete_query, complete_topic

    parser = subparsers.add_parser(
        "queries",
        help="list the stored queries, or show one in full",
        description="Without NAME: the stored queries by topic. With NAME: what it asks, its "
        "parameters with their choices, and its SPARQL.",
    )
    name = parser.add_argument("name", metavar="NAME", nargs="?", help="a stored query")
    name.completer = complete_query
    topic = parser.add_argument("--topic", metavar="TOPIC", help="only the queries of a topic")
    topic.completer = complete_topic
    add_output_options(parser, LISTING)


def run(args: argparse.Namespace) -> int:
    """List them, or show one."""
    from cbrngraph.formats.sheet import plain_sheet
    from cbrngraph.queries import Catalogue

    made = listing_format(args)
    catalogue = Catalogue(project_of(args))
    if args.name:
        return _show(args, catalogue.get(args.name))
    found = catalogue.select(args.topic)
    rows = [(query.topic, query.slug, query.summary, _signature(query)) for query in found]
    sheet = plain_sheet(("topic", "query", "question", "parameters"), rows)
    emit_listing(args, [sheet], [_object(query) for query in found], made)
    return 0


def _signature(query: StoredQuery) -> str:
    return ", ".join(parameter.name for parameter in query.parameters)


def _object(query: StoredQuery) -> dict[str, Any]:
    return {
        "slug": query.slug,
        "topic": query.topic,
        "summary": query.summary,
        "description": query.description,
        "tags": list(query.tags),
        "view": query.view,
        "chart": {"kind": query.chart.kind, "x": query.chart.x, "y": query.chart.y},
        "parameters": [
            {"name": p.name, "type": p.type, "label": p.label, "default": p.default}
            for p in query.parameters
        ],
    }


def _show(args: argparse.Namespace, query: StoredQuery) -> int:
    from cbrngraph.build import parse_view

    made = listing_format(args)
    needs_graph = any(parameter.choices for parameter in query.parameters)
    snapshot = open_view(args, parse_view(query.view)) if needs_graph else None
    if made.name == "json":
        one = _object(query)
        for described, parameter in zip(one["parameters"], query.parameters, strict=True):
            described["choices"] = _choices(query, parameter, snapshot)
        one["sparql"] = query.sparql
        emit_listing(args, [], [one], made)
        return 0
    text = _text(query, snapshot, markdown=made.name == "md")
    write_text(args, for_reading(args, text, hang=0) + _sparql(query, markdown=made.name == "md"))
    return 0


def _choices(
    query: StoredQuery, parameter: Parameter, snapshot: Snapshot | None
) -> list[dict[str, str]]:
    from cbrngraph.queries import choices

    if snapshot is None:
        return []
    return [
        {"slug": one.slug, "label": one.label, "value": str(one.value), "code": one.code}
        for one in choices(query, parameter, snapshot)
    ]


def _text(query: StoredQuery, snapshot: Snapshot | None, *, markdown: bool) -> str:
    title = f"## {query.slug}" if markdown else query.slug
    lines = [title, "", query.summary, "", query.description, ""]
    lines.append(f"topic: {query.topic}   view: {query.view}   tags: {', '.join(query.tags)}")
    for parameter in query.parameters:
        lines += ["", *_parameter(query, parameter, snapshot)]
    return "\n".join([*lines, "", ""])


def _sparql(query: StoredQuery, *, markdown: bool) -> str:
    return f"```sparql\n{query.sparql}```\n" if markdown else f"{query.sparql}\n"


def _parameter(query: StoredQuery, parameter: Parameter, snapshot: Snapshot | None) -> list[str]:
    default = "all" if parameter.default is None else parameter.default
    lines = [
        f"--param {parameter.name}=…   {parameter.label} ({parameter.type}; default: {default})"
    ]
    known = _choices(query, parameter, snapshot)
    for one in known[:_FEW]:
        same = one["label"] == one["slug"]
        lines.append(f"    {one['slug']}" + ("" if same else f"  {one['label']}"))
    if len(known) > _FEW:
        lines.append(f"    … {len(known) - _FEW} more (--format json has all)")
    return lines
