"""parindex survey sample, replace: from a frame to a sample, and the reserves that step in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from parindex.cli.speaking import out, print_problems, print_table, problems_said, progress_bar, say
from parindex.cli.surveys.wording import OutFolder, number

if TYPE_CHECKING:
    from parindex.results.survey_samples import Drawn


def add_to(app: typer.Typer) -> None:
    app.command(
        "sample",
        help=say(
            "Chọn mẫu từ khung, theo sample.yaml; cùng hạt giống cho cùng mẫu.\n\n"
            "Ghi xác suất và quyền số cơ bản của từng đơn vị, các đơn vị dự phòng và quy tắc dùng chúng.\n\n"
            "Ví dụ: parindex survey sample sample.yaml --out out/sample",
            "Draw a sample from a frame, as sample.yaml says; the same seed gives the same sample.\n\n"
            "Writes the chance and base weight of every unit, the reserves and the rules for their use.\n\n"
            "Example: parindex survey sample sample.yaml --out out/sample",
        ),
    )(sample)
    app.command(
        "replace",
        help=say(
            "Ghi một đơn vị dự phòng thay cho đơn vị không tiếp cận được, kèm lý do; survey weights tính theo đó.\n\n"
            "Đúng nhóm, đúng thứ tự, đủ số lần liên hệ; sai quy tắc nào thì không ghi gì. Không có --unit: liệt kê.\n\n"
            'Ví dụ: parindex survey replace out/sample --unit P01-1 --contacts 3 --reason "ngập lụt"',
            "Record that a reserve stands in for a unit that could not be reached, and why; survey weights honours it."
            "\n\n"
            "Of the same group, in order, after enough contacts; where a rule is broken nothing is written. "
            "Without --unit: list them.\n\n"
            'Example: parindex survey replace out/sample --unit P01-1 --contacts 3 --reason "flood"',
        ),
    )(replace)


def sample(
    design: Annotated[Path, typer.Argument(help=say("Tệp sample.yaml.", "The file sample.yaml."))],
    to: OutFolder,
    seed: Annotated[
        int | None,
        typer.Option("--seed", min=0, help=say("Hạt giống, thay cho số trong tệp.", "Seed, in place of the file's.")),
    ] = None,
) -> None:
    from parindex.results.survey_samples import RULES_FILE, SAMPLE_FILE, draw, write_sample

    with problems_said():
        with progress_bar(say("Chọn mẫu", "Drawing")):
            drawn = draw(design, seed=seed)
        write_sample(drawn, to)
        print_problems(drawn.notices)
        _print_drawn(drawn)
        out(say(f"Mẫu: {to / SAMPLE_FILE}", f"Sample: {to / SAMPLE_FILE}"))
        if any(row.role == "reserve" for row in drawn.sample.units):
            out(
                say(
                    f"Dự phòng và quy tắc: {to / RULES_FILE}; ghi khi thay: parindex survey replace {to} --unit …",
                    f"Reserves and their rules: {to / RULES_FILE}; record one: parindex survey replace {to} --unit …",
                )
            )


def _print_drawn(drawn: Drawn) -> None:
    headings = (
        say("Cấp", "Level"),
        say("Được chọn", "Drawn"),
        say("Chắc chắn", "Certain"),
        say("Dự phòng", "Reserves"),
        say("Trong khung", "In the frame"),
        say("Xác suất nhỏ nhất", "Least chance"),
        say("Xác suất lớn nhất", "Greatest chance"),
    )
    lines = []
    certain: list[str] = []
    for stage_number, stage in enumerate(drawn.design.listed_stages, 1):
        rows = [row for row in drawn.sample.units if row.stage == stage_number]
        main = [row for row in rows if row.in_sample]
        # Below a primary unit a certain unit is no stratum: its chance is 1, that is all.
        certain += [row.code for row in main if row.certain and row.stratum.endswith(f"/{row.code}")]
        groups = {(row.parent, row.stratum): row.group_units for row in main}
        chances = [row.inclusion for row in main]
        lines.append(
            (
                stage.unit,
                number(len(main)),
                number(sum(row.certain for row in main)),
                number(sum(row.role == "reserve" for row in rows)),
                number(sum(groups.values())),
                number(min(chances), 6) if chances else "–",
                number(max(chances), 6) if chances else "–",
            )
        )
    print_table(headings, lines, right=tuple(range(1, 7)))
    if certain:
        shown = ", ".join(certain[:8]) + (" …" if len(certain) > 8 else "")
        out(
            say(
                f"Chắc chắn được chọn ({len(certain)}): {shown}. Mỗi đơn vị là một tầng riêng.",
                f"Taken with certainty ({len(certain)}): {shown}. Each is a stratum of its own.",
            )
        )
    freedom = drawn.sample.degrees_of_freedom
    least, most = min(freedom.values()), max(freedom.values())
    out(
        say(
            f"{len(freedom)} tỉnh; bậc tự do mỗi tỉnh từ {least} đến {most}",
            f"{len(freedom)} provinces; degrees of freedom in a province {least} to {most}",
        )
    )
    if least < 1:
        none = ", ".join(code for code, each in freedom.items() if each < 1)
        out(say(f"Không có khoảng tin cậy cho: {none}", f"No interval can be given for: {none}"))


def replace(
    folder: Annotated[
        Path, typer.Argument(help=say("Thư mục mẫu (có sample.csv).", "Folder of the sample (with sample.csv)."))
    ],
    unit: Annotated[
        str | None,
        typer.Option(
            "--unit",
            help=say("Đơn vị bị thay (mã trong sample.csv).", "The unit replaced (a code of sample.csv)."),
            show_default=False,
        ),
    ] = None,
    contacts: Annotated[
        int, typer.Option("--contacts", min=0, max=1000, help=say("Đã liên hệ mấy lần.", "How often it was contacted."))
    ] = 0,
    reason: Annotated[
        str, typer.Option("--reason", help=say("Lý do thay.", "Why it is replaced."), show_default=False)
    ] = "",
    reserve: Annotated[
        str | None,
        typer.Option(
            "--reserve",
            help=say(
                "Đơn vị dự phòng; bỏ qua là đơn vị đến lượt.", "The reserve; without it the one whose turn it is."
            ),
            show_default=False,
        ),
    ] = None,
) -> None:
    if unit is None and (contacts or reason or reserve):
        raise typer.BadParameter(say("cần --unit", "needs --unit"), param_hint="--unit")
    if unit is not None and not reason.strip():
        raise typer.BadParameter(say("cần nêu lý do", "a reason is needed"), param_hint="--reason")

    from parindex.problems import Problems
    from parindex.results.survey_samples import REPLACEMENTS_FILE, read_sample_folder, release

    with problems_said():
        if unit is None:
            problems = Problems()
            held = read_sample_folder(folder, problems)
            problems.raise_if_any()
            assert held is not None
            used = {each.reserve for each in held.replacements}
            headings = (
                say("Bị thay", "Replaced"),
                say("Dự phòng", "Reserve"),
                say("Liên hệ", "Contacts"),
                say("Lý do", "Reason"),
            )
            if held.replacements:
                lines = [(each.unit, each.reserve, str(each.contacts), each.reason) for each in held.replacements]
                print_table(headings, lines, right=(2,))
            free = [row for row in held.drawn if row.role == "reserve" and row.code not in used]
            out(
                say(
                    f"{len(held.replacements)} lần thay; còn {len(free)} đơn vị dự phòng.",
                    f"Replaced: {len(held.replacements)}; reserves left: {len(free)}.",
                )
            )
            return
        done = release(folder, unit, contacts=contacts, reason=reason, reserve=reserve)
        made = done.replacement
        out(
            say(
                f"{made.reserve} thay cho {made.unit}: {made.reason}",
                f"{made.reserve} stands in for {made.unit}: {made.reason}",
            )
        )
        people = sum(row.take or 0 for row in done.units)
        codes = ", ".join(row.code for row in done.units)
        out(
            say(
                f"Đến phỏng vấn: {codes} ({number(people)} người). Ghi trong {folder / REPLACEMENTS_FILE}",
                f"Now to interview: {codes} ({number(people)} people). Recorded in {folder / REPLACEMENTS_FILE}",
            )
        )
