"""What a slip with a database shell cannot do, on SQLite and on PostgreSQL: raw statements past all of our code."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from stories import computed, decided, frozen

from parindex_web import clock
from parindex_web.appraise import council
from parindex_web.audit.guard import writing
from parindex_web.collect.models import EvidenceFile

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    """Every test has a folder of its own: publications outlive the database of a test."""
    settings.FILES = tmp_path / "files"


SLIPS = [
    ("a line of a signed file", "UPDATE collect_line SET explanation = 'x' WHERE id = {line}"),
    ("points of a signed file", "UPDATE collect_line SET points = 9 WHERE id = {line}"),
    ("a line moved to a draft", "UPDATE collect_line SET unit_file_id = {draft}, node = 'x' WHERE id = {line}"),
    ("a line taken out", "DELETE FROM collect_line WHERE id = {line}"),
    ("a version changed", "UPDATE collect_lineversion SET explanation = 'x' WHERE line_id = {line}"),
    ("a version taken out", "DELETE FROM collect_lineversion WHERE line_id = {line}"),
    ("a version added", "INSERT INTO collect_lineversion (line_id, version, \"values\", explanation, citations, key, at, "
     "by_id, way) SELECT line_id, version + 1, \"values\", 'x', citations, {uuid}, at, by_id, way "
     "FROM collect_lineversion WHERE line_id = {line}"),
    ("a citation bent", "UPDATE collect_citation SET document_id = {other_document}"),
    ("a citation taken out", "DELETE FROM collect_citation"),
    ("a document swapped", "UPDATE collect_evidencefile SET stored_as = 'x' WHERE id = {document}"),
    ("a document renamed", "UPDATE collect_evidencefile SET file_name = 'x.pdf' WHERE id = {document}"),
    ("a document taken out", "UPDATE collect_evidencefile SET removed_at = uploaded_at WHERE id = {document}"),
    ("a signature's digest", "UPDATE editions_unitfile SET signed_digest = 'x' WHERE id = {file}"),
    ("a file called differently", "UPDATE editions_unitfile SET name_vi = 'x' WHERE id = {file}"),
    ("a file reopened past its steps", "UPDATE editions_unitfile SET standing = 'draft' WHERE id = {file}"),
    ("a file taken out", "DELETE FROM editions_unitfile WHERE id = {file}"),
    ("an edition with other files", "UPDATE editions_edition SET digest = 'x'"),
    ("an edition called differently", "UPDATE editions_edition SET code = 'x'"),
    ("an edition back a step", "UPDATE editions_edition SET stage = 'open'"),
    ("an edition taken out", "DELETE FROM editions_edition"),
    ("a file of an edition", "UPDATE editions_editionfile SET sha256 = 'x'"),
    ("a deadline taken away", "DELETE FROM editions_deadline"),
    ("a finding changed", "UPDATE appraise_finding SET points = 9"),
    ("a finding taken out", "DELETE FROM appraise_finding"),
    ("a finding in a closed round", "INSERT INTO appraise_finding (line_id, round, marker, outcome, basis, \"values\", "
     "points, reason, by_id, at, decision) SELECT line_id, round, marker, outcome, basis, \"values\", 0, 'x', by_id, at, "
     "decision FROM appraise_finding WHERE round = 'appraisal_1' AND line_id = {line}"),
    ("a vote changed", "UPDATE appraise_vote SET choice = 'against'"),
    ("a vote taken out", "DELETE FROM appraise_vote"),
    ("a vote after closing", "INSERT INTO appraise_vote (motion_id, person_id, choice, at) "
     "SELECT motion_id, person_id, 'against', at FROM appraise_vote"),
    ("a motion reworded after closing", "UPDATE appraise_motion SET text = 'x'"),
    ("a motion carried after all", "UPDATE appraise_motion SET carried = NOT carried"),
    ("a motion taken out", "DELETE FROM appraise_motion"),
    ("a motion in a closed session", "INSERT INTO appraise_motion (session_id, number, text, \"values\") "
     "SELECT session_id, 9, 'x', \"values\" FROM appraise_motion"),
    ("a session with fewer members", "UPDATE appraise_session SET members = 1"),
    ("a session taken out", "DELETE FROM appraise_session"),
    ("who took part", "UPDATE appraise_attendance SET way = 'absent'"),
    ("an event changed", "UPDATE audit_event SET details = '{{}}' WHERE position = 1"),
    ("an event taken out", "DELETE FROM audit_event"),
    ("an event slipped in", "INSERT INTO audit_event (chain_id, position, at, said_at, by_id, said_by, act, subject, "
     "details, previous, digest) SELECT chain_id, position + 1000, at, said_at, by_id, said_by, act, subject, details, "
     "previous, digest FROM audit_event WHERE position = 1"),
    ("a chain cut short", "UPDATE audit_chain SET length = length - 1"),
    ("a chain with another end", "UPDATE audit_chain SET head = 'x'"),
    ("a chain taken out", "DELETE FROM audit_chain"),
    ("a finished computation", "UPDATE results_computation SET folder = 'x'"),
    ("a computation taken out", "DELETE FROM results_computation"),
    ("a role widened", "UPDATE accounts_duty SET unit = ''"),
    ("a role taken out", "DELETE FROM accounts_duty"),
    ("a publication bent", "UPDATE results_publication SET folder = 'x'"),
    ("an embargo lifted", "UPDATE results_publication SET embargo_until = published_at"),
    ("a publication taken out", "DELETE FROM results_publication"),
]  # fmt: skip

KEPT = [
    "audit_event", "audit_chain", "collect_lineversion", "collect_line", "collect_evidencefile", "appraise_finding",
    "appraise_vote", "appraise_motion", "appraise_session", "editions_edition", "editions_editionfile",
    "editions_unitfile", "results_computation", "results_publication", "accounts_duty",
]  # fmt: skip


def test_no_slip_changes_what_is_kept(edition, people):
    """One edition, decided, computed and published; every statement runs alone and is refused."""
    from parindex_web.collect.models import Citation
    from parindex_web.results.actions import publish

    documents = [_document(edition, people, number) for number in (1, 2)]
    with writing():
        Citation.objects.create(
            line=edition.unit_files.get(unit="U1").lines.get(node="1.1"), document=documents[0], locator="", order=0
        )
    edition = decided(edition, people)
    computation = computed(edition, people)
    publish(
        by=people("programme_manager"), edition=edition, computation=computation, decision="1", reason="",
        embargo_until=clock.now(),
    )  # fmt: skip
    assert frozen(edition).state == "done"
    file = edition.unit_files.get(unit="U1")
    numbers = {
        "line": file.lines.get(node="1.1").pk,
        "file": file.pk,
        "draft": file.pk,
        "document": documents[0].pk,
        "other_document": documents[1].pk,
        "uuid": "'00000000-0000-0000-0000-000000000001'"
        if connection.vendor == "postgresql"
        else "'" + "0" * 31 + "1'",
    }
    taken = [what for what, slip in SLIPS if _taken(slip.format(**numbers))]
    assert taken == [], "the database took it"
    replaced = [table for table in KEPT if _taken(_replacing(table))]
    assert replaced == [], "rows were replaced or the table was emptied"


def _document(edition, people, number):
    with writing():
        return EvidenceFile.objects.create(
            unit_file=edition.unit_files.get(unit="U1"), number=number, title="Kế hoạch", file_name="a.pdf",
            media_type="application/pdf", size=1, sha256=str(number) * 64, stored_as=f"khong-co-{number}",
            uploaded_at=clock.now(), uploaded_by=people("coordinator", unit="U1"),
        )  # fmt: skip


def _replacing(table):
    """The way around row triggers that each database has."""
    if connection.vendor == "postgresql":
        # Checks that wait for the end of the transaction would stand in the way before the lock does.
        return f'SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE "{table}" CASCADE'
    return f'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"'


def _taken(statement):
    """Whether the database carried it out and a row was there to be changed. A statement that says nothing fails."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            changed = cursor.rowcount
            transaction.set_rollback(True)
    except IntegrityError:
        return False
    assert changed != 0, f"nothing to change: {statement}"
    return True


def test_what_is_still_open_can_be_done(edition, people):
    """The locks do not hold what has to move: a motion before closing, a session, a draft's document."""
    from stories import before_council

    document = _document(edition, people, 1)
    with writing():
        document.title = "Kế hoạch số 1"
        document.save(update_fields=["title"])
    edition = before_council(edition, people)
    member, secretary = people("council_member"), people("council_secretary")
    session = council.convene(by=secretary, edition=edition, held_on=date(2024, 3, 20), place="", in_writing=False)
    motion = council.propose(by=secretary, session=session, text="Thông qua", line=None, values={}, points=None)
    council.vote(by=member, motion=motion, choice="for", way="room")
    assert council.close_motion(by=secretary, motion=motion).carried
    with pytest.raises(IntegrityError), transaction.atomic(), writing():
        document.title = "Tên khác"
        document.save(update_fields=["title"])
