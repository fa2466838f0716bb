"""The page of the ontology's terms and controlled lists, made from the Turtle.

`python -m tools.docs_terms` prints it; the documentation site calls `page`.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

__all__ = ["page"]

ONTOLOGY = Path(__file__).resolve().parent.parent / "ontology"
CBRN = Namespace("https://w3id.org/cbrngraph/ontology#")
PROPERTIES = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)


def page() -> str:
    """Return the page as Markdown: classes, properties by what they belong to, lists."""
    core = Graph().parse(ONTOLOGY / "cbrn.ttl")
    lines = [
        "# Terms",
        "",
        "Every class, property and controlled value, as the ontology defines them.",
        "[The data model](data-model.md) says how they fit together.",
        "",
        f"Names without a prefix belong to `cbrn:`, which is `{CBRN}`.",
        *_classes(core),
        *_properties(core),
        *_borrowed(core),
        *_lists(sorted((ONTOLOGY / "schemes").glob("*.ttl"))),
    ]
    return "\n".join(lines) + "\n"


def _classes(core: Graph) -> Iterator[str]:
    yield from ("", "## Classes", "", "| class | below | definition |", "| --- | --- | --- |")
    for term in _own(core, OWL.Class):
        above = ", ".join(sorted(_name(core, sup) for sup in core.objects(term, RDFS.subClassOf)))
        yield f"| `{_name(core, term)}` | {above} | {_text(core, term)} |"


def _properties(core: Graph) -> Iterator[str]:
    groups: dict[str, list[URIRef]] = defaultdict(list)
    for kind in PROPERTIES:
        for term in _own(core, kind):
            if not _companion(core, term):
                domain = core.value(term, RDFS.domain)
                groups[_name(core, domain) if domain else ""].append(term)
    yield from ("", "## Properties", "")
    yield "A date property has two companions that are not listed: its name with `Earliest` and"
    yield "with `Latest` gives the first and the last day that its value can mean."
    for group in sorted(groups):
        title = f"Of {group}" if group else "Of things of several kinds"
        yield from ("", f"### {title}", "", "| property | value | definition | more |")
        yield "| --- | --- | --- | --- |"
        for term in sorted(groups[group]):
            more = "; ".join(_facts(core, term))
            value = _value(core, term)
            yield f"| `{_name(core, term)}` | {value} | {_text(core, term)} | {more} |"


def _value(core: Graph, term: Node) -> str:
    if (None, CBRN.earliestOf, term) in core:
        return "date"
    found = core.value(term, RDFS.range)
    return _name(core, found) if found else ""


def _facts(core: Graph, term: URIRef) -> Iterator[str]:
    for name in core.objects(term, CBRN.sheetName):
        yield f"in a sheet `{name}`"
    if core.value(term, CBRN.singleValued):
        yield "one value at a time"
    if core.value(term, CBRN.timeVarying):
        yield "can change"
    for above in sorted(map(str, core.objects(term, RDFS.subPropertyOf))):
        yield f"implies `{_name(core, URIRef(above))}`"
    inverses = {*core.objects(term, OWL.inverseOf), *core.subjects(OWL.inverseOf, term)}
    for inverse in sorted(map(str, inverses)):
        yield f"inverse of `{_name(core, URIRef(inverse))}`"
    for chain in core.objects(term, OWL.propertyChainAxiom):
        steps = " then ".join(f"`{_name(core, step)}`" for step in Collection(core, chain))
        yield f"follows from {steps}"
    if (term, RDF.type, OWL.TransitiveProperty) in core:
        yield "transitive"


def _borrowed(core: Graph) -> Iterator[str]:
    yield from ("", "## Terms of other vocabularies", "", "| term | name | more |")
    yield "| --- | --- | --- |"
    labelled = {term for term in core.subjects(RDFS.label, None) if isinstance(term, URIRef)}
    for term in sorted(labelled):
        if term not in CBRN:
            label = core.value(term, RDFS.label)
            yield f"| `{_name(core, term)}` | {label} | {'; '.join(_facts(core, term))} |"


def _lists(files: Iterable[Path]) -> Iterator[str]:
    yield from ("", "## Controlled lists")
    for file in files:
        graph = Graph().parse(file)
        scheme = graph.value(predicate=RDF.type, object=SKOS.ConceptScheme)
        yield from ("", f"### {graph.value(scheme, SKOS.prefLabel)}", "")
        yield f"{graph.value(scheme, SKOS.definition)} Addresses begin with `id/{file.stem}/`."
        yield from ("", "| short name | label | definition |", "| --- | --- | --- |")
        for concept in _in_file_order(graph, file):
            slug = graph.value(concept, DCTERMS.identifier)
            label = graph.value(concept, SKOS.prefLabel)
            definition = graph.value(concept, SKOS.definition)
            yield f"| `{slug}` | {label} | {definition} |"


def _in_file_order(graph: Graph, file: Path) -> list[Node]:
    # The order of a list means something (planned, on-going, completed) and the graph forgets it.
    text = file.read_text("utf-8")

    def position(concept: Node) -> int:
        return text.find(f"<id/{file.stem}/{graph.value(concept, DCTERMS.identifier)}> a ")

    return sorted(graph.subjects(RDF.type, SKOS.Concept), key=position)


def _own(core: Graph, kind: URIRef) -> list[URIRef]:
    found = core.subjects(RDF.type, kind)
    return sorted(term for term in found if isinstance(term, URIRef) and term in CBRN)


def _companion(core: Graph, term: URIRef) -> bool:
    return bool(core.value(term, CBRN.earliestOf) or core.value(term, CBRN.latestOf))


def _name(core: Graph, term: Node) -> str:
    short = core.namespace_manager.normalizeUri(str(term))
    return short.removeprefix("cbrn:")


def _text(core: Graph, term: URIRef) -> str:
    example, note = core.value(term, SKOS.example), core.value(term, SKOS.scopeNote)
    parts = [str(core.value(term, SKOS.definition))]
    if isinstance(note, Literal):
        parts.append(str(note))
    if isinstance(example, Literal):
        parts.append(f"*Example:* {example}")
    return " ".join(parts).replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(page())
