"""Writers: the W3C formats read back by other libraries, the human ones looked at."""

from __future__ import annotations

import csv
import errno
import io
import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from xml.etree import ElementTree as ET

import openpyxl
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib.compare import isomorphic
from rdflib.query import Result as RdflibResult

from cbrngraph.errors import EnvironmentProblem, ReadError, UnknownNameError, UsageError
from cbrngraph.formats import FORMATS, choose, find, fitting, write
from cbrngraph.formats.jsonld import jsonld
from cbrngraph.formats.output import opened, unfinished
from cbrngraph.formats.screen import screen
from cbrngraph.formats.sheet import Cell, Sheet, cell_of, plain_sheet
from cbrngraph.formats.text import plain
from cbrngraph.formats.turtle import nquads, trig, turtle
from cbrngraph.model import IRI, BNode, Literal, Quad, Term, Triple
from cbrngraph.queries import read_query
from cbrngraph.results import Asked, Result
from cbrngraph.results.interchange import rdflib_term
from cbrngraph.store import Solutions, Triples, from_engine, parse_text

if TYPE_CHECKING:
    from cbrngraph.graph import Graph

XSD = "http://www.w3.org/2001/XMLSchema#"
LANG = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
RELAXED = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
Rows = Sequence[tuple[Term | None, ...]]

# Values that writers are known to get wrong: rdflib 7.6 loses 0 and false in SPARQL XML.
HARD: list[Term | None] = [
    Literal("0", XSD + "integer"),
    Literal("false", XSD + "boolean"),
    Literal(""),
    Literal("007", XSD + "integer"),
    Literal("01.50", XSD + "decimal"),
    Literal("1e3", XSD + "double"),
    Literal("not a number", XSD + "integer"),
    Literal('line\r\nbreak\ttab "quote" , ; \' \\ <&>'),
    Literal("=SUM(A1)"),
    Literal("grün", LANG, "de-at"),
    Literal("2023", XSD + "gYear"),
    IRI("http://e/x?a=1&b=2#c"),
    BNode("x"),
    None,
]

plain_text = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff"), max_size=12
)
iris = st.from_regex(r"http://e/[a-z0-9/?=&._-]{0,8}(%20)?(#[a-z]{0,3})?", fullmatch=True).map(IRI)
literals = st.one_of(
    plain_text.map(Literal),
    st.builds(lambda text: Literal(text, LANG, "en"), plain_text),
    st.builds(
        lambda text, kind: Literal(text, XSD + kind),
        st.from_regex(r"[+-]?[0-9]{1,4}(\.[0-9]{0,3})?(e[0-9])?", fullmatch=True),
        st.sampled_from(["integer", "decimal", "double", "date", "boolean"]),
    ),
)
bnodes = st.from_regex(r"[a-z][a-z0-9]{0,3}", fullmatch=True).map(BNode)
terms: st.SearchStrategy[Term] = st.one_of(iris, literals, bnodes)
tables = st.lists(st.tuples(st.none() | terms, st.none() | terms), max_size=6)
triples = st.lists(st.builds(Triple, st.one_of(iris, bnodes), iris, terms), max_size=8)


@pytest.fixture(scope="session")
def answered(toy_graph: Graph) -> Callable[..., Result]:
    """Make a result of rows, triples or a truth value, as if a query had given it."""

    def made(rows: Rows = (), names: Sequence[str] = ("a", "b"), *, answer: Any = None) -> Result:
        asked = Asked(read_query("SELECT ?a ?b { ?a ?p ?b }"), (), "SELECT ...")
        given = Solutions(tuple(names), iter(list(rows))) if answer is None else answer
        return Result(given, toy_graph.snapshot, asked)

    return made


def written(result: Result, name: str) -> bytes:
    """The bytes of a result in a format."""
    out = io.BytesIO()
    write(result, name, out)
    return out.getvalue()


def engine_rows(data: bytes, kind: Any) -> list[tuple[Term | None, ...]]:
    """The rows that Oxigraph's parser reads."""
    if kind == ox.QueryResultsFormat.XML:
        return xml_rows(data)
    solutions = ox.parse_query_results(data, format=kind)
    assert isinstance(solutions, ox.QuerySolutions)
    width = len(solutions.variables)
    return [
        tuple(None if row[i] is None else from_engine(row[i]) for i in range(width))
        for row in solutions
    ]


