"""From a file of answers to cells: the same bytes in every order, and bad input named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from parindex.engines.duckdb import cells_of_file, read_cells, records_set_aside, write_cells
from parindex.problems import Problems, ProblemsFound
from parindex.sources import Place
from parindex.survey.cells import added, cells_csv, cells_of_csv, check_cells
from parindex.survey.design import SurveyDesign, number_item, scale_item, yes_no_item
from parindex.survey.estimands import Mean, Share
from parindex.survey.estimate import estimates

DESIGN = SurveyDesign(
    name="small",
    psu="commune",
    weight="weight",
    stratum="stratum",
    items=(scale_item("q1", "q1", 1, 5, (4, 5)), yes_no_item("paid", "paid"), number_item("visits", "visits")),
    domains=("province",),
)
HEADER = "stratum,commune,weight,province,q1,paid,visits\n"


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def sample(count: int, seed: int = 5) -> list[str]:
    random = np.random.Generator(np.random.PCG64(seed))
    rows = []
    for _ in range(count):
        province, commune = int(random.integers(0, 3)), int(random.integers(0, 4))
        weight = int(random.integers(1, 9_000_000)) / 1_000_000
        q1 = random.choice(["", "1", "2", "3", "4", "5"])
        rows.append(
            f"T{province},X{province}{commune},{weight},T{province},{q1},{random.choice(['0', '1'])},{commune}\n"
        )
    return rows


def test_ten_parts_in_any_order_are_one_pass(tmp_path: Path) -> None:
    rows = sample(500)
    whole = cells_of_file(DESIGN, written(tmp_path / "all.csv", HEADER + "".join(rows)))
    parts = [
        cells_of_file(DESIGN, written(tmp_path / f"{at}.csv", HEADER + "".join(rows[at::10])), threads=1 + at % 2)
        for at in range(10)
    ]
    random = np.random.Generator(np.random.PCG64(1))
    for _ in range(3):
        order = random.permutation(10)
        merged = added([parts[at] for at in order])
        assert cells_csv(merged) == cells_csv(whole)
        step_by_step = parts[order[0]]
        for at in order[1:]:
            step_by_step = added([step_by_step, parts[at]])
        assert cells_csv(step_by_step) == cells_csv(whole)
    asked = [Mean("q1"), Share("q1"), Mean("visits")]
    assert estimates(merged, asked, by=("province",)) == estimates(whole, asked, by=("province",))


def test_one_thread_and_two_give_the_same_bytes(tmp_path: Path) -> None:
    file = written(tmp_path / "all.csv", HEADER + "".join(sample(2000)))
    cells = [cells_of_file(DESIGN, file, threads=threads) for threads in (1, 2)]
    names = [tmp_path / "one.parquet", tmp_path / "two.parquet"]
    for each, name in zip(cells, names, strict=True):
        write_cells(each, name)
    assert cells_csv(cells[0]) == cells_csv(cells[1])
    assert names[0].read_bytes() == names[1].read_bytes()
    assert not list(tmp_path.glob(".*"))


def test_cells_come_back_from_csv_and_parquet(tmp_path: Path) -> None:
    cells = cells_of_file(DESIGN, written(tmp_path / "all.csv", HEADER + "".join(sample(300))))
    write_cells(cells, tmp_path / "cells.parquet")
    for again in (
        cells_of_csv(cells_csv(cells), DESIGN, Place("cells.csv")),
        read_cells(tmp_path / "cells.parquet", DESIGN),
    ):
        assert cells_csv(again) == cells_csv(cells)
        assert again.respondents == 300
    with pytest.raises(ProblemsFound, match="CELLS-DIFFER"):
        read_cells(tmp_path / "cells.parquet", replace(DESIGN, domains=()))
    with pytest.raises(ProblemsFound, match="CELLS-DIFFER"):
        added([cells, replace(cells, design=replace(DESIGN, name="other"))])


def test_records_that_cannot_be_used_are_named_and_counted(tmp_path: Path) -> None:
    design = replace(DESIGN, record="id")
    text = (
        "id,stratum,commune,weight,province,q1,paid,visits\n"
        "a,T1,X1,1.5,T1,4,1,2\n"
        "b,T1,X1,0,T1,4,1,2\n"
        "c,T1,X1,-3,T1,4,1,2\n"
        "d,T1,X1,inf,T1,4,1,2\n"
        "e,T1,,1,T1,4,1,2\n"
        "f,T1,X1,2,T1,4,1,2\n"
        "f,T1,X1,2,T1,4,1,2\n"
        "g,T1,X1,2,T1,7,x,-1\n"
        "h,T1,X1,,T1,4,1,2\n"
    )
    file = written(tmp_path / "answers.csv", text)
    cells = cells_of_file(design, file)
    assert (cells.respondents, cells.set_aside) == (2, 7)
    rows = records_set_aside(design, file)
    assert [(row.record, row.column, row.value, row.code) for row in rows] == [
        ("b", "weight", "0", "WEIGHT-WRONG"),
        ("c", "weight", "-3", "WEIGHT-WRONG"),
        ("d", "weight", "inf", "WEIGHT-WRONG"),
        ("e", "commune", "", "KEY-EMPTY"),
        ("f", "id", "f", "RECORD-TWICE"),
        ("f", "id", "f", "RECORD-TWICE"),
        ("g", "paid", "x", "ANSWER-UNKNOWN"),
        ("g", "q1", "7", "ANSWER-UNKNOWN"),
        ("g", "visits", "-1", "ANSWER-UNKNOWN"),
        ("h", "weight", "", "WEIGHT-WRONG"),
    ]
    assert "quyền số" in rows[0].reason_vi
    assert "q1" in rows[7].reason_en


def test_columns_that_are_missing_or_differ_only_in_case_are_refused(tmp_path: Path) -> None:
    missing = written(tmp_path / "a.csv", "stratum,comune,weight,province,q1,paid,visits\n")
    with pytest.raises(ProblemsFound, match=r'"commune" \(did you mean "comune"') as found:
        cells_of_file(DESIGN, missing)
    assert [problem.code for problem in found.value.problems] == ["COLUMN-ABSENT"]
    double = written(tmp_path / "b.csv", "stratum,commune,weight,province,q1,Q1,paid,visits\nT,X,1,T,1,2,1,1\n")
    with pytest.raises(ProblemsFound, match="COLUMN-CASE"):
        cells_of_file(DESIGN, double)
    with pytest.raises(ProblemsFound, match="SURVEY-FILE-FORM"):
        cells_of_file(DESIGN, written(tmp_path / "c.parquet", "no parquet"))


def test_a_file_without_usable_records_has_empty_cells(tmp_path: Path) -> None:
    for rows in ("", "T,X,0,T,1,1,1\n"):
        cells = cells_of_file(DESIGN, written(tmp_path / "a.csv", HEADER + rows))
        assert (len(cells), cells.respondents, cells.set_aside) == (0, 0, len(rows.splitlines()))
        (row,) = estimates(cells, [Mean("q1")])
        assert (row.value, row.n) == (None, 0)
        assert row.reason is not None


def problems_of(design: SurveyDesign, text: str, path: Path) -> list[str]:
    problems = Problems()
    check_cells(cells_of_file(design, written(path / "answers.csv", text)), problems, Place("answers.csv"))
    return sorted(problem.words("en") for problem in problems)


def test_units_in_two_strata_and_populations_that_cannot_be(tmp_path: Path) -> None:
    text = HEADER + "T1,X1,1,T1,4,1,2\nT2,X1,1,T2,4,1,2\n"
    (words,) = problems_of(DESIGN, text, tmp_path)
    assert '"X1" lies in two strata, "T1" and "T2"' in words
    assert problems_of(replace(DESIGN, nested=True), text, tmp_path) == []

    header = "stratum,commune,village,weight,province,q1,paid,visits,N,M\n"
    staged = replace(DESIGN, ssu="village", psu_population="N", unit_population="M")
    text = header + "T1,X1,v,1,T1,4,1,2,1,9\nT1,X2,v,1,T1,4,1,2,1,9\n"
    found = problems_of(staged, text, tmp_path)
    assert len(found) == 2
    assert 'the population of "T1" is 1, the sample has 2' in found[0]
    assert '"v" lies in two first-stage units' in found[1]
    text = header + "T1,X1,v1,1,T1,4,1,2,5,9\nT1,X2,v2,1,T1,4,1,2,6,9\n"
    (words,) = problems_of(staged, text, tmp_path)
    assert "several population sizes, from 5 to 6" in words
    text = header + "T1,X1,v1,1,T1,4,1,2,5,9\nT1,X1,v1,1,T1,4,1,2,6,9\n"
    with pytest.raises(ProblemsFound, match="POPULATION-VARIES"):
        cells_of_file(staged, written(tmp_path / "varies.csv", text))


def test_parts_that_give_one_stratum_two_sizes_do_not_add(tmp_path: Path) -> None:
    design = replace(DESIGN, psu_population="N")
    header = "stratum,commune,weight,province,q1,paid,visits,N\n"
    parts = [
        cells_of_file(design, written(tmp_path / f"{size}.csv", header + f"T1,X{size},1,T1,4,1,2,{size}\n"))
        for size in (5, 6)
    ]
    with pytest.raises(ProblemsFound, match="from 5 to 6"):
        added(parts)
