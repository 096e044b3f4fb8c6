"""What is released: a result reduced to what the public may have, with its version, decision and correction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from parindex.language import Text
from parindex.programme.edition import UnitList
from parindex.programme.framework import INDEX
from parindex.programme.units import Unit
from parindex.publication.audit_trail import Head
from parindex.results.result import Result
from parindex.results.result_tables import SIMULATED
from parindex.scoring.score import because
from parindex.tables.columns import TableSpec
from parindex.tables.flow import ANSWERS, DIFFERENCES, INDEX_VALUES, MEANS, MOVEMENTS, RANKS, SCORES, TABLES, Accepted

KIND = "publication"

PUBLIC_TABLES: tuple[TableSpec[Any], ...] = tuple(spec for spec in TABLES if spec is not ANSWERS)
"""The tables of a publication. What units claimed beside their values (evidence, explanations) is not for the public;
the claimed values themselves stand in ACCEPTED at stage `self`."""

RECOMPUTED_TABLES: tuple[TableSpec[Any], ...] = (SCORES, INDEX_VALUES, RANKS, MEANS, MOVEMENTS, DIFFERENCES)
"""What anybody computes again from the accepted values, estimates and exclusions that a folder carries."""


@dataclass(frozen=True, slots=True)
class Correction:
    """The publication that is replaced, the digest of its manifest, and why it is replaced."""

    version: str
    manifest_sha256: str
    reason: Text

    def as_data(self) -> dict[str, object]:
        reason = {"vi": self.reason.vi, "en": self.reason.en}
        return {"version": self.version, "manifest_sha256": self.manifest_sha256, "reason": reason}


@dataclass(frozen=True)
class Release:
    """One version of the publication of an edition. `result` is already `public`.

    `number` counts from 1 within the edition. `decision` is the number of the decision to publish. `licence` is None
    where the publisher states none. `heads` are the ends of the chains of the record of acts, empty without one.
    """

    result: Result
    number: int
    decision: str
    corrects: Correction | None = None
    licence: str | None = None
    heads: tuple[Head, ...] = ()

    @property
    def version(self) -> str:
        return version_name(self.result.edition.code, self.number)

    @property
    def label(self) -> Text | None:
        """What every file of a simulated edition says; None for a real one."""
        return SIMULATED if self.result.edition.simulated else None

    @property
    def head(self) -> dict[str, object]:
        """What the files say of themselves: programme, edition, version, decision, and the label where simulated."""
        edition = self.result.edition
        label = {"label": _both(self.label)} if self.label else {}
        return {
            **label,
            "programme": edition.programme,
            "edition": edition.code,
            "name": _both(edition.name),
            "version": self.version,
            "decision": self.decision,
        }

    def manifest_part(self) -> dict[str, object]:
        """What the manifest of a publication says beside that of a result."""
        return {
            "version": self.version,
            "decision": self.decision,
            "corrects": self.corrects.as_data() if self.corrects else None,
            "licence": self.licence,
        }

    @cached_property
    def members(self) -> Mapping[str, tuple[UnitList, Unit]]:
        """Each ranked unit with its list, by code."""
        return {unit.code: (each, unit) for each in self.result.edition.lists for unit in each.units}

    @cached_property
    def tables(self) -> Mapping[str, bytes]:
        """The CSV file of every table, by its name."""
        return {spec.file_name: spec.csv_bytes(self.result.table(spec)) for spec in PUBLIC_TABLES}

    @cached_property
    def sentences(self) -> Mapping[tuple[str, str], Text]:
        """The reason of every final score in one sentence, by unit and node."""
        found: dict[tuple[str, str], Text] = {}
        for row in self.result.scores:
            if row.stage == "final":
                book = self.result.books[self.members[row.unit][0].code]
                found[row.unit, row.node] = Text(because(row, book, "vi"), because(row, book, "en"))
        return found

    def node_name(self, unit_list: UnitList, code: str) -> Text:
        """The name of a node, of a bonus or penalty, or of the whole index; the code where there is none."""
        framework = unit_list.framework
        if code in framework.by_code:
            return framework.by_code[code].name
        if code in framework.adjustment_items:
            return framework.adjustment_items[code][1].name
        return Text("Chỉ số", "Index") if code == INDEX else Text(code, code)


def version_name(edition: str, number: int) -> str:
    """ "2023-v1": the name of a publication."""
    return f"{edition}-v{number}"


def folder_name(number: int) -> str:
    """ "v1": the folder of a publication within its line."""
    return f"v{number}"


def public(result: Result) -> Result:
    """The result without what the public may not have: claimed evidence and explanations, and who decided.

    ACCEPTED carries a unit's explanation as the reason of its own claim, and of a claim that was accepted unchanged;
    these free texts may name persons, and go. The reason of a decision stays: a figure that was changed must say why.
    No computation reads either.
    """
    claims = {_cell_of(row) for row in result.accepted if row.stage == "self"}
    accepted = (
        row._replace(by=None, reason=None if _cell_of(row) in claims else row.reason) for row in result.accepted
    )
    return replace(result, answers=(), accepted=tuple(accepted))


def _cell_of(row: Accepted) -> tuple[str, ...]:
    """What a row repeats when it stands again at a later stage."""
    return (row.unit, row.node, row.input, row.source, row.place)


def _both(text: Text | None) -> dict[str, str] | None:
    return {"vi": text.vi, "en": text.en} if text is not None else None
