"""Lines of statements are exact for any layout: canonical, by hand, machine-made.

The parser is the judge: the reader of positions must give the same statements in the same order,
blank nodes included, and the object of each must begin at its line and column.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cbrngraph.build import open_snapshot
from cbrngraph.model import IRI, BNode, Literal, Term
from cbrngraph.resources import Project
from cbrngraph.store import scan
from cbrngraph.validate.blocks import Blocks
from cbrngraph.validate.locate import Locator
from cbrngraph.validate.positions import Statement, UnreadableText, line_of, statements
from cbrngraph.validate.project import validate_snapshot
from cbrngraph.validate.vocabulary import RDF_TYPE

REST = "http://www.w3.org/1999/02/22-rdf-syntax-ns#rest"
ROOT = Path(__file__).parents[1]
SHIPPED = sorted(p for room in ("ontology", "data") for p in (ROOT / room).rglob("*.t*[gl]"))

TORTURE = '''\
@prefix : <http://e/> .  # a comment with "quotes" and <angles>
PREFIX p.q: <http://e/p#>
@base <http://e/base/> .
:s :p (1 2.5 3e0) , -4 ; :q "a\\"b\\u00e9" , """two
lines " and ""quotes"" """@en-GB , 'x'^^:type ; ; .
(5 "6") :q 7 .
:t :p [ :q (8 [ :r "9" ]) ; :z true ] , [] .
[ :a "end" ] .
[] :a :b ; a :c\\-d , p.q:e.f , <rel> , <> , <#frag> , p.q: .
_:n.1 :p _:n2 . _:n2 :p _:n.1 .
:u :p ( (11) [:k 12] ) .
:v :p () .
<http://e/w> <http://e/\\u0070> '''  # the rest is written so that it ends without a line end
TORTURE += "'''long 'one''' ."


def same(text: str, folder: Path, suffix: str = ".ttl") -> list[Statement]:
    """Return the statements after comparing them with the parser's."""
    path = folder / f"text{suffix}"
    path.write_bytes(text.encode())
    wanted = [tuple(quad) for quad in scan(path)]
    found = list(statements(text))
    shown = [
        (s.subject.n3(), s.predicate.n3(), s.object.n3(), s.graph.n3() if s.graph else "")
        for s in found
    ]
    assert shown == wanted
    return found


def well_placed(text: str, found: list[Statement]) -> bool:
    """Whether each object can begin where it is said to; a list's cells are not written out."""
    lines = text.split("\n")
    return all(
        fits(s.object, lines[s.line - 1][s.column - 1 :]) for s in found if s.predicate != REST
    )


def fits(term: Term, written: str) -> bool:
    """Whether a text can be the beginning of a term."""
    if isinstance(term, Literal):
        return written[:1] in "\"'+-.0123456789tf"
    if isinstance(term, BNode):
        return written[:1] in "[(_"
    return written[:1] in "<(" or ":" in written


def test_hand_written_layouts(tmp_path: Path) -> None:
    """Lists, nested nodes, long strings, escapes and odd layouts keep order and place."""
    found = same(TORTURE, tmp_path)
    assert len(found) > 40
    assert well_placed(TORTURE, found)
    long = next(s for s in found if isinstance(s.object, Literal) and "lines" in s.object.value)
    assert (long.line, long.subject_line) == (4, 4)
    inner = next(s for s in found if s.object == Literal("9"))
    assert (inner.line, inner.subject_line) == (7, 7)


def test_graphs_of_trig(tmp_path: Path) -> None:
    """Named graphs with and without the keyword, the default graph in braces, blank names."""
    text = (
        "@prefix : <http://e/> .\n:d :p 1 .\n:g {\n :s :p 2 , 3\n}\nGRAPH :h { :s :p 4 . }\n"
        "{ :s :p 5 }\n_:b { _:b :p 6 . :s :q [ :r 7 ] }\n"
    )
    found = same(text, tmp_path, ".trig")
    assert [s.line for s in found] == [2, 4, 4, 6, 7, 8, 8, 8]
    assert {str(s.graph) for s in found if s.line == 4} == {"http://e/g"}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_files(path: Path, tmp_path: Path) -> None:
    """Every shipped file is read exactly."""
    text = path.read_bytes().decode()
    found = same(text, tmp_path, path.suffix)
    assert found
    assert well_placed(text, found)


