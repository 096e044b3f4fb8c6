"""Files and folders appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from parindex.documents.writing import new_folder, write_file


class Stopped(Exception):
    """What happens in the middle of the work."""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_into_a_new_folder(tmp_path: Path) -> None:
    write_file(tmp_path / "a" / "b.txt", b"one")
    write_file(tmp_path / "a" / "b.txt", b"two")

    assert (tmp_path / "a" / "b.txt").read_bytes() == b"two"
    assert (tmp_path / "a" / "b.txt").stat().st_mode & 0o777 == 0o644
    assert names(tmp_path / "a") == ["b.txt"]


def test_a_file_that_cannot_be_put_in_place_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "b.txt").mkdir()

    with pytest.raises(OSError):
        write_file(tmp_path / "b.txt", b"one")

    assert names(tmp_path) == ["b.txt"]


def test_a_folder_takes_its_place_at_the_end(tmp_path: Path) -> None:
    for content in ("one", "two"):
        with new_folder(tmp_path / "out") as fresh:
            (fresh / content).write_text(content)

    assert names(tmp_path) == ["out"]
    assert names(tmp_path / "out") == ["two"]


def test_a_stopped_run_leaves_the_old_folder(tmp_path: Path) -> None:
    with new_folder(tmp_path / "out") as fresh:
        (fresh / "one").write_text("one")

    with pytest.raises(Stopped), new_folder(tmp_path / "out") as fresh:
        (fresh / "half").write_text("half")
        raise Stopped

    assert names(tmp_path) == ["out"]
    assert names(tmp_path / "out") == ["one"]


def test_a_folder_that_cannot_be_put_in_place_gives_the_old_one_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out"
    with new_folder(target) as fresh:
        (fresh / "one").write_text("one")
    replace = os.replace

    def refuse(source: Path, to: Path) -> None:
        if Path(to) == target and Path(source).name != "was":
            raise PermissionError
        replace(source, to)

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(PermissionError), new_folder(target) as fresh:
        (fresh / "two").write_text("two")

    assert names(tmp_path) == ["out"]
    assert names(target) == ["one"]


def test_the_first_folder_that_cannot_be_put_in_place_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Path, to: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(PermissionError), new_folder(tmp_path / "out"):
        pass

    assert names(tmp_path) == []
