"""The ontology is OWL 2 DL in the RL profile, consistent, and each axiom entails something."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from rdflib import OWL, RDF, RDFS, XSD, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import BNode, Node

from cbrngraph.rules import N3Triple, Rules
from tests.ontology import ALIGNMENTS, BASE, CBRN, CORE, MAPPING, SCHEMES, core, graph_of

Axiom = tuple[str, tuple[tuple[Node, Node, Node], ...], tuple[Node, Node, Node]]

A, B, C = (URIRef("urn:test:" + name) for name in "abc")

# A small world with one example of each relation node, written as a source would state it.
EXAMPLE = """
@base <https://w3id.org/cbrngraph/> .
@prefix cbrn: <https://w3id.org/cbrngraph/ontology#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

<id/membership/KAZ-central-asia> a cbrn:RegionMembership ;
    cbrn:memberCountry <id/country/KAZ> ; cbrn:memberOfRegion <id/region/central-asia> .
<id/implementation/P053-ISTC-lead> a cbrn:LeadImplementation ;
    cbrn:roleInProject <id/project/P053> ; cbrn:roleHolder <id/organisation/ISTC> .
<id/project/P053> cbrn:hasLeadImplementation <id/implementation/P053-ISTC-lead> .
<id/implementation/P087-WHO-observer> a cbrn:OrganisationObservation ;
    cbrn:roleInProject <id/project/P087> ; cbrn:roleHolder <id/organisation/WHO> .
<id/project/P087> cbrn:hasProjectRole <id/implementation/P087-WHO-observer> .
<id/participation/P053-MNG-participant> a cbrn:Participation ;
    cbrn:participationOf <id/project/P053> ; cbrn:participatingCountry <id/country/MNG> .
<id/participation/P101-LBN-on-request> a cbrn:Participation ;
    cbrn:participationOf <id/project/P101> ; cbrn:onRequestCountry <id/country/LBN> .
<id/engagement/FPI-leads-eu-cbrn-coe> a cbrn:Leadership ;
    cbrn:engagedOrganisation <id/organisation/FPI> ; cbrn:engagedIn <id/initiative/eu-cbrn-coe> .
<id/organisation/FPI> cbrn:holdsLeadership <id/engagement/FPI-leads-eu-cbrn-coe> ;
    org:subOrganizationOf <id/organisation/COM> .
<id/organisation/COM> org:subOrganizationOf <id/organisation/EU> .
<id/focal-point/TJK> a cbrn:NationalFocalPoint ;
    cbrn:focalPointOf <id/country/TJK> ; cbrn:focalPointInstitution <id/organisation/NRSA-TJK> .
<id/plan/nap-UZB> a cbrn:Plan ; cbrn:planOf <id/country/UZB> .
<id/plan/rap-central-asia> a cbrn:Plan ; cbrn:planOf <id/region/central-asia> .
<id/plan/naq> a cbrn:Plan ; cbrn:developedBy <id/organisation/JRC> .
<id/budget/batch-1-19> a cbrn:Budget ; cbrn:budgetOf <id/plan/batch-1-19> .
<id/plan/batch-1-19> a cbrn:Plan .
<id/country/UZB> a cbrn:Country .
<id/region/central-asia> a cbrn:Region .
<id/organisation/JRC> a cbrn:Organisation .
<id/activity/exercise> cbrn:activityKind <id/activity-kind/tabletop-exercise> ;
    cbrn:activityPlace <id/place/tashkent> ; cbrn:participantCountry <id/country/UZB> .
<id/place/tashkent> cbrn:placeCountry <id/country/UZB> .
<id/secretariat/rs> cbrn:seat <id/place/tashkent> ; cbrn:servesRegion <id/region/central-asia> .
<id/project/P036> cbrn:followsProject <id/project/P032> .
<id/project/P074> cbrn:followsProject <id/project/P036> .
"""

CONCLUSIONS = """
@base <https://w3id.org/cbrngraph/> .
@prefix cbrn: <https://w3id.org/cbrngraph/ontology#> .

<id/country/KAZ> a cbrn:Country ; cbrn:partnerIn <id/region/central-asia> .
<id/region/central-asia> cbrn:hasPartner <id/country/KAZ> .
<id/project/P053> a cbrn:Project ; cbrn:implementedBy <id/organisation/ISTC> ;
    cbrn:hasProjectRole <id/implementation/P053-ISTC-lead> ;
    cbrn:hasParticipant <id/country/MNG> .
