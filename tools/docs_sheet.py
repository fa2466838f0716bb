"""Fill the generated parts of docs/claims-sheet.md: properties, kinds and controlled values.

They come from the mapping, the ontology and the schemes. `python -m tools.docs_sheet` writes the
page; with `--check` it only says (exit code 1) whether the page is out of date.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from cbrngraph.ingest.mapping import Rule, SheetMapping, load_mapping
from cbrngraph.ingest.tables import TABLES, columns
from cbrngraph.model import IRI, Literal
from cbrngraph.namespaces import CBRN, DCTERMS, PREFIXES, RDFS, SKOS
from cbrngraph.resources import Project
from cbrngraph.store import parse_file

__all__ = ["PAGE", "filled", "main", "parts"]

PAGE = Path(__file__).resolve().parent.parent / "docs" / "claims-sheet.md"
_PART = r"(<!-- generated: {} -->\n).*?(<!-- end -->)"


def main(argv: list[str] | None = None) -> int:
    """Write the page, or check it; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    args = parser.parse_args(argv)
    text = PAGE.read_text("utf-8")
    new = filled(text)
    if args.check and new != text:
        print(f"{PAGE.name} is out of date; run python -m tools.docs_sheet", file=sys.stderr)
        return 1
    if new != text:
        PAGE.write_text(new, "utf-8")
    return 0


def filled(text: str) -> str:
    """Return the page with its generated parts made anew.

    Raises ValueError when the page lacks the place for one of them.
    """
    for name, lines in parts().items():
        found = re.search(_PART.format(re.escape(name)), text, re.DOTALL)
        if found is None:
            raise ValueError(f"{PAGE.name} has no place for the generated part {name!r}")
        body = "\n".join(["", *lines, "", ""])
        text = text[: found.start()] + found[1] + body + found[2] + text[found.end() :]
    return text


def parts() -> dict[str, list[str]]:
    """Return the generated parts: name and lines of Markdown."""
    project = Project.open()
    mapping = load_mapping(project)
    words = _Words(project)
    return {
        "tables": list(_tables()),
        "properties": list(_properties(mapping, words)),
        "kinds": list(_kinds(mapping, words)),
        "values": list(_values(mapping, words)),
    }


class _Words:
    """Definitions, labels and slugs of everything that the ontology and the schemes describe."""

    def __init__(self, project: Project) -> None:
        self.definitions: dict[str, str] = {}
        self.labels: dict[str, str] = {}
        self.slugs: dict[str, str] = {}
        self.schemes: dict[str, list[str]] = {}
        self.single: set[str] = set()
        kept = {
            SKOS.definition: self.definitions,
            SKOS.prefLabel: self.labels,
            RDFS.label: self.labels,
            DCTERMS.identifier: self.slugs,
        }
        for file in project.ontology_files():
            for quad in parse_file(file.path):
                subject, predicate = str(quad.subject), str(quad.predicate)
                if predicate in kept and isinstance(quad.object, Literal):
                    kept[predicate].setdefault(subject, quad.object.value)
                elif predicate == SKOS.inScheme:
                    self.schemes.setdefault(str(quad.object), []).append(subject)
                elif predicate == CBRN.singleValued and str(quad.object) == "true":
                    self.single.add(subject)


def _tables() -> Iterator[str]:
    yield "| table | columns that it must have | columns that it may have |"
    yield "| --- | --- | --- |"
    for row_type in TABLES:
        required = ", ".join(f"`{name}`" for name, needed in columns(row_type) if needed)
        optional = ", ".join(f"`{name}`" for name, needed in columns(row_type) if not needed)
        yield f"| {row_type.TABLE} | {required} | {optional} |"


def _properties(mapping: SheetMapping, words: _Words) -> Iterator[str]:
    yield "| property | said of | value | one value | states |"
    yield "| --- | --- | --- | --- | --- |"
    for name, rules in mapping.rules.items():
        for rule in rules:
            said_of = ", ".join(rule.subject_kinds) or "anything"
            single = "yes" if _single(rule, words) else ""
            unit = f", unit ending in `{rule.unit_suffix}`" if rule.unit_suffix else ""
            cells = (f"`{name}`{unit}", said_of, _value(rule), single, _states(rule, words))
            yield f"| {' | '.join(cells)} |"


def _single(rule: Rule, words: _Words) -> bool:
    predicate = rule.maps_to or (rule.node.value_link if rule.node else None)
    return predicate in words.single


def _value(rule: Rule) -> str:
    if rule.value_kind != "slug":
        return {"edtf": "date", "iri": "web address", "string": "text"}.get(
            rule.value_kind, rule.value_kind
        )
    return "slug of " + " or ".join(kind.removeprefix("concept:") for kind in rule.target_kinds)


def _states(rule: Rule, words: _Words) -> str:
    if rule.maps_to and not rule.node:
        known = words.definitions.get(rule.maps_to) or f"({words.labels[rule.maps_to]})"
        return f"`{_curie(rule.maps_to)}` {known}"
    assert rule.node is not None
    more = [f"`{_curie(rule.maps_to)}`"] if rule.maps_to else []
    more += [
        words.labels[str(value)].lower() if isinstance(value, IRI) else str(value)
        for _, value in rule.node.constants
        if not isinstance(value, IRI) or str(value) in words.labels
    ]
    added = f" ({', '.join(more)})" if more else ""
    return f"a `{_curie(rule.node.type)}`{added}"


def _kinds(mapping: SheetMapping, words: _Words) -> Iterator[str]:
    yield "| kind | class | address |"
    yield "| --- | --- | --- |"
    for name, kind in mapping.kinds.items():
        if ":" not in name:
            yield f"| `{name}` | `{_curie(kind.type)}` | `id/{kind.segment}/` and the slug |"


def _values(mapping: SheetMapping, words: _Words) -> Iterator[str]:
    yield "| scheme | values |"
    yield "| --- | --- |"
    used = {
        kind for rules in mapping.rules.values() for rule in rules for kind in rule.target_kinds
    }
    used |= {
        f"concept:{name}"
        for name in (
            "document-kind",
            "reliability",
            "confidence",
            "organisation-kind",
            "priority-theme",
        )
    }
    for name in sorted(used & mapping.kinds.keys()):
        scheme = name.partition(":")[2]
        if scheme:
            concepts = words.schemes.get(f"https://w3id.org/cbrngraph/id/scheme/{scheme}", [])
            slugs = sorted(words.slugs[concept] for concept in concepts)
            yield f"| {scheme} | {', '.join(f'`{slug}`' for slug in slugs)} |"


def _curie(iri: str, prefixes: Mapping[str, str] = PREFIXES) -> str:
    for prefix, namespace in prefixes.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


if __name__ == "__main__":
    sys.exit(main())
