"""Check again whenever a file changes, until Ctrl-C."""

from __future__ import annotations

import gc
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
_PAUSE = 0.03
_REST = 0.02
# Seconds after which folders are read again even if none of those known has changed.
_LISTED = 1.0

Stamps = dict[Path, tuple[int, int]]


def watch(
    files: Callable[[], Iterable[Path]],
    check: Callable[[frozenset[Path]], Report],
    show: Callable[[Report], None],
) -> int:
    """Call `check` with the changed files and `show` its report, now and after each change."""
    gc.enable()  # this one goes on for long
    looks = _Looks(files)
    stamps = looks.stamps()
    changed: frozenset[Path] = frozenset()
    try:
        while True:
            done = _once(changed, check, show)
            while not (new := _changes(stamps, now := _rested(looks))):
                time.sleep(_PAUSE)
            stamps = now
            # What a failed check did not take up stands for the next one.
            changed = new if done else changed | new
    except KeyboardInterrupt:
        return 130


class _Looks:
    """Looks at files again and again; which there are is asked when a folder has changed."""

    def __init__(self, files: Callable[[], Iterable[Path]]) -> None:
        self._files = files
        self._paths: tuple[Path, ...] = ()
        self._folders: Stamps = {}
        self._listed = 0.0

    def stamps(self) -> Stamps:
        """Return modification time and size of each file that is there."""
        folders = _stamps(self._folders)
        if folders != self._folders or time.monotonic() - self._listed > _LISTED:
            self._list()
        return _stamps(self._paths)

    def _list(self) -> None:
        try:
            self._paths = tuple(self._files())
        except CbrnGraphError:
            # A file is away, perhaps for a moment; the next check tells of it.
            return
        self._folders = _stamps({path.parent for path in self._paths})
        self._listed = time.monotonic()


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


def _rested(looks: _Looks) -> Stamps:
    """Return the files' stamps; when one was touched just now, wait until none changes."""
    stamps = looks.stamps()
    while any(0 <= time.time_ns() - stamp < _REST * 1e9 for stamp, _ in stamps.values()):
        time.sleep(_REST)
        stamps = looks.stamps()
    return stamps


def _stamps(files: Iterable[Path]) -> Stamps:
    found: Stamps = {}
    for path in files:
        try:
            state = path.stat()
        except OSError:
            continue
        found[path] = (state.st_mtime_ns, state.st_size)
    return found


def _changes(before: Stamps, after: Stamps) -> frozenset[Path]:
    paths = before.keys() | after.keys()
    return frozenset(path for path in paths if before.get(path) != after.get(path))
