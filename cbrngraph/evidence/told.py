"""Explanations as Python gives them: to read, to go through, to print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, overload

from cbrngraph.evidence import telling
from cbrngraph.evidence.outline import outline
from cbrngraph.evidence.why import Explanation
from cbrngraph.evidence.words import Words
from cbrngraph.model import Passage
from cbrngraph.store import Store

__all__ = ["Why"]


class Why(Sequence[Explanation]):
    """One explanation for a row or statement, several for a thing; printing it tells them.

    >>> import cbrngraph
    >>> why = cbrngraph.open().why("rs-central-asia", "hostedBy")
    >>> why.sources
    ('fs2023', 'unicri-ca-opening')
    >>> str(why).partition("(")[0]
    'Central Asia Regional Secretariat '
    """

    def __init__(self, store: Store, explanations: Sequence[Explanation]) -> None:
        self._store = store
        self._explanations = tuple(explanations)

    @property
    def holds(self) -> bool:
        """Whether everything that was asked about holds in the view."""
        return all(one.holds for one in self)

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Every passage behind the explanations, those of values not taken included."""
        return tuple({p.iri: p for one in self for p in one.passages.values()}.values())

    @property
    def sources(self) -> tuple[str, ...]:
        """The slugs of the sources behind the explanations, sorted."""
        return tuple(sorted({passage.source.slug for passage in self.passages}))

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the explanations as plain objects, as `why --format json` writes them."""
        words = telling.words_for(self._store, self, passages=True)
        return [telling.objects(one, words) for one in self]

    def __str__(self) -> str:
        return self._texts("").rstrip("\n")

    def __repr__(self) -> str:
        return f"<Why: {len(self)} explained, {len(self.passages)} passages>"

    def markdown(self) -> str:
        """Return the explanations as nested lists in Markdown, a row under a heading."""
        return self._texts("- ")

    _repr_markdown_ = markdown

    def __len__(self) -> int:
        return len(self._explanations)

    def __iter__(self) -> Iterator[Explanation]:
        return iter(self._explanations)

    @overload
    def __getitem__(self, key: int) -> Explanation: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[Explanation, ...]: ...
    def __getitem__(self, key: int | slice) -> Explanation | tuple[Explanation, ...]:
        return self._explanations[key]

    @cached_property
    def _words(self) -> Words:
        return telling.words_for(self._store, self)

    def _texts(self, bullet: str) -> str:
        sources: set[str] = set()
        return "\n".join(self._text(one, bullet, sources) for one in self)

    def _text(self, one: Explanation, bullet: str, sources: set[str]) -> str:
        text = outline(one, self._words, bullet=bullet, sources=sources)
        if one.row is None:
            return text
        title = telling.row_title(one, self._words)
        title = f"## {title}" if bullet else title
        return f"{title}\n\n{text}\n{telling.summary(one)}\n"
