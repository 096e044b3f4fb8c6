title = "Count tiers: points by how many were counted"


def test_one_of_two_initiatives_earns_half(rule):
    initiatives = rule(
        """
        kind: count_tiers
        inputs:
          count: {type: count, label: {vi: "Sáng kiến", en: "Initiatives"}, unit: {vi: "sáng kiến", en: "initiatives"}}
        levels:
          - {at_least: 2, points: 1}
          - {at_least: 1, points: 0.5}
          - {at_least: 0, points: 0}
        """
    )

    assert initiatives(count=1) == (
        "0.5",
        "from_1",
        "Sáng kiến: 1 sáng kiến (đủ điểm từ 2): 0,50/1,00 điểm.",
        "Initiatives: 1 initiatives (full from 2): 0.50 of 1.00.",
    )
    assert initiatives(count=0)[:2] == ("0", "from_0")
    assert initiatives(count=2)[:2] == ("1", "from_2")
    assert initiatives(count=17)[:2] == ("1", "from_2")
