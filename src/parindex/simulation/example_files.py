"""Where the committed example data is: in the installed package, or in the checkout it runs from."""

from __future__ import annotations

from pathlib import Path

import parindex
from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place

SIMULATION_FILES = ProblemKind(
    "SIMULATION-FILES",
    what=Text("không tìm thấy dữ liệu của kỳ ví dụ {name}.", "the data of the example {name} was not found."),
    why=Text("Gói cài đặt có thể thiếu tệp.", "The installation may lack files."),
    remedy=Text(
        "Cài lại parindex, hoặc chạy từ thư mục mã nguồn có examples/.",
        "Install parindex again, or run it from a checkout that has examples/.",
    ),
)


def example_folder(name: str) -> Path:
    """The folder of one example's committed files. Raises `ProblemsFound` when it is not there."""
    folder = _examples() / name
    _require(folder / "edition.yaml", name)
    return folder


def example_questionnaire(name: str) -> bytes:
    """The content of one committed questionnaire. Raises `ProblemsFound` when it is not there."""
    file = _examples() / "questionnaires" / name / "questionnaire.yaml"
    _require(file, name)
    return file.read_bytes()


def _examples() -> Path:
    package = Path(parindex.__file__).resolve()
    installed, checkout = package.parent / "_examples", package.parents[2] / "examples"
    return installed if installed.is_dir() else checkout


def _require(file: Path, name: str) -> None:
    if not file.is_file():
        problems = Problems()
        problems.add(SIMULATION_FILES, Place(str(file.parent)), name=name)
        problems.raise_if_any()