def test_there_are_shipped_files() -> None:
    """The glob finds the project's own files."""
    assert len(SHIPPED) > 200


PLAIN = st.sampled_from([":a", ":b", "<x>", "_:m", "_:n", "[]", "()"])
VALUES = st.recursive(
    st.one_of(
        PLAIN,
        st.sampled_from(["1", "-2.5", "3e1", "true", '"s"', "'t'@en", '"u"^^:d', '"""l\n"""']),
    ),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda items: f"( {' '.join(items)} )"),
        st.lists(inner, min_size=1, max_size=3).map(lambda items: f"[ :k {' , '.join(items)} ]"),
        st.tuples(inner, inner).map(lambda two: f"[ :k {two[0]} ;\n :l {two[1]} ; ]"),
    ),
    max_leaves=8,
)
SUBJECTS = st.one_of(PLAIN.filter(lambda text: text != "()"), VALUES.filter(lambda v: v[0] in "[("))


@given(st.lists(st.tuples(SUBJECTS, VALUES, VALUES), min_size=1, max_size=5))
@settings(max_examples=300, deadline=None)
def test_random_layouts(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]
) -> None:
    """Any nesting of lists and nodes gives the parser's statements in the parser's order."""
    lines = [f"{subject} :p {one} ,\n\t{other} ." for subject, one, other in rows]
    text = "@prefix : <http://e/> .\n" + "\n".join(lines)
    found = same(text, tmp_path_factory.mktemp("random"))
    assert well_placed(text, found)


@pytest.mark.parametrize("text", [":s :p 1 .", "<s> <p> <<( <a> <b> <c> )>> .", "<s> <p> "])
def test_what_cannot_be_followed_is_said(text: str) -> None:
    """An undeclared prefix, RDF 1.2 and a torn text stop the reading; nothing is guessed."""
    with pytest.raises(UnreadableText):
        list(statements(text))


def test_line_of_a_node(tmp_path: Path) -> None:
    """A shape's fault is placed at its predicate, else where the node begins."""
    path = tmp_path / "shapes.ttl"
    path.write_text("@prefix : <http://e/> .\n\n:s :p [\n  :q 1 ;\n  :r 2 ] .\n", encoding="utf-8")
    assert line_of(path, BNode("s0b0"), "http://e/r") == 5
    assert line_of(path, BNode("s0b0"), "http://e/absent") == 3
    assert line_of(path, IRI("http://e/s")) == 3
    assert line_of(path, IRI("http://e/t")) == 0


def test_locator_tells_files_graphs_and_values_apart(tmp_path: Path) -> None:
    """The same triple in two graphs has two places; graph, value and file narrow the search."""
    head = "@prefix : <http://e/> .\n"
    (tmp_path / "one.trig").write_text(head + ":g { :thing :p 1 , 2 }\n:h { :thing :p 1 }\n")
    (tmp_path / "two.ttl").write_text(head + "<http://e/thing> <http://e/p> 1 .\n:thing a :C .\n")
    locator = Locator((name, tmp_path / name) for name in ("one.trig", "two.ttl"))
    thing, one = IRI("http://e/thing"), Literal("1", "http://www.w3.org/2001/XMLSchema#integer")
    places = [str(p) for p in locator.places(thing, "http://e/p", one)]
    assert places == ["one.trig:2", "one.trig:3", "two.ttl:2"]
    narrowed = locator.places(thing, "http://e/p", one, IRI("http://e/h"))
    assert [str(p) for p in narrowed] == ["one.trig:3"]
    within = locator.places(thing, "http://e/p", one, within=frozenset(("two.ttl",)))
    assert [str(p) for p in within] == ["two.ttl:2"]
    assert [str(p) for p in locator.declared(thing)] == ["two.ttl:3"]
    assert locator.declared(IRI("http://e/unknown")) == ()


@pytest.mark.parametrize("path", SHIPPED[::9], ids=lambda path: path.name)
def test_blocks_find_what_the_whole_file_has(path: Path) -> None:
    """Read from where a block begins, each subject has the statements and lines that it has."""
    raw = path.read_bytes()
    blocks = Blocks(raw)
    whole: dict[tuple[Term, Term | None], list[Statement]] = {}
    for statement in statements(raw.decode()):
        if isinstance(statement.subject, IRI):
            whole.setdefault((statement.subject, statement.graph), []).append(statement)
    assert whole
    for (subject, graph), wanted in whole.items():
        assert isinstance(subject, IRI)
        assert graph is None or isinstance(graph, IRI)
        found = [s for s in blocks.about(subject, graph) if s.graph == graph]
        assert [_plain(s) for s in found] == [_plain(s) for s in wanted]


