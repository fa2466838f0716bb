"""Random edits of a project's files, as people and programs make them while a watch runs.

`Edits.toy` writes a small project of its own, with an ontology in which each kind of rule
occurs; `Edits.of` takes a copy of any project. The same seed makes the same edits.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from pathlib import Path

from cbrngraph.resources import Project

PREFIXES = """\
@base <https://w3id.org/cbrngraph/> .
@prefix cbrn: <https://w3id.org/cbrngraph/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix ex: <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
ONTOLOGY = [
    "ex:B rdfs:subClassOf ex:A .",
    "ex:C rdfs:subClassOf ex:B .",
    "ex:D owl:equivalentClass [ owl:onProperty ex:kind ; owl:hasValue ex:k1 ] .",
    "ex:near rdfs:subPropertyOf ex:linked .",
    "ex:linked a owl:SymmetricProperty .",
    "ex:part a owl:TransitiveProperty ; owl:inverseOf ex:whole .",
    "ex:far owl:propertyChainAxiom ( ex:near ex:part ) .",
    "ex:part rdfs:range ex:Thing .",
    "ex:kind rdfs:domain ex:Kinded .",
    "ex:status cbrn:singleValued true .",
    "ex:count cbrn:singleValued true .",
    "ex:countFrom cbrn:earliestOf ex:count .",
    'ex:k1 cbrn:rank "1" .',
    'ex:k2 cbrn:rank "2" .',
]
THINGS = [f"<id/thing/t{number}>" for number in range(7)]
LINKS = ["ex:near", "ex:linked", "ex:part", "ex:whole", "ex:far", "ex:kind", "ex:status"]
CLASSES = ["ex:A", "ex:B", "ex:C", "ex:D", "ex:Thing"]
NUMBERS = ["1", "2", '"01"^^xsd:integer', "1.50", "1.5", '"3"^^xsd:int', "true", "7e0"]
TEXTS = ['"one"', '"two"@en', '"zwei"@de', '"""long\ntext"""', '"1 _:x"', '"x"^^ex:type']
SOURCES = ["first", "second", "third"]


