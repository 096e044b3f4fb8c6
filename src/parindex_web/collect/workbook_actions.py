"""Taking a workbook: what was shown before is what is written, all of it in one act."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from parindex.language import Text
from parindex.problems import ProblemKind
from parindex_web.accounts.models import Person
from parindex_web.accounts.permissions import Target
from parindex_web.audit.acts import act
from parindex_web.collect.actions import refuse_unless_open, write_claim
from parindex_web.collect.models import Line, cited_documents
from parindex_web.collect.workbook import Plan
from parindex_web.editions.models import UnitFile
from parindex_web.editions.steps import Impossible, locked

PLAN_STALE = ProblemKind(
    "WEB-WORKBOOK-STALE",
    what=Text("số liệu trên hệ thống đã thay đổi sau khi xem trước.", "figures here changed after the preview."),
    why=Text("Chỉ nhận đúng những thay đổi đã xem.", "Only changes that were seen are taken."),
    remedy=Text("Xem lại bảng dưới đây rồi xác nhận.", "Look at the table below again, then confirm."),
)
NOTHING_CHANGES = ProblemKind(
    "WEB-WORKBOOK-SAME",
    what=Text("tệp không làm thay đổi mục nào đang mở.", "the workbook changes no line that is open."),
    why=Text("", ""),
    remedy=Text("Kiểm tra có đúng tệp vừa điền không.", "See whether it is the file that was filled in."),
)


def take_workbook(*, by: Person, unit_file: UnitFile, plan: Plan, seen: str) -> int:
    """Write what a plan says; `seen` is the digest of the plan that was on the page. Gives how many lines changed.

    All or nothing, in one act with one event. Raises Impossible (also when somebody saved one of the lines since the
    plan was shown), Refused.
    """
    if plan.digest != seen:
        raise Impossible(PLAN_STALE)
    if not plan.taken:
        raise Impossible(NOTHING_CHANGES)
    with act("workbook.take", by=by, target=Target(unit_file.edition.code, unit_file.unit)) as record:
        locked(unit_file)
        nodes = {each.line.pk: each for each in plan.taken}
        written = []
        rows = (
            Line.objects.select_for_update(of=("self",))
            .select_related("unit_file__edition")
            .prefetch_related(cited_documents())
        )
        for line in rows.filter(pk__in=list(nodes)).order_by("order"):
            change = nodes[line.pk]
            if line.version != change.line.version:
                raise Impossible(PLAN_STALE)
            refuse_unless_open(line)
            key = uuid5(NAMESPACE_URL, f"{plan.digest} {unit_file.pk} {line.node} {line.version}")
            written.append({"node": line.node, **write_claim(line, change.claim, key=key, by=by, way="workbook")})
        record(subject="workbook", details={"sha256": plan.sha256, "lines": written})
    return len(written)
