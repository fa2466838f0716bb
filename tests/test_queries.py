"""Stored queries: header, parameters, binding, and what is refused."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cbrngraph.errors import ParameterError, QueryError, ReadError, SyntaxFault, UnknownNameError
from cbrngraph.model import IRI, Literal
from cbrngraph.queries import (
    Catalogue,
    bind,
    bind_terms,
    choices,
    chosen_terms,
    execute,
    execute_select,
    find_query,
    prepare,
    projection,
    read_query,
    tokenize,
    values_blocks,
)
from cbrngraph.queries.header import read_header
from cbrngraph.queries.tokens import declared_prefixes
from cbrngraph.resources import Project
from cbrngraph.store import Solutions, Store

if TYPE_CHECKING:
    from cbrngraph.graph import Graph

XSD = "http://www.w3.org/2001/XMLSchema#"
ID = "https://w3id.org/cbrngraph/id/"
SHIPPED = Catalogue(Project.open()).names()


def header(params: str = "", body: str = "SELECT ?v { VALUES ?v { UNDEF } }") -> str:
    """A query with a header that declares `params`."""
    lines = ["summary: What is it?", "tags: [toy]"]
    if params:
        lines += ["params:", *params.splitlines()]
    return "".join(f"#+ {line}\n" for line in lines) + body + "\n"


def one(type_: str, default: str = "null", choices: str = "") -> str:
    """A header with the parameter v of a type."""
    text = f"  - name: v\n    type: {type_}\n    default: {default}"
    return header(text + (f"\n    choices: {choices}" if choices else ""))


class TestTokens:
    """SPARQL text as tokens."""

    def test_a_comment_or_string_hides_what_looks_like_syntax(self) -> None:
        """VALUES, braces and hashes in comments, strings and IRIs are no syntax."""
        text = """SELECT * { # VALUES ?a { UNDEF }
          ?s <http://e/#x> "VALUES ?a { UNDEF }" , '''it's } \\''' # {''' . ?s ?p "\\"}" }"""
        assert [t.text for t in tokenize(text) if t.text in "{}" or t.is_word("VALUES")] == [
            "{",
            "}",
        ]
        assert list(values_blocks(text)) == []

    def test_tokens_cover_the_text_without_gaps(self) -> None:
        """What lies between two tokens is white space or a comment."""
        for slug in SHIPPED:
            text = Catalogue(Project.open()).get(slug).text
            end = 0
            for token in tokenize(text):
                assert re.fullmatch(r"(\s|#[^\n]*(\n|$))*", text[end : token.start]), slug
                assert token.kind != "bad", (slug, token)
                end = token.end

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("SELECT ?a $b (COUNT(?c) AS ?n) WHERE { ?a ?b ?c }", ("a", "b", "n")),
            ("SELECT DISTINCT ?x { { SELECT ?y { ?y ?p ?x } } }", ("x",)),
            ("SELECT * { ?a ?b ?c }", ()),
            ("ASK { ?a ?b ?c }", ()),
            ("SELECT (GROUP_CONCAT(?a; SEPARATOR=') AS ?z') AS ?all) {?a ?b ?c}", ("all",)),
        ],
    )
    def test_projection_is_what_the_outer_select_names(
        self, text: str, expected: tuple[str, ...]
    ) -> None:
        """Sub-selects and variables inside expressions are not projected."""
        assert projection(tokenize(text)) == expected


