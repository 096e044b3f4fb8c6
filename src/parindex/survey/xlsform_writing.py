"""A questionnaire to the rows of an XLSForm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from parindex.language import LANGUAGES, Text
from parindex.survey import xlsform_layout as layout
from parindex.survey.questionnaire import (
    GROUP_START,
    LISTED,
    MANY,
    NUMERIC,
    Item,
    PolicyGroup,
    Questionnaire,
    Section,
    column_name,
    filled,
)
from parindex.survey.xlsform_expressions import (
    constraint_of,
    group_relevant_of,
    group_start_of,
    plain,
    relevant_of,
)

Row = Mapping[str, str]

_PLAIN_TYPES = {"count": "integer", "number": "decimal", "text": "text"}

_WRONG_NUMBER = Text("Số này nằm ngoài khoảng cho phép.", "This number is outside of what can be.")
_WRONG_CHOICE = Text(
    "Chọn quá số cho phép, hoặc chọn kèm một câu trả lời loại trừ các câu khác.",
    "Too many answers, or one that excludes the others.",
)


def sheets_of(questionnaire: Questionnaire) -> Mapping[str, tuple[Sequence[str], list[Row]]]:
    """Every sheet: its columns and rows, all of them text."""
    sheets: dict[str, tuple[Sequence[str], list[Row]]] = {
        layout.SURVEY: (layout.SURVEY_COLUMNS, list(_survey(questionnaire))),
        layout.CHOICES: (layout.CHOICES_COLUMNS, list(_choices(questionnaire))),
        layout.SETTINGS: (
            layout.SETTINGS_COLUMNS,
            [
                {
                    "form_title": questionnaire.name.in_(questionnaire.languages[0]),
                    "form_id": questionnaire.code,
                    "version": questionnaire.version,
                    "default_language": layout.LANGUAGE_NAMES[questionnaire.languages[0]],
                }
            ],
        ),
        layout.ABOUT: (layout.ABOUT_COLUMNS, list(_about(questionnaire))),
    }
    if questionnaire.index is not None:
        sheets[layout.INDEX] = (layout.INDEX_COLUMNS, list(_index(questionnaire)))
    return sheets


def _texts(column: str, text: Text | None) -> Row:
    return {layout.translated(column, each): text.in_(each) for each in LANGUAGES} if text is not None else {}


def _survey(q: Questionnaire) -> Iterator[Row]:
    if q.rotates:
        yield {"type": "calculate", "name": GROUP_START, "calculation": group_start_of(len(q.groups))}
    for section in q.sections:
        asked = section.groups_asked
        yield {
            "type": "begin group",
            "name": section.code,
            **_texts("label", section.name),
            "relevant": relevant_of(section.ask_when, q.by_code.__getitem__, str),
            layout.GROUPS_ASKED: "" if asked is None else str(asked),
        }
        if asked is None:
            for item in section.items:
                yield _question(q, section, item, None)
        for at, group in enumerate(q.groups if asked is not None else ()):
            yield {
                "type": "begin group",
                "name": column_name(section.code, group.code),
                **_texts("label", group.name),
                "relevant": group_relevant_of(at, len(q.groups), asked or 0),
                layout.GROUP: group.code,
            }
            for item in section.items:
                yield _question(q, section, item, group)
            yield {"type": "end group"}
        yield {"type": "end group"}


def _question(q: Questionnaire, section: Section, item: Item, group: PolicyGroup | None) -> Row:
    def name_of(code: str) -> str:
        return column_name(code, group.code if group is not None and q.section_of[code] is section else None)

    constraint = constraint_of(item, _alone(q, item))
    row = {
        "type": _type(item),
        "name": name_of(item.code),
        **_texts("label", item.text if group is None else filled(item.text, group)),
        **_texts("hint", item.hint),
        "required": "yes" if item.required else "",
        "relevant": relevant_of(item.ask_when, q.by_code.__getitem__, name_of),
        "constraint": constraint,
        **(
            _texts("constraint_message", _WRONG_NUMBER if item.kind in NUMERIC else _WRONG_CHOICE) if constraint else {}
        ),
        layout.KIND: item.kind,
        layout.FACTOR: item.factor or "",
        layout.NODE: item.node or "",
        layout.SOURCE: item.source or "",
    }
    if group is not None:
        row |= {layout.ITEM: item.code, layout.GROUP: group.code}
        row |= {layout.TEXT[each]: item.text.in_(each) for each in LANGUAGES}
    return row


def _type(item: Item) -> str:
    if item.kind in LISTED:
        return f"{'select_multiple' if item.kind in MANY else 'select_one'} {item.scale}"
    return _PLAIN_TYPES[item.kind]


def _alone(q: Questionnaire, item: Item) -> list[str]:
    scale = q.scale_of(item.code)
    return [step.code for step in scale.steps if step.exclusive or not step.valid] if scale is not None else []


def _choices(q: Questionnaire) -> Iterator[Row]:
    for scale in q.scales.values():
        for step in scale.steps:
            yield {
                "list_name": scale.code,
                "name": step.code,
                **_texts("label", step.label),
                layout.VALUE: "" if step.value is None else plain(step.value),
                layout.VALID: "" if step.valid else "no",
                layout.EXCLUSIVE: "yes" if step.exclusive else "",
                layout.SATISFIED: "yes" if step.code in scale.satisfied else "",
            }


def _about(q: Questionnaire) -> Iterator[Row]:
    def said(key: str, text: Text, code: str = "", value: str = "") -> Row:
        return {"key": key, "code": code, "vi": text.vi, "en": text.en, "value": value}

    yield said("name", q.name)
    if q.legal_basis is not None:
        yield said("legal_basis", q.legal_basis)
    yield {"key": "editions", "value": " ".join(str(each) for each in q.editions)}
    yield {"key": "languages", "value": " ".join(q.languages)}
    for key, texts in q.provenance.items():
        for text in texts:
            yield said(key, text)
    if q.not_official is not None:
        yield said("not_official", q.not_official)
    for key, source in q.sources.items():
        yield said("source", source.title, key, source.url or "")
    for group in q.groups:
        yield said("group", group.name, group.code)
    for each in q.breaks:
        yield said("break", each.name, each.code, str(each.first_edition))
        yield said("break_reason", each.reason, each.code)


def _index(q: Questionnaire) -> Iterator[Row]:
    index = q.index
    if index is None:
        return
    yield {
        "level": "index",
        "code": index.code,
        "vi": index.name.vi,
        "en": index.name.en,
        "formula": index.formula,
        "factor": index.factor_rule,
        "national": index.national,
    }
    for part in index.parts:
        yield {
            "level": "part",
            "code": part.code,
            "vi": part.name.vi,
            "en": part.name.en,
            "weight": plain(part.weight),
            "since": "" if part.since is None else str(part.since),
            "source": part.source or "",
        }
        for factor in part.factors:
            yield {
                "level": "factor",
                "code": factor.code,
                "parent": part.code,
                "vi": factor.name.vi,
                "en": factor.name.en,
                "weight": plain(factor.weight),
                "source": factor.source or "",
            }
