"""Agreement of two markers, held against published figures."""

from __future__ import annotations

from fractions import Fraction

from parindex.appraisal.agreement import agreement, distance, squared

# Altman, D. G. (1991), Practical Statistics for Medical Research, section 14.3: 85 xeromammograms read by two
# radiologists (normal, benign, suspected cancer, cancer). Published: kappa 0.47, weighted kappa (linear) 0.57.
XEROMAMMOGRAMS = [[21, 12, 0, 0], [4, 17, 1, 0], [3, 9, 15, 2], [0, 0, 0, 1]]


def _pairs(table):
    return [
        (Fraction(row), Fraction(column))
        for row, counts in enumerate(table)
        for column, count in enumerate(counts)
        for _ in range(count)
    ]


def test_kappa_of_the_textbook():
    found = agreement(_pairs(XEROMAMMOGRAMS))
    assert (found.n, found.alike) == (85, 54)
    assert round(float(found.percent), 2) == 63.53
    assert round(float(found.kappa), 2) == 0.47


def test_weighted_kappa_of_the_textbook():
    assert round(float(agreement(_pairs(XEROMAMMOGRAMS), distance).kappa), 2) == 0.57
    assert agreement(_pairs(XEROMAMMOGRAMS), squared).kappa > agreement(_pairs(XEROMAMMOGRAMS), distance).kappa


def test_weights_of_ones_own():
    # Cohen (1968), Psychological Bulletin 70, table 1: 200 subjects, disagreement weights 0 to 6; kappa 0.492,
    # weighted kappa 0.348.
    table = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
    weights = [[0, 1, 3], [1, 0, 6], [3, 6, 0]]
    pairs = _pairs(table)
    assert round(float(agreement(pairs).kappa), 3) == 0.492
    assert round(float(agreement(pairs, lambda a, b: weights[int(a)][int(b)]).kappa), 3) == 0.348


def test_kappa_is_not_defined_without_lines_or_where_all_are_marked_the_same():
    assert agreement([]) == (0, 0, None, None)
    assert agreement([("accept", "accept")] * 5) == (5, 5, Fraction(100), None)


def test_kappa_of_full_and_of_no_agreement():
    assert agreement([("a", "a"), ("b", "b")]).kappa == 1
    assert agreement([("a", "b"), ("b", "a")]).kappa == -1
