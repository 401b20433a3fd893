"""The same conversation with a second message centre, written by others in another language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from tests.peers import rust_smsc

from arrears.channels.base import Accepted, Outcome, Rejected

pytestmark = pytest.mark.smsc
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LONG = "尊敬的客户，您好。您的贷款账户已逾期，请尽快还款，避免影响您的征信记录。🏦" * 6


@pytest.fixture
def peer() -> Iterator[rust_smsc.RustSmsc]:
    opened = rust_smsc.RustSmsc()
    yield opened
    opened.close()


@pytest.fixture
def channel(peer: rust_smsc.RustSmsc, open_bind: Callable[..., object]):
    return open_bind(port=peer.port, response_seconds=10)


def test_it_speaks_hears_and_keeps_long_texts_whole(channel, peer, message, eventually) -> None:
    results = channel.send([message(1, text="plain words"), message(2, text=LONG)], at=AT)
    assert [one.parts for one in results] == [1, 4]
    assert peer.texts == {("8613800000001", "plain words"): 1, ("8613800000002", LONG): 1}
    heard = eventually(lambda: channel.receipts(at=AT), lambda found: len(found) == 2)
    assert {(one.contact_id, one.outcome) for one in heard} == {(f"c{n}", Outcome.DELIVERED) for n in (1, 2)}


def test_it_throttles_and_refuses(channel, peer, message) -> None:
    peer.statuses = [0x58, 0x58]
    (taken,) = channel.send([message(1)], at=AT)
    assert isinstance(taken, Accepted)
    peer.statuses = [0x0B]
    (refused,) = channel.send([message(2)], at=AT)
    assert isinstance(refused, Rejected)
    assert (refused.code, refused.permanent) == ("ESME_RINVDSTADR", True)
    assert peer.shorts == 1


def test_a_person_writes_in(channel, peer, eventually) -> None:
    assert channel.wait_bound(5)
    eventually(lambda: peer._esmes, lambda found: len(found) == 1)
    peer.write(
        source_addr="8613800000001",
        source_addr_ton=1,
        destination_addr="10690000",
        data_coding=8,
        short_message="退订".encode("utf-16-be"),
    )
    (heard,) = eventually(lambda: channel.inbound(at=datetime.now(UTC)), lambda found: len(found) == 1)
    assert (heard.from_, heard.text) == ("+8613800000001", "退订")


def test_five_hundred_arrive_once_each_with_their_receipts(channel, peer, message, eventually) -> None:
    batch = [message(number) for number in range(500)]
    results = channel.send(batch, at=AT)
    assert all(isinstance(one, Accepted) for one in results)
    heard = eventually(lambda: channel.receipts(at=AT), lambda found: len(found) == 500)
    assert {one.contact_id for one in heard} == {one.contact_id for one in batch}
    assert peer.texts == {(one.to[1:], one.text): 1 for one in batch}
