"""Work of the engine beside our own: it does not hold the interpreter, and there are two cores."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Self

from cbrngraph.errors import InputError
from cbrngraph.store import Store

if TYPE_CHECKING:
    from queue import SimpleQueue

__all__ = ["Loader", "Opening"]


class Opening:
    """Opens a store on disk in a thread: it takes long, and does not hold the interpreter."""

    def __init__(self, folder: Path, again: Callable[[], Store]) -> None:
        self._folder = folder
        self._again = again
        self._store: Store | None = None
        self._failure: BaseException | None = None
        # Not a daemon: the program must not end while the engine is at work.
        self._thread = threading.Thread(target=self._run, name="opening")
        self._thread.start()

    def _run(self) -> None:
        try:
            self._store = Store.read_only(self._folder)
        except BaseException as error:
            self._failure = error

    def finish(self) -> Store:
        """Wait for the store and return it; a damaged one is made again from the files."""
        self._thread.join()
        if self._store is None:
            if not isinstance(self._failure, InputError):
                raise self._failure or RuntimeError("the store was not opened")
            self._store = self._again()
        return self._store


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
