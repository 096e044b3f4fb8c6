"""Two at the same thing in the same moment, a worker that comes back from the dead, and the day in Vietnam."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from collecting import E, client_of, pdf, save, text_of, upload
from stories import find, line_of, signed

from parindex_web import clock
from parindex_web.audit.guard import writing
from parindex_web.collect import actions as collecting_actions
from parindex_web.collect.actions import NotTaken, save_line
from parindex_web.collect.evidence_actions import remove_document
from parindex_web.results.actions import ask_computation, begin_again, files_root, run_computation
from parindex_web.results.models import Computation

pytestmark = pytest.mark.slow


def test_a_document_taken_out_between_reading_and_writing_a_line_is_not_cited(edition, people, monkeypatch):
    """The other act runs in the very gap: after the documents were read, before the line is locked."""
    coordinator = people("coordinator", unit="U1")
    upload(client_of(coordinator), "U1", ("a.pdf", pdf("a")))
    document = edition.unit_files.get(unit="U1").evidence.get()
    honest = collecting_actions.act
    gap = [True]

    @contextmanager
    def with_a_gap(name, **more):
        if name == "line.fill" and gap:
            gap.clear()
            remove_document(by=people("field_officer", unit="U1"), document=document)
        with honest(name, **more) as record:
            yield record

    monkeypatch.setattr(collecting_actions, "act", with_a_gap)
    with pytest.raises(NotTaken) as found:
        save_line(
            by=coordinator, line=line_of(edition, "U1", "1.1"), seen=0, key=uuid4(), fields={"met": "yes"},
            explanation="", language="vi", citations=[("TL01", "trang 1")],
        )  # fmt: skip
    assert [each.input for each in found.value.wrong] == ["citation-0"] and not gap
    line = line_of(edition, "U1", "1.1")
    assert line.version == 0 and not line.citations.exists()


def test_two_people_on_one_line_never_overwrite_each_other_silently(edition, people):
    """Both began from the same version: the second is shown both, whichever way it comes, and nothing is lost."""
    one, two = client_of(people("coordinator", unit="U1")), client_of(people("field_officer", unit="U1"))
    assert save(one, "U1", "1.1", {"met": "yes"}, seen=0, explanation="Của người thứ nhất").status_code == 302
    for script in (False, True):
        answer = save(two, "U1", "1.1", {"met": "no"}, seen=0, explanation="Của người thứ hai", script=script)
        page = answer.json()["html"] if script else text_of(answer)
        assert answer.status_code == 409 and "Của người thứ nhất" in page and "Của người thứ hai" in page
    assert line_of(edition, "U1", "1.1").explanation == "Của người thứ nhất"


def test_a_worker_that_comes_back_replaces_nothing(edition, people, monkeypatch):
    """It hung for so long that another took over and finished: its own result is thrown away."""
    from parindex.results import result as results

    edition = signed(edition, people)
    computation = ask_computation(by=people("programme_manager"), edition=edition)
    honest = results.write_result
    hung = [True]

    def hangs(result, to):
        honest(result, to)
        if hung:
            hung.clear()
            with writing():
                long_ago = clock.now() - timedelta(hours=1)
                Computation.objects.filter(pk=computation.pk).update(beat_at=long_ago)
            assert begin_again() == [computation]
            run_computation(computation.pk)
            _mark(computation).write_text("của người làm sau")

    monkeypatch.setattr(results, "write_result", hangs)
    run_computation(computation.pk)
    computation.refresh_from_db()
    assert (computation.state, computation.attempts) == ("done", 2)
    assert _mark(computation).read_text() == "của người làm sau"


def _mark(computation):
    return files_root() / "computations" / computation.edition.code / str(computation.number) / "mark.txt"


def test_a_decision_made_at_dawn_is_of_that_day_in_vietnam(edition, people, monkeypatch):
    """The server counts in UTC, where it is still the day before."""
    from parindex_web.appraise.marking import blind_of
    from parindex_web.results.exporting import decision_rows

    edition = signed(edition, people)
    dawn = datetime.combine(clock.today() + timedelta(days=1), datetime.min.time(), UTC) - timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: dawn)
    find(people("appraiser"), line_of(edition, "U1", "1.1"), "adjust", points="0.25", reason="Thiếu")
    rows = list(decision_rows(edition.unit_files.get(unit="U1"), blind_of(edition)))
    tomorrow = (dawn + timedelta(hours=7)).date().isoformat()
    assert tomorrow != dawn.date().isoformat() and {row[7] for row in rows} == {tomorrow}


def test_times_in_a_table_are_those_of_vietnam(edition, people):
    table = text_of(client_of(people("auditor")).get(f"{E}/progress.csv"))
    assert "2099-01-31T17:00:00+07:00" in table and "+00:00" not in table
