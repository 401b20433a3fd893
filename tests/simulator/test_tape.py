"""The tape is one a lender could send: complete, exact to the fen, and plainly synthetic."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import phonenumbers
import polars as pl
import pytest

from arrears.simulator import tape as tapes
from arrears.simulator.market import DayOutOfOrder, Market

AS_OF = date(2026, 8, 1)
CHECK_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@pytest.fixture(scope="module")
def market() -> Market:
    return Market.create(borrowers=600, seed=3, start_on=AS_OF, history_days=300)


@pytest.fixture(scope="module")
def tape(market) -> dict[str, pl.DataFrame]:
    return market.tape(AS_OF)


class TestMoney:
    def test_principal_parts_sum_to_the_principal(self, tape):
        parts = tape["instalments"].group_by("account_id").agg(pl.col("principal").sum().alias("sum"))
        joined = tape["accounts"].join(parts, on="account_id", how="left")
        assert (joined["principal"] == joined["sum"]).all()

    def test_a_closed_account_is_paid_to_the_fen_and_penalties_on_top(self, tape):
        due = (
            tape["instalments"]
            .group_by("account_id")
            .agg(due=(pl.col("principal") + pl.col("interest") + pl.col("fee")).sum())
        )
        cancelled = tape["payments"]["reverses"].drop_nulls().to_list()
        standing = tape["payments"].filter(pl.col("reverses").is_null() & ~pl.col("payment_id").is_in(cancelled))
        paid = standing.group_by("account_id").agg(paid=pl.col("amount").sum())
        closed = (
            tape["accounts"]
            .filter(pl.col("status") == "CLOSED")
            .join(due, on="account_id")
            .join(paid, on="account_id", how="left")
        )
        assert len(closed) > 50
        on_top = closed["paid"] - closed["due"]
        assert (on_top >= 0).all()
        assert (on_top == 0).mean() > 0.6
        assert (on_top <= closed["principal"] * Decimal("0.24")).all()

    def test_nothing_is_negative_and_nobody_overpays(self, tape):
        assert (tape["payments"]["amount"] > 0).all()
        for column in ("principal", "interest", "fee"):
            assert (tape["instalments"][column] >= 0).all()

    def test_fen_become_exact_decimals(self):
        series = tapes.amounts(np.array([0, 1, 99, 100, 123456, 10**15, -5]))
        wanted = ["0.00", "0.01", "0.99", "1.00", "1234.56", "10000000000000.00", "-0.05"]
        assert series.to_list() == [Decimal(each) for each in wanted]


class TestShape:
    def test_every_row_has_its_owner(self, tape):
        customers, accounts = set(tape["customers"]["customer_id"]), set(tape["accounts"]["account_id"])
        for name in ("contact_points", "accounts", "spending"):
            assert set(tape[name]["customer_id"]) <= customers, name
        for name in ("instalments", "payments", "pauses"):
            assert len(tape[name]), name
            assert set(tape[name]["account_id"]) <= accounts, name

    def test_keys_are_unique(self, tape):
        keys = {
            "customers": ["customer_id"],
            "accounts": ["account_id"],
            "instalments": ["account_id", "number"],
            "payments": ["payment_id"],
            "pauses": ["account_id", "from_on", "reason"],
            "spending": ["customer_id", "spent_on", "category"],
        }
        for name, key in keys.items():
            assert not tape[name].select(key).is_duplicated().any(), name

    def test_a_reversal_names_an_earlier_payment_of_the_same_account_and_amount(self, tape):
        reversals = tape["payments"].filter(pl.col("reverses").is_not_null())
        joined = reversals.join(tape["payments"], left_on="reverses", right_on="payment_id", suffix="_of")
        assert len(joined) == len(reversals) > 0
        assert (joined["account_id"] == joined["account_id_of"]).all()
        assert (joined["amount"] == joined["amount_of"]).all()
        assert (joined["booked_on"] > joined["booked_on_of"]).all()

    def test_nothing_on_the_tape_is_from_the_future(self, tape):
        assert tape["payments"]["booked_on"].max() <= AS_OF
        assert tape["accounts"]["opened_on"].max() <= AS_OF

    def test_both_products_and_insurers_appear(self, tape):
        assert set(tape["accounts"]["product_code"]) == {"bnpl_cn", "cash_loan_cn"}
        assert 0.05 < tape["accounts"]["insured_by"].is_not_null().mean() < 0.5
        assert set(tape["accounts"]["currency"]) == {"CNY"}


class TestIdentity:
    def test_identity_numbers_have_a_valid_check_character_and_no_real_region(self, tape):
        for number in tape["customers"]["id_number"]:
            total = sum(int(digit) * weight for digit, weight in zip(number, CHECK_WEIGHTS, strict=False))
            assert number[17] == "10X98765432"[total % 11]
            assert number[2:6] == "0000"

    def test_identity_numbers_carry_the_birthday(self, tape):
        born = tape["customers"].select(pl.col("id_number").str.slice(6, 8) == pl.col("birth_on").dt.strftime("%Y%m%d"))
        assert born.to_series().all()

    def test_telephones_are_mobiles_of_one_block_and_nobody_shares_one(self, tape):
        values = tape["contact_points"].filter(pl.col("kind") == "MOBILE")["value"]
        assert values.str.starts_with("+861610").all()
        assert not values.is_duplicated().any()
        for value in values.head(50):
            number = phonenumbers.parse(value)
            assert phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE

    def test_relatives_and_colleagues_are_there_without_consent(self, tape):
        others = tape["contact_points"].filter(pl.col("relation") != "SELF")
        assert set(others["relation"]) == {"KIN", "COLLEAGUE"}
        assert others["consented_on"].is_null().all()


class TestChanges:
    def test_changes_added_up_are_the_whole_tape(self):
        market = Market.create(borrowers=300, seed=4, start_on=AS_OF, history_days=200)
        keys = {"accounts": ["account_id"], "payments": ["payment_id"], "instalments": ["account_id", "number"]}
        kept = {name: market.tape(AS_OF)[name] for name in keys}
        for _ in range(45):
            before = market.today
            market.step(before + timedelta(days=1))
            news = market.tape_changes(before, market.today)
            kept = {
                name: pl.concat([frame, news[name]]).unique(keys[name], keep="last") for name, frame in kept.items()
            }
        whole = market.tape(market.today)
        for name, key in keys.items():
            assert kept[name].sort(key).equals(whole[name].sort(key)), name

    def test_a_quiet_table_keeps_its_columns(self, market):
        news = market.tape_changes(AS_OF - timedelta(days=1), AS_OF)
        assert news["customers"].schema == market.tape(AS_OF)["customers"].schema

    def test_tomorrow_is_not_known(self, market):
        with pytest.raises(DayOutOfOrder):
            market.tape(AS_OF + timedelta(days=1))

    def test_csv_says_the_same_as_parquet(self, market, tmp_path):
        market.write_tape(tmp_path / "c", AS_OF, changes_only=True, format="csv")
        market.write_tape(tmp_path / "p", AS_OF, changes_only=True)
        payments = pl.read_csv(
            tmp_path / "c" / "payments.csv", schema_overrides={"amount": pl.Decimal(18, 2)}, try_parse_dates=True
        )
        assert payments["amount"].to_list() == pl.read_parquet(tmp_path / "p" / "payments.parquet")["amount"].to_list()
        assert len(payments) > 0
