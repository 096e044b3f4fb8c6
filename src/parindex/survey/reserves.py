"""Reserves that step in for units that could not be reached: in order, within the same group, after enough contacts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from parindex.documents.csv_rows import read_rows
from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place
from parindex.survey.sample import Chosen

RESERVE_UNKNOWN = ProblemKind(
    "RESERVE-UNKNOWN",
    what=Text('"{code}" không có trong mẫu.', '"{code}" is not in the sample.'),
    why=Text("", ""),
    remedy=Text("Dùng mã trong sample.csv.", "Use a code of sample.csv."),
)
RESERVE_ROLE = ProblemKind(
    "RESERVE-ROLE",
    what=Text(
        '"{unit}" phải đang trong mẫu và "{reserve}" phải là dự phòng chưa dùng.',
        '"{unit}" must be in the sample and "{reserve}" a reserve not yet used.',
    ),
    why=Text("Mỗi dự phòng thay một đơn vị, một lần.", "A reserve replaces one unit, once."),
    remedy=Text("Kiểm tra hai mã.", "Check the two codes."),
)
RESERVE_GROUP = ProblemKind(
    "RESERVE-GROUP",
    what=Text(
        'dự phòng "{reserve}" thuộc "{reserve_group}", không cùng nhóm với "{unit}" ("{group}").',
        'the reserve "{reserve}" is of "{reserve_group}", not of the group of "{unit}" ("{group}").',
    ),
    why=Text(
        "Thay bằng đơn vị nơi khác làm lệch mẫu giữa các tầng và đơn vị mẫu sơ cấp.",
        "A unit from elsewhere would shift the sample between strata and primary sampling units.",
    ),
    remedy=Text("Dùng dự phòng của cùng nhóm.", "Use a reserve of the same group."),
)
RESERVE_ORDER = ProblemKind(
    "RESERVE-ORDER",
    what=Text(
        'dự phòng "{reserve}" đứng sau "{next}", chưa được dùng.',
        'the reserve "{reserve}" comes after "{next}", which is not used yet.',
    ),
    why=Text("Chọn tùy ý trong dự phòng thì mẫu không còn ngẫu nhiên.", "Picking among reserves ends randomness."),
    remedy=Text('Dùng "{next}" trước.', 'Use "{next}" first.'),
)
RESERVE_CONTACTS = ProblemKind(
    "RESERVE-CONTACTS",
    what=Text(
        'mới liên hệ "{unit}" {contacts} lần, cần {needed} lần trước khi thay.',
        '"{unit}" was contacted {contacts} times; {needed} are needed before it is replaced.',
    ),
    why=Text("Thay sớm làm mẫu chỉ còn những người dễ gặp.", "Replacing early leaves those who are easy to find."),
    remedy=Text("Liên hệ thêm vào giờ khác, ngày khác.", "Try again at another hour and on another day."),
)


RESERVE_CERTAIN = ProblemKind(
    "RESERVE-CERTAIN",
    what=Text(
        '"{unit}" chắc chắn được chọn, không có dự phòng.', '"{unit}" was taken with certainty and has no reserve.'
    ),
    why=Text(
        "Đơn vị này chỉ đại diện cho chính nó; đơn vị khác có xác suất nhỏ hơn 1 nên sẽ mang thừa quyền số.",
        "It stands for itself alone; another, whose chance is below 1, would carry too much weight.",
    ),
    remedy=Text(
        "Ghi kết quả của người ở đó là không tiếp cận được (mã 3.17); quyền số không trả lời sẽ xử lý.",
        "Record its people as unreachable (code 3.17); the non-response adjustment takes care of it.",
    ),
)
RESERVE_NONE = ProblemKind(
    "RESERVE-NONE",
    what=Text(
        'không còn dự phòng cho "{unit}" trong nhóm "{group}".',
        'no reserve is left for "{unit}" in the group "{group}".',
    ),
    why=Text(
        "Thay bằng nơi ngoài danh sách thì không có xác suất chọn.", "A place from outside has no chance of selection."
    ),
    remedy=Text(
        "Ghi kết quả của người ở đó (mã AAPOR); quyền số không trả lời sẽ xử lý.",
        "Record what became of its people (AAPOR codes); the non-response adjustment takes care of it.",
    ),
)
CONTACTS_WRONG = ProblemKind(
    "RESERVE-CONTACTS-NUMBER",
    what=Text('cột "contacts": "{value}" không phải là số lần.', 'column "contacts": "{value}" is no number of times.'),
    why=Text("", ""),
    remedy=Text("Ghi số nguyên từ 0.", "Write a whole number from 0."),
)
REPLACEMENT_COLUMNS: Final = ("unit", "reserve", "contacts", "reason")


class Replacement(NamedTuple):
    """One line of replacements.csv: `reserve` stands in for `unit` after `contacts` contacts."""

    unit: str
    reserve: str
    contacts: int
    reason: str
    place: Place


def read_replacements(content: bytes, name: str, problems: Problems) -> tuple[Replacement, ...]:
    """Lines of replacements.csv (unit, reserve, contacts, reason), in their order."""
    found = []
    for row in read_rows(content, name, problems, columns=REPLACEMENT_COLUMNS):
        unit, reserve, reason = (row.required(column, problems) for column in ("unit", "reserve", "reason"))
        row.required("contacts", problems)
        contacts = row.decimal("contacts", problems)
        if contacts is not None and (contacts < 0 or contacts != int(contacts)):
            problems.add(CONTACTS_WRONG, row.place, value=row["contacts"])
            continue
        if unit and reserve and reason and contacts is not None:
            found.append(Replacement(unit, reserve, int(contacts), reason, row.place))
    return tuple(found)


def replaced(
    units: Iterable[Chosen], replacements: Iterable[Replacement], contacts_needed: int, problems: Problems
) -> tuple[Chosen, ...]:
    """The sample with its replacements made: `in_sample` moves from each unit, and all drawn within it, to the reserve.

    A reserve keeps the chance it would have had if drawn first, so weights need no change; replacement is
    non-response all the same, and response rates count the replaced unit. A code that stands at several levels of
    the frame is taken where it fits first.
    """
    rows = sorted(units, key=lambda row: row.stage)
    by_code: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        by_code.setdefault(row.code, []).append(at)
    active = [row.role == "main" for row in rows]
    used: set[int] = set()
    for replacement in replacements:
        pair = _pair(rows, by_code, active, used, replacement, problems)
        if pair is None:
            continue
        if replacement.contacts < contacts_needed:
            problems.add(
                RESERVE_CONTACTS,
                replacement.place,
                unit=replacement.unit,
                contacts=replacement.contacts,
                needed=contacts_needed,
            )
            continue
        gone, free = pair
        active[gone], active[free] = False, True
        used.add(free)
    in_sample: dict[tuple[int, str], bool] = {}
    for at, row in enumerate(rows):
        above = in_sample[row.stage - 1, row.parent] if row.stage > 1 else True
        in_sample[row.stage, row.code] = active[at] and above
    return tuple(row._replace(in_sample=in_sample[row.stage, row.code]) for row in rows)


def next_reserve(
    units: Iterable[Chosen], made: Iterable[Replacement], unit: str, place: Place, problems: Problems
) -> str | None:
    """The code of the reserve whose turn it is to stand in for `unit`; None with a problem. `made` are those before."""
    rows = tuple(units)
    used = {each.reserve for each in made}
    here = next((row for row in rows if row.code == unit and (row.role == "main" or row.code in used)), None)
    if here is None:
        problems.add(RESERVE_UNKNOWN, place, code=unit)
        return None
    if here.certain:
        problems.add(RESERVE_CERTAIN, place, unit=unit)
        return None
    waiting = [row for row in rows if row.role == "reserve" and row.code not in used and _group(row) == _group(here)]
    if not waiting:
        problems.add(RESERVE_NONE, place, unit=unit, group=here.parent)
        return None
    return min(waiting, key=lambda row: row.order).code


def _group(row: Chosen) -> tuple[int, str]:
    return row.stage, row.parent


def _pair(
    rows: list[Chosen],
    by_code: Mapping[str, list[int]],
    active: list[bool],
    used: set[int],
    replacement: Replacement,
    problems: Problems,
) -> tuple[int, int] | None:
    """Positions of the unit and its reserve, or None with a problem."""
    for code in (replacement.unit, replacement.reserve):
        if code not in by_code:
            problems.add(RESERVE_UNKNOWN, replacement.place, code=code)
            return None
    words = {"unit": replacement.unit, "reserve": replacement.reserve}
    gone = next((at for at in by_code[replacement.unit] if active[at]), None)
    free = next((at for at in by_code[replacement.reserve] if rows[at].role == "reserve" and at not in used), None)
    if gone is None or free is None:
        problems.add(RESERVE_ROLE, replacement.place, **words)
        return None
    if rows[gone].certain:
        problems.add(RESERVE_CERTAIN, replacement.place, unit=replacement.unit)
        return None
    if _group(rows[gone]) != _group(rows[free]):
        group, other = rows[gone].parent, rows[free].parent
        problems.add(RESERVE_GROUP, replacement.place, group=group, reserve_group=other, **words)
        return None
    for at, row in enumerate(rows):
        waiting = row.role == "reserve" and at not in used and _group(row) == _group(rows[free])
        if waiting and row.order < rows[free].order:
            problems.add(RESERVE_ORDER, replacement.place, next=row.code, **words)
            return None
    return gone, free
