"""Publishing: what the folder holds, what it must not hold, versions and corrections."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.publication.sealing import DECISION, flip, manifest_in, replace_text, seal_again
from tests.unit.publication.simulated_edition import WHO_DECIDED
from tests.unit.results.tiny_edition import write_edition

import parindex
from parindex.language import Text
from parindex.problems import ProblemsFound
from parindex.publication import exports
from parindex.publication.freeze import publish, seal_in
from parindex.publication.release import PUBLIC_TABLES, public
from parindex.publication.verify import verify
from parindex.results.result import SIMULATED, read_result, write_result
from parindex.sources import digest_of
from parindex.tables.flow import Accepted, Answer

REASON = "số hồ sơ của U1 được đếm lại"


def codes(raised: pytest.ExceptionInfo[ProblemsFound]) -> list[str]:
    return [problem.code for problem in raised.value.problems]


def text_of(path: Path) -> str:
    """Everything a reader of the file can see, as text; a workbook's parts one after another."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as package:
            return "\n".join(package.read(name).decode() for name in package.namelist())
    return path.read_bytes().decode(errors="replace")


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_the_first_publication_is_version_1(made: Path) -> None:
    manifest = manifest_in(made / "line" / "v1")
    assert manifest["kind"] == "publication"
    assert manifest["version"] == "2023-mô-phỏng-v1"
    assert manifest["decision"] == DECISION
    assert manifest["corrects"] is None
    assert seal_in(made / "line" / "v1") == manifest["seal"]


def test_csv_files_are_those_of_the_results_where_nothing_was_taken_out(made: Path) -> None:
    for spec in PUBLIC_TABLES:
        same = (made / "line/v1" / spec.file_name).read_bytes() == (made / "result" / spec.file_name).read_bytes()
        assert same == (spec.name != "accepted"), spec.name


def test_nothing_says_who_decided_and_nothing_of_the_answers_is_there(made: Path) -> None:
    assert WHO_DECIDED in (made / "result/accepted.csv").read_text(encoding="utf-8")
    for path in files_in(made / "line"):
        assert WHO_DECIDED not in text_of(path), path.name
        assert path.stem != "answers"


def test_the_reason_of_a_decision_and_its_number_stay(made: Path) -> None:
    rows = {(row.unit, row.node, row.stage): row for row in read_result(made / "line/v1").accepted}
    row = rows[("U3", "1.2", "council")]
    assert (row.decision, row.by, row.reason) == ("13/TB", None, "=HĐ, xem biên bản")


def test_a_unit_s_explanation_goes_and_a_decision_s_reason_stays(made: Path) -> None:
    result = read_result(made / "result")
    claim = Accepted("e", "U1", "1.1", "numerator", "self", "9", "answer", None, None, "bà A ký", "s/U1.xlsx", '"1"!C4')
    decided = claim._replace(
        stage="council", value="8", decision="1/TB", by="Hội đồng", reason="thiếu", source="d.csv", place="2"
    )
    answer = Answer("e", "U1", "1.1", "numerator", "9", "báo cáo", "bà A ký", "s/U1.xlsx", '"1"!C4')
    undecided = claim._replace(unit="U2")
    rows = (claim, decided, decided._replace(stage="final"), undecided, undecided._replace(stage="final"))
    reduced = public(replace(result, answers=(answer,), accepted=rows))
    assert reduced.answers == ()
    assert [(row.unit, row.stage, row.by, row.reason) for row in reduced.accepted] == [
        ("U1", "self", None, None),
        ("U1", "council", None, "thiếu"),
        ("U1", "final", None, "thiếu"),
        ("U2", "self", None, None),
        ("U2", "final", None, None),
    ]


def test_every_file_of_a_simulated_edition_says_so(made: Path) -> None:
    folder = made / "line" / "v1"
    # What a file of the programme says is not simulated by itself (units, a framework, printed figures), and
    # sources.csv holds no figure; the edition's code stands in every row of every other table.
    unlabelled = {"sources.csv", *(path.relative_to(folder).as_posix() for path in (folder / "programme").iterdir())}
    for path in files_in(folder):
        name = path.relative_to(folder).as_posix()
        if name not in unlabelled:
            text = text_of(path)
            says = SIMULATED.vi in text or (name.endswith(".csv") and all("mô-phỏng" in row for row in rows_of(path)))
            assert says, name
    assert "simulated: true" in text_of(folder / "programme/edition.yaml")


def rows_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()[1:]


