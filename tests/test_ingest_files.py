"""Several files are replaced all or none, and no reader ever sees half a file."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from cbrngraph.errors import EnvironmentProblem, ReadError
from cbrngraph.ingest import files
from cbrngraph.ingest.files import replace_files


@pytest.fixture
def targets(tmp_path: Path) -> dict[Path, bytes]:
    """Two files on disk, and one that is not there yet in a folder that is not there either."""
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"old " + name.encode())
    return {tmp_path / name: b"new " + name.encode() for name in ("a", "b", "c/d")}


def tree(folder: Path) -> dict[str, bytes]:
    """All files below a folder, hidden ones too."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


OLD = {"a": b"old a", "b": b"old b"}


def test_all_files_get_their_content(targets: dict[Path, bytes], tmp_path: Path) -> None:
    """Nothing but the files is left behind, and their mode stays."""
    (tmp_path / "a").chmod(0o640)
    replace_files(targets)
    assert tree(tmp_path) == {"a": b"new a", "b": b"new b", "c/d": b"new c/d"}
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


def test_a_full_disk_changes_nothing(
    targets: dict[Path, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever file the disk is full at, the old ones stand and no temporary one is left."""
    real = os.fsync
    for survivors in range(3):
        left = [survivors]

        def fsync(handle: int, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            real(handle)

        monkeypatch.setattr(os, "fsync", fsync)
        with pytest.raises(EnvironmentProblem, match="the disk is full; no file was changed"):
            replace_files(targets)
        assert tree(tmp_path) == OLD


def test_ctrl_c_while_writing_changes_nothing(
    targets: dict[Path, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The interrupt goes through, the files do not."""

    def interrupted(handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        replace_files(targets)
    assert tree(tmp_path) == OLD


def test_a_rename_that_fails_is_undone(
    targets: dict[Path, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files before it get their old content back, new ones go."""
    real = os.replace
    refused = tmp_path / "b"
    monkeypatch.setattr(files, "_sync_folder", lambda folder: None)

    def replace(source: Path, target: Path) -> None:
        if target == refused and Path(source).read_bytes() == b"new b":
            raise PermissionError(errno.EACCES, "Permission denied", str(target))
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    order = dict(sorted(targets.items(), key=lambda item: item[0] == refused))
    with pytest.raises(ReadError, match="Permission denied; no file was changed"):
        replace_files(order)
    assert tree(tmp_path) == OLD


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "data").write_bytes(b"")
    with pytest.raises(ReadError, match="no file was changed"):
        replace_files({tmp_path / "data" / "x": b"1"})


@pytest.mark.parametrize("behave", ["", "from cbrngraph.cli.signals import behave; behave()"])
def test_ctrl_c_during_the_renames_waits_for_the_last(tmp_path: Path, behave: str) -> None:
    """An interrupt between two renames ends the process after both, in the program as well."""
    code = textwrap.dedent(
        f"""
        import os, signal
        {behave}
        from pathlib import Path
        from cbrngraph.ingest.files import replace_files
        real = os.replace
        def replace(source, target):
            os.kill(os.getpid(), signal.SIGINT)
            real(source, target)
        os.replace = replace
        folder = Path({str(tmp_path)!r})
        replace_files({{folder / "a": b"1", folder / "b": b"2"}})
        print("not interrupted")
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).resolve().parent.parent,
    )
    assert "KeyboardInterrupt" in done.stderr
    assert done.stdout == ""
    assert done.returncode in (1, 130, -signal.SIGINT)
    assert tree(tmp_path) == {"a": b"1", "b": b"2"}


def test_a_failure_names_the_target_and_leaves_no_folder(
    targets: dict[Path, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the temporary file, whose name tells the user nothing."""
    real = os.fsync
    left = [2]

    def fsync(handle: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise PermissionError(errno.EACCES, "Permission denied", ".d.x.tmp")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(ReadError, match=r"/c/d: Permission denied; no file was changed") as caught:
        replace_files(targets)
    assert ".tmp" not in str(caught.value)
    assert not (tmp_path / "c").exists()
    assert tree(tmp_path) == OLD
