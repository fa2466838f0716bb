"""Where output goes: standard output, or a file that appears whole or not at all."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from cbrngraph.errors import CbrnGraphError, EnvironmentProblem, ReadError

__all__ = ["opened", "unfinished", "write_problem"]

# Temporary files that stand now; who ends the process at once removes them first.
unfinished: set[str] = set()


@contextmanager
def opened(target: str | os.PathLike[str] | None) -> Iterator[BinaryIO]:
    """Give a binary file to write to: standard output for None and `-`, else the named file.

    A regular file is written beside its place and renamed when it is complete (temp file,
    fsync, rename, fsync of the folder), so a crash or a full disk leaves the old one. A device
    or pipe is written directly.

    Raises:
        EnvironmentProblem: the disk is full.
        ReadError: the file cannot be written.
    """
    if target is None or str(target) == "-":
        if sys.stdout is None:  # closed by the shell: `>&-`
            raise ReadError("standard output", "is closed")
        try:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise write_problem(error, "standard output") from None
        return
    path = Path(os.path.realpath(target))
    try:
        if path.exists() and not path.is_file():
            if path.is_dir():
                raise ReadError(path, "is a folder", "name a file")
            with path.open("wb") as file:
                yield file
            return
        with _replacing(path) as file:
            yield file
    except OSError as error:
        raise write_problem(error, str(target)) from None


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    work = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    unfinished.add(str(work))
    try:
        with work.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileNotFoundError):
            work.chmod(path.stat().st_mode & 0o7777)
        os.replace(work, path)
        _sync(path.parent)
    finally:
        work.unlink(missing_ok=True)
        unfinished.discard(str(work))


def _sync(folder: Path) -> None:
    # Not every file system lets a folder be synced; the rename itself has happened.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def write_problem(error: OSError, name: str) -> CbrnGraphError:
    """Return the one clear message for a failed write."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return EnvironmentProblem(f"{name}: the disk is full; free some space and run it again")
    return ReadError(name, error.strerror or str(error))
