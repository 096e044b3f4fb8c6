"""A file that cannot be taken is refused by name, with what to do; nothing of it is imported."""

from __future__ import annotations

import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.unit.records.small_records import HEADER, MAPPING, dossier, refusal, table_of, take, write_csv

from parindex.problems import ProblemsFound
from parindex.records.journal import record_set
from parindex.records.legacy import find_legacy, in_tcvn3, in_vni
from parindex.tables.record_tables import DOSSIERS


def parquet_of(path: Path, rows: list[list[str]], **other: object) -> Path:
    columns = {name: [row[at] for row in rows] for at, name in enumerate(HEADER)}
    pq.write_table(pa.table({**columns, **other}), path)
    return path


def test_an_empty_file_and_a_header_alone(tmp_path: Path) -> None:
    (tmp_path / "nothing.csv").write_bytes(b"")
    (tmp_path / "mark.csv").write_bytes(b"\xef\xbb\xbf")
    write_csv(tmp_path / "header.csv", [])
    (tmp_path / "blank.csv").write_text(",".join(HEADER) + "\n\n,,,,,,,,,,,\n\n")
    pq.write_table(pa.table({name: pa.array([], pa.string()) for name in HEADER}), tmp_path / "none.parquet")
    for name in ("nothing.csv", "mark.csv", "header.csv", "blank.csv", "none.parquet"):
        (problem,) = refusal(tmp_path / "edition", tmp_path / name)
        assert (problem.code, problem.where.file) == ("RECORDS-EMPTY", name), name


def test_a_renamed_column_names_the_nearest(tmp_path: Path) -> None:
    header = [name.replace("Ngày hẹn trả", "Hạn trả hồ sơ") for name in HEADER]
    header[header.index("Cơ quan")] = "Cơ quan giải quyết"
    problems = refusal(tmp_path / "edition", write_csv(tmp_path / "x.csv", [dossier(1)], header))
    assert [problem.code for problem in problems] == ["RECORDS-COLUMN-MISSING"] * 2
    assert (
        problems[0].words("vi").startswith('x.csv, dòng 1: không có cột "Cơ quan"; gần nhất là "Cơ quan giải quyết".')
    )
    assert 'Thêm tên mới vào header của due_on trong tệp ánh xạ. Các cột của tệp: "Mã tỉnh"' in problems[1].words("vi")


def test_a_column_that_stands_twice(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "x.csv", [[*dossier(1), "B"]], [*HEADER, "MÃ HỒ SƠ "])
    assert take(tmp_path / "other", file).files[0].taken == 1  # as it is written, only one is "Mã hồ sơ"
    file = write_csv(tmp_path / "x.csv", [[*dossier(1), "B"]], [*HEADER, "Mã hồ sơ"])
    (problem,) = refusal(tmp_path / "edition", file)
    assert problem.words("vi").startswith('x.csv, dòng 1: có 2 cột tên "Mã hồ sơ". Không biết dossier nằm ở cột nào.')


def test_all_files_are_looked_at_before_one_is_taken(tmp_path: Path) -> None:
    good = write_csv(tmp_path / "good.csv", [dossier(1)])
    bad = write_csv(tmp_path / "bad.csv", [dossier(1)], ["?", *HEADER[1:]])
    missing = tmp_path / "missing.csv"
    odd = tmp_path / "x.docx"
    odd.write_bytes(b"x")
    problems = refusal(tmp_path / "edition", good, bad, missing, odd)
    assert {problem.code for problem in problems} == {"RECORDS-COLUMN-MISSING", "FILE-MISSING", "RECORDS-FILE-KIND"}
    assert str(missing) in "".join(problem.words("vi") for problem in problems)


def test_another_separator(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "x.csv", [dossier(1)])
    file.write_text(file.read_text().replace(",", ";"))
    (problem,) = refusal(tmp_path / "edition", file)
    assert 'Ghi separator: ";"' in problem.words("vi")
    take(tmp_path / "edition", file, mapping=MAPPING + 'separator: ";"\n')
    assert len(table_of(tmp_path / "edition")) == 1


def test_a_quote_that_is_never_closed_names_its_line(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "x.csv", [dossier(number) for number in range(50)])
    lines = file.read_text().splitlines()
    lines[30] = lines[30].replace(",Nguyễn Văn A", ',"Nguyễn Văn A')
    file.write_text("\n".join(lines) + "\n")
    (problem,) = refusal(tmp_path / "edition", file)
    assert (problem.code, problem.where.line) == ("RECORDS-QUOTE", 31)


def test_quotes_inside_of_cells_are_text(tmp_path: Path) -> None:
    """Stray quotes, quoted line ends and doubled quotes, in odd numbers: found one by one where parity fails."""
    names = ["", 'Lê "Bi" Văn', 'màn 5"', "hai\ndòng", 'a"\n"b', "x"]
    file = tmp_path / "x.csv"
    write_csv(file, [dossier(number, applicant=name) for number, name in enumerate(names)])
    text = file.read_text().replace('"màn 5"""', 'màn 5"')
    assert 'màn 5"\n' in text
    file.write_text(text)
    take(tmp_path / "edition", file)
    assert [row["applicant"] for row in table_of(tmp_path / "edition")] == [None, *names[1:]]


@pytest.mark.parametrize(("write", "code"), [(in_tcvn3, "TCVN3 (ABC)"), (in_vni, "VNI")])
def test_old_font_codes_are_recognised(tmp_path: Path, write: object, code: str) -> None:
    assert callable(write)
    text = "\n".join(",".join(write(cell) for cell in row) for row in (HEADER, dossier(1)))
    for encoding in ("latin-1", "utf-8"):
        file = tmp_path / "old.csv"
        file.write_bytes(text.encode(encoding))
        (problem,) = refusal(tmp_path / "edition", file)
        assert problem.code == "RECORDS-LEGACY", encoding
        assert f"mã {code}" in problem.words("vi") and 'là "Mã tỉnh"' in problem.words("vi")


