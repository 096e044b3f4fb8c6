"""What may be replaced by new results: nothing but earlier results."""

from __future__ import annotations

import json
from pathlib import Path

from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.results.result_tables import MANIFEST
from parindex.sources import Place

OUT_NOT_RESULTS = ProblemKind(
    "OUT-NOT-RESULTS",
    what=Text("thư mục đã có và không phải kết quả tính trước đó.", "the folder exists and holds no earlier results."),
    why=Text("Nội dung của nó sẽ mất khi ghi kết quả.", "Writing results there would lose what it holds."),
    remedy=Text("Chọn thư mục khác cho --out.", "Choose another folder for --out."),
)


def check_replaceable(folder: Path, problems: Problems) -> None:
    """Adds a problem unless `folder` is missing, empty, or holds results; a publication is never replaced."""
    if not folder.exists():
        return
    if not folder.is_dir() or (any(folder.iterdir()) and not _is_result(folder)):
        problems.add(OUT_NOT_RESULTS, Place(str(folder)))


def _is_result(folder: Path) -> bool:
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and manifest.get("kind") == "result"
