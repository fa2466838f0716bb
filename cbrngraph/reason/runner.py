"""The reasoners of owlready2 as processes: HermiT gives the verdicts, Pellet a first explanation.

owlready2's own call classifies everything, which takes more than ten minutes on the shipped data
where consistency alone takes three seconds; and it can neither be stopped nor told a time limit.
So its jars are started here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import IO, Any, Self

from cbrngraph.errors import EnvironmentProblem, LimitError
from cbrngraph.reason.knowledge import Knowledge, Unit

__all__ = ["Reasoner", "missing", "version"]

MEGABYTES = 2000
_HERMIT = "org.semanticweb.HermiT.cli.CommandLine"
_SATISFIABLE = "owl#Thing is satisfiable."
_INCONSISTENT = "InconsistentOntologyException"
_NOTHING = "http://www.w3.org/2002/07/owl#Nothing"
_INSTALL = (
    "install one (on Debian: apt-get install default-jre-headless), or set JAVA_HOME to the "
    "folder of the one that you have"
)
# Most of the time on a few statements is the start of the machine: these make it quicker.
_QUICK = ("-XX:TieredStopAtLevel=1", "-Xshare:auto")


def missing() -> str:
    """Return what reasoning lacks here and how to get it; empty when nothing is lacking."""
    from importlib.util import find_spec

    if find_spec("owlready2") is None:
        return "owlready2 is not installed: pip install 'cbrngraph[logic]'"
    try:
        _java()
    except EnvironmentProblem as problem:
        return str(problem)
    return ""


def version() -> str:
    """Return the name of the reasoner and of what brings it."""
    return f"HermiT (owlready2 {_owlready2().VERSION})"


class Reasoner:
    """Answers for sets of units until a moment; use it as a context, which ends what it began."""

    def __init__(self, knowledge: Knowledge, seconds: float) -> None:
        self.knowledge = knowledge
        self.seconds = seconds
        self.runs = 0
        self.ignored = ""
        self._end = time.monotonic() + seconds
        self._folder: TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        self._folder = TemporaryDirectory(prefix="cbrngraph-logic-", ignore_cleanup_errors=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self._folder is not None:
            self._folder.cleanup()

    def consistent(self, units: Iterable[Unit]) -> bool:
        """Return HermiT's verdict on one set.

        Raises:
            EnvironmentProblem: Java failed.
            LimitError: the time is over, or the memory.
        """
        return self.first_inconsistent([units]) is None

    def first_inconsistent(self, sets: Sequence[Iterable[Unit]]) -> int | None:
        """Return the position of the first set that is inconsistent by HermiT, if one is.

        One process judges all of them: its start takes longer than a small set.
        """
        if not sets:
            return None
        paths = [self._write(f"{position}.nt", units) for position, units in enumerate(sets)]
        quick = _QUICK if len(sets) < 50 and paths[0].stat().st_size < 200_000 else ()
        names = (path.as_uri() for path in paths)
        made = self._hermit("-k", *names, jvm=quick)
        passed = made.stdout.count(_SATISFIABLE)
        if made.returncode == 0 and passed == len(paths):
            return None
        if _INCONSISTENT in made.stderr and passed < len(paths):
            return passed
        raise EnvironmentProblem(f"HermiT failed: {_reason(made)}")

    def unsatisfiable(self, axioms: Iterable[Unit]) -> tuple[str, ...]:
        """Return the classes that can have no member, sorted; none by inconsistent axioms."""
        path = self._write("axioms.nt", axioms)
        made = self._hermit("-U", "-N", path.as_uri())
        if _INCONSISTENT in made.stderr:
            return ()
        if made.returncode != 0:
            raise EnvironmentProblem(f"HermiT failed: {_reason(made)}")
        found = set(re.findall(r"^\t(\S+)$", made.stdout, re.MULTILINE))
        return tuple(sorted(found - {_NOTHING}))

    def pellet_names(self, units: Sequence[Unit]) -> frozenset[str] | None:
        """Return the terms in Pellet's explanation of an inconsistent set; `None` without one.

        Pellet shows the last part of a name only, so each gets another that is its own. Which
        of its words are names is all that is read of its answer.
        """
        numbers: dict[str, int] = {}

        def number(found: re.Match[str]) -> str:
            term = found[0]
            return f"<urn:cbrngraph:t#t{numbers.setdefault(term, len(numbers))}z>"

        text = self.knowledge.text(units)
        path = self._path("pellet.nt")
        path.write_text(re.sub(_OWN_NAME, number, text), encoding="utf-8")
        made = self._run("PELLET", "pellet.Pellet", "explain", "--ignore-imports", str(path))
        by_number = {value: term for term, value in numbers.items()}
        found = {int(name) for name in re.findall(r"\bt(\d+)z\b", made.stdout)}
        if "Explanation" not in made.stdout or not found <= by_number.keys():
            return None
        return frozenset(by_number[name] for name in found)

    def _hermit(self, *command: str, jvm: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        """Run HermiT; let it ignore a datatype that it does not know, but remember that it did."""
        if not self.ignored:
            made = self._run("HERMIT", _HERMIT, *command, jvm=jvm)
            found = re.search(r"The datatype '([^']*)' is not part of", made.stderr)
            if found is None:
                return made
            self.ignored = found[1]
        return self._run("HERMIT", _HERMIT, "--ignoreUnsupportedDatatypes", *command, jvm=jvm)

    def _path(self, name: str) -> Path:
        if self._folder is None:
            raise RuntimeError("use the reasoner in a with statement")
        return Path(self._folder.name) / name

    def _write(self, name: str, units: Iterable[Unit]) -> Path:
        path = self._path(name)
        try:
            path.write_text(self.knowledge.text(units), encoding="utf-8")
        except OSError as error:
            raise EnvironmentProblem(f"{path}: {error.strerror}; free some space") from None
        return path

    def _run(
        self, jars: str, *command: str, jvm: Sequence[str] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run a program of Java to its end, or end it: at the limit and at Ctrl-C alike."""
        if time.monotonic() >= self._end:
            raise self._late()
        self.runs += 1
        options = ("-XX:+UseSerialGC", f"-Xmx{MEGABYTES}M", *jvm)
        whole = [_java(), *options, "-cp", _classpath(jars), *command]
        with (
            open(self._path("out"), "w+b") as out_file,
            open(self._path("err"), "w+b") as err_file,
            subprocess.Popen(
                whole, stdin=subprocess.DEVNULL, stdout=out_file, stderr=err_file
            ) as process,
        ):
            try:
                self._wait(process)
            except BaseException:
                process.kill()
                raise
            out, err = (_text(file) for file in (out_file, err_file))
        if "OutOfMemoryError" in err or "OutOfMemoryError" in out:
            raise LimitError(
                f"the reasoner needs more than {MEGABYTES} MB of memory; check fewer files"
            )
        return subprocess.CompletedProcess(whole, process.returncode, out, err)

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        """Wait by looking: a wait of the library's would outlast what Ctrl-C allows us."""
        pause = 0.002
        while process.poll() is None:
            if time.monotonic() >= self._end:
                raise self._late()
            time.sleep(pause)
            pause = min(pause * 1.5, 0.05)

    def _late(self) -> LimitError:
        return LimitError(
            f"the check of the logic did not finish within {self.seconds:g} s; "
            "allow it more time, or check fewer files"
        )


