"""What the graph knows about a thing, what holds a word, and what is in it at all."""

from __future__ import annotations

from cbrngraph.describe.lookup import find_thing
from cbrngraph.describe.overview import ClassCount, Overview, overview
from cbrngraph.describe.passages import passages_of, sources_of
from cbrngraph.describe.search import Hit, search
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
    "find_thing",
    "overview",
    "passages_of",
    "search",
    "sources_of",
]
