"""From a claims sheet to the files of `data/`; docs/claims-sheet.md describes the tables."""

from __future__ import annotations

from cbrngraph.ingest.changes import FileChange, Import
from cbrngraph.ingest.sheet import plan_import

__all__ = ["FileChange", "Import", "plan_import"]