<id/organisation/ISTC> a cbrn:Organisation ; cbrn:implementsProject <id/project/P053> .
<id/implementation/P053-ISTC-lead> a cbrn:Implementation .
<id/country/MNG> cbrn:participatesIn <id/project/P053> .
<id/participation/P101-LBN-on-request> cbrn:participationCountry <id/country/LBN> .
<id/organisation/FPI> cbrn:leads <id/initiative/eu-cbrn-coe> ;
    cbrn:withinOrganisation <id/organisation/EU> .
<id/initiative/eu-cbrn-coe> cbrn:ledBy <id/organisation/FPI> .
<id/country/TJK> cbrn:focalPointOrganisation <id/organisation/NRSA-TJK> .
<id/plan/nap-UZB> a cbrn:NationalActionPlan .
<id/plan/rap-central-asia> a cbrn:RegionalActionPlan .
<id/plan/naq> a cbrn:NeedsAssessmentTool .
<id/plan/batch-1-19> a cbrn:FundingEnvelope .
<id/activity/exercise> a cbrn:Exercise , cbrn:Activity ; cbrn:activityCountry <id/country/UZB> ;
    cbrn:involvesCountry <id/country/UZB> .
<id/country/UZB> cbrn:involvedIn <id/activity/exercise> ; cbrn:hasPlan <id/plan/nap-UZB> .
<id/secretariat/rs> cbrn:locatedInCountry <id/country/UZB> ;
    cbrn:concernsRegion <id/region/central-asia> .
<id/project/P074> cbrn:followsTransitively <id/project/P032> .
<id/project/P032> cbrn:followedByProject <id/project/P036> .
"""

# What must not follow: an observer does not implement, and serving on request is no participation.
NOT_CONCLUSIONS = """
@base <https://w3id.org/cbrngraph/> .
@prefix cbrn: <https://w3id.org/cbrngraph/ontology#> .

<id/project/P087> cbrn:implementedBy <id/organisation/WHO> ;
    cbrn:hasImplementation <id/implementation/P087-WHO-observer> .
<id/country/LBN> cbrn:participatesIn <id/project/P101> .
<id/secretariat/rs> cbrn:hostCountry <id/country/UZB> .
<id/plan/nap-UZB> a cbrn:RegionalActionPlan , cbrn:FundingEnvelope .
"""


def parsed(text: str) -> Graph:
    """Return the graph of a Turtle text."""
    return Graph().parse(data=text, format="turtle")


def n3(triples: Iterator[tuple[Node, Node, Node]] | Graph) -> list[N3Triple]:
    """Return triples as N-Triples terms."""
    return [(s.n3(), p.n3(), o.n3()) for s, p, o in triples]


@cache
def rules() -> Rules:
    """Return the rules that the build makes of the ontology."""
    return Rules.compile(n3(core()))


# ---- What each axiom entails ----


def restriction(node: Node) -> tuple[tuple[Node, Node, Node], ...]:
    """Return the smallest facts about A that satisfy a class expression."""
    graph = core()
    if isinstance(node, URIRef):
        return ((A, RDF.type, node),)
    members = graph.value(node, OWL.intersectionOf)
    if members:
        return tuple(f for member in Collection(graph, members) for f in restriction(member))
    name, value = graph.value(node, OWL.onProperty), graph.value(node, OWL.hasValue)
    assert name
    if value:
        return ((A, name, value),)
    filler = graph.value(node, OWL.someValuesFrom)
    assert filler
    return ((A, name, B), (B, RDF.type, filler))


def axioms() -> Iterator[Axiom]:
    """Yield each entailing axiom of the ontology: its name, facts for it, what must follow."""
    graph = core()
    for left, right in graph.subject_objects(RDFS.subClassOf):
        name = f"{left if isinstance(left, URIRef) else 'expression'} subclass of {right}"
        yield name, restriction(left), (A, RDF.type, right)
    for left, right in graph.subject_objects(RDFS.subPropertyOf):
        yield f"{left} subproperty of {right}", ((A, left, B),), (A, right, B)
    for left, right in graph.subject_objects(OWL.inverseOf):
        yield f"{left} inverse of {right}", ((A, left, B),), (B, right, A)
        yield f"{right} inverse of {left}", ((A, right, B),), (B, left, A)
    for head, chain in graph.subject_objects(OWL.propertyChainAxiom):
        first, second = Collection(graph, chain)
        yield f"chain of {head}", ((A, first, B), (B, second, C)), (A, head, C)
    for term in graph.subjects(RDF.type, OWL.TransitiveProperty):
        yield f"{term} transitive", ((A, term, B), (B, term, C)), (A, term, C)
    for term in graph.subjects(RDF.type, OWL.SymmetricProperty):
        yield f"{term} symmetric", ((A, term, B),), (B, term, A)
    for term, kind in graph.subject_objects(RDFS.domain):
        yield f"domain of {term}", ((A, term, B),), (A, RDF.type, kind)
    for term, kind in graph.subject_objects(RDFS.range):
        if (kind, RDF.type, OWL.Class) in graph:
            yield f"range of {term}", ((A, term, B),), (B, RDF.type, kind)


def short(name: str) -> str:
    """Return the name of an axiom without its namespaces, for the name of its test."""
    return " ".join(word.rpartition("#")[2].rpartition("/")[2] for word in name.split())


CASES = [(short(name), facts, conclusion) for name, facts, conclusion in axioms()]


def test_there_are_axioms_of_each_sort() -> None:
    """The loop over the axioms runs over chains, inverses, domains and expressions."""
    names = [name for name, _, _ in CASES]
    for word, least in (("chain of", 11), ("inverse of", 40), ("domain of", 100), ("range of", 80)):
        assert sum(word in name for name in names) >= least, word
    assert sum(name.startswith("expression") for name in names) >= 28


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_axiom_entails_something(case: Axiom) -> None:
    """The facts that satisfy an axiom lead to its conclusion and do not state it already."""
    _, facts, conclusion = case
    assert conclusion not in facts
    entailed = rules().entail(n3(iter(facts)))
    assert n3(iter([conclusion]))[0] in entailed


def test_example_entails_by_rules() -> None:
    """The build's rules draw every conclusion of the example, and none of the wrong ones."""
    example = parsed(EXAMPLE)
    entailed = set(rules().entail(n3(example)))
    assert set(n3(parsed(CONCLUSIONS))) - set(n3(example)) <= entailed
    assert not set(n3(parsed(NOT_CONCLUSIONS))) & entailed


