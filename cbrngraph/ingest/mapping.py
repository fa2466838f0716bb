"""The declarative mapping of the claims sheet (`ontology/mapping/claims-sheet.ttl`), read.

Which property of a sheet becomes which statements is said there and nowhere in the code.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from cbrngraph.errors import InputError, ReadError
from cbrngraph.ingest.terms import TYPE
from cbrngraph.model import IRI, Literal, Quad, Term
from cbrngraph.namespaces import CBRN
from cbrngraph.resources import Project
from cbrngraph.store import parse_file

__all__ = ["Companions", "Kind", "Rule", "SheetMapping", "load_mapping"]

VALUE_KINDS = ("string", "slug", "integer", "decimal", "edtf", "iri")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing: its name in a sheet, its class and its part of the address."""

    name: str
    type: IRI
    segment: str


@dataclass(frozen=True, slots=True)
class Node:
    """The node that a rule states: address template, class, links and constant statements."""

    type: IRI
    segment: str
    key: str
    subject_link: IRI | None
    inverse_link: IRI | None
    value_link: IRI | None
    unit_link: IRI | None
    constants: tuple[tuple[IRI, Term], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a row with this property states. No subject kinds means every kind."""

    name: str
    subject_kinds: tuple[str, ...]
    value_kind: str
    target_kinds: tuple[str, ...]
    unit_suffix: str
    maps_to: IRI | None
    node: Node | None


@dataclass(frozen=True, slots=True)
class Companions:
    """The properties that hold the first and last day of a date property."""

    earliest: IRI
    latest: IRI


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """All rules by property name, all kinds by name, and the companions of date properties."""

    rules: Mapping[str, tuple[Rule, ...]]
    kinds: Mapping[str, Kind]
    companions: Mapping[IRI, Companions]


_Objects: TypeAlias = Mapping[IRI, tuple[Term, ...]]


def load_mapping(project: Project) -> SheetMapping:
    """Return the mapping of a project.

    Raises:
        ReadError: the project has no mapping, or it cannot be read.
        SyntaxFault: it is not Turtle.
        InputError: a rule in it is incomplete.
    """
    files = project.files("ontology/mapping", (".ttl",))
    if not files:
        raise ReadError(project.home / "ontology" / "mapping", "there is no mapping of the sheet")
    subjects: dict[IRI, _Objects] = {}
    for file in files:
        subjects.update(_by_subject(parse_file(file.path)))
    path = files[-1].path
    rules: dict[str, list[Rule]] = defaultdict(list)
    kinds: dict[str, Kind] = {}
    for iri, objects in subjects.items():
        types = objects.get(TYPE, ())
        if IRI(CBRN.SheetMapping) in types:
            rule = _rule(path, iri, objects, subjects)
            rules[rule.name].append(rule)
        elif IRI(CBRN.SheetKind) in types:
            kind = _kind(path, iri, objects)
            kinds[kind.name] = kind
    companions = _companions(project)
    _check(path, rules, kinds, companions)
    return SheetMapping(
        {name: tuple(found) for name, found in sorted(rules.items())}, kinds, companions
    )


def _by_subject(quads: Iterable[Quad]) -> dict[IRI, _Objects]:
    found: dict[IRI, dict[IRI, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        if isinstance(quad.subject, IRI):
            found[quad.subject][quad.predicate].append(quad.object)
    return {s: {p: tuple(o) for p, o in objects.items()} for s, objects in found.items()}


def _rule(path: Path, iri: IRI, objects: _Objects, subjects: Mapping[IRI, _Objects]) -> Rule:
    name = _text(objects, CBRN.sheetName)
    value_kind = _text(objects, CBRN.valueKind)
    rule = Rule(
        name=name,
        subject_kinds=_texts(objects, CBRN.subjectKind),
        value_kind=value_kind,
        target_kinds=_texts(objects, CBRN.targetKind),
        unit_suffix=_text(objects, CBRN.unitSuffix),
        maps_to=_iri(objects, CBRN.mapsTo),
        node=_node(path, iri, objects, subjects),
    )
    if not name or value_kind not in VALUE_KINDS or not (rule.maps_to or rule.node):
        raise InputError(
            f"{path}: <{iri}> needs a sheetName, a valueKind ({', '.join(VALUE_KINDS)}), "
            "and mapsTo or nodeClass"
        )
    return rule


def _node(path: Path, iri: IRI, objects: _Objects, subjects: Mapping[IRI, _Objects]) -> Node | None:
    node_class = _iri(objects, CBRN.nodeClass)
    if node_class is None:
        return None
    segment, key = _text(objects, CBRN.nodeSegment), _text(objects, CBRN.nodeKey)
    if not segment or "{subject}" not in key:
        raise InputError(f"{path}: <{iri}> needs a nodeSegment and a nodeKey with {{subject}}")
    constants: list[tuple[IRI, Term]] = []
    for constant in objects.get(IRI(CBRN.constant), ()):
        said = subjects.get(IRI(str(constant)), {})
        predicate = _iri(said, CBRN.constantProperty)
        values = said.get(IRI(CBRN.constantValue), ())
        if predicate is None or len(values) != 1:
            raise InputError(f"{path}: <{constant}> needs a constantProperty and a constantValue")
        constants.append((predicate, values[0]))
    return Node(
        type=node_class,
        segment=segment,
        key=key,
        subject_link=_iri(objects, CBRN.subjectLink),
        inverse_link=_iri(objects, CBRN.subjectInverseLink),
        value_link=_iri(objects, CBRN.valueLink),
        unit_link=_iri(objects, CBRN.unitLink),
        constants=tuple(constants),
    )


def _kind(path: Path, iri: IRI, objects: _Objects) -> Kind:
    name, segment = _text(objects, CBRN.kindName), _text(objects, CBRN.kindSegment)
    kind_class = _iri(objects, CBRN.kindClass)
    if not name or not segment or kind_class is None:
        raise InputError(f"{path}: <{iri}> needs a kindName, a kindSegment and a kindClass")
    return Kind(name, kind_class, segment)


def _check(
    path: Path,
    rules: Mapping[str, list[Rule]],
    kinds: Mapping[str, Kind],
    companions: Mapping[IRI, Companions],
) -> None:
    for rule in (rule for found in rules.values() for rule in found):
        for kind in (*rule.subject_kinds, *rule.target_kinds):
            if kind not in kinds:
                raise InputError(f"{path}: the rule for {rule.name} names the unknown kind {kind}")
        if rule.value_kind == "slug" and not rule.target_kinds:
            raise InputError(f"{path}: the rule for {rule.name} needs a targetKind")
        said = rule.maps_to or (rule.node.value_link if rule.node else None)
        if rule.value_kind == "edtf" and said not in companions:
            raise InputError(f"{path}: nothing in the ontology is earliestOf and latestOf <{said}>")


def _companions(project: Project) -> dict[IRI, Companions]:
    """Read which properties hold the days of which date property, from the ontology."""
    earliest: dict[IRI, IRI] = {}
    latest: dict[IRI, IRI] = {}
    sides = {IRI(CBRN.earliestOf): earliest, IRI(CBRN.latestOf): latest}
    for file in project.ontology_files():
        if "/" in file.name.removeprefix("ontology/"):
            continue
        for quad in parse_file(file.path):
            side = sides.get(quad.predicate)
            if side is not None and isinstance(quad.object, IRI) and isinstance(quad.subject, IRI):
                side[quad.object] = quad.subject
    return {of: Companions(earliest[of], latest[of]) for of in earliest.keys() & latest.keys()}


def _text(objects: _Objects, term: str) -> str:
    return next(iter(_texts(objects, term)), "")


def _texts(objects: _Objects, term: str) -> tuple[str, ...]:
    found = objects.get(IRI(term), ())
    return tuple(one.value for one in found if isinstance(one, Literal))


def _iri(objects: _Objects, term: str) -> IRI | None:
    found = objects.get(IRI(term), ())
    return next((one for one in found if isinstance(one, IRI)), None)
