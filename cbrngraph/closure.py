"""What statements entail, kept up to date while statements come and go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from cbrngraph.inference import Forward, is_private
from cbrngraph.rules import N3Triple, Rules

__all__ = ["Closure"]

_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


class Closure(Forward):
    """What statements entail, kept up to date while statements come and go.

    Taking away follows Gupta, Mumick and Subrahmanian (1993), delete and rederive: what may have
    rested on a lost statement goes first, then what still follows from the rest comes back.
    """

    def __init__(self, rules: Rules, triples: Iterable[N3Triple]) -> None:
        super().__init__(rules)
        self._about: dict[str, set[N3Triple]] = defaultdict(set)
        self._doubted: set[N3Triple] | None = None
        self._stated: set[N3Triple] = {t for t in triples if t[1] in self._relevant}
        self.entailed: set[N3Triple] = set(self.closure(self._stated))
        self._new.clear()

    def change(
        self, removed: Iterable[N3Triple], added: Iterable[N3Triple]
    ) -> tuple[set[N3Triple], set[N3Triple]]:
        """Take statements away and add others; return what is no more entailed, and what now is.

        A statement that is still entailed when it is taken away counts as entailed from then on.
        """
        out = {t for t in removed if t in self._stated}
        into = {t for t in added if t[1] in self._relevant and t not in self._stated}
        self._stated -= out
        self._stated |= into
        doubted = self._doubt(out)
        for triple in doubted:
            self._forget(triple)
        # Each way to derive a triple has a premise that names its subject.
        for name in {triple[0] for triple in doubted}:
            for triple in list(self._about.get(name, ())):
                self._fire(triple)
        for triple in into:
            if triple not in self._known:
                self._known.add(triple)
                self._queue.append(triple)
        self._run()
        met = {t for t in (*doubted, *into, *self._new) if not is_private(t)}
        self._new.clear()
        now = {t for t in met if t in self._known and t not in self._stated}
        before = met & self.entailed
        self.entailed -= before
        self.entailed |= now
        return before - now, now - before

    def _doubt(self, removed: set[N3Triple]) -> set[N3Triple]:
        """Return what is known and may rest on removed statements, these included."""
        found = set(removed)
        waiting = list(removed)
        while waiting:
            self._doubted = set()
            self._fire(waiting.pop())
            more = self._doubted - found - self._stated
            found |= more
            waiting += more
        self._doubted = None
        return found

    def _add(self, subject: str, predicate: str, object_: str) -> None:
        if self._doubted is None:
            super()._add(subject, predicate, object_)
        else:
            self._doubted.add((subject, predicate, object_))

    def _keep(self, triple: N3Triple) -> None:
        super()._keep(triple)
        for name in (triple[0], triple[2]):
            if name[0] != '"':
                self._about[name].add(triple)

    def _forget(self, triple: N3Triple) -> None:
        subject, predicate, object_ = triple
        self._known.discard(triple)
        for name in (subject, object_):
            if name[0] != '"':
                self._about[name].discard(triple)
        if predicate == _TYPE:
            self._types[subject].discard(object_)
        elif predicate in self._joined and object_[0] != '"':
            self._out[(predicate, subject)].remove(object_)
            self._in[(predicate, object_)].remove(subject)
