"""edition.yaml, the frameworks and units it names: read together, with every problem in one pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from parindex.documents.shapes import (
    Bilingual,
    Code,
    Day,
    Fields,
    Flag,
    Key,
    Line,
    ListOf,
    MapOf,
    Number,
    Reading,
    Record,
    Whole,
    Word,
)
from parindex.documents.yaml_nodes import compose
from parindex.language import Text, fold
from parindex.problems import ProblemKind, Problems
from parindex.programme.edition import RECORD_USES, Comparison, Edition, Group, Settings, UnitList
from parindex.programme.edition_surveys import SURVEYS, read_surveys
from parindex.programme.framework import Framework
from parindex.programme.paths import FILE_OUTSIDE, leads_outside
from parindex.programme.units import Unit, read_unit_changes, read_units
from parindex.sources import Place

SIMULATED_NAME = ProblemKind(
    "SIMULATED-NAME",
    what=Text(
        'kỳ mô phỏng nhưng tên tiếng Việt không có chữ "mô phỏng", hoặc tên tiếng Anh không có "simulated".',
        'the edition is simulated, but its Vietnamese name lacks "mô phỏng" or its English one "simulated".',
    ),
    why=Text("Số liệu mô phỏng phải được ghi rõ ở mọi nơi.", "Simulated figures must say so wherever they show."),
    remedy=Text("Thêm vào tên, và vào mã của kỳ.", "Add it to the name and to the edition's code."),
)
GROUPS_ORDER = ProblemKind(
    "GROUPS-ORDER",
    what=Text(
        "nhóm {code} bắt đầu từ {start}, không thấp hơn nhóm đứng trên.",
        "group {code} begins at {start}, which is not below the one above it.",
    ),
    why=Text("Nhóm này sẽ không có đơn vị nào.", "No unit could fall into it."),
    remedy=Text("Xếp nhóm cao nhất lên đầu.", "Put the highest group first."),
)
GROUPS_GAP = ProblemKind(
    "GROUPS-GAP",
    what=Text(
        "nhóm cuối bắt đầu từ {start}; đơn vị thấp hơn không thuộc nhóm nào.",
        "the last group begins at {start}; units below it have no group.",
    ),
    why=Text("", ""),
    remedy=Text("Thêm một nhóm từ 0, hoặc bỏ qua nếu đúng ý.", "Add a group from 0, or leave it if that is meant."),
    severity="notice",
)
LIST_TWICE = ProblemKind(
    "LIST-TWICE",
    what=Text('danh sách "{code}" có hai lần.', 'the list "{code}" stands twice.'),
    why=Text("", ""),
    remedy=Text("Đặt mã khác.", "Use another code."),
)
LIST_EMPTY = ProblemKind(
    "LIST-EMPTY",
    what=Text(
        'danh sách "{code}" không có đơn vị nào: units.csv không có đơn vị loại "{kind}" còn hiệu lực ngày {day}.',
        'the list "{code}" has no unit: units.csv has none of kind "{kind}" that is valid on {day}.',
    ),
    why=Text("", ""),
    remedy=Text("Kiểm tra unit_kind, level và ngày hiệu lực.", "Check unit_kind, level and the dates of validity."),
)
UNIT_NOT_VALID = ProblemKind(
    "UNIT-NOT-VALID",
    what=Text(
        "{unit} không còn hiệu lực ngày {day} (từ {start} đến {end}).",
        "{unit} is not valid on {day} (from {start} to {end}).",
    ),
    why=Text(
        "Đơn vị được đánh giá phải tồn tại vào ngày as_of của kỳ.",
        "An assessed unit must exist on the edition's as_of day.",
    ),
    remedy=Text(
        "Dùng mã của đơn vị tại thời điểm đó, hoặc sửa ngày.",
        "Use the code of the unit at that time, or correct the dates.",
    ),
)
FRAMEWORK_KIND = ProblemKind(
    "FRAMEWORK-KIND",
    what=Text(
        'danh sách "{code}" gồm {kind}, bộ tiêu chí dành cho {framework_kind}.',
        'the list "{code}" holds units of kind {kind}, the framework is for {framework_kind}.',
    ),
    why=Text("", ""),
    remedy=Text("Chọn bộ tiêu chí khác.", "Choose another framework."),
)
FRAMEWORK_YEAR = ProblemKind(
    "FRAMEWORK-YEAR",
    what=Text(
        "bộ tiêu chí {version} dành cho {years}, kỳ này là {year}.",
        "framework {version} is for {years}, this edition is {year}.",
    ),
    why=Text("", ""),
    remedy=Text("Chọn phiên bản khác hoặc bổ sung năm.", "Choose another version, or add the year."),
)
FRAMEWORK_OUTLINE = ProblemKind(
    "FRAMEWORK-OUTLINE",
    what=Text(
        "bộ tiêu chí {version} chỉ là đề cương (domains_only).",
        "framework {version} is only an outline (domains_only).",
    ),
    why=Text(
        "Đề cương không có tiêu chí nên không tính được điểm.", "An outline has no criteria, so nothing can be scored."
    ),
    remedy=Text("Dùng bộ tiêu chí đầy đủ.", "Use a full framework."),
)
LEAVE_OUT_UNKNOWN = ProblemKind(
    "LEAVE-OUT-UNKNOWN",
    what=Text(
        'leave_out nêu "{unit}", không có trong danh sách.', 'leave_out names "{unit}", which is not in the list.'
    ),
    why=Text("", ""),
    remedy=Text("Sửa mã đơn vị.", "Correct the unit code."),
)
UNIT_IN_TWO_LISTS = ProblemKind(
    "UNIT-IN-TWO-LISTS",
    what=Text("{unit} nằm trong hai danh sách: {first} và {second}.", "{unit} is in two lists: {first} and {second}."),
    why=Text("Một đơn vị có một chỉ số trong một kỳ.", "A unit has one index in an edition."),
    remedy=Text("Bỏ khỏi một danh sách bằng leave_out.", "Take it out of one with leave_out."),
)

_GROUP = Record(
    {
        "code": Key(Code(), Text("mã nhóm", "code of the group"), required=True),
        "name": Key(Bilingual(), Text("tên nhóm", "name of the group"), required=True),
        "from": Key(Number(low=Decimal(0), high=Decimal(100)), Text("từ, %", "from, %"), required=True),
    },
    title="group",
)
_GROUPS = Key(ListOf(_GROUP, least=1), Text("các nhóm, cao nhất trước", "the groups, highest first"))

EDITION = Record(
    {
        "programme": Key(Word(), Text("mã bộ chỉ số", "id of the programme"), required=True),
        "edition": Key(
            Code(form=r"[^\s,;|/\\]+"), Text("mã kỳ, trong dấu nháy", "id of the edition, in quotes"), required=True
        ),
        "year": Key(Whole(1990, 2100), Text("năm đánh giá", "year assessed"), required=True),
        "name": Key(Bilingual(), Text("tên kỳ", "name of the edition"), required=True),
        "simulated": Key(Flag(), Text("số liệu mô phỏng", "simulated figures"), required=True),
        "as_of": Key(
            Day(), Text("ngày các đơn vị phải còn hiệu lực", "day on which units must be valid"), required=True
        ),
        "calendar": Key(MapOf(Day()), Text("lịch", "calendar")),
        "note": Key(Bilingual(), Text("điều cần nói rõ", "what must be said")),
        "lists": Key(
            ListOf(
                Record(
                    {
                        "code": Key(Word(), Text("mã danh sách", "code of the list"), required=True),
                        "name": Key(Bilingual(), Text("tên danh sách", "name of the list"), required=True),
                        "unit_kind": Key(Word(), Text("loại đơn vị", "kind of unit"), required=True),
                        "framework": Key(Line(), Text("tệp bộ tiêu chí", "file of the framework"), required=True),
                        "units": Key(ListOf(Code(), least=1), Text("chỉ các đơn vị này", "only these units")),
                        "leave_out": Key(
                            ListOf(Code()), Text("không xếp hạng các đơn vị này", "units that are not ranked")
                        ),
                        "survey": Key(
                            Record(
                                {
                                    "held": Key(
                                        Flag(), Text("có điều tra không", "whether it was held"), required=True
                                    ),
                                    "reason": Key(Bilingual(), Text("lý do", "the reason"), required=True),
                                }
                            ),
                            Text("điều tra xã hội học", "the survey"),
                        ),
                        "groups": _GROUPS,
                    },
                    title="list",
                ),
                least=1,
            ),
            Text("các danh sách xếp hạng", "the lists that are ranked"),
            required=True,
        ),
        "settings": Key(
            Record(
                {
                    "store_decimals": Key(Whole(0, 8), Text("số chữ số thập phân của điểm", "decimals of points")),
                    "publish_decimals": Key(Whole(0, 6), Text("số chữ số thập phân khi in", "decimals in print")),
                    "rounding": Key(Word(("half_up",)), Text("cách làm tròn", "rounding")),
                    "rounding_before_grouping": Key(
                        Flag(), Text("làm tròn trước khi xếp nhóm", "round before grouping")
                    ),
                    "tie_method": Key(
                        Word(("min", "dense")),
                        Text("hạng khi bằng nhau: 1,2,2,4 hay 1,2,2,3", "ranks of ties: 1,2,2,4 or 1,2,2,3"),
                    ),
                    "missing": Key(
                        Word(("leave_empty", "zero_points", "rescale")),
                        Text("khi thiếu số liệu", "what happens to a leaf without data"),
                    ),
                    "min_coverage": Key(
                        Number(low=Decimal(0), high=Decimal(100)),
                        Text("phần điểm phải có để ra chỉ số, %", "share that must be scored for an index, %"),
                    ),
                    "aggregation": Key(Word(("points_over_applicable",)), Text("cách tổng hợp", "aggregation")),
                    "records": Key(
                        Word(RECORD_USES),
                        Text(
                            "số đếm từ hồ sơ: `beside` để đối chiếu (mặc định), `preferred` được chấp nhận khi không "
                            "có quyết định khác, `only` là giá trị duy nhất được chấp nhận",
                            "counts from records: `beside` for comparison (default), `preferred` accepted unless a "
                            "decision says otherwise, `only` nothing else is accepted",
                        ),
                    ),
                },
                title="settings",
            ),
            Text("cách tính", "how the edition counts"),
        ),
        "groups": _GROUPS,
        "surveys": SURVEYS,
        "comparison": Key(
            Record(
                {
                    "edition": Key(
                        Code(),
                        Text("kỳ so sánh, trong dấu nháy", "the edition compared with, in quotes"),
                        required=True,
                    ),
                    "comparable": Key(Flag(), Text("so sánh được không", "whether values can be compared")),
                    "note": Key(Bilingual(), Text("ghi chú", "note")),
                }
            ),
            Text("kỳ gần nhất so sánh được", "the last comparable edition"),
        ),
    },
    title="edition",
)

ReadFile = Callable[[str], "bytes | None"]
"""Reads a file of the edition folder by its relative path; None after a problem was added."""


def read_edition_file(
    content: bytes,
    name: str,
    problems: Problems,
    *,
    read_file: ReadFile,
    has_file: Callable[[str], bool],
    frameworks: Callable[[bytes, str], Framework | None],
) -> Edition | None:
    """Read edition.yaml with the units and frameworks it names. None when it cannot be used at all.

    `frameworks` reads one framework file (and checks its rules, where the caller wants that).
    """
    document = compose(content, name, problems)
    if document is None:
        return None
    reading = Reading(document, problems)
    fields = EDITION.read(document.root, reading)
    if not isinstance(fields, Fields):
        return None
    units: Mapping[str, Unit] = {}
    units_content = read_file("units.csv")
    if units_content is not None:
        units = read_units(units_content, "units.csv", problems)
    changes_content = read_file("unit_changes.csv") if has_file("unit_changes.csv") else None
    changes = read_unit_changes(changes_content, "unit_changes.csv", problems) if changes_content else ()
    _check_name(fields, reading)
    groups = _groups(fields, reading)
    as_of = fields["as_of"] or None
    lists = _lists(fields, reading, units, groups, as_of, read_file, frameworks)
    comparison = fields["comparison"] or None
    if len(problems.errors) and not fields.has("edition", "year", "name", "as_of"):
        return None
    return Edition(
        programme=fields["programme"] or "",
        code=fields["edition"],
        year=fields["year"],
        name=fields["name"],
        simulated=bool(fields["simulated"]),
        as_of=fields["as_of"],
        calendar=dict(fields.entries("calendar")),
        lists=lists,
        settings=_settings(fields),
        comparison=Comparison(comparison["edition"], comparison["comparable"] is not False, comparison["note"] or None)
        if comparison and comparison.has("edition")
        else None,
        units=units,
        unit_changes=changes,
        note=fields["note"] or None,
        surveys=read_surveys(fields, lists, reading),
    )


def _check_name(fields: Fields, reading: Reading) -> None:
    if fields["simulated"] is not True or not fields.has("name", "edition"):
        return
    name: Text = fields["name"]
    if "mo phong" not in fold(name.vi) or "simulated" not in name.en.lower():
        reading.add(SIMULATED_NAME, fields.node_of("name"))
    elif "mo-phong" not in fold(fields["edition"]) and "simulated" not in fields["edition"]:
        reading.add(SIMULATED_NAME, fields.node_of("edition"))


def _groups(fields: Fields, reading: Reading) -> tuple[Group, ...]:
    groups: list[Group] = []
    for entry in fields.items("groups"):
        if not entry.has("code", "name", "from"):
            continue
        if groups and entry["from"] >= groups[-1].start:
            reading.add(GROUPS_ORDER, entry.node, code=entry["code"], start=entry["from"])
        groups.append(Group(entry["code"], entry["name"], entry["from"], entry.place))
    if groups and groups[-1].start > 0:
        reading.problems.add(GROUPS_GAP, groups[-1].place, start=groups[-1].start)
    return tuple(groups)


def _settings(fields: Fields) -> Settings:
    entry = fields["settings"]
    if not isinstance(entry, Fields):
        return Settings()
    keys = (
        "store_decimals",
        "publish_decimals",
        "rounding_before_grouping",
        "tie_method",
        "missing",
        "min_coverage",
        "aggregation",
        "records",
    )
    return Settings(**{key: entry[key] for key in keys if entry.has(key)})


def _lists(
    fields: Fields,
    reading: Reading,
    units: Mapping[str, Unit],
    groups: tuple[Group, ...],
    as_of: date | None,
    read_file: ReadFile,
    frameworks: Callable[[bytes, str], Framework | None],
) -> tuple[UnitList, ...]:
    read: dict[str, Framework | None] = {}
    lists: list[UnitList] = []
    placed: dict[str, str] = {}
    for entry in fields.items("lists"):
        if not entry.has("code", "name", "unit_kind", "framework"):
            continue
        code = entry["code"]
        if any(each.code == code for each in lists):
            reading.add(LIST_TWICE, entry.node_of("code"), code=code)
            continue
        path = entry["framework"]
        if leads_outside(path):
            reading.add(FILE_OUTSIDE, entry.node_of("framework"), path=path)
            continue
        if path not in read:
            content = read_file(path)
            read[path] = frameworks(content, path) if content is not None else None
        framework = read[path]
        members = _members(entry, reading, units, as_of)
        for unit in members:
            if unit.code in placed:
                reading.add(UNIT_IN_TWO_LISTS, entry.node, unit=unit.code, first=placed[unit.code], second=code)
            placed.setdefault(unit.code, code)
        if framework is None:
            continue
        _check_framework(entry, reading, framework, fields)
        survey = entry["survey"] or None
        lists.append(
            UnitList(
                code=code,
                name=entry["name"],
                units=members,
                framework=framework,
                groups=_groups(entry, reading) if "groups" in entry.values else groups,
                survey_held=survey is None or survey["held"] is not False,
                survey_reason=(survey["reason"] or None) if survey else None,
                place=entry.place,
            )
        )
    return tuple(lists)


def _members(entry: Fields, reading: Reading, units: Mapping[str, Unit], as_of: date | None) -> tuple[Unit, ...]:
    kind = entry["unit_kind"]
    left_out = set(entry.items("leave_out"))
    named = entry.items("units")
    members = []
    for unit in units.values():
        if unit.kind != kind or (named and unit.code not in named):
            continue
        if unit.code in left_out:
            continue
        if as_of is not None and not unit.valid_on(as_of):
            # Units of another vintage may share the file; only one that the list names must be valid.
            if unit.code in named:
                _not_valid(reading.problems, unit.place, unit, as_of)
            continue
        members.append(unit)
    for key in ("leave_out", "units"):
        for code in entry.items(key):
            if code not in units or units[code].kind != kind:
                reading.add(LEAVE_OUT_UNKNOWN, entry.node_of(key), unit=code)
    if not members and units and as_of is not None:
        reading.add(LIST_EMPTY, entry.node, code=entry["code"], kind=kind, day=as_of)
    return tuple(members)


def _not_valid(problems: Problems, place: Place, unit: Unit, day: date) -> None:
    problems.add(
        UNIT_NOT_VALID,
        place,
        unit=unit.code,
        day=day,
        start=unit.valid_from or "…",
        end=unit.valid_to or "…",
    )


def check_unit(edition: Edition, code: str, place: Place, problems: Problems, unknown: ProblemKind) -> UnitList | None:
    """The list of a unit that a file names; None after a problem (`unknown`, or outside its validity)."""
    found = edition.list_of(code)
    if found is not None:
        return found
    unit = edition.units.get(code)
    if unit is not None and not unit.valid_on(edition.as_of):
        _not_valid(problems, place, unit, edition.as_of)
    else:
        problems.add(unknown, place, unit=code)
    return None


def _check_framework(entry: Fields, reading: Reading, framework: Framework, fields: Fields) -> None:
    node = entry.node_of("framework")
    if framework.completeness == "domains_only":
        reading.add(FRAMEWORK_OUTLINE, node, version=framework.version)
    if framework.unit_kind and framework.unit_kind != entry["unit_kind"]:
        reading.add(
            FRAMEWORK_KIND, node, code=entry["code"], kind=entry["unit_kind"], framework_kind=framework.unit_kind
        )
    if fields.has("year") and framework.editions and fields["year"] not in framework.editions:
        years = ", ".join(str(year) for year in framework.editions)
        reading.add(FRAMEWORK_YEAR, node, version=framework.version, years=years, year=str(fields["year"]))
