"""Verifying: whatever is changed, lost or added is named; what was sealed anew does not come out of its own values."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.unit.publication.sealing import (
    DECISION,
    flip,
    manifest_in,
    replace_text,
    seal_again,
    write_sealed,
)
from tests.unit.publication.simulated_edition import SIMULATED_CHANGES

from parindex.problems import ProblemsFound
from parindex.publication.freeze import publish, seal_in
from parindex.publication.release import PUBLIC_TABLES
from parindex.publication.verify import Verification, verify
from parindex.results.result import read_result
from parindex.sources import digest_of

PROGRAMME = ("edition.yaml", "framework.yaml", "history.csv", "means.csv", "published.csv", "units.csv")
FILES = (
    "manifest.json",
    "README.md",
    "datapackage.json",
    "explanations.json",
    "publication.xlsx",
    *(spec.file_name for spec in PUBLIC_TABLES),
    *(f"json/{spec.name}.json" for spec in PUBLIC_TABLES),
    *(f"parquet/{spec.name}.parquet" for spec in PUBLIC_TABLES),
    *(f"programme/{name}" for name in PROGRAMME),
)


def found(verification: Verification) -> list[tuple[str, str]]:
    return [(problem.code, problem.where.file) for problem in verification.problems]


def codes(verification: Verification) -> list[str]:
    return [problem.code for problem in verification.problems]


def test_a_publication_and_its_results_verify(made: Path) -> None:
    for folder in (made / "result", made / "line/v1"):
        verification = verify(folder, edition=made / "edition", seal=seal_in(folder))
        assert verification.problems == ()
        assert verification.ok and verification.simulated
        assert verification.seal == seal_in(folder)
    assert verification.kind == "publication"
    assert verification.version == "2023-mô-phỏng-v1"


def test_every_check_speaks_both_languages(made: Path) -> None:
    for check in verify(made / "line/v1", edition=made / "edition").checks:
        assert check.says.vi and check.says.en and check.says.vi != check.says.en


def test_these_are_all_files(made: Path) -> None:
    folder = made / "line/v1"
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_one_byte_changed_fails_and_names_the_file(name: str, publication: Path) -> None:
    flip(publication / name)
    verification = verify(publication)
    assert not verification.ok
    assert verification.failed_files == (name,)


def test_any_byte_of_the_manifest(publication: Path) -> None:
    path = publication / "manifest.json"
    good = path.read_bytes()
    for place in range(0, len(good), 23):
        flip(path, place)
        verification = verify(publication)
        assert verification.failed_files == ("manifest.json",), place
        path.write_bytes(good)
    assert verify(publication).ok


def test_a_space_that_changes_no_value(publication: Path) -> None:
    path = publication / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"kind": ', b'"kind":  '))
    assert found(verify(publication)) == [("MANIFEST-CHANGED", "manifest.json")]


@pytest.mark.parametrize("name", [name for name in FILES if name != "manifest.json"])
def test_a_lost_file_is_named(name: str, publication: Path) -> None:
    (publication / name).unlink()
    assert found(verify(publication)) == [("FILE-LOST", name)]


@pytest.mark.parametrize("name", ["notes.txt", "json/.hidden", "parquet/scores.parquet.bak"])
def test_an_added_file_is_named(name: str, publication: Path) -> None:
    (publication / name).write_bytes(b"")
    assert found(verify(publication)) == [("FILE-UNLISTED", name)]


def test_a_link_that_was_put_there_is_named(publication: Path) -> None:
    (publication / "link").symlink_to(publication.parent)
    assert found(verify(publication)) == [("FILE-UNLISTED", "link")]


def test_all_changed_files_are_named_at_once(publication: Path) -> None:
    flip(publication / "ranks.csv")
    flip(publication / "README.md")
    (publication / "means.csv").unlink()
    (publication / "new.csv").write_bytes(b"x")
    assert sorted(found(verify(publication))) == [
        ("FILE-CHANGED", "README.md"),
        ("FILE-CHANGED", "ranks.csv"),
        ("FILE-LOST", "means.csv"),
        ("FILE-UNLISTED", "new.csv"),
    ]


# -- sealed anew ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["result", "publication"])
def test_a_changed_score_is_found_by_recomputing(kind: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(kind)
    replace_text(folder / "scores.csv", ",scored,2.4000,", ",scored,2.9000,")
    seal_again(folder)
    verification = verify(folder)
    assert found(verification) == [("TABLE-DIFFERS", "scores.csv")]
    words = verification.problems[0].words("en")
    line = 1 + (folder / "scores.csv").read_text(encoding="utf-8").split("2.9000")[0].count("\n")
    assert f"scores.csv, line {line}" in words
    assert "2.9000" in words and "2.4000" in words


def test_a_changed_accepted_value_is_found_by_recomputing(publication: Path) -> None:
    replace_text(publication / "accepted.csv", ",numerator,final,90,", ",numerator,final,95,")
    seal_again(publication)
    verification = verify(publication)
    assert {"scores.csv", "index_values.csv", "ranks.csv", "means.csv"} <= set(verification.failed_files)
    assert "json/accepted.json" in verification.failed_files


def test_a_changed_rule_is_found(publication: Path) -> None:
    replace_text(publication / "programme/framework.yaml", "points_each: 1,", "points_each: 0.5,")
    seal_again(publication)
    verification = verify(publication)
    assert ("PROGRAMME-DIFFERS", "programme/framework.yaml") in found(verification)
    assert "scores.csv" in verification.failed_files


@pytest.mark.parametrize("name", ["json/ranks.json", "explanations.json", "README.md", "datapackage.json"])
def test_a_changed_export_is_found_though_it_was_sealed_anew(name: str, publication: Path) -> None:
    path = publication / name
    path.write_bytes(
        path.read_bytes().replace(b"U1", b"U9", 1) if b"U1" in path.read_bytes() else path.read_bytes() + b" "
    )
    seal_again(publication)
    assert found(verify(publication)) == [("EXPORT-DIFFERS", name)]


def test_parquet_written_otherwise_says_the_same(publication: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    path = publication / "parquet/ranks.parquet"
    table = pq.read_table(path)
    pq.write_table(table, path, compression="gzip", row_group_size=1)
    seal_again(publication)
    assert verify(publication).ok


def test_a_parquet_value_that_differs_is_found(publication: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = publication / "parquet/ranks.parquet"
    table = pq.read_table(path)
    place = table.schema.get_field_index("rank")
    ranks = pa.array([9, *table.column(place).to_pylist()[1:]], pa.int64())
    pq.write_table(table.set_column(place, table.schema.field(place), ranks), path)
    seal_again(publication)
    assert found(verify(publication)) == [("EXPORT-DIFFERS", "parquet/ranks.parquet")]


def test_what_is_no_parquet_or_no_workbook_is_found(publication: Path) -> None:
    for name in ("parquet/ranks.parquet", "publication.xlsx"):
        (publication / name).write_bytes(b"PAR1 nothing")
    seal_again(publication)
    assert found(verify(publication)) == [
        ("EXPORT-DIFFERS", "parquet/ranks.parquet"),
        ("EXPORT-DIFFERS", "publication.xlsx"),
    ]


def test_a_workbook_written_otherwise_says_the_same(publication: Path) -> None:
    save_with_openpyxl(publication / "publication.xlsx", None)
    seal_again(publication)
    assert verify(publication).problems == ()


def test_a_workbook_cell_that_differs_is_found(publication: Path) -> None:
    save_with_openpyxl(publication / "publication.xlsx", ("Thứ hạng - Ranks", "A8", 3))
    seal_again(publication)
    assert found(verify(publication)) == [("EXPORT-DIFFERS", "publication.xlsx")]


def save_with_openpyxl(path: Path, change: tuple[str, str, Any] | None) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(path)
    if change is not None:
        sheet, cell, value = change
        assert book[sheet][cell].value not in (None, value)
        book[sheet][cell].value = value
    out = io.BytesIO()
    book.save(out)
    path.write_bytes(out.getvalue())


@pytest.mark.parametrize(
    "name", ["ranks.csv", "not_applicable.csv", "json/means.json", "publication.xlsx", "README.md"]
)
def test_a_file_taken_out_together_with_its_entry_is_missed(name: str, publication: Path) -> None:
    (publication / name).unlink()
    seal_again(publication)
    assert ("FILE-LOST", name) in found(verify(publication))


def test_a_file_added_together_with_an_entry_is_found(publication: Path) -> None:
    (publication / "press.csv").write_bytes(b"rank\n1\n")
    seal_again(publication)
    assert found(verify(publication)) == [("FILE-EXTRA", "press.csv")]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("simulated", False),
        ("label", {"vi": "Số liệu chính thức", "en": "Official figures"}),
        ("name", {"vi": "x", "en": "y"}),
        ("programme", "another"),
        ("inputs", []),
        ("frameworks", []),
        ("more", 1),
        ("version", "2024-v1"),
    ],
)
def test_a_manifest_that_says_something_else_than_its_files(key: str, value: object, publication: Path) -> None:
    write_sealed(publication, {**manifest_in(publication), key: value})
    assert ("MANIFEST-DIFFERS", "manifest.json") in found(verify(publication))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"files": 3}, "MANIFEST-BROKEN"),
        ({"files": [{"path": "../result/scores.csv", "sha256": "x", "size": 1}]}, "MANIFEST-PATH"),
        ({"files": [{"path": "/etc/hosts", "sha256": "x", "size": 1}]}, "MANIFEST-PATH"),
        ({"files": ["scores.csv"]}, "MANIFEST-PATH"),
        ({"format": 99}, "RESULT-FORMAT"),
        ({"kind": "draft"}, "RESULT-FORMAT"),
        ({"kind": ["result"]}, "RESULT-FORMAT"),
        ({"version": 7}, "MANIFEST-BROKEN"),
        ({"corrects": "v1"}, "MANIFEST-BROKEN"),
        ({"decision": None}, "MANIFEST-BROKEN"),
    ],
)
def test_a_manifest_that_cannot_be_used(changes: dict[str, object], code: str, publication: Path) -> None:
    write_sealed(publication, {**manifest_in(publication), **changes})
    verification = verify(publication)
    assert found(verification) == [(code, "manifest.json")]


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"[" * 100_000, b"\xff\xfe", b'{"files": []}', b"7"])
def test_what_is_no_manifest(content: bytes, publication: Path) -> None:
    (publication / "manifest.json").write_bytes(content)
    verification = verify(publication)
    assert found(verification) == [("MANIFEST-BROKEN", "manifest.json")]
    assert (verification.kind, verification.seal) == (None, None)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (",denominator,final,100,", ",denominator,final,abc,"),
        (",denominator,final,100,", ",denominator,final,,"),
        ("2023-mô-phỏng,U1,", "2023-mô-phỏng,U9,"),
        (",final,1.5,adjusted,", ",final,một,adjusted,"),
    ],
)
def test_accepted_values_that_no_rule_can_take(old: str, new: str, publication: Path) -> None:
    replace_text(publication / "accepted.csv", old, new)
    seal_again(publication)
    assert not verify(publication).ok


def test_the_announced_seal_shows_what_was_sealed_anew(publication: Path) -> None:
    announced = seal_in(publication)
    write_sealed(publication, {**manifest_in(publication), "code": {"parindex": "0.0.1"}})
    assert verify(publication).ok
    assert codes(verify(publication, seal=announced)) == ["SEAL-DIFFERS"]


def test_another_version_s_wording_is_not_compared_and_says_so(publication: Path) -> None:
    replace_text(publication / "README.md", "không bao giờ bị sửa", "được giữ nguyên")
    seal_again(publication, code={"parindex": "0.0.1"})
    verification = verify(publication)
    assert verification.ok
    assert [(notice.code, notice.where.file) for notice in verification.notices] == [("EXPORT-VERSION", "README.md")]


def test_another_version_s_figures_are_compared(publication: Path) -> None:
    replace_text(publication / "json/ranks.json", '"rank":1', '"rank":2')
    seal_again(publication, code={"parindex": "0.0.1"})
    assert found(verify(publication)) == [("EXPORT-DIFFERS", "json/ranks.json")]


# -- with the edition -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["result", "publication"])
def test_a_changed_edition_is_named_by_file_and_by_table(
    kind: str, edition: Path, request: pytest.FixtureRequest
) -> None:
    folder: Path = request.getfixturevalue(kind)
    replace_text(edition / "decisions.csv", "appraisal_1,8,", "appraisal_1,7,")
    verification = verify(folder, edition=edition)
    assert ("INPUT-CHANGED", "edition/decisions.csv") in found(verification)
    assert ("TABLE-DIFFERS", "accepted.csv") in found(verification)
    assert "from the edition" not in verification.problems[0].words("vi")
    assert verify(folder).ok


def test_lost_and_new_inputs_are_named(publication: Path, edition: Path) -> None:
    (edition / "not_applicable.csv").unlink()
    (edition / "unit_changes.csv").write_bytes(b"predecessor_code,successor_code,change_type,effective_date\n")
    verification = verify(publication, edition=edition)
    assert ("INPUT-LOST", "edition/not_applicable.csv") in found(verification)
    assert ("INPUT-NEW", "edition/unit_changes.csv") in found(verification)


def test_an_edition_that_cannot_be_read_fails(publication: Path, edition: Path) -> None:
    replace_text(edition / "units.csv", "U2,province", "U1,province")
    assert "UNIT-TWICE" in codes(verify(publication, edition=edition))


def test_everything_made_anew_shows_only_against_the_edition(
    publication: Path, edition: Path, tmp_path: Path, compute_and_write: Any
) -> None:
    """The whole chain forged: the folder is whole in itself, and not what the edition gives."""
    forged = shutil.copytree(edition, tmp_path / "forged")
    replace_text(forged / "decisions.csv", "appraisal_1,8,", "appraisal_1,10,")
    folder = publish(compute_and_write(forged, "forged-result"), tmp_path / "forged-line", decision=DECISION)
    assert verify(folder).ok
    assert "INPUT-CHANGED" in codes(verify(folder, edition=edition))
    assert codes(verify(folder, seal=seal_in(publication))) == ["SEAL-DIFFERS"]


# -- what is no folder ------------------------------------------------------------------------------------------


def test_a_folder_without_a_manifest(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(ProblemsFound) as raised:
            verify(folder)
        assert [problem.code for problem in raised.value.problems] == ["RESULT-MISSING"]


def test_a_line_of_publications_names_its_versions(publication: Path) -> None:
    with pytest.raises(ProblemsFound) as raised:
        verify(publication.parent)
    words = raised.value.problems[0].words("en")
    assert raised.value.problems[0].code == "PUBLICATION-LINE"
    assert words.endswith("line/v1 [PUBLICATION-LINE]")


def test_the_public_door_reads_a_publication(made: Path) -> None:
    result = read_result(made / "line/v1")
    assert result.answers == ()
    assert "Tỉnh Hai" in result.explain("U2", "1.1")


def test_the_programme_s_files_are_those_of_the_edition(made: Path) -> None:
    for name in PROGRAMME:
        expected = SIMULATED_CHANGES.get(name, "").encode()
        assert digest_of((made / "line/v1/programme" / name).read_bytes()) == digest_of(expected)
