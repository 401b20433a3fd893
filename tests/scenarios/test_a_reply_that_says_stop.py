"""Who came with a tape and answers "stop" is found again: the vault and the ear keep numbers under the same index."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests import gatehouse, market, nights

from arrears.actions import contact_receipts, seal_replies
from arrears.channels.sandbox import adapter
from arrears.records.compliance.models import Stop

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 23)
#: As the lender wrote it → as a network names the sender of a reply.
WAYS = [
    ("13800000002", "13800000002"),
    ("138 0000 0002", "+8613800000002"),
    ("+86 138-0000-0002", "8613800000002"),
    ("0086 13800000002", "+86 138 0000 0002"),
    ("+8612012345678", "+8612012345678"),  # a number that no network gives out, as synthetic lenders use them
    ("+8612012345678", "8612012345678"),
]


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.LAKE = tmp_path / "lake"
    settings.PARTITIONS = 2


@pytest.mark.parametrize(("on_tape", "sender"), WAYS)
def test_a_reply_finds_its_person_however_the_number_is_written(on_tape: str, sender: str, tmp_path: Path) -> None:
    tape = market.Tape()
    tape.customer("C1", mobile=on_tape)
    tape.customer("C2", mobile="13900000003")
    tape.account("A1", "C1", first_due=DAY)
    nights.take(tape, tmp_path, DAY)

    assert hear(sender, tmp_path).stops == 1

    stop = Stop.objects.get()
    assert (stop.person_id, stop.channel, stop.reason) == ("C1", "SMS", "OPTED_OUT")


def test_a_stranger_stops_nobody(tmp_path: Path) -> None:
    tape = market.Tape()
    tape.customer("C1", mobile="13800000002")
    tape.account("A1", "C1", first_due=DAY)
    nights.take(tape, tmp_path, DAY)

    heard = hear("13911112222", tmp_path)

    assert (heard.stops, heard.strangers) == (0, 1)
    assert not Stop.objects.exists()


def hear(sender: str, folder: Path) -> contact_receipts.HeardReport:
    """Write "退订" from a number and let the house hear it."""
    sandbox = adapter.open_channel(folder=folder / "sandbox", trusting=True, seal=seal_replies.SEAL)
    at = nights.moment(DAY)
    try:
        sandbox.write_in(from_=sender, to="", text="退订", at=at)
        return contact_receipts.take(at=at, channels={"SMS": sandbox}, worker="test", gate=gatehouse.shipped_gate())
    finally:
        sandbox.close()
