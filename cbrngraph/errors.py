"""Every error that reaches a user, in one tree with one root.

    CbrnGraphError                      exit code 2
    ├── UsageError                      2   the command or call is wrong
    │   ├── UnknownNameError            2   a query, thing, view, format ... that does not exist
    │   ├── ParameterError              2   a query parameter is missing, unknown or unfit
    │   ├── DateError                   2   text that is no date of the supported kinds
    │   └── QueryError                  2   SPARQL that does not parse or is not supported
    ├── InputError                      3   a file that cannot be used
    │   ├── ReadError                   3   it cannot be read or written
    │   ├── SyntaxFault                 3   not well-formed: path, line, column, reason
    │   └── SheetFaults                 3   a claims sheet with faults: every fault with its row
    ├── EnvironmentProblem              3   something outside is missing: Java, disk space
    └── LimitError                      4   a time or size limit was reached

Exit codes: 0 clean, 1 findings (not an error), 2 wrong usage, 3 unreadable input, 4 time limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple

__all__ = [
    "CbrnGraphError",
    "DateError",
    "EnvironmentProblem",
    "Fault",
    "InputError",
    "LimitError",
    "ParameterError",
    "QueryError",
    "ReadError",
    "SheetFaults",
    "SyntaxFault",
    "UnknownNameError",
    "UsageError",
    "either",
    "nearest",
]


def nearest(name: str, choices: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """Return the `choices` most like `name`, best first; empty when none is near.

    Case is ignored, and a choice that contains the name counts as near.

    >>> nearest("projects-by-prioritty", ["projects-by-priority", "people-trained"])
    ('projects-by-priority',)
    """
    from difflib import SequenceMatcher

    wanted = name.casefold()
    scored: list[tuple[float, str]] = []
    for choice in dict.fromkeys(choices):
        folded = choice.casefold()
        ratio = SequenceMatcher(None, wanted, folded).ratio()
        if len(wanted) >= 3 and wanted in folded:
            ratio = max(ratio, 0.75)
        if ratio >= 0.6:
            scored.append((-ratio, choice))
    return tuple(choice for _, choice in sorted(scored)[:limit])


class CbrnGraphError(Exception):
    """Root of all errors raised on purpose; `exit_code` is what the command line returns."""

    exit_code: ClassVar[int] = 2


class UsageError(CbrnGraphError):
    """The command or call asks for something that cannot be done."""


class UnknownNameError(UsageError):
    """A name of the given `kind` that does not exist; `suggestions` are the nearest ones."""

    def __init__(
        self, kind: str, name: str, suggestions: Sequence[str] = (), hint: str = ""
    ) -> None:
        self.kind = kind
        self.name = name
        self.suggestions = tuple(suggestions)
        message = f"unknown {kind}: {name!r}"
        if self.suggestions:
            message += f"; did you mean {either(self.suggestions)}?"
        if hint:
            joined = self.suggestions or hint.startswith("(")
            message += f" {hint}" if joined else f"; {hint}"
        super().__init__(message)


class ParameterError(UsageError):
    """A query parameter is missing, unknown or has an unfit value."""


class DateError(UsageError):
    """Text that is not a date of the supported EDTF subset."""


class QueryError(UsageError):
    """SPARQL that does not parse or is not supported; `line` and `column` count from 1."""

    def __init__(
        self, message: str, *, path: Path | None = None, line: int = 0, column: int = 0
    ) -> None:
        self.path = path
        self.line = line
        self.column = column
        super().__init__(_located(message, path, line, column))


class InputError(CbrnGraphError):
    """A file that cannot be used."""

    exit_code: ClassVar[int] = 3


class ReadError(InputError):
    """A file or folder that cannot be read or written; `path` says which."""

    def __init__(self, path: Path | str, reason: str, hint: str = "") -> None:
        self.path = Path(path)
        self.reason = reason
        super().__init__(f"{path}: {reason}" + (f"; {hint}" if hint else ""))


class SyntaxFault(InputError):
    """A file that is not well-formed at `path`, `line`, `column` (from 1)."""

    def __init__(self, path: Path | str, line: int, column: int, message: str) -> None:
        self.path = Path(path)
        self.line = line
        self.column = column
        super().__init__(_located(message, self.path, line, column))


class Fault(NamedTuple):
    """One fault in a table: file, row (the header is row 1), column and what is wrong."""

    path: Path
    row: int
    column: str
    message: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.row}"
        return (
            f"{where}: {self.column}: {self.message}" if self.column else f"{where}: {self.message}"
        )


class SheetFaults(InputError):
    """A claims sheet that was refused; `faults` has every fault found, in row order."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        noun = "fault" if count == 1 else "faults"
        lines = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(f"{count} {noun} in the claims sheet, nothing written:\n{lines}")


class EnvironmentProblem(CbrnGraphError):
    """Something outside the program is missing or full; the message says how to get it."""

    exit_code: ClassVar[int] = 3


class LimitError(CbrnGraphError):
    """A time or size limit was reached."""

    exit_code: ClassVar[int] = 4


def either(names: Sequence[str]) -> str:
    """Return names as a choice between them.

    >>> either(["status", "start", "goal"])
    'status, start or goal'
    """
    if len(names) == 1:
        return names[0]
    return ", ".join(names[:-1]) + " or " + names[-1]


def _located(message: str, path: Path | None, line: int, column: int) -> str:
    if path is None and not line:
        return message
    where = str(path) if path is not None else "query"
    if line:
        where += f":{line}"
        if column:
            where += f":{column}"
    return f"{where}: {message}"
