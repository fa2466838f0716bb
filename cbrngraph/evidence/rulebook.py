"""The compiled rules of a snapshot, kept beside it: compiling them reads the whole ontology."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cbrngraph.build import Snapshot
    from cbrngraph.rules import Rules

__all__ = ["rules_of"]

# The text of a kept file begins so; raise it when the shape of `Rules` changes.
_FORMAT = "rules 1"


def rules_of(snapshot: Snapshot) -> Rules:
    """Return the rules of a snapshot, from the cache folder when they are there."""
    from cbrngraph.resources import cache_dir

    folder = cache_dir() / "snapshots" / snapshot.id[:32]
    path = folder / "rules.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        return _loaded(json.loads(path.read_bytes()))
    rules = snapshot.rules
    if folder.is_dir():
        _keep(path, json.dumps(_dumped(rules)))
    return rules


def _keep(path: Path, text: str) -> None:
    """Write in one step; without the file the rules are only compiled again."""
    work = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        work.write_text(text, encoding="utf-8")
        os.replace(work, path)
    except OSError:
        work.unlink(missing_ok=True)


def _dumped(rules: Rules) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "superclasses": rules.superclasses,
        "superproperties": rules.superproperties,
        "domains": rules.domains,
        "ranges": rules.ranges,
        "inverses": rules.inverses,
        "transitive": sorted(rules.transitive),
        "chains": rules.chains,
        "has_value": [[*key, value] for key, value in rules.has_value.items()],
        "implied_value": rules.implied_value,
        "some": rules.some,
        "every": rules.every,
        "intersections": {
            name: [[sorted(parts), whole] for parts, whole in pairs]
            for name, pairs in rules.intersections.items()
        },
    }


def _loaded(kept: dict[str, Any]) -> Rules:
    from cbrngraph.rules import Rules

    if kept["format"] != _FORMAT:
        raise ValueError("the rules were kept by another version")
    return Rules(
        superclasses=_names(kept["superclasses"]),
        superproperties=_names(kept["superproperties"]),
        domains=_names(kept["domains"]),
        ranges=_names(kept["ranges"]),
        inverses=_names(kept["inverses"]),
        transitive=frozenset(kept["transitive"]),
        chains=tuple((one, two, head) for one, two, head in kept["chains"]),
        has_value={(p, v): tuple(classes) for p, v, classes in kept["has_value"]},
        implied_value=_pairs(kept["implied_value"]),
        some=_pairs(kept["some"]),
        every=_pairs(kept["every"]),
        intersections={
            name: tuple((frozenset(parts), whole) for parts, whole in pairs)
            for name, pairs in kept["intersections"].items()
        },
    )


def _names(table: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in table.items()}


def _pairs(table: dict[str, list[list[str]]]) -> dict[str, tuple[tuple[str, str], ...]]:
    return {name: tuple((one, two) for one, two in pairs) for name, pairs in table.items()}
