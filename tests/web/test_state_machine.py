"""Random people take random steps of an edition; a small model says what may come of it.

The model knows the table of roles and of moves as this file writes them down, not as the application does. After every
step: what the application allowed is what the model allows, every value and score that was ever saved is still there,
and both databases refuse to have locked rows changed behind the application's back.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import Error, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from parindex.problems import Problems
from parindex.publication.audit_trail import verify_trail

pytestmark = [pytest.mark.slow, pytest.mark.databases]

HERE = Path(__file__).parent
UNITS = ("U1", "U2")
NODES = {"1.1": "1", "1.2": "1", "2.1.1": "2", "2.1.2": "2"}
VALUES = {
    "1.1": [{"met": "yes"}, {"met": "no"}],
    "1.2": [{"numerator": "54", "denominator": "60"}, {"numerator": "60", "denominator": "60"}, {"numerator": "9"}],
    "2.1.1": [{"numerator": "1880", "denominator": "2000"}, {"numerator": "950", "denominator": "1000"}],
    "2.1.2": [{"level": "all"}, {"level": "some"}, {"level": "none"}],
}
POINTS = {
    ("1.1", "met=yes"): "0.5", ("1.1", "met=no"): "0",
    ("1.2", "denominator=60;numerator=54"): "0.9", ("1.2", "denominator=60;numerator=60"): "1",
    ("1.2", "numerator=9"): None,
    ("2.1.1", "denominator=2000;numerator=1880"): "1.41", ("2.1.1", "denominator=1000;numerator=950"): "1.425",
    ("2.1.2", "level=all"): "1", ("2.1.2", "level=some"): "0.5", ("2.1.2", "level=none"): "0",
}  # fmt: skip
"""What each claim is worth, worked out by hand from small/framework.yaml."""

PEOPLE = {
    "manager": ("programme_manager", "", ()),
    "coordinator U1": ("coordinator", "U1", ()),
    "coordinator U2": ("coordinator", "U2", ()),
    "officer U1/2": ("field_officer", "U1", ("2",)),
    "approver U1": ("approver", "U1", ()),
    "approver U2": ("approver", "U2", ()),
    "appraiser": ("appraiser", "", ()),
    "appraiser of 1": ("appraiser", "", ("1",)),
    "member A": ("council_member", "", ()),
    "member B": ("council_member", "", ()),
    "secretary": ("council_secretary", "", ()),
    "auditor": ("auditor", "", ()),
    "administrator": ("administrator", "", ()),
}
MAY = {
    "save": {"coordinator", "field_officer"},
    "hand in": {"coordinator", "field_officer"},
    "return line": {"coordinator"},
    "consolidate": {"coordinator"},
    "sign": {"approver"},
    "return file": {"approver", "coordinator"},
    "reopen": {"programme_manager"},
    "find": {"appraiser"},
    "close round": {"programme_manager"},
    "explain": {"coordinator", "field_officer"},
    "lock replies": {"coordinator", "programme_manager"},
    "move edition": {"programme_manager"},
    "convene": {"council_secretary"},
    "propose": {"council_secretary"},
    "vote": {"council_member"},
    "close vote": {"council_secretary"},
    "compute": {"programme_manager"},
}
EDITION = {
    "open": ("preparing", "open"), "appraise": ("open", "appraisal"), "convene": ("appraisal", "council"),
    "decide": ("council", "decided"), "back_to_open": ("appraisal", "open"),
    "back_to_appraisal": ("council", "appraisal"), "back_to_council": ("decided", "council"),
}  # fmt: skip

people = st.sampled_from(sorted(PEOPLE))


# Who may do a thing tries it more often than who may not: else most steps would be refusals.
def someone(act: str) -> st.SearchStrategy[str]:
    allowed = sorted(name for name, (role, _, _) in PEOPLE.items() if role in MAY[act])
    return st.one_of(st.sampled_from(allowed), st.sampled_from(allowed), st.sampled_from(allowed), people)


units = st.sampled_from(UNITS)
nodes = st.sampled_from(sorted(NODES))


class Line:
    """What the model knows of one line."""

    def __init__(self) -> None:
        self.standing = "open"
        self.versions: list[tuple[str, dict[str, str], str]] = []
        """Every save: number, values, explanation."""
        self.findings: list[tuple[str, str, str | None]] = []
        """Every finding: round, outcome, points set."""
        self.found: dict[str, str] = {}
        """The outcome that counts of each round; gone when the claim changes after a reopening."""
        self.replies = 0


class Editions(RuleBasedStateMachine):
    """One example: an edition from nothing, and what people try to do with it."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()

    def teardown(self) -> None:
        try:
            self.check_record()
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    @initialize(steps=st.integers(0, 34), pick=st.integers(0, 2), asks=st.sampled_from(["accept", "ask"]))
    def begin(self, steps: int, pick: int, asks: str) -> None:
        """An edition that has come some way by the book: random steps alone rarely reach its end."""
        self.create()
        for _ in range(steps):
            self.go_on(pick, asks)

    @rule(pick=st.integers(0, 2), asks=st.sampled_from(["accept", "ask"]))
    def go_on(self, pick: int, asks: str) -> None:
        """The next step by the book, by whose it is."""
        unit = next((each for each in UNITS if self.standing[each] in ("draft", "consolidated")), "")
        if self.stage == "preparing":
            self.edition_step("manager", "open", "")
        elif self.stage in ("open", "appraisal") and unit:
            if self.standing[unit] == "consolidated":
                self.sign(f"approver {unit}", unit, True)
            elif empty := [node for node in NODES if not self.holds(unit, node)]:
                if self.lines[unit, empty[0]].standing == "handed_in":
                    self.return_line(f"coordinator {unit}", unit, empty[0], "Còn trống")
                self.save(f"coordinator {unit}", unit, empty[0], pick, "Báo cáo số 2", False, False)
            else:
                self.consolidate(f"coordinator {unit}", unit)
        elif self.stage == "open":
            self.edition_step("manager", "appraise", "")
        elif self.stage == "appraisal":
            unit = next((each for each in UNITS if self.standing[each] != "appraised_2"), "")
            standing = self.standing.get(unit)
            if not unit:
                self.edition_step("manager", "convene", "")
            elif standing in ("signed", "explained"):
                self.find_all(unit, asks)
                self.close_round("manager", unit)
            elif standing == "explaining":
                for node in NODES:
                    if self.lines[unit, node].found.get("appraisal_1") == "ask":
                        self.explain(f"coordinator {unit}", unit, node, "Số đúng là 1.880")
                self.lock_replies(f"coordinator {unit}", unit)
        elif self.stage == "council":
            if self.carried():
                self.edition_step("manager", "decide", "")
            else:
                self.council_carries_the_whole()

    def create(self) -> None:
        from parindex_web.accounts.models import Duty, Person
        from parindex_web.editions.actions import set_deadline
        from parindex_web.steering.actions import create_edition, files_of_folder

        self.person = {}
        for number, (name, (role, unit, domains)) in enumerate(PEOPLE.items()):
            made = Person.objects.create(email=f"{number}@demo.test", full_name=name)
            Duty.objects.create(person=made, role=role, unit=unit, domains=list(domains), valid_from=date(2020, 1, 1))
            self.person[name] = made
        self.edition = create_edition(by=self.person["manager"], files=files_of_folder(HERE / "small"))
        for what in ("self_assessment", "appraisal_1", "explanation", "appraisal_2"):
            far = datetime(2099, 1, 31, 10, tzinfo=UTC)
            set_deadline(by=self.person["manager"], edition=self.edition, what=what, closes_at=far)
        self.stage = "preparing"
        self.standing = dict.fromkeys(UNITS, "draft")
        self.lines = {(unit, node): Line() for unit in UNITS for node in NODES}
        self.events = {"": 5, "U1": 0, "U2": 0}  # created, four deadlines
        self.session = None
        self.motions: list[dict] = []
        self.computations = 0

    # --- asking

    def may(self, who: str, act: str, unit: str = "", node: str = "") -> bool:
        role, of_unit, domains = PEOPLE[who]
        if role not in MAY[act] or (unit and of_unit not in ("", unit)):
            return False
        return not (node and domains and NODES[node] not in domains)

    def attempt(self, who: str, act: str, do, *, possible: bool, unit: str = "", node: str = "") -> bool:
        """Do it: it must go through exactly when the role may and the step is possible. One event, or nothing."""
        from parindex_web.accounts.permissions import Refused
        from parindex_web.collect.actions import Conflict
        from parindex_web.editions.steps import Impossible

        try:
            with transaction.atomic():
                do(self.person[who])
            came = "done"
        except Refused:
            came = "refused"
        except (Impossible, Conflict):
            came = "impossible"
        wanted = "refused" if not self.may(who, act, unit, node) else "done" if possible else "impossible"
        # A reason that is missing may be said before a right that is missing: nothing is given away by it.
        assert came == wanted or (wanted == "refused" and came == "impossible"), (act, who, unit, node, came, wanted)
        if came == "done":
            self.events[unit] += 1
        return came == "done"

    def file(self, unit: str):
        return self.edition.unit_files.select_related("edition").get(unit=unit)

    def row(self, unit: str, node: str):
        from parindex_web.collect.models import Line as Row

        return Row.objects.select_related("unit_file__edition").get(
            unit_file__edition=self.edition, unit_file__unit=unit, node=node
        )

    # --- the unit

    @rule(who=someone("save"), unit=units, node=nodes, pick=st.integers(0, 2), words=st.sampled_from(["", "Báo cáo số 1"]),
          late=st.booleans(), again=st.booleans())  # fmt: skip
    def save(self, who: str, unit: str, node: str, pick: int, words: str, late: bool, again: bool) -> None:
        from parindex_web.collect.actions import save_line

        line = self.lines[unit, node]
        values = VALUES[node][pick % len(VALUES[node])]
        # Somebody who opened the page before the last save must not overwrite it.
        stale = late and bool(line.versions)
        seen = len(line.versions) - (1 if stale else 0)
        key = uuid4()
        open_ = self.stage in ("open", "appraisal") and self.standing[unit] == "draft" and line.standing != "handed_in"

        def do(person) -> None:
            save_line(
                by=person,
                line=self.row(unit, node),
                seen=seen,
                key=key,
                fields=values,
                explanation=words,
                language="vi",
            )

        if self.attempt(who, "save", do, possible=open_ and not stale, unit=unit, node=node):
            line.versions.append((str(key), values, words))
            line.found.clear()
            if again:
                # The answer was lost and the browser sends it once more: kept once, no second event.
                do(self.person[who])

    @rule(who=someone("hand in"), unit=units, node=nodes)
    def hand_in(self, who: str, unit: str, node: str) -> None:
        from parindex_web.collect.actions import move_line

        line = self.lines[unit, node]
        name = {"open": "hand_in", "returned": "hand_in_again", "handed_in": "take_back"}[line.standing]
        open_ = self.stage in ("open", "appraisal") and self.standing[unit] == "draft"

        def do(person) -> None:
            move_line(by=person, line=self.row(unit, node), name=name)

        if self.attempt(who, "hand in", do, possible=open_, unit=unit, node=node):
            line.standing = "open" if name == "take_back" else "handed_in"

    @rule(who=someone("return line"), unit=units, node=nodes, reason=st.sampled_from(["", "Thiếu biểu", "Sai năm"]))
    def return_line(self, who: str, unit: str, node: str, reason: str) -> None:
        from parindex_web.collect.actions import move_line

        line = self.lines[unit, node]
        open_ = self.stage in ("open", "appraisal") and self.standing[unit] == "draft"

        def do(person) -> None:
            move_line(by=person, line=self.row(unit, node), name="return", reason=reason)

        possible = open_ and line.standing == "handed_in" and bool(reason)
        if self.attempt(who, "return line", do, possible=possible, unit=unit, node=node):
            line.standing = "returned"

    @rule(who=someone("consolidate"), unit=units)
    def consolidate(self, who: str, unit: str) -> None:
        from parindex_web.collect.actions import consolidate

        full = all(self.holds(unit, node) for node in NODES)
        possible = full and self.standing[unit] == "draft" and self.stage in ("open", "appraisal")
        do = lambda person: consolidate(by=person, unit_file=self.file(unit))  # noqa: E731
        if self.attempt(who, "consolidate", do, possible=possible, unit=unit):
            self.standing[unit] = "consolidated"

    def holds(self, unit: str, node: str) -> bool:
        versions = self.lines[unit, node].versions
        return bool(versions) and bool(versions[-1][1] or versions[-1][2])

    @rule(who=someone("sign"), unit=units, looked=st.sampled_from([True, True, False]))
    def sign(self, who: str, unit: str, looked: bool) -> None:
        from parindex_web.collect.actions import claims_digest, sign

        seen = claims_digest(self.file(unit)) if looked else "0" * 64
        possible = self.standing[unit] == "consolidated" and self.stage in ("open", "appraisal") and looked
        do = lambda person: sign(by=person, unit_file=self.file(unit), seen=seen)  # noqa: E731
        if self.attempt(who, "sign", do, possible=possible, unit=unit):
            self.standing[unit] = "signed"
            assert self.file(unit).signed_digest == seen

    @rule(who=someone("return file"), unit=units, reason=st.sampled_from(["", "Sửa mục 1.2"]))
    def return_file(self, who: str, unit: str, reason: str) -> None:
        from parindex_web.collect.actions import return_unit

        possible = self.standing[unit] == "consolidated" and self.stage in ("open", "appraisal") and bool(reason)
        do = lambda person: return_unit(by=person, unit_file=self.file(unit), reason=reason)  # noqa: E731
        if self.attempt(who, "return file", do, possible=possible, unit=unit):
            self.standing[unit] = "draft"

    @rule(who=someone("reopen"), unit=units, reason=st.sampled_from(["", "Bão số 3"]))
    def reopen(self, who: str, unit: str, reason: str) -> None:
        from parindex_web.editions.actions import move_unit

        name, after = ("ask_again", "explaining") if self.standing[unit] == "explained" else ("reopen", "draft")
        possible = bool(reason) and (
            (self.standing[unit] == "signed" and self.stage in ("open", "appraisal"))
            or (self.standing[unit] == "explained" and self.stage == "appraisal")
        )
        do = lambda person: move_unit(by=person, unit_file=self.file(unit), name=name, reason=reason)  # noqa: E731
        if self.attempt(who, "reopen", do, possible=possible, unit=unit):
            self.standing[unit] = after

    # --- the appraisal

    @rule(who=someone("find"), unit=units, node=nodes, outcome=st.sampled_from(["accept", "adjust", "ask"]),
          reason=st.sampled_from(["", "Tính hai lần", "Tính hai lần"]))  # fmt: skip
    def find(self, who: str, unit: str, node: str, outcome: str, reason: str) -> None:
        from parindex_web.appraise.actions import find

        round_ = {"signed": "appraisal_1", "explained": "appraisal_2"}.get(self.standing[unit])
        possible = round_ is not None and self.stage == "appraisal" and (outcome == "accept" or bool(reason))
        possible = possible and not (outcome == "ask" and round_ == "appraisal_2")

        def do(person) -> None:
            find(
                by=person, line=self.row(unit, node), outcome=outcome, basis="adjusted", fields={},
                points=Decimal("0.25") if outcome == "adjust" else None, reason=reason, language="vi",
            )  # fmt: skip

        if self.attempt(who, "find", do, possible=possible, unit=unit, node=node):
            assert round_ is not None
            line = self.lines[unit, node]
            line.findings.append((round_, outcome, "0.25" if outcome == "adjust" else None))
            line.found[round_] = outcome

    def find_all(self, unit: str, asks: str) -> None:
        for node in NODES:
            round_ = {"signed": "appraisal_1", "explained": "appraisal_2"}.get(self.standing[unit])
            if round_ and round_ not in self.lines[unit, node].found:
                self.find("appraiser", unit, node, asks if round_ == "appraisal_1" else "accept", "Thiếu biểu")

    @rule(who=someone("close round"), unit=units)
    def close_round(self, who: str, unit: str) -> None:
        from parindex_web.appraise.actions import close_round

        standing = self.standing[unit]
        if standing == "explained":
            wanted = [
                n for n in NODES if self.lines[unit, n].found.get("appraisal_1") == "ask" or self.lines[unit, n].replies
            ]
            complete = all("appraisal_2" in self.lines[unit, node].found for node in wanted)
        else:
            complete = all("appraisal_1" in self.lines[unit, node].found for node in NODES)
        possible = self.stage == "appraisal" and standing in ("signed", "explained") and complete
        do = lambda person: close_round(by=person, unit_file=self.file(unit), explain=True)  # noqa: E731
        if self.attempt(who, "close round", do, possible=possible, unit=unit):
            self.standing[unit] = "appraised_2" if standing == "explained" else "explaining"

    @rule(who=someone("explain"), unit=units, node=nodes, text=st.sampled_from(["", "Số đúng là 1.880"]))
    def explain(self, who: str, unit: str, node: str, text: str) -> None:
        from parindex_web.appraise.actions import explain_line

        line = self.lines[unit, node]
        asked = line.found.get("appraisal_1") in ("adjust", "ask")
        possible = self.standing[unit] == "explaining" and asked and bool(text)
        do = lambda person: explain_line(by=person, line=self.row(unit, node), text=text)  # noqa: E731
        if self.attempt(who, "explain", do, possible=possible, unit=unit, node=node):
            line.replies += 1

    @rule(who=someone("lock replies"), unit=units)
    def lock_replies(self, who: str, unit: str) -> None:
        from parindex_web.appraise.actions import close_explaining

        # The programme manager must wait for the deadline, which is far away.
        possible = self.standing[unit] == "explaining" and self.stage == "appraisal" and who != "manager"
        do = lambda person: close_explaining(by=person, unit_file=self.file(unit))  # noqa: E731
        if self.attempt(who, "lock replies", do, possible=possible, unit=unit):
            self.standing[unit] = "explained"

    # --- the edition and its council

    @rule(who=someone("move edition"), reason=st.sampled_from(["", "Đề nghị của hội đồng"]), data=st.data())
    def move_edition(self, who: str, reason: str, data) -> None:
        onward = [name for name, (before, _) in EDITION.items() if before == self.stage]
        self.edition_step(who, data.draw(st.sampled_from([*onward, *sorted(EDITION)])), reason)

    def edition_step(self, who: str, name: str, reason: str) -> None:
        from parindex_web.steering.actions import move_on

        before, after = EDITION[name]
        possible = self.stage == before and (not name.startswith("back") or bool(reason))
        if name == "convene":
            possible &= not {"signed", "explaining", "explained"} & set(self.standing.values())
        if name == "decide":
            possible &= self.carried()
        do = lambda person: move_on(by=person, edition=self.edition, name=name, reason=reason)  # noqa: E731
        if self.attempt(who, "move edition", do, possible=possible):
            self.stage = after

    def carried(self) -> bool:
        """A motion on the whole was carried after every change to a line, and none is open."""
        if any(not motion["closed"] for motion in self.motions):
            return False
        ends = [motion for motion in sorted(self.motions, key=lambda each: each["closed"]) if motion["carried"]]
        return bool(ends) and ends[-1]["node"] == ""

    @rule(who=someone("convene"))
    def convene(self, who: str) -> None:
        from parindex_web.appraise.council import convene

        if self.session is not None:
            return

        def do(person) -> None:
            self.made = convene(
                by=person, edition=self.edition, held_on=date(2024, 3, 20), place="Hà Nội", in_writing=False
            )

        if self.attempt(who, "convene", do, possible=self.stage == "council"):
            self.session = self.made
            assert self.made.members == 2

    @rule(who=someone("propose"), unit=units, node=st.one_of(st.just(""), nodes), points=st.sampled_from(["0.3", "9"]))
    def propose(self, who: str, unit: str, node: str, points: str) -> None:
        from parindex_web.appraise.council import propose

        if self.session is None:
            return
        fits = self.standing[unit] == "appraised_2" and points == "0.3" if node else True

        def do(person) -> None:
            self.motion = propose(
                by=person, session=self.session, text="Ấn định điểm", line=self.row(unit, node) if node else None,
                values={}, points=Decimal(points) if node else None,
            )  # fmt: skip

        if self.attempt(who, "propose", do, possible=self.stage == "council" and fits):
            self.motions.append(
                {"row": self.motion, "unit": unit, "node": node, "votes": {}, "closed": 0, "carried": False}
            )

    @rule(who=someone("vote"), choice=st.sampled_from(["for", "for", "against", "abstain"]), data=st.data())
    def vote(self, who: str, choice: str, data) -> None:
        if self.motions:
            self.vote_on(who, data.draw(st.sampled_from(self.motions)), choice)

    def vote_on(self, who: str, motion: dict, choice: str) -> None:
        from parindex_web.appraise.council import vote

        do = lambda person: vote(by=person, motion=motion["row"], choice=choice, way="room")  # noqa: E731
        if self.attempt(who, "vote", do, possible=self.stage == "council" and not motion["closed"]):
            motion["votes"][who] = choice

    @rule(who=someone("close vote"), data=st.data())
    def close_vote(self, who: str, data) -> None:
        if self.motions:
            self.close_vote_on(who, data.draw(st.sampled_from(self.motions)))

    def close_vote_on(self, who: str, motion: dict) -> None:
        from parindex_web.appraise.council import close_motion

        present = {name for each in self.motions for name in each["votes"]}
        line = self.lines.get((motion["unit"], motion["node"]))
        possible = self.stage == "council" and not motion["closed"] and len(present) == 2
        do = lambda person: close_motion(by=person, motion=motion["row"])  # noqa: E731
        if self.attempt(who, "close vote", do, possible=possible):
            motion["closed"] = 1 + max(each["closed"] for each in self.motions)
            motion["carried"] = list(motion["votes"].values()).count("for") == 2
            if motion["carried"] and line is not None:
                line.findings.append(("council", "adjust", "0.3"))

    def council_carries_the_whole(self) -> None:
        self.convene("secretary")
        open_ = [each for each in self.motions if not each["closed"]]
        if not open_:
            self.propose("secretary", "U1", "", "0.3")
            open_ = self.motions[-1:]
        for name in ("member A", "member B"):
            self.vote_on(name, open_[0], "for")
        self.close_vote_on("secretary", open_[0])

    @rule(who=someone("compute"))
    def compute(self, who: str) -> None:
        """Asked for once at a time. What the library makes of the state is looked at in `check_scores`."""
        from parindex_web.results.actions import ask_computation

        do = lambda person: ask_computation(by=person, edition=self.edition)  # noqa: E731
        if self.attempt(who, "compute", do, possible=self.computations == 0):
            self.computations += 1

    # --- what always holds

    @invariant()
    def stands_where_the_model_stands(self) -> None:
        from parindex_web.editions.models import Edition

        if not hasattr(self, "lines"):
            return
        self.edition = Edition.objects.get(pk=self.edition.pk)
        assert self.edition.stage == self.stage
        assert dict(self.edition.unit_files.values_list("unit", "standing")) == self.standing

    @invariant()
    def nothing_is_lost(self) -> None:
        """Every save with its number, values and words, and every finding and reply, as often as they were made."""
        from parindex_web.appraise.models import Explanation, Finding
        from parindex_web.collect.models import Line as Row
        from parindex_web.collect.models import LineVersion

        if not hasattr(self, "lines"):
            return
        kept: dict[int, list] = {}
        for version in LineVersion.objects.order_by("version"):
            kept.setdefault(version.line_id, []).append((str(version.key), version.values, version.explanation))
        found: dict[int, list] = {}
        for each in Finding.objects.order_by("pk"):
            points = None if each.points is None else format(each.points.normalize(), "f")
            found.setdefault(each.line_id, []).append((each.round, each.outcome, points))
        replies: dict[int, int] = {}
        for reply in Explanation.objects.all():
            replies[reply.line_id] = replies.get(reply.line_id, 0) + 1
        for row in Row.objects.select_related("unit_file"):
            line = self.lines[row.unit_file.unit, row.node]
            assert kept.get(row.pk, []) == line.versions
            assert found.get(row.pk, []) == line.findings
            assert replies.get(row.pk, 0) == line.replies
            assert (row.version, row.standing) == (len(line.versions), line.standing)
            if line.versions:
                _, values, words = line.versions[-1]
                assert (row.values, row.explanation) == (values, words)
                wanted = POINTS[row.node, ";".join(f"{name}={value}" for name, value in sorted(values.items()))]
                assert row.points == (None if wanted is None else Decimal(wanted)), (row.node, values)

    @rule(unit=units, node=nodes, data=st.data())
    def behind_the_back_of_the_application(self, unit: str, node: str, data) -> None:
        """Statements that nobody may make: the database refuses, and nothing changed."""
        row = self.row(unit, node)
        file = row.unit_file
        tries = [
            ("DELETE FROM collect_line WHERE id = %s", [row.pk]),
            ("UPDATE collect_lineversion SET explanation = 'x' WHERE line_id = %s", [row.pk]),
            ("DELETE FROM collect_lineversion WHERE line_id = %s", [row.pk]),
            ("UPDATE appraise_finding SET outcome = 'accept' WHERE line_id = %s", [row.pk]),
            ("DELETE FROM appraise_finding WHERE line_id = %s", [row.pk]),
            ("DELETE FROM appraise_explanation WHERE line_id = %s", [row.pk]),
            ("UPDATE audit_event SET subject = 'x' WHERE id > %s", [0]),
            ("DELETE FROM audit_event WHERE id > %s", [0]),
            ("DELETE FROM appraise_vote WHERE id > %s", [0]),
            ("DELETE FROM appraise_motion WHERE id > %s", [0]),
            ("UPDATE editions_edition SET stage = 'published' WHERE id = %s AND stage <> 'decided'", [self.edition.pk]),
            (
                "UPDATE editions_unitfile SET standing = 'appraised_2' WHERE id = %s AND standing IN ('draft', 'signed')",
                [file.pk],
            ),
            (
                "UPDATE editions_unitfile SET standing = 'draft' WHERE id = %s AND standing IN ('explained', 'appraised_2')",
                [file.pk],
            ),
        ]
        if self.standing[unit] != "draft":
            tries.append(("UPDATE collect_line SET explanation = 'x' WHERE id = %s", [row.pk]))
        if self.standing[unit] != "explaining":
            tries.append((
                "INSERT INTO appraise_explanation (line_id, text, citations, by_id, at) VALUES (%s, 'x', '[]', %s, %s)",
                [row.pk, self.person["manager"].pk, datetime(2024, 1, 1, tzinfo=UTC)],
            ))  # fmt: skip
        for round_, open_at in (("appraisal_1", "signed"), ("appraisal_2", "explained"), ("council", "appraised_2")):
            if self.standing[unit] != open_at:
                tries.append((
                    "INSERT INTO appraise_finding (line_id, round, marker, outcome, basis, values, reason, by_id, at, decision) "
                    "VALUES (%s, %s, 1, 'accept', 'answer', '{}', '', %s, %s, '')".replace("values,", '"values",', 1),
                    [row.pk, round_, self.person["manager"].pk, datetime(2024, 1, 1, tzinfo=UTC)],
                ))  # fmt: skip
        statement, values = data.draw(st.sampled_from(tries))
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, values)
                touched = cursor.rowcount
        except Error:
            return
        assert touched == 0, statement

    def check_record(self) -> None:
        """The chains of the record are whole, and hold one event for every act that went through."""
        from parindex_web.audit.models import Chain
        from parindex_web.audit.queries import exported

        if not hasattr(self, "events"):
            return
        problems = Problems()
        trail = verify_trail(b"".join(exported(self.edition.code)), "record.jsonl", problems)
        assert not problems.errors, [problem.words("en") for problem in problems.errors]
        lengths = dict(Chain.objects.filter(edition=self.edition.code).values_list("unit", "length"))
        assert lengths == {unit: count for unit, count in self.events.items() if count}
        assert {head.unit for head in trail.heads} == set(lengths)


def examples() -> int:
    return int(os.environ.get("PARINDEX_STATE_EXAMPLES", "25"))


def test_random_people_take_random_steps():
    run_state_machine_as_test(
        Editions,
        settings=settings(
            max_examples=examples(),
            stateful_step_count=50,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )
