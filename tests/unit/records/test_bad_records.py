"""Every mistake a record can hold goes to quarantine with its row, column, value and reason; the others are taken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.records.small_records import (
    AROUND,
    CATALOGUE_MAPPING,
    PROCEDURES,
    dossier,
    kept_rows,
    reasons_of,
    table_of,
    take,
    write_csv,
)


@pytest.mark.parametrize(
    ("changes", "column", "value", "code", "words"),
    [
        ({"due_on": "01/03/2023"}, "Ngày hẹn trả", "2023-03-01", "RECORD-ORDER", "ngày hẹn trả 2023-03-01 trước ngày tiếp nhận 2023-03-02"),
        ({"settled_on": "28/02/2023", "returned_on": ""}, "Ngày có kết quả", "2023-02-28", "RECORD-ORDER", "ngày có kết quả 2023-02-28 trước ngày tiếp nhận"),
        ({"returned_on": "14/03/2023"}, "Ngày trả", "2023-03-14", "RECORD-ORDER", "ngày trả kết quả 2023-03-14 trước ngày có kết quả 2023-03-15"),
        ({"unit": "P77"}, "Mã tỉnh", "P77", "RECORD-UNIT", 'không có đơn vị "P77" vào ngày 2023-12-31'),
        ({"unit": "P08"}, "Mã tỉnh", "P08", "RECORD-UNIT-SPLIT", 'đơn vị cũ "P08" đã tách thành P01, P02'),
        ({"unit": ""}, "Mã tỉnh", "", "RECORD-EMPTY", "Cột unit phải có giá trị"),
        ({"dossier": "  "}, "Mã hồ sơ", "", "RECORD-EMPTY", "Cột dossier phải có giá trị"),
        ({"received_on": ""}, "Ngày tiếp nhận", "", "RECORD-EMPTY", "Cột received_on phải có giá trị"),
        ({"returned_on": "01/02/2024"}, "Ngày trả", "01/02/2024", "RECORD-FUTURE", "01/02/2024 sau ngày 2024-01-31"),
        ({"received_on": "31/02/2023"}, "Ngày tiếp nhận", "31/02/2023", "RECORD-DATE", '"31/02/2023" không phải là ngày'),
        ({"received_on": "02/03/23"}, "Ngày tiếp nhận", "02/03/23", "RECORD-DATE", '"02/03/23" không phải là ngày'),
        ({"received_on": "hôm qua"}, "Ngày tiếp nhận", "hôm qua", "RECORD-DATE", "đọc theo dd/mm/yyyy"),
        ({"channel": "Bồ câu"}, "Hình thức nộp", "Bồ câu", "RECORD-CHOICE", 'online (trực tuyến), "qua mang"'),
        ({"level": "trung ương"}, "Cấp", "trung ương", "RECORD-CHOICE", "province (cấp tỉnh)"),
        ({"digitised": "một phần"}, "Số hóa", "một phần", "RECORD-FLAG", "không phải là có hoặc không"),
    ],
)  # fmt: skip
def test_a_wrong_record_is_set_apart(
    tmp_path: Path, changes: dict[str, str], column: str, value: str, code: str, words: str
) -> None:
    file = write_csv(tmp_path / "export.csv", [dossier(1), dossier(2, **changes), dossier(3)])
    (done,) = take(tmp_path / "edition", file).files
    assert (done.rows, done.taken, done.quarantined, done.reasons) == (3, 2, 1, {code: 1})
    assert [row["dossier"] for row in table_of(tmp_path / "edition")] == ["H00001", "H00003"]
    (reason,) = reasons_of(tmp_path / "edition")
    assert reason["file"].startswith("dossiers-export-")
    found = (reason["row"], reason["kept_row"], reason["column"], reason["value"], reason["code"])
    assert found == ("3", "2", column, value, code)
    assert words in reason["reason_vi"]
    assert reason["reason_en"] and reason["reason_en"] != reason["reason_vi"]


def test_a_record_with_three_mistakes_has_three_lines_and_counts_once(tmp_path: Path) -> None:
    rows = [dossier(1), dossier(2, unit="P77", received_on="?", channel="Bồ câu"), dossier(3, unit="")]
    (done,) = take(tmp_path / "edition", write_csv(tmp_path / "x.csv", rows)).files
    assert done.quarantined == 2
    assert done.reasons == {"RECORD-CHOICE": 1, "RECORD-DATE": 1, "RECORD-EMPTY": 1, "RECORD-UNIT": 1}
    assert [(r["row"], r["kept_row"], r["code"]) for r in reasons_of(tmp_path / "edition")] == [
        ("3", "2", "RECORD-UNIT"),
        ("3", "2", "RECORD-DATE"),
        ("3", "2", "RECORD-CHOICE"),
        ("4", "3", "RECORD-EMPTY"),
    ]


@pytest.mark.parametrize(
    ("column", "value", "code", "words"),
    [
        ("Thời hạn", "-1", "RECORD-LOW", "-1 nhỏ hơn 0"),
        ("Sau cắt giảm", "-0,5", "RECORD-LOW", "-0,5 nhỏ hơn 0"),
        ("Thời hạn", "1.5", "RECORD-NUMBER", '"1.5" không phải là số. Cột này dùng dấu phẩy thập phân'),
        ("Thời hạn", "mười", "RECORD-NUMBER", '"mười" không phải là số'),
        ("Thời hạn", "0,12345", "RECORD-PLACES", "quá 4 chữ số thập phân"),
        ("Số bước", "2,5", "RECORD-WHOLE", '"2,5" không phải là số nguyên'),
    ],
)
def test_a_wrong_number_of_the_catalogue(tmp_path: Path, column: str, value: str, code: str, words: str) -> None:
    header = ("Mã tỉnh", "Mã thủ tục", "Tên thủ tục", "Lĩnh vực", "Thời hạn", "Sau cắt giảm", "Số bước")
    good = {"Mã tỉnh": "P01", "Mã thủ tục": "1.1", "Tên thủ tục": "Khai sinh", "Lĩnh vực": "Hộ tịch", "Thời hạn": "1.015,5", "Sau cắt giảm": "", "Số bước": "3"}  # fmt: skip
    rows = [list(good.values()), list({**good, "Mã thủ tục": "1.2", column: value}.values())]
    file = write_csv(tmp_path / "catalogue.csv", rows, header)
    (done,) = take(tmp_path / "edition", file, mapping=CATALOGUE_MAPPING).files
    assert (done.taken, done.reasons) == (1, {code: 1})
    (record,) = table_of(tmp_path / "edition", PROCEDURES)
    assert (str(record["limit_days"]), record["limit_days_cut"], record["steps"]) == ("1015.5000", None, 3)
    assert record["level"] == "province"
    (reason,) = reasons_of(tmp_path / "edition")
    assert (reason["row"], reason["column"], reason["value"]) == ("3", column, value)
    assert words in reason["reason_vi"]


def test_a_procedure_is_checked_where_its_unit_has_a_catalogue(tmp_path: Path) -> None:
    around = replace(AROUND, catalogue={"P01": frozenset({"1.000123"})})
    rows = [dossier(1), dossier(2, procedure="9.9"), dossier(3, unit="P02", procedure="9.9")]
    done = take(tmp_path / "edition", write_csv(tmp_path / "x.csv", rows), around=around)
    assert done.files[0].reasons == {"RECORD-PROCEDURE": 1}
    assert [row["dossier"] for row in table_of(tmp_path / "edition")] == ["H00001", "H00003"]
    (reason,) = reasons_of(tmp_path / "edition")
    assert (reason["row"], reason["column"], reason["value"]) == ("3", "Mã thủ tục", "9.9")
    (notice,) = done.notices
    assert notice.code == "RECORDS-CATALOGUE"
    assert "P02" in notice.words("vi") and "1 bản ghi" in notice.words("vi")


def test_old_codes_lead_to_the_unit_of_today(tmp_path: Path) -> None:
    """P09 became P31 by unit_changes.csv; the office's own code 79 is named in the mapping."""
    from tests.unit.records.small_records import MAPPING

    mapping = MAPPING + 'units: {"79": P02}\n'
    rows = [dossier(1, unit="P09"), dossier(2, unit="79"), dossier(3, unit="P01")]
    take(tmp_path / "edition", write_csv(tmp_path / "x.csv", rows), mapping=mapping)
    assert [row["unit"] for row in table_of(tmp_path / "edition")] == ["P31", "P02", "P01"]


