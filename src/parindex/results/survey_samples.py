"""From a frame to a sample, and the reserves that step in for units that could not be reached."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from parindex.documents.csv_rows import guarded
from parindex.documents.text_files import read_bytes
from parindex.documents.writing import new_folder, write_file
from parindex.language import Text
from parindex.problems import Problem, Problems
from parindex.results.replacing import OUT_NOT_RESULTS
from parindex.sources import Place
from parindex.survey.frame import read_frame
from parindex.survey.reserves import REPLACEMENT_COLUMNS, Replacement, next_reserve, read_replacements, replaced
from parindex.survey.sample import (
    PSUS,
    SAMPLE,
    STRATA,
    USUAL_CONTACTS,
    Chosen,
    Sample,
    SampleDesign,
    SampledStratum,
    draw_sample,
)
from parindex.survey.sample_reading import read_sample_design

SAMPLE_FILE = "sample.csv"
STRATA_FILE = "strata.csv"
PSUS_FILE = "psus.csv"
SUMMARY_FILE = "summary.json"
RULES_FILE = "reserves.md"
REPLACEMENTS_FILE = "replacements.csv"


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write all files, whole or not at all. Only an empty place, or a folder of the same files, may be replaced.

    Raises ProblemsFound.
    """
    if folder.exists() and not (folder.is_dir() and {path.name for path in folder.iterdir()} <= set(files)):
        problems = Problems()
        problems.add(OUT_NOT_RESULTS, Place(str(folder)))
        problems.raise_if_any()
    with new_folder(folder) as fresh:
        for name, content in files.items():
            (fresh / name).write_bytes(content)


class Drawn(NamedTuple):
    """A sample with the design it was drawn by, and remarks that do not stop the work."""

    design: SampleDesign
    sample: Sample
    notices: tuple[Problem, ...]


def draw(file: Path, *, seed: int | None = None) -> Drawn:
    """Draw the sample of a sample.yaml; its frame lies beside it. `seed` replaces the one in the file.

    Raises ProblemsFound.
    """
    problems = Problems()
    content = read_bytes(file, file.name, problems)
    read = read_sample_design(content, file.name, problems) if content is not None else None
    problems.raise_if_any()
    assert read is not None
    design, frame_name = read
    if seed is not None:
        design = replace(design, seed=seed)
    content = read_bytes(file.parent / frame_name, frame_name, problems)
    frame = read_frame(content, frame_name, design.layout, problems) if content is not None else None
    problems.raise_if_any()
    assert frame is not None
    sample = draw_sample(frame, design, problems)
    problems.raise_if_any()
    assert sample is not None
    return Drawn(design, sample, problems.notices)


def write_sample(drawn: Drawn, folder: Path) -> None:
    """sample.csv, strata.csv, psus.csv, summary.json and the rules for reserves.

    A folder in which replacements were recorded is not written over. Raises ProblemsFound.
    """
    design = drawn.design
    summary = {
        "kind": "sample",
        "sample": design.name,
        "seed": design.seed,
        "contacts_before_reserve": design.contacts_before_reserve,
    }
    files = {
        SAMPLE_FILE: SAMPLE.csv_bytes(drawn.sample.units),
        STRATA_FILE: STRATA.csv_bytes(drawn.sample.strata),
        PSUS_FILE: PSUS.csv_bytes(drawn.sample.psus(design)),
        SUMMARY_FILE: (json.dumps(summary, ensure_ascii=False, indent=1) + "\n").encode(),
        RULES_FILE: _rules(drawn).encode(),
    }
    write_folder(folder, files)


_RULES = (
    Text(
        "Chỉ thay khi không thể tiếp cận được, sau ít nhất {contacts} lần liên hệ vào giờ khác, ngày khác.",
        "Replace only what cannot be reached, after at least {contacts} contacts at other hours and on other days.",
    ),
    Text(
        "Dự phòng cùng nhóm, theo đúng thứ tự trong bảng; không chọn nơi tiện hơn.",
        "Take reserves of the same group, in the order of the table; never the handier place.",
    ),
    Text(
        "Đơn vị chắc chắn được chọn không được thay: ghi kết quả của người ở đó (mã AAPOR 3.17).",
        "A unit taken with certainty is never replaced: record its people as unreachable (AAPOR 3.17).",
    ),
    Text(
        'Ghi mỗi lần thay cùng lý do: parindex survey replace … --unit … --contacts … --reason "…".',
        'Record each replacement with its reason: parindex survey replace … --unit … --contacts … --reason "…".',
    ),
    Text(
        "Thay rồi vẫn là không trả lời: tỷ lệ trả lời tính cả đơn vị đã bị thay.",
        "A replacement is non-response all the same: response rates count the unit that was replaced.",
    ),
)


