"""What the shell can complete: queries, topics, parameters with their choices, things."""

from __future__ import annotations

import argparse

from cbrngraph.errors import CbrnGraphError

__all__ = [
    "Meant",
    "complete_kind",
    "complete_params",
    "complete_query",
    "complete_thing",
    "complete_topic",
    "complete_what",
]

_THINGS = 200


class Meant(str):
    """A completion that is meant by what was begun, though it begins otherwise."""

    __slots__ = ()


def complete_query(prefix: str, parsed_args: argparse.Namespace, **_: object) -> dict[str, str]:
    """Return the stored queries that begin so, with what they ask."""
    from cbrngraph.cli.common import project_of
    from cbrngraph.queries import Catalogue

    try:
        return {
            query.slug: query.summary
            for query in Catalogue(project_of(parsed_args))
            if query.slug.startswith(prefix)
        }
    except CbrnGraphError:
        return {}


def complete_topic(prefix: str, parsed_args: argparse.Namespace, **_: object) -> list[str]:
    """Return the topics that begin so."""
    from cbrngraph.cli.common import project_of
    from cbrngraph.queries import Catalogue

    try:
        topics = Catalogue(project_of(parsed_args)).topics()
    except CbrnGraphError:
        return []
    return [topic for topic in topics if topic.startswith(prefix)]


def complete_params(prefix: str, parsed_args: argparse.Namespace, **_: object) -> dict[str, str]:
    """Return `name=` for the parameters of the query, then `name=slug` for their choices."""
    from cbrngraph.build import parse_view
    from cbrngraph.cli.common import open_view, project_of
    from cbrngraph.names.folding import fold
    from cbrngraph.queries import choices, find_query

    name, equals, begun = prefix.partition("=")
    try:
        project = project_of(parsed_args)
        query = find_query(project, _asked(parsed_args))
        if not equals:
            return {
                f"{one.name}=": one.label for one in query.parameters if one.name.startswith(name)
            }
        parameter = query.parameter(name)
        if parameter.type == "boolean":
            return {f"{name}={word}": "" for word in ("true", "false") if word.startswith(begun)}
        view = parse_view(parsed_args.view or query.view, getattr(parsed_args, "as_of", "") or "")
        known = choices(query, parameter, open_view(parsed_args, view, project))
    except (CbrnGraphError, AttributeError, TypeError):
        return {}
    wanted = fold(begun)
    return {
        Meant(f"{name}={one.slug}"): one.label
        for one in known
        if any(fold(text).startswith(wanted) for text in (one.slug, one.label, one.code))
    }


def _asked(parsed_args: argparse.Namespace) -> str:
    """The query of a command: `query NAME`, `diff --query NAME`, `why NAME --row N`."""
    query: str = parsed_args.query if hasattr(parsed_args, "query") else parsed_args.what
    return query


def complete_thing(prefix: str, parsed_args: argparse.Namespace, **_: object) -> dict[str, str]:
    """Return the slugs of things of which a name begins so, with their labels."""
    from cbrngraph.cli.common import open_view
    from cbrngraph.model import View
    from cbrngraph.names.labels import labels_of, slug_of
    from cbrngraph.names.lookup import beginning

    try:
        store = open_view(parsed_args, View()).store
        things = beginning(store, prefix)[:_THINGS]
        labels = labels_of(store, things)
    except (CbrnGraphError, AttributeError, TypeError):
        return {}
    return {Meant(slug_of(thing)): labels.get(thing, "") for thing in things}


def complete_what(prefix: str, parsed_args: argparse.Namespace, **_: object) -> dict[str, str]:
    """Return queries where a row is asked for, else things."""
    complete = complete_thing if parsed_args.row is None else complete_query
    return complete(prefix, parsed_args)


def complete_kind(prefix: str, **_: object) -> list[str]:
    """Return the kinds of disagreements that begin so."""
    from cbrngraph.evidence.kinds import KINDS

    return [kind for kind in KINDS if kind.startswith(prefix)]
