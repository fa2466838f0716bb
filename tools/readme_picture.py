"""Draw docs/img/terminal.svg: what a terminal shows for a command, from its real output.

`python -m tools.readme_picture` writes the picture; `--check` only says whether it is out of date.
"""

from __future__ import annotations

import html
import os
import re
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["COMMANDS", "PICTURE", "draw", "main", "words"]

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "img" / "terminal.svg"
COMMANDS = (("show", "nap-UZB"),)
WIDTH = 100

# As rich draws it, without the web font that it would fetch: the reader's own fixed-width font.
FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; white-space: pre;
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix" xml:space="preserve">
{matrix}
</g>
</g>
</svg>
"""


def draw() -> str:
    """Return the picture as SVG: each command after a prompt, and what it prints."""
    from rich.console import Console
    from rich.text import Text

    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True)
        for command in COMMANDS:
            console.print(Text.assemble(("$ ", "bold green"), "cbrngraph ", " ".join(command)))
            console.print(Text.from_ansi(_output(command)))
        picture = console.export_svg(title="cbrngraph", code_format=FORMAT, unique_id="t")
    return "\n".join(line.rstrip() for line in picture.splitlines()) + "\n"


def words(picture: str) -> list[str]:
    """Return the words that stand in a picture, in order; how they are drawn may vary."""
    shown = re.findall(r"<text[^>]*>([^<]*)</text>", picture)
    return " ".join(
        html.unescape(text).replace("\N{NO-BREAK SPACE}", " ") for text in shown
    ).split()


def _output(command: tuple[str, ...]) -> str:
    """Return what `command` writes to a terminal of our width, with its colours."""
    import fcntl
    import pty
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 100, WIDTH, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color"}
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR"):
        environment.pop(name, None)
    process = subprocess.Popen(
        [sys.executable, "-m", "cbrngraph", *command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.PIPE,
    )
    os.close(theirs)
    printed = b"".join(_until_closed(ours))
    os.close(ours)
    _, errors = process.communicate()
    if process.returncode:
        raise RuntimeError(f"cbrngraph {' '.join(command)}: {errors.decode()}")
    return printed.decode("utf-8").replace("\r\n", "\n").rstrip()


def _until_closed(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            block = os.read(terminal, 65536)
        except OSError:  # how Linux says that the other end of a terminal was closed
            return
        if not block:
            return
        yield block


def main(arguments: list[str]) -> int:
    """Write the picture, or with `--check` return 1 when the committed one is out of date."""
    picture = draw()
    if "--check" in arguments:
        if PICTURE.exists() and words(PICTURE.read_text("utf-8")) == words(picture):
            return 0
        print(f"{PICTURE.name} is out of date: run python -m tools.readme_picture", file=sys.stderr)
        return 1
    PICTURE.write_text(picture, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
