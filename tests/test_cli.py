"""The command line: what it prints, where, with which exit code, and how it fails."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cbrngraph import __version__
from cbrngraph.cli.main import COMMANDS, build_parser
from cbrngraph.cli.parser import commands_of
from cbrngraph.store import parse_file, parse_text
from tests.conftest import ROOT, Ran, write_toy

if TYPE_CHECKING:
    import argparse

    from cbrngraph.graph import Graph

Run = Callable[..., Ran]
# Some 20,000 to the third power of joins: it ends when it is interrupted.
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c + ?f > ?i) }"

# The program, interrupted when it first imports a module: its first argument.
STRUCK = """
import os, signal, sys
module = sys.argv.pop(1)
left = [module]
def strike(event, arguments):
    if event == "import" and arguments[0] in left:
        left.clear()
        os.kill(os.getpid(), signal.SIGINT)
from cbrngraph.cli.main import entry
for name in ("signal", "enum"):
    del sys.modules[name]
sys.addaudithook(strike)
entry()
"""


def start(*arguments: str, **settings: Any) -> subprocess.Popen[bytes]:
    """Start the program and leave it running."""
    command = [sys.executable, "-m", "cbrngraph", *arguments]
    started: subprocess.Popen[bytes] = subprocess.Popen(
        command, stderr=subprocess.PIPE, cwd=ROOT, **settings
    )
    return started


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something is so, ten seconds at most."""
    end = time.monotonic() + 10
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    assert condition()


