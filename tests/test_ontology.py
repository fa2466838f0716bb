"""Ontology, schemes, mapping and alignments are complete, documented and fit each other."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from tests.ontology import (
    ALIGNMENTS,
    BASE,
    CBRN,
    CORE,
    ID,
    MAPPING,
    PROPERTY_TYPES,
    ROOT,
    SCHEMES,
    core,
    everything,
    graph_of,
    mapping,
    own_terms,
    superclasses,
)
from tools import docs_terms

SENTENCE = re.compile(r"[A-Z].{20,}\.", re.DOTALL)
TERMS = own_terms(everything())
RULES = sorted(
    rule for rule in mapping().subjects(RDF.type, CBRN.SheetMapping) if isinstance(rule, URIRef)
)
VALUE_KINDS = {"string", "slug", "integer", "decimal", "edtf", "iri"}


def local(term: object) -> str:
    """Return the part of an address after the namespace, for the names of test cases."""
    return re.split(r"[#/]", str(term))[-1]


def texts(graph: Graph, subject: Node, predicate: URIRef) -> list[Literal]:
    """Return the literals of a property."""
    return [value for value in graph.objects(subject, predicate) if isinstance(value, Literal)]


# ---- Terms ----


def test_ontology_has_its_classes_and_properties() -> None:
    """The loops of this module run over all terms and not over an empty list."""
    assert len(TERMS) > 250
    assert len(RULES) > 106
    assert len(SCHEMES) == 19
    assert {path.stem for path in ALIGNMENTS} >= {"eurio", "frapo", "schema", "org", "prov", "oa"}


@pytest.mark.parametrize("term", TERMS, ids=local)
def test_term_is_documented(term: URIRef) -> None:
    """A term has one label, one definition in a full sentence, an example or note, a source."""
    graph = everything()
    (label,) = texts(graph, term, SKOS.prefLabel)
    assert label.language == "en"
    assert list(graph.objects(term, RDFS.label)) == [label]
    (definition,) = texts(graph, term, SKOS.definition)
    assert definition.language == "en"
    assert SENTENCE.fullmatch(definition), definition
    assert texts(graph, term, SKOS.example) or texts(graph, term, SKOS.scopeNote)
    assert len(list(graph.objects(term, DCTERMS.source))) == 1
    (home,) = graph.objects(term, RDFS.isDefinedBy)
    assert (home, RDF.type, OWL.Ontology) in graph


def test_names_tell_classes_from_properties() -> None:
    """A class begins with a capital, a property with a small letter, and no term is both."""
    graph = everything()
    for term in TERMS:
        is_class = (term, RDF.type, OWL.Class) in graph
        kinds = [kind for kind in PROPERTY_TYPES if (term, RDF.type, kind) in graph]
        assert local(term)[0].isupper() == is_class, term
        assert len(kinds) == (0 if is_class else 1), term


def test_definitions_differ() -> None:
    """No two terms have the same definition: one of them would be superfluous."""
    graph = everything()
    found = [str(graph.value(term, SKOS.definition)) for term in TERMS]
    assert len(set(found)) == len(found)


def test_every_address_in_use_is_declared() -> None:
    """Each term of ours that any ontology file mentions is declared (a misspelling is not)."""
    graph = graph_of(CORE, *SCHEMES, MAPPING, *ALIGNMENTS)
    mentioned = {
        term for triple in graph for term in triple if isinstance(term, URIRef) and term in CBRN
    }
    assert mentioned - set(TERMS) == set()


def test_every_term_is_used() -> None:
    """Each term stands in an axiom, mapping, scheme, datum or query, or follows from a chain."""
    graph = everything()
    used = {
        term
        for subject, predicate, object_ in graph
        for term in (predicate, object_)
        if term != subject
    } | set(graph.subjects(OWL.propertyChainAxiom, None))
    folders = [ROOT.parent / name for name in ("data", "queries", "ontology/shapes")]
    files = [path for folder in folders for path in folder.rglob("*.*")]
    if not any(path.suffix == ".trig" for path in files):
        pytest.skip("there is no data yet that could use the terms")
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for path in files
        if path.suffix in {".rq", ".trig", ".ttl"}
    )
    named = set(re.findall(r"\bcbrn:(\w+)", text))
    idle = [term for term in TERMS if term not in used and local(term) not in named]
    assert idle == []


def test_header_names_version_and_licence() -> None:
    """The ontology states title, description, version address and licence."""
    ontology = URIRef(BASE + "ontology")
    graph = core()
    for name in (DCTERMS.title, DCTERMS.description, OWL.versionIRI):
        assert graph.value(ontology, name), name
    licence = URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert graph.value(ontology, DCTERMS.license) == licence


def test_single_valued_properties_are_functional() -> None:
    """A single-valued property of our own is functional, and its date companions are too."""
    graph = core()
    found = [p for p in TERMS if (p, CBRN.singleValued, Literal(True)) in graph]
    assert len(found) > 40
    for name in found:
        assert (name, RDF.type, OWL.FunctionalProperty) in graph, name
    for kind in (CBRN.earliestOf, CBRN.latestOf):
        for companion, date in graph.subject_objects(kind):
            same = graph.value(companion, CBRN.singleValued) == graph.value(date, CBRN.singleValued)
            assert same, companion
            suffix = "Earliest" if kind == CBRN.earliestOf else "Latest"
            assert local(companion) == local(date) + suffix


def test_page_of_terms_names_each_of_them() -> None:
    """The documentation lists every term of the core but date companions, and every concept."""
    page = docs_terms.page()
    graph = core()
    for term in own_terms(graph):
        dated = graph.value(term, CBRN.earliestOf) or graph.value(term, CBRN.latestOf)
        assert (f"\n| `{local(term)}` |" in page) != bool(dated), term
    for path in SCHEMES:
        for concept in graph_of(path).subjects(RDF.type, SKOS.Concept):
            assert f"\n| `{local(concept)}` |" in page, concept


# ---- Schemes ----


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_scheme_is_complete(path: Path) -> None:
    """A file holds one scheme of its name, whose concepts are labelled, defined and reachable."""
    graph = graph_of(path)
    scheme = ID["scheme/" + path.stem]
    assert set(graph.subjects(RDF.type, SKOS.ConceptScheme)) == {scheme}
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    assert concepts
    for concept in concepts | {scheme}:
        (label,) = texts(graph, concept, SKOS.prefLabel)
        (definition,) = texts(graph, concept, SKOS.definition)
        assert label.language == definition.language == "en"
        assert SENTENCE.fullmatch(definition), definition
        assert graph.value(concept, DCTERMS.identifier) == Literal(local(concept))
    for concept in concepts:
        assert str(concept) == f"{ID}{path.stem}/{local(concept)}"
        assert set(graph.objects(concept, SKOS.inScheme)) == {scheme}
        top = set(graph.objects(concept, SKOS.topConceptOf)) == {scheme}
        assert top != bool(set(graph.objects(concept, SKOS.broader)) & concepts), concept


def test_concepts_of_a_scheme_share_the_class_of_its_kind() -> None:
    """The mapping names for each scheme the class that its concepts have."""
    graph = everything()
    kinds = list(graph.subject_objects(CBRN.kindScheme))
    assert {scheme for _, scheme in kinds} == {ID["scheme/" + path.stem] for path in SCHEMES}
    for kind, scheme in kinds:
        for concept in graph.subjects(SKOS.inScheme, scheme):
            expected = {SKOS.Concept, graph.value(kind, CBRN.kindClass)}
            assert set(graph.objects(concept, RDF.type)) == expected, concept


def test_ranks_tell_the_better_apart() -> None:
    """Reliability and confidence rank their concepts from 1, without a tie."""
    for name, size in (("reliability", 2), ("confidence", 3)):
        graph = graph_of(ROOT / "schemes" / f"{name}.ttl")
        ranks = sorted(int(str(rank)) for rank in graph.objects(None, CBRN.rank))
        assert ranks == list(range(1, size + 1))


def test_kind_of_an_activity_always_has_a_class() -> None:
    """Each activity kind puts an activity into exactly one class by a has-value axiom."""
    graph = everything()
    kinds = set(graph.subjects(SKOS.inScheme, ID["scheme/activity-kind"]))
    classed = [
        graph.value(restriction, OWL.hasValue)
        for restriction in graph.subjects(OWL.onProperty, CBRN.activityKind)
    ]
    assert sorted(map(str, classed)) == sorted(map(str, kinds))


# ---- Mapping of the claims sheet ----


@pytest.mark.parametrize("rule", RULES, ids=local)
def test_mapping_states_something_sensible(rule: URIRef) -> None:
    """A mapping has a value kind and a property or a whole node, made of declared terms."""
    graph = everything()
    (kind,) = graph.objects(rule, CBRN.valueKind)
    assert str(kind) in VALUE_KINDS
    assert bool(list(graph.objects(rule, CBRN.targetKind))) == (str(kind) == "slug")
    node = graph.value(rule, CBRN.nodeClass)
    assert node or graph.value(rule, CBRN.mapsTo)
    if node:
        for name in (CBRN.nodeSegment, CBRN.nodeKey, CBRN.subjectLink, CBRN.valueLink):
            assert graph.value(rule, name), name
        fields = set(re.findall(r"{(\w+)}", str(graph.value(rule, CBRN.nodeKey))))
        assert "subject" in fields
        assert fields <= {"subject", "value", "unit"}
    for name in (CBRN.mapsTo, CBRN.subjectLink, CBRN.subjectInverseLink, CBRN.valueLink):
        for term in graph.objects(rule, name):
            assert any((term, RDF.type, kind) in graph for kind in PROPERTY_TYPES), term


def fits(graph: Graph, kinds: list[str], limit: URIRef | None) -> bool:
    """Whether all kinds of thing are allowed by the domain or range of a property."""
    if limit is None:
        return True
    classes = {
        str(graph.value(kind, CBRN.kindName)): graph.value(kind, CBRN.kindClass)
        for kind in graph.subjects(RDF.type, CBRN.SheetKind)
    }
    found = [classes[kind] for kind in kinds]
    return bool(found) and all(
        isinstance(name, URIRef) and limit in superclasses(graph, name) for name in found
    )


@pytest.mark.parametrize("rule", RULES, ids=local)
def test_mapping_keeps_domains_and_ranges(rule: URIRef) -> None:
    """What a row may name is what the property's domain and range allow."""
    graph = everything()
    subjects = [str(kind) for kind in graph.objects(rule, CBRN.subjectKind)]
    targets = [str(kind) for kind in graph.objects(rule, CBRN.targetKind)]

    def limit(name: URIRef, side: URIRef) -> URIRef | None:
        term = graph.value(rule, name)
        found = graph.value(term, side) if term else None
        return found if isinstance(found, URIRef) else None

    assert fits(graph, subjects, limit(CBRN.mapsTo, RDFS.domain))
    assert fits(graph, subjects, limit(CBRN.subjectLink, RDFS.range))
    assert fits(graph, subjects, limit(CBRN.subjectInverseLink, RDFS.domain))
    if targets:
        assert fits(graph, targets, limit(CBRN.mapsTo, RDFS.range))
        assert fits(graph, targets, limit(CBRN.valueLink, RDFS.range))
    node = graph.value(rule, CBRN.nodeClass)
    if isinstance(node, URIRef):
        for name in (CBRN.subjectLink, CBRN.valueLink):
            domain = limit(name, RDFS.domain)
            assert domain is None or domain in superclasses(graph, node)
        inverse = limit(CBRN.subjectInverseLink, RDFS.range)
        assert inverse is None or inverse in superclasses(graph, node)


