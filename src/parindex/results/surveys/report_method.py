"""A short text of method: sample, answers, weights, errors, suppression, and how to read an interval."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from statistics import median

from parindex.language import Text, number
from parindex.results.surveys.folders import SurveyFolder
from parindex.results.surveys.tables import CROSSED, WHOLE
from parindex.survey.design import LonelyRule
from parindex.survey.sipas import FORMULAS, NATIONAL_SAYS

_LONELY: Mapping[LonelyRule, Text] = {
    "fail": Text("không tầng nào được như vậy, nếu có thì không có sai số", "there must be none"),
    "remove": Text("tầng đó không góp vào phương sai", "such a stratum adds nothing to the variance"),
    "certainty": Text("đơn vị đó coi là chắc chắn được chọn", "the unit counts as drawn with certainty"),
    "adjust": Text("so với trung bình của mọi tầng", "it is compared with the mean of all strata"),
    "average": Text("lấy phương sai trung bình của các tầng khác", "it takes the average variance of other strata"),
}


def method_of(folder: SurveyFolder) -> tuple[tuple[Text, Text], ...]:
    """(heading, text) pairs, in the order they are read."""
    return tuple(_paragraphs(folder))


def _paragraphs(folder: SurveyFolder) -> Iterator[tuple[Text, Text]]:
    cells, settings = folder.counts.cells, folder.settings
    design, form = folder.inputs.under(settings)
    depth = 1 if design.stratum is not None else 0
    strata = len(set(cells.keys[:, 0].tolist())) if depth else 1
    psus = len({tuple(row) for row in cells.keys[:, : depth + 1].tolist()})
    yield (
        Text("Mẫu", "Sample"),
        Text(
            f"{_vi(cells.respondents)} phiếu dùng được, trong {_vi(psus)} đơn vị mẫu sơ cấp thuộc {_vi(strata)} tầng. "
            f"Sai số phụ thuộc số đơn vị sơ cấp nhiều hơn số phiếu: bậc tự do là số đơn vị trừ số tầng."
            + _few(folder, "vi"),
            f"{_en(cells.respondents)} usable interviews, in {_en(psus)} primary sampling units of {_en(strata)} "
            f"strata. Errors depend on the primary units more than on interviews: degrees of freedom are units less "
            f"strata." + _few(folder, "en"),
        ),
    )
    yield (
        Text("Trả lời", "Answers"),
        Text(
            f"{_vi(cells.set_aside)} bản ghi bị để riêng, kèm lý do, không dùng cho số nào; "
            f"{_vi(folder.counts.answers_not_valid)} trả lời ngoài bảng mã chỉ mất ở câu đó. Không biết, từ chối và "
            "để trống là không trả lời câu đó; mỗi câu tính trên những người đã trả lời câu đó.",
            f"{_en(cells.set_aside)} records are set aside with their reasons and used for no figure; "
            f"{_en(folder.counts.answers_not_valid)} answers outside their codes are lost to that question only. "
            "Don't know, refusals and blanks are no answer to that question; each rests on those who answered it.",
        ),
    )
    margins = ", ".join(design.margins)
    yield (
        Text("Quyền số", "Weights"),
        Text(
            f"Quyền số đã hiệu chỉnh theo tổng thể ({margins}); sai số tính từ phần dư, tổng đã biết không có sai số."
            if margins
            else "Quyền số theo tệp trả lời, không khai hiệu chỉnh.",
            f"Weights are calibrated to population totals ({margins}); errors come from residuals, so that "
            "known totals have none."
            if margins
            else "Weights as in the file of answers; no calibration is declared.",
        ),
    )
    ways = {
        "taylor": Text("tuyến tính hóa (Taylor)", "linearisation (Taylor)"),
        "jkn": Text("bỏ lần lượt từng đơn vị sơ cấp (JKn)", "leaving out each primary unit in turn (JKn)"),
        "bootstrap": Text(
            f"{_vi(settings.replicates)} bản lặp bootstrap (Rao–Wu), hạt giống {settings.seed}",
            f"{_en(settings.replicates)} bootstrap replicates (Rao–Wu), seed {settings.seed}",
        ),
    }
    way, rule = ways[settings.method], _LONELY[design.lonely_psu]
    yield (
        Text("Sai số", "Errors"),
        Text(
            f"Sai số chuẩn theo {way.vi}. Tầng chỉ có một đơn vị mẫu: {rule.vi}. "
            "Khi mọi người trong mẫu trả lời như nhau (0 % hay 100 %) thì không có khoảng tin cậy.",
            f"Standard errors by {way.en}. Strata with a single sampled unit: {rule.en}. "
            "Where all in the sample answer the same (0 % or 100 %) there is no interval.",
        ),
    )
    level = Decimal(repr(settings.level)) * 100
    vi, en = number(level.normalize(), "vi"), number(level.normalize(), "en")
    yield (
        Text("Đọc khoảng tin cậy", "How to read an interval"),
        Text(
            f"Nếu lặp lại cuộc khảo sát nhiều lần theo cùng cách, khoảng {vi} % các khoảng tin cậy chứa giá trị thật. "
            "Khoảng được cắt ở 0 và 100. "
            "Hai khoảng chồng nhau chưa nói lên rằng hai nơi bằng nhau; muốn so, xem chênh lệch và kiểm định "
            "(parindex survey compare).",
            f"If the survey were repeated many times in the same way, about {en} % of the intervals would hold the "
            "true value. Intervals are cut at 0 and 100. "
            "Two that overlap do not say that two places are equal; to compare, see the "
            "difference and its test (parindex survey compare).",
        ),
    )
    if form is not None and form.index is not None:
        formula, nation = FORMULAS[form.index.formula].says, NATIONAL_SAYS[form.index.national]
        yield (
            Text("Chỉ số", "Index"),
            Text(
                f"Công thức {form.index.formula}: {formula.vi}. Toàn quốc: {nation.vi}. Trong bảng theo giới, tuổi, "
                "nơi ở, mọi người trả lời được gộp theo quyền số. Trọng số và công thức là thiết lập của kỳ.",
                f"Formula {form.index.formula}: {formula.en}. Nation: {nation.en}. By sex, age and area all "
                "respondents are taken together, weighted. Weights and formula are settings of the edition.",
            ),
        )
    yield (
        Text("Số không công bố", "Figures not published"),
        Text(
            f"Số có dưới {settings.least} câu trả lời không được công bố, và thêm vài số khác để không bảng nào, hay "
            "các bảng cộng lại, cho tính ngược ra. Chỗ trống luôn kèm lý do.",
            f"Figures of fewer than {settings.least} answers are not published, nor some others, so that no table, "
            "nor all of them together, gives them away. An empty place always has its reason.",
        ),
    )


def _few(folder: SurveyFolder, language: str) -> str:
    """How many degrees of freedom the units have."""
    tables = folder.settings.tables
    if not tables:
        return ""
    by = CROSSED.join(tables[0])
    known = {row.domain: row.df for row in folder.rows if row.by == by and row.domain != WHOLE and row.df is not None}
    if not known:
        return ""
    middle = median(known.values())
    if language == "vi":
        return f" Một đơn vị thường có {number(middle.normalize(), 'vi')} bậc tự do, nên khoảng tin cậy của nó rộng."
    return f" A unit mostly has {number(middle.normalize(), 'en')} of them, so that its intervals are wide."


def _vi(count: int) -> str:
    return number(Decimal(count), "vi")


def _en(count: int) -> str:
    return number(Decimal(count), "en")
