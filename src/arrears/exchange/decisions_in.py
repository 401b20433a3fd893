"""Bring one night's decisions from the lake into the books: cases, their accounts, events, work, write-off proposals.

Called by actions/run_night.py inside its transaction. One transaction holds the whole night: readers see the books of
yesterday or of today, never half of each, and a kill leaves nothing behind; at 5 % overdue a night writes a few
hundred thousand rows, which both databases commit in seconds. It plans no contact and never commits.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl
from django.db import connection

from arrears.decisions import night_files, strategy
from arrears.decisions.night_policy import NightPolicy
from arrears.decisions.schemas import night
from arrears.decisions.standings import KEY, OUTSTANDING, OVERDUE
from arrears.exchange import case_changes, staging, work_renewed
from arrears.kernel import identifiers
from arrears.kernel.transitions import next_status
from arrears.records import bulk
from arrears.records.cases.models import Case, CaseAccount, CaseEvent, WorkItem, WorkKind
from arrears.records.compliance import stops
from arrears.records.writeoffs import queries as writeoffs
from arrears.records.writeoffs.models import WriteOff
from arrears.rules import cases as machines

WORK_OF_ACTION = {f"{kind}_TASK": kind for kind in strategy.WORK_KINDS}
#: What is not asked for any more once its case is closed.
ENDS_WITH_CASE = sorted({*WorkKind.values} - machines.OF_DANGER)
ACCOUNT_COLUMNS = [
    "account_id",
    "product_code",
    "dpd",
    "past_due_days",
    "bucket",
    "oldest_due_on",
    "next_due_on",
    "next_due_minor",
    *(f"{part}_outstanding_minor" for part in night.COMPONENTS),
    *(f"{part}_overdue_minor" for part in night.COMPONENTS),
    "paid_total_minor",
    "surplus_minor",
]
#: What only a night says of a case.
SCORE = ("cure_share_est", "score_reason")


@dataclass(frozen=True)
class Decided:
    """What the lake holds of one night: schemas.night frames; customers held back are left as they are."""

    positions: pl.DataFrame
    standings: pl.DataFrame
    actions: pl.DataFrame
    held_back: frozenset[str]


@dataclass(frozen=True)
class Brought:
    """Counts for the run report; the cases that opened and closed, and those open now by (customer_id, currency).

    followed : by day, currency → the closed case that shows what is owed in it, where none is open
    """

    figures: dict[str, int]
    opened_ids: tuple[str, ...]
    closed_ids: tuple[str, ...]
    open_ids: pl.DataFrame
    followed: Mapping[str, str] = field(default_factory=dict)


def bring(
    *,
    decided: Decided,
    policy: NightPolicy,
    as_of: date,
    at: datetime,
    actor: str,
    only_customer: str | None = None,
    is_today: bool = True,
) -> Brought:
    """Make the books say what was decided; only rows that differ are touched.

    decided       : the night's frames, or those of one customer
    only_customer : by day, the one customer these frames are about: their open cases change, none is opened, and the
                    score stays as the night left it
    is_today      : False on a day that has passed: of a case that closed since, more is known than this day knew
    returns       : Brought; bringing the same again changes no row
    """
    open_cases = _open_cases(only_customer)
    changes = case_changes.compare(
        open_cases=open_cases,
        standings=decided.standings,
        taken_ids=_opened_on(as_of) if only_customer is None else (),
        held_back=decided.held_back,
        as_of=as_of,
        policy_version=policy.version,
        current_bucket=policy.products.default.bucket_of(0),
        may_open=only_customer is None,
        settled_later=None if is_today else _settled_since(as_of),
    )
    closed_ids = tuple(changes.closed["case_id"].to_list())
    case_keys = changes.cases.select("case_id", "currency", "status", customer_id="person_id")
    open_ids = case_keys.filter(pl.col("status") == "OPEN").drop("status")
    left_alone = open_ids.filter(pl.col("customer_id").is_in(list(stops.left_alone(at=at))))
    figures = {
        "opened": changes.opened.height,
        "closed": len(closed_ids),
        "stage_changed": changes.events.filter(pl.col("kind") == "stage_changed").height,
        "open": open_ids.height,
        **_cases(changes.cases, keep_score=only_customer is not None),
        "accounts": _accounts(decided.positions, case_keys, as_of),
        "work_cancelled": _cancel_work(closed_ids, ENDS_WITH_CASE, "case closed", as_of, at, actor)
        + _cancel_work(_no_longer_late(changes.events), machines.LATE_WORK, "no longer late", as_of, at, actor)
        + _cancel_work(changes.resting["case_id"].to_list(), machines.REACHING, "nothing is late", as_of, at, actor)
        + _cancel_work(left_alone["case_id"].to_list(), machines.REACHING, "contact stopped", as_of, at, actor),
        "work_renewed": work_renewed.renew(
            changes.events, decided.standings, open_ids, policy=policy, as_of=as_of, at=at, actor=actor
        ),
        "work_opened": _work(decided.actions, open_ids, left_alone, as_of),
        "write_offs_lapsed": _lapse_write_offs(changes.cases, only_customer, as_of, at, actor),
        "write_offs_proposed": _propose_write_offs(decided, open_ids, policy=policy, as_of=as_of, actor=actor),
    }
    _events(changes.events, as_of=as_of, at=at, actor=actor)
    return Brought(figures, tuple(changes.opened["case_id"].to_list()), closed_ids, open_ids)


#: What a closed case shows of what is owed since.
FOLLOWED = ("dpd_max", "bucket", "oldest_due_on", "overdue_minor", "outstanding_minor", "account_count")
FOLLOWED_KEYS = {"case_id": pl.String, "currency": pl.String, "customer_id": pl.String}


def follow_closed(decided: Decided, *, customer_id: str, policy: NightPolicy, as_of: date) -> dict[str, str]:
    """Let the newest case of each currency of a customer, where it is closed, show the amounts of now; it stays closed.

    returns : currency → case_id of those; none while the customer is held back
    """
    if customer_id in decided.held_back:
        return {}
    # An open one is the newest there is: CLOSED comes before OPEN.
    newest = {
        one.currency: one for one in Case.objects.filter(person_id=customer_id).order_by("status", "opened_on", "pk")
    }
    followed = {currency: one.case_id for currency, one in newest.items() if not one.is_open}
    nothing = dict.fromkeys(FOLLOWED, 0) | {"bucket": policy.products.default.bucket_of(0), "oldest_due_on": None}
    standing = {row["currency"]: row for row in decided.standings.iter_rows(named=True)}
    for currency, case_id in followed.items():
        shown = standing.get(currency, nothing)
        Case.objects.filter(pk=case_id).update(**{name: shown[name] for name in FOLLOWED}, as_of=as_of)
    keys = [(case_id, currency, customer_id) for currency, case_id in followed.items()]
    _accounts(decided.positions, pl.DataFrame(keys, schema=FOLLOWED_KEYS, orient="row"), as_of)
    return followed


def _settled_since(as_of: date) -> pl.DataFrame:
    closed = Case.objects.filter(status="CLOSED", closed_on__gte=as_of).values_list("person_id", "currency").distinct()
    return pl.DataFrame(list(closed), schema=dict.fromkeys(KEY, pl.String), orient="row")


def _opened_on(as_of: date) -> set[str]:
    return set(Case.objects.filter(opened_on=as_of).values_list("case_id", flat=True))


def _open_cases(only_customer: str | None) -> pl.DataFrame:
    """The open cases, locked until the transaction ends, so that no payment changes one under the night."""
    rows = Case.objects.filter(status="OPEN").order_by("case_id")
    if only_customer is not None:
        rows = rows.filter(person_id=only_customer)
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(no_key=True, of=("self",))
    columns = rows.values_list(
        "case_id", "person_id", "currency", "stage", "bucket", "opened_on", "stage_rule", "policy_version"
    )
    return pl.DataFrame(list(columns), schema=case_changes.OPEN, orient="row")


def _cases(rows: pl.DataFrame, *, keep_score: bool) -> dict[str, int]:
    """By day an open case keeps the score that the night gave it; a closed one has none."""
    kept = {"case_id", "person_id", "currency", "opened_on"}
    written = [name for name in rows.columns if name not in kept]
    unscored = [name for name in written if name not in SCORE] if keep_score else written
    # Closing comes first: the books allow one open case per person and currency.
    updated = inserted = 0
    for status, columns in (("CLOSED", written), ("OPEN", unscored)):
        merged = staging.merge(Case, rows.filter(pl.col("status") == status), key=["case_id"], update=columns)
        inserted, updated = inserted + merged.inserted, updated + merged.updated
    return {"cases_inserted": inserted, "cases_updated": updated}


def _accounts(positions: pl.DataFrame, case_keys: pl.DataFrame, as_of: date) -> int:
    """Every account of the case's person in its currency that owes; one paid off since stays and shows zeros."""
    rows = (
        positions.join(case_keys, on=KEY, how="inner")
        .with_columns(as_of=pl.lit(as_of), owes=(OUTSTANDING > 0) | (OVERDUE > 0))
        .select("case_id", *ACCOUNT_COLUMNS, "as_of", "owes")
    )
    written = [*ACCOUNT_COLUMNS[1:], "as_of"]
    merged = staging.merge(CaseAccount, rows, key=["case_id", "account_id"], update=written, insert_if="owes")
    return merged.inserted + merged.updated


