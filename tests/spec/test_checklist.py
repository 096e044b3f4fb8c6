title = "Checklist: the points of the parts that are met are added"


def test_each_part_brings_its_points(rule):
    communication = rule(
        """
        kind: checklist
        inputs:
          plan: {type: yes_no, label: {vi: "Hoàn thành kế hoạch", en: "Plan completed"}}
          new_form: {type: yes_no, label: {vi: "Có hình thức mới", en: "New form used"}}
        points: {plan: 0.25, new_form: 0.25}
        """,
        max_points=0.5,
    )

    assert communication(plan="no", new_form="yes") == (
        "0.25",
        "some",
        "Hoàn thành kế hoạch: không (0); Có hình thức mới: có (0,25): 0,25/0,50 điểm.",
        "Plan completed: no (0); New form used: yes (0.25): 0.25 of 0.50.",
    )
    assert communication(plan="yes", new_form="yes")[:2] == ("0.5", "all")
    assert communication(plan="no", new_form="no")[:2] == ("0", "none")
