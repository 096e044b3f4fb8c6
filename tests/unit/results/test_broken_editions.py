"""One mistake at a time in an edition folder: its code, its place, and words that its message must hold."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from tests.unit.results.tiny_edition import ACCEPTED, EDITION, ESTIMATES, FRAMEWORK, UNITS, write_edition

import parindex
from parindex.problems import Problem, ProblemKind, Problems, ProblemsFound

DECISIONS = "unit,node,input,round,value,basis,by,at,reason,decision\n"
LIST = "    framework: framework.yaml\n"

# name: (files changed, [(code, file, line or None, words of the message)])
CASES: dict[str, tuple[dict[str, str | bytes | None], list[tuple[str, str, int | None, str]]]] = {
    "no edition.yaml": ({"edition.yaml": None}, [("FILE-MISSING", "edition.yaml", None, "không tìm thấy")]),
    "no framework": ({"framework.yaml": None}, [("FILE-MISSING", "framework.yaml", None, "")]),
    "no units": ({"units.csv": None}, [("FILE-MISSING", "units.csv", None, "")]),
    "edition is a list": ({"edition.yaml": "- a\n"}, [("VALUE-TYPE", "edition.yaml", 1, "danh sách")]),
    "broken yaml": ({"edition.yaml": "a: [1\n"}, [("YAML-SYNTAX", "edition.yaml", 2, "")]),
    "simulated without saying so": (
        {"edition.yaml": EDITION.replace("simulated: false", "simulated: true")},
        [("SIMULATED-NAME", "edition.yaml", 4, "mô phỏng")],
    ),
    "simulated in the name but not in the code": (
        {"edition.yaml": EDITION.replace("simulated: false", "simulated: true").replace("Kỳ thử", "Kỳ mô phỏng").replace("Trial edition", "Simulated")},
        [("SIMULATED-NAME", "edition.yaml", 2, "")],
    ),
    "groups upside down": (
        {"edition.yaml": EDITION.replace("from: 80", "from: 95")},
        [("GROUPS-ORDER", "edition.yaml", 15, "95")],
    ),
    "two lists of one code": (
        {"edition.yaml": EDITION.replace("settings:", '  - code: provinces\n    name: {vi: "B", en: "B"}\n    unit_kind: province\n    framework: framework.yaml\nsettings:')},
        [("LIST-TWICE", "edition.yaml", 12, "provinces")],
    ),
    "a list without units": (
        {"edition.yaml": EDITION.replace("unit_kind: province", "unit_kind: ministry")},
        [("LIST-EMPTY", "edition.yaml", 8, "ministry"), ("FRAMEWORK-KIND", "edition.yaml", 11, "ministry"),
         *[("UNIT-UNKNOWN", "accepted.csv", line, "") for line in ()]],
    ),
    "a unit in two lists": (
        {"edition.yaml": EDITION.replace("settings:", '  - code: second\n    name: {vi: "B", en: "B"}\n    unit_kind: province\n    framework: framework.yaml\n    units: ["U1"]\nsettings:')},
        [("UNIT-IN-TWO-LISTS", "edition.yaml", 12, "U1")],
    ),
    "a list names a unit outside its validity": (
        {"edition.yaml": EDITION.replace("as_of: 2023-12-31", "as_of: 2026-12-31").replace(LIST, LIST + '    units: ["U1", "U2", "U3", "U4"]\n')},
        [("UNIT-NOT-VALID", "units.csv", 5, "2025-06-30")],
    ),
    "leave out nobody": (
        {"edition.yaml": EDITION.replace(LIST, LIST + '    leave_out: ["U9"]\n')},
        [("LEAVE-OUT-UNKNOWN", "edition.yaml", 12, "U9")],
    ),
    "framework of other years": (
        {"framework.yaml": FRAMEWORK.replace("editions: [2023]", "editions: [2012, 2013]")},
        [("FRAMEWORK-YEAR", "edition.yaml", 11, "2012, 2013")],
    ),
    "an outline": (
        {"framework.yaml": 'framework: tiny\nversion: "1"\nname: {vi: "a", en: "a"}\neditions: [2023]\nunit_kind: province\nmax_points: 1\ncompleteness: domains_only\ndomains:\n  - {code: "1", name: {vi: "a", en: "a"}, max_points: 1}\n'},
        [("FRAMEWORK-OUTLINE", "edition.yaml", 11, "đề cương")],
    ),
    "framework outside the folder": (
        {"edition.yaml": EDITION.replace("framework: framework.yaml", "framework: ../framework.yaml")},
        [("FILE-OUTSIDE", "edition.yaml", 11, "..")],
    ),
    "unknown setting": (
        {"edition.yaml": EDITION.replace("store_decimals", "store_decimal")},
        [("KEY-UNKNOWN", "edition.yaml", 12, 'ý bạn là "store_decimals"')],
    ),
    "date that does not exist": (
        {"edition.yaml": EDITION.replace("2023-12-31", "2023-02-30")}, [("DATE-WRONG", "edition.yaml", 6, "2023-02-30")],
    ),
    "unit twice": ({"units.csv": UNITS + "U1,province,a,b,,,,,\n"}, [("UNIT-TWICE", "units.csv", 6, "dòng 2")]),
    "unit date": ({"units.csv": UNITS.replace("2025-06-30", "30/6/2025")}, [("DATE-CELL", "units.csv", 5, "30/6/2025")]),
    "unit dates the wrong way round": (
        {"units.csv": UNITS.replace(",,2025-06-30", ",2026-01-01,2025-06-30")},
        [("UNIT-DATES-ORDER", "units.csv", 5, "2026-01-01")],
    ),
    "unit without a name": ({"units.csv": UNITS + "U5,province,,b,,,,,\n"}, [("CELL-EMPTY", "units.csv", 6, "name_vi")]),
    "missing column": (
        {"units.csv": UNITS.replace("name_vi", "ten")}, [("CSV-COLUMN-MISSING", "units.csv", 1, "name_vi")],
    ),
    "utf-16": ({"accepted.csv": ACCEPTED.encode("utf-16")}, [("FILE-UTF16", "accepted.csv", None, "UTF-16")]),
    "windows-1258": (
        {"accepted.csv": ACCEPTED.replace("U1,1.1,numerator,9,published,x", "U1,1.1,numerator,9,published,Hà").encode("cp1258", "replace")},
        [("FILE-ENCODING", "accepted.csv", 2, "Windows-1258")],
    ),
    "semicolons": (
        {"accepted.csv": ACCEPTED.replace(",", ";")}, [("CSV-SEPARATOR", "accepted.csv", 1, ";")],
    ),
    "row of another width": ({"accepted.csv": ACCEPTED + "U1,B1\n"}, [("CSV-WIDTH", "accepted.csv", 14, "2 ô")]),
    "unknown unit": ({"accepted.csv": ACCEPTED + "U9,B1,,1,x,x\n"}, [("UNIT-UNKNOWN", "accepted.csv", 14, "U9")]),
    "unit no longer valid": (
        {"edition.yaml": EDITION.replace("2023-12-31", "2025-12-31"), "estimates.csv": None, "accepted.csv": "unit,node,input,value,basis,source\nU4,B1,,1,x,x\n"},
        [("UNIT-NOT-VALID", "accepted.csv", 2, "2025-06-30")],
    ),
    "unknown node": ({"accepted.csv": ACCEPTED + "U1,9.9,,1,x,x\n"}, [("NODE-UNKNOWN", "accepted.csv", 14, "9.9")]),
    "a node that is no leaf": ({"accepted.csv": ACCEPTED + "U1,1,,1,x,x\n"}, [("NODE-NO-LEAF", "accepted.csv", 14, '"1"')]),
    "which input": ({"accepted.csv": ACCEPTED + "U1,1.1,,1,x,x\n"}, [("INPUT-NEEDED", "accepted.csv", 14, "numerator, denominator")]),
    "unknown input": ({"accepted.csv": ACCEPTED + "U1,1.1,half,1,x,x\n"}, [("INPUT-UNKNOWN", "accepted.csv", 14, "half")]),
    "no choice": ({"accepted.csv": ACCEPTED.replace("U3,1.2,level,late", "U3,1.2,level,maybe")}, [("INPUT-VALUE", "accepted.csv", 10, "on_time, late, none")]),
    "half a dossier": ({"accepted.csv": ACCEPTED.replace("numerator,9,", "numerator,9.5,")}, [("INPUT-VALUE", "accepted.csv", 2, "số nguyên")]),
    "negative": ({"accepted.csv": ACCEPTED.replace("numerator,9,", "numerator,-9,")}, [("INPUT-VALUE", "accepted.csv", 2, "số âm")]),
    "huge": ({"accepted.csv": ACCEPTED.replace("numerator,9,", "numerator,9000000000000000,")}, [("INPUT-VALUE", "accepted.csv", 2, "lớn hơn")]),
    "exponent": ({"accepted.csv": ACCEPTED.replace("numerator,9,", "numerator,1e308,")}, [("INPUT-VALUE", "accepted.csv", 2, "không phải là số")]),
    "too many points": ({"accepted.csv": ACCEPTED + "U1,1.2,points,2.5,x,x\n"}, [("POINTS-VALUE", "accepted.csv", 14, "Ghi số từ 0 đến 2")]),
    "a value with a decimal comma": ({"accepted.csv": ACCEPTED.replace("numerator,9,", 'numerator,"9,5",')}, [("INPUT-VALUE", "accepted.csv", 2, "9.5, không phải 9,5")]),
    "a value of a unit that is left out": (
        {"edition.yaml": EDITION.replace("    framework: framework.yaml\n", "    framework: framework.yaml\n    leave_out: [U2]\n"), "estimates.csv": None, "accepted.csv": "unit,node,input,value,basis\nU2,B1,,1,x\n"},
        [("UNIT-UNKNOWN", "accepted.csv", 2, "leave_out")],
    ),
    "a slip in a column that is needed": ({"accepted.csv": ACCEPTED.replace("basis", "bassis")}, [("CSV-COLUMN-MISSING", "accepted.csv", 1, 'tệp có "bassis"')]),
    "points set elsewhere without a reason": ({"accepted.csv": ACCEPTED + "U1,B1,points,1,x,x\n"}, [("REASON-NEEDED", "accepted.csv", 14, "lý do")]),
    "a slip in a column that may be left out": ({"units.csv": UNITS.replace("region_code", "region_cod")}, [("CSV-COLUMN-UNKNOWN", "units.csv", 1, 'ý bạn là "region_code"')]),
    "unknown change of units": ({"unit_changes.csv": "predecessor_code,successor_code,change_type,effective_date\nA,U1,joined,2023-07-01\n"}, [("UNIT-CHANGE-KIND", "unit_changes.csv", 2, "joined")]),
    "a value twice": ({"accepted.csv": ACCEPTED + "U1,1.2,level,late,x,x\n"}, [("ROW-TWICE", "accepted.csv", 14, "dòng 4")]),
    "decision without reason": ({"decisions.csv": DECISIONS + "U1,1.2,level,appraisal_1,late,adjusted,,,,\n"}, [("REASON-NEEDED", "decisions.csv", 2, "lý do")]),
    "points without reason": ({"decisions.csv": DECISIONS + "U1,1.2,points,council,1,answer,,,,\n"}, [("REASON-NEEDED", "decisions.csv", 2, "")]),
    "unknown round": ({"decisions.csv": DECISIONS + "U1,1.2,level,appraisal_3,late,adjusted,,,x,\n"}, [("ROUND-UNKNOWN", "decisions.csv", 2, "appraisal_3")]),
    "unknown basis": ({"decisions.csv": DECISIONS + "U1,1.2,level,council,late,guess,,,x,\n"}, [("BASIS-UNKNOWN", "decisions.csv", 2, "guess")]),
    "decision date": ({"decisions.csv": DECISIONS + "U1,1.2,level,council,late,adjusted,,12/3,x,\n"}, [("DATE-CELL", "decisions.csv", 2, "12/3")]),
    "estimate over 100": ({"estimates.csv": ESTIMATES.replace("U1,2.1,80", "U1,2.1,180")}, [("ESTIMATE-RANGE", "estimates.csv", 2, "180")]),
    "negative standard error": ({"estimates.csv": ESTIMATES.replace("U1,2.1,80,1.2", "U1,2.1,80,-1")}, [("ESTIMATE-RANGE", "estimates.csv", 2, "se")]),
    "half an interview": ({"estimates.csv": ESTIMATES.replace("U1,2.1,80,1.2,500", "U1,2.1,80,1.2,0.5")}, [("ESTIMATE-RANGE", "estimates.csv", 2, "n")]),
    "decimal comma": ({"estimates.csv": ESTIMATES.replace("U1,2.1,80,", 'U1,2.1,"80,5",')}, [("CELL-NUMBER", "estimates.csv", 2, "80,5")]),
    "empty without reason": ({"estimates.csv": ESTIMATES.replace("U1,2.1,80,", "U1,2.1,,")}, [("ESTIMATE-EMPTY", "estimates.csv", 2, "lý do")]),
    "estimate for a plan": ({"estimates.csv": ESTIMATES + "U1,1.2,80,,,,x,x\n"}, [("ESTIMATE-LEAF", "estimates.csv", 10, "1.2")]),
    "unknown policy": ({"not_applicable.csv": "unit,node,policy,reason\nU1,1.1,skip,x\n"}, [("POLICY-UNKNOWN", "not_applicable.csv", 2, "skip")]),
    "policy that is not allowed": (
        {"not_applicable.csv": "unit,node,policy,reason\nU1,1,full_points_when_none_arise,x\n"},
        [("POLICY-NOT-ALLOWED", "not_applicable.csv", 2, '"1.2" (nằm trong "1") không cho phép')],
    ),
    "exclusion without a reason": ({"not_applicable.csv": "unit,node,policy,reason\nU1,1,exclude_from_denominator,\n"}, [("CELL-EMPTY", "not_applicable.csv", 2, "reason")]),
    "exclusion of nothing": ({"not_applicable.csv": "unit,node,policy,reason\nU1,8,exclude_from_denominator,x\n"}, [("NODE-UNKNOWN", "not_applicable.csv", 2, '"8"')]),
    "rank 0": ({"history.csv": "edition,unit,value,rank\n2022,U1,80,0\n"}, [("ESTIMATE-RANGE", "history.csv", 2, "rank")]),
    "history twice": ({"history.csv": "edition,unit,value,rank\n2022,U1,80,1\n2022,U1,81,2\n"}, [("ROW-TWICE", "history.csv", 3, "dòng 2")]),
    "published node": ({"published.csv": "unit,node,value,rank\nU1,7,1,\n"}, [("NODE-UNKNOWN", "published.csv", 2, '"7"')]),
    "a mean of no list": ({"means.csv": "edition,list,scope,code,value\n2023,south,all,,80\n"}, [("MEAN-LIST", "means.csv", 2, "south")]),
    "old excel": ({"submissions/U1.xls": b"x"}, [("SUBMISSION-KIND", "submissions/U1.xls", None, ".xlsx")]),
    "broken example in the framework": (
        {"framework.yaml": FRAMEWORK.replace("points: 2.1, branch: proportional", "points: 2.2, branch: proportional")},
        [("EXAMPLE-POINTS", "framework.yaml", 38, "2,1")],
    ),
    "unquoted edition code": ({"edition.yaml": EDITION.replace('edition: "2023"', "edition: 2023")}, [("CODE-UNQUOTED", "edition.yaml", 2, "2023")]),
}  # fmt: skip


def found_in(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(ProblemsFound) as found:
        parindex.read_edition(folder)
    return tuple(problem for problem in found.value.problems if problem.kind.severity == "error")


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_named_at_its_place(name: str, tmp_path: Path) -> None:
    changes, expected = CASES[name]
    problems = found_in(write_edition(tmp_path / "edition", changes))
    assert [(problem.code, problem.where.file, problem.where.line) for problem in problems] == [
        (code, file, line) for code, file, line, _ in expected
    ], [problem.words("en") for problem in problems]
    for problem, (_, _, _, words) in zip(problems, expected, strict=True):
        assert words in problem.words("vi")
        for language in ("vi", "en"):
            said = problem.words("vi" if language == "vi" else "en")
            assert not re.search(r"\{[a-z_]*\}", said), said
            assert said.endswith(f"[{problem.code}]")


def test_all_mistakes_of_all_files_come_at_once(tmp_path: Path) -> None:
    changes = {
        "accepted.csv": ACCEPTED + "U9,1.2,,late,x,x\nU1,9,,1,x,x\n",
        "estimates.csv": ESTIMATES.replace("U1,2.1,80", "U1,2.1,180"),
        "decisions.csv": DECISIONS + "U1,1.2,level,appraisal_9,late,adjusted,,,x,\n",
    }
    problems = found_in(write_edition(tmp_path / "edition", changes))
    assert [problem.code for problem in problems] == [
        "UNIT-UNKNOWN",
        "NODE-UNKNOWN",
        "ROUND-UNKNOWN",
        "ESTIMATE-RANGE",
    ]


def test_no_folder(tmp_path: Path) -> None:
    assert [problem.code for problem in found_in(tmp_path / "none")] == ["FOLDER-MISSING"]


def test_a_gap_below_the_last_group_is_a_notice(tmp_path: Path) -> None:
    edition = EDITION.replace('  - {code: C, name: {vi: "Nhóm C", en: "Group C"}, from: 0}\n', "")
    inputs = parindex.read_edition(write_edition(tmp_path / "edition", {"edition.yaml": edition}))
    assert [notice.code for notice in inputs.notices] == ["GROUPS-GAP"]
    ranks = {row.unit: row.group for row in parindex.compute(inputs).ranks}
    assert ranks["U3"] is None


def test_a_comparison_with_an_edition_that_is_not_in_the_history_is_a_notice(tmp_path: Path) -> None:
    edition = EDITION + 'comparison: {edition: "2019"}\n'
    inputs = parindex.read_edition(write_edition(tmp_path / "edition", {"edition.yaml": edition}))
    assert [notice.code for notice in inputs.notices] == ["COMPARISON-EMPTY"]


def test_names_typed_in_another_normal_form_are_the_same(tmp_path: Path) -> None:
    import unicodedata

    changed = {"units.csv": unicodedata.normalize("NFD", UNITS), "edition.yaml": unicodedata.normalize("NFD", EDITION)}
    edition = parindex.read_edition(write_edition(tmp_path / "edition", changed)).edition
    assert edition.units["U1"].name.vi == "Tỉnh Một"
    assert edition.name.vi == "Kỳ thử"


MODULES = (
    "parindex.programme.units",
    "parindex.programme.edition_reading",
    "parindex.results.folder_tables",
    "parindex.results.reading",
)


def test_every_kind_of_problem_has_a_case() -> None:
    declared = {
        kind.code
        for module in MODULES
        for kind in vars(importlib.import_module(module)).values()
        if isinstance(kind, ProblemKind)
    }
    seen = {code for _, expected in CASES.values() for code, *_ in expected}
    # Tested beside: no folder, the notice on groups, two workbooks of one unit (with the workbooks), surveys.
    beside = {"FOLDER-MISSING", "GROUPS-GAP", "SUBMISSION-TWICE", "COMPARISON-EMPTY", "SURVEY-AND-ESTIMATE"}
    assert declared - seen == beside


def test_results_of_the_wrong_kind_are_refused(tmp_path: Path) -> None:
    from parindex.results.replacing import check_replaceable
    from parindex.results.result import read_result, write_result

    def codes(folder: Path) -> list[str]:
        with pytest.raises(ProblemsFound) as found:
            read_result(folder)
        return [problem.code for problem in found.value.problems]

    assert codes(tmp_path / "none") == ["RESULT-MISSING"]
    result = parindex.compute(parindex.read_edition(write_edition(tmp_path / "edition")))
    out = tmp_path / "out"
    write_result(result, out)
    assert read_result(out).ranks == result.ranks
    (out / "manifest.json").write_text('{"format": 99, "files": []}')
    assert codes(out) == ["RESULT-FORMAT"]
    (out / "manifest.json").write_text("{")
    assert codes(out) == ["RESULT-BROKEN"]
    problems = Problems()
    check_replaceable(tmp_path / "edition", problems)
    check_replaceable(out, problems)
    assert [problem.code for problem in problems] == ["OUT-NOT-RESULTS", "OUT-NOT-RESULTS"]
    write_result(result, out)
    clean = Problems()
    check_replaceable(out, clean)
    check_replaceable(tmp_path / "new", clean)
    assert not len(clean)


def test_explaining_somebody_who_is_not_there(tmp_path: Path) -> None:
    result = parindex.compute(parindex.read_edition(write_edition(tmp_path / "edition")))
    for arguments, code in ((("U9",), "EXPLAIN-UNIT"), (("U1", "1.9"), "EXPLAIN-NODE")):
        with pytest.raises(ProblemsFound) as found:
            result.explain(*arguments)
        assert [problem.code for problem in found.value.problems] == [code]
