"""Which sources cover what: declared (`cbrn:Coverage`), else assumed from what they state.

Of a source without a declaration only that much is assumed: that it covers a group of properties
of a thing when it states one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from cbrngraph.describe import passages_of, sources_of
from cbrngraph.model import IRI, Passage, Source
from cbrngraph.namespaces import CBRN, OWL, RDFS
from cbrngraph.store import Store

__all__ = ["Coverage"]

_LOOKED_AT = 2_000  # statements of one property about one thing


class Coverage:
    """What the sources of one store cover and state."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def stated(self, thing: IRI, name: IRI) -> bool:
        """Whether anything states a property about a thing, in a view or passage, either way.

        An inverse or narrower property states it, too.
        """
        return any(
            self._any(thing, other, None) or self._any(None, other, thing)
            for other in (name, *self._narrower(name))
        )

    def denied(self, things: Iterable[IRI], names: Iterable[IRI]) -> tuple[Passage, ...]:
        """Return the passages that say of each of the things that it has none of the properties."""
        wanted = {other for name in names for other in (name, *self._alike(name))}
        found: list[IRI] = []
        for thing in things:
            graphs = [
                quad.graph
                for quad in self._store.match(thing, IRI(CBRN.statesNone), any_graph=True)
                if quad.object in wanted and isinstance(quad.graph, IRI)
            ]
            if not graphs:
                return ()
            found += graphs
        return tuple(passages_of(self._store, found).values())

    def groups(self, names: Iterable[IRI]) -> tuple[IRI, ...]:
        """Return the groups that properties belong to, else those of the like properties."""
        names = list(names)
        own = {group for name in names for group in self._group(name)}
        if own:
            return tuple(sorted(own))
        alike = (other for name in names for other in self._alike(name))
        return tuple(sorted({group for other in alike for group in self._group(other)}))

    def sources(self, things: Iterable[IRI], groups: tuple[IRI, ...]) -> tuple[Source, ...]:
        """Return the sources that cover one of the groups of one of the things, latest first."""
        things = list(things)
        found = {*self._declared(things, groups), *self._assumed(things, groups)}
        sources = sources_of(self._store, found).values()
        return tuple(sorted(sources, key=lambda s: (s.issued, s.slug), reverse=True))

    def period(self, source: IRI) -> dict[str, str | None]:
        """Return the period that a source declares to cover; None where it declares none."""
        declared = next(self._store.match(None, IRI(CBRN.coverageOf), source), None)
        ends = {"covers_from": CBRN.coversFrom, "covers_until": CBRN.coversUntil}
        found: dict[str, str | None] = dict.fromkeys(ends)
        for key, name in ends.items() if declared is not None else ():
            one = next(self._store.match(declared.subject, IRI(name)), None)  # type: ignore[union-attr]
            found[key] = str(one.object) if one is not None else None
        return found

    def _any(self, subject: IRI | None, name: IRI, object_: IRI | None) -> bool:
        found = self._store.match(subject, name, object_, any_graph=True)
        return next(found, None) is not None

    def _group(self, name: IRI) -> Iterator[IRI]:
        for quad in self._store.match(name, IRI(CBRN.propertyGroup)):
            if isinstance(quad.object, IRI):
                yield quad.object

    def _narrower(self, name: IRI) -> Iterator[IRI]:
        yield from self._joined(name, OWL.inverseOf, both=True)
        yield from self._joined(name, RDFS.subPropertyOf, both=False)

    def _alike(self, name: IRI) -> Iterator[IRI]:
        """The inverses of a property, and what it is a part of or is part of it."""
        yield from self._joined(name, OWL.inverseOf, both=True)
        yield from self._joined(name, RDFS.subPropertyOf, both=True)

    def _joined(self, name: IRI, by: str, *, both: bool) -> Iterator[IRI]:
        for quad in self._store.match(None, IRI(by), name):
            if isinstance(quad.subject, IRI):
                yield quad.subject
        for quad in self._store.match(name, IRI(by)) if both else ():
            if isinstance(quad.object, IRI):
                yield quad.object

    def _declared(self, things: list[IRI], groups: tuple[IRI, ...]) -> Iterator[IRI]:
        for quad in self._store.match(None, IRI(CBRN.coverageOf)):
            coverage, source = quad.subject, quad.object
            in_view = next(self._store.match(None, IRI(CBRN.partOf), source), None) is not None
            if not isinstance(source, IRI) or not in_view:
                continue
            told = {q.object for q in self._store.match(coverage, IRI(CBRN.coversGroup))}
            if not told.intersection(groups):
                continue
            covered = {q.object for q in self._store.match(coverage, IRI(CBRN.coversThing))}
            if any(self._belongs(t, c) for t in things for c in covered if isinstance(c, IRI)):
                yield source

    def _belongs(self, thing: IRI, covered: IRI) -> bool:
        """Whether a thing is covered itself or directly joined to what is."""
        ends = ((thing, covered), (covered, thing))
        return thing == covered or any(
            next(self._store.match(one, None, other), None) is not None for one, other in ends
        )

    def _assumed(self, things: list[IRI], groups: tuple[IRI, ...]) -> Iterator[IRI]:
        """The sources that state something of the same groups about one of the things."""
        passages: set[IRI] = set()
        for group in groups:
            for quad in self._store.match(None, IRI(CBRN.propertyGroup), group):
                if isinstance(quad.subject, IRI):
                    for thing in things:
                        passages |= set(self._passages(thing, quad.subject))
        for passage in passages:
            for quad in self._store.match(passage, IRI(CBRN.partOf)):
                if isinstance(quad.object, IRI):
                    yield quad.object

    def _passages(self, thing: IRI, name: IRI) -> Iterator[IRI]:
        for one, other in ((thing, None), (None, thing)):
            quads = self._store.match(one, name, other, any_graph=True)
            for quad in islice(quads, _LOOKED_AT):
                if isinstance(quad.graph, IRI):
                    yield quad.graph
