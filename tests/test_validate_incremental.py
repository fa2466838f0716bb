"""What is checked anew after an edit gives the report of a full check, in every field.

`CBRNGRAPH_EDIT_SEEDS=200` tries that many series of random edits on each kind of project.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from dataclasses import fields
from pathlib import Path

import pytest

from cbrngraph.build import open_snapshot
from cbrngraph.errors import SyntaxFault
from cbrngraph.resources import Project
from cbrngraph.validate.incremental import FilesChecker, ProjectChecker
from cbrngraph.validate.project import validate_files, validate_snapshot
from cbrngraph.validate.report import Report
from tests.edits import PREFIXES, Blocks, Edits

ROOT = Path(__file__).parents[1]
SEEDS = int(os.environ.get("CBRNGRAPH_EDIT_SEEDS", "4"))

SHAPES = '''
ex:shapes sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .

ex:ThingShape a sh:NodeShape ; sh:targetClass ex:A , ex:Thing ;
    sh:property ex:Named , [ sh:path ex:near ; sh:class ex:B ; sh:maxCount 1 ] ,
        [ sh:path ex:number ; sh:maxCount 1 ; sh:datatype xsd:integer ; sh:lessThan ex:count ] ;
    sh:not [ sh:property [ sh:path [ sh:inversePath ex:part ] ; sh:minCount 2 ] ] .
ex:Named sh:path ex:name ; sh:minCount 1 ; sh:uniqueLang true ; sh:disjoint skos:prefLabel ;
    sh:severity sh:Warning ; sh:message "Its names are few."@en .

ex:Deep a sh:NodeShape ; sh:targetSubjectsOf ex:linked ; sh:targetObjectsOf ex:whole ;
    sh:property [ sh:path ex:linked ;
        sh:property [ sh:path ex:name ; sh:minCount 1 ] ,
            [ sh:path ex:part ; sh:property [ sh:path ex:number ; sh:minCount 1 ] ] ] ;
    sh:property ex:Named .
ex:Paths sh:targetNode <https://w3id.org/cbrngraph/id/thing/t1> , ex:k1 ;
    sh:property [ sh:path ( ex:near [ sh:oneOrMorePath ex:linked ] ) ; sh:minCount 3 ] ,
        [ sh:path [ sh:alternativePath ( ex:kind [ sh:inversePath ex:kind ] ) ] ; sh:maxCount 1 ] ,
        [ sh:path [ sh:zeroOrMorePath ex:part ] ; sh:maxCount 2 ;
            sh:or ( [ sh:class ex:C ] [ sh:node ex:Few ] ) ] ,
        [ sh:path [ sh:zeroOrOnePath ex:status ] ; sh:nodeKind sh:BlankNode ] .
ex:Few sh:closed true ; sh:ignoredProperties ( rdf:type ex:linked ) ;
    sh:property [ sh:path ex:name ; sh:maxCount 1 ] .
ex:Parts sh:targetSubjectsOf ex:near ;
    sh:property [ sh:path ex:near ; sh:qualifiedValueShapesDisjoint true ;
        sh:qualifiedValueShape [ sh:class ex:A ] ; sh:qualifiedMinCount 1 ] ,
        [ sh:path ex:linked ; sh:qualifiedValueShapesDisjoint true ; sh:qualifiedMaxCount 1 ;
        sh:qualifiedValueShape [ sh:property [ sh:path ex:name ; sh:minCount 1 ] ] ] ;
    sh:xone ( [ sh:property [ sh:path ex:kind ; sh:minCount 1 ] ]
        [ sh:property [ sh:path ex:count ; sh:minCount 1 ] ] ) .

ex:Asked a sh:NodeShape ; sh:targetClass ex:A ; sh:targetSubjectsOf ex:status ;
    sh:sparql [ sh:prefixes ex:shapes ; sh:message "{?value} is shared with {?other}." ;
        sh:select """SELECT $this ?value ?other { $this ex:name ?value . ?other ex:name ?value .
            FILTER(?other != $this) }""" ] ,
      [ sh:prefixes ex:shapes ; sh:select """SELECT $this ?value { $this ex:linked ?value .
            FILTER NOT EXISTS { ?value ex:part ?part . ?part ex:name ?any } }""" ] ,
      [ sh:prefixes ex:shapes ; sh:select """SELECT $this ?path ?value { $this ?path ?value .
            FILTER NOT EXISTS { ?path ex:known true } FILTER(ISNUMERIC(?value)) }""" ] ,
      [ sh:prefixes ex:shapes ; sh:select """SELECT $this (COUNT(?v) AS ?value) {
            $this ex:near|ex:linked ?v } GROUP BY $this HAVING (COUNT(?v) > 2)""" ] ,
      [ sh:prefixes ex:shapes ; sh:select """SELECT $this ?value { ?value a ex:C .
            OPTIONAL { ?value ex:number ?n } FILTER(BOUND(?n)) }""" ] ,
      [ sh:prefixes ex:shapes ; sh:select """SELECT $this ?value {
            { $this ex:near ?x . ?x ex:count ?value } UNION { ?value ex:whole+ $this } }""" ] .
ex:AskedBelow sh:targetSubjectsOf ex:part ;
    sh:property [ sh:path ex:part ; ex:mustHave ex:name ; sh:property [ sh:path ex:near ;
        sh:sparql [ sh:prefixes ex:shapes ; sh:select
            """SELECT $this ?value { $this $PATH ?value . ?value ex:count ?n }""" ] ] ] .
ex:MustHave a sh:ConstraintComponent ;
    sh:parameter [ sh:path ex:mustHave ] ;
    sh:validator [ a sh:SPARQLAskValidator ; sh:prefixes ex:shapes ;
        sh:ask """ASK { $value $mustHave ?any }""" ] .
'''
SLOW = '''
ex:shapes sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
ex:Outer sh:targetClass ex:A ; sh:node ex:Inner ; sh:property [ sh:path ex:kind ; sh:minCount 1 ] .
ex:Inner sh:sparql [ sh:prefixes ex:shapes ;
    sh:select """SELECT $this ?value { $this ex:linked ?value . ?value ex:number ?n }""" ] .
'''
QUERIES = {
    "unmoored": """\
