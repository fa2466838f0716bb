"""Tables in GitHub Flavored Markdown (section 4.10), for reports and issues."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from cbrngraph.formats.sheet import Cell, Sheet, sheet_of

if TYPE_CHECKING:
    from cbrngraph.results import Result

__all__ = ["escape", "markdown", "write_md"]

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~])")


def write_md(result: Result, out: BinaryIO) -> None:
    """Write an answer as a Markdown table; things are links to their IRIs."""
    if result.kind == "ask":
        out.write(b"**yes**\n" if result else b"**no**\n")
        return
    out.write(markdown(sheet_of(result)).encode())


def markdown(sheet: Sheet) -> str:
    """Return a table as Markdown."""
    lines = [f"## {escape(sheet.title)}", ""] if sheet.title else []
    lines.append("| " + " | ".join(map(escape, sheet.columns)) + " |")
    rules = ("---:" if sheet.is_number(index) else "---" for index in range(len(sheet.columns)))
    lines.append("| " + " | ".join(rules) + " |")
    lines += ["| " + " | ".join(map(_cell, row)) + " |" for row in sheet.rows]
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    r"""Return text in which nothing is Markdown or HTML.

    >>> print(escape("a|b <i>"))
    a\|b \<i\>
    """
    return _SPECIAL.sub(r"\\\1", text).replace("\n", " ")


def _cell(cell: Cell) -> str:
    text = escape(str(cell))
    if cell.link.startswith(("http://", "https://")):
        target = cell.link.replace("(", "%28").replace(")", "%29").replace("|", "%7C")
        return f"[{text}]({target})"
    return text
