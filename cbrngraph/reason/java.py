"""HermiT and Pellet through owlready2: consistency in all of OWL 2 DL, and its explanation.

HermiT is asked for consistency alone. Classifying the individuals, which owlready2 does by
default, takes minutes on the shipped graph where the question takes seconds.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cbrngraph.errors import EnvironmentProblem, LimitError
from cbrngraph.model import IRI, Literal, Term, Triple
from cbrngraph.namespaces import OWL, PREFIXES, RDF, RDFS

__all__ = ["Explanation", "Verdict", "explain", "missing", "verdict"]

SECONDS = 300
_MEMORY = "-Xmx1500M"
_NAMES = "http://n.invalid/n"
_XSD = PREFIXES["xsd"]
_KEPT = (PREFIXES["owl"], PREFIXES["rdf"], PREFIXES["rdfs"], _XSD)
_PELLET_WORDS = {
    "domain": RDFS.domain,
    "range": RDFS.range,
    "subClassOf": RDFS.subClassOf,
    "subPropertyOf": RDFS.subPropertyOf,
    "type": RDF.type,
    "inverseOf": OWL.inverseOf,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the statements are consistent, and the classes that can have no member."""

    consistent: bool
    unsatisfiable: tuple[IRI, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Statements that contradict each other by Pellet, and its other lines as they are."""

    statements: tuple[Triple, ...]
    axioms: tuple[str, ...]


def missing() -> str:
    """Return what is missing for reasoning and how to get it; empty when all is there."""
    import shutil
    from importlib.util import find_spec

    if find_spec("owlready2") is None:
        return "owlready2 is not installed (pip install 'cbrngraph[logic]')"
    if shutil.which(_java()) is None:
        return "there is no Java runtime (install one, on Debian: apt install default-jre-headless)"
    return ""


def verdict(triples: Iterable[Triple], *, classes: bool = False) -> Verdict:
    """Return HermiT's verdict on statements; with `classes` also the unsatisfiable classes.

    Literals of datatypes that OWL 2 does not know (dates) are left out of account.

    Raises:
        EnvironmentProblem: Java failed.
        LimitError: it took longer than five minutes.
    """
    with TemporaryDirectory(prefix="cbrngraph-") as folder:
        path = _saved(triples, Path(folder), "rdfxml")
        actions = ["-k", "-U"] if classes else ["-k"]
        made = _run(
            _classpath("HERMIT"),
            "org.semanticweb.HermiT.cli.CommandLine",
            *actions,
            "--ignoreUnsupportedDatatypes",
            path.as_uri(),
        )
    if made.returncode != 0 and "Inconsistent" not in made.stderr:
        raise EnvironmentProblem(f"HermiT failed: {_last(made.stderr or made.stdout)}")
    if made.returncode != 0:
        return Verdict(consistent=False)
    named = re.findall(r"^\t<?([^<>\s]+)>?$", made.stdout, re.MULTILINE)
    found = sorted({name for name in named if not name.endswith("Nothing")})
    return Verdict(consistent=True, unsatisfiable=tuple(IRI(name) for name in found))


def explain(triples: Iterable[Triple]) -> tuple[Explanation, ...]:
    """Return Pellet's explanations of an inconsistency, in the terms of the statements.

    Raises:
        EnvironmentProblem: Java failed.
        LimitError: it took longer than five minutes.
    """
    names = _Names()
    with TemporaryDirectory(prefix="cbrngraph-") as folder:
        path = Path(folder) / "graph.nt"
        path.write_text("".join(names.line(triple) for triple in triples), encoding="utf-8")
        made = _run(_classpath("PELLET"), "pellet.Pellet", "explain", "--ignore-imports", str(path))
    if made.returncode != 0 and "Explanation" not in made.stdout:
        raise EnvironmentProblem(f"Pellet failed: {_last(made.stderr or made.stdout)}")
    blocks = re.split(r"^\s*\d+\)", made.stdout, flags=re.MULTILINE)[1:]
    return tuple(names.explanation(block) for block in blocks)


class _Names:
    """Gives every IRI a short name of its own, because Pellet shows only the last part."""

    def __init__(self) -> None:
        self._number: dict[str, int] = {}
        self._iris: list[str] = []

    def line(self, triple: Triple) -> str:
        return " ".join(self._term(term) for term in triple) + " .\n"

    def _term(self, term: Term) -> str:
        if isinstance(term, Literal) and not term.datatype.startswith((_XSD, PREFIXES["rdf"])):
            return Literal(term.value).n3()
        if not isinstance(term, IRI) or term.startswith(_KEPT):
            return term.n3()
        if term not in self._number:
            self._number[term] = len(self._iris)
            self._iris.append(term)
        return f"<{_NAMES}{self._number[term]}>"

    def explanation(self, block: str) -> Explanation:
        statements: list[Triple] = []
        axioms: list[str] = []
        for line in re.sub(r"\n\s{8,}", " ", block).splitlines():
            words = line.split()
            triple = self._statement(words)
            if triple is not None:
                statements.append(triple)
            elif words:
                axioms.append(self.plain(" ".join(words)))
        return Explanation(tuple(statements), tuple(axioms))

    def _statement(self, words: list[str]) -> Triple | None:
        if len(words) < 3 or self._iri(words[0]) is None:
            return None
        subject = self._iri(words[0])
        known = _PELLET_WORDS.get(words[1])
        predicate = IRI(known) if known else self._iri(words[1])
        rest = " ".join(words[2:])
        value: Term | None = self._iri(rest) or (_literal(rest) if rest.startswith('"') else None)
        if subject is None or predicate is None or value is None:
            return None
        return Triple(subject, predicate, value)

    def _iri(self, word: str) -> IRI | None:
        found = re.fullmatch(r"n(\d+)", word)
        return IRI(self._iris[int(found[1])]) if found else None

    def plain(self, text: str) -> str:
        """Return a line with the last parts of the real names."""
        return re.sub(r"\bn(\d+)\b", lambda m: IRI(self._iris[int(m[1])]).local, text)


def _literal(text: str) -> Literal:
    found = re.fullmatch(r'"(.*)"(?:\^\^(\S+))?', text, re.DOTALL)
    if found is None:
        return Literal(text)
    return Literal(found[1], _XSD + found[2].rpartition(":")[2]) if found[2] else Literal(found[1])


def _saved(triples: Iterable[Triple], folder: Path, format: str) -> Path:
    """Write statements in a format that the OWL API reads, through owlready2."""
    owlready2 = _owlready2()
    text = folder / "graph.nt"
    lines = (f"{s.n3()} {p.n3()} {o.n3()} .\n" for s, p, o in triples)
    text.write_text("".join(lines), encoding="utf-8")
    world = owlready2.World()
    world.get_ontology(text.as_uri()).load()
    made = folder / "graph.owl"
    world.save(str(made), format=format)
    world.close()
    return made


def _run(classpath: str, *command: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            [_java(), _MEMORY, "-cp", classpath, *command],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise EnvironmentProblem("there is no Java runtime") from None
    except subprocess.TimeoutExpired:
        raise LimitError(f"the reasoner did not finish within {SECONDS} s") from None


def _classpath(name: str) -> str:
    _owlready2()
    from owlready2 import reasoning

    return str(getattr(reasoning, f"_{name}_CLASSPATH"))


def _java() -> str:
    return str(_owlready2().JAVA_EXE)


def _owlready2() -> Any:
    """Import owlready2 without its remark on an optional speed-up."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import owlready2

    return owlready2


def _last(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return next((line for line in lines if "rror" in line or "xception" in line), "no message")
