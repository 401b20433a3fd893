"""Codes, receipts and pauses: the pure parts, against the protocol's own tables."""

from __future__ import annotations

import contextlib
import random
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smpplib import command, consts

from arrears.channels.base import Outcome
from arrears.channels.sms_smpp import codes, hearing, mailbox, pace, pdus, receipts, segments, settings
from arrears.channels.sms_smpp.receipts import Ids, Part

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SETTINGS = settings.Settings(host="h", port=1, system_id="a", password="b", journal="j")


def receipt(text: str = "", **fields: object) -> command.DeliverSM:
    pdu = command.DeliverSM("deliver_sm", sequence=1, esm_class=4, short_message=text.encode())
    for name, value in fields.items():
        setattr(pdu, name, value)
    return pdu


def heard(pdu: command.DeliverSM, fields: bytes = b"") -> command.DeliverSM:
    """The PDU as it is after its way over the wire, with optional fields added as octets."""
    pdu.sequence = 1
    written = pdu.generate() + fields
    return pdus.parse(struct.pack(">L", len(written)) + written[4:])


def read(pdu: command.DeliverSM, **changes: object) -> Part:
    return receipts.read(pdu, **({"ids": Ids.SAME, "zone": "Asia/Shanghai", "heard_at": AT} | changes))


class TestCodes:
    def test_every_status_of_the_protocol_is_in_the_table(self) -> None:
        named = {value: name for name, value in vars(consts).items() if name.startswith("SMPP_ESME_")}
        assert set(codes.STATUSES) == set(named)
        assert {code: f"SMPP_{meaning.name}" for code, meaning in codes.STATUSES.items()} == named

    def test_every_message_state_of_the_protocol_is_in_the_table(self) -> None:
        named = {value for name, value in vars(consts).items() if name.startswith("SMPP_MESSAGE_STATE_")}
        assert set(codes.STATES) == named

    def test_each_has_its_words(self) -> None:
        assert all(meaning.words and meaning.name for meaning in codes.STATUSES.values())

    def test_an_unknown_one_is_loud(self) -> None:
        with pytest.raises(codes.UnknownVendorCode, match="PURPLE"):
            codes.outcome_of(None, "PURPLE")

    def test_an_unknown_one_is_judged_a_doubt(self) -> None:
        assert codes.judged(0x999, {}).then is codes.Then.DOUBT

    def test_the_readme_shows_the_table_as_it_is(self) -> None:
        shown = (Path(codes.__file__).parent / "README.md").read_text(encoding="utf-8")
        for code, one in codes.STATUSES.items():
            assert f"| 0x{code:02X} | {one.name} | {one.words} | {one.then} |" in shown

    def test_only_one_status_means_taken(self) -> None:
        assert [code for code, one in codes.STATUSES.items() if one.then is codes.Then.TAKEN] == [0]


