"""The CSV files of an edition folder that carry values: decisions, accepted values, estimates and the like.

Every row is held against the edition: known unit, known leaf, a value its input can have, a reason where one is due.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from parindex.appraisal.accept import ROUNDS, AcceptedElsewhere, Decision
from parindex.documents.csv_rows import CsvRow, is_decimal, read_rows
from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.programme.edition import Edition, UnitList
from parindex.programme.edition_reading import check_unit
from parindex.programme.edition_surveys import SURVEY_RULES
from parindex.programme.framework import POLICIES, InputSpec, Node
from parindex.programme.inputs import ValueWrong, canonical, parse_value
from parindex.programme.units import read_day
from parindex.ranking.movement import PastResult
from parindex.scoring.rule_book import RuleBook
from parindex.tables.flow import POINTS_INPUT, Estimate, NotApplicable

UNIT_UNKNOWN = ProblemKind(
    "UNIT-UNKNOWN",
    what=Text(
        'đơn vị "{unit}" không có trong danh sách nào của kỳ.', 'the unit "{unit}" is in no list of the edition.'
    ),
    why=Text("", ""),
    remedy=Text(
        "Sửa mã đơn vị hoặc thêm vào units.csv; đơn vị nằm trong leave_out thì bỏ dòng này.",
        "Correct the code, or add the unit to units.csv; for a unit in leave_out, remove the row.",
    ),
)
NODE_UNKNOWN = ProblemKind(
    "NODE-UNKNOWN",
    what=Text('bộ tiêu chí không có mục "{node}".', 'the framework has no node "{node}".'),
    why=Text("", ""),
    remedy=Text("Sửa mã; mã viết như trong framework.yaml.", "Correct the code; it is written as in framework.yaml."),
)
NODE_NO_LEAF = ProblemKind(
    "NODE-NO-LEAF",
    what=Text(
        '"{node}" có mục con, không được chấm trực tiếp.', '"{node}" has nodes below it and is not scored itself.'
    ),
    why=Text("", ""),
    remedy=Text("Ghi mã của tiêu chí thành phần.", "Name the leaf."),
)
INPUT_UNKNOWN = ProblemKind(
    "INPUT-UNKNOWN",
    what=Text('"{node}" không có số liệu "{input}".', '"{node}" has no input "{input}".'),
    why=Text("", ""),
    remedy=Text("Dùng một trong: {known}.", "Use one of: {known}."),
)
INPUT_NEEDED = ProblemKind(
    "INPUT-NEEDED",
    what=Text(
        'cột "input" để trống, nhưng "{node}" có nhiều số liệu.',
        'the column "input" is empty, but "{node}" has several inputs.',
    ),
    why=Text("", ""),
    remedy=Text("Ghi một trong: {known}.", "Write one of: {known}."),
)
INPUT_VALUE = ProblemKind(
    "INPUT-VALUE",
    what=Text("{says}", "{says}"),
    why=Text("", ""),
    remedy=Text("{remedy}", "{remedy}"),
)
POINTS_VALUE = ProblemKind(
    "POINTS-VALUE",
    what=Text(
        '"{value}" không phải là điểm từ 0 đến {maximum}.', '"{value}" is no number of points from 0 to {maximum}.'
    ),
    why=Text("", ""),
    remedy=Text(
        "Ghi số từ 0 đến {maximum}, có dấu chấm thập phân.",
        "Write a number from 0 to {maximum}, with a decimal point.",
    ),
)
REASON_NEEDED = ProblemKind(
    "REASON-NEEDED",
    what=Text("thiếu lý do.", "the reason is missing."),
    why=Text("Điểm hoặc giá trị bị thay đổi phải có lý do.", "A changed value needs its reason."),
    remedy=Text('Điền cột "reason".', 'Fill in the column "reason".'),
)
ROUND_UNKNOWN = ProblemKind(
    "ROUND-UNKNOWN",
    what=Text('vòng "{round}" không có.', 'there is no round "{round}".'),
    why=Text("", ""),
    remedy=Text("Dùng một trong: {known}.", "Use one of: {known}."),
)
BASIS_UNKNOWN = ProblemKind(
    "BASIS-UNKNOWN",
    what=Text('basis "{basis}" không có.', 'there is no basis "{basis}".'),
    why=Text("", ""),
    remedy=Text("Dùng một trong: {known}.", "Use one of: {known}."),
)
ROW_TWICE = ProblemKind(
    "ROW-TWICE",
    what=Text("{key} đã có ở dòng {first}.", "{key} stands already on line {first}."),
    why=Text("Chỉ một giá trị được tính.", "Only one value can count."),
    remedy=Text("Giữ một dòng.", "Keep one of the lines."),
)
ESTIMATE_RANGE = ProblemKind(
    "ESTIMATE-RANGE",
    what=Text('{column} "{value}" nằm ngoài {range}.', '{column} "{value}" lies outside {range}.'),
    why=Text("", ""),
    remedy=Text("Sửa giá trị.", "Correct the value."),
)
ESTIMATE_EMPTY = ProblemKind(
    "ESTIMATE-EMPTY",
    what=Text("không có giá trị và không có lý do.", "there is neither a value nor a reason."),
    why=Text("Ô trống phải nói vì sao; trống không phải là 0.", "An empty cell says why; empty is not 0."),
    remedy=Text('Điền cột "value" hoặc "reason".', 'Fill in "value" or "reason".'),
)
ESTIMATE_LEAF = ProblemKind(
    "ESTIMATE-LEAF",
    what=Text('"{node}" không lấy điểm từ điều tra.', '"{node}" does not take its points from a survey.'),
    why=Text("", ""),
    remedy=Text(
        "Ước lượng chỉ dùng cho mục loại survey_scale hoặc external_index.",
        "Estimates go with leaves of kind survey_scale or external_index.",
    ),
)
POLICY_UNKNOWN = ProblemKind(
    "POLICY-UNKNOWN",
    what=Text('policy "{policy}" không có.', 'there is no policy "{policy}".'),
    why=Text("", ""),
    remedy=Text("Dùng một trong: {known}.", "Use one of: {known}."),
)
POLICY_NOT_ALLOWED = ProblemKind(
    "POLICY-NOT-ALLOWED",
    what=Text('"{leaf}"{inside} không cho phép {policy}.', '"{leaf}"{inside} does not allow {policy}.'),
    why=Text("Bộ tiêu chí quyết định mục nào được miễn.", "The framework decides which leaves may be left out."),
    remedy=Text(
        "Bỏ dòng này, hoặc sửa not_applicable trong bộ tiêu chí.", "Remove the row, or not_applicable in the framework."
    ),
)

MEAN_LIST = ProblemKind(
    "MEAN-LIST",
    what=Text('cột "list": không có danh sách "{found}".', 'column "list": there is no list "{found}".'),
    why=Text("Kỳ có nhiều danh sách; mỗi trung bình thuộc một danh sách.", "Each mean belongs to one of the lists."),
    remedy=Text("Ghi một trong: {known}.", "Write one of: {known}."),
)

FROM_RECORDS = "records"
BASES = ("answer", FROM_RECORDS, "adjusted")
_COUNT_LABEL = Text("Số lần", "Count")


class PrintedFigure(NamedTuple):
    """A published figure to hold the computed one against; node None is the total."""

    unit: str
    node: str | None
    value: Decimal | None
    rank: int | None
    basis: str | None
    place: str


class PrintedMean(NamedTuple):
    """A published mean of a list (scope all) or of a region."""

    list: str
    scope: str
    code: str
    value: Decimal
    basis: str | None
    place: str


class FolderTables:
    """Reads the CSV files of one edition, adding every problem of every file."""

    def __init__(self, edition: Edition, books: Mapping[str, RuleBook], problems: Problems):
        self.edition = edition
        self.books = books
        self.problems = problems

    def decisions(self, content: bytes, name: str) -> tuple[Decision, ...]:
        columns = ("unit", "node", "round", "value", "basis")
        optional = ("input", "by", "at", "reason", "decision")
        found: list[Decision] = []
        seen: dict[tuple[str, ...], int | None] = {}
        for row in read_rows(content, name, self.problems, columns=columns, optional=optional):
            target = self._target(row, counted=row["basis"] == FROM_RECORDS)
            if target is None:
                continue
            round_ = next((each for each in ROUNDS if each == row["round"]), None)
            if round_ is None:
                self.problems.add(ROUND_UNKNOWN, row.place, round=row["round"], known=", ".join(ROUNDS))
                continue
            if row["basis"] not in BASES:
                self.problems.add(BASIS_UNKNOWN, row.place, basis=row["basis"], known=", ".join(BASES))
            unit, node, input_, value = target
            if (row["basis"] != "answer" or input_ == POINTS_INPUT) and not row["reason"]:
                self.problems.add(REASON_NEEDED, row.place)
            read_day(row, "at", self.problems)
            if not self._once(seen, (unit, node, input_, round_), row):
                continue
            found.append(
                Decision(
                    unit,
                    node,
                    input_,
                    round_,
                    value,
                    row["basis"],
                    row["by"] or None,
                    row["at"] or None,
                    row["reason"] or None,
                    row["decision"] or None,
                    name,
                    row.place.inside(),
                )
            )
        return tuple(found)

    def accepted(self, content: bytes, name: str) -> tuple[AcceptedElsewhere, ...]:
        columns = ("unit", "node", "value", "basis")
        found: list[AcceptedElsewhere] = []
        seen: dict[tuple[str, ...], int | None] = {}
        for row in read_rows(content, name, self.problems, columns=columns, optional=("input", "source", "reason")):
            target = self._target(row)
            basis = row.required("basis", self.problems)
            if target is None or basis is None or not self._once(seen, target[:3], row):
                continue
            if target[2] == POINTS_INPUT and not row["reason"]:
                self.problems.add(REASON_NEEDED, row.place)
            found.append(AcceptedElsewhere(*target, basis, row["reason"] or None, name, row.place.inside()))
        return tuple(found)

    def estimates(self, content: bytes, name: str) -> tuple[Estimate, ...]:
        columns = ("unit", "node", "value")
        optional = ("se", "lower", "upper", "n", "deff", "df", "method", "basis", "reason", "source")
        found: list[Estimate] = []
        seen: dict[tuple[str, ...], int | None] = {}
        for row in read_rows(content, name, self.problems, columns=columns, optional=optional):
            unit_list, node = self._list(row), row.required("node", self.problems)
            if unit_list is None or node is None:
                continue
            leaf = self._leaf(unit_list, node, row)
            if leaf is None or leaf.leaf is None:
                continue
            if leaf.leaf.rule.kind not in SURVEY_RULES:
                self.problems.add(ESTIMATE_LEAF, row.place, node=node)
                continue
            if not self._once(seen, (row["unit"], node), row):
                continue
            columns_ = ("value", "se", "lower", "upper", "n", "deff", "df")
            numbers = {key: row.decimal(key, self.problems) for key in columns_}
            value, se, n = numbers["value"], numbers["se"], numbers["n"]
            for column, number, high in (
                ("value", value, 100),
                ("lower", numbers["lower"], 100),
                ("upper", numbers["upper"], 100),
            ):
                if number is not None and not 0 <= number <= high:
                    self.problems.add(ESTIMATE_RANGE, row.place, column=column, value=number, range=f"0–{high}")
            for column in ("se", "deff", "df"):
                if (number := numbers[column]) is not None and number < 0:
                    self.problems.add(ESTIMATE_RANGE, row.place, column=column, value=number, range="≥ 0")
            if n is not None and (n < 0 or n != n.to_integral_value()):
                self.problems.add(ESTIMATE_RANGE, row.place, column="n", value=n, range="0, 1, 2, …")
                n = None
            if value is None and not row["value"] and not row["reason"]:
                self.problems.add(ESTIMATE_EMPTY, row.place)
            found.append(
                Estimate(
                    self.edition.code,
                    row["unit"],
                    node,
                    ten_digits(value),
                    se,
                    numbers["lower"],
                    numbers["upper"],
                    int(n) if n is not None else None,
                    numbers["deff"],
                    numbers["df"],
                    row["method"] or None,
                    row["basis"] or None,
                    row["reason"] or None,
                    name,
                    row.place.inside(),
                )
            )
        return tuple(found)

    def not_applicable(self, content: bytes, name: str) -> tuple[NotApplicable, ...]:
        found: list[NotApplicable] = []
        seen: dict[tuple[str, ...], int | None] = {}
        for row in read_rows(content, name, self.problems, columns=("unit", "node", "policy", "reason")):
            unit_list, code = self._list(row), row.required("node", self.problems)
            reason, policy = row.required("reason", self.problems), row["policy"]
            if unit_list is None or code is None:
                continue
            leaves = unit_list.framework.leaves_under(code)
            if not leaves:
                self.problems.add(NODE_UNKNOWN, row.place, node=code)
                continue
            if policy not in POLICIES:
                self.problems.add(POLICY_UNKNOWN, row.place, policy=policy, known=", ".join(POLICIES))
                continue
            for leaf in leaves:
                if leaf.leaf is not None and policy not in leaf.leaf.not_applicable:
                    inside = (
                        Text(f' (nằm trong "{code}")', f' (inside "{code}")') if leaf.code != code else Text("", "")
                    )
                    self.problems.add(POLICY_NOT_ALLOWED, row.place, leaf=leaf.code, inside=inside, policy=policy)
            if reason is None or not self._once(seen, (row["unit"], code), row):
                continue
            found.append(NotApplicable(self.edition.code, row["unit"], code, policy, reason, name, row.place.inside()))
        return tuple(found)

    def history(self, content: bytes, name: str) -> tuple[PastResult, ...]:
        found: list[PastResult] = []
        seen: dict[tuple[str, ...], int | None] = {}
        columns = ("edition", "unit", "value", "rank")
        for row in read_rows(content, name, self.problems, columns=columns, optional=("basis", "source", "note")):
            edition, unit = row.required("edition", self.problems), row.required("unit", self.problems)
            value, rank = row.decimal("value", self.problems), self._whole(row, "rank")
            if edition is None or unit is None or not self._once(seen, (edition, unit), row):
                continue
            found.append(PastResult(edition, unit, value, rank, row["basis"]))
        return tuple(found)

    def published(self, content: bytes, name: str) -> tuple[PrintedFigure, ...]:
        found: list[PrintedFigure] = []
        seen: dict[tuple[str, ...], int | None] = {}
        columns = ("unit", "node", "value", "rank")
        for row in read_rows(content, name, self.problems, columns=columns, optional=("basis", "source", "note")):
            unit_list = self._list(row)
            if unit_list is None:
                continue
            node = row["node"] or None
            if node is not None and node not in unit_list.framework.by_code:
                self.problems.add(NODE_UNKNOWN, row.place, node=node)
                continue
            value, rank = row.decimal("value", self.problems), self._whole(row, "rank")
            if not self._once(seen, (row["unit"], node or ""), row):
                continue
            found.append(PrintedFigure(row["unit"], node, value, rank, row["basis"] or None, row.place.inside()))
        return tuple(found)

    def printed_means(self, content: bytes, name: str) -> tuple[PrintedMean, ...]:
        found: list[PrintedMean] = []
        columns = ("edition", "scope", "code", "value")
        optional = ("list", "n_units", "basis", "source", "note")
        lists = [each.code for each in self.edition.lists]
        for row in read_rows(content, name, self.problems, columns=columns, optional=optional):
            value = row.decimal("value", self.problems)
            unit_list = row["list"] or (lists[0] if len(lists) == 1 else "")
            if unit_list not in lists:
                self.problems.add(MEAN_LIST, row.place, found=row["list"], known=", ".join(lists))
                continue
            same_year = row["edition"] in (self.edition.code, str(self.edition.year))
            if value is not None and same_year and row["scope"] in ("all", "region"):
                found.append(
                    PrintedMean(unit_list, row["scope"], row["code"], value, row["basis"] or None, row.place.inside())
                )
        return tuple(found)

    def _list(self, row: CsvRow) -> UnitList | None:
        unit = row.required("unit", self.problems)
        return None if unit is None else check_unit(self.edition, unit, row.place, self.problems, UNIT_UNKNOWN)

    def _leaf(self, unit_list: UnitList, code: str, row: CsvRow) -> Node | None:
        node = unit_list.framework.by_code.get(code)
        if node is None:
            self.problems.add(NODE_UNKNOWN, row.place, node=code)
            return None
        if node.leaf is None:
            self.problems.add(NODE_NO_LEAF, row.place, node=code)
            return None
        return node

    def _target(self, row: CsvRow, *, counted: bool = False) -> tuple[str, str, str, str] | None:
        """Unit, node, input and canonical value of a row that sets one; None after its problems were added.

        With `counted` the value may be empty: it is what records count.
        """
        unit_list = self._list(row)
        code = row.required("node", self.problems)
        counted = counted and not row["value"] and row["input"] != POINTS_INPUT
        value = "" if counted else row.required("value", self.problems)
        if unit_list is None or code is None:
            return None
        item = unit_list.framework.adjustment_items.get(code)
        specs: tuple[InputSpec, ...]
        if item is not None:
            specs = (InputSpec("count", "count", _COUNT_LABEL, item[1].unit, {}, None, item[1].place),)
            maximum = item[0].cap
        else:
            leaf = self._leaf(unit_list, code, row)
            rule = self.books[unit_list.code].rules.get(code)
            if leaf is None or rule is None or value is None:
                return None
            specs, maximum = rule.inputs, leaf.max_points
        if value is None:
            return None
        known = ", ".join([spec.name for spec in specs] + [POINTS_INPUT])
        name = row["input"]
        if not name:
            if len(specs) != 1:
                self.problems.add(INPUT_NEEDED, row.place, node=code, known=known)
                return None
            name = specs[0].name
        if name == POINTS_INPUT:
            if not is_decimal(value) or not 0 <= Decimal(value) <= maximum:
                self.problems.add(POINTS_VALUE, row.place, value=value, maximum=maximum)
                return None
            return row["unit"], code, name, canonical(Decimal(value))
        spec = next((spec for spec in specs if spec.name == name), None)
        if spec is None:
            self.problems.add(INPUT_UNKNOWN, row.place, node=code, input=name, known=known)
            return None
        if counted:
            return row["unit"], code, name, ""
        try:
            return row["unit"], code, name, canonical(parse_value(spec, value))
        except ValueWrong as wrong:
            self.problems.add(INPUT_VALUE, row.place, says=wrong.says, remedy=wrong.remedy)
            return None

    def _whole(self, row: CsvRow, column: str) -> int | None:
        value = row.decimal(column, self.problems)
        if value is None:
            return None
        if value != value.to_integral_value() or value < 1:
            self.problems.add(ESTIMATE_RANGE, row.place, column=column, value=value, range="1, 2, 3, …")
            return None
        return int(value)

    def _once(self, seen: dict[tuple[str, ...], int | None], key: tuple[str, ...], row: CsvRow) -> bool:
        if key in seen:
            self.problems.add(ROW_TWICE, row.place, key=" · ".join(key), first=seen[key])
            return False
        seen[key] = row.place.line
        return True


def ten_digits(value: Decimal | None) -> Decimal | None:
    """An estimate as it is scored: 10 significant digits, half up."""
    if value is None or value == 0:
        return value
    places = 9 - value.adjusted()
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent <= places:
        return value
    return value.quantize(Decimal(1).scaleb(-places), rounding="ROUND_HALF_UP")
