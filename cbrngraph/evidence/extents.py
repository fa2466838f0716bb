"""Which regions and countries a text names, and how two things are related: what kinds need."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from cbrngraph.model import IRI, Term, Triple
from cbrngraph.namespaces import CBRN, ORG, OWL, SKOS
from cbrngraph.store import Store

__all__ = ["Extents", "relation"]

_NAMES = (SKOS.prefLabel, SKOS.altLabel)
_CODES = (CBRN.regionCode, CBRN.acronym)
_STOP = frozenset("and the of".split())
_STEM = 4
_SAME = {
    OWL.sameAs: "two names of one thing",
    SKOS.exactMatch: "two names of one thing",
    SKOS.closeMatch: "nearly the same thing",
}
_PART = {
    CBRN.withinOrganisation: "one is part of the other",
    ORG.subOrganizationOf: "one is part of the other",
    CBRN.placeCountry: "one lies in the other",
    SKOS.broader: "one is a kind of the other",
}


class Extents:
    """Finds the regions and countries of a store that a text names, by name or code."""

    def __init__(self, store: Store) -> None:
        self._names: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        self._codes: dict[str, str] = {}
        for thing, label in _called(store):
            for name in {_words(text) for text in _texts(store, thing, _NAMES)} - {()}:
                self._names[name[0][:_STEM]].append((name, label))
            for code in _texts(store, thing, _CODES):
                self._codes[code] = label
        for names in self._names.values():
            names.sort(key=lambda pair: (-len(pair[0]), pair))

    def __call__(self, text: str) -> tuple[frozenset[str], str]:
        """Return the labels of what the text names, and its other words.

        A longer name hides a shorter one that begins at the same word.
        """
        coded = [word for word in re.findall(r"\w+", text) if word in self._codes]
        found = {self._codes[word] for word in coded}
        codes = {word.casefold() for word in coded}
        words = [word for word in _words(text) if word not in codes]
        rest: list[str] = []
        while words:
            length, label = self._name_at(words)
            if label:
                found.add(label)
            else:
                rest.append(words[0])
            del words[: max(1, length)]
        return frozenset(found), " ".join(rest)

    def _name_at(self, words: Sequence[str]) -> tuple[int, str]:
        """The name that a text begins with: its number of words and what it names."""
        for name, label in self._names.get(words[0][:_STEM], ()):
            beginning = words[: len(name)]
            forms = zip(beginning, name, strict=False)
            if len(beginning) == len(name) and all(_is_form(w, part) for w, part in forms):
                return len(name), label
        return 0, ""


def _called(store: Store) -> Iterator[tuple[IRI, str]]:
    type_ = IRI("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    for class_ in (CBRN.Region, CBRN.Country):
        for quad in store.match(None, type_, IRI(class_)):
            if isinstance(quad.subject, IRI):
                label = next(_texts(store, quad.subject, (SKOS.prefLabel,)), quad.subject.local)
                yield quad.subject, label


def _texts(store: Store, thing: IRI, predicates: tuple[str, ...]) -> Iterator[str]:
    for predicate in predicates:
        for quad in store.match(thing, IRI(predicate)):
            yield str(quad.object)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in re.findall(r"\w+", text.casefold()) if word not in _STOP)


def _is_form(word: str, name: str) -> bool:
    """Whether a word is a name or formed from it, as an adjective is from a country's name."""
    return word == name or (len(name) >= _STEM and word.startswith(name))


def relation(store: Store, one: Term, other: Term) -> str:
    """Say how two things are the same or part of each other, empty when they are not."""
    if not isinstance(one, IRI) or not isinstance(other, IRI):
        return ""
    for table in (_SAME, _PART):
        for predicate, words in table.items():
            for first, second in ((one, other), (other, one)):
                if store.contains(Triple(first, IRI(predicate), second)):
                    return words
    return ""
