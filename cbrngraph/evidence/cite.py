"""A citation of a result: what was asked, of which graph, and the sources that it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cbrngraph import __version__
from cbrngraph.errors import UnknownNameError, UsageError
from cbrngraph.evidence.address import TEXT, Address
from cbrngraph.evidence.resting import Ground, ground_of
from cbrngraph.model import IRI, Literal, View
from cbrngraph.namespaces import CBRN, DCTERMS
from cbrngraph.resources import Project, shipped
from cbrngraph.results import Result, answer_terms, labels_of, slug_of

if TYPE_CHECKING:
    from cbrngraph.build import Snapshot
    from cbrngraph.queries import StoredQuery

__all__ = ["Citation", "Cited", "Dataset", "Recalled", "cite", "find_cited"]

_AUTHOR = "cbrngraph contributors"


@dataclass(frozen=True, slots=True)
class Dataset:
    """The graph that was asked: its name, who made it and its version, empty where unknown."""

    name: str
    author: str
    version: str


@dataclass(frozen=True, slots=True)
class Citation:
    """All that a reference to a result needs; no clock is read, so it is always the same.

    `title` is the question, `date` that of the newest source in the view (as precise as the
    source is), `snapshot` the 64 digits of the graph, `size` the number of rows or triples,
    `query` the text of the query, its parameters open.
    """

    address: Address
    title: str
    dataset: Dataset
    snapshot: str
    view: str
    date: str
    size: str
    ground: Ground
    query: str

    @property
    def id(self) -> str:
        """The address as one word, for `cbrngraph query --cite`."""
        return self.address.id

    @property
    def iri(self) -> IRI:
        """The address as an IRI."""
        return self.address.iri

    def bibtex(self) -> str:
        """Return BibTeX: an entry for the result and one for each source that it rests on."""
        from cbrngraph.evidence.bibliography import bibtex

        return bibtex(self)

    def csl_json(self) -> str:
        """Return CSL-JSON (schema 1.0.2): the result first, then its sources."""
        from cbrngraph.evidence.bibliography import csl_json

        return csl_json(self)

    def markdown(self) -> str:
        """Return a reference and the list of sources in Markdown."""
        from cbrngraph.evidence.bibliography import markdown

        return markdown(self)

    def text(self) -> str:
        """Return a reference and the list of sources as plain text."""
        from cbrngraph.evidence.bibliography import text

        return text(self)

    def __str__(self) -> str:
        return self.text()


def cite(result: Result) -> Citation:
    """Return the citation of a result; its answer is read to the end.

    Raises:
        UsageError: a limit cut the answer off.
    """
    snapshot = result.snapshot
    return Citation(
        address=Address.of(result),
        title=_title(result),
        dataset=_dataset(snapshot.project),
        snapshot=snapshot.id,
        view=str(snapshot.view),
        date=_newest(snapshot),
        size=_size(result),
        ground=ground_of(result),
        query=result.asked.query.text,
    )


def _title(result: Result) -> str:
    query = result.asked.query
    question = query.summary or "Answer to a SPARQL query"
    labels = _labels(result)
    names = {parameter.name: parameter.label for parameter in query.parameters}
    told = [
        f"{names.get(name, name)}: {' or '.join(_word(term, labels) for term in terms)}"
        for name, terms in result.asked.terms
    ]
    return f"{question} ({'; '.join(told)})" if told else question


def _labels(result: Result) -> dict[str, str]:
    terms = (term for _, found in result.asked.terms for term in found)
    return labels_of(result.snapshot.store, [term for term in terms if isinstance(term, IRI)])


def _word(term: IRI | Literal, labels: dict[str, str]) -> str:
    return labels.get(term) or slug_of(term) if isinstance(term, IRI) else term.value


def _dataset(project: Project) -> Dataset:
    """The shipped data is this project's; any other is known by its folder only."""
    if shipped() in project.data_layers:
        name = "cbrngraph"
        own = [layer.name for layer in project.data_layers if layer != shipped()]
        return Dataset(" with ".join([name, *own]), _AUTHOR, __version__)
    return Dataset(project.home.name, "", "")