class TestHeader:
    """The `#+` lines."""

    def test_values_lists_and_blocks_are_read(self) -> None:
        """The parts of YAML that are supported mean what YAML says."""
        text = """#+ summary: "A: quoted \\"value\\""
#+ description: >
#+   folded
#+   lines
#+ tags: [one, two words]
#+ params:
#+   - name: a
#+     type: iri
#+     choices: |
#+       SELECT ?value {
#+         ?value ?p 'x: y'
#+       }
#+   - name: b
#+     type: string
#+     label: 'it''s'
ASK {}
"""
        query = read_query(text)
        assert query.summary == 'A: quoted "value"'
        assert query.description == "folded lines"
        assert query.tags == ("one", "two words")
        assert [p.name for p in query.parameters] == ["a", "b"]
        assert query.parameters[0].choices == "SELECT ?value {\n  ?value ?p 'x: y'\n}"
        assert query.parameters[1].label == "it's"
        assert query.sparql == "ASK {}\n"

    @pytest.mark.parametrize(
        ("lines", "line", "message"),
        [
            ("summary: x\nsummary: y", 2, "given twice"),
            ("sumary: x", 1, "did you mean 'summary'"),
            ("summary: x\n  deeper: y", 2, "indented"),
            ("summary: a: b", 1, "quoted"),
            ("summary: a # b", 1, "quoted"),
            ("summary: *alias", 1, "quoted"),
            ("summary: 'open", 1, "quotes"),
            ("summary: x\ntags: [a, b", 2, "']'"),
            ("summary: x\ntags: a", 2, "list"),
            ("summary: x\nview: yesterday", 2, "one of current, all"),
            ("summary: x\nchart: pie", 2, "one of table"),
            ("summary: x\nchart: bar x=a", 2, "needs"),
            ("summary: x\njust words", 2, "key: value"),
            ("description: x", 1, "'summary' is missing"),
            ("summary: x\nparams:\n  - name: A\n    type: iri", 3, "a-z"),
            ("summary: x\nparams:\n  - name: a\n    type: irri", 4, "one of iri"),
            ("summary: x\nparams:\n  - name: a\n    type: iri\n    defalt: b", 5, "default"),
            (
                "summary: x\nparams:\n  - name: a\n    type: iri\n  - name: a\n    type: iri",
                5,
                "given twice",
            ),
        ],
    )
    def test_a_fault_names_file_and_line(self, lines: str, line: int, message: str) -> None:
        """Whatever the reader does not know is refused, never guessed."""
        text = "".join(f"#+ {text}\n" for text in lines.splitlines()) + "ASK {}"
        with pytest.raises(SyntaxFault, match=re.escape(message)) as caught:
            read_query(text, Path("queries/toy/odd.rq"))
        assert caught.value.line == line
        assert str(caught.value).startswith(f"queries/toy/odd.rq:{line}: query header:")

    def test_a_query_without_header_is_a_query(self) -> None:
        """A plain SPARQL file has no header and no parameters."""
        query = read_query("# a comment\nASK {}")
        assert query.parameters == ()
        assert read_header("ASK {}", Path("x.rq")) == {}

    @given(st.text(alphabet="#+ abc:->|[]'\"\n,", max_size=60))
    def test_any_header_is_read_or_refused(self, text: str) -> None:
        """No header ends in anything but a value or a located fault."""
        lines = "".join(f"#+ {line}\n" for line in text.splitlines())
        found: SyntaxFault | None = None
        try:
            read_query(lines + "ASK {}")
        except SyntaxFault as fault:
            found = fault
        assert found is None or 1 <= found.line <= max(1, len(lines.splitlines()))


class TestCatalogue:
    """Names, topics, files."""

    def test_looking_up_one_query_reads_only_that_file(self, tmp_path: Path) -> None:
        """A broken neighbour does not matter until it is asked for."""
        folder = tmp_path / "queries" / "toy"
        folder.mkdir(parents=True)
        (folder / "good.rq").write_text(header())
        (folder / "bad.rq").write_text("#+ nonsense\n")
        (folder / "binary.rq").write_bytes(b"\xff\xfe\x00")
        catalogue = Catalogue(Project.open(tmp_path))
        assert catalogue.get("good").topic == "toy"
        with pytest.raises(SyntaxFault):
            catalogue.get("bad")
        with pytest.raises(ReadError, match="UTF-8"):
            catalogue.get("binary")

    def test_an_unknown_query_or_topic_suggests_the_nearest(self) -> None:
        """A typo is answered with names that exist."""
        catalogue = Catalogue(Project.open())
        with pytest.raises(UnknownNameError, match="projects-by-country"):
            catalogue.get("project-by-country")
        with pytest.raises(UnknownNameError, match="projects"):
            catalogue.select("project")

    def test_what_is_a_name_a_file_or_sparql(self, tmp_path: Path) -> None:
        """Spaces and braces make SPARQL, a slash or suffix a file, else it is a name."""
        path = tmp_path / "mine.rq"
        path.write_text("ASK {}")
        project = Project.open()
        assert find_query(project, str(path)).path == path
        assert find_query(project, "ASK{}").text == "ASK{}"
        assert find_query(project, "projects-by-country").topic == "projects"
        with pytest.raises(ReadError, match="No such file"):
            find_query(project, str(tmp_path / "absent.rq"))


