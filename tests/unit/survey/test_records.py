"""An interview that comes a second time, in another part, is noticed; and the list of what was counted is exact."""

from __future__ import annotations

import numpy as np
import pytest

from parindex.problems import ProblemsFound
from parindex.sources import Place
from parindex.survey.records import (
    NAMED,
    digest_of,
    digests_bytes,
    digests_of,
    digests_of_bytes,
    in_both,
    joined,
    listed,
)

PLACE = Place("records.bin")


def test_digests_are_those_of_the_names_in_any_order() -> None:
    # The last 8 bytes of the MD5 of "abc" (RFC 1321), least byte first.
    assert digest_of("abc") == int.from_bytes(bytes.fromhex("d6963f7d28e17f72"), "little")
    one, other = digests_of(["a", "b", "Huế"]), digests_of(["Huế", "c"])
    assert np.array_equal(digests_of(["b", "Huế", "a", "a"]), one)
    assert in_both(one, other).tolist() == [digest_of("Huế")]
    assert np.array_equal(joined([one, other]), joined([other, one]))
    assert len(joined([one, other])) == 4
    assert len(joined([])) == 0
    # A name is taken as it stands, as within one file: capital and small letters are two.
    assert digest_of("A1") != digest_of("a1")


@pytest.mark.slow
def test_the_digests_of_a_million_names_are_a_million() -> None:
    # With 64 bits two of a million names share a digest with a chance of 3e-8; if it ever happens here, say so.
    assert len(digests_of(f"P{number:07}" for number in range(1_000_000))) == 1_000_000


def test_the_list_comes_back_and_a_damaged_one_is_named() -> None:
    digests = digests_of(f"P{number}" for number in range(100))
    content = digests_bytes(digests)
    assert len(content) == 800
    assert np.array_equal(digests_of_bytes(content, PLACE), digests)
    assert len(digests_of_bytes(b"", PLACE)) == 0
    for spoilt in (content[:-1], content[8:] + content[:8], content[:8] + content[:8]):
        with pytest.raises(ProblemsFound, match="RECORDS-FORM"):
            digests_of_bytes(spoilt, PLACE)


def test_a_message_names_some_and_counts_all() -> None:
    assert listed(["a", "b"], 2) == "a, b"
    many = [str(number) for number in range(40)]
    assert listed(many, 40).count(",") == NAMED
    assert listed(many, 40).endswith("…")
