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

APART: Final[frozenset[Role]] = frozenset({"administrator", "auditor"})
"""Roles an administrator may hold at the same time: who gives roles scores nothing, decides nothing."""

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
    "person.see": _p("xem người dùng", "see people", "programme", "administrator", "auditor"),
    "person.invite": _p("mời người dùng", "invite a person", "programme", "administrator"),
    "person.withdraw": _p("rút lời mời", "withdraw an invitation", "programme", "administrator"),
    "person.give_duty": _p("giao vai trò", "give a role", "programme", "administrator"),
    "person.end_duty": _p("kết thúc vai trò", "end a role", "programme", "administrator"),
    "person.close": _p("khóa tài khoản", "close an account", "programme", "administrator"),
    "person.reopen": _p("mở lại tài khoản", "reopen an account", "programme", "administrator"),
    "person.reset_second_step": _p("gỡ đăng nhập hai lớp", "take the second step away", "programme", "administrator"),
    # editions
    "edition.create": _p("tạo kỳ đánh giá", "create an edition", "programme", "programme_manager"),
    "edition.carry_roles": _p(
        "giao lại vai trò của kỳ trước", "give last year's roles again", "edition", "programme_manager"
    ),
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
    "unit.attach_signed": _p("nộp bản ký của hồ sơ", "hand in the signed copy", "unit", "approver", "coordinator"),
    # appraisal
    "line.see_appraisal": _p(
        "xem thẩm định", "see the appraisal", "line", *_SEE_ALL, "appraiser", "coordinator", "field_officer", "approver"
    ),
    "line.appraise": _p("thẩm định một mục", "appraise a line", "line", "appraiser"),
    "line.settle": _p(
        "quyết định khi hai người chấm khác nhau",
        "settle where two markers differ",
        "line",
        "appraiser",
        "programme_manager",
    ),
    "reason.keep": _p("giữ lý do dùng lại", "keep a reusable reason", "edition", "appraiser"),
    "appraisal.blind": _p("chọn mục chấm hai lần", "choose lines to be marked twice", "edition", "programme_manager"),
    "appraisal.second_marker": _p("giao người chấm lần hai", "appoint a second marker", "edition", "programme_manager"),
    "appraisal.agreement": _p(
        "xem mức thống nhất của người chấm", "see how markers agree", "edition", "programme_manager", "auditor"
    ),
    "unit.close_appraisal": _p(
        "kết thúc một vòng thẩm định của đơn vị", "close a unit's appraisal round", "unit", "programme_manager"
    ),
    "line.explain": _p("giải trình", "explain", "line", "coordinator", "field_officer"),
    "unit.close_explaining": _p(
        "khóa giải trình", "close the explanations", "unit", "coordinator", "programme_manager"
    ),
    # council
    "council.convene": _p("lập phiên họp", "convene a session", "edition", "council_secretary"),
    "council.attend": _p("ghi người tham gia phiên họp", "record who takes part", "edition", "council_secretary"),
    "council.end": _p("kết thúc phiên họp", "end a session", "edition", "council_secretary"),
    "council.propose": _p("trình hội đồng", "put a motion", "edition", "council_secretary"),
    "council.vote": _p("biểu quyết", "vote", "edition", "council_member"),
    "council.close": _p("chốt biểu quyết", "close a vote", "edition", "council_secretary"),
    # results and record
    "results.compute": _p("tính kết quả", "compute results", "edition", "programme_manager"),
    "results.see": _p("xem kết quả chưa công bố", "see results before publication", "edition", *_SEE_ALL),
    "results.publish": _p("công bố", "publish", "edition", "programme_manager"),
    "audit.see": _p("xem nhật ký", "see the record", "unit", "auditor", "programme_manager"),
}


OWN_ACTS: Final[Mapping[str, Text]] = {
    "person.join": Text("tham gia theo lời mời", "join by invitation"),
    "person.language": Text("đổi ngôn ngữ", "change the language"),
    "person.sign_in": Text("đăng nhập", "sign in"),
    "person.sign_out": Text("đăng xuất", "sign out"),
    "person.sign_out_everywhere": Text("đăng xuất khỏi mọi máy", "sign out everywhere"),
    "person.password": Text("đổi mật khẩu", "change the password"),
    "person.add_second_step": Text("thêm lớp đăng nhập thứ hai", "add a second step"),
    "person.remove_second_step": Text("gỡ lớp đăng nhập thứ hai", "remove a second step"),
    "person.new_codes": Text("tạo lại mã dự phòng", "make new recovery codes"),
    "person.connect": Text("gắn tài khoản đăng nhập một lần", "bind a single sign-on account"),
}
"""What everybody may do with their own account, whatever their roles."""

SYSTEM_ACTS_ON_PEOPLE: Final[Mapping[str, Text]] = {
    "person.turned_away": Text("từ chối đăng nhập", "sign-in refused"),
    "person.invite_first": Text("mời quản trị đầu tiên", "invite the first administrator"),
    "person.demonstration": Text("tạo tài khoản trình diễn", "make a demonstration account"),
}
"""What the application records about people by itself."""

SYSTEM_ACTS: Final[Mapping[str, Text]] = {
    "results.computed": Text("tính xong kết quả", "computation ended"),
    "results.frozen": Text("đóng băng bản công bố", "publication frozen"),
    "edition.remind": Text("nhắc hạn bằng thư", "reminder by mail"),
    "demonstration.bring": Text("nạp hồ sơ trình diễn", "demonstration file brought in"),
}
"""What the application records about editions by itself."""


def act_named(name: str) -> Text | None:
    """What an act is called on the record; None where no table has it, as for an act of an older version."""
    if name in ACTS:
        return ACTS[name].says
    return OWN_ACTS.get(name) or SYSTEM_ACTS_ON_PEOPLE.get(name) or SYSTEM_ACTS.get(name)
