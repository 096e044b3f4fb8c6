"""Events of the record in words: what an act is called, what it was done to, and its details as rows to read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils import timezone

from parindex.language import Text
from parindex_web.accounts.roles import ROLES, act_named
from parindex_web.appraise.queries import CHOICE_NAMES, OUTCOME_NAMES, ROUND_NAMES, WAY_NAMES
from parindex_web.audit.models import Event
from parindex_web.editions.moves import EDITION_MOVES, LINE_MOVES, LINE_STANDINGS, STAGES, STANDINGS, UNIT_MOVES
from parindex_web.pages.languages import language, said, say
from parindex_web.steering.letters import STEP_NAMES

DETAIL_NAMES: Final[Mapping[str, Text]] = {
    "from": Text("trước", "before"),
    "to": Text("sau", "after"),
    "version": Text("lần lưu", "save"),
    "evidence": Text("tài liệu", "evidence"),
    "way": Text("bằng cách", "by way of"),
    "reason": Text("lý do", "reason"),
    "round": Text("vòng", "round"),
    "marker": Text("người chấm thứ", "marker"),
    "outcome": Text("kết quả", "outcome"),
    "basis": Text("căn cứ", "basis"),
    "values": Text("số liệu", "figures"),
    "points": Text("điểm", "points"),
    "move": Text("bước", "step"),
    "moves": Text("các bước", "steps"),
    "text": Text("nội dung", "text"),
    "until": Text("hạn mới", "new deadline"),
    "what": Text("việc", "what"),
    "decision": Text("quyết định", "decision"),
    "digest": Text("mã băm số liệu", "digest of the figures"),
    "sha256": Text("SHA-256 của tệp", "SHA-256 of the file"),
    "seal": Text("niêm phong", "seal"),
    "computation": Text("lần tính", "computation"),
    "embargo": Text("công bố từ", "public from"),
    "file": Text("tệp", "file"),
    "files": Text("tệp", "files"),
    "size": Text("cỡ (byte)", "size (bytes)"),
    "kind": Text("loại tệp", "kind of file"),
    "lines": Text("mục", "lines"),
    "line": Text("mục", "line"),
    "documents": Text("tài liệu", "documents"),
    "findings": Text("kết quả thẩm định", "findings"),
    "explanation": Text("giải trình", "explanation"),
    "people": Text("người nhận", "sent to"),
    "person": Text("người", "person"),
    "roles": Text("vai trò", "roles"),
    "role": Text("vai trò", "role"),
    "units": Text("đơn vị", "units"),
    "state": Text("kết thúc", "ended"),
    "problems": Text("lỗi", "problems"),
    "counts": Text("số đếm từ hồ sơ", "counts from records"),
    "held_on": Text("ngày họp", "held on"),
    "members": Text("thành viên", "members"),
    "present": Text("tham gia", "take part"),
    "in_writing": Text("bằng văn bản", "in writing"),
    "chair": Text("chủ trì", "chair"),
    "choice": Text("biểu quyết", "vote"),
    "for": Text("tán thành", "for"),
    "against": Text("không tán thành", "against"),
    "other": Text("ý kiến khác", "other"),
    "carried": Text("thông qua", "carried"),
    "blind": Text("chấm hai lần", "marked twice"),
    "unit": Text("đơn vị", "unit"),
    "domains": Text("lĩnh vực", "domains"),
    "ended": Text("đã kết thúc", "ended"),
    "dropped": Text("đã bỏ", "dropped"),
    "title": Text("tên văn bản", "title"),
    "symbol": Text("số, ký hiệu", "number and symbol"),
    "issuer": Text("cơ quan ban hành", "issued by"),
    "issued": Text("ngày ban hành", "date of issue"),
    "node": Text("mục", "line"),
    "document": Text("tài liệu", "document"),
    "locator": Text("mục, trang", "section and page"),
}

_MOVES: Final = {each.name: each.says for each in (*EDITION_MOVES, *UNIT_MOVES, *LINE_MOVES)}
_STANDINGS: Final = {**STAGES, **STANDINGS, **LINE_STANDINGS}
STEPS: Final[Mapping[str, Text]] = {**STEP_NAMES, "council": STAGES["council"]}
"""Every step that has a deadline."""

_WORDS: Final[Mapping[str, Mapping[str, Text]]] = {
    "move": _MOVES,
    "moves": _MOVES,
    "from": {**STEPS, **_STANDINGS},
    "to": {**STEPS, **_STANDINGS},
    "what": STEPS,
    "round": ROUND_NAMES,
    "outcome": OUTCOME_NAMES,
    "basis": {
        "answer": Text("số tự chấm", "the claim"),
        "records": Text("số đếm từ hồ sơ", "counts from records"),
        "adjusted": Text("người thẩm định điều chỉnh", "adjusted by the appraiser"),
    },
    "way": {
        **WAY_NAMES,
        "page": Text("trang web", "the page"),
        "workbook": Text("tệp Excel", "a workbook"),
        "api": Text("phần mềm khác", "other software"),
        "scan": Text("bản quét", "a scan"),
        "digital": Text("chữ ký số", "digitally signed"),
    },
    "choice": CHOICE_NAMES,
    "state": {"done": Text("có kết quả", "with a result"), "failed": Text("không tính được", "failed")},
    "role": {str(code): name for code, name in ROLES.items()},
}
"""What single words of details say, by the name of the detail."""

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PERSON = re.compile(r"person-(\d+)")
_SESSION = re.compile(r"session:(\d+)(?:/motion:(\d+))?")
_NUMBERED = re.compile(r"(computation|reason):(\d+)")
_REMINDED = re.compile(r"(\w+):(\d{4}-\d\d-\d\d)")
_ROOM = 8
"""Entries of a list that are written out; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One row of an event. `before` is set where the act changed it; "" means that nothing stood there."""

    name: str
    after: str
    before: str | None = None


@dataclass(frozen=True, slots=True)
class EventShown:
    """An event as people read it. `unit` is its code; `line` names the line where the act was done to one."""

    event: Event
    says: Text
    subject: str
    line: str
    details: tuple[Detail, ...]


NOT_YET = Text(
    "Mở khi biểu quyết đã chốt, hoặc khi cả hai người chấm đã xong.",
    "Opened when the vote is closed, or when both markers are done.",
)


def act_said(name: str) -> Text:
    """The name of an act for readers; its code where the tables no longer have it."""
    return act_named(name) or Text(name, name)


def event_shown(
    event: Event,
    *,
    labels: Mapping[str, str] | None = None,
    people: Mapping[int, str] | None = None,
    node: str = "",
    closed: bool = False,
) -> EventShown:
    """An event in words. `labels`: names of the inputs of a line; `node`: of an act on many lines, show this one.

    `closed`: that it was done is told, what was said in it not yet.
    """
    details = event.details
    if node and isinstance(details.get("lines"), list):
        own: dict[str, Any] = next((each for each in details["lines"] if each.get("node") == node), {})
        details = {**{key: value for key, value in details.items() if key != "lines"}, **own}
    words = _Words(labels or {}, people or {})
    is_line = bool(event.chain.unit) and event.act.startswith("line.")
    return EventShown(
        event,
        act_said(event.act),
        words.subject(event.subject),
        event.subject if is_line else str(event.details.get("line", "")),
        (Detail(say("chi tiết", "details"), said(NOT_YET)),) if closed else tuple(words.details(details)),
    )


@dataclass(frozen=True, slots=True)
class _Words:
    labels: Mapping[str, str]
    people: Mapping[int, str]

    def details(self, details: Mapping[str, Any]) -> list[Detail]:
        rows: list[Detail] = []
        before, after = details.get("from"), details.get("to")
        changes = "from" in details and "to" in details
        if changes and isinstance(before, Mapping) and isinstance(after, Mapping):
            rows += self._changed(before, after)
        elif changes:
            rows.append(Detail(say("thay đổi", "change"), self.value("to", after), self.value("from", before)))
        for key, value in details.items():
            if (changes and key in ("from", "to")) or value in (None, "", {}, []):
                continue
            rows.append(Detail(self.name(key), self.value(key, value)))
        return rows

    def _changed(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Detail]:
        rows = []
        for key in dict.fromkeys((*before, *after)):
            old, new = before.get(key), after.get(key)
            if isinstance(old, Mapping) or isinstance(new, Mapping):
                rows += self._changed(old or {}, new or {})
            elif (old or "") != (new or ""):
                rows.append(Detail(self.name(key), self.value(key, new or ""), self.value(key, old or "")))
        return rows

    def name(self, key: str) -> str:
        if key in self.labels:
            return self.labels[key]
        if key in DETAIL_NAMES:
            return said(DETAIL_NAMES[key])
        return self._person(key) or key

    def subject(self, text: str) -> str:
        """What an act was done to."""
        if found := _SESSION.fullmatch(text):
            session = say(f"phiên {found[1]}", f"session {found[1]}")
            return session + (say(f", nội dung {found[2]}", f", motion {found[2]}") if found[2] else "")
        if found := _NUMBERED.fullmatch(text):
            lead = {"computation": say("lần tính", "computation"), "reason": say("lý do dùng lại", "reusable reason")}
            return f"{lead[found[1]]} {found[2]}"
        if text in STEPS:
            return said(STEPS[text])
        if (found := _REMINDED.fullmatch(text)) and found[1] in STEPS:
            return f"{said(STEPS[found[1]])}, {self.value('', found[2])}"
        if text in ("workbook", "signed copy"):
            return {"workbook": say("tệp Excel", "workbook"), "signed copy": say("bản ký", "signed copy")}[text]
        return self._person(text) or text

    def _person(self, text: str) -> str:
        found = _PERSON.fullmatch(text)
        if not found:
            return ""
        number = int(found[1])
        return self.people.get(number) or say(f"người số {number}", f"person {number}")

    def value(self, key: str, value: Any) -> str:
        if value is None or value == "" or value == {} or value == []:
            return ""
        if isinstance(value, bool):
            return say("có", "yes") if value else say("không", "no")
        if key == "files" and isinstance(value, Mapping):
            return self.value(key, list(value))
        if isinstance(value, Mapping):
            return "; ".join(f"{self.name(each)}: {self.value(each, given)}" for each, given in value.items())
        if isinstance(value, Sequence) and not isinstance(value, str):
            shown = ", ".join(self._entry(key, each) for each in value[:_ROOM])
            left = len(value) - _ROOM
            return shown + (say(f" và {left} nữa", f" and {left} more") if left > 0 else "")
        return self._text(key, str(value))

    def _entry(self, key: str, value: Any) -> str:
        if isinstance(value, Mapping) and "node" in value:
            return str(value["node"])
        if isinstance(value, Mapping) and "document" in value:
            where = f" ({value['locator']})" if value.get("locator") else ""
            return f"TL{int(value['document']):02d}{where}"
        return self.value(key, value)

    def _text(self, key: str, text: str) -> str:
        words = _WORDS.get(key, {})
        if text in words:
            return words[text].in_(language())
        if _DIGEST.fullmatch(text):
            return f"{text[:16]}…"
        if _TIME.match(text):
            return timezone.localtime(datetime.fromisoformat(text)).strftime("%H:%M, %d/%m/%Y")
        if found := _DAY.fullmatch(text):
            return f"{found[3]}/{found[2]}/{found[1]}"
        return self._person(text) or text
