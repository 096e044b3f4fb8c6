"""A questionnaire.yaml to a `Questionnaire`, with every problem of the file in one pass."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from parindex.documents.shapes import (
    BILINGUAL_SCHEMA,
    INVALID,
    Bilingual,
    Code,
    Fields,
    Flag,
    Key,
    Line,
    ListOf,
    MapOf,
    Number,
    Reading,
    Record,
    Whole,
    Word,
)
from parindex.documents.yaml_nodes import compose
from parindex.language import LANGUAGES, Text
from parindex.problems import Problems
from parindex.programme.framework_shape import NAME, SOURCES, TextOrBilingual
from parindex.sources import Place, digest_of
from parindex.survey.questionnaire import (
    ANSWER_CODE,
    FACTOR_RULES,
    FORMULA_NAMES,
    ITEM_CODE,
    ITEM_KINDS,
    NATIONAL_RULES,
    Condition,
    Factor,
    IndexDefinition,
    Item,
    PolicyGroup,
    Questionnaire,
    Scale,
    Section,
    Source,
    Step,
    SubIndex,
)
from parindex.survey.questionnaire_checks import CODE_TWICE, check_questionnaire, words_of
from parindex.survey.series import Break

_CODE = Key(Code(), Text("mã, luôn trong dấu nháy", "the code, always in quotes"), required=True)
_FORM_CODE = Key(Code(form=ITEM_CODE), Text("mã, luôn trong dấu nháy", "the code, always in quotes"), required=True)
_WEIGHT = Key(
    Number(above=Decimal(0), high=Decimal(100)), Text("phần trăm của chỉ số", "percent of the index"), required=True
)
_SOURCE = Key(Word(), Text("mã nguồn trong sources", "a key of sources"))

_CONDITION = Record(
    {
        "item": Key(Code(form=ITEM_CODE), Text("mã câu hỏi trước", "code of an earlier item"), required=True),
        "in": Key(ListOf(Code(form=ANSWER_CODE), least=1), Text("mã câu trả lời", "codes of answers")),
        "at_least": Key(Number(), Text("số nhỏ nhất", "the least number")),
        "at_most": Key(Number(), Text("số lớn nhất", "the largest number")),
    },
    title="condition",
)
_ASK_WHEN = Key(
    ListOf(_CONDITION, least=1),
    Text("chỉ hỏi khi mọi điều kiện đều đúng", "asked only when all of these hold"),
)


def _step(values: bool) -> Record:
    return Record(
        {
            "code": Key(
                Code(form=ANSWER_CODE), Text("mã, luôn trong dấu nháy", "the code, always in quotes"), required=True
            ),
            **({"value": Key(Number(), Text("giá trị trên thang", "value on the scale"))} if values else {}),
            "label": Key(Bilingual(), Text("nhãn bằng hai thứ tiếng", "label in both languages"), required=True),
            "valid": Key(Flag(), Text("false: không biết, từ chối", "false: don't know, refused")),
            "exclusive": Key(Flag(), Text("true: loại trừ câu khác", "true: excludes the others")),
        },
        title="answer",
    )


_SCALE = Record(
    {
        "satisfied": Key(
            ListOf(Code(form=ANSWER_CODE), least=1), Text("các bậc tính là hài lòng", "steps that count as satisfied")
        ),
        "steps": Key(ListOf(_step(True), least=2), Text("các bậc", "the steps"), required=True),
    },
    title="scale",
)

_ITEM = Record(
    {
        "code": _FORM_CODE,
        "kind": Key(Word(ITEM_KINDS), Text("kiểu câu hỏi", "kind of question"), required=True),
        "text": Key(Bilingual(), Text("câu hỏi bằng hai thứ tiếng", "the question in both languages"), required=True),
        "hint": Key(Bilingual(), Text("gợi ý", "a hint")),
        "scale": Key(Word(), Text("danh sách trả lời", "the answer list")),
        "factor": Key(Code(), Text("nhân tố", "the factor")),
        "node": Key(Code(), Text("tiêu chí được chấm", "the node of a framework it scores")),
        "ask_when": _ASK_WHEN,
        "at_most": Key(Whole(1, 1000), Text("chọn nhiều nhất", "how many may be picked")),
        "lowest": Key(Number(), Text("số nhỏ nhất", "the least number")),
        "highest": Key(Number(), Text("số lớn nhất", "the largest number")),
        "non_response": Key(
            ListOf(Code(form=r"-?[0-9]{1,18}")), Text("mã không biết, từ chối", "codes for don't know, refused")
        ),
        "required": Key(Flag(), Text("phải trả lời mới sang câu sau", "must be answered to go on")),
        "source": _SOURCE,
    },
    title="item",
)

_SECTION = Record(
    {
        "code": _FORM_CODE,
        "name": NAME,
        "groups_asked": Key(Whole(1, 1000), Text("hỏi mấy nhóm chính sách", "how many policy groups are asked")),
        "ask_when": _ASK_WHEN,
        "items": Key(ListOf(_ITEM, least=1), Text("các câu hỏi", "the items"), required=True),
    },
    title="section",
)

_FACTOR = Record({"code": _CODE, "name": NAME, "weight": _WEIGHT, "source": _SOURCE}, title="factor")
_PART = Record(
    {
        "code": _CODE,
        "name": NAME,
        "weight": _WEIGHT,
        "since": Key(Whole(1990, 2100), Text("từ năm", "since the year")),
        "source": _SOURCE,
        "factors": Key(ListOf(_FACTOR, least=1), Text("các nhân tố", "the factors"), required=True),
    },
    title="part",
)
_INDEX = Record(
    {
        "code": _CODE,
        "name": NAME,
        "formula": Key(Word(FORMULA_NAMES), Text("công thức", "the formula"), required=True),
        "factor": Key(Word(FACTOR_RULES), Text("cách tính nhân tố", "how a factor is made"), required=True),
        "national": Key(Word(NATIONAL_RULES), Text("cách tính cả nước", "how the nation is made"), required=True),
        "parts": Key(ListOf(_PART, least=1), Text("các chỉ số thành phần", "the sub-indices"), required=True),
    },
    title="index",
)

_TEXTS = ListOf(TextOrBilingual())


def questionnaire_record() -> Record:
    """The whole file."""
    return Record(
        {
            "questionnaire": Key(Word(), Text("mã phiếu", "id of the questionnaire"), required=True),
            "version": Key(Line(), Text("phiên bản, trong dấu nháy", "version, in quotes"), required=True),
            "name": NAME,
            "legal_basis": Key(Bilingual(), Text("căn cứ pháp lý", "legal basis")),
            "editions": Key(ListOf(Whole(1990, 2100)), Text("các năm áp dụng", "years it is for")),
            "languages": Key(
                ListOf(Word(LANGUAGES), least=1), Text("thứ tiếng, đầu tiên là chính", "languages, the first one leads")
            ),
            "provenance": Key(
                Record(
                    {
                        "found": Key(_TEXTS, Text("đã thấy trong nguồn", "found in a source")),
                        "recalled": Key(_TEXTS, Text("theo trí nhớ", "recalled")),
                        "illustrative": Key(_TEXTS, Text("minh họa", "illustrative")),
                        "not_official": Key(TextOrBilingual(), Text("điều cần nói rõ", "what must be said")),
                    }
                ),
                Text("nguồn gốc nội dung", "where the content comes from"),
            ),
            "sources": SOURCES,
            "groups": Key(
                ListOf(Record({"code": _FORM_CODE, "name": NAME}, title="group")),
                Text("các nhóm chính sách", "the policy groups"),
            ),
            "scales": Key(MapOf(_SCALE), Text("thang trả lời có giá trị", "answer scales, with values")),
            "choices": Key(
                MapOf(ListOf(_step(False), least=2)), Text("danh sách trả lời", "answer lists, without values")
            ),
            "index": Key(_INDEX, Text("chỉ số tính từ câu trả lời", "the index made of the answers")),
            "breaks": Key(
                ListOf(
                    Record(
                        {
                            "code": Key(Word(), Text("tên điểm gãy", "name of the break"), required=True),
                            "first_edition": Key(
                                Whole(1990, 2100),
                                Text("năm đầu của cách làm mới", "first year after it"),
                                required=True,
                            ),
                            "name": NAME,
                            "reason": Key(Bilingual(), Text("lý do", "the reason"), required=True),
                        },
                        title="break",
                    )
                ),
                Text("các điểm gãy của chuỗi", "breaks of the series"),
            ),
            "sections": Key(ListOf(_SECTION, least=1), Text("các mục", "the sections"), required=True),
        },
        title="questionnaire",
    )


def questionnaire_schema() -> dict[str, Any]:
    """JSON Schema of questionnaire.yaml."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **questionnaire_record().schema(),
        "$defs": {"bilingual": dict(BILINGUAL_SCHEMA)},
    }


