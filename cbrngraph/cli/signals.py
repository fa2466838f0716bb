"""Signals: a closed pipe ends the program quietly, Ctrl-C at once and with one line."""

from __future__ import annotations

import _thread
import os
import signal
import sys
import time
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sys import UnraisableHookArgs
    from typing import NoReturn

__all__ = ["behave", "end", "leave", "settle"]

_GRACE = 0.25
_WORDS = {signal.SIGINT: b"interrupted", signal.SIGTERM: b"terminated"}


class _State:
    """Whether signals are ours, which came last, and whether its line has been written."""

    behaves: bool = False
    number: int = signal.SIGINT
    told: bool = False


def behave() -> None:
    """Let SIGPIPE end the program, and SIGINT and SIGTERM even while the engine works.

    The engine never returns to Python before it is done, so Python's own handler would wait for
    it. A thread that the signal wakes ends the process instead.
    """
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    _State.behaves = True
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    sys.unraisablehook = _unraisable
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    _thread.start_new_thread(_end_on_signal, (reader,))


def settle() -> None:
    """Ignore signals from here on: the work is done, and the program only has to end."""
    if _State.behaves:
        for number in _WORDS:
            signal.signal(number, signal.SIG_IGN)


def leave(code: int) -> NoReturn:
    """End the process at once: taking its memory apart would take as long as a small answer.

    What is registered for the end is called and what is written goes out. Only reading threads
    can still be at work, as whoever writes waits for its end.
    """
    import atexit

    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # closed, or not there
            stream.flush()
    os._exit(code)


def end() -> int:
    """Say on stderr which signal ended the program, and return its exit code."""
    settle()
    return _tell(_State.number)


def _tell(number: int) -> int:
    if not _State.told:
        _State.told = True
        # Not by sys.stderr, whose lock the interrupted code may hold.
        with suppress(OSError):
            os.write(2, b"cbrngraph: %s\n" % _WORDS[signal.Signals(number)])
    return 128 + number


def _interrupt(number: int, frame: object) -> None:
    _State.number = number
    raise KeyboardInterrupt


def _unraisable(problem: UnraisableHookArgs) -> None:
    """Keep quiet about Ctrl-C in a finaliser; the thread ends the process all the same."""
    if not isinstance(problem.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(problem)


def _end_on_signal(reader: int) -> None:
    if hasattr(signal, "pthread_sigmask"):
        # Else the kernel gives this thread what the main one holds back while it renames files.
        signal.pthread_sigmask(signal.SIG_BLOCK, set(_WORDS))
    while (number := os.read(reader, 1)) and number[0] not in _WORDS:
        pass
    # Python code gets a moment to unwind and tidy up; the engine would take as long as it likes.
    time.sleep(_GRACE)
    from cbrngraph.formats.output import unfinished

    for path in list(unfinished):
        with suppress(OSError):
            os.unlink(path)
    os._exit(_tell(number[0] if number else signal.SIGINT))
