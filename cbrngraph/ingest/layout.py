"""The canonical layout of data files: Turtle and TriG for a reader and for `diff`.

One statement, or one value of a list, a line; a fixed order of subjects, predicates and values;
addresses below the base written short. The same statements give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from cbrngraph.errors import InputError
from cbrngraph.ingest.terms import (
    ALT_LABEL,
    AS_OF,
    AS_OF_EARLIEST,
    AS_OF_LATEST,
    CLAIM,
    CONFIDENCE,
    DOCUMENT_KIND,
    END_LINE,
    EXCERPT,
    FILE_NAME,
    FOUND_AT,
    HEADING,
    IDENTIFIER,
    INTEGER,
    ISSUED,
    ISSUED_EARLIEST,
    ISSUED_LATEST,
    LANGUAGE,
    LOCATOR,
    PART_OF,
    PREF_LABEL,
    PREFIXES,
    PUBLISHER,
    RELIABILITY,
    SHA256,
    START_LINE,
    STRING,
    TITLE,
    TYPE,
    URL,
)
from cbrngraph.model import IRI, BNode, Literal, Term, Triple
from cbrngraph.namespaces import BASE

__all__ = ["block", "document", "natural_key", "statements"]

# The predicates that a reader looks for first; the others follow in the order of their names.
_READING_ORDER = (
    TYPE,
    PART_OF,
    IDENTIFIER,
    PREF_LABEL,
    ALT_LABEL,
    TITLE,
    PUBLISHER,
    URL,
    FOUND_AT,
    ISSUED,
    ISSUED_EARLIEST,
    ISSUED_LATEST,
    DOCUMENT_KIND,
    LANGUAGE,
    RELIABILITY,
    FILE_NAME,
    SHA256,
    LOCATOR,
    HEADING,
    START_LINE,
    END_LINE,
    EXCERPT,
    AS_OF,
    AS_OF_EARLIEST,
    AS_OF_LATEST,
    CONFIDENCE,
    CLAIM,
)
_RANK = {predicate: rank for rank, predicate in enumerate(_READING_ORDER)}
_LOCAL = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?")
_RELATIVE = re.compile(r"[^\x00-\x20<>\"{}|\\^`:]+")
# What resolving against the base would change (RFC 3986, section 5.2).
_REWRITTEN = re.compile(r"^[/?#]|(?:^|/)\.\.?(?:[/?#]|$)")
_INTEGER = re.compile(r"-?[0-9]+")
_USED = re.compile(r"(?<![\w\"<])([a-z]+):")
_NUMBER = re.compile(r"(\d+)")


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts numbers inside a text by their value.

    >>> sorted(["c10", "c9", "b"], key=natural_key)
    ['b', 'c9', 'c10']
    """
    return tuple(
        (1, int(part), part) if part.isdecimal() and part.isascii() else (0, 0, part)
        for part in _NUMBER.split(text)
        if part
    )


def document(comment: str, blocks: Iterable[str]) -> str:
    """Return a whole file: a comment, the base, the prefixes that are used, and the blocks."""
    body = "\n".join(blocks)
    used = set(_USED.findall(re.sub(r'"(?:[^"\\]|\\.)*"|<[^>]*>', '""', body)))
    lines = [f"# {line}" for line in comment.splitlines()]
    lines.append(f"@base <{BASE}> .")
    lines.extend(f"@prefix {p}: <{iri}> ." for p, iri in PREFIXES.items() if p in used)
    return "\n".join(lines) + "\n\n" + body


def statements(triples: Iterable[Triple], indent: str = "") -> str:
    """Return statements grouped by subject, subjects sorted, with an empty line between them.

    Raises InputError for a blank node: it has no name that stays, so no canonical place.
    """
    by_subject: dict[IRI, list[Triple]] = {}
    for triple in triples:
        if isinstance(triple.subject, BNode) or isinstance(triple.object, BNode):
            raise InputError("blank nodes are not kept in data files; give the thing an address")
        by_subject.setdefault(triple.subject, []).append(triple)
    separator = "" if indent else "\n"
    return separator.join(
        _subject(subject, by_subject[subject], indent)
        for subject in sorted(by_subject, key=natural_key)
    )


def block(graph: IRI, triples: Iterable[Triple]) -> str:
    """Return a GRAPH block of TriG."""
    return f"GRAPH {_term(graph)} {{\n{statements(triples, '    ')}}}\n"


def _subject(subject: IRI, triples: Iterable[Triple], indent: str) -> str:
    by_predicate: dict[IRI, set[Term]] = {}
    for triple in triples:
        by_predicate.setdefault(triple.predicate, set()).add(triple.object)
    parts: list[str] = []
    for predicate in sorted(by_predicate, key=_predicate_key):
        verb = "a" if predicate == TYPE else _term(predicate)
        parts.append(f"{verb} {_objects(by_predicate[predicate], indent)}")
    return f"{indent}{_term(subject)} " + f" ;\n{indent}    ".join(parts) + " .\n"


def _objects(terms: set[Term], indent: str) -> str:
    if len(terms) == 1:
        return "".join(_term(term) for term in terms)
    return f" ,\n{indent}        ".join(_term(term) for term in sorted(terms, key=_value_key))


def _predicate_key(predicate: IRI) -> tuple[int, str]:
    return (_RANK.get(predicate, len(_RANK)), _term(predicate))


def _value_key(term: Term) -> tuple[bool, tuple[tuple[int, int, str], ...], str]:
    return (isinstance(term, Literal), natural_key(str(term)), _term(term))


@lru_cache(maxsize=65536)
def _term(term: Term) -> str:
    if isinstance(term, Literal):
        return _literal(term)
    for prefix, namespace in PREFIXES.items():
        if term.startswith(namespace) and _LOCAL.fullmatch(term[len(namespace) :]):
            return f"{prefix}:{term[len(namespace) :]}"
    relative = term.removeprefix(BASE)
    if relative != term and _RELATIVE.fullmatch(relative) and not _REWRITTEN.search(relative):
        return f"<{relative}>"
    return f"<{term}>"


def _literal(term: Literal) -> str:
    if term.datatype == INTEGER and _INTEGER.fullmatch(term.value):
        return term.value
    plain = Literal(term.value).n3()
    if term.language:
        return f"{plain}@{term.language}"
    if term.datatype == STRING:
        return plain
    return f"{plain}^^{_term(IRI(term.datatype))}"