def test_mapping_and_ontology_agree_on_names() -> None:
    """A property that a row maps to carries the row's name, and no name leads nowhere."""
    graph = everything()
    names = {str(name) for rule in RULES for name in graph.objects(rule, CBRN.sheetName)}
    for rule in RULES:
        for term in graph.objects(rule, CBRN.mapsTo):
            assert graph.value(rule, CBRN.sheetName) in set(graph.objects(term, CBRN.sheetName)), (
                term
            )
    for term in set(core().subjects(CBRN.sheetName, None)):
        assert {str(name) for name in graph.objects(term, CBRN.sheetName)} <= names, term


def test_date_rows_map_to_properties_with_companions() -> None:
    """A row whose value is a date maps to a property that has an earliest and a latest day."""
    graph = everything()
    dates = [rule for rule in RULES if graph.value(rule, CBRN.valueKind) == Literal("edtf")]
    assert len(dates) > 10
    for rule in dates:
        term = graph.value(rule, CBRN.mapsTo)
        assert graph.value(predicate=CBRN.earliestOf, object=term), term
        assert graph.value(predicate=CBRN.latestOf, object=term), term


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.shared
def test_mapping_covers_every_property_of_the_sheet(shared: Path) -> None:
    """Each property of the facts is mapped, with its value kind, targets and cardinality."""
    graph = everything()
    properties = {row["property"]: row for row in rows(shared / "facts" / "properties.csv")}
    mapped = {str(graph.value(rule, CBRN.sheetName)) for rule in RULES}
    assert mapped == set(properties)
    for rule in RULES:
        row = properties[str(graph.value(rule, CBRN.sheetName))]
        assert graph.value(rule, CBRN.valueKind) == Literal(row["value_kind"]), rule
        targets = {str(kind) for kind in graph.objects(rule, CBRN.targetKind)}
        assert targets == set(filter(None, row["target"].split(","))), rule
        for term in graph.objects(rule, CBRN.mapsTo):
            varies = graph.value(term, CBRN.timeVarying) == Literal(True)
            assert varies == (row["time_varying"] == "yes"), term


