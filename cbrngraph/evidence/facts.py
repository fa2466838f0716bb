"""Which passages, files and rules stand behind a triple of a store."""

from __future__ import annotations

from collections.abc import Iterable

from cbrngraph.build import ENTAILED
from cbrngraph.describe.passages import passages_of
from cbrngraph.evidence.competing import Competition
from cbrngraph.evidence.proof import Entailment, Fact, Statement
from cbrngraph.model import IRI, BNode, Passage, Triple
from cbrngraph.namespaces import BASE
from cbrngraph.rules import Rules
from cbrngraph.store import Store

__all__ = ["FactFinder"]

_GRAPH_BASE = BASE + "graph/"


class FactFinder:
    """Finds the statements of one store; keeps what it found, as a store never changes.

    With `rules`, entailed triples are followed down to stated ones. `deep` also asks how a
    stated triple could be entailed; otherwise such a statement is only marked (`more`).
    `budget` bounds the number of triples that are followed through rules.
    """

    def __init__(
        self,
        store: Store,
        rules: Rules | None = None,
        *,
        deep: bool = False,
        budget: int = 400,
        ways: int = 24,
    ) -> None:
        self.store = store
        self.rules = rules
        self.deep = deep
        self.budget = budget
        self.ways = ways
        self.competition = Competition(store)
        self._statements: dict[tuple[Triple, IRI | BNode | None], Statement | None] = {}
        self._passages: dict[IRI, Passage | None] = {}

    def statement(self, triple: Triple, graph: IRI | BNode | None = None) -> Statement | None:
        """Return what stands behind a triple of the view, or of one named graph; None if absent."""
        key = (triple, graph)
        if key not in self._statements:
            self._statements[key] = self._find(triple, graph, ())
        return self._statements[key]

    def _find(
        self, triple: Triple, graph: IRI | BNode | None, above: tuple[Triple, ...]
    ) -> Statement | None:
        if graph is not None and graph != ENTAILED:
            # Asked of that graph alone: a common triple stands in thousands of others.
            held = next(self.store.match(*triple, graph=graph), None)
            return None if held is None else Statement(triple, (Fact(triple, graph),))
        graphs = [quad.graph for quad in self.store.match(*triple, any_graph=True)]
        if graph not in graphs:
            return None
        stated = sorted({g for g in graphs if g is not None and g != ENTAILED})
        facts = tuple(Fact(triple, g) for g in stated)
        entailed = ENTAILED in graphs
        if not facts and not entailed:
            # The default graph of a source file describes the source: it has no graph of its own.
            facts = (Fact(triple, None),)
        beaten = self.competition.beaten(triple, facts)
        if beaten:
            facts = tuple(fact for fact in facts if fact not in beaten)
        entailments: tuple[Entailment, ...] = ()
        more = entailed
        if self.rules is not None and facts and not self.deep:
            more = next(self.rules.derivations(self.store, triple), None) is not None
        elif self.rules is not None:
            entailments, more = self._entailments(self.rules, triple, above)
        return Statement(
            triple,
            facts,
            entailments,
            more,
            beaten=beaten or (),
            contested=beaten is not None,
            follows=self.competition.follows(triple),
        )

    def _entailments(
        self, rules: Rules, triple: Triple, above: tuple[Triple, ...]
    ) -> tuple[tuple[Entailment, ...], bool]:
        """Follow each rule down; a triple is never a premise of itself."""
        above = (*above, triple)
        found: list[Entailment] = []
        more = False
        for derivation in rules.derivations(self.store, triple):
            if any(premise in above for premise in derivation.premises):
                continue
            if len(found) == self.ways or self.budget <= 0:
                return tuple(found), True
            self.budget -= 1
            premises = [self._premise(premise, above) for premise in derivation.premises]
            if all(premise is not None for premise in premises):
                kept = tuple(premise for premise in premises if premise is not None)
                if all(p.stated or p.entailments for p in kept):
                    found.append(Entailment(derivation.rule, derivation.axiom, kept))
        return tuple(found), more

    def _premise(self, triple: Triple, above: tuple[Triple, ...]) -> Statement | None:
        known = self._statements.get((triple, None))
        if known is not None and not known.entailments:
            return known
        return self._find(triple, None, above)

    # --- passages and files ---------------------------------------------------------------

    def passages(self, graphs: Iterable[IRI | BNode | None]) -> tuple[Passage, ...]:
        """Return the passages among graphs, latest statement first."""
        wanted = {graph for graph in graphs if isinstance(graph, IRI)}
        unknown = wanted - self._passages.keys()
        if unknown:
            found = passages_of(self.store, unknown)
            self._passages.update({graph: found.get(graph) for graph in unknown})
        kept = [p for graph in sorted(wanted) if (p := self._passages[graph]) is not None]
        return tuple(sorted(kept, key=lambda p: p.as_of or p.source.issued, reverse=True))

    def passage(self, graph: IRI | BNode | None) -> Passage | None:
        """Return the passage that a graph is, None when it is a file or something else."""
        return next(iter(self.passages((graph,))), None)

    @staticmethod
    def file_of(graph: IRI | BNode | None) -> str:
        """Return the project file that a file graph is, without suffix; empty for others."""
        return str(graph).removeprefix(_GRAPH_BASE) if str(graph).startswith(_GRAPH_BASE) else ""