class TestReceipts:
    LINE = (
        "id:0123 sub:001 dlvrd:001 submit date:2611231000 done date:2611231002 stat:DELIVRD err:000"
        " text:id:7 stat:EXPIRED"
    )

    def test_the_line_of_text_is_read(self) -> None:
        assert read(receipt(self.LINE)) == Part("0123", Outcome.DELIVERED, AT + timedelta(minutes=2), "DELIVRD")

    def test_the_fields_win_over_the_line(self) -> None:
        part = read(receipt(self.LINE, receipted_message_id=b"99", message_state=5))
        assert (part.message_id, part.outcome) == ("99", Outcome.FAILED)

    @pytest.mark.parametrize("closing", [b"", b"\0"])
    def test_an_id_with_or_without_its_closing_zero_is_read(self, closing: bytes) -> None:
        field = struct.pack(">HH", 0x001E, 4 + len(closing)) + b"0124" + closing
        strange = struct.pack(">HH", 0x0005, 1) + b"x" + struct.pack(">HH", 0x130C, 0)
        assert read(heard(receipt(self.LINE), strange + field)).message_id == "0124"

    def test_an_error_number_is_kept(self) -> None:
        assert read(receipt("id:1 stat:UNDELIV err:045")).code == "UNDELIV:045"

    @pytest.mark.parametrize("written", ["", "261323", "2611231061", "9999999999999999", "abcdefghij"])
    def test_an_unreadable_date_is_the_moment_it_was_heard(self, written: str) -> None:
        assert read(receipt(f"id:1 done date:{written} stat:DELIVRD")).at == AT

    def test_one_that_names_no_message_is_refused(self) -> None:
        with pytest.raises(receipts.NamesNoMessage):
            read(receipt("stat:DELIVRD"))

    @given(st.integers(0, 2**40))
    def test_ids_of_two_bases_meet(self, number: int) -> None:
        hexadecimal, decimal = f"{number:010X}", f"{number:012}"
        assert receipts.as_answered(decimal, Ids.HEX_THEN_DECIMAL) == receipts.normal(hexadecimal, Ids.HEX_THEN_DECIMAL)
        assert receipts.as_answered(hexadecimal, Ids.DECIMAL_THEN_HEX) == receipts.normal(decimal, Ids.DECIMAL_THEN_HEX)


class TestAnythingMayCome:
    """The reading thread must outlive every octet that a carrier can send."""

    @given(
        st.sampled_from(sorted(pdus.CLASSES)),
        st.integers(0, 2**32 - 1),
        st.binary(max_size=120),
    )
    def test_a_frame_is_read_or_is_broken(self, code: int, status: int, body: bytes) -> None:
        frame = struct.pack(">LLLL", 16 + len(body), code, status, 7) + body
        with contextlib.suppress(*pdus.Broken):
            pdus.parse(frame)

    @given(
        st.integers(0, 255),
        st.integers(0, 255),
        st.one_of(st.binary(max_size=140), st.just(TestReceipts.LINE.encode())),
        st.lists(st.tuples(st.sampled_from([0x1E, 0x427, 0x424, 0x20C, 0x20E, 0x20F, 0x5]), st.binary(max_size=9))),
    )
    def test_a_message_is_a_report_or_a_letter(
        self, esm_class: int, coding: int, body: bytes, fields: list[tuple[int, bytes]]
    ) -> None:
        pdu = command.DeliverSM("deliver_sm", sequence=1, esm_class=esm_class, data_coding=coding, short_message=body)
        octets = b"".join(struct.pack(">HH", tag, len(value)) + value for tag, value in fields)
        reports, letters = hearing.read([heard(pdu, octets)], SETTINGS, at=AT)
        assert len(reports) + len(letters) <= 1
        mailbox.texts(letters, at=AT, patience=timedelta(0))


class TestMerge:
    DONE = Part("1", Outcome.DELIVERED, AT, "DELIVRD")
    LATER = Part("2", Outcome.DELIVERED, AT + timedelta(minutes=1), "DELIVRD")
    FAILED = Part("2", Outcome.FAILED, AT, "UNDELIV")
    OPEN = Part("2", None, AT, "")

    def test_it_waits_for_all_parts(self) -> None:
        assert receipts.merge([self.DONE, self.OPEN], 2) is None
        assert receipts.merge([self.DONE], 2) is None

    def test_all_delivered_is_delivered_when_the_last_was(self) -> None:
        assert receipts.merge([self.DONE, self.LATER], 2) == Part("1", Outcome.DELIVERED, self.LATER.at, "DELIVRD")

    def test_one_failed_is_failed_at_once(self) -> None:
        whole = receipts.merge([self.OPEN, self.FAILED], 3)
        assert whole is not None
        assert (whole.message_id, whole.outcome) == ("2", Outcome.FAILED)


