"""What a table becomes: the same bytes by any road, nothing twice, nothing lost."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.records.small_records import (
    HEADER,
    MAPPING,
    dossier,
    reasons_of,
    table_of,
    take,
    write_csv,
)

from parindex.documents.writing import write_file
from parindex.problems import ProblemsFound
from parindex.records.exports import ChunkSizes
from parindex.records.journal import record_set
from parindex.records.removing import remove_source
from parindex.tables.record_tables import DOSSIERS
from parindex.workbooks import new_workbook

SMALL = ChunkSizes(csv_bytes=3_000, parquet_rows=7, workbook_rows=7)


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def some(count: int) -> list[list[str]]:
    """Right and wrong records, repeats and conflicts among them."""
    rows = []
    for number in range(count):
        rows.append(dossier(number, channel=("Trực tuyến", "qua mang", "")[number % 3]))
        if number % 11 == 5:
            rows.append(dossier(number + 10_000, received_on="?"))
        if number % 13 == 7:
            rows.append(dossier(number // 2, channel=("Trực tuyến", "qua mang", "")[number // 2 % 3]))
        if number % 17 == 9:
            rows.append(dossier(number // 3, applicant="Lê Thị B"))
    return rows


def test_a_value_of_each_type(tmp_path: Path) -> None:
    take(tmp_path / "edition", write_csv(tmp_path / "x.csv", [dossier(1, due_on="", digitised="")]))
    (record,) = table_of(tmp_path / "edition")
    assert record == {
        "unit": "P01",
        "office": "P01-S1",
        "level": "province",
        "dossier": "H00001",
        "procedure": "1.000123",
        "received_on": date(2023, 3, 2),
        "due_on": None,
        "settled_on": date(2023, 3, 15),
        "returned_on": date(2023, 3, 16),
        "channel": "counter",
        "payment": None,
        "digitised": None,
        "apology": None,
        "applicant": "Nguyễn Văn A",
        "applicant_number": None,
        "applicant_phone": None,
        "source_row": 2,
    }
    (file,) = record_set(tmp_path / "edition", DOSSIERS).files
    types = {field.name: str(field.type) for field in pq.read_schema(file)}
    assert (types["received_on"], types["digitised"], types["unit"]) == ("date32[day]", "bool", "string")


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    edition = tmp_path / "edition"
    file = write_csv(tmp_path / "x.csv", some(60))
    (first,) = take(edition, file).files
    before = tree(edition)
    again = take(edition, file, write_csv(tmp_path / "copy.csv", some(60)))
    assert [(each.known, each.taken) for each in again.files] == [(True, first.taken)] * 2
    assert tree(edition) == before
    (notice,) = take(edition, file, mapping=MAPPING + "dates: mm/dd/yyyy\n").notices
    assert notice.code == "RECORDS-MAPPING-OTHER"
    assert tree(edition) == before


def test_the_first_of_a_key_is_kept(tmp_path: Path) -> None:
    """Same key and content: counted once. Same key and other content: the later goes to quarantine, and says why."""
    edition = tmp_path / "edition"
    one = write_csv(tmp_path / "one.csv", [dossier(1), dossier(2), dossier(1), dossier(2, applicant="B")])
    two = write_csv(tmp_path / "two.csv", [dossier(2), dossier(3), dossier(1, digitised=""), dossier(4, unit="P02")])
    first, second = take(edition, one, two).files
    assert (first.taken, first.repeated, first.quarantined) == (2, 1, 1)
    assert (second.taken, second.repeated, second.quarantined) == (2, 1, 1)
    found = [(row["unit"], row["dossier"], row["applicant"]) for row in table_of(edition)]
    assert found == [
        ("P01", "H00001", "Nguyễn Văn A"),
        ("P01", "H00002", "Nguyễn Văn A"),
        ("P01", "H00003", "Nguyễn Văn A"),
        ("P02", "H00004", "Nguyễn Văn A"),
    ]
    told = [(r["row"], r["code"], r["value"], r["reason_vi"].split(".")[0]) for r in reasons_of(edition)]
    assert told == [
        ("5", "RECORD-CONFLICT", "P01 H00002", '"P01 H00002" đã có với nội dung khác, ở one'),
        ("4", "RECORD-CONFLICT", "P01 H00001", '"P01 H00001" đã có với nội dung khác, ở one'),
    ]
    rows = sorted((edition / "records" / "quarantine").glob("*two*.rows.csv"))[0].read_text(encoding="utf-8-sig")
    assert rows.splitlines()[1] == ",".join(dossier(1, digitised=""))


def test_any_chunk_size_gives_the_same_records(tmp_path: Path) -> None:
    rows = some(200)
    file = write_csv(tmp_path / "x.csv", rows)
    whole = take(tmp_path / "whole", file).files
    pieces = take(tmp_path / "pieces", file, sizes=SMALL).files
    assert len(record_set(tmp_path / "pieces", DOSSIERS).files) > 5
    assert table_of(tmp_path / "whole") == table_of(tmp_path / "pieces")
    assert reasons_of(tmp_path / "whole") == reasons_of(tmp_path / "pieces")
    assert [(e.rows, e.taken, e.repeated, e.reasons) for e in whole] == [
        (e.rows, e.taken, e.repeated, e.reasons) for e in pieces
    ]
    assert whole[0].rows == len(rows) == whole[0].taken + whole[0].repeated + whole[0].quarantined


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be-mark"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_encodings_and_line_ends(tmp_path: Path, encoding: str, line_end: str) -> None:
    rows = [dossier(number, applicant="Đặng Thị Ngọc Ánh 🙂" * (number % 3)) for number in range(90)]
    text = write_csv(tmp_path / "x.csv", rows).read_text().replace("\n", line_end).removesuffix(line_end)
    content = b"\xfe\xff" + text.encode("utf-16-be") if encoding == "utf-16-be-mark" else text.encode(encoding)
    (tmp_path / "x.csv").write_bytes(content)
    for name, sizes in (("whole", ChunkSizes()), ("pieces", SMALL)):
        take(tmp_path / name, tmp_path / "x.csv", sizes=sizes)
        found = table_of(tmp_path / name)
        assert [row["applicant"] or "" for row in found] == [row[-1] for row in rows]
        assert [row["source_row"] for row in found] == list(range(2, 92))


def test_decomposed_letters_and_headers_in_other_dress(tmp_path: Path) -> None:
    import unicodedata

    header = ["MA TINH", " Cơ quan:", "cấp (*)", "mã  hồ sơ", *HEADER[4:]]
    rows = [[unicodedata.normalize("NFD", cell) for cell in row] for row in (header, dossier(1, applicant="Hoà Huế"))]
    file = write_csv(tmp_path / "x.csv", rows[1:], rows[0])
    take(tmp_path / "edition", file)
    (record,) = table_of(tmp_path / "edition")
    assert (record["applicant"], record["level"]) == ("Hoà Huế", "province")


def test_dates_as_offices_write_them(tmp_path: Path) -> None:
    day = {
        "2/3/2023": date(2023, 3, 2),
        "02-03-2023": date(2023, 3, 2),
        "2.3.2023": date(2023, 3, 2),
        "2023-03-02": date(2023, 3, 2),
        "2023/3/2": date(2023, 3, 2),
        "20230302": date(2023, 3, 2),
        "44987": date(2023, 3, 2),
        "44987.6042": date(2023, 3, 2),
        "02/03/2023 14:30": date(2023, 3, 2),
        "02/03/2023 02:30:15 CH": date(2023, 3, 2),
        "14:30 02/03/2023": date(2023, 3, 2),
        "2023-03-02T14:30:00.000": date(2023, 3, 2),
        "2023-03-02T18:30:00Z": date(2023, 3, 3),
        "2023-03-02T23:30:00+07:00": date(2023, 3, 2),
    }
    rows = [dossier(number, received_on=text, due_on="") for number, text in enumerate(day)]
    take(tmp_path / "edition", write_csv(tmp_path / "x.csv", rows))
    assert [row["received_on"] for row in table_of(tmp_path / "edition")] == list(day.values())
    mapping = MAPPING + "dates: mm/dd/yyyy\n"
    rows = [dossier(1, received_on="03/02/2023", due_on="", settled_on="", returned_on="")]
    take(tmp_path / "american", write_csv(tmp_path / "x.csv", rows), mapping=mapping)
    assert table_of(tmp_path / "american")[0]["received_on"] == date(2023, 3, 2)


def test_times_of_day_that_are_all_different(tmp_path: Path) -> None:
    """More distinct texts than a chunk remembers one by one."""
    start = datetime(2023, 3, 2, 7, 0, 0, tzinfo=UTC)
    texts = [(start + timedelta(seconds=7 * number)).strftime("%d/%m/%Y %H:%M:%S") for number in range(3_000)]
    rows = [dossier(number, received_on=text, due_on="") for number, text in enumerate(texts)]
    rows[5][5] = "02/03/2023 lúc 7 giờ"
    (done,) = take(tmp_path / "edition", write_csv(tmp_path / "x.csv", rows)).files
    assert (done.taken, done.reasons) == (2_999, {"RECORD-DATE": 1})
    assert {row["received_on"] for row in table_of(tmp_path / "edition")} == {date(2023, 3, 2)}
    assert reasons_of(tmp_path / "edition")[0]["value"] == "02/03/2023 lúc 7 giờ"


def test_texts_that_mean_empty(tmp_path: Path) -> None:
    mapping = MAPPING + 'empty: ["-", "Không có", "NULL"]\n'
    rows = [dossier(1, due_on="-", applicant="không có"), dossier(2, channel="null", applicant="Không Có Ai")]
    take(tmp_path / "edition", write_csv(tmp_path / "x.csv", rows), mapping=mapping)
    found = [(row["due_on"] is None, row["channel"], row["applicant"]) for row in table_of(tmp_path / "edition")]
    assert found == [(True, "counter", None), (False, None, "Không Có Ai")]


def test_parquet_of_any_types(tmp_path: Path) -> None:
    rows = [dossier(number) for number in range(20)]
    columns: dict[str, object] = {name: [row[at] for row in rows] for at, name in enumerate(HEADER)}
    columns["Ngày tiếp nhận"] = [datetime(2023, 3, 1, 20, number, tzinfo=UTC) for number in range(20)]
    columns["Ngày hẹn trả"] = [date(2023, 3, 20)] * 19 + [None]
    columns["Ngày có kết quả"] = pa.array(["15/03/2023"] * 20).dictionary_encode()
    columns["Ngày trả"] = [45001] * 20
    columns["Số hóa"] = [True, False] * 10
    columns["Mã hồ sơ"] = [1_000 + number for number in range(20)]
    columns["Mã thủ tục"] = [1.5] + [2.0] * 19
    pq.write_table(pa.table(columns), tmp_path / "x.parquet", row_group_size=9)
    (done,) = take(tmp_path / "edition", tmp_path / "x.parquet", sizes=SMALL).files
    assert done.reasons == {"RECORD-CODE-NUMBER": 1}
    found = table_of(tmp_path / "edition")
    assert {row["received_on"] for row in found} == {date(2023, 3, 2)}
    assert {row["returned_on"] for row in found} == {date(2023, 3, 16)}
    assert (found[-1]["due_on"], found[0]["digitised"], found[0]["dossier"]) == (None, False, "1001")
    assert found[0]["procedure"] == "2"
    (reason,) = reasons_of(tmp_path / "edition")
    assert (reason["row"], reason["column"], reason["value"]) == ("2", "Mã thủ tục", "1.5")


def test_a_sheet_of_a_workbook(tmp_path: Path) -> None:
    import io

    out = io.BytesIO()
    with new_workbook(out) as book:
        book.add_worksheet("Bìa").write(0, 0, "Báo cáo")
        sheet = book.add_worksheet("Hồ sơ")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write(0, 0, "DANH SÁCH HỒ SƠ")
        for at, name in enumerate(HEADER):
            sheet.write(2, at, name)
        for number in range(20):
            for at, text in enumerate(dossier(number)):
                sheet.write_string(3 + number, at, text)
            sheet.write_datetime(3 + number, 5, date(2023, 3, 2), day)
            sheet.write_number(3 + number, 6, 45005)
        sheet.write_number(4, 4, 1.00123)
        sheet.write_formula(5, 4, "=1+1", None, "2")
        sheet.write_string(6, 5, "31/02/2023")
        sheet.write_blank(40, 3, None, day)
    write_file(tmp_path / "x.xlsx", out.getvalue())
    mapping = MAPPING + 'sheet: "Hồ sơ"\nheader_row: 3\n'
    (done,) = take(tmp_path / "edition", tmp_path / "x.xlsx", mapping=mapping, sizes=SMALL).files
    assert (done.rows, done.taken) == (20, 17)
    found = table_of(tmp_path / "edition")
    assert {(row["received_on"], row["due_on"]) for row in found} == {(date(2023, 3, 2), date(2023, 3, 20))}
    told = [(r["row"], r["column"], r["value"], r["code"]) for r in reasons_of(tmp_path / "edition")]
    assert told == [
        ("5", "Mã thủ tục", "1.00123", "RECORD-CODE-NUMBER"),
        ("6", "Mã thủ tục", "=2", "RECORD-CELL"),
        ("7", "Ngày tiếp nhận", "31/02/2023", "RECORD-DATE"),
    ]
    with pytest.raises(ProblemsFound, match=r'there is no sheet "Thiếu".*"Bìa", "Hồ sơ"'):
        take(tmp_path / "edition", write_copy(tmp_path), mapping=MAPPING + 'sheet: "Thiếu"\n')


def write_copy(folder: Path) -> Path:
    """The same workbook with other bytes, so that it is not known."""
    import zipfile

    with zipfile.ZipFile(folder / "x.xlsx") as old, zipfile.ZipFile(folder / "y.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return folder / "y.xlsx"


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "x.csv", some(60))
    edition = tmp_path / "edition"
    edition.mkdir()
    (tried,) = take(edition, file, dry_run=True).files
    assert tree(edition) == {}
    (done,) = take(edition, file).files
    assert (tried.rows, tried.taken, tried.reasons) == (done.rows, done.taken, done.reasons)
    assert dict(tried.columns)["dossier"] == "Mã hồ sơ"
    assert tried.examples[0].row == 8 and tried.examples[0].column == "Ngày tiếp nhận"


def test_a_source_is_taken_out_with_those_that_leaned_on_it(tmp_path: Path) -> None:
    edition = tmp_path / "edition"
    one = write_csv(tmp_path / "one.csv", [dossier(1), dossier(2, unit="P77")])
    apart = write_csv(tmp_path / "apart.csv", [dossier(5)])
    two = write_csv(tmp_path / "two.csv", [dossier(1), dossier(3)])
    take(edition, one, apart, two)
    assert [each.name for each in remove_source(edition, DOSSIERS, "one.csv")] == ["one.csv", "two.csv"]
    assert [row["dossier"] for row in table_of(edition)] == ["H00005"]
    assert not reasons_of(edition)
    take(edition, two, one)
    assert [row["dossier"] for row in table_of(edition)] == ["H00005", "H00001", "H00003"]
    with pytest.raises(ProblemsFound, match="RECORDS-SOURCE"):
        remove_source(edition, DOSSIERS, "none.csv")


def test_fingerprints_that_are_missing_are_made_again(tmp_path: Path) -> None:
    edition = tmp_path / "edition"
    take(edition, write_csv(tmp_path / "one.csv", some(50)), sizes=SMALL)
    keys = sorted(edition.rglob("*.parquet.keys"))
    before = tree(edition)
    for path in keys[::2]:
        path.unlink()
    take(edition, write_csv(tmp_path / "two.csv", some(51)), sizes=SMALL)
    assert {name: digest for name, digest in tree(edition).items() if name in before and "import.json" not in name} == {
        name: digest for name, digest in before.items() if "import.json" not in name
    }


def test_the_digest_is_over_the_parts_in_order(tmp_path: Path) -> None:
    edition = tmp_path / "edition"
    take(edition, write_csv(tmp_path / "x.csv", some(60)), sizes=SMALL)
    found = record_set(edition, DOSSIERS)
    parts = [hashlib.sha256(path.read_bytes()).hexdigest() for path in found.files]
    assert found.digest == hashlib.sha256("".join(f"{part}\n" for part in parts).encode()).hexdigest()
    assert json.loads((edition / "records/dossiers/import.json").read_text())["digest"] == found.digest
    assert found.rows == len(table_of(edition))
