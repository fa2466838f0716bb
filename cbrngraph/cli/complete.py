"""What the shell can complete: queries, topics, parameters with their choices, things."""

from __future__ import annotations

import argparse

from cbrngraph.errors import CbrnGraphError

__all__ = ["complete_params", "complete_query", "complete_thing", "complete_topic"]

_THINGS = 200


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
    from cbrngraph.queries import choices, find_query

    name, equals, begun = prefix.partition("=")
    try:
        project = project_of(parsed_args)
        query = find_query(project, parsed_args.query)
        if not equals:
            return {
                f"{one.name}=": one.label for one in query.parameters if one.name.startswith(name)
            }
        parameter = query.parameter(name)
        if parameter.type == "boolean":
            return {f"{name}={word}": "" for word in ("true", "false") if word.startswith(begun)}
        view = parse_view(parsed_args.view or query.view, parsed_args.as_of or "")
        known = choices(query, parameter, open_view(parsed_args, view, project))
    except (CbrnGraphError, AttributeError, TypeError):
        return {}
    folded = begun.casefold()
    return {
        f"{name}={one.slug}": one.label
        for one in known
        if one.slug.casefold().startswith(folded) or one.label.casefold().startswith(folded)
    }


def complete_thing(prefix: str, parsed_args: argparse.Namespace, **_: object) -> dict[str, str]:
    """Return the slugs of things that begin so, with their labels."""
    from cbrngraph.cli.common import open_view
    from cbrngraph.model import IRI, Literal, View
    from cbrngraph.namespaces import DCTERMS
    from cbrngraph.results import labels_of

    begun = Literal(prefix.casefold()).n3()
    try:
        store = open_view(parsed_args, View()).store
        rows = store.select(
            f"SELECT DISTINCT ?slug ?thing {{ ?thing <{DCTERMS.identifier}> ?slug "
            f"FILTER(STRSTARTS(LCASE(?slug), {begun})) }} ORDER BY ?slug ?thing LIMIT {_THINGS}"
        ).rows
        found = {str(slug): str(thing) for slug, thing in rows if isinstance(thing, IRI)}
        labels = labels_of(store, found.values())
    except (CbrnGraphError, AttributeError, TypeError):
        return {}
    return {slug: labels.get(thing, "") for slug, thing in found.items()}
