"""A computed edition: its programme and the table of every stage, in memory or in a folder."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import parindex
from parindex.documents.text_files import read_bytes
from parindex.documents.writing import new_folder
from parindex.language import Language, Text
from parindex.problems import ProblemKind, Problems, ProblemsFound
from parindex.programme.edition import Edition
from parindex.results.explain import explain
from parindex.results.reading import EDITION_FILE, read_programme
from parindex.results.result_tables import MANIFEST, SIMULATED, ResultTables
from parindex.results.steps import render
from parindex.sources import Place, digest_of
from parindex.tables.columns import TableSpec, canonical_json
from parindex.tables.counted import COUNTED
from parindex.tables.flow import (
    ACCEPTED,
    ANSWERS,
    DIFFERENCES,
    ESTIMATES,
    INDEX_VALUES,
    MEANS,
    MOVEMENTS,
    NOT_APPLICABLE,
    RANKS,
    SCORES,
    SOURCES,
    SURVEY_COUNTS,
    SURVEY_TERMS,
    TABLES,
)
from parindex.tables.measured import MEASURED

SEAL = "seal"
PROGRAMME = "programme"
FORMAT = 2

RESULT_MISSING = ProblemKind(
    "RESULT-MISSING",
    what=Text("đây không phải thư mục kết quả: không có {file}.", "this is no folder of results: there is no {file}."),
    why=Text("", ""),
    remedy=Text(
        "Chạy parindex compute KỲ --out THƯ_MỤC trước, rồi ghi đúng thư mục đó.",
        "Run parindex compute EDITION --out DIR first, then name that folder.",
    ),
)
RESULT_BROKEN = ProblemKind(
    "RESULT-BROKEN",
    what=Text("tệp này không đọc được ({detail}).", "this file cannot be read ({detail})."),
    why=Text("", ""),
    remedy=Text("Tính lại bằng parindex compute.", "Compute it again with parindex compute."),
)
RESULT_FORMAT = ProblemKind(
    "RESULT-FORMAT",
    what=Text(
        "dạng kết quả số {found}, chương trình này đọc dạng {known}.",
        "result format {found}; this program reads format {known}.",
    ),
    why=Text("", ""),
    remedy=Text("Dùng phiên bản parindex đã tạo ra thư mục.", "Use the version of parindex that made the folder."),
)


@dataclass(frozen=True)
class Result(ResultTables):
    """Every stage's table of one edition, and the explanation of each figure."""

    def explain(self, unit: str, node: str | None = None, *, language: Language = "vi") -> str:
        """How the rank of a unit, or the points of one node, came about, as text."""
        return render(explain(self, unit, node), language)


def table_files(result: Result, specs: tuple[TableSpec[Any], ...] = TABLES) -> dict[str, bytes]:
    """The CSV file of each table."""
    return {spec.file_name: spec.csv_bytes(result.table(spec)) for spec in specs}


def framework_lines(edition: Edition) -> list[dict[str, str]]:
    return [
        {
            "list": each.code,
            "framework": each.framework.code,
            "version": each.framework.version,
            "file": each.framework.file,
            "sha256": each.framework.sha256,
        }
        for each in edition.lists
    ]


_LIBRARIES = ("PyYAML", "python-calamine", "XlsxWriter", "pyarrow")


def library_versions() -> dict[str, str]:
    """Versions of what reads and writes the files, where they are installed, and of Python."""
    versions = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def manifest_of(result: Result, kind: str, files: Mapping[str, bytes], **more: object) -> dict[str, object]:
    """What a folder holds and what made it. No time of day and no machine path: the same input, the same bytes.

    The last entry is the seal of all before it.
    """
    edition = result.edition
    manifest = {
        "format": FORMAT,
        "kind": kind,
        "programme": edition.programme,
        "edition": edition.code,
        "year": edition.year,
        "name": {"vi": edition.name.vi, "en": edition.name.en},
        "simulated": edition.simulated,
        **({"label": {"vi": SIMULATED.vi, "en": SIMULATED.en}} if edition.simulated else {}),
        **more,
        "frameworks": framework_lines(edition),
        "code": {"parindex": parindex.__version__},
        "libraries": library_versions(),
        "inputs": [{"path": row.source, "sha256": row.sha256, "size": row.size} for row in result.sources],
        "files": [
            {"path": name, "sha256": digest_of(content), "size": len(content)}
            for name, content in sorted(files.items())
        ],
    }
    return {**manifest, SEAL: seal_of(manifest)}


