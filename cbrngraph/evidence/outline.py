"""An explanation as an outline for people: what was told once is not told again in full."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Sequence

from cbrngraph.evidence.facts import FactFinder
from cbrngraph.evidence.pieces import GIVEN
from cbrngraph.evidence.proof import (
    Absent,
    All,
    Condition,
    More,
    Proof,
    Statement,
    Unexplained,
    leaves,
)
from cbrngraph.evidence.proof import Any as AnyOf
from cbrngraph.evidence.why import Explanation
from cbrngraph.evidence.words import Words, passage_line
from cbrngraph.model import IRI, BNode, Passage

__all__ = ["outline"]

# Rows that are named on one line.
_NAMED = 6
# Characters of a pattern that an outline shows.
_LONG = 240

_ABSENT = {
    "optional": "nothing matches the optional part",
    "minus": "nothing matches what is taken away",
    "not exists": "there is no match for",
    "group": "no row matches",
    "statement": "no source states, and no rule entails,",
}


def outline(
    one: Explanation, words: Words, *, bullet: str = "", sources: set[str] | None = None
) -> str:
    """Return an explanation as an indented outline; `bullet` `- ` makes it a Markdown list.

    What was told once is not told again in full; `sources` are the documents that were, whose
    slugs are added to.
    """
    named = set() if sources is None else sources
    teller = _Outline(one, words, named)
    lines = [*teller.lines(one.proof, 0), *_rival_lines(one, words, teller)]
    return "".join(f"{'  ' * depth}{bullet}{text}\n" for depth, text in lines)


class _Outline:
    def __init__(self, one: Explanation, words: Words, sources: set[str]) -> None:
        self._one = one
        self._words = words
        self._told: set[int] = set()
        self._heads: dict[int, str] = {}
        self._sources = sources

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
                number = f"{count} more rows" if count else "perhaps more"
                yield depth, f"and {number}, not followed (--limit)"
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
        inner = _wrapped(proof)
        if id(inner) in self._told:
            yield depth, f"{head} (as above)" if head else _again(proof)
            return
        known_rows = len(parts) > 1 and all(id(_wrapped(part)) in self._told for part in parts)
        if known_rows and all(self._heads.get(id(_wrapped(p))) == _head(p) for p in parts):
            yield depth, f"{head}, from the same rows as above" if head else _again(proof)
            return
        if known_rows and choice:
            yield depth, f"{head} {self._names(parts)} (as above)"
            return
        self._told.add(id(proof))
        if head:
            yield depth, head
            depth += 1
        shared = {} if known_rows else _shared(parts)
        if shared:
            yield depth, "in each"
        for part in shared.values():
            yield from self.lines(part, depth + 1)
        for part in parts:
            if known and _key(part) in known:
                continue
            self._heads[id(_wrapped(part))] = _head(part)
            grouped = choice and isinstance(part, All) and not part.title
            if grouped:
                yield depth, "together"
            yield from self.lines(part, depth + grouped, known if part is inner else shared.keys())

    def passage(self, passage: Passage) -> str:
        """The line of a passage; its document is named in full the first time."""
        again = passage.source.slug in self._sources
        self._sources.add(passage.source.slug)
        return passage_line(passage, again=again)

    def _names(self, rows: Sequence[Proof]) -> str:
        """What rows are called, on one line."""
        names = [self._words.plain(_head(row)) or "a row" for row in rows]
        more = len(names) - _NAMED
        return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")

    def _statement(self, statement: Statement, depth: int) -> Iterator[tuple[int, str]]:
        line = self._words.triple(statement.triple)
        if id(statement) in self._told:
            yield depth, f"{line} (as above)"
            return
        self._told.add(id(statement))
        passages = self._one.behind(statement.stated)
        files = [f.graph for f in statement.stated if f.graph not in self._one.passages]
        if len(files) == 1 and not passages and not statement.entailments:
            yield depth, f"{line} ({_file_line(files[0])})"
            return
        yield depth, line
        for passage in passages:
            yield depth + 1, self.passage(passage)
        for graph in files:
            yield depth + 1, _file_line(graph)
        yield from self._entailments(statement, depth + 1)

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
    first = {_key(part): part for part in _parts_of(rows[0]) if part != Condition(GIVEN)}
    common = first.keys() & set.intersection(*(set(map(_key, _parts_of(row))) for row in rows))
    return {key: part for key, part in first.items() if key in common}


def _wrapped(proof: Proof) -> Proof:
    """What stands under a title of its own, else the proof itself."""
    if isinstance(proof, All) and proof.title and len(proof.parts) == 1:
        return proof.parts[0]
    return proof


def _parts_of(row: All) -> tuple[Proof, ...]:
    inner = _wrapped(row)
    return inner.parts if isinstance(inner, All) else (inner,)


def _head(proof: Proof) -> str:
    return proof.title if isinstance(proof, All | AnyOf) else ""


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


def _rival_lines(one: Explanation, words: Words, teller: _Outline) -> Iterator[tuple[int, str]]:
    for rival in one.rivals:
        standing = "not taken"
        if rival.taken:
            standing = "the view has as well" if one.holds else "the view has instead"
        value = words.term(rival.statement.triple.object)
        yield 1, f"{standing}: {value}" + (f" – {rival.rule}" if rival.rule else "")
        for passage in one.behind(rival.statement.facts):
            yield 2, teller.passage(passage)


def _file_line(graph: IRI | BNode | None) -> str:
    file = FactFinder.file_of(graph)
    return f"stated in {file}" if file else "from the description of its source"
