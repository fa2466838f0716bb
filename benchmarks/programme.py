"""A deterministic programme of any size with seeded faults, and 15 shapes that find them.

Projects with regions, dates and budgets, their leads, participating countries and activities. The
terms are the benchmark's own, so that no ontology adds to or resolves what the validators see.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

REGIONS = 8
COUNTRIES = 64
# One project in so many has a given fault; the first of each kind is among the first twenty.
EVERY = 499

PREFIXES = """\
@prefix b: <http://example.org/benchmark#> .
@prefix d: <http://example.org/data/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

"""


def write(path: Path, triples: int) -> int:
    """Write at least `triples` triples as Turtle; return how many."""
    count = project = 0
    with open(path, "w", encoding="utf-8") as file:
        file.write(PREFIXES)
        for block in _places():
            file.write(_turtle(block))
            count += len(block) - 1
        while count < triples:
            for block in _project(project):
                file.write(_turtle(block))
                count += len(block) - 1
            project += 1
    return count


def _turtle(block: list[str]) -> str:
    """Return a subject with its `predicate object` parts as one Turtle statement."""
    return " ;\n    ".join([f"{block[0]} {block[1]}", *block[2:]]) + " .\n"


def _places() -> Iterator[list[str]]:
    for number in range(REGIONS):
        yield [f"d:region{number}", "a b:Region", f'rdfs:label "Region {number}"@en']
    for number in range(COUNTRIES):
        label = f'rdfs:label "Country {number}"@en'
        region = f"b:inRegion d:region{number % REGIONS}"
        yield [f"d:country{number}", "a b:Country", label, region]


def _project(number: int) -> Iterator[list[str]]:
    def faulty(kind: int) -> bool:
        return number % EVERY == kind + 3

    region = number % REGIONS
    year = 2010 + number % 12
    code = number - 1 if faulty(14) else number
    yield [
        f"d:project{number}",
        "a b:Project",
        f'b:number "{"X" if faulty(1) else "P"}{code:06d}"',
        *([] if faulty(2) else [f'b:title "Project {number} of the programme"@en']),
        f"b:status b:{'stopped' if faulty(3) else ('planned', 'ongoing', 'completed')[number % 3]}",
        f"b:region d:{'country' if faulty(4) else 'region'}{region}",
        f'b:start "{year + (9 if faulty(5) else 0)}-03-01"^^xsd:date',
        f'b:end "{year + 3}-02-28"^^xsd:date',
        f"b:budget {'-' if faulty(6) else ''}{100000 + number * 7 % 900000}.5",
        f"b:lead d:organisation{number}",
    ]
    yield [
        f"d:organisation{number}",
        "a b:Organisation",
        f'rdfs:label "Organisation {number}"@en',
        f"b:kind b:{'club' if faulty(7) else ('agency', 'institute', 'firm')[number % 3]}",
        'b:homepage "none"' if faulty(8) else f"b:homepage <http://example.org/{number}>",
    ]
    for part in range(4):
        place = (region + (1 if faulty(13) and part == 0 else 0)) % REGIONS + REGIONS * part
        yield [
            f"d:participation{number}-{part}",
            "a b:Participation",
            f"b:inProject d:project{number}",
            f"b:country d:country{place}",
            f"b:{'rolle' if faulty(9) and part == 0 else 'role'} b:participant",
        ]
        outside = faulty(12) and part == 0
        yield [
            f"d:activity{number}-{part}",
            "a b:Activity",
            f'rdfs:label "Activity {part} of project {number}"@en',
            *(['rdfs:label "The same"@en'] if faulty(10) and part == 0 else []),
            f"b:ofProject d:{'organisation' if faulty(11) and part == 0 else 'project'}{number}",
            f'b:date "{year - 5 if outside else year + 1}-0{part + 1}-15"^^xsd:date',
            f"b:people {0 if faulty(0) and part == 0 else 20 + number % 80}",
            f"b:inCountry d:country{region + REGIONS * part}",
        ]


_CORE = """
b:Project-number a sh:NodeShape ; sh:targetClass b:Project ;
    sh:property [ sh:path b:number ; sh:minCount 1 ; sh:maxCount 1 ; sh:pattern "^P[0-9]+$" ] .
