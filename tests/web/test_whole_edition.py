"""A whole small edition through its pages, from opening to publication, by everybody's own hands."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.test import Client

from parindex.problems import Problems
from parindex.publication.audit_trail import verify_trail
from parindex.publication.verify import verify
from parindex_web.editions.models import Edition
from parindex_web.results.actions import files_root, run_computation, run_freezing

pytestmark = [pytest.mark.slow, pytest.mark.databases]

E = "/editions/2023-mô-phỏng"
CLAIMS = {
    "U1": {"1.1": {"met": "yes"}, "1.2": {"numerator": "54", "denominator": "60"},
           "2.1.1": {"numerator": "1.880", "denominator": "2.000"}, "2.1.2": {"level": "all"}},
    "U2": {"1.1": {"met": "no"}, "1.2": {"numerator": "60", "denominator": "60"},
           "2.1.1": {"numerator": "950", "denominator": "1.000"}, "2.1.2": {"level": "some"}},
}  # fmt: skip


def _client(person):
    client = Client()
    client.force_login(person)
    return client


def _save(client, unit, node, fields, **more):
    page = client.get(f"{E}/units/{unit}/domains/{node.split('.')[0]}/").content.decode()
    line = page[page.index(f'id="line-{node}"') :]
    seen = re.search(r'name="seen" value="(\d+)"', line)[1]
    body = {f"{node}-{name}": value for name, value in fields.items()}
    return client.post(f"{E}/units/{unit}/lines/{node}/save/", {"seen": seen, "key": uuid4(), **body, **more})


def test_from_opening_to_publication(edition, people, django_capture_on_commit_callbacks):
    manager = _client(people("programme_manager"))
    for unit, claims in CLAIMS.items():
        coordinator = _client(people("coordinator", unit=unit))
        for node, fields in claims.items():
            answer = _save(coordinator, unit, node, fields, **{f"{node}-explanation": "Báo cáo số 1"})
            assert answer.status_code == 302, (node, answer.content.decode()[:2000])
        assert coordinator.post(f"{E}/units/{unit}/consolidate/").status_code == 302
        approver = _client(people("approver", unit=unit))
        digest = re.search(r'name="digest" value="(\w+)"', approver.get(f"{E}/units/{unit}/").content.decode())[1]
        assert approver.post(f"{E}/units/{unit}/sign/", {"digest": digest}).status_code == 302
    assert set(Edition.objects.get().unit_files.values_list("standing", flat=True)) == {"signed"}

    manager.post(f"{E}/move/", {"move": "appraise"})
    appraiser = _client(people("appraiser"))
    for unit, claims in CLAIMS.items():
        for node in claims:
            body = {"outcome": "accept"}
            if (unit, node) == ("U1", "2.1.1"):
                body = {
                    "outcome": "adjust",
                    "basis": "records",
                    f"{node}-numerator": "1.800",
                    f"{node}-denominator": "2.000",
                    "reason": "80 hồ sơ tính hai lần",
                }
            answer = appraiser.post(f"{E}/appraisal/units/{unit}/lines/{node}/find/", body)
            assert answer.status_code == 302, answer.content.decode()
        assert manager.post(f"{E}/appraisal/units/{unit}/close/").status_code == 302
    replying = _client(people("coordinator", unit="U1"))
    replying.post(f"{E}/appraisal/units/U1/lines/2.1.1/explain/", {"text": "Đã rà soát, số đúng là 1.880"})
    for unit, claims in CLAIMS.items():
        _client(people("coordinator", unit=unit)).post(f"{E}/appraisal/units/{unit}/explained/")
        for node in claims:
            appraiser.post(f"{E}/appraisal/units/{unit}/lines/{node}/find/", {"outcome": "accept"})
        manager.post(f"{E}/appraisal/units/{unit}/close/")
    assert set(Edition.objects.get().unit_files.values_list("standing", flat=True)) == {"appraised_2"}

    members = [people("council_member", name=f"member {n}") for n in range(3)]
    secretary = _client(people("council_secretary"))
    manager.post(f"{E}/move/", {"move": "convene"})
    secretary.post(f"{E}/appraisal/council/convene/", {"held_on": "2024-03-20", "place": "Hà Nội"})
    secretary.post(
        f"{E}/appraisal/council/sessions/1/motions/",
        {"text": "Ấn định điểm mục 2.1.2", "unit": "U2", "node": "2.1.2", "points": "0,75"},
    )
    motion = Edition.objects.get().sessions.get().motions.get()
    for member in members[:2]:
        _client(member).post(f"{E}/appraisal/council/motions/{motion.pk}/vote/", {"choice": "for"})
    secretary.post(f"{E}/appraisal/council/motions/{motion.pk}/close/")
    motion.refresh_from_db()
    assert motion.carried
    # The line alone is not enough: the council carries the whole result before it is decided.
    manager.post(f"{E}/move/", {"move": "decide"})
    assert Edition.objects.get().stage == "council"
    secretary.post(f"{E}/appraisal/council/sessions/1/motions/", {"text": "Thông qua toàn bộ kết quả"})
    whole = Edition.objects.get().sessions.get().motions.get(line=None)
    for member in members[1:]:
        _client(member).post(f"{E}/appraisal/council/motions/{whole.pk}/vote/", {"choice": "for"})
    secretary.post(f"{E}/appraisal/council/motions/{whole.pk}/close/")
    secretary.post(f"{E}/appraisal/council/sessions/1/end/")
    manager.post(f"{E}/move/", {"move": "decide"})

    manager.post(f"{E}/results/compute/")
    computation = Edition.objects.get().computations.get()
    run_computation(computation.pk)
    computation.refresh_from_db()
    assert computation.state == "done", computation.problems
    page = manager.get(f"{E}/results/computations/1/").content.decode()
    # U1: 0.5 + 0.9 + 1.5 x 0.94 + 1 of 4 (round 2 accepted the claim again); U2: 0 + 1 + 1.425 + 0.75.
    assert "95,25" in page and "79,38" in page
    asked = manager.post(f"{E}/results/publish/", {"computation": "1", "decision": "Quyết định số 1 (mô phỏng)"})
    assert asked.status_code == 302
    run_freezing(Edition.objects.get().freezings.get().pk)
    publication = Edition.objects.get().publications.get()
    assert Edition.objects.get().stage == "published"
    assert not verify(files_root() / publication.folder).problems

    record = b"".join(_client(people("auditor")).get(f"{E}/record/export/").streaming_content)
    problems = Problems()
    trail = verify_trail(record, "record.jsonl", problems)
    assert not problems.errors and {head.unit for head in trail.heads} == {"", "U1", "U2"}
    spoilt = record.replace(b"80 h", b"90 h", 1)
    verify_trail(spoilt, "record.jsonl", problems)
    assert [problem.code for problem in problems] == ["AUDIT-DIGEST"]
