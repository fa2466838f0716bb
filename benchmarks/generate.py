"""A deterministic graph of any size with the shape of the shipped data.

The shipped data is copied until the size is reached. In each copy the projects, activities,
organisations, plans, sources, passages and what hangs on them get names of their own; countries,
places, regions, secretariats, the initiative, priorities and concepts are shared. So a larger
graph has more of everything that grows in life, and more sources that say the same of the rest.

    python benchmarks/generate.py FOLDER --quads 1000000
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cbrngraph.namespaces import CBRN, DCTERMS, SKOS
from cbrngraph.resources import Project
from cbrngraph.store import scan

BASE = "https://w3id.org/cbrngraph/"
COPIED_KINDS = (
    "project|activity|organisation|plan|implementation|participation|engagement|budget|focal-point"
)
COPIED = re.compile(rf"<{BASE}(?:id/(?:{COPIED_KINDS})/[^>]*|source/[^>]*)>")
FIGURE_OF = f"<{CBRN.figureOf}>"
# What tells things apart: a copy would else be a duplicate under another IRI.
NAMED = frozenset(
    f"<{name}>"
    for name in (
        DCTERMS.identifier,
        DCTERMS.title,
        SKOS.prefLabel,
        SKOS.altLabel,
        CBRN.acronym,
        CBRN.claim,
        CBRN.number,
    )
)
COPIES_PER_FILE = 10

Quad = tuple[str, str, str, str]


@dataclass(frozen=True)
class Shape:
    """The shipped data as text: quads of the files, and which figures belong to copied things."""

    quads: tuple[Quad, ...]
    figures: frozenset[str]

    @classmethod
    def shipped(cls) -> Shape:
        """Return the shape of the shipped data files."""
        quads = tuple(quad for file in Project.open().data_files() for quad in scan(file.path))
        figures = frozenset(s for s, p, o, _ in quads if p == FIGURE_OF and COPIED.match(o))
        return cls(quads, figures)

    def copy(self, number: int) -> Iterator[Quad]:
        """Yield the quads of one copy; number 0 is the shipped data itself."""
        if number == 0:
            yield from self.quads
            return
        suffix = f"-c{number}"
        renamed: dict[str, str] = {}

        def rename(term: str) -> str:
            if term[:1] != "<":
                return term
            known = renamed.get(term)
            if known is None:
                known = _suffixed(term, suffix) if self._is_copied(term) else term
                renamed[term] = known
            return known

        for subject, predicate, object_, graph in self.quads:
            new = rename(subject)
            told_apart = predicate in NAMED and new != subject
            value = _told_apart(object_, suffix) if told_apart else rename(object_)
            yield new, predicate, value, rename(graph)

    def _is_copied(self, term: str) -> bool:
        return term in self.figures or COPIED.match(term) is not None


def write(folder: Path, quads: int) -> int:
    """Write at least `quads` distinct quads as TriG below `folder`; return how many."""
    target = folder / "data" / "sources"
    target.mkdir(parents=True, exist_ok=True)
    shape = Shape.shipped()
    seen: set[Quad] = set()
    count = number = 0
    while count < quads:
        path = target / f"copies-{number // COPIES_PER_FILE:03d}.trig"
        with open(path, "w", encoding="utf-8") as file:
            for _ in range(COPIES_PER_FILE):
                fresh = [quad for quad in shape.copy(number) if _is_new(quad, seen)]
                file.write(_trig(fresh))
                count += len(fresh)
                number += 1
                if count >= quads:
                    break
    return count


def _is_new(quad: Quad, seen: set[Quad]) -> bool:
    """Say whether a shared quad is new; the quads of a copy always are."""
    if COPIED.match(quad[0]) or COPIED.match(quad[3]):
        return True
    if quad in seen:
        return False
    seen.add(quad)
    return True


def _trig(quads: list[Quad]) -> str:
    """Return TriG text: the default graph first, then a block for each graph."""
    blocks: dict[str, list[str]] = {}
    for subject, predicate, object_, graph in quads:
        blocks.setdefault(graph, []).append(f"{subject} {predicate} {object_} .\n")
    plain = "".join(blocks.pop("", []))
    return plain + "".join(f"{graph} {{\n{''.join(lines)}}}\n" for graph, lines in blocks.items())


def _told_apart(literal: str, suffix: str) -> str:
    """Return a literal with the suffix at the end of its text."""
    text, quote, tag = literal.rpartition('"')
    return f"{text}{suffix}{quote}{tag}"


def _suffixed(term: str, suffix: str) -> str:
    """Return the IRI with the suffix on its thing, before a fragment if it has one."""
    name, mark, fragment = term[1:-1].partition("#")
    return f"<{name}{suffix}{mark}{fragment}>"


def main() -> int:
    """Write the graph that the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--quads", type=int, default=1_000_000)
    arguments = parser.parse_args()
    written = write(arguments.folder, arguments.quads)
    print(f"{written} quads in {arguments.folder}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
