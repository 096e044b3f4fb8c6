"""The self-score of one line, by the rules of the library, with the sentence that says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from parindex.documents.csv_rows import is_decimal
from parindex.language import Language, Text, nfc, number
from parindex.programme.edition import UnitList
from parindex.programme.framework import InputSpec
from parindex.programme.inputs import (
    VALUE_PART,
    InputValue,
    ValueWrong,
    canonical,
    check_number,
    parse_value,
    part_exceeds_whole,
)
from parindex.scoring.rule import points_in
from parindex.scoring.score import because, score
from parindex.submissions.layout import bonus_question
from parindex.tables.flow import Accepted, Score
from parindex_web.editions.programme import Asked


@dataclass(frozen=True, slots=True)
class LineAsks:
    """What one line asks: its inputs, its name and its maximum."""

    unit_list: UnitList
    node: str
    name: Text
    inputs: tuple[InputSpec, ...]
    max_points: Decimal


@dataclass(frozen=True, slots=True)
class FieldWrong:
    """A value that cannot be, at its field."""

    input: str
    says: Text
    remedy: Text


@dataclass(frozen=True, slots=True)
class SelfScore:
    """Points as the rule gives them now. `points` None: not known yet, and `because` says what is missing."""

    points: Decimal | None
    because: Text
    status: str


def what_is_asked(asked: Asked, unit: str, node: str) -> LineAsks:
    """The inputs of a line. KeyError where the framework has no such line."""
    unit_list = asked.list_of(unit)
    framework = unit_list.framework
    leaf = framework.by_code.get(node)
    if leaf is not None and leaf.leaf is not None:
        return LineAsks(unit_list, node, leaf.name, leaf.leaf.rule.inputs, leaf.max_points)
    adjustment, item = framework.adjustment_items[node]
    return LineAsks(unit_list, node, item.name, (bonus_question(item).spec,), adjustment.cap)


def typed(spec: InputSpec, text: str, language: Language) -> str | None:
    """The canonical text of what a person typed in a field; None for an empty field.

    Numbers are taken with the decimal mark of the language, thousands grouped or not. Raises ValueWrong.
    """
    text = nfc(text).strip()
    if not text:
        return None
    if spec.type in ("yes_no", "choice"):
        return canonical(parse_value(spec, text))
    return canonical(check_number(spec, number_typed(spec, text, language)))


def number_typed(spec: InputSpec, text: str, language: Language) -> Decimal:
    """A number as people type it: 50.112 and 93,5 in Vietnamese, 50,112 and 93.5 in English. Raises ValueWrong."""
    grouping, mark = (".", ",") if language == "vi" else (",", ".")
    compact = text.replace(" ", "").replace("\u00a0", "").replace("\u202f", "").removesuffix("%")
    whole, _, decimals = compact.partition(mark)
    groups = whole.lstrip("-").split(grouping)
    if len(groups) > 1 and any(len(group) != 3 for group in groups[1:]):
        # "93.5" in Vietnamese is no grouping: taking it for 935 would be a silent mistake.
        parse_value(spec, "?" + text)
    plain = whole.replace(grouping, "") + (f".{decimals}" if decimals else "")
    if (mark in compact and not decimals) or not is_decimal(plain):
        parse_value(spec, "?" + text)
    return Decimal(plain)


def check_together(asks: LineAsks, values: Mapping[str, str], language: Language) -> list[FieldWrong]:
    """Parts above their wholes among values that are fine by themselves."""
    given = parsed(asks, values)
    found = []
    for part, whole in part_exceeds_whole(asks.inputs, given):
        wrong = ValueWrong(
            VALUE_PART,
            part=part.label,
            value_part=shown(given[part.name], language),
            whole=whole.label,
            value_whole=shown(given[whole.name], language),
        )
        found.append(FieldWrong(part.name, wrong.says, wrong.remedy))
    return found


def shown(value: InputValue, language: Language) -> str:
    """A value as it stands in a field: grouped digits and the decimal mark of the language."""
    if isinstance(value, Decimal):
        return number(value, language)
    return canonical(value)


def parsed(asks: LineAsks, values: Mapping[str, str]) -> dict[str, InputValue]:
    """The values of inputs from their canonical texts."""
    return {spec.name: parse_value(spec, values[spec.name]) for spec in asks.inputs if spec.name in values}


def self_score(asked: Asked, unit: str, node: str, values: Mapping[str, str]) -> SelfScore:
    """The score that the claims would earn: the same function that scores the edition, on this line alone."""
    return _self_score(asked, unit, node, tuple(sorted(values.items())))


@lru_cache(maxsize=8192)
def _self_score(asked: Asked, unit: str, node: str, values: tuple[tuple[str, str], ...]) -> SelfScore:
    """A save asks for it when it writes and when it draws, and a page of a domain for every line again."""
    unit_list = asked.list_of(unit)
    book = asked.books[unit_list.code]
    rows = [
        Accepted(asked.edition.code, unit, node, name, "self", value, "answer", None, None, None, "", "")
        for name, value in values
    ]
    found = _score_of(asked, unit_list, unit, node, rows)
    if found is None:
        return SelfScore(None, Text("chưa có số liệu", "no figures yet"), "missing")
    return SelfScore(found.points, Text(because(found, book, "vi"), because(found, book, "en")), found.status)


def rule_in_sentences(asked: Asked, unit: str, node: str) -> tuple[Text, ...]:
    """How the line is scored: the sentence of the rule at each worked example that the framework carries."""
    return _sentences(asked, asked.list_of(unit).code, node)


def rule_in_short(asked: Asked, unit: str, node: str) -> tuple[Text, ...]:
    """The same without the name of the figure, where every sentence begins with it: it stands above the field."""
    return _short(_sentences(asked, asked.list_of(unit).code, node))


@lru_cache(maxsize=2048)
def _short(sentences: tuple[Text, ...]) -> tuple[Text, ...]:
    def without(texts: list[str]) -> list[str]:
        name, mark, _ = texts[0].partition(": ")
        same = len(texts) > 1 and all(text.startswith(name + mark) for text in texts)
        return [text.removeprefix(name + mark) for text in texts] if same else texts

    vi, en = without([each.vi for each in sentences]), without([each.en for each in sentences])
    return tuple(Text(*pair) for pair in zip(vi, en, strict=True))


@lru_cache(maxsize=2048)
def _sentences(asked: Asked, unit_list: str, node: str) -> tuple[Text, ...]:
    """The same for every unit of a list: worked out once in a process."""
    chosen = next(each for each in asked.edition.lists if each.code == unit_list)
    leaf = chosen.framework.by_code.get(node)
    if leaf is None or leaf.leaf is None:
        adjustment, item = chosen.framework.adjustment_items[node]
        each = {language: points_in(item.points_each, language) for language in LANGUAGES}
        cap = {language: points_in(adjustment.cap, language) for language in LANGUAGES}
        return (
            Text(
                f"Mỗi {item.unit.vi} được {each['vi']} điểm; điểm thưởng tối đa {cap['vi']}.",
                f"{each['en']} points for each ({item.unit.en}); at most {cap['en']} bonus points.",
            ),
        )
    unit = chosen.units[0].code
    found = (self_score(asked, unit, node, example.given).because for example in leaf.leaf.examples)
    return tuple(dict.fromkeys(found))


LANGUAGES: tuple[Language, ...] = ("vi", "en")


def _score_of(asked: Asked, unit_list: UnitList, unit: str, node: str, rows: list[Accepted]) -> Score | None:
    one = replace(unit_list, units=tuple(each for each in unit_list.units if each.code == unit))
    scores = score(
        edition=asked.edition,
        unit_list=one,
        book=asked.books[unit_list.code],
        accepted=rows,
        estimates=(),
        not_applicable=(),
        framework_source="",
    )
    return next((each for each in scores if each.node == node and each.stage == "self"), None)