SELECT ?thing ?property ?value {
  GRAPH ?one { ?thing ?property ?value }
  FILTER NOT EXISTS { GRAPH ?two { ?value ?any ?other } }
  FILTER(ISIRI(?value) && STRSTARTS(STR(?property), "http://example.org/"))
} ORDER BY ?thing ?property ?value
""",
    "restated": """\
SELECT ?thing ?property ?value ?difference {
  { SELECT ?thing (COUNT(DISTINCT ?v) AS ?difference) {
    VALUES ?property { ex:count ex:status }
    GRAPH ?g { ?thing ?property ?v } } GROUP BY ?thing }
  ?thing ex:count ?value . BIND(ex:count AS ?property)
  FILTER(?difference > 1)
} ORDER BY ?thing ?value
""",
    "kinds": """\
SELECT ?thing ?value { ?thing a ex:B , ex:D ; ex:near* ?value } ORDER BY ?thing ?value
""",
}


def header(name: str) -> str:
    """Return the header of a quality query."""
    return (
        f"#+ summary: Which things are {name}?\n#+ description: Things are not {name}. Nor so.\n"
        "#+ tags: [quality, check]\n#+ view: current\n#+ severity: warning\n"
        '#+ message: "It is so because of {?value}."\nPREFIX ex: <http://example.org/>\n'
    )


def toy(home: Path, seed: int, shapes: str = SHAPES) -> Edits:
    """Return the edits of a small project with shapes and quality queries of many kinds."""
    edits = Edits.toy(home, seed, steady=seed % 4 != 3)
    path = home / "ontology" / "shapes" / "toy.ttl"
    path.parent.mkdir()
    path.write_text(PREFIXES + shapes)
    (home / "queries" / "quality").mkdir(parents=True)
    for name, text in QUERIES.items():
        (home / "queries" / "quality" / f"{name}.rq").write_text(header(name) + text)
    return edits


def assert_same(incremental: Report, full: Report, edit: str) -> None:
    """Compare every field, with the findings first."""
    for one in fields(Report):
        assert getattr(incremental, one.name) == getattr(full, one.name), (edit, one.name)


def full_report(project: Project) -> Report:
    """Return what a check of everything says, on a graph built for it."""
    return validate_snapshot(open_snapshot(project, store="memory"))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_any_edit_of_a_project_is_checked_as_if_in_full(tmp_path: Path, seed: int) -> None:
    """Shapes and queries of every kind; types, subclasses, blank nodes, moved lines."""
    edits = toy(tmp_path, seed)
    checker = ProjectChecker()
    kinds: Counter[str] = Counter()
    checker.check(edits.project(tmp_path))
    for _ in range(12 if seed % 4 != 3 else 6):
        edit = edits.edit()
        report, _ = checker.check(edits.project(tmp_path))
        assert_same(report, full_report(edits.project(tmp_path)), edit)
        kinds.update(finding.engine for finding in report.findings)
    assert len(kinds) >= 3, "each way of judging has found something"


@pytest.mark.parametrize("seed", range(max(1, SEEDS // 4)))
def test_what_only_the_reference_engine_can_judge_is_the_same(tmp_path: Path, seed: int) -> None:
    """A SPARQL verdict inside a Core constraint."""
    edits = toy(tmp_path, seed, SLOW)
    checker = ProjectChecker()
    checker.check(edits.project(tmp_path))
    found = 0
    for _ in range(8):
        edit = edits.edit()
        report, _ = checker.check(edits.project(tmp_path))
        assert_same(report, full_report(edits.project(tmp_path)), edit)
        found += sum(finding.engine.startswith("pyshacl") for finding in report.findings)
    assert found


@pytest.mark.parametrize("seed", range(SEEDS))
def test_any_edit_of_files_alone_is_checked_as_if_in_full(tmp_path: Path, seed: int) -> None:
    """Without a project: some files by some shapes, Turtle and TriG, that come and go."""
    edits = toy(tmp_path, seed)
    shapes = [tmp_path / "ontology" / "shapes" / "toy.ttl"]
    folders = [tmp_path / "data", tmp_path / "ontology" / "toy.ttl"]
    checker = FilesChecker()
    checker.check(folders, shapes)
    found = 0
    for _ in range(12 if seed % 4 != 3 else 6):
        edit = edits.edit()
        report = checker.check(folders, shapes)
        assert_same(report, validate_files(folders, shapes), edit)
        found += len(report.findings)
    assert found


@pytest.mark.parametrize("seed", range(max(1, SEEDS // 4)))
def test_any_edit_of_the_shipped_data_is_checked_as_if_in_full(tmp_path: Path, seed: int) -> None:
    """The shipped ontology, shapes and queries, on a copy of the shipped files."""
    for room in ("data", "ontology", "queries"):
        shutil.copytree(ROOT / room, tmp_path / room)
    project = Project((tmp_path,), (tmp_path,))
    edits = Blocks(tmp_path, seed)
    checker = ProjectChecker()
    before, _ = checker.check(project)
    assert_same(before, full_report(project), "none")
    changed = 0
    for _ in range(6 if SEEDS <= 4 else 20):
        edit = edits.edit()
        report, _ = checker.check(project)
        assert_same(report, full_report(project), edit)
        changed += report.findings != before.findings
        before = report
    assert changed > 1


def test_a_torn_file_is_told_and_its_change_taken_up_when_it_is_whole(tmp_path: Path) -> None:
    """Neither the error nor what was saved beside it is lost."""
    edits = toy(tmp_path, 3)
    checker = ProjectChecker()
    checker.check(edits.project(tmp_path))
    name, beside = "data/reference/things.ttl", "data/sources/first.trig"
    edits.files[name].append("<id/thing/new> a ex:A ; ex:near [")
    edits.files[beside].append("<id/thing/other> a ex:A .")
    edits.save(name)
    edits.save(beside)
    with pytest.raises(SyntaxFault, match=r"things\.ttl"):
        checker.check(edits.project(tmp_path))
    edits.files[name][-1] += " a ex:B ] ."
    edits.save(name)
    report, _ = checker.check(edits.project(tmp_path))
    assert_same(report, full_report(edits.project(tmp_path)), "mended")
    assert {"new", "other"} <= {finding.thing for finding in report.findings}


@pytest.mark.parametrize("name", ["ontology/shapes/toy.ttl", "queries/quality/kinds.rq"])
def test_other_shapes_or_queries_are_read_again(tmp_path: Path, name: str) -> None:
    """A changed rule is checked on everything; one that cannot be read is told, and mended."""
    edits = toy(tmp_path, 5)
    checker = ProjectChecker()
    before, _ = checker.check(edits.project(tmp_path))
    path = tmp_path / name
    text = path.read_text()
    path.write_text(text + " { torn")
    with pytest.raises(Exception, match=path.name):
        checker.check(edits.project(tmp_path))
    other = text.replace("ex:name ; sh:minCount 1", "ex:nothing ; sh:minCount 1")
    path.write_text(other.replace("ex:B , ex:D", "ex:A"))
    report, _ = checker.check(edits.project(tmp_path))
    assert_same(report, full_report(edits.project(tmp_path)), name)
    assert report.findings != before.findings


DISJOINT = """
ex:Fingers sh:targetSubjectsOf ex:near ;
    sh:property [ sh:path ex:near ; sh:qualifiedValueShapesDisjoint true ;
            sh:qualifiedValueShape [ sh:class ex:A ] ; sh:qualifiedMinCount 1 ] ,
        [ sh:path ex:linked ; sh:qualifiedValueShapesDisjoint true ; sh:qualifiedMaxCount 0 ;
            sh:qualifiedValueShape [ sh:property [ sh:path ex:name ; sh:minCount 1 ] ] ] .
