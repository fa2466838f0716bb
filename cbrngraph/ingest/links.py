"""Identifiers of other registers: SKOS links, typed notations, and an SSSOM record of each link.

`links.ttl` holds the statements, `links.sssom.tsv` the record (Simple Standard for Sharing
Ontological Mappings, TSV with the metadata in front). A reviewer's work stays: a link that the
record denies (`predicate_modifier: Not`) is not stated again, and a record with columns of
someone else's is not overwritten.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cbrngraph.errors import Fault, ReadError, nearest
from cbrngraph.ingest.layout import document, natural_key, statements
from cbrngraph.ingest.statements import is_web_address
from cbrngraph.ingest.tables import IdentifierRow
from cbrngraph.ingest.terms import (
    CLOSE_MATCH,
    EXACT_MATCH,
    ID,
    NOTATION,
    RELATED_MATCH,
    SKOS_PREFIX,
)
from cbrngraph.ingest.things import Things, is_slug
from cbrngraph.model import IRI, Literal, Triple
from cbrngraph.namespaces import BASE

__all__ = ["Links", "SssomRow", "add_identifiers", "read_sssom", "scheme_datatype"]

_COMMENT = "Links to other registers; links.sssom.tsv says where each comes from"
_COLUMNS = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "mapping_justification",
    "comment",
)
_JUSTIFICATION = "semapv:UnspecifiedMatching"
# Words by which the source of an identifier says that the match is not certain.
_DOUBT = re.compile(r"\bcandidate\b|\bdiffers\b", re.IGNORECASE)
# The columns of the countries table: these codes stand in the reference data.
_IN_REFERENCE = frozenset(("iso3166-1-alpha2", "iso3166-1-alpha3", "iso3166-1-numeric"))
# Registers whose entry is not the thing itself but one that belongs to it, or that it is part of.
_OF_SOMETHING_NEAR = {"eu-delegation": RELATED_MATCH}
_OF_THE_WHOLE = frozenset(("un-m49-subregion",))
_PREFIX_LINE = re.compile(r"#\s+([A-Za-z][\w.-]*):\s*\"?([^\"\s]+)\"?\s*")


@dataclass(frozen=True, slots=True)
class SssomRow:
    """A record: whole addresses, and every column as it stands in the file."""

    subject: str
    object: str
    cells: Mapping[str, str]

    @property
    def denied(self) -> bool:
        """Whether a reviewer said that the two are not to be linked."""
        return self.cells.get("predicate_modifier", "").casefold() == "not"

    @property
    def reviewed(self) -> bool:
        """Whether it carries more than the importer writes."""
        return any(value for column, value in self.cells.items() if column not in _COLUMNS)


@dataclass(slots=True)
class Links:
    """What is on file, open to change until it is written."""

    triples: set[Triple] = field(default_factory=set)
    rows: dict[tuple[str, str], SssomRow] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = _COLUMNS

    def render(self) -> str:
        """Return the statements in the canonical layout."""
        return document(_COMMENT, [statements(self.triples)])

    def render_sssom(self) -> str:
        """Return the record: metadata as comments, then one row for each link, sorted."""
        used = {curie.partition(":")[0] for row in self.rows.values() for curie in _ids(row)}
        lines = [
            f"#mapping_set_id: {BASE}graph/data/links/links",
            "#mapping_set_title: Links from this graph to other registers",
            "#license: https://creativecommons.org/licenses/by/4.0/",
            "#curie_map:",
        ]
        lines += [f'#  {p}: "{self.prefixes[p]}"' for p in sorted(used & self.prefixes.keys())]
        body = io.StringIO()
        writer = csv.DictWriter(body, self.columns, delimiter="\t", lineterminator="\n", restval="")
        writer.writeheader()
        for key in sorted(self.rows, key=lambda pair: (natural_key(pair[0]), pair[1])):
            writer.writerow(dict(self.rows[key].cells))
        return "\n".join(lines) + "\n" + body.getvalue()


def _ids(row: SssomRow) -> tuple[str, ...]:
    columns = ("subject_id", "predicate_id", "object_id", "mapping_justification")
    return tuple(row.cells.get(column, "") for column in columns)


def read_sssom(path: Path) -> Links:
    """Return the record on file without the statements; raises ReadError."""
    links = Links()
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(path, str(error)) from error
    lines = text.splitlines(keepends=True)
    for line in lines:
        match = _PREFIX_LINE.fullmatch(line.rstrip("\n"))
        if match:
            links.prefixes[match[1]] = match[2]
    reader = csv.DictReader(
        (line for line in lines if not line.startswith("#")), delimiter="\t", restval=""
    )
    found = tuple(reader.fieldnames or ())
    links.columns = _COLUMNS + tuple(column for column in found if column not in _COLUMNS)
    for cells in reader:
        if None in cells:
            raise ReadError(path, f"row {reader.line_num} has more cells than columns")
        row = SssomRow(
            _expand(cells.get("subject_id", ""), links.prefixes),
            _expand(cells.get("object_id", ""), links.prefixes),
            dict(cells),
        )
        links.rows[row.subject, row.object] = row
    return links


def scheme_datatype(scheme: str) -> str:
    """Return the datatype of a register's codes (SKOS Reference, section 6.5.1)."""
    return f"{ID}identifier-scheme/{scheme}"


