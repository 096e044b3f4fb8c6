"""publication.xlsx: the tables that people read, with names and sentences instead of codes. Numbers are numbers."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Any, Literal, TypeAlias

from parindex.index.aggregate import REASONS
from parindex.language import LANGUAGES, Language, Text, number
from parindex.problems import ProblemsFound
from parindex.programme.edition import UnitList
from parindex.programme.framework import INDEX
from parindex.publication.release import Release
from parindex.ranking.movement import NOTES
from parindex.tables.counted import COUNTED, COUNTED_REASONS
from parindex.tables.flow import DIFFERENCES, MEANS, MOVEMENTS, SURVEY_COUNTS, SURVEY_TERMS, Score
from parindex.workbooks import Limits, new_workbook, read_workbook, sheet_name, standard_formats

# XlsxWriter's own; only `workbooks` knows its modules.
Format: TypeAlias = Any
Workbook: TypeAlias = Any
Worksheet: TypeAlias = Any

FILE = "publication.xlsx"

# What a publication of every commune of the country would need, and far more than a workbook that units send.
_LIMITS = Limits(
    file_bytes=50_000_000,
    part_bytes=400_000_000,
    total_bytes=600_000_000,
    rows=1_000_000,
    cells=6_000_000,
    cpu_seconds=120,
    wall_seconds=240,
    memory_bytes=8 << 30,
)

_CELL_TEXT = 32_000  # Excel takes 32,767 characters; the rest of this is for the mark that something was left out

_WIDE = 100

Kind = Literal["text", "code", "rank", "whole", "index", "points", "change"]


@dataclass(frozen=True, slots=True)
class _Column:
    head: Text
    width: int
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One table for reading. `frozen` is how many columns stay in sight when scrolling to the right."""

    name: Text
    says: Text
    columns: Sequence[_Column]
    rows: Iterable[Sequence[object]]
    frozen: int = 0


def files(release: Release) -> dict[str, bytes]:
    out = io.BytesIO()
    edition = release.result.edition
    title = edition.name.both()
    properties = {"title": f"{title} – {release.label.both()}" if release.label else title}
    custom = {"parindex-version": release.version, "parindex-decision": release.decision}
    with new_workbook(out, properties=properties, custom_properties=custom) as book:
        looks = _formats(book, edition.settings.publish_decimals)
        sheets = list(_sheets(release))
        _front_page(book, release, sheets, looks)
        for sheet in sheets:
            _write(book.add_worksheet(_tab(sheet.name)), release, sheet, looks)
    return {FILE: out.getvalue()}


def content(file: bytes) -> object:
    """Every cell of every sheet, and the document's properties; a text that says why when it cannot be read."""
    try:
        book = read_workbook(FILE, file, limits=_LIMITS)
    except ProblemsFound as found:
        return found.problems[0].words("en")
    sheets = [(sheet.name, sheet.hidden, dict(sheet.cells)) for sheet in book.sheets]
    return sheets, book.properties.get("title"), dict(book.custom_properties)


def _sheets(release: Release) -> Iterable[_Sheet]:
    yield _ranks(release)
    for each in release.result.edition.lists:
        yield _domains(release, each)
    yield _scores(release)
    # An edition without surveys inside has no such sheets.
    if release.result.survey_terms:
        yield _survey_figures(release)
        yield _survey_answers(release)
    if release.result.counted:
        yield _counted(release)
    yield _means(release)
    yield _movements(release)
    yield _differences(release)


_RANKS_SAYS = Text(
    "Thứ hạng, xếp từ phân số chính xác; đơn vị cùng giá trị thì cùng hạng",
    "Ranks, from the exact fractions; equal values share a rank",
)
_SCORES_SAYS = Text(
    "Điểm từng tiêu chí, kèm một câu lý do; điểm tự chấm là điểm của giá trị đơn vị tự kê khai",
    "Points of every line, each with its reason in one sentence; claimed points are those of the claimed value",
)
_LIST = _Column(Text("Danh sách", "List"), 22)
_CODE = _Column(Text("Mã", "Code"), 12, "code")
_NAME_VI = _Column(Text("Đơn vị", "Unit (Vietnamese)"), 34)
_NAME_EN = _Column(Text("Tên tiếng Anh", "Unit"), 34)
_RANK = _Column(Text("Hạng", "Rank"), 8, "rank")
_INDEX = _Column(Text("Chỉ số (%)", "Index (%)"), 11, "index")


