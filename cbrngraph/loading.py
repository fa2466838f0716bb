"""Work of the engine beside our own: it does not hold the interpreter, and there are two cores."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Self, TypeVar, cast

from cbrngraph.errors import InputError
from cbrngraph.store import Store

if TYPE_CHECKING:
    from queue import SimpleQueue

__all__ = ["Ahead", "Loader", "Opening"]

T = TypeVar("T")


class Ahead(Generic[T]):
    """Does a piece of work in a thread, from now on."""

    def __init__(self, work: Callable[[], T], name: str) -> None:
        self._work = work
        self._made: T | None = None
        self._failure: BaseException | None = None
        # Not a daemon: the program must not end while the engine is at work.
        self._thread = threading.Thread(target=self._run, name=name)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._made = self._work()
        except BaseException as error:
            self._failure = error
            _let_go(error)

    def finish(self) -> T:
        """Wait for the work and return what it gave; raises what it raised."""
        self._thread.join()
        if self._failure is not None:
            raise self._failure
        return cast("T", self._made)


def _let_go(error: BaseException | None) -> None:
    """Drop what the frames of an error hold: the engine's answers must go in their own thread."""
    while error is not None:
        trace = error.__traceback__
        while trace is not None:
            with suppress(RuntimeError):  # a frame that is still at work
                trace.tb_frame.clear()
            trace = trace.tb_next
        error = error.__context__


class Opening:
    """Opens a store on disk beside the reading: it takes long."""

    def __init__(self, folder: Path, again: Callable[[], Store]) -> None:
        self._again = again
        self._ahead = Ahead(lambda: Store.read_only(folder), "opening")

    def finish(self) -> Store:
        """Wait for the store and return it; a damaged one is made again from the files."""
        try:
            return self._ahead.finish()
        except InputError:
            return self._again()


class Loader:
    """Loads files and texts in turn, beside the reading: the engine does not hold the interpreter.

    Leaving the `with` block waits for all of it, and raises what went wrong while loading.
    """

    def __init__(self, store: Store) -> None:
        from queue import SimpleQueue

        self._store = store
        self._work: SimpleQueue[Path | str | None] = SimpleQueue()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="loader", daemon=True)

    def put(self, work: Path | str) -> None:
        """Add a file, or N-Quads text, to what is loaded."""
        self._work.put(work)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._work.put(None)
        self._thread.join()
        if self._failure is not None and kind is None:
            raise self._failure

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            if self._failure is not None:
                continue
            try:
                if isinstance(work, str):
                    self._store.load_text(work.encode(), ".nq")
                else:
                    self._store.load_file(work)
            except BaseException as error:
                self._failure = error