class TestQuery:
    """`cbrngraph query`."""

    def test_a_stored_query_prints_labels_beside_slugs(self, run: Run) -> None:
        """In a pipe: plain aligned columns, no colours, nothing on stderr."""
        ran = run("query", "projects-by-country", "--param", "country=uzbekistan")
        assert (ran.code, ran.err) == (0, "")
        head, rule, first, *_ = ran.out.splitlines()
        assert head.split() == ["country", "project", "status", "start", "end"]
        assert set(rule) == {"-", " "}
        assert first.startswith("Uzbekistan (UZB)  ")
        assert "\x1b" not in ran.out

    @pytest.mark.parametrize("where", ["before", "after"])
    def test_global_options_stand_before_or_after(
        self, run_main: Run, toy: Path, where: str
    ) -> None:
        """--project and --store mean the same on both sides of the command."""
        options = ("--project", str(toy), "--store", "memory")
        command = ("query", "SELECT (COUNT(?p) AS ?n) { ?p a cbrn:Project }", "-f", "csv")
        ran = run_main(*((*options, *command) if where == "before" else (*command, *options)))
        assert (ran.code, ran.out) == (0, "n\r\n2\r\n")

    def test_sparql_comes_from_the_command_a_file_or_stdin(self, run: Run, tmp_path: Path) -> None:
        """All three ways give the same answer."""
        text = (
            "SELECT ?slug { <https://w3id.org/cbrngraph/id/country/UZB> dcterms:identifier ?slug }"
        )
        path = tmp_path / "mine.rq"
        path.write_text(text)
        for arguments, given in (((text,), None), ((str(path),), None), (("-",), text)):
            ran = run("query", *arguments, "--format", "csv", input=given)
            assert (ran.code, ran.out) == (0, "slug\nUZB\n")

    def test_repeated_values_are_several_rows(self, run_main: Run) -> None:
        """--param twice asks for both."""
        both = ("--param", "country=UZB", "-p", "country=kaz")
        ran = run_main("query", "projects-by-country", *both, "-f", "csv")
        found = set(re.findall("/country/([A-Z]{3}),", ran.out))
        assert found == {"UZB", "KAZ"}

    def test_a_date_cuts_the_graph(self, run_main: Run, toy: Path) -> None:
        """--as-of and --view choose what is seen."""
        title = (
            "SELECT ?t { <https://w3id.org/cbrngraph/id/project/T1> dcterms:title ?t } ORDER BY ?t"
        )
        asked = ("query", title, "-f", "csv", "--project", str(toy))
        assert run_main(*asked).out == "t\r\nNew title\r\n"
        assert run_main(*asked, "--as-of", "2021").out == "t\r\nOld <title>\r\n"
        assert run_main(*asked, "--view", "all").out == "t\r\nNew title\r\nOld <title>\r\n"

    @pytest.mark.parametrize("suffix", ["csv", "tsv", "json", "xml", "xlsx", "md", "txt"])
    def test_the_suffix_of_the_file_is_the_format(
        self, run_main: Run, tmp_path: Path, suffix: str
    ) -> None:
        """-o writes the file and nothing to the screen."""
        path = tmp_path / f"out.{suffix}"
        ran = run_main("query", "projects-by-priority", "-o", str(path))
        assert (ran.code, ran.out, ran.err) == (0, "", "")
        data = path.read_bytes()
        assert b"P087" in data or data.startswith(b"PK")

    def test_a_construct_is_turtle_unless_asked_otherwise(self, run_main: Run) -> None:
        """Every graph format holds the same triples."""
        text = (
            "CONSTRUCT WHERE { <https://w3id.org/cbrngraph/id/country/UZB> dcterms:identifier ?i }"
        )
        seen = {
            name: set(parse_text(run_main("query", text, *options).out, suffix))
            for name, options, suffix in (
                ("default", (), ".ttl"),
                ("trig", ("-f", "trig"), ".trig"),
                ("nt", ("-f", "nt"), ".nt"),
                ("nquads", ("-f", "nquads"), ".nq"),
                ("jsonld", ("-f", "jsonld"), ".jsonld"),
            )
        }
        assert len(set(map(frozenset, seen.values()))) == 1
        assert len(seen["default"]) == 1

    def test_a_limit_tells_that_there_is_more(self, run_main: Run) -> None:
        """The rows go to stdout, the note to stderr."""
        ran = run_main("query", "projects-by-country", "--limit", "3", "-f", "csv")
        assert len(ran.out.splitlines()) == 4
        assert "there is more" in ran.err
        assert run_main("query", "ASK {}", "--limit", "3").err == ""

    def test_an_ask_is_a_word(self, run_main: Run) -> None:
        """Yes or no; the exit code says only that it worked."""
        assert run_main("query", "ASK { ?s a cbrn:Project }").out == "yes\n"
        assert run_main("query", "ASK { ?s a cbrn:Nothing }").out == "no\n"
        assert run_main("query", "ASK { ?s a cbrn:Nothing }").code == 0

    @pytest.mark.parametrize("name", ["csv", "tsv", "json", "xml", "table", "md", "xlsx"])
    def test_the_same_question_gives_the_same_bytes(
        self, run: Run, tmp_path: Path, name: str
    ) -> None:
        """Two processes, one answer."""
        files = [tmp_path / f"{number}" for number in (1, 2)]
        for path in files:
            ran = run("query", "projects-by-country", "-f", name, "-o", str(path))
            assert ran.code == 0
        assert files[0].read_bytes() == files[1].read_bytes()
        assert len(files[0].read_bytes()) > 1000


