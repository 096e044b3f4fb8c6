"""What the national example holds fast, read from its committed files, and targets that fit all that is printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from parindex.documents.csv_rows import CsvRow, read_rows
from parindex.documents.text_files import read_bytes
from parindex.language import Text
from parindex.problems import ProblemKind, Problems, ProblemsFound
from parindex.programme.edition import Edition, UnitList
from parindex.results.reading import read_programme
from parindex.scoring.rule_book import RuleBook
from parindex.simulation.generator_settings import NationalSettings, national_settings
from parindex.simulation.targets import Anchor, TargetsImpossible, UnitInRegion, sipas_targets, target_indexes
from parindex.sources import Place

SIMULATION_TARGETS = ProblemKind(
    "SIMULATION-TARGETS",
    what=Text("không xếp được giá trị khớp mọi số đã công bố: {says}", "no values fit every published figure: {says}"),
    why=Text("", ""),
    remedy=Text("Chọn số khởi tạo khác, hoặc sửa tệp này.", "Choose another seed, or correct this file."),
)


@dataclass(frozen=True)
class NationalTargets:
    """The programme of the national edition made with `seed`, and its `index` and `sipas` by province.

    Both are percentages with two decimals.
    """

    seed: int
    edition: Edition
    books: Mapping[str, RuleBook]
    settings: NationalSettings
    index: Mapping[str, Decimal]
    sipas: Mapping[str, Decimal]

    @property
    def unit_list(self) -> UnitList:
        return self.edition.lists[0]

    @property
    def book(self) -> RuleBook:
        return self.books[self.unit_list.code]


def national_targets(source: Path, seed: int | None) -> NationalTargets:
    """Read the committed files and fill the gaps between printed figures; `seed` None takes that of generator.yaml.

    Raises `ProblemsFound` when the committed files are wrong, or no targets fit the published figures.
    """
    settings = national_settings(source)
    seed = settings.seed if seed is None else seed
    problems = Problems()
    edition, books, _ = read_programme(source, problems, examples=False)
    if edition is None or problems.errors:
        raise ProblemsFound(problems.sorted())
    index, sipas = _targets(source, edition.lists[0], settings, _anchors(source, "sipas.csv"), seed)
    return NationalTargets(seed, edition, books, settings, index, sipas)


def _anchors(source: Path, name: str) -> list[Anchor]:
    rows = _rows(source, name, ("unit", "value", "rank"))
    return [
        Anchor(
            row["unit"],
            Decimal(row["value"]) if row["value"] else None,
            int(row["rank"]) if row["rank"] else None,
        )
        for row in rows
        if not row["node"]
    ]


def _rows(source: Path, name: str, columns: Sequence[str]) -> list[CsvRow]:
    problems = Problems()
    content = read_bytes(source / name, name, problems)
    rows = read_rows(content, name, problems, columns=columns, others=True) if content is not None else []
    for row in rows:
        for column in ("value", "rank"):
            row.decimal(column, problems)
    problems.raise_if_any()
    return rows


def _targets(
    source: Path, unit_list: UnitList, settings: NationalSettings, published_sipas: Sequence[Anchor], seed: int
) -> tuple[Mapping[str, Decimal], Mapping[str, Decimal]]:
    """Index and SIPAS of every province, in percent with two decimals."""
    means = _rows(source, "means.csv", ("scope", "code", "value"))
    try:
        index = target_indexes(
            units=[UnitInRegion(unit.code, unit.region or "") for unit in unit_list.units],
            anchors=_anchors(source, "published.csv"),
            region_means={row["code"]: Decimal(row["value"]) for row in means if row["scope"] == "region"},
            national_mean=next(Decimal(row["value"]) for row in means if row["scope"] == "all"),
            above_mean=settings.above_mean,
            at_least_90=settings.at_least_90,
            low=settings.low,
            seed=seed,
        )
        sipas = sipas_targets(
            units=[unit.code for unit in unit_list.units],
            anchors=published_sipas,
            index=index,
            mean=settings.sipas_mean,
            low=settings.sipas_low,
            high=settings.sipas_high,
            closeness=float(settings.closeness),
            seed=seed,
        )
    except TargetsImpossible as impossible:
        problems = Problems()
        problems.add(SIMULATION_TARGETS, Place("published.csv"), says=impossible.constraint)
        raise ProblemsFound(problems.sorted()) from impossible
    return index, sipas
