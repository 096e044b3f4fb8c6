"""`surveys` of edition.yaml: the surveys whose interviews lie in the edition folder, and the leaves they score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from parindex.documents.shapes import (
    Bilingual,
    Code,
    Fields,
    Key,
    Line,
    ListOf,
    MapOf,
    Mapped,
    Reading,
    Record,
    Whole,
    Word,
    WordOr,
    guess,
)
from parindex.language import Text
from parindex.problems import ProblemKind
from parindex.programme.edition import LEAST_ANSWERS, SURVEY_FORMULAS, SurveyOfEdition, UnitList
from parindex.programme.paths import FILE_OUTSIDE, leads_outside

FROM_QUESTIONNAIRE = "from_questionnaire"

SURVEY_RULES = ("survey_scale", "external_index")
"""Kinds of rules that take the estimate of a survey."""

SURVEY_TWICE = ProblemKind(
    "SURVEY-TWICE",
    what=Text('khảo sát "{code}" có hai lần.', 'the survey "{code}" stands twice.'),
    why=Text("", ""),
    remedy=Text("Đặt mã khác.", "Use another code."),
)
SURVEY_LIST = ProblemKind(
    "SURVEY-LIST",
    what=Text(
        'khảo sát "{code}" không thuộc danh sách nào của kỳ{found}.', 'the survey "{code}" belongs to no list{found}.'
    ),
    why=Text("Kết quả được tính cho các đơn vị của một danh sách.", "It is estimated for the units of one list."),
    remedy=Text("Ghi list: một trong {known}.", "Write list: one of {known}."),
)
SURVEY_NODE = ProblemKind(
    "SURVEY-NODE",
    what=Text(
        'khảo sát "{code}" chấm mục "{node}", không có trong bộ tiêu chí{guess}.',
        'the survey "{code}" scores "{node}", which the framework does not have{guess}.',
    ),
    why=Text("", ""),
    remedy=Text("Ghi mã tiêu chí như trong framework.yaml.", "Write the code as in framework.yaml."),
)
SURVEY_LEAF = ProblemKind(
    "SURVEY-LEAF",
    what=Text(
        'khảo sát "{code}" không chấm được mục "{node}" ({found}).',
        'the survey "{code}" cannot score "{node}" ({found}).',
    ),
    why=Text(
        "Chỉ mục có cách tính survey_scale hoặc external_index nhận kết quả điều tra.",
        "Only leaves whose rule is survey_scale or external_index take an estimate.",
    ),
    remedy=Text("Chọn mục khác, hoặc sửa cách tính của mục.", "Name another leaf, or change its rule."),
)
SURVEY_NODE_TWICE = ProblemKind(
    "SURVEY-NODE-TWICE",
    what=Text(
        'mục "{node}" do hai khảo sát chấm: {first} và {second}.',
        '"{node}" is scored by two surveys: {first}, {second}.',
    ),
    why=Text("Mỗi mục nhận một kết quả.", "A leaf takes one estimate."),
    remedy=Text("Bỏ mục khỏi một khảo sát.", "Take it out of one of them."),
)
SURVEY_NOT_HELD = ProblemKind(
    "SURVEY-NOT-HELD",
    what=Text(
        'có khảo sát "{code}" nhưng danh sách "{list}" ghi survey.held: false.',
        'there is a survey "{code}", but the list "{list}" says survey.held: false.',
    ),
    why=Text("Kết quả khảo sát sẽ không được dùng.", "Its results would not be used."),
    remedy=Text("Bỏ một trong hai.", "Remove one of the two."),
)

_FILE = Line(says=Text("tên tệp trong thư mục khảo sát", "a file in the folder of the survey"))

SURVEYS = Key(
    ListOf(
        Record(
            {
                "code": Key(Word(), Text("mã khảo sát", "code of the survey"), required=True),
                "name": Key(Bilingual(), Text("tên khảo sát", "name of the survey"), required=True),
                "list": Key(
                    Word(),
                    Text("danh sách được chấm; cần khi có nhiều danh sách", "the list; needed with several lists"),
                ),
                "folder": Key(
                    Line(), Text("thư mục khảo sát trong thư mục kỳ", "folder inside the edition folder"), required=True
                ),
                "design": Key(_FILE, Text("thiết kế, mặc định design.yaml", "the design, design.yaml unless told")),
                "questionnaire": Key(
                    _FILE,
                    Text("phiếu, mặc định questionnaire.yaml", "the questionnaire, questionnaire.yaml unless told"),
                ),
                "interviews": Key(
                    _FILE, Text("các phiếu, .csv hoặc .parquet", "interviews, .csv or .parquet"), required=True
                ),
                "unit_column": Key(
                    Line(), Text("cột nhóm ghi mã đơn vị", "the domain column that holds unit codes"), required=True
                ),
                "formula": Key(
                    Word(SURVEY_FORMULAS),
                    Text(
                        "công thức chỉ số, mặc định như phiếu", "formula of the index, as the questionnaire unless told"
                    ),
                ),
                "least": Key(
                    Whole(1, 1000),
                    Text(
                        "dưới số trả lời này thì không công bố, mặc định 10",
                        "fewer answers stay unpublished, 10 unless told",
                    ),
                ),
                "nodes": Key(
                    WordOr(
                        FROM_QUESTIONNAIRE,
                        MapOf(Code(), key_form=Code().form, least=1),
                        Text(
                            "bảng mục: mã chỉ số, chỉ số thành phần hoặc nhân tố; hoặc `from_questionnaire`",
                            "map of node: code of an index, sub-index or factor; or `from_questionnaire`",
                        ),
                    ),
                    Text("mục nào nhận kết quả nào", "which leaf takes which result"),
                    required=True,
                ),
            },
            title="survey",
        ),
        least=1,
    ),
    Text("các khảo sát có phiếu trong thư mục kỳ", "surveys whose interviews lie in the edition folder"),
)


def read_surveys(fields: Fields, lists: Sequence[UnitList], reading: Reading) -> tuple[SurveyOfEdition, ...]:
    """The surveys of an edition, each held against the list that it scores."""
    found: list[SurveyOfEdition] = []
    scored: dict[tuple[str, str], str] = {}
    for entry in fields.items("surveys"):
        if not entry.has("code", "name", "folder", "interviews", "unit_column", "nodes"):
            continue
        code = entry["code"]
        if any(each.code == code for each in found):
            reading.add(SURVEY_TWICE, entry.node_of("code"), code=code)
            continue
        unit_list = _list_of(entry, lists, reading)
        paths = _paths(entry, reading)
        if unit_list is None or paths is None:
            continue
        if not unit_list.survey_held:
            reading.add(SURVEY_NOT_HELD, entry.node, code=code, list=unit_list.code)
        nodes: Mapping[str, str] | None = None
        if isinstance(entry["nodes"], Mapped):
            nodes = dict(entry["nodes"].values)
            for node, at in entry["nodes"].nodes.items():
                first = scored.setdefault((unit_list.code, node), code)
                if first != code:
                    reading.add(SURVEY_NODE_TWICE, at, node=node, first=first, second=code)
                leaf = unit_list.framework.by_code.get(node)
                if leaf is None:
                    known = tuple(each.code for each in unit_list.framework.leaves)
                    reading.add(SURVEY_NODE, at, code=code, node=node, guess=guess(node, known))
                elif leaf.leaf is None or leaf.leaf.rule.kind not in SURVEY_RULES:
                    rule = leaf.leaf.rule.kind if leaf.leaf is not None else leaf.level
                    reading.add(SURVEY_LEAF, at, code=code, node=node, found=rule)
        found.append(
            SurveyOfEdition(
                code=code,
                name=entry["name"],
                list=unit_list.code,
                design=paths[0],
                questionnaire=paths[1],
                interviews=paths[2],
                unit_column=entry["unit_column"],
                formula=entry["formula"] or None,
                least=entry["least"] or LEAST_ANSWERS,
                nodes=nodes,
                place=entry.place,
            )
        )
    return tuple(found)


def _list_of(entry: Fields, lists: Sequence[UnitList], reading: Reading) -> UnitList | None:
    name = entry["list"]
    if not lists or entry.wrong("list"):
        return None
    if name is None and len(lists) == 1:
        return lists[0]
    unit_list = next((each for each in lists if each.code == name), None)
    if unit_list is None:
        known = ", ".join(each.code for each in lists)
        words = Text(f' ("{name}")', f' ("{name}")') if name else Text("", "")
        reading.add(SURVEY_LIST, entry.node_of("list"), code=entry["code"], found=words, known=known)
    return unit_list


def _paths(entry: Fields, reading: Reading) -> tuple[str, str, str] | None:
    """Design, questionnaire and interviews as paths inside the edition folder; None after a problem."""
    folder = entry["folder"].rstrip("/")
    good = True
    found = []
    for key, usual in (("design", "design.yaml"), ("questionnaire", "questionnaire.yaml"), ("interviews", "")):
        if entry.wrong(key):
            return None
        path = f"{folder}/{entry[key] or usual}" if folder != "." else entry[key] or usual
        if leads_outside(path):
            reading.add(FILE_OUTSIDE, entry.node_of(key if entry[key] else "folder"), path=path)
            good = False
        found.append(path)
    return (found[0], found[1], found[2]) if good else None
