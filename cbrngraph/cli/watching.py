"""Check again whenever a file changes, until Ctrl-C."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from cbrngraph.errors import CbrnGraphError

if TYPE_CHECKING:
    from cbrngraph.validate import Report

__all__ = ["watch"]

# Seconds between two looks, and of rest before a check: an editor empties a file, then writes.
_PAUSE = 0.05
_REST = 0.02


def watch(
    files: Callable[[], Iterable[Path]],
    check: Callable[[frozenset[Path]], Report],
    show: Callable[[Report], None],
) -> int:
    """Call `check` with the changed files and `show` its report, now and after each change."""
    stamps = _stamps(files())
    changed: frozenset[Path] = frozenset()
    try:
        while True:
            done = _once(changed, check, show)
            while not (new := _changes(stamps, now := _rested(files))):
                time.sleep(_PAUSE)
            stamps = now
            # What a failed check did not take up stands for the next one.
            changed = new if done else changed | new
    except KeyboardInterrupt:
        return 130


def _once(
    changed: frozenset[Path],
    check: Callable[[frozenset[Path]], Report],
    show: Callable[[Report], None],
) -> bool:
    """Check and show; a file that cannot be read is told, False, and the next save tries again."""
    begin = time.monotonic()
    try:
        report = check(changed)
    except CbrnGraphError as error:
        sys.stderr.write(f"cbrngraph: error: {error}\n")
        return False
    taken = time.monotonic() - begin
    show(report)
    names = ", ".join(sorted(path.name for path in changed)[:3]) or "all files"
    sys.stderr.write(f"cbrngraph: checked {names} in {taken * 1000:.0f} ms; Ctrl-C ends\n")
    sys.stderr.flush()
    return True


def _rested(files: Callable[[], Iterable[Path]]) -> dict[Path, tuple[int, int]]:
    """Return the files' stamps; when one was touched just now, wait until none changes."""
    stamps = _stamps(files())
    while any(time.time_ns() - stamp < _REST * 1e9 for stamp, _ in stamps.values()):
        time.sleep(_REST)
        stamps = _stamps(files())
    return stamps


def _stamps(files: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    found: dict[Path, tuple[int, int]] = {}
    for path in files:
        try:
            state = path.stat()
        except OSError:
            continue
        found[path] = (state.st_mtime_ns, state.st_size)
    return found


def _changes(
    before: dict[Path, tuple[int, int]], after: dict[Path, tuple[int, int]]
) -> frozenset[Path]:
    paths = before.keys() | after.keys()
    return frozenset(path for path in paths if before.get(path) != after.get(path))
