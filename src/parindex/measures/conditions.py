"""Conditions as short sentences: read word by word, typed against the declared columns, never evaluated here.

    condition   := expression comparator expression                    comparator: = != < <= > >=
                 | expression "between" expression "and" expression     both ends included
                 | expression "in" value ("," value)*
                 | column "is" ["not"] "empty"
    expression  := term (("+" | "-") term)*
    term        := column | table.column | edition.date | 2023-12-31 | 12.5 | 5 days | yes | no | "text" | word

A word is a value where the other side is a choice, else a column. A date minus a date is a number of days; a date plus
or minus `5 days` is a date; nothing else adds a date and a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal, TypeAlias, cast

from parindex.documents.shapes import guess
from parindex.language import Text
from parindex.measures.nodes import (
    Between,
    ColumnRef,
    Comparator,
    Compare,
    Condition,
    Constant,
    DateExpression,
    DaysBetween,
    EditionDate,
    Empty,
    Expression,
    OneOf,
    Shifted,
    Total,
    ValueType,
    expression_columns,
)
from parindex.problems import ProblemKind
from parindex.tables.record_tables import DECIMAL_PLACES, RECORD_TABLES, RecordColumn, RecordTable

MAX_LENGTH: Final = 300
MAX_DAYS: Final = 36_600
MAX_DIGITS: Final = 14
YEARS: Final = range(1900, 2201)

CONDITION_FORM = ProblemKind(
    "MEASURE-CONDITION",
    what=Text('không hiểu điều kiện "{text}": {detail}.', 'the condition "{text}" cannot be read: {detail}.'),
    why=Text("Điều kiện là một câu ngắn, mỗi dòng một điều kiện.", "A condition is one short sentence, one to a line."),
    remedy=Text(
        "Viết ví dụ: settled_on <= due_on; level = province; received_on between edition.year_start and "
        "edition.year_end; channel in online, post; due_on is not empty.",
        "Write for example: settled_on <= due_on; level = province; received_on between edition.year_start and "
        "edition.year_end; channel in online, post; due_on is not empty.",
    ),
)
COLUMN_UNKNOWN = ProblemKind(
    "MEASURE-COLUMN",
    what=Text('bảng "{table}" không có cột "{name}"{guess}.', 'the table "{table}" has no column "{name}"{guess}.'),
    why=Text("", ""),
    remedy=Text(
        "Các cột có thể dùng: {known}. Chữ thì viết trong dấu nháy.",
        "Columns that may be used: {known}. A text goes in quotes.",
    ),
)
TABLE_NOT_JOINED = ProblemKind(
    "MEASURE-JOIN",
    what=Text(
        '"{name}" là cột của một bảng mà chỉ tiêu này không nối tới.',
        '"{name}" is a column of a table that this measure does not join.',
    ),
    why=Text("", ""),
    remedy=Text(
        "Thêm join: {table}, hoặc dùng cột của chính bảng.", "Add join: {table}, or use a column of the table itself."
    ),
)
VALUE_UNKNOWN = ProblemKind(
    "MEASURE-VALUE",
    what=Text(
        'cột "{column}" không có giá trị "{value}"{guess}.', 'the column "{column}" has no value "{value}"{guess}.'
    ),
    why=Text("Điều kiện này sẽ không bao giờ đúng.", "The condition would never hold."),
    remedy=Text("Chọn một trong: {known}.", "Choose one of: {known}."),
)
DATE_NAME_UNKNOWN = ProblemKind(
    "MEASURE-EDITION-DATE",
    what=Text('kỳ đánh giá không có ngày "{name}"{guess}.', 'the edition has no date "{name}"{guess}.'),
    why=Text("", ""),
    remedy=Text(
        "Các ngày có thể dùng: {known}; hoặc thêm ngày này vào calendar của edition.yaml.",
        "Dates that may be used: {known}; or add it to the calendar of edition.yaml.",
    ),
)
TYPES_DIFFER = ProblemKind(
    "MEASURE-TYPES",
    what=Text(
        '"{left}" là {left_type}, còn "{right}" là {right_type}: không so sánh với nhau được.',
        '"{left}" is {left_type}, "{right}" is {right_type}: they cannot be compared.',
    ),
    why=Text("", ""),
    remedy=Text("So sánh hai giá trị cùng loại.", "Compare two values of the same type."),
)
ADDING = ProblemKind(
    "MEASURE-ADDING",
    what=Text(
        '"{left}" là {left_type}, "{right}" là {right_type}: không cộng trừ với nhau được.',
        '"{left}" is {left_type}, "{right}" is {right_type}: they cannot be added or subtracted.',
    ),
    why=Text(
        "Chỉ cộng trừ số với số, ngày với một số ngày, và lấy ngày trừ ngày.",
        "Numbers go with numbers, a date with a number of days, and a date can be taken from a date.",
    ),
    remedy=Text("Viết ví dụ: due_on + 5 days.", "Write for example: due_on + 5 days."),
)
NO_ORDER = ProblemKind(
    "MEASURE-ORDER",
    what=Text('"{left}" là {left_type}, không có lớn nhỏ.', '"{left}" is {left_type}, which has no order.'),
    why=Text("", ""),
    remedy=Text("Dùng =, != hoặc in.", "Use =, != or in."),
)
DATE_FORM = ProblemKind(
    "MEASURE-DATE",
    what=Text('"{value}" không phải là ngày viết đúng dạng.', '"{value}" is not a date as it is written here.'),
    why=Text("", ""),
    remedy=Text(
        "Viết năm-tháng-ngày, ví dụ 2023-12-31, từ năm 1900 đến 2200.",
        "Write year-month-day, for example 2023-12-31, from 1900 to 2200.",
    ),
)
NUMBER_FORM = ProblemKind(
    "MEASURE-NUMBER",
    what=Text(
        "số {value} có quá {places} chữ số thập phân, hoặc quá {digits} chữ số phần nguyên.",
        "the number {value} has more than {places} decimals, or more than {digits} digits before them.",
    ),
    why=Text("", ""),
    remedy=Text("Viết ngắn lại.", "Write it shorter."),
)
NO_COLUMN = ProblemKind(
    "MEASURE-NO-COLUMN",
    what=Text('"{text}" không nhắc tới cột nào của hồ sơ.', '"{text}" names no column of a record.'),
    why=Text("Điều kiện này giống nhau với mọi bản ghi.", "It would be the same for every record."),
    remedy=Text("Nêu ít nhất một cột.", "Name at least one column."),
)
PERSONAL = ProblemKind(
    "MEASURE-PERSONAL",
    what=Text('"{column}" là cột riêng tư của người dân.', '"{column}" is a personal column.'),
    why=Text(
        "Không lọc hồ sơ theo từng người. Cột riêng tư chỉ được đếm số khác nhau, hoặc xét có trống hay không.",
        "Records are not picked by person. A personal column may be counted (distinct), or tested for being empty.",
    ),
    remedy=Text("Bỏ điều kiện này.", "Remove this condition."),
)

TYPE_NAMES: Final = {
    "date": Text("ngày", "a date"),
    "number": Text("số", "a number"),
    "text": Text("chữ", "a text"),
    "choice": Text("một lựa chọn", "a choice"),
    "flag": Text("có hoặc không", "yes or no"),
}
_FLAGS: Final = {"yes": True, "no": False, "true": True, "false": False}
_COMPARATORS: Final = ("<=", ">=", "!=", "<", ">", "=")
_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<date>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?![0-9])|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4})
      | (?P<number>[0-9]+(?:\.[0-9]+)?)
      | (?P<word>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)
      | (?P<quoted>"[^"]*"|'[^']*')
      | (?P<sign><=|>=|!=|<>|==|[<>=+\-,])
    )""",
    re.VERBOSE,
)