# All but the names that mean something to every reasoner.
_OWN_NAME = re.compile(
    r"<(?!http://www\.w3\.org/(?:2002/07/owl|1999/02/22|2000/01|2001/XML))[^>]*>"
)


def _java() -> str:
    """Return the Java program: that of JAVA_HOME, else the one on the path.

    Raises:
        EnvironmentProblem: there is none.
    """
    home = os.environ.get("JAVA_HOME", "")
    if home:
        found = shutil.which("java", path=str(Path(home) / "bin"))
        if found is None:
            raise EnvironmentProblem(
                f"JAVA_HOME is {home}, and there is no Java runtime in it; correct or unset it"
            )
        return found
    found = shutil.which("java")
    if found is None:
        raise EnvironmentProblem(f"there is no Java runtime: {_INSTALL}")
    return found


def _classpath(jars: str) -> str:
    _owlready2()
    from owlready2 import reasoning

    return str(getattr(reasoning, f"_{jars}_CLASSPATH"))


def _owlready2() -> Any:
    """Import owlready2, without its remark that an optional speed-up is missing."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            import owlready2
        except ImportError:
            raise EnvironmentProblem(
                "owlready2 is not installed: pip install 'cbrngraph[logic]'"
            ) from None
    return owlready2


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", errors="replace").replace("\r", "")


def _reason(made: subprocess.CompletedProcess[str]) -> str:
    lines = [line.strip() for line in (made.stderr or made.stdout).splitlines() if line.strip()]
    told = next((line for line in lines if "Exception" in line or "rror" in line), "")
    return (told or (lines[0] if lines else f"exit code {made.returncode}"))[:300]
