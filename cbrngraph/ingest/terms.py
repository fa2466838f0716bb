"""The terms that the importer states or reads by itself; all others come from the mapping."""

from __future__ import annotations

from cbrngraph.model import IRI
from cbrngraph.namespaces import BASE, CBRN, DCTERMS, ORG, RDF, SCHEMA, SKOS, XSD
from cbrngraph.namespaces import PREFIXES as KNOWN_PREFIXES

ID = BASE + "id/"
SKOS_PREFIX = KNOWN_PREFIXES["skos"]
LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
STRING = XSD.string
INTEGER = XSD.integer
DECIMAL = XSD.decimal
DATE = XSD.date

# The prefixes of the data files, in their order there. Things are written below the base, so
# that an address reads the same in a subject, an object and a graph name.
PREFIXES = {
    name: "http://id.loc.gov/datatypes/" if name == "loc" else KNOWN_PREFIXES[name]
    for name in ("cbrn", "dcterms", "loc", "org", "schema", "skos", "xsd")
}

TYPE = IRI(RDF.type)
IDENTIFIER = IRI(DCTERMS.identifier)
TITLE = IRI(DCTERMS.title)
PUBLISHER = IRI(DCTERMS.publisher)
ISSUED = IRI(DCTERMS.issued)
LANGUAGE = IRI(DCTERMS.language)
SOURCE = IRI(DCTERMS.source)
URL = IRI(SCHEMA.url)

PREF_LABEL = IRI(SKOS.prefLabel)
ALT_LABEL = IRI(SKOS.altLabel)
MEMBER = IRI(SKOS.member)
NOTATION = IRI(SKOS.notation)
EXACT_MATCH = IRI(SKOS.exactMatch)
CLOSE_MATCH = IRI(SKOS.closeMatch)
RELATED_MATCH = IRI(SKOS.relatedMatch)

SOURCE_DOCUMENT = IRI(CBRN.SourceDocument)
FOUND_AT = IRI(CBRN.foundAt)
ISSUED_EARLIEST = IRI(CBRN.issuedEarliest)
ISSUED_LATEST = IRI(CBRN.issuedLatest)
DOCUMENT_KIND = IRI(CBRN.documentKind)
RELIABILITY = IRI(CBRN.reliability)
FILE_NAME = IRI(CBRN.fileName)
SHA256 = IRI(CBRN.sha256)

PASSAGE = IRI(CBRN.Passage)
PART_OF = IRI(CBRN.partOf)
LOCATOR = IRI(CBRN.locator)
HEADING = IRI(CBRN.heading)
START_LINE = IRI(CBRN.startLine)
END_LINE = IRI(CBRN.endLine)
EXCERPT = IRI(CBRN.excerpt)
AS_OF = IRI(CBRN.asOf)
AS_OF_EARLIEST = IRI(CBRN.asOfEarliest)
AS_OF_LATEST = IRI(CBRN.asOfLatest)
CONFIDENCE = IRI(CBRN.confidence)
CLAIM = IRI(CBRN.claim)

ACRONYM = IRI(CBRN.acronym)
NOTE = IRI(CBRN.note)
ISO_ALPHA2 = IRI(CBRN.isoAlpha2)
ISO_ALPHA3 = IRI(CBRN.isoAlpha3)
ISO_NUMERIC = IRI(CBRN.isoNumeric)
PLACE_COUNTRY = IRI(CBRN.placeCountry)
ORGANISATION_KIND = IRI(CBRN.organisationKind)
ORGANISATION_COUNTRY = IRI(CBRN.organisationCountry)
SUB_ORGANISATION_OF = IRI(ORG.subOrganizationOf)
PRIORITY_LIST = IRI(CBRN.PriorityList)
PRIORITY_THEME = IRI(CBRN.priorityTheme)
