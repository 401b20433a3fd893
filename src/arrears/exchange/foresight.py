"""What will the strategy next ask for in an open case, if nothing is paid? What the books know, put to the tables.

Called by the case page. It reads one case and writes nothing; nobody is contacted on the strength of it.
"""

from __future__ import annotations

import polars as pl

from arrears.decisions import foresight
from arrears.decisions.foresight import Foreseen
from arrears.decisions.night_policy import NightPolicy
from arrears.exchange import facts_out, own_points
from arrears.records.cases.models import Case, CaseStatus
from arrears.records.writeoffs.models import WriteOffStatus

STANDING = {
    "customer_id": pl.String,
    "currency": pl.String,
    "dpd_max": pl.Int32,
    "days_to_due": pl.Int32,
    "overdue_minor": pl.Int64,
    "outstanding_minor": pl.Int64,
    "written_off": pl.Boolean,
    "cure_share_est": pl.Float64,
}


def of_case(case_id: str, *, policy: NightPolicy, zone: str) -> Foreseen | None:
    """The next treatment of an open case; None when none is foreseen, it is closed, or no day of it counts.

    What the books do not hold is not foreseen: with a pause going on, the days are counted as if it ended today.
    """
    case = Case.objects.filter(case_id=case_id, status=CaseStatus.OPEN).first()
    rests = case is not None and case.dpd_max == 0 and case.oldest_due_on is not None
    if case is None or rests:
        return None
    write_offs = facts_out.write_offs_of(case.person_id).filter(pl.col("currency") == case.currency)
    return foresight.next_treatment(
        pl.DataFrame([_standing(case, write_offs)], schema=STANDING, orient="row"),
        stages=policy.stages,
        treatments=policy.treatments,
        points=own_points.of([case.person_id]),
        work=facts_out.work_of(up_to=case.as_of, zone=zone, case_id=case.case_id),
        write_offs=write_offs,
        as_of=case.as_of,
    )


def _standing(case: Case, write_offs: pl.DataFrame) -> tuple[object, ...]:
    accounts = list(case.accounts.all())
    dues = [account.next_due_on for account in accounts if account.next_due_on]
    posted = set(write_offs.filter(pl.col("status") == WriteOffStatus.POSTED)["account_id"])
    overdue = {account.account_id for account in accounts if account.overdue_minor > 0}
    return (
        case.person_id,
        case.currency,
        case.dpd_max,
        (min(dues) - case.as_of).days if dues else None,
        case.overdue_minor,
        case.outstanding_minor,
        bool(overdue) and overdue <= posted,
        case.cure_share_est,
    )