class TestValues:
    """What a user gives, as terms."""

    @pytest.mark.parametrize(
        "text",
        [
            "UZB",
            "uzb",
            "UZ",
            "uz",
            "Uzbekistan",
            "uzbekistan",
            "UZBEKISTAN",
            ID + "country/UZB",
            "country:UZB",
            " UZB ",
        ],
    )
    def test_a_thing_is_found_by_iri_curie_slug_code_or_label(
        self, graph: Graph, text: str
    ) -> None:
        """All the ways to name a thing lead to the same row."""
        query = graph.queries.get("projects-by-country")
        bound = bind(query, {"country": text}, graph.snapshot)
        assert f"VALUES ?country {{ <{ID}country/UZB> }}" in bound

    def test_a_term_or_a_choice_is_one_value(self, graph: Graph) -> None:
        """What the choices give can be given back."""
        query = graph.queries.get("projects-by-country")
        (first, *_) = graph.choices("projects-by-country", "country")
        for value in (first, first.value, [first, first.value], Literal(first.slug)):
            bound = bind(query, {"country": value}, graph.snapshot)
            assert f"VALUES ?country {{ <{first.value}> }}" in bound
        result = graph.query("projects-by-country", country=[first, "UZB"])
        assert result.asked.given == (("country", "AFG, UZB"),)

    def test_an_unknown_value_suggests_the_nearest(self, graph: Graph) -> None:
        """A misspelt choice is an error that names the choice."""
        query = graph.queries.get("projects-by-country")
        with pytest.raises(UnknownNameError) as caught:
            bind(query, {"country": "Usbekistan"}, graph.snapshot)
        assert "Uzbekistan" in caught.value.suggestions

    def test_an_unknown_parameter_names_those_there_are(self, graph: Graph) -> None:
        """The message lists the query's own parameters."""
        query = graph.queries.get("projects-by-country")
        with pytest.raises(UnknownNameError, match="projects-by-country has: country"):
            bind(query, {"land": "UZB"}, graph.snapshot)

    def test_a_name_of_several_things_is_refused(self, toy_graph: Graph) -> None:
        """Two things of one label: the message lists both."""
        text = one("iri", choices="SELECT ?value ?label {?value skos:prefLabel ?label}")
        with pytest.raises(ParameterError, match=r"project/T2, .*region/south"):
            bind(read_query(text), {"v": "twin"}, toy_graph.snapshot)

    def test_choices_without_value_are_refused(self, toy_graph: Graph) -> None:
        """A choices query must give ?value."""
        text = one("iri", choices="SELECT ?label {?x skos:prefLabel ?label}")
        with pytest.raises(ParameterError, match=r"\?value \?label \?slug"):
            bind(read_query(text), {"v": "twin"}, toy_graph.snapshot)

    @pytest.mark.parametrize(
        ("type_", "value", "term"),
        [
            ("integer", 12, Literal("12", XSD + "integer")),
            ("integer", "-3", Literal("-3", XSD + "integer")),
            ("decimal", "1.50", Literal("1.50", XSD + "decimal")),
            ("boolean", True, Literal("true", XSD + "boolean")),
            ("boolean", "no", Literal("false", XSD + "boolean")),
            ("date", "2025", Literal("2025-12-31", XSD + "date")),
            ("date", 2025, Literal("2025-12-31", XSD + "date")),
            ("date", "2024-02", Literal("2024-02-29", XSD + "date")),
            ("date", date(2024, 5, 6), Literal("2024-05-06", XSD + "date")),
            ("date-start", "2025", Literal("2025-01-01", XSD + "date")),
            ("date-start", "2025-06-30", Literal("2025-06-30", XSD + "date")),
            ("string", "UZB", Literal("UZB")),
            ("iri", "cbrn:Project", IRI("https://w3id.org/cbrngraph/ontology#Project")),
        ],
    )
    def test_a_value_becomes_a_term_of_the_declared_type(
        self, toy_graph: Graph, type_: str, value: object, term: IRI | Literal
    ) -> None:
        """What is put in is exactly the term, and dates are widened to a day."""
        bound = bind(read_query(one(type_)), {"v": value}, toy_graph.snapshot)  # type: ignore[dict-item]
        assert f"VALUES ?v {{ {term.n3()} }}" in bound

    @pytest.mark.parametrize(
        ("type_", "value"),
        [
            ("integer", "1.5"),
            ("integer", "١٢"),
            ("integer", "1 } DROP ALL"),
            ("decimal", "1e5"),
            ("boolean", "perhaps"),
            ("date", "2025-13"),
            ("date", "yesterday"),
            ("date", "2025/.."),
            ("date-start", "../2025"),
            ("iri", "no iri"),
            ("iri", "x> } INSERT DATA { <a:b"),
            ("iri", "http://e/a b"),
            ("string", ""),
            ("string", "\ud800"),
            ("string", "a\0b"),
            ("string", []),
            ("string", {"a": 1}),
        ],
    )
    def test_an_unfit_value_is_refused(self, toy_graph: Graph, type_: str, value: object) -> None:
        """A value that its type does not allow never reaches the engine."""
        with pytest.raises(ParameterError, match="'v'"):
            bind(read_query(one(type_)), {"v": value}, toy_graph.snapshot)  # type: ignore[dict-item]

    @given(st.text(min_size=1).filter(lambda text: text.strip() and "\0" not in text))
    def test_no_text_can_become_anything_but_itself(self, text: str) -> None:
        """Nothing can be injected: the answer is the very text that was given."""
        store = Store.memory()
        query = read_query(header("  - name: v\n    type: string"))
        bound = bind_terms(query, {"v": [Literal(text)]})
        assert list(execute_select(store, bound).rows) == [(Literal(text),)]

    def test_the_choices_come_from_the_graph(self, graph: Graph) -> None:
        """Each choice has an IRI, a label and a slug."""
        query = graph.queries.get("projects-by-country")
        known = choices(query, query.parameter("country"), graph.snapshot)
        uzbekistan = next(choice for choice in known if choice.slug == "UZB")
        assert (uzbekistan.label, uzbekistan.code) == ("Uzbekistan", "UZ")


