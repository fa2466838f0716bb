"""Write several files all or nothing, each of them atomically.

First every new text stands in a temporary file beside its target and on the disk; a full disk
or Ctrl-C up to there leaves the old files as they are. Then the files are renamed over their
targets with interrupts held back; if a rename fails, the ones before it are undone.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from cbrngraph.errors import EnvironmentProblem, ReadError
from cbrngraph.formats.output import unfinished

__all__ = ["replace_files"]


def replace_files(contents: Mapping[Path, bytes]) -> None:
    """Give each path its content; folders are made as needed.

    Raises:
        EnvironmentProblem: the disk is full; nothing was changed.
        ReadError: a file cannot be written; nothing was changed.
    """
    temporary: dict[Path, Path] = {}
    made: list[Path] = []
    try:
        for target, data in contents.items():
            try:
                _make_folder(target.parent, made)
                temporary[target] = _write_beside(target, data)
            except OSError as error:
                raise _problem(error, target) from error
        with _interrupts_held():
            _rename_all(temporary)
            made.clear()
    finally:
        for left in temporary.values():
            with contextlib.suppress(OSError):
                left.unlink()
            unfinished.discard(str(left))
        for folder in reversed(made):
            with contextlib.suppress(OSError):
                folder.rmdir()


def _make_folder(folder: Path, made: list[Path]) -> None:
    """Make a folder with those above it, and note which ones were made."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
        made.append(one)


def _write_beside(target: Path, data: bytes) -> Path:
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    unfinished.add(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), _mode(target))
            os.fsync(file.fileno())
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        unfinished.discard(name)
        raise
    return Path(name)


def _mode(target: Path) -> int:
    """The mode of the file that is replaced, else what the umask leaves of 0666."""
    try:
        return target.stat().st_mode & 0o7777
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask


def _rename_all(temporary: dict[Path, Path]) -> None:
    done: list[tuple[Path, bytes | None]] = []
    at = next(iter(temporary), Path())
    try:
        for at, new in temporary.items():
            before = at.read_bytes() if at.exists() else None
            os.replace(new, at)
            done.append((at, before))
        for at in {target.parent for target in temporary}:
            _sync_folder(at)
    except OSError as error:
        for target, before in reversed(done):
            with contextlib.suppress(OSError):
                if before is None:
                    target.unlink()
                else:
                    os.replace(_write_beside(target, before), target)
        raise _problem(error, at) from error


def _sync_folder(folder: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):
        return  # Windows cannot open a folder; its renames need no sync.
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back for the few milliseconds of the renames; it then takes effect."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def _problem(error: OSError, name: str | Path) -> EnvironmentProblem | ReadError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return EnvironmentProblem(f"{name}: the disk is full; no file was changed")
    return ReadError(name, error.strerror or "cannot be written", "no file was changed")