def xml_rows(data: bytes) -> list[tuple[Term | None, ...]]:
    """The rows by a plain XML reader: Oxigraph's trims white space, rdflib's drops 0 and false."""
    space = "{http://www.w3.org/2005/sparql-results#}"
    tree = ET.fromstring(data)
    names = [node.get("name") for node in tree.findall(f"{space}head/{space}variable")]
    rows: list[tuple[Term | None, ...]] = []
    for result in tree.findall(f"{space}results/{space}result"):
        found: dict[str | None, Term] = {}
        for binding in result:
            (node,) = binding
            text = node.text or ""
            language = node.get("{http://www.w3.org/XML/1998/namespace}lang", "")
            kind = LANG if language else node.get("datatype", XSD + "string")
            terms: dict[str, Term] = {
                "uri": IRI(text),
                "bnode": BNode(text),
                "literal": Literal(text, kind, language),
            }
            found[binding.get("name")] = terms[node.tag.removeprefix(space)]
        rows.append(tuple(found.get(name) for name in names))
    return rows


def relabelled(rows: Rows) -> list[tuple[Term | None, ...]]:
    """Rows with blank nodes named in order of appearance."""
    names: dict[Term, BNode] = {}
    return [
        tuple(
            names.setdefault(term, BNode(f"b{len(names)}")) if isinstance(term, BNode) else term
            for term in row
        )
        for row in rows
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("json", ox.QueryResultsFormat.JSON),
        ("xml", ox.QueryResultsFormat.XML),
        ("tsv", ox.QueryResultsFormat.TSV),
    ],
)
class TestReadBack:
    """What is written is read back by another library as the same terms."""

    def test_hard_values_survive(
        self, answered: Callable[..., Result], name: str, kind: Any
    ) -> None:
        """0, false, empty text, line ends, leading zeros and unbound cells are kept."""
        rows = [(term, Literal(str(at), XSD + "integer")) for at, term in enumerate(HARD)]
        assert engine_rows(written(answered(rows), name), kind) == relabelled(rows)

    @RELAXED
    @given(rows=tables)
    def test_any_table_survives(
        self, answered: Callable[..., Result], name: str, kind: Any, rows: Rows
    ) -> None:
        """Whatever the terms, the parser gives them back."""
        expected = relabelled(rows)
        if name == "xml":
            expected = [tuple(map(_as_xml, row)) for row in expected]
        assert engine_rows(written(answered(rows), name), kind) == expected

    def test_rdflib_reads_the_same(
        self, answered: Callable[..., Result], name: str, kind: Any
    ) -> None:
        """The reader of rdflib agrees where it can (`_for_rdflib` says where not)."""
        kept = [(term, Literal("x")) for term in HARD if _for_rdflib(term, name)]
        assert len(kept) > 4
        read = RdflibResult.parse(io.BytesIO(written(answered(kept), name)), format=name)
        assert [str(variable) for variable in read.vars or ()] == ["a", "b"]
        found = [_same(row.get(rdflib.Variable("a"))) for row in read.bindings]
        assert found == [_same(None if t is None else rdflib_term(t)) for t, _ in kept]


def _as_xml(term: Term | None) -> Term | None:
    if isinstance(term, Literal):
        text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "\ufffd", term.value)
        return Literal(text, term.datatype, term.language)
    return term


def _for_rdflib(term: Term | None, name: str) -> bool:
    """Whether rdflib 7.6 reads it: it drops 0, false and "" of XML, and TSV only in part."""
    if name == "xml":
        return term is not None and (not isinstance(term, Literal) or term.value not in _FALSE)
    in_tsv = isinstance(term, IRI) or (isinstance(term, Literal) and term.value in _IN_TSV)
    return name != "tsv" or in_tsv


_FALSE = ("0", "false", "")
_IN_TSV = ("0", "007", "01.50", "", "=SUM(A1)")


def _same(term: Any) -> tuple[str, str | None] | None:
    """What is compared: the reader normalises numbers and names blank nodes as it likes."""
    if not isinstance(term, rdflib.Literal):
        return None if term is None else (type(term).__name__, None)
    return str(rdflib.Literal(str(term), datatype=term.datatype)), term.language