class TestBinding:
    """Terms in place of UNDEF."""

    def test_several_values_become_several_rows(self) -> None:
        """A list is one VALUES row each, repeated ones once."""
        query = read_query(one("string"))
        bound = bind_terms(query, {"v": [Literal("a"), Literal("b")]})
        assert 'VALUES ?v { "a" "b" }' in bound

    def test_parameters_of_one_block_are_combined(self) -> None:
        """Two columns with two values each give four rows; other cells stay."""
        body = 'SELECT * { VALUES (?v ?fixed ?w) { (UNDEF "x"@en UNDEF) } }'
        query = read_query(
            header("  - name: v\n    type: string\n  - name: w\n    type: string", body)
        )
        bound = bind_terms(query, {"v": [Literal("1"), Literal("2")], "w": [Literal("3")]})
        assert 'VALUES (?v ?fixed ?w) { ("1" "x"@en "3") ("2" "x"@en "3") }' in bound
        assert 'VALUES (?v ?fixed ?w) { (UNDEF "x"@en "3") }' in bind_terms(
            query, {"w": [Literal("3")]}
        )

    def test_every_block_of_the_variable_is_bound(self) -> None:
        """A sub-select that repeats the block gets the value too."""
        body = "SELECT * { VALUES $v { UNDEF } { SELECT ?v { VALUES ?v { UNDEF } } } }"
        bound = bind_terms(read_query(header(body=body)), {"v": [Literal("a")]})
        assert bound.count('{ "a" }') == 2

    @pytest.mark.parametrize(
        "body",
        [
            "SELECT * { # VALUES ?v { UNDEF }\n ?s ?p ?v }",
            "SELECT * { ?s ?p 'VALUES ?v { UNDEF }' }",
            "SELECT * { VALUES ?v { 'x' } }",
            "SELECT * { VALUES ?other { UNDEF } }",
        ],
    )
    def test_a_parameter_without_an_open_block_is_an_error(self, body: str) -> None:
        """A value is never silently ignored."""
        with pytest.raises(QueryError, match="no VALUES"):
            bind_terms(read_query(header(body=body)), {"v": [Literal("a")]})

    def test_binding_keeps_the_lines(self) -> None:
        """An error behind a bound block points at the line of the file."""
        body = "SELECT * {\n VALUES ?v {\n  UNDEF\n }\n FILER(1) }"
        query = read_query(header(body=body))
        bound = bind_terms(query, {"v": [Literal("a\nb")]})
        with pytest.raises(QueryError) as caught:
            execute(Store.memory(), bound)
        assert caught.value.line == query.text[: query.text.index("FILER")].count("\n") + 1

    def test_a_default_is_used_and_can_be_taken_back(self, toy_graph: Graph) -> None:
        """Without a value the default is bound; None and * mean all rows."""
        query = read_query(one("string", default="abc"))
        assert '{ "abc" }' in bind(query, {}, toy_graph.snapshot)
        assert "{ UNDEF }" in bind(query, {"v": None}, toy_graph.snapshot)
        assert "{ UNDEF }" in bind(query, {"v": "*"}, toy_graph.snapshot)

    def test_an_unbound_parameter_changes_no_byte(self, graph: Graph) -> None:
        """A query without values runs as the file stands."""
        query = graph.queries.get("projects-by-country")
        assert bind(query, {}, graph.snapshot) == query.text