def _rules(drawn: Drawn) -> str:
    needed = {"contacts": drawn.design.contacts_before_reserve}
    lines = ["# Đơn vị dự phòng / Reserves\n\n"]
    lines += [f"{at}. {rule.filled('vi', needed)} / {rule.filled('en', needed)}\n" for at, rule in enumerate(_RULES, 1)]
    lines.append("\n")
    waiting: dict[tuple[int, str], list[Chosen]] = {}
    for row in drawn.sample.units:
        if row.role == "reserve":
            waiting.setdefault((row.stage, row.parent), []).append(row)
    if not waiting:
        lines.append("Mẫu này không có dự phòng. / This sample has no reserves.\n")
        return "".join(lines)
    lines.append("| nhóm / group | cấp / level | được chọn / drawn | dự phòng theo thứ tự / reserves in order |\n")
    lines.append("|---|---|---|---|\n")
    for (stage, parent), rows in waiting.items():
        drawn_here = [
            f"{row.code} *" if row.certain else row.code
            for row in drawn.sample.units
            if (row.stage, row.parent, row.role) == (stage, parent, "main")
        ]
        spare = ", ".join(row.code for row in sorted(rows, key=lambda row: row.order))
        lines.append(f"| {parent} | {rows[0].unit} | {', '.join(drawn_here)} | {spare} |\n")
    lines.append("\n\\* chắc chắn được chọn / taken with certainty\n")
    return "".join(lines)


# --- A sample as it stands in its folder.


class DrawnFolder(NamedTuple):
    """A sample read from its folder. `units` with its replacements made; `gone` are the units of the last listed
    stage that left the sample, `replacements` what was recorded, in order."""

    drawn: tuple[Chosen, ...]
    units: tuple[Chosen, ...]
    strata: tuple[SampledStratum, ...]
    replacements: tuple[Replacement, ...]
    contacts_needed: int

    @property
    def gone(self) -> tuple[Chosen, ...]:
        """Units of the last listed stage that were drawn and then replaced, alone or with the unit above them."""
        now = {(row.stage, row.code) for row in self.units if row.in_sample}
        return tuple(
            row for row in self.drawn if row.in_sample and row.weight is not None and (row.stage, row.code) not in now
        )


def read_sample_folder(folder: Path, problems: Problems, *, replacements: Path | None = None) -> DrawnFolder | None:
    """The sample of a folder; None with problems. `replacements` is read in place of the file in the folder."""

    def content_of(name: str) -> bytes | None:
        return read_bytes(folder / name, f"{folder.name}/{name}", problems)

    contents = [content_of(name) for name in (SAMPLE_FILE, STRATA_FILE)]
    if contents[0] is None or contents[1] is None:
        return None
    before = len(problems.errors)
    drawn = SAMPLE.read_csv(contents[0], SAMPLE_FILE, problems)
    strata = STRATA.read_csv(contents[1], STRATA_FILE, problems)
    needed = _contacts_needed(folder)
    file = replacements or folder / REPLACEMENTS_FILE
    made: tuple[Replacement, ...] = ()
    if replacements is not None or file.exists():
        content = read_bytes(file, file.name, problems)
        made = read_replacements(content, file.name, problems) if content is not None else ()
    if len(problems.errors) > before:
        return None
    units = replaced(drawn, made, needed, problems)
    return DrawnFolder(drawn, units, strata, made, needed)


def _contacts_needed(folder: Path) -> int:
    """As the design asked; 3, the usual of sample.yaml, for a folder without a summary."""
    try:
        return int(json.loads((folder / SUMMARY_FILE).read_bytes())["contacts_before_reserve"])
    except (FileNotFoundError, KeyError):
        return USUAL_CONTACTS


class Released(NamedTuple):
    """A replacement that was recorded: who steps in, and the units of the last listed stage that come with it."""

    replacement: Replacement
    units: tuple[Chosen, ...]


def release(folder: Path, unit: str, *, contacts: int, reason: str, reserve: str | None = None) -> Released:
    """Record in the folder that a reserve stands in for `unit`: the one whose turn it is, or `reserve` if it is its
    turn. Nothing is written when a rule is broken. Raises ProblemsFound."""
    problems = Problems()
    held = read_sample_folder(folder, problems)
    problems.raise_if_any()
    assert held is not None
    place = Place(f"{folder.name}/{REPLACEMENTS_FILE}", line=len(held.replacements) + 2)
    chosen = reserve or next_reserve(held.drawn, held.replacements, unit, place, problems)
    problems.raise_if_any()
    assert chosen is not None
    replacement = Replacement(unit, chosen, contacts, " ".join(reason.split()), place)
    made = (*held.replacements, replacement)
    after = replaced(held.drawn, made, held.contacts_needed, problems)
    problems.raise_if_any()
    write_file(folder / REPLACEMENTS_FILE, _replacements_csv(made))
    before = {(row.stage, row.code) for row in held.units if row.in_sample}
    fresh = tuple(
        row for row in after if row.in_sample and row.weight is not None and (row.stage, row.code) not in before
    )
    return Released(replacement, fresh)


def _replacements_csv(made: Sequence[Replacement]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(REPLACEMENT_COLUMNS)
    for each in made:
        writer.writerow([guarded(each.unit), guarded(each.reserve), each.contacts, guarded(each.reason)])
    return out.getvalue().encode()
