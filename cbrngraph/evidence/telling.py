"""An explanation told: as an outline for people, as plain objects for programs, as quads."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from typing import Any

from cbrngraph.evidence.facts import FactFinder
from cbrngraph.evidence.pieces import GIVEN
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
    passage_line,
    passage_object,
)
from cbrngraph.model import IRI, BNode, Passage, Quad
from cbrngraph.store import Store

__all__ = ["objects", "outline", "quads", "row_title", "summary", "words_for"]

# Characters of a pattern that an outline shows.
_LONG = 240

_ABSENT = {
    "optional": "nothing matches the optional part",
    "minus": "nothing matches what is taken away",
    "not exists": "there is no match for",
    "group": "no row matches",
    "statement": "no source states, and no rule entails,",
}


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


def outline(one: Explanation, words: Words, *, bullet: str = "") -> str:
    """Return an explanation as an indented outline; `bullet` `- ` makes it a Markdown list.

    What was told once is not told again in full.
    """
    lines = [*_Outline(one, words).lines(one.proof, 0), *_rival_lines(one, words)]
    return "".join(f"{'  ' * depth}{bullet}{text}\n" for depth, text in lines)


class _Outline:
    def __init__(self, one: Explanation, words: Words) -> None:
        self._one = one
        self._words = words
        self._told: set[int] = set()
        self._sources: set[str] = set()

    def lines(
        self, proof: Proof, depth: int, known: Collection[Hashable] = ()
    ) -> Iterator[tuple[int, str]]:
        """The lines of a proof but for those of its parts that are `known`."""
        match proof:
            case Statement():
                yield from self._statement(proof, depth)
            case All(parts, title) | AnyOf(parts, title):
                yield from self._parts(proof, parts, title, depth, known)
            case Absent(kind, pattern):
                yield depth, f"absent: {_ABSENT[kind]} {_braced(self._words.sparql(pattern))}"
            case Condition(text):
                if text != GIVEN:
                    yield depth, f"computed: {self._words.plain(text)}"
            case More(count):
                yield depth, f"and {count or 'perhaps'} more, not followed (--limit)"
            case Unexplained(part, reason):
                yield depth, f"cannot explain this part: {self._words.sparql(part)} ({reason})"

    def _parts(
        self,
        proof: All | AnyOf,
        parts: Sequence[Proof],
        title: str,
        depth: int,
        known: Collection[Hashable],
    ) -> Iterator[tuple[int, str]]:
        choice = isinstance(proof, AnyOf) and len(parts) > 1
        head = self._words.plain(title)
        if choice:
            head = f"{head}: any of" if head else "any of"
        if id(proof) in self._told or (len(parts) > 1 and {id(p) for p in parts} <= self._told):
            yield depth, f"{head} (as above)" if head else _again(proof)
            return
        self._told.add(id(proof))
        if head:
            yield depth, head
            depth += 1
        shared = _shared(parts)
        if shared:
            yield depth, "in each"
        for part in shared.values():
            yield from self.lines(part, depth + 1)
        for part in parts:
            if known and _key(part) in known:
                continue
            grouped = choice and isinstance(part, All) and not part.title
            if grouped:
                yield depth, "together"
            yield from self.lines(part, depth + grouped, shared.keys())

    def _statement(self, statement: Statement, depth: int) -> Iterator[tuple[int, str]]:
        line = self._words.triple(statement.triple)
        if id(statement) in self._told:
            yield depth, f"{line} (as above)"
            return
        self._told.add(id(statement))
        passages = _passages(self._one, statement.stated)
        files = [f.graph for f in statement.stated if f.graph not in self._one.passages]
        entailed = list(self._entailments(statement, depth + 1))
        if len(files) == 1 and not passages and not entailed:
            yield depth, f"{line} ({_file_line(files[0])})"
            return
        yield depth, line
        for passage in passages:
            again = passage.source.slug in self._sources
            self._sources.add(passage.source.slug)
            yield depth + 1, passage_line(passage, again=again)
        for graph in files:
            yield depth + 1, _file_line(graph)
        yield from entailed

    def _entailments(self, statement: Statement, depth: int) -> Iterator[tuple[int, str]]:
        shown = statement.entailments[:1] if statement.stated else statement.entailments[:3]
        for entailment in shown:
            yield depth, f"entailed: {entailment.axiom} [{entailment.rule}]"
            for premise in entailment.premises:
                yield from self._statement(premise, depth + 1)
        hidden = len(statement.entailments) - len(shown)
        if hidden > 0:
            yield depth, f"entailed in {hidden} more ways (--format json has all)"
        if not statement.stated and not statement.entailments:
            yield depth, "cannot explain this part: entailed, and the rule was not found"


def _shared(parts: Sequence[Proof]) -> dict[Hashable, Proof]:
    """What every row of a group needs alike, by `_key`: it is told once."""
    rows = [part for part in parts if isinstance(part, All) and part.title]
    if len(rows) < 2 or len(rows) < sum(not isinstance(part, More) for part in parts):
        return {}
    first = {_key(part): part for part in rows[0].parts if part != Condition(GIVEN)}
    common = first.keys() & set.intersection(*(set(map(_key, row.parts)) for row in rows))
    return {key: part for key, part in first.items() if key in common}


def _key(part: Proof) -> Hashable:
    """What makes two parts the same: what has no statement is compared, others are shared."""
    return part if isinstance(part, Absent | Condition) else id(part)


def _again(proof: Proof) -> str:
    count = len({leaf for leaf in leaves(proof) if isinstance(leaf, Statement)})
    return f"the {count} statements told above" if count > 1 else "the statement told above"


def _braced(pattern: str) -> str:
    if len(pattern) > _LONG:
        pattern = pattern[:_LONG].rpartition(" ")[0] + " … (--format json has all of it)"
    return pattern if pattern.startswith("{ SELECT") else f"{{ {pattern} }}"


def _rival_lines(one: Explanation, words: Words) -> Iterator[tuple[int, str]]:
    for rival in one.rivals:
        standing = "the view has instead" if rival.taken else "not taken"
        value = words.term(rival.statement.triple.object)
        yield 1, f"{standing}: {value}" + (f" – {rival.rule}" if rival.rule else "")
        for passage in _passages(one, rival.statement.facts):
            yield 2, passage_line(passage)


def _file_line(graph: IRI | BNode | None) -> str:
    file = FactFinder.file_of(graph)
    return f"stated in {file}" if file else "from the description of its source"


def _passages(one: Explanation, facts: Sequence[Fact]) -> list[Passage]:
    found = [
        one.passages[f.graph] for f in facts if isinstance(f.graph, IRI) and f.graph in one.passages
    ]
    return sorted(found, key=lambda p: (p.as_of or p.source.issued, p.iri), reverse=True)


def summary(one: Explanation) -> str:
    """Return one line on how many sets of facts carry the row, and what that is worth."""
    sets = one.sets
    if not one.holds or not sets.sets:
        return ""
    sizes = sorted({len(facts) for facts in sets.sets})
    if sizes == [0]:
        return "no stated fact is needed"
    facts = f"{sizes[0]}" if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
    facts += " stated fact" if sizes == [1] else " stated facts"
    count = len(sets.sets)
    ways = "one smallest set" if count == 1 else f"{count} smallest sets"
    line = f"{ways} of {facts}"
    if sets.sound and sets.complete:
        return f"{line}: the row stands while one of them does, and falls without all"
    if sets.sound:
        return f"{line}: each carries the row; there may be others"
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
            for p in parts
            if isinstance(p, Absent)
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
                "passages": [passage_object(p) for p in _passages(one, rival.statement.facts)],
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
        "passages": [passage_object(p) for p in _passages(one, statement.stated)],
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