class TestRunning:
    """What is refused, and where an error points."""

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("INSERT DATA { <a:b> <a:b> <a:b> }", "SPARQL Update is refused"),
            ("PREFIX a: <a:> WITH <a:b> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "Update"),
            ("SELECT * { service <http://localhost:1/> { ?s ?p ?o } }", "SERVICE is refused"),
            ("SELECT * FROM <http://localhost:1/> { ?s ?p ?o }", "FROM is refused"),
            ("SELECT * from named <file:///etc/passwd> { ?s ?p ?o }", "FROM is refused"),
            ("ASK {" * 300, "levels deep"),
            ("ASK {" + "OPTIONAL { ?s ?p ?o } " * 600 + "}", "too large"),
            ("ASK { FILTER(" + "!" * 20000 + "true) }", "too large"),
            ("  # nothing\n", "empty"),
        ],
    )
    def test_what_could_harm_is_refused(self, text: str, message: str) -> None:
        """No update, no network, no text that ends the engine."""
        with pytest.raises(QueryError, match=message):
            execute(Store.memory(), text)

    def test_long_lists_of_values_are_fine(self) -> None:
        """Only structure is limited, not data in VALUES and IN."""
        many = " ".join(f"<http://e/{number}>" for number in range(8000))
        execute(Store.memory(), f"ASK {{ VALUES ?x {{ {many} }} VALUES (?y) {{ (UNDEF) }} }}")
        listed = ", ".join(f"<http://e/{number}>" for number in range(4000))
        execute(Store.memory(), f"ASK {{ ?s ?p ?o FILTER(?o IN ({listed})) }}")

    @pytest.mark.parametrize(
        ("text", "line", "column", "message"),
        [
            ("SELECT * {\n  ?s ?p ?o .\n  FILER(?o)\n}", 3, 3, "did you mean FILTER?"),
            ("SELEC * { ?s ?p ?o }", 1, 1, "did you mean SELECT?"),
            ("SELECT * { ?s ?p }", 1, 18, "'}' is not expected"),
            ("SELECT * { ?s ?p ?o", 1, 20, "ends too early"),
            ("SELECT * { ?s ?p ?o } ORDER ?s", 1, 29, "'?s' is not expected"),
            ("SELECT *\n{ ?s ?p 'open }", 2, 9, "string is not closed"),
            ("SELECT * {\n ?s foo:bar ?o }", 2, 5, "prefix is not declared"),
        ],
    )
    def test_an_error_points_at_its_place(
        self, text: str, line: int, column: int, message: str
    ) -> None:
        """Line, column, the offending line and a caret under the place."""
        with pytest.raises(QueryError) as caught:
            execute(Store.memory(), text)
        shown = str(caught.value)
        assert (caught.value.line, caught.value.column) == (line, column)
        assert message in shown
        _, excerpt, caret = shown.splitlines()
        assert excerpt == f"{line:>5} | {text.splitlines()[line - 1]}"
        assert caret.index("^") - len("    1 | ") == column - 1

    def test_known_prefixes_need_no_declaration(self) -> None:
        """They are added in front without moving the lines; declared ones stay."""
        text = "SELECT * { ?s a cbrn:Project ; skos:prefLabel ?l }"
        assert prepare(text).endswith(text)
        assert prepare(text).count("\n") == 0
        own = "PREFIX cbrn: <http://e/> ASK { ?s a cbrn:Project }"
        assert prepare(own) == own

    @given(st.text(alphabet="SELECT*{}?spo .#'\"<>:VALUES()\n", max_size=40))
    def test_any_text_is_answered_or_refused(self, text: str) -> None:
        """No text gets past the errors of the project."""
        try:
            answer = execute(Store.memory(), text)
        except QueryError:
            return
        if isinstance(answer, Solutions):
            list(answer.rows)


