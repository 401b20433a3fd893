"""The market's tape enters the house whole, and the house's ageing agrees with the auditor to the fen."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from arrears.decisions import positions, tape
from arrears.rules.ageing import reading
from arrears.simulator import measures
from arrears.simulator.auditor import Auditor, BooksView, shipped
from arrears.simulator.market import Market
from arrears.simulator.tape import account_ids as accounts

START = date(2026, 7, 15)
DAYS = 21
KEY = b"a key for tests, thirty-two bytes"


@pytest.fixture(scope="module")
def market() -> Market:
    lived = Market.create(borrowers=1500, seed=13, start_on=START, history_days=300)
    for _ in range(DAYS):
        lived.step(lived.today + timedelta(days=1))
    return lived


def aged(market: Market, folder, as_of: date, form: str = "parquet") -> tuple[tape.Reading, pl.DataFrame]:
    market.write_tape(folder, as_of, format=form)
    read = tape.read_folder(folder, as_of=as_of, pseudonym_key=KEY)
    plain = reading.find("plain")
    policies = dict.fromkeys(("bnpl_cn", "cash_loan_cn"), plain)
    return read, positions.positions(read.tables, policies=policies, as_of=as_of)


class TestReading:
    @pytest.mark.parametrize("form", ["parquet", "csv"])
    def test_every_row_is_accepted(self, market, tmp_path, form):
        market.write_tape(tmp_path, market.today, format=form)
        read = tape.read_folder(tmp_path, as_of=market.today, pseudonym_key=KEY)
        assert read.quarantine.to_dicts()[:3] == []
        accepted = {file.table: file.accepted for file in read.report.files}
        assert accepted == {name: len(frame) for name, frame in market.tape(market.today).items()}


class TestShippedProducts:
    """With penalties, grace and tolerance as shipped: borrowers pay what is asked, and the auditor still agrees."""

    def positions(self, market: Market, folder, as_of: date) -> pl.DataFrame:
        market.write_tape(folder, as_of)
        read = tape.read_folder(folder, as_of=as_of, pseudonym_key=KEY)
        return positions.positions(read.tables, policies=reading.read_folder(reading.products_folder()), as_of=as_of)

    def test_the_auditor_agrees_with_the_shipped_policies(self, market, tmp_path):
        auditor = Auditor(shipped())
        auditor.see(market.tape(market.today))
        table = self.positions(market, tmp_path, market.today)
        cases = table.filter(pl.col("dpd") >= 4).select("customer_id").unique()
        auditor.check(BooksView(table, cases), as_of=market.today)

    def test_it_catches_money_lost_to_penalties_nobody_owed(self, market, tmp_path):
        auditor = Auditor(shipped())
        auditor.see(market.tape(market.today))
        table = self.positions(market, tmp_path, market.today)
        prompt = (
            (pl.col("paid_total_minor") > 0)
            & (pl.col("past_due_days") == 0)
            & (pl.col("principal_outstanding_minor") > 0)
        )
        taken = table.with_columns(
            principal_outstanding_minor=pl.col("principal_outstanding_minor") + prompt.cast(pl.Int64) * 5_000_00
        )
        cases = table.filter(pl.col("dpd") >= 4).select("customer_id").unique()
        findings = auditor.audit(BooksView(taken, cases), as_of=market.today)
        assert {finding.subject for finding in findings} == set(table.filter(prompt)["account_id"])

    def test_who_pays_late_is_not_left_behind_by_a_few_fen(self, market, tmp_path):
        table = self.positions(market, tmp_path, market.today).sort("account_id")
        rows = np.arange(len(market.state.loans))
        mine = pl.DataFrame(
            {"account_id": accounts(market.state, rows), "mine": measures.past_due(market.state, market.state.today)}
        )
        joined = table.join(mine, on="account_id")
        assert ((joined["past_due_days"] > 0) == (joined["mine"] > 0)).mean() > 0.99


class TestAgeing:
    def test_the_auditor_agrees_with_the_house_on_several_days(self, market, tmp_path):
        auditor = Auditor()
        auditor.see(market.tape(market.today))
        for back in (0, 7, DAYS):
            as_of = market.today - timedelta(days=back)
            _, table = aged(market, tmp_path / str(back), as_of)
            cases = table.filter(pl.col("past_due_days") >= 4).select("customer_id").unique()
            assert (table["past_due_days"] > 0).sum() > 30
            auditor.check(BooksView(table, cases), as_of=as_of)
