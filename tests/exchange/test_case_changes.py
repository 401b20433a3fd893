"""When does a case end? When nothing counts as overdue any more: paid, or only less left than the policy tolerates."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from arrears.decisions.schemas import night
from arrears.exchange import case_changes

DAY = date(2026, 11, 23)
KNOWN = pl.DataFrame([("case-1", "C1", "CNY", "LATE", "M3", date(2026, 8, 1))], schema=case_changes.OPEN, orient="row")


def standing(**changes: object) -> pl.DataFrame:
    row: dict[str, object] = dict.fromkeys(night.STANDINGS) | {
        "customer_id": "C1",
        "currency": "CNY",
        "dpd_max": 0,
        "bucket": "M0",
        "overdue_minor": 0,
        "outstanding_minor": 50_000,
        "account_count": 1,
        "overdue_account_count": 0,
        "stage": "NONE",
        "stage_rule": 0,
    }
    return pl.DataFrame([row | changes], schema=night.STANDINGS)


def compare(standings: pl.DataFrame) -> case_changes.Changes:
    return case_changes.compare(
        open_cases=KNOWN,
        standings=standings,
        taken_ids=(),
        held_back=(),
        as_of=DAY,
        policy_version="v",
    )


class TestEnd:
    @pytest.mark.parametrize("overdue_minor", [0, 2], ids=["nothing left", "two fen left, below the tolerance"])
    def test_a_case_with_nothing_that_counts_as_overdue_is_cured(self, overdue_minor):
        changes = compare(standing(overdue_minor=overdue_minor))
        assert changes.closed.select("case_id", "close_reason").rows() == [("case-1", "CURED")]

    def test_one_that_owes_nothing_at_all_is_paid_off(self):
        changes = compare(standing(outstanding_minor=0))
        assert changes.closed["close_reason"].to_list() == ["PAID_OFF"]

    def test_one_whose_ageing_is_paused_stays_as_it_was(self):
        changes = compare(standing(overdue_minor=40_000, oldest_due_on=date(2026, 8, 1)))
        assert changes.closed.is_empty()
        assert changes.cases.select("status", "stage").rows() == [("OPEN", "LATE")]
