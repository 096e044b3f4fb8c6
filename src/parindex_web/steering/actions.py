"""Bringing an edition into the application, from the files of its folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction
from django.utils import timezone

from parindex.language import Text, nfc
from parindex.problems import ProblemKind, Problems, ProblemsFound
from parindex.programme.edition import Edition as Programme
from parindex.results.reading import read_programme
from parindex.sources import Place
from parindex.submissions.layout import bonus_items, is_asked
from parindex_web import clock
from parindex_web.accounts.models import Person
from parindex_web.accounts.permissions import Target, rights_of
from parindex_web.appraise.council import refuse_unless_appraised, refuse_unless_carried
from parindex_web.audit.acts import act
from parindex_web.collect.models import Line
from parindex_web.editions.actions import move_edition
from parindex_web.editions.models import Deadline, Edition, EditionFile, UnitFile
from parindex_web.editions.programme import asked, digest_of_files, laid_out
from parindex_web.editions.steps import Impossible
from parindex_web.editions.store import keep
from parindex_web.people.carrying import carry_roles
from parindex_web.steering.next_edition import TakenOver, files_for_next, taken_over

EDITION_EXISTS = ProblemKind(
    "WEB-EDITION-EXISTS",
    what=Text('đã có kỳ đánh giá "{code}".', 'the edition "{code}" exists.'),
    why=Text("Mã kỳ là duy nhất.", "Codes of editions are unique."),
    remedy=Text("Đổi edition trong edition.yaml.", "Change edition in edition.yaml."),
)

CODE_UNFIT = ProblemKind(
    "WEB-CODE-UNFIT",
    what=Text('mã "{code}" không dùng được.', 'the code "{code}" cannot be used.'),
    why=Text(
        "Mã thành địa chỉ trang và tên tệp: nhiều nhất {most} ký tự, không có / \\ ? # %, không bắt đầu hay kết thúc "
        "bằng dấu chấm.",
        "Codes become addresses and names of files: at most {most} characters, no / \\ ? # %, no dot at either end.",
    ),
    remedy=Text("Đặt mã khác.", "Use another code."),
)
NAME_LONG = ProblemKind(
    "WEB-NAME-LONG",
    what=Text('tên "{name}…" dài quá {most} ký tự.', 'the name "{name}…" is longer than {most} characters.'),
    why=Text("", ""),
    remedy=Text("Rút gọn tên.", "Shorten it."),
)

DEADLINE_HOUR = time(17, 0)
"""Deadlines fall at the end of office hours, Vietnamese time, unless they are set to the minute."""

LAST_MISSING = ProblemKind(
    "WEB-LAST-EDITION",
    what=Text('mã kỳ "{code}" hoặc năm {year} không dùng được.', 'the code "{code}" or year {year} cannot be used.'),
    why=Text(
        "Kỳ sau có mã riêng, không có dấu cách, và năm lớn hơn năm của kỳ trước.",
        "The next edition has a code of its own, without spaces, and a later year.",
    ),
    remedy=Text("Ghi mã và năm khác.", "Write another code and year."),
)

LEFT_BEHIND = ("submissions", "publication")
"""Folders that are not brought along: claims are made on the web, and a publication is made from them."""


def files_of_folder(folder: Path) -> dict[str, Path]:
    """What an edition asks and brings along, by name: declarations, surveys, records, but no claims."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        hidden = any(part.startswith(".") for part in name.split("/"))
        if path.is_file() and not path.is_symlink() and name.split("/")[0] not in LEFT_BEHIND and not hidden:
            found[nfc(name)] = path
    return found


def create_edition(*, by: Person, files: Mapping[str, Path]) -> Edition:
    """An edition from the files of its folder. Raises ProblemsFound with all their problems, Refused, Impossible."""
    rights_of(by, clock.today()).refuse_unless("edition.create", Target())
    kept = [EditionFile(name=name, sha256=sha256, size=size) for name, (sha256, size) in _kept(files)]
    digest = digest_of_files((file.name, file.sha256) for file in kept)
    folder = laid_out(digest, lambda: kept)
    problems = Problems()
    programme, _, _ = read_programme(folder, problems)
    if programme is not None:
        _check_names(programme, kept, problems)
    if programme is None or problems.errors:
        raise ProblemsFound(problems.sorted())
    with act("edition.create", by=by, target=Target(edition=programme.code)) as record:
        # "new" is the address of the page that makes editions.
        if programme.code == "new" or Edition.objects.filter(code=programme.code).exists():
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
        for file in kept:
            file.edition = edition
        EditionFile.objects.bulk_create(kept)
        Deadline.objects.bulk_create(_deadlines(edition, programme))
        _unit_files(edition, programme)
        record(details={"files": {file.name: file.sha256 for file in kept}})
    return edition


