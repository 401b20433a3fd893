"""What a message centre that is not ours receives from us, and how it may refuse."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from arrears.channels.base import Accepted, InDoubt, Outcome, Rejected
from arrears.channels.sms_smpp.client import BindRefused
from arrears.channels.sms_smpp.codes import Meaning, Then

pytestmark = pytest.mark.smsc
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LONG = "尊敬的客户，您好。您的贷款账户已逾期，请尽快还款，避免影响您的征信记录。如已还款请忽略本短信。" * 4


class TestBind:
    def test_it_is_let_in_and_says_goodbye(self, bind, smsc):
        channel = bind()
        assert channel.wait_bound(5)
        channel.close()
        assert (smsc.seen()["binds"], smsc.seen()["unbinds"]) == (1, 1)

    def test_a_wrong_password_is_final_and_says_why(self, bind, smsc, message):
        channel = bind(password="wrong")
        with pytest.raises(BindRefused, match="password is wrong") as refused:
            channel.send([message()], at=AT)
        assert refused.value.permanent
        assert smsc.seen()["refusedBinds"] == 1
        assert smsc.seen()["submits"] == 0

    def test_a_bind_that_fails_for_now_is_tried_again(self, bind, smsc, message, eventually):
        smsc.plan(bindStatus=0x0D)
        channel = bind()
        eventually(lambda: smsc.seen()["refusedBinds"], lambda count: count >= 2)
        smsc.plan(bindStatus=0)
        (taken,) = channel.send([message()], at=AT)
        assert isinstance(taken, Accepted)


class TestTexts:
    def test_a_short_text_in_the_seven_bit_alphabet_is_one_message(self, bind, smsc, message):
        text = "Balance {12.50} € due: pay at https://example.cn/~me [1]"
        (taken,) = bind().send([message(text=text)], at=AT)
        assert taken.parts == 1
        assert smsc.arrivals() == {("8613800000001", text): 1}
        assert smsc.order("shorts")[0]["coding"] == 0

    def test_chinese_goes_as_ucs2(self, bind, smsc, message):
        (taken,) = bind().send([message(text="款" * 70)], at=AT)
        assert taken.parts == 1
        assert smsc.arrivals() == {("8613800000001", "款" * 70): 1}
        assert smsc.order("shorts")[0]["coding"] == 8

    @pytest.mark.parametrize(
        ("text", "parts"),
        [
            (LONG, 3),
            ("款" * 71, 2),
            ("a" * 161, 2),
            ("a" * 152 + "€" + "b" * 100, 2),
            ("🏦" * 68, 3),
        ],
        ids=["chinese", "two-parts", "seven-bit", "escape-at-the-cut", "surrogates"],
    )
    def test_a_long_text_arrives_whole_at_the_far_end(self, bind, smsc, message, text, parts):
        (taken,) = bind().send([message(text=text)], at=AT)
        assert taken.parts == parts
        assert len(smsc.order("shorts")) == parts
        assert smsc.arrivals() == {("8613800000001", text): 1}

    def test_long_texts_to_one_number_do_not_mix(self, bind, smsc, message):
        texts = [f"{number}" + LONG for number in range(6)]
        batch = [message(number, to="+8613800000001", text=text) for number, text in enumerate(texts)]
        bind().send(batch, at=AT)
        assert smsc.arrivals() == {("8613800000001", text): 1 for text in texts}

    def test_the_last_moment_goes_along_as_validity(self, bind, smsc, message):
        bind().send([message(not_after=AT + timedelta(hours=12))], at=AT)
        assert smsc.order("shorts")[0]["validity"].startswith("2026-11-23T14:00:00")

    def test_what_cannot_be_said_is_refused_before_anything_goes_out(self, bind, smsc, message):
        batch = [
            message(1, text=""),
            message(2, text="款" * 67 * 256),
            message(3, to="not a number"),
            message(4, sender="某某银行"),
            message(5, text="half \ud83d"),
            message(6),
        ]
        *refused, taken = bind().send(batch, at=AT)
        codes = [one.code for one in refused]
        assert codes == ["EMPTY_TEXT", "TEXT_TOO_LONG", "BAD_ADDRESS", "BAD_ADDRESS", "UNSPEAKABLE_TEXT"]
        assert all(one.permanent for one in refused)
        assert isinstance(taken, Accepted)
        assert smsc.seen()["submits"] == 1


class TestRefusals:
    def test_a_bad_address_is_permanent(self, bind, smsc, message):
        smsc.plan(refuse=1, refuseStatus=0x0B)
        refused, taken = bind(window=1).send([message(1), message(2)], at=AT)
        assert refused == Rejected("c1", "ESME_RINVDSTADR", "the receiving number is not valid", True)
        assert isinstance(taken, Accepted)

    def test_throttling_slows_down_and_then_all_is_taken_once(self, bind, smsc, message):
        smsc.plan(throttle=30)
        results = bind().send([message(number) for number in range(60)], at=AT)
        assert all(isinstance(one, Accepted) for one in results)
        assert smsc.seen()["throttled"] == 30
        assert set(smsc.arrivals().values()) == {1}
        assert len(smsc.arrivals()) == 60

    def test_throttling_without_end_gives_the_contact_back(self, bind, smsc, message):
        smsc.plan(throttle=1000)
        (refused,) = bind(throttle_attempts=3).send([message()], at=AT)
        assert (refused.code, refused.permanent) == ("ESME_RTHROTTLED", False)
        assert smsc.seen()["submits"] == 3

    def test_our_own_rate_is_kept(self, bind, smsc, message):
        channel = bind(rate=50, burst=1)
        began = datetime.now(UTC)
        channel.send([message(number) for number in range(26)], at=AT)
        assert (datetime.now(UTC) - began).total_seconds() >= 0.5

    def test_the_window_is_never_passed(self, bind, smsc, message):
        smsc.plan(late=100, lateMs=20)
        bind(window=5).send([message(number) for number in range(40)], at=AT)
        assert smsc.seen()["peak"] == 5

    def test_a_refused_first_part_leaves_nothing_behind(self, bind, smsc, message):
        smsc.plan(refuse=1, refuseStatus=0x0A)
        (refused,) = bind().send([message(text=LONG)], at=AT)
        assert isinstance(refused, Rejected)
        assert smsc.seen()["submits"] == 1
        assert smsc.order("shorts") == []

    def test_a_text_that_breaks_in_the_middle_is_a_doubt_and_is_not_said_again(self, bind, smsc, message):
        smsc.plan(refuse=1, refusePart=2, refuseStatus=0x45)
        channel = bind()
        (doubt,) = channel.send([message(text=LONG)], at=AT)
        assert doubt == InDoubt("c1", "1 of 3 parts were taken, then: the submission failed")
        assert isinstance(channel.send([message(text=LONG)], at=AT)[0], InDoubt)
        assert smsc.seen()["submits"] == 2

    def test_a_throttled_middle_part_is_said_again_and_the_text_is_whole(self, bind, smsc, message):
        smsc.plan(refuse=2, refusePart=2, refuseStatus=0x58)
        (taken,) = bind().send([message(text=LONG)], at=AT)
        assert taken.parts == 3
        assert smsc.arrivals() == {("8613800000001", LONG): 1}

    def test_an_unknown_code_is_a_doubt_unless_the_vendor_explained_it(self, bind, smsc, message):
        smsc.plan(refuse=2, refuseStatus=0x0413)
        (doubt,) = bind().send([message(1)], at=AT)
        assert isinstance(doubt, InDoubt)
        explained = {0x0413: Meaning("BLACKLISTED", "the number is on the carrier's stop list", Then.NEVER)}
        (refused,) = bind(vendor_codes=explained).send([message(2)], at=AT)
        assert (refused.code, refused.permanent) == ("BLACKLISTED", True)


class TestManyAtOnce:
    def test_five_hundred_arrive_once_each_and_all_receipts_come(self, bind, smsc, message, eventually):
        channel = bind(window=50)
        batch = [message(number) for number in range(500)]
        results = channel.send(batch, at=AT)
        heard = eventually(lambda: channel.receipts(at=AT), lambda found: len(found) == 500)
        assert {one.contact_id for one in heard} == {one.contact_id for one in batch}
        assert {one.vendor_ref for one in heard} == {one.vendor_ref for one in results}
        assert {one.outcome for one in heard} == {Outcome.DELIVERED}
        assert smsc.arrivals() == {(one.to[1:], one.text): 1 for one in batch}
        assert smsc.seen()["taken"] == 500

    def test_threads_may_send_together(self, bind, smsc, message):
        channel = bind()
        answers: dict[int, list] = {}

        def send(thread: int) -> None:
            batch = [message(thread * 100 + number) for number in range(50)]
            answers[thread] = list(channel.send(batch, at=AT))

        threads = [threading.Thread(target=send, args=(thread,)) for thread in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        taken = [one for results in answers.values() for one in results]
        assert len(taken) == 200
        assert all(isinstance(one, Accepted) for one in taken)
        assert len(smsc.arrivals()) == 200
        assert set(smsc.arrivals().values()) == {1}
