"""An explanation told: its head and sum for people, as plain objects for programs, as quads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cbrngraph.evidence.facts import FactFinder
from cbrngraph.evidence.proof import (
    Absent,
    All,
    Condition,
    Fact,
    More,
    Proof,
    Statement,
    Unexplained,
    leaves,
)
from cbrngraph.evidence.proof import Any as AnyOf
from cbrngraph.evidence.why import Explanation
from cbrngraph.evidence.words import (
    Words,
    iris_of,
    is_passage,
    passage_object,
)
from cbrngraph.model import IRI, Quad
from cbrngraph.store import Store

__all__ = ["objects", "quads", "row_title", "summary", "words_for"]


def words_for(
    store: Store, explanations: Iterable[Explanation], *, passages: bool = False
) -> Words:
    """Return the labels of everything that explanations speak of; of passages where asked for."""
    iris: set[str] = set()
    for one in explanations:
        iris.update(iris_of(one.proof))
        for rival in one.rivals:
            iris.update(iris_of(rival.statement))
        iris.update(str(term) for term in (one.row or {}).values() if isinstance(term, IRI))
    return Words(store, iris if passages else {iri for iri in iris if not is_passage(iri)})


# --- for people ---------------------------------------------------------------------------


def summary(one: Explanation) -> str:
    """Return one line on how many sets of facts carry the row, and what that is worth."""
    sets = one.sets
    if not one.holds or not sets.sets:
        return ""
    sizes = sorted({len(facts) for facts in sets.sets})
    told = all(not isinstance(leaf, Unexplained | More) for leaf in leaves(one.proof))
    if sizes == [0]:
        return "no stated fact is needed" if told else "which facts it needs could not be told"
    facts = f"{sizes[0]}" if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
    facts += " stated fact" if sizes == [1] else " stated facts"
    count = len(sets.sets)
    ways = "one smallest set" if count == 1 else f"{count} smallest sets"
    line = f"{ways} of {facts}"
    if sets.sound and sets.complete:
        return f"{line}: the row stands while one of them does, and falls without all"
    if sets.sound:
        return f"{line}: each carries the row; there may be others"
    if told:
        return f"{line}: others may carry the row too, and it may fall when other facts go"
    return f"{line}, as far as could be explained"


# --- for programs -------------------------------------------------------------------------


def objects(one: Explanation, words: Words) -> dict[str, Any]:
    """Return an explanation as plain objects; every statement once, by an id."""
    ids: dict[Statement, str] = {}
    tree = _tree(one.proof, words, ids)
    told: list[dict[str, Any]] = []
    for statement, name in _closure(ids):
        told.append(_statement_object(one, statement, name, ids, words))
    by_fact = {fact: name for statement, name in ids.items() for fact in statement.stated}
    parts = list(leaves(one.proof))
    return {
        "question": one.question,
        "view": one.view,
        "snapshot": one.snapshot,
        "holds": one.holds,
        "row": None
        if one.row is None
        else {name: words.object(term) for name, term in one.row.items()},
        "proof": tree,
        "statements": told,
        "minimal_sets": [
            [_fact_object(fact, by_fact) for fact in sorted(facts, key=repr)]
            for facts in one.sets.sets
        ],
        "each_set_suffices": one.sets.sound,
        "all_sets_listed": one.sets.complete,
        "absent": [
            {"kind": p.kind, "pattern": words.sparql(p.pattern)}
            for p in dict.fromkeys(p for p in parts if isinstance(p, Absent))
        ],
        "cannot_explain": [
            {"part": words.sparql(p.part), "reason": p.reason}
            for p in parts
            if isinstance(p, Unexplained)
        ],
        "rivals": [
            {
                "value": words.object(rival.statement.triple.object),
                "taken": rival.taken,
                "rule": rival.rule,
                "passages": [passage_object(p) for p in one.behind(rival.statement.facts)],
            }
            for rival in one.rivals
        ],
        "sources": sorted({passage.source.slug for passage in one.passages.values()}),
    }


def _closure(ids: dict[Statement, str]) -> Iterator[tuple[Statement, str]]:
    """Yield each statement and, after it, the premises that its telling brought in."""
    done = 0
    while done < len(ids):
        for statement, name in list(ids.items())[done:]:
            for entailment in statement.entailments:
                for premise in entailment.premises:
                    ids.setdefault(premise, f"s{len(ids) + 1}")
            done += 1
            yield statement, name


def _tree(proof: Proof, words: Words, ids: dict[Statement, str]) -> dict[str, Any]:
    match proof:
        case Statement():
            return {"statement": ids.setdefault(proof, f"s{len(ids) + 1}")}
        case All(parts, title) | AnyOf(parts, title):
            name = "all" if isinstance(proof, All) else "any"
            told: dict[str, Any] = {name: [_tree(part, words, ids) for part in parts]}
            return {"title": words.sparql(title), **told} if title else told
        case Absent(kind, pattern):
            return {"absent": kind, "pattern": words.sparql(pattern)}
        case Condition(text):
            return {"computed": words.sparql(text)}
        case More(count):
            return {"more": count}
        case Unexplained(part, reason):
            return {"cannot_explain": words.sparql(part), "reason": reason}


def _statement_object(
    one: Explanation, statement: Statement, name: str, ids: dict[Statement, str], words: Words
) -> dict[str, Any]:
    subject, predicate, object_ = statement.triple
    files = [FactFinder.file_of(f.graph) for f in statement.stated if f.graph not in one.passages]
    return {
        "id": name,
        "subject": words.object(subject),
        "property": words.object(predicate),
        "value": words.object(object_),
        "passages": [passage_object(p) for p in one.behind(statement.stated)],
        "files": [file or "description of sources" for file in files],
        "entailed": [
            {
                "rule": entailment.rule,
                "axiom": entailment.axiom,
                "premises": [ids[premise] for premise in entailment.premises],
            }
            for entailment in statement.entailments
        ],
        "more_ways": statement.more,
    }


def _fact_object(fact: Fact, by_fact: dict[Fact, str]) -> dict[str, Any]:
    where = FactFinder.file_of(fact.graph) or str(fact.graph or "description of sources")
    return {"statement": by_fact.get(fact, ""), "stated_in": where}


# --- as quads -----------------------------------------------------------------------------


def quads(one: Explanation, store: Store) -> Iterator[Quad]:
    """Yield the stated facts in their passages, and what is said of those and their sources."""
    facts = {fact for facts in one.sets.sets for fact in facts}
    for fact in sorted(facts, key=repr):
        yield Quad(*fact.triple, fact.graph)
    described = {p.iri for p in one.passages.values()} | {
        p.source.iri for p in one.passages.values()
    }
    for iri in sorted(described):
        yield from sorted(store.match(iri), key=repr)


def row_title(one: Explanation, words: Words) -> str:
    """Return what is explained, with the values of the row."""
    if not one.row:
        return one.question
    values = ", ".join(f"{name} = {words.term(term)}" for name, term in one.row.items())
    return f"{one.question}: {values}"