class TestListings:
    """`queries`, `show`, `search`, `info`."""

    @pytest.mark.parametrize(
        "arguments",
        [
            ("queries",),
            ("queries", "--topic", "projects"),
            ("queries", "projects-by-country"),
            ("search", "tashkent"),
        ],
    )
    def test_a_listing_as_json_is_a_list_of_objects_with_slug(
        self, run_main: Run, arguments: tuple[str, ...]
    ) -> None:
        """Scripts find every listing the same way."""
        ran = run_main(*arguments, "--format", "json")
        listed = json.loads(ran.out)
        assert (ran.code, ran.err.replace("cbrngraph: cut off", "")[:0]) == (0, "")
        assert listed
        assert all(one["slug"] for one in listed)

    @pytest.mark.parametrize("command", ["info", "build"])
    def test_a_snapshot_as_json_has_the_slug_of_its_view(self, run_main: Run, command: str) -> None:
        """One object, named like the view that it is of."""
        ran = run_main(command, "--format", "json", "--as-of", "2023-05")
        assert json.loads(ran.out)["slug"] == "as-of-2023-05-31"

    def test_a_query_in_full_has_parameters_choices_and_text(self, run_main: Run) -> None:
        """What a user needs to ask it, as text and as JSON."""
        text = run_main("queries", "projects-by-country").out
        assert "--param country=" in text
        assert "AFG  Afghanistan" in text
        assert "SELECT DISTINCT ?country" in text
        assert "#+" not in text
        (one,) = json.loads(run_main("queries", "projects-by-country", "-f", "json").out)
        assert {"slug": "AFG", "label": "Afghanistan"}.items() <= one["parameters"][0]["choices"][
            0
        ].items()
        assert one["sparql"].startswith("PREFIX")
        assert "```sparql" in run_main("queries", "projects-by-country", "-f", "md").out

    def test_show_has_four_formats(self, run_main: Run, toy: Path) -> None:
        """Table, JSON, Markdown and the statements themselves."""
        show = ("show", "t1", "--project", str(toy))
        assert "also stated: Old <title>" in run_main(*show).out
        assert json.loads(run_main(*show, "-f", "json").out)["slug"] == "T1"
        assert r"also stated: Old \<title\>" in run_main(*show, "-f", "md").out
        turtle = run_main(*show, "-f", "turtle").out
        assert '"012"^^xsd:integer' in turtle or "012" in turtle
        assert all("T1" in f"{q.subject}{q.object}" for q in parse_text(turtle, ".ttl"))

    def test_show_lists_what_an_ambiguous_name_fits(self, run_main: Run, toy: Path) -> None:
        """Exit code 2 and both things."""
        ran = run_main("show", "twin", "--project", str(toy))
        assert ran.code == 2
        assert "project:T2" in ran.err
        assert "region:south" in ran.err

    def test_search_that_finds_nothing_is_no_error(self, run_main: Run) -> None:
        """An empty list, a note on stderr, exit code 0."""
        ran = run_main("search", "zzzzzz", "--format", "json")
        assert (ran.code, json.loads(ran.out)) == (0, [])
        assert "nothing found" in ran.err

    def test_info_names_the_snapshot(self, run_main: Run, graph: Graph) -> None:
        """The id by which an answer can be cited."""
        assert graph.snapshot_id in run_main("info").out
        assert json.loads(run_main("info", "-f", "json").out)["snapshot"] == graph.snapshot_id

    def test_build_says_what_came_out(self, run_main: Run, tmp_path: Path) -> None:
        """Counts and id; --force builds again and gets the same."""
        # A project that no other test has open: what is built again is removed first.
        toy = write_toy(tmp_path)
        (toy / "data" / "reference" / "own.ttl").write_text("<urn:own> a <urn:Thing> .\n", "utf-8")
        first = json.loads(run_main("build", "--project", str(toy), "-f", "json").out)
        again = json.loads(run_main("build", "--project", str(toy), "--force", "-f", "json").out)
        assert first == again
        assert first["statements"] == 5


