"""Invented evidence: the list of documents of a unit, and which section and page proves which answer."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from parindex.programme.framework import Framework
from parindex.simulation.slips import SIMULATED
from parindex.submissions.layout import EvidenceDocument, document_id

_WITHOUT = 0.08  # of answers that come with an explanation instead of evidence

_KINDS: Mapping[str, str] = {
    "kế hoạch": "KH",
    "báo cáo": "BC",
    "quyết định": "QĐ",
    "thông báo": "TB",
    "quy chế": "QC",
    "nghị quyết": "NQ",
    "danh mục": "DM",
}
"""How the number of a document ends, by the first words of what the framework asks for; else an official letter."""

_EXPLANATIONS = (
    "tài liệu đang chờ ký, sẽ bổ sung khi giải trình",
    "số liệu lấy từ hệ thống của tỉnh, chưa có văn bản riêng",
    "nội dung được thực hiện chung trong một văn bản khác, đơn vị sẽ gửi trích lục",
    "bản giấy lưu tại đơn vị, đề nghị kiểm tra trực tiếp",
)


class Proof(NamedTuple):
    """What goes into a workbook beside the answers."""

    documents: tuple[EvidenceDocument, ...]
    evidence: Mapping[str, Sequence[tuple[str, str]]]
    explanations: Mapping[str, str]


def wanted_documents(framework: Framework) -> tuple[str, ...]:
    """The evidence that the framework asks for, each once, in reading order."""
    return tuple(
        dict.fromkeys(text.vi for node in framework.leaves if node.leaf is not None for text in node.leaf.evidence)
    )


def proof(
    framework: Framework,
    answered: Collection[str],
    chance: random.Random,
    *,
    issuer: str,
    sign: str,
    year: int,
    more: Mapping[str, str] | None = None,
) -> Proof:
    """Documents with simulated numbers for all the framework asks for, and where in them each answer is proven.

    `sign` is the abbreviation in the numbers, `more` names a document for each further item (a bonus).
    """
    titles = {text: document_id(at) for at, text in enumerate(wanted_documents(framework), start=1)}
    for text in (more or {}).values():
        titles.setdefault(text, document_id(len(titles) + 1))
    documents = tuple(_document(identity, text, chance, issuer, sign, year) for text, identity in titles.items())
    evidence: dict[str, list[tuple[str, str]]] = {}
    explanations: dict[str, str] = {}
    for node in framework.leaves:
        if node.code not in answered or node.leaf is None:
            continue
        if not node.leaf.evidence or chance.random() < _WITHOUT:
            explanations[node.code] = SIMULATED + chance.choice(_EXPLANATIONS)
            continue
        evidence[node.code] = [(titles[text.vi], _locator(chance)) for text in node.leaf.evidence]
    for item, text in (more or {}).items():
        evidence[item] = [(titles[text], _locator(chance))]
    return Proof(documents, evidence, explanations)


def _document(identity: str, text: str, chance: random.Random, issuer: str, sign: str, year: int) -> EvidenceDocument:
    words = text.lower()
    kind = next((end for start, end in _KINDS.items() if words.startswith(start)), "CV")
    issued = date(year, 1, 5) + timedelta(days=chance.randint(0, 358))
    title = f"{text} số {chance.randint(3, 480)}/{kind}-{sign} (mô phỏng)"
    return EvidenceDocument(identity, title, f"{issuer} (mô phỏng)", issued.isoformat(), f"{identity}-mo-phong.pdf")


_SECTIONS = ("I", "II", "III", "IV", "V")


def _locator(chance: random.Random) -> str:
    return f"Mục {chance.choice(_SECTIONS)}, trang {chance.randint(1, 24)}"