@dataclass(slots=True)
class Edits:
    """The edits of one project below `home`; each file is a list of statements as text."""

    home: Path
    chance: random.Random
    files: dict[str, list[str]] = field(default_factory=dict)
    made: int = 0

    @classmethod
    def toy(cls, home: Path, seed: int) -> Edits:
        """Write the small project."""
        self = cls(home, random.Random(seed))
        self.files["ontology/toy.ttl"] = list(ONTOLOGY)
        self.files["data/reference/things.ttl"] = [self.statement() for _ in range(12)]
        self.files["data/notes.nt"] = ["<urn:a> <urn:b> <urn:c> ."]
        for slug in SOURCES:
            self.files[f"data/sources/{slug}.trig"] = self.source(slug)
        for name in self.files:
            self.save(name)
        return self

    @staticmethod
    def project(home: Path) -> Project:
        """Return the project that stands on nothing else."""
        return Project((home,), (home,))

    def pick(self, names: list[str]) -> str:
        return self.chance.choice(names)

    def source(self, slug: str) -> list[str]:
        """Return the description of a source, and two passages with statements."""
        year, rank = self.chance.randrange(2015, 2025), self.pick(["ex:k1", "ex:k2"])
        about = (
            f'<source/{slug}> a cbrn:SourceDocument ; dcterms:identifier "{slug}" ;\n'
            f'    dcterms:title "About {slug}" ; cbrn:reliability {rank} ;\n'
            f'    cbrn:issuedEarliest "{year}-01-01"^^xsd:date .'
        )
        made = [about]
        for number in (1, 2):
            passage = f"<source/{slug}#p{number}>"
            made.append(
                f'{passage} a cbrn:Passage ; cbrn:partOf <source/{slug}> ; cbrn:locator "p" .'
            )
            made += [self.said(passage) for _ in range(3)]
        return made

    def said(self, passage: str) -> str:
        """Return a statement of a passage, often one that competes with others."""
        if self.chance.random() < 0.5:
            thing, number = self.pick(THINGS[:3]), self.pick(NUMBERS)
            day = f'"20{self.chance.randrange(10, 30)}-01-01"^^xsd:date'
            return f"{passage} {{ {thing} ex:count {number} ; ex:countFrom {day} . }}"
        return f"{passage} {{\n    {self.statement()}\n}}"

    def statement(self) -> str:
        """Return a statement about a thing, in one of several layouts."""
        thing, shape = self.pick(THINGS), self.chance.random()
        if shape < 0.25:
            return f"{thing} a {self.pick(CLASSES)} ."
        if shape < 0.5:
            return f"{thing} {self.pick(LINKS)} {self.pick([*THINGS, 'ex:k1', 'ex:k2'])} ."
        if shape < 0.7:
            return f"{thing} {self.pick(['ex:name', 'skos:prefLabel'])} {self.pick(TEXTS)} ."
        if shape < 0.85:
            return f"{thing} {self.pick(['ex:number', 'ex:count'])} {self.pick(NUMBERS)} ."
        if shape < 0.95:
            return (
                f"{thing} ex:linked [ a {self.pick(CLASSES)} ;\n"
                f"    ex:name {self.pick(TEXTS)} ; ex:part {self.pick(THINGS)} ] ."
            )
        return f"_:shared ex:near {thing} , ( {self.pick(THINGS)} {self.pick(NUMBERS)} ) ."

    def save(self, name: str) -> None:
        """Write a file anew, or take it away when it holds nothing."""
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name not in self.files:
            path.unlink()
            return
        head = "" if name.endswith(".nt") else PREFIXES
        path.write_text(head + "\n".join(self.files[name]) + "\n", encoding="utf-8")
        # A clock may be coarser than two edits are apart.
        self.made += 1
        os.utime(path, ns=(self.made * 1_000_000_000, self.made * 1_000_000_000))

    def edit(self) -> str:
        """Make one edit; return the file and what was done."""
        name = self.pick(sorted(n for n in self.files if not n.endswith(".nt")))
        chunks = self.files[name]
        kind = self.chance.choices(
            ["add", "remove", "change", "shift", "order", "copy", "new", "delete", "rule", "again"],
            [8, 6, 6, 3, 2, 3, 2, 1, 1, 2],
        )[0]
        place = self.chance.randrange(len(chunks) + 1)
        if kind in ("remove", "change", "copy", "again") and not chunks:
            kind = "add"
        if kind in ("add", "remove", "change", "shift", "order"):
            self.within(name, kind, place)
        elif kind == "copy":
            self.copy(name, self.pick(chunks))
        elif kind == "new":
            name = self.pick(["data/aaa.ttl", "data/sources/fourth.trig", "data/zzz.ttl"])
            self.files[name] = [self.statement() for _ in range(3)]
        elif kind == "delete" and name.startswith("data/") and len(self.files) > 4:
            del self.files[name]
        elif kind == "rule":
            name = "ontology/toy.ttl"
            self.files[name].append(self.pick(["ex:Thing rdfs:subClassOf ex:A .", *ONTOLOGY]))
        elif kind == "again":
            slug = self.pick(SOURCES)
            name = f"data/sources/{slug}.trig"
            self.files[name] = self.source(slug)
        self.save(name)
        return f"{kind} {name}"

    def within(self, name: str, kind: str, place: int) -> None:
        """Edit the statements of one file."""
        chunks = self.files[name]
        match kind:
            case "add":
                chunks.insert(place, self.fitting(name))
            case "remove":
                chunks.pop(self.chance.randrange(len(chunks)))
            case "change":
                chunks[self.chance.randrange(len(chunks))] = self.fitting(name)
            case "shift":
                chunks.insert(place, "# moved down\n")
            case "order":
                self.chance.shuffle(chunks)

    def fitting(self, name: str) -> str:
        """Return a statement as it may stand in a file."""
        if name.startswith("ontology/"):
            return f'ex:k1 skos:prefLabel "{self.chance.randrange(9)}"@en .'
        if name.endswith(".trig") and self.chance.random() < 0.7:
            slug = Path(name).stem
            if self.chance.random() < 0.3:
                passage = f"<source/{slug}#p{self.chance.randrange(1, 3)}>"
                year = self.chance.randrange(2010, 2030)
                return f'{passage} cbrn:asOfEarliest "{year}-01-01"^^xsd:date .'
            return self.said(f"<source/{slug}#p{self.chance.randrange(1, 3)}>")
        return self.statement()

    def copy(self, name: str, chunk: str) -> None:
        """Put a statement of one file into another as well."""
        others = [n for n in self.files if Path(n).suffix == Path(name).suffix]
        other = self.pick(sorted(others))
        self.files[other].append(chunk)
        self.save(other)
