"""Bytes to text: what is refused, and where its problem is placed."""

from __future__ import annotations

from pathlib import Path

import pytest

from parindex.documents.text_files import (
    FILE_ENCODING,
    FILE_MISSING,
    FILE_NUL,
    FILE_TOO_LARGE,
    FILE_UNREADABLE,
    FILE_UTF16,
    decode,
    read_bytes,
)
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place


def only(problems: Problems) -> tuple[ProblemKind, Place]:
    (problem,) = problems
    for language in ("vi", "en"):
        assert "{" not in problem.words(language)
    return problem.kind, problem.where


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"x")
    problems = Problems()

    assert read_bytes(tmp_path / "a.csv", "a.csv", problems) == b"x"
    assert not list(problems)


def test_a_missing_file_is_named_as_the_user_named_it(tmp_path: Path) -> None:
    problems = Problems()

    assert read_bytes(tmp_path / "units.csv", "edition/units.csv", problems) is None
    assert only(problems) == (FILE_MISSING, Place("edition/units.csv"))


def test_a_folder_cannot_be_opened_as_a_file(tmp_path: Path) -> None:
    problems = Problems()

    assert read_bytes(tmp_path, "units.csv", problems) is None
    assert only(problems) == (FILE_UNREADABLE, Place("units.csv"))


def test_a_file_above_the_limit_is_not_even_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"x" * 11)
    problems = Problems()

    assert read_bytes(tmp_path / "a.csv", "a.csv", problems, limit=10) is None
    assert only(problems) == (FILE_TOO_LARGE, Place("a.csv"))


def test_a_file_above_the_limit_is_not_decoded() -> None:
    problems = Problems()

    assert decode(b"x" * 11, "a.yaml", problems, limit=10) is None
    assert only(problems) == (FILE_TOO_LARGE, Place("a.yaml"))
    assert decode(b"x" * 10, "a.yaml", Problems(), limit=10) == "x" * 10


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings_are_named(encoding: str) -> None:
    problems = Problems()

    assert decode("mã,tên\n".replace("mã", "ma").encode(encoding), "a.csv", problems) is None
    assert only(problems) == (FILE_UTF16, Place("a.csv"))


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("word", ["Lĩnh vực ", "Li\u0303nh vu\u031b\u0323c "], ids=["composed", "decomposed"])
def test_a_wrong_byte_is_placed_where_an_editor_shows_it(mark: bytes, word: str) -> None:
    problems = Problems()

    assert decode(mark + b"first\n" + word.encode() + b"\xe9", "a.csv", problems) is None
    assert only(problems) == (FILE_ENCODING, Place("a.csv", 2, 10))
    assert "0xE9" in next(iter(problems)).words("en")


def test_a_zero_byte_is_no_text() -> None:
    problems = Problems()

    assert decode(b"first\nsecond\n\0", "a.csv", problems) is None
    assert only(problems) == (FILE_NUL, Place("a.csv", 3))


def test_text_is_composed_and_the_mark_taken_off() -> None:
    assert decode(b"\xef\xbb\xbf" + "Ti\u00eau chi\u0301".encode(), "a.csv", Problems()) == "Tiêu chí"
