"""The stored queries: their catalogue, headers, parameters and binding, and running SPARQL."""

from __future__ import annotations

from cbrngraph.queries.binding import bind, bind_terms, chosen_terms, values_blocks
from cbrngraph.queries.catalogue import (
    Catalogue,
    Chart,
    Parameter,
    Question,
    StoredQuery,
    find_query,
    load_query,
    read_query,
)
from cbrngraph.queries.running import execute, execute_select, prepare
from cbrngraph.queries.tokens import projection, tokenize
from cbrngraph.queries.values import Choice, Given, choices, terms_of

__all__ = [
    "Catalogue",
    "Chart",
    "Choice",
    "Given",
    "Parameter",
    "Question",
    "StoredQuery",
    "bind",
    "bind_terms",
    "choices",
    "chosen_terms",
    "execute",
    "execute_select",
    "find_query",
    "load_query",
    "prepare",
    "projection",
    "read_query",
    "terms_of",
    "tokenize",
    "values_blocks",
]
