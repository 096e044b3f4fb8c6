"""Any number of invented dossiers of the 63 provinces in an edition folder: imported already, or exports to import."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from parindex import __version__
from parindex.documents.writing import new_folder
from parindex.language import Text
from parindex.problems import Problems, ProblemsFound
from parindex.results.reading import Progress, no_progress, read_programme
from parindex.simulation.dossiers import invented_counts
from parindex.simulation.edition_folder import GENERATOR, GENERATOR_FILE, LABEL, readme, refuse_taken
from parindex.simulation.example_files import example_folder
from parindex.simulation.generator_settings import national_settings
from parindex.simulation.record_export import WRONG_FILES, WRONG_ROWS, export_records
from parindex.simulation.record_folder import MEASURES, write_record_folder
from parindex.simulation.writing import RECORDS_EXAMPLE
from parindex.tables.record_tables import MEASURES_FILE, RECORDS_FOLDER

EXPORTS_FOLDER: Final = "exports"
USUAL_ROWS: Final = 100_000
_COPIED: Final = ("edition.yaml", "framework.yaml", "units.csv", "unit_changes.csv", "SOURCES.md")
_TITLE: Final = Text("Hồ sơ một cửa, mô phỏng", "Dossiers of one-stop shops, simulated")
_WARNING: Final = Text(
    "Không được dùng để nhận xét một tỉnh thật; không có người nộp nào là thật.",
    "It must not be used to judge a real province; no applicant is a real person.",
)
_NOTE: Final = Text(
    "Tên 63 tỉnh là thật; mọi số đếm, hồ sơ, thủ tục và ngày tháng được tạo từ số khởi tạo.",
    "The names of the 63 provinces are real; every count, dossier, procedure and day is made from the seed.",
)


@dataclass(frozen=True, slots=True)
class RecordExample:
    """What to write. `seed` None: the one of the national example. `as_export`: as CSV with mistakes, to import."""

    rows: int
    seed: int | None = None
    as_export: bool = False


def write_record_example(example: RecordExample, out: Path, *, progress: Progress = no_progress) -> Path:
    """Write the edition folder `out` and return it. The same example gives the same bytes.

    A folder that an earlier run wrote is replaced whole. Raises `ProblemsFound` for one that holds anything else.
    """
    refuse_taken(out)
    source = example_folder("national")
    settings = national_settings(source)
    problems = Problems()
    edition, _, _ = read_programme(source, problems, examples=False)
    if edition is None or problems.errors:
        raise ProblemsFound(problems.sorted())
    seed = settings.seed if example.seed is None else example.seed
    units = {unit.code: settings.sizes.get(unit.code, 1.0) for unit in edition.lists[0].units}
    counts = invented_counts(units, rows=example.rows, seed=seed)
    with new_folder(out) as fresh:
        for name in _COPIED:
            shutil.copyfile(source / name, fresh / name)
        write_record_folder(fresh, counts, year=edition.year, seed=seed, sizes=units, progress=progress)
        if example.as_export:
            codes = {unit: unit.rpartition("-")[2] for unit in units}
            export_records(
                fresh / RECORDS_FOLDER, fresh / EXPORTS_FOLDER, units=list(units), codes=codes, progress=progress
            )
            shutil.rmtree(fresh / RECORDS_FOLDER)
            (fresh / RECORDS_FOLDER).mkdir()
        shutil.copyfile(source / MEASURES, fresh / MEASURES_FILE)
        (fresh / "README.md").write_bytes(_readme(example, seed))
        _write_generator(fresh, example, seed)
    return out


def _readme(example: RecordExample, seed: int) -> bytes:
    command = f"parindex example write records --rows {example.rows} --seed {seed}"
    files: tuple[tuple[str, Text], ...] = (
        ("`units.csv`, `unit_changes.csv`", Text("danh mục thật", "real lists")),
        ("`edition.yaml`, `framework.yaml`", Text("khai báo của kỳ mô phỏng", "declare the simulated edition")),
        (f"`{MEASURES_FILE}`", Text("chỉ tiêu đếm từ hồ sơ", "measures counted from the records")),
    )
    if example.as_export:
        command += " --as-export"
        at = EXPORTS_FOLDER
        files += (
            (
                f"`{at}/dossiers/*.csv`, `{at}/procedures/*.csv`",
                Text(
                    "mô phỏng: tệp xuất của từng tỉnh, cuối tệp có dòng sai",
                    "simulated: exports of each province, with wrong rows at the end",
                ),
            ),
            (f"`{at}/mapping-*.yaml`", Text("ánh xạ để nhập", "mappings to import them with")),
            (f"`{at}/{WRONG_ROWS}`", Text("dòng nào sai, sai gì", "which rows are wrong, and how")),
            (f"`{at}/{WRONG_FILES}`", Text("tệp sai từ đầu đến cuối", "files that are wrong as a whole")),
        )
    else:
        files += (
            ("`records/dossiers`", Text("mô phỏng: hồ sơ", "simulated: dossiers")),
            ("`records/procedures`", Text("mô phỏng: danh mục thủ tục", "simulated: the procedure catalogue")),
        )
    files += (("`generator.json`", Text("số khởi tạo, phiên bản, danh sách tệp", "seed, versions, list of files")),)
    return readme(_TITLE, _WARNING, command=command, files=files, note=_NOTE)


def _write_generator(fresh: Path, example: RecordExample, seed: int) -> None:
    names = sorted(path.relative_to(fresh).as_posix() for path in fresh.rglob("*") if path.is_file())
    content = {
        "label": {"vi": LABEL.vi, "en": LABEL.en},
        "generator": GENERATOR,
        "example": RECORDS_EXAMPLE,
        "rows": example.rows,
        "as_export": example.as_export,
        "seed": seed,
        "versions": {"parindex": __version__},
        "files": names,
    }
    (fresh / GENERATOR_FILE).write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
