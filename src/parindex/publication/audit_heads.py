"""The heads of a record of acts, read from a publication whose seal holds."""

from __future__ import annotations

from pathlib import Path

from parindex.documents.text_files import read_bytes
from parindex.language import Text
from parindex.problems import Problem, ProblemKind, Problems, ProblemsFound
from parindex.publication.audit_trail import HEADS_FILE, Head, read_heads
from parindex.publication.verify import verify_files
from parindex.sources import Place

HEADS_MISSING = ProblemKind(
    "AUDIT-HEADS-MISSING",
    what=Text("bản công bố này không có {file}.", "this publication has no {file}."),
    why=Text(
        "Chỉ bản công bố từ ứng dụng niêm phong đầu các chuỗi nhật ký.",
        "Only publications made by the application seal the heads of its record.",
    ),
    remedy=Text("Bỏ --publication, hoặc ghi đúng thư mục v1, v2, …", "Leave --publication out, or name v1, v2, …"),
)


def sealed_heads(folder: Path) -> tuple[Head, ...]:
    """The heads in a publication, after its files were held against their digests. Raises `ProblemsFound`."""
    checked = verify_files(folder)
    if checked.problems:
        raise ProblemsFound(tuple(checked.problems))
    if not (folder / HEADS_FILE).is_file():
        raise ProblemsFound((Problem(HEADS_MISSING, Place(folder.name or str(folder)), {"file": HEADS_FILE}),))
    problems = Problems()
    content = read_bytes(folder / HEADS_FILE, HEADS_FILE, problems)
    heads = read_heads(content, HEADS_FILE, problems) if content is not None else ()
    problems.raise_if_any()
    return heads
