"""`cbrngraph completion`: the script that teaches a shell the commands, names and choices."""

from __future__ import annotations

import argparse
from typing import Any

from cbrngraph.errors import UnknownNameError, nearest

__all__ = ["add", "complete", "run"]

_SHELLS = ("bash", "zsh", "fish")
_DESCRIBE = '_describe "${words[1]}" completions'
_HOW = """\
bash   add to ~/.bashrc:                    eval "$(cbrngraph completion bash)"
zsh    add to ~/.zshrc, after compinit:     eval "$(cbrngraph completion zsh)"
fish   run once:
         cbrngraph completion fish > ~/.config/fish/completions/cbrngraph.fish
"""


def add(subparsers: Any) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "completion",
        help="print the completion script for bash, zsh or fish",
        description="Print the script that completes commands, options, query names, "
        "parameters and their choices.",
        epilog=_HOW,
    )
    shell = parser.add_argument("shell", metavar="SHELL", help=", ".join(_SHELLS))
    shell.completer = lambda **_: list(_SHELLS)


def run(args: argparse.Namespace) -> int:
    """Print the script."""
    if args.shell not in _SHELLS:
        hint = f"the shells are {', '.join(_SHELLS)}"
        raise UnknownNameError("shell", args.shell, nearest(args.shell, _SHELLS), hint)
    from argcomplete.shell_integration import shellcode

    from cbrngraph.formats.output import opened

    script = shellcode(["cbrngraph"], shell=args.shell).strip() + "\n"
    # Without -U zsh drops what does not begin as the word does: a slug for a label.
    script = script.replace(_DESCRIBE, f"{_DESCRIBE} -U")
    with opened(None) as out:
        out.write(script.encode())
    return 0


def complete(parser: argparse.ArgumentParser) -> None:
    """Answer the shell's request and end the process."""
    import argcomplete

    argcomplete.autocomplete(parser, always_complete_options="long", validator=_fits)


def _fits(word: str, begun: str) -> bool:
    """A value may be begun by its label, so `country=uzbek` is completed to `country=UZB`."""
    from cbrngraph.cli.complete import Meant

    return isinstance(word, Meant) or word.startswith(begun)
