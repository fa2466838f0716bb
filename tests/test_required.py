"""Skips that are not allowed fail, and only those."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

SUITE = """
import pytest

@pytest.mark.java
def test_reasoner():
    {java}

@pytest.fixture
def shared():
    {shared}

def test_facts(shared):
    pass

def test_other():
    {other}
"""


def _run(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    *,
    require: str = "java,shared",
    java: str = "pass",
    shared: str = "pass",
    other: str = "pass",
) -> pytest.RunResult:
    pytester.makeini("[pytest]\nmarkers =\n    java: needs Java\n")
    pytester.makepyfile(SUITE.format(java=java, shared=shared, other=other))
    monkeypatch.setenv("CBRNGRAPH_REQUIRE", require)
    return pytester.runpytest_inprocess("-p", "tests.required", "-p", "no:hypothesispytest")


def test_passing_tests_stay_passed(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where everything required is there, nothing changes."""
    _run(pytester, monkeypatch).assert_outcomes(passed=3)


def test_a_skip_of_a_marked_test_fails(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A test with the marker `java` may not be skipped where java is required."""
    result = _run(pytester, monkeypatch, java="pytest.skip('none here')")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*java is required here (CBRNGRAPH_REQUIRE): *none here*"])


def test_a_skip_in_a_fixture_fails(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A test that uses the fixture `shared` may not be skipped by it where shared is required."""
    result = _run(pytester, monkeypatch, shared="pytest.skip('absent')")
    result.assert_outcomes(passed=2, errors=1)


def test_a_reason_that_names_it_fails(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unmarked test whose reason names what is required fails too."""
    result = _run(pytester, monkeypatch, other="pytest.skip('needs Java')")
    result.assert_outcomes(passed=2, failed=1)


def test_other_skips_stay_skips(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A skip for another reason is none of this."""
    result = _run(pytester, monkeypatch, other="pytest.skip('no suite')")
    result.assert_outcomes(passed=2, skipped=1)


def test_a_name_that_no_test_needs_fails_the_run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run in which nothing that needs it passed is no proof, so it fails."""
    result = _run(pytester, monkeypatch, require="java,browser")
    result.assert_outcomes(passed=3)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*no test that needs it passed: browser"])


def test_nothing_is_required_by_default(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the variable every skip is allowed."""
    result = _run(pytester, monkeypatch, require="", java="pytest.skip('none here')")
    result.assert_outcomes(passed=2, skipped=1)
