"""generator.yaml: what a generator holds fast, and its own choices, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from parindex.documents.shapes import Anything, Code, Fields, Key, ListOf, MapOf, Number, Reading, Record, Shape, Whole
from parindex.documents.text_files import read_bytes
from parindex.documents.yaml_nodes import compose
from parindex.language import Text
from parindex.problems import Problems, ProblemsFound

SETTINGS_FILE = "generator.yaml"


def _must(shape: Shape, vi: str, en: str) -> Key:
    return Key(shape, Text(vi, en), required=True)


_PERCENT = Number(low=Decimal(0), high=Decimal(100))
_SHARE = Number(low=Decimal(0), high=Decimal(1))
_FACTOR = Number(above=Decimal(0), high=Decimal(20))
_UNITS = ListOf(Code(), least=1)
_COUNTS = MapOf(Whole(), key_form="[A-Z]+")

NATIONAL = Record(
    {
        "edition": Key(Anything(), Text("kỳ", "edition")),
        "year": Key(Anything(), Text("năm", "year")),
        "seed": _must(Whole(), "số khởi tạo", "the seed"),
        "files": Key(Anything(), Text("tệp đã công bố", "published files")),
        "index": _must(
            Record(
                {
                    "above_mean": _must(Whole(), "số tỉnh trên trung bình", "provinces above the mean"),
                    "groups": _must(_COUNTS, "số tỉnh mỗi nhóm", "provinces in each group"),
                    "low": _must(_PERCENT, "thấp nhất", "the lowest"),
                    "decimals": Key(Anything(), Text("số chữ số thập phân", "decimals")),
                }
            ),
            "chỉ số",
            "index",
        ),
        "tolerance": Key(Anything(), Text("sai lệch cho phép", "tolerance")),
        "sipas": _must(
            Record(
                {
                    "mean": _must(_PERCENT, "trung bình", "mean"),
                    "low": _must(_PERCENT, "thấp nhất", "lowest"),
                    "high": _must(_PERCENT, "cao nhất", "highest"),
                    "closeness": _must(_SHARE, "độ gần PAR INDEX", "closeness to PAR INDEX"),
                }
            ),
            "SIPAS",
            "SIPAS",
        ),
        "max_points": Key(Anything(), Text("điểm tối đa theo cách đánh giá", "maximum points by method")),
        "forms": _must(Whole(1), "số phiếu cán bộ cả nước", "forms of officials, all provinces"),
        "national_growth": _must(Number(), "tăng trưởng cả nước, %", "national growth, %"),
        "settled_dossiers": _must(Whole(1), "hồ sơ giải quyết trong năm, cả nước", "dossiers settled, all provinces"),
        "sizes": _must(
            ListOf(
                Record(
                    {
                        "factor": _must(_FACTOR, "hệ số", "factor"),
                        "units": _must(_UNITS, "các tỉnh", "provinces"),
                    }
                )
            ),
            "quy mô; tỉnh không nêu là 1",
            "sizes; 1 for provinces not named",
        ),
    },
    title="generator",
)

INTERNAL = Record(
    {
        "seed": _must(Whole(), "số khởi tạo", "the seed"),
        "classes": _must(MapOf(_COUNTS), "số đơn vị mỗi xếp loại", "units in each class"),
        "bonus_at_cap": _must(_UNITS, "đơn vị đạt trần điểm thưởng", "units at the bonus cap"),
        "penalty_at_cap": _must(_UNITS, "đơn vị chạm trần điểm trừ", "units at the penalty cap"),
        "forms": _must(Whole(1), "số phiếu mỗi sở", "forms for each department"),
    },
    title="generator",
)


@dataclass(frozen=True, slots=True)
class NationalSettings:
    """Settings of the national example. `sizes` by unit; a unit that is not there has size 1.

    `settled_dossiers`: about how many all provinces together settle in the year, over the three levels.
    """

    seed: int
    above_mean: int
    at_least_90: int
    low: Decimal
    sipas_mean: Decimal
    sipas_low: Decimal
    sipas_high: Decimal
    closeness: Decimal
    forms: int
    national_growth: Decimal
    settled_dossiers: int
    sizes: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class InternalSettings:
    """Settings of a province's own index: units aimed at in each class of each list, and who reaches the caps."""

    seed: int
    classes: Mapping[str, Mapping[str, int]]
    bonus_at_cap: tuple[str, ...]
    penalty_at_cap: tuple[str, ...]
    forms: int


def _fields(folder: Path, shape: Record) -> Fields:
    problems = Problems()
    content = read_bytes(folder / SETTINGS_FILE, SETTINGS_FILE, problems)
    document = compose(content, SETTINGS_FILE, problems) if content is not None else None
    fields = shape.read(document.root, Reading(document, problems)) if document is not None else None
    if not isinstance(fields, Fields) or problems.errors:
        raise ProblemsFound(problems.sorted())
    return fields


def national_settings(folder: Path) -> NationalSettings:
    """Read generator.yaml of the national example. Raises `ProblemsFound`."""
    fields = _fields(folder, NATIONAL)
    index, sipas = fields["index"], fields["sipas"]
    return NationalSettings(
        seed=fields["seed"],
        above_mean=index["above_mean"],
        at_least_90=index.entries("groups").get("A", 0),
        low=index["low"],
        sipas_mean=sipas["mean"],
        sipas_low=sipas["low"],
        sipas_high=sipas["high"],
        closeness=sipas["closeness"],
        forms=fields["forms"],
        national_growth=fields["national_growth"],
        settled_dossiers=fields["settled_dossiers"],
        sizes={unit: float(row["factor"]) for row in fields.items("sizes") for unit in row.items("units")},
    )


def internal_settings(folder: Path) -> InternalSettings:
    """Read generator.yaml of the example of a province's own index. Raises `ProblemsFound`."""
    fields = _fields(folder, INTERNAL)
    return InternalSettings(
        seed=fields["seed"],
        classes={code: dict(counts.values) for code, counts in fields.entries("classes").items()},
        bonus_at_cap=fields.items("bonus_at_cap"),
        penalty_at_cap=fields.items("penalty_at_cap"),
        forms=fields["forms"],
    )