class TestExport:
    """`cbrngraph export`."""

    @pytest.mark.parametrize(
        ("name", "suffix"),
        [
            ("turtle", ".ttl"),
            ("nt", ".nt"),
            ("trig", ".trig"),
            ("nquads", ".nq"),
            ("jsonld", ".jsonld"),
        ],
    )
    def test_it_is_lossless_and_always_the_same(
        self, run_main: Run, toy: Path, name: str, suffix: str
    ) -> None:
        """Every literal as in the files, the same bytes twice."""
        first, second = (
            run_main("export", "--project", str(toy), "-f", name).out for _ in range(2)
        )
        assert first == second
        quads = set(parse_text(first, suffix))
        assert any(str(quad.object) == "012" for quad in quads)
        stated = {
            quad if name not in ("turtle", "nt") else quad._replace(graph=None)
            for quad in parse_file(toy / "data" / "sources" / "toy.trig")
            if quad.graph is not None and "Old" not in str(quad.object)
        }
        assert stated <= quads

    def test_a_file_of_triples_holds_the_view(
        self, run_main: Run, toy: Path, tmp_path: Path
    ) -> None:
        """What ends in .nt is N-Triples, the same triples as Turtle, and no fourth term."""
        paths = [tmp_path / "toy.nt", tmp_path / "toy.ttl"]
        for path in paths:
            assert run_main("export", "--project", str(toy), "-o", str(path)).code == 0
        triples, turtle = (set(parse_file(path)) for path in paths)
        assert triples == turtle
        assert len(triples) == len(paths[0].read_text().splitlines()) > 20

    def test_one_graph_or_some(self, run_main: Run, toy: Path) -> None:
        """--graph takes an IRI, a path below the base, or a beginning with *."""
        asked = ("export", "--project", str(toy), "-f", "nquads", "--graph")
        one = run_main(*asked, "source/first#p1").out
        assert len(one.splitlines()) == 3
        some = run_main(*asked, "https://w3id.org/cbrngraph/source/*").out
        assert len(some.splitlines()) == 5
        ran = run_main(*asked, "source/frist#p1")
        assert (ran.code, ran.out) == (2, "")
        assert "did you mean" in ran.err

    def test_the_shipped_graph_can_be_loaded_elsewhere(
        self, run_main: Run, tmp_path: Path, graph: Graph
    ) -> None:
        """A TriG file of everything has every quad of the graph."""
        path = tmp_path / "all.trig"
        assert run_main("export", "-o", str(path)).code == 0
        assert len(set(parse_file(path))) == len(set(graph.quads()))


