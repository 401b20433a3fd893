"""The overview's figures stand on one base, and its parts add up to its sums."""

from __future__ import annotations

import re
from datetime import timedelta

import polars as pl
import pytest
from tests import market, nights
from tests.interfaces.console.conftest import DAY, everyone, signed_in

from arrears.decisions import night_files
from arrears.decisions.schemas import summaries

pytestmark = pytest.mark.django_db


def test_who_was_overdue_30_days_ago_and_is_cured_is_shown_once_there_was_such_a_night(settings, tmp_path):
    settings.LAKE, settings.PARTITIONS = tmp_path / "lake", 2
    tape = market.Tape()
    tape.customer("EARLY", mobile="13800000001")
    tape.account("A-EARLY", "EARLY", first_due=DAY - timedelta(days=7), product="cash_loan_cn")
    nights.take(tape, tmp_path, DAY)
    nights.run(DAY)
    everyone(joined_on=DAY)
    supervisor = signed_in("SUPERVISOR")
    assert "30 days ago" not in supervisor.get("/").content.decode()

    file = night_files.NightFiles(settings.LAKE).summaries(DAY)
    found = night_files.read(file)
    of_month_ago = {"figure": summaries.CURE_30, "row": "M1", "accounts": 3, "base_accounts": 4}
    rows = [found.row(0, named=True) | of_month_ago | {"column": history} for history in ("FIRST", "REPEAT")]
    pl.concat([found, pl.DataFrame(rows, schema=found.schema)]).write_parquet(file)
    page = supervisor.get("/").content.decode()
    assert "6 of 8 accounts overdue 30 days ago" in page
    assert re.search(r"Cured since 30 days ago.{0,200}?75(\.0)?%", page, re.DOTALL)


def test_the_stages_add_up_to_what_is_overdue_and_count_who_waits_in_grace(settings, tmp_path):
    settings.LAKE, settings.PARTITIONS = tmp_path / "lake", 2
    tape = market.Tape()
    for name, days in (("GRACE", 2), ("EARLY", 7), ("LATE", 75), ("SOON", -2)):
        tape.customer(name, mobile="13800000001")
        tape.account(f"A-{name}", name, first_due=DAY - timedelta(days=days), product="cash_loan_cn")
    nights.take(tape, tmp_path, DAY)
    nights.run(DAY)
    everyone(joined_on=DAY)
    answer = signed_in("SUPERVISOR").get("/")
    [(currency, found)] = answer.context["by_currency"]

    assert currency == "CNY"
    assert [(row.stand.customers, row.cases) for row in found.rows] == [(1, None), (1, 1), (1, 1)]
    assert found.total.stand.overdue_minor == answer.context["overdue_minor"]
    assert found.total.stand.accounts == answer.context["overdue_accounts"] == 3
    assert found.warned == 1
    drawn = answer.context["balance_chart"]
    assert drawn["labels"][0] == "M0"
    assert round(sum(drawn["series"][0]["data"]) * 100) == answer.context["overdue_minor"]
    assert "Overdue, no case yet" in answer.content.decode()


def test_it_follows_a_currency_of_its_figures_and_tells_another(late):
    supervisor = signed_in("SUPERVISOR")

    assert "Not understood" not in supervisor.get("/?currency=CNY&vintages=accounts").content.decode()
    told = supervisor.get("/?currency=XXX&vintages=all").context["not_understood"]
    assert told == ["currency=XXX", "vintages=all"]
