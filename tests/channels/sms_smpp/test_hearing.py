"""Receipts in every form that carriers write them, and messages from people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from arrears.channels.base import Accepted, Outcome

pytestmark = pytest.mark.smsc
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LONG = "长" * 150


class TestReceipts:
    @pytest.mark.parametrize("form", ["SAME", "HEX_THEN_DECIMAL", "DECIMAL_THEN_HEX"])
    @pytest.mark.parametrize("shape", [{"receiptFields": False}, {"receiptText": False}, {}])
    def test_any_form_of_id_finds_its_contact(self, bind, smsc, message, eventually, form, shape):
        smsc.plan(idForm=form, **shape)
        channel = bind(ids=form)
        (taken,) = channel.send([message()], at=AT)
        (receipt,) = eventually(lambda: channel.receipts(at=AT), lambda found: len(found) == 1)
        assert (receipt.contact_id, receipt.vendor_ref) == ("c1", taken.vendor_ref)
        assert receipt.outcome is Outcome.DELIVERED

    def test_its_date_is_read_in_the_carriers_zone(self, bind, smsc, message, eventually):
        channel = bind(zone="Asia/Shanghai")
        channel.send([message()], at=AT)
        (receipt,) = eventually(lambda: channel.receipts(at=AT), lambda found: len(found) == 1)
        assert receipt.at == datetime(2026, 11, 23, 2, 1, 30, tzinfo=UTC)

    def test_one_that_comes_before_the_answer_is_kept_for_it(self, bind, smsc, message, eventually):
        smsc.plan(receiptFirst=True)
        channel = bind()
        channel.send([message(number) for number in range(20)], at=AT)
        heard = eventually(lambda: channel.receipts(at=AT), lambda found: len(found) == 20)
        assert {one.contact_id for one in heard} == {f"c{number}" for number in range(20)}

    def test_a_long_text_is_delivered_once_when_all_its_parts_are(self, bind, smsc, message, eventually):
        channel = bind()
        (taken,) = channel.send([message(text=LONG)], at=AT)
        eventually(lambda: smsc.seen()["acks"], lambda count: count == 3)
        (receipt,) = channel.receipts(at=AT)
        assert (receipt.vendor_ref, receipt.outcome) == (taken.vendor_ref, Outcome.DELIVERED)

    def test_a_long_text_has_failed_when_one_part_has(self, bind, smsc, message, eventually):
        smsc.plan(failPart=2)
        channel = bind()
        channel.send([message(text=LONG)], at=AT)
        eventually(lambda: smsc.seen()["acks"], lambda count: count == 3)
        (receipt,) = channel.receipts(at=AT)
        assert (receipt.outcome, receipt.code) == (Outcome.FAILED, "UNDELIV")

    @pytest.mark.parametrize(
        ("state", "word", "outcome"),
        [(3, "EXPIRED", Outcome.EXPIRED), (5, "UNDELIV", Outcome.FAILED), (8, "REJECTD", Outcome.FAILED)],
    )
    def test_a_bad_end_is_named(self, bind, smsc, message, eventually, state, word, outcome):
        smsc.plan(state=state, word=word)
        channel = bind()
        channel.send([message()], at=AT)
        (receipt,) = eventually(lambda: channel.receipts(at=AT), lambda found: len(found) == 1)
        assert (receipt.outcome, receipt.code) == (outcome, word)

    def test_a_state_in_no_table_is_told_as_unknown_with_its_word(self, bind, smsc, message, eventually):
        smsc.plan(receiptFields=False, word="MK:0012")
        channel = bind()
        channel.send([message()], at=AT)
        (receipt,) = eventually(lambda: channel.receipts(at=AT), lambda found: len(found) == 1)
        assert (receipt.contact_id, receipt.outcome, receipt.code) == ("c1", Outcome.UNKNOWN, "MK:0012")

    def test_one_on_the_way_is_not_told(self, bind, smsc, message, eventually):
        smsc.plan(state=1, word="ENROUTE")
        channel = bind()
        channel.send([message()], at=AT)
        eventually(lambda: smsc.seen()["acks"], lambda count: count == 1)
        assert list(channel.receipts(at=AT)) == []

    def test_one_for_nobodys_message_is_told_under_the_carriers_id(self, bind, smsc, message, tmp_path, eventually):
        stranger = bind(journal=tmp_path / "other.sqlite")
        stranger.wait_bound(5)
        smsc.plan(receipts=True, late=1, lateMs=300)
        (taken,) = stranger.send([message()], at=AT)
        stranger.close()
        channel = bind(orphan_seconds=60)
        channel.wait_bound(5)
        smsc.order("report", id=int(taken.vendor_ref))
        now = datetime.now(UTC)
        eventually(lambda: smsc.seen()["acks"], lambda count: count >= 2)
        assert list(channel.receipts(at=now)) == []
        (receipt,) = channel.receipts(at=now + timedelta(seconds=90))
        assert (receipt.vendor_ref, receipt.contact_id) == (taken.vendor_ref, None)


class TestInquire:
    def test_the_carrier_is_asked_after_each_part(self, bind, smsc, message):
        smsc.plan(receipts=False)
        channel = bind()
        (taken,) = channel.send([message(text=LONG)], at=AT)
        (receipt,) = channel.inquire([taken.vendor_ref], at=AT)
        assert (receipt.contact_id, receipt.outcome) == ("c1", Outcome.DELIVERED)

    def test_what_is_not_final_or_not_known_is_no_answer(self, bind, smsc, message):
        smsc.plan(receipts=False, state=1)
        channel = bind()
        (taken,) = channel.send([message()], at=AT)
        assert list(channel.inquire([taken.vendor_ref, "999999"], at=AT)) == []


class TestInbound:
    @pytest.mark.parametrize(("text", "coding"), [("退订", 8), ("STOP", 0), ("T", 1), ("Já paguei", 3)])
    def test_a_person_is_heard(self, bind, smsc, eventually, text, coding):
        channel = bind()
        channel.wait_bound(5)
        smsc.order("write", to="10690000", text=text, coding=coding, **{"from": "13800000001"})
        (heard,) = eventually(lambda: channel.inbound(at=datetime.now(UTC)), lambda found: len(found) == 1)
        assert (heard.from_, heard.to, heard.text) == ("+8613800000001", "10690000", text)
        eventually(lambda: smsc.seen()["acks"], lambda count: count == 1)
        assert smsc.seen()["acks"] == 1

    def test_a_long_message_is_put_together_whatever_comes_first(self, bind, smsc, eventually):
        channel = bind()
        channel.wait_bound(5)
        for udh, text in (("0500032a0302", "这不是"), ("0500032a0303", "我的债务"), ("0500032a0301", "我要投诉，")):
            assert list(channel.inbound(at=datetime.now(UTC))) == []
            smsc.order("write", to="10690000", text=text, coding=8, udh=udh, **{"from": "8613800000001", "ton": 1})
        (heard,) = eventually(lambda: channel.inbound(at=datetime.now(UTC)), lambda found: len(found) == 1)
        assert heard.text == "我要投诉，这不是我的债务"
        channel.confirm([heard])
        assert list(channel.inbound(at=datetime.now(UTC))) == []

    def test_half_a_message_is_given_out_after_a_while(self, bind, smsc, eventually):
        channel = bind()
        channel.wait_bound(5)
        smsc.order("write", to="1069", text="退订", coding=8, udh="0500032a0201", **{"from": "8613800000001", "ton": 1})
        eventually(lambda: smsc.seen()["acks"], lambda count: count == 1)
        now = datetime.now(UTC)
        assert list(channel.inbound(at=now)) == []
        assert [one.text for one in channel.inbound(at=now + timedelta(minutes=11))] == ["退订…"]

    def test_hearing_does_not_disturb_saying(self, bind, smsc, message):
        channel = bind()
        channel.wait_bound(5)
        smsc.order("write", to="10690000", text="退订", coding=8, **{"from": "8613800000001"})
        results = channel.send([message(number) for number in range(50)], at=AT)
        assert all(isinstance(one, Accepted) for one in results)
