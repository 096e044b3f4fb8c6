"""What of an earlier edition stands behind this one: lines whose codes changed, units that merged or split."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from parindex.language import Text, written
from parindex.programme.changes import RESCALED, changes
from parindex.programme.framework import Framework
from parindex.programme.units import UnitChange, origins
from parindex_web.editions.models import UnitFile
from parindex_web.editions.programme import Asked, asked

MAXIMUM_CHANGED = Text("điểm tối đa đổi từ {old} sang {new}", "the maximum changed from {old} to {new}")
BONUS_CHANGED = Text("cách tính điểm thưởng đổi", "the bonus points changed")
ALIKE = Text("ghép theo tên gần giống; kiểm tra trước khi dùng", "matched by a similar name; check before using it")


@dataclass(frozen=True, slots=True)
class Continued:
    """The line of an earlier framework that a line continues.

    `comparable` speaks of points as they stand: no, where rule or maximum changed. `reasons` say why not, and what to
    keep in mind where they are.
    """

    code: str
    comparable: bool
    reasons: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class EarlierFile:
    """The file of a unit in an earlier edition. `merged`: the unit of today came out of it by a merger or split."""

    unit_file: UnitFile
    asked: Asked
    merged: bool

    @property
    def name(self) -> Text:
        return Text(self.unit_file.name_vi, self.unit_file.name_en)


def continued(new: Framework, old: Framework) -> Mapping[str, Continued]:
    """By code of the new framework: what it was, as its authors say or the library finds; compared once a process."""
    key = (new.sha256, old.sha256)
    if key not in _FOUND:
        if len(_FOUND) >= _MOST_PAIRS:
            _FOUND.clear()
        _FOUND[key] = {**dict(_nodes(new, old)), **dict(_bonus_items(new, old))}
    return _FOUND[key]


_FOUND: dict[tuple[str, str], Mapping[str, Continued]] = {}
_MOST_PAIRS = 16


def _nodes(new: Framework, old: Framework) -> Iterable[tuple[str, Continued]]:
    for code, change in changes(old, new).of_new.items():
        if change.old is None or change.new is None or change.match is None or change.new.leaf is None:
            continue
        declared = change.match.why == "declared"
        reasons = [*change.reasons]
        comparable = bool(change.comparable)
        if change.old.max_points != change.new.max_points:
            reasons += [_changed(change.old.max_points, change.new.max_points)]
            reasons += [RESCALED] if comparable else []
            # The authors' word counts; without it two maxima make two scales.
            comparable = comparable and declared
        if change.match.why == "similar_name":
            reasons.append(ALIKE)
        yield code, Continued(change.old.code, comparable, tuple(reasons))


def _bonus_items(new: Framework, old: Framework) -> Iterable[tuple[str, Continued]]:
    """Bonus items have no `continues`: the same code under the same name is the same item."""
    for code, (adjustment, item) in new.adjustment_items.items():
        found = old.adjustment_items.get(code)
        if found is None or found[1].name != item.name:
            continue
        before, was = found
        same = (before.kind, before.cap, was.points_each) == (adjustment.kind, adjustment.cap, item.points_each)
        yield code, Continued(code, same, () if same else (BONUS_CHANGED,))


def _changed(old: Decimal, new: Decimal) -> Text:
    return Text(
        MAXIMUM_CHANGED.filled("vi", {"old": written(old, "vi"), "new": written(new, "vi")}),
        MAXIMUM_CHANGED.filled("en", {"old": written(old, "en"), "new": written(new, "en")}),
    )


def earlier_files(now: Asked, unit_file: UnitFile, *, standings: Iterable[str] | None = None) -> list[EarlierFile]:
    """The file of the unit, or of each unit it came from, in the newest earlier edition that holds one. One query."""
    edition = unit_file.edition
    rows = UnitFile.objects.filter(
        edition__programme=edition.programme,
        edition__year__lt=edition.year,
        unit__in=_ever(now.edition.unit_changes, unit_file.unit),
    )
    if standings is not None:
        rows = rows.filter(standing__in=list(standings))
    rows = rows.select_related("edition").order_by("-edition__year", "-edition__pk", "order")
    for _, files in groupby(rows, key=lambda each: each.edition_id):
        by_unit = {each.unit: each for each in files}
        then = asked(next(iter(by_unit.values())).edition)
        since = origins(now.edition.unit_changes, unit_file.unit, after=then.edition.as_of, until=now.edition.as_of)
        came = tuple(dict.fromkeys(change.predecessor for change in since)) or (unit_file.unit,)
        merged = len(came) > 1 or any(change.change in ("merged", "split") for change in since)
        if found := [EarlierFile(by_unit[unit], then, merged) for unit in came if unit in by_unit]:
            return found
    return []


def _ever(changes: Sequence[UnitChange], unit: str) -> set[str]:
    """The unit and every unit that ever led to it."""
    found, waiting = {unit}, [unit]
    while waiting:
        code = waiting.pop()
        fresh = {change.predecessor for change in changes if change.successor == code} - found
        found |= fresh
        waiting += fresh
    return found
