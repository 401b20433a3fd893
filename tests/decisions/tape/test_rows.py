"""Each kind of bad row goes to quarantine with its line, its column and its reason, and takes nothing else with it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from tests.decisions.tape import tapes

from arrears.decisions import tape
from arrears.decisions.tape import doubtful

ROWS = [
    # what is wrong with the value itself
    ("accounts", "A9,,bnpl,CNY,2026-01-01,1,,,,", "customer_id", "missing_value"),
    ("accounts", ",C1,bnpl,CNY,2026-01-01,1,,,,", "account_id", "missing_value"),
    ("accounts", "A9,C1,   ,CNY,2026-01-01,1,,,,", "product_code", "missing_value"),
    ("accounts", "A\x079,C1,bnpl,CNY,2026-01-01,1,,,,", "account_id", "id_malformed"),
    ("accounts", "A" * 65 + ",C1,bnpl,CNY,2026-01-01,1,,,,", "account_id", "id_malformed"),
    *(
        ("accounts", f"{unseen}A9,C1,bnpl,CNY,2026-01-01,1,,,,", "account_id", "id_malformed")
        for unseen in ("\ufeff", "\u200b", "\u2060", "\u00ad")
    ),
    ("accounts", "A9,C1,bn\x00pl,CNY,2026-01-01,1,,,,", "product_code", "code_malformed"),
    ("accounts", "A9,C1,bnpl,cny,2026-01-01,1,,,,", "currency", "currency_malformed"),
    ("accounts", "A9,C1,bnpl,RMB¥,2026-01-01,1,,,,", "currency", "currency_malformed"),
    ("accounts", "A9,C1,bnpl,CNY,2026-13-01,1,,,,", "opened_on", "date_malformed"),
    ("accounts", "A9,C1,bnpl,CNY,01/02/2026,1,,,,", "opened_on", "date_malformed"),
    ("accounts", "A9,C1,bnpl,CNY,2026-02-29,1,,,,", "opened_on", "date_malformed"),
    ("accounts", "A9,C1,bnpl,CNY,0001-01-01,1,,,,", "opened_on", "date_absurd"),
    ("accounts", "A9,C1,bnpl,CNY,9999-12-31,1,,,,", "opened_on", "date_absurd"),
    ("accounts", "A9,C1,bnpl,CNY,2026-11-24,1,,,,", "opened_on", "date_in_future"),
    ("accounts", "A9,C1,bnpl,CNY,2026-01-01,-1.00,,,,", "principal", "amount_negative"),
    ("accounts", "A9,C1,bnpl,CNY,2026-01-01,1.001,,,,", "principal", "amount_over_precise"),
    ("accounts", "A9,C2,bnpl,JPY,2026-01-01,1.5,,,,", "principal", "amount_over_precise"),
    ("accounts", "A9,C2,bnpl,KWD,2026-01-01,1.0005,,,,", "principal", "amount_over_precise"),
    ("accounts", "A9,C1,bnpl,CNY,2026-01-01,10000000000000,,,,", "principal", "amount_too_large"),
    ("accounts", "A9,C1,bnpl,CNY,2026-01-01," + "9" * 40 + ",,,,", "principal", "amount_too_large"),
    ("accounts", "A9,C1,bnpl,CNY,2026-01-01,1,nan,,,", "apr", "rate_malformed"),
    ("accounts", "A9,C1,bnpl,CNY,2026-01-01,1,-0.1,,,", "apr", "rate_malformed"),
    ("accounts", "A9,C1,bnpl,CNY,2026-01-01,1,,x,,", "credit_limit", "amount_malformed"),
    *(
        ("accounts", f"A9,C1,bnpl,CNY,2026-01-01,{trick},,,,", "principal", "amount_malformed")
        for trick in (
            "NaN",
            "inf",
            "-Infinity",
            "1e3",
            "1E-2",
            "0x10",
            "1_000",
            '"1,000.00"',
            "１２",
            "1.2.3",
            "-",
            ".",
        )
    ),
    ("instalments", "A1,3.5,2026-05-01,1,0,0", "number", "number_malformed"),
    ("instalments", "A1,-1,2026-05-01,1,0,0", "number", "number_malformed"),
    ("instalments", "A1,99999999999999999999,2026-05-01,1,0,0", "number", "number_malformed"),
    ("customers", "C9,x,,1990-01-01,China,,,,", "region_code", "region_malformed"),
    ("customers", "C9,x,,2027-01-01,,,,,", "birth_on", "date_in_future"),
    ("customers", "C9,x,,1800-01-01,,,,,", "birth_on", "date_absurd"),
    ("contact_points", "C1,PIGEON,coo,SELF,,", "kind", "code_unknown"),
    ("contact_points", "C1,MOBILE,13812345678,NEIGHBOUR,,", "relation", "code_unknown"),
    ("contact_points", "C1,MOBILE,12345,SELF,,", "value", "phone_invalid"),
    ("contact_points", "C1,MOBILE,12012345678,SELF,,", "value", "phone_invalid"),
    ("contact_points", "C1,MOBILE,021-6378 6666,SELF,,", "value", "phone_invalid"),
    ("contact_points", "C1,EMAIL,nobody,SELF,,", "value", "email_invalid"),
    ("contact_points", "C1,MOBILE,13812345678,SELF,2026-12-01,", "consented_on", "date_in_future"),
    # what is wrong between rows
    ("accounts", "A9,C404,bnpl,CNY,2026-01-01,1,,,,", "customer_id", "customer_unknown"),
    ("contact_points", "C404,MOBILE,13812345678,SELF,,", "customer_id", "customer_unknown"),
    ("instalments", "A404,1,2026-05-01,1,0,0", "account_id", "account_unknown"),
    ("payments", "P9,A404,2026-05-01,1,,,", "account_id", "account_unknown"),
    ("pauses", "A404,2026-05-01,,", "account_id", "account_unknown"),
    ("instalments", "A2,2,2026-01-31,1,0,0", "due_on", "date_out_of_order"),
    ("instalments", "A1,3,2026-02-28,1,0,0", "due_on", "date_out_of_order"),
    ("pauses", "A2,2026-05-02,2026-05-01,X", "to_on", "date_out_of_order"),
    ("payments", "P9,A1,2026-11-24,1,,,", "paid_on", "payment_in_future"),
    ("payments", "P9,A1,2025-12-31,1,,,", "paid_on", "date_out_of_order"),
    ("payments", "P9,A1,2026-05-01,1e400,,,", "amount", "amount_malformed"),
    ("payments", "P9,A1,2026-05-01,0.00,,,", "amount", "amount_zero"),
    ("payments", "P9,A1,2026-05-01,-5,,,", "amount", "amount_negative"),
    ("payments", "P9,A1,2026-05-01,100.00,,P404,", "reverses", "reverses_unknown"),
    ("payments", "P9,A1,2026-05-01,100.00,,P3,", "reverses", "reverses_reversal"),
    ("payments", "P9,A1,2026-05-01,5,,P9,", "reverses", "reverses_reversal"),
    ("payments", "P9,A2,2026-05-01,610.50,,P1,", "reverses", "reverses_other_account"),
    ("payments", "P9,A1,2026-05-01,610.49,,P1,", "reverses", "reverses_other_amount"),
    ("payments", "P9,A1,2026-01-31,610.50,,P1,", "reverses", "date_out_of_order"),
    ("payments", "P9,A1,2026-05-01,100.00,,P2,", "reverses", "reversed_twice"),
]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tape.Reading:
    return tapes.read(tapes.write(tmp_path_factory.mktemp("sound"), {}))


@pytest.mark.parametrize(("table", "row", "column", "reason"), ROWS)
def test_a_bad_row_is_set_aside_alone(
    table: str, row: str, column: str, reason: str, sound: tape.Reading, tmp_path: Path
) -> None:
    reading = tapes.read(tapes.write(tmp_path, tapes.with_row(table, row)))
    line = tapes.SOUND[table].count("\n") + 1
    assert tapes.reasons(reading, table) == [(line, column, reason)]
    assert reading.quarantine.height == 1
    for name, frame in sound.tables.items():
        assert frame.equals(reading.tables[name]), name


class TestSound:
    def test_everything_is_accepted_in_minor_units(self, tmp_path: Path) -> None:
        reading = tapes.read(tapes.write(tmp_path, {}))
        assert reading.report.quarantined == 0
        assert reading.tables["accounts"]["principal_minor"].to_list() == [120000, 60050, 90000]
        assert reading.tables["instalments"]["interest_minor"].to_list() == [900, 450, 1201, 1200]
        assert reading.tables["instalments"]["fee_minor"].to_list() == [150, 0, 0, 0]
        assert reading.tables["payments"]["amount_minor"].to_list() == [61050, 10000, 10000, 91200]
        assert reading.tables["customers"]["monthly_income_minor"].to_list() == [850050, 300000]

    def test_a_penalty_that_the_lender_charged_is_read_where_there_is_one(self, tmp_path: Path) -> None:
        lines = tapes.SOUND["instalments"].splitlines()
        charged = "\n".join([f"{lines[0]},penalty", f"{lines[1]},20.05", *(f"{line}," for line in lines[2:])]) + "\n"
        reading = tapes.read(tapes.write(tmp_path, {"instalments": charged}))
        assert reading.tables["instalments"]["penalty_minor"].to_list() == [2005, 0, 0, 0]
        assert tapes.read(tapes.write(tmp_path, {})).tables["instalments"]["penalty_minor"].to_list() == [0] * 4

    def test_customers_are_copied_to_what_stands_on_their_accounts(self, tmp_path: Path) -> None:
        reading = tapes.read(tapes.write(tmp_path, {}))
        assert reading.tables["instalments"]["customer_id"].to_list() == ["C1", "C1", "C1", "C2"]
        assert reading.tables["pauses"]["customer_id"].to_list() == ["C1", "C1"]

    def test_windows_line_ends_a_mark_at_the_start_and_blank_lines_change_nothing(self, tmp_path: Path) -> None:
        plain = tapes.read(tapes.write(tmp_path / "a", {}))
        odd = {
            name: b"\xef\xbb\xbf" + text.replace("\n", "\r\n", 3).replace("\n", "\n\n").encode()
            for name, text in tapes.SOUND.items()
        }
        assert tapes.read(tapes.write(tmp_path / "b", odd)).tables["payments"].equals(plain.tables["payments"])

    def test_an_account_without_instalments_is_accepted_and_counted(self, tmp_path: Path) -> None:
        reading = tapes.read(tapes.write(tmp_path, tapes.with_row("accounts", "A9,C1,bnpl,CNY,2026-01-01,1,,,,")))
        assert reading.report.accounts_without_instalments == 1
        assert reading.report.quarantined == 0

    def test_a_part_can_be_read_alone(self, tmp_path: Path) -> None:
        folder = tapes.write(tmp_path, {"customers": None})
        reading = tapes.read(folder, only=["accounts", "instalments", "payments", "pauses"])
        assert set(reading.tables) == {"accounts", "instalments", "payments", "pauses"}
        assert reading.report.quarantined == 0

    def test_invented_numbers_of_the_simulated_market_are_taken(self, tmp_path: Path) -> None:
        row = "C2,MOBILE,+8612012345678,KIN,,"
        reading = tapes.read(tapes.write(tmp_path, tapes.with_row("contact_points", row)))
        assert reading.report.quarantined == 0
        assert sorted(reading.identity["contact_points"]["value"]) == [
            "+819012345678",
            "+8612012345678",
            "+8613812345678",
            "san.feng@example.com",
        ]

    def test_a_language_we_do_not_speak_is_no_fault(self, tmp_path: Path) -> None:
        reading = tapes.read(tapes.write(tmp_path, tapes.with_row("customers", "C9,x,,,,ha,,,")))
        assert reading.tables["customers"]["language"].to_list() == ["zh-Hans", "en", None]
        assert reading.report.quarantined == 0


class TestDuplicates:
    def test_copies_collapse_and_are_counted(self, tmp_path: Path) -> None:
        copy = "P1,A1,2026-02-01,610.5,CARD,,2026-02-01"
        reading = tapes.read(tapes.write(tmp_path, tapes.with_row("payments", copy)))
        counts = next(f for f in reading.report.files if f.table == "payments")
        assert (counts.read, counts.accepted, counts.collapsed, counts.quarantined) == (5, 5, 1, 0)
        assert reading.tables["payments"].height == 4

    @pytest.mark.parametrize(
        ("table", "row", "lines"),
        [
            ("payments", "P1,A1,2026-02-01,610.51,CARD,,2026-02-01", [2, 6]),
            ("instalments", "A1,2,2026-03-01,600.00,4.51,", [3, 6]),
            ("accounts", "A3,C2,cash,JPY,2026-03-02,90000,,,,", [4, 5]),
            ("pauses", "A1,2026-06-01,2026-07-01,DISPUTE", [3, 4]),
        ],
    )
    def test_rows_that_differ_are_all_set_aside(self, table: str, row: str, lines: list[int], tmp_path: Path) -> None:
        reading = tapes.read(tapes.write(tmp_path, tapes.with_row(table, row)))
        found = [line for line, _, reason in tapes.reasons(reading, table) if reason == "duplicate_conflict"]
        assert found == lines

    def test_a_broken_copy_proves_nothing_against_the_sound_row(self, tmp_path: Path) -> None:
        reading = tapes.read(tapes.write(tmp_path, tapes.with_row("payments", "P1,A1,2026-02-01,oops,CARD,,")))
        assert [reason for *_, reason in tapes.reasons(reading, "payments")] == ["amount_malformed"]
        assert "P1" in reading.tables["payments"]["payment_id"]

    def test_two_reversals_of_one_payment_leave_the_first(self, tmp_path: Path) -> None:
        later = "P0,A1,2026-03-09,100.00,CARD,P2,"
        reading = tapes.read(tapes.write(tmp_path, tapes.with_row("payments", later)))
        assert tapes.reasons(reading, "payments") == [(6, "reverses", "reversed_twice")]


class TestCascades:
    def test_what_stands_on_a_bad_account_goes_with_it(self, tmp_path: Path) -> None:
        broken = tapes.SOUND["accounts"].replace("1200.00", "1200.005")
        reading = tapes.read(tapes.write(tmp_path, {"accounts": broken}), policy=tapes.TAKES_ALL)
        assert {reason for *_, reason in tapes.reasons(reading, "instalments")} == {"account_quarantined"}
        assert reading.tables["instalments"]["account_id"].to_list() == ["A2", "A3"]
        assert reading.tables["payments"]["payment_id"].to_list() == ["P4"]
        assert reading.tables["pauses"].height == 0

    def test_accounts_of_a_bad_customer_go_with_him(self, tmp_path: Path) -> None:
        broken = tapes.SOUND["customers"].replace("1990-01-01", "1990-31-01")
        reading = tapes.read(tapes.write(tmp_path, {"customers": broken}), policy=tapes.TAKES_ALL)
        assert [reason for *_, reason in tapes.reasons(reading, "accounts")] == ["customer_quarantined"] * 2
        assert reading.tables["accounts"]["account_id"].to_list() == ["A3"]

    def test_rows_of_a_customer_whose_line_is_broken_go_with_him(self, tmp_path: Path) -> None:
        broken = tapes.SOUND["customers"].encode().replace("张三丰".encode(), b"Ren\xe9 M\xfcller")
        reading = tapes.read(tapes.write(tmp_path, {"customers": broken}), policy=tapes.TAKES_ALL)
        for table, rows in (("accounts", 2), ("contact_points", 2)):
            assert [reason for *_, reason in tapes.reasons(reading, table)] == ["customer_quarantined"] * rows

    def test_a_reversal_of_a_bad_payment_goes_with_it(self, tmp_path: Path) -> None:
        broken = tapes.SOUND["payments"].replace("P2,A1,2026-03-05", "P2,A1,2026-03-99")
        reading = tapes.read(tapes.write(tmp_path, {"payments": broken}))
        assert tapes.reasons(reading, "payments") == [
            (3, "paid_on", "date_malformed"),
            (4, "reverses", "reverses_quarantined"),
        ]

    def test_an_account_with_a_bad_payment_is_named_doubtful(self, tmp_path: Path) -> None:
        reading = tapes.read(tapes.write(tmp_path, tapes.with_row("payments", "P9,A2,2026-05-01,1.234,,,")))
        assert reading.doubtful.drop("key").rows() == [("A2", "C1", "payments", 1)]

    @pytest.mark.parametrize(
        ("table", "line"),
        [
            ("payments", "P9,A2,2026-05-01,1.00,,"),
            ("payments", "P9,A2,2026-05-01,1.00,,,,"),
            ("payments", 'P9,A2,2026-05-01,1.00,"CARD,,'),
            ("payments", "P9,,A2,2026-05-01,1.00,,,"),
            ("payments", "P9,A2"),
            ("instalments", "A2,2,2026-05-01,1.00,0"),
            ("pauses", "A2,2026-05-01,"),
        ],
    )
    def test_so_is_one_that_stands_in_a_line_that_is_no_row(self, table: str, line: str, tmp_path: Path) -> None:
        reading = tapes.read(tapes.write(tmp_path, tapes.with_row(table, line)), policy=tapes.TAKES_ALL)
        assert reading.doubtful.drop("key").rows() == [("A2", "C1", table, 1)]

    @pytest.mark.parametrize(
        ("table", "line"),
        [
            ("payments", '"P9,A2,2026-05-01,1.00,,,'),
            ("payments", 'P9,"A2,2026-05-01,1.00,,,'),
            ("payments", '"P9","A2,2026-05-01,1.00,,,'),
            ("payments", "P9,A2,2026-05-01,1.00,,," + '"' * 3),
            ("instalments", '"A2,9,2026-05-01,1.00,0,0'),
            ("instalments", 'A2","9,2026-05-01,1.00,0,0'),
            ("pauses", '"A2,2026-05-01,,HARDSHIP'),
        ],
    )
    def test_a_stray_quotation_mark_hides_neither_the_account_nor_which_row_it_was(
        self, table: str, line: str, tmp_path: Path
    ) -> None:
        reading = tapes.read(tapes.write(tmp_path, tapes.with_row(table, line)), policy=tapes.TAKES_ALL)
        key = doubtful.row_mark(pl.Series([{"payments": "P9", "instalments": "9", "pauses": "2026-05-01"}[table]]))[0]
        assert reading.doubtful.rows() == [("A2", "C1", table, key, 1)]

    def test_two_stray_marks_hide_no_account_of_the_lines_between_them(self, tmp_path: Path) -> None:
        lines = '"P7,A2,2026-05-01,1.00,,,\nP8,A3,2026-05-01,1.00,,,\nP9,A2,2026-05-02,1.00,,,"'
        reading = tapes.read(tapes.write(tmp_path, tapes.with_row("payments", lines)), policy=tapes.TAKES_ALL)
        assert reading.doubtful.drop("key").rows() == [
            ("A2", "C1", "payments", 1),
            ("A2", "C1", "payments", 1),
            ("A3", "C2", "payments", 1),
        ]

    def test_nor_does_a_long_note_before_it(self, tmp_path: Path) -> None:
        head, *rows = tapes.SOUND["payments"].splitlines()
        text = "\n".join([f"note,{head}", *(f",{row}" for row in rows), f'{"x" * 300},"P9,A2,2026-05-01,1.00,,,'])
        reading = tapes.read(tapes.write(tmp_path, {"payments": text}), policy=tapes.TAKES_ALL)
        assert reading.doubtful.drop("key").rows() == [("A2", "C1", "payments", 1)]

    def test_an_account_whose_own_row_begins_with_a_stray_mark_stands_no_more(self, tmp_path: Path) -> None:
        broken = tapes.SOUND["accounts"].replace("\nA1,", '\n"A1,')
        reading = tapes.read(tapes.write(tmp_path, {"accounts": broken}), policy=tapes.TAKES_ALL)
        assert {reason for *_, reason in tapes.reasons(reading, "instalments")} == {"account_quarantined"}

    def test_so_is_one_in_a_line_of_another_encoding(self, tmp_path: Path) -> None:
        payments = tapes.SOUND["payments"].encode() + b"P9,A2,2026-05-01,1.00,CH\xc9QUE,,\n"
        reading = tapes.read(tapes.write(tmp_path, {"payments": payments}), policy=tapes.TAKES_ALL)
        assert reading.doubtful.drop("key").rows() == [("A2", "C1", "payments", 1)]

    def test_a_line_that_speaks_of_no_account_leaves_all_as_they_are(self, tmp_path: Path) -> None:
        reading = tapes.read(tapes.write(tmp_path, tapes.with_row("payments", "total,4 rows")), policy=tapes.TAKES_ALL)
        assert reading.doubtful.is_empty()


class TestCurrencies:
    def test_a_currency_beside_an_amount_must_be_the_accounts(self, tmp_path: Path) -> None:
        lines = tapes.SOUND["instalments"].splitlines()
        text = "\n".join([lines[0] + ",currency", *(f"{line},CNY" for line in lines[1:4]), lines[4] + ",USD"])
        reading = tapes.read(tapes.write(tmp_path, {"instalments": text}))
        assert tapes.reasons(reading, "instalments") == [(5, "currency", "currency_mismatch")]
