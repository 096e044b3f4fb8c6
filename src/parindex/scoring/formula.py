"""A tiny language for conditions and formulas in frameworks: arithmetic, comparison, if. Never `eval`.

    expression  := "if" expression "then" expression "else" expression | or
    or          := and ("or" and)*          and := not ("and" not)*        not := "not" not | comparison
    comparison  := sum (("<" | "<=" | "=" | "!=" | ">" | ">=") sum)?
    sum         := product (("+" | "-") product)*      product := unary (("*" | "/") unary)*
    unary       := "-" unary | number | name | ("min" | "max") "(" expression ("," expression)+ ")" | "(" expression ")"

Numbers are exact fractions, so a threshold is met exactly or not at all. Length, depth and the number of signs are
bounded; every expression ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from parindex.language import Text

MAX_LENGTH = 600
MAX_DEPTH = 30
MAX_SIGNS = 100  # a + a + a … is as deep as it is long, and evaluating goes down to its end

Value: TypeAlias = "Fraction | bool"
ValueType = Literal["number", "truth"]


class FormulaWrong(Exception):
    """The text is no formula. Carries where (column, from 1) and what."""

    def __init__(self, column: int, says: Text):
        self.column = column
        self.says = says
        super().__init__(f"{column}: {says.en}")


class Undefined(Exception):
    """The formula has no value for these inputs: something is divided by zero."""


@dataclass(frozen=True, slots=True)
class Number:
    value: Fraction


@dataclass(frozen=True, slots=True)
class Name:
    name: str
    type: ValueType


@dataclass(frozen=True, slots=True)
class Operation:
    """+ - * / on numbers; min and max of several."""

    operator: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Logic:
    """and, or, not."""

    operator: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    test: Expression
    then: Expression
    otherwise: Expression


Expression: TypeAlias = "Number | Name | Operation | Comparison | Logic | Condition"

_TOKEN = re.compile(r"\s*(?:([0-9]+(?:\.[0-9]+)?)|([A-Za-z][A-Za-z0-9_]*)|(<=|>=|!=|[-+*/(),<>=]))")
_COMPARE: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
_WORDS = {"if", "then", "else", "and", "or", "not", "min", "max"}


def parse(text: str, names: Mapping[str, ValueType], wanted: ValueType) -> Expression:
    """Parse a formula that may use `names` and must give a `wanted`. Raises `FormulaWrong`."""
    if len(text) > MAX_LENGTH:
        raise FormulaWrong(
            MAX_LENGTH, Text(f"dài hơn {MAX_LENGTH} ký tự", f"it is longer than {MAX_LENGTH} characters")
        )
    parser = _Parser(text, names)
    expression = parser.expression(0)
    parser.end()
    if type_of(expression) != wanted:
        says = {
            "number": Text("công thức phải cho ra một số", "the formula must give a number"),
            "truth": Text("điều kiện phải là một so sánh đúng hoặc sai", "the condition must be true or false"),
        }[wanted]
        raise FormulaWrong(1, says)
    return expression


def type_of(expression: Expression) -> ValueType:
    match expression:
        case Name(type=type_):
            return type_
        case Comparison() | Logic():
            return "truth"
        case Condition(then=then):
            return type_of(then)
        case _:
            return "number"


class _Parser:
    def __init__(self, text: str, names: Mapping[str, ValueType]):
        self.names = names
        self.tokens: list[tuple[str, str, int]] = []
        position = 0
        stripped = text.rstrip()
        while position < len(stripped):
            match = _TOKEN.match(stripped, position)
            if match is None:
                column = position + 1 + (len(stripped[position:]) - len(stripped[position:].lstrip()))
                mark = stripped[column - 1]
                raise FormulaWrong(column, Text(f'ký tự "{mark}" không dùng ở đây', f'"{mark}" may not stand here'))
            kind = "number" if match[1] else "word" if match[2] else "mark"
            self.tokens.append((kind, match[match.lastindex or 0], match.start(match.lastindex or 0) + 1))
            position = match.end()
        signs = [column for kind, sign, column in self.tokens if kind == "mark" and sign not in "(),"]
        if len(signs) > MAX_SIGNS:
            raise FormulaWrong(
                signs[MAX_SIGNS], Text(f"có hơn {MAX_SIGNS} phép tính", f"it has more than {MAX_SIGNS} operations")
            )
        self.at = 0
        self.length = len(text)

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def column(self) -> int:
        return self.tokens[self.at][2] if self.at < len(self.tokens) else self.length + 1

    def take(self, wanted: str) -> None:
        if self.peek() != wanted:
            found = self.peek() or "…"
            raise FormulaWrong(
                self.column(), Text(f'cần "{wanted}", gặp "{found}"', f'"{wanted}" is expected, not "{found}"')
            )
        self.at += 1

    def end(self) -> None:
        if self.at < len(self.tokens):
            raise FormulaWrong(self.column(), Text(f'thừa "{self.peek()}"', f'"{self.peek()}" is too much here'))

    def typed(self, expression: Expression, wanted: ValueType, column: int) -> Expression:
        if type_of(expression) != wanted:
            says = {
                "number": Text("ở đây cần một số", "a number is needed here"),
                "truth": Text("ở đây cần một điều kiện", "a condition is needed here"),
            }[wanted]
            raise FormulaWrong(column, says)
        return expression

    def expression(self, depth: int) -> Expression:
        if depth > MAX_DEPTH:
            raise FormulaWrong(
                self.column(), Text(f"lồng quá {MAX_DEPTH} tầng", f"it is nested more than {MAX_DEPTH} levels deep")
            )
        if self.peek() != "if":
            return self.chain("or", depth)
        self.at += 1
        column = self.column()
        test = self.typed(self.expression(depth + 1), "truth", column)
        self.take("then")
        then = self.expression(depth + 1)
        self.take("else")
        column = self.column()
        otherwise = self.typed(self.expression(depth + 1), type_of(then), column)
        return Condition(test, then, otherwise)

    def chain(self, operator: str, depth: int) -> Expression:
        column = self.column()

        def below() -> Expression:
            return self.chain("and", depth) if operator == "or" else self.negation(depth)

        first = below()
        if self.peek() != operator:
            return first
        operands = [self.typed(first, "truth", column)]
        while self.peek() == operator:
            self.at += 1
            column = self.column()
            operands.append(self.typed(below(), "truth", column))
        return Logic(operator, tuple(operands))

    def negation(self, depth: int) -> Expression:
        if self.peek() != "not":
            return self.comparison(depth)
        if depth > MAX_DEPTH:
            raise FormulaWrong(self.column(), Text("lồng quá sâu", "it is nested too deep"))
        self.at += 1
        column = self.column()
        return Logic("not", (self.typed(self.negation(depth + 1), "truth", column),))

    def comparison(self, depth: int) -> Expression:
        column = self.column()
        left = self.sum(depth)
        operator = self.peek()
        if operator not in _COMPARE:
            return left
        self.typed(left, "number", column)
        self.at += 1
        column = self.column()
        right = self.typed(self.sum(depth), "number", column)
        return Comparison(operator, left, right)

    def sum(self, depth: int) -> Expression:
        return self.left_chain(("+", "-"), lambda: self.product(depth))

    def product(self, depth: int) -> Expression:
        return self.left_chain(("*", "/"), lambda: self.unary(depth))

    def left_chain(self, operators: tuple[str, ...], below: Callable[[], Expression]) -> Expression:
        column = self.column()
        left = below()
        while self.peek() in operators:
            operator = self.peek()
            self.typed(left, "number", column)
            self.at += 1
            column = self.column()
            left = Operation(operator, (left, self.typed(below(), "number", column)))
        return left

    def unary(self, depth: int) -> Expression:
        if depth > MAX_DEPTH:
            raise FormulaWrong(self.column(), Text("lồng quá sâu", "it is nested too deep"))
        column = self.column()
        kind, word, _ = self.tokens[self.at] if self.at < len(self.tokens) else ("end", "", 0)
        if word == "-":
            self.at += 1
            column = self.column()
            return Operation("negative", (self.typed(self.unary(depth + 1), "number", column),))
        if word == "(":
            self.at += 1
            inner = self.expression(depth + 1)
            self.take(")")
            return inner
        if kind == "number":
            self.at += 1
            return Number(Fraction(word))
        if word in ("min", "max"):
            return self.call(word, depth)
        if kind == "word" and word not in _WORDS:
            if word not in self.names:
                known = ", ".join(self.names)
                raise FormulaWrong(
                    column,
                    Text(
                        f'không có số liệu "{word}" (có: {known})', f'there is no input "{word}" (there are: {known})'
                    ),
                )
            self.at += 1
            return Name(word, self.names[word])
        raise FormulaWrong(
            column, Text("ở đây thiếu một số hoặc tên số liệu", "a number or the name of an input is missing here")
        )

    def call(self, word: str, depth: int) -> Expression:
        self.at += 1
        self.take("(")
        column = self.column()
        operands = [self.typed(self.expression(depth + 1), "number", column)]
        self.take(",")  # the least of one number is a slip
        while True:
            column = self.column()
            operands.append(self.typed(self.expression(depth + 1), "number", column))
            if self.peek() != ",":
                break
            self.at += 1
        self.take(")")
        return Operation(word, tuple(operands))


def evaluate(expression: Expression, given: Mapping[str, Value]) -> Value:
    """The value for these inputs. Raises `Undefined` on division by zero."""
    match expression:
        case Number(value=value):
            return value
        case Name(name=name):
            return given[name]
        case Comparison(operator=operator, left=left, right=right):
            return _COMPARE[operator](_number(left, given), _number(right, given))
        case Logic(operator="not", operands=operands):
            return not evaluate(operands[0], given)
        case Logic(operator="and", operands=operands):
            return all(evaluate(operand, given) for operand in operands)
        case Logic(operands=operands):
            return any(evaluate(operand, given) for operand in operands)
        case Condition(test=test, then=then, otherwise=otherwise):
            return evaluate(then if evaluate(test, given) else otherwise, given)
        case Operation(operator=operator, operands=operands):
            return _operate(operator, [_number(operand, given) for operand in operands])


def _number(expression: Expression, given: Mapping[str, Value]) -> Fraction:
    value = evaluate(expression, given)
    return value if isinstance(value, Fraction) else Fraction(value)


def _operate(operator: str, numbers: list[Fraction]) -> Fraction:
    first = numbers[0]
    match operator:
        case "negative":
            return -first
        case "+":
            return first + numbers[1]
        case "-":
            return first - numbers[1]
        case "*":
            return first * numbers[1]
        case "/":
            if numbers[1] == 0:
                raise Undefined
            return first / numbers[1]
        case "min":
            return min(numbers)
        case _:
            return max(numbers)


def comparisons(expression: Expression) -> Iterator[Comparison]:
    """Every comparison in an expression, in reading order: the edges that examples must stand on."""
    match expression:
        case Comparison(left=left, right=right):
            yield expression
            yield from comparisons(left)
            yield from comparisons(right)
        case Logic(operands=operands) | Operation(operands=operands):
            for operand in operands:
                yield from comparisons(operand)
        case Condition(test=test, then=then, otherwise=otherwise):
            for part in (test, then, otherwise):
                yield from comparisons(part)
        case _:
            return


def at_edge(comparison: Comparison, given: Mapping[str, Value]) -> bool:
    """Both sides are equal for these inputs."""
    try:
        return _number(comparison.left, given) == _number(comparison.right, given)
    except Undefined:
        return False


def names_in(expression: Expression) -> set[str]:
    match expression:
        case Name(name=name):
            return {name}
        case Comparison(left=left, right=right):
            return names_in(left) | names_in(right)
        case Logic(operands=operands) | Operation(operands=operands):
            return set().union(*(names_in(operand) for operand in operands))
        case Condition(test=test, then=then, otherwise=otherwise):
            return names_in(test) | names_in(then) | names_in(otherwise)
        case _:
            return set()


_LOOSE, _SUM, _PRODUCT, _TIGHT = range(4)
_BINDING = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT}


def written(expression: Expression, show: Callable[[Number | Name], str] | None = None) -> str:
    """The expression as text again, with the brackets it needs. `show` writes numbers and names its own way."""
    return _written(expression, show or _plainly, _LOOSE)


def _plainly(part: Number | Name) -> str:
    return _decimal(part.value) if isinstance(part, Number) else part.name


def _written(expression: Expression, show: Callable[[Number | Name], str], around: int) -> str:
    match expression:
        case Number() | Name():
            return show(expression)
        case Comparison(operator=operator, left=left, right=right):
            return f"{_written(left, show, _SUM)} {operator} {_written(right, show, _SUM)}"
        case Logic(operator="not", operands=operands):
            return f"not ({_written(operands[0], show, _LOOSE)})"
        case Logic(operator=operator, operands=operands):
            parts = [_written(operand, show, _LOOSE) for operand in operands]
            text = f" {operator} ".join(
                f"({part})" if isinstance(operand, Logic | Condition) else part
                for part, operand in zip(parts, operands, strict=True)
            )
            return f"({text})" if around > _LOOSE else text
        case Condition(test=test, then=then, otherwise=otherwise):
            parts = [_written(part, show, _LOOSE) for part in (test, then, otherwise)]
            text = f"if {parts[0]} then {parts[1]} else {parts[2]}"
            return f"({text})" if around > _LOOSE else text
        case Operation(operator="negative", operands=operands):
            return f"-{_written(operands[0], show, _TIGHT)}"
        case Operation(operator=("min" | "max") as operator, operands=operands):
            return f"{operator}({', '.join(_written(operand, show, _LOOSE) for operand in operands)})"
        case Operation(operator=operator, operands=(left, right)):
            binding = _BINDING[operator]
            text = f"{_written(left, show, binding)} {operator} {_written(right, show, binding + 1)}"
            return f"({text})" if binding < around else text
        case _:
            raise AssertionError(expression)


def _decimal(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    digits = 0
    while (value * 10**digits).denominator != 1:
        digits += 1
    whole = int(value * 10**digits)
    return f"{whole // 10**digits}.{whole % 10**digits:0{digits}d}"


def may_be_undefined(expression: Expression) -> bool:
    """Something in it is divided by a value that could be zero."""
    match expression:
        case Operation(operator="/", operands=(_, Number(value=value))) if value:
            return may_be_undefined(expression.operands[0])
        case Operation(operator="/"):
            return True
        case Comparison(left=left, right=right):
            return may_be_undefined(left) or may_be_undefined(right)
        case Logic(operands=operands) | Operation(operands=operands):
            return any(may_be_undefined(operand) for operand in operands)
        case Condition(test=test, then=then, otherwise=otherwise):
            return any(may_be_undefined(part) for part in (test, then, otherwise))
        case _:
            return False


def spreadsheet(expression: Expression, cell: Callable[[str], str]) -> str:
    """The same expression in the language of spreadsheets; `cell` gives the text for an input."""
    match expression:
        case Number(value=value):
            return _decimal(value)
        case Name(name=name):
            return cell(name)
        case Comparison(operator=operator, left=left, right=right):
            sign = "<>" if operator == "!=" else operator
            return f"({spreadsheet(left, cell)}{sign}{spreadsheet(right, cell)})"
        case Logic(operator=("and" | "or") as operator, operands=operands) if any(map(may_be_undefined, operands[1:])):
            # AND and OR of a spreadsheet compute all their parts; IF stops where `and` and `or` stop.
            text = spreadsheet(operands[-1], cell)
            for operand in reversed(operands[:-1]):
                before = spreadsheet(operand, cell)
                text = f"IF({before},{text},FALSE)" if operator == "and" else f"IF({before},TRUE,{text})"
            return text
        case Logic(operator=operator, operands=operands):
            return f"{operator.upper()}({','.join(spreadsheet(operand, cell) for operand in operands)})"
        case Condition(test=test, then=then, otherwise=otherwise):
            return f"IF({spreadsheet(test, cell)},{spreadsheet(then, cell)},{spreadsheet(otherwise, cell)})"
        case Operation(operator="negative", operands=operands):
            return f"(-{spreadsheet(operands[0], cell)})"
        case Operation(operator=("min" | "max") as operator, operands=operands):
            return f"{operator.upper()}({','.join(spreadsheet(operand, cell) for operand in operands)})"
        case Operation(operator=operator, operands=(left, right)):
            return f"({spreadsheet(left, cell)}{operator}{spreadsheet(right, cell)})"
        case _:
            raise AssertionError(expression)
