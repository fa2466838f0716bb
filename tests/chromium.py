"""A page in a real browser, without a driver: Chromium's own protocol over two pipes.

https://chromedevtools.github.io/devtools-protocol/ (messages are JSON that ends with a zero byte).
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["Browser", "browser", "executable"]

_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--remote-debugging-pipe",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def executable() -> str | None:
    """Return the browser's program; None where there is none."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


class Browser:
    """One tab: `open` a page, `evaluate` in it; `requests` and `problems` are what it did."""

    def __init__(self, out: Any, into: Any) -> None:
        self._out = out
        self._into = into
        self._number = 0
        self._session = ""
        self._rest = b""
        self.requests: list[str] = []
        self.problems: list[str] = []
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self._ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._ask(f"{domain}.enable")

    def open(self, page: Path, width: int, *, dark: bool = False) -> None:
        """Load a file in a window of that width, and wait until it is there."""
        self.requests.clear()
        self.problems.clear()
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._ask("Emulation.setEmulatedMedia", features=[scheme])
        self._ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=800,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        self._loaded = False
        self._ask("Page.navigate", url=page.as_uri())
        while not self._loaded:
            self._take(self._read())

    def evaluate(self, script: str) -> Any:
        """Return the value of an expression in the page, or what its promise gives."""
        answer = self._ask(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._into.write(json.dumps(message).encode() + b"\0")
        self._into.flush()
        while True:
            told = self._read()
            if told.get("id") == self._number:
                assert "error" not in told, told
                return dict(told["result"])
            self._take(told)

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            piece = os.read(self._out.fileno(), 1 << 16)
            assert piece, "the browser has ended"
            self._rest += piece
        first, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(first))

    def _take(self, told: dict[str, Any]) -> None:
        params = told.get("params", {})
        match told.get("method"):
            case "Page.loadEventFired":
                self._loaded = True
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])
            case "Log.entryAdded" if params["entry"]["level"] in ("error", "warning"):
                self.problems.append(params["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.problems.append(str(params["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if params["type"] in ("error", "warning", "assert"):
                self.problems.append(str(params["args"]))
            case _:
                pass


@contextmanager
def browser(program: str, profile: Path) -> Iterator[Browser]:
    """Start a browser without a window; it ends with the block."""
    their_in, our_out = os.pipe()
    our_in, their_out = os.pipe()
    # The browser reads from 3 and writes to 4; out of the way of these while they are set.
    theirs = [fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, 10) for each in (their_in, their_out)]
    os.close(their_in)
    os.close(their_out)
    arguments = [program, *_OPTIONS, f"--user-data-dir={profile}"]
    process = os.posix_spawn(
        program,
        arguments,
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_DUP2, theirs[0], 3),
            (os.POSIX_SPAWN_DUP2, theirs[1], 4),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        ],
    )
    for each in theirs:
        os.close(each)
    try:
        with os.fdopen(our_in, "rb", 0) as out, os.fdopen(our_out, "wb", 0) as into:
            yield Browser(out, into)
    finally:
        os.kill(process, signal.SIGTERM)
        os.waitpid(process, 0)
