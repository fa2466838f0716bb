"""Tables as plain aligned text, for a pipe or a file; `screen` has them for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from cbrngraph.formats.sheet import Sheet, sheet_of

if TYPE_CHECKING:
    from cbrngraph.results import Result

__all__ = ["fold", "plain", "write_table"]


def write_table(result: Result, out: BinaryIO) -> None:
    """Write an answer as plain aligned text; an ASK as `yes` or `no`."""
    if result.kind == "ask":
        out.write(b"yes\n" if result else b"no\n")
        return
    out.write(plain(sheet_of(result)).encode())


def plain(sheet: Sheet) -> str:
    """Return a table as aligned text without colours; nothing is cut or folded."""
    texts = [[str(cell) for cell in row] for row in sheet.rows]
    widths = [
        max([_width(name), *(_width(row[index]) for row in texts)])
        for index, name in enumerate(sheet.columns)
    ]
    right = [sheet.is_number(index) for index in range(len(sheet.columns))]
    lines = [sheet.title, ""] if sheet.title else []
    for row in [list(sheet.columns), ["-" * width for width in widths], *texts]:
        cells = (
            _pad(text, width, right=at_right)
            for text, width, at_right in zip(row, widths, right, strict=True)
        )
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + "\n"


def fold(text: str, width: int, hang: int = 4) -> str:
    """Return text with its long lines folded at spaces; what follows stands `hang` further in.

    >>> print(fold("  one two three", 9))
      one two
          three
    """
    from textwrap import TextWrapper

    wrapper = TextWrapper(
        width, break_long_words=False, break_on_hyphens=False, replace_whitespace=False
    )
    lines: list[str] = []
    for line in text.split("\n"):
        # The indent is no word: a first word that is too long for its line keeps it.
        bare = line.lstrip()
        wrapper.initial_indent = line[: len(line) - len(bare)]
        wrapper.subsequent_indent = wrapper.initial_indent + " " * hang
        lines += wrapper.wrap(bare) if len(line) > width else [line]
    return "\n".join(lines)


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    wide = sum(east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide - sum(combining(letter) != 0 for letter in text)


def _pad(text: str, width: int, *, right: bool) -> str:
    gap = " " * (width - _width(text))
    return gap + text if right else text + gap
