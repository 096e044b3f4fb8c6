"""Writing example folders: known names, nothing of others overwritten, all or nothing, the same bytes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import parindex
from parindex.problems import ProblemsFound
from parindex.results.reading import no_progress
from parindex.simulation import example_files
from parindex.simulation.edition_folder import SimulatedEdition, refuse_taken, write_folder
from parindex.simulation.example_files import example_folder
from parindex.simulation.province_internal import province_internal
from parindex.simulation.writing import EXAMPLES, write_example


@pytest.fixture(scope="module")
def small() -> SimulatedEdition:
    """The smaller example with two workbooks only."""
    simulated = province_internal(example_folder("province-internal"), 5, no_progress)
    return replace(simulated, submissions=(simulated.submissions[0], simulated.submissions[-1]))


def codes(found: pytest.ExceptionInfo[ProblemsFound]) -> list[str]:
    return [problem.kind.code for problem in found.value.problems]


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_example_says_in_both_languages_that_it_is_simulated() -> None:
    assert list(EXAMPLES) == ["national", "province-internal", "national-survey"]
    for example in EXAMPLES.values():
        assert "mô phỏng" in example.says.vi and "simulated" in example.says.en


def test_an_unknown_name_is_told_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as found:
        write_example("nationale", tmp_path / "x")
    assert codes(found) == ["SIMULATION-NAME"]
    words = found.value.problems[0].words("en")
    assert "nationale" in words and 'did you mean "national"' in words and "province-internal" in words
    assert not (tmp_path / "x").exists()


def test_a_folder_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("a year of work", encoding="utf-8")
    with pytest.raises(ProblemsFound) as found:
        write_example("province-internal", tmp_path)
    assert codes(found) == ["SIMULATION-FOLDER"]
    assert '"mine.txt"' in found.value.problems[0].words("vi")
    assert files(tmp_path) == {"mine.txt": b"a year of work"}


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x", encoding="utf-8")
    with pytest.raises(ProblemsFound) as found:
        refuse_taken(tmp_path / "out")
    assert codes(found) == ["SIMULATION-FOLDER"]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "real")
    with pytest.raises(ProblemsFound):
        refuse_taken(tmp_path / "out")


def test_an_empty_folder_and_an_earlier_output_are_written_over(tmp_path: Path, small: SimulatedEdition) -> None:
    out = tmp_path / "deep" / "out"
    refuse_taken(out)
    out.mkdir(parents=True)
    refuse_taken(out)
    write_folder(small, out, no_progress)
    first = files(out)
    refuse_taken(out)
    assert write_folder(small, out, no_progress) == out
    assert files(out) == first, "the same edition gives the same bytes, workbooks too"
    assert sorted(path.name for path in out.parent.iterdir()) == ["out"], "nothing is left beside it"


def test_what_was_added_to_an_earlier_output_is_kept(tmp_path: Path, small: SimulatedEdition) -> None:
    out = write_folder(small, tmp_path / "out", no_progress)
    (out / "submissions" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ProblemsFound) as found:
        refuse_taken(out)
    assert '"submissions/notes.txt"' in found.value.problems[0].words("en")


def test_a_strange_generator_file_vouches_for_nothing(tmp_path: Path) -> None:
    for content in ('{"generator": "another", "files": ["a.csv"]}', "[1]", "no json"):
        (tmp_path / "generator.json").write_text(content, encoding="utf-8")
        with pytest.raises(ProblemsFound):
            refuse_taken(tmp_path)


def test_a_stopped_run_leaves_what_was_there(tmp_path: Path, small: SimulatedEdition) -> None:
    out = write_folder(small, tmp_path / "out", no_progress)
    before = files(out)

    def stop(what: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_folder(small, out, stop)
    assert files(out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_generator_json_lists_seed_versions_and_every_file(tmp_path: Path, small: SimulatedEdition) -> None:
    out = write_folder(small, tmp_path / "out", no_progress)
    content = json.loads((out / "generator.json").read_bytes())
    assert content["seed"] == 5 and content["example"] == "province-internal"
    assert content["versions"]["parindex"] == parindex.__version__
    assert {*content["files"], "generator.json"} == set(files(out))
    assert "mô phỏng" in content["label"]["vi"] and "Simulated" in content["label"]["en"]


def test_progress_is_told_for_every_workbook(tmp_path: Path, small: SimulatedEdition) -> None:
    told: list[tuple[str, int, int]] = []
    write_folder(small, tmp_path / "out", lambda what, done, total: told.append((what, done, total)))
    assert [(done, total) for _, done, total in told] == [(1, 2), (2, 2)]


def test_missing_example_files_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "src" / "parindex" / "__init__.py"
    monkeypatch.setattr(example_files.parindex, "__file__", str(elsewhere))
    with pytest.raises(ProblemsFound) as found:
        example_folder("national")
    assert codes(found) == ["SIMULATION-FILES"]


def test_installed_example_files_come_before_those_of_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "site" / "parindex" / "_examples" / "national"
    folder.mkdir(parents=True)
    (folder / "edition.yaml").write_text("x", encoding="utf-8")
    monkeypatch.setattr(example_files.parindex, "__file__", str(tmp_path / "site" / "parindex" / "__init__.py"))
    assert example_folder("national") == folder
