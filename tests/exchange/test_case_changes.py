"""When does a case end? When nothing counts as overdue any more: paid, or only less left than the policy tolerates."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from arrears.decisions.schemas import night
from arrears.exchange import case_changes

DAY = date(2026, 11, 23)
KNOWN = pl.DataFrame(
    [("case-1", "C1", "CNY", "LATE", "M3", date(2026, 8, 1), 3, "older")], schema=case_changes.OPEN, orient="row"
)


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
        current_bucket="M0",
    )


class TestEnd:
    @pytest.mark.parametrize("overdue_minor", [0, 2], ids=["nothing left", "two fen left, below the tolerance"])
    def test_a_case_with_nothing_that_counts_as_overdue_is_cured(self, overdue_minor):
        changes = compare(standing(overdue_minor=overdue_minor))
        assert changes.closed.select("case_id", "close_reason").rows() == [("case-1", "CURED")]

    def test_one_that_owes_nothing_at_all_is_paid_off(self):
        changes = compare(standing(outstanding_minor=0))
        assert changes.closed["close_reason"].to_list() == ["PAID_OFF"]

    def test_one_that_stands_nowhere_any_more_is_in_the_current_bucket(self):
        changes = compare(standing().clear())
        assert changes.cases.select("status", "close_reason", "bucket").rows() == [("CLOSED", "PAID_OFF", "M0")]

    def test_one_whose_ageing_is_paused_stays_as_it_was(self):
        changes = compare(standing(overdue_minor=40_000, oldest_due_on=date(2026, 8, 1)))
        assert changes.closed.is_empty()
        assert changes.cases.select("status", "stage").rows() == [("OPEN", "LATE")]
        assert changes.resting["case_id"].to_list() == ["case-1"]

    def test_one_that_ages_does_not_rest(self):
        changes = compare(standing(stage="LATE", dpd_max=70, overdue_minor=40_000, oldest_due_on=date(2026, 8, 1)))
        assert changes.resting.is_empty()

    def test_a_paused_one_names_the_rule_that_put_it_there_and_whose_rule_that_was(self):
        changes = compare(standing(overdue_minor=40_000, oldest_due_on=date(2026, 8, 1)))
        assert changes.cases.select("stage_rule", "policy_version").rows() == [(3, "older")]

    @pytest.mark.parametrize("stage", ["NONE", "WARNING"])
    def test_a_closed_one_keeps_its_last_rule_and_has_no_chance_of_cure_left(self, stage):
        changes = compare(standing(stage=stage, stage_rule=5, cure_share_est=0.7, score_reason="M1/FIRST n=1"))
        told = changes.cases.select("status", "stage", "stage_rule", "policy_version", "cure_share_est", "score_reason")
        assert told.rows() == [("CLOSED", "LATE", 3, "older", None, "")]
