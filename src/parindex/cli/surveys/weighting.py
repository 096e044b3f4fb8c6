"""parindex survey weights: from the people approached to the weights of those who answered."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from parindex.cli.speaking import out, print_problems, print_table, problems_said, progress_bar, say
from parindex.cli.surveys.wording import OutFolder, number, one_of, say_set_aside

if TYPE_CHECKING:
    from parindex.results.survey_weights import Weighted


def add_to(app: typer.Typer) -> None:
    app.command(
        "weights",
        help=say(
            "Quyền số: xác suất chọn, không trả lời, cắt bớt, hiệu chỉnh theo tổng đã biết; tỷ lệ trả lời AAPOR.\n\n"
            "Ví dụ: parindex survey weights out/sample cases.csv --class sex --totals totals.csv "
            "--margin province*sex --out out/weights",
            "Weights: chances of selection, non-response, trimming, calibration to known totals; AAPOR response rates."
            "\n\n"
            "Example: parindex survey weights out/sample cases.csv --class sex --totals totals.csv "
            "--margin province*sex --out out/weights",
        ),
    )(weights)


def weights(
    sample_folder: Annotated[
        Path, typer.Argument(help=say("Thư mục mẫu (có sample.csv).", "Folder of the sample (with sample.csv)."))
    ],
    cases: Annotated[
        Path,
        typer.Argument(
            help=say(
                "CSV, mỗi người được tiếp cận một dòng: record, unit, outcome và các câu trả lời.",
                "CSV, a row for each person approached: record, unit, outcome and the answers.",
            )
        ),
    ],
    to: OutFolder,
    unit: Annotated[
        str,
        typer.Option(
            "--unit",
            help=say(
                "Cột mã của đơn vị cuối cùng có trong khung (thôn, xã).",
                "Column of the last unit that the frame lists (village, commune).",
            ),
        ),
    ] = "unit",
    classes: Annotated[
        list[str] | None,
        typer.Option(
            "--class",
            help=say(
                "Cột chia lớp không trả lời trong tỉnh, từ thô đến mịn; lặp lại được. Người trong một lớp cần giống "
                "nhau về việc có trả lời không; cột phải biết cho cả người không trả lời.",
                "Column of non-response classes in a province, from coarse to fine; repeatable. People of a class "
                "should be alike in whether they answer; it must be known of those who did not, too.",
            ),
            show_default=False,
        ),
    ] = None,
    least_answers: Annotated[
        int,
        typer.Option(
            "--least-answers",
            min=1,
            help=say(
                "Lớp có ít người trả lời hơn thì gộp với lớp bên cạnh trong tỉnh.",
                "A class with fewer answers merges with its neighbour in the province.",
            ),
        ),
    ] = 20,
    largest_factor: Annotated[
        float,
        typer.Option(
            "--largest-factor",
            min=1.01,
            help=say(
                "Lớp có hệ số không trả lời lớn hơn cũng gộp: một người không nên thay cho quá nhiều người.",
                "A class whose non-response factor is larger merges too: one should not stand for too many.",
            ),
        ),
    ] = 3.0,
    trim: Annotated[
        float | None,
        typer.Option(
            "--trim",
            min=1.0,
            help=say(
                "Cắt quyền số ở bấy nhiêu lần trung vị của tỉnh, trước khi hiệu chỉnh; phần cắt chia cho người khác "
                "trong tỉnh. Bớt phương sai, thêm chút chệch; 3 đến 6 là thường gặp.",
                "Cut weights at so many times the median of their province, before calibration; what is cut goes to "
                "the others of the province. Less variance, a little bias; 3 to 6 is usual.",
            ),
            show_default=False,
        ),
    ] = None,
    totals: Annotated[
        Path | None,
        typer.Option(
            "--totals",
            help=say("CSV các tổng đã biết: margin, category, total.", "CSV of known totals: margin, category, total."),
            show_default=False,
        ),
    ] = None,
    margins: Annotated[
        list[str] | None,
        typer.Option(
            "--margin",
            help=say(
                "Cột hiệu chỉnh; province*sex là bảng chéo; lặp lại được.",
                "Column to calibrate to; province*sex is crossed; repeatable.",
            ),
            show_default=False,
        ),
    ] = None,
    method: Annotated[
        str,
        typer.Option(
            "--method",
            help=say(
                "rake (lần lượt từng biên đến khi khớp cả) | poststratify (đúng một bảng, khớp từng ô).",
                "rake (one margin after another until all are met) | poststratify (one table, met cell by cell).",
            ),
        ),
    ] = "rake",
    bounds: Annotated[
        tuple[float, float] | None,
        typer.Option(
            "--bounds",
            help=say(
                "Giới hạn dưới và trên của hệ số hiệu chỉnh (quyền số mới chia cũ), hai bên số 1, ví dụ 0.3 3. "
                "Quá hẹp thì không khớp được tổng và lệnh dừng.",
                "Lower and upper bound of the factor of calibration (new over old weight), on both sides of 1, such "
                "as 0.3 3. Too narrow, the totals cannot be met and the command stops.",
            ),
            show_default=False,
        ),
    ] = None,
    replacements: Annotated[
        Path | None,
        typer.Option(
            "--replacements",
            help=say(
                "CSV các lần thay (unit, reserve, contacts, reason), thay cho tệp trong thư mục mẫu.",
                "CSV of replacements (unit, reserve, contacts, reason), in place of the one in the sample's folder.",
            ),
            show_default=False,
        ),
    ] = None,
) -> None:
    from parindex.results.survey_weights import ANSWERS_FILE, METHODS, WeightSettings, weigh, write_weights
    from parindex.survey.weights import CollapseRule

    chosen = one_of(method, METHODS, "--method")
    if bounds is not None and not 0 <= bounds[0] < 1 < bounds[1]:
        raise typer.BadParameter(
            say("cần hai số ở hai bên số 1", "two numbers on both sides of 1"), param_hint="--bounds"
        )
    if (totals is None) != (not margins):
        raise typer.BadParameter(
            say("--totals và --margin đi cùng nhau", "--totals and --margin go together"), param_hint="--totals"
        )
    if bounds is not None and not margins:
        raise typer.BadParameter(say("cần --margin", "needs --margin"), param_hint="--bounds")
    settings = WeightSettings(
        unit=unit,
        classes=tuple(classes or ()),
        rule=CollapseRule(least=least_answers, largest_factor=largest_factor),
        trim=trim,
        margins=tuple(dict.fromkeys(margins or ())),
        method=chosen,
        bounds=bounds,
    )
    with problems_said():
        with progress_bar(say("Tính quyền số", "Weighting")):
            found = weigh(sample_folder, cases, settings, totals_file=totals, replacements_file=replacements)
        write_weights(found, to)
        print_problems(found.notices)
        _print_rates(found)
        out()
        _print_effects(found)
        _print_classes(found)
        _print_convergence(found)
        say_set_aside(len({row.record for row in found.set_aside}), to)
        out(say(f"Phiếu kèm quyền số: {to / ANSWERS_FILE}", f"Answers with weights: {to / ANSWERS_FILE}"))


def _print_rates(found: Weighted) -> None:
    meanings = {
        "RR1": say(
            "phiếu hoàn thành; mọi người không rõ coi là đủ điều kiện", "complete; all unknown taken as eligible"
        ),
        "RR2": say("như RR1, cả phiếu một phần", "as RR1, with partial interviews"),
        "RR3": say("phiếu hoàn thành; người không rõ tính theo tỷ lệ e", "complete; of the unknown the part e"),
        "RR4": say("như RR3, cả phiếu một phần", "as RR3, with partial interviews"),
        "RR5": say("phiếu hoàn thành; không tính người không rõ", "complete; the unknown left out"),
        "RR6": say("như RR5, cả phiếu một phần", "as RR5, with partial interviews"),
        "COOP1": say("hợp tác, trong số người gặp được", "cooperation, of those who were met"),
        "REF1": say("từ chối", "refusal"),
        "CON1": say("gặp được", "contact"),
    }
    headings = (
        say("Tỷ lệ AAPOR, %", "AAPOR rate, %"),
        say("Không quyền số", "Unweighted"),
        say("Có quyền số", "Weighted"),
        say("Tỉnh thấp nhất", "Lowest province"),
        say("Tỉnh cao nhất", "Highest province"),
        say("Nghĩa", "Meaning"),
    )
    whole = {(row.rate, row.weighted): row for row in found.outcomes if row.domain == "*"}
    lines = []
    for rate, meaning in meanings.items():
        provinces = sorted(
            (row.value, row.domain)
            for row in found.outcomes
            if row.rate == rate and row.domain != "*" and not row.weighted and row.value is not None
        )
        ends = (
            [f"{number(value, 1)} ({code})" for value, code in (provinces[0], provinces[-1])]
            if provinces
            else ["–", "–"]
        )
        plain, weighted = (number(whole[rate, each].value, 1) for each in (False, True))
        lines.append((rate, plain, weighted, *ends, meaning))
    print_table(headings, lines, right=(1, 2, 3, 4))
    any_rate = whole["RR3", False]
    out(
        say(
            f"{number(any_rate.cases)} người; e = {number(any_rate.e, 3)}: phần đủ điều kiện của số không rõ.",
            f"{number(any_rate.cases)} people; e = {number(any_rate.e, 3)}, the part of the unknown taken as eligible.",
        )
    )
    if found.replaced_units:
        out(
            say(
                f"Gồm {found.replaced_units} đơn vị đã bị thay: người ở đó tính là không trả lời.",
                f"With {found.replaced_units} replaced units, whose people count as non-response.",
            )
        )


def _print_effects(found: Weighted) -> None:
    names = {
        "base": say("xác suất chọn", "chances of selection"),
        "nonresponse": say("không trả lời", "non-response"),
        "trimming": say("cắt bớt", "trimming"),
        "calibration": say("hiệu chỉnh", "calibration"),
    }
    headings = (
        say("Bước", "Step"),
        say("Phiếu", "Cases"),
        say("Tổng quyền số", "Sum of weights"),
        say("Nhỏ nhất", "Smallest"),
        say("Lớn nhất", "Largest"),
        say("CV", "CV"),
        say("Hệ số Kish", "Kish effect"),
        say("Cỡ hiệu dụng", "Effective n"),
        say("Bị chặn, %", "Held, %"),
    )
    lines = [
        (
            names[row.step],
            number(row.n),
            number(row.total, 0),
            number(row.smallest, 2),
            number(row.largest, 2),
            number(row.cv, 3),
            number(row.design_effect, 3),
            number(row.effective, 1),
            number(row.held, 1),
        )
        for row in found.effects
    ]
    print_table(headings, lines, right=tuple(range(1, 9)))
    if not found.weights:
        return
    largest = max(found.weights, key=lambda row: row.weight)
    median = sorted(row.weight for row in found.weights)[len(found.weights) // 2]
    if median > 0:
        times = number(largest.weight / median, 1)
        out(
            say(
                f"Quyền số lớn nhất: phiếu {largest.record} ({largest.unit}), gấp {times} lần trung vị.",
                f"Largest weight: interview {largest.record} ({largest.unit}), {times} times the median.",
            )
        )


def _print_classes(found: Weighted) -> None:
    merged = sum(row.merged is not None for row in found.classes)
    thin = [row.name for row in found.classes if row.thin]
    out(
        say(
            f"{len(found.classes)} lớp không trả lời, {merged} lớp đã gộp (classes.csv).",
            f"{len(found.classes)} non-response classes, {merged} of them merged (classes.csv).",
        )
    )
    if thin:
        shown = ", ".join(thin[:5]) + (" …" if len(thin) > 5 else "")
        out(
            say(
                f"{len(thin)} lớp vẫn quá nhỏ, không còn lớp để gộp trong tỉnh: {shown}",
                f"{len(thin)} classes stay too thin, with nothing left to merge in the province: {shown}",
            )
        )


def _print_convergence(found: Weighted) -> None:
    ended = found.convergence
    if ended is None:
        return
    deviation = f"{100 * ended.largest_deviation:.1g}".replace(".", say(",", "."))
    out(
        say(
            f"Hiệu chỉnh hội tụ sau {ended.rounds} vòng; lệch nhiều nhất {deviation} % ({ended.margin} = "
            f"{ended.category}).",
            f"Calibration converged in {ended.rounds} rounds; furthest off by {deviation} % ({ended.margin} = "
            f"{ended.category}).",
        )
    )
