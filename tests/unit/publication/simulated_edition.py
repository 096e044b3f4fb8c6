"""The tiny edition once more, simulated, with decisions, exclusions, history, printed figures, and awkward names."""

from __future__ import annotations

from tests.unit.results.tiny_edition import EDITION, FRAMEWORK, UNITS

WHO_DECIDED = "Tổ thẩm định số 7"

SIMULATED_CHANGES = {
    "edition.yaml": EDITION.replace('edition: "2023"', 'edition: "2023-mô-phỏng"')
    .replace('{vi: "Kỳ thử", en: "Trial edition"}', '{vi: "Kỳ thử (mô phỏng)", en: "Trial edition (simulated)"}')
    .replace("simulated: false", "simulated: true")
    + 'comparison: {edition: "2022", comparable: true}\n',
    # A title that begins like a formula, as a careless or a hostile hand may type it.
    "framework.yaml": FRAMEWORK.replace('{vi: "Kế hoạch", en: "Plan"}', '{vi: "=1+1", en: "@SUM(A1)"}')
    + 'sources:\n  law: {title: {vi: "Văn bản thử", en: "Trial text"}}\n',
    "units.csv": UNITS.replace("Tỉnh Ba,Province Three", "=HYPERLINK(1),+Province"),
    "decisions.csv": f"""\
unit,node,input,round,value,basis,by,at,reason,decision
U1,1.1,numerator,appraisal_1,8,records,{WHO_DECIDED},2024-01-05,đếm trùng một đợt,12/TB
U3,1.2,points,council,1.5,adjusted,{WHO_DECIDED},2024-01-09,"=HĐ, xem biên bản",13/TB
U2,B1,count,appraisal_1,2,records,{WHO_DECIDED},2024-01-05,hai mô hình,14/TB
""",
    "accepted.csv": """\
unit,node,input,value,basis,source
U1,1.1,denominator,10,published,x
U1,1.2,,on_time,published,x
U2,1.1,numerator,90,published,x
U2,1.1,denominator,100,published,x
U2,1.2,level,on_time,published,x
U3,1.1,numerator,2,published,x
U3,1.1,denominator,3,published,x
""",
    "not_applicable.csv": "unit,node,policy,reason\nU4,1,exclude_from_denominator,đơn vị không có thủ tục\n",
    "history.csv": "edition,unit,value,rank\n2022,U1,81.20,2\n2022,U2,90.00,1\n",
    "published.csv": "unit,node,value,rank\nU1,,80.00,4\nU2,,88.88,1\n",
    "means.csv": "edition,scope,code,value\n2023,all,,70.00\n",
}
