"""What only a whole questionnaire can show: names that clash, skips that lead nowhere, weights that do not add up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from parindex.documents.shapes import guess
from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.programme.framework_reading import SOURCE_UNKNOWN
from parindex.sources import Place
from parindex.survey.questionnaire import (
    GROUP_START,
    LISTED,
    MANY,
    NUMERIC,
    Condition,
    Factor,
    IndexDefinition,
    Item,
    Questionnaire,
    Scale,
    Section,
    SubIndex,
    column_name,
    within,
)

CODE_TWICE = ProblemKind(
    "QUESTION-CODE-TWICE",
    what=Text('mã "{code}" đã dùng ở {first}.', 'the code "{code}" stands already at {first}.'),
    why=Text(
        "Mã là tên cột của câu trả lời; chữ hoa và chữ thường được coi là một.",
        "Codes name the columns of answers, where capital and small letters are one.",
    ),
    remedy=Text("Đặt mã khác cho một trong hai.", "Give one of the two another code."),
)
CODE_KEPT = ProblemKind(
    "QUESTION-CODE-KEPT",
    what=Text('mã "{code}" dành cho chương trình.', 'the code "{code}" is kept for the program.'),
    why=Text("", ""),
    remedy=Text("Đặt mã khác.", "Use another code."),
)
ANSWER_TWICE = ProblemKind(
    "ANSWER-CODE-TWICE",
    what=Text(
        'danh sách "{scale}": câu trả lời "{code}" có hai lần.', 'list "{scale}": the answer "{code}" stands twice.'
    ),
    why=Text("", ""),
    remedy=Text("Giữ một.", "Keep one."),
)
LIST_SHORT = ProblemKind(
    "ANSWER-LIST-SHORT",
    what=Text(
        'danh sách "{scale}" có quá ít câu trả lời hợp lệ ({count}).',
        'the list "{scale}" has too few answers that count ({count}).',
    ),
    why=Text("Một câu hỏi cần ít nhất hai câu trả lời hợp lệ.", "A question needs at least two answers that count."),
    remedy=Text("Thêm câu trả lời, hoặc bỏ valid: false.", "Add answers, or take valid: false away."),
)
VALUE_MISSING = ProblemKind(
    "STEP-VALUE-MISSING",
    what=Text(
        'danh sách "{scale}": câu trả lời "{code}" không có giá trị.',
        'list "{scale}": the answer "{code}" has no value.',
    ),
    why=Text("Thang cần giá trị ở mọi bậc để tính trung bình.", "A scale needs a value at every step to have a mean."),
    remedy=Text(
        "Thêm value, hoặc valid: false, hoặc chuyển danh sách sang choices.",
        "Add value, or valid: false, or move the list to choices.",
    ),
)
VALUE_TWICE = ProblemKind(
    "STEP-VALUE-TWICE",
    what=Text('thang "{scale}": giá trị {value} có hai lần.', 'scale "{scale}": the value {value} stands twice.'),
    why=Text("Hai bậc khác nhau phải có giá trị khác nhau.", "Two steps that differ must differ in value."),
    remedy=Text("Sửa một trong hai.", "Correct one of the two."),
)
VALUE_EXTRA = ProblemKind(
    "STEP-VALUE-EXTRA",
    what=Text(
        'danh sách "{scale}": câu trả lời "{code}" không được tính nhưng có giá trị.',
        'list "{scale}": the answer "{code}" does not count, and yet has a value.',
    ),
    why=Text("Giá trị này sẽ không bao giờ được dùng.", "It would never be used."),
    remedy=Text("Bỏ value, hoặc bỏ valid: false.", "Take away value, or valid: false."),
)
SATISFIED_UNKNOWN = ProblemKind(
    "SATISFIED-UNKNOWN",
    what=Text(
        'thang "{scale}": "{code}" không phải là một câu trả lời hợp lệ.',
        'scale "{scale}": "{code}" is no answer that counts.',
    ),
    why=Text("", ""),
    remedy=Text("Chọn trong: {known}.", "Choose among: {known}."),
)
LIST_UNKNOWN = ProblemKind(
    "ANSWER-LIST-UNKNOWN",
    what=Text(
        '"{code}": không có danh sách trả lời "{scale}"{guess}.', '"{code}": there is no answer list "{scale}"{guess}.'
    ),
    why=Text("", ""),
    remedy=Text("Thêm vào scales hoặc choices. Đã có: {known}.", "Add it to scales or choices. There are: {known}."),
)
LIST_MISSING = ProblemKind(
    "ANSWER-LIST-MISSING",
    what=Text('"{code}" (kiểu {kind}) chưa có danh sách trả lời.', '"{code}" ({kind}) has no answer list.'),
    why=Text("", ""),
    remedy=Text("Thêm scale: tên danh sách.", "Add scale: the name of a list."),
)
LIST_KIND = ProblemKind(
    "ANSWER-LIST-KIND",
    what=Text(
        '"{code}" (kiểu {kind}) không dùng được danh sách "{scale}".',
        '"{code}" ({kind}) cannot be answered from the list "{scale}".',
    ),
    why=Text("{needed}", "{needed}"),
    remedy=Text("Đổi danh sách hoặc kiểu câu hỏi.", "Change the list, or the kind of the question."),
)
KEY_OF_KIND = ProblemKind(
    "QUESTION-KEY",
    what=Text('"{code}" (kiểu {kind}) không dùng "{key}".', '"{code}" ({kind}) takes no "{key}".'),
    why=Text("", ""),
    remedy=Text("Bỏ khóa này, hoặc đổi kiểu câu hỏi.", "Remove the key, or change the kind of the question."),
)
PICK_LIMIT = ProblemKind(
    "PICK-LIMIT",
    what=Text(
        '"{code}": at_most phải từ 1 đến {count}, số câu trả lời hợp lệ.',
        '"{code}": at_most must be from 1 to {count}, the number of answers that count.',
    ),
    why=Text("", ""),
    remedy=Text("Thêm hoặc sửa at_most.", "Add or correct at_most."),
)
BOUNDS = ProblemKind(
    "QUESTION-BOUNDS",
    what=Text(
        '"{code}": lowest ({low}) lớn hơn highest ({high}).', '"{code}": lowest ({low}) is above highest ({high}).'
    ),
    why=Text("Không số nào trả lời được câu này.", "No number could answer the question."),
    remedy=Text("Sửa một trong hai.", "Correct one of the two."),
)
NON_RESPONSE_INSIDE = ProblemKind(
    "NON-RESPONSE-INSIDE",
    what=Text(
        '"{code}": mã không trả lời "{value}" không phải là số nằm ngoài lowest–highest.',
        '"{code}": the non-response code "{value}" is no number outside of lowest–highest.',
    ),
    why=Text("Nếu không, không phân biệt được với câu trả lời thật.", "Else it could not be told from an answer."),
    remedy=Text("Chọn mã ngoài khoảng, ví dụ -98.", "Choose a code outside the bounds, such as -98."),
)
GROUP_TEXT = ProblemKind(
    "GROUP-TEXT",
    what=Text('"{code}": câu hỏi ({language}) thiếu {{group}}.', '"{code}": the text ({language}) lacks {{group}}.'),
    why=Text(
        "Câu được hỏi cho từng nhóm chính sách; người trả lời phải biết đang hỏi nhóm nào.",
        "It is asked once per policy group, and who answers must know which one is meant.",
    ),
    remedy=Text("Thêm {{group}} vào chỗ tên nhóm.", "Write {{group}} where the name of the group belongs."),
)
GROUP_TEXT_EXTRA = ProblemKind(
    "GROUP-TEXT-EXTRA",
    what=Text(
        '"{code}": câu hỏi ghi {{group}}, nhưng mục "{section}" không hỏi theo nhóm.',
        '"{code}": the text holds {{group}}, but section "{section}" is not asked per group.',
    ),
    why=Text("", ""),
    remedy=Text(
        "Bỏ {{group}}, hoặc thêm groups_asked cho mục.", "Remove {{group}}, or add groups_asked to the section."
    ),
)
GROUPS_ASKED = ProblemKind(
    "GROUPS-ASKED",
    what=Text(
        'mục "{section}" hỏi {asked} nhóm chính sách, nhưng groups có {count}.',
        'section "{section}" asks about {asked} policy groups, but groups has {count}.',
    ),
    why=Text("", ""),
    remedy=Text("Sửa groups_asked hoặc thêm nhóm.", "Correct groups_asked, or add groups."),
)
GROUP_TWICE = ProblemKind(
    "GROUP-TWICE",
    what=Text('nhóm chính sách "{code}" có hai lần.', 'the policy group "{code}" stands twice.'),
    why=Text("", ""),
    remedy=Text("Giữ một.", "Keep one."),
)
TEXT_REFERENCE = ProblemKind(
    "TEXT-REFERENCE",
    what=Text('nội dung ghi "${{".', 'the text holds "${{".'),
    why=Text(
        "Biểu mẫu XLSForm sẽ thay chỗ này bằng câu trả lời khác.", "An XLSForm would put another answer in its place."
    ),
    remedy=Text("Viết lại nội dung.", "Word it otherwise."),
)
SKIP_UNKNOWN = ProblemKind(
    "SKIP-ITEM-UNKNOWN",
    what=Text(
        'ask_when trỏ tới câu "{item}" không có trong phiếu{guess}.',
        'ask_when names "{item}", which is not in the questionnaire{guess}.',
    ),
    why=Text("", ""),
    remedy=Text("Sửa mã câu hỏi.", "Correct the code."),
)
SKIP_LATER = ProblemKind(
    "SKIP-ITEM-LATER",
    what=Text('ask_when trỏ tới câu "{item}" được hỏi sau.', 'ask_when names "{item}", which is asked later.'),
    why=Text("Khi đến đây chưa ai biết câu trả lời đó.", "When the interview gets here, nobody knows that answer yet."),
    remedy=Text("Chuyển câu kia lên trước, hoặc sửa mã.", "Move that item before this one, or correct the code."),
)
SKIP_ROTATING = ProblemKind(
    "SKIP-ITEM-ROTATING",
    what=Text(
        'ask_when trỏ tới câu "{item}" được hỏi nhiều lần, mỗi nhóm chính sách một lần.',
        'ask_when names "{item}", which is asked several times, once per policy group.',
    ),
    why=Text("Không rõ phải xem câu trả lời nào.", "There is no telling which of its answers is meant."),
    remedy=Text(
        "Dùng một câu chỉ hỏi một lần, hoặc một câu trong cùng mục.",
        "Use an item that is asked once, or one of the same section.",
    ),
)
SKIP_FORM = ProblemKind(
    "SKIP-FORM",
    what=Text(
        'ask_when về câu "{item}" (kiểu {kind}) viết chưa đúng.', 'ask_when on "{item}" ({kind}) has the wrong form.'
    ),
    why=Text("", ""),
    remedy=Text(
        "Câu có danh sách: in: [mã, …]. Câu là số: at_least, at_most. Câu chữ không dùng được.",
        "For lists: in: [codes]. For numbers: at_least, at_most. Texts cannot be used.",
    ),
)
SKIP_ANSWER = ProblemKind(
    "SKIP-ANSWER-UNKNOWN",
    what=Text('câu "{item}" không có câu trả lời "{code}".', '"{item}" has no answer "{code}".'),
    why=Text("", ""),
    remedy=Text("Chọn trong: {known}.", "Choose among: {known}."),
)
UNREACHABLE = ProblemKind(
    "ITEM-UNREACHABLE",
    what=Text('câu "{code}" không bao giờ được hỏi.', '"{code}" is never asked.'),
    why=Text(
        'Các điều kiện về câu "{item}" không thể cùng đúng.', 'The conditions on "{item}" cannot all hold at once.'
    ),
    remedy=Text("Sửa ask_when của câu này hoặc của mục.", "Correct ask_when, here or of the section."),
)
FACTOR_UNKNOWN = ProblemKind(
    "FACTOR-UNKNOWN",
    what=Text('"{code}": không có nhân tố "{factor}"{guess}.', '"{code}": there is no factor "{factor}"{guess}.'),
    why=Text("", ""),
    remedy=Text("Thêm nhân tố vào index, hoặc sửa mã.", "Add the factor to index, or correct the code."),
)
FACTOR_EMPTY = ProblemKind(
    "FACTOR-EMPTY",
    what=Text('nhân tố "{factor}" không có câu hỏi nào.', 'no item belongs to the factor "{factor}".'),
    why=Text("Nhân tố không có câu hỏi thì không có giá trị.", "A factor without items has no value."),
    remedy=Text("Thêm factor: {factor} vào các câu hỏi của nó.", "Write factor: {factor} at its items."),
)
FACTOR_KIND = ProblemKind(
    "FACTOR-KIND",
    what=Text(
        '"{code}" (kiểu {kind}) thuộc nhân tố "{factor}".', '"{code}" ({kind}) belongs to the factor "{factor}".'
    ),
    why=Text("Chỉ kiểu scale và yes_no có giá trị để tính điểm.", "Only scale and yes_no have values to score."),
    remedy=Text("Bỏ factor hoặc đổi kiểu câu hỏi.", "Remove factor, or change the kind."),
)
FORMULA_SCALE = ProblemKind(
    "FORMULA-SCALE",
    what=Text(
        'công thức {formula} không tính được trên thang "{scale}".',
        'the formula {formula} cannot be computed on the scale "{scale}".',
    ),
    why=Text("{needed}", "{needed}"),
    remedy=Text("Bổ sung thang, hoặc đổi công thức.", "Complete the scale, or change the formula."),
)
WEIGHT_SUM = ProblemKind(
    "WEIGHT-SUM",
    what=Text(
        "trọng số dưới {name} cộng lại được {total}, cần {needed}.",
        "the weights below {name} add up to {total}, {needed} is needed.",
    ),
    why=Text("Trọng số là phần trăm của chỉ số.", "Weights are percents of the index."),
    remedy=Text("Sửa trọng số.", "Correct the weights."),
)
NODE_TWICE = ProblemKind(
    "QUESTION-NODE-TWICE",
    what=Text('tiêu chí "{node}" đã được câu "{first}" chấm.', 'the node "{node}" is scored by "{first}" already.'),
    why=Text("", ""),
    remedy=Text("Bỏ node ở một trong hai câu.", "Remove node from one of the two."),
)
BREAK_TWICE = ProblemKind(
    "SERIES-BREAK-TWICE",
    what=Text('điểm gãy "{code}" có hai lần.', 'the break "{code}" stands twice.'),
    why=Text("", ""),
    remedy=Text("Giữ một.", "Keep one."),
)

_KEPT_NAMES = frozenset(("meta", "instanceid", "instancename", "data", GROUP_START))
_SCORED_KINDS = frozenset(("scale", "yes_no"))

_NEEDS_VALUES = Text("Thang cần giá trị ở mọi bậc.", "A scale needs a value at every step.")
_NEEDS_YES_NO = Text(
    "Câu có/không cần đúng hai câu trả lời hợp lệ, giá trị 1 và 0.",
    "A yes/no question needs exactly two answers that count, of values 1 and 0.",
)
_NEEDS_SATISFIED = Text("Thang chưa khai satisfied.", "The scale does not say which steps are satisfied.")
_NEEDS_TOP = Text(
    "Bậc cao nhất phải lớn hơn 0, bậc thấp nhất không âm.", "The top must be above 0, the bottom not below 0."
)


def check_questionnaire(questionnaire: Questionnaire, problems: Problems, *, complete: bool = True) -> None:
    """Add every problem of the whole to `problems`.

    `complete` False: parts were left out because of problems of their own, so that sums and missing references say
    nothing.
    """
    _Check(questionnaire, problems, complete).run()


class _Check:
    def __init__(self, questionnaire: Questionnaire, problems: Problems, complete: bool):
        self.q = questionnaire
        self.problems = problems
        self.complete = complete
        self.add = problems.add
        self.places: dict[str, Place] = {}

    def run(self) -> None:
        for scale in self.q.scales.values():
            self._scale(scale)
        self._groups()
        self._names()
        for section in self.q.sections:
            self._texts(section.name, place=section.place("name"))
            for item in section.items:
                self._item(item, section)
        self._skips()
        if self.q.index is not None:
            self._index(self.q.index)
        self._breaks()

    def _scale(self, scale: Scale) -> None:
        seen: set[str] = set()
        values: dict[Decimal, str] = {}
        for step in scale.steps:
            self._texts(step.label, place=step.place)
            if step.code in seen:
                self.add(ANSWER_TWICE, step.place, scale=scale.code, code=step.code)
            seen.add(step.code)
            if step.value is None:
                if step.valid and scale.has_values:
                    self.add(VALUE_MISSING, step.place, scale=scale.code, code=step.code)
                continue
            if not step.valid:
                self.add(VALUE_EXTRA, step.place, scale=scale.code, code=step.code)
            elif step.value in values:
                self.add(VALUE_TWICE, step.place, scale=scale.code, value=step.value)
            values[step.value] = step.code
        if len(set(scale.valid_codes)) < 2 and self.complete:
            self.add(LIST_SHORT, scale.place, scale=scale.code, count=len(set(scale.valid_codes)))
        for code in scale.satisfied:
            if code not in scale.valid_codes and self.complete:
                self.add(
                    SATISFIED_UNKNOWN, scale.place, scale=scale.code, code=code, known=", ".join(scale.valid_codes)
                )

    def _groups(self) -> None:
        seen: set[str] = set()
        for group in self.q.groups:
            self._texts(group.name, place=group.place)
            if group.code.casefold() in seen:
                self.add(GROUP_TWICE, group.place, code=group.code)
            seen.add(group.code.casefold())
        for section in self.q.sections:
            asked = section.groups_asked
            if asked is not None and not 1 <= asked <= len(self.q.groups) and self.complete:
                self.add(
                    GROUPS_ASKED,
                    section.place("groups_asked"),
                    section=section.code,
                    asked=asked,
                    count=len(self.q.groups),
                )

    def _names(self) -> None:
        """Columns, sections and the groups within rotating sections share one namespace: that of a form."""
        nodes: dict[str, str] = {}
        for section in self.q.sections:
            rotating = section.groups_asked is not None
            self._name(section.code, section.place())
            for group in self.q.groups if rotating else ():
                self._name(column_name(section.code, group.code), section.place())
            for item in section.items:
                if rotating:
                    self._name(item.code, item.place())
                    for group in self.q.groups:
                        self._name(column_name(item.code, group.code), item.place())
                else:
                    self._name(item.code, item.place())
                if item.node is not None:
                    if item.node in nodes:
                        self.add(NODE_TWICE, item.place("node"), node=item.node, first=nodes[item.node])
                    nodes.setdefault(item.node, item.code)

    def _name(self, code: str, place: Place) -> None:
        folded = code.casefold()
        if folded in _KEPT_NAMES:
            self.add(CODE_KEPT, place, code=code)
        elif folded in self.places:
            self.add(CODE_TWICE, place, code=code, first=words_of(self.places[folded]))
        self.places.setdefault(folded, place)

    def _texts(self, *texts: Text | None, place: Place) -> None:
        if any(text is not None and ("${" in text.vi or "${" in text.en) for text in texts):
            self.add(TEXT_REFERENCE, place)

    def _item(self, item: Item, section: Section) -> None:
        self._texts(item.text, item.hint, place=item.place("text"))
        if section.groups_asked is None:
            if "{group}" in item.text.vi or "{group}" in item.text.en:
                self.add(GROUP_TEXT_EXTRA, item.place("text"), code=item.code, section=section.code)
        else:
            for text, language in ((item.text.vi, Text("tiếng Việt", "Vietnamese")), (item.text.en, _ENGLISH)):
                if text and "{group}" not in text:
                    self.add(GROUP_TEXT, item.place("text"), code=item.code, language=language)
        self._source(item.source, item.place("source"))
        self._answers(item)
        self._factor(item)

    def _source(self, key: str | None, place: Place) -> None:
        if key is not None and key not in self.q.sources and self.complete:
            self.add(SOURCE_UNKNOWN, place, key=key)

    def _answers(self, item: Item) -> None:
        scale = self.q.scales.get(item.scale) if item.scale is not None else None
        if item.kind in LISTED:
            if item.scale is None:
                if "scale" not in item.places or self.complete:
                    self.add(LIST_MISSING, item.place(), code=item.code, kind=item.kind)
            elif scale is None:
                if self.complete:
                    known = tuple(self.q.scales)
                    self.add(
                        LIST_UNKNOWN,
                        item.place("scale"),
                        code=item.code,
                        scale=item.scale,
                        known=", ".join(known) or "–",
                        guess=guess(item.scale, known),
                    )
            else:
                self._list_of_kind(item, scale)
        elif item.scale is not None:
            self._key(item, "scale")
        if item.kind == "pick":
            most = len(scale.valid_codes) if scale is not None else None
            if item.at_most is None or item.at_most < 1 or (most is not None and item.at_most > most):
                self.add(PICK_LIMIT, item.place("at_most"), code=item.code, count=str(most or "…"))
        elif item.at_most is not None:
            self._key(item, "at_most")
        if item.kind not in NUMERIC:
            for key, value in (("lowest", item.lowest), ("highest", item.highest)):
                if value is not None:
                    self._key(item, key)
            if item.non_response:
                self._key(item, "non_response")
            return
        if item.lowest is not None and item.highest is not None and item.lowest > item.highest:
            self.add(BOUNDS, item.place("highest"), code=item.code, low=item.lowest, high=item.highest)
        for code in item.non_response:
            if not _is_number(code) or within(Decimal(code), item.lowest, item.highest):
                self.add(NON_RESPONSE_INSIDE, item.place("non_response"), code=item.code, value=code)

    def _list_of_kind(self, item: Item, scale: Scale) -> None:
        needed = None
        if item.kind == "scale" and not scale.has_values:
            needed = _NEEDS_VALUES
        if item.kind == "yes_no" and sorted(scale.values.values()) != [0, 1]:
            needed = _NEEDS_YES_NO
        if needed is not None and self.complete:
            self.add(LIST_KIND, item.place("scale"), code=item.code, kind=item.kind, scale=scale.code, needed=needed)

    def _key(self, item: Item, key: str) -> None:
        self.add(KEY_OF_KIND, item.place(key), code=item.code, kind=item.kind, key=key)

    def _factor(self, item: Item) -> None:
        if item.factor is None:
            return
        known = tuple(factor.code for factor in self.q.index.factors) if self.q.index is not None else ()
        if item.factor not in known:
            if self.complete:
                self.add(
                    FACTOR_UNKNOWN,
                    item.place("factor"),
                    code=item.code,
                    factor=item.factor,
                    guess=guess(item.factor, known),
                )
        elif item.kind not in _SCORED_KINDS:
            self.add(FACTOR_KIND, item.place("factor"), code=item.code, kind=item.kind, factor=item.factor)

    def _skips(self) -> None:
        order = {item.code: at for at, item in enumerate(self.q.items)}
        at = 0
        sound: dict[str, tuple[Condition, ...]] = {}
        never: set[str] = set()
        for section in self.q.sections:
            shared = [each for each in section.ask_when if self._condition(each, at, order, None)]
            for item in section.items:
                own = [each for each in item.ask_when if self._condition(each, at, order, section)]
                at += 1
                if item.code in sound:  # a code that stands twice was named before
                    continue
                sound[item.code] = (*shared, *own)
                clash = self._clash(item.code, sound)
                if clash is not None:
                    # What hangs on an item that is never asked is never asked either; one of them is enough to say.
                    if not any(each.item in never for each in sound[item.code]):
                        place = item.place("ask_when") if own else section.place("ask_when")
                        self.add(UNREACHABLE, place, code=item.code, item=clash)
                    never.add(item.code)

    def _condition(self, condition: Condition, at: int, order: Mapping[str, int], section: Section | None) -> bool:
        """The condition can be used: its item exists, comes before, and takes such a condition."""
        item = self.q.by_code.get(condition.item)
        if item is None:
            if self.complete:
                known = tuple(self.q.by_code)
                self.add(SKIP_UNKNOWN, condition.place, item=condition.item, guess=guess(condition.item, known))
            return False
        if order[condition.item] >= at:
            self.add(SKIP_LATER, condition.place, item=condition.item)
            return False
        of = self.q.section_of[condition.item]
        if of.groups_asked is not None and of is not section:
            self.add(SKIP_ROTATING, condition.place, item=condition.item)
            return False
        bounds = condition.at_least is not None or condition.at_most is not None
        listed = item.kind in LISTED and bool(condition.codes) and not bounds
        numeric = item.kind in NUMERIC and bounds and not condition.codes
        if not (listed or numeric):
            self.add(SKIP_FORM, condition.place, item=condition.item, kind=item.kind)
            return False
        scale = self.q.scales.get(item.scale) if item.scale is not None else None
        if listed and scale is not None:
            unknown = [code for code in condition.codes if code not in scale.by_code]
            for code in unknown:
                self.add(SKIP_ANSWER, condition.place, item=item.code, code=code, known=", ".join(scale.by_code))
            return not unknown
        return scale is not None or numeric

    def _clash(self, code: str, sound: Mapping[str, tuple[Condition, ...]]) -> str | None:
        """The item whose conditions cannot all hold when `code` is asked, else None.

        Conditions of the items that conditions name count too: to have answered them, one must have been asked.
        """
        allowed: dict[str, set[str]] = {}
        low: dict[str, Decimal] = {}
        high: dict[str, Decimal] = {}
        waiting = [code]
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            for condition in sound.get(name, ()):
                waiting.append(condition.item)
                earlier = self.q.by_code[condition.item]
                if earlier.kind in NUMERIC:
                    lows = [low.get(earlier.code), condition.at_least, earlier.lowest]
                    highs = [high.get(earlier.code), condition.at_most, earlier.highest]
                    lowest = max((each for each in lows if each is not None), default=None)
                    highest = min((each for each in highs if each is not None), default=None)
                    if lowest is not None and highest is not None and lowest > highest:
                        return earlier.code
                    low.update({} if lowest is None else {earlier.code: lowest})
                    high.update({} if highest is None else {earlier.code: highest})
                elif earlier.kind not in MANY or earlier.at_most == 1:
                    codes = allowed.get(earlier.code, set(condition.codes)) & set(condition.codes)
                    if not codes:
                        return earlier.code
                    allowed[earlier.code] = codes
        return None

    def _index(self, index: IndexDefinition) -> None:
        for part in index.parts:
            self._source(part.source, part.places.get("source", Place("")))
            for factor in part.factors:
                self._source(factor.source, factor.places.get("source", Place("")))
        named: list[IndexDefinition | SubIndex | Factor] = [index]
        for part in index.parts:
            named += [part, *part.factors]
        first: dict[str, Place] = {item.code.casefold(): item.place() for item in self.q.items}
        for each in named:
            place = each.places.get("code", Place(""))
            self._texts(each.name, place=place)
            if each.code.casefold() in first:
                self.add(CODE_TWICE, place, code=each.code, first=words_of(first[each.code.casefold()]))
            first.setdefault(each.code.casefold(), place)
        if not self.complete:
            return
        self._sum(_quoted(index.code), Decimal(100), index.parts, index.places.get("code", Place("")))
        for part in index.parts:
            self._sum(_quoted(part.code), part.weight, part.factors, part.places.get("weight", Place("")))
            for factor in part.factors:
                if not self.q.items_of_factor(factor.code):
                    self.add(FACTOR_EMPTY, factor.places.get("code", Place("")), factor=factor.code)
        self._formula(index)

    def _sum(self, name: Text, needed: Decimal, below: Iterable[SubIndex | Factor], place: Place) -> None:
        total = sum((each.weight for each in below), Decimal(0))
        if total != needed:
            self.add(WEIGHT_SUM, place, name=name, total=total, needed=needed)

    def _formula(self, index: IndexDefinition) -> None:
        known = {factor.code for factor in index.factors}
        used = {item.scale for item in self.q.items if item.factor in known and item.kind in _SCORED_KINDS}
        for name in sorted(each for each in used if each is not None and each in self.q.scales):
            scale = self.q.scales[name]
            values = scale.values.values()
            needed = None
            if index.formula == "satisfaction_share" and not scale.satisfied:
                needed = _NEEDS_SATISFIED
            elif index.formula != "satisfaction_share" and values and (max(values) <= 0 or min(values) < 0):
                needed = _NEEDS_TOP
            if needed is not None:
                self.add(FORMULA_SCALE, scale.place, formula=index.formula, scale=name, needed=needed)

    def _breaks(self) -> None:
        seen: set[str] = set()
        for each in self.q.breaks:
            self._texts(each.name, each.reason, place=each.place)
            if each.code in seen:
                self.add(BREAK_TWICE, each.place, code=each.code)
            seen.add(each.code)


_ENGLISH = Text("tiếng Anh", "English")


def _quoted(code: str) -> Text:
    return Text(f'"{code}"', f'"{code}"')


def words_of(place: Place) -> Text:
    return Text(place.words("vi"), place.words("en"))


def _is_number(code: str) -> bool:
    return re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]{1,12})?", code) is not None
