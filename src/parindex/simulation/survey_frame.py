"""A made-up sampling frame: provinces with districts, communes and villages of believable sizes, none of them real.

Codes carry "M" (mô phỏng): P63-31-M03-007-02 is no place. Each province is made from its own stream of chance, so that
one does not depend on another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.random import PCG64, Generator
from numpy.typing import NDArray

from parindex.survey.frame import FrameLayout

FRAME_FILE: Final = "frame.csv"
LEVELS: Final = ("province", "district", "commune", "village")
LAYOUT: Final = FrameLayout(LEVELS, "people", ("part",))
CAPITAL, REST = "capital", "rest"
FRAME_COLUMNS: Final = (*LEVELS, "part", "urban", "remote", "people", "basis")

# Choices of the generator, near the country's: 1.1 million adults, 11 districts in a middling province, some 6,800
# adults in a commune, 790 in a village.
_ADULTS = 1_100_000
_DISTRICTS, _FEWEST_DISTRICTS, _MOST_DISTRICTS = 10.8, 8, 30
_COMMUNE, _FEWEST_COMMUNES = 6_800, 6
_VILLAGE, _FEWEST_VILLAGES, _SMALLEST_VILLAGE = 790, 4, 120
_SPREAD = 0.32
"""Of the logarithm of sizes: the larger of two neighbours has often half again as many people."""


def stream(seed: int, *words: str) -> Generator:
    """The chance of one part of the simulation, named by words. NumPy may change what a generator makes of the same
    bits from one version to the next; within a version it does not."""
    name = "\x1f".join((str(seed), *words))
    return Generator(PCG64(int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "big")))


@dataclass(frozen=True, slots=True)
class Village:
    """One listed village. `people` are adults; `part` says whether its district is the provincial capital."""

    province: str
    district: str
    commune: str
    village: str
    part: str
    urban: bool
    remote: bool
    people: int


def made_frame(provinces: Sequence[str], sizes: Mapping[str, float], seed: int) -> tuple[Village, ...]:
    """Every village of every province, in the order of codes within each. `sizes`: 1 is a middling province."""
    return tuple(village for code in provinces for village in _province(code, sizes.get(code, 1.0), seed))


def _province(code: str, size: float, seed: int) -> list[Village]:
    chance = stream(seed, "frame", code)
    adults = _ADULTS * size * chance.uniform(0.85, 1.15)
    count = int(np.clip(round(_DISTRICTS * size**0.6 * chance.uniform(0.85, 1.15)), _FEWEST_DISTRICTS, _MOST_DISTRICTS))
    shares = np.exp(_SPREAD * chance.standard_normal(count))
    shares[0] = shares[1:].sum() * (0.2 if size < 2 else 0.08) * chance.uniform(0.8, 1.2)  # the capital
    remote = chance.random(count) < 0.25
    found: list[Village] = []
    for at, people in enumerate((adults * shares / shares.sum()).tolist()):
        district = f"{code}-M{at + 1:02d}"
        part = REST if at else CAPITAL
        for number, in_commune in enumerate(_shared(people, _COMMUNE, _FEWEST_COMMUNES, chance).tolist(), start=1):
            commune = f"{district}-{number:03d}"
            urban = not at or number == 1  # all of the capital, and the town of a district
            far = bool(at and remote[at] and number > 1)
            villages = _shared(in_commune, _VILLAGE, _FEWEST_VILLAGES, chance)
            found += [
                Village(code, district, commune, f"{commune}-{each:02d}", part, urban, far, adults_there)
                for each, adults_there in enumerate(
                    np.maximum(np.rint(villages), _SMALLEST_VILLAGE).astype(int).tolist(), start=1
                )
            ]
    return found


def _shared(people: float, usual: int, fewest: int, chance: Generator) -> NDArray[np.float64]:
    """`people` divided among as many places as the usual size asks for."""
    count = max(round(people / usual * chance.uniform(0.9, 1.1)), fewest)
    shares = np.exp(_SPREAD * chance.standard_normal(count))
    return np.asarray(people * shares / shares.sum(), dtype=np.float64)


def frame_bytes(villages: Sequence[Village]) -> bytes:
    """frame.csv. Every row says `simulated`."""
    lines = [",".join(FRAME_COLUMNS)]
    lines += [
        f"{v.province},{v.district},{v.commune},{v.village},{v.part},{v.urban:d},{v.remote:d},{v.people},simulated"
        for v in villages
    ]
    return ("\n".join(lines) + "\n").encode()


def sample_yaml(seed: int, provinces: int, people: int) -> bytes:
    """sample.yaml: in each province the capital, which is certain, and two other districts; two communes in each,
    three villages in each, `people` persons in each village."""
    return f"""\
# Mẫu của cuộc khảo sát mô phỏng. Số liệu mô phỏng, không phải kết quả chính thức.
# Sample of the simulated survey. Simulated figures, not an official result.
#
# Tỉnh lỵ là một tầng riêng nên chắc chắn được chọn; hai huyện khác được chọn theo quy mô.
# The capital is a stratum of its own, hence certain; two other districts are drawn by size.
sample: "sipas-mo-phong"
seed: {seed}
frame:
  file: {FRAME_FILE}
  levels: [{", ".join(LEVELS)}]
  size: people
  strata: [part]
stages:
  - {{unit: district, method: pps_systematic, take: allocated}}
  - {{unit: commune, method: pps_systematic, take: 2}}
  - {{unit: village, method: pps_systematic, take: 3}}
  - {{unit: person, method: simple_random, take: {people}}}
allocation: {{kind: equal, total: {3 * provinces}, least: 3}}
certainty_take: same
contacts_before_reserve: 3
""".encode()