def test_a_row_of_another_width_is_kept_as_it_came(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "x.csv", [dossier(1), [*dossier(2), "thừa"], dossier(3)[:4], dossier(4)])
    (done,) = take(tmp_path / "edition", file).files
    assert (done.rows, done.taken, done.reasons) == (4, 2, {"RECORD-WIDTH": 2})
    assert [(r["row"], r["reason_vi"].split(".")[0]) for r in reasons_of(tmp_path / "edition")] == [
        ("3", "dòng có 13 ô, tiêu đề có 12 cột"),
        ("4", "dòng có 4 ô, tiêu đề có 12 cột"),
    ]
    text = kept_rows(tmp_path / "edition").read_text(encoding="utf-8-sig").splitlines()
    assert text[1].endswith("Nguyễn Văn A,thừa") and text[2] == "P01,P01-S1,cấp tỉnh,H00003"


def test_rows_of_another_encoding_inside_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mixed.csv"
    write_csv(file, [dossier(1)])
    with file.open("ab") as out:
        out.write(",".join(dossier(2, applicant="Trần")).encode("utf-8").replace("ầ".encode(), b"\xe2\xcc") + b"\n")
        out.write(",".join(dossier(3)).encode() + b"\n")
        out.write(",".join(dossier(4)).encode().replace(b"H00004", b"H\x000004") + b"\n")
    (done,) = take(tmp_path / "edition", file).files
    assert (done.rows, done.taken, done.reasons) == (4, 2, {"RECORD-ENCODING": 2})
    first, second = reasons_of(tmp_path / "edition")
    assert first["row"] == "3" and "byte 0xE2 không phải là chữ utf-8" in first["reason_vi"]
    assert second["row"] == "5" and "byte 0x00" in second["reason_vi"]
    assert "Tr\\xe2\\xccn" in kept_rows(tmp_path / "edition").read_text(encoding="utf-8-sig")


