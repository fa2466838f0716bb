"""Tables on a terminal, laid out by rich; imported only where there is a terminal."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from io import StringIO

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cbrngraph.formats.sheet import Cell, Sheet

__all__ = ["screen"]

_GAP = 2
# A column up to this width is never folded, and none is made narrower.
_NARROW = 16
_WORD = re.compile(r"\S+")
# What ends in a hyphen or slash; the hyphens of a date hold it together.
_PIECE = re.compile(r"(?:[^\s/-]|(?<=\d)-(?=\d))+[/-]*|[/-]+")


def screen(sheet: Sheet, width: int | None = None) -> str:
    """Return a table for a terminal: folded to its width but not inside a word, slugs dimmed.

    Where its columns do not fit beside each other, each row is a block of `name  value` lines.
    `NO_COLOR` and `TERM` are honoured; `width` is for tests, the terminal's is the default.
    """
    console = Console(
        file=StringIO(),
        force_terminal=True,
        color_system=None if os.environ.get("NO_COLOR") else "auto",
        width=width,
        highlight=False,
    )
    rows = [[_rich(cell) for cell in row] for row in sheet.rows]
    names = [Text(name) for name in sheet.columns]
    columns = [[name, *(row[at] for row in rows)] for at, name in enumerate(names)]
    widths = _widths(columns, console.width - _GAP * (len(columns) - 1))
    with console.capture() as captured:
        if sheet.title:
            console.print(Text(sheet.title, "bold"))
            console.print()
        if widths is None:
            _print_blocks(console, names, rows, goes_on=sheet.goes_on)
        else:
            console.print(_table(sheet, rows, widths))
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _widths(columns: Sequence[Sequence[Text]], room: int) -> list[int] | None:
    """Return how wide each column is to be; None when there is no room for them.

    A narrow column has room for all that it holds. The others share the rest by what they hold;
    no word in them is cut, or only after a hyphen.
    """
    whole = [max(text.cell_len for text in column) for column in columns]
    if sum(whole) <= room:
        return whole
    for unit in (_WORD, _PIECE):
        least = [
            full if full <= _NARROW else max(_NARROW, min(_longest(unit, column), room // 2))
            for full, column in zip(whole, columns, strict=True)
        ]
        spare, wanted = room - sum(least), sum(whole) - sum(least)
        if spare >= 0:
            return [
                few + spare * (full - few) // wanted for few, full in zip(least, whole, strict=True)
            ]
    return None


def _longest(unit: re.Pattern[str], column: Sequence[Text]) -> int:
    return max((cell_len(part) for text in column for part in unit.findall(text.plain)), default=0)


def _table(sheet: Sheet, rows: Sequence[Sequence[Text]], widths: Sequence[int]) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, _GAP - 1, 0, 0))
    for at, (name, width) in enumerate(zip(sheet.columns, widths, strict=True)):
        right = sheet.is_number(at)
        table.add_column(name, justify="right" if right else "left", width=width, overflow="fold")
    for row in rows:
        table.add_row(*(_folded(text, width) for text, width in zip(row, widths, strict=True)))
    return table


def _folded(text: Text, width: int) -> Text:
    """Break words that are too long for a line after a hyphen; rich breaks them anywhere."""
    if text.cell_len <= width:
        return text
    cuts: list[int] = []
    for word in _WORD.finditer(text.plain):
        used = 0
        for piece in _PIECE.finditer(word[0]) if cell_len(word[0]) > width else ():
            long = cell_len(piece[0])
            if used and used + long > width:
                cuts.append(word.start() + piece.start())
                used = 0
            used += long
    return Text("\n").join(text.divide(cuts))


def _print_blocks(
    console: Console, names: Sequence[Text], rows: Sequence[Sequence[Text]], *, goes_on: bool
) -> None:
    for at, row in enumerate(rows):
        same = goes_on and at > 0 and not row[0]
        if at and not same:
            console.print()
        block = Table.grid(padding=(0, _GAP, 0, 0))
        block.add_column(style="bold", width=max(name.cell_len for name in names))
        block.add_column(overflow="fold")
        for name, text in zip(names, row, strict=True):
            if text or not same:
                block.add_row(name, text)
        console.print(block)


def _rich(cell: Cell) -> Text:
    text = Text(cell.text)
    if cell.name:
        text.append(f" {cell.name}", style="dim")
    return text
