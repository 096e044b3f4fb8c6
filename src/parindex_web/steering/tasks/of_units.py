"""What waits for who fills in, coordinates or signs the file of a unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db.models import Count
from django.urls import reverse

from parindex.language import Text
from parindex_web.accounts.permissions import Rights, Target
from parindex_web.appraise.marking import Blind
from parindex_web.appraise.models import BlindMarking, Explanation, Finding
from parindex_web.collect.models import Line
from parindex_web.collect.queries import BONUS
from parindex_web.editions.deadlines import closing, closing_of_file
from parindex_web.editions.models import Edition, UnitFile
from parindex_web.editions.moves import STANDINGS
from parindex_web.steering.findings import counting_findings
from parindex_web.steering.tasks.kinds import Found, Task, Way, plain


def unit_tasks(rights: Rights, editions: Sequence[Edition]) -> Iterator[Found]:
    """What waits for who fills in, coordinates or signs the file of a unit. A few queries for all editions."""
    by_pk = {each.pk: each for each in editions}
    units = {unit for each in editions for unit in rights.units(each.code) or ()}
    if not units:
        return
    files = [
        each
        for each in UnitFile.objects.filter(edition__in=editions, unit__in=units).prefetch_related("extensions")
        if each.unit in (rights.units(by_pk[each.edition_id].code) or ())
    ]
    rows = Line.objects.filter(unit_file__in=files, unit_file__standing="draft")
    lines: dict[int, list[Line]] = {}
    for line in rows.annotate(cited=Count("citations")).order_by("order"):
        lines.setdefault(line.unit_file_id, []).append(line)
    asked = _asked_of([each for each in files if each.standing == "explaining"])
    for unit_file in files:
        unit_file.edition = by_pk[unit_file.edition_id]
        for task in _of_unit(rights, unit_file, lines.get(unit_file.pk, ()), asked):
            yield unit_file.edition, task


def _of_unit(
    rights: Rights, unit_file: UnitFile, lines: Iterable[Line], asked: Mapping[int, Sequence[Line]]
) -> Iterator[Task]:
    code, unit = unit_file.edition.code, unit_file.unit
    target = Target(code, unit)
    standing, stage = unit_file.standing, unit_file.edition.stage
    there = reverse("unit", args=[code, unit])
    fills = rights.may("evidence.add", target)
    if stage == "preparing":
        return
    if standing == "draft" and fills:
        yield from _to_fill(rights, unit_file, list(lines))
    elif standing == "draft":
        closes = closing_of_file(unit_file, "self_assessment")
        yield Task(
            None,
            Text("Đơn vị đang tự chấm, chưa trình phê duyệt", "The unit is still filling in its file"),
            there,
            closes,
            waits=True,
        )
    elif standing == "consolidated":
        closes = closing(unit_file, "self_assessment")
        may = rights.may("unit.sign", target)
        yield Task(
            1 if may else None,
            Text("hồ sơ chờ bạn phê duyệt", "file waits for your signature")
            if may
            else Text("Hồ sơ đã tổng hợp, chờ phê duyệt", "The file is consolidated and waits for signature"),
            there,
            closes,
            waits=not may,
        )
    elif standing == "explaining":
        mine = [
            each for each in asked.get(unit_file.pk, ()) if rights.may("line.explain", Target(code, unit, each.domain))
        ]
        closes = closing(unit_file, "explanation")
        page = reverse("appraisal_unit", args=[code, unit])
        if mine:
            where = tuple(
                Way(plain(each.node), reverse("appraisal_line", args=[code, unit, each.node])) for each in mine[:12]
            )
            yield Task(
                len(mine),
                Text(
                    "mục bị điều chỉnh hoặc được hỏi, chưa giải trình",
                    "lines changed or asked about, not yet answered",
                ),
                page,
                closes,
                where=where,
            )
        elif rights.may("unit.close_explaining", target):
            yield Task(
                None,
                Text(
                    "Đã giải trình đủ: khóa giải trình để thẩm định lần 2",
                    "All answered: lock the explanations for appraisal 2",
                ),
                page,
                closes,
            )
        else:
            yield Task(None, Text("Đơn vị đang giải trình", "The unit is explaining"), page, closes, waits=True)
    else:
        what = {"signed": "appraisal_1", "explained": "appraisal_2"}.get(standing, "")
        yield Task(
            None,
            Text(f"Hồ sơ {STANDINGS[standing].vi}", f"The file is {STANDINGS[standing].en}"),
            reverse("appraisal_unit", args=[code, unit]) if standing != "signed" else there,
            closing(unit_file, what) if what else None,
            waits=True,
        )


def _to_fill(rights: Rights, unit_file: UnitFile, lines: Sequence[Line]) -> Iterator[Task]:
    code, unit = unit_file.edition.code, unit_file.unit
    mine = [each for each in lines if rights.may("line.fill", Target(code, unit, each.domain))]
    closes = closing_of_file(unit_file, "self_assessment")
    coordinates = rights.may("unit.consolidate", Target(code, unit))
    kinds: list[tuple[list[Line], Text]] = [
        (
            [each for each in mine if each.standing == "returned"],
            Text("mục bị trả lại, cần sửa", "lines returned for correction"),
        ),
        (
            [each for each in mine if each.domain and not each.values and not each.explanation],
            Text("mục chưa điền", "lines not filled in"),
        ),
        (
            [each for each in mine if each.values and not each.cited and not each.explanation],  # type: ignore[attr-defined]
            Text("mục có số liệu nhưng thiếu tài liệu kiểm chứng", "lines with figures but without evidence"),
        ),
    ]
    something = False
    for rows, says in kinds:
        if not rows:
            continue
        something = True
        why = next(
            (
                f"{each.node}: {each.returned_reason}"
                for each in rows
                if each.standing == "returned" and each.returned_reason
            ),
            "",
        )
        where = tuple(_by_domain(code, unit, rows))
        yield Task(len(rows), says, where[0].url, closes, why=why, where=where if len(where) > 1 else ())
    ready = [each for each in mine if each.version and each.standing == "open"]
    there = reverse("unit_lines", args=[code, unit])
    if ready and not coordinates:
        yield Task(len(ready), Text("mục đã điền, chưa gửi đầu mối", "lines filled in, not handed in"), there, closes)
    handed = [each for each in mine if each.standing == "handed_in"]
    if handed:
        yield Task(
            len(handed),
            Text("mục đã gửi, chờ đầu mối tổng hợp", "lines handed in, with the coordinator")
            if not coordinates
            else Text("mục cán bộ đã gửi, chờ bạn xem", "lines handed in, for you to look at"),
            there,
            closes,
            waits=not coordinates,
        )
    if coordinates and not something:
        yield Task(
            None,
            Text(
                "Mọi mục đã điền: tổng hợp và trình phê duyệt",
                "Every line is filled in: consolidate and send for signature",
            ),
            reverse("unit", args=[code, unit]),
            closes,
        )


def _asked_of(files: Sequence[UnitFile]) -> dict[int, list[Line]]:
    """Lines that a unit was asked about or that were changed, without a reply yet. Three queries, or none."""
    if not files:
        return {}
    rows = list(
        Finding.objects.filter(line__unit_file__in=files, round="appraisal_1").select_related("line").order_by("pk")
    )
    nodes: dict[int, set[str]] = {each.edition_id: set() for each in files}
    for edition, node in BlindMarking.objects.filter(edition__in=list(nodes)).values_list("edition", "node"):
        nodes[edition].add(node)
    edition_of = {each.pk: each.edition_id for each in files}
    replied = set(Explanation.objects.filter(line__unit_file__in=files).values_list("line", flat=True))
    found: dict[int, list[Line]] = {}
    for edition, marked_twice in nodes.items():
        here = [row for row in rows if edition_of[row.line.unit_file_id] == edition]
        lines = {row.line_id: row.line for row in here}
        blind = Blind("" in marked_twice, frozenset(marked_twice - {""}))
        told = {pk: (line.node, line.saved_at) for pk, line in lines.items()}
        for (pk, _), finding in counting_findings(here, blind, told).items():
            if finding.outcome != "accept" and pk not in replied:
                found.setdefault(lines[pk].unit_file_id, []).append(lines[pk])
    for each in found.values():
        each.sort(key=lambda line: line.order)
    return found


def _by_domain(code: str, unit: str, rows: Sequence[Line]) -> Iterator[Way]:
    domains: dict[str, list[Line]] = {}
    for row in rows:
        domains.setdefault(row.domain or BONUS, []).append(row)
    for domain, lines in domains.items():
        there = reverse("unit_domain", args=[code, unit, domain]) + f"#line-{lines[0].node}"
        name = Text("điểm thưởng", "bonus") if domain == BONUS else Text(f"lĩnh vực {domain}", f"domain {domain}")
        yield Way(Text(f"{name.vi} ({len(lines)})", f"{name.en} ({len(lines)})"), there)
