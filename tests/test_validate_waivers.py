"""A waiver means what it names, in whatever form the name is written; a wrong file has its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cbrngraph.errors import SyntaxFault
from cbrngraph.validate import validate
from cbrngraph.validate.data import Data
from cbrngraph.validate.report import Report
from cbrngraph.validate.waivers import apply_waivers, read_waivers

SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
ex:Course sh:targetClass ex:Course ; sh:property ex:Course-begin .
ex:Course-begin sh:path ex:begin ; sh:maxCount 1 .
ex:Course-place sh:targetClass ex:Course ; sh:path ( ex:place [ sh:inversePath ex:of ] ) ;
    sh:minCount 1 .
"""
DATA = "@prefix ex: <http://example.org/> . ex:c a ex:Course ; ex:begin 1 , 2 ."
WAIVER = """\
[[waiver]]
rule = "{rule}"
{more}
reason = "seen"
owner = "me"
expires = 2099-12-31
"""
TABLE = '[prefixes]\nex = "http://example.org/"\n'


@pytest.fixture
def report() -> Report:
    """A report with one finding on a property, and one on a path of two steps."""
    found = validate(Data.from_text(DATA), Data.from_text(SHAPES))
    assert len(found.findings) == 2
    return found


def waived(report: Report, folder: Path, text: str, today: date = date(2026, 1, 1)) -> Report:
    """Return the report after the waivers of a text."""
    path = folder / "waivers.toml"
    path.write_text(text, encoding="utf-8")
    return apply_waivers(report, read_waivers(path), path, "waivers.toml", today)


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ("Course-begin", "ex:begin"),
        ("Course-begin", "http://example.org/begin"),
        ("Course-begin", "<http://example.org/begin>"),
        ("http://example.org/Course-begin", "ex:begin"),
        ("Course-place", "ex:place/(^ex:of)"),
        ("Course-place", "<http://example.org/place>/(^ex:of)"),
    ],
)
def test_a_path_may_have_prefixes(report: Report, tmp_path: Path, rule: str, path: str) -> None:
    """Whole or with a prefix that the file declares: the same property."""
    text = TABLE + WAIVER.format(rule=rule, more=f'thing = "c"\npath = "{path}"')
    done = waived(report, tmp_path, text)
    assert [f.rule.local for f in done.waived] == [rule.rpartition("/")[2]]
    assert len(done.findings) == 1


def test_another_path_waives_nothing(report: Report, tmp_path: Path) -> None:
    """The waiver is then unused, and the finding names it by what it means."""
    text = TABLE + WAIVER.format(rule="Course-begin", more='thing = "c"\npath = "ex:ended"')
    done = waived(report, tmp_path, text)
    assert not done.waived
    (stale,) = (f for f in done.findings if f.engine == "waivers")
    assert stale.thing == "course-begin-c-ended"
    assert stale.label == "Course-begin, c"
    assert [str(place) for place in stale.places] == ["waivers.toml:3"]


def test_an_expired_waiver_is_named_alike_wherever_it_stands(
    report: Report, tmp_path: Path
) -> None:
    """A baseline knows it again after a line was added above it."""
    text = WAIVER.format(rule="Course-begin", more='thing = "c"')
    keys = []
    for above in ("", "# a note\n\n"):
        done = waived(report, tmp_path, above + text, date(2100, 1, 1))
        (expired,) = (f for f in done.findings if f.engine == "waivers")
        keys.append(expired.key)
        assert expired.thing == "course-begin-c"
    assert keys[0] == keys[1]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (WAIVER.format(rule="x", more='path = "nope:begin"'), 1, "prefix 'nope' is not known"),
        ("# top\n" + WAIVER.format(rule="x", more='thng = "c"'), 2, "did you mean 'thing'"),
        ("\n[[waver]]\nrule = 'x'\n", 2, "did you mean 'waiver'"),
        ("\n\n[prefixes]\nex = 1\n", 3, "text of an IRI"),
        ("waiver = 3\n", 1, "[[waiver]]"),
        ("waiver = [3]\n", 1, "[[waiver]]"),
        ("[[waiver]]\nrule = \n", 2, "nvalid value"),
        ("[[ waiver ]]\nrule = 'x'\n", 1, "a waiver needs 'reason'"),
        ("waiver = [{ rule = 'x' }]\n", 1, "a waiver needs 'reason'"),
        (WAIVER.format(rule="x", more="").replace("2099-12-31", "'2099-12-31'"), 1, "a date"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, says: str
) -> None:
    """One message, with the line where the fault is."""
    path = tmp_path / "waivers.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SyntaxFault) as caught:
        read_waivers(path)
    assert caught.value.line == line
    assert says in str(caught.value)
