"""Writes `answers.csv`, the invented sample by which R's survey package and parindex are compared.

    python make_data.py && Rscript make_oracle.R

Every trap stands in it: strata with one PSU, a stratum taken whole, a stratum where nobody answers q1, a PSU where
nobody does, codes that differ only in case, item non-response, a domain that cuts through PSUs, one that has a single
PSU of a stratum. `weight` = `base` × a factor of `sex` × a factor of `age`, so that post-stratifying or raking `base`
to the sums of these weights gives exactly them. Weights have at most six decimals.
"""

import csv
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
SEX = {"nam": 1.1, "nữ": 0.9}
AGE = {"18-34": 1.2, "35-54": 0.9, "55+": 1.0}
COLUMNS = [
    "id",
    "province",
    "stratum",
    "psu",
    "village",
    "lonely",
    "psus",
    "villages",
    "people",
    "base",
    "weight",
    "raked",
    "sex",
    "age",
    "q1",
    "q2",
    "q3",
    "satisfied",
    "visits",
    "paid",
]


def rows(random: np.random.Generator) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    number = 0
    for province in range(4):
        for part in range(3):
            stratum = f"{'Hh'[part % 2]}{province}{'' if part < 2 else 'b'}"
            lonely = (province, part) in ((1, 2), (3, 2))
            count = 1 if lonely else int(random.integers(2, 5))
            whole = (province, part) == (2, 2)  # all its PSUs were taken
            psus = count if whole else count + int(random.integers(3, 30))
            for place in range(count):
                psu = ("Xa", "xA", "XA", "xa", "x")[place]
                level = random.normal(3.4, 0.5)
                villages = int(random.integers(2, 4))
                in_population = villages + int(random.integers(1, 6))
                members = [(village, int(random.integers(2, 6))) for village in range(villages)]
                people = sum(size for _, size in members) * 7 + place
                for village, size in members:
                    for _ in range(size):
                        number += 1
                        sex = list(SEX)[int(random.integers(0, 2))]
                        age = list(AGE)[int(random.integers(0, 3))]
                        base = int(random.integers(2_000, 90_000)) / 100
                        answers = np.clip(np.round(random.normal(level, 1.0, 3)), 1, 5).astype(int)
                        visits = int(random.poisson(2))
                        row = {
                            "id": number,
                            "province": f"T{province}",
                            "stratum": stratum,
                            "psu": psu,
                            "village": f"v{village}",
                            "lonely": int(lonely),
                            "psus": psus,
                            "villages": in_population,
                            "people": people,
                            "base": f"{base:.2f}",
                            # The product has four decimals; the post-stratum factor is that of sex alone.
                            "weight": f"{base * SEX[sex]:.4f}",
                            "raked": f"{base * SEX[sex] * AGE[age]:.6f}",
                            "sex": sex,
                            "age": age,
                            "satisfied": int(random.random() < 0.7),
                            "visits": visits,
                            "paid": f"{visits * random.gamma(2.0, 10.0):.2f}",
                        }
                        silent = (province, part) == (0, 1) or (province, part, place) == (2, 0, 1)
                        for item, answer in zip(("q1", "q2", "q3"), answers, strict=True):
                            missing = random.random() < 0.12 or (silent and item == "q1")
                            row[item] = "" if missing else int(answer)
                        if random.random() < 0.1:
                            row["paid"] = ""
                        if random.random() < 0.05:
                            row["visits"] = ""
                        found.append(row)
    return found


def main() -> None:
    with (HERE / "answers.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows(np.random.Generator(np.random.PCG64(20231))))


if __name__ == "__main__":
    main()
