"""How many dossiers and procedures the accepted answers of a province speak of, so that records can agree with them.

A province settles far fewer dossiers here than in life: the whole country about a million in the year, which one
laptop can hold as records. Lines of the framework that count the same dossiers are given figures that fit together.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, NamedTuple

from parindex.language import half_up
from parindex.simulation.unit_design import Answers, AskedLeaf

SETTLED_NODES: Final[Mapping[str, str]] = {"province": "3.4.1", "district": "3.4.2", "commune": "3.4.3"}
"""The leaf that counts settled dossiers, by level as the table of dossiers names it."""

# Choices of the generator: of the dossiers settled, how many more came in than were settled; of those received, how
# many are of procedures offered online, and how many cost a fee.
_LEFT_OPEN, _OFFERED_ONLINE, _WITH_FEE = (0.01, 0.04), (0.6, 0.85), (0.3, 0.5)
_MEAN_OF_DRAWS = (0.8 + 1.25) / 2  # of the figures that `Task.volume` draws around the usual one


class Settled(NamedTuple):
    """Dossiers of one level settled in the year, and those of them settled on time or early."""

    settled: int
    on_time: int

    @property
    def late(self) -> int:
        return self.settled - self.on_time


@dataclass(frozen=True, slots=True)
class AcceptedCounts:
    """Accepted counts of one province and one year; behind each field the leaf and input it stands in.

    Every result was handed over in the year it was settled. `received` is more than `all_settled`: the rest was still
    open at the end of the year.
    """

    unit: str
    settled: Mapping[str, Settled]  # by level: province 3.4.1, district 3.4.2, commune 3.4.3
    apologies: int  # 3.4.4 numerator: of the late dossiers of all levels
    received: int  # 7.2.6 denominator; also in 7.2.4
    of_online_procedures: int  # 7.2.2 denominator: of those received
    submitted_online: int  # 7.2.2 numerator: of those before
    with_fee: int  # 7.2.3 denominator: of those received
    paid_online: int  # 7.2.3 numerator: of those before
    digitised: int  # 7.2.4 numerator: dossiers received and results handed over, counted together
    returned_by_post: int  # 7.2.5 numerator: of the results handed over
    reused: int  # 7.2.6 numerator: of those received
    procedures: int  # 3.3.1 and 3.3.4 denominator: under the authority of the province
    at_one_stop: int  # 3.3.1 numerator: received at one-stop shops
    anywhere: int  # 3.3.4 numerator: received regardless of place
    joined_within_level: int  # 3.3.2
    joined_between_levels: int  # 3.3.3
    to_review: int  # 3.1.2 denominator
    reviewed: int  # 3.1.2 numerator
    to_publish: int  # 3.2.1 denominator: to be published in the year
    published_on_time: int  # 3.2.1 numerator
    fit_for_online: int  # 7.2.1 denominator: fit for a full online service
    fully_online: int  # 7.2.1 numerator: offered as one

    @property
    def all_settled(self) -> int:
        return sum(level.settled for level in self.settled.values())

    @property
    def late(self) -> int:
        return sum(level.late for level in self.settled.values())


def counts_of(unit: str, accepted: Answers) -> AcceptedCounts:
    """The counts in the accepted answers of a province. KeyError where a leaf was not answered."""

    def count(code: str, name: str) -> int:
        return int(_figure(accepted, code, name))

    return AcceptedCounts(
        unit,
        {level: Settled(count(code, "denominator"), count(code, "numerator")) for level, code in SETTLED_NODES.items()},
        apologies=count("3.4.4", "numerator"),
        received=count("7.2.6", "denominator"),
        of_online_procedures=count("7.2.2", "denominator"),
        submitted_online=count("7.2.2", "numerator"),
        with_fee=count("7.2.3", "denominator"),
        paid_online=count("7.2.3", "numerator"),
        digitised=count("7.2.4", "numerator"),
        returned_by_post=count("7.2.5", "numerator"),
        reused=count("7.2.6", "numerator"),
        procedures=count("3.3.1", "denominator"),
        at_one_stop=count("3.3.1", "numerator"),
        anywhere=count("3.3.4", "numerator"),
        joined_within_level=count("3.3.2", "count"),
        joined_between_levels=count("3.3.3", "count"),
        to_review=count("3.1.2", "denominator"),
        reviewed=count("3.1.2", "numerator"),
        to_publish=count("3.2.1", "denominator"),
        published_on_time=count("3.2.1", "numerator"),
        fit_for_online=count("7.2.1", "denominator"),
        fully_online=count("7.2.1", "numerator"),
    )


def of_fewer_dossiers(leaves: Sequence[AskedLeaf], *, settled: int, sizes: Sequence[float]) -> tuple[AskedLeaf, ...]:
    """The same leaves with usual numbers of settled dossiers at which units of `sizes` settle about `settled`."""
    whole = {leaf.node.code: leaf.usual["denominator"] for leaf in leaves if leaf.node.code in SETTLED_NODES.values()}
    factor = Decimal(repr(settled / (sum(sizes) * _MEAN_OF_DRAWS * float(sum(whole.values())))))
    return tuple(
        replace(leaf, usual={name: value * factor for name, value in leaf.usual.items()})
        if leaf.node.code in whole
        else leaf
        for leaf in leaves
    )


class DossierVolumes:
    """Denominators of one province that follow from the dossiers it settled."""

    def __init__(self, chance: random.Random) -> None:
        self._open = chance.uniform(*_LEFT_OPEN)
        self._online = chance.uniform(*_OFFERED_ONLINE)
        self._fee = chance.uniform(*_WITH_FEE)

    def of(self, code: str, made: Answers) -> Mapping[str, Decimal]:
        """The figures of leaf `code` that the leaves `made` before it have fixed; empty where they fix none."""
        if code == "3.4.4":  # every dossier that was late at a level of government is due an apology
            late = [
                _figure(made, each, "denominator") - _figure(made, each, "numerator") for each in SETTLED_NODES.values()
            ]
            return {"denominator": sum(late, Decimal(0))}
        if code not in ("7.2.2", "7.2.3", "7.2.4", "7.2.5", "7.2.6"):
            return {}
        settled = sum((_figure(made, each, "denominator") for each in SETTLED_NODES.values()), Decimal(0))
        received = settled + _part(settled, self._open)
        volumes = {
            "7.2.2": _part(received, self._online),
            "7.2.3": _part(received, self._fee),
            "7.2.4": received + settled,
            "7.2.5": settled,
            "7.2.6": received,
        }
        return {"denominator": volumes[code]}


def _part(whole: Decimal, share: float) -> Decimal:
    return half_up(whole * Decimal(repr(round(share, 6))), 0)


def _figure(answers: Answers, code: str, name: str) -> Decimal:
    value = answers[code][name]
    assert isinstance(value, Decimal), (code, name)
    return value
