"""What the tests of the ontology share: its graph, its own terms, its files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from rdflib import OWL, RDF, RDFS, Graph, Namespace, URIRef

ROOT = Path(__file__).resolve().parent.parent / "ontology"
BASE = "https://w3id.org/cbrngraph/"
CBRN = Namespace(BASE + "ontology#")
ID = Namespace(BASE + "id/")

CORE = ROOT / "cbrn.ttl"
MAPPING = ROOT / "mapping" / "claims-sheet.ttl"
SCHEMES = sorted((ROOT / "schemes").glob("*.ttl"))
ALIGNMENTS = sorted((ROOT / "alignments").glob("*.ttl"))

PROPERTY_TYPES = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)


@cache
def graph_of(*paths: Path) -> Graph:
    """Return what the files state together; the caller must not change it."""
    graph = Graph()
    for path in paths:
        graph.parse(path)
    return graph


def core() -> Graph:
    """Return the ontology proper."""
    return graph_of(CORE)


def mapping() -> Graph:
    """Return the mapping of the claims sheet."""
    return graph_of(MAPPING)


def everything() -> Graph:
    """Return ontology, schemes and mapping."""
    return graph_of(CORE, *SCHEMES, MAPPING)


def own_terms(graph: Graph) -> list[URIRef]:
    """Return the declared terms of our own namespace, sorted."""
    found = {
        term
        for kind in (OWL.Class, *PROPERTY_TYPES)
        for term in graph.subjects(RDF.type, kind)
        if isinstance(term, URIRef) and term in CBRN
    }
    return sorted(found)


def superclasses(graph: Graph, term: URIRef) -> set[URIRef]:
    """Return the named superclasses of a class, itself included."""
    found = graph.transitive_objects(term, RDFS.subClassOf)
    return {name for name in found if isinstance(name, URIRef)}
