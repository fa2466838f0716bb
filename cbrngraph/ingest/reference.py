"""Reference data: the tables of things to `data/reference/*.ttl`.

A row replaces what its columns say about the thing; statements that no column can make, and
things that the tables do not name, stay as they are on file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from cbrngraph.errors import Fault
from cbrngraph.ingest.changes import Said, in_default_graph
from cbrngraph.ingest.layout import document, statements
from cbrngraph.ingest.mapping import SheetMapping
from cbrngraph.ingest.sources import source_iri
from cbrngraph.ingest.tables import (
    At,
    CountryRow,
    EntityRow,
    OrganisationRow,
    PlaceRow,
    PriorityRow,
    Row,
)
from cbrngraph.ingest.terms import (
    ACRONYM,
    ALT_LABEL,
    CLOSE_MATCH,
    EXACT_MATCH,
    ID,
    IDENTIFIER,
    ISO_ALPHA2,
    ISO_ALPHA3,
    ISO_NUMERIC,
    LANG_STRING,
    MEMBER,
    NOTE,
    ORGANISATION_COUNTRY,
    ORGANISATION_KIND,
    PLACE_COUNTRY,
    PREF_LABEL,
    PRIORITY_LIST,
    PRIORITY_THEME,
    SOURCE,
    SUB_ORGANISATION_OF,
    TYPE,
)
from cbrngraph.ingest.things import Things, is_slug, near_hint
from cbrngraph.model import IRI, Literal, Term, Triple

__all__ = ["ReferenceFile", "declare", "file_of_kind", "reference_files"]

_CODES = (("iso_a2", ISO_ALPHA2, 2), ("iso_a3", ISO_ALPHA3, 3), ("iso_num", ISO_NUMERIC, 3))
_MATCHES = {"exact": EXACT_MATCH, "close": CLOSE_MATCH, "none": None, "": None}
# Kinds whose file is not the small one of the programme itself.
_FILES = {
    "country": "countries",
    "place": "places",
    "organisation": "organisations",
    "priority": "priorities",
    "project": "projects",
    "activity": "activities",
    "plan": "plans",
}
_COMMENTS = {
    "countries": "Countries: names and ISO 3166-1 codes",
    "places": "Places: towns and the countries they are in",
    "organisations": "Organisations: names, kinds, countries and parent bodies",
    "priorities": "Regional priorities, as lists of the documents that print them",
    "projects": "Projects: numbers and labels",
    "activities": "Activities: labels",
    "plans": "Plans, planning tools and funding envelopes: labels",
    "initiative": "The programme itself: initiative, regions, secretariats and roles",
}
_Said: TypeAlias = "dict[IRI, list[Term]]"
_Lookup: TypeAlias = Callable[[At, str, str, str], "IRI | None"]


def file_of_kind(kind: str) -> str:
    """Return the name of the reference file that a kind of thing stands in."""
    return _FILES.get(kind, "initiative")


@dataclass(slots=True)
class ReferenceFile:
    """The statements of a reference file by subject, open to change until it is written."""

    name: str
    subjects: dict[IRI, set[Triple]] = field(default_factory=dict)

    def add(self, triples: Iterable[Triple]) -> None:
        """Add statements that are on file."""
        for triple in triples:
            if isinstance(triple.subject, IRI):
                self.subjects.setdefault(triple.subject, set()).add(triple)

    def replace(self, subject: IRI, said: Mapping[IRI, Iterable[Term]]) -> None:
        """Let a row say all that its columns can: a predicate without values is removed."""
        before = self.subjects.get(subject, set())
        kept = {triple for triple in before if triple.predicate not in said}
        new = {Triple(subject, p, term) for p, terms in said.items() for term in terms}
        self.subjects[subject] = kept | new

    def said(self) -> Said:
        """Return everything the file says, for comparison."""
        return in_default_graph(t for triples in self.subjects.values() for t in triples)

    def render(self) -> str:
        """Return the file in the canonical layout."""
        triples = (triple for said in self.subjects.values() for triple in said)
        return document(_COMMENTS.get(self.name, self.name), [statements(triples)])


def declare(rows: Iterable[Row], things: Things, faults: list[Fault]) -> None:
    """Make the slugs of all tables known, so that rows may name each other in any order."""
    seen: dict[tuple[str, str], At] = {}
    for row in rows:
        named = _named(row)
        if named is None:
            continue
        column, kind, slug = named
        if kind not in things.kinds:
            hint = near_hint(kind, things.kinds)
            faults.append(row.at.fault("kind", f"unknown kind {kind!r}{hint}"))
        elif not is_slug(slug):
            message = f"{slug!r} is no slug; use letters, digits, hyphens, dots"
            faults.append(row.at.fault(column, message))
        elif (kind, slug) in seen:
            first = seen[kind, slug]
            message = f"{slug!r} stands in row {first.row} of {first.path.name} already"
            faults.append(row.at.fault(column, message))
        else:
            seen[kind, slug] = row.at
            things.add(kind, slug)


def _named(row: Row) -> tuple[str, str, str] | None:
    """Return column, kind and slug of the thing that a row is about."""
    match row:
        case CountryRow():
            return "slug", "country", row.slug
        case PlaceRow():
            return "slug", "place", row.slug
        case OrganisationRow():
            return "slug", "organisation", row.slug
        case PriorityRow():
            return "slug", "priority", row.slug
        case EntityRow():
            return "slug", row.kind, row.slug
    return None


def reference_files(
    rows: Iterable[Row],
    files: Mapping[str, ReferenceFile],
    mapping: SheetMapping,
    things: Things,
    sources: Mapping[str, str],
    faults: list[Fault],
) -> dict[str, ReferenceFile]:
    """Return the files with what the rows say; `sources` gives the titles of known sources."""
    changed = dict(files)
    lists: dict[str, list[IRI]] = {}

    def lookup(at: At, column: str, kind: str, slug: str) -> IRI | None:
        found = things.find([kind], slug)
        if found is None:
            faults.append(at.fault(column, things.unknown([kind], slug)))
        return found

    for row in rows:
        named = _named(row)
        if named is None or named[1] not in mapping.kinds or not is_slug(named[2]):
            continue
        kind = mapping.kinds[named[1]]
        said = _said(row, lookup, faults)
        iri = things.iri(kind.name, named[2])
        name = file_of_kind(kind.name)
        file = changed.setdefault(name, ReferenceFile(name))
        if isinstance(row, PriorityRow):
            lists.setdefault(row.fact_sheet, []).append(iri)
            if row.fact_sheet not in sources:
                hint = near_hint(row.fact_sheet, sources)
                faults.append(
                    row.at.fault("fact_sheet", f"unknown source {row.fact_sheet!r}{hint}")
                )
        file.replace(iri, {TYPE: [kind.type], IDENTIFIER: [Literal(named[2])], **said})
    if lists:
        _set_lists(changed[file_of_kind("priority")], lists, sources)
    return changed


def _said(row: Row, lookup: _Lookup, faults: list[Fault]) -> _Said:
    match row:
        case CountryRow():
            return _country(row, faults)
        case PlaceRow():
            return {
                PREF_LABEL: [_english(row.name)],
                PLACE_COUNTRY: _found(lookup(row.at, "country", "country", row.country)),
                NOTE: _plain(row.note),
            }
        case OrganisationRow():
            return _organisation(row, lookup)
        case PriorityRow():
            return _priority(row, lookup, faults)
        case EntityRow():
            return {PREF_LABEL: [_english(row.label)]}
    return {}


def _country(row: CountryRow, faults: list[Fault]) -> _Said:
    said: _Said = {PREF_LABEL: [_english(row.name)]}
    official = row.official_name if row.official_name != row.name else ""
    said[ALT_LABEL] = [_english(official)] if official else []
    for (column, predicate, length), code in zip(
        _CODES, (row.iso_a2, row.iso_a3, row.iso_num), strict=True
    ):
        fits = code.isdigit() if column == "iso_num" else code.isalpha() and code.isupper()
        if len(code) != length or not fits or not code.isascii():
            faults.append(row.at.fault(column, f"{code!r} is no ISO 3166-1 code of this kind"))
        said[predicate] = [Literal(code)]
    return said


def _organisation(row: OrganisationRow, lookup: _Lookup) -> _Said:
    country = row.country and lookup(row.at, "country", "country", row.country)
    parent = row.parent and lookup(row.at, "parent", "organisation", row.parent)
    return {
        PREF_LABEL: [_english(row.name)],
        ALT_LABEL: [Literal(name.strip()) for name in row.other_names.split(";") if name.strip()],
        ACRONYM: _plain(row.acronym),
        ORGANISATION_KIND: _found(lookup(row.at, "kind", "concept:organisation-kind", row.kind)),
        ORGANISATION_COUNTRY: _found(country or None),
        SUB_ORGANISATION_OF: _found(parent or None),
        NOTE: _plain(row.note),
    }


def _priority(row: PriorityRow, lookup: _Lookup, faults: list[Fault]) -> _Said:
    said: _Said = {PREF_LABEL: [_english(row.label)], EXACT_MATCH: [], CLOSE_MATCH: []}
    if row.match_kind not in _MATCHES:
        known = ", ".join(filter(None, _MATCHES))
        faults.append(row.at.fault("match_kind", f"{row.match_kind!r} is none of {known}"))
        return said
    predicate = _MATCHES[row.match_kind]
    if row.matches and predicate:
        said[predicate] = _found(lookup(row.at, "matches", "priority", row.matches))
    elif row.matches or predicate:
        message = "matches and match_kind must be given together"
        faults.append(row.at.fault("match_kind", message))
    if row.theme:
        theme = lookup(row.at, "theme", "concept:priority-theme", row.theme)
        said[PRIORITY_THEME] = _found(theme)
    return said


def _set_lists(
    file: ReferenceFile, lists: Mapping[str, list[IRI]], sources: Mapping[str, str]
) -> None:
    """State the list of each source; a priority stands in the list that its row names only."""
    listed = {iri for members in lists.values() for iri in members}
    for subject, said in list(file.subjects.items()):
        if Triple(subject, TYPE, PRIORITY_LIST) in said:
            file.subjects[subject] = {
                t for t in said if t.predicate != MEMBER or t.object not in listed
            }
    for slug, members in lists.items():
        iri = IRI(f"{ID}priority-list/{slug}")
        before = [t.object for t in file.subjects.get(iri, ()) if t.predicate == MEMBER]
        file.replace(
            iri,
            {
                TYPE: [PRIORITY_LIST],
                IDENTIFIER: [Literal(slug)],
                PREF_LABEL: [_english(f"Regional priorities in: {sources.get(slug, slug)}")],
                SOURCE: [source_iri(slug)],
                MEMBER: [*before, *members],
            },
        )


def _english(text: str) -> Literal:
    return Literal(text, LANG_STRING, "en")


def _plain(text: str) -> list[Term]:
    return [Literal(text)] if text else []


def _found(iri: IRI | None) -> list[Term]:
    return [iri] if iri else []