Report: TypeAlias = "Callable[..., None]"
"""`report(kind, column, **values)`: a problem at a column of the sentence, counted from 1."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a sentence and the column at which it begins, from 1."""

    kind: Literal["date", "number", "word", "quoted", "sign", "end"]
    text: str
    column: int


@dataclass(frozen=True, slots=True)
class _Term:
    """An expression being read. `node` None: something in it was wrong and has been told. `word`: a lone word."""

    node: Expression | None
    text: str
    column: int
    word: str | None = None
    days: int | None = None

    @property
    def type(self) -> ValueType | None:
        return None if self.node is None else self.node.type


class _Stop(Exception):
    """The sentence cannot be read further; why has been told."""


@dataclass(frozen=True, slots=True)
class Names:
    """What a sentence may name: the measure's table, the table it joins, and the dates of the edition."""

    table: RecordTable
    joined: RecordTable | None
    dates: Collection[str]


def read_condition(text: str, names: Names, report: Report) -> Condition | None:
    """One sentence as a condition; None after its problems were told."""
    try:
        return _Reader(text, names, report).condition()
    except _Stop:
        return None


def read_value(text: str, names: Names, report: Report) -> Expression | None:
    """A column, or a difference or sum of columns; None after its problems were told."""
    try:
        return _Reader(text, names, report).value()
    except _Stop:
        return None


