"""The slugs that a sheet may name: what is on file, what its tables add, and the schemes."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from cbrngraph.errors import either, nearest
from cbrngraph.ingest.mapping import Kind
from cbrngraph.ingest.terms import ALT_LABEL, ID, PREF_LABEL
from cbrngraph.model import IRI, Quad
from cbrngraph.names.folding import near
from cbrngraph.resources import Project
from cbrngraph.store import parse_file

__all__ = ["SLUG_FORM", "Things", "is_slug", "near_hint", "slugify"]

SLUG_FORM = "use letters, digits, hyphens, dots and underscores"

_SLUG = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_CONCEPT = "concept:"
_NAMES = (PREF_LABEL, ALT_LABEL)


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
        self._called: dict[str, dict[str, str]] = defaultdict(dict)

    def read(self, project: Project) -> None:
        """Add the things of the reference data and the concepts of the schemes."""
        for room in ("data/reference", "ontology/schemes"):
            for file in project.files(room, (".ttl",)):
                quads = list(parse_file(file.path))
                self.add_subjects(q.subject for q in quads if isinstance(q.subject, IRI))
                self._add_names(quads)

    def add_subjects(self, subjects: Iterable[IRI]) -> None:
        """Add the things with these addresses; addresses of other forms are passed over."""
        for kind, slug in filter(None, map(self._place, set(subjects))):
            self._slugs[kind].add(slug)

    def _add_names(self, quads: Iterable[Quad]) -> None:
        for quad in quads:
            if quad.predicate in _NAMES and isinstance(quad.subject, IRI):
                place = self._place(quad.subject)
                if place:
                    self._called[place[0]].setdefault(str(quad.object), place[1])

    def _place(self, subject: IRI) -> tuple[str, str] | None:
        segment, _, slug = subject.removeprefix(ID).partition("/")
        kind = self._by_segment.get(segment)
        return (kind, slug) if subject.startswith(ID) and kind and slug else None

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
        """Return the message for a slug that none of the kinds has, with the nearest ones.

        What is called so goes first, then what is nearly, by slug or by name.
        """
        kinds = tuple(kinds)
        words = either([kind.removeprefix(_CONCEPT) for kind in kinds])
        message = f"no {words} has the slug {slug!r}"
        names = [(one, one) for kind in kinds for one in sorted(self._slugs[kind])]
        names += (named for kind in kinds for named in self._called[kind].items())
        return message + _meant([found for _, found in near(slug, names)])


def near_hint(name: str, choices: Iterable[str]) -> str:
    """Return "; did you mean ...?" with the nearest choices, or nothing.

    >>> near_hint("statsu", ["status", "goal"])
    '; did you mean status?'
    """
    return _meant(nearest(name, choices))


def _meant(names: Sequence[str]) -> str:
    return f"; did you mean {either(names)}?" if names else ""
