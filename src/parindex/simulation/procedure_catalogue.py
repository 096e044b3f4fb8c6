"""An invented catalogue of administrative procedures for every unit, with counts that hold exactly.

Fields are those in which provinces really handle procedures; names are put together from what such procedures are
called, codes begin with MP (mô phỏng) and stand in no real database.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from parindex.tables.record_tables import PROCEDURES


class CatalogueCounts(NamedTuple):
    """What the catalogue of one unit must count to: `offered_online` fully or in part, `fully_online` of these;
    `to_publish` in the year, `published_on_time` of these."""

    unit: str
    procedures: int
    offered_online: int
    fully_online: int
    to_publish: int
    published_on_time: int


@dataclass(frozen=True, slots=True)
class _Field:
    """Procedures of one field: what is done, to what; who settles it at the province, and at which levels they are."""

    name: str
    department: str
    levels: str  # P, H, X: province, district, commune, in turn
    acts: tuple[str, ...]
    things: tuple[str, ...]


_LEVELS: Final = {"P": "province", "H": "district", "X": "commune"}
_LICENCE: Final = ("Cấp", "Cấp lại", "Gia hạn", "Điều chỉnh", "Cấp đổi", "Chấm dứt hiệu lực")
_FIELDS: Final = (
    _Field(
        "Hộ tịch",
        "STP",
        "XXHX",
        ("Đăng ký", "Đăng ký lại", "Cải chính", "Bổ sung thông tin", "Cấp bản sao trích lục"),
        (
            "khai sinh",
            "kết hôn",
            "khai tử",
            "giám hộ",
            "nhận cha, mẹ, con",
            "khai sinh có yếu tố nước ngoài",
            "kết hôn có yếu tố nước ngoài",
            "khai tử có yếu tố nước ngoài",
            "thay đổi hộ tịch",
        ),
    ),
    _Field(
        "Chứng thực",
        "STP",
        "XH",
        ("Chứng thực", "Chứng thực sửa đổi", "Cấp bản sao chứng thực"),
        (
            "bản sao từ bản chính",
            "chữ ký",
            "hợp đồng liên quan đến tài sản là động sản",
            "hợp đồng liên quan đến quyền sử dụng đất",
            "di chúc",
            "văn bản thỏa thuận phân chia di sản",
            "chữ ký người dịch",
        ),
    ),
    _Field(
        "Luật sư, công chứng, lý lịch tư pháp",
        "STP",
        "P",
        ("Cấp", "Cấp lại", "Thu hồi", "Đăng ký thay đổi nội dung", "Đăng ký hoạt động của"),
        (
            "phiếu lý lịch tư pháp",
            "thẻ công chứng viên",
            "văn phòng công chứng",
            "tổ chức hành nghề luật sư",
            "trung tâm tư vấn pháp luật",
            "doanh nghiệp đấu giá tài sản",
            "văn phòng thừa phát lại",
        ),
    ),
    _Field(
        "Đất đai",
        "STNMT",
        "PHHX",
        ("Đăng ký", "Đăng ký biến động", "Cấp", "Cấp đổi", "Cấp lại", "Đính chính", "Xóa đăng ký"),
        (
            "giấy chứng nhận quyền sử dụng đất lần đầu",
            "quyền sử dụng đất khi chuyển nhượng",
            "quyền sử dụng đất khi tặng cho, thừa kế",
            "tài sản gắn liền với đất",
            "chuyển mục đích sử dụng đất",
            "tách thửa, hợp thửa đất",
            "gia hạn sử dụng đất",
            "thuê đất trả tiền hằng năm",
            "thế chấp quyền sử dụng đất",
        ),
    ),
    _Field(
        "Môi trường",
        "STNMT",
        "PPHP",
        ("Cấp", "Cấp lại", "Cấp điều chỉnh", "Cấp đổi", "Thẩm định", "Xác nhận"),
        (
            "giấy phép môi trường",
            "báo cáo đánh giá tác động môi trường",
            "phương án cải tạo, phục hồi môi trường",
            "đăng ký môi trường",
            "kế hoạch ứng phó sự cố môi trường",
        ),
    ),
    _Field(
        "Tài nguyên nước, khoáng sản",
        "STNMT",
        "P",
        _LICENCE,
        (
            "giấy phép khai thác nước dưới đất",
            "giấy phép khai thác nước mặt",
            "giấy phép thăm dò khoáng sản",
            "giấy phép khai thác khoáng sản",
            "giấy phép hành nghề khoan nước dưới đất",
            "giấy phép khai thác tận thu khoáng sản",
        ),
    ),
    _Field(
        "Đăng ký kinh doanh",
        "SKHDT",
        "PPPH",
        ("Đăng ký thành lập", "Đăng ký thay đổi", "Thông báo tạm ngừng", "Đăng ký giải thể", "Cấp lại giấy đăng ký"),
        (
            "doanh nghiệp tư nhân",
            "công ty trách nhiệm hữu hạn một thành viên",
            "công ty trách nhiệm hữu hạn hai thành viên trở lên",
            "công ty cổ phần",
            "công ty hợp danh",
            "chi nhánh, văn phòng đại diện",
            "hộ kinh doanh",
            "hợp tác xã",
            "liên hiệp hợp tác xã",
            "tổ hợp tác",
        ),
    ),
    _Field(
        "Đầu tư",
        "SKHDT",
        "P",
        ("Chấp thuận", "Điều chỉnh", "Gia hạn", "Chấm dứt", "Cấp giấy chứng nhận đăng ký"),
        (
            "chủ trương đầu tư",
            "dự án đầu tư có sử dụng đất",
            "nhà đầu tư",
            "dự án đầu tư nước ngoài",
            "văn phòng điều hành của nhà đầu tư nước ngoài",
        ),
    ),
    _Field(
        "Xây dựng",
        "SXD",
        "PHPH",
        ("Cấp", "Cấp lại", "Gia hạn", "Điều chỉnh", "Thẩm định", "Kiểm tra"),
        (
            "giấy phép xây dựng nhà ở riêng lẻ",
            "giấy phép xây dựng công trình",
            "giấy phép sửa chữa, cải tạo công trình",
            "giấy phép di dời công trình",
            "chứng chỉ hành nghề hoạt động xây dựng",
            "chứng chỉ năng lực hoạt động xây dựng",
            "báo cáo nghiên cứu khả thi",
            "công tác nghiệm thu công trình",
        ),
    ),
    _Field(
        "Nhà ở, kinh doanh bất động sản",
        "SXD",
        "P",
        ("Cấp", "Cấp lại", "Chấp thuận", "Thẩm định", "Xác nhận"),
        (
            "chứng chỉ hành nghề môi giới bất động sản",
            "giá bán nhà ở xã hội",
            "việc thuê nhà ở thuộc sở hữu nhà nước",
            "chuyển nhượng dự án nhà ở",
        ),
    ),
    _Field(
        "Giao thông vận tải",
        "SGTVT",
        "PPPX",
        _LICENCE,
        (
            "giấy phép lái xe",
            "giấy phép kinh doanh vận tải bằng ô tô",
            "phù hiệu xe ô tô kinh doanh vận tải",
            "giấy phép lưu hành xe quá khổ, quá tải",
            "giấy phép đào tạo lái xe",
            "giấy chứng nhận đăng ký phương tiện thủy nội địa",
            "giấy phép hoạt động bến thủy nội địa",
            "giấy phép thi công trên đường bộ đang khai thác",
            "giấy phép liên vận",
        ),
    ),
    _Field(
        "Lao động, việc làm",
        "SLDTBXH",
        "PPH",
        ("Cấp", "Cấp lại", "Gia hạn", "Thu hồi", "Đăng ký", "Giải quyết"),
        (
            "giấy phép lao động cho người nước ngoài",
            "giấy phép hoạt động dịch vụ việc làm",
            "giấy phép cho thuê lại lao động",
            "nội quy lao động",
            "thỏa ước lao động tập thể",
            "trợ cấp thất nghiệp",
            "hỗ trợ học nghề",
            "hợp đồng thực tập ở nước ngoài",
        ),
    ),
    _Field(
        "Bảo trợ xã hội",
        "SLDTBXH",
        "XXHP",
        ("Xét duyệt", "Điều chỉnh", "Thôi hưởng", "Xác định lại"),
        (
            "trợ cấp xã hội hằng tháng",
            "hỗ trợ chi phí mai táng",
            "mức độ khuyết tật",
            "hộ nghèo, hộ cận nghèo",
            "tiếp nhận vào cơ sở trợ giúp xã hội",
            "hỗ trợ khẩn cấp",
        ),
    ),
    _Field(
        "Người có công",
        "SLDTBXH",
        "PXXH",
        ("Giải quyết", "Điều chỉnh", "Khôi phục", "Di chuyển hồ sơ"),
        (
            "trợ cấp một lần đối với người có công",
            "trợ cấp hằng tháng đối với người có công",
            "chế độ đối với thân nhân người có công",
            "chế độ điều dưỡng phục hồi sức khỏe",
            "chế độ thờ cúng liệt sĩ",
        ),
    ),
    _Field(
        "Y tế",
        "SYT",
        "P",
        ("Cấp", "Cấp lại", "Điều chỉnh", "Thu hồi", "Công bố"),
        (
            "giấy phép hành nghề khám bệnh, chữa bệnh",
            "giấy phép hoạt động cơ sở khám bệnh, chữa bệnh",
            "giấy chứng nhận đủ điều kiện kinh doanh dược",
            "chứng chỉ hành nghề dược",
            "giấy chứng nhận an toàn thực phẩm",
            "đủ điều kiện tiêm chủng",
            "đủ điều kiện sản xuất mỹ phẩm",
        ),
    ),
    _Field(
        "Giáo dục và đào tạo",
        "SGDDT",
        "PHPX",
        ("Thành lập", "Cho phép hoạt động", "Sáp nhập, chia, tách", "Giải thể", "Cho phép hoạt động trở lại"),
        (
            "trường mầm non",
            "trường tiểu học",
            "trường trung học cơ sở",
            "trường trung học phổ thông",
            "trung tâm ngoại ngữ, tin học",
            "trung tâm giáo dục thường xuyên",
            "nhóm trẻ, lớp mẫu giáo độc lập",
            "trung tâm hỗ trợ phát triển giáo dục hòa nhập",
        ),
    ),
    _Field(
        "Văn bằng, chứng chỉ",
        "SGDDT",
        "PH",
        ("Cấp bản sao", "Chỉnh sửa nội dung", "Công nhận", "Xác nhận"),
        ("bằng tốt nghiệp", "chứng chỉ", "văn bằng do cơ sở nước ngoài cấp", "học bạ"),
    ),
    _Field(
        "Văn hóa, thể thao",
        "SVHTTDL",
        "PPHX",
        ("Cấp", "Cấp lại", "Điều chỉnh", "Thu hồi", "Công nhận"),
        (
            "giấy phép tổ chức biểu diễn nghệ thuật",
            "giấy phép tổ chức lễ hội",
            "giấy phép kinh doanh dịch vụ karaoke",
            "giấy chứng nhận đủ điều kiện kinh doanh hoạt động thể thao",
            "giấy phép triển lãm",
            "danh hiệu gia đình văn hóa",
            "câu lạc bộ thể thao cơ sở",
            "thư viện cộng đồng",
        ),
    ),
    _Field(
        "Du lịch",
        "SVHTTDL",
        "P",
        _LICENCE,
        (
            "giấy phép kinh doanh dịch vụ lữ hành nội địa",
            "thẻ hướng dẫn viên du lịch",
            "quyết định xếp hạng cơ sở lưu trú du lịch",
            "quyết định công nhận điểm du lịch",
        ),
    ),
    _Field(
        "Nông nghiệp",
        "SNNPTNT",
        "PPHX",
        ("Cấp", "Cấp lại", "Đăng ký", "Kiểm tra", "Hỗ trợ"),
        (
            "giấy chứng nhận đủ điều kiện buôn bán thuốc bảo vệ thực vật",
            "giấy chứng nhận đủ điều kiện buôn bán phân bón",
            "chứng chỉ hành nghề thú y",
            "giấy chứng nhận kiểm dịch động vật",
            "giấy chứng nhận trang trại chăn nuôi",
            "chuyển đổi cơ cấu cây trồng",
            "khôi phục sản xuất sau thiên tai",
            "sản phẩm của mỗi xã một sản phẩm",
        ),
    ),
    _Field(
        "Lâm nghiệp, thủy sản, thủy lợi",
        "SNNPTNT",
        "PPHP",
        ("Cấp", "Cấp lại", "Điều chỉnh", "Phê duyệt", "Xác nhận"),
        (
            "giấy phép khai thác thủy sản",
            "giấy chứng nhận đăng ký tàu cá",
            "nguồn gốc lâm sản",
            "phương án khai thác rừng",
            "giấy phép hoạt động trong phạm vi bảo vệ công trình thủy lợi",
            "mã số cơ sở nuôi động vật rừng",
        ),
    ),
    _Field(
        "Công thương",
        "SCT",
        "PPPH",
        _LICENCE,
        (
            "giấy phép bán lẻ rượu",
            "giấy phép bán buôn sản phẩm thuốc lá",
            "giấy chứng nhận đủ điều kiện bán lẻ xăng dầu",
            "giấy phép hoạt động điện lực",
            "giấy phép sử dụng vật liệu nổ công nghiệp",
            "giấy chứng nhận huấn luyện an toàn hóa chất",
            "giấy chứng nhận đủ điều kiện kinh doanh khí",
            "giấy xác nhận hoạt động khuyến mại",
        ),
    ),
    _Field(
        "Khoa học và công nghệ",
        "SKHCN",
        "P",
        ("Cấp", "Cấp lại", "Sửa đổi, bổ sung", "Đăng ký", "Đánh giá"),
        (
            "giấy phép tiến hành công việc bức xạ",
            "giấy chứng nhận hoạt động khoa học và công nghệ",
            "giấy chứng nhận doanh nghiệp khoa học và công nghệ",
            "kết quả thực hiện nhiệm vụ khoa học và công nghệ",
            "công bố hợp quy",
        ),
    ),
    _Field(
        "Thông tin và truyền thông",
        "STTTT",
        "PPPH",
        _LICENCE,
        (
            "giấy phép bưu chính",
            "giấy phép xuất bản tài liệu không kinh doanh",
            "giấy phép hoạt động in",
            "giấy chứng nhận điểm cung cấp dịch vụ trò chơi điện tử công cộng",
            "giấy phép thiết lập trang thông tin điện tử tổng hợp",
        ),
    ),
    _Field(
        "Tài chính, quản lý giá",
        "STC",
        "PH",
        ("Quyết định", "Thẩm định", "Đăng ký", "Xác nhận", "Thanh toán"),
        (
            "xử lý tài sản công",
            "giá hàng hóa, dịch vụ",
            "mã số đơn vị có quan hệ với ngân sách",
            "chi phí có liên quan đến bán tài sản công",
            "mua sắm tài sản công",
        ),
    ),
    _Field(
        "Nội vụ",
        "SNV",
        "PHPX",
        ("Cho phép", "Thành lập", "Đổi tên", "Giải thể", "Công nhận"),
        (
            "hội có phạm vi hoạt động trong địa phương",
            "quỹ xã hội, quỹ từ thiện",
            "đơn vị sự nghiệp công lập",
            "điều lệ hội",
            "ban vận động thành lập hội",
        ),
    ),
    _Field(
        "Tôn giáo",
        "SNV",
        "PXH",
        ("Đăng ký", "Thông báo", "Đề nghị"),
        (
            "hoạt động tín ngưỡng",
            "sinh hoạt tôn giáo tập trung",
            "danh mục hoạt động tôn giáo hằng năm",
            "mở lớp bồi dưỡng về tôn giáo",
            "quyên góp ngoài địa bàn một xã",
        ),
    ),
    _Field(
        "Thi đua, khen thưởng",
        "SNV",
        "PHX",
        ("Tặng", "Truy tặng", "Đề nghị tặng"),
        ("giấy khen", "bằng khen", "danh hiệu tập thể lao động tiên tiến", "danh hiệu chiến sĩ thi đua", "cờ thi đua"),
    ),
)

DEPARTMENTS: Final = tuple(dict.fromkeys(field.department for field in _FIELDS))
"""Short names of the departments of a province that settle dossiers."""


class KnownProcedure(NamedTuple):
    """A procedure as the whole country knows it: the same code, name, field and level in every unit that has it."""

    code: str
    name: str
    field: str
    level: str
    department: str


@lru_cache(maxsize=4)
def known_procedures(least: int) -> tuple[KnownProcedure, ...]:
    """At least so many procedures, each with a name of its own; the first ones are the same for any `least`."""
    made: list[KnownProcedure] = []
    case = 1
    while len(made) < least:
        for field in _FIELDS:
            for at, (act, thing) in enumerate((act, thing) for act in field.acts for thing in field.things):
                name = f"{act} {thing}" if case == 1 else f"{act} {thing} (trường hợp {case})"
                level = _LEVELS[field.levels[at % len(field.levels)]]
                made.append(KnownProcedure(f"MP-{len(made) + 1:05d}", name, field.name, level, field.department))
        case += 1
    return tuple(made)


_POSTED_AT: Final = (
    "Cổng Dịch vụ công quốc gia",
    "Cổng Dịch vụ công của tỉnh",
    "Bảng niêm yết tại bộ phận một cửa",
    "Trang thông tin điện tử của cơ quan",
)
_LIMITS: Final = (1, 2, 3, 3, 5, 5, 7, 7, 10, 10, 12, 15, 15, 20, 25, 30, 45, 60)
_NO_LIMIT_ONE_IN: Final = 12
_KINDS: Final = 12
"""The first procedures of a catalogue take turns, so that it has all levels, with and without a time limit, offered
online and not."""
_FEWEST: Final = 120


def check_counts(counts: CatalogueCounts) -> None:
    """ValueError where no catalogue can have these counts."""
    fits = (
        counts.procedures >= _FEWEST
        and _KINDS <= counts.offered_online <= counts.procedures - _KINDS
        and 0 <= counts.fully_online <= counts.offered_online
        and 0 <= counts.published_on_time <= counts.to_publish <= counts.procedures
    )
    if not fits:
        raise ValueError(f"no catalogue has these counts: {counts}")


def procedure_rows(
    counts: CatalogueCounts, *, year: int, working_days: Sequence[date], seed: int
) -> Iterator[tuple[object, ...]]:
    """The catalogue of one unit, with the columns of PROCEDURES; None is an empty cell, a flag is `true` or `false`.

    `working_days` of `year`, in order. ValueError where the counts cannot hold.
    """
    check_counts(counts)
    chance = random.Random(f"{seed}/{counts.unit}/procedures")
    chosen = _chosen(counts, chance)
    online = _online(counts, chosen, chance)
    published = _published(counts, chance, year, working_days)
    # Whether there is a time limit takes turns within a level and within what is offered online.
    seen: dict[tuple[str, bool], int] = {}
    for at, known in enumerate(chosen):
        kind = known.level, online[at] in ("partial", "full")
        seen[kind] = seen.get(kind, 0) + 1
        limited = seen[kind] % _NO_LIMIT_ONE_IN != 2
        limit = Decimal(chance.choice(_LIMITS)) if limited else None
        cut = None
        if limit is not None and limit > 1 and chance.random() < 0.35:
            cut = max(Decimal(int(limit * 2 * Decimal(chance.randint(50, 90)) / 100)) / 2, Decimal("0.5"))
        decision, due, on = published[at]
        posted = on is not None and chance.random() < 0.97
        posted_on = min(on + timedelta(days=chance.randint(0, 12)), date(year, 12, 31)) if on and posted else None
        yield (
            counts.unit,
            known.code,
            known.name,
            known.field,
            known.level,
            decision,
            due,
            on,
            posted_on,
            chance.choice(_POSTED_AT) if posted and chance.random() < 0.95 else None,
            online[at],
            limit,
            cut,
            chance.randint(3, 9) if chance.random() < 0.97 else None,
            chance.randint(1, 12) if chance.random() < 0.97 else None,
            None if chance.random() < 0.04 else ("true" if chance.random() < 0.12 else "false"),
        )


assert len(PROCEDURES.columns) == 16


def _chosen(counts: CatalogueCounts, chance: random.Random) -> list[KnownProcedure]:
    """Which of all procedures the unit has, in the order of their codes; every level has enough of them."""
    known = known_procedures(counts.procedures + counts.procedures // 20)
    picked: set[int] = set()
    for level in _LEVELS.values():
        of_level = [at for at, each in enumerate(known) if each.level == level]
        picked.update(chance.sample(of_level, min(_FEWEST // 3, len(of_level))))
    others = [at for at in range(len(known)) if at not in picked]
    picked.update(chance.sample(others, counts.procedures - len(picked)))
    return [known[at] for at in sorted(picked)]


def _online(
    counts: CatalogueCounts, chosen: Sequence[KnownProcedure], chance: random.Random
) -> Mapping[int, str | None]:
    """The level of online service by place in the catalogue; every level of government has some and lacks some."""
    order = list(range(counts.procedures))
    chance.shuffle(order)
    first, last = [], []
    for level in _LEVELS.values():
        of_level = [at for at in order if chosen[at].level == level]
        first += of_level[:3]
        last += of_level[-3:]
    kept = {*first, *last}
    order = [*first, *(at for at in order if at not in kept), *last]
    offered = order[: counts.offered_online]
    full = set(chance.sample(offered, counts.fully_online))
    online: dict[int, str | None] = {at: "full" if at in full else "partial" for at in offered}
    for at in order[counts.offered_online :]:
        online[at] = None if chance.random() < 0.05 else "none"
    return online


def _published(
    counts: CatalogueCounts, chance: random.Random, year: int, working_days: Sequence[date]
) -> list[tuple[str | None, date | None, date | None]]:
    """Decision, day by which it had to be published, day it was, by place in the catalogue."""
    order = list(range(counts.procedures))
    chance.shuffle(order)
    made: list[tuple[str | None, date | None, date | None]] = [(None, None, None)] * counts.procedures
    for rank, at in enumerate(order):
        on: date | None
        due: date | None
        if rank < counts.to_publish:
            by = chance.choice(working_days[10:])
            due, on = by, None
            if rank < counts.published_on_time:
                on = by - timedelta(days=chance.randint(0, 12))
            elif chance.random() < 0.6:
                days_late = timedelta(days=chance.randint(1, 25))
                on = by + days_late if (by + days_late).year == year else None
        else:
            # Published in earlier years; of some the day by which it was due is on record.
            on = date(year - chance.randint(1, 5), chance.randint(1, 12), chance.randint(1, 28))
            due = on + timedelta(days=chance.randint(0, 3)) if chance.random() < 0.1 else None
        decision = None if on is None else f"{chance.randint(12, 4800)}/QĐ-UBND"
        made[at] = decision, due, on
    return made
