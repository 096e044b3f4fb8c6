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
    package = Path(parindex.__file__).resolve()
    installed, checkout = package.parent / "_examples", package.parents[2] / "examples"
    folder = (installed if installed.is_dir() else checkout) / name
    if not (folder / "edition.yaml").is_file():
        problems = Problems()
        problems.add(SIMULATION_FILES, Place(str(folder)), name=name)
        problems.raise_if_any()
    return folder
