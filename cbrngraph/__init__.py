"""The EU CBRN Centres of Excellence Initiative as a sourced knowledge graph.

>>> import cbrngraph
>>> graph = cbrngraph.open()
>>> result = graph.query("projects-by-country", country="Uzbekistan")
"""

from __future__ import annotations

# Not imported from typing, which would be half of what importing the package costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cbrngraph.graph import Graph, open
    from cbrngraph.results import Result, Row

__version__ = "0.1.0"
__all__ = ["Graph", "Result", "Row", "__version__", "open"]

_HOMES = {
    "Graph": "cbrngraph.graph",
    "open": "cbrngraph.graph",
    "Result": "cbrngraph.results",
    "Row": "cbrngraph.results",
}


def __getattr__(name: str) -> Any:
    # Late, so that importing the package costs nothing until the graph is asked.
    if name not in _HOMES:
        raise AttributeError(f"module 'cbrngraph' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