class TestFailures:
    """One clear message, the right exit code, no traceback, no half-written file."""

    @pytest.mark.parametrize(
        ("arguments", "code", "message"),
        [
            (["quer"], 2, "unknown command: 'quer'; did you mean query or queries?"),
            ([], 2, "the following arguments are required: COMMAND"),
            (["query"], 2, "required: NAME"),
            (["query", "projects-by-contry"], 2, "did you mean projects-by-country"),
            (["query", "projects-by-country", "--fromat", "csv"], 2, "did you mean --format?"),
            (["query", "projects-by-country", "--format", "cvs"], 2, "did you mean csv?"),
            (["query", "projects-by-country", "--format", "turtle"], 2, "what fits: table"),
            (["query", "projects-by-country", "-o", "x.foo"], 2, "say --format"),
            (["query", "projects-by-country", "extra"], 2, "one argument too many: extra"),
            (["query", "projects-by-country", "--param", "contry=UZB"], 2, "did you mean country"),
            (["query", "projects-by-country", "--param", "UZB"], 2, "--param takes NAME=VALUE"),
            (["query", "projects-by-country", "-p", "country=Usbekistan"], 2, "Uzbekistan"),
            (["query", "projects-by-country", "-p", "country="], 2, "empty"),
            (["query", "projects-by-country", "-p", "country=*", "-p", "country=UZB"], 2, "alone"),
            (["query", "projects-by-country", "--view", "curent"], 2, "did you mean current?"),
            (["query", "projects-by-country", "--as-of", "2023-15"], 2, "not a date"),
            (["query", "projects-by-country", "--as-of", "2023/2024"], 2, "2023/2024"),
            (["query", "projects-by-country", "--as-of", ""], 2, "--as-of takes a date"),
            (["show", "P087", "--as-of", " "], 2, "--as-of takes a date"),
            (["query", "projects-by-country", "--limit", "few"], 2, "not a number of rows"),
            (["query", "projects-by-country", "--store", "dsik"], 2, "did you mean disk?"),
            (["query", "SELECT * {\n ?s ?p\n}"], 2, "query:3:1: '}' is not expected here"),
            (["query", "DELETE WHERE { ?s ?p ?o }"], 2, "SPARQL Update is refused"),
            (["query", "absent.rq"], 3, "absent.rq: No such file"),
            (["query", "ASK {}", "--project", "absent"], 3, "absent: no such folder"),
            (["query", "ASK {}", "-o", "absent/x.json"], 3, "No such file or directory"),
            (["queries", "--topic", "project"], 2, "did you mean projects"),
            (["show", "Kazakstan"], 2, "did you mean Kazakhstan"),
            (["show", ""], 2, "an empty name"),
            (["show", "P087", "--format", "xml"], 2, "'xml' (show has table, json, md, turtle)"),
            (["search", " "], 2, "give a word"),
            (["info", "-o", "x.csv"], 2, "info cannot write csv"),
            (["export", "--format", "csv"], 2, "'csv' (export has turtle"),
            (["export", "-o", "x.foo"], 2, "(known: .ttl, .nt, .trig, .nq, .jsonld); say --format"),
            (["ingest", "foo"], 2, "unknown command: 'foo'; 'cbrngraph ingest --help' lists"),
            (["completion", "bsh"], 2, "did you mean bash"),
        ],
    )
    def test_a_wrong_call_is_one_message(
        self, run_main: Run, arguments: list[str], code: int, message: str
    ) -> None:
        """What is wrong, what comes near, and nothing on stdout."""
        ran = run_main(*arguments)
        assert ran.out == ""
        assert ran.err.startswith("cbrngraph: error: ")
        assert message in ran.err
        assert ran.code == code
        assert "Traceback" not in ran.err

    def test_a_turtle_fault_names_file_line_and_what_was_expected(
        self, run_main: Run, tmp_path: Path
    ) -> None:
        """A broken file stops the build; nothing is answered from half a graph."""
        toy = write_toy(tmp_path)
        broken = toy / "data" / "reference" / "broken.ttl"
        broken.write_text("@prefix a: <http://e/> .\na:b a:c .\n")
        ran = run_main("query", "ASK {}", "--project", str(toy))
        assert (ran.code, ran.out) == (3, "")
        assert f"{broken}:2:" in ran.err

    def test_sparql_faults_show_the_line_and_a_caret(self, run_main: Run, tmp_path: Path) -> None:
        """The name of the file, the line, and the place below it."""
        path = tmp_path / "odd.rq"
        path.write_text(
            "#+ summary: Odd?\n#+ tags: [a]\nSELECT * {\n  ?s ?p ?o .\n  FILER(?o)\n}\n"
        )
        ran = run_main("query", str(path))
        assert ran.code == 2
        assert f"{path}:5:3: 'FILER' is not expected here; did you mean FILTER?" in ran.err
        assert ran.err.splitlines()[1:] == ["    5 |   FILER(?o)", "      |   ^"]

    def test_a_full_disk_is_exit_code_3(self, run: Run) -> None:
        """On standard output as in a file."""
        if not Path("/dev/full").exists():
            pytest.skip("this system has no /dev/full")
        for target in (["-o", "/dev/full", "-f", "csv"], ["-f", "csv"]):
            with open("/dev/full", "wb") as full:
                started = start("query", "projects-by-country", *target, stdout=full)
            _, err = started.communicate(timeout=60)
            assert started.returncode == 3
            assert b"disk is full" in err
            assert len(err.splitlines()) == 1

    @pytest.mark.parametrize("unbuffered", ["", "1"])
    @pytest.mark.parametrize("arguments", ["--version", "--help", "query --help", "queries"])
    def test_a_full_disk_is_told_by_help_too(
        self, graph: Graph, arguments: str, unbuffered: str
    ) -> None:
        """Whoever writes little may find out late, but not in silence or twice."""
        if not Path("/dev/full").exists():
            pytest.skip("this system has no /dev/full")
        assert graph.snapshot_id
        with open("/dev/full", "wb") as full:
            own = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
            started = start(*arguments.split(), stdout=full, env=own)
        _, err = started.communicate(timeout=60)
        assert started.returncode == 3
        assert err.startswith(b"cbrngraph: error: standard output: the disk is full")
        assert len(err.splitlines()) == 1

    def test_a_failed_write_leaves_the_old_file(self, run_main: Run, tmp_path: Path) -> None:
        """An answer that does not fit the format changes nothing."""
        path = tmp_path / "out.ttl"
        path.write_text("old")
        assert run_main("query", "projects-by-country", "-o", str(path)).code == 2
        assert path.read_text() == "old"
        assert os.listdir(tmp_path) == ["out.ttl"]

    def test_a_folder_that_cannot_be_written_is_exit_code_3(
        self, run_main: Run, tmp_path: Path
    ) -> None:
        """A folder as target, or one that is missing."""
        assert run_main("query", "ASK {}", "-f", "json", "-o", str(tmp_path)).code == 3

    @pytest.mark.parametrize(
        ("redirection", "code"), [(">&-", 3), ("2>&-", 0), ("<&-", 0), (">&- 2>&-", 3)]
    )
    def test_a_closed_stream_is_no_crash(self, run: Run, redirection: str, code: int) -> None:
        """What the shell has closed is told where that is possible."""
        command = f'exec "{sys.executable}" -m cbrngraph info {redirection}'
        done = subprocess.run(
            ["/bin/sh", "-c", command], capture_output=True, cwd=ROOT, check=False
        )
        assert done.returncode == code
        assert b"Traceback" not in done.stderr

    def test_an_argument_that_is_no_text_is_refused(self, run: Run) -> None:
        """Bytes that are no UTF-8 are an error in words."""
        for arguments in (("show", "\udcff"), ("search", "\udcff"), ("query", "ASK { \udcff }")):
            ran = run(*arguments)
            assert ran.code == 2
            assert ran.err.startswith("cbrngraph: error: ")

    def test_a_closed_pipe_is_quiet(self, graph: Graph) -> None:
        """`cbrngraph ... | head -1` leaves no message."""
        assert graph.snapshot_id
        text = "SELECT * { ?s ?p ?o }"
        with start("query", text, "-f", "csv", stdout=subprocess.PIPE) as started:
            assert started.stdout is not None
            assert started.stderr is not None
            started.stdout.read(10)
            started.stdout.close()
            assert started.stderr.read() == b""
        assert started.returncode == -signal.SIGPIPE

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_ctrl_c_ends_at_once_and_leaves_no_file(
        self, graph: Graph, tmp_path: Path, number: signal.Signals
    ) -> None:
        """Even while the engine works: exit code 130, one line, no temporary file."""
        assert graph.snapshot_id
        path = tmp_path / "out.csv"
        started = start("query", ENDLESS, "-o", str(path), stdout=subprocess.DEVNULL)
        busy = Path(f"/proc/{started.pid}/stat")
        if not busy.exists():
            pytest.skip("needs /proc to see that the engine works")
        wait_for(lambda: int(busy.read_text().split()[13]) > 50)  # half a second of work
        begin = time.monotonic()
        started.send_signal(number)
        _, err = started.communicate(timeout=30)
        assert started.returncode == 128 + number
        assert time.monotonic() - begin < 3
        word = "interrupted" if number == signal.SIGINT else "terminated"
        assert err.decode() == f"cbrngraph: {word}\n"
        assert os.listdir(tmp_path) == []

    @pytest.mark.parametrize(
        "module", ["signal", "enum", "argparse", "cbrngraph.resources", "pyoxigraph", "unicodedata"]
    )
    def test_ctrl_c_while_it_starts_is_one_line(self, graph: Graph, module: str) -> None:
        """An interrupt in the first moments, at an import, ends as any other."""
        assert graph.snapshot_id
        done = subprocess.run(
            [sys.executable, "-c", STRUCK, module, "query", "projects-by-country"],
            capture_output=True,
            cwd=ROOT,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stdout) == (130, b"")
        assert done.stderr == b"cbrngraph: interrupted\n"