class _Reader:
    def __init__(self, text: str, names: Names, report: Report):
        self.text = text
        self.names = names
        self.report = report
        self.tokens = self._tokens()
        self.at = 0

    def _stop(self, column: int, vi: str, en: str) -> _Stop:
        """What to raise, after why was told."""
        self.report(CONDITION_FORM, column, text=self.text, detail=Text(vi, en))
        return _Stop()

    def _tokens(self) -> list[Token]:
        if len(self.text) > MAX_LENGTH:
            raise self._stop(MAX_LENGTH, f"dài hơn {MAX_LENGTH} ký tự", f"it is longer than {MAX_LENGTH} characters")
        found = []
        position = 0
        text = self.text.rstrip()
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None or match.lastgroup is None:
                column = len(text[:position]) + len(text[position:]) - len(text[position:].lstrip()) + 1
                mark = text[column - 1]
                if mark in "\"'":
                    raise self._stop(column, "thiếu dấu nháy đóng", "a closing quote is missing")
                if mark.isalpha():
                    raise self._stop(column, "chữ có dấu phải nằm trong dấu nháy", "letters beyond a–z go in quotes")
                raise self._stop(column, f'"{mark}" không dùng ở đây', f'"{mark}" may not stand here')
            group = match.lastgroup
            found.append(Token(cast(Literal["word"], group), match[group], match.start(group) + 1))
            position = match.end()
        return [*found, Token("end", "", len(text) + 1)]

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def _next(self) -> Token:
        token = self.token
        self.at += token.kind != "end"
        return token

    def _is_word(self, *words: str) -> bool:
        return self.token.kind == "word" and self.token.text in words

    def _end(self) -> None:
        if self.token.kind != "end":
            shown = self.token.text
            raise self._stop(self.token.column, f'"{shown}" thừa ở đây', f'"{shown}" is not expected here')

    def condition(self) -> Condition | None:
        left = self._expression()
        token = self._next()
        if token.kind == "sign" and token.text in _COMPARATORS:
            right = self._expression()
            self._end()
            return self._compare(left, cast(Comparator, token.text), right)
        if token.kind == "word" and token.text == "between":
            low = self._expression()
            if not self._is_word("and"):
                raise self._stop(self.token.column, 'sau between cần "… and …"', 'after between "… and …" is needed')
            self._next()
            high = self._expression()
            self._end()
            return self._between(left, low, high)
        if token.kind == "word" and token.text == "in":
            among = [self._expression()]
            while self.token.kind == "sign" and self.token.text == ",":
                self._next()
                among.append(self._expression())
            self._end()
            return self._one_of(left, among)
        if token.kind == "word" and token.text == "is":
            return self._empty(left)
        if token.text in ("==", "<>"):
            right_way = "=" if token.text == "==" else "!="
            raise self._stop(token.column, f'viết "{right_way}", không viết "{token.text}"', f'write "{right_way}"')
        if token.kind == "end":
            raise self._stop(token.column, "câu chưa nói so sánh với gì", "it does not say what is compared")
        raise self._stop(
            token.column,
            f'sau "{left.text}" cần =, !=, <, <=, >, >=, between, in hoặc is, chứ không phải "{token.text}"',
            f'after "{left.text}" comes =, !=, <, <=, >, >=, between, in or is, not "{token.text}"',
        )

    def value(self) -> Expression | None:
        term = self._resolved(self._expression(), None)
        self._end()
        if term.node is not None and not any(True for _ in expression_columns(term.node)):
            self.report(NO_COLUMN, 1, text=self.text)
            return None
        return term.node

    # Terms.

    def _expression(self) -> _Term:
        first = self._term()
        if not (self.token.kind == "sign" and self.token.text in "+-"):
            return first
        total = self._resolved(first, None)
        while self.token.kind == "sign" and self.token.text in "+-":
            plus = self._next().text == "+"
            total = self._added(total, plus, self._resolved(self._term(), None))
        return total

    def _term(self) -> _Term:
        token = self._next()
        match token.kind:
            case "date":
                return _Term(self._date(token), token.text, token.column)
            case "number":
                return self._number(token)
            case "quoted":
                return _Term(Constant(token.text[1:-1], "text"), token.text, token.column)
            case "word" if token.text in ("between", "and", "in", "is", "empty", "not"):
                raise self._stop(
                    token.column, f'thiếu một giá trị trước "{token.text}"', f'a value is missing before "{token.text}"'
                )
            case "word" if token.text in _FLAGS:
                return _Term(Constant(_FLAGS[token.text], "flag"), token.text, token.column)
            case "word":
                return _Term(None, token.text, token.column, word=token.text)
            case "end":
                raise self._stop(token.column, "câu dừng giữa chừng", "it ends too early")
            case _:
                raise self._stop(
                    token.column, f'thiếu một giá trị trước "{token.text}"', f'a value is missing before "{token.text}"'
                )

    def _missing(self, token: Token) -> _Stop:
        shown = token.text
        return self._stop(token.column, f'thiếu giá trị trước "{shown}"', f'a value is missing before "{shown}"')

    def _date(self, token: Token) -> Constant | None:
        try:
            if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", token.text):
                raise ValueError
            day = date.fromisoformat(token.text)
            if day.year not in YEARS:
                raise ValueError
            return Constant(day, "date")
        except ValueError:
            self.report(DATE_FORM, token.column, value=token.text)
            return None

    def _number(self, token: Token) -> _Term:
        whole, _, decimals = token.text.partition(".")
        if len(decimals) > DECIMAL_PLACES or len(whole.lstrip("0")) > MAX_DIGITS:
            self.report(NUMBER_FORM, token.column, value=token.text, places=DECIMAL_PLACES, digits=MAX_DIGITS)
            return _Term(None, token.text, token.column)
        days = None
        text = token.text
        if self._is_word("day", "days"):
            text = f"{text} {self._next().text}"
            if decimals or int(whole) > MAX_DAYS:
                raise self._stop(
                    token.column, f"số ngày là số nguyên, không quá {MAX_DAYS}", f"days are whole, {MAX_DAYS} at most"
                )
            days = int(whole)
        return _Term(Constant(Decimal(token.text), "number"), text, token.column, days=days)

    def _resolved(self, term: _Term, beside: RecordColumn | None) -> _Term:
        """A lone word as what it names: a value of the choice it stands beside, else a column or a date."""
        if term.word is None:
            if beside is not None and beside.type == "choice" and isinstance(term.node, Constant):
                if term.node.type in ("text", "flag"):
                    return self._choice(term, beside, term.text.strip("\"'"))
                return term
            return term
        word = term.word
        table, dot, name = word.partition(".")
        if dot:
            if table == "edition":
                return _Term(self._edition_date(name, term.column), term.text, term.column)
            joined = self.names.joined
            if joined is not None and table == joined.name:
                return _Term(self._column(joined, name, term), term.text, term.column)
            if table == self.names.table.name:
                return _Term(self._column(self.names.table, name, term), term.text, term.column)
            reachable = [target for _, target, _ in self.names.table.references]
            if table in RECORD_TABLES and table in reachable:
                self.report(TABLE_NOT_JOINED, term.column, name=word, table=table)
                return _Term(None, term.text, term.column)
        own = {column.name for column in self.names.table.columns}
        if beside is not None and beside.type == "choice" and (word in beside.codes or word not in own):
            return self._choice(term, beside, word)
        return _Term(self._column(self.names.table, word, term), term.text, term.column)

    def _choice(self, term: _Term, column: RecordColumn, word: str) -> _Term:
        if word in column.codes:
            return _Term(Constant(word, "choice"), term.text, term.column)
        known = tuple(column.codes)
        self.report(
            VALUE_UNKNOWN, term.column, column=column.name, value=word, known=", ".join(known), guess=guess(word, known)
        )
        return _Term(None, term.text, term.column)

    def _edition_date(self, name: str, column: int) -> EditionDate | None:
        if name in self.names.dates:
            return EditionDate(name)
        known = sorted(self.names.dates)
        shown = ", ".join(f"edition.{each}" for each in known)
        self.report(DATE_NAME_UNKNOWN, column, name=f"edition.{name}", known=shown, guess=guess(name, known))
        return None

    def _column(self, table: RecordTable, name: str, term: _Term) -> ColumnRef | None:
        if any(column.name == name for column in table.columns):
            return ColumnRef(table.name, name)
        # Written in full, a column of another table is told apart from a word that is nowhere.
        prefix = "" if table is self.names.table else f"{table.name}."
        known = tuple(column.name for column in table.public_columns)
        self.report(
            COLUMN_UNKNOWN,
            term.column,
            table=table.name,
            name=name,
            known=", ".join(prefix + each for each in known),
            guess=guess(name, known),
        )
        return None

    def _added(self, left: _Term, plus: bool, right: _Term) -> _Term:
        text = f"{left.text} {'+' if plus else '-'} {right.text}"
        if left.node is None or right.node is None:
            return _Term(None, text, left.column)
        node: Expression | None = None
        if left.type == "date" and right.days is not None:
            days = right.days if plus else -right.days
            inner = cast(DateExpression, left.node)
            if isinstance(inner, Shifted):
                days += inner.days
                inner = inner.date
            node = Shifted(inner, days)
        elif left.type == "date" and right.type == "date" and not plus:
            node = DaysBetween(cast(DateExpression, left.node), cast(DateExpression, right.node))
        elif left.type == "number" and right.type == "number":
            before = left.node.terms if isinstance(left.node, Total) else ((True, left.node),)
            node = Total((*before, (plus, right.node)))
        else:
            self.report(
                ADDING,
                left.column,
                left=left.text,
                left_type=TYPE_NAMES[left.node.type],
                right=right.text,
                right_type=TYPE_NAMES[right.node.type],
            )
        return _Term(node, text, left.column)

    # Sentences.

    def _beside(self, *terms: _Term) -> RecordColumn | None:
        """The declared column among these terms whose values the other words may be: the first choice."""
        for term in terms:
            column = self._declared(term)
            if column is not None and column.type == "choice":
                return column
        return None

    def _declared(self, term: _Term) -> RecordColumn | None:
        """The column that a term is, however it is written; None where it is no lone column."""
        ref = term.node
        if ref is None and term.word is not None:
            table, dot, name = term.word.rpartition(".")
            joined = self.names.joined
            tables = [self.names.table] if not dot else [t for t in (self.names.table, joined) if t and t.name == table]
            return next((c for t in tables for c in t.columns if c.name == name), None)
        if isinstance(ref, ColumnRef):
            return RECORD_TABLES[ref.table].column(ref.name)
        return None

    def _together(self, terms: Iterable[_Term], *, order: bool) -> list[Expression] | None:
        """The terms of one sentence resolved and of one type; None after problems."""
        given = list(terms)
        beside = self._beside(*given)
        # The column itself keeps its name: `level = level` compares it with itself.
        resolved = [self._resolved(term, None if self._declared(term) is beside else beside) for term in given]
        if any(term.node is None for term in resolved):
            return None
        nodes = [term.node for term in resolved if term.node is not None]
        first = resolved[0]
        wrong = False
        for term, node in zip(resolved[1:], nodes[1:], strict=True):
            if node.type != nodes[0].type:
                self.report(
                    TYPES_DIFFER,
                    term.column,
                    left=first.text,
                    left_type=TYPE_NAMES[nodes[0].type],
                    right=term.text,
                    right_type=TYPE_NAMES[node.type],
                )
                wrong = True
        if not wrong and order and nodes[0].type not in ("date", "number"):
            self.report(NO_ORDER, first.column, left=first.text, left_type=TYPE_NAMES[nodes[0].type])
            wrong = True
        columns = [ref for node in nodes for ref in expression_columns(node)]
        if not wrong and not columns:
            self.report(NO_COLUMN, 1, text=self.text)
            wrong = True
        for ref in columns:
            if RECORD_TABLES[ref.table].column(ref.name).personal:
                self.report(PERSONAL, 1, column=ref.name)
                wrong = True
        return None if wrong else nodes

    def _compare(self, left: _Term, comparator: Comparator, right: _Term) -> Condition | None:
        nodes = self._together((left, right), order=comparator not in ("=", "!="))
        return None if nodes is None else Compare(nodes[0], comparator, nodes[1])

    def _between(self, value: _Term, low: _Term, high: _Term) -> Condition | None:
        nodes = self._together((value, low, high), order=True)
        return None if nodes is None else Between(nodes[0], nodes[1], nodes[2])

    def _one_of(self, value: _Term, among: list[_Term]) -> Condition | None:
        nodes = self._together((value, *among), order=False)
        return None if nodes is None else OneOf(nodes[0], tuple(nodes[1:]))

    def _empty(self, left: _Term) -> Condition | None:
        yes = True
        if self._is_word("not"):
            self._next()
            yes = False
        if not self._is_word("empty"):
            raise self._stop(
                self.token.column, 'sau is cần "empty" hoặc "not empty"', 'after is comes "empty" or "not empty"'
            )
        self._next()
        self._end()
        term = self._resolved(left, None)
        if term.node is None:
            return None
        if not any(True for _ in expression_columns(term.node)):
            self.report(NO_COLUMN, 1, text=self.text)
            return None
        return Empty(term.node, yes)
