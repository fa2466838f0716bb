"""Where files are looked for and kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from cbrngraph.resources import cache_dir


@pytest.mark.parametrize("base", ["relative/cache", ".", ""])
def test_a_relative_cache_home_is_ignored(
    base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """XDG says that such a path is invalid; the default is used."""
    monkeypatch.delenv("CBRNGRAPH_CACHE", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", base)
    assert cache_dir() == tmp_path / ".cache" / "cbrngraph"


def test_the_cache_can_be_put_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An absolute path of XDG holds, and our own variable wins over it."""
    monkeypatch.delenv("CBRNGRAPH_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_dir() == tmp_path / "xdg" / "cbrngraph"
    monkeypatch.setenv("CBRNGRAPH_CACHE", str(tmp_path / "own"))
    assert cache_dir() == tmp_path / "own"