def _newest(snapshot: Snapshot) -> str:
    rows = snapshot.store.select(
        f"SELECT ?issued {{ ?source a <{CBRN.SourceDocument}> ; <{DCTERMS.issued}> ?issued ; "
        f"<{CBRN.issuedEarliest}> ?day }} ORDER BY DESC(?day) DESC(STR(?issued)) LIMIT 1"
    ).rows
    found = next(rows, (None,))[0]
    return found.value if isinstance(found, Literal) else ""


def _size(result: Result) -> str:
    if result.kind == "ask":
        return "yes" if result else "no"
    noun = "triple" if result.kind == "graph" else "row"
    return f"1 {noun}" if len(result) == 1 else f"{len(result)} {noun}s"


# --- asking again -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recalled:
    """A cited result asked again: the answer of today, and what has changed since."""

    cited: Address
    now: Address
    result: Result

    @property
    def same_answer(self) -> bool:
        """Whether the rows are what they were, in whatever order."""
        return self.cited.answer == self.now.answer

    @property
    def same_query(self) -> bool:
        """Whether the text of the query is what it was, comments and white space aside."""
        return self.cited.query == self.now.query

    @property
    def same_graph(self) -> bool:
        """Whether the graph is built from the same files."""
        return self.cited.snapshot == self.now.snapshot

    def __str__(self) -> str:
        answer = "same answer" if self.same_answer else "the answer has changed"
        size = _size(self.result)
        if self.same_query and self.same_graph:
            if self.same_answer:
                return f"{answer}: same query, same graph ({size})"
            # Nothing that was hashed differs, so it is what reads it: the program or its engine.
            why = "so the program has changed since, or the citation was edited"
            return f"{answer}: same query, same graph, {why} ({size})"
        changes = [] if self.same_query else ["the query has changed"]
        if not self.same_graph:
            changes.append(
                f"the graph has changed ({self.cited.snapshot}, {self.now.snapshot} now)"
            )
        return f"{answer}: {' and '.join(changes)} ({size})"


@dataclass(frozen=True, slots=True)
class Cited:
    """What a citation says to ask: the address, and the query as it is today."""

    address: Address
    query: StoredQuery

    @property
    def view(self) -> View:
        """The view that was asked."""
        from cbrngraph.build import parse_view

        return parse_view(self.address.view, self.address.day)

    def ask(self, snapshot: Snapshot) -> Recalled:
        """Ask again, of a snapshot of `view`."""
        result = answer_terms(self.query, dict(self.address.terms), snapshot)
        return Recalled(self.address, Address.of(result), result)


def find_cited(project: Project, citation: str, query: StoredQuery | None = None) -> Cited:
    """Return what a citation cites: its id, its IRI, or a CSL-JSON file of `cbrngraph cite`.

    `query` is what was asked where that is no stored query; a citation file holds it.

    Raises:
        UsageError: it is no citation, or its query is not at hand or has lost a parameter.
        ReadError: the citation file cannot be read.
    """
    address, kept = _address(citation)
    asked = _query(project, address, query, kept)
    known = {parameter.name for parameter in asked.parameters}
    lost = [name for name, _ in address.terms if name not in known]
    if lost:
        names = ", ".join(lost)
        raise UsageError(f"the query has changed: {asked.slug} has no parameter {names} any more")
    return Cited(address, asked)


def _address(citation: str) -> tuple[Address, str]:
    """The address, and the query's text where a citation file holds it."""
    from cbrngraph.evidence.bibliography import read_csl

    if citation.endswith(".json"):
        found, text = read_csl(Path(citation))
        return Address.parse(found), text
    return Address.parse(citation), ""


def _query(project: Project, address: Address, given: StoredQuery | None, kept: str) -> StoredQuery:
    from cbrngraph.queries import Catalogue, read_query

    if given is not None:
        return given
    if address.name == TEXT:
        if kept:
            return read_query(kept)
        raise UsageError(
            "this result is of a query that is not stored: give its text or file after the id, "
            "or the citation file (cbrngraph cite ... -o FILE.json)"
        )
    try:
        return Catalogue(project).get(address.name)
    except UnknownNameError as error:
        if kept:
            return read_query(kept)
        hint = "a result of your own project needs --project"
        raise UnknownNameError("query", address.name, error.suggestions, hint) from None
