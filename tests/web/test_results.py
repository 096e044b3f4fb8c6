"""Computing in the background, what changed, publishing, downloads that the library computes to the same bytes."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from datetime import date, timedelta
from urllib.parse import unquote

import pytest
from stories import E, before_council, client_of, computed, decided, find, frozen, line_of, published, signed

from parindex.problems import Problems
from parindex.publication.audit_heads import sealed_heads
from parindex.publication.audit_trail import check_heads, verify_trail
from parindex.publication.verify import verify
from parindex_web import clock
from parindex_web.audit.guard import writing
from parindex_web.audit.queries import exported
from parindex_web.editions.models import Edition
from parindex_web.results.actions import ask_computation, begin_again, files_root, publish, run_computation
from parindex_web.results.models import Computation, Freezing
from parindex_web.results.work import ATTEMPTS, STALE_AFTER, is_stale

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    """Every test has a folder of its own: publications outlive the database of a test."""
    settings.FILES = tmp_path / "files"


def _unpacked(response, to):
    content = b"".join(response.streaming_content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(to)
    return content


def test_the_library_computes_the_downloaded_folder_to_the_same_bytes(edition, people, tmp_path):
    edition = decided(edition, people)
    publication = published(edition, people, computed(edition, people))
    manager = client_of(people("programme_manager"))
    content = _unpacked(manager.get(f"{E}/results/edition.zip"), tmp_path)
    assert content == b"".join(manager.get(f"{E}/results/edition.zip").streaming_content)
    _unpacked(manager.get(f"{E}/results/publications/1.zip"), tmp_path / "web")

    def parindex(*arguments):
        done = subprocess.run(
            [sys.executable, "-m", "parindex.cli", *map(str, arguments)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    parindex("compute", tmp_path / "edition", "--out", tmp_path / "result")
    parindex("publish", tmp_path / "result", "--to", tmp_path / "line", "--decision", publication.decision)
    ours, theirs = tmp_path / "web" / "v1", tmp_path / "line" / "v1"
    compared = [path.relative_to(theirs) for path in theirs.rglob("*") if path.suffix in (".csv", ".json")]
    # Two files name what only the web has: the heads of its record.
    compared = [path for path in compared if str(path) not in ("manifest.json", "datapackage.json")]
    assert len(compared) > 10
    for path in compared:
        assert (ours / path).read_bytes() == (theirs / path).read_bytes(), path
    assert not list((files_root() / "exports").iterdir())


def test_freezing_is_shown_while_the_worker_is_at_it_and_is_asked_for_once(edition, people):
    edition = decided(edition, people)
    computed(edition, people)
    manager = client_of(people("programme_manager"))
    body = {"computation": "1", "decision": "QĐ 1", "embargo": "2030-01-01T08:00"}
    page = manager.post(f"{E}/results/publish/", body, follow=True).content.decode()
    assert "Đang đóng băng bản công bố v1" in page and 'http-equiv="refresh"' in page
    assert not edition.publications.exists() and Edition.objects.get().stage == "decided"
    again = manager.post(f"{E}/results/publish/", body)
    assert again.status_code == 409 and "WEB-FREEZING" in again.content.decode()
    with writing():
        Freezing.objects.update(state="running", doing="freeze:csv", done=2, total=5, beat_at=clock.now())
    page = manager.get(f"{E}/results/").content.decode()
    assert "Ghi và niêm phong bản công bố: 2/5" in page
    with writing():
        Freezing.objects.update(state="waiting")
    assert frozen(edition).publication.embargo_until.year == 2030
    assert Edition.objects.get().stage == "published"
    acts = [line for line in b"".join(exported(edition.code)).decode().splitlines() if '"v1"' in line]
    assert [act in line for act, line in zip(("results.publish", "results.frozen"), acts, strict=True)] == [True, True]


def test_freezing_whose_worker_was_killed_begins_again_and_leaves_nothing_behind(edition, people):
    edition = decided(edition, people)
    computation = computed(edition, people)
    publish(
        by=people("programme_manager"), edition=edition, computation=computation,
        decision="QĐ 1", reason="", embargo_until=clock.now(),
    )  # fmt: skip
    # Killed after the folder was written, before anybody could say that it is published.
    left = files_root() / "publications" / edition.code / "v1"
    left.mkdir(parents=True)
    (left / "manifest.json").write_text("{}")
    long_ago = clock.now() - STALE_AFTER - timedelta(seconds=1)
    with writing():
        Freezing.objects.update(state="running", attempts=1, beat_at=long_ago)
    assert begin_again() == [Freezing.objects.get()]
    freezing = frozen(edition)
    assert (freezing.state, freezing.attempts) == ("done", 2)
    assert not verify(files_root() / freezing.publication.folder).problems
    with writing():
        Freezing.objects.update(state="running", attempts=ATTEMPTS, beat_at=long_ago)
    assert begin_again() == []
    assert "WEB-GAVE-UP" in client_of(people("auditor")).get(f"{E}/results/").content.decode()


def test_an_edition_that_was_moved_back_while_freezing_is_not_published(edition, people):
    from parindex_web.steering.actions import move_on

    edition = decided(edition, people)
    manager = people("programme_manager")
    publish(
        by=manager, edition=edition, computation=computed(edition, people),
        decision="QĐ 1", reason="", embargo_until=clock.now(),
    )  # fmt: skip
    move_on(by=manager, edition=edition, name="back_to_council", reason="Hội đồng xem lại")
    freezing = frozen(edition)
    assert freezing.state == "failed" and not edition.publications.exists()
    assert not (files_root() / "publications" / edition.code / "v1").exists()
    page = client_of(manager).get(f"{E}/results/").content.decode()
    assert "Chưa công bố được v1" in page.replace("\n", " ") and "WEB-MOVE" in page


def test_the_heads_of_the_record_are_sealed_and_later_acts_may_follow(edition, people):
    edition = decided(edition, people)
    publication = published(edition, people, computed(edition, people))
    folder = files_root() / publication.folder
    assert not verify(folder).problems
    heads = sealed_heads(folder)
    assert {head.unit for head in heads} == {"", "U1", "U2"}
    problems = Problems()
    trail = verify_trail(b"".join(exported(edition.code)), "record.jsonl", problems)
    check_heads(trail, heads, "record.jsonl", problems)
    assert not problems.errors
    edition_head = next(head for head in trail.heads if not head.unit)
    assert edition_head.length > next(head.length for head in heads if not head.unit)


def test_a_correction_is_a_new_version_with_its_reason(edition, people):
    edition = decided(edition, people)
    computation = computed(edition, people)
    published(edition, people, computation)
    manager = client_of(people("programme_manager"))
    manager.post(f"{E}/results/publish/", {"computation": "1", "decision": "QĐ 2"})
    assert edition.publications.count() == 1
    manager.post(f"{E}/results/publish/", {"computation": "1", "decision": "QĐ 2", "reason": "Sửa tên đơn vị"})
    assert frozen(edition).state == "done"
    assert [each.version for each in edition.publications.all()] == [2, 1]
    assert "đính chính: Sửa tên đơn vị" in manager.get(f"{E}/results/").content.decode()


def test_an_embargo_hides_a_publication_from_units_until_it_is_over(edition, people, monkeypatch):
    edition = decided(edition, people)
    until = clock.now() + timedelta(days=2)
    published(edition, people, computed(edition, people), embargo_until=until)
    coordinator = client_of(people("coordinator", unit="U1"))
    assert coordinator.get(f"{E}/results/published/").status_code == 404
    assert coordinator.get(f"{E}/results/publications/1.zip").status_code == 404
    assert "Chưa công khai" in client_of(people("auditor")).get(f"{E}/results/published/").content.decode()
    monkeypatch.setattr("parindex_web.clock.now", lambda: until)
    assert coordinator.get(f"{E}/results/published/").status_code == 200
    assert coordinator.get(f"{E}/results/publications/1.zip").status_code == 200
    assert coordinator.get(f"{E}/results/").status_code == 404


def test_an_embargo_that_is_no_time_publishes_nothing(edition, people):
    edition = decided(edition, people)
    computed(edition, people)
    manager = client_of(people("programme_manager"))
    body = {"computation": "1", "decision": "QĐ 1", "embargo": "mai"}
    page = manager.post(f"{E}/results/publish/", body, follow=True).content.decode()
    assert "WEB-EMBARGO" in page and not edition.publications.exists()


def test_what_was_typed_stays_when_publishing_is_refused(edition, people):
    edition = decided(edition, people)
    published(edition, people, computed(edition, people))
    manager = client_of(people("programme_manager"))
    answer = manager.post(
        f"{E}/results/publish/",
        {"computation": "1", "decision": "QĐ 2 (mô phỏng)", "embargo": "2030-01-01T08:00", "reason": " "},
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and edition.publications.count() == 1
    assert 'value="QĐ 2 (mô phỏng)"' in page and 'value="2030-01-01T08:00"' in page
    assert "WEB-CORRECTION" in page and "--reason" not in page and 'href="#reason"' in page


def test_the_form_of_publishing_says_what_is_frozen_and_what_came_later(edition, people):
    from parindex_web.appraise import council
    from parindex_web.steering.actions import move_on

    edition = before_council(edition, people)
    computed(edition, people)
    manager, member, secretary = people("programme_manager"), people("council_member"), people("council_secretary")
    assert "Chưa ghi quyết định" in client_of(manager).get(f"{E}/results/publish/").content.decode()
    session = council.convene(
        by=secretary, edition=edition, held_on=date(2024, 3, 20), place="Hà Nội", in_writing=False, chair=member
    )
    motion = council.propose(by=secretary, session=session, text="Toàn bộ kết quả", line=None, values={}, points=None)
    council.vote(by=member, motion=motion, choice="for", way="room")
    council.close_motion(by=secretary, motion=motion)
    council.close_session(by=secretary, session=session)
    edition = move_on(by=manager, edition=edition, name="decide")
    page = client_of(manager).get(f"{E}/results/publish/").content.decode()
    assert "Số liệu đã đổi sau lần tính này:</strong> 1 " in page and "2/2 đơn vị có hạng" in page
    computed(edition, people)
    page = client_of(manager).get(f"{E}/results/publish/").content.decode()
    assert "Số liệu đã đổi" not in page and "Không sửa, không gỡ được nữa" in page
    assert client_of(people("auditor")).get(f"{E}/results/publish/").status_code == 403


def test_the_published_page_shows_whose_unit_it_is_and_how_to_verify(edition, people):
    edition = decided(edition, people)
    publication = published(edition, people, computed(edition, people))
    page = client_of(people("coordinator", unit="U2")).get(f"{E}/results/published/").content.decode()
    own = page[page.index('<tr class="own">') :]
    assert page.count('class="own"') == 1 and "/2</span>" in own[: own.index("</tr>")]
    assert f"parindex verify v1 --seal {publication.digest}" in page and "--edition" not in page


def test_a_computation_says_which_step_it_is_at_and_that_nobody_takes_it(edition, people):
    edition = signed(edition, people)
    manager = client_of(people("programme_manager"))
    computation = ask_computation(by=people("programme_manager"), edition=edition)
    assert "db_worker" not in manager.get(f"{E}/results/").content.decode()
    with writing():
        Computation.objects.update(asked_at=clock.now() - timedelta(minutes=2))
    assert "db_worker" in manager.get(f"{E}/results/computations/1/").content.decode()
    with writing():
        Computation.objects.filter(pk=computation.pk).update(
            state="running", attempts=1, beat_at=clock.now(), doing="export:U2", done=1, total=2
        )
    page = manager.get(f"{E}/results/computations/1/").content.decode()
    name = edition.unit_files.get(unit="U2").name_vi
    assert f'thành thư mục kỳ: 1/2 <span class="soft">({name})' in page and 'value="1" max="2"' in page


def test_a_computation_whose_worker_was_killed_begins_again(edition, people):
    edition = signed(edition, people)
    computation = ask_computation(by=people("programme_manager"), edition=edition)
    long_ago = clock.now() - STALE_AFTER - timedelta(seconds=1)
    with writing():
        Computation.objects.filter(pk=computation.pk).update(state="running", attempts=1, beat_at=clock.now())
    assert begin_again() == []
    with writing():
        Computation.objects.filter(pk=computation.pk).update(beat_at=long_ago)
    computation.refresh_from_db()
    assert is_stale(computation, clock.now())
    page = client_of(people("programme_manager")).get(f"{E}/results/").content.decode()
    assert "mất tiến trình giữa chừng" in page and 'http-equiv="refresh"' in page
    left = files_root() / "computations" / edition.code / ".1.0a1b2c" / "edition"
    left.mkdir(parents=True)
    assert begin_again() == [computation] and begin_again() == []
    run_computation(computation.pk)
    computation.refresh_from_db()
    assert (computation.state, computation.attempts) == ("done", 2)
    assert not left.exists()


def test_a_computation_that_loses_every_worker_fails_with_words(edition, people):
    edition = signed(edition, people)
    computation = ask_computation(by=people("programme_manager"), edition=edition)
    long_ago = clock.now() - STALE_AFTER - timedelta(seconds=1)
    with writing():
        Computation.objects.filter(pk=computation.pk).update(state="running", attempts=ATTEMPTS, beat_at=long_ago)
    assert begin_again() == []
    computation.refresh_from_db()
    assert computation.state == "failed" and "WEB-GAVE-UP" in computation.problems[0]["vi"]
    assert ask_computation(by=people("programme_manager"), edition=edition).number == 2


def test_problems_of_computing_are_shown_with_their_places(edition, people):
    from parindex_web.editions.models import EditionFile
    from parindex_web.editions.store import keep

    edition = signed(edition, people)
    broken = files_root() / "estimates.csv"
    broken.write_text("unit,node,value\nU9,1.1,50\n")
    sha256, size = keep(broken)
    with writing():
        EditionFile.objects.create(edition=edition, name="estimates.csv", sha256=sha256, size=size)
    computation = ask_computation(by=people("programme_manager"), edition=edition)
    run_computation(computation.pk)
    page = client_of(people("programme_manager")).get(f"{E}/results/computations/1/").content.decode()
    assert "estimates.csv, dòng 2" in page and "UNIT-UNKNOWN" in page


def test_one_computation_at_a_time(edition, people):
    edition = signed(edition, people)
    ask_computation(by=people("programme_manager"), edition=edition)
    client_of(people("programme_manager")).post(f"{E}/results/compute/")
    assert edition.computations.count() == 1


def test_what_changed_since_the_computation_before(edition, people):
    edition = signed(edition, people)
    computed(edition, people)
    find(people("appraiser"), line_of(edition, "U1", "2.1.2"), "adjust", fields={"level": "none"}, reason="Chưa làm")
    computed(edition, people)
    manager = client_of(people("programme_manager"))
    page = manager.get(f"{E}/results/computations/2/").content.decode()
    assert "Thay đổi so với lần tính" in page and "2.1.2: 1,00 → 0,00" in page
    rows = manager.get(f"{E}/results/computations/2/changes.csv").content.decode().splitlines()
    assert rows[0] == "unit,node,before,after,rank_before,rank_after"
    assert [row for row in rows if row.startswith("U1,2.1.2")] == ["U1,2.1.2,1.0000,0.0000,,"]
    assert manager.get(f"{E}/results/computations/1/changes.csv").status_code == 404


def test_rounds_by_unit_and_domain(edition, people):
    edition = signed(edition, people)
    find(people("appraiser"), line_of(edition, "U1", "2.1.2"), "adjust", fields={"level": "some"}, reason="Một phần")
    computed(edition, people)
    manager = client_of(people("programme_manager"))
    rows = manager.get(f"{E}/results/computations/1/rounds.csv").content.decode().splitlines()
    assert rows[0] == "unit,domain,self,appraisal_1,appraisal_2,council,taken"
    # Domain 2 of U1: 1.5 x 0.94 + 1 claimed, half a point less after round 1.
    assert "U1,2,2.4100,1.9100,1.9100,1.9100,-0.5000" in rows
    page = manager.get(f"{E}/results/computations/1/rounds/").content.decode()
    assert "1/2" in page and "\u22120,50" in page
    page = manager.get(f"{E}/results/computations/1/rounds/?unit=U1").content.decode()
    assert "1 mục đổi điểm" in page and f"{E}/appraisal/units/U1/lines/2.1.2/" in unquote(page)
    assert manager.get(f"{E}/results/computations/1/rounds/?unit=U9").status_code == 404
    for query in ("", "?domain=2", "?sort=taken", "?domain=2&sort=appraisal_1"):
        assert manager.get(f"{E}/results/computations/1/rounds/{query}").status_code == 200
    assert manager.get(f"{E}/results/computations/1/rounds/?domain=9").status_code == 404


def test_nobody_publishes_before_the_decision(edition, people):
    edition = before_council(edition, people)
    computed(edition, people)
    page = client_of(people("programme_manager")).post(
        f"{E}/results/publish/", {"computation": "1", "decision": "QĐ"}, follow=True
    )
    assert "WEB-MOVE" in page.content.decode() and Edition.objects.get().stage == "council"
