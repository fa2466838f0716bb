"""Writers of a report, one module each; `write` returns the bytes."""

from __future__ import annotations

from importlib import import_module
from pathlib import PurePath

from cbrngraph.errors import UnknownNameError, UsageError, nearest
from cbrngraph.validate.report import Report

__all__ = ["FORMATS", "choose", "write"]

# Format: the module here, and the suffixes of `-o` that choose it.
FORMATS: dict[str, tuple[str, tuple[str, ...]]] = {
    "table": ("terminal", (".txt",)),
    "json": ("as_json", (".json",)),
    "csv": ("table", (".csv",)),
    "xlsx": ("table", (".xlsx",)),
    "md": ("markdown", (".md",)),
    "html": ("html", (".html", ".htm")),
    "junit": ("junit", (".xml",)),
    "sarif": ("sarif", (".sarif",)),
    "github": ("github", ()),
    "turtle": ("turtle", (".ttl",)),
}


def choose(name: str | None, path: str | None) -> str:
    """Return the format that is named, else that of the file's suffix, else `table`.

    Raises:
        UnknownNameError: there is no such format.
        UsageError: no format has the suffix.
    """
    if name is not None:
        if name not in FORMATS:
            hint = f"(validate has {', '.join(FORMATS)})"
            raise UnknownNameError("format", name, nearest(name, FORMATS), hint)
        return name
    if path in (None, "-"):
        return "table"
    suffix = PurePath(str(path)).suffix.lower()
    for found, (_, suffixes) in FORMATS.items():
        if suffix in suffixes:
            return found
    raise UsageError(f"no report format has the suffix of {path!r}; say --format")


def write(report: Report, name: str) -> bytes:
    """Return a report in a format.

    Raises:
        UnknownNameError: there is no such format.
    """
    module = import_module(f"cbrngraph.validate.outputs.{FORMATS[choose(name, None)][0]}")
    made = getattr(module, f"write_{name}")(report)
    return made if isinstance(made, bytes) else str(made).encode()
