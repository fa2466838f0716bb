"""From the tables of a claims sheet to the files of `data/`.

Everything is worked out, checked and parsed again before the first file is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from cbrngraph.errors import Fault, ReadError, SheetFaults, UsageError
from cbrngraph.ingest.changes import Changes, Import, Said, in_default_graph
from cbrngraph.ingest.layout import natural_key
from cbrngraph.ingest.links import Links, add_identifiers, read_sssom
from cbrngraph.ingest.mapping import SheetMapping, load_mapping
from cbrngraph.ingest.passages import passage_key
from cbrngraph.ingest.reference import ReferenceFile, declare, reference_files
from cbrngraph.ingest.sources import Claim, SourceFile, describe_source, source_iri
from cbrngraph.ingest.statements import state
from cbrngraph.ingest.tables import (
    TABLES,
    At,
    ClaimRow,
    ConceptRow,
    IdentifierRow,
    PriorityRow,
    PropertyRow,
    Row,
    SourceRow,
    Table,
    read_header,
    read_table,
    recognise,
)
from cbrngraph.ingest.terms import PREF_LABEL, TITLE
from cbrngraph.ingest.things import SLUG_FORM, Things, is_slug, near_hint
from cbrngraph.model import Triple
from cbrngraph.resources import Project
from cbrngraph.store import parse_file

__all__ = ["plan_import"]

_SOURCES = "data/sources"
_REFERENCE = "data/reference"
_LINKS = "data/links/links.ttl"
_SSSOM = "data/links/links.sssom.tsv"
_QUOTED = re.compile(r'"([^"\\\n]+)"')
_R = TypeVar("_R", bound=Row)


def plan_import(
    files: Sequence[Path],
    project: Project,
    *,
    documents: Path | None = None,
    prune: bool = False,
) -> Import:
    """Return what importing the tables would do; nothing is written yet.

    Args:
        files: tables of a claims sheet; when all of them are claims tables, the other tables
            of their folders are taken too.
        project: where the ontology and the data on file are; its topmost layer is written to.
        documents: folder with the documents that the sources table names, for their SHA-256.
        prune: remove the claims on file, of the sources that the sheet has, that it lacks.

    Raises:
        SheetFaults: anything is wrong with the tables; every fault is listed.
        UsageError: no table is given.
        ReadError, SyntaxFault, InputError: a file of the project or a table cannot be used.
    """
    if documents is not None and not documents.is_dir():
        raise ReadError(documents, "no such folder", "--documents takes the folder of documents")
    own = project._replace(data_layers=(project.home,))
    return _Importer(own, documents, prune).run(_read_tables(files))


def _read_tables(files: Sequence[Path]) -> list[Table]:
    if not files:
        raise UsageError("no table given; name at least a claims.csv")
    tables: list[Table] = []
    for path in dict.fromkeys(files):
        table = read_table(path)
        if table is None:
            names = ", ".join(row_type.TABLE for row_type in TABLES)
            message = f"its columns are those of no table; known are {names}"
            raise SheetFaults([Fault(path, 1, "", message)])
        tables.append(table)
    if all(table.row_type is ClaimRow for table in tables):
        tables.extend(_siblings(files))
    return tables


def _siblings(files: Sequence[Path]) -> Iterable[Table]:
    folders = dict.fromkeys(path.parent for path in files)
    for path in (path for folder in folders for path in sorted(folder.glob("*.csv"))):
        if path in files or recognise(read_header(path)) in (None, ClaimRow):
            continue
        table = read_table(path)
        if table is not None:
            yield table


@dataclass(slots=True)
class _Importer:
    """One run: the project, and the faults and notices found on the way."""

    project: Project
    documents: Path | None
    prune: bool
    faults: list[Fault] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def run(self, tables: Sequence[Table]) -> Import:
        """Work everything out; see `plan_import`."""
        mapping = load_mapping(self.project)
        things = Things(mapping.kinds)
        things.read(Project.open(self.project.home, with_shipped_data=True, new=True))
        self.faults.extend(fault for table in tables for fault in table.faults)
        rows = [row for table in tables for row in table.rows]
        declare(rows, things, self.faults)
        self._check_known(rows, mapping, things)
        sources = self._sources(_of(rows, SourceRow))
        claims = self._claims(_of(rows, ClaimRow), sources, mapping, things)
        merged = self._merge(claims, sources, mapping, things)
        reference = self._reference(rows, sources, mapping, things)
        links = self._links(_of(rows, IdentifierRow), things, reference)
        if self.faults:
            raise SheetFaults(sorted(self.faults, key=lambda f: (str(f.path), f.row, f.column)))
        changes = Changes(self.project.home)
        for slug, (before, source) in merged.items():
            name = f"{_SOURCES}/{slug}.trig"
            changes.plan_rdf(name, slug, before, source.said(), source.render())
        for slug, (before, file) in reference.items():
            changes.plan_rdf(f"{_REFERENCE}/{slug}.ttl", slug, before, file.said(), file.render())
        if links is not None:
            before, now = links
            changes.plan_rdf(_LINKS, "links", before, in_default_graph(now.triples), now.render())
            changes.plan_table(_SSSOM, "links.sssom", now.render_sssom())
        return Import(
            changes=tuple(changes.found),
            notices=tuple(self.notices),
            claims=sum(len(found) for found in claims.values()),
            sources=len(merged),
            unchanged=changes.unchanged,
            contents=changes.contents,
        )

    def _check_known(self, rows: Sequence[Row], mapping: SheetMapping, things: Things) -> None:
        """Concepts and properties come from the ontology; a sheet cannot add them."""
        for row in _of(rows, ConceptRow):
            kind = f"concept:{row.scheme}"
            if kind not in things.kinds:
                schemes = [name.partition(":")[2] for name in things.kinds if ":" in name]
                hint = near_hint(row.scheme, schemes)
                self.faults.append(row.at.fault("scheme", f"no scheme {row.scheme!r}{hint}"))
            elif things.find([kind], row.slug) is None:
                message = f"(a new one goes into ontology/schemes/{row.scheme}.ttl first)"
                hint = things.unknown([kind], row.slug)
                self.faults.append(row.at.fault("slug", f"{hint} {message}"))
        for prop in _of(rows, PropertyRow):
            rules = mapping.rules.get(prop.property)
            if rules is None:
                hint = near_hint(prop.property, mapping.rules)
                message = f"the mapping has no property {prop.property!r}{hint}"
                self.faults.append(prop.at.fault("property", message))
            elif prop.value_kind not in {rule.value_kind for rule in rules}:
                message = f"{prop.property!r} takes {rules[0].value_kind} in the mapping"
                self.faults.append(prop.at.fault("value_kind", message))

    def _sources(self, rows: Iterable[SourceRow]) -> dict[str, SourceRow | None]:
        """Return the known sources: the ones on file, with the row of the sheet if it has one."""
        found: dict[str, SourceRow | None] = dict.fromkeys(self._on_file())
        for row in rows:
            slug = row.source_id
            if not is_slug(slug):
                message = f"{slug!r} is no slug; {SLUG_FORM}"
                self.faults.append(row.at.fault("source_id", message))
            elif first := found.get(slug):
                self.faults.append(row.at.fault("source_id", _twice(slug, first.at)))
            else:
                found[slug] = row
        return found

    def _claims(
        self,
        rows: Iterable[ClaimRow],
        sources: Mapping[str, SourceRow | None],
        mapping: SheetMapping,
        things: Things,
    ) -> dict[str, list[Claim]]:
        """Return the claims without fault by source."""
        claims: dict[str, list[Claim]] = {}
        seen: dict[str, At] = {}
        for row in rows:
            before = len(self.faults)
            first = seen.setdefault(row.claim_id, row.at)
            if first is not row.at:
                self.faults.append(row.at.fault("claim_id", _twice(row.claim_id, first)))
            if not is_slug(row.claim_id):
                message = f"{row.claim_id!r} is no id; {SLUG_FORM}"
                self.faults.append(row.at.fault("claim_id", message))
            if row.source_id not in sources:
                hint = near_hint(row.source_id, sources)
                message = f"unknown source {row.source_id!r}{hint}"
                self.faults.append(row.at.fault("source_id", message))
            key = passage_key(row, things, self.faults)
            stated = state(row, mapping, things)
            self.faults.extend(stated.faults)
            if key and len(self.faults) == before:
                claims.setdefault(row.source_id, []).append(Claim(row, key, stated.triples))
        return claims

    def _merge(
        self,
        claims: Mapping[str, list[Claim]],
        sources: Mapping[str, SourceRow | None],
        mapping: SheetMapping,
        things: Things,
    ) -> dict[str, tuple[Said, SourceFile]]:
        """Return what is on file and the merged file of each source that the sheet touches."""
        on_file = self._on_file()
        merged: dict[str, tuple[Said, SourceFile]] = {}
        owner: dict[str, str] = {}
        for slug in sorted(claims.keys() | {slug for slug, row in sources.items() if row}):
            iri = source_iri(slug)
            known = SourceFile.read(on_file[slug], iri) if slug in on_file else None
            file = known or SourceFile(iri)
            before = file.said()
            row = sources[slug]
            if row is not None:
                said = describe_source(row, known, self.documents, mapping, things, self.faults)
                file.set_source(said, mapping)
            given = claims.get(slug, [])
            self.faults.extend(file.merge(given, self.prune, mapping))
            left = file.all_claims() - {claim.row.claim_id for claim in given}
            owner.update(dict.fromkeys(left, slug))
            merged[slug] = (before, file)
        if owner:
            told = "1 claim" if len(owner) == 1 else f"{len(owner)} claims"
            are, stay, them = ("is", "stays", "it") if len(owner) == 1 else ("are", "stay", "them")
            self.notices.append(
                f"{told} on file of these sources {are} not in the sheet and {stay}; "
                f"--prune removes {them}"
            )
        self._check_owners(claims, owner, {s: p for s, p in on_file.items() if s not in merged})
        return merged

    def _check_owners(
        self, claims: Mapping[str, list[Claim]], owner: dict[str, str], others: Mapping[str, Path]
    ) -> None:
        """Refuse an id that is on file for another source: it would be one claim with two."""
        rows = {claim.row.claim_id: claim.row for found in claims.values() for claim in found}
        for slug, path in others.items():
            # A look at the text spares parsing the many files that have none of the ids.
            quoted = rows.keys() & set(_QUOTED.findall(path.read_text("utf-8", "replace")))
            if quoted:
                ids = SourceFile.read(path, source_iri(slug)).all_claims()
                owner.update(dict.fromkeys(quoted & ids, slug))
        for claim in sorted(owner.keys() & rows.keys(), key=natural_key):
            message = (
                f"{claim!r} is on file for the source {owner[claim]}; number your own claims "
                "otherwise, or, if it moved, ingest both sources with --prune"
            )
            self.faults.append(rows[claim].at.fault("claim_id", message))

    def _reference(
        self,
        rows: Sequence[Row],
        sources: Mapping[str, SourceRow | None],
        mapping: SheetMapping,
        things: Things,
    ) -> dict[str, tuple[Said, ReferenceFile]]:
        """Return what is on file and what is to be, for all reference files."""
        files: dict[str, ReferenceFile] = {}
        before: dict[str, Said] = {}
        for found in self.project.files(_REFERENCE, (".ttl",)):
            name = found.path.stem
            triples = [Triple(q.subject, q.predicate, q.object) for q in parse_file(found.path)]
            files[name] = ReferenceFile(name)
            files[name].add(triples)
            before[name] = in_default_graph(triples)
        titles = {slug: row.title if row else slug for slug, row in sources.items()}
        for slug in {row.fact_sheet for row in _of(rows, PriorityRow)} & titles.keys():
            titles[slug] = self._title(slug, sources[slug])
        touched = reference_files(rows, files, mapping, things, titles, self.faults)
        return {name: (before.get(name, set()), file) for name, file in touched.items()}

    def _title(self, slug: str, row: SourceRow | None) -> str:
        if row is not None:
            return row.title
        iri = source_iri(slug)
        return str(SourceFile.read(self._on_file()[slug], iri).value(iri, TITLE) or slug)

    def _links(
        self,
        rows: Sequence[IdentifierRow],
        things: Things,
        reference: Mapping[str, tuple[Said, ReferenceFile]],
    ) -> tuple[Said, Links] | None:
        """Return the statements on file and the links as they are to be; None without rows."""
        if not rows:
            return None
        paths = {f.name: f.path for f in self.project.files("data/links", (".ttl", ".tsv"))}
        links = read_sssom(paths[_SSSOM]) if _SSSOM in paths else Links()
        if _LINKS in paths:
            links.triples = {
                Triple(q.subject, q.predicate, q.object) for q in parse_file(paths[_LINKS])
            }
        before = in_default_graph(links.triples)
        labels = {
            subject: str(triple.object)
            for _, file in reference.values()
            for subject, said in file.subjects.items()
            for triple in said
            if triple.predicate == PREF_LABEL
        }
        self.notices.extend(add_identifiers(rows, links, things, labels, self.faults))
        return before, links

    def _on_file(self) -> dict[str, Path]:
        return {f.path.stem: f.path for f in self.project.files(_SOURCES, (".trig",))}


def _twice(name: str, first: At) -> str:
    return f"{name!r} stands in row {first.row} of {first.path.name} already"


def _of(rows: Iterable[Row], row_type: type[_R]) -> list[_R]:
    return [row for row in rows if isinstance(row, row_type)]
