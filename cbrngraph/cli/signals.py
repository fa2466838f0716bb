"""Signals: a closed pipe ends the program quietly, Ctrl-C at once."""

from __future__ import annotations

import _thread
import os
import signal
import time
from contextlib import suppress

__all__ = ["behave"]

_GRACE = 0.25


def behave() -> None:
    """Let SIGPIPE end the program, and SIGINT and SIGTERM even while the engine works.

    The engine never returns to Python before it is done, so Python's own handler would wait for
    it. A thread that the signal wakes ends the process instead.
    """
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    _thread.start_new_thread(_end_on_signal, (reader,))


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _end_on_signal(reader: int) -> None:
    ends = {signal.SIGINT, signal.SIGTERM}
    while (number := os.read(reader, 1)) and number[0] not in ends:
        pass
    # Python code gets a moment to unwind and tidy up; the engine would take as long as it likes.
    time.sleep(_GRACE)
    from cbrngraph.formats.output import unfinished

    for path in list(unfinished):
        with suppress(OSError):
            os.unlink(path)
    os._exit(128 + number[0] if number else 130)
