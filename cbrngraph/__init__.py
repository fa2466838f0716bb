"""The EU CBRN Centres of Excellence Initiative as a sourced knowledge graph."""

from __future__ import annotations

__version__ = "0.1.0"
