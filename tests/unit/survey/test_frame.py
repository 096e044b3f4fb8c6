"""A frame is checked whole: every mistake is named with its line, and the order of rows changes nothing."""

from __future__ import annotations

from parindex.problems import Problems
from parindex.survey.frame import MIXED, Frame, FrameLayout, read_frame
from parindex.tables.parquet_files import FileColumn, parquet_bytes

LAYOUT = FrameLayout(("province", "commune", "village"), size="people")

GOOD = """province,commune,village,people
P02,C20,V200,50
P01,C11,V112,40
P01,C10,V100,30
P01,C11,V111,20
"""


def read(
    text: str, layout: FrameLayout = LAYOUT, provinces: tuple[str, ...] | None = None
) -> tuple[Frame | None, Problems]:
    problems = Problems()
    frame = read_frame(text.encode(), "frame.csv", layout, problems, provinces=provinces)
    for problem in problems:
        assert "{" not in problem.words("vi") + problem.words("en")
    return frame, problems


def found(problems: Problems) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.where.line) for problem in problems.sorted()]


def test_levels_are_sorted_and_sizes_added_up() -> None:
    frame, problems = read(GOOD)
    assert frame is not None and not len(problems)
    province, commune, village = frame.levels
    assert province.codes == ("P01", "P02")
    assert province.sizes == (90, 50)
    assert commune.codes == ("C10", "C11", "C20")
    assert commune.sizes == (30, 60, 50)
    assert commune.parents == (0, 0, 1)
    assert village.codes == ("V100", "V111", "V112", "V200")
    assert frame.members(0, 2) == [[0, 1, 2], [3]]
    assert frame.place(2, 1).line == 5


def test_the_order_of_rows_does_not_matter() -> None:
    header, *rows = GOOD.splitlines()
    first, _ = read(GOOD)
    second, _ = read("\n".join([header, *reversed(rows)]) + "\n")
    assert first is not None and second is not None
    for one, other in zip(first.levels, second.levels, strict=True):
        assert (one.codes, one.parents, one.sizes) == (other.codes, other.parents, other.sizes)


def test_every_mistake_is_named_with_its_line() -> None:
    _, problems = read(
        """province,commune,village,people
P01,C10,V100,30
P01,C10,V100,31
P02,C10,V101,30
P01,C11,,30
P01,C11,V110,
P01,C11,V111,0
P01,C11,V112,-5
P01,C11,V113,12.5
P01,C11,V114,many
"""
    )
    assert found(problems) == [
        ("FRAME-TWICE", 3),
        ("FRAME-NESTING", 4),
        ("CELL-EMPTY", 5),
        ("CELL-EMPTY", 6),
        ("FRAME-SIZE", 7),
        ("FRAME-SIZE", 8),
        ("FRAME-SIZE", 9),
        ("FRAME-SIZE", 10),
    ]
    words = problems.sorted()[1].words("en")
    assert 'commune "C10" is in "P02" here, but in "P01" on line 2' in words


def test_unknown_and_absent_provinces() -> None:
    _, problems = read(GOOD, provinces=("P01", "P03"))
    assert found(problems) == [("FRAME-PROVINCE-ABSENT", None), ("FRAME-PROVINCE-UNKNOWN", 2)]
    assert "P03" in problems.sorted()[0].words("vi")


def test_codes_that_differ_by_case_are_two_units_with_a_notice() -> None:
    frame, problems = read("province,commune,village,people\nP01,C10,v1,3\nP01,C10,V1,4\n")
    assert frame is not None
    assert frame.levels[2].codes == ("V1", "v1")
    assert [problem.code for problem in problems.notices] == ["FRAME-CODE-CASE"]
    assert not problems.errors


def test_without_a_size_column_each_row_is_one() -> None:
    frame, _ = read(
        "province,office,dossier\nP01,A,1\nP01,A,2\nP01,B,3\n", FrameLayout(("province", "office", "dossier"))
    )
    assert frame is not None
    assert frame.levels[1].sizes == (2, 1)


def test_a_unit_in_two_strata_is_marked() -> None:
    layout = FrameLayout(("province", "commune", "village"), "people", ("area",))
    frame, _ = read(
        "province,commune,village,people,area\nP01,C10,V1,3,town\nP01,C10,V2,3,country\nP01,C11,V3,3,town\n", layout
    )
    assert frame is not None
    assert frame.levels[1].strata == (MIXED, "town")


def test_a_frame_without_usable_rows() -> None:
    frame, problems = read("province,commune,village,people\n")
    assert frame is None
    assert found(problems) == [("FRAME-EMPTY", None)]


def as_parquet(text: str) -> bytes:
    header, *rows = [line.split(",") for line in text.splitlines()]
    columns = [
        FileColumn(name, "whole" if name == "people" else "text", [int(v) if name == "people" else v for v in values])
        for name, values in zip(header, zip(*rows, strict=True), strict=True)
    ]
    return parquet_bytes(columns, says={"about": "an invented frame"})


def test_a_frame_from_parquet_is_the_frame_from_csv() -> None:
    problems = Problems()
    frame, _ = read(GOOD)
    same = read_frame(as_parquet(GOOD), "frame.parquet", LAYOUT, problems)
    assert frame is not None and same is not None and not len(problems)
    assert [(each.codes, each.parents, each.sizes) for each in same.levels] == [
        (each.codes, each.parents, each.sizes) for each in frame.levels
    ]
    assert same.place(2, 1).line == 5


def test_mistakes_in_parquet_are_named_by_row_and_column() -> None:
    problems = Problems()
    read_frame(as_parquet(GOOD.replace("C10,V100,30", ",V100,30")), "frame.parquet", LAYOUT, problems)
    assert found(problems) == [("CELL-EMPTY", 4)]
    for content, code in ((as_parquet(GOOD)[:300], "PARQUET-DAMAGED"), (b"", "PARQUET-DAMAGED")):
        problems = Problems()
        assert read_frame(content, "frame.parquet", LAYOUT, problems) is None
        assert code in {problem.code for problem in problems}
    problems = Problems()
    read_frame(as_parquet(GOOD.replace("village", "hamlet")), "frame.parquet", LAYOUT, problems)
    missing = next(problem for problem in problems if problem.code == "CSV-COLUMN-MISSING")
    assert "village" in missing.words("vi") and "hamlet" in missing.words("en")