def add_identifiers(
    rows: Iterable[IdentifierRow],
    links: Links,
    things: Things,
    labels: Mapping[IRI, str],
    faults: list[Fault],
) -> tuple[str, ...]:
    """Take identifiers into `links`; returns notices about rows that concern nothing here."""
    skipped: dict[str, int] = {}
    wholes: dict[str, int] = {}
    for row in rows:
        kind = _kind(row, things)
        if kind is None:
            near = nearest(row.kind, things.kinds)
            if near:
                message = f"unknown kind {row.kind!r}; did you mean {near[0]}?"
                faults.append(row.at.fault("kind", message))
            skipped[row.kind] = skipped.get(row.kind, 0) + 1
            continue
        subject = things.find([kind], row.slug)
        if subject is None:
            faults.append(row.at.fault("slug", things.unknown([kind], row.slug)))
        elif row.iri and not is_web_address(row.iri):
            faults.append(row.at.fault("iri", f"{row.iri!r} is not a whole http(s) address"))
        elif not is_slug(row.scheme):
            faults.append(row.at.fault("scheme", f"{row.scheme!r} is no slug"))
        elif row.iri:
            _link(row, subject, links, labels)
        elif row.scheme in _OF_THE_WHOLE:
            wholes[row.scheme] = wholes.get(row.scheme, 0) + 1
        elif row.scheme not in _IN_REFERENCE:
            _note(row, subject, links)
    return _left_out(skipped, "of kind", "there are no things of that kind") + _left_out(
        wholes, "of register", "they are codes of what the thing is a part of"
    )


def _left_out(counts: Mapping[str, int], what: str, why: str) -> tuple[str, ...]:
    return tuple(
        f"identifiers left out: {count} {what} {name!r}, {why}"
        for name, count in sorted(counts.items())
    )


def _kind(row: IdentifierRow, things: Things) -> str | None:
    names = (row.kind, f"concept:{row.kind}")
    return next((name for name in names if name in things.kinds), None)


def _note(row: IdentifierRow, subject: IRI, links: Links) -> None:
    datatype = scheme_datatype(row.scheme)
    links.triples = {
        t
        for t in links.triples
        if not (
            t.subject == subject
            and t.predicate == NOTATION
            and isinstance(t.object, Literal)
            and t.object.datatype == datatype
        )
    }
    links.triples.add(Triple(subject, NOTATION, Literal(row.identifier, datatype)))


def _link(row: IdentifierRow, subject: IRI, links: Links, labels: Mapping[IRI, str]) -> None:
    target = IRI(row.iri)
    known = links.rows.get((subject, target))
    if known and (known.denied or known.reviewed):
        return
    certain = CLOSE_MATCH if _DOUBT.search(row.source) else EXACT_MATCH
    predicate = _OF_SOMETHING_NEAR.get(row.scheme, certain)
    links.triples = {t for t in links.triples if not (t.subject == subject and t.object == target)}
    links.triples.add(Triple(subject, predicate, target))
    cells = {
        "subject_id": _curie(subject, "cbrnid", ID, links.prefixes),
        "subject_label": labels.get(subject, ""),
        "predicate_id": _curie(predicate, "skos", SKOS_PREFIX, links.prefixes),
        "object_id": _curie(target, row.scheme, _namespace(row), links.prefixes),
        "mapping_justification": _JUSTIFICATION,
        "comment": row.source,
    }
    links.prefixes.setdefault("semapv", "https://w3id.org/semapv/vocab/")
    links.rows[subject, target] = SssomRow(subject, target, cells)


def _namespace(row: IdentifierRow) -> str:
    """Return the part of the address before the identifier; of a strange address, its folder."""
    head, found, _ = row.iri.rpartition(row.identifier)
    return head if found and head else row.iri.rpartition("/")[0] + "/"


def _curie(iri: str, prefix: str, namespace: str, prefixes: dict[str, str]) -> str:
    if prefixes.setdefault(prefix, namespace) == namespace:
        return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def _expand(curie: str, prefixes: Mapping[str, str]) -> str:
    prefix, _, local = curie.partition(":")
    return prefixes[prefix] + local if prefix in prefixes else curie
