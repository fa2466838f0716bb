"""From what a user gives for a parameter to one of its choices."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from cbrngraph.errors import ParameterError, UnknownNameError
from cbrngraph.model import IRI, Literal
from cbrngraph.names.folding import near
from cbrngraph.names.lookup import bare, best, called, names_of
from cbrngraph.namespaces import DCTERMS
from cbrngraph.queries.catalogue import Parameter, StoredQuery
from cbrngraph.queries.tokens import tokenize
from cbrngraph.queries.values import IRI_TEXT, Choice, choices, choices_among, expanded

if TYPE_CHECKING:
    from cbrngraph.build import Snapshot

__all__ = ["Choosing"]

_LISTED = 8


class Choosing:
    """The choices of one parameter, which are listed only when an IRI or slug does not do.

    A choice is named in any way that `names.lookup` knows of things.
    """

    def __init__(self, query: StoredQuery, parameter: Parameter, snapshot: Snapshot) -> None:
        self._query = query
        self._parameter = parameter
        self._snapshot = snapshot

    def choose(self, text: str) -> IRI | Literal:
        """Return the choice that is called `text`.

        In a view at a date, the choices and names of all time count: what was not known then
        gives an empty answer.

        Raises:
            ParameterError: it fits several choices.
            UnknownNameError: it is none of them; the nearest are suggested.
        """
        found = self._find(text)
        if found is not None:
            return found
        if self._snapshot.view.day is not None:
            return Choosing(self._query, self._parameter, self._snapshot.uncut).choose(text)
        raise self._unknown(text)

    def _find(self, text: str) -> IRI | Literal | None:
        for look in (self._by_identifier, self._by_choice, self._by_name):
            found = look(bare(text))
            if found is not None:
                return found
        return None

    @cached_property
    def _known(self) -> tuple[Choice, ...]:
        return choices(self._query, self._parameter, self._snapshot)

    def _among(self, things: Iterable[str]) -> tuple[Choice, ...]:
        """Return the choices that are one of the things, by asking for no others.

        A large graph has ten thousand choices, and listing them takes far longer than this.
        """
        text = self._parameter.choices
        start = next((token.end for token in tokenize(text) if token.text == "{"), None)
        rows = " ".join(IRI(thing).n3() for thing in sorted(set(things)))
        if not rows or start is None:
            return ()
        only = f"{text[:start]} VALUES ?value {{ {rows} }} {text[start:]}"
        return choices_among(self._query, self._parameter, only, self._snapshot)

    def _by_identifier(self, text: str) -> IRI | Literal | None:
        full = expanded(text)
        named = [full] if IRI_TEXT.fullmatch(full) else []
        named += (
            quad.subject
            for quad in self._snapshot.store.match(None, IRI(DCTERMS.identifier), Literal(text))
            if isinstance(quad.subject, IRI)
        )
        known = self._among(named)
        for exact in (
            {choice.value for choice in known if str(choice.value) == full},
            {choice.value for choice in known if choice.slug == text},
        ):
            if len(exact) == 1:
                return exact.pop()
        return None

    def _by_choice(self, text: str) -> IRI | Literal | None:
        folded, full, known = text.casefold(), (text, expanded(text)), self._known
        for matches in (
            [one for one in known if str(one.value) in full],
            [one for one in known if text == one.slug],
            [one for one in known if text == one.code],
            [one for one in known if folded in (one.slug.casefold(), one.code.casefold())],
            [one for one in known if folded == one.label.casefold()],
        ):
            if matches:
                return self._only(text, [choice.value for choice in matches])
        return None

    def _by_name(self, text: str) -> IRI | Literal | None:
        if self._parameter.type != "iri":
            return None
        for found in called(self._snapshot.store, text):
            among = {choice.value for choice in self._among(thing for _, thing in found)}
            fitting = [(rank, thing) for rank, thing in found if thing in among]
            if fitting:
                return self._only(text, best(fitting))
        return None

    def _only(self, text: str, values: Iterable[IRI | Literal]) -> IRI | Literal:
        several = sorted(set(values), key=str)
        if len(several) == 1:
            return several[0]
        name, listed = self._parameter.name, ", ".join(map(str, several))
        raise ParameterError(
            f"parameter {name!r}: {text!r} fits several things; give one of {listed}"
        )

    def _unknown(self, text: str) -> UnknownNameError:
        kind = self._parameter.label.lower()
        if not self._known:
            return UnknownNameError(kind, text, (), "the graph has none to choose from")
        elsewhere = self._elsewhere(text)
        if elsewhere:
            return UnknownNameError(kind, text, (), elsewhere)
        near_ones = tuple(name for name, _ in near(text, self._names()))
        return UnknownNameError(kind, text, near_ones, "" if near_ones else self._listed())

    def _elsewhere(self, text: str) -> str:
        """Say that there is such a thing, where it is no choice."""
        if self._parameter.type != "iri":
            return ""
        things = next((best(found) for found in called(self._snapshot.store, text)), [])
        if not things:
            return ""
        named = " and ".join(sorted({thing.local for thing in things}))
        return (
            f"the graph has {named}, but nothing that this question asks about it "
            f"('cbrngraph queries {self._query.slug}' lists the choices)"
        )

    def _names(self) -> list[tuple[str, IRI | Literal]]:
        names = [
            (name, choice.value)
            for choice in self._known
            for name in (choice.slug, choice.label, choice.code)
        ]
        things = {choice.value for choice in self._known if isinstance(choice.value, IRI)}
        others = names_of(self._snapshot.store)
        return names + [(name, thing) for name, thing in others if thing in things]

    def _listed(self) -> str:
        told = list(dict.fromkeys(map(_printed, self._known)))
        more = f" and {len(told) - _LISTED} more" if len(told) > _LISTED else ""
        return f"(the choices are: {', '.join(told[:_LISTED])}{more})"


def _printed(choice: Choice) -> str:
    """Return a choice as tables print it."""
    same = choice.label.casefold() == choice.slug.casefold()
    return choice.slug if same else f"{choice.label} ({choice.slug})"
