"""What the books know and the lake does not: the frames that `exchange/facts_out.py` freezes for one night.

Written once per business date before the first partition runs, so that a resumed night decides on the same facts.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from arrears.decisions.schemas import tape

#: payments taken through the API or the console; those already on the tape are dropped when a partition reads both.
FACT_PAYMENTS = dict(tape.PAYMENTS)
#: grain: one row per open case.
OPEN_CASES = {"customer_id": pl.String, "currency": pl.String, "case_id": pl.String}
#: grain: one row per kind of work in an open case, PLACEMENT (an agency's) among them; last_on: the day the newest of
#: the kind was due or closed. SMS, with or without a case: the business date of the last text of a night before this
#: about something that has fallen due, as far back as a table looks.
WORK = {
    "customer_id": pl.String,
    "currency": pl.String,
    "kind": pl.String,
    "is_open": pl.Boolean,
    "last_on": pl.Date,
}
#: grain: one row per write-off of an account: PROPOSED, APPROVED, POSTED; or REJECTED, which holds in its case.
WRITE_OFFS = {"customer_id": pl.String, "currency": pl.String, "account_id": pl.String, "status": pl.String}
#: contact points found not to reach the borrower.
INVALID_POINTS = {"customer_id": pl.String, "contact_point_id": pl.String}

FACTS: Mapping[str, Mapping[str, type[pl.DataType]]] = {
    "payments": FACT_PAYMENTS,
    "open_cases": OPEN_CASES,
    "work": WORK,
    "write_offs": WRITE_OFFS,
    "invalid_points": INVALID_POINTS,
}
