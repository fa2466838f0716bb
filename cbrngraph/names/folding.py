"""Names compared as people read them: without case, accents, and zeros that pad a number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from difflib import SequenceMatcher

__all__ = ["fold", "near", "pattern", "unpad"]

_T = TypeVar("_T")
_APOSTROPHES = "'\u2019\u02bc"
# Letters with accents of their own: Latin, Greek, Cyrillic, and the extensions of Latin and Greek.
_ACCENTED = (range(0xC0, 0x530), range(0x1E00, 0x2000))
_PADDED = r"([^\W\d_]+)0*([1-9][0-9]*)"
# The engine gives up a pattern that grows too large; what is behind is compared afterwards.
_LONGEST = 80
_NEAR = 0.6
_HELD = 0.75
_BEHIND_BEST = 0.15


def fold(text: str) -> str:
    """Return a text without case and accents.

    >>> fold("CÔTE D\u2019IVOIRE")
    "cote d'ivoire"
    """
    if text.isascii():
        return text.casefold()
    from unicodedata import combining, normalize

    apart = normalize("NFKD", text.casefold())
    return "".join(
        "'" if letter in _APOSTROPHES else letter for letter in apart if not combining(letter)
    )


def unpad(folded: str) -> str:
    """Return a code of letters and a number without the zeros between them, else the text.

    >>> unpad("p087"), unpad("p87"), unpad("2007"), unpad("a-007")
    ('p87', 'p87', '2007', 'a-007')
    """
    code = re.fullmatch(_PADDED, folded)
    return folded if code is None else code[1] + code[2]


def pattern(text: str, *, whole: bool = False) -> str:
    """Return a pattern for REGEX with the flag `i` that finds every text that folds to this one.

    `whole` finds texts that are no more than it, with any zeros before the number of a code. It
    may find a few texts too many, so compare them with `fold`.
    """
    folded = fold(text)
    code = re.fullmatch(_PADDED, folded) if whole else None
    parts = (folded,) if code is None else (code[1], code[2])
    found = "0*".join("".join(map(_any_accent, part[:_LONGEST])) for part in parts)
    if not whole:
        return found
    return f"^{found}" + ("" if len(folded) > _LONGEST else "$")


def _any_accent(letter: str) -> str:
    if letter == "'":
        return f"[{_APOSTROPHES}]"
    if not letter.isalpha():
        return re.escape(letter) if letter.isascii() else letter
    return f"[{letter}{_accents().get(letter, '')}][\u0300-\u036f]*"


@cache
def _accents() -> dict[str, str]:
    found: dict[str, str] = {}
    for code in (code for part in _ACCENTED for code in part):
        plain = fold(chr(code))
        if len(plain) == 1 and plain != chr(code):
            found[plain] = found.get(plain, "") + chr(code)
    return found


def near(text: str, names: Iterable[tuple[str, _T]], limit: int = 3) -> tuple[tuple[str, _T], ...]:
    """Return the names most like `text`, best first and the best one for each thing.

    Names are given with what they stand for. Initials (`UN` for United Nations) count as good as
    the name, and a name that is far behind the best is no help.

    >>> near("UNW", [("UNO", 1), ("World, The United Nations of the", 2)])
    (('World, The United Nations of the', 2),)
    """
    from difflib import SequenceMatcher

    wanted = fold(text)
    best: dict[_T, tuple[float, str]] = {}
    # The matcher keeps what it learns of its second text, so that is the one that stays.
    matcher = SequenceMatcher(None, "", wanted)
    for name, thing in names:
        score = -_likeness(matcher, wanted, name)
        if score <= -_NEAR and (thing not in best or (score, name) < best[thing]):
            best[thing] = (score, name)
    ordered = sorted((score, name, at) for at, (score, name) in enumerate(best.values()))
    things = list(best)
    good = [one for one in ordered if one[0] <= ordered[0][0] + _BEHIND_BEST]
    return tuple((name, things[at]) for _, name, at in good[:limit])


def _likeness(matcher: SequenceMatcher[str], wanted: str, name: str) -> float:
    folded = fold(name)
    initials = _initials(name)
    if wanted in (folded, initials) or (len(wanted) > 2 and wanted in initials):
        return 1.0
    matcher.set_seq1(folded)
    held = _HELD if len(wanted) > 2 and wanted in folded else 0.0
    if max(held, matcher.real_quick_ratio()) < _NEAR or matcher.quick_ratio() < _NEAR:
        return held
    return max(held, matcher.ratio())


def _initials(name: str) -> str:
    """The first letters of the words with a capital, of a turned name (`A, B`) put right."""
    last, _, first = name.partition(", ")
    words = re.findall(r"\w+", f"{first} {last}")
    return "".join(word[0] for word in words if word[0].isupper()).casefold()