def test_known_words_in_old_font_codes() -> None:
    """As these fonts store them, seen with another font."""
    assert in_tcvn3("Ngày tiếp nhận") == "Ngµy tiÕp nhËn"
    assert in_vni("Ngày tiếp nhận") == "Ngaøy tieáp nhaän"
    assert in_tcvn3("Cộng hòa xã hội chủ nghĩa Việt Nam").startswith("Céng hßa x· héi chñ nghÜa ViÖt Nam")
    assert in_vni("Cộng hòa xã hội chủ nghĩa Việt Nam") == "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam"
    assert find_legacy(["Maõ hoà sô"], ["Mã hồ sơ"]) is not None
    assert find_legacy(["Mã hồ sơ", "ma ho so"], ["Mã hồ sơ"]) is None


def test_windows_1258_has_to_be_declared(tmp_path: Path) -> None:
    import unicodedata

    # The code page has letters with circumflex or horn, and tones as marks behind them.
    keep = {"\u0302": "âêôÂÊÔ", "\u031b": "ơưƠƯ", "\u0306": "ăĂ"}

    def spread(text: str) -> str:
        out = ""
        for letter in text:
            parts = unicodedata.normalize("NFD", letter)
            stem = unicodedata.normalize("NFC", parts[0] + "".join(m for m in parts[1:] if m in keep))
            out += stem + "".join(mark for mark in parts[1:] if mark not in keep)
        return out

    text = "\n".join(",".join(spread(cell) for cell in row) for row in (HEADER, dossier(1, applicant="Trần Thị Ước")))
    file = tmp_path / "old.csv"
    file.write_bytes(text.encode("cp1258"))
    (problem,) = refusal(tmp_path / "edition", file)
    assert problem.code == "RECORDS-ENCODING" and "encoding: windows-1258" in problem.words("vi")
    take(tmp_path / "edition", file, mapping=MAPPING + "encoding: windows-1258\n")
    assert [row["applicant"] for row in table_of(tmp_path / "edition")] == ["Trần Thị Ước"]


def test_a_parquet_file_that_was_cut_off(tmp_path: Path) -> None:
    whole = parquet_of(tmp_path / "x.parquet", [dossier(number) for number in range(500)])
    (tmp_path / "cut.parquet").write_bytes(whole.read_bytes()[:-200])
    (problem,) = refusal(tmp_path / "edition", tmp_path / "cut.parquet")
    assert (problem.code, problem.where.file) == ("RECORDS-PARQUET-DAMAGED", "cut.parquet")
    content = bytearray(whole.read_bytes())
    content[200:2200] = bytes(2000)
    (tmp_path / "spoilt.parquet").write_bytes(content)
    problems = refusal(tmp_path / "edition", tmp_path / "spoilt.parquet")
    assert (problems[0].code, problems[0].where.file) == ("RECORDS-PARQUET-DAMAGED", "spoilt.parquet")
    assert not list((tmp_path / "edition").rglob("chunk-*"))


def test_a_parquet_file_of_lists(tmp_path: Path) -> None:
    file = parquet_of(tmp_path / "x.parquet", [dossier(1)], papers=[["a", "b"]])
    (problem,) = refusal(tmp_path / "edition", file)
    assert problem.code == "RECORDS-PARQUET-TYPE" and 'cột "papers" có kiểu list' in problem.words("vi")


def test_a_folder_of_two_schemas(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    parquet_of(folder / "a.parquet", [dossier(1)])
    parquet_of(folder / "b.parquet", [dossier(2)])
    assert len(take(tmp_path / "other", folder).files) == 2
    parquet_of(folder / "c.parquet", [dossier(3)], fee=[1])
    (problem,) = refusal(tmp_path / "edition", folder)
    assert problem.words("en").startswith("c.parquet: the columns differ from those of a.parquet: +fee int64.")
    (tmp_path / "bare").mkdir()
    assert refusal(tmp_path / "edition", tmp_path / "bare")[0].code == "RECORDS-FOLDER-EMPTY"


def test_a_strange_or_damaged_part_in_the_table(tmp_path: Path) -> None:
    edition = tmp_path / "edition"
    with pytest.raises(ProblemsFound, match="RECORDS-NONE"):
        record_set(edition, DOSSIERS)
    take(edition, write_csv(tmp_path / "x.csv", [dossier(1)]))
    (part,) = record_set(edition, DOSSIERS).files
    content = part.read_bytes()
    part.with_name("more.parquet").write_bytes(content)
    with pytest.raises(ProblemsFound, match=r"more.parquet: this file is not in the journal of imports\."):
        record_set(edition, DOSSIERS)
    out = io.BytesIO()
    pq.write_table(pa.table({"unit": [1]}), out)
    part.with_name("more.parquet").write_bytes(out.getvalue())
    with pytest.raises(ProblemsFound, match=r"has another schema .*unit: string → int64"):
        record_set(edition, DOSSIERS)
    part.with_name("more.parquet").unlink()
    part.write_bytes(content[:-1] + b"x")
    assert record_set(edition, DOSSIERS).rows == 1
    with pytest.raises(ProblemsFound, match="RECORDS-PART"):
        record_set(edition, DOSSIERS, verify=True)
    part.unlink()
    with pytest.raises(ProblemsFound, match="RECORDS-PART"):
        record_set(edition, DOSSIERS)
    (part.parent / "import.json").write_text("{}")
    with pytest.raises(ProblemsFound, match="RECORDS-JOURNAL"):
        record_set(edition, DOSSIERS)