def _check_names(programme: Programme, files: Sequence[EditionFile], problems: Problems) -> None:
    """Codes and names become addresses and names of files, and have a place of a certain width."""
    place = Place("edition.yaml")
    domains = [domain for each in programme.lists for domain in each.framework.domains]
    nodes = {node.code for domain in domains for node in (domain, *domain.leaves())}
    nodes |= {item.code for each in programme.lists for item in bonus_items(each.framework)}
    codes = [
        (programme.code, 60),
        (programme.programme, 60),
        *((each.code, 60) for each in programme.lists),
        *((unit.code, 30) for each in programme.lists for unit in each.units),
        *((node, 30) for node in sorted(nodes)),
    ]
    for code, most in codes:
        if not _CODE.fullmatch(code) or len(code) > most:
            problems.add(CODE_UNFIT, place, code=code[:80], most=most)
    texts = [programme.name.vi, programme.name.en, *(file.name for file in files)]
    texts += [text for each in programme.lists for unit in each.units for text in (unit.name.vi, unit.name.en)]
    for text in texts:
        if len(text) > 200:
            problems.add(NAME_LONG, place, name=text[:80], most=200)


_CODE = re.compile(r"(?![.])[^\x00-\x1f\x7f/\\?#%]*[^\x00-\x1f\x7f/\\?#%.\s]")
"""No part of a path, nothing that an address or a file system reads in its own way."""

_CONDITIONS: Mapping[str, Callable[[Edition], None]] = {
    "convene": refuse_unless_appraised,
    "decide": refuse_unless_carried,
}
"""What must be true of an edition, beyond its stage, before it takes a step."""


def move_on(*, by: Person, edition: Edition, name: str, reason: str = "") -> Edition:
    """One step of the edition, with all its conditions. Raises Impossible, Refused."""
    return move_edition(
        by=by, edition=edition, name=name, reason=reason, unless=_CONDITIONS.get(name, lambda edition: None)
    )


def refusal_of(edition: Edition, name: str) -> Impossible | None:
    """What stands in the way of a step now, by the same condition that the step itself asks; None: nothing."""
    condition = _CONDITIONS.get(name)
    try:
        if condition:
            condition(edition)
    except Impossible as impossible:
        return impossible
    return None


@dataclass(frozen=True, slots=True)
class Days:
    """First and last day of roles; no last day: without end."""

    first: date
    last: date | None


def look_ahead(*, by: Person, last: Edition, code: str, year: int) -> TakenOver:
    """What an edition made from last year's would take over. Raises ProblemsFound, Impossible, Refused."""
    rights_of(by, clock.today()).refuse_unless("edition.create", Target())
    return taken_over(last, asked(last).edition, code=_new_code(last, code, year), year=year)


def create_next_edition(*, by: Person, last: Edition, code: str, year: int, roles: Days | None = None) -> Edition:
    """An edition from last year's: its framework and units, its days moved on. A draft, in preparation.

    `roles`: give the roles of last year's again between these days. Raises ProblemsFound, Impossible, Refused.
    """
    rights_of(by, clock.today()).refuse_unless("edition.create", Target())
    code = _new_code(last, code, year)
    with TemporaryDirectory(prefix="next-") as room, transaction.atomic():
        files = files_for_next(last, asked(last).edition, code=code, year=year, to=Path(room) / "edition")
        made = create_edition(by=by, files=files)
        if roles is not None:
            carry_roles(by=by, last=last, edition=made, valid_from=roles.first, valid_until=roles.last)
        return made


def _new_code(last: Edition, code: str, year: int) -> str:
    code = nfc(code.strip())
    if year <= last.year or not re.fullmatch(r"[^\s,;|/\\]{1,60}", code):
        raise Impossible(LAST_MISSING, code=code, year=year)
    if Edition.objects.filter(code=code).exists():
        raise Impossible(EDITION_EXISTS, code=code)
    return code


def _kept(files: Mapping[str, Path]) -> Iterable[tuple[str, tuple[str, int]]]:
    for name, path in sorted(files.items()):
        yield name, keep(path)


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
