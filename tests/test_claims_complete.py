"""Nothing of the claims is lost: every row is counted in and found in the graph.

The expected statements are written down here by hand, not taken from the mapping that the
importer reads, so that a wrong mapping is found too.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cbrngraph.dates import parse
from cbrngraph.model import IRI, Literal, Term, Triple
from cbrngraph.store import parse_file

BASE = "https://w3id.org/cbrngraph/"
CBRN = BASE + "ontology#"
XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIXES = {
    "cbrn": CBRN,
    "dcterms": "http://purl.org/dc/terms/",
    "org": "http://www.w3.org/ns/org#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}
DATA = Path(__file__).resolve().parent.parent / "data"

# Rows that are not in the graph, each with its reason. There are none.
EXCEPTIONS: dict[str, str] = {}

# property: (term, what the value is); a word that is no kind of literal is a part of an address.
DIRECT: dict[str, tuple[str, str]] = {
    "title": ("dcterms:title", "text"),
    "name-variant": ("skos:altLabel", "text"),
    "acronym": ("cbrn:acronym", "text"),
    "number": ("cbrn:number", "text"),
    "region-code": ("cbrn:regionCode", "text"),
    "description": ("dcterms:description", "text"),
    "website": ("schema:url", "address"),
    "contact-email": ("schema:email", "text"),
    "section-heading": ("cbrn:sectionHeading", "text"),
    "sheet-issued": ("cbrn:sheetIssued", "date"),
    "framework": ("cbrn:framework", "initiative"),
    "programme": ("cbrn:programme", "programme"),
    "preliminary-region": ("cbrn:preliminaryRegion", "region"),
    "participates-since": ("cbrn:participatesSince", "date"),
    "established": ("cbrn:established", "date"),
    "inaugurated": ("cbrn:inaugurated", "date"),
    "memorandum-signed": ("cbrn:memorandumSigned", "date"),
    "seat-city": ("cbrn:seat", "place"),
    "host-country": ("cbrn:hostCountry", "country"),
    "host-organisation": ("cbrn:hostedBy", "organisation"),
    "head-organisation": ("cbrn:headedBy", "organisation"),
    "parent-organisation": ("org:subOrganizationOf", "organisation"),
    "country": ("cbrn:organisationCountry", "country"),
    "goal": ("cbrn:goal", "text"),
    "objective": ("cbrn:objective", "text"),
    "risk-keyword": ("cbrn:riskKeyword", "text"),
    "risk-origin": ("cbrn:riskOrigin", "risk-origin"),
    "priority": ("cbrn:hasPriority", "priority"),
    "addresses-priority": ("cbrn:addressesPriority", "priority"),
    "cbrn-category": ("cbrn:cbrnCategory", "cbrn-category"),
    "cbrn-area": ("cbrn:cbrnArea", "cbrn-area"),
    "represented-country": ("cbrn:representedCountry", "country"),
    "observer-country": ("cbrn:observerCountry", "country"),
    "partner-status": ("cbrn:partnerStatus", "partner-status"),
    "partner-since": ("cbrn:partnerSince", "date"),
    "ongoing-project": ("cbrn:ongoingProject", "project"),
    "role-description": ("cbrn:roleDescription", "text"),
    "funding-instrument": ("cbrn:fundingInstrument", "instrument"),
    "contract-reference": ("cbrn:contractReference", "text"),
    "dac-code": ("cbrn:dacCode", "text"),
    "delivery-channel": ("cbrn:deliveryChannel", "text"),
    "sdg": ("cbrn:sdg", "text"),
    "legal-basis": ("cbrn:legalBasis", "text"),
    "start": ("cbrn:start", "date"),
    "end": ("cbrn:end", "date"),
    "period": ("cbrn:period", "date"),
    "duration-months": ("cbrn:durationMonths", "integer"),
    "status": ("cbrn:status", "status"),
    "launched": ("cbrn:launched", "date"),
    "follows-project": ("cbrn:followsProject", "project"),
    "results": ("cbrn:result", "text"),
    "activity-kind": ("cbrn:activityKind", "activity-kind"),
    "activity-date": ("cbrn:activityDate", "date"),
    "activity-place": ("cbrn:activityPlace", "place"),
    "activity-country": ("cbrn:activityCountry", "country"),
    "within-project": ("cbrn:withinProject", "project"),
    "organiser": ("cbrn:organisedBy", "organisation|initiative|project|secretariat"),
    "delivery-partner": ("cbrn:deliveredBy", "organisation"),
    "beneficiary": ("cbrn:benefits", "organisation"),
    "topic": ("cbrn:topic", "text"),
    "purpose": ("cbrn:purpose", "text"),
    "preceded-by": ("cbrn:precededBy", "activity"),
    "plan-of": ("cbrn:planOf", "country|region"),
    "plan-status": ("cbrn:planStatus", "plan-status"),
    "plan-period": ("cbrn:planPeriod", "date"),
    "developed-by": ("cbrn:developedBy", "organisation"),
    "reports-to": ("cbrn:reportsTo", "role"),
    "supported-by": ("cbrn:supportedBy", "role"),
    "leads-role": ("cbrn:leadsRole", "role"),
    "in-use-from": ("cbrn:inUseFrom", "date"),
    "in-use-until": ("cbrn:inUseUntil", "date"),
    "lead-implementer": ("cbrn:leadImplementer", "organisation"),
}
# (property, subject kind): where what is stated depends on the kind.
BY_KIND: dict[tuple[str, str], tuple[str, str]] = {
    ("region", "secretariat"): ("cbrn:servesRegion", "region"),
    ("region", "project"): ("cbrn:coversRegion", "region"),
    ("region", "activity"): ("cbrn:concernsRegion", "region"),
    ("participant-country", "activity"): ("cbrn:participantCountry", "country"),
}


@dataclass(frozen=True, slots=True)
class Node:
    """A node as it is expected: its address, class, the two links, and the rest.

    `more` are statements about the node, `inverse` leads from the subject to it.
    """

    path: str
    cls: str
    to_subject: str
    to_value: str
    value: str
    more: tuple[tuple[str, str], ...] = ()
    inverse: str = ""


def _project_role(suffix: str, cls: str, inverse: str, kind: str) -> Node:
    return Node(
        f"implementation/{{s}}-{{v}}-{suffix}",
        cls,
        "cbrn:roleInProject",
        "cbrn:roleHolder",
        "organisation",
        (("cbrn:projectRoleKind", f"project-role/{kind}"),),
        inverse,
    )


def _engagement(kind: str, cls: str, inverse: str) -> Node:
    return Node(
        f"engagement/{{s}}-{kind}-{{v}}",
        cls,
        "cbrn:engagedOrganisation",
        "cbrn:engagedIn",
        "initiative|project|secretariat",
        (("cbrn:engagementKind", f"engagement-kind/{kind}"),),
        inverse,
    )


def _figure(measure: str, bound: str = "exact", key: str = "") -> Node:
    return Node(
        f"figure/{{s}}-{key or measure}",
        "ReportedFigure",
        "cbrn:figureOf",
        "cbrn:figureValue",
        "integer",
        (("cbrn:measure", f"measure/{measure}"), ("cbrn:bound", f"bound/{bound}")),
    )


def _participation(kind: str, to_value: str) -> Node:
    return Node(
        f"participation/{{s}}-{{v}}-{kind}",
        "Participation",
        "cbrn:participationOf",
        to_value,
        "country",
        (("cbrn:participationKind", f"participation-kind/{kind}"),),
    )


NODES: dict[str, Node] = {
    "partner-country": Node(
        "membership/{v}-{s}",
        "RegionMembership",
        "cbrn:memberOfRegion",
        "cbrn:memberCountry",
        "country",
    ),
    "participant-country": _participation("participant", "cbrn:participatingCountry"),
    "on-request-country": _participation("on-request", "cbrn:onRequestCountry"),
    "implementer": _project_role(
        "implementer", "Implementation", "cbrn:hasImplementation", "implementer"
    ),
    "lead-implementer": _project_role(
        "lead", "LeadImplementation", "cbrn:hasLeadImplementation", "lead"
    ),
    "consortium-member": _project_role(
        "member", "ConsortiumMembership", "cbrn:hasImplementation", "consortium-member"
    ),
    "coordinator": _project_role(
        "coordinator", "Coordination", "cbrn:hasProjectRole", "coordinator"
    ),
    "observer-organisation": _project_role(
        "observer", "OrganisationObservation", "cbrn:hasProjectRole", "observer"
    ),
    "contractor-candidate": _project_role(
        "candidate", "ContractorCandidacy", "cbrn:hasProjectRole", "contractor-candidate"
    ),
    "leads": _engagement("leads", "Leadership", "cbrn:holdsLeadership"),
    "funds": _engagement("funds", "Funding", "cbrn:holdsFunding"),
    "implements": _engagement("implements", "Execution", "cbrn:holdsExecution"),
    "coordinates": _engagement("coordinates", "ProgrammeCoordination", "cbrn:holdsCoordination"),
    "technical-support": _engagement(
        "technical-support", "TechnicalSupport", "cbrn:holdsTechnicalSupport"
    ),
    "focal-point-organisation": Node(
        "focal-point/{s}",
        "NationalFocalPoint",
        "cbrn:focalPointOf",
        "cbrn:focalPointInstitution",
        "organisation",
    ),
    "budget-eur": Node(
        "budget/{s}",
        "Budget",
        "cbrn:budgetOf",
        "cbrn:amount",
        "decimal",
        (("cbrn:currency", "'EUR"),),
    ),
    "partner-countries-count": _figure("partner-countries"),
    "partner-countries-total": _figure("partner-countries-total"),
    "partner-countries-total-min": _figure(
        "partner-countries-total", "at-least", "partner-countries-total-min"
    ),
    "regions-total": _figure("regions"),
    "focal-points-appointed-count": _figure("focal-points"),
    "national-teams-count": _figure("national-teams"),
    "nap-in-preparation-count": _figure("nap-in-preparation"),
    "nap-developed-count": _figure("nap-developed"),
    "projects-total-count": _figure("projects-total"),
    "projects-ongoing-count": _figure("projects-ongoing"),
    "projects-bio-count": _figure("projects-bio"),
    "participant-countries-count": _figure("participant-countries"),
    "partner-rank": _figure("partner-rank"),
    "participants-count": _figure("participants", key="participants-{u}"),
    "participants-count-min": _figure("participants", "at-least", "participants-min-{u}"),
    "trained-count": _figure("trained", key="trained-{u}"),
    "trained-count-min": _figure("trained", "at-least", "trained-min-{u}"),
    "items-count": _figure("items", key="items-{u}"),
}
# A unit that says of what kind the number is: (ending, bound, word in the address).
UNIT_BOUNDS = (
    (" (more than)", "at-least", "items-min-"),
    (" (up to)", "at-most", "items-max-"),
    (" (around)", "approximate", "items-approx-"),
)


@dataclass(slots=True)
class Graph:
    """The committed data: what stands in no graph, what each passage states, who backs what."""

    described: dict[IRI, set[Triple]] = field(default_factory=lambda: defaultdict(set))
    stated: dict[IRI, set[Triple]] = field(default_factory=lambda: defaultdict(set))
    passages: dict[str, list[IRI]] = field(default_factory=lambda: defaultdict(list))


@pytest.fixture(scope="module")
def claims(shared: Path) -> list[dict[str, str]]:
    """The rows of the claims table, as the csv module reads them."""
    with (shared / "facts" / "claims.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def graph() -> Graph:
    """The committed data of all sources."""
    found = Graph()
    paths = sorted((DATA / "sources").glob("*.trig"))
    assert len(paths) > 200
    for path in paths:
        for quad in parse_file(path):
            assert isinstance(quad.subject, IRI)
            triple = Triple(quad.subject, quad.predicate, quad.object)
            if isinstance(quad.graph, IRI):
                found.stated[quad.graph].add(triple)
            else:
                found.described[quad.subject].add(triple)
                if quad.predicate == CBRN + "claim":
                    found.passages[str(quad.object)].append(quad.subject)
    return found


def test_every_claim_is_found_in_the_graph(claims: list[dict[str, str]], graph: Graph) -> None:
    """Each row stands behind one passage of its source, which states what the row says."""
    assert len(claims) == 1841
    missing = {row["claim_id"]: text for row in claims if (text := _missing(row, graph))}
    assert missing == {claim: missing.get(claim, "") for claim in EXCEPTIONS}


def test_a_lost_statement_would_be_found(claims: list[dict[str, str]], graph: Graph) -> None:
    """With any one statement of a claim taken away, the claim counts as missing."""
    checked = 0
    for row in claims[::40]:
        (passage,) = graph.passages[row["claim_id"]]
        for triple in _expected(row, graph.stated[passage]):
            graph.stated[passage].remove(triple)
            assert _missing(row, graph), (row, triple)
            graph.stated[passage].add(triple)
            checked += 1
    assert checked > 40


def test_the_graph_has_no_claim_that_the_sheet_has_not(
    claims: list[dict[str, str]], graph: Graph
) -> None:
    """Ids in the graph are the ids of the sheet, each of them once."""
    ids = [row["claim_id"] for row in claims]
    assert len(set(ids)) == len(ids)
    assert set(graph.passages) == set(ids) - EXCEPTIONS.keys()
    assert {len(passages) for passages in graph.passages.values()} == {1}


def test_passages_state_nothing_but_their_claims(
    claims: list[dict[str, str]], graph: Graph
) -> None:
    """Every statement in a passage is one that a row of it makes."""
    expected: dict[IRI, set[Triple]] = defaultdict(set)
    for row in claims:
        for passage in graph.passages[row["claim_id"]]:
            expected[passage] |= _expected(row, graph.stated[passage])
    assert len(expected) > 1500
    assert {p for p in graph.stated if graph.stated[p] - expected[p]} == set()


def test_every_property_of_the_sheet_is_expected_here(shared: Path) -> None:
    """The tables above cover all properties, and no others."""
    with (shared / "facts" / "properties.csv").open(encoding="utf-8", newline="") as file:
        properties = {row["property"] for row in csv.DictReader(file)}
    covered = DIRECT.keys() | NODES.keys() | {name for name, _ in BY_KIND}
    assert covered == properties


def test_every_source_is_described(shared: Path, graph: Graph) -> None:
    """All columns of the sources table stand in the description of the source."""
    with (shared / "facts" / "sources.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 203
    for row in rows:
        iri = IRI(f"{BASE}source/{row['source_id']}")
        expected = {
            Triple(iri, _term("rdf:type"), IRI(CBRN + "SourceDocument")),
            Triple(iri, _term("cbrn:documentKind"), _thing("document-kind", row["kind"])),
            Triple(iri, _term("cbrn:reliability"), _thing("reliability", row["reliability"])),
        }
        for name, column in (
            ("dcterms:identifier", "source_id"),
            ("dcterms:title", "title"),
            ("dcterms:publisher", "publisher"),
            ("dcterms:language", "language"),
            ("cbrn:fileName", "file"),
        ):
            if row[column]:
                expected.add(Triple(iri, _term(name), Literal(row[column])))
        for name, column in (("schema:url", "url"), ("cbrn:foundAt", "found_at")):
            if row[column]:
                expected.add(Triple(iri, _term(name), IRI(row[column])))
        if row["issued"]:
            expected |= _date(iri, "dcterms:issued", row["issued"])
        assert expected <= graph.described[iri], row["source_id"]


def test_fact_sheets_carry_the_checksum_of_their_document(shared: Path, graph: Graph) -> None:
    """The SHA-256 of both fact sheets is the one of the file that they name."""
    found = 0
    for iri, triples in graph.described.items():
        values = {t.predicate: str(t.object) for t in triples}
        if CBRN + "fileName" not in values:
            continue
        document = shared / "sources" / values[IRI(CBRN + "fileName")]
        digest = hashlib.sha256(document.read_bytes()).hexdigest()
        assert values[IRI(CBRN + "sha256")] == digest, iri
        found += 1
    assert found == 2


def test_names_and_codes_of_the_tables_are_reference_data(shared: Path) -> None:
    """Every slug of the tables of things has its address, slug and label."""
    said = defaultdict(set)
    for path in sorted((DATA / "reference").glob("*.ttl")):
        for quad in parse_file(path):
            said[str(quad.subject)].add((str(quad.predicate), str(quad.object)))
    counts: Counter[str] = Counter()
    for table, label in (
        ("countries", "name"),
        ("places", "name"),
        ("organisations", "name"),
        ("priorities", "label"),
        ("entities", "label"),
    ):
        with (shared / "facts" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                kind = row["kind"] if table == "entities" else _SINGULAR[table]
                facts = said[f"{BASE}id/{kind}/{row['slug']}"]
                assert (_term("dcterms:identifier"), row["slug"]) in facts, row
                assert (_term("skos:prefLabel"), row[label]) in facts, row
                counts[table] += 1
    assert counts == {
        "countries": 82,
        "places": 37,
        "organisations": 113,
        "priorities": 19,
        "entities": 166,
    }


_SINGULAR = {
    "countries": "country",
    "places": "place",
    "organisations": "organisation",
    "priorities": "priority",
}


def _missing(row: dict[str, str], graph: Graph) -> str:
    """Return what of a row is not in the graph; nothing when it is all there."""
    passages = graph.passages.get(row["claim_id"], [])
    if len(passages) != 1:
        return f"{len(passages)} passages"
    passage = passages[0]
    lost = _description(passage, row) - graph.described[passage]
    if not row["excerpt"]:
        lost |= {t for t in graph.described[passage] if t.predicate == CBRN + "excerpt"}
    if not row["as_of"]:
        lost |= {t for t in graph.described[passage] if t.predicate == CBRN + "asOf"}
    lost |= _expected(row, graph.stated[passage]) - graph.stated[passage]
    return "; ".join(sorted(str(tuple(triple)) for triple in lost))


def _description(passage: IRI, row: dict[str, str]) -> set[Triple]:
    source = IRI(f"{BASE}source/{row['source_id']}")
    assert passage.startswith(source + "#")
    said = {
        Triple(passage, _term("rdf:type"), IRI(CBRN + "Passage")),
        Triple(passage, _term("cbrn:partOf"), source),
        Triple(passage, _term("cbrn:locator"), Literal(row["locator"])),
        Triple(passage, _term("cbrn:confidence"), _thing("confidence", row["confidence"])),
    }
    if row["excerpt"]:
        said.add(Triple(passage, _term("cbrn:excerpt"), Literal(row["excerpt"])))
    if row["as_of"]:
        said |= _date(passage, "cbrn:asOf", row["as_of"])
    lines = re.match(r"L(\d+)(?:-L(\d+))?", row["locator"])
    if lines:
        for name, line in (("startLine", lines[1]), ("endLine", lines[2] or lines[1])):
            said.add(Triple(passage, _term(f"cbrn:{name}"), Literal(line, XSD + "integer")))
    return said


def _expected(row: dict[str, str], stated: set[Triple]) -> set[Triple]:
    """Return what a row must state; `stated` only tells which of several kinds a slug is of."""
    subject = _thing(row["subject_kind"], row["subject"])
    direct = BY_KIND.get((row["property"], row["subject_kind"])) or DIRECT.get(row["property"])
    said: set[Triple] = set()
    if direct:
        said |= _value(subject, direct[0], direct[1], row["value"], stated)
    if row["property"] in NODES and (row["property"], row["subject_kind"]) not in BY_KIND:
        said |= _node(subject, NODES[row["property"]], row, stated)
    assert said, row
    return said


def _node(subject: IRI, node: Node, row: dict[str, str], stated: set[Triple]) -> set[Triple]:
    unit, path, more = row["unit"], node.path, dict(node.more)
    for ending, bound, word in UNIT_BOUNDS:
        if unit.endswith(ending):
            unit, path = unit.removesuffix(ending), path.replace("items-", word)
            more["cbrn:bound"] = f"bound/{bound}"
    key = path.format(
        s=row["subject"], v=row["value"], u=re.sub(r"[^a-z]+", "-", unit.lower()).strip("-")
    )
    iri = IRI(f"{BASE}id/{key}")
    said = {
        Triple(iri, _term("rdf:type"), IRI(CBRN + node.cls)),
        Triple(iri, _term(node.to_subject), subject),
    }
    said |= _value(iri, node.to_value, node.value, row["value"], stated)
    if node.inverse:
        said.add(Triple(subject, _term(node.inverse), iri))
    if node.cls == "ReportedFigure" and unit:
        said.add(Triple(iri, _term("cbrn:unit"), Literal(unit)))
    for name, value in more.items():
        term = Literal(value[1:]) if value.startswith("'") else IRI(f"{BASE}id/{value}")
        said.add(Triple(iri, _term(name), term))
    return said


def _value(subject: IRI, name: str, kind: str, text: str, stated: set[Triple]) -> set[Triple]:
    if kind == "date":
        return _date(subject, name, text)
    if "|" in kind:
        options = [Triple(subject, _term(name), _thing(k, text)) for k in kind.split("|")]
        return {next((triple for triple in options if triple in stated), options[0])}
    terms: dict[str, Term] = {
        "text": Literal(text),
        "address": IRI(text),
        "integer": Literal(text, XSD + "integer"),
        "decimal": Literal(text, XSD + "decimal"),
    }
    return {Triple(subject, _term(name), terms.get(kind) or _thing(kind, text))}


def _date(subject: IRI, name: str, text: str) -> set[Triple]:
    forms = {r"\d{4}": "gYear", r"\d{4}-(0|1)\d": "gYearMonth", r"\d{4}-\d\d-\d\d": "date"}
    names = [XSD + local for form, local in forms.items() if re.fullmatch(form, text)]
    datatype = names[0] if names else "http://id.loc.gov/datatypes/edtf"
    said = {Triple(subject, _term(name), Literal(text, datatype))}
    span = parse(text)
    for side, day in (("Earliest", span.earliest), ("Latest", span.latest)):
        if day:
            companion = IRI(CBRN + name.partition(":")[2] + side)
            said.add(Triple(subject, companion, Literal(day.isoformat(), XSD + "date")))
    return said


def _term(name: str) -> IRI:
    prefix, _, local = name.partition(":")
    return IRI(PREFIXES[prefix] + local)


def _thing(kind: str, slug: str) -> IRI:
    return IRI(f"{BASE}id/{kind}/{slug}")