def read_questionnaire(content: bytes, name: str, problems: Problems) -> Questionnaire | None:
    """Read one questionnaire file. `name` is how places call it.

    Returns what could be read, even beside problems; None when the file is no map of keys at all. The caller raises
    when `problems` holds errors.
    """
    document = compose(content, name, problems)
    if document is None:
        return None
    reading = Reading(document, problems)
    before = len(problems)
    fields = questionnaire_record().read(document.root, reading)
    if not isinstance(fields, Fields):
        return None
    questionnaire = _Builder(fields, reading).questionnaire(digest_of(content))
    check_questionnaire(questionnaire, problems, complete=len(problems) == before)
    return questionnaire


def _optional(value: Any) -> Any:
    """None for what is absent or was wrong."""
    return None if value is INVALID else value


class _Builder:
    def __init__(self, fields: Fields, reading: Reading):
        self.fields = fields
        self.reading = reading

    def questionnaire(self, sha256: str) -> Questionnaire:
        fields = self.fields
        provenance: Fields | None = _optional(fields["provenance"])
        index: Fields | None = _optional(fields["index"])
        return Questionnaire(
            code=fields["questionnaire"] or "",
            version=fields["version"] or "",
            name=fields["name"] or Text("", ""),
            sections=tuple(self._section(each) for each in fields.items("sections") if each.has("code")),
            scales=self._scales(),
            groups=tuple(
                PolicyGroup(each["code"], each["name"] or Text("", ""), each.place)
                for each in fields.items("groups")
                if each.has("code")
            ),
            index=self._index(index) if index is not None else None,
            breaks=tuple(
                Break(each["code"], each["first_edition"], each["name"], each["reason"], each.place)
                for each in fields.items("breaks")
                if each.has("code", "first_edition", "name", "reason")
            ),
            editions=fields.items("editions"),
            languages=tuple(dict.fromkeys(fields.items("languages"))) or LANGUAGES,
            legal_basis=_optional(fields["legal_basis"]),
            provenance={
                key: provenance.items(key) for key in ("found", "recalled", "illustrative") if provenance.items(key)
            }
            if provenance is not None
            else {},
            not_official=_optional(provenance["not_official"]) if provenance is not None else None,
            sources={
                key: Source(each["title"] or Text("", ""), _optional(each["url"]))
                for key, each in fields.entries("sources").items()
            },
            file=self.reading.document.name,
            sha256=sha256,
        )

    def _places(self, fields: Fields) -> Mapping[str, Place]:
        return {"code": fields.place, **{key: self.reading.place(node) for key, node in fields.nodes.items()}}

    def _scales(self) -> dict[str, Scale]:
        found: dict[str, Scale] = {}
        scales = self.fields["scales"]
        for name, fields in self.fields.entries("scales").items():
            place = self.reading.place(scales.nodes[name])
            steps = _steps(fields.items("steps"))
            found[name] = Scale(name, steps, _in_order(fields.items("satisfied"), steps), place)
        choices = self.fields["choices"]
        for name, listed in self.fields.entries("choices").items():
            place = self.reading.place(choices.nodes[name])
            if name in found:
                self.reading.problems.add(CODE_TWICE, place, code=name, first=words_of(found[name].place))
                continue
            found[name] = Scale(name, _steps(listed.values), (), place)
        return found

    def _section(self, fields: Fields) -> Section:
        return Section(
            code=fields["code"],
            name=fields["name"] or Text("", ""),
            items=tuple(self._item(each) for each in fields.items("items") if each.has("code", "kind")),
            ask_when=_conditions(fields),
            groups_asked=_optional(fields["groups_asked"]),
            places=self._places(fields),
        )

    def _item(self, fields: Fields) -> Item:
        kind = fields["kind"]
        lowest = _optional(fields["lowest"])
        if kind == "count" and "lowest" not in fields.values:
            lowest = Decimal(0)
        required = _optional(fields["required"])
        return Item(
            code=fields["code"],
            text=fields["text"] or Text("", ""),
            kind=kind,
            scale=_optional(fields["scale"]),
            ask_when=_conditions(fields),
            factor=_optional(fields["factor"]),
            node=_optional(fields["node"]),
            at_most=_optional(fields["at_most"]),
            lowest=lowest,
            highest=_optional(fields["highest"]),
            non_response=tuple(fields.items("non_response")),
            required=kind != "text" if required is None else required,
            hint=_optional(fields["hint"]),
            source=_optional(fields["source"]),
            places=self._places(fields),
        )

    def _index(self, fields: Fields) -> IndexDefinition | None:
        if not fields.has("code", "formula", "factor", "national"):
            return None
        return IndexDefinition(
            code=fields["code"],
            name=fields["name"] or Text("", ""),
            formula=fields["formula"],
            factor_rule=fields["factor"],
            national=fields["national"],
            parts=tuple(
                SubIndex(
                    code=part["code"],
                    name=part["name"] or Text("", ""),
                    weight=part["weight"],
                    factors=tuple(
                        Factor(
                            factor["code"],
                            factor["name"] or Text("", ""),
                            factor["weight"],
                            _optional(factor["source"]),
                            self._places(factor),
                        )
                        for factor in part.items("factors")
                        if factor.has("code", "weight")
                    ),
                    since=_optional(part["since"]),
                    source=_optional(part["source"]),
                    places=self._places(part),
                )
                for part in fields.items("parts")
                if part.has("code", "weight")
            ),
            places=self._places(fields),
        )


def _steps(listed: tuple[Fields, ...]) -> tuple[Step, ...]:
    return tuple(
        Step(
            code=each["code"],
            label=each["label"] or Text("", ""),
            value=_optional(each["value"]),
            valid=each["valid"] is not False,
            exclusive=each["exclusive"] is True,
            place=each.place,
        )
        for each in listed
        if each.has("code")
    )


def _conditions(fields: Fields) -> tuple[Condition, ...]:
    return tuple(
        Condition(
            each["item"],
            tuple(dict.fromkeys(each.items("in"))),
            _optional(each["at_least"]),
            _optional(each["at_most"]),
            each.place,
        )
        for each in fields.items("ask_when")
        if each.has("item")
    )


def _in_order(codes: tuple[str, ...], steps: tuple[Step, ...]) -> tuple[str, ...]:
    """Codes in the order of the steps; those of no step last."""
    known = [step.code for step in steps]
    return tuple(sorted(dict.fromkeys(codes), key=lambda code: known.index(code) if code in known else len(known)))