# ---- OWL 2 DL and its RL profile ----


def complex_properties(graph: Graph) -> set[Node]:
    """Return the properties that are not simple (OWL 2 Structural Specification, 11.1)."""
    found = set(graph.subjects(RDF.type, OWL.TransitiveProperty))
    found |= set(graph.subjects(OWL.propertyChainAxiom, None))
    while True:
        more = {sup for name in found for sup in graph.objects(name, RDFS.subPropertyOf)}
        more |= {other for name in found for other in graph.objects(name, OWL.inverseOf)}
        more |= {other for name in found for other in graph.subjects(OWL.inverseOf, name)}
        if more <= found:
            return found
        found |= more


def test_restricted_properties_are_simple() -> None:
    """No functional, asymmetric or irreflexive property is entailed by a chain or transitivity."""
    graph = graph_of(CORE, *ALIGNMENTS)
    complex_ = complex_properties(graph)
    assert CBRN.hasPartner in complex_
    for kind in (OWL.FunctionalProperty, OWL.AsymmetricProperty, OWL.IrreflexiveProperty):
        restricted = set(graph.subjects(RDF.type, kind))
        assert restricted
        assert restricted & complex_ == set()


def test_every_term_has_one_role() -> None:
    """No property is of two kinds, and every property and class in an axiom is declared."""
    graph = graph_of(CORE, *SCHEMES, MAPPING, *ALIGNMENTS)
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    roles = {p: [k for k in kinds if (p, RDF.type, k) in graph] for p in set(graph.predicates())}
    builtin = (str(RDF), str(RDFS), str(OWL))
    for name, found in roles.items():
        if not str(name).startswith(builtin):
            assert len(found) == 1, name
    used = {o for p in (RDFS.domain, OWL.someValuesFrom) for o in graph.objects(None, p)}
    used |= {o for s, o in graph.subject_objects(RDFS.subClassOf)}
    for name in used:
        assert (name, RDF.type, OWL.Class) in graph, name


def test_ontology_stays_within_the_rl_profile() -> None:
    """Only constructs of OWL 2 RL stand in the axioms, each on a side where RL allows it."""
    graph = graph_of(CORE, *ALIGNMENTS)
    vocabulary = {t for triple in graph for t in triple if isinstance(t, URIRef) and t in OWL}
    names = {
        *(
            "AllDisjointClasses AnnotationProperty AsymmetricProperty Class DatatypeProperty"
        ).split(),
        *("FunctionalProperty IrreflexiveProperty ObjectProperty Ontology Restriction").split(),
        *(
            "SymmetricProperty TransitiveProperty disjointWith hasValue imports intersectionOf"
        ).split(),
        *("inverseOf members onProperty propertyChainAxiom someValuesFrom").split(),
        *("versionIRI versionInfo").split(),
    }
    assert {str(term).removeprefix(str(OWL)) for term in vocabulary} <= names
    for sup in graph.objects(None, RDFS.subClassOf):
        assert isinstance(sup, URIRef), "an expression is allowed only on the left"
    datatypes = {XSD.string, XSD.integer, XSD.decimal, RDF.PlainLiteral, RDFS.Literal}
    for name in graph.subjects(RDF.type, OWL.DatatypeProperty):
        assert set(graph.objects(name, RDFS.range)) <= datatypes, name


