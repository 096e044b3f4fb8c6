"""What records say of a leaf: the count beside the claim, numerator and denominator, whom it counts, which records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from parindex.language import Language, Text, half_up, number
from parindex.programme.counted import COUNTED_PARTS
from parindex.programme.framework import InputSpec
from parindex.results.result_tables import ResultTables
from parindex.results.steps import Step, both, plain, source_of, where
from parindex.tables.counted import COUNTED_REASONS, Counted
from parindex.tables.flow import POINTS_INPUT, Accepted
from parindex.tables.measured import Measured


def records_step(
    result: ResultTables, rows: Sequence[Counted], specs: Mapping[str, InputSpec], accepted: Sequence[Accepted]
) -> Step:
    """The counts of one leaf and unit: each input with its claim and what became of it, then each measure."""
    over = [row for row in rows if row.difference is not None and row.difference > 0]
    under = [row for row in rows if row.difference is not None and row.difference < 0]
    empty = [row for row in rows if row.counted is None]
    if over:
        says = Text("tự đánh giá cao hơn số đếm", "more is claimed than is counted")
    elif under:
        says = Text("tự đánh giá thấp hơn số đếm", "less is claimed than is counted")
    elif len(empty) == len(rows):
        says = Text("không đếm được", "not counted")
    elif all(row.claimed is None for row in rows):
        says = Text("đơn vị không khai", "the unit claims nothing")
    else:
        says = Text("đúng như tự đánh giá", "as is claimed")
    final = {row.input: row for row in accepted if row.stage == "final"}
    steps = [_input(row, specs.get(row.input), final.get(POINTS_INPUT) or final.get(row.input)) for row in rows]
    steps += _measures(result, rows)
    return Step("records", rows[0].node, Text("đếm từ hồ sơ", "counted from records"), says, {}, tuple(steps))


def _input(row: Counted, spec: InputSpec | None, final: Accepted | None) -> Step:
    label = spec.label if spec is not None else Text(row.input, row.input)

    def amount(value: Decimal, language: Language) -> str:
        text = number(value, language)
        if spec is not None and spec.type == "percent":
            return f"{text} %"
        return f"{text} {spec.unit.in_(language)}" if spec is not None and spec.unit is not None else text

    def says(language: Language) -> str:
        parts = []
        if row.counted is None:
            reason = COUNTED_REASONS[row.reason or "no_records"].in_(language)
            parts.append(Text(f"không đếm được ({reason})", f"not counted ({reason})").in_(language))
        else:
            value = amount(row.counted, language)
            parts.append(Text(f"đếm được {value}", f"counted {value}").in_(language))
        if row.claimed is None:
            parts.append(Text("không khai", "nothing claimed").in_(language))
        else:
            value = amount(row.claimed, language)
            parts.append(Text(f"tự đánh giá {value}", f"claimed {value}").in_(language))
        if row.difference:
            size = number(abs(row.difference), language)
            more = Text("khai cao hơn", "claimed more by") if row.difference > 0 else Text("khai thấp hơn", "less by")
            parts.append(f"{more.in_(language)} {size}")
        if final is not None:
            parts.append(_taken(row, final).in_(language))
        return "; ".join(parts)

    figures = {
        "input": row.input,
        "claimed": plain(row.claimed),
        "counted": plain(row.counted),
        "difference": plain(row.difference),
        "accepted": final.value if final is not None else None,
        "basis": final.basis if final is not None else None,
        "decision": final.decision if final is not None else None,
        "measure": row.measure,
        "part": row.part,
        "reason": row.reason,
    }
    return Step("counted", row.input, label, both(says), figures)


def _taken(row: Counted, final: Accepted) -> Text:
    """Whether the accepted value is the count, and who decided."""
    by = Text("", "")
    if final.decision:
        by = Text(f" theo quyết định {final.decision}", f" by decision {final.decision}")
    elif final.basis == "records":
        by = Text(" theo quy định của kỳ", " by the setting of the edition")
    if final.input == POINTS_INPUT:
        return Text(f"điểm được ấn định{by.vi}", f"the points were set{by.en}")
    if row.counted is not None and Decimal(final.value) == row.counted:
        return Text(f"được chấp nhận đúng số đếm{by.vi}", f"accepted as counted{by.en}")
    value = Decimal(final.value)
    return Text(f"được chấp nhận {number(value, 'vi')}{by.vi}", f"accepted {number(value, 'en')}{by.en}")


def _measures(result: ResultTables, rows: Sequence[Counted]) -> Iterator[Step]:
    """Each measure once: its sentence, its numbers, and the digest of the records it was counted from."""
    for row in {each.measure: each for each in reversed(rows)}.values():
        measured = result.measured_of.get((row.unit, row.measure))

        def says(language: Language, row: Counted = row, measured: Measured | None = measured) -> str:
            text = Text(row.says_vi, row.says_en).in_(language)
            parts = list(_numbers(row, measured, language)) if measured is not None else []
            at = where(result, row.source, row.place)
            return " ".join([text, *([f"{'; '.join(parts)}."] if parts else []), at])

        figures = {
            "measure": row.measure,
            "numerator": plain(measured.numerator) if measured else None,
            "denominator": plain(measured.denominator) if measured else None,
            "value": plain(measured.value) if measured else None,
            "unknown": row.unknown,
            "records": row.records,
            "filter": {"vi": row.says_vi, "en": row.says_en},
            "digest": row.digest,
            **source_of(result, row.source, row.place),
        }
        steps = (_digest(row),) if row.digest is not None else ()
        title = Text(f"chỉ tiêu {row.measure}", f"measure {row.measure}")
        yield Step("measure", row.measure, title, both(says), figures, steps)


def _numbers(counted: Counted, row: Measured, language: Language) -> Iterator[str]:
    if row.reason is not None:
        reason = COUNTED_REASONS[row.reason].in_(language)
        yield Text(f"Trống: {reason}", f"Empty: {reason}").in_(language)
        return
    for part in ("numerator", "denominator", "value"):
        value: Decimal | None = getattr(row, part)
        if value is not None:
            share = " %" if part == "value" and counted.kind == "share" else ""
            shown = number(half_up(value, 4).normalize() + 0, language)
            yield f"{COUNTED_PARTS[part].in_(language)} {shown}{share}"
    if row.unknown:
        count = number(Decimal(row.unknown), language)
        yield Text(f"{count} bản ghi thiếu số liệu, không tính", f"{count} records lack the data").in_(language)


def _digest(row: Counted) -> Step:
    digest = row.digest or ""
    says = Text(
        f"{number(Decimal(row.records), 'vi')} bản ghi thuộc diện xét, sha256 {digest}",
        f"{number(Decimal(row.records), 'en')} records concerned, sha256 {digest}",
    )
    return Step("record_set", row.measure, Text("tập bản ghi", "record set"), says, {"digest": digest})
