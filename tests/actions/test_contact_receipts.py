"""What comes back is heard once, in whatever order it comes; who asks us to stop is on the stop list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from tests import cast
from tests.gatehouse import draft

from arrears.actions import contact_plan, contact_receipts, contact_resolve, contact_send
from arrears.actions.contact_gate import Gate
from arrears.actions.contact_receipts import HeardReport
from arrears.channels.base import Accepted, Channel, Inbound, Outcome, Receipt
from arrears.channels.sandbox import adapter
from arrears.channels.sandbox.responders import Door, Reaction
from arrears.kernel.errors import ChannelError
from arrears.records.audit.models import Event
from arrears.records.compliance.models import Stop
from arrears.records.contacts import operations as contacts
from arrears.records.contacts import sealed
from arrears.records.contacts.models import Contact, ContactStatus
from arrears.records.privacy import cipher
from arrears.records.webhooks import operations as webhooks
from arrears.records.webhooks.models import Delivery

pytestmark = pytest.mark.django_db


def sent(gate: Gate, sandbox: adapter.Sandbox, reaction: Reaction) -> None:
    cast.borrower()
    contact_plan.plan([draft()], at=cast.NOW, actor="test", gate=gate)
    sandbox.responder = lambda batch, at: [reaction] * len(batch)
    contact_send.send_due(at=cast.NOW, limit=9, channels={"SMS": sandbox}, worker="test", gate=gate)


def take(gate: Gate, channel: Channel, *, after: timedelta = timedelta(hours=1)) -> HeardReport:
    return contact_receipts.take(at=cast.NOW + after, channels={"SMS": channel}, worker="test", gate=gate)


class Repeating(adapter.Sandbox):
    """A vendor that hands out what it likes, until it is confirmed."""

    said: list[Receipt]

    def receipts(self, *, at: datetime) -> Sequence[Receipt]:
        return list(self.said)

    def confirm(self, heard: Sequence[Receipt | Inbound]) -> None:
        self.said = [receipt for receipt in self.said if receipt not in heard]


def saying(sandbox: adapter.Sandbox, *receipts: Receipt) -> Repeating:
    sandbox.__class__ = Repeating
    assert isinstance(sandbox, Repeating)
    sandbox.said = list(receipts)
    return sandbox


def receipt(outcome: Outcome, *, contact_id: str | None = None, ref: str = "", token: str = "1") -> Receipt:
    return Receipt(ref or Contact.objects.get().vendor_ref, outcome, cast.NOW, "", contact_id, token)


class TestReceipts:
    @pytest.mark.parametrize(
        ("outcome", "status", "word"),
        [
            (Outcome.DELIVERED, ContactStatus.DELIVERED, "DELIVERED"),
            (Outcome.FAILED, ContactStatus.FAILED, "FAILED"),
            (Outcome.EXPIRED, ContactStatus.FAILED, "FAILED"),
            (Outcome.UNKNOWN, ContactStatus.SENT, "UNKNOWN"),
        ],
    )
    def test_each_outcome_has_its_status(
        self, gate: Gate, sandbox: adapter.Sandbox, outcome: Outcome, status: str, word: str
    ) -> None:
        sent(gate, sandbox, Reaction(outcome=outcome))
        assert take(gate, sandbox) == HeardReport(receipts=1)
        contact = Contact.objects.get()
        assert (contact.status, contact.outcome) == (status, word)
        assert take(gate, sandbox) == HeardReport()

    def test_the_same_receipt_twice_and_a_late_contradiction_change_nothing(
        self, gate: Gate, sandbox: adapter.Sandbox
    ) -> None:
        sent(gate, sandbox, Reaction(outcome=None))
        contact_id = Contact.objects.get().contact_id
        delivered = receipt(Outcome.DELIVERED)
        named = receipt(Outcome.DELIVERED, contact_id=contact_id, token="2")
        assert take(gate, saying(sandbox, delivered, named)).receipts == 2
        assert take(gate, saying(sandbox, receipt(Outcome.FAILED))).receipts == 1
        contact = Contact.objects.get()
        assert (contact.status, contact.outcome) == (ContactStatus.DELIVERED, "DELIVERED")
        assert Event.objects.get(kind="receipt.contradiction").subject_id == contact_id
        assert [event.after for event in contact.events.order_by("id")] == ["PLANNED", "SENDING", "SENT", "DELIVERED"]

    def test_read_follows_delivered(self, gate: Gate, sandbox: adapter.Sandbox) -> None:
        sent(gate, sandbox, Reaction(read_after=timedelta(minutes=5)))
        take(gate, sandbox)
        contact = Contact.objects.get()
        assert (contact.status, contact.outcome) == (ContactStatus.DELIVERED, "READ")

    def test_a_receipt_clears_up_a_doubt(self, gate: Gate, sandbox: adapter.Sandbox) -> None:
        sent(gate, sandbox, Reaction(door=Door.SILENT))
        assert Contact.objects.get().status == ContactStatus.IN_DOUBT
        take(gate, sandbox)
        assert Contact.objects.get().status == ContactStatus.DELIVERED

    def test_one_for_nobody_waits_and_is_then_kept_in_the_audit_trail(
        self, gate: Gate, sandbox: adapter.Sandbox
    ) -> None:
        stray = receipt(Outcome.DELIVERED, ref="never-heard-of")
        channel = saying(sandbox, stray)
        assert take(gate, channel, after=timedelta(minutes=1)) == HeardReport()
        assert channel.said == [stray]
        assert take(gate, channel) == HeardReport(orphans=1)
        assert channel.said == []
        assert Event.objects.get(kind="receipt.orphan").subject_id == "never-heard-of"

    def test_one_that_overtook_its_acceptance_is_applied_once_and_told_to_partners(
        self, gate: Gate, sandbox: adapter.Sandbox
    ) -> None:
        """The carrier reports before it answers; its answer then only names the contact and its parts."""
        webhooks.register(url="https://partner.example/", kinds=["contact.sent"], at=cast.NOW, actor="test")
        cast.borrower()
        contact_plan.plan([draft()], at=cast.NOW, actor="test", gate=gate)
        contact = Contact.objects.get()
        Contact.objects.update(status="SENDING", sent_at=cast.NOW, local_on=cast.TODAY, vendor="sandbox")
        early = receipt(Outcome.DELIVERED, ref="V1-part", contact_id=contact.contact_id)
        assert take(gate, saying(sandbox, early)) == HeardReport(receipts=1)

        contact_send.record([Accepted(contact.contact_id, "V1", 3)], at=cast.NOW, worker="w1")

        contact.refresh_from_db()
        assert (contact.status, contact.outcome) == (ContactStatus.DELIVERED, "DELIVERED")
        assert (contact.vendor_ref, contact.parts) == ("V1", 3)
        assert [event.after for event in contact.events.order_by("id")] == ["PLANNED", "SENT", "DELIVERED"]
        assert Delivery.objects.get().body["contact_id"] == contact.contact_id

    def test_one_that_cannot_be_recorded_is_set_aside_and_keeps_no_other_waiting(
        self, gate: Gate, sandbox: adapter.Sandbox
    ) -> None:
        sent(gate, sandbox, Reaction(outcome=None))
        contact_id = Contact.objects.get().contact_id
        poison = receipt(Outcome.DELIVERED, ref="\ud800", token="1")
        good = receipt(Outcome.DELIVERED, contact_id=contact_id, token="2")
        channel = saying(sandbox, poison, good)
        assert take(gate, channel) == HeardReport(receipts=1, faulty=1)
        assert channel.said == []
        assert Contact.objects.get().status == ContactStatus.DELIVERED
        assert Event.objects.filter(kind="receipt.faulty").count() == 1

    def test_a_channel_that_cannot_be_heard_keeps_no_other_from_it(self, gate: Gate, sandbox: adapter.Sandbox) -> None:
        sent(gate, sandbox, Reaction())

        class Deaf:
            kind = "deaf"

            def receipts(self, *, at: datetime) -> list[Receipt]:
                raise ChannelError("the journal is full")

        at = cast.NOW + timedelta(hours=1)
        both = {"EMAIL": Deaf(), "SMS": sandbox}
        heard = contact_receipts.take(at=at, channels=both, worker="w1", gate=gate)  # type: ignore[arg-type]
        assert heard == HeardReport(receipts=1, deaf=1)


class TestInbound:
    @pytest.mark.parametrize("text", ["T", " ｔ。", "退订", "Stop!", "stop"])
    def test_who_asks_us_to_stop_is_stopped_on_that_channel(
        self, gate: Gate, sandbox: adapter.Sandbox, text: str
    ) -> None:
        sent(gate, sandbox, Reaction(reply=text))
        assert take(gate, sandbox) == HeardReport(receipts=1, inbound=1, stops=1)
        stop = Stop.objects.get()
        assert (stop.person_id, stop.channel, stop.reason) == (cast.PAYS, "SMS", "OPTED_OUT")
        tomorrow = cast.NOW + timedelta(days=1)
        again = draft(template="EARLY_D7", planned_for=tomorrow, expires_at=tomorrow + timedelta(hours=5))
        assert contact_plan.plan([again], at=tomorrow, actor="test", gate=gate).refused == 1

    def test_a_question_is_kept_sealed_and_stops_nothing(self, gate: Gate, sandbox: adapter.Sandbox) -> None:
        sent(gate, sandbox, Reaction(reply="我下周发工资再还可以吗？don't stop"))
        assert take(gate, sandbox) == HeardReport(receipts=1, inbound=1)
        said = Contact.objects.get(initiated_by="BORROWER")
        text = cipher.unseal(said.text_sealed, context=sealed.text_context(said.contact_id))
        assert text == "我下周发工资再还可以吗？don't stop"
        assert (said.person_id, said.status, said.outcome) == (cast.PAYS, ContactStatus.DONE, "REPLIED")

    def test_a_number_written_the_national_way_is_the_same_number(self, gate: Gate, sandbox: adapter.Sandbox) -> None:
        cast.borrower()
        sandbox.write_in(from_="138 0000 0001", to="", text="T", at=cast.NOW)
        assert take(gate, sandbox).stops == 1

    def test_a_stranger_is_noted_without_their_number(self, gate: Gate, sandbox: adapter.Sandbox) -> None:
        sandbox.write_in(from_="+8613911112222", to="", text="T", at=cast.NOW)
        assert take(gate, sandbox) == HeardReport(strangers=1)
        assert "13911112222" not in Event.objects.get(kind="inbound.stranger").subject_id


class TestSettle:
    @pytest.mark.parametrize(("was_spoken", "status"), [(True, ContactStatus.SENT), (False, ContactStatus.FAILED)])
    def test_a_person_decides_what_the_vendor_cannot_tell(
        self, gate: Gate, sandbox: adapter.Sandbox, was_spoken: bool, status: str
    ) -> None:
        sent(gate, sandbox, Reaction(door=Door.SILENT))
        contact_id = Contact.objects.get().contact_id
        settle = {"contact_id": contact_id, "was_spoken": was_spoken, "at": cast.NOW, "actor": "user:1"}
        contact_resolve.settle(**settle)  # type: ignore[arg-type]
        assert Contact.objects.get().status == status
        with pytest.raises(contacts.UnableToMoveContacts):
            contact_resolve.settle(**settle)  # type: ignore[arg-type]