def _ranks(release: Release) -> _Sheet:
    result = release.result

    def rows() -> Iterable[Sequence[object]]:
        for row in result.ranks:
            unit_list, unit = release.members[row.unit]
            group = next((each.name for each in unit_list.groups if each.code == row.group), None)
            tied = ", ".join(release.members[code][1].short_name for code in (row.tied_with or "").split())
            reason = REASONS[row.reason].both() if row.reason else None
            yield (
                unit_list.name.both(), row.rank, row.unit, unit.name.vi, unit.name.en, row.value,
                group.both() if group else None, tied or None, reason,
            )  # fmt: skip

    columns = (
        _LIST,
        _RANK,
        _CODE,
        _NAME_VI,
        _NAME_EN,
        _INDEX,
        _Column(Text("Nhóm", "Group"), 24),
        _Column(Text("Cùng hạng với", "Tied with"), 26),
        _Column(Text("Vì sao chưa xếp hạng", "Why it is not ranked"), 28),
    )
    first = _first_column(release)
    shown = (row[first:] for row in rows())
    return _Sheet(Text("Thứ hạng", "Ranks"), _RANKS_SAYS, columns[first:], shown, frozen=4 - first)


def _first_column(release: Release) -> int:
    """1 where there is a single list, whose name need not stand in every row."""
    return 0 if len(release.result.edition.lists) > 1 else 1


def _domains(release: Release, unit_list: UnitList) -> _Sheet:
    """Points and index of every domain, units in the order of their ranks. Frameworks differ, so a sheet a list."""
    result = release.result
    domains = unit_list.framework.domains
    # Narrow: eight domains must still be read on one page. English names stand on the sheet of ranks.
    columns = [_RANK, _CODE, _Column(_NAME_VI.head, 24), _INDEX]
    for domain in domains:
        name = Text(f"{domain.code}. {domain.name.vi}", f"{domain.code}. {domain.name.en}")
        most_vi, most_en = (number(domain.max_points.normalize(), language) for language in LANGUAGES)
        columns.append(_Column(Text(f"{name.vi} (tối đa {most_vi})", f"{name.en} (of {most_en})"), 20, "points"))
        columns.append(_Column(Text(f"{domain.code}. Chỉ số (%)", f"{domain.code}. Index (%)"), 9, "index"))

    def rows() -> Iterable[Sequence[object]]:
        for row in result.ranks:
            if row.list != unit_list.code:
                continue
            unit = release.members[row.unit][1]
            cells: list[object] = [row.rank, row.unit, unit.name.vi]
            cells.append(result.index_of[(row.unit, INDEX)].value)
            for domain in domains:
                value = result.index_of[(row.unit, domain.code)]
                # Where nothing applies, or nothing is known yet, no points were given: not zero points.
                known = value.applicable > 0 and value.coverage > 0
                cells += [value.points if known else None, value.value]
            yield cells

    # A number, not the code of the list: names of sheets are short, and cut codes could be the same.
    lists = result.edition.lists
    mark = f" {lists.index(unit_list) + 1}" if len(lists) > 1 else ""
    says = Text(
        f"{unit_list.name.vi}: điểm và chỉ số từng lĩnh vực, theo thứ tự xếp hạng",
        f"{unit_list.name.en}: points and index of every domain, in the order of ranks",
    )
    return _Sheet(Text(f"Lĩnh vực{mark}", f"Domains{mark}"), says, columns, rows(), frozen=3)


