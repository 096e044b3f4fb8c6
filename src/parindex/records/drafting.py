"""A first mapping.yaml from the headers and the first records of a file, for a person to finish."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final, NamedTuple

from parindex.problems import Problems
from parindex.records.chunks import Export, shown
from parindex.records.exports import ChunkSizes, open_export
from parindex.records.legacy import find_legacy
from parindex.records.mapping import ColumnSource, DateForm, DecimalMark, RecordMapping, folded, folded_header
from parindex.records.mistakes import ENCODING, LEGACY, SEPARATOR
from parindex.records.values import Surroundings, understanding
from parindex.sources import Place
from parindex.tables.record_tables import RecordColumn, RecordTable

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "unit": ("mã đơn vị", "mã tỉnh", "tỉnh", "tỉnh thành phố", "đơn vị", "unit code", "province"),
    "office": ("cơ quan giải quyết", "cơ quan", "đơn vị giải quyết", "cơ quan thực hiện", "nơi giải quyết", "agency"),
    "level": ("cấp giải quyết", "cấp", "cấp thực hiện", "cấp hành chính"),
    "dossier": ("mã hồ sơ", "số hồ sơ", "mã số hồ sơ", "số biên nhận", "dossier number", "case number"),
    "procedure": ("mã thủ tục", "mã tthc", "mã thủ tục hành chính", "mã số tthc", "procedure code"),
    "received_on": ("ngày tiếp nhận", "ngày nhận", "ngày nhận hồ sơ", "thời gian tiếp nhận", "ngày nộp", "received"),
    "due_on": ("ngày hẹn trả", "hạn trả", "hạn giải quyết", "ngày hẹn", "hạn xử lý", "thời hạn trả kết quả", "due"),
    "settled_on": ("ngày có kết quả", "ngày giải quyết", "ngày hoàn thành", "ngày kết thúc xử lý", "settled"),
    "returned_on": ("ngày trả kết quả", "ngày trả", "thời gian trả kết quả", "returned"),
    "channel": ("hình thức nộp", "hình thức tiếp nhận", "hình thức nhận", "kênh tiếp nhận", "channel"),
    "payment": ("thanh toán", "hình thức thanh toán", "nộp phí", "hình thức nộp phí lệ phí", "payment"),
    "digitised": ("số hóa", "kết quả số hóa", "đã số hóa", "số hóa kết quả", "digitised", "digitized"),
    "apology": ("xin lỗi", "thư xin lỗi", "có thư xin lỗi", "apology"),
    "applicant": ("người nộp", "họ tên người nộp", "tên người nộp", "chủ hồ sơ", "họ và tên", "applicant"),
    "applicant_number": ("số định danh", "số cccd", "cccd", "cmnd", "số giấy tờ", "số định danh cá nhân"),
    "applicant_phone": ("điện thoại", "số điện thoại", "sđt", "phone"),
    "name": ("tên thủ tục", "tên tthc", "tên thủ tục hành chính", "name"),
    "field": ("lĩnh vực", "tên lĩnh vực", "field"),
    "decision": ("quyết định công bố", "số quyết định", "số quyết định công bố", "decision"),
    "publish_by": ("hạn công bố", "thời hạn công bố"),
    "published_on": ("ngày công bố", "ngày quyết định", "ngày ban hành", "published"),
    "posted_on": ("ngày niêm yết", "ngày công khai", "ngày đăng tải", "posted"),
    "posted_at": ("nơi niêm yết", "nơi công khai", "địa chỉ công khai", "đường dẫn"),
    "online_service": ("mức độ", "mức cung cấp trực tuyến", "mức độ trực tuyến", "dịch vụ công trực tuyến"),
    "limit_days": ("thời hạn", "thời hạn giải quyết", "thời hạn theo quy định", "thời gian giải quyết"),
    "limit_days_cut": ("thời hạn sau khi cắt giảm", "thời hạn sau cắt giảm", "thời gian sau cắt giảm"),
    "steps": ("số bước", "số bước thực hiện", "steps"),
    "documents": ("số giấy tờ", "số giấy tờ phải nộp", "thành phần hồ sơ", "documents"),
    "simplification_proposed": ("phương án đơn giản hóa", "đề xuất đơn giản hóa", "kiến nghị đơn giản hóa"),
}
"""How exports call the columns; beside the declared name and what it says."""

_NEAR: Final = 0.82
_ROWS_OF_TITLES: Final = 10
_SAMPLE: Final = 5_000
_SAMPLE_SIZES: Final = ChunkSizes(csv_bytes=2_000_000, parquet_rows=_SAMPLE, workbook_rows=_SAMPLE)


class Draft(NamedTuple):
    """The text of a mapping.yaml. `found`: header by column. `missing`: columns never empty that no header fits."""

    text: str
    found: Mapping[str, str]
    missing: tuple[str, ...]


def draft_mapping(path: Path, table: RecordTable, problems: Problems) -> Draft | None:
    """Draft the mapping of one export. None after problems: the file cannot be read, or is in an old font code."""
    best: tuple[int, RecordMapping, Export, Mapping[str, int]] | None = None
    for header_row in range(1, _ROWS_OF_TITLES + 1):
        tried = Problems()
        opened = _opened(path, replace(_bare(table), header_row=header_row), tried)
        if opened is None:
            if header_row == 1:
                first = tried
            continue
        bare, export = opened
        names = [name for column in table.columns for name in _names_of(column)]
        old = find_legacy(export.header, names)
        if old is not None:
            problems.add(LEGACY, Place(path.name, header_row), code=old.code, header=old.header, meant=old.meant)
            return None
        places = guess_columns(export.header, table)
        if best is None or len(places) > best[0]:
            best = (len(places), bare, export, places)
        if len(places) == len(table.columns) or (header_row == 1 and len(places) * 2 > len(table.columns)):
            break
    if best is None:
        problems.extend(first)
        return None
    _, bare, export, places = best
    return _written(bare, export, places)


def _bare(table: RecordTable) -> RecordMapping:
    return RecordMapping(table, (), None, ",", None, 1, {}, "")


def _opened(path: Path, bare: RecordMapping, problems: Problems) -> tuple[RecordMapping, Export] | None:
    """The file opened as it wants to be: another separator or encoding is tried where the first one fails."""
    for _ in range(3):
        tried = Problems()
        opened = open_export(path, bare, tried, _SAMPLE_SIZES)
        if opened is not None:
            return bare, opened.export
        kinds = {problem.kind: problem for problem in tried}
        if SEPARATOR in kinds:
            mark = str(kinds[SEPARATOR].values["mark"])
            bare = replace(bare, separator="\t" if mark == "tab" else mark)
        elif ENCODING in kinds and bare.encoding is None:
            bare = replace(bare, encoding="windows-1258")
        else:
            problems.extend(tried)
            return None
    return None


def _names_of(column: RecordColumn) -> tuple[str, ...]:
    return (column.name, column.says.vi, column.says.en, *_NAMES.get(column.name, ()))


def guess_columns(header: Sequence[str], table: RecordTable) -> Mapping[str, int]:
    """The column of the file that is most likely meant, by column of the table; each is used once."""
    scores: list[tuple[float, int, str]] = []
    for at, text in enumerate(header):
        given = folded_header(text)
        if not given:
            continue
        for column in table.columns:
            known = [folded_header(name.replace("_", " ")) for name in _names_of(column)]
            if given in known:
                # Among several names of a column, the earlier ones are the better known.
                scores.append((2 - known.index(given) / 100, at, column.name))
            else:
                near = max(SequenceMatcher(None, given, name).ratio() for name in known)
                if near >= _NEAR:
                    scores.append((near, at, column.name))
    found: dict[str, int] = {}
    for _, at, name in sorted(scores, key=lambda score: (-score[0], score[1], score[2])):
        if name not in found and at not in found.values():
            found[name] = at
    return found


def _written(bare: RecordMapping, export: Export, places: Mapping[str, int]) -> Draft:
    table = bare.table
    texts = _sample(export, places)
    dates = _date_form([text for c in table.columns if c.type == "date" for text in texts.get(c.name, ())])
    decimal = _decimal_mark([t for c in table.columns if c.type == "decimal" for t in texts.get(c.name, ())])
    lines = [
        "# Bản nháp từ tiêu đề của tệp; kiểm tra từng dòng. / Drafted from the headers of a file; check every line.",
        f"table: {table.name}",
    ]
    if bare.encoding is not None:
        lines.append(f"encoding: {bare.encoding}")
    if bare.separator != ",":
        lines.append(f'separator: "{"tab" if bare.separator == chr(9) else bare.separator}"')
    if export.header_row != 1:
        lines.append(f"header_row: {export.header_row}")
    lines += [f"dates: {dates}", f"decimal: {decimal}", "columns:"]
    missing = []
    for column in table.columns:
        at = places.get(column.name)
        if at is None:
            required = column.null_means is None
            missing += [column.name] if required else []
            need = " — bắt buộc / required" if required else ""
            lines.append(f'  # {column.name}: "…"  # {column.says.vi} / {column.says.en}{need}')
            continue
        header = json.dumps(export.header[at], ensure_ascii=False)
        strange = _strange(ColumnSource(column, dates=dates, decimal=decimal), texts.get(column.name, ()))
        if column.type in ("choice", "flag") and strange:
            lines.append(f"  {column.name}:")
            lines.append(f"    header: {header}")
            known = " | ".join(column.codes or ("true", "false"))
            lines.append(f"    # Bỏ dấu # và chọn / uncomment and choose: {known}")
            lines.append("    # values:")
            lines += [f"    #   {json.dumps(text, ensure_ascii=False)}: …" for text in strange]
        else:
            lines.append(f"  {column.name}: {header}")
            if strange and column.name != "unit":
                shown_values = ", ".join(json.dumps(text, ensure_ascii=False) for text in strange[:5])
                lines.append(f"  # không hiểu / not understood: {shown_values}")
    used = set(places.values())
    unused = [text for number, text in enumerate(export.header) if number not in used and text]
    if unused:
        lines.append("# Không dùng / not used: " + ", ".join(json.dumps(text, ensure_ascii=False) for text in unused))
    found = {name: export.header[at] for name, at in places.items()}
    return Draft("\n".join(lines) + "\n", found, tuple(missing))


def _sample(export: Export, places: Mapping[str, int]) -> Mapping[str, tuple[str, ...]]:
    """The distinct texts of each column among the first records."""
    wanted = tuple(sorted(set(places.values())))
    chunk = next(iter(export.chunks(wanted, frozenset(), None)), None)
    if chunk is None:
        return {}
    return {
        name: tuple(text for text in chunk.columns[at].slice(0, _SAMPLE).unique().to_pylist() if text.strip())
        for name, at in places.items()
    }


def _date_form(texts: Sequence[str]) -> DateForm:
    """The order that all dates allow; day, month, year where both do."""
    pairs = [re.match(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-]\d{4}", shown(text)) for text in texts]
    firsts = [(int(found[1]), int(found[2])) for found in pairs if found]
    if any(second > 12 for _, second in firsts) and not any(first > 12 for first, _ in firsts):
        return "mm/dd/yyyy"
    return "dd/mm/yyyy"


def _decimal_mark(texts: Sequence[str]) -> DecimalMark:
    point = any(re.fullmatch(r"\s*-?\d+\.\d{1,2}\s*", text) for text in texts)
    comma = any(re.fullmatch(r"\s*-?\d+,\d+\s*", text) for text in texts)
    return "point" if point and not comma else "comma"


def _strange(source: ColumnSource, texts: Sequence[str]) -> list[str]:
    """The first distinct texts that the column would not understand."""
    if source.column.name == "unit" or source.column.type == "text":
        return []
    around = Surroundings({}, (), date.max, date.max)
    understand = understanding(source, around, {})
    strange = [shown(text) for text in texts if understand(text).kind is not None]
    return list({folded(text): text for text in strange}.values())[:20]