class TestCsv:
    """SPARQL 1.1 CSV."""

    def test_it_is_the_recommendation_s_csv(self, answered: Callable[..., Result]) -> None:
        """Plain values, names without `?`, quotes only where needed, CRLF."""
        rows: Rows = [
            (IRI("http://e/x"), Literal('say "hi", all')),
            (BNode("q"), None),
            (Literal("a\nb"), Literal("x", LANG, "en")),
        ]
        assert written(answered(rows), "csv") == (
            b'a,b\r\nhttp://e/x,"say ""hi"", all"\r\n_:b0,\r\n"a\nb",x\r\n'
        )

    @RELAXED
    @given(rows=tables)
    def test_readers_see_the_same_cells(self, answered: Callable[..., Result], rows: Rows) -> None:
        """Python's reader and Oxigraph's own writer agree with it."""
        data = written(answered(rows), "csv").decode()
        read = list(csv.reader(io.StringIO(data, newline="")))
        assert read[0] == ["a", "b"]
        assert read[1:] == [[_plain(term) for term in row] for row in relabelled(rows)]

    def test_it_equals_the_engine_s_own_csv(self, answered: Callable[..., Result]) -> None:
        """Byte for byte, on the values that writers get wrong."""
        rows = [
            (term, Literal(str(at), XSD + "integer"))
            for at, term in enumerate(HARD)
            if not isinstance(term, BNode)
        ]
        values = " ".join(f"({'UNDEF' if a is None else a.n3()} {b.n3()})" for a, b in rows)
        answer = ox.Store().query(f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {values} }} }}")
        assert isinstance(answer, ox.QuerySolutions)
        engine = answer.serialize(format=ox.QueryResultsFormat.CSV)
        ours = written(answered(rows), "csv")
        # Oxigraph rewrites the numbers as it evaluates; the rest is the same text.
        for before, after in ((b"\r\n007,", b"\r\n7,"), (b"01.50", b"1.5"), (b"1e3", b"1000")):
            ours = ours.replace(before, after)
        assert ours.splitlines() == cast("bytes", engine).splitlines()


def _plain(term: Term | None) -> str:
    return "" if term is None else f"_:{term}" if isinstance(term, BNode) else str(term)


class TestAsk:
    """The answer to an ASK."""

    @pytest.mark.parametrize("answer", [True, False])
    def test_it_is_written_in_the_formats_that_have_it(
        self, answered: Callable[..., Result], answer: bool
    ) -> None:
        """JSON and XML as W3C says, words for people."""
        word = str(answer).lower()
        assert (
            bool(
                ox.parse_query_results(
                    written(answered(answer=answer), "json"), format=ox.QueryResultsFormat.JSON
                )
            )
            is answer
        )
        tree = ET.fromstring(written(answered(answer=answer), "xml"))
        assert tree.findtext("{http://www.w3.org/2005/sparql-results#}boolean") == word
        assert written(answered(answer=answer), "table") == (b"yes\n" if answer else b"no\n")


