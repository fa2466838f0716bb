"""The argument parser: our errors, global options before or after the command."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from cbrngraph import __version__
from cbrngraph.cli.common import STORES
from cbrngraph.errors import ReadError, UnknownNameError, UsageError, nearest

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

__all__ = ["Parser", "columns", "commands_of", "make"]

_EPILOG = """\
examples:
  cbrngraph queries
  cbrngraph query projects-by-country --param country=Uzbekistan
  cbrngraph show P087
  cbrngraph query 'SELECT ?project { ?project a cbrn:Project } LIMIT 5' --format csv
"""


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are the project's errors and name what comes near."""

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("formatter_class", _Formatter)
        super().__init__(allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        """Raise what went wrong; argparse would print its usage and exit."""
        unknown = re.match(r"argument \S+: invalid choice: '(.*?)' \(choose", message)
        if unknown:
            raise self._unknown_command(unknown[1])
        extra = re.match(r"unrecognized arguments: (.*)", message)
        if extra:
            raise self._unknown_arguments(extra[1].split())
        raise UsageError(f"{message}; '{self.prog} --help' tells more")

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        """Write help; argparse would say nothing of a full disk."""
        if file is None and sys.stdout is None:
            raise ReadError("standard output", "is closed")
        (file or sys.stdout).write(message)

    def _unknown_command(self, name: str) -> UnknownNameError:
        names = commands_of(self)
        hint = f"'{self.prog} --help' lists the commands"
        return UnknownNameError("command", name, nearest(name, names), hint)

    def _unknown_arguments(self, words: list[str]) -> UsageError:
        parser = self
        for child in commands_of(self).values():
            parser = child  # one command is there: the one that was given
        option = next((word for word in words if word.startswith("-")), None)
        if option is None:
            return UsageError(
                f"one argument too many: {' '.join(words)}; quote what belongs together"
            )
        known = [name for name in parser._option_string_actions if name.startswith("--")]
        name = option.partition("=")[0]
        hint = f"'{parser.prog} --help' lists the options"
        return UnknownNameError("option", name, nearest(name, known), hint)


class _Formatter(argparse.HelpFormatter):
    """Wraps descriptions, and leaves a text of several lines (examples) as it is."""

    def __init__(self, prog: str, **settings: Any) -> None:
        # argparse would import shutil, with every compression there is, to ask for the width.
        settings.setdefault("width", columns() - 2)
        super().__init__(prog, **settings)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if "\n" in text.strip():
            return "".join(indent + line for line in text.splitlines(keepends=True))
        return super()._fill_text(text, width, indent)


def columns() -> int:
    """Return the width of the terminal: as `COLUMNS` says, else as it is, else 80."""
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given):
        return int(given)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return 80


def commands_of(parser: argparse.ArgumentParser) -> Mapping[str, Parser]:
    """Return the parsers of the commands below a parser."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return action.choices
    return {}


def make(commands: Mapping[str, str], only: str | None) -> Parser:
    """Return the parser for all commands, or for one of them alone."""
    parser = Parser(
        prog="cbrngraph",
        description="The EU CBRN Centres of Excellence Initiative as a graph in which every fact "
        "shows its source.",
        epilog=_EPILOG,
    )
    parser.add_argument("-V", "--version", action="version", version=f"cbrngraph {__version__}")
    _add_global(parser, {"project": None, "store": "auto"})
    below = parser.add_subparsers(
        dest="command", metavar="COMMAND", title="commands", required=True, parser_class=Parser
    )
    for name, module in commands.items():
        if only in (None, name):
            import_module(module).add(below)
    for child in below.choices.values():
        _add_everywhere(child)
    return parser


def _add_everywhere(parser: argparse.ArgumentParser) -> None:
    _add_global(parser, {"project": argparse.SUPPRESS, "store": argparse.SUPPRESS})
    for child in commands_of(parser).values():
        _add_everywhere(child)


def _add_global(parser: argparse.ArgumentParser, defaults: dict[str, Any]) -> None:
    options = parser.add_argument_group("options of every command")
    for name, metavar, meaning in (
        ("project", "DIR", "a folder with your own data/; +DIR: on top of the shipped data"),
        ("store", "KIND", "where the built graph is kept: auto, memory or disk"),
    ):
        own = parser._option_string_actions.get(f"--{name}")
        if own is not None:  # a command may word the option itself
            own.default = defaults[name]
        else:
            own = options.add_argument(
                f"--{name}", metavar=metavar, default=defaults[name], help=meaning
            )
        if name == "store":
            own.completer = lambda **_: list(STORES)  # type: ignore[attr-defined]