def _plain(statement: Statement) -> tuple[object, ...]:
    """Return a statement without the labels of blank nodes, which a part of a file cannot know."""
    value = "_" if isinstance(statement.object, BNode) else statement.object
    return (statement.predicate, value, statement.line, statement.column, statement.subject_line)


def test_blocks_are_never_wrong_in_other_layouts() -> None:
    """A block in an unusual layout is found whole or not at all."""
    text = (
        '@prefix : <http://e/> .\n:a :p """\n:b :p 1 .\n""" ;\n:q 2 .\n'
        "  :c :p 3 .\n:b :p 4 . :d :p 5 .\n"
    )
    blocks = Blocks(text.encode())
    lines = {name: [s.line for s in blocks.about(IRI("http://e/" + name), None)] for name in "abcd"}
    assert lines["a"] == [2, 5]
    assert set(lines["b"]) <= {3, 7}
    assert lines["c"] == lines["d"] == []


ONE_LINE = """\
@prefix : <http://e/> .
<http://e/a> <http://e/p> "x; .\\"" .
:a :q :b . # a note ; :p 1 .
:a a :C .
:a :q :c # goes on.
  ; :p 2 .
:g { :a :p 3 . }
GRAPH :a { :d :p 4 . }
:a :q (5 6) .
:a :p [ :q 7 ] .
:a :q \"\"\"text.
\"\"\" ; :p 8 .
"""


@pytest.mark.parametrize(
    ("predicate", "many"), [("http://e/p", 5), ("http://e/q", 4), (RDF_TYPE, 1)]
)
def test_blocks_about_another_predicate_are_passed_over(predicate: str, many: int) -> None:
    """Asked for one predicate, all its statements are found, and lines of others are not read."""
    blocks = Blocks(ONE_LINE.encode())
    thing, graph = IRI("http://e/a"), IRI("http://e/g")
    every = list(blocks.about(thing, graph))
    found = list(blocks.about(thing, graph, predicate))
    wanted = [s for s in every if s.predicate == predicate]
    assert len(wanted) == many
    assert [s for s in found if s.predicate == predicate] == wanted
    assert len(found) < len(every)


def test_a_file_may_begin_with_a_mark_or_a_statement() -> None:
    """A byte order mark and a first line without a directive are no obstacle."""
    for text in (
        b"\xef\xbb\xbf@prefix : <http://e/> .\n:a :p 1 .\n",
        b"<http://e/a> <urn:p> 1 .\n",
    ):
        (found,) = Blocks(text).about(IRI("http://e/a"))
        assert found.line == text.count(b"\n")


def test_a_blank_node_in_a_project_is_found_where_it_is_written(tmp_path: Path) -> None:
    """Its label is the same in every run, and leads to the file and line that it came from."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "first.ttl").write_text("[] <urn:p> [] .\n")
    (data / "second.ttl").write_text("\n\n[] <urn:q> 1 .\n")
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "<urn:shape> sh:targetSubjectsOf <urn:q> ;\n"
        "    sh:property [ sh:path <urn:r> ; sh:minCount 1 ] .\n"
    )
    project = Project.open(tmp_path)
    reports = [
        validate_snapshot(open_snapshot(project, store=kind, force=True), [shapes])
        for kind in ("memory", "disk")
    ]
    assert reports[0].findings == reports[1].findings
    (finding,) = reports[0].findings
    assert isinstance(finding.focus, BNode)
    assert [str(place) for place in finding.places] == ["data/second.ttl:3"]


def test_a_thing_is_declared_where_its_type_stands(tmp_path: Path) -> None:
    """Not in the first file that says something of it."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "a-links.ttl").write_text("<urn:t> <urn:same> <urn:other> .\n")
    (data / "b-things.ttl").write_text("\n<urn:t> a <urn:Thing> .\n")
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "<urn:shape> sh:targetClass <urn:Thing> ;\n"
        "    sh:property [ sh:path <urn:r> ; sh:minCount 1 ] .\n"
    )
    report = validate_snapshot(open_snapshot(Project.open(tmp_path), store="memory"), [shapes])
    assert [str(p) for f in report.findings for p in f.places] == ["data/b-things.ttl:2"]
