"""The gate under fire: many senders at once, and senders killed -9 at either side of the vendor.

What counts is counted at the far end, in the borrowers' inboxes, not in our tables.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NoReturn

import pytest
from tests import cast
from tests.gatehouse import draft

from arrears.actions import contact_plan, contact_receipts, contact_resolve, contact_send
from arrears.actions.contact_gate import Gate
from arrears.channels.sandbox import adapter, far_end
from arrears.kernel.errors import ChannelError
from arrears.records.contacts import operations as contacts
from arrears.records.contacts.models import Contact, ContactStatus

pytestmark = pytest.mark.django_db(transaction=True)
TEMPLATES = ["EARLY_D1", "EARLY_D3", "EARLY_D7", "EARLY_D15", "EARLY_D30", "LATE_NOTICE"]
LONG_AFTER = cast.NOW + contact_resolve.LEASE


def child(folder: Path, environment: dict[str, str], *, threads: int, death: str = "none") -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.actions.sending_child", str(folder), str(threads), death]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)


def seen_by(folder: Path) -> Counter[str]:
    """How many messages each person has in their inbox today."""
    whose = dict(Contact.objects.values_list("contact_id", "person_id"))
    return Counter(whose[seen.contact_id] for seen in far_end.read_seen(folder, cast.TODAY))


def resolve(channel: adapter.Sandbox) -> contact_resolve.ResolveReport:
    return contact_resolve.resolve_in_doubt(at=LONG_AFTER, channels={"SMS": channel}, worker="test")


def test_caps_hold_with_many_senders_in_two_processes(
    gate: Gate, tmp_path: Path, books_environment: dict[str, str]
) -> None:
    people = [f"B-{number}" for number in range(12)]
    for customer_id in people:
        cast.borrower(customer_id)
    drafts = [draft(customer_id, template=template) for customer_id in people for template in TEMPLATES]
    contact_plan.plan(drafts, at=cast.NOW, actor="test", gate=gate)

    children = [child(tmp_path, books_environment, threads=8) for _ in range(2)]

    for process in children:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()[-2000:]
    assert set(seen_by(tmp_path).values()) == {1}
    assert len(seen_by(tmp_path)) == len(people)
    assert Contact.objects.filter(status=ContactStatus.SENT).count() == len(people)
    waiting = Contact.objects.filter(status=ContactStatus.PLANNED)
    assert waiting.count() == len(people) * (len(TEMPLATES) - 1)
    assert waiting.filter(not_before__gt=cast.NOW).count() == waiting.count()


@pytest.mark.parametrize(
    ("death", "arrived", "settled"),
    [("before_vendor", 0, ContactStatus.PLANNED), ("after_vendor", 1, ContactStatus.SENT)],
)
def test_a_sender_killed_beside_the_vendor_says_nothing_twice(
    gate: Gate, tmp_path: Path, books_environment: dict[str, str], death: str, arrived: int, settled: str
) -> None:
    cast.borrower()
    contact_plan.plan([draft()], at=cast.NOW, actor="test", gate=gate)

    process = child(tmp_path, books_environment, threads=1, death=death)
    _, errors = process.communicate(timeout=60)

    assert process.returncode == -signal.SIGKILL, errors.decode()[-2000:]
    assert Contact.objects.get().status == ContactStatus.SENDING
    assert seen_by(tmp_path).total() == arrived

    channel = adapter.open_channel(folder=tmp_path, trusting=True)
    early = contact_resolve.resolve_in_doubt(at=cast.NOW, channels={"SMS": channel}, worker="test")
    assert early.doubted == 0  # a living sender may still be waiting for its vendor
    again = contact_send.send_due(at=LONG_AFTER, limit=9, channels={"SMS": channel}, worker="test", gate=gate)
    assert again.sent == 0
    report = resolve(channel)
    channel.close()

    assert (report.doubted, report.recalled, report.accepted) == (0, 1 - arrived, arrived)
    contact = Contact.objects.get()
    assert contact.status == settled
    assert [event.after for event in contact.events.order_by("id")][-2:] == ["SENDING", settled]
    assert seen_by(tmp_path).total() == arrived


def test_a_receipt_that_overtakes_the_record_of_sending_is_proof_enough(
    gate: Gate, tmp_path: Path, books_environment: dict[str, str]
) -> None:
    cast.borrower()
    contact_plan.plan([draft()], at=cast.NOW, actor="test", gate=gate)
    child(tmp_path, books_environment, threads=1, death="after_vendor").communicate(timeout=60)

    channel = adapter.open_channel(folder=tmp_path, trusting=True)
    heard = contact_receipts.take(at=cast.NOW, channels={"SMS": channel}, worker="test", gate=gate)
    report = resolve(channel)
    channel.close()

    assert (heard.receipts, report.doubted) == (1, 0)
    contact = Contact.objects.get()
    assert (contact.status, contact.outcome) == (ContactStatus.DELIVERED, "DELIVERED")
    assert contact.vendor_ref
    afters = [event.after for event in contact.events.order_by("id")]
    assert afters == ["PLANNED", "SENDING", "SENT", "DELIVERED"]


@pytest.mark.parametrize("has_paid", [False, True])
def test_what_its_vendor_could_not_be_asked_about_and_never_began_is_sent_after_all_unless_called_off(
    gate: Gate, tmp_path: Path, books_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, has_paid: bool
) -> None:
    def deaf(*_: object, **__: object) -> NoReturn:
        raise ChannelError("away")

    cast.borrower()
    contact_plan.plan([draft()], at=cast.NOW, actor="test", gate=gate)
    child(tmp_path, books_environment, threads=1, death="before_vendor").communicate(timeout=60)
    channel = adapter.open_channel(folder=tmp_path, trusting=True)
    with monkeypatch.context() as patched:
        patched.setattr(channel, "resolve", deaf)
        assert resolve(channel).doubted == 1
    assert Contact.objects.get().status == ContactStatus.IN_DOUBT

    if has_paid:
        contacts.cancel(customer_id=cast.PAYS, reason="paid", at=LONG_AFTER, actor="test")
    assert resolve(channel).recalled == 1
    sent = contact_send.send_due(at=LONG_AFTER, limit=9, channels={"SMS": channel}, worker="test", gate=gate)
    channel.close()
    assert (sent.accepted, sent.expired) == ((0, 1) if has_paid else (1, 0))
    assert seen_by(tmp_path).total() == (0 if has_paid else 1)