def _scores(release: Release) -> _Sheet:
    result = release.result
    claimed: Mapping[tuple[str, str], Score] = {
        (row.unit, row.node): row for row in result.scores if row.stage == "self"
    }

    def rows() -> Iterable[Sequence[object]]:
        for row in result.scores:
            if row.stage != "final":
                continue
            unit_list, unit = release.members[row.unit]
            name, says = release.node_name(unit_list, row.node), release.sentences[row.unit, row.node]
            said = claimed.get((row.unit, row.node))
            yield (
                row.unit, unit.name.vi, row.node, name.vi, name.en, row.max_points,
                said.points if said is not None else None, row.points,
                says.vi, says.en,
            )  # fmt: skip

    columns = (
        _CODE,
        _Column(_NAME_VI.head, 24),
        _Column(Text("Mã mục", "Node"), 9, "code"),
        _Column(Text("Tên mục", "Name (Vietnamese)"), 36),
        _Column(Text("Tên mục tiếng Anh", "Name"), 36),
        _Column(Text("Điểm tối đa", "Maximum"), 9, "points"),
        _Column(Text("Điểm tự chấm", "Claimed"), 9, "points"),
        _Column(Text("Điểm đạt", "Points"), 9, "points"),
        _Column(Text("Lý do", "Reason (Vietnamese)"), 48),
        _Column(Text("Lý do (tiếng Anh)", "Reason"), 48),
    )
    return _Sheet(Text("Điểm", "Scores"), _SCORES_SAYS, columns, rows(), frozen=3)


def _means(release: Release) -> _Sheet:
    names = {each.code: each.name for each in release.result.edition.lists}
    scopes = {"all": Text("chung", "all"), "region": Text("vùng", "region")}
    columns = (
        _LIST,
        _Column(Text("Phạm vi", "Scope"), 16),
        _CODE,
        _Column(Text("Tên", "Name (Vietnamese)"), 34),
        _Column(Text("Tên tiếng Anh", "Name"), 34),
        _Column(Text("Số đơn vị", "Units"), 9, "whole"),
        _Column(Text("Trung bình (%)", "Mean (%)"), 12, "index"),
        _Column(Text("Thấp nhất (%)", "Lowest (%)"), 12, "index"),
        _Column(Text("Cao nhất (%)", "Highest (%)"), 12, "index"),
    )
    rows = (
        (
            names[row.list].both(), scopes[row.scope].both() if row.scope in scopes else row.scope, row.code,
            row.name_vi, row.name_en, row.n_units, row.value, row.low, row.high,
        )
        for row in release.result.means
    )  # fmt: skip
    first = _first_column(release)
    shown = (row[first:] for row in rows)
    return _Sheet(Text("Trung bình", "Means"), MEANS.says, columns[first:], shown)


def _movements(release: Release) -> _Sheet:
    result = release.result
    comparison = result.edition.comparison
    why = comparison.note if comparison and comparison.note else Text("", "")

    def note(code: str, language: Language) -> str:
        return NOTES[code].in_(language).format(note=why.in_(language)) if code in NOTES else code

    def rows() -> Iterable[Sequence[object]]:
        for row in result.movements:
            unit = release.members[row.unit][1]
            now = result.rank_of[row.unit]
            said = " / ".join(note(row.note, language) for language in LANGUAGES) if row.note else None
            yield (
                row.unit, unit.name.vi, unit.name.en, now.value, now.rank, row.since, row.predecessor,
                row.previous_value, row.previous_rank, row.change, row.rank_change, said,
            )  # fmt: skip

    columns = (
        _CODE,
        _NAME_VI,
        _NAME_EN,
        _INDEX,
        _RANK,
        _Column(Text("So với kỳ", "Since"), 10, "code"),
        _Column(Text("Mã khi đó", "Code then"), 12, "code"),
        _Column(Text("Chỉ số khi đó (%)", "Index then (%)"), 12, "index"),
        _Column(Text("Hạng khi đó", "Rank then"), 9, "rank"),
        _Column(Text("Tăng, giảm (điểm phần trăm)", "Change (percent points)"), 16, "change"),
        _Column(Text("Số bậc tăng (+), giảm (−)", "Places gained (+) or lost (−)"), 16, "whole"),
        _Column(Text("Ghi chú", "Note"), 44),
    )
    return _Sheet(Text("Thay đổi", "Movements"), MOVEMENTS.says, columns, rows(), frozen=2)


_LEVELS = {
    "index": Text("chỉ số", "index"),
    "part": Text("chỉ số thành phần", "sub-index"),
    "factor": Text("nhân tố", "factor"),
    "question": Text("câu hỏi", "question"),
}
_HIDDEN = {
    "published": None,
    "empty": Text("không có", "none"),
    "too_small": Text("không công bố: ít trả lời", "not published: few answers"),
    "protects_others": Text("không công bố: bảo vệ số khác", "not published: protects others"),
}


def _hidden(status: str) -> str | None:
    says = _HIDDEN.get(status)
    return says.both() if says is not None else None


