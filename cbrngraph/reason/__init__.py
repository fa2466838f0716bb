"""Logical consistency of ontology and data, as findings of the one report."""

from __future__ import annotations

from cbrngraph.reason.findings import CONTRADICTION, EMPTY
from cbrngraph.reason.findings import with_logic as add_logic

__all__ = ["CONTRADICTION", "EMPTY", "add_logic"]