def test_every_sheet_of_a_simulated_edition_says_so(made: Path) -> None:
    with zipfile.ZipFile(made / "line/v1/publication.xlsx") as package:
        strings = package.read("xl/sharedStrings.xml").decode().split("<si>")[1:]
        label = next(place for place, text in enumerate(strings) if SIMULATED.vi in text)
        sheets = [name for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) == 7
        for name in sheets:
            sheet = package.read(name).decode()
            assert f'<c r="A5" s="2" t="s"><v>{label}</v></c>' in sheet or f"<v>{label}</v>" in sheet, name


def test_a_real_edition_carries_no_label(tmp_path: Path) -> None:
    write_result(parindex.compute(parindex.read_edition(write_edition(tmp_path / "edition"))), tmp_path / "result")
    folder = publish(tmp_path / "result", tmp_path / "line", decision=DECISION, licence="CC-BY-4.0")
    assert verify(folder, edition=tmp_path / "edition").ok
    for path in files_in(folder):
        assert SIMULATED.vi not in text_of(path), path.name
    assert json.loads((folder / "datapackage.json").read_bytes())["licenses"] == [
        {"name": "CC-BY-4.0", "title": "CC-BY-4.0"}
    ]


def test_the_same_results_give_the_same_bytes(made: Path, tmp_path: Path) -> None:
    again = publish(made / "result", tmp_path / "line", decision=f"  {DECISION}\n")
    for path in files_in(made / "line/v1"):
        assert (again / path.relative_to(made / "line/v1")).read_bytes() == path.read_bytes(), path.name


def test_publishing_twice_is_refused_and_nothing_is_touched(publication: Path, result: Path) -> None:
    before = {path: path.read_bytes() for path in files_in(publication.parent)}
    with pytest.raises(ProblemsFound) as raised:
        publish(result, publication.parent, decision=DECISION)
    assert codes(raised) == ["PUBLICATION-EXISTS"]
    assert "--corrects 2023-mô-phỏng-v1" in raised.value.problems[0].words("en")
    assert {path: path.read_bytes() for path in files_in(publication.parent)} == before


@pytest.mark.parametrize("named", ["2023-mô-phỏng-v1", "v1", "1"])
def test_a_correction_names_the_old_version_and_why(
    named: str, publication: Path, edition: Path, compute_and_write: Callable[..., Path]
) -> None:
    old = {path: path.read_bytes() for path in files_in(publication)}
    replace_text(edition / "decisions.csv", "appraisal_1,8,", "appraisal_1,7,")
    corrected = publish(
        compute_and_write(edition, "corrected"),
        publication.parent,
        decision="300/QĐ-BNV",
        corrects=named,
        reason=REASON,
    )
    assert corrected == publication.parent / "v2"
    manifest = manifest_in(corrected)
    assert manifest["version"] == "2023-mô-phỏng-v2"
    assert manifest["corrects"] == {
        "version": "2023-mô-phỏng-v1",
        "manifest_sha256": digest_of((publication / "manifest.json").read_bytes()),
        "reason": {"vi": REASON, "en": REASON},
    }
    assert REASON in text_of(corrected / "README.md")
    assert REASON in text_of(corrected / "publication.xlsx")
    assert verify(corrected, edition=edition).ok
    assert {path: path.read_bytes() for path in files_in(publication)} == old


def test_a_correction_notices_that_the_old_version_beside_it_was_changed(publication: Path, result: Path) -> None:
    corrected = publish(result, publication.parent, decision="2", corrects="1", reason=Text("vì", "because"))
    seal_again(publication, decision="999")
    verification = verify(corrected)
    assert [problem.code for problem in verification.problems] == ["CORRECTED-CHANGED"]
    assert verification.failed_files == ("../v1/manifest.json",)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"corrects": "1"}, "CORRECTION-HALF"),
        ({"reason": REASON}, "CORRECTION-HALF"),
        ({"corrects": "1", "reason": "  "}, "CORRECTION-HALF"),
        ({"corrects": "7", "reason": REASON}, "CORRECTED-MISSING"),
        ({"corrects": "2022-v1", "reason": REASON}, "CORRECTED-MISSING"),
        ({"decision": " "}, "DECISION-MISSING"),
    ],
)
def test_half_a_correction_is_refused(arguments: dict[str, str], code: str, publication: Path, result: Path) -> None:
    with pytest.raises(ProblemsFound) as raised:
        publish(result, publication.parent, **{"decision": DECISION, **arguments})  # type: ignore[arg-type]
    assert codes(raised) == [code]
    assert not (publication.parent / "v2").exists()


