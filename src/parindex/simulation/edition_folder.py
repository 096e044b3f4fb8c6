"""A simulated edition written as a folder: committed files as they are, invented ones beside them, all or nothing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from parindex import __version__
from parindex.documents.csv_rows import guarded
from parindex.documents.writing import new_folder
from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.programme.edition import Edition, UnitList
from parindex.programme.units import Unit
from parindex.results.reading import SUBMISSIONS, Progress
from parindex.scoring.rule_book import RuleBook
from parindex.sources import Place
from parindex.submissions import BlankForm, Filled

GENERATOR_FILE = "generator.json"
GENERATOR = "parindex-simulation/2"
"""The mark of folders that this generator wrote. The number goes up when the same seed gives other figures."""

_MAKERS = ("XlsxWriter", "duckdb", "numpy", "pyarrow")
"""Packages on whose versions the bytes of a folder depend."""

LABEL = Text("Số liệu mô phỏng, không phải kết quả chính thức.", "Simulated figures, not an official result.")

SIMULATION_FOLDER = ProblemKind(
    "SIMULATION-FOLDER",
    what=Text(
        "đã có sẵn và chứa {found}, không do lệnh này tạo ra.",
        "exists and holds {found}, which this command did not write.",
    ),
    why=Text("Ghi đè sẽ làm mất tệp đó.", "Writing over it would lose that."),
    remedy=Text("Chọn thư mục khác, hoặc dời các tệp đó đi.", "Choose another folder, or move those files away."),
)


@dataclass(frozen=True)
class Submitted:
    """One workbook to write."""

    unit_list: UnitList
    unit: Unit
    filled: Filled


@dataclass(frozen=True)
class SimulatedEdition:
    """All that a folder of a simulated edition holds. `copied` are names of committed files in `source`.

    `records` writes what is too long to be held in memory into the new folder, and returns the names of its files.
    """

    example: str
    seed: int
    source: Path
    edition: Edition
    books: Mapping[str, RuleBook]
    copied: tuple[str, ...]
    written: Mapping[str, bytes]
    submissions: Sequence[Submitted]
    records: Callable[[Path, Progress], Sequence[str]] | None = None


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file as edition folders have them: UTF-8, line feeds, plain decimals, empty cells for None."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    return guarded(str(value))


def readme(title: Text, warning: Text, *, command: str, files: Sequence[tuple[str, Text]], note: Text) -> bytes:
    """README.md of a simulated edition: the label first, then what each file is."""
    lines = [
        f"# {title.both()}",
        f"**{LABEL.vi}** {warning.vi}",
        f"**{LABEL.en}** {warning.en}",
        f"Tạo bằng / made by: `{command}`",
        "\n".join(
            ["| Tệp / file | Nội dung / content |", "|---|---|", *(f"| {n} | {says.both()} |" for n, says in files)]
        ),
        note.vi,
        note.en,
    ]
    return ("\n\n".join(lines) + "\n").encode()


def refuse_taken(out: Path) -> None:
    """Raise `ProblemsFound` when `out` holds anything that an earlier run did not write there."""
    if not out.exists() and not out.is_symlink():
        return
    problems = Problems()
    strange = _strange(out)
    if strange is not None:
        problems.add(SIMULATION_FOLDER, Place(str(out)), found=strange)
    problems.raise_if_any()


def _strange(out: Path) -> Text | None:
    if out.is_symlink() or not out.is_dir():
        return Text("một tệp, không phải thư mục", "a file, not a folder")
    found = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_symlink() or not path.is_dir()}
    known = _written_before(out)
    others = sorted(found - known)
    return Text(f'"{others[0]}"', f'"{others[0]}"') if others else None


def _written_before(out: Path) -> set[str]:
    """The files that an earlier run says it wrote; none when there was no such run."""
    try:
        content = json.loads((out / GENERATOR_FILE).read_bytes())
    except (OSError, ValueError):
        return set()
    if not isinstance(content, dict) or not str(content.get("generator", "")).startswith("parindex-simulation/"):
        return set()
    files = content.get("files")
    return {GENERATOR_FILE, *(str(name) for name in files)} if isinstance(files, list) else {GENERATOR_FILE}


def write_folder(simulated: SimulatedEdition, out: Path, progress: Progress) -> Path:
    """Write the folder whole, or leave what was there. The same edition gives the same bytes.

    Workbooks, surveys and generator.json depend on the versions named in generator.json as well.
    """
    total = len(simulated.submissions)
    with new_folder(out) as fresh:
        for name in simulated.copied:
            (fresh / name).write_bytes((simulated.source / name).read_bytes())
        for name, content in simulated.written.items():
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).write_bytes(content)
        made = simulated.records(fresh, progress) if simulated.records is not None else ()
        names = [
            *simulated.copied,
            *simulated.written,
            *made,
            *(f"{SUBMISSIONS}/{each.unit.code}.xlsx" for each in simulated.submissions),
        ]
        (fresh / GENERATOR_FILE).write_bytes(_generator_bytes(simulated, sorted(set(names))))
        if simulated.submissions:
            (fresh / SUBMISSIONS).mkdir()
        lists = {each.unit_list.code: each.unit_list for each in simulated.submissions}
        forms = {
            code: BlankForm(simulated.edition, unit_list, simulated.books[code].live_score)
            for code, unit_list in lists.items()
        }
        for done, each in enumerate(simulated.submissions, start=1):
            path = fresh / SUBMISSIONS / f"{each.unit.code}.xlsx"
            forms[each.unit_list.code].write(path, each.unit, each.filled)
            progress(f"{SUBMISSIONS}/{each.unit.code}.xlsx", done, total)
    return out


def _generator_bytes(simulated: SimulatedEdition, names: Sequence[str]) -> bytes:
    content = {
        "label": {"vi": LABEL.vi, "en": LABEL.en},
        "generator": GENERATOR,
        "example": simulated.example,
        "edition": simulated.edition.code,
        "seed": simulated.seed,
        "versions": {
            "parindex": __version__,
            **{name: _version_of(name) for name in _MAKERS},
        },
        "files": list(names),
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _version_of(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
