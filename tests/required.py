"""Turn a skip into a failure where what it waits for is required.

`CBRNGRAPH_REQUIRE=java,shared` names the markers (or fixtures of the same name) whose tests must
run. A test that carries one of them, or whose reason for skipping names one, then fails where it
would have been skipped; and so does the run when not one test that needs a name has passed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator

import pytest

__all__ = ["Requirements", "pytest_configure"]


class Requirements:
    """Watches the reports of one run; `passed` has the required names that a passed test needs."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names
        self.passed: set[str] = set()

    def needs(self, item: pytest.Item) -> frozenset[str]:
        """Return the required names that `item` carries as marker or as fixture."""
        marked = {marker.name for marker in item.iter_markers()}
        return self.names & (marked | set(getattr(item, "fixturenames", ())))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        needed = self.needs(item)
        if report.when == "call" and report.passed:
            self.passed |= needed
        if report.skipped and not hasattr(report, "wasxfail"):
            self._refuse(report, needed)
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        report = yield
        if report.skipped:
            self._refuse(report, frozenset())
        return report

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if exitstatus == pytest.ExitCode.OK and self.names - self.passed:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for name in sorted(self.names - self.passed):
            terminalreporter.write_line(f"required, but no test that needs it passed: {name}")

    def _refuse(
        self, report: pytest.TestReport | pytest.CollectReport, needed: frozenset[str]
    ) -> None:
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        named = {name for name in self.names if re.search(rf"\b{name}\b", reason, re.IGNORECASE)}
        if needed | named:
            names = ", ".join(sorted(needed | named))
            report.outcome = "failed"
            report.longrepr = f"{names} is required here (CBRNGRAPH_REQUIRE): {reason}"


def pytest_configure(config: pytest.Config) -> None:
    """Watch the run where `CBRNGRAPH_REQUIRE` names something."""
    text = os.environ.get("CBRNGRAPH_REQUIRE", "")
    names = frozenset(name.strip() for name in text.split(",") if name.strip())
    if names:
        config.pluginmanager.register(Requirements(names), "cbrngraph-requirements")
