"""The sandbox beyond the contract: borrowers who answer, days that rotate, repeats that are counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from arrears.channels import registry
from arrears.channels.base import Accepted, Outcome, Outgoing, Rejected
from arrears.channels.sandbox import far_end
from arrears.channels.sandbox.responders import Door, Reaction

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)


def message(number: int) -> Outgoing:
    return Outgoing(f"c{number}", f"+86138{number:08}", f"第{number}号", "zh-Hans", "10690000")


def answering(*reactions: Reaction):
    def respond(batch: Sequence[Outgoing], at: datetime) -> Sequence[Reaction]:
        return reactions[: len(batch)]

    return respond


def test_a_borrower_reads_and_replies_in_their_own_time(tmp_path: Path) -> None:
    reaction = Reaction(
        delay=timedelta(seconds=5), read_after=timedelta(minutes=2), reply="明天还", reply_after=timedelta(minutes=3)
    )
    channel = registry.open_channel("sandbox", folder=tmp_path, responder=answering(reaction))
    channel.send([message(1)], at=AT)
    assert list(channel.receipts(at=AT)) == []
    assert [one.outcome for one in channel.receipts(at=AT + timedelta(minutes=1))] == [Outcome.DELIVERED]
    assert [one.outcome for one in channel.receipts(at=AT + timedelta(minutes=2))] == [Outcome.DELIVERED, Outcome.READ]
    assert list(channel.inbound(at=AT + timedelta(minutes=2))) == []
    (reply,) = channel.inbound(at=AT + timedelta(minutes=3))
    assert (reply.text, reply.from_, reply.at) == ("明天还", message(1).to, AT + timedelta(minutes=3))
    channel.close()


def test_each_business_date_has_its_own_inbox_in_the_borrowers_zone(tmp_path: Path) -> None:
    channel = registry.open_channel("sandbox", folder=tmp_path)
    channel.send([message(1)], at=datetime(2026, 11, 23, 15, 59, tzinfo=UTC))
    channel.send([message(2)], at=datetime(2026, 11, 23, 16, 0, tzinfo=UTC))
    assert [one.contact_id for one in channel.seen(date(2026, 11, 23))] == ["c1"]
    assert [one.contact_id for one in channel.seen(date(2026, 11, 24))] == ["c2"]
    channel.close()
    assert far_end.read_inbox(tmp_path, date(2026, 11, 25)) == []


def test_a_repeat_is_counted_at_the_far_end_even_on_another_day(tmp_path: Path) -> None:
    channel = registry.open_channel("sandbox", folder=tmp_path, trusting=True)
    channel.send([message(1), message(2)], at=AT)
    channel.send([message(1)], at=AT + timedelta(days=1))
    assert channel.far_end.doubles() == ["c1"]
    assert channel.far_end.arrival_counts() == {"c1": 2, "c2": 1}
    channel.close()


def test_a_message_lost_on_the_way_is_resolved_and_may_then_be_sent(tmp_path: Path) -> None:
    channel = registry.open_channel("sandbox", folder=tmp_path, responder=answering(Reaction(door=Door.MISSED)))
    channel.send([message(1)], at=AT)
    assert channel.seen(date(2026, 11, 23)) == []
    channel.responder = answering(Reaction())
    channel.send([message(1)], at=AT)
    assert channel.seen(date(2026, 11, 23)) == []
    (lost,) = channel.resolve(["c1"], at=AT)
    assert isinstance(lost, Rejected)
    assert not lost.permanent
    (taken,) = channel.send([message(1)], at=AT)
    assert isinstance(taken, Accepted)
    assert channel.far_end.arrival_counts() == {"c1": 1}
    channel.close()


def test_the_same_day_replays_to_the_same_receipts(tmp_path: Path) -> None:
    heard = []
    for folder in ("one", "two"):
        channel = registry.open_channel("sandbox", folder=tmp_path / folder)
        channel.send([message(number) for number in range(50)], at=AT)
        heard.append(list(channel.receipts(at=AT)))
        channel.close()
    assert heard[0] == heard[1]
    assert len(heard[0]) == 50