def _survey_figures(release: Release) -> _Sheet:
    def rows() -> Iterable[Sequence[object]]:
        for row in release.result.survey_terms:
            level = _LEVELS.get(row.level)
            weight = row.weight * 100 if row.weight is not None else None
            yield (
                row.unit, row.node, row.survey, level.both() if level else row.level, row.code, row.name_vi,
                row.name_en, weight, row.value, row.se, row.lower, row.upper, row.n, row.deff, row.psus,
                _hidden(row.status),
            )  # fmt: skip

    columns = (
        _CODE,
        _Column(Text("Mục", "Node"), 9, "code"),
        _Column(Text("Khảo sát", "Survey"), 12, "code"),
        _Column(Text("Mức", "Level"), 18),
        _Column(Text("Mã số liệu", "Code of the figure"), 12, "code"),
        _Column(Text("Tên hoặc câu hỏi", "Name or question (Vietnamese)"), 44),
        _Column(Text("Tên tiếng Anh", "Name or question"), 44),
        _Column(Text("Trọng số (%)", "Weight (%)"), 11, "index"),
        _Column(Text("Ước lượng (%)", "Estimate (%)"), 12, "index"),
        _Column(Text("Sai số chuẩn (%)", "Standard error (%)"), 12, "index"),
        _Column(Text("Cận dưới 95 % (%)", "Lower 95 % limit (%)"), 12, "index"),
        _Column(Text("Cận trên 95 % (%)", "Upper 95 % limit (%)"), 12, "index"),
        _Column(Text("Số trả lời", "Answers"), 10, "whole"),
        _Column(Text("Hệ số thiết kế", "Design effect"), 11, "index"),
        _Column(Text("Đơn vị mẫu cấp một", "First-stage units"), 11, "whole"),
        _Column(Text("Vì sao trống", "Why it is empty"), 26),
    )
    return _Sheet(Text("Khảo sát", "Survey"), SURVEY_TERMS.says, columns, rows(), frozen=1)


def _survey_answers(release: Release) -> _Sheet:
    rows = (
        (
            row.unit, row.survey, row.item, row.answers, row.label_vi, row.label_en, row.score, row.n, row.weighted,
            _hidden(row.status),
        )
        for row in release.result.survey_counts
    )  # fmt: skip
    columns = (
        _CODE,
        _Column(Text("Khảo sát", "Survey"), 12, "code"),
        _Column(Text("Câu hỏi", "Question"), 12, "code"),
        _Column(Text("Mã trả lời", "Answer codes"), 16, "code"),
        _Column(Text("Trả lời", "Answer (Vietnamese)"), 34),
        _Column(Text("Tiếng Anh", "Answer"), 34),
        _Column(Text("Điểm của trả lời (%)", "Worth (%)"), 12, "index"),
        _Column(Text("Số trả lời", "Answers"), 10, "whole"),
        _Column(Text("Tổng quyền số", "Sum of weights"), 14, "points"),
        _Column(Text("Vì sao trống", "Why it is empty"), 26),
    )
    return _Sheet(Text("Trả lời", "Answers"), SURVEY_COUNTS.says, columns, rows, frozen=1)


def _counted(release: Release) -> _Sheet:
    def rows() -> Iterable[Sequence[object]]:
        for row in release.result.counted:
            reason = COUNTED_REASONS.get(row.reason) if row.reason is not None else None
            yield (
                row.unit, row.node, row.input, row.claimed, row.counted, row.difference, row.measure, row.part,
                row.records, row.unknown, reason.both() if reason else row.reason, row.says_vi, row.says_en, row.digest,
            )  # fmt: skip

    columns = (
        _CODE,
        _Column(Text("Mục", "Node"), 9, "code"),
        _Column(Text("Số liệu", "Input"), 14, "code"),
        _Column(Text("Tự đánh giá", "Claimed"), 12, "points"),
        _Column(Text("Đếm được", "Counted"), 12, "points"),
        _Column(Text("Tự đánh giá trừ số đếm", "Claimed less counted"), 12, "change"),
        _Column(Text("Chỉ tiêu", "Measure"), 26, "code"),
        _Column(Text("Phần", "Part"), 12, "code"),
        _Column(Text("Bản ghi thuộc diện xét", "Records concerned"), 12, "whole"),
        _Column(Text("Bản ghi thiếu số liệu", "Records that lack the data"), 12, "whole"),
        _Column(Text("Vì sao trống", "Why it is empty"), 26),
        _Column(Text("Đếm gì", "What is counted (Vietnamese)"), 60),
        _Column(Text("Tiếng Anh", "What is counted"), 60),
        _Column(Text("Mã băm của bản ghi", "Digest of the records"), 20, "code"),
    )
    return _Sheet(Text("Đếm từ hồ sơ", "Counted"), COUNTED.says, columns, rows(), frozen=3)


