"""The report as a `sh:ValidationReport` in Turtle (SHACL section 3.6)."""

from __future__ import annotations

from cbrngraph.model import IRI, BNode, Literal, Term
from cbrngraph.validate.report import Finding, Report
from cbrngraph.validate.vocabulary import SH

__all__ = ["write_turtle"]

_PREFIX = f"@prefix sh: <{SH}> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n\n"


def write_turtle(report: Report) -> str:
    """Return the report; findings of other kinds than SHACL's are results of their own rule.

    A blank node of the data or of the shapes keeps its label here only: RDF gives it no name that
    would hold in another file.
    """
    verdict = "true" if report.conforms else "false"
    lines = ["[] a sh:ValidationReport ;", f"    sh:conforms {verdict}"]
    for finding in report.findings:
        lines[-1] += " ;"
        lines.append("    sh:result [")
        lines += [f"        {line} ;" for line in _result(finding)]
        lines.append("    ]")
    lines[-1] += " ."
    return _PREFIX + "\n".join(lines) + "\n"


def _result(finding: Finding) -> list[str]:
    lines = [
        "a sh:ValidationResult",
        f"sh:focusNode {_term(finding.focus)}",
        f"sh:resultSeverity {_term(finding.severity)}",
        f"sh:sourceConstraintComponent {_term(finding.component)}",
        f"sh:sourceShape {_term(finding.shape)}",
    ]
    if finding.path is not None:
        lines.append(f"sh:resultPath {finding.path.turtle(_term)}")
    if finding.value is not None:
        lines.append(f"sh:value {_term(finding.value)}")
    if finding.constraint is not None:
        lines.append(f"sh:sourceConstraint {_term(finding.constraint)}")
    messages = finding.messages or (Literal(finding.message),)
    lines += [f"sh:resultMessage {_term(message)}" for message in messages]
    return lines


def _term(term: Term) -> str:
    if isinstance(term, IRI) and term.startswith(SH) and term.removeprefix(SH).isalnum():
        return "sh:" + term.removeprefix(SH)
    if isinstance(term, BNode):
        return "_:" + "".join(c if c.isalnum() else "-" for c in term)
    return term.n3()
