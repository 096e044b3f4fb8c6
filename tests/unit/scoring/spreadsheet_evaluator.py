"""A small spreadsheet: enough of its formula language to compute what a workbook would show.

Written apart from the code it checks. Numbers are exact fractions, so that only the expression is checked and not the
last digit of a float. An error (a division by zero) travels up until IFERROR or a branch of IF that is not taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypeAlias

Cell: TypeAlias = "Fraction | str | bool"

_TOKEN = re.compile(r'\s*(?:(\d+(?:\.\d+)?(?:E[-+]?\d+)?)|"((?:[^"]|"")*)"|([A-Z]+[0-9]*)|(<=|>=|<>|[-+*/(),<>=]))')


class SpreadsheetError(Exception):
    """#DIV/0!"""


Lazy: TypeAlias = "Callable[[], Cell]"


def evaluate(text: str, cells: Mapping[str, Cell]) -> Cell:
    return _Reader(text, cells).whole()()


class _Reader:
    def __init__(self, text: str, cells: Mapping[str, Cell]):
        self.cells = cells
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            assert match is not None, text[at:]
            kind = ("number", "text", "name", "mark")[(match.lastindex or 0) - 1]
            self.tokens.append((kind, match[match.lastindex or 0]))
            at = match.end()
        self.tokens.append(("end", ""))
        self.at = 0

    def peek(self) -> str:
        kind, text = self.tokens[self.at]
        return text if kind in ("mark", "name") else ""

    def take(self) -> tuple[str, str]:
        self.at += 1
        return self.tokens[self.at - 1]

    def whole(self) -> Lazy:
        value = self.comparison()
        assert self.tokens[self.at][0] == "end", self.tokens[self.at :]
        return value

    def comparison(self) -> Lazy:
        left = self.chain(("+", "-"), lambda: self.chain(("*", "/"), self.unary))
        while self.peek() in ("=", "<>", "<", "<=", ">", ">="):
            sign, first = self.take()[1], left
            right = self.chain(("+", "-"), lambda: self.chain(("*", "/"), self.unary))
            left = lambda sign=sign, first=first, right=right: _compare(sign, first(), right())  # noqa: E731
        return left

    def chain(self, signs: tuple[str, ...], below: Callable[[], Lazy]) -> Lazy:
        left = below()
        while self.peek() in signs:
            sign, first, right = self.take()[1], left, below()
            left = lambda sign=sign, first=first, right=right: _compute(sign, first(), right())  # noqa: E731
        return left

    def unary(self) -> Lazy:
        kind, text = self.take()
        if text == "-" and kind == "mark":
            value = self.unary()
            return lambda: -_number(value())
        if text == "(" and kind == "mark":
            value = self.comparison()
            assert self.take()[1] == ")"
            return value
        if kind == "number":
            return lambda: Fraction(text)
        if kind == "text":
            return lambda: text.replace('""', '"')
        assert kind == "name", text
        if text in ("TRUE", "FALSE"):
            return lambda: text == "TRUE"
        if self.peek() != "(":
            return lambda: self.cells[text]
        self.take()
        given = [self.comparison()]
        while self.peek() == ",":
            self.take()
            given.append(self.comparison())
        assert self.take()[1] == ")"
        return lambda: _call(text, given)


def _number(value: Cell) -> Fraction:
    assert isinstance(value, Fraction), value
    return value


def _compute(sign: str, left: Cell, right: Cell) -> Fraction:
    a, b = _number(left), _number(right)
    if sign == "/":
        if b == 0:
            raise SpreadsheetError
        return a / b
    return {"+": a + b, "-": a - b, "*": a * b}[sign]


def _compare(sign: str, left: Cell, right: Cell) -> bool:
    assert isinstance(left, str) == isinstance(right, str), (left, right)
    if isinstance(left, str) or isinstance(right, str):
        assert sign in ("=", "<>")
        return (left == right) == (sign == "=")
    a, b = _number(left), _number(right)
    return {"=": a == b, "<>": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign]


def _call(name: str, given: list[Lazy]) -> Cell:
    match name:
        case "IF":
            test = given[0]()
            assert isinstance(test, bool)
            return given[1]() if test else given[2]()
        case "IFERROR":
            try:
                return given[0]()
            except SpreadsheetError:
                return given[1]()
        case "AND" | "OR" | "NOT":
            # All parts are computed, also those that could no longer change the answer.
            values = [value() for value in given]
            assert all(isinstance(value, bool) for value in values)
            return {"AND": all(values), "OR": any(values), "NOT": not values[0]}[name]
        case "MIN" | "MAX":
            numbers = [_number(value()) for value in given]
            return min(numbers) if name == "MIN" else max(numbers)
        case "ABS":
            return abs(_number(given[0]()))
    raise AssertionError(name)
