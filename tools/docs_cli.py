"""Write docs/commands.md, the reference of the command line, from its own parsers.

`tools/docs_cli.py` writes the page, `tools/docs_cli.py --check` only says (exit code 1) whether
it is out of date.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from cbrngraph.cli.main import build_parser
from cbrngraph.cli.parser import commands_of

__all__ = ["main", "page"]

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"
GLOBAL = ("project", "store")

INTRODUCTION = """\
# Command line

Written by `tools/docs_cli.py` from the commands themselves; do not edit.

Data goes to standard output, messages to standard error. In a pipe a table is plain aligned text
without colours; on a terminal it is folded to its width, and `NO_COLOR` is honoured. A file named
with `-o` appears whole or not at all.

| exit code | what it means |
| --- | --- |
| 0 | all is well |
| 1 | there are findings (checks only) |
| 2 | the command is wrong: an unknown name, an unfit value, SPARQL that does not parse |
| 3 | a file cannot be read or written, the disk is full, something outside is missing |
| 4 | a time limit was reached |
| 130 | interrupted (Ctrl-C) |

Shell completion knows the commands, queries, parameters and their choices:
`eval "$(cbrngraph completion bash)"`, see [completion](#completion).
"""


def page() -> str:
    """Return the reference as Markdown: a section for each command."""
    parser = build_parser(None)
    lines = [INTRODUCTION, "## Options of every command", ""]
    lines += _table([a for a in parser._actions if a.dest in GLOBAL])
    lines += ["", "## Commands", ""]
    listed = commands_of(parser)
    helps = _helps(parser)
    lines += [f"- [`{name}`](#{name}) – {helps[name]}" for name in listed]
    for name, child in listed.items():
        lines += _section(name, child, 3)
    return "\n".join(lines) + "\n"


def _helps(parser: argparse.ArgumentParser) -> dict[str, str]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return {choice.dest: choice.help or "" for choice in action._choices_actions}
    return {}


def _section(name: str, parser: argparse.ArgumentParser, level: int) -> Iterator[str]:
    children = commands_of(parser)
    yield from ("", f"{'#' * level} {name}", "")
    actions = [
        action
        for action in parser._actions
        if action.dest not in ("help", *GLOBAL)
        and not isinstance(action, argparse._SubParsersAction)
    ]
    yield f"    cbrngraph {_usage(name, actions, bool(children))}"
    yield from ("", parser.description or "")
    if actions:
        yield ""
        yield from _table(actions)
    if parser.epilog:
        yield from ("", "```text", parser.epilog.strip(), "```")
    for child, inner in children.items():
        yield from _section(f"{name} {child}", inner, level + 1)


def _usage(name: str, actions: Sequence[argparse.Action], has_children: bool) -> str:
    words = [name]
    for action in actions:
        optional = action.nargs in ("?", "*")
        if not action.option_strings:
            words += [f"[{_metavar(action)}]" if optional else _metavar(action)]
    if any(action.option_strings for action in actions):
        words.append("[OPTIONS]")
    return " ".join([*words, "COMMAND"] if has_children else words)


def _table(actions: Sequence[argparse.Action]) -> Iterator[str]:
    yield "| argument | what it is |"
    yield "| --- | --- |"
    for action in actions:
        value = "" if action.nargs == 0 else f" {_metavar(action)}"
        names = [f"`{name}{value}`" for name in sorted(action.option_strings, key=len)[::-1]]
        shown = ", ".join(names) or f"`{_metavar(action)}`"
        text = (action.help or "").replace("%%", "%").replace("|", "\\|")
        yield f"| {shown.replace('|', chr(92) + '|')} | {text} |"


def _metavar(action: argparse.Action) -> str:
    name = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    return f"{name} ..." if action.nargs in ("+", "*") else name


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or say with `--check` whether it is up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit code 1 if old")
    if not parser.parse_args(arguments).check:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page():
        return 0
    print("docs/commands.md is out of date: run tools/docs_cli.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
