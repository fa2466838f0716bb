"""What is kept up to date is what would be entailed anew, after any change."""

from __future__ import annotations

import random

import pytest

from cbrngraph.closure import Closure
from cbrngraph.model import View
from cbrngraph.reading import Reading
from cbrngraph.resources import Project
from cbrngraph.rules import N3Triple, Rules

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
TYPE = f"<{RDF}type>"
CLASSES = [f"<urn:C{n}>" for n in range(5)]
PROPERTIES = [f"<urn:p{n}>" for n in range(5)]
THINGS = [f"<urn:t{n}>" for n in range(5)]


def axioms(chance: random.Random) -> list[N3Triple]:
    """Return a schema with one or two axioms of each kind that becomes a rule."""
    made: list[N3Triple] = []

    def pick(names: list[str]) -> str:
        return chance.choice(names)

    for _ in range(2):
        made.append((pick(CLASSES), f"<{RDFS}subClassOf>", pick(CLASSES)))
        made.append((pick(PROPERTIES), f"<{RDFS}subPropertyOf>", pick(PROPERTIES)))
        made.append((pick(PROPERTIES), f"<{OWL}inverseOf>", pick(PROPERTIES)))
    made.append((pick(PROPERTIES), f"<{RDFS}domain>", pick(CLASSES)))
    made.append((pick(PROPERTIES), f"<{RDFS}range>", pick(CLASSES)))
    made.append((pick(PROPERTIES), TYPE, f"<{OWL}TransitiveProperty>"))
    one, two, head = pick(PROPERTIES), pick(PROPERTIES), pick(PROPERTIES)
    made += [(head, f"<{OWL}propertyChainAxiom>", "_:l1"), ("_:l1", f"<{RDF}first>", one)]
    made += [("_:l1", f"<{RDF}rest>", "_:l2"), ("_:l2", f"<{RDF}first>", two)]
    made.append(("_:l2", f"<{RDF}rest>", f"<{RDF}nil>"))
    restrictions = [
        ("_:r1", "hasValue", pick(THINGS)),
        ("_:r2", "someValuesFrom", pick([*CLASSES, f"<{OWL}Thing>"])),
        ("_:r3", "allValuesFrom", pick(CLASSES)),
    ]
    for node, kind, value in restrictions:
        made += [(node, f"<{OWL}onProperty>", pick(PROPERTIES)), (node, f"<{OWL}{kind}>", value)]
    made.append(("_:r1", f"<{RDFS}subClassOf>", pick(CLASSES)))
    made.append((pick(CLASSES), f"<{RDFS}subClassOf>", "_:r1"))
    made.append(("_:r2", f"<{RDFS}subClassOf>", pick(CLASSES)))
    made.append((pick(CLASSES), f"<{RDFS}subClassOf>", "_:r3"))
    made += [("_:both", f"<{OWL}intersectionOf>", "_:l3"), ("_:l3", f"<{RDF}first>", CLASSES[0])]
    made += [("_:l3", f"<{RDF}rest>", "_:l4"), ("_:l4", f"<{RDF}first>", "_:r2")]
    made += [("_:l4", f"<{RDF}rest>", f"<{RDF}nil>")]
    made.append(("_:both", f"<{RDFS}subClassOf>", pick(CLASSES)))
    return made


def statement(chance: random.Random) -> N3Triple:
    """Return a type, a relation, or now and then a literal."""
    subject = chance.choice(THINGS)
    if chance.random() < 0.3:
        return subject, TYPE, chance.choice(CLASSES)
    value = '"1"' if chance.random() < 0.1 else chance.choice(THINGS)
    return subject, chance.choice(PROPERTIES), value


@pytest.mark.parametrize("seed", range(60))
def test_a_changed_closure_is_the_closure_of_what_is_stated(seed: int) -> None:
    """Whatever is added or taken away, entailments are those of the whole, and so is the delta."""
    chance = random.Random(seed)
    rules = Rules.compile(axioms(chance))
    stated = {statement(chance) for _ in range(chance.randrange(12))}
    kept = Closure(rules, stated)
    assert kept.entailed == set(rules.entail(stated))
    for _ in range(12):
        pool = sorted(stated | kept.entailed)
        removed = set(chance.sample(sorted(stated), min(len(stated), chance.randrange(4))))
        added = {statement(chance) for _ in range(chance.randrange(4))}
        if pool and chance.random() < 0.4:
            added.add(chance.choice(pool))  # what was entailed is now stated as well
        added -= removed
        before = set(kept.entailed)
        gone, new = kept.change(removed, added)
        stated = (stated - removed) | added
        assert kept.entailed == set(rules.entail(stated))
        assert gone == before - kept.entailed
        assert new == kept.entailed - before


def test_the_shipped_graph_entails_something_that_can_be_taken_away() -> None:
    """The ontology's own rules are followed both ways, statement by statement."""
    reading = Reading.of(Project.open(), View())
    rules = Rules.compile(reading.schema())
    stated = sorted(set(reading.view_triples()))
    kept = Closure(rules, stated)
    before = set(kept.entailed)
    assert before == set(rules.entail(stated))
    some = random.Random(1).sample([t for t in stated if t[1] in rules.properties()], 300)
    gone, new = kept.change(some, ())
    assert gone or new
    assert kept.entailed == set(rules.entail(set(stated) - set(some)))
    kept.change((), some)
    assert kept.entailed == before
