"""What the graph knows about a thing, what holds a word, and what is in it at all."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cbrngraph.describe.contents import ClassCount, Overview, overview
    from cbrngraph.describe.finding import Hit, search
    from cbrngraph.describe.passages import passages_of, sources_of
    from cbrngraph.describe.thing import Description, Fact, Property, Quote, Ref, describe

__all__ = [
    "ClassCount",
    "Description",
    "Fact",
    "Hit",
    "Overview",
    "Property",
    "Quote",
    "Ref",
    "describe",
    "overview",
    "passages_of",
    "search",
    "sources_of",
]

_HOMES = {
    "ClassCount": "contents",
    "Description": "thing",
    "Fact": "thing",
    "Hit": "finding",
    "Overview": "contents",
    "Property": "thing",
    "Quote": "thing",
    "Ref": "thing",
    "describe": "thing",
    "overview": "contents",
    "passages_of": "passages",
    "search": "finding",
    "sources_of": "passages",
}


def __getattr__(name: str) -> Any:
    # Late: a command needs one or two of them, and a cold start has 150 ms in all.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
