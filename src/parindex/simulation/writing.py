"""Example editions, written as folders to check, compute and publish like any other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from parindex.documents.shapes import guess
from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.results.reading import Progress, no_progress
from parindex.simulation.edition_folder import SIMULATION_FOLDER, SimulatedEdition, refuse_taken, write_folder
from parindex.simulation.example_files import SIMULATION_FILES, example_folder
from parindex.simulation.national import national
from parindex.simulation.national_targets import SIMULATION_TARGETS
from parindex.simulation.province_internal import province_internal
from parindex.sources import Place

__all__ = [
    "EXAMPLES",
    "RECORDS_EXAMPLE",
    "RECORDS_SAYS",
    "SIMULATION_FILES",
    "SIMULATION_FOLDER",
    "SIMULATION_NAME",
    "SIMULATION_OPTION",
    "SIMULATION_TARGETS",
    "Example",
    "refuse_options",
    "write_example",
]

SIMULATION_NAME = ProblemKind(
    "SIMULATION-NAME",
    what=Text('không có kỳ ví dụ "{name}"{guess}.', 'there is no example "{name}"{guess}.'),
    why=Text("", ""),
    remedy=Text("Chọn một trong: {known}.", "Choose one of: {known}."),
)

SIMULATION_OPTION = ProblemKind(
    "SIMULATION-OPTION",
    what=Text("ví dụ này không dùng {option}.", "this example takes no {option}."),
    why=Text("Chỉ ví dụ records có số hồ sơ tùy ý.", "Only the example records has any number of dossiers."),
    remedy=Text("Bỏ {option}, hoặc chọn records.", "Leave {option} out, or choose records."),
)

RECORDS_EXAMPLE = "records"
"""Named like an example, but it has a size: see `record_example`."""
RECORDS_SAYS = Text(
    "hồ sơ một cửa và danh mục thủ tục của 63 tỉnh, mô phỏng, số hồ sơ tùy ý (--rows); hoặc tệp xuất để thử nhập "
    "(--as-export)",
    "dossiers and procedure catalogues of 63 provinces, simulated, as many dossiers as you like (--rows); or exports "
    "to try importing (--as-export)",
)

Make: TypeAlias = Callable[[Path, "int | None", Progress], SimulatedEdition]
"""Invents an edition from its committed files and a seed (None: the seed of its generator.yaml)."""


@dataclass(frozen=True, slots=True)
class Example:
    """One example edition: what it is, and what makes it. `committed` names its committed files where they are those
    of another example."""

    says: Text
    make: Make
    committed: str | None = None


def _national_survey(source: Path, seed: int | None, progress: Progress) -> SimulatedEdition:
    from parindex.simulation.national_survey import national_survey_example  # NumPy: only where it is needed

    return national_survey_example(source, seed, progress)


EXAMPLES: Mapping[str, Example] = {
    "national": Example(
        Text(
            "63 tỉnh, thành phố năm 2023 với khảo sát hài lòng, mô phỏng; "
            "tổng điểm, thứ hạng, trung bình đã công bố giữ đúng",
            "63 provinces in 2023 with their satisfaction survey, simulated; published totals, ranks and means hold",
        ),
        national,
    ),
    "province-internal": Example(
        Text(
            "chỉ số nội bộ của một tỉnh không có thật năm 2025, mô phỏng: 20 sở, 126 xã phường, hai bộ tiêu chí",
            "a made-up province's own index in 2025, simulated: 20 departments, 126 communes, two frameworks",
        ),
        province_internal,
    ),
    "national-survey": Example(
        Text(
            "khảo sát hài lòng 63 tỉnh năm 2023, mô phỏng: khung mẫu, mẫu, khoảng 36.500 phiếu, quyền số",
            "satisfaction survey of 63 provinces in 2023, simulated: frame, sample, some 36,500 interviews, weights",
        ),
        _national_survey,
        committed="national",
    ),
}


def write_example(name: str, out: Path, *, seed: int | None = None, progress: Progress = no_progress) -> Path:
    """Write an example edition into the folder `out` and return it.

    The same seed gives the same bytes; None takes the example's own. A folder that an earlier run wrote is replaced
    whole. Raises `ProblemsFound` for an unknown name and for a folder that holds anything else.
    """
    example = EXAMPLES.get(name)
    if example is None:
        problems = Problems()
        known = (*EXAMPLES, RECORDS_EXAMPLE)
        problems.add(SIMULATION_NAME, Place(""), name=name, guess=guess(name, known), known=", ".join(known))
        problems.raise_if_any()
        raise AssertionError(name)
    refuse_taken(out)
    return write_folder(example.make(example_folder(example.committed or name), seed, progress), out, progress)


def refuse_options(options: Mapping[str, bool]) -> None:
    """Raise `ProblemsFound` naming every option that was given (True) and means nothing for an edition."""
    problems = Problems()
    for option, given in options.items():
        if given:
            problems.add(SIMULATION_OPTION, Place(""), option=option)
    problems.raise_if_any()
