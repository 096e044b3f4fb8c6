"""design.yaml: which columns of a survey file hold what. Read with every problem in one pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from parindex.documents.shapes import Code, Fields, Flag, Key, Line, Listed, ListOf, Reading, Record, Whole, Word, guess
from parindex.documents.yaml_nodes import compose
from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.survey.design import (
    ALL,
    ITEM_KINDS,
    LONELY_RULES,
    AnswerItem,
    Calibration,
    RatioItem,
    SurveyDesign,
    choice_item,
    choices_items,
    number_item,
    scale_item,
    yes_no_item,
)

ITEM_TWICE = ProblemKind(
    "ITEM-TWICE",
    what=Text('câu hỏi "{code}" có hai lần.', 'the item "{code}" stands twice.'),
    why=Text("", ""),
    remedy=Text("Đặt mã khác.", "Use another code."),
)
ITEM_KEY = ProblemKind(
    "ITEM-KEY",
    what=Text('câu hỏi loại {kind} không dùng khóa "{key}".', 'an item of kind {kind} has no key "{key}".'),
    why=Text("", ""),
    remedy=Text("Bỏ khóa này, hoặc đổi loại câu hỏi.", "Remove the key, or change the kind."),
)
ITEM_NEEDS = ProblemKind(
    "ITEM-NEEDS",
    what=Text('câu hỏi loại {kind} cần khóa "{key}".', 'an item of kind {kind} needs the key "{key}".'),
    why=Text("", ""),
    remedy=Text("Thêm khóa này.", "Add it."),
)
SCALE_ORDER = ProblemKind(
    "SCALE-ORDER",
    what=Text("thang từ {lowest} đến {highest} không có mức nào.", "a scale from {lowest} to {highest} has no steps."),
    why=Text("", ""),
    remedy=Text("Ghi lowest nhỏ hơn highest.", "Let lowest be below highest."),
)
TOP_UNKNOWN = ProblemKind(
    "TOP-UNKNOWN",
    what=Text('"{code}" không phải là mã trả lời hợp lệ.', '"{code}" is not a valid answer.'),
    why=Text("", ""),
    remedy=Text("Các mã hợp lệ: {known}.", "Valid answers: {known}."),
)
RATIO_ITEM = ProblemKind(
    "RATIO-ITEM",
    what=Text(
        'tỷ số "{code}" cần câu hỏi loại count hoặc number, không có "{item}"{guess}.',
        'the ratio "{code}" needs count or number items; "{item}" is none{guess}.',
    ),
    why=Text("", ""),
    remedy=Text("Sửa mã câu hỏi.", "Correct the code of the item."),
)
POPULATION_STAGES = ProblemKind(
    "POPULATION-STAGES",
    what=Text(
        "có quy mô cấp hai (units) mà không có quy mô cấp một (psus).", "there are sizes of units but not of psus."
    ),
    why=Text(
        "Phương sai cấp hai được nhân với tỷ lệ chọn cấp một.",
        "The variance of the second stage is multiplied by the sampling fraction of the first.",
    ),
    remedy=Text("Thêm psus.", "Add psus."),
)

_NAME: Final = Line(says=Text("tên cột", "the name of a column"))
_COLUMNS = Record(
    {
        "stratum": Key(_NAME, Text("cột tầng", "column of strata")),
        "psu": Key(_NAME, Text("cột đơn vị mẫu cấp một", "column of first-stage units"), required=True),
        "ssu": Key(_NAME, Text("cột đơn vị mẫu cấp hai", "column of second-stage units")),
        "weight": Key(_NAME, Text("cột quyền số", "column of weights"), required=True),
        "record": Key(_NAME, Text("cột mã phiếu", "column that names interviews")),
    },
    says=Text("tên các cột", "names of columns"),
)
_POPULATION = Record(
    {
        "psus": Key(_NAME, Text("cột số đơn vị cấp một của tầng", "column: number of PSUs in the stratum")),
        "units": Key(_NAME, Text("cột số đơn vị cấp hai của đơn vị cấp một", "column: number of units in the PSU")),
    },
    says=Text("quy mô tổng thể", "population sizes"),
)
_CALIBRATION = Record(
    {
        "margins": Key(ListOf(_NAME, least=1), Text("các cột nhóm hiệu chỉnh", "columns of margins"), required=True),
        "base_weight": Key(_NAME, Text("cột quyền số trước hiệu chỉnh", "column of weights before calibration")),
    },
    says=Text("hiệu chỉnh quyền số", "calibration of the weights"),
)
_ANSWER = Code(says=Text("mã trả lời trong dấu nháy", "an answer code in quotes"), form=r"[^\s,;|/\\]+")
_ITEM = Record(
    {
        "code": Key(Code(form=r"[^\s,;|/\\]+"), Text("mã câu hỏi", "code of the item"), required=True),
        "column": Key(_NAME, Text("cột, nếu khác mã", "the column, where it is not the code")),
        "kind": Key(Word(ITEM_KINDS), Text("loại câu hỏi", "kind of the item"), required=True),
        "lowest": Key(Whole(low=-1_000_000_000), Text("giá trị nhỏ nhất", "least value")),
        "highest": Key(Whole(low=-1_000_000_000), Text("giá trị lớn nhất", "greatest value")),
        "decimals": Key(Whole(high=6), Text("số chữ số thập phân", "decimals")),
        "top": Key(ListOf(_ANSWER, least=1), Text("mã được tính là hài lòng", "codes that count as satisfied")),
        "yes": Key(_ANSWER, Text("mã của có", "the code of yes")),
        "no": Key(_ANSWER, Text("mã của không", "the code of no")),
        "answers": Key(ListOf(_ANSWER, least=2), Text("các mã trả lời", "answer codes")),
    },
    says=Text("câu hỏi", "an item"),
)
_RATIO = Record(
    {
        "code": Key(Code(form=r"[^\s,;|\\]+"), Text("mã tỷ số", "code of the ratio"), required=True),
        "numerator": Key(Code(), Text("câu hỏi ở tử số", "item of the numerator"), required=True),
        "denominator": Key(Code(), Text("câu hỏi ở mẫu số", "item of the denominator"), required=True),
    },
    says=Text("tỷ số", "a ratio"),
)
DESIGN = Record(
    {
        "design": Key(Line(), Text("tên thiết kế", "name of the design"), required=True),
        "columns": Key(_COLUMNS, Text("tên các cột", "names of columns"), required=True),
        "population": Key(_POPULATION, Text("quy mô tổng thể", "population sizes")),
        "nested": Key(Flag(), Text("mã chỉ duy nhất trong đơn vị cấp trên", "codes repeat from unit to unit")),
        "lonely_psu": Key(Word(LONELY_RULES), Text("tầng chỉ có một đơn vị mẫu", "strata with one sampled unit")),
        "lonely_in_domains": Key(Flag(), Text("áp dụng cả trong nhóm", "also within domains")),
        "domains": Key(ListOf(_NAME), Text("các cột nhóm", "columns of domains")),
        "calibration": Key(_CALIBRATION, Text("hiệu chỉnh quyền số", "calibration of the weights")),
        "items": Key(ListOf(_ITEM, least=1), Text("các câu hỏi", "the items"), required=True),
        "ratios": Key(ListOf(_RATIO), Text("các tỷ số", "ratios")),
    },
    title="design.yaml",
)

_KEYS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    # kind: (keys it needs, keys it may have)
    "scale": (("lowest", "highest"), ("top",)),
    "yes_no": ((), ("yes", "no")),
    "choice": (("answers",), ("top",)),
    "choices": (("answers",), ()),
    "count": ((), ("lowest", "highest")),
    "number": ((), ("lowest", "highest", "decimals")),
}


def read_design(content: bytes, name: str, problems: Problems) -> SurveyDesign | None:
    """The design of design.yaml; None, with problems, where it cannot be used."""
    before = len(problems.errors)
    document = compose(content, name, problems)
    if document is None or document.root is None:
        return None
    reading = Reading(document, problems)
    fields = DESIGN.read(document.root, reading)
    if not isinstance(fields, Fields):
        return None
    items = _items(fields, reading)
    ratios = _ratios(fields, items, reading)
    columns, population, calibration = (fields[key] for key in ("columns", "population", "calibration"))
    if isinstance(population, Fields) and population.has("units") and not population.has("psus"):
        reading.add(POPULATION_STAGES, population.node)
    if len(problems.errors) > before or not isinstance(columns, Fields):
        return None
    return SurveyDesign(
        name=fields["design"],
        psu=columns["psu"],
        weight=columns["weight"],
        items=items,
        stratum=columns["stratum"],
        ssu=columns["ssu"],
        record=columns["record"],
        psu_population=population["psus"] if isinstance(population, Fields) else None,
        unit_population=population["units"] if isinstance(population, Fields) else None,
        domains=fields.items("domains"),
        ratios=ratios,
        calibration=Calibration(calibration.items("margins"), calibration["base_weight"])
        if isinstance(calibration, Fields)
        else None,
        nested=fields["nested"] or False,
        lonely_psu=fields["lonely_psu"] or "fail",
        lonely_in_domains=fields["lonely_in_domains"] or False,
    )


def _items(fields: Fields, reading: Reading) -> tuple[AnswerItem, ...]:
    items: list[AnswerItem] = []
    seen: set[str] = set()
    for item in fields.items("items"):
        if not item.has("code", "kind"):
            continue
        kind, code = item["kind"], item["code"]
        needed, allowed = _KEYS[kind]
        for key in needed:
            if item[key] is None:
                reading.add(ITEM_NEEDS, item.node, kind=kind, key=key)
        for key in ("lowest", "highest", "decimals", "top", "yes", "no", "answers"):
            if item[key] is not None and key not in (*needed, *allowed):
                reading.add(ITEM_KEY, item.node_of(key), kind=kind, key=key)
        if code in seen or code == ALL:
            reading.add(ITEM_TWICE, item.node_of("code"), code=code)
            continue
        seen.add(code)
        items.extend(_item(item, reading))
    return tuple(items)


def _item(item: Fields, reading: Reading) -> tuple[AnswerItem, ...]:
    kind, code = item["kind"], item["code"]
    column = item["column"] or code
    top = item.items("top")
    if kind == "scale":
        if not item.has("lowest", "highest"):
            return ()
        lowest, highest = item["lowest"], item["highest"]
        if lowest >= highest:
            reading.add(SCALE_ORDER, item.node_of("highest"), lowest=lowest, highest=highest)
            return ()
        known = [str(step) for step in range(lowest, highest + 1)]
        _check_top(item, known, reading)
        return (scale_item(code, column, lowest, highest, tuple(int(step) for step in top if step in known)),)
    if kind == "yes_no":
        return (yes_no_item(code, column, item["yes"] or "1", item["no"] or "0"),)
    if kind in ("choice", "choices"):
        answers = item.items("answers")
        _check_top(item, answers, reading)
        return (choice_item(code, column, answers, top),) if kind == "choice" else choices_items(code, column, answers)
    lowest = 0 if item["lowest"] is None else item["lowest"]
    return (number_item(code, column, lowest=lowest, highest=item["highest"], decimals=item["decimals"] or 0),)


def _check_top(item: Fields, known: tuple[str, ...] | list[str], reading: Reading) -> None:
    listed = item["top"]
    if isinstance(listed, Listed):
        for code, node in zip(listed.values, listed.nodes, strict=True):
            if code not in known:
                reading.add(TOP_UNKNOWN, node, code=code, known=", ".join(known))


def _ratios(fields: Fields, items: tuple[AnswerItem, ...], reading: Reading) -> tuple[RatioItem, ...]:
    numbers = [item.code for item in items if not item.coded]
    ratios: list[RatioItem] = []
    seen = {item.code for item in items}
    for ratio in fields.items("ratios"):
        if not ratio.has("code", "numerator", "denominator"):
            continue
        if ratio["code"] in seen:
            reading.add(ITEM_TWICE, ratio.node_of("code"), code=ratio["code"])
        seen.add(ratio["code"])
        for key in ("numerator", "denominator"):
            if ratio[key] not in numbers:
                reading.add(
                    RATIO_ITEM,
                    ratio.node_of(key),
                    code=ratio["code"],
                    item=ratio[key],
                    guess=guess(ratio[key], numbers),
                )
        ratios.append(RatioItem(ratio["code"], ratio["numerator"], ratio["denominator"]))
    return tuple(ratios)