def _events(events: pl.DataFrame, *, as_of: date, at: datetime, actor: str) -> None:
    ids = [
        identifiers.dated_id(as_of, "case_event", case_id, kind, at.isoformat(), before, after)
        for case_id, kind, before, after in events.select("case_id", "kind", "before", "after").iter_rows()
    ]
    rows = events.with_columns(
        event_id=pl.Series(ids, dtype=pl.String),
        at=pl.lit(at),
        actor=pl.lit(actor),
        data=pl.lit(json.dumps({"as_of": as_of.isoformat()})),
    )
    staging.merge(CaseEvent, rows, key=["event_id"], update=[])


def _no_longer_late(events: pl.DataFrame) -> list[str]:
    """Cases that have come back from late collection."""
    back = (pl.col("kind") == "stage_changed") & ~pl.col("after").is_in(machines.LATE_STAGES)
    return events.filter(back)["case_id"].to_list()


def _cancel_work(
    case_ids: Sequence[str], kinds: Collection[str], reason: str, as_of: date, at: datetime, actor: str
) -> int:
    """What was still to be done in a case goes with it, or with the stage that asked for it."""
    before, after = "OPEN", next_status(machines.WORK, "OPEN", "cancel", noun="work")
    left = [
        row
        for some in bulk.keys_in_pieces(case_ids)
        for row in WorkItem.objects.filter(case__among=some, kind__in=kinds, status=before)
        .order_by("work_id")
        .select_for_update(no_key=True, of=("self",))
        .values_list("work_id", "case_id", "kind")
    ]
    bulk.update(WorkItem, ("status", "closed_at"), [(after, at, work_id) for work_id, *_ in left], where="TRUE")
    told = [(case_id, "work_cancelled", "", kind, reason, {"work_id": work_id}) for work_id, case_id, kind in left]
    return _tell(told, as_of=as_of, at=at, actor=actor)


