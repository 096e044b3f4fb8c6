"""Every address of the application: how it is asked for, and what each role may do there.

Read by the test of roles, by the tests of accessibility and of the content policy. An address that is not listed here
fails them all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, get_resolver, reverse
from django.urls.resolvers import URLResolver

EDITION = "2023-mô-phỏng"
MINE, OTHER = "U1", "U2"

CAST: Mapping[str, Mapping[str, Any]] = {
    "manager": {"role": "programme_manager"},
    "coordinator": {"role": "coordinator", "unit": MINE},
    "officer": {"role": "field_officer", "unit": MINE},
    "approver": {"role": "approver", "unit": MINE},
    "appraiser": {"role": "appraiser"},
    "member": {"role": "council_member"},
    "secretary": {"role": "council_secretary"},
    "auditor": {"role": "auditor"},
    "administrator": {"role": "administrator"},
    # The same roles, elsewhere.
    "coordinator_there": {"role": "coordinator", "unit": OTHER},
    "officer_there": {"role": "field_officer", "unit": OTHER},
    "officer_of_2": {"role": "field_officer", "unit": MINE, "domains": ["2"]},
    "approver_there": {"role": "approver", "unit": OTHER},
    "appraiser_there": {"role": "appraiser", "unit": OTHER},
    "appraiser_of_2": {"role": "appraiser", "domains": ["2"]},
    "manager_of_2019": {"role": "programme_manager", "edition": "2019"},
    "ended": {"role": "coordinator", "unit": MINE, "valid_until": date(2021, 1, 1)},
}
"""Who asks. Every address that names a unit names U1, and its line 1.1."""

CENTRAL = "manager member secretary auditor"
UNIT = "coordinator officer officer_of_2 approver"
SEES_UNIT = f"{CENTRAL} {UNIT} appraiser appraiser_of_2"
SEES_EDITION = f"{SEES_UNIT} administrator coordinator_there officer_there approver_there appraiser_there"
COUNCIL = "manager member secretary auditor"
ANYBODY = f"{SEES_EDITION} manager_of_2019 ended"
PEOPLE = "administrator auditor"


def pdf(words: str = "một trang") -> SimpleUploadedFile:
    """The smallest file that is taken as a PDF."""
    return SimpleUploadedFile(f"{words}.pdf", b"%PDF-1.4\n% " + words.encode() + b"\n%%EOF\n", "application/pdf")


@dataclass(frozen=True)
class Address:
    """One way to ask: who is let in, and who is told that they may not (403). Everybody else: there is no such page.

    `anonymous`: what nobody gets: "sign in", "open", or a status.
    """

    name: str
    method: str = "GET"
    args: tuple[str, ...] = ()
    """Names of things of the scene; see `Scene.things`."""
    let_in: str = ""
    refused: str = ""
    anonymous: str | int = "sign in"
    body: Callable[[Mapping[str, Any]], Mapping[str, Any]] = field(default=lambda things: {})
    page: bool = True
    """Answers with a page of HTML, when asked with GET."""

    def url(self, things: Mapping[str, Any]) -> str:
        return reverse(self.name, args=[things[name] for name in self.args])


def see(name: str, *args: str, let_in: str, page: bool = True, refused: str = "") -> Address:
    return Address(name, "GET", args, let_in, refused, page=page)


def do(name: str, *args: str, let_in: str, refused: str = "", **body: Any) -> Address:
    """A form that is sent: `refused` see the thing that it is about."""
    let = set(let_in.split())
    rest = " ".join(each for each in refused.split() if each not in let)
    return Address(
        name,
        "POST",
        args,
        let_in,
        rest,
        body=lambda things: {key: value(things) if callable(value) else value for key, value in body.items()},
        page=False,
    )


def open_to_all(name: str, method: str = "GET", *args: str, page: bool = True, **body: Any) -> Address:
    return Address(name, method, args, ANYBODY, "", "open", lambda things: body, page)


def own(name: str, method: str = "GET", *args: str, page: bool = True, **body: Any) -> Address:
    """About the account of whoever asks."""
    return Address(name, method, args, ANYBODY, "", "sign in", lambda things: body, page)


E, U, L = ("edition",), ("edition", "unit"), ("edition", "unit", "node")

ADDRESSES: tuple[Address, ...] = (
    # --- the frame
    own("home"),
    open_to_all("language", "POST", page=False, language="en", next="/"),
    # --- signing in; what is behind the password asks for it again, so only these doors are tried here
    open_to_all("account_login"),
    open_to_all("account_logout"),
    open_to_all("account_inactive"),
    own("account_reauthenticate"),
    own("account_change_password"),
    own("account_set_password"),
    open_to_all("account_reset_password"),
    open_to_all("account_reset_password_done"),
    open_to_all("account_reset_password_from_key", "GET", "uidb36", "reset_key"),
    open_to_all("account_reset_password_from_key_done"),
    own("mfa_index"),
    open_to_all("mfa_authenticate"),
    own("mfa_reauthenticate"),
    own("mfa_activate_totp"),
    own("mfa_deactivate_totp"),
    own("mfa_view_recovery_codes"),
    own("mfa_generate_recovery_codes"),
    own("mfa_download_recovery_codes", page=False),
    own("mfa_list_webauthn"),
    own("mfa_add_webauthn"),
    own("mfa_reauthenticate_webauthn"),
    own("mfa_remove_webauthn", "GET", "key"),
    own("mfa_edit_webauthn", "GET", "key"),
    open_to_all("mfa_login_webauthn", page=False),
    own("mfa_totp_picture", page=False),
    open_to_all("socialaccount_login_cancelled"),
    open_to_all("socialaccount_login_error"),
    open_to_all("openid_connect_login", "GET", "provider"),
    open_to_all("openid_connect_callback", "GET", "provider"),
    # --- people
    see("people", let_in=PEOPLE),
    see("person_invite", let_in="administrator", refused="auditor"),
    do("person_invite", let_in="administrator", refused=PEOPLE, email="moi@demo.test", full_name="Tên", role="auditor"),
    see("invite_list", let_in="administrator", refused="auditor"),
    do("invite_list", let_in="administrator", refused=PEOPLE, list="email,full_name,role\na@b.test,A,auditor"),
    see("invitations", let_in=PEOPLE),
    do("invitations_send", let_in="administrator", refused=PEOPLE, invitation=lambda things: things["invitation"]),
    do("invitations_withdraw", let_in="administrator", refused=PEOPLE, invitation=lambda things: things["invitation"]),
    see("people_units", let_in=PEOPLE),
    see("people_record", let_in=PEOPLE, page=False),
    own("my_account"),
    own("sign_out_everywhere", "POST", page=False),
    open_to_all("joining"),
    open_to_all("join", "GET", "secret"),
    see("person", "person", let_in=PEOPLE),
    do("person_give_duty", "person", let_in="administrator", refused=PEOPLE, role="auditor"),
    do("person_end_duty", "person", "duty", let_in="administrator", refused=PEOPLE, reason="Chuyển công tác"),
    do("person_stand_in", "person", "duty", let_in="administrator", refused=PEOPLE, reason="Đi học"),
    do("person_close", "person", let_in="administrator", refused=PEOPLE, reason="Nghỉ việc"),
    do("person_reopen", "person", let_in="administrator", refused=PEOPLE, reason="Trở lại"),
    do("person_reset_second_step", "person", let_in="administrator", refused=PEOPLE, reason="Mất điện thoại"),
    # --- self-assessment
    see("unit", *U, let_in=SEES_UNIT),
    see("unit_domain", *U, "domain", let_in=SEES_UNIT),
    see("unit_lines", *U, let_in=SEES_UNIT),
    do("unit_lines_move", *U, let_in=SEES_UNIT, node="1.1", move="hand_in"),
    do(
        "line_save", *L, let_in="coordinator officer", refused=SEES_UNIT,
        seen="0", key=lambda things: str(uuid4()), **{"1.1-met": "yes"},
    ),
    do("line_move", *L, let_in="coordinator officer", refused=SEES_UNIT, move="hand_in"),
    see("line_history", *L, let_in=SEES_UNIT),
    do("unit_consolidate", *U, let_in="coordinator", refused=SEES_UNIT),
    do("unit_return", *U, let_in="coordinator approver", refused=SEES_UNIT, reason="Sửa mục 1.1"),
    do("unit_sign", *U, let_in="approver", refused=SEES_UNIT, digest="0"),
    see("unit_evidence", *U, let_in=SEES_UNIT),
    do("unit_evidence", *U, let_in="coordinator officer officer_of_2", refused=SEES_UNIT, files=lambda things: pdf("mới")),
    do(
        "unit_evidence_describe", *U, let_in="coordinator officer officer_of_2", refused=SEES_UNIT,
        number="1", **{"1-title": "Kế hoạch số 1"},
    ),
    see("unit_document", *U, "number", let_in=SEES_UNIT),
    see("unit_document_download", *U, "number", let_in=SEES_UNIT, page=False),
    see("unit_document_look", *U, "number", let_in=SEES_UNIT, page=False),
    do("unit_document_remove", *U, "number", let_in="coordinator officer officer_of_2", refused=SEES_UNIT),
    see("unit_workbook", *U, let_in=SEES_UNIT),
    do("unit_workbook", *U, let_in="coordinator", refused=SEES_UNIT, workbook=lambda things: pdf()),
    do("unit_workbook_take", *U, let_in="coordinator", refused=SEES_UNIT, token="0"),
    see("unit_workbook_download", *U, let_in=SEES_UNIT, page=False),
    see("unit_paper", *U, let_in=SEES_UNIT),
    do("unit_paper", *U, let_in="coordinator approver", refused=SEES_UNIT, digest="0", signed=lambda things: pdf()),
    see("unit_paper_pdf", *U, let_in=SEES_UNIT, page=False),
    see("unit_paper_word", *U, let_in=SEES_UNIT, page=False),
    see("unit_paper_signed", *U, "paper", let_in=SEES_UNIT, page=False),
    # --- appraisal
    see("appraisal", *E, let_in="manager auditor appraiser appraiser_of_2 appraiser_there"),
    see("appraisal_next", *E, let_in=SEES_EDITION),
    see("reasons", *E, let_in="appraiser appraiser_of_2 appraiser_there"),
    Address(
        "reasons", "POST", E, "appraiser appraiser_of_2 appraiser_there",
        body=lambda things: {"text": "Chưa có chữ ký"}, page=False,
    ),
    do("reason_drop", *E, "reason", let_in="appraiser"),
    see("agreement", *E, let_in="manager auditor"),
    see("agreement_csv", *E, let_in="manager auditor", page=False),
    do("blind_set", *E, let_in="manager", refused="manager auditor", node="1.1", on="yes"),
    do("second_marker", *E, let_in="manager", refused="manager auditor", person=lambda things: things["appraiser"]),
    do("second_marker_end", *E, "marker", let_in="manager", refused="manager auditor"),
    see("appraisal_unit", *U, let_in=SEES_UNIT),
    do("appraisal_close", *U, let_in="manager", refused=SEES_UNIT),
    do("explaining_close", *U, let_in="manager coordinator", refused=SEES_UNIT),
    see("appraisal_line", *L, let_in=f"{CENTRAL} coordinator officer approver appraiser"),
    do(
        "line_find", *L, let_in="appraiser", refused=f"{CENTRAL} coordinator officer approver",
        outcome="accept",
    ),
    do(
        "line_explain", *L, let_in="coordinator officer", refused=f"{CENTRAL} approver appraiser",
        text="Số đúng là 1.880",
    ),
    # --- council
    see("council", *E, let_in=COUNCIL),
    do("council_convene", *E, let_in="secretary", refused=COUNCIL, held_on="2024-03-20", place="Hà Nội"),
    do("council_attend", *E, "session", let_in="secretary", refused=COUNCIL),
    do("council_end", *E, "session", let_in="secretary", refused=COUNCIL),
    see("council_minutes", *E, "session", let_in=COUNCIL, page=False),
    see("council_reading_copy", *E, "session", let_in=COUNCIL, page=False),
    do("council_propose", *E, "session", let_in="secretary", refused=COUNCIL, text="Thông qua toàn bộ kết quả"),
    do("council_vote", *E, "motion", let_in="member", refused=COUNCIL, choice="for"),
    do("council_close", *E, "motion", let_in="secretary", refused=COUNCIL),
    # --- results
    see("results", *E, let_in=CENTRAL),
    do("results_compute", *E, let_in="manager", refused=CENTRAL),
    see("results_publish", *E, let_in="manager", refused=CENTRAL),
    do("results_publish", *E, let_in="manager", refused=CENTRAL, computation="2", decision="Quyết định số 1"),
    see("computation", *E, "computation", let_in=CENTRAL),
    see("changes_csv", *E, "computation", let_in=CENTRAL, page=False),
    see("rounds", *E, "computation", let_in=CENTRAL),
    see("rounds_csv", *E, "computation", let_in=CENTRAL, page=False),
    see("published", *E, let_in=SEES_EDITION),
    see("publication_zip", *E, "version", let_in=SEES_EDITION, page=False),
    see("edition_zip", *E, let_in="manager auditor", page=False),
    # --- the record
    see("record", *E, let_in="manager auditor"),
    see("record_export", *E, let_in="manager auditor", page=False),
    see("record_heads", *E, let_in="manager auditor", page=False),
    see("record_line", *L, let_in="manager auditor"),
    # --- the programme
    see("new_edition", let_in="manager"),
    Address("new_edition", "POST", (), "manager", page=False),
    see("edition_csv", *E, let_in=CENTRAL, page=False),
    see("calendar", *E, let_in=SEES_EDITION),
    see("framework_start", *E, let_in=SEES_EDITION, page=False),
    see("framework", *E, "unit_list", "domain", let_in=CENTRAL),
    see("edition", *E, let_in=CENTRAL),
    do("edition_move", *E, let_in="manager", refused=SEES_EDITION, move="appraise"),
    do(
        "edition_deadlines", *E, let_in="manager", refused=SEES_EDITION,
        what="self_assessment", closes_at="2098-01-31T17:00",
    ),
    do(
        "edition_extend", *E, let_in="manager", refused=SEES_EDITION,
        unit=MINE, what="self_assessment", until="2099-03-01T17:00", reason="Bão số 3",
    ),
)  # fmt: skip


def all_routes() -> Iterator[tuple[str, str]]:
    """Every address that the application answers: its name and how it is written."""

    def walk(resolver: URLResolver, before: str) -> Iterator[tuple[str, str]]:
        for each in resolver.url_patterns:
            route = before + str(each.pattern)
            if isinstance(each, URLPattern):
                yield (each.name or "", route)
            else:
                yield from walk(each, route)

    return walk(get_resolver(), "")


PREFERRED = ("coordinator", "appraiser", "secretary", "administrator", "manager")
"""Whose page is looked at: of those let in, the one who can do most there."""


def pages_tried(things: Mapping[str, Any], units: Iterable[str] = ()) -> Iterator[tuple[str, str, Any]]:
    """Every page of the table: its name, its address, and who looks at it (None: nobody).

    `units`: further units on whose pages is looked, by those who appraise or steer.
    """
    for each in ADDRESSES:
        if each.method != "GET" or not each.page:
            continue
        let_in = each.let_in.split()
        for unit in (things["unit"], *units) if "unit" in each.args else (things["unit"],):
            own = unit == things["unit"]
            likely = PREFERRED if own else PREFERRED[1:]
            who = next((name for name in likely if name in let_in), let_in[0])
            person = None if each.anonymous == "open" else things["cast"][who]
            yield each.name if own else f"{each.name} {unit}", each.url({**things, "unit": unit}), person


def scene(
    edition: Any, people: Callable[..., Any], *, mine: str = MINE, there: str = OTHER, node: str = "1.1"
) -> dict[str, Any]:
    """One of everything that an address can name, in the tiny edition or another; gives the things by their names."""
    from django.utils import timezone
    from django.utils.http import int_to_base36

    from parindex.publication.freeze import publish as freeze
    from parindex.publication.freeze import seal_in
    from parindex_web import clock
    from parindex_web.accounts.models import Invitation
    from parindex_web.appraise.models import Motion, ReusableReason, SecondMarker, Session
    from parindex_web.audit.guard import writing
    from parindex_web.collect.evidence_store import path_of
    from parindex_web.collect.models import EvidenceFile, SignedPaper
    from parindex_web.results.actions import files_root, run_computation
    from parindex_web.results.models import Computation, Publication

    units = {MINE: mine, OTHER: there}
    cast = {
        name: people(
            duty["role"],
            name=name,
            **{k: units.get(v, v) if k == "unit" else v for k, v in duty.items() if k != "role"},
        )
        for name, duty in CAST.items()
    }
    now = clock.now()
    unit_file = edition.unit_files.get(unit=mine)
    document = unit_file.evidence.count() + 1
    computed = edition.computations.count()
    version = edition.publications.count() + 1
    sat = edition.sessions.count() + 1
    content = pdf().read()

    def stored(name: str) -> str:
        path_of(name).parent.mkdir(parents=True, exist_ok=True)
        path_of(name).write_bytes(content)
        return name

    kept = {
        "file_name": "một trang.pdf",
        "media_type": "application/pdf",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "uploaded_at": now,
        "uploaded_by": cast["coordinator"],
        "unit_file": unit_file,
    }
    with writing():
        EvidenceFile.objects.create(number=document, title="Kế hoạch", stored_as=stored(uuid4().hex), **kept)
        paper = SignedPaper.objects.create(way="scan", digest_said="0" * 64, stored_as=stored(uuid4().hex), **kept)
        session = Session.objects.create(
            edition=edition, number=sat, held_on=date(2024, 3, 20), place="", in_writing=False, members=1
        )
        motion = Motion.objects.create(session=session, number=1, text="Thông qua")
        for number in (computed + 1, computed + 2):
            made = Computation.objects.create(edition=edition, number=number, asked_at=now, asked_by=cast["manager"])
            run_computation(made.pk)
        made.refresh_from_db()
        line = files_root() / "publications" / uuid4().hex
        folder = freeze(
            files_root() / made.folder / "result", line, decision="Quyết định số 1", corrects=None, reason=None
        )
        Publication.objects.create(
            edition=edition,
            version=version,
            computation=made,
            decision="Quyết định số 1",
            embargo_until=now,
            published_at=now,
            published_by=cast["manager"],
            folder=str(folder.relative_to(files_root())),
            digest=seal_in(folder),
        )
        reason = ReusableReason.objects.create(person=cast["appraiser"], text="Chưa có chữ ký")
        marker = SecondMarker.objects.create(edition=edition, person=cast["appraiser_there"], given_at=now)
        invitation = Invitation.objects.create(
            email="duoc-moi@demo.test",
            full_name="Người được mời",
            digest=hashlib.sha256(b"secret").hexdigest(),
            duty={"role": "auditor", "edition": "", "unit": "", "domains": [], "from": "2020-01-01", "until": None},
            invited_by=cast["administrator"],
            invited_at=now,
            expires_at=datetime(2099, 1, 1, tzinfo=timezone.get_default_timezone()) + timedelta(days=1),
        )
    somebody = cast["coordinator_there"]
    return {
        "cast": cast,
        "edition": edition.code,
        "unit": mine,
        "domain": node.partition(".")[0],
        "node": node,
        "number": document,
        "paper": paper.pk,
        "session": sat,
        "motion": motion.pk,
        "computation": computed + 2,
        "version": version,
        "unit_list": unit_file.unit_list,
        "reason": reason.pk,
        "marker": marker.pk,
        "invitation": invitation.pk,
        "person": somebody.pk,
        "duty": somebody.duties.get().pk,
        "appraiser": cast["appraiser"].pk,
        "secret": "khong-co",
        "provider": "khong-co",
        "key": 1,
        "uidb36": int_to_base36(somebody.pk),
        "reset_key": "khong-dung",
    }