class TestGraphs:
    """Turtle, TriG, N-Quads and JSON-LD."""

    @RELAXED
    @given(rows=triples)
    def test_turtle_nquads_and_jsonld_keep_every_lexical_form(self, rows: list[Triple]) -> None:
        """Another parser reads the very triples, whatever the order they came in."""
        ground = [t for t in rows if not any(isinstance(term, BNode) for term in t)]
        expected = {Quad(*triple, None) for triple in ground}
        texts = {
            ".ttl": "".join(turtle(ground)),
            ".nq": "".join(nquads(expected)),
            ".jsonld": "".join(jsonld(expected)),
        }
        for suffix, text in texts.items():
            assert set(parse_text(text, suffix)) == expected, suffix
        assert "".join(turtle(reversed(ground))) == texts[".ttl"]

    def test_trig_keeps_graphs_apart(self) -> None:
        """Default graph first, then the named ones in order."""
        s, p = IRI("https://w3id.org/cbrngraph/id/project/P1"), IRI("http://e/p")
        quads = [
            Quad(s, p, Literal("z"), IRI("https://w3id.org/cbrngraph/source/x#L1")),
            Quad(s, p, Literal("01.50", XSD + "decimal"), None),
            Quad(s, p, BNode("n"), IRI("http://e/g")),
        ]
        text = "".join(trig(quads))
        assert set(parse_text(text, ".trig")) == set(quads)
        assert "01.50" in text
        assert text.index("01.50") < text.index("<http://e/g>") < text.index("x#L1")

    def test_prefixes_are_declared_only_when_used(self) -> None:
        """A known namespace is shortened and declared, others are written in full."""
        type_ = IRI("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
        text = "".join(
            turtle([Triple(IRI("http://e/x"), type_, IRI("https://w3id.org/cbrngraph/ontology#A"))])
        )
        assert text == (
            "@prefix cbrn: <https://w3id.org/cbrngraph/ontology#> .\n\n<http://e/x> a cbrn:A .\n"
        )

    @pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
    def test_jsonld_is_read_by_rdflib_as_the_same_graph(self) -> None:
        """The JSON-LD reader of rdflib gives an isomorphic dataset."""
        quads = [
            Quad(IRI("http://e/s"), IRI("http://e/p"), BNode("n"), None),
            Quad(BNode("n"), IRI("http://e/q"), Literal("grün", LANG, "de"), None),
            Quad(IRI("http://e/s"), IRI("http://e/p"), Literal("2023", XSD + "gYear"), None),
        ]
        read = rdflib.Graph().parse(data="".join(jsonld(quads)), format="json-ld")
        expected = rdflib.Graph().parse(data="".join(nquads(quads)), format="nt")
        assert isomorphic(read, expected)

    def test_a_construct_is_written_with_steady_blank_nodes(
        self, answered: Callable[..., Result]
    ) -> None:
        """The engine's labels differ from run to run, the written ones do not."""
        rows = [Triple(BNode("r4nd0m"), IRI("http://e/p"), BNode("r4nd0m"))]
        result = answered(answer=Triples(iter(rows)))
        assert written(result, "nquads") == b"_:b0 <http://e/p> _:b0 .\n"
        assert written(result, "nt") == b"_:b0 <http://e/p> _:b0 .\n"
        assert b"_:b0 <http://e/p> _:b0 ." in written(result, "trig")


class TestChoice:
    """Which format it is, and what fits."""

    def test_a_select_is_no_graph_and_says_what_fits(self, answered: Callable[..., Result]) -> None:
        """The message lists the formats that can hold the answer."""
        for name in ("turtle", "nt", "trig", "nquads", "jsonld"):
            with pytest.raises(UsageError, match="what fits: table, csv, tsv, json, xml, xlsx, md"):
                written(answered(), name)
        with pytest.raises(UsageError, match="turtle, nt, trig, nquads, jsonld"):
            written(answered(answer=Triples(iter([]))), "csv")
        assert "csv" not in fitting("ask")

    def test_the_name_wins_over_the_suffix(self) -> None:
        """--format first, then the suffix of -o, then the default."""
        assert choose("csv", "x.json").name == "csv"
        assert choose(None, "X.JSON").name == "json"
        assert choose(None, "-", "turtle").name == "turtle"
        assert choose(None, None).name == "table"

    def test_an_unknown_format_or_suffix_says_what_there_is(self) -> None:
        """A typo is answered with the nearest, a suffix with all."""
        with pytest.raises(UnknownNameError, match="did you mean xlsx"):
            find("xslx")
        with pytest.raises(UsageError, match=r"\.csv"):
            choose(None, "x.foo")
        with pytest.raises(UsageError, match=r"\(known: \.ttl, \.nt\)"):
            choose(None, "x.foo", among=("turtle", "nt"))

    def test_no_suffix_belongs_to_two_formats(self) -> None:
        """The suffix decides, so it must be one format's own."""
        suffixes = [suffix for made in FORMATS.values() for suffix in made.suffixes]
        assert len(suffixes) == len(set(suffixes)) > 10


class TestTables:
    """Text and Markdown for people."""

    sheet = Sheet(
        ("thing", "n"),
        ((Cell("A & B", "ab", "http://e/ab"), Cell("5", number=True)), (Cell("é" * 9), Cell(""))),
    )

    def test_plain_text_is_aligned_and_has_no_colours(self) -> None:
        """Columns stand below their heads, numbers to the right."""
        assert plain(self.sheet) == ("thing       n\n----------  -\nA & B (ab)  5\nééééééééé\n")

    def test_the_terminal_folds_and_dims(self) -> None:
        """On a terminal nothing is wider than it, and slugs are dimmed."""
        text = screen(plain_sheet(("a", "b"), [("word " * 40, 1)]), width=40)
        bare = re.sub("\x1b\\[[0-9;]*m", "", text)
        assert max(map(len, bare.splitlines())) <= 40
        assert "\x1b[" in screen(self.sheet, width=60)

    wide = plain_sheet(
        ("thing", "asOf", "measure", "counted"),
        [
            (
                Cell("A meeting of many words " * 3, "act-2023-10-meeting"),
                "2023-12-01",
                "word " * 9,
                5,
            ),
            ("Short", "2021-07-29/2021-07-30", "a-slug-of-many-parts-that-is-long", 1234567),
        ],
    )

    def lines(self, width: int) -> list[str]:
        """The wide table on a screen, without styles."""
        found = re.sub("\x1b\\[[0-9;]*m", "", screen(self.wide, width)).splitlines()
        assert max(map(len, found)) <= width
        return found

    def test_the_terminal_cuts_no_word(self) -> None:
        """Dates, numbers and slugs stay whole while text is folded; then slugs give way."""
        words = ["2023-12-01", "2021-07-29/2021-07-30", "1234567", "act-2023-10-meeting", "counted"]
        roomy = " ".join(self.lines(110))
        assert all(word in roomy for word in [*words, "a-slug-of-many-parts-that-is-long"])
        tight = [line.split() for line in self.lines(80)]
        assert tight[0] == ["thing", "asOf", "measure", "counted"]
        told = {word for line in tight for word in line}
        assert {"2023-12-01", "1234567", "meeting", "words"} <= told
        assert any(word.startswith("a-slug-") and word.endswith("-") for word in told)

    def test_a_table_that_does_not_fit_is_told_row_by_row(self) -> None:
        """Each row is a block of its names and values."""
        lines = self.lines(50)
        assert [line.split()[0] for line in lines[-4:]] == ["thing", "asOf", "measure", "counted"]
        assert lines[-3] == "asOf     2021-07-29/2021-07-30"
        assert "" in lines

    @pytest.mark.parametrize("width", [40, 60, 100])
    def test_no_color_is_honoured(self, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
        """NO_COLOR leaves no codes at all, neither colours nor bold (no-color.org)."""
        assert "\x1b" in screen(self.wide, width)
        monkeypatch.setenv("NO_COLOR", "1")
        assert "\x1b" not in screen(self.wide, width)

    def test_text_of_the_graph_cannot_steer_the_terminal(self) -> None:
        """Control characters and bidirectional overrides are shown as replaced."""
        cell = cell_of(Literal("a\x1b[31mred\x07\u202eb\nc"), {})
        assert cell.text == "a\ufffd[31mred\ufffd\ufffdb c"

    def test_a_slug_that_says_nothing_new_is_left_out(self) -> None:
        """On-going needs no (on-going), a project its number."""
        iri = IRI("https://w3id.org/cbrngraph/id/status/on-going")
        assert str(cell_of(iri, {iri: "On-going"})) == "On-going"
        project = IRI("https://w3id.org/cbrngraph/id/project/P1")
        assert str(cell_of(project, {project: "Title"})) == "Title (P1)"
        assert str(cell_of(project, {})) == "project:P1"

    def test_markdown_escapes_what_is_special(self, answered: Callable[..., Result]) -> None:
        """A pipe or tag in the data breaks no table."""
        rows: Rows = [(Literal("a|b <i>*x*</i>"), IRI("http://e/(x)|y"))]
        text = written(answered(rows), "md").decode()
        assert text.splitlines()[2] == (
            r"| a\|b \<i\>\*x\*\</i\> | [\<http://e/(x)\|y\>](http://e/%28x%29%7Cy) |"
        )


class TestSpreadsheet:
    """XLSX."""

    @pytest.fixture
    def book(self, answered: Callable[..., Result]) -> Iterator[Any]:
        """A workbook of all kinds of cells, read by another library."""
        north = IRI("https://w3id.org/cbrngraph/id/region/north")
        kinds: list[Term | None] = [
            Literal("12", XSD + "integer"),
            Literal("1.25", XSD + "decimal"),
            Literal("2024-02-29", XSD + "date"),
            Literal("true", XSD + "boolean"),
            Literal("=1+1"),
            Literal("12345678901234567890", XSD + "integer"),
            Literal("2023", XSD + "gYear"),
            Literal("INF", XSD + "double"),
            Literal("1850-01-01", XSD + "date"),
            Literal("x" * 40000),
            Literal("http://e/not-a-link"),
            None,
        ]
        data = written(answered([(kind, north) for kind in kinds]), "xlsx")
        workbook = openpyxl.load_workbook(io.BytesIO(data))
        yield workbook
        workbook.close()

    def test_cells_are_numbers_dates_and_text(self, book: Any) -> None:
        """What a spreadsheet cannot hold exactly stays text; no text is a formula."""
        cells = [row[0] for row in book["Answer"].iter_rows(min_row=2)]
        assert [cell.value for cell in cells[:9]] == [
            12,
            1.25,
            datetime(2024, 2, 29),  # noqa: DTZ001 - a cell has no time zone
            True,
            "=1+1",
            "12345678901234567890",
            "2023",
            "INF",
            "1850-01-01",
        ]
        assert cells[4].data_type == "s"
        assert len(cells[9].value) == 32767
        assert cells[10].hyperlink is None
        assert cells[11].value is None

    def test_things_are_links_with_labels_beside(self, book: Any) -> None:
        """The slug links to the IRI, the next column has the label; the head is frozen."""
        sheet = book["Answer"]
        assert [cell.value for cell in sheet[1]] == ["a", "b", "b label"]
        assert sheet["B2"].value == "north"
        assert sheet["B2"].hyperlink.target == "https://w3id.org/cbrngraph/id/region/north"
        assert sheet["C2"].value == "The North"
        assert sheet.freeze_panes == "A2"

    def test_it_says_where_it_comes_from(self, book: Any, toy_graph: Graph) -> None:
        """The second sheet has the snapshot and the SPARQL."""
        about = dict(book["About"].iter_rows(values_only=True))
        assert about["Snapshot"] == toy_graph.snapshot_id
        assert about["SPARQL"] == "SELECT ..."

    def test_the_same_answer_gives_the_same_bytes(self, answered: Callable[..., Result]) -> None:
        """No clock goes into the file."""
        rows: Rows = [(Literal("a"), IRI("http://e/b"))]
        assert written(answered(rows), "xlsx") == written(answered(rows), "xlsx")


class TestOutput:
    """Files that appear whole or not at all."""

    def test_a_file_is_replaced_only_when_complete(self, tmp_path: Path) -> None:
        """An error while writing leaves the old file, its mode and no temporary one."""
        path = tmp_path / "out.csv"
        path.write_text("old")
        path.chmod(0o640)
        with pytest.raises(ZeroDivisionError), opened(path) as out:
            out.write(b"%d" % (1 // 0))
        assert path.read_text() == "old"
        with opened(path) as out:
            out.write(b"new")
            assert path.read_text() == "old"
        assert path.read_text() == "new"
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        assert os.listdir(tmp_path) == ["out.csv"]
        assert not unfinished

    def test_a_link_stays_a_link(self, tmp_path: Path) -> None:
        """The file behind a symbolic link is replaced, not the link."""
        (tmp_path / "real").write_text("old")
        (tmp_path / "link").symlink_to("real")
        with opened(tmp_path / "link") as out:
            out.write(b"new")
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "real").read_text() == "new"

    @pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
    def test_a_full_disk_is_one_message(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
    ) -> None:
        """A disk that fills up on the last write leaves nothing behind."""

        def full(handle: int) -> None:
            raise OSError(code, "no space")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(EnvironmentProblem, match="disk is full"), opened(tmp_path / "x") as out:
            out.write(b"new")
        assert os.listdir(tmp_path) == []

    def test_a_device_is_written_to_not_replaced(self) -> None:
        """/dev/full reports its full disk and is still there."""
        full = Path("/dev/full")
        if not full.exists():
            pytest.skip("this system has no /dev/full")
        with pytest.raises(EnvironmentProblem), opened(full) as out:
            out.write(b"x" * 100_000)
        assert full.is_char_device()

    def test_a_place_that_cannot_be_written_is_named(self, tmp_path: Path) -> None:
        """A folder, or a path below nothing, is an error with its name."""
        with pytest.raises(ReadError, match="is a folder"), opened(tmp_path) as out:
            out.write(b"")
        with pytest.raises(ReadError, match="absent"), opened(tmp_path / "absent" / "x") as out:
            out.write(b"")
