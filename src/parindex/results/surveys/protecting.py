"""What may be shown: no figure of few answers, in none of the tables, nor from all of them together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from parindex.language import Text
from parindex.results.surveys.tables import CROSSED, WHOLE, EstimateRow
from parindex.survey.design import SurveyDesign
from parindex.survey.indexing import item_of
from parindex.survey.linked_tables import Sum, protect
from parindex.survey.questionnaire import IndexDefinition, Questionnaire

Domain = tuple[str, ...]
Columns = tuple[str, ...]


class Figure(NamedTuple):
    """A row with its domain in words: `domain` has one word for each of `columns`."""

    columns: Columns
    domain: Domain
    row: EstimateRow


class PlacedCell(NamedTuple):
    """What stands or falls together: all figures of one item (factor, index) in one domain of one table.

    `rest` is True for the people of a domain who stand in no cell of a finer table; that cell is in no table.
    """

    columns: Columns
    domain: Domain
    what: str
    rest: Columns | None = None


def protected(
    figures: Sequence[Figure],
    design: SurveyDesign,
    questionnaire: Questionnaire | None,
    *,
    least: int,
    averaged: Columns | None = None,
) -> tuple[EstimateRow, ...]:
    """The rows in their order, without figures of fewer than `least` answers and those that would give them away.

    `averaged`: the table of the units, where the index of the nation is their mean. Raises ProblemsFound.
    """
    counts, sums, rests = linked_cells(figures, design, questionnaire, averaged=averaged)
    status = protect(counts, sums, least=least, never_shown=rests, words=_words)
    reasons = {
        "too_small": Text(f"Không công bố: dưới {least} câu trả lời.", f"Not published: fewer than {least} answers."),
        "protects_others": Text(
            "Không công bố, để không suy ra được ô khác.", "Not published, so that no other cell can be computed."
        ),
    }
    rows = []
    for figure in figures:
        what = status[_cell(figure)]
        if what not in reasons:
            rows.append(figure.row)
            continue
        rows.append(
            figure.row._replace(
                value=None,
                se=None,
                lower=None,
                upper=None,
                n=None,
                deff=None,
                df=None,
                status=what,
                note_vi=reasons[what].vi,
                note_en=reasons[what].en,
            )
        )
    return tuple(rows)


def _words(cell: PlacedCell) -> tuple[str, str]:
    return CROSSED.join(cell.domain) or WHOLE, cell.what.partition(":")[2]


def _cell(figure: Figure) -> PlacedCell:
    measure = figure.row.measure
    kind = "index" if measure in ("factor", "part", "index") else "node" if measure == "node" else "item"
    return PlacedCell(figure.columns, figure.domain, f"{kind}:{figure.row.code}")


def linked_cells(
    figures: Sequence[Figure],
    design: SurveyDesign,
    questionnaire: Questionnaire | None,
    *,
    averaged: Columns | None,
) -> tuple[dict[PlacedCell, int], list[Sum[PlacedCell]], set[PlacedCell]]:
    """Answers of each cell, how cells of all tables add up, and the cells that stand in no table."""
    counts: dict[PlacedCell, int] = {}
    domains: dict[Columns, dict[Domain, None]] = {}
    for figure in figures:
        cell = _cell(figure)
        counts[cell] = max(counts.get(cell, 0), figure.row.n or 0)
        domains.setdefault(figure.columns, {})[figure.domain] = None
    makeup = _Makeup.of(design, questionnaire)
    sums: list[Sum[PlacedCell]] = []
    rests: set[PlacedCell] = set()
    for coarse, fine in _neighbours(tuple(domains)):
        mean = None if coarse else averaged
        for domain, inside in _divided(coarse, fine, domains):
            sums += _over_domains(makeup, coarse, fine, domain, inside, counts, rests, mean=mean)
    for columns, named in domains.items():
        for domain in named:
            sums += makeup.within(columns, domain, None, pooled=averaged is None or bool(columns))
    return counts, [each for each in sums if each.whole in counts], rests


def _over_domains(
    makeup: _Makeup,
    coarse: Columns,
    fine: Columns,
    domain: Domain,
    inside: Sequence[Domain],
    counts: dict[PlacedCell, int],
    rests: set[PlacedCell],
    *,
    mean: Columns | None,
) -> Iterator[Sum[PlacedCell]]:
    """A domain as the sum of its parts in a finer table, and of the people who stand in none of them."""
    for what in makeup.additive:
        whole = PlacedCell(coarse, domain, what)
        parts = tuple(PlacedCell(fine, each, what) for each in inside)
        if mean is not None and what in makeup.factors:
            continue
        rest = PlacedCell(coarse, domain, what, fine)
        items = makeup.factors.get(what)
        if items is None:
            left = counts.get(whole, 0) - sum(counts.get(part, 0) for part in parts)
        else:
            left = max((counts.get(PlacedCell(coarse, domain, item, fine), 0) for item in items), default=0)
        if left > 0:
            counts[rest] = left
            rests.add(rest)
            parts = (*parts, rest)
        yield Sum(whole, parts)
    if rests:
        yield from makeup.within(coarse, domain, fine, pooled=True)
    if mean == fine:
        for what, known in makeup.averaged.items():
            yield Sum(PlacedCell(coarse, domain, what), tuple(PlacedCell(fine, each, what) for each in inside), known)


def _neighbours(tables: Sequence[Columns]) -> Iterator[tuple[Columns, Columns]]:
    """A table and each finer one, with no table in between."""
    for coarse in tables:
        finer = [fine for fine in tables if set(coarse) < set(fine)]
        for fine in finer:
            if not any(set(other) < set(fine) for other in finer if other != fine):
                yield coarse, fine


def _divided(
    coarse: Columns, fine: Columns, domains: Mapping[Columns, Mapping[Domain, None]]
) -> Iterator[tuple[Domain, tuple[Domain, ...]]]:
    """Each domain of the coarse table, with those of the fine one that lie in it."""
    places = [fine.index(column) for column in coarse]
    inside: dict[Domain, list[Domain]] = {}
    for each in domains[fine]:
        inside.setdefault(tuple(each[place] for place in places), []).append(each)
    for domain in domains[coarse]:
        yield domain, tuple(inside.get(domain, ()))


class _Makeup(NamedTuple):
    """How figures of one domain hang together.

    `additive` figures add up over domains, answer by answer (items before the factors that pool them); `factors` the
    items of each factor that pools its answers; `averaged` the figures whose nation is the mean of units, and whether
    their equation holds as it stands (a factor is counted in answers elsewhere, so that its coefficients differ).
    """

    additive: tuple[str, ...]
    factors: Mapping[str, tuple[str, ...]]
    sums: tuple[tuple[str, tuple[str, ...], bool], ...]
    averaged: Mapping[str, bool]

    @classmethod
    def of(cls, design: SurveyDesign, questionnaire: Questionnaire | None) -> _Makeup:
        items = [f"item:{item.code}" for item in design.items] + [f"item:{ratio.code}" for ratio in design.ratios]
        factors: dict[str, tuple[str, ...]] = {}
        sums: list[tuple[str, tuple[str, ...], bool]] = []
        averaged: dict[str, bool] = {}
        nodes = []
        if questionnaire is not None:
            for item in questionnaire.items:
                if item.node is not None:
                    nodes.append(f"node:{item.node}")
                    sums.append((nodes[-1], _items_of(design, questionnaire, item.code), True))
            index = questionnaire.index
            if index is not None:
                pooled = index.factor_rule == "pooled_answers"
                for factor in index.factors:
                    name = f"index:{factor.code}"
                    asked = [each.code for each in questionnaire.items_of_factor(factor.code)]
                    parts = tuple(item for code in asked for item in _items_of(design, questionnaire, code))
                    if pooled:
                        factors[name] = parts
                    sums.append((name, parts, pooled))
                sums += _levels(index)
                averaged = {name: name not in factors for name, _, _ in sums if name.startswith("index:")}
        return cls((*items, *nodes, *factors), factors, tuple(sums), averaged)

    def within(
        self, columns: Columns, domain: Domain, rest: Columns | None, *, pooled: bool
    ) -> Iterator[Sum[PlacedCell]]:
        """The sums of one domain. Not `pooled`: a factor is a mean of units, and no sum of the answers here."""
        for whole, parts, known in self.sums:
            if whole in self.factors and not pooled:
                continue
            yield Sum(
                PlacedCell(columns, domain, whole, rest),
                tuple(PlacedCell(columns, domain, part, rest) for part in parts),
                known,
            )


def _levels(index: IndexDefinition) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    for part in index.parts:
        yield f"index:{part.code}", tuple(f"index:{factor.code}" for factor in part.factors), False
    yield f"index:{index.code}", tuple(f"index:{part.code}" for part in index.parts), True


def _items_of(design: SurveyDesign, questionnaire: Questionnaire, code: str) -> tuple[str, ...]:
    found = (item_of(design, column) for column in questionnaire.columns_of[code])
    return tuple(f"item:{item.code}" for item in found if item is not None)
