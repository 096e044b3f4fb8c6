"""The reference pages of the application, made from what its code declares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from parindex.cli.reference_pages import HEAD, kinds_in, kinds_said, problem_kinds
from parindex.language import Text
from parindex.problems import ProblemKind
from parindex_web.accounts.roles import (
    ACTS,
    APART,
    DOMAIN_ROLES,
    OWN_ACTS,
    ROLES,
    SYSTEM_ACTS_ON_PEOPLE,
    UNIT_ROLES,
)
from parindex_web.editions.moves import EDITION_MOVES, LINE_MOVES, LINE_STANDINGS, STAGES, STANDINGS, UNIT_MOVES, Move
from parindex_web.environment import VARIABLES

APPS: Final[tuple[tuple[str, Text], ...]] = (
    ("accounts", Text("Tài khoản và đăng nhập", "Accounts and signing in")),
    ("people", Text("Người dùng và vai trò", "People and roles")),
    ("editions", Text("Kỳ đánh giá, các bước, thời hạn", "Editions, steps, deadlines")),
    ("collect", Text("Tự chấm điểm, tài liệu, tệp Excel", "Self-assessment, evidence, workbooks")),
    ("appraise", Text("Thẩm định và hội đồng", "Appraisal and council")),
    ("results", Text("Tính và công bố", "Computing and publishing")),
    ("audit", Text("Nhật ký", "The record")),
    ("steering", Text("Điều hành kỳ đánh giá", "Running editions")),
    ("pages", Text("Mọi trang", "Every page")),
)


def web_problem_kinds() -> Iterator[tuple[Text, tuple[ProblemKind, ...]]]:
    """The kinds of problems that each app declares, by code; those of the library stand on its own page."""
    seen = {kind.code for _, kinds in problem_kinds() for kind in kinds}
    yield from kinds_in("parindex_web", APPS, seen=seen, without=(".migrations", ".management"))


def problems_page() -> str:
    lines = [
        HEAD,
        "# Mã lỗi của ứng dụng web / Problem codes of the web application\n",
        "Tiếp theo [mã lỗi của thư viện](problems.md). Trang báo lỗi ghi chỗ sai, điều sai, lý do, cách sửa; mã ở "
        "cuối.\n",
        "These follow [the codes of the library](problems.md). A page says where, what, why and what to do; the code "
        "stands at the end.\n",
    ]
    for title, kinds in web_problem_kinds():
        if kinds:
            lines.append(f"## {title.both()}\n")
            lines.extend(kinds_said(kinds))
    return "\n".join(lines)


SCOPES: Final[Mapping[str, Text]] = {
    "programme": Text("toàn hệ thống", "the whole programme"),
    "edition": Text("kỳ của vai trò", "the edition of the role"),
    "unit": Text("đơn vị của vai trò", "the unit of the role"),
    "line": Text("lĩnh vực của vai trò", "the domains of the role"),
}


def roles_page() -> str:
    lines = [
        HEAD,
        "# Vai trò và việc được làm / Roles and what they may do\n",
        "Vai trò được giao cho một người từ ngày đến ngày, cho một kỳ hoặc mọi kỳ, một đơn vị hoặc mọi đơn vị. Việc "
        "nào không nêu ở đây thì không ai làm được.\n",
        "A role is given to a person from day to day, for one edition or all, for one unit or all. What does not stand "
        "here nobody can do.\n",
        "| vai trò / role | mã / code | gắn với / bound to |",
        "|---|---|---|",
    ]
    for code, name in ROLES.items():
        bound = [
            *(["một đơn vị / one unit"] if code in UNIT_ROLES else []),
            *(["lĩnh vực nếu nêu / domains if named"] if code in DOMAIN_ROLES else []),
            *(["đứng riêng / stands apart"] if code in APART else []),
        ]
        lines.append(f"| {name.both()} | `{code}` | {'; '.join(bound) or '–'} |")
    lines.append(
        "\nĐứng riêng: quản trị tài khoản không giữ vai trò nào khác ngoài thanh tra cùng ngày "
        "([vì sao](../decisions/0026-who-gives-roles-does-not-score.md)). / Stands apart: an administrator holds no "
        "other role but auditor on the same day ([why](../decisions/0026-who-gives-roles-does-not-score.md)).\n"
    )
    for code, name in ROLES.items():
        lines.append(f"## {name.both()}\n")
        lines.append("| việc / act | trong phạm vi / within | mã / code |")
        lines.append("|---|---|---|")
        lines.extend(
            f"| {act.says.both()} | {SCOPES[act.scope].both()} | `{key}` |"
            for key, act in ACTS.items()
            if code in act.roles
        )
        lines.append("")
    for title, acts in (
        (Text("Tài khoản của chính mình", "One's own account"), OWN_ACTS),
        (Text("Hệ thống tự ghi", "What the application records by itself"), SYSTEM_ACTS_ON_PEOPLE),
    ):
        lines.append(f"## {title.both()}\n")
        lines.extend(["| việc / act | mã / code |", "|---|---|"])
        lines.extend(f"| {says.both()} | `{key}` |" for key, says in acts.items())
        lines.append("")
    return "\n".join(lines)


def moves_page() -> str:
    lines = [
        HEAD,
        "# Các bước / Steps\n",
        "Bước nào không nêu ở đây thì không có: trang, việc làm và cơ sở dữ liệu đều theo bảng này.\n",
        "A step that does not stand here does not exist: pages, actions and the database follow these tables.\n",
    ]
    parts: tuple[tuple[Text, Mapping[str, Text], tuple[Move, ...]], ...] = (
        (Text("Kỳ đánh giá", "The edition"), STAGES, EDITION_MOVES),
        (Text("Hồ sơ của đơn vị", "A unit's file"), STANDINGS, UNIT_MOVES),
        (Text("Một mục", "A line"), LINE_STANDINGS, LINE_MOVES),
    )
    for title, names, moves in parts:
        lines.append(f"## {title.both()}\n")
        lines.append(
            "| bước / step | từ / from | đến / to | ai / who | lý do / reason | khi kỳ ở / while the edition is |"
        )
        lines.append("|---|---|---|---|---|---|")
        for move in moves:
            who = "; ".join(ROLES[role].both() for role in ROLES if role in ACTS[move.act].roles)
            stages = "; ".join(STAGES[stage].both() for stage in move.stages) or "–"
            reason = "bắt buộc / required" if move.reason else "–"
            before, after = names[move.before].both(), names[move.after].both()
            lines.append(f"| {move.says.both()} | {before} | {after} | {who} | {reason} | {stages} |")
        lines.append("")
    return "\n".join(lines)


def settings_page() -> str:
    lines = [
        HEAD,
        "# Biến môi trường / Settings by environment\n",
        "Ứng dụng chỉ đọc những biến này. Cách chạy: [run-the-server.md](../how-to/run-the-server.md).\n",
        "The application reads these variables and no others. How to run it: "
        "[run-the-server.md](../how-to/run-the-server.md).\n",
        "| biến / variable | nghĩa / meaning | không đặt / without it |",
        "|---|---|---|",
    ]
    for name, variable in VARIABLES.items():
        without = (
            "**bắt buộc / required**" if variable.required else f"`{variable.without}`" if variable.without else "–"
        )
        lines.append(f"| `{name}` | {variable.says.both()} | {without} |")
    return "\n".join([*lines, ""])


PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "web-problems.md": problems_page,
    "roles.md": roles_page,
    "moves.md": moves_page,
    "settings.md": settings_page,
}
