"""Guidance holds a planned message until its end; a supervisor lets it go with a reason, and the law still holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from tests import cast
from tests.gatehouse import draft

from arrears.actions import contact_fate, contact_overrule, contact_plan, contact_send
from arrears.actions.contact_gate import Gate
from arrears.channels.sandbox import adapter
from arrears.kernel.errors import Refusal
from arrears.records.audit import queries as trail
from arrears.records.audit.models import Event
from arrears.records.compliance import operations as compliance
from arrears.records.compliance.models import Verdict
from arrears.records.contacts.models import Contact, ContactStatus
from arrears.rules.compliance.packs import Ban

pytestmark = pytest.mark.django_db

ADVICE = Ban(
    rule_id="ADVICE-NO-SMS",
    citation="a guideline",
    nature="guidance",
    author="standard",
    effective_on=date(2020, 1, 1),
    expired_on=None,
    confidence="own_choice",
    text_zh="不宜发送短信。",
    text_en="Text messages are advised against.",
    media=frozenset({"SMS"}),
)
Advised = Callable[..., Gate]


@pytest.fixture
def advised(gate: Gate) -> Advised:
    """The shipped gate with guidance against text messages beside it, without end."""

    def gate_with(*more: Ban) -> Gate:
        return replace(gate, pack=replace(gate.pack, rules=(*gate.pack.rules, ADVICE, *more)))

    return gate_with


def plan(gate: Gate, **changes: object) -> contact_plan.PlanReport:
    cast.borrower()
    return contact_plan.plan([draft(**changes)], at=cast.NOW, actor="test", gate=gate)


def send(gate: Gate, sandbox: adapter.Sandbox, *, hours: float) -> contact_send.SendReport:
    at = cast.NOW + timedelta(hours=hours)
    return contact_send.send_due(at=at, limit=100, channels={"SMS": sandbox}, worker="test", gate=gate)


def release(gate: Gate, *, why: str = "借款人来电要求短信确认", actor: str = "", hours: float = 1) -> contact_fate.Fate:
    return contact_overrule.release(
        contact_id=Contact.objects.get().contact_id,
        overruling=why,
        at=cast.NOW + timedelta(hours=hours),
        actor=actor or f"user:{cast.supervisor().pk}",
        gate=gate,
    )


class TestHeld:
    def test_what_guidance_alone_forbids_without_end_waits_and_then_lapses(
        self, advised: Advised, sandbox: adapter.Sandbox
    ) -> None:
        gate = advised()
        assert plan(gate).held == 1
        contact = Contact.objects.get()
        assert (contact.status, contact.not_before) == (ContactStatus.PLANNED, contact.expires_at)
        assert send(gate, sandbox, hours=1).sent == 0
        assert send(gate, sandbox, hours=37).expired == 1
        assert sandbox.seen(cast.TODAY) == []

    def test_advice_that_comes_after_planning_holds_and_does_not_refuse(
        self, gate: Gate, advised: Advised, sandbox: adapter.Sandbox
    ) -> None:
        plan(gate)
        assert send(advised(), sandbox, hours=1).held == 1
        contact = Contact.objects.get()
        assert (contact.status, contact.not_before) == (ContactStatus.PLANNED, contact.expires_at)

    def test_the_law_beside_it_still_refuses(self, advised: Advised) -> None:
        forbidding = replace(ADVICE, rule_id="LAW-NO-SMS", nature="hard")
        assert plan(advised(forbidding)).refused == 1

    def test_a_night_of_the_law_beside_it_holds_too(self, advised: Advised) -> None:
        late = datetime.fromisoformat("2026-11-23T23:10:00+08:00")
        assert plan(advised(), planned_for=late).held == 1


class TestRelease:
    def test_a_supervisor_lets_it_go_and_it_is_sent_and_on_record(
        self, advised: Advised, sandbox: adapter.Sandbox
    ) -> None:
        gate = advised()
        plan(gate)
        assert release(gate).what == contact_fate.GOES
        assert send(gate, sandbox, hours=1).accepted == 1
        assert len(sandbox.seen(cast.TODAY)) == 1
        event = Event.objects.get(kind="gate.overruled")
        contact = Contact.objects.get()
        assert (event.subject_id, event.actor) == (cast.PAYS, f"user:{cast.supervisor().pk}")
        [facts] = trail.told([event])
        assert facts == {
            "contact_id": contact.contact_id,
            "rules": ["ADVICE-NO-SMS"],
            "reason": "借款人来电要求短信确认",
        }
        last = Verdict.objects.order_by("id").last()
        assert (last.phase, last.allowed, [one["rule"] for one in last.reasons]) == ("SEND", True, ["ADVICE-NO-SMS"])

    def test_before_its_time_it_goes_at_its_time(self, advised: Advised, sandbox: adapter.Sandbox) -> None:
        gate = advised()
        plan(gate, planned_for=cast.NOW + timedelta(hours=5))
        release(gate, hours=1)
        assert send(gate, sandbox, hours=4).sent == 0
        assert send(gate, sandbox, hours=5).accepted == 1

    def test_at_night_the_law_keeps_it_until_morning(self, advised: Advised, sandbox: adapter.Sandbox) -> None:
        gate = advised()
        plan(gate)
        fate = release(gate, hours=14)  # half past eleven in the evening
        assert (fate.what, fate.until.isoformat()) == (contact_fate.WAITS, "2026-11-24T00:00:00+00:00")
        assert send(gate, sandbox, hours=14).sent == 0
        assert send(gate, sandbox, hours=23).accepted == 1

    def test_a_stop_that_comes_after_it_wins(self, advised: Advised, sandbox: adapter.Sandbox) -> None:
        gate = advised()
        plan(gate)
        release(gate)
        at = cast.NOW + timedelta(hours=1)
        compliance.stop(customer_id=cast.PAYS, reason="CEASED", at=at, actor="test")
        assert send(gate, sandbox, hours=2).refused == 1

    def test_other_advice_than_the_one_overruled_holds_it_again(
        self, advised: Advised, sandbox: adapter.Sandbox
    ) -> None:
        gate = advised()
        plan(gate)
        release(gate)
        newer = advised(replace(ADVICE, rule_id="ADVICE-NEWER"))
        assert send(newer, sandbox, hours=2).held == 1
        release(newer, hours=3)
        assert Contact.objects.get().overruled == ["ADVICE-NEWER", "ADVICE-NO-SMS"]
        assert send(newer, sandbox, hours=4).accepted == 1

    @pytest.mark.parametrize(
        ("why", "by", "code"),
        [
            (" ", "", "reason_missing"),
            ("打 13800000001", "", "reason_holds_identity"),
            ("急", "user:999", "unable_to_overrule"),
            ("急", "system:night", "unable_to_overrule"),
        ],
    )
    def test_nobody_else_and_nothing_without_a_reason(self, advised: Advised, why: str, by: str, code: str) -> None:
        gate = advised()
        plan(gate)
        with pytest.raises(Refusal) as refusal:
            release(gate, why=why, actor=by)
        assert refusal.value.code == code
        assert Contact.objects.get().overruled == []
        assert not Event.objects.filter(kind="gate.overruled").exists()

    def test_the_second_click_and_what_nothing_holds_are_refused(self, gate: Gate, advised: Advised) -> None:
        held = advised()
        plan(held)
        release(held)
        with pytest.raises(contact_overrule.NothingHoldsIt):
            release(held)
        assert Event.objects.filter(kind="gate.overruled").count() == 1
        Contact.objects.update(status=ContactStatus.CANCELLED)
        with pytest.raises(contact_overrule.NothingHoldsIt):
            release(gate)