_MEAN = Text("Trung bình", "Mean")
_QUANTITIES = {"value": Text("giá trị", "value"), "rank": Text("hạng", "rank")}
_KINDS = {
    "rounding": Text("lệch một đơn vị cuối do làm tròn", "one unit of the last digit, from rounding"),
    "value": Text("khác giá trị", "another value"),
    "rank": Text("khác hạng", "another rank"),
    "not_computed": Text("không tính được", "not computed"),
}


def _differences(release: Release) -> _Sheet:
    result = release.result

    def rows() -> Iterable[Sequence[object]]:
        for row in result.differences:
            member = release.members.get(row.unit)
            names = (member[1].name.vi, member[1].name.en) if member else (None, None)
            node = release.node_name(member[0], row.node) if member else _MEAN
            quantity, kind = _QUANTITIES.get(row.quantity), _KINDS.get(row.kind)
            yield (
                row.unit, *names, node.both(), quantity.both() if quantity else row.quantity, row.printed, row.computed,
                row.difference, kind.both() if kind else row.kind, f"{row.source} {row.place}".strip(),
            )  # fmt: skip

    columns = (
        _CODE,
        _NAME_VI,
        _NAME_EN,
        _Column(Text("Mục", "Node"), 20),
        _Column(Text("Đại lượng", "Quantity"), 16),
        _Column(Text("Số đã in", "Printed"), 11, "points"),
        _Column(Text("Số tính lại", "Computed"), 11, "points"),
        _Column(Text("Số in trừ số tính", "Printed less computed"), 12, "change"),
        _Column(Text("Loại khác biệt", "Kind of difference"), 30),
        _Column(Text("Tệp, dòng", "File, line"), 18),
    )
    return _Sheet(Text("Khác số in", "Differences"), DIFFERENCES.says, columns, rows(), frozen=2)


@dataclass(frozen=True, slots=True)
class _Looks:
    title: Format
    label: Format
    note: Format
    heading: Format
    plain: Format
    cells: Mapping[Kind, Format]


def _formats(book: Workbook, decimals: int) -> _Looks:
    shared = standard_formats(book, decimals=decimals)
    cell = {"valign": "top", "border": 1, "border_color": "#BFBFBF"}
    # The space of a letter to the right ("_ "): a text in the next column begins at the border.
    digits = "." + "0" * decimals if decimals else ""
    return _Looks(
        title=shared.title,
        label=book.add_format({"bold": True, "font_color": "#B00020", "valign": "top"}),
        note=book.add_format({"italic": True, "font_color": "#595959", "valign": "top"}),
        heading=shared.heading,
        plain=book.add_format({"text_wrap": True, "valign": "top"}),
        cells={
            "text": shared.text,
            "code": book.add_format({**cell, "num_format": "@"}),
            "rank": book.add_format({**cell, "num_format": "0", "align": "center"}),
            "whole": book.add_format({**cell, "num_format": "#,##0_ "}),
            "index": book.add_format({**cell, "num_format": f"#,##0{digits}_ "}),
            "points": book.add_format({**cell, "num_format": "#,##0.00##_ "}),
            "change": book.add_format({**cell, "num_format": f"+#,##0{digits}_ ;-#,##0{digits}_ ;0{digits}_ "}),
        },
    )


def _tab(name: Text) -> str:
    return sheet_name(f"{name.vi} - {name.en}")


def _head(sheet: Worksheet, release: Release, says: Text, looks: _Looks) -> int:
    """The rows that say what this is; gives the number of the row for the heading."""
    edition = release.result.edition
    sheet.write_string(0, 0, edition.name.vi, looks.title)
    sheet.write_string(1, 0, edition.name.en, looks.note)
    line = Text(
        f"Phiên bản {release.version}, quyết định {release.decision}",
        f"version {release.version}, decision {release.decision}",
    )
    sheet.write_string(2, 0, line.both(), looks.note)
    sheet.write_string(3, 0, says.both(), looks.note)
    if release.label is None:
        return 5
    sheet.write_string(4, 0, release.label.both(), looks.label)
    return 6


