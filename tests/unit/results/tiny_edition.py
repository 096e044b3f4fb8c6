"""A tiny edition as the files people write: two domains, five leaves, four units. Tests change one file at a time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

EDITION = """\
programme: tiny
edition: "2023"
year: 2023
name: {vi: "Kỳ thử", en: "Trial edition"}
simulated: false
as_of: 2023-12-31
lists:
  - code: provinces
    name: {vi: "Tỉnh", en: "Provinces"}
    unit_kind: province
    framework: framework.yaml
settings: {store_decimals: 4, publish_decimals: 2}
groups:
  - {code: A, name: {vi: "Nhóm A", en: "Group A"}, from: 90}
  - {code: B, name: {vi: "Nhóm B", en: "Group B"}, from: 80}
  - {code: C, name: {vi: "Nhóm C", en: "Group C"}, from: 0}
"""

FRAMEWORK = """\
framework: tiny
version: "1"
name: {vi: "Bộ thử", en: "Trial framework"}
editions: [2023]
unit_kind: province
max_points: 10
scales:
  two:
    - {option: good, label: {vi: "Tốt", en: "Good"}, weight: 1}
    - {option: poor, label: {vi: "Kém", en: "Poor"}, weight: 0}
adjustments:
  bonus:
    cap: 3
    items:
      - {code: "B1", name: {vi: "Mô hình mới", en: "New models"}, points_each: 1, unit: {vi: "mô hình", en: "models"}}
  penalty:
    cap: 5
    items:
      - {code: "P1", name: {vi: "Nộp muộn", en: "Late"}, points_each: 0.5, unit: {vi: "lần", en: "times"}}
domains:
  - code: "1"
    name: {vi: "Hồ sơ", en: "Dossiers"}
    max_points: 5
    criteria:
      - code: "1.1"
        name: {vi: "Đúng hạn", en: "On time"}
        max_points: 3
        method: data
        not_applicable: [exclude_from_denominator, full_points_when_none_arise]
        rule:
          kind: proportional
          inputs:
            numerator: {type: count, label: {vi: "Đúng hạn", en: "On time"}, unit: {vi: "hồ sơ", en: "dossiers"}, part_of: denominator}
            denominator: {type: count, label: {vi: "Đã giải quyết", en: "Settled"}, unit: {vi: "hồ sơ", en: "dossiers"}}
          zero_below: 50
        examples:
          - {given: {numerator: 10, denominator: 10}, points: 3, branch: full}
          - {given: {numerator: 7, denominator: 10}, points: 2.1, branch: proportional}
          - {given: {numerator: 5, denominator: 10}, points: 1.5, branch: proportional}
          - {given: {numerator: 4, denominator: 10}, points: 0, branch: below_floor}
          - {given: {numerator: 0, denominator: 0}, points: 3, branch: none_arose}
      - code: "1.2"
        name: {vi: "Kế hoạch", en: "Plan"}
        max_points: 2
        method: appraisal
        not_applicable: [exclude_from_denominator]
        rule:
          kind: tiers
          inputs:
            level:
              type: choice
              label: {vi: "Ban hành", en: "Issued"}
              options: {on_time: {vi: "Đúng hạn", en: "On time"}, late: {vi: "Muộn", en: "Late"}, none: {vi: "Không", en: "Not"}}
          points: {on_time: 2, late: 1, none: 0}
        examples:
          - {given: {level: on_time}, points: 2, branch: on_time}
          - {given: {level: late}, points: 1, branch: late}
          - {given: {level: none}, points: 0, branch: none}
  - code: "2"
    name: {vi: "Khảo sát", en: "Survey"}
    max_points: 5
    criteria:
      - code: "2.1"
        name: {vi: "SIPAS", en: "SIPAS"}
        max_points: 3
        method: survey
        rule: {kind: external_index, index: SIPAS}
        examples: [{given: {index_value: 80}, points: 2.4}]
      - code: "2.2"
        name: {vi: "Cán bộ", en: "Officials"}
        max_points: 2
        method: survey
        rule: {kind: survey_scale, scale: two}
        examples: [{given: {good: 3, poor: 1}, points: 1.5}]
"""

UNITS = """\
unit_code,level,name_vi,name_en,region_code,region_vi,region_en,valid_from,valid_to
U1,province,Tỉnh Một,Province One,N,Bắc,North,,
U2,province,Tỉnh Hai,Province Two,N,Bắc,North,,
U3,province,Tỉnh Ba,Province Three,S,Nam,South,,
U4,province,Tỉnh Tư,Province Four,S,Nam,South,,2025-06-30
"""

ACCEPTED = """\
unit,node,input,value,basis,source
U1,1.1,numerator,9,published,x
U1,1.1,denominator,10,published,x
U1,1.2,,on_time,published,x
U2,1.1,numerator,90,published,x
U2,1.1,denominator,100,published,x
U2,1.2,level,on_time,published,x
U3,1.1,numerator,2,published,x
U3,1.1,denominator,3,published,x
U3,1.2,level,late,published,x
U4,1.1,numerator,10,published,x
U4,1.1,denominator,10,published,x
U4,1.2,level,none,published,x
"""

ESTIMATES = """\
unit,node,value,se,n,method,basis,source
U1,2.1,80,1.2,500,mean,published,x
U1,2.2,90,,,,published,x
U2,2.1,80,1.2,500,mean,published,x
U2,2.2,90,,,,published,x
U3,2.1,70.55555555555,1.2,500,mean,published,x
U3,2.2,50,,,,published,x
U4,2.1,95,1.2,500,mean,published,x
U4,2.2,100,,,,published,x
"""

FILES: Mapping[str, str] = {
    "edition.yaml": EDITION,
    "framework.yaml": FRAMEWORK,
    "units.csv": UNITS,
    "accepted.csv": ACCEPTED,
    "estimates.csv": ESTIMATES,
}


def write_edition(folder: Path, changes: Mapping[str, str | bytes | None] | None = None) -> Path:
    """The tiny edition in a folder; `changes` replaces, adds or (None) removes files."""
    files: dict[str, str | bytes | None] = {**FILES, **(changes or {})}
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        if content is not None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder
