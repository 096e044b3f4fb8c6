"""Every form of the application: what it writes outside of the libraries' own tables is in exactly one event."""

from __future__ import annotations

import pytest
from addresses import ADDRESSES, scene
from django.db import connection, transaction
from django.test import Client

from parindex_web.audit.guard import _OWN_COLUMNS, _WRITE, OWN_WAYS
from parindex_web.audit.models import Event

pytestmark = pytest.mark.slow
MANY = {"unit_lines_move", "unit_evidence_describe"}
"""Forms that do several acts, one for each line or document."""


def test_no_form_writes_without_an_event_and_none_leaves_two(edition, people):
    things = scene(edition, people)
    wrong, wrote = [], 0
    for each in ADDRESSES:
        if not each.let_in:
            continue
        client = Client()
        client.force_login(things["cast"][each.let_in.split()[0]])
        written: list[str] = []

        def watch(execute, sql, params, many, context, written=written):
            found = _WRITE.match(sql)
            own = found and (found["table"].startswith((*OWN_WAYS, "audit_")) or _OWN_COLUMNS.match(sql))
            if found and not own:
                written.append(found["table"])
            return execute(sql, params, many, context)

        with transaction.atomic():
            before = Event.objects.count()
            with connection.execute_wrapper(watch):
                ask = client.post if each.method == "POST" else client.get
                response = ask(each.url(things), dict(each.body(things)))
                if response.streaming:
                    b"".join(response.streaming_content)
            events = Event.objects.count() - before
            transaction.set_rollback(True)
        wrote += bool(written)
        if each.method == "GET" and (written or events):
            wrong.append(f"GET {each.name} writes {written}")
        if written and not events:
            wrong.append(f"{each.name} writes {written} without an event")
        if events > 1 and each.name not in MANY:
            wrong.append(f"{each.name} leaves {events} events")
    assert not wrong, "\n".join(wrong)
    assert wrote > 12


@pytest.mark.parametrize(
    "statement",
    [
        'INSERT INTO "collect_line" (node) VALUES (1)',
        'INSERT OR IGNORE INTO "collect_line" (node) VALUES (1)',
        'INSERT OR REPLACE INTO "collect_line" (node) VALUES (1)',
        'UPDATE OR REPLACE "collect_line" SET node = 1',
        'UPDATE "collect_line" SET node = 1',
        'UPDATE ONLY "collect_line" SET node = 1',
        'DELETE FROM "collect_line"',
        'REPLACE INTO "collect_line" (node) VALUES (1)',
        'TRUNCATE TABLE "collect_line"',
        'TRUNCATE "collect_line"',
    ],
)
def test_the_guard_knows_every_way_of_writing(statement):
    found = _WRITE.match(statement)
    assert found is not None and found["table"] == "collect_line"