@pytest.mark.shared
def test_every_claim_has_one_mapping(shared: Path) -> None:
    """For each row of the facts exactly one mapping applies, by property, kind and unit."""
    graph = mapping()
    by_name: dict[str, list[tuple[set[str], str]]] = {}
    for rule in RULES:
        kinds = {str(kind) for kind in graph.objects(rule, CBRN.subjectKind)}
        suffix = str(graph.value(rule, CBRN.unitSuffix) or "")
        by_name.setdefault(str(graph.value(rule, CBRN.sheetName)), []).append((kinds, suffix))
    claims = rows(shared / "facts" / "claims.csv")
    assert len(claims) == 1841
    for claim in claims:
        fitting = [
            suffix
            for kinds, suffix in by_name[claim["property"]]
            if not kinds or claim["subject_kind"] in kinds
        ]
        exact = [suffix for suffix in fitting if suffix and claim["unit"].endswith(suffix)]
        assert len(exact or [suffix for suffix in fitting if not suffix]) == 1, claim


@pytest.mark.shared
def test_schemes_hold_every_controlled_value_of_the_sheet(shared: Path) -> None:
    """Each concept and each kind of organisation of the facts is a concept with that label."""
    graph = everything()
    for row in rows(shared / "facts" / "concepts.csv"):
        concept = ID[f"{row['scheme']}/{row['slug']}"]
        assert graph.value(concept, SKOS.prefLabel) == Literal(row["label"], lang="en"), concept
    kinds = {row["kind"] for row in rows(shared / "facts" / "organisations.csv")}
    assert len(kinds) > 10
    for kind in kinds:
        assert (ID["organisation-kind/" + kind], RDF.type, CBRN.OrganisationKind) in graph, kind
    for row in rows(shared / "facts" / "priorities.csv"):
        themes = set(graph.subjects(CBRN.themeOf, ID["priority/" + row["slug"]]))
        assert len(themes) == 1, row["slug"]