def seal_of(manifest: Mapping[str, object]) -> str:
    """SHA-256 of a manifest without its seal, and so of everything it lists.

    It shows a change by accident. Who may edit the folder can seal it again: a change on purpose shows when the seal
    is held against the one that was announced, or when the folder is computed again from the edition.
    """
    return digest_of(canonical_json({key: value for key, value in manifest.items() if key != SEAL}).encode())


def manifest_bytes(manifest: Mapping[str, object]) -> bytes:
    return (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()


def result_files(result: Result) -> dict[str, bytes]:
    """Everything a folder of results holds, its manifest last."""
    files = table_files(result)
    files.update({f"{PROGRAMME}/{name}": content for name, content in result.programme_files.items()})
    files[MANIFEST] = manifest_bytes(manifest_of(result, "result", files))
    return files


def write_result(result: Result, out: Path) -> None:
    """Write the folder of results, all or nothing; an earlier one at `out` is replaced only by a whole new one."""
    with new_folder(out) as fresh:
        for name, content in result_files(result).items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def read_manifest(folder: Path, problems: Problems) -> dict[str, Any] | None:
    """The manifest of a folder of results or a publication; None after a problem."""
    if not (folder / MANIFEST).is_file():
        problems.add(RESULT_MISSING, Place(folder.name or str(folder)), file=MANIFEST)
        return None
    content = read_bytes(folder / MANIFEST, MANIFEST, problems)
    if content is None:
        return None
    try:
        manifest = json.loads(content)
        if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), list):
            raise ValueError("files")
    except ValueError as error:
        problems.add(RESULT_BROKEN, Place(MANIFEST), detail=str(error)[:80])
        return None
    if manifest.get("format") != FORMAT:
        problems.add(RESULT_FORMAT, Place(MANIFEST), found=str(manifest.get("format")), known=str(FORMAT))
        return None
    return manifest


def read_result(folder: str | Path) -> Result:
    """Read a folder of results or a publication. Raises `ProblemsFound`.

    A publication carries no claimed values; that table is then empty. Digests are held by `publication.verify`.
    """
    root = Path(folder)
    problems = Problems()
    manifest = read_manifest(root, problems)
    problems.raise_if_any()
    assert manifest is not None
    edition, books, programme = read_programme(root / PROGRAMME, problems, examples=False)
    tables: dict[str, tuple[Any, ...]] = {}
    listed = {str(entry.get("path")) for entry in manifest["files"] if isinstance(entry, dict)}
    for spec in TABLES:
        tables[spec.name] = ()
        if spec.file_name in listed:
            content = read_bytes(root / spec.file_name, spec.file_name, problems)
            if content is not None:
                tables[spec.name] = spec.read_csv(content, spec.file_name, problems)
    if edition is None or problems.errors:
        raise ProblemsFound(problems.sorted())
    files = dict(programme.read)
    for path in sorted(listed - {EDITION_FILE}):
        if path.startswith(f"{PROGRAMME}/"):
            name = path.removeprefix(f"{PROGRAMME}/")
            content = read_bytes(root / path, path, problems)
            if content is not None:
                files[name] = content
    problems.raise_if_any()
    return Result(
        edition=edition,
        books=books,
        answers=tables[ANSWERS.name],
        accepted=tables[ACCEPTED.name],
        estimates=tables[ESTIMATES.name],
        not_applicable=tables[NOT_APPLICABLE.name],
        scores=tables[SCORES.name],
        index_values=tables[INDEX_VALUES.name],
        ranks=tables[RANKS.name],
        means=tables[MEANS.name],
        movements=tables[MOVEMENTS.name],
        differences=tables[DIFFERENCES.name],
        sources=tables[SOURCES.name],
        programme_files=dict(sorted(files.items())),
        survey_terms=tables[SURVEY_TERMS.name],
        survey_counts=tables[SURVEY_COUNTS.name],
        measured=tables[MEASURED.name],
        counted=tables[COUNTED.name],
    )
