"""No number and no text of a borrower's reaches the log or stays in the journal."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

pytestmark = pytest.mark.smsc
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SECRETS = ("13800000001", "您好", "退订", "secret")


def test_the_log_names_contacts_only(bind, smsc, message, eventually):
    smsc.plan(throttle=2, late=1, lateMs=700, word="PURPLE", receiptFields=False)
    with capture_logs() as lines:
        channel = bind(response_seconds=0.4)
        channel.send([message(1)], at=AT)
        smsc.order("write", to="10690000", text="退订", coding=8, **{"from": "8613800000001"})
        smsc.order("garbage")
        eventually(lambda: channel.receipts(at=AT), lambda found: len(found) == 1)
        smsc.order("kick")
        eventually(lambda: smsc.seen()["binds"], lambda count: count == 2)
        channel.close()
    events = {line["event"] for line in lines}
    assert {"smpp.bound", "smpp.throttled", "smpp.late_answer", "smpp.unknown_code", "smpp.link_lost"} <= events
    assert not [line for line in lines for secret in SECRETS if secret in str(line)]


def test_the_journal_keeps_no_number_and_no_text_once_confirmed(bind, smsc, message, tmp_path, eventually):
    channel = bind()
    channel.send([message(1)], at=AT)
    smsc.order("write", to="10690000", text="stop please", coding=0, **{"from": "8613800000001"})
    heard = eventually(lambda: channel.inbound(at=datetime.now(UTC)), lambda found: len(found) == 1)
    channel.confirm(heard)
    channel.close()
    kept = b"".join(path.read_bytes() for path in Path(tmp_path).iterdir())
    assert b"c1" in kept
    assert not [secret for secret in (b"13800000001", "您好".encode(), b"stop please") if secret in kept]
