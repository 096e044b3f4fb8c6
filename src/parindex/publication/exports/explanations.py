"""explanations.json: how each unit came to its rank, and one sentence for each of its lines, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

from parindex.publication.exports.json import lines, written
from parindex.publication.release import Release
from parindex.results.explain import explain
from parindex.results.steps import as_data


def files(release: Release) -> dict[str, bytes]:
    return {"explanations.json": lines(release.head, "units", _units(release))}


def _units(release: Release) -> Iterator[str]:
    """A unit a line: the walk from its rank to its domains, then the sentence of every scored line."""
    result = release.result
    sentences: dict[str, dict[str, dict[str, str]]] = {code: {} for code in release.members}
    for (unit, node), says in release.sentences.items():
        sentences[unit][node] = {"vi": says.vi, "en": says.en}
    for code in release.members:
        yield written({"unit": code, "because": sentences[code], "walk": as_data(explain(result, code))})