class TestTerminal:
    """What a person at a terminal sees."""

    def seen(self, *arguments: str, **env: str) -> str:
        """What the program writes to a terminal of 80 columns."""
        parent, child = pty.openpty()
        own = {**os.environ, "TERM": "xterm", "COLUMNS": "80", **env}
        own.pop("NO_COLOR", None) if "NO_COLOR" not in env else None
        started = start(*arguments, stdout=child, env=own)
        os.close(child)
        pieces: list[bytes] = []
        while select.select([parent], [], [], 60)[0]:
            try:
                piece = os.read(parent, 65536)
            except OSError:
                break
            if not piece:
                break
            pieces.append(piece)
        os.close(parent)
        _, err = started.communicate(timeout=60)
        assert started.returncode == 0, err
        return b"".join(pieces).decode()

    def test_tables_are_folded_to_the_width(self, graph: Graph) -> None:
        """Nothing runs over the edge; slugs are dimmed."""
        assert graph.snapshot_id
        text = self.seen("query", "projects-by-country", "-p", "country=UZB")
        assert "\x1b[" in text
        bare = re.sub("\x1b\\[[0-9;]*m", "", text)
        assert max(len(line) for line in bare.splitlines()) <= 80

    def test_no_color_has_no_colours(self, graph: Graph) -> None:
        """NO_COLOR is honoured (no-color.org)."""
        assert graph.snapshot_id
        text = self.seen("queries", NO_COLOR="1")
        assert "projects-by-" in text
        assert "\x1b" not in text

    def test_a_spreadsheet_is_not_for_the_terminal(self, graph: Graph) -> None:
        """Binary output needs -o."""
        assert graph.snapshot_id
        with pytest.raises(AssertionError, match="write it to a file with -o"):
            self.seen("query", "projects-by-country", "-f", "xlsx")


