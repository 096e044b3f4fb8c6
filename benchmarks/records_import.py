"""Importing dossiers from CSV with every check: cost of a million rows, memory at three sizes.

`python -m benchmarks.records_import` prints the table of sizes; `--rows 10000000` sets the largest.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring import Figure, print_figures

ROOT = Path(__file__).resolve().parents[1]
PROVINCES, PROCEDURES, DAYS = 63, 2_000, 330
PEAK_MB = 500

MAPPING = """\
table: dossiers
columns:
  unit: "Mã đơn vị"
  office: "Cơ quan"
  level: "Cấp"
  dossier: "Mã hồ sơ"
  procedure: "Mã thủ tục"
  received_on: "Ngày tiếp nhận"
  due_on: "Ngày hẹn trả"
  settled_on: "Ngày có kết quả"
  returned_on: "Ngày trả"
  channel: "Hình thức nộp"
  payment: {header: "Thanh toán", values: {"Không": none}}
  digitised: "Số hóa"
  applicant: "Người nộp"
  applicant_number: "CCCD"
  applicant_phone: "Điện thoại"
"""

# Each import runs in a fresh interpreter, whose CPU seconds and peak memory are all its own: imports of Arrow counted.
_CHILD = """
import json, resource, sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from parindex.language import Text
from parindex.problems import Problems
from parindex.programme.units import Unit
from parindex.records.importing import import_records
from parindex.records.mapping import read_mapping
from parindex.records.values import Surroundings
from parindex.sources import Place
from parindex.tables.record_tables import DOSSIERS

edition, file, mapping, provinces, procedures = sys.argv[1:]
read = read_mapping(Path(mapping).read_bytes(), "mapping.yaml", DOSSIERS, Problems())
codes = [f"P63-{at:02}" for at in range(1, int(provinces) + 1)]
units = {
    each: Unit(each, "province", Text(each, each), each, None, None, None, None, Place("units.csv")) for each in codes
}
catalogue = frozenset(f"1.{at:06}" for at in range(int(procedures)))
around = Surroundings(units, (), date(2023, 12, 31), date(2024, 1, 31), {each: catalogue for each in codes})
done = import_records(Path(edition), [Path(file)], read, around, bad_share=Decimal("0.2"))
(one,) = done.files
total = 0.0
for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
    used = resource.getrusage(who)
    total += used.ru_utime + used.ru_stime
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
found = {"seconds": total, "peak": peak, "taken": one.taken, "bad": one.quarantined, "repeated": one.repeated}
print(json.dumps(found))
"""


def _rows(count: int) -> Iterator[str]:
    """Invented dossiers, the same each time: 2 % with a mistake, 1 % given twice."""
    import numpy as np

    days = np.datetime64("2023-01-02") + np.arange(DAYS + 90)
    written = [f"{text[8:]}/{text[5:7]}/{text[:4]}" for text in days.astype(str).tolist()]
    channels, payments = ("Trực tiếp", "Trực tuyến", "Bưu chính công ích"), ("Không", "Tiền mặt", "Trực tuyến")
    families = ("Nguyễn Văn", "Trần Thị", "Lê Hồng", "Phạm Minh")
    last = ""
    for start in range(0, count, 100_000):
        chance = np.random.Generator(np.random.PCG64(start))
        draws = chance.integers(0, 2**31, size=(min(100_000, count - start), 6)).tolist()
        for at, (a, b, c, d, e, f) in enumerate(draws, start):
            if a % 100 == 1 and last:
                yield last
                continue
            unit = f"P63-{1 + b % PROVINCES:02}"
            received, limit, took = c % DAYS, 3 + d % 30, e % 45
            if a % 100 == 2:
                took = -1 - took % 2
                received += 2
            last = (
                f"{unit},{unit}-S{a % 23:02},cấp tỉnh,H{at:09}-{f % 1000:03},1.{f % PROCEDURES:06},"
                f"{written[received]},{written[received + limit]},"
                f"{written[received + took]},{written[received + took]},"
                f"{channels[d % 3]},{payments[e % 3]},{'Có' if f % 2 else 'Không'},"
                f"{families[a % 4]} {b % 9999},{10**11 + c * 17 + at},09{f % 10**8:08}\n"
            )
            if a % 100 == 3:
                last = last.replace("cấp tỉnh", "?")
            yield last


def export(work: Path, count: int) -> Path:
    """A CSV file of `count` rows as an office would export it, kept for the next run."""
    path = work / f"dossiers-{count}.csv"
    if not path.exists():
        header = [line.split('"')[1] for line in MAPPING.splitlines()[2:]]
        with path.with_suffix(".new").open("w", encoding="utf-8-sig") as file:
            file.write(",".join(header) + "\n")
            file.writelines(_rows(count))
        path.with_suffix(".new").replace(path)
    return path


def measured(work: Path, count: int) -> dict[str, float]:
    """CPU seconds and peak megabytes of one import into an empty edition."""
    import shutil

    edition = work / "edition"
    shutil.rmtree(edition, ignore_errors=True)
    edition.mkdir()
    (work / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    call = [sys.executable, "-c", _CHILD]
    call += [str(each) for each in (edition, export(work, count), work / "mapping.yaml", PROVINCES, PROCEDURES)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    shown = subprocess.run(call, check=True, capture_output=True, env=environment, encoding="utf-8").stdout
    shutil.rmtree(edition)
    found: dict[str, float] = json.loads(shown)
    assert found["taken"] + found["bad"] + found["repeated"] == count
    assert found["bad"] and found["repeated"]
    return found


def figures(work: Path) -> list[Figure]:
    """One million rows. Peak memory over its limit counts as a limit not kept."""
    place = work / "records"
    place.mkdir(parents=True, exist_ok=True)
    found = measured(place, 1_000_000)
    seconds = found["seconds"] if found["peak"] <= PEAK_MB else float("inf")
    return [Figure(f"import 1 million dossiers with checks ({found['peak']:.0f} of {PEAK_MB} MB)", seconds, 10.0)]


def main() -> int:
    work = ROOT / "out" / "benchmarks"
    largest = int(sys.argv[sys.argv.index("--rows") + 1]) if "--rows" in sys.argv else 3_000_000
    print(f"{'rows':>12} {'CPU s':>8} {'µs a row':>9} {'peak MB':>8}")
    place = work / "records"
    place.mkdir(parents=True, exist_ok=True)
    for count in (largest // 10, largest // 3, largest):
        found = measured(place, count)
        print(f"{count:12,} {found['seconds']:8.2f} {found['seconds'] / count * 1e6:9.2f} {found['peak']:8.0f}")
    kept = figures(work)
    print_figures(kept)
    return 0 if all(figure.kept for figure in kept) else 1


if __name__ == "__main__":
    sys.exit(main())
