"""The slugs that a sheet may name: what is on file, what its tables add, and the schemes."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping

from cbrngraph.errors import nearest
from cbrngraph.ingest.mapping import Kind
from cbrngraph.ingest.terms import ID
from cbrngraph.model import IRI
from cbrngraph.resources import Project
from cbrngraph.store import parse_file

__all__ = ["Things", "is_slug", "slugify"]

_SLUG = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_CONCEPT = "concept:"


def is_slug(text: str) -> bool:
    """Return whether a text may be the last part of an address and a file name.

    >>> is_slug("rs-central-asia"), is_slug("../x"), is_slug("a b")
    (True, False, False)
    """
    return _SLUG.fullmatch(text) is not None


def slugify(text: str) -> str:
    """Return letters and digits of any script, without accents, parted by single hyphens.

    >>> slugify("(IMB) of Côte d'Ivoire")
    'imb-of-cote-d-ivoire'
    """
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.lower())
        if not unicodedata.combining(letter)
    )
    return "-".join(re.findall(r"[^\W_]+", plain))


class Things:
    """Slugs by kind. A kind of concepts is named `concept:` and the scheme."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self.kinds = kinds
        self._by_segment = {kind.segment: name for name, kind in kinds.items()}
        self._slugs: dict[str, set[str]] = defaultdict(set)

    def read(self, project: Project) -> None:
        """Add the things of the reference data and the concepts of the schemes."""
        for room in ("data/reference", "ontology/schemes"):
            for file in project.files(room, (".ttl",)):
                self.add_subjects(
                    quad.subject for quad in parse_file(file.path) if isinstance(quad.subject, IRI)
                )

    def add_subjects(self, subjects: Iterable[IRI]) -> None:
        """Add the things with these addresses; addresses of other forms are passed over."""
        for subject in set(subjects):
            segment, _, slug = subject.removeprefix(ID).partition("/")
            kind = self._by_segment.get(segment)
            if subject.startswith(ID) and kind and slug:
                self._slugs[kind].add(slug)

    def add(self, kind: str, slug: str) -> None:
        """Add one thing."""
        self._slugs[kind].add(slug)

    def iri(self, kind: str, slug: str) -> IRI:
        """Return the address of a thing of a kind that exists."""
        return IRI(f"{ID}{self.kinds[kind].segment}/{slug}")

    def find(self, kinds: Iterable[str], slug: str) -> IRI | None:
        """Return the address of the slug in the first of the kinds that has it."""
        for kind in kinds:
            if slug in self._slugs[kind]:
                return self.iri(kind, slug)
        return None

    def unknown(self, kinds: Iterable[str], slug: str) -> str:
        """Return the message for a slug that none of the kinds has, with the nearest ones."""
        names = tuple(kinds)
        words = " or ".join(name.removeprefix(_CONCEPT) for name in names)
        message = f"no {words} has the slug {slug!r}"
        return message + near_hint(slug, (s for name in names for s in sorted(self._slugs[name])))


def near_hint(name: str, choices: Iterable[str]) -> str:
    """Return "; did you mean ...?" with the nearest choices, or nothing.

    >>> near_hint("statsu", ["status", "goal"])
    '; did you mean status?'
    """
    near = nearest(name, choices)
    return f"; did you mean {' or '.join(near)}?" if near else ""
