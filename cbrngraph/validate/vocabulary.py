"""The SHACL terms that this room reads, in closed classes: a misspelt name is an AttributeError.

SHACL (W3C Recommendation 20 July 2017), with the names of SHACL Advanced Features, so that a
shape that uses them is sent to the engine that can do them.
"""

from __future__ import annotations

from typing import Final

from cbrngraph.model import IRI

__all__ = [
    "ADVANCED",
    "CORE_PARAMETERS",
    "KNOWN",
    "OWL_CLASS",
    "OWL_IMPORTS",
    "OWL_ONTOLOGY",
    "RDFS_CLASS",
    "RDFS_LABEL",
    "RDFS_SUBCLASS",
    "RDF_FIRST",
    "RDF_NIL",
    "RDF_REST",
    "RDF_TYPE",
    "SH",
    "SHAPE_LISTS",
    "SHAPE_VALUES",
    "TARGETS",
    "XSD",
]

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_OWL = "http://www.w3.org/2002/07/owl#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
SH: Final = "http://www.w3.org/ns/shacl#"

RDF_TYPE: Final = IRI(_RDF + "type")
RDF_FIRST: Final = IRI(_RDF + "first")
RDF_REST: Final = IRI(_RDF + "rest")
RDF_NIL: Final = IRI(_RDF + "nil")
RDFS_CLASS: Final = IRI(_RDFS + "Class")
RDFS_LABEL: Final = IRI(_RDFS + "label")
RDFS_SUBCLASS: Final = IRI(_RDFS + "subClassOf")
OWL_CLASS: Final = IRI(_OWL + "Class")
OWL_IMPORTS: Final = IRI(_OWL + "imports")
OWL_ONTOLOGY: Final = IRI(_OWL + "Ontology")


def _terms(names: str) -> frozenset[IRI]:
    return frozenset(IRI(SH + name) for name in names.split())


TARGETS: Final = _terms("targetNode targetClass targetSubjectsOf targetObjectsOf")
# Parameters whose values are shapes, and those whose values are lists of shapes.
SHAPE_VALUES: Final = _terms("property node not qualifiedValueShape")
SHAPE_LISTS: Final = _terms("and or xone")
CORE_PARAMETERS: Final = (
    _terms(
        "class datatype nodeKind minCount maxCount minExclusive minInclusive maxExclusive "
        "maxInclusive minLength maxLength pattern flags languageIn uniqueLang equals disjoint "
        "lessThan lessThanOrEquals qualifiedMinCount qualifiedMaxCount "
        "qualifiedValueShapesDisjoint closed ignoredProperties hasValue in"
    )
    | SHAPE_VALUES
    | SHAPE_LISTS
)
# SHACL Advanced Features and SHACL JavaScript Extensions.
ADVANCED: Final = _terms("target rule expression js values filterShape")
KNOWN: Final = (
    CORE_PARAMETERS
    | TARGETS
    | ADVANCED
    | _terms(
        "path severity message deactivated name description order group defaultValue sparql "
        "select ask construct update prefixes prefix namespace declare parameter optional "
        "validator nodeValidator propertyValidator labelTemplate nodeKind inversePath "
        "alternativePath zeroOrMorePath oneOrMorePath zeroOrOnePath entailment shapesGraph "
        "suggestedShapesGraph shapesGraphWellFormed conforms result resultMessage resultPath "
        "resultSeverity focusNode value sourceShape sourceConstraint sourceConstraintComponent "
        "detail condition subject predicate object returnType nodes union intersection "
        "jsFunctionName jsLibrary jsLibraryURL property sparqlTarget annotationProperty "
        "annotationValue annotationVarName resultAnnotation"
    )
)
