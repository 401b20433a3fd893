"""What a night writes: positions, customers' standings, scores and decisions, one folder per business date."""

from __future__ import annotations

import polars as pl

COMPONENTS = ("principal", "interest", "fee", "penalty")

#: grain: one row per account_id at as_of.
POSITIONS = {
    "account_id": pl.String,
    "customer_id": pl.String,
    "product_code": pl.String,
    "currency": pl.String,
    "dpd": pl.Int32,  # delinquent days: past-due days less grace and pauses, by policy; 0 when nothing is overdue
    "past_due_days": pl.Int32,  # as_of − oldest unpaid due date (+ offset), before grace and pauses
    "bucket": pl.String,
    "oldest_due_on": pl.Date,  # oldest unpaid and already due instalment; null when none
    "next_due_on": pl.Date,  # first instalment due on or after as_of that is not yet covered; null when none
    "next_due_minor": pl.Int64,  # what is still to be paid of it, money held ahead taken off
    **{f"{c}_outstanding_minor": pl.Int64 for c in COMPONENTS},
    **{f"{c}_overdue_minor": pl.Int64 for c in COMPONENTS},
    "paid_total_minor": pl.Int64,
    "surplus_minor": pl.Int64,
    "recovered_total_minor": pl.Int64,  # of paid_total: what settled dues while some was past due; null in old nights
    "customer_dpd_max": pl.Int32,  # over the customer's accounts
}

#: grain: one row per account_id and number at as_of; each instalment by itself.
INSTALMENT_STATES = {
    "account_id": pl.String,
    "number": pl.Int32,
    "due_on": pl.Date,
    "dpd": pl.Int32,  # as of the position, had the account this instalment alone; 0 when it is not open or not due
    "past_due_days": pl.Int32,
    "bucket": pl.String,
    **{f"{c}_left_minor": pl.Int64 for c in COMPONENTS},
    "penalty_charged_minor": pl.Int64,  # so far, paid or not, apart from one that came with the instalment
}

#: grain: one row per (customer_id, currency) that owes or is due soon at as_of.
STANDINGS = {
    "customer_id": pl.String,
    "currency": pl.String,
    "region_code": pl.String,
    "language": pl.String,
    "dpd_max": pl.Int32,
    "bucket": pl.String,  # bucket of dpd_max
    "oldest_due_on": pl.Date,
    "next_due_on": pl.Date,
    "next_due_minor": pl.Int64,
    "days_to_due": pl.Int32,  # null when nothing is due later
    "overdue_minor": pl.Int64,
    "outstanding_minor": pl.Int64,
    "account_count": pl.Int32,
    "overdue_account_count": pl.Int32,
    "cure_share_est": pl.Float64,  # estimated share cured within 30 days; null when not scored
    "score_reason": pl.String,
    "stage": pl.String,  # NONE WARNING EARLY LATE BAD_DEBT
    "stage_rule": pl.Int32,  # 1-based rule of the stage table
}
#: grain: one row per treatment that fired for a (customer_id, currency) at as_of.
ACTIONS = {
    "customer_id": pl.String,
    "currency": pl.String,
    "stage": pl.String,
    "action": pl.String,  # SMS CALL_TASK VISIT_TASK AGENCY_TASK LEGAL_TASK WRITE_OFF_PROPOSAL
    "template": pl.String,
    "priority": pl.Int32,
    "reason": pl.String,
    "rule_number": pl.Int32,
    "contact_point_id": pl.String,  # for messages: the borrower's own, verified first; null for work
}