class TestMailbox:
    def test_a_repeated_piece_counts_once(self) -> None:
        def letter(row: int, number: int) -> mailbox.Letter:
            return mailbox.Letter(row, "+861", "1069", AT, 0, segments.Piece(5, 2, number, b"ab"[number - 1 : number]))

        (whole,) = mailbox.texts([letter(1, 1), letter(2, 1), letter(3, 2)], at=AT, patience=timedelta(minutes=1))
        assert (whole.text, whole.token) == ("ab", "letters:1,2,3")

    def test_whole_messages_of_one_person_do_not_melt(self) -> None:
        letters = [mailbox.Letter(row, "+861", "1069", AT, 0, segments.Piece(0, 1, 1, b"T")) for row in (1, 2)]
        assert len(mailbox.texts(letters, at=AT, patience=timedelta(minutes=1))) == 2


class TestPace:
    @given(st.lists(st.floats(0, 0.2), max_size=200))
    def test_a_rate_is_never_passed(self, steps: list[float]) -> None:
        bucket = pace.Pace(10, 3, 0.0)
        now, went = 0.0, 0
        for step in steps:
            now += step
            went += bucket.wait_seconds(now) == 0.0
        assert went <= 3 + now * 10 + 1e-6

    def test_waiting_as_told_is_enough(self) -> None:
        bucket = pace.Pace(10, 1, 0.0)
        assert bucket.wait_seconds(0.0) == 0
        wait = bucket.wait_seconds(0.0)
        assert bucket.wait_seconds(wait + 1e-9) == 0

    def test_pauses_grow_to_their_ceiling_and_repeat_with_their_seed(self) -> None:
        def pauses() -> list[float]:
            backoff = pace.Backoff(0.5, 8, random.Random(3))
            return [backoff.next_seconds() for _ in range(8)]

        assert pauses() == pauses()
        for number, pause in enumerate(pauses()):
            most = min(8, 0.5 * 2**number)
            assert most / 2 <= pause <= most


class TestAddresses:
    def test_an_international_number_loses_its_plus(self) -> None:
        assert pdus.receiver("+8613800000001") == pdus.Address(1, 1, "8613800000001")

    @pytest.mark.parametrize("number", ["", "+", "12", "+86 138", "86138x", "+86138000000011111"])
    def test_what_is_no_number_is_refused(self, number: str) -> None:
        with pytest.raises(pdus.BadAddress):
            pdus.receiver(number)

    @pytest.mark.parametrize(
        ("name", "ton"), [("+8613800000001", 1), ("95588", 3), ("106900001234", 0), ("Arrears", 5), (None, 0)]
    )
    def test_a_sender_gets_its_type(self, name: str | None, ton: int) -> None:
        assert pdus.sender(name).ton == ton

    @pytest.mark.parametrize("name", ["某某银行", "a name too long", "1" * 21])
    def test_a_sender_that_would_be_cut_is_refused(self, name: str) -> None:
        with pytest.raises(pdus.BadAddress):
            pdus.sender(name)

    @pytest.mark.parametrize(
        ("digits", "ton", "expected"),
        [
            ("13800000001", 0, "+8613800000001"),
            ("8613800000001", 0, "+8613800000001"),
            ("8613800000001", 1, "+8613800000001"),
            ("10690000", 0, "10690000"),
            ("BANK", 5, "BANK"),
        ],
    )
    def test_a_persons_number_is_made_e164(self, digits: str, ton: int, expected: str) -> None:
        assert pdus.as_e164(digits, ton, "CN") == expected


@pytest.mark.parametrize(
    "wrong",
    [
        {"system_id": ""},
        {"system_id": "x" * 16},
        {"password": "123456789"},
        {"window": 0},
        {"rate": 0},
        {"keep_days": 0},
    ],
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, object]) -> None:
    plain = {"host": "127.0.0.1", "port": 2775, "system_id": "a", "password": "b", "journal": "j"}
    with pytest.raises(settings.BadSettings):
        settings.Settings(**(plain | wrong))


def test_the_password_is_not_shown() -> None:
    shown = repr(settings.Settings(host="h", port=1, system_id="a", password="hidden", journal="j"))
    assert "hidden" not in shown