def _work(actions: pl.DataFrame, open_ids: pl.DataFrame, left_alone: pl.DataFrame, as_of: date) -> int:
    """At most one of a kind is open: a kind already open keeps its row, whoever works on it.

    left_alone : the cases whose person is not contacted at all: no work asks to reach them
    """
    wanted = (
        actions.with_columns(kind=pl.col("action").replace_strict(WORK_OF_ACTION, default=None, return_dtype=pl.String))
        .filter(pl.col("kind").is_not_null())
        .join(open_ids, on=KEY, how="inner")
        .filter(
            ~(pl.col("kind").is_in(list(machines.REACHING)) & pl.col("case_id").is_in(left_alone["case_id"].to_list()))
        )
        .sort("case_id", "kind", "priority", "rule_number", descending=[False, False, True, False])
        .unique(subset=["case_id", "kind"], keep="first", maintain_order=True)
    )
    if wanted.is_empty():
        return 0
    open_now = WorkItem.objects.filter(status="OPEN").values_list("case_id", "kind")
    open_frame = pl.DataFrame(list(open_now), schema={"case_id": pl.String, "kind": pl.String}, orient="row")
    new = wanted.join(open_frame, on=["case_id", "kind"], how="anti")
    ids = [
        identifiers.derived_id("work", case_id, kind, as_of)
        for case_id, kind in new.select("case_id", "kind").iter_rows()
    ]
    rows = new.select(
        "case_id",
        "kind",
        pl.col("priority").fill_null(0),
        pl.col("reason").fill_null(""),
        "rule_number",
        work_id=pl.Series(ids, dtype=pl.String),
        status=pl.lit("OPEN"),
        due_on=pl.lit(as_of),
        outcome=pl.lit(""),
    )
    return staging.merge(WorkItem, rows, key=["work_id"], update=[]).inserted


