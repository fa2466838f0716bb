"""What a parser found wrong, in words and at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from cbrngraph.errors import SyntaxFault
from cbrngraph.store import parse_file


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<urn:a> <urn:b> <urn:c>\n<urn:d> <urn:e> 1 .", "2:1: '.' is expected before this"),
        ("hello <urn:b> 1 .", "1:1: a thing is expected (an IRI, a prefixed name), not 'hello'"),
        ("<urn:a> <urn:b> 1 ; , 2 .", "1:21: a property is expected"),
        ("<urn:a> <urn:b> ( 1 2 .", "1:23: a value is expected"),
        ("<urn:a> <urn:b> [ <urn:c> 1 .", "1:29: ']' is expected here"),
        ('\n<urn:a> <urn:b> "x', "2:17: the string or IRI that begins here is not closed"),
        ("<urn:a> <urn:b> 1", "1:18: the file ends inside a statement"),
        ("<urn:a> <urn:b> ex:c .", "1:17: the prefix ex: is not declared"),
        ('<urn:a> <urn:b> "x"@ .', "1:21: A language code should always start with a letter"),
    ],
)
def test_a_fault_says_what_was_expected_and_shows_the_line(
    tmp_path: Path, text: str, message: str
) -> None:
    """File, line, column and words; below them the line, and a mark at the column."""
    path = tmp_path / "faulty.ttl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SyntaxFault) as caught:
        list(parse_file(path))
    told, *shown = str(caught.value).splitlines()
    assert told.startswith(f"{path}:{message}")
    fault = caught.value
    assert shown[0].endswith(f"{fault.line} | {text.splitlines()[fault.line - 1]}")
    assert shown[1].index("^") - shown[1].index("|") - 1 == fault.column
    assert len(shown) == 2


def test_a_graph_block_lacks_its_end(tmp_path: Path) -> None:
    """TriG has braces too."""
    path = tmp_path / "faulty.trig"
    path.write_text("<urn:g> { <urn:a> <urn:b> <urn:c> <urn:d> }", encoding="utf-8")
    with pytest.raises(SyntaxFault, match=r"1:35: '\.', or '}' as the end of the graph"):
        list(parse_file(path))
