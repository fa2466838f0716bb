"""A parser's complaint in words: what was expected, what was found, and the line with its place."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

from cbrngraph.errors import SyntaxFault

__all__ = ["marked", "syntax_fault"]

_BEFORE = r"^Parser error (?:at|between) [^:]*:\s*"
_MARGIN = 60
_WIDTH = 100
_NAME = "an IRI, a prefixed name"
# What the engine says -> what that means to the one who wrote the line; % is what it names.
_WORDS = (
    (r"(.+) is not a valid subject or graph name", f"a thing is expected ({_NAME}), not '%'"),
    (r"(.+) is not a valid predicate", f"a property is expected ({_NAME} or 'a'), not '%'"),
    (
        r"(.+) is not a valid RDF object",
        f"a value is expected ({_NAME}, a literal, [...] or (...)), not '%'",
    ),
    (r"A dot is expected at the end of statements", "'.' is expected before this"),
    (
        r"A '}' or a '\.' is expected at the end of a graph block",
        "'.', or '}' as the end of the graph, is expected before this",
    ),
    (r"blank node property lists should end with a '\]'", "']' is expected here"),
    (r"Unexpected end of file", "the string or IRI that begins here is not closed"),
    (r"Unexpected end", "the file ends inside a statement; '.' is expected, or what it lacks"),
    (
        r"The prefix (\S+) has not been declared",
        "the prefix % is not declared; '@prefix % <...> .' is expected above",
    ),
)


def syntax_fault(path: Path, error: SyntaxError) -> SyntaxFault:
    """Return what the engine found wrong in a file, with the line and a mark below the place."""
    reason = _in_words(re.sub(_BEFORE, "", error.msg or "is not well-formed"))
    line, column = error.lineno or 0, error.offset or 0
    shown = _line(path, line)
    if shown is not None:
        reason += "\n" + marked(shown, line, column)
    return SyntaxFault(path, line, column, reason)


def marked(text: str, line: int, column: int) -> str:
    """Return a line of a file under its number, with a caret below a column (both from 1).

    >>> print(marked("SELECT * WERE", 3, 10))
        3 | SELECT * WERE
          |          ^
    """
    start = max(0, column - 1 - _MARGIN)
    excerpt = text[start : start + _WIDTH].replace("\t", " ")
    margin = f"{line:>5} | "
    caret = " " * (len(margin) - 2) + "| " + " " * (column - 1 - start) + "^"
    return f"{margin}{excerpt}\n{caret}"


def _in_words(message: str) -> str:
    for pattern, words in _WORDS:
        found = re.fullmatch(pattern, message)
        if found:
            return words.replace("%", found[1]) if found.groups() else words
    return message


def _line(path: Path, number: int) -> str | None:
    """Return a line of a file; None where there is none to show."""
    if number < 1:
        return None
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            text = next(islice(file, number - 1, None), None)
    except OSError:
        return None
    return None if text is None else text.rstrip("\r\n")
