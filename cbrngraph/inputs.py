"""The id of a set of files: a hash of names and contents; unchanged files are not read again."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from cbrngraph.errors import ReadError
from cbrngraph.resources import InputFile, cache_dir

__all__ = ["digest", "identity", "sha256", "stamp"]

# Part of every id: raise it when the same files would give another graph.
_FORMAT = "cbrngraph snapshot 2"


def digest(hashes: Mapping[str, str]) -> str:
    """Return the SHA-256 over names and contents (64 hexadecimal digits)."""
    import hashlib

    lines = [_FORMAT, *(f"{name} {hashes[name]}" for name in sorted(hashes))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def identity(files: tuple[InputFile, ...]) -> str:
    """Return the id over the contents of files; an unchanged file is not read again.

    A file counts as unchanged while its size, modification time and inode are: git's rule.
    """
    from zlib import crc32

    stamps = {file.name: stamp(file) for file in files}
    key = crc32("\n".join(str(file.path) for file in files).encode())
    index = cache_dir() / "inputs" / f"{key:08x}.json"
    known = _load_index(index)
    if known.get("format") == _FORMAT and known.get("stamps") == stamps:
        return str(known["id"])
    old_stamps, old_hashes = known.get("stamps", {}), known.get("hashes", {})
    hashes = {
        file.name: old_hashes[file.name]
        if file.name in old_hashes and old_stamps.get(file.name) == stamps[file.name]
        else sha256(file.path)
        for file in files
    }
    found = digest(hashes)
    _save_index(index, {"format": _FORMAT, "id": found, "stamps": stamps, "hashes": hashes})
    return found


def stamp(file: InputFile) -> list[int]:
    """Return size, modification time (ns) and inode: while they are the same, so is the file.

    Raises:
        ReadError: it cannot be read.
    """
    try:
        status = os.stat(file.path)
    except OSError as error:
        raise ReadError(file.path, error.strerror or "cannot be read") from None
    return [status.st_size, status.st_mtime_ns, status.st_ino]


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file.

    Raises:
        ReadError: it cannot be read.
    """
    import hashlib

    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ReadError(path, error.strerror or "cannot be read") from None


def _load_index(index: Path) -> dict[str, Any]:
    try:
        with open(index, encoding="utf-8") as file:
            loaded = json.load(file)
    except (OSError, ValueError):
        return {}
    whole = isinstance(loaded, dict) and all(
        isinstance(loaded.get(part), dict) for part in ("stamps", "hashes")
    )
    return loaded if whole else {}


def _save_index(index: Path, entries: dict[str, Any]) -> None:
    """Write the index in one step; without it the files are only read again."""
    work = index.with_name(f"{index.name}.{os.getpid()}.tmp")
    try:
        index.parent.mkdir(parents=True, exist_ok=True)
        work.write_text(json.dumps(entries), encoding="utf-8")
        os.replace(work, index)
    except OSError:
        with suppress(OSError):
            work.unlink(missing_ok=True)
