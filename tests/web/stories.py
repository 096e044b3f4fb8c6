"""Short cuts to a certain moment of the tiny edition, through the actions that pages use."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import uuid4

from django.test import Client

E = "/editions/2023-mô-phỏng"
CLAIMS = {
    "U1": {"1.1": {"met": "yes"}, "1.2": {"numerator": "54", "denominator": "60"},
           "2.1.1": {"numerator": "1.880", "denominator": "2.000"}, "2.1.2": {"level": "all"}},
    "U2": {"1.1": {"met": "no"}, "1.2": {"numerator": "60", "denominator": "60"},
           "2.1.1": {"numerator": "950", "denominator": "1.000"}, "2.1.2": {"level": "some"}},
}  # fmt: skip


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def line_of(edition, unit, node):
    return edition.unit_files.get(unit=unit).lines.select_related("unit_file__edition").get(node=node)


def signed(edition, people):
    """Both units have claimed everything and signed; the appraisal is open."""
    from parindex_web.collect.actions import claims_digest, consolidate, save_line, sign
    from parindex_web.editions.actions import move_edition

    for unit, claims in CLAIMS.items():
        coordinator = people("coordinator", unit=unit)
        for node, fields in claims.items():
            save_line(
                by=coordinator, line=line_of(edition, unit, node), seen=0, key=uuid4(), fields=fields,
                explanation="Báo cáo số 1", language="vi",
            )  # fmt: skip
        unit_file = consolidate(by=coordinator, unit_file=edition.unit_files.get(unit=unit))
        sign(by=people("approver", unit=unit), unit_file=unit_file, seen=claims_digest(unit_file))
    return move_edition(by=people("programme_manager"), edition=edition, name="appraise")


def find(by, line, outcome="accept", *, fields=None, points=None, reason="", act=None):
    from parindex_web.appraise import actions

    return (act or actions.find)(
        by=by, line=line, outcome=outcome, basis="adjusted", fields=fields or {},
        points=None if points is None else Decimal(points), reason=reason, language="vi",
    )  # fmt: skip


def accept_all(edition, by, *, but=()):
    for unit, claims in CLAIMS.items():
        for node in claims:
            if (unit, node) not in but:
                find(by, line_of(edition, unit, node))


def before_council(edition, people):
    """Everything accepted in both rounds; the edition is before the council."""
    from parindex_web.appraise.actions import close_explaining, close_round
    from parindex_web.steering.actions import move_on

    manager, appraiser = people("programme_manager"), people("appraiser")
    edition = signed(edition, people)
    accept_all(edition, appraiser)
    for unit in CLAIMS:
        close_round(by=manager, unit_file=edition.unit_files.get(unit=unit), explain=True)
        close_explaining(by=people("coordinator", unit=unit), unit_file=edition.unit_files.get(unit=unit))
        close_round(by=manager, unit_file=edition.unit_files.get(unit=unit), explain=False)
    return move_on(by=manager, edition=edition, name="convene")


def decided(edition, people):
    """The council has carried the whole result and the decision is on record."""
    from parindex_web.appraise import council
    from parindex_web.steering.actions import move_on

    edition = before_council(edition, people)
    member, secretary = people("council_member"), people("council_secretary")
    session = council.convene(
        by=secretary, edition=edition, held_on=date(2024, 3, 20), place="Hà Nội", in_writing=False, chair=member
    )
    motion = council.propose(by=secretary, session=session, text="Toàn bộ kết quả", line=None, values={}, points=None)
    council.vote(by=member, motion=motion, choice="for", way="room")
    council.close_motion(by=secretary, motion=motion)
    council.close_session(by=secretary, session=session)
    return move_on(by=people("programme_manager"), edition=edition, name="decide")


def computed(edition, people):
    """A computation of the edition, done."""
    from parindex_web.results.actions import ask_computation, run_computation

    computation = ask_computation(by=people("programme_manager"), edition=edition)
    run_computation(computation.pk)
    computation.refresh_from_db()
    assert computation.state == "done", computation.problems
    return computation


def frozen(edition):
    """What the worker does with the publication that was asked for; gives the work when it is over."""
    from parindex_web.results.actions import run_freezing

    freezing = edition.freezings.first()
    run_freezing(freezing.pk)
    freezing.refresh_from_db()
    return freezing


def published(edition, people, computation, **more):
    """A computation as the next version; gives the publication."""
    from parindex_web import clock
    from parindex_web.results.actions import publish

    publish(
        by=people("programme_manager"), edition=edition, computation=computation,
        decision="Quyết định số 1 (mô phỏng)", reason=more.pop("reason", ""),
        embargo_until=more.pop("embargo_until", clock.now()),
    )  # fmt: skip
    freezing = frozen(edition)
    assert freezing.state == "done", freezing.problems
    return freezing.publication


def without_locks(table):
    """What somebody does who owns the database and means harm: the locks of a table are taken away."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')