def _write(sheet: Worksheet, release: Release, table: _Sheet, looks: _Looks) -> None:
    top = _head(sheet, release, table.says, looks)
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(top, place, _heading(column), looks.heading)
    sheet.set_row(top, _height((_heading(column), column.width) for column in table.columns))
    row = top
    for row, cells in enumerate(table.rows, start=top + 1):
        for place, (column, cell) in enumerate(zip(table.columns, cells, strict=True)):
            _cell(sheet, row, place, cell, looks.cells[column.kind])
        wrapped = ((cell, column.width) for column, cell in zip(table.columns, cells, strict=True))
        sheet.set_row(row, _height((text, width) for text, width in wrapped if isinstance(text, str)))
    if row == top:
        sheet.write_string(top + 1, 0, Text("không có dòng nào", "there are no rows").both(), looks.note)
    else:
        sheet.autofilter(top, 0, row, len(table.columns) - 1)
    sheet.freeze_panes(top + 1, table.frozen)
    sheet.repeat_rows(top)
    _printing(sheet, release)


def _heading(column: _Column) -> str:
    return f"{column.head.vi}\n{column.head.en}"


def _height(texts: Iterable[tuple[str, int]]) -> float:
    """A row's height in points, for texts in columns of a width in letters.

    Excel finds it by itself when it opens the file; LibreOffice and viewers show one line where none is written.
    """
    lines = 1
    for text, width in texts:
        lines = max(lines, sum(max(1, ceil(len(line) * 1.05 / width)) for line in text[:_CELL_TEXT].split("\n")))
    return min(15.0 * lines, 400.0)  # Excel's highest row has 409 points


def _cell(sheet: Worksheet, row: int, column: int, value: Any, look: Format) -> None:
    if value is None:
        sheet.write_blank(row, column, None, look)
    elif isinstance(value, (Decimal, int)):
        sheet.write_number(row, column, value, look)
    else:
        text = str(value)
        if len(text) > _CELL_TEXT:
            text = text[:_CELL_TEXT] + Text("… (xem đủ trong tệp CSV)", "… (in full in the CSV file)").both()
        sheet.write_string(row, column, text, look)


def _printing(sheet: Worksheet, release: Release) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    # & begins a code of the footer.
    said = [release.version, *([release.label.vi] if release.label else [])]
    sheet.set_footer("&L" + " – ".join(said).replace("&", "&&") + "&R&P/&N")


def _front_page(book: Workbook, release: Release, sheets: Sequence[_Sheet], looks: _Looks) -> None:
    name = Text("Giới thiệu", "About")
    sheet = book.add_worksheet(_tab(name))
    top = _head(sheet, release, Text("Các trang trong tệp", "The sheets of this file"), looks)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, _WIDE)
    lines: list[tuple[Text, Text]] = []
    if release.corrects is not None:
        old, reason = release.corrects.version, release.corrects.reason
        lines.append((
            Text("Đính chính", "Correction"),
            Text(f"thay phiên bản {old}; lý do: {reason.vi}", f"replaces version {old}; reason: {reason.en}"),
        ))  # fmt: skip
    lines += [(each.name, each.says) for each in sheets]
    lines += [
        (
            Text("Ô trống", "Empty cells"),
            Text("không có số liệu hoặc không áp dụng; không phải 0", "no figures, or not applicable; never 0"),
        ),
        (
            Text("Đủ chữ số", "All digits"),
            Text(
                "tệp này để đọc; bản gốc, đủ chữ số, là các tệp CSV cùng thư mục",
                "this file is for reading; the original, with all digits, is the CSV files of this folder",
            ),
        ),
    ]
    for row, (what, says) in enumerate(lines, start=top):
        sheet.write_string(row, 0, what.both(), looks.plain)
        sheet.write_string(row, 1, f"{says.vi}\n{says.en}", looks.plain)
        sheet.set_row(row, _height(((f"{says.vi}\n{says.en}", _WIDE),)))
    _printing(sheet, release)