def test_quarantined_rows_are_imported_after_they_were_corrected(tmp_path: Path) -> None:
    rows = [dossier(1), dossier(2, received_on="2/3/23", applicant="=HYPERLINK(1)"), dossier(3)]
    take(tmp_path / "edition", write_csv(tmp_path / "x.csv", rows))
    kept = kept_rows(tmp_path / "edition")
    corrected = tmp_path / "corrected.csv"
    assert "'=HYPERLINK(1)" in kept.read_text(encoding="utf-8-sig")
    corrected.write_text(kept.read_text(encoding="utf-8-sig").replace("2/3/23", "2/3/2023"), encoding="utf-8-sig")
    take(tmp_path / "edition", corrected)
    found = table_of(tmp_path / "edition")
    assert [row["dossier"] for row in found] == ["H00001", "H00003", "H00002"]
    assert found[2]["applicant"] == "=HYPERLINK(1)"
    assert found[2]["received_on"] == found[0]["received_on"]


def test_rows_below_titles_are_imported_again_with_the_same_mapping(tmp_path: Path) -> None:
    from tests.unit.records.small_records import MAPPING

    mapping = MAPPING + 'header_row: 3\nseparator: ";"\n'
    file = tmp_path / "x.csv"
    write_csv(file, [dossier(1), dossier(2, unit="P77")])
    file.write_text("BÁO CÁO\n\n" + file.read_text().replace(",", ";"))
    take(tmp_path / "edition", file, mapping=mapping)
    assert [reason["row"] for reason in reasons_of(tmp_path / "edition")] == ["5"]
    assert [reason["kept_row"] for reason in reasons_of(tmp_path / "edition")] == ["4"]
    corrected = tmp_path / "corrected.csv"
    corrected.write_text(kept_rows(tmp_path / "edition").read_text(encoding="utf-8-sig").replace("P77", "P02"))
    take(tmp_path / "edition", corrected, mapping=mapping)
    assert [row["unit"] for row in table_of(tmp_path / "edition")] == ["P01", "P02"]


def test_too_many_bad_records_refuse_the_whole_file(tmp_path: Path) -> None:
    rows = [dossier(n, received_on="?") if n % 3 == 0 else dossier(n) for n in range(9)]
    file = write_csv(tmp_path / "x.csv", rows)
    done = take(tmp_path / "edition", file, bad_share="0.33")
    assert not done.files and not list((tmp_path / "edition").rglob("*.parquet"))
    share, *examples = done.problems
    assert share.words("vi").startswith("x.csv: 3 trên 9 bản ghi có lỗi, quá 33 %: RECORD-DATE 3.")
    assert [problem.where.line for problem in examples] == [2, 5, 8]
    assert '"?" không phải là ngày' in examples[0].words("vi")
    assert take(tmp_path / "edition", file, bad_share="0.34").files[0].taken == 6
