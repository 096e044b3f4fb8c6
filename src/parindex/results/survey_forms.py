"""Forms out of questionnaires and back: questionnaire.yaml on one side, an XLSForm on the other."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Final, NamedTuple

from parindex.documents.text_files import read_bytes
from parindex.language import Text
from parindex.problems import Problem, ProblemKind, Problems
from parindex.sources import Place
from parindex.survey.questionnaire import Condition, Questionnaire, Scale
from parindex.survey.questionnaire_reading import read_questionnaire
from parindex.survey.questionnaire_writing import named_for_yaml, write_questionnaire
from parindex.survey.xlsform import check_xlsform, read_xlsform, write_xlsform

FORM_NOT_EQUAL = ProblemKind(
    "FORM-NOT-EQUAL",
    what=Text("tệp ghi ra đọc lại không giống ({parts}).", "what was written does not read back equal ({parts})."),
    why=Text("Thu phiếu bằng tệp này sẽ cho dữ liệu khác.", "Interviews taken with it would be other data."),
    remedy=Text("Không dùng tệp này; báo lỗi kèm tệp gốc.", "Do not use it; report it with the original file."),
)


class Form(NamedTuple):
    """A questionnaire, the file made of it, and remarks that did not stop the work."""

    questionnaire: Questionnaire
    content: bytes
    notices: tuple[Problem, ...]


class Difference(NamedTuple):
    """One thing that is not the same in two questionnaires; None where one has none."""

    part: Text
    code: str
    first: str | None
    second: str | None


def exported(file: Path) -> Form:
    """The XLSForm of a questionnaire.yaml, converted once by pyxform and read back to see that nothing is lost.

    Raises ProblemsFound.
    """
    problems = Problems()
    questionnaire = _questionnaire(file, problems)
    problems.raise_if_any()
    assert questionnaire is not None
    target = io.BytesIO()
    write_xlsform(questionnaire, target)
    content = target.getvalue()
    name = f"{file.stem}.xlsx"
    check_xlsform(name, content, problems)
    _same(questionnaire, read_xlsform(name, content, problems), name, problems)
    problems.raise_if_any()
    return Form(questionnaire, content, problems.notices)


def imported(file: Path) -> Form:
    """The questionnaire.yaml of an XLSForm, read back to see that nothing is lost. Raises ProblemsFound."""
    problems = Problems()
    content = read_bytes(file, file.name, problems)
    questionnaire = read_xlsform(file.name, content, problems) if content is not None else None
    problems.raise_if_any()
    assert questionnaire is not None
    questionnaire = named_for_yaml(questionnaire, problems)
    written = write_questionnaire(questionnaire)
    _same(questionnaire, read_questionnaire(written, "questionnaire.yaml", problems), file.name, problems)
    problems.raise_if_any()
    return Form(questionnaire, written, problems.notices)


def checked(file: Path, against: Path | None = None) -> tuple[Form, tuple[Difference, ...]]:
    """An XLSForm read and converted by pyxform, and where it differs from the questionnaire `against`.

    Raises ProblemsFound.
    """
    problems = Problems()
    content = read_bytes(file, file.name, problems)
    found = read_xlsform(file.name, content, problems) if content is not None else None
    # pyxform reads unguarded: only what the guarded reader took.
    if content is not None and found is not None:
        check_xlsform(file.name, content, problems)
    other = _questionnaire(against, problems) if against is not None else None
    problems.raise_if_any()
    assert found is not None and content is not None
    told = () if other is None else tuple(differences(other, found))
    return Form(found, content, problems.notices), told


def _questionnaire(file: Path, problems: Problems) -> Questionnaire | None:
    content = read_bytes(file, file.name, problems)
    return read_questionnaire(content, file.name, problems) if content is not None else None


def _same(first: Questionnaire, second: Questionnaire | None, name: str, problems: Problems) -> None:
    if second is not None and first != second:
        parts = ", ".join(dict.fromkeys(each.code for each in differences(first, second)))
        problems.add(FORM_NOT_EQUAL, Place(name), parts=parts or "?")


_PARTS: Mapping[str, Text] = {
    "sections": Text("câu hỏi", "questions"),
    "scales": Text("danh sách trả lời", "answer lists"),
    "groups": Text("nhóm chính sách", "policy groups"),
    "index": Text("chỉ số", "index"),
    "sources": Text("nguồn", "sources"),
}
_OTHER = Text("phần chung", "general")
_ABSENT: Final = object()


def differences(first: Questionnaire, second: Questionnaire) -> Iterator[Difference]:
    """What is not the same, each at its path of codes and keys: R.sex.text.en, satisfaction.5.label.vi."""
    for name, one, other in _fields(first, second):
        for path, before, after in _leaves(one, other, () if name in _PARTS else (name,)):
            given = tuple(None if each is _ABSENT else _said(each) for each in (before, after))
            yield Difference(_PARTS.get(name, _OTHER), ".".join(path), *given)


def _fields(one: object, other: object) -> Iterator[tuple[str, object, object]]:
    """The fields that count when two of the same class are compared."""
    for each in fields(one):  # type: ignore[arg-type]  # callers pass instances of one data class
        if each.compare:
            yield each.name, getattr(one, each.name), getattr(other, each.name)


def _leaves(one: object, other: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object, object]]:
    """Down to what differs: lists of things with codes by code, maps by key, data classes by field."""
    if one == other:
        return
    if is_dataclass(one) and type(one) is type(other):
        for name, before, after in _fields(one, other):
            # The items of a section stand under its code.
            yield from _leaves(before, after, path if name in ("items", "steps", "parts", "factors") else (*path, name))
        return
    by_key = [_by_key(each) for each in (one, other)]
    if by_key[0] is None or by_key[1] is None:
        yield path, one, other
        return
    kept = [key for key in by_key[0] if key in by_key[1]]
    if kept != [key for key in by_key[1] if key in by_key[0]] and isinstance(one, tuple):
        yield (*path, "order"), tuple(by_key[0]), tuple(by_key[1])
    for key in dict.fromkeys((*by_key[0], *by_key[1])):
        yield from _leaves(by_key[0].get(key, _ABSENT), by_key[1].get(key, _ABSENT), (*path, key))


def _by_key(value: object) -> Mapping[str, object] | None:
    """A map as it is, a list of things by their codes; None for what has no keys."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, tuple) and all(hasattr(each, "code") for each in value):
        return {each.code: each for each in value}
    return None


def _said(value: object) -> str:
    if isinstance(value, Text):
        return value.both()
    if isinstance(value, tuple):
        return ", ".join(_said(each) for each in value)
    if isinstance(value, Condition):
        bounds = [
            f"{sign} {bound}" for sign, bound in (("≥", value.at_least), ("≤", value.at_most)) if bound is not None
        ]
        return f"{value.item}: {', '.join((*value.codes, *bounds))}"
    if isinstance(value, Scale):
        return ", ".join(value.by_code)
    for name in ("text", "name", "label", "title"):
        if isinstance(text := getattr(value, name, None), Text):
            return text.both()
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