# ---- HermiT ----


def reasoned(graph: Graph, folder: Path, *, values: bool = False) -> Any:
    """Return an owlready2 world with what HermiT infers from the graph."""
    if shutil.which("java") is None:
        pytest.skip("there is no Java runtime, which HermiT needs")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        owlready2 = pytest.importorskip("owlready2", reason="owlready2 is not installed")
    whole = Graph()
    whole += graph
    whole.remove((None, OWL.imports, None))
    path = folder / "ontology.nt"
    whole.serialize(path, format="nt", encoding="utf-8")
    world = owlready2.World()
    loaded = world.get_ontology("file://" + str(path)).load()
    with loaded:
        owlready2.sync_reasoner_hermit(world, infer_property_values=values, debug=0)
    return world


@pytest.mark.java
def test_hermit_finds_the_ontology_consistent(tmp_path: Path) -> None:
    """Ontology, schemes, mapping and alignments are consistent and no class is unsatisfiable."""
    graph = graph_of(CORE, *SCHEMES, MAPPING, *ALIGNMENTS)
    world = reasoned(graph, tmp_path)
    assert len(list(world.classes())) > 80
    assert list(world.inconsistent_classes()) == []


@pytest.mark.java
@pytest.mark.parametrize(
    "fault",
    [
        "<urn:x> a cbrn:Country , cbrn:Region .",
        "<urn:x> cbrn:seat <urn:y> . <urn:y> a cbrn:Country .",
        "<urn:x> cbrn:figureValue 1 , 2 .",
        "<urn:x> cbrn:followsProject <urn:y> . <urn:y> cbrn:followsProject <urn:x> .",
        '<urn:x> cbrn:amount "much" .',
    ],
)
def test_hermit_finds_a_contradiction(fault: str, tmp_path: Path) -> None:
    """Data that breaks a disjointness, a range or a functional property is inconsistent."""
    owlready2 = pytest.importorskip("owlready2")
    graph = Graph()
    graph += core()
    graph.parse(data=f"@prefix cbrn: <{BASE}ontology#> .\n{fault}", format="turtle")
    with pytest.raises(owlready2.OwlReadyInconsistentOntologyError):
        reasoned(graph, tmp_path)


@pytest.mark.java
def test_hermit_finds_a_class_that_cannot_have_members(tmp_path: Path) -> None:
    """A class below two disjoint ones is reported as unsatisfiable, so the check can fail."""
    graph = Graph()
    graph += core()
    for name in (CBRN.Country, CBRN.Region):
        graph.add((A, RDFS.subClassOf, name))
    graph.add((A, RDF.type, OWL.Class))
    world = reasoned(graph, tmp_path)
    found = {str(found.iri) for found in world.inconsistent_classes()}
    assert found - {str(OWL.Nothing)} == {str(A)}


@pytest.mark.java
def test_hermit_draws_the_same_conclusions(tmp_path: Path) -> None:
    """HermiT, which knows all of OWL 2 DL, draws each conclusion of the example too."""
    graph = Graph()
    graph += core()
    graph += parsed(EXAMPLE)
    world = reasoned(graph, tmp_path, values=True)

    def holds(triple: tuple[Node, Node, Node]) -> bool:
        subject, predicate, object_ = (world[str(term)] for term in triple)
        if triple[1] == RDF.type:
            return object_ in subject.INDIRECT_is_a
        found = getattr(subject, "INDIRECT_" + predicate.python_name)
        return object_ in (found if isinstance(found, list) else [found])

    assert [t for t in parsed(CONCLUSIONS) if not holds(t)] == []
    assert [t for t in parsed(NOT_CONCLUSIONS) if holds(t)] == []


def test_blank_nodes_stay_in_axioms() -> None:
    """Only class axioms and lists use blank nodes: every term has an address of its own."""
    for graph in (core(), graph_of(MAPPING), *(graph_of(path) for path in SCHEMES)):
        for node in {s for s in graph.subjects() if isinstance(s, BNode)}:
            kinds = set(graph.objects(node, RDF.type)) | set(graph.objects(node, RDF.first))
            assert kinds, node
    assert not [s for path in SCHEMES for s in graph_of(path).subjects() if isinstance(s, BNode)]
    assert Literal(True) in set(core().objects(CBRN.hostedBy, CBRN.singleValued))
