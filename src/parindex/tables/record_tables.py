"""What offices keep: the declared record tables, dossiers of the one-stop shops and the procedure catalogue.

Records come by the hundred million and are never rows in Python: importing writes them as Parquet with these columns,
engines evaluate measures over them. Nothing here opens a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from parindex.language import Text

RecordType = Literal["text", "code", "date", "whole", "decimal", "flag", "choice"]
"""`code` is text that names something else; `decimal` has four decimal places at most; `flag` is yes or no."""

DECIMAL_PLACES: Final = 4


@dataclass(frozen=True, slots=True)
class RecordColumn:
    """One column. `null_means` None: it is never empty. `personal` columns leave the folder only when asked by name.

    `codes` are the values of a choice. `lowest` bounds whole and decimal columns (inclusive). `happened`: the day of
    something that has taken place, so it cannot lie after the day an edition is closed.
    """

    name: str
    type: RecordType
    says: Text
    unit: Text | None = None
    null_means: Text | None = None
    codes: Mapping[str, Text] = field(default_factory=dict)
    lowest: int | None = None
    personal: bool = False
    happened: bool = False


@dataclass(frozen=True, slots=True)
class NotBefore:
    """A date that may not come before another of the same record."""

    later: str
    earlier: str


@dataclass(frozen=True, slots=True)
class RecordTable:
    """One declared table: its name, what identifies a record, its columns, and what must hold within a record.

    `references`: columns whose values must stand in another table: ((own columns), table, (its columns)).
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[RecordColumn, ...]
    says: Text
    order: tuple[NotBefore, ...] = ()
    references: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...] = ()

    def __post_init__(self) -> None:
        names = {column.name for column in self.columns}
        assert len(names) == len(self.columns), self.name
        assert set(self.key) <= names, self.name

    def column(self, name: str) -> RecordColumn:
        """The column of this name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def public_columns(self) -> tuple[RecordColumn, ...]:
        return tuple(column for column in self.columns if not column.personal)


_LEVELS: Final = {
    "province": Text("cấp tỉnh", "province"),
    "district": Text("cấp huyện", "district"),
    "commune": Text("cấp xã", "commune"),
}
_CHANNELS: Final = {
    "counter": Text("trực tiếp", "at the counter"),
    "post": Text("bưu chính công ích", "by post"),
    "online": Text("trực tuyến", "online"),
}
_PAYMENTS: Final = {
    "none": Text("không phải nộp", "nothing due"),
    "cash": Text("tiền mặt", "in cash"),
    "online": Text("trực tuyến", "online"),
}
_ONLINE_SERVICES: Final = {
    "none": Text("cung cấp thông tin", "information only"),
    "partial": Text("một phần", "partial"),
    "full": Text("toàn trình", "full"),
}
_NOT_RECORDED: Final = Text("không ghi", "not recorded")
_DAYS: Final = Text("ngày", "days")

DOSSIERS: Final = RecordTable(
    name="dossiers",
    key=("unit", "dossier"),
    says=Text("Hồ sơ thủ tục hành chính tại bộ phận một cửa", "Case files of the one-stop shops"),
    columns=(
        RecordColumn("unit", "code", Text("mã đơn vị được đánh giá", "code of the scored unit")),
        RecordColumn("office", "code", Text("cơ quan giải quyết", "office that settles it")),
        RecordColumn("level", "choice", Text("cấp giải quyết", "level of government"), codes=_LEVELS),
        RecordColumn("dossier", "text", Text("mã hồ sơ", "number of the dossier")),
        RecordColumn("procedure", "code", Text("mã thủ tục", "code of the procedure")),
        RecordColumn("received_on", "date", Text("ngày tiếp nhận", "day of receipt"), happened=True),
        RecordColumn(
            "due_on",
            "date",
            Text("ngày hẹn trả", "day it is due"),
            null_means=Text("không quy định thời hạn", "no time limit"),
        ),
        RecordColumn(
            "settled_on",
            "date",
            Text("ngày có kết quả", "day it was settled"),
            null_means=Text("chưa giải quyết xong", "not settled yet"),
            happened=True,
        ),
        RecordColumn(
            "returned_on",
            "date",
            Text("ngày trả kết quả", "day the result was handed over"),
            null_means=Text("chưa trả", "not handed over yet"),
            happened=True,
        ),
        RecordColumn(
            "channel", "choice", Text("hình thức nộp", "how it came in"), codes=_CHANNELS, null_means=_NOT_RECORDED
        ),
        RecordColumn(
            "payment", "choice", Text("thanh toán", "how fees were paid"), codes=_PAYMENTS, null_means=_NOT_RECORDED
        ),
        RecordColumn(
            "digitised",
            "flag",
            Text("kết quả được số hóa", "the result was digitised"),
            null_means=Text("không ghi, hoặc chưa có kết quả", "not recorded, or no result yet"),
        ),
        RecordColumn(
            "apology",
            "flag",
            Text("có thư xin lỗi khi quá hạn", "an apology was sent for lateness"),
            null_means=Text("không quá hạn, hoặc không ghi", "not late, or not recorded"),
        ),
        RecordColumn(
            "applicant",
            "text",
            Text("họ tên người nộp", "name of the applicant"),
            null_means=_NOT_RECORDED,
            personal=True,
        ),
        RecordColumn(
            "applicant_number",
            "text",
            Text("số định danh người nộp", "personal number of the applicant"),
            null_means=_NOT_RECORDED,
            personal=True,
        ),
        RecordColumn(
            "applicant_phone",
            "text",
            Text("điện thoại người nộp", "telephone of the applicant"),
            null_means=_NOT_RECORDED,
            personal=True,
        ),
    ),
    order=(
        NotBefore("due_on", "received_on"),
        NotBefore("settled_on", "received_on"),
        NotBefore("returned_on", "settled_on"),
    ),
    references=((("unit", "procedure"), "procedures", ("unit", "procedure")),),
)

PROCEDURES: Final = RecordTable(
    name="procedures",
    key=("unit", "procedure"),
    says=Text("Danh mục thủ tục hành chính của từng đơn vị", "The procedure catalogue of each unit"),
    columns=(
        RecordColumn("unit", "code", Text("mã đơn vị được đánh giá", "code of the scored unit")),
        RecordColumn("procedure", "code", Text("mã thủ tục", "code of the procedure")),
        RecordColumn("name", "text", Text("tên thủ tục", "name of the procedure")),
        RecordColumn("field", "text", Text("lĩnh vực", "field")),
        RecordColumn("level", "choice", Text("cấp giải quyết", "level of government"), codes=_LEVELS),
        RecordColumn(
            "decision",
            "text",
            Text("quyết định công bố", "decision that published it"),
            null_means=Text("chưa công bố", "not published yet"),
        ),
        RecordColumn(
            "publish_by",
            "date",
            Text("hạn công bố", "day by which it must be published"),
            null_means=Text("không phải công bố trong kỳ", "nothing was due"),
        ),
        RecordColumn(
            "published_on",
            "date",
            Text("ngày công bố", "day it was published"),
            null_means=Text("chưa công bố", "not published yet"),
            happened=True,
        ),
        RecordColumn(
            "posted_on",
            "date",
            Text("ngày niêm yết, công khai", "day it was posted"),
            null_means=Text("chưa công khai", "not posted yet"),
            happened=True,
        ),
        RecordColumn(
            "posted_at",
            "text",
            Text("nơi niêm yết, công khai", "where it is posted"),
            null_means=Text("chưa công khai, hoặc không ghi", "not posted, or not recorded"),
        ),
        RecordColumn(
            "online_service",
            "choice",
            Text("mức cung cấp trực tuyến", "level of the online service"),
            codes=_ONLINE_SERVICES,
            null_means=_NOT_RECORDED,
        ),
        RecordColumn(
            "limit_days",
            "decimal",
            Text("thời hạn theo quy định", "time limit set by law"),
            unit=_DAYS,
            null_means=Text("không quy định thời hạn", "no time limit"),
            lowest=0,
        ),
        RecordColumn(
            "limit_days_cut",
            "decimal",
            Text("thời hạn sau khi cắt giảm", "time limit after cutting"),
            unit=_DAYS,
            null_means=Text("không cắt giảm", "it was not cut"),
            lowest=0,
        ),
        RecordColumn(
            "steps",
            "whole",
            Text("số bước", "number of steps"),
            null_means=_NOT_RECORDED,
            lowest=0,
        ),
        RecordColumn(
            "documents",
            "whole",
            Text("số giấy tờ phải nộp", "number of documents asked for"),
            null_means=_NOT_RECORDED,
            lowest=0,
        ),
        RecordColumn(
            "simplification_proposed",
            "flag",
            Text("có phương án đơn giản hóa được đề xuất", "a simplification was proposed"),
            null_means=_NOT_RECORDED,
        ),
    ),
)

RECORD_TABLES: Final[Mapping[str, RecordTable]] = {table.name: table for table in (DOSSIERS, PROCEDURES)}
"""A new record table is declared above and named here."""

SOURCE_ROW: Final = "source_row"
"""Beside the declared columns, every part keeps the row of its source file that a record stood in (whole, from 1)."""

RECORDS_FOLDER: Final = "records"
MEASURES_FILE: Final = "records/measures.yaml"