def test_a_correction_without_anything_to_correct_is_refused(result: Path, tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as raised:
        publish(result, tmp_path / "empty", decision=DECISION, corrects="1", reason=REASON)
    assert codes(raised) == ["CORRECTED-MISSING"]
    assert not (tmp_path / "empty").exists()


def test_only_the_last_version_is_corrected(publication: Path, result: Path) -> None:
    publish(result, publication.parent, decision="2", corrects="1", reason=REASON)
    with pytest.raises(ProblemsFound) as raised:
        publish(result, publication.parent, decision="3", corrects="1", reason=REASON)
    assert codes(raised) == ["CORRECTED-ALREADY"]


def test_a_damaged_version_is_not_corrected(publication: Path, result: Path) -> None:
    flip(publication / "ranks.csv")
    with pytest.raises(ProblemsFound) as raised:
        publish(result, publication.parent, decision="2", corrects="1", reason=REASON)
    assert [(problem.code, problem.where.file) for problem in raised.value.problems] == [
        ("FILE-CHANGED", "v1/ranks.csv")
    ]


def test_another_edition_does_not_go_into_the_same_line(publication: Path, tmp_path: Path) -> None:
    write_result(parindex.compute(parindex.read_edition(write_edition(tmp_path / "other"))), tmp_path / "real")
    with pytest.raises(ProblemsFound) as raised:
        publish(tmp_path / "real", publication.parent, decision="2", corrects="1", reason=REASON)
    assert codes(raised) == ["PUBLICATION-OTHER"]


def test_broken_results_are_not_published(result: Path, tmp_path: Path) -> None:
    flip(result / "scores.csv")
    with pytest.raises(ProblemsFound) as raised:
        publish(result, tmp_path / "line", decision=DECISION)
    assert codes(raised) == ["FILE-CHANGED"]
    assert not (tmp_path / "line").exists()


def test_results_that_do_not_compute_are_not_published(result: Path, tmp_path: Path) -> None:
    replace_text(result / "ranks.csv", ",1,,A,", ",2,,A,") if ",1,,A," in text_of(
        result / "ranks.csv"
    ) else replace_text(result / "ranks.csv", ",1,,", ",2,,")
    seal_again(result)
    with pytest.raises(ProblemsFound) as raised:
        publish(result, tmp_path / "line", decision=DECISION)
    assert codes(raised) == ["TABLE-DIFFERS"]


def test_a_publication_is_not_published_again(publication: Path, tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as raised:
        publish(publication, tmp_path / "other", decision=DECISION)
    assert codes(raised) == ["NOT-A-RESULT"]


@pytest.mark.parametrize("inside", [".", "published", "programme/x"])
def test_nothing_is_published_into_a_sealed_folder(inside: str, result: Path) -> None:
    with pytest.raises(ProblemsFound) as raised:
        publish(result, result / inside, decision=DECISION)
    assert codes(raised) == ["PUBLICATION-FOLDER"]
    assert verify(result).ok


def test_a_missing_library_is_named(result: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "find_spec", lambda name: None if name == "pyarrow" else object())
    with pytest.raises(ProblemsFound) as raised:
        publish(result, tmp_path / "line", decision=DECISION)
    assert codes(raised) == ["EXTRA-MISSING"]
    assert 'pip install "parindex[excel,report]"' in raised.value.problems[0].words("vi")


def test_a_publication_that_stops_half_way_leaves_nothing(
    result: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = Path.write_bytes

    def stops(path: Path, content: bytes) -> int:
        if path.name == "publication.xlsx":
            raise OSError(28, "No space left on device")
        return written(path, content)

    monkeypatch.setattr(Path, "write_bytes", stops)
    with pytest.raises(OSError, match="No space"):
        publish(result, tmp_path / "line", decision=DECISION)
    assert list((tmp_path / "line").iterdir()) == []


def test_somebody_else_s_publication_of_the_same_moment_is_not_replaced(
    result: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = Path.write_bytes

    def meanwhile(path: Path, content: bytes) -> int:
        (tmp_path / "line/v1").mkdir(exist_ok=True)
        written(tmp_path / "line/v1/manifest.json", b"theirs")
        return written(path, content)

    monkeypatch.setattr(Path, "write_bytes", meanwhile)
    with pytest.raises(ProblemsFound) as raised:
        publish(result, tmp_path / "line", decision=DECISION)
    assert codes(raised) == ["PUBLICATION-EXISTS"]
    assert [path.name for path in files_in(tmp_path / "line")] == ["manifest.json"]
    assert (tmp_path / "line/v1/manifest.json").read_bytes() == b"theirs"


def test_words_from_people_stay_in_their_line(result: Path, tmp_path: Path) -> None:
    folder = publish(result, tmp_path / "line", decision="1/QĐ\n# Tiêu đề | [x](y)")
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert "| 1/QĐ \\# Tiêu đề \\| \\[x\\](y) |" in readme
    assert verify(folder).ok