@pytest.mark.parametrize("slug", SHIPPED)
class TestShipped:
    """House rules for every query that is shipped."""

    def test_it_says_what_it_asks(self, graph: Graph, slug: str) -> None:
        """Summary, description, tags and topic are there."""
        query = graph.queries.get(slug)
        assert query.summary.endswith("?")
        assert query.description
        assert query.tags
        assert query.topic

    def test_its_text_stands_alone(self, graph: Graph, slug: str) -> None:
        """Every prefix is declared, so that any other tool can run the file."""
        tokens = tokenize(graph.queries.get(slug).text)
        used = {token.text.partition(":")[0] for token in tokens if token.kind == "pname"}
        assert used == declared_prefixes(tokens)

    def test_its_parameters_are_variables_with_choices(self, graph: Graph, slug: str) -> None:
        """Each has an open VALUES block, and every choice a slug of its own."""
        query = graph.queries.get(slug)
        blocks = list(values_blocks(query.text))
        snapshot = graph.view(query.view).snapshot
        for parameter in query.parameters:
            assert any(block.open_for(parameter.name) for block in blocks), parameter.name
            known = choices(query, parameter, snapshot)
            if parameter.type == "iri":
                assert known, parameter.name
            slugs = {choice.slug for choice in known}
            assert len(slugs) == len({choice.value for choice in known}), parameter.name
        for block in blocks:
            names = {name for name in block.variables if block.open_for(name)}
            assert names <= {parameter.name for parameter in query.parameters}

    def test_its_chart_draws_its_own_columns(self, graph: Graph, slug: str) -> None:
        """The variables of the chart are projected."""
        query = graph.queries.get(slug)
        drawn = {query.chart.x, query.chart.y, query.chart.series} - {""}
        assert drawn <= set(projection(tokenize(query.text)))


def test_an_identifier_is_found_without_listing_all_choices(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slug or IRI takes a look-up; only other names need the whole list."""
    query = graph.queries.get("sources-of-thing")
    iri = "https://w3id.org/cbrngraph/id/project/P087"

    def listed(*_: object) -> None:
        raise AssertionError("all choices were listed")

    monkeypatch.setattr("cbrngraph.queries.choosing.choices", listed)
    for name in ("P087", iri, "project:P087"):
        assert f"<{iri}>" in bind(query, {"thing": name}, graph.snapshot)
    with pytest.raises(AssertionError, match="listed"):
        bind(query, {"thing": "p087"}, graph.snapshot)


@pytest.mark.parametrize("kind", ["integer", "decimal", "date", "date-start", "boolean"])
def test_what_is_compared_with_is_one_value(toy_graph: Graph, kind: str) -> None:
    """Several would give every row several times; the same one twice is one."""
    several = ["true", "false"] if kind == "boolean" else ["2020", "2021"]
    query = read_query(one(kind))
    with pytest.raises(ParameterError, match=rf"'v' takes one \w+, not {several[0]} and"):
        bind(query, {"v": several}, toy_graph.snapshot)
    assert bind(query, {"v": [several[0]] * 2}, toy_graph.snapshot).count("^^") == 1


def test_a_number_with_choices_may_be_several(toy_graph: Graph) -> None:
    """Then the query asks for things of a list, whatever their type."""
    query = read_query(one("integer", choices="SELECT ?value { VALUES ?value { 1 2 3 } }"))
    assert chosen_terms(query, {"v": [1, 2]}, toy_graph.snapshot)["v"] == (
        Literal("1", XSD + "integer"),
        Literal("2", XSD + "integer"),
    )


PERIOD = """\
  - name: since
    type: date-start
  - name: until
    type: date
  - name: at
    type: date"""


def test_a_period_that_ends_before_it_begins_is_refused(toy_graph: Graph) -> None:
    """A first day and the last day behind it are a pair; another date is none of it."""
    query = read_query(header(PERIOD))
    with pytest.raises(ParameterError, match="'since' is 2023-05-01, 'until' is 2022-01-31"):
        chosen_terms(query, {"since": "2023-05", "until": "2022-01"}, toy_graph.snapshot)
    for good in ({"since": "2023", "until": "2023"}, {"since": "2023", "at": "2020"}):
        assert len(chosen_terms(query, good, toy_graph.snapshot)) == 2
