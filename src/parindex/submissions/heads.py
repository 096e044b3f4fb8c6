"""Where the columns of a sheet stand: found by their heads, so that an inserted or moved column does no harm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parindex.language import Text, nfc
from parindex.problems import ProblemKind, Problems
from parindex.submissions.layout import FormColumn
from parindex.workbooks import Cell, Sheet, cell_name

HEADS_MISSING = ProblemKind(
    "SUBMISSION-HEADS",
    what=Text("không tìm thấy tiêu đề cột: {heads}.", "these column heads are not found: {heads}."),
    why=Text("Số liệu được đọc theo tiêu đề cột.", "Values are read by the heads of their columns."),
    remedy=Text(
        "Khôi phục hàng tiêu đề như biểu mẫu gốc, hoặc chép số liệu sang biểu mẫu gốc.",
        "Restore the row of heads as in the form, or copy the values into a fresh form.",
    ),
)
HEAD_TWICE = ProblemKind(
    "SUBMISSION-HEAD-TWICE",
    what=Text('cột "{head}" có hai lần, ở đây và ở {first}.', 'the column "{head}" stands twice, here and at {first}.'),
    why=Text("Không biết cột nào là số liệu đúng.", "There is no telling which of them holds."),
    remedy=Text("Giữ cột của biểu mẫu gốc, xóa cột kia.", "Keep the column of the form and delete the other."),
)

_HEAD_ROWS = 40


@dataclass(frozen=True, slots=True)
class Columns:
    """Row of the heads, and the column number of each column of the form."""

    row: int
    numbers: Mapping[FormColumn, int]

    def cell(self, sheet: Sheet, row: int, column: FormColumn) -> Cell:
        return sheet.at(row, self.numbers[column])

    def name(self, row: int, column: FormColumn) -> str:
        return cell_name(row, self.numbers[column])


def find_columns(sheet: Sheet, wanted: Sequence[FormColumn], problems: Problems) -> Columns | None:
    """The row that holds most of the wanted heads. None after a problem, when a head is missing or repeated."""
    by_label = {plain(column.label): column for column in wanted}
    found: dict[int, list[tuple[int, FormColumn]]] = {}
    for (row, column), cell in sheet.cells.items():
        if row > _HEAD_ROWS:
            break
        if cell.kind == "text" and not cell.formula:
            head = by_label.get(plain(str(cell.value)))
            if head is not None:
                found.setdefault(row, []).append((column, head))
    row = max(found, key=lambda each: len({head for _, head in found[each]}), default=0)
    numbers: dict[FormColumn, int] = {}
    twice = False
    for column, head in found.get(row, ()):
        if head in numbers:
            first = cell_name(row, numbers[head])
            problems.add(HEAD_TWICE, sheet.place(row, column), head=head.head.both(), first=first)
            twice = True
        numbers.setdefault(head, column)
    missing = [head.head for head in wanted if head not in numbers]
    if missing:
        heads = Text(*(", ".join(f'"{head.both()}"' for head in missing) for _ in range(2)))
        problems.add(HEADS_MISSING, sheet.place(), heads=heads)
        return None
    return None if twice else Columns(row, numbers)


def plain(text: str) -> str:
    """A label without what people and programs change unseen: letter forms, case, spaces and line breaks."""
    return " ".join(nfc(text).casefold().split())
