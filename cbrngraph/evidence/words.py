"""Terms, statements and passages in words, with the labels of one store."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from cbrngraph.evidence.proof import Absent, Condition, Proof, Statement, leaves
from cbrngraph.model import IRI, BNode, Passage, Term, Triple
from cbrngraph.results import curie, labels_of, slug_of, slugify
from cbrngraph.store import Store

__all__ = ["Words", "iris_of", "is_passage", "passage_line", "passage_object", "term_object"]

_IRI = re.compile(r"<([^<>\s]+)>")
_BARE = re.compile(
    r'"([+-]?\d+|true|false)"\^\^<http://www\.w3\.org/2001/XMLSchema#(?:integer|boolean)>'
)

_EDTF = "http://id.loc.gov/datatypes/edtf"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_DATES = frozenset((*(_XSD + name for name in ("date", "dateTime", "gYear", "gYearMonth")), _EDTF))
_DATE = re.compile(rf'"([^"\\]*)"\^\^<(?:{"|".join(map(re.escape, sorted(_DATES)))})>')


class Words:
    """Names things by their labels; what has none by its slug."""

    def __init__(self, store: Store, iris: Iterable[str]) -> None:
        self._labels = labels_of(store, iris)
        # What has the label and the slug of another thing is told by its CURIE.
        by_name: dict[tuple[str, str], list[str]] = {}
        for iri, label in self._labels.items():
            by_name.setdefault((label, slug_of(iri)), []).append(iri)
        self._alike = {iri for alike in by_name.values() if len(alike) > 1 for iri in alike}

    def label(self, iri: str) -> str:
        """The label of a thing, else its slug."""
        return self._labels.get(iri) or slug_of(iri) or curie(iri)

    def term(self, term: Term) -> str:
        """A term for people: a label with its slug where that says more, or a value."""
        if isinstance(term, IRI):
            label, slug = self.label(term), slug_of(term)
            if str(term) in self._alike:
                return f"{label} ({curie(term)})"
            return label if slugify(slug) == slugify(label) else f"{label} ({slug})"
        if isinstance(term, BNode):
            return "[]"
        bare = term.datatype in _DATES or not isinstance(term.python, str)
        return term.value if bare else f"“{term.value}”"

    def triple(self, triple: Triple) -> str:
        """A statement on one line: subject, property, value."""
        return " · ".join(
            (self.term(triple.subject), self.label(triple.predicate), self.term(triple.object))
        )

    def sparql(self, text: str) -> str:
        """A piece of SPARQL with its IRIs as CURIEs and its numbers bare."""
        return _IRI.sub(lambda match: curie(match[1]), _BARE.sub(r"\1", text)).strip()

    def plain(self, text: str) -> str:
        """What was computed, as `sparql` has it, with its dates bare as well."""
        dated = _DATE.sub(r"\1", text)
        return self.sparql(_IRI.sub(lambda m: slug_of(m[1]) if is_passage(m[1]) else m[0], dated))

    def object(self, term: Term) -> dict[str, Any]:
        """A term as plain objects, with its label when it is a thing."""
        return term_object(term, self._labels.get(str(term), ""))


def term_object(term: Term, label: str = "") -> dict[str, Any]:
    """A term as plain objects: `slug`, `iri`, `label` of a thing; `value` and type of a literal."""
    if isinstance(term, IRI):
        return {"slug": slug_of(term), "iri": str(term), "label": label or slug_of(term)}
    if isinstance(term, BNode):
        return {"bnode": str(term)}
    told: dict[str, Any] = {"value": term.value, "datatype": term.datatype}
    if term.language:
        told["language"] = term.language
    return told


def passage_object(passage: Passage) -> dict[str, Any]:
    """A passage as plain objects: the document and the place in it."""
    return {
        "slug": passage.source.slug,
        "passage": str(passage.iri),
        "title": passage.source.title,
        "publisher": passage.source.publisher,
        "issued": passage.source.issued,
        "as_of": passage.as_of,
        "url": passage.source.url,
        "heading": passage.heading,
        "locator": passage.locator,
        "lines": [passage.start_line, passage.end_line] if passage.start_line else None,
        "excerpt": passage.excerpt,
        "confidence": passage.confidence,
        "reliability": passage.source.reliability,
    }


def passage_line(passage: Passage, *, full: bool = True, again: bool = False) -> str:
    """A passage on one line: document, publisher, date, place, excerpt, confidence, address.

    Of a document that was told before (`again`) only its slug and the date.
    """
    source = passage.source
    when = passage.as_of or source.issued or "undated"
    parts = [f"{source.title} ({source.slug})", source.publisher, when, passage.locator]
    line = ", ".join([source.slug, *parts[2:]] if again else (part for part in parts if part))
    if passage.excerpt:
        line += f": “{passage.excerpt}”"
    if full:
        line += f" [{passage.confidence} confidence]" if passage.confidence else ""
        line += f" {source.url}" if source.url and not again else ""
    return line


def is_passage(iri: str) -> bool:
    """Whether an IRI is that of a passage, whose slug names its document."""
    return "/source/" in iri and "#" in iri


def iris_of(proof: Proof) -> Iterator[str]:
    """The IRIs that a proof speaks of."""
    for leaf in leaves(proof):
        if isinstance(leaf, Statement):
            yield from _of_statement(leaf)
        elif isinstance(leaf, Absent):
            yield from _IRI.findall(leaf.pattern)
        elif isinstance(leaf, Condition):
            yield from _IRI.findall(leaf.text)


def _of_statement(statement: Statement) -> Iterator[str]:
    yield from (str(term) for term in statement.triple if isinstance(term, IRI))
    for entailment in statement.entailments:
        for premise in entailment.premises:
            yield from _of_statement(premise)
