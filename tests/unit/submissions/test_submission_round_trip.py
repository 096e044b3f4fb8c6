"""What is written into a workbook is what is read from it."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_form import (
    FILLED,
    FRAMEWORK,
    answers,
    edition_of,
    filled_bytes,
    framework_of,
    read,
    renewed,
    small_edition,
    small_framework,
    written,
)

from parindex.problems import ProblemsFound
from parindex.programme.framework import Framework
from parindex.programme.inputs import canonical, parse_value
from parindex.submissions import EvidenceDocument, Filled, layout, schema_digest

EXAMPLES = Path(__file__).parents[3] / "examples"


def test_a_filled_workbook_reads_back_whole() -> None:
    submission, problems = read(filled_bytes())
    assert [problem.words("en") for problem in problems] == []
    assert submission is not None
    assert submission.unit == "U1-1"
    assert submission.documents == tuple(FILLED.documents)
    assert submission.explanations == FILLED.explanations
    assert answers(submission) == {
        ("1.1.1", "met"): "yes",
        ("1.1.2", "level"): "full",
        ("2.1", "numerator"): "49998",
        ("2.1", "denominator"): "50112",
        ("2.2", "actual"): "1234.5678",
        ("2.2", "target"): "2000",
        ("2.3", "share"): "95.5",
        ("2.3", "growth"): "-1.25",
        ("B1", "count"): "2",
    }


def test_an_answer_says_where_it_stood_and_what_it_rests_on() -> None:
    submission, _ = read(filled_bytes())
    assert submission is not None
    said = {(answer.node, answer.input): answer for answer in submission.answers}
    level = said["1.1.2", "level"]
    assert level.evidence == "TL01 Kế hoạch 12/KH-UBND (trang 5); TL02 Báo cáo 99/BC-UBND (Mục I)"
    assert level.source == "submissions/U1.xlsx"
    assert level.edition == "2025-mô-phỏng"
    sheet, cell = level.place.split("!")
    assert sheet == '"1"'
    book = openpyxl.load_workbook(io.BytesIO(filled_bytes()))
    assert book["1"][cell].value == "Đầy đủ, đúng hạn"
    assert said["2.3", "growth"].evidence is None
    assert said["2.3", "growth"].explanation == "Số liệu của Cục Thống kê"


def test_an_empty_workbook_claims_nothing() -> None:
    submission, problems = read(written(None))
    assert submission is not None
    assert submission.answers == ()
    assert submission.documents == ()
    assert not list(problems)


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    assert written() == filled_bytes()
    assert written(None) == written(None)


def _examples() -> list[Path]:
    return sorted(path for path in EXAMPLES.rglob("framework*.yaml") if "outline" not in str(path.parent))


def _filled_from_examples(framework: Framework, number: int) -> Filled:
    """Every asked leaf, with the values of one of its worked examples."""
    given_ = {}
    for node in framework.leaves:
        leaf = node.leaf
        assert leaf is not None
        if layout.is_asked(leaf):
            example = leaf.examples[number % len(leaf.examples)]
            given_[node.code] = {spec.name: parse_value(spec, example.given[spec.name]) for spec in leaf.rule.inputs}
    documents = tuple(EvidenceDocument(layout.document_id(n), f"Văn bản {n}/VB") for n in range(1, 161))
    evidence = {code: [(documents[n].id, f"trang {n + 1}")] for n, code in enumerate(given_)}
    bonus = {item.code: Decimal(n) for n, item in enumerate(layout.bonus_items(framework), 1)}
    explanations = {code: f"Giải trình {code}\ndòng hai" for code in (*list(given_)[::3], *bonus)}
    return Filled(documents, given_, evidence, explanations, bonus)


@pytest.mark.parametrize("path", _examples(), ids=lambda path: str(path.relative_to(EXAMPLES)))
@pytest.mark.parametrize("number", [0, 1])
def test_every_framework_of_the_examples(path: Path, number: int) -> None:
    framework = framework_of(path.read_text(encoding="utf-8"))
    edition = edition_of(framework)
    filled = _filled_from_examples(framework, number)
    submission, problems = read(written(filled, edition), edition)
    assert [problem.words("en") for problem in problems] == []
    assert submission is not None
    expected = {
        (code, name): canonical(value) for code, values in filled.answers.items() for name, value in values.items()
    }
    expected |= {(code, "count"): canonical(count) for code, count in filled.bonus.items()}
    assert answers(submission) == expected
    assert submission.documents == tuple(filled.documents)
    assert submission.explanations == filled.explanations
    for answer in submission.answers:
        said = filled.evidence.get(answer.node)
        if said is not None:
            ((document, place),) = said
            assert answer.evidence == f"{document} Văn bản {int(document[2:])}/VB ({place})"


_WHOLE = st.integers(0, 10**12).map(Decimal)


def _decimals(low: int, high: int) -> st.SearchStrategy[Decimal]:
    """Decimals of at most 15 digits, of which at most 6 after the point."""
    return st.integers(low, high).flatmap(
        lambda digits: st.integers(0, 6).map(lambda places: Decimal(digits).scaleb(-places))
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    met=st.none() | st.booleans(),
    level=st.none() | st.sampled_from(["full", "part"]),
    counts=st.none() | st.tuples(_WHOLE, _WHOLE).map(sorted),
    actual=st.none() | _decimals(0, 10**15 - 1),
    share=st.none() | _decimals(0, 10**6),
    growth=st.none() | _decimals(-(10**15) + 1, 10**15 - 1),
    explanation=st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=40),
)
def test_values_survive(
    met: bool | None,
    level: str | None,
    counts: list[Decimal] | None,
    actual: Decimal | None,
    share: Decimal | None,
    growth: Decimal | None,
    explanation: str,
) -> None:
    said = {
        "1.1.1": {"met": met},
        "1.1.2": {"level": level},
        "2.1": {"numerator": counts[0] if counts else None, "denominator": counts[1] if counts else None},
        "2.2": {"actual": actual},
        "2.3": {"share": share, "growth": growth},
    }
    values = {
        node: {name: value for name, value in inputs.items() if value is not None} for node, inputs in said.items()
    }
    submission, problems = read(written(Filled(answers=values, explanations={"2.2": explanation})))
    assert [problem.words("en") for problem in problems.errors] == []
    expected = {(node, name): canonical(value) for node, inputs in values.items() for name, value in inputs.items()}
    assert answers(submission) == expected


def test_what_excel_cannot_keep_is_not_written() -> None:
    with pytest.raises(ValueError, match="15 digits"):
        written(Filled(answers={"2.2": {"actual": Decimal("1234567890.1234567")}}))


@pytest.mark.parametrize(
    "filled",
    [
        Filled(answers={"1.2": {"mean": Decimal(1)}}),
        Filled(answers={"2.1": {"numbr": Decimal(1)}}),
        Filled(evidence={"1.2": (("TL01", ""),)}),
        Filled(bonus={"P1": Decimal(1)}),
    ],
)
def test_what_the_form_does_not_ask_is_not_written(filled: Filled) -> None:
    with pytest.raises(ValueError, match="does not ask"):
        written(filled)


def test_an_outline_has_no_form() -> None:
    outline = renewed(small_framework(), completeness="domains_only")
    with pytest.raises(ProblemsFound, match="FORM-OUTLINE"):
        written(None, edition_of(outline))


def test_an_unfinished_write_leaves_no_file(tmp_path: Path) -> None:
    from parindex.submissions import write_submission

    edition = small_edition()

    def broken(code: str, cells: object) -> str:
        raise RuntimeError(code)

    with pytest.raises(RuntimeError):
        write_submission(
            tmp_path / "U1-1.xlsx",
            edition=edition,
            unit_list=edition.lists[0],
            unit=edition.units["U1-1"],
            self_score=broken,
        )
    assert list(tmp_path.iterdir()) == []


class TestDigest:
    """The digest of a form changes with what is asked, not with how it is worded."""

    plain = schema_digest("2025", small_framework())

    def digest(self, old: str, new: str) -> str:
        assert old in FRAMEWORK
        return schema_digest("2025", framework_of(FRAMEWORK.replace(old, new)))

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('vi: "Mức độ"', 'vi: "Mức độ đạt được"'),
            ('vi: "Thiếu hoặc chậm"', 'vi: "Thiếu, chậm"'),
            ("full_at: 100", "full_at: 90"),
            ('en: "dossiers"', 'en: "files"'),
        ],
    )
    def test_wording_and_thresholds_do_not_change_it(self, old: str, new: str) -> None:
        assert self.digest(old, new) == self.plain

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('version: "1"', 'version: "2"'),
            ("framework: small", "framework: other"),
            ('vi: "tỷ đồng", en: "billion đồng"', 'vi: "triệu đồng", en: "billion đồng"'),
            ("part_of: denominator", ""),
            ('code: "2.3"', 'code: "2.4"'),
            ("points: {full: 2, part: 0}", "points: {full: 2, some: 0}"),
            ('- code: "B1"', '- code: "B2"'),
        ],
    )
    def test_what_is_asked_changes_it(self, old: str, new: str) -> None:
        if "some" in new:
            text = FRAMEWORK.replace(old, new).replace("part: {vi", "some: {vi").replace("level: part", "level: some")
            text = text.replace("branch: part", "branch: some")
            assert schema_digest("2025", framework_of(text)) != self.plain
        else:
            assert self.digest(old, new) != self.plain

    def test_the_edition_changes_it(self) -> None:
        assert schema_digest("2026", small_framework()) != self.plain
