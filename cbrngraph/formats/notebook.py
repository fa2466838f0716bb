"""Tables as HTML, as notebooks show them; every text of the graph is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from cbrngraph.formats.sheet import Cell, Sheet

__all__ = ["notebook"]


def notebook(sheets: Iterable[Sheet]) -> str:
    """Return tables as HTML: titles above, things as links, numbers to the right."""
    return "\n".join(map(_table, sheets))


def _table(sheet: Sheet) -> str:
    title = f"<p><strong>{_lines(sheet.title)}</strong></p>\n" if sheet.title else ""
    head = "".join(f"<th>{escape(name)}</th>" for name in sheet.columns)
    body = "\n".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in sheet.rows)
    return f"{title}<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _cell(cell: Cell) -> str:
    text = _lines(cell.text)
    if cell.link.startswith(("http://", "https://")):
        text = f'<a href="{escape(cell.link)}">{text}</a>'
    if cell.name:
        text += f" <small>{escape(cell.name)}</small>"
    side = "right" if cell.number else "left"
    return f'<td style="text-align:{side}">{text}</td>'


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
