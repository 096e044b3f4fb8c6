"""Paths inside an edition folder."""

from __future__ import annotations

from parindex.language import Text
from parindex.problems import ProblemKind

FILE_OUTSIDE = ProblemKind(
    "FILE-OUTSIDE",
    what=Text('"{path}" trỏ ra ngoài thư mục kỳ đánh giá.', '"{path}" leads outside the edition folder.'),
    why=Text("Thư mục phải tự đủ để tính lại.", "The folder must hold all that is needed to recompute it."),
    remedy=Text("Chép tệp vào thư mục.", "Copy the file into the folder."),
)


def leads_outside(path: str) -> bool:
    """The path is not a plain relative one: it may lead out of the folder, or to another drive."""
    return path.startswith(("/", "\\")) or ".." in path.replace("\\", "/").split("/") or ":" in path