# ---- Alignments ----


@pytest.mark.parametrize("path", ALIGNMENTS, ids=lambda path: path.stem)
def test_alignment_links_terms_that_exist(path: Path) -> None:
    """An alignment imports the core and links declared terms of ours to terms it declares."""
    graph = graph_of(path)
    (home,) = graph.subjects(RDF.type, OWL.Ontology)
    assert (home, OWL.imports, URIRef(BASE + "ontology")) in graph
    declared = set(everything().subjects()) | set(graph.subjects(RDF.type, None))
    links = (
        RDFS.subClassOf,
        RDFS.subPropertyOf,
        SKOS.closeMatch,
        SKOS.broadMatch,
        SKOS.narrowMatch,
    )
    found = [(s, p, o) for p in links for s, o in graph.subject_objects(p)]
    assert found
    for subject, predicate, object_ in found:
        assert subject in declared, subject
        assert object_ in declared or path.stem == "eurovoc", object_
        if predicate == RDFS.subPropertyOf:
            kind = set(core().objects(subject, RDF.type)) & set(PROPERTY_TYPES)
            assert kind <= set(graph.objects(object_, RDF.type)), subject


@pytest.mark.shared
def test_matches_with_eurovoc_are_known_identifiers(shared: Path) -> None:
    """Each EuroVoc concept that is matched stands in the table of identifiers."""
    known = {row["iri"] for row in rows(shared / "facts" / "identifiers.csv")}
    graph = graph_of(ROOT / "alignments" / "eurovoc.ttl")
    found = {str(o) for o in graph.objects() if str(o).startswith("http://eurovoc.europa.eu/")}
    assert len(found) > 10
    assert found <= known