"""
LARGER = """
ex:shapes sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
ex:Larger sh:targetSubjectsOf ex:number ; sh:sparql [ sh:prefixes ex:shapes ; sh:select
    'SELECT $this ?value { $this ex:number ?value FILTER(?value > 1) }' ] .
"""


@pytest.mark.parametrize(
    ("shapes", "before", "after", "counts"),
    [
        (DISJOINT, "ex:a ex:near ex:b . ex:b a ex:A .", ' ex:b ex:name "b" .', (0, 1)),
        (LARGER, "ex:a ex:number 1.5 . ", "ex:a ex:number 1.50 .", (1, 2)),
    ],
    ids=["a sibling of a qualified shape", "two forms of one value"],
)
def test_what_few_edits_touch(
    tmp_path: Path, shapes: str, before: str, after: str, counts: tuple[int, int]
) -> None:
    """Added and taken back, it is judged as in a full check, and changes the verdict."""
    data, rules = tmp_path / "data.ttl", tmp_path / "shapes.ttl"
    rules.write_text(PREFIXES + shapes)
    checker = FilesChecker()
    for text, count in ((before, counts[0]), (before + after, counts[1]), (before, counts[0])):
        data.write_text(PREFIXES + text)
        report = checker.check([data], [rules])
        assert_same(report, validate_files([data], [rules]), text)
        assert len(report.findings) == count


def test_a_statement_that_another_passage_makes_too_counts_for_graphs(tmp_path: Path) -> None:
    """The view is the same without it, and a query about the passages is not."""
    toy(tmp_path, 1, "ex:None sh:targetNode ex:none ; sh:nodeKind sh:IRI .")
    query = (
        "SELECT ?thing ?value { { SELECT ?thing (COUNT(DISTINCT ?graph) AS ?value) "
        "{ GRAPH ?graph { ?thing ex:told ?any } } GROUP BY ?thing } } ORDER BY ?thing ?value\n"
    )
    (tmp_path / "queries" / "quality" / "told.rq").write_text(header("told") + query)
    path = tmp_path / "data" / "told.trig"
    project = Edits.project(tmp_path)
    checker = ProjectChecker()
    one, two = ("<urn:one> { ex:a ex:told 1 . }\n", "<urn:two> { ex:a ex:told 1 . }\n")
    for text, number in ((one + two, "2"), (one, "1"), (one + two, "2")):
        path.write_text(PREFIXES + text)
        report, _ = checker.check(project)
        assert_same(report, full_report(project), text)
        told = [finding for finding in report.findings if finding.rule.endswith("told")]
        assert [str(finding.value) for finding in told] == [number]
