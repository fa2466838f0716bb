"""The HTML report in a real browser: it fetches nothing, fits a phone, and its filter works."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cbrngraph.model import IRI
from cbrngraph.validate import Finding, Judged, Place, Report, Sourced
from cbrngraph.validate.outputs import write
from tests.chromium import Browser, browser, executable

pytestmark = pytest.mark.chromium

SH = "http://www.w3.org/ns/shacl#"
BASE = "https://w3id.org/cbrngraph/"
LONG = "data/sources/" + "a-long-name-of-a-file-without-any-space-" * 4 + ".trig"
HOSTILE = '<img src="http://example.org/x.png"><script>console.error("run")</script>'


def finding(number: int, level: str) -> Finding:
    """Return a finding whose words are long, and hostile."""
    return Finding(
        severity=IRI(SH + level),
        rule=IRI(f"{BASE}shape/{level}-rule"),
        title=f"the {level.lower()} rule {HOSTILE}",
        component=IRI(SH + "InConstraintComponent"),
        focus=IRI(f"{BASE}id/project/{'P' * 90}{number}"),
        shape=IRI(f"{BASE}shape/{level}-rule"),
        message=f"finding{number} {HOSTILE} {'x' * 300}",
        label=f"Thing {HOSTILE}",
        places=(Place(LONG, number + 1),),
        sources=(Sourced(IRI(BASE + "source/a#p"), "a", "A" * 200, "2020", "L7", ("c1",)),),
        fix="write another value " + "y" * 200,
    )


REPORT = Report(
    (finding(1, "Violation"), finding(2, "Violation"), finding(3, "Warning"), finding(4, "Info")),
    judged=(Judged("an engine", 3, 4),),
    waived=(replace(finding(5, "Warning"), waiver="seen"),),
    unchecked=("logic: " + "z" * 200,),
    checked="view current " + "s" * 200,
)
SHOWN = """[...document.querySelectorAll('.finding')]
    .filter(f => !f.hidden && !f.closest('details').hidden)
    .map(f => f.textContent.match(/finding(\\d)/)[1]).join('')"""


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A tab of the browser."""
    program = executable()
    if program is None:
        pytest.skip("chromium is not installed")
    with browser(program, tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """The report as a page."""
    path = tmp_path / "report.html"
    path.write_bytes(write(REPORT, "html"))
    return path


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("dark", [False, True])
def test_the_page_fits_and_fetches_nothing(
    tab: Browser, page: Path, width: int, dark: bool
) -> None:
    """Nothing but the file is asked for, nothing goes wrong, and nobody scrolls sideways."""
    tab.open(page, width, dark=dark)
    assert tab.evaluate("innerWidth") == width
    for opened in ("", "for (const d of document.querySelectorAll('details')) d.open = true;"):
        tab.evaluate(opened or "0")
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.requests == [page.as_uri()]
    assert tab.problems == []
    assert tab.evaluate("document.images.length + document.scripts.length") == 1


def test_what_a_page_must_not_do_is_noticed(tab: Browser, tmp_path: Path) -> None:
    """The check itself can fail: a wide page with a request and an error shows all three."""
    bad = tmp_path / "bad.html"
    bad.write_text(
        '<img src="http://127.0.0.1:9/x.png"><p style="width:2000px">wide</p>'
        "<script>console.error('wrong')</script>"
    )
    tab.open(bad, 390)
    assert len(tab.requests) == 2
    assert any("wrong" in text for text in tab.problems)
    assert tab.evaluate("document.documentElement.scrollWidth") > 390


def test_a_page_that_is_turned_against_itself_still_fetches_nothing(
    tab: Browser, page: Path
) -> None:
    """The page's own policy stops a picture that a script puts in."""
    tab.open(page, 1280)
    blocked = tab.evaluate(
        """new Promise(done => {
            document.addEventListener('securitypolicyviolation', e => done(e.blockedURI));
            document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.1:9/x'}));
        })"""
    )
    assert blocked == "http://127.0.0.1:9/x"


@pytest.mark.parametrize("dark", [False, True])
def test_text_can_be_read(tab: Browser, page: Path, dark: bool) -> None:
    """Every colour of text has a contrast of 4.5 with what is behind it (WCAG 2.1, 1.4.3)."""
    tab.open(page, 390, dark=dark)
    low = tab.evaluate(CONTRAST)
    assert low == []


CONTRAST = """(() => {
  const part = v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const read = c => c.match(/[\\d.]+/g).map(Number);
  const light = c => .2126 * part(c[0]) + .7152 * part(c[1]) + .0722 * part(c[2]);
  const low = [];
  let seen = 0;
  for (const at of document.querySelectorAll('body *')) {
    if (![...at.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    if (at.matches('script, :disabled, :disabled *')) continue;
    let behind = at;
    while (behind && /, 0\\)$|transparent/.test(getComputedStyle(behind).backgroundColor))
      behind = behind.parentElement;
    const back = read(getComputedStyle(behind || document.body).backgroundColor);
    const pair = [light(read(getComputedStyle(at).color)), light(back)].sort((a, b) => b - a);
    seen += 1;
    if ((pair[0] + .05) / (pair[1] + .05) < 4.5) low.push(at.className + ': ' + at.textContent);
  }
  return seen > 20 ? low : ['only ' + seen + ' texts seen'];
})()"""


def test_filter_and_switches(tab: Browser, page: Path) -> None:
    """Words and levels narrow what is shown; cleared, all of it is back as it was."""
    tab.open(page, 1280)
    assert tab.evaluate(SHOWN) == "12345"
    was_open = tab.evaluate("document.querySelectorAll('details[open]').length")

    def typed(text: str) -> str:
        tab.evaluate(
            f"document.getElementById('filter').value = '{text}';"
            "document.getElementById('filter').dispatchEvent(new Event('input'))"
        )
        return str(tab.evaluate(SHOWN))

    assert typed("finding3") == "3"
    assert typed("WARNING rule") == "35"
    assert typed("nowhere") == ""
    assert tab.evaluate("document.getElementById('none').hidden") is False
    assert typed("") == "12345"
    assert tab.evaluate("document.querySelectorAll('details[open]').length") == was_open
    tab.evaluate("document.querySelector('.tile.violation').click()")
    assert tab.evaluate(SHOWN) == "345"
    assert tab.evaluate("document.querySelector('.tile.violation').ariaPressed") == "false"
    tab.evaluate("document.querySelector('.tile.violation').click()")
    assert tab.evaluate(SHOWN) == "12345"
    assert tab.problems == []
