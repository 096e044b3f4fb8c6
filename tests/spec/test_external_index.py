title = "External index: points in proportion to another published index"


def test_sipas_of_one_province(rule):
    # Hà Tĩnh 2021: 91.17 percent; Bắc Kạn 2022: 75.22 percent.
    sipas = rule("{kind: external_index, index: SIPAS}", max_points=10)

    assert sipas(index_value="91.17") == (
        "9.117",
        "value",
        "SIPAS 91,17 %: 9,117/10,00 điểm.",
        "SIPAS 91.17 %: 9.117 of 10.00.",
    )
    assert sipas.points(index_value="75.22") == "7.522"


def test_an_index_above_a_hundred_earns_the_maximum(rule):
    assert rule("{kind: external_index, index: SIPAS}", max_points=10).points(index_value=104) == "10"
