"""Validate data against shapes, quality queries and logic; one report of located findings."""

from __future__ import annotations

from cbrngraph.validate.report import Finding, Judged, Place, Report, Sourced
from cbrngraph.validate.validator import validate

__all__ = ["Finding", "Judged", "Place", "Report", "Sourced", "validate"]
