"""An import that is killed at any moment and started again ends with the bytes of an undisturbed run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.unit.records.killed_imports import SIZES, exports, kill_at_moments, tree
from tests.unit.records.small_records import dossier, take, write_csv

from parindex.problems import ProblemsFound
from parindex.records import importing
from parindex.records.importing import work_folder
from parindex.tables.record_tables import DOSSIERS


@pytest.mark.slow
def test_ten_random_moments(tmp_path: Path) -> None:
    assert kill_at_moments(tmp_path, 10, seed=2023) >= 3


@pytest.mark.slow
def test_every_write_can_be_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped before the first write or move, then after one, then after two, …, going on each time where it was."""
    files = exports(tmp_path)
    sizes = SIZES
    take(tmp_path / "whole", *files, sizes=sizes)
    expected = tree(tmp_path / "whole")

    class Stopped(BaseException):
        pass

    steps = 0
    left = 0

    def counted(function):  # type: ignore[no-untyped-def]
        def call(*arguments, **named):  # type: ignore[no-untyped-def]
            nonlocal left
            if left == 0:
                raise Stopped
            left -= 1
            return function(*arguments, **named)

        return call

    with monkeypatch.context() as patch:
        for name in ("write_file", "write_pieces", "write_journal"):
            patch.setattr(importing, name, counted(getattr(importing, name)))
        patch.setattr(Path, "replace", counted(Path.replace))
        patch.setattr(shutil, "rmtree", counted(shutil.rmtree))
        edition = tmp_path / "edition"
        while True:
            # One more step is allowed each time, and the work goes on where it stopped.
            left = steps
            steps += 1
            try:
                take(edition, *files, sizes=sizes)
                break
            except Stopped:
                assert steps < 300
    assert steps > 20
    assert tree(edition) == expected


def test_chunks_that_were_finished_are_not_checked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write_csv(tmp_path / "x.csv", [dossier(number) for number in range(2_000)])
    take(tmp_path / "whole", file, sizes=SIZES)

    class Stopped(BaseException):
        pass

    checked = 0
    check = importing.Checker.check

    def counted(self, chunk):  # type: ignore[no-untyped-def]
        nonlocal checked
        checked += 1
        if checked == 4:
            raise Stopped
        return check(self, chunk)

    monkeypatch.setattr(importing.Checker, "check", counted)
    with pytest.raises(Stopped):
        take(tmp_path / "edition", file, sizes=SIZES)
    take(tmp_path / "edition", file, sizes=SIZES)
    parts = len(list((tmp_path / "whole" / "records" / "dossiers").glob("part-*.parquet")))
    assert parts > 4 and checked == parts + 1
    assert tree(tmp_path / "edition") == tree(tmp_path / "whole")


def test_work_under_other_settings_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stopped import is not gone on with when the mapping has changed since."""
    from tests.unit.records.small_records import MAPPING

    file = write_csv(tmp_path / "x.csv", [dossier(number) for number in range(1_000)])

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(importing._Job, "_write_plan", stopped)
        take(tmp_path / "edition", file, sizes=SIZES)
    assert list((tmp_path / "edition").rglob("chunk-*.json"))
    other = MAPPING.replace(
        'channel: {header: "Hình thức nộp", values: {"Qua mạng": online}}', "channel: {constant: post}"
    )
    take(tmp_path / "edition", file, mapping=other, sizes=SIZES)
    take(tmp_path / "whole", file, mapping=other, sizes=SIZES)
    assert tree(tmp_path / "edition") == tree(tmp_path / "whole")


def test_two_imports_at_once_are_refused(tmp_path: Path) -> None:
    edition = tmp_path / "edition"
    file = write_csv(tmp_path / "x.csv", [dossier(1)])
    with work_folder(edition, DOSSIERS), pytest.raises(ProblemsFound, match="RECORDS-BUSY"):
        take(edition, file)
    assert take(edition, file).rows == 1
