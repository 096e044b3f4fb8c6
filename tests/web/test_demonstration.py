"""An edition folder brought to life: deadlines around today, the workbook of a unit as its claims."""

from __future__ import annotations

import shutil
from pathlib import Path

from parindex.problems import Problems
from parindex.results.reading import read_programme
from parindex.submissions import Filled, write_submission
from parindex_web import clock
from parindex_web.audit.models import Event
from parindex_web.demonstration import DAYS_LEFT, Cast, bring

SMALL = Path(__file__).parent / "small"


def test_a_folder_is_brought_into_the_middle_of_its_year(edition, people, tmp_path):
    folder = tmp_path / "edition"
    shutil.copytree(SMALL, folder)
    programme, books, _ = read_programme(folder, Problems(), examples=False)
    assert programme is not None
    (folder / "submissions").mkdir()
    listed = programme.lists[0]
    rules = books[listed.code].rules
    write_submission(
        folder / "submissions" / "U2.xlsx", edition=programme, unit_list=listed,
        unit=next(unit for unit in listed.units if unit.code == "U2"),
        self_score=lambda code, cells: rules[code].spreadsheet(cells),
        filled=Filled(answers={"1.1": {"met": True}}),
    )  # fmt: skip
    cast = Cast(people("programme_manager"), people("coordinator", unit="U1"), people("appraiser"))
    seen = []
    bring(edition, folder, cast=cast, progress=lambda unit, done, total: seen.append((unit, done, total)))
    edition.refresh_from_db()
    assert edition.stage == "appraisal" and seen == [("U1", 1, 2), ("U2", 2, 2)]
    left = {each.what: (each.closes_at.date() - clock.today()).days for each in edition.deadlines.all()}
    assert left == DAYS_LEFT
    line = edition.unit_files.get(unit="U2").lines.get(node="1.1")
    assert line.version == 1 and line.values
    brought = Event.objects.filter(act="demonstration.bring").count()
    # Once more: nothing is brought twice.
    bring(edition, folder, cast=cast, progress=lambda unit, done, total: None)
    assert Event.objects.filter(act="demonstration.bring").count() == brought == 1
