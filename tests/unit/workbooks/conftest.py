"""Reading and refusing, as every test of workbooks does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from handmade_workbooks import parts_of, zipped

from parindex.problems import ProblemsFound
from parindex.workbooks import Limits, Workbook, read_workbook

DEFAULT = Limits()


@pytest.fixture
def handmade() -> Callable[..., bytes]:
    """A workbook of one sheet with these rows; keyword `parts` adds or replaces parts by name."""

    def make(rows: str | None = None, parts: Mapping[str, str | bytes] | None = None) -> bytes:
        return zipped({**(parts_of() if rows is None else parts_of(rows)), **(parts or {})})

    return make


@pytest.fixture
def read() -> Callable[..., Workbook]:
    def reads(content: bytes, limits: Limits = DEFAULT) -> Workbook:
        return read_workbook("P07.xlsx", content, limits=limits)

    return reads


@pytest.fixture
def refused() -> Callable[..., list[str]]:
    """The codes for which a workbook is refused; each message can be written in both languages."""

    def codes(content: bytes, limits: Limits = DEFAULT) -> list[str]:
        with pytest.raises(ProblemsFound) as caught:
            read_workbook("P07.xlsx", content, limits=limits)
        for problem in caught.value.problems:
            assert problem.where.file == "P07.xlsx"
            for language in ("vi", "en"):
                words = problem.words(language)
                assert words.startswith("P07.xlsx")
                assert "{" not in words
                assert problem.kind.remedy.in_(language)
        return [problem.code for problem in caught.value.problems]

    return codes
