"""The roles of the programme, and on one screen what each may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from parindex.language import Text

Role = Literal[
    "programme_manager",
    "coordinator",
    "field_officer",
    "approver",
    "appraiser",
    "council_member",
    "council_secretary",
    "auditor",
    "administrator",
]

ROLES: Final[Mapping[Role, Text]] = {
    "programme_manager": Text("Quản lý bộ chỉ số", "Programme manager"),
    "coordinator": Text("Đầu mối của đơn vị (Sở Nội vụ)", "Coordinator of a unit"),
    "field_officer": Text("Cán bộ theo dõi lĩnh vực", "Field officer"),
    "approver": Text("Người phê duyệt (UBND)", "Approver"),
    "appraiser": Text("Người thẩm định", "Appraiser"),
    "council_member": Text("Thành viên hội đồng", "Council member"),
    "council_secretary": Text("Thư ký hội đồng", "Council secretary"),
    "auditor": Text("Thanh tra, kiểm toán", "Auditor"),
    "administrator": Text("Quản trị tài khoản", "Administrator"),
}

UNIT_ROLES: Final[frozenset[Role]] = frozenset({"coordinator", "field_officer", "approver"})
"""Roles that speak for a unit: they need one."""

CENTRAL_ROLES: Final[frozenset[Role]] = frozenset(
    {"programme_manager", "council_member", "council_secretary", "auditor"}
)
"""Roles that see every unit of an edition."""

DOMAIN_ROLES: Final[frozenset[Role]] = frozenset({"field_officer", "appraiser"})
"""Roles that may be bound to certain domains."""

Scope = Literal["programme", "edition", "unit", "line"]


@dataclass(frozen=True, slots=True)
class Permission:
    """One act, who may do it, and what it is done to.

    `line` acts hold for the domains of the duty, `unit` acts for its unit, `edition` acts for its edition.
    """

    says: Text
    roles: frozenset[Role]
    scope: Scope


def _p(vi: str, en: str, scope: Scope, *roles: Role) -> Permission:
    return Permission(Text(vi, en), frozenset(roles), scope)


_ALL_OF_UNIT: Final[tuple[Role, ...]] = ("coordinator", "field_officer", "approver")
_SEE_ALL: Final[tuple[Role, ...]] = ("programme_manager", "council_member", "council_secretary", "auditor")

ACTS: Final[Mapping[str, Permission]] = {
    # people
    "person.invite": _p("mời người dùng, giao vai trò", "invite a person, give a role", "programme", "administrator"),
    "person.end_duty": _p("kết thúc vai trò", "end a role", "programme", "administrator"),
    "person.deactivate": _p("khóa tài khoản", "close an account", "programme", "administrator"),
    # editions
    "edition.create": _p("tạo kỳ đánh giá", "create an edition", "programme", "programme_manager"),
    "edition.see": _p(
        "xem kỳ đánh giá", "see an edition", "edition", *_SEE_ALL, *_ALL_OF_UNIT, "appraiser", "administrator"
    ),
    "edition.move": _p("chuyển bước của kỳ", "move an edition on", "edition", "programme_manager"),
    "edition.deadline": _p("đặt thời hạn", "set a deadline", "edition", "programme_manager"),
    "edition.dashboard": _p("xem tiến độ chung", "see the progress of all", "edition", *_SEE_ALL),
    "edition.export": _p("xuất thư mục kỳ đánh giá", "export the edition", "edition", "programme_manager", "auditor"),
    "unit.reopen": _p("gia hạn, mở lại", "extend or reopen", "unit", "programme_manager"),
    # self-assessment
    "unit.see": _p("xem hồ sơ của đơn vị", "see a unit's file", "unit", *_ALL_OF_UNIT, *_SEE_ALL, "appraiser"),
    "line.fill": _p("tự chấm một mục", "fill in a line", "line", "field_officer", "coordinator"),
    "line.submit": _p("gửi mục cho đầu mối", "hand a line to the coordinator", "line", "field_officer", "coordinator"),
    "line.return": _p("trả lại mục", "return a line", "line", "coordinator"),
    "evidence.add": _p("tải tài liệu kiểm chứng", "upload evidence", "unit", "field_officer", "coordinator"),
    "evidence.remove": _p("gỡ tài liệu kiểm chứng", "take evidence out", "unit", "field_officer", "coordinator"),
    "workbook.take": _p("nhận số liệu từ tệp Excel", "take a workbook's values", "unit", "coordinator"),
    "unit.consolidate": _p("tổng hợp hồ sơ", "consolidate the file", "unit", "coordinator"),
    "unit.return": _p("trả hồ sơ về bước trước", "return the file one step", "unit", "approver", "coordinator"),
    "unit.sign": _p("phê duyệt và khóa hồ sơ", "sign and lock the file", "unit", "approver"),
    # appraisal
    "line.see_appraisal": _p(
        "xem thẩm định", "see the appraisal", "line", *_SEE_ALL, "appraiser", "coordinator", "field_officer", "approver"
    ),
    "line.appraise": _p("thẩm định một mục", "appraise a line", "line", "appraiser"),
    "unit.close_appraisal": _p(
        "kết thúc một vòng thẩm định của đơn vị", "close a unit's appraisal round", "unit", "programme_manager"
    ),
    "line.explain": _p("giải trình", "explain", "line", "coordinator", "field_officer"),
    "unit.close_explaining": _p("khóa giải trình", "close the explanations", "unit", "coordinator"),
    # council
    "council.convene": _p("lập phiên họp", "convene a session", "edition", "council_secretary"),
    "council.propose": _p("trình hội đồng", "put a motion", "edition", "council_secretary"),
    "council.vote": _p("biểu quyết", "vote", "edition", "council_member"),
    "council.close": _p("chốt biểu quyết", "close a vote", "edition", "council_secretary"),
    # results and record
    "results.compute": _p("tính kết quả", "compute results", "edition", "programme_manager"),
    "results.see": _p("xem kết quả chưa công bố", "see results before publication", "edition", *_SEE_ALL),
    "results.publish": _p("công bố", "publish", "edition", "programme_manager"),
    "audit.see": _p("xem nhật ký", "see the record", "unit", "auditor", "programme_manager"),
}
