"""Reads a project's files into the text of a view: the first half of a build."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from cbrngraph.errors import InputError
from cbrngraph.model import View
from cbrngraph.resolution import Descriptions, superseded
from cbrngraph.resources import InputFile, Project
from cbrngraph.rules import N3Triple, Rules
from cbrngraph.store import scan

__all__ = ["Part", "Reading", "in_reading_order", "read_part", "schema_triples"]

# Alignments are stated in the graph but entail nothing: other vocabularies' types on demand.
_NO_RULES = "ontology/alignments/"

N3Quad = tuple[str, str, str, str]


def in_reading_order(files: Iterable[InputFile]) -> tuple[InputFile, ...]:
    """Return files with the ontology first: it says which properties the rest is read for."""
    return tuple(sorted(files, key=lambda file: not file.name.startswith("ontology/")))


def schema_triples(project: Project) -> Iterator[N3Triple]:
    """Yield the triples of the ontology files whose axioms become rules."""
    for position, file in enumerate(project.ontology_files()):
        if not file.name.startswith(_NO_RULES):
            for subject, predicate, object_, _ in _labelled(file, position):
                yield subject, predicate, object_


@dataclass(slots=True)
class Part:
    """One file: triples of its default graph, quads of its named graphs."""

    file: InputFile
    triples: list[N3Triple] = field(default_factory=list)
    quads: list[N3Quad] = field(default_factory=list)
    blank: bool = False
    loaded: bool = False

    @property
    def is_turtle(self) -> bool:
        """Whether it is reference data or ontology, whose graph is named after the file."""
        return self.file.path.suffix in (".ttl", ".nt")

    @property
    def is_reference(self) -> bool:
        """Whether it is reference data, which gives way to what a passage states."""
        return self.is_turtle and not self.file.name.startswith("ontology/")

    def kept(self, lost: frozenset[N3Triple]) -> Iterator[N3Triple]:
        """Yield the triples of the default graph that stand in a view."""
        if self.is_reference and lost:
            return (triple for triple in self.triples if triple not in lost)
        return iter(self.triples)

    def competing(self) -> Iterator[N3Quad]:
        """Yield what competes for a single value: passages, and reference data without one."""
        yield from self.quads
        if self.is_reference:
            for subject, predicate, object_ in self.triples:
                yield subject, predicate, object_, ""

    def named(self) -> Iterator[N3Quad]:
        """Yield what is in named graphs: passages, and a Turtle file under its own name."""
        if self.is_turtle:
            graph = f"<{self.file.graph}>"
            for subject, predicate, object_ in self.triples:
                yield subject, predicate, object_, graph
        yield from self.quads


@dataclass(slots=True)
class Reading:
    """All inputs of a view as N-Triples text, and which statements lost in it."""

    parts: list[Part]
    descriptions: Descriptions
    lost: frozenset[N3Triple] = frozenset()
    left_out: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        project: Project,
        view: View,
        progress: Callable[[str, int, int], None] | None = None,
        loaded: frozenset[str] = frozenset(),
    ) -> Reading:
        """Return what a project's files say in a view.

        Of the files named in `loaded`, which the engine has already, descriptions are kept
        only where a rule can meet them.

        Raises:
            ReadError: a file cannot be read.
            SyntaxFault: a file is not well-formed.
        """
        self = cls([], Descriptions())
        inputs = in_reading_order(project.inputs())
        kept: frozenset[str] | None = None
        for position, file in enumerate(inputs):
            if progress:
                progress("reading", position, len(inputs))
            part = Part(file, loaded=file.name in loaded)
            if part.loaded and kept is None:
                kept = Rules.compile(self.schema()).properties()
            _read(part, position, self.descriptions, kept if part.loaded else None)
            self.parts.append(part)
        if view.day is not None:
            self._cut(view.day.isoformat())
        if view.name == "current":
            self.lost = frozenset(superseded(self._statements(), self.descriptions))
        return self

    def schema(self) -> Iterator[N3Triple]:
        """Yield the triples whose axioms become rules."""
        for part in self.parts:
            name = part.file.name
            if name.startswith("ontology/") and not name.startswith(_NO_RULES):
                yield from part.triples

    def view_triples(self) -> Iterator[N3Triple]:
        """Yield the view as stated: repeated where several passages state the same."""
        lost = self.lost
        for part in self.parts:
            yield from part.kept(lost)
            for quad in part.quads:
                triple = quad[:3]
                if triple not in lost:
                    yield triple

    def _statements(self) -> Iterator[N3Quad]:
        for part in self.parts:
            yield from part.competing()

    def named(self) -> Iterator[N3Quad]:
        """Yield what the named graphs hold: passages, and Turtle files under their own name."""
        for part in self.parts:
            yield from part.named()

    def index_text(self) -> str:
        """Return the N-Quads to load: of a file that the engine has, the winners only.

        Raises:
            InputError: one of those has a blank node, whose label the engine would change.
        """
        lines: list[str] = []
        seen: set[N3Triple] = set()
        lost = self.lost
        for part in self.parts:
            if part.loaded and part.blank:
                raise InputError(
                    f"{part.file.path}: blank nodes are not supported in a file this large; "
                    "give the node an IRI"
                )
            if not part.loaded:
                lines += [f"{s} {p} {o} .\n" for s, p, o in part.kept(lost)]
                lines += [f"{s} {p} {o} {g} .\n" for s, p, o, g in part.quads]
            if part.is_turtle:
                tail = f" <{part.file.graph}> .\n"
                lines += [f"{s} {p} {o}{tail}" for s, p, o in part.triples]
            for quad in part.quads:
                triple = quad[:3]
                if triple not in lost and triple not in seen:
                    seen.add(triple)
                    lines.append(f"{triple[0]} {triple[1]} {triple[2]} .\n")
        return "".join(lines)

    def counts(self) -> dict[str, int]:
        """Return the numbers of a snapshot that the files decide."""
        passages = {quad[3] for part in self.parts for quad in part.quads}
        sources = {self.descriptions.source_of(passage) for passage in passages} - {""}
        return {
            "files": len(self.parts),
            "sources": len(sources),
            "sources_left_out": len(self.left_out),
            "passages": len(passages),
            "statements": sum(len(part.quads) for part in self.parts),
            "superseded": len(self.lost),
        }

    def _cut(self, day: str) -> None:
        """Keep the sources that were certainly issued by `day`; an undated one is left out."""
        notes = self.descriptions
        sources = set(notes.sources())
        gone = {s for s in sources if not "" < notes.issued_by(s) <= day}
        self.left_out = frozenset(gone)
        kept = sources - gone
        for part in self.parts:
            part.quads = [quad for quad in part.quads if notes.source_of(quad[3]) in kept]
            if not part.is_turtle:
                part.triples = [
                    triple
                    for triple in part.triples
                    if triple[0] not in gone and notes.source_of(triple[0]) not in gone
                ]


def read_part(file: InputFile, position: int) -> Part:
    """Return what a file says; `position` in reading order is in the labels of its blank nodes.

    Raises:
        ReadError: it cannot be read.
        SyntaxFault: it is not well-formed.
    """
    part = Part(file)
    _read(part, position, Descriptions(), None)
    return part


def _read(
    part: Part, position: int, descriptions: Descriptions, kept: frozenset[str] | None
) -> None:
    """Fill a part from its file; of its default graph only the `kept` properties, if given."""
    note = descriptions.note
    triples, quads = part.triples, part.quads
    for quad in _labelled(part.file, position):
        subject, predicate, object_, graph = quad
        if subject[0] == "_" or object_[0] == "_":
            part.blank = True
        if graph:
            quads.append(quad)
        else:
            note(subject, predicate, object_)
            if kept is None or predicate in kept:
                triples.append((subject, predicate, object_))


def _labelled(file: InputFile, position: int) -> Iterator[N3Quad]:
    """Scan a file; its blank nodes get labels that no other file has."""
    prefix = f"_:f{position}"
    for quad in scan(file.path):
        if quad[0][0] == "_" or quad[2][0] == "_" or quad[3][:1] == "_":
            subject, predicate, object_, graph = (
                prefix + term[2:] if term[:2] == "_:" else term for term in quad
            )
            yield subject, predicate, object_, graph
        else:
            yield quad
