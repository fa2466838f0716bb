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
from cbrngraph.store import scan

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
STEADY = ["1", "2", "3", "1.5", "true"]
# A store keeps some of these in another form.
NUMBERS = [*STEADY, '"01"^^xsd:integer', "1.50", '"3"^^xsd:int', "7e0"]
TEXTS = ['"one"', '"two"@en', '"zwei"@de', '"""long\ntext"""', '"1 _:x"', '"x"^^ex:type']
SOURCES = ["first", "second", "third"]


@dataclass(slots=True)
class Edits:
    """The edits of one project below `home`; each file is a list of statements as text."""

    home: Path
    chance: random.Random
    files: dict[str, list[str]] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=lambda: NUMBERS)
    made: int = 0

    @classmethod
    def toy(cls, home: Path, seed: int, *, steady: bool = False) -> Edits:
        """Write the small project; with `steady`, its numbers are such as a store keeps as is."""
        self = cls(home, random.Random(seed))
        self.numbers = STEADY if steady else NUMBERS
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
            thing, number = self.pick(THINGS[:3]), self.pick(self.numbers)
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
            return f"{thing} {self.pick(['ex:number', 'ex:count'])} {self.pick(self.numbers)} ."
        if shape < 0.95:
            return (
                f"{thing} ex:linked [ a {self.pick(CLASSES)} ;\n"
                f"    ex:name {self.pick(TEXTS)} ; ex:part {self.pick(THINGS)} ] ."
            )
        return f"_:shared ex:near {thing} , ( {self.pick(THINGS)} {self.pick(self.numbers)} ) ."

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


class Blocks:
    """Random edits of a project whose files have their statements in blocks, with lines between.

    Blocks are taken out, put in twice, moved; statements are made of parts of others.
    """

    def __init__(self, home: Path, seed: int) -> None:
        self.home = home
        self.chance = random.Random(seed)
        self._names = [file.name for file in Project((home,), (home,)).data_files()]
        self._quads = [
            quad
            for name in self.chance.sample(self._names, 40)
            for quad in scan(home / name)
            if "_:" not in quad[0] + quad[2]
        ]
        self._made = 0

    def edit(self) -> str:
        """Make one edit; return the file and what was done."""
        chance = self.chance
        name = chance.choice(self._names)
        path = self.home / name
        if not path.exists():
            name = "data/reference/projects.ttl"
            path = self.home / name
        head, *blocks = path.read_text(encoding="utf-8").split("\n\n")
        kinds = ["statement"] * 6 + ["out", "twice", "down", "order", "away", "new", "type", "name"]
        kind = chance.choice(kinds)
        if not blocks and kind in ("out", "twice"):
            kind = "statement"
        match kind:
            case "out":
                blocks.pop(chance.randrange(len(blocks)))
            case "twice":
                self._add(chance.choice(self._names), chance.choice(blocks), Path(name).suffix)
            case "down":
                head = "# one line\n# and one more\n" + head
            case "order":
                chance.shuffle(blocks)
            case "away" if path.parent.name == "sources":
                path.unlink()
                return f"{kind} {name}"
            case "new":
                self._made += 1
                new = self.home / "data" / "sources" / f"a-new-{self._made}.trig"
                new.write_text(self._statement(new.name) + "\n", encoding="utf-8")
                return f"{kind} {new.name}"
            case "name":
                blocks = [block.replace("@en", "@fr", 1) for block in blocks]
            case "type":
                blocks.append(self._typed())
            case _:
                blocks.append(self._statement(name))
        path.write_text("\n\n".join([head, *blocks]) + "\n", encoding="utf-8")
        self._made += 1
        os.utime(path, ns=(self._made * 1_000_000_000, self._made * 1_000_000_000))
        return f"{kind} {name}"

    def _add(self, name: str, block: str, suffix: str) -> None:
        """Put a block at the end of another file, if that has the same prefixes."""
        path = self.home / name
        if path.suffix != suffix or not path.exists() or ":" in block.replace("https:", ""):
            return
        path.write_text(path.read_text(encoding="utf-8") + "\n" + block + "\n", encoding="utf-8")

    def _statement(self, name: str) -> str:
        """Return a statement of parts of others, in a passage where the file has them."""
        one, two = self.chance.choice(self._quads), self.chance.choice(self._quads)
        subject = one[0] if self.chance.random() < 0.7 else "<https://w3id.org/cbrngraph/id/new>"
        triple = f"{subject} {two[1]} {two[2]} ."
        graph = one[3] or two[3]
        return f"{graph} {{ {triple} }}" if name.endswith(".trig") and graph else triple

    def _typed(self) -> str:
        types = [quad for quad in self._quads if quad[1].endswith("#type>")]
        one, two = self.chance.choice(self._quads), self.chance.choice(types)
        return f"{one[0]} {two[1]} {two[2]} ."
