"""Bringing an edition into the application, from the files of its folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from pathlib import Path

from django.utils import timezone

from parindex.language import Text
from parindex.problems import ProblemKind, Problems, ProblemsFound
from parindex.programme.edition import Edition as Programme
from parindex.results.reading import read_programme
from parindex.sources import digest_of
from parindex.submissions.layout import bonus_items, is_asked
from parindex_web import clock
from parindex_web.accounts.models import Person
from parindex_web.accounts.permissions import Target
from parindex_web.audit.acts import act
from parindex_web.collect.models import Line
from parindex_web.editions.models import Deadline, Edition, EditionFile, UnitFile
from parindex_web.editions.programme import digest_of_files, laid_out
from parindex_web.editions.steps import Impossible

EDITION_EXISTS = ProblemKind(
    "WEB-EDITION-EXISTS",
    what=Text('đã có kỳ đánh giá "{code}".', 'the edition "{code}" exists.'),
    why=Text("Mã kỳ là duy nhất.", "Codes of editions are unique."),
    remedy=Text("Đổi edition trong edition.yaml.", "Change edition in edition.yaml."),
)

DEADLINE_HOUR = time(17, 0)
"""Deadlines fall at the end of office hours, Vietnamese time, unless they are set to the minute."""

LEFT_BEHIND = ("submissions", "publication", "records", "survey")
"""Folders of an edition that are not part of what it asks."""


def files_of_folder(folder: Path) -> dict[str, bytes]:
    """What an edition asks and brings along: every file outside of submissions, records, surveys and results."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name.split("/")[0] not in LEFT_BEHIND and not path.name.startswith("."):
            found[name] = path.read_bytes()
    return found


def create_edition(*, by: Person, files: Mapping[str, bytes]) -> Edition:
    """An edition from the files of its folder. Raises ProblemsFound with all their problems, Refused, Impossible."""
    digest = digest_of_files((name, digest_of(content)) for name, content in files.items())
    folder = laid_out(digest, lambda: files.items())
    problems = Problems()
    programme, _, _ = read_programme(folder, problems)
    if programme is None or problems.errors:
        raise ProblemsFound(problems.sorted())
    with act("edition.create", by=by, target=Target(edition=programme.code)) as record:
        if Edition.objects.filter(code=programme.code).exists():
            raise Impossible(EDITION_EXISTS, code=programme.code)
        edition = Edition.objects.create(
            code=programme.code,
            programme=programme.programme,
            year=programme.year,
            name_vi=programme.name.vi,
            name_en=programme.name.en,
            simulated=programme.simulated,
            digest=digest,
            created_at=clock.now(),
            created_by=by,
        )
        EditionFile.objects.bulk_create(
            EditionFile(edition=edition, name=name, content=content, sha256=digest_of(content))
            for name, content in sorted(files.items())
        )
        Deadline.objects.bulk_create(_deadlines(edition, programme))
        _unit_files(edition, programme)
        record(details={"files": {name: digest_of(content) for name, content in sorted(files.items())}})
    return edition


_CALENDAR = {
    "closes_on": "self_assessment",
    "appraisal_1_closes_on": "appraisal_1",
    "explanation_closes_on": "explanation",
    "appraisal_2_closes_on": "appraisal_2",
    "council_closes_on": "council",
}


def _deadlines(edition: Edition, programme: Programme) -> Iterable[Deadline]:
    zone = timezone.get_default_timezone()
    for name, what in _CALENDAR.items():
        day = programme.calendar.get(name)
        if day is not None:
            yield Deadline(edition=edition, what=what, closes_at=datetime.combine(day, DEADLINE_HOUR, zone))


def _unit_files(edition: Edition, programme: Programme) -> None:
    files: list[UnitFile] = []
    for unit_list in programme.lists:
        for unit in unit_list.units:
            files.append(
                UnitFile(
                    edition=edition,
                    unit_list=unit_list.code,
                    unit=unit.code,
                    name_vi=unit.name.vi,
                    name_en=unit.name.en,
                    order=len(files),
                )
            )
    made = UnitFile.objects.bulk_create(files)
    lines = []
    frameworks = {unit_list.code: unit_list.framework for unit_list in programme.lists}
    for unit_file in made:
        framework = frameworks[unit_file.unit_list]
        order = 0
        for domain in framework.domains:
            for node in domain.leaves():
                if node.leaf is not None and is_asked(node.leaf):
                    lines.append(Line(unit_file=unit_file, node=node.code, domain=domain.code, order=order))
                order += 1
        for item in bonus_items(framework):
            lines.append(Line(unit_file=unit_file, node=item.code, domain="", order=order))
            order += 1
    Line.objects.bulk_create(lines, batch_size=500)
