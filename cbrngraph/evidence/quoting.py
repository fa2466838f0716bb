"""The full passages behind a description, from documents at hand."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from cbrngraph.describe import Description, Quote
from cbrngraph.errors import UsageError
from cbrngraph.evidence.library import Library
from cbrngraph.model import Passage

__all__ = ["library_of", "passages_in", "quotes"]

ENVIRONMENT = "CBRNGRAPH_SOURCES"


def library_of(folder: str | None) -> Library:
    """Return the documents in a folder, or in the one that `$CBRNGRAPH_SOURCES` names.

    Raises:
        UsageError: neither is given.
        ReadError: the folder cannot be read.
    """
    named = folder or os.environ.get(ENVIRONMENT)
    if not named:
        raise UsageError(f"which documents? give --sources DIR, or set {ENVIRONMENT}")
    return Library.open(named)


def passages_in(description: Description) -> Iterator[Passage]:
    """Yield every passage behind a description once."""
    seen: set[str] = set()
    for prop in (*description.properties, *description.incoming):
        for fact in prop.facts:
            for passage in fact.passages:
                if passage.iri not in seen:
                    seen.add(passage.iri)
                    yield passage


def quotes(passages: Iterable[Passage], library: Library) -> dict[str, Quote]:
    """Return passage IRI to its stated lines, for those whose document is at hand."""
    told = {str(passage.iri): library.quote(passage) for passage in passages}
    return {iri: lines for iri, lines in told.items() if lines}
