"""The text of a snapshot for validation, kept beside its store for the next time.

To write out a large graph without the types that no shape may rely on, and to find the literals
that its store rewrites, takes longer than to validate it. A snapshot never changes, so what was
worked out once holds as long as it lies in the cache, and goes when it goes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cbrngraph.build import Snapshot
from cbrngraph.model import Literal, Term
from cbrngraph.validate.graph import parse_term

__all__ = ["SnapshotText", "keep", "kept"]

# Raise it when the same snapshot would give another text.
_FORMAT = 1
_SMALL = 4_000_000


@dataclass(frozen=True, slots=True)
class SnapshotText:
    """N-Triples, the literals that the store has in another form, and what it only supposes."""

    text: bytes
    rewritten: dict[Literal, tuple[Literal, ...]]
    supposed: frozenset[Term]


def kept(snapshot: Snapshot) -> SnapshotText | None:
    """Return what was kept for a snapshot; None when there is nothing, or it is not whole."""
    folder = snapshot.folder
    if folder is None:
        return None
    try:
        known = json.loads((folder / "validation.json").read_text(encoding="utf-8"))
        if known["format"] != _FORMAT:
            return None
        text = (folder / "validation.nt").read_bytes()
        if len(text) != known["bytes"]:
            return None
        rewritten = {
            _literal(form): tuple(map(_literal, written)) for form, written in known["rewritten"]
        }
        return SnapshotText(text, rewritten, frozenset(map(parse_term, known["supposed"])))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep(
    snapshot: Snapshot,
    text: bytes,
    rewritten: Mapping[Literal, Iterable[Literal]],
    supposed: Iterable[Term],
) -> None:
    """Keep a text for the next time, where that saves something and the cache can be written."""
    folder = snapshot.folder
    if folder is None or len(text) < _SMALL:
        return
    known = {
        "format": _FORMAT,
        "bytes": len(text),
        "rewritten": [[f.n3(), [one.n3() for one in forms]] for f, forms in rewritten.items()],
        "supposed": sorted(term.n3() for term in supposed),
    }
    with suppress(OSError):
        _write(folder / "validation.nt", text)
        _write(folder / "validation.json", json.dumps(known).encode())


def _write(path: Path, content: bytes) -> None:
    """Write beside the place and rename, so that nobody reads half of it."""
    work = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        work.write_bytes(content)
        work.replace(path)
    finally:
        work.unlink(missing_ok=True)


def _literal(text: str) -> Literal:
    term = parse_term(text)
    if not isinstance(term, Literal):
        raise TypeError(f"{text} is no literal")
    return term
