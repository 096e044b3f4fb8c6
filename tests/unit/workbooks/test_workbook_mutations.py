"""Whatever the bytes are: a workbook, or problems with words; never another exception, never a hang."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from handmade_workbooks import Parts, parts_of, sheet_part, zipped
from hypothesis import given, settings
from hypothesis import strategies as st

from parindex.workbooks import Limits, Workbook, read_workbook, read_workbooks
from parindex.workbooks.refusals import Refused
from parindex.workbooks.reply import decode
from parindex.workbooks.xml_scan import MalformedXml, count_of_plain_cells, scan_sheet

ROWS = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="2"><v>45000</v></c><c r="C1" t="b"><v>1</v></c></row>'
    '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="e"><v>#N/A</v></c>'
    '<c r="C2" t="inlineStr"><is><t>chữ</t></is></c></row>'
)
PARTS: Parts = parts_of(ROWS)
GOOD = zipped(PARTS)
LIMITS = Limits(wall_seconds=5, cpu_seconds=3)


def read_or_refuse(content: bytes) -> None:
    (result,) = read_workbooks([("P07.xlsx", content)], limits=LIMITS)
    if isinstance(result, Workbook):
        assert result.sheets
    else:
        assert result
        for problem in result:
            assert problem.words("vi")
            assert problem.words("en")
            assert problem.code != "WORKBOOK-TIME"


changes = st.lists(st.tuples(st.integers(0, 1 << 20), st.binary(min_size=0, max_size=6), st.integers(0, 8)), max_size=8)


def changed(content: bytes, edits: list[tuple[int, bytes, int]]) -> bytes:
    for at, new, cut in edits:
        at %= len(content) + 1
        content = content[:at] + new + content[at + cut :]
    return content


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(changes)
def test_changed_bytes_of_the_file(edits):
    read_or_refuse(changed(GOOD, edits))


@pytest.mark.slow
@settings(max_examples=600, deadline=None)
@given(st.sampled_from(sorted(PARTS)), changes)
def test_changed_bytes_of_a_part_in_a_sound_package(part, edits):
    content = PARTS[part]
    raw = content.encode() if isinstance(content, str) else content
    read_or_refuse(zipped({**PARTS, part: changed(raw, edits)}))


MARKUP = """<c>|</c>|<c r="B7">|<c r="a1" t="e">|<v>|</v>|1|1e999|<f>|</f>|<f t="array" ref="A1:C9">|<is>|</is>
|<t>|</t>|<row r="3">|<row>|</row>|<x:c xmlns:x='y'>|</x:c>|&#9;| |<v/>""".replace("\n", "").split("|")
words = st.sampled_from(MARKUP)


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(st.lists(words, max_size=25).map("".join))
def test_any_order_of_the_elements_of_a_sheet(rows):
    read_or_refuse(zipped(parts_of(rows)))


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_after_the_signature(content):
    read_or_refuse(b"PK\x03\x04" + content)


def test_one_changed_bit_in_each_of_many_places():
    stride = max(len(GOOD) // 150, 1)
    for at in range(0, len(GOOD), stride):
        read_or_refuse(GOOD[:at] + bytes([GOOD[at] ^ 1 << at % 8]) + GOOD[at + 1 :])


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 2**70)
    | st.floats()
    | st.sampled_from(["", "d", "D", "u", "2024-01-01", "1 2 3"]),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from(["book", "refused", "code", "x"]), inner, max_size=3)
    ),
    max_leaves=25,
)


@pytest.mark.slow
@settings(max_examples=500, deadline=None)
@given(
    json_values
    | st.fixed_dictionaries({"refused": st.lists(json_values, max_size=2)})
    | st.fixed_dictionaries({"book": st.tuples(st.lists(json_values, max_size=2), json_values, json_values)})
    | st.fixed_dictionaries(
        {
            "book": st.tuples(
                st.lists(
                    st.tuples(
                        st.just("1"),
                        st.just(False),
                        st.lists(st.tuples(st.just(1), st.just(1), st.lists(json_values, max_size=4)), max_size=2),
                        st.lists(st.tuples(st.just(1), st.just(1), json_values), max_size=2),
                        st.lists(st.tuples(json_values, st.just(1), json_values), max_size=2),
                    ),
                    max_size=2,
                ),
                st.just({}),
                st.just({}),
            )
        }
    )
)
def test_an_answer_of_another_shape_is_a_value_error(answer):
    with suppress(ValueError):
        decode(json.dumps(answer).encode(), "P07.xlsx")


@pytest.mark.parametrize(
    "payload", [b"", b"[" * 100_000, b"\xff", b"9" * 5000, b"{}", b'{"refused": []}', b'{"book": [1, {}, {}]}']
)
def test_an_answer_that_is_none(payload):
    with pytest.raises(ValueError, match=r"."):
        decode(payload, "P07.xlsx")


def test_a_good_workbook_is_read_as_control():
    assert read_workbook("P07.xlsx", GOOD).sheets[0].row_count == 2
    assert zipped(PARTS) == GOOD


@settings(max_examples=500, deadline=None)
@given(
    st.lists(
        words | st.sampled_from(['<c r="B7" s="1">', '<c r="B8"/>', '<c r="GS1">', '<c r="B9999">', '<c r="B99999">'])
    )
)
def test_the_short_way_never_calls_plain_what_the_scan_would_mark(pieces):
    content = sheet_part("".join(pieces)).encode()
    limits = Limits()
    percent = frozenset({"1"})
    if count_of_plain_cells(content, limits, percent) is None:
        return
    try:
        scan = scan_sheet(content, "1", limits, limits.cells, percent)
    except MalformedXml:
        return  # refused before either is asked
    except Refused as refused:
        # A value outside of any cell: the reader has its own word on that.
        assert [finding.values.get("detail") for finding in refused.findings] == ["<c>"]
        return
    assert set(scan.flags.values()) <= {0}
    assert scan.errors == {}
