"""The closed vocabularies follow the Turtle, refuse a misspelt term and load at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cbrngraph import namespaces
from cbrngraph.namespaces import CBRN, PREFIXES, SKOS
from tools import namespaces as generator


def test_module_is_what_the_ontology_generates() -> None:
    """The committed module has the bytes that the generator writes, however often it runs."""
    text = generator.generate()
    assert generator.MODULE.read_text(encoding="utf-8") == text
    assert generator.generate() == text


def test_check_tells_an_outdated_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--check` exits 1 and writes nothing where the module is absent or outdated."""
    module = tmp_path / "namespaces.py"
    monkeypatch.setattr(generator, "MODULE", module)
    assert generator.main(["--check"]) == 1
    assert not module.exists()
    module.write_text("# old\n", encoding="utf-8")
    assert generator.main(["--check"]) == 1
    assert "tools/namespaces.py" in capsys.readouterr().err
    assert generator.main([]) == 0
    assert generator.main(["--check"]) == 0


def test_misspelt_term_is_an_attribute_error() -> None:
    """A class holds the terms of its vocabulary and no others."""
    assert CBRN.hostedBy == "https://w3id.org/cbrngraph/ontology#hostedBy"
    assert SKOS.prefLabel == "http://www.w3.org/2004/02/skos/core#prefLabel"
    with pytest.raises(AttributeError):
        getattr(CBRN, "hostedby")  # noqa: B009


def test_prefixes_are_distinct() -> None:
    """No two prefixes stand for one namespace, and things have one each by kind."""
    assert len(set(PREFIXES.values())) == len(PREFIXES)
    assert PREFIXES["project"] == namespaces.BASE + "id/project/"
    assert PREFIXES["cbrn"] == CBRN.Project.removesuffix("Project")


def test_a_keyword_gets_an_underscore() -> None:
    """A term that Python keeps for itself can still be named."""
    text = generator.render({"sh": ["class", "in", "path"]}, ["project"])
    scope: dict[str, type] = {}
    exec(text, scope)
    assert scope["SH"].__dict__["class_"] == "http://www.w3.org/ns/shacl#class"
    assert scope["SH"].__dict__["in_"] == "http://www.w3.org/ns/shacl#in"


def test_import_loads_nothing_heavy() -> None:
    """Importing the vocabularies loads neither rdflib nor the engine."""
    code = (
        "import sys, cbrngraph.namespaces;"
        "print(sorted({'rdflib', 'pyoxigraph', 'pyshacl'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