def test_the_version_is_said_without_anything_else(run: Run) -> None:
    """--version and -V."""
    for option in ("--version", "-V"):
        assert run(option) == Ran(0, f"cbrngraph {__version__}\n", "")


def test_help_lists_every_command(run_main: Run) -> None:
    """`help`, `--help`, and the help of one command."""
    for arguments in (("help",), ("--help",), ("-h",)):
        ran = run_main(*arguments)
        assert ran.code == 0
        assert all(f"\n    {name} " in ran.out for name in COMMANDS)
    assert run_main("help", "query").out == run_main("query", "--help").out
    assert "NAME|FILE|-|SPARQL" in run_main("query", "--help").out


def test_every_command_and_option_has_help() -> None:
    """What is undocumented fails."""

    def check(parser: argparse.ArgumentParser, path: str) -> int:
        count = 0
        for action in parser._actions:
            if not commands_of(parser) or action.option_strings:
                assert action.help, (path, action)
                count += 1
        for name, child in commands_of(parser).items():
            assert child.description or child.format_help(), name
            count += check(child, f"{path} {name}")
        return count

    assert check(build_parser(None), "cbrngraph") > 40


def test_the_installed_program_is_the_same(run: Run) -> None:
    """The entry point of the package and `python -m cbrngraph` are one."""
    program = shutil.which("cbrngraph", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("the package is not installed here")
    done = subprocess.run([program, "info", "-f", "json"], capture_output=True, check=True)
    assert json.loads(done.stdout) == json.loads(run("info", "-f", "json").out)


def test_the_reference_is_up_to_date() -> None:
    """docs/commands.md is what tools/docs_cli.py writes."""
    from tools import docs_cli

    assert docs_cli.main(["--check"]) == 0, "run tools/docs_cli.py"
    assert docs_cli.page().count("\n### ") >= len(COMMANDS)