def _lapse_write_offs(cases: pl.DataFrame, only_customer: str | None, as_of: date, at: datetime, actor: str) -> int:
    """A proposal lapses when its case closes or is bad debt no longer: it rested on what is no longer so.

    A supplement does not: what was taken back stands on the balance sheet of a debt that was written off.
    """
    before, after = "PROPOSED", next_status(machines.WRITE_OFF, "PROPOSED", "lapse", noun="write-off")
    proposed = (
        WriteOff.objects.filter(status=before, supplements__isnull=True)
        .order_by("write_off_id")
        .select_for_update(no_key=True, of=("self",))
    )
    if only_customer is not None:
        proposed = proposed.filter(case__person_id=only_customer)
    rows = pl.DataFrame(
        list(proposed.values_list("write_off_id", "case_id", "account_id")),
        schema={"write_off_id": pl.String, "case_id": pl.String, "account_id": pl.String},
        orient="row",
    )
    unfounded = cases.filter((pl.col("status") == "CLOSED") | (pl.col("stage") != "BAD_DEBT"))
    lapsed = rows.join(unfounded.select("case_id", "status"), on="case_id", how="inner").sort("write_off_id").rows()
    bulk.update(WriteOff, ("status", "decided_at"), [(after, at, row[0]) for row in lapsed], where="TRUE")
    told = [
        (
            *(case_id, "write_off.lapsed", before, after),
            "case closed" if status == "CLOSED" else "no longer bad debt",
            {"write_off_id": write_off_id, "account_id": account_id},
        )
        for write_off_id, case_id, account_id, status in lapsed
    ]
    return _tell(told, as_of=as_of, at=at, actor=actor)


def _tell(
    happened: Sequence[tuple[str, str, str, str, str, dict[str, str]]], *, as_of: date, at: datetime, actor: str
) -> int:
    """An event each: (case_id, kind, before, after, reason, data); the first datum says of what."""
    rows = []
    for case_id, kind, before, after, reason, data in happened:
        event_id = identifiers.derived_id("case_event", case_id, kind, *data.values())
        facts = data | {"as_of": as_of.isoformat()}
        rows.append((event_id, case_id, kind, before, after, reason, facts, at, actor))
    return bulk.insert(CaseEvent, work_renewed.EVENT, rows)


def _propose_write_offs(
    decided: Decided, open_ids: pl.DataFrame, *, policy: NightPolicy, as_of: date, actor: str
) -> int:
    """Propose the accounts that are themselves bad debt: an old debt does not take a young one with it."""
    wanted = decided.actions.filter(pl.col("action") == "WRITE_OFF_PROPOSAL").unique(
        subset=KEY, keep="first", maintain_order=True
    )
    if wanted.is_empty():
        return 0
    accounts = (
        decided.positions.join(wanted.select(*KEY, "reason", "rule_number"), on=KEY, how="inner")
        .join(open_ids, on=KEY, how="inner")
        .with_columns(
            dpd_max="dpd",
            overdue_minor=OVERDUE,
            outstanding_minor=OUTSTANDING,
            days_to_due=(pl.col("next_due_on") - pl.lit(as_of)).dt.total_days().cast(pl.Int32),
            written_off=pl.lit(value=False),
        )
        .filter(pl.col("overdue_minor") > 0)
    )
    bad = strategy.stages(accounts, table=policy.stages).filter(pl.col("stage") == "BAD_DEBT")
    held = list(writeoffs.holding_back().values_list("account_id", flat=True))
    rows = bad.filter(~pl.col("account_id").is_in(held)).sort("account_id")
    ids = [identifiers.derived_id("write_off", account_id, as_of) for account_id in rows["account_id"]]
    evidence = [
        json.dumps(
            {"as_of": as_of.isoformat(), "dpd": dpd, "oldest_due_on": oldest.isoformat(), "policy": policy.version}
        )
        for dpd, oldest in rows.select("dpd", "oldest_due_on").iter_rows()
    ]
    frame = rows.select(
        "case_id",
        "account_id",
        "currency",
        "reason",
        "rule_number",
        *(pl.col(f"{part}_outstanding_minor").alias(f"{part}_minor") for part in night.COMPONENTS),
        write_off_id=pl.Series(ids, dtype=pl.String),
        status=pl.lit("PROPOSED"),
        evidence=pl.Series(evidence, dtype=pl.String),
        proposed_on=pl.lit(as_of),
        proposed_by=pl.lit(actor),
        decided_by=pl.lit(""),
    )
    return staging.merge(WriteOff, frame, key=["write_off_id"], update=[]).inserted


def read_decided(files: night_files.NightFiles, as_of: date) -> Decided:
    """What the lake holds of a night, reduced to the customers whom the books may be about."""
    standings = files.read("standings", as_of)
    held_back = frozenset(files.read("quarantined", as_of)["customer_id"].drop_nulls().to_list())
    with_case = standings.filter(~pl.col("stage").is_in(strategy.WITHOUT_CASE)).select(KEY)
    open_now = pl.DataFrame(
        list(Case.objects.filter(status="OPEN").values_list("person_id", "currency")),
        schema={"customer_id": pl.String, "currency": pl.String},
        orient="row",
    )
    concerned = pl.concat([with_case, open_now])["customer_id"].unique()
    positions = files.read("positions", as_of, where=pl.col("customer_id").is_in(concerned.implode()))
    return Decided(positions, standings, files.read("actions", as_of), held_back)
