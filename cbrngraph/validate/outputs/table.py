"""The report as one table: CSV that no spreadsheet takes for formulas, and XLSX."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

from cbrngraph.validate.report import Finding, Report

__all__ = ["COLUMNS", "row", "write_csv", "write_xlsx"]

COLUMNS = (
    "severity",
    "rule",
    "title",
    "thing",
    "label",
    "path",
    "value",
    "message",
    "file",
    "line",
    "claims",
    "sources",
    "to mend",
    "engine",
    "key",
)
_WIDTHS = (10, 26, 26, 22, 34, 24, 24, 60, 34, 7, 14, 34, 34, 22, 14)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def row(finding: Finding) -> tuple[str | int, ...]:
    """Return a finding as the cells of `COLUMNS`."""
    place = finding.places[0] if finding.places else None
    return (
        finding.level,
        finding.rule.local,
        finding.title,
        finding.thing,
        finding.label,
        finding.steps,
        finding.shown_value,
        finding.message,
        place.file if place else "",
        place.line if place else "",
        ", ".join(finding.claims),
        "; ".join(f"{source.source} {source.locator}".strip() for source in finding.sources),
        finding.fix,
        finding.engine,
        finding.key,
    )


def write_csv(report: Report) -> str:
    """Return CSV (RFC 4180); a cell that a spreadsheet would compute gets an apostrophe first."""
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for finding in report.findings:
        writer.writerow([_safe(cell) for cell in row(finding)])
    return out.getvalue()


def write_xlsx(report: Report) -> bytes:
    """Return a workbook: the findings on one sheet, what was checked on another; no clock in it."""
    from datetime import datetime

    import xlsxwriter

    made = BytesIO()
    workbook = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False})
    created = datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed text in the file, no moment in time
    workbook.set_properties({"created": created, "title": "Validation report"})
    bold = workbook.add_format({"bold": True})
    wrap = workbook.add_format({"text_wrap": True, "valign": "top"})
    sheet = workbook.add_worksheet("Findings")
    for column, (name, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True)):
        sheet.write_string(0, column, name, bold)
        sheet.set_column(column, column, width)
    for line, finding in enumerate(report.findings, 1):
        for column, cell in enumerate(row(finding)):
            if isinstance(cell, int):
                sheet.write_number(line, column, cell, wrap)
            else:
                sheet.write_string(line, column, cell, wrap)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(report.findings), 1), len(COLUMNS) - 1)
    about = workbook.add_worksheet("About")
    for line, (name, text) in enumerate(_about(report)):
        about.write_string(line, 0, name, bold)
        about.write_string(line, 1, text)
    about.set_column(0, 0, 16)
    about.set_column(1, 1, 80)
    workbook.close()
    return made.getvalue()


def _about(report: Report) -> list[tuple[str, str]]:
    lines = [("checked", report.checked)]
    lines += [("judged by", f"{j.engine}: {j.rules} rules") for j in report.judged]
    lines += [("not checked", text) for text in report.unchecked]
    lines += [(level, str(number)) for level, number in report.counts().items()]
    lines.append(("waived", str(len(report.waived))))
    return lines


def _safe(cell: str | int) -> str | int:
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return "'" + cell
    return cell