b:Project-title a sh:NodeShape ; sh:targetClass b:Project ;
    sh:property [ sh:path b:title ; sh:minCount 1 ; sh:uniqueLang true ; sh:minLength 5 ] .
b:Project-status a sh:NodeShape ; sh:targetClass b:Project ;
    sh:property [ sh:path b:status ; sh:minCount 1 ; sh:maxCount 1 ;
        sh:in ( b:planned b:ongoing b:completed ) ] .
b:Project-region a sh:NodeShape ; sh:targetClass b:Project ;
    sh:property [ sh:path b:region ; sh:minCount 1 ; sh:class b:Region ] .
b:Project-dates a sh:NodeShape ; sh:targetClass b:Project ;
    sh:property [ sh:path b:start ; sh:datatype xsd:date ; sh:lessThanOrEquals b:end ] .
b:Project-budget a sh:NodeShape ; sh:targetClass b:Project ;
    sh:property [ sh:path b:budget ; sh:maxCount 1 ; sh:datatype xsd:decimal ;
        sh:minInclusive 0.0 ] .
b:Organisation-kind a sh:NodeShape ; sh:targetObjectsOf b:lead ; sh:class b:Organisation ;
    sh:property [ sh:path b:kind ; sh:or ( [ sh:hasValue b:agency ] [ sh:hasValue b:institute ]
        [ sh:hasValue b:firm ] ) ] .
b:Organisation-homepage a sh:NodeShape ; sh:targetClass b:Organisation ;
    sh:property [ sh:path b:homepage ; sh:nodeKind sh:IRI ] .
b:Participation a sh:NodeShape ; sh:targetClass b:Participation ; sh:closed true ;
    sh:ignoredProperties ( <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ) ;
    sh:property [ sh:path b:inProject ; sh:minCount 1 ; sh:class b:Project ] ,
        [ sh:path b:country ; sh:minCount 1 ; sh:class b:Country ] , [ sh:path b:role ] .
b:Activity-label a sh:NodeShape ; sh:targetClass b:Activity ;
    sh:property [ sh:path rdfs:label ; sh:minCount 1 ; sh:uniqueLang true ;
        sh:languageIn ( "en" ) ] .
b:Activity-project a sh:NodeShape ; sh:targetClass b:Activity ;
    sh:property [ sh:path b:ofProject ; sh:minCount 1 ; sh:maxCount 1 ; sh:class b:Project ] .
b:Activity-people a sh:NodeShape ; sh:targetClass b:Activity ;
    sh:property [ sh:path b:people ; sh:datatype xsd:integer ; sh:minInclusive 1 ] ,
        [ sh:path ( b:ofProject b:lead ) ; sh:maxCount 1 ] .
"""
_SPARQL = '''
b:prefixes sh:declare [ sh:prefix "b" ;
    sh:namespace "http://example.org/benchmark#"^^xsd:anyURI ] .
b:Project-period a sh:NodeShape ; sh:targetClass b:Project ;
    sh:sparql [ sh:prefixes b:prefixes ; sh:message "an activity outside the project's period" ;
        sh:select """SELECT $this ?value WHERE {
            ?value b:ofProject $this ; b:date ?when . $this b:start ?start ; b:end ?end .
            FILTER (?when < ?start || ?when > ?end) }""" ] .
b:Project-countries a sh:NodeShape ; sh:targetClass b:Project ;
    sh:sparql [ sh:prefixes b:prefixes ; sh:message "a country outside the project's regions" ;
        sh:select """SELECT $this ?value WHERE {
            ?participation b:inProject $this ; b:country ?value . ?value b:inRegion ?region .
            FILTER NOT EXISTS { $this b:region ?region } }""" ] .
b:Project-twice a sh:NodeShape ; sh:targetClass b:Project ;
    sh:sparql [ sh:prefixes b:prefixes ; sh:message "a number used twice" ;
        sh:select """SELECT $this ?value WHERE {
            $this b:number ?value . ?other b:number ?value . FILTER (?other != $this) }""" ] .
'''
SHAPES = PREFIXES + _CORE + _SPARQL
