"""Fill empty books with made-up cases, as many as asked: for the console bench, the page tests and drawing pages.

Seeded: the same number gives the same books. It writes tables directly, so it is for throw-away homes only; nothing in
production calls it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import AutoField, Field, Model

from arrears.kernel import identifiers
from arrears.records import bulk
from arrears.records.privacy import cipher

AS_OF = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
BATCH = 5_000
PARTS = ("principal", "interest", "fee", "penalty")
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华"
REGIONS = ["CN-31", "CN-11", "CN-44", "CN-33", "CN-51", "CN-65", "CN-32", "CN-42"]
PRODUCTS = ["bnpl", "cash_loan"]
BUCKETS = [(0, "M0"), (30, "M1"), (60, "M2"), (90, "M3"), (120, "M4"), (150, "M5"), (180, "M6"), (9_999, "M7+")]
REASONS = [
    {
        "rule": "CN-HOURS",
        "citation": "GB/T 45251-2025 5.3",
        "nature": "hard",
        "counted": None,
        "max": None,
        "text_zh": "22:00 至次日 8:00 不得催收。",
        "text_en": "No collection between 22:00 and 08:00.",
    },
    {
        "rule": "CN-CALLS-DAY",
        "citation": "GB/T 45251-2025 5.3",
        "nature": "hard",
        "counted": 3,
        "max": 3,
        "text_zh": "当日已接通 3 次，不得再拨打。",
        "text_en": "Three calls were already answered today.",
    },
]


def fill(cases: int, *, seed: int = 1) -> None:
    """Write people, contact points, cases, accounts, events, work, contacts, verdicts, payments and write-offs."""
    chance = random.Random(seed)  # noqa: S311 (made-up data, not secrets)
    _insert(_model("compliance.Grounds"), [{"digest": _grounds(one), "reasons": [one]} for one in REASONS])
    for start in range(0, cases, BATCH):
        _fill_batch(range(start, min(cases, start + BATCH)), chance)
    _fill_nights()


def _model(label: str) -> type[Model]:
    return apps.get_model(label)


def _fill_batch(numbers: range, chance: random.Random) -> None:
    made: dict[str, list[dict[str, Any]]] = {}
    for number in numbers:
        for label, fields in _one(number, chance):
            made.setdefault(label, []).append(fields)
    with transaction.atomic():
        for label, rows in made.items():
            _insert(_model(label), rows)


def _insert(model: type[Model], rows: list[dict[str, Any]]) -> None:
    """Insert rows by column name, those that a row leaves out with the model's own defaults."""
    columns = [field for field in model._meta.concrete_fields if not isinstance(field, AutoField)]
    defaults = {field.attname: _default(field) for field in columns}
    names = [field.attname for field in columns]
    bulk.insert(model, names, ([(defaults | row)[name] for name in names] for row in rows))


def _default(field: Field[Any, Any]) -> Any:
    """A field's default as a value; one that the database would fill in is written out."""
    return field.db_default if field.has_db_default() else field.get_default()


def _bucket(dpd: int) -> str:
    return next(name for limit, name in BUCKETS if dpd <= limit)


def _one(number: int, chance: random.Random) -> Iterator[tuple[str, dict[str, Any]]]:
    customer_id = f"C{number:07d}"
    name = chance.choice(FAMILY) + "".join(chance.choice(GIVEN) for _ in range(chance.randint(1, 2)))
    mobile = f"+86138{number:08d}"
    point_id = identifiers.derived_id("point", customer_id, mobile)
    yield (
        "people.Person",
        {
            "customer_id": customer_id,
            "region_code": chance.choice(REGIONS),
            "timezone": "Asia/Shanghai",
            "language": "zh-hans" if number % 20 else "en",
            "name_sealed": cipher.seal(name, context=f"people.person.name:{customer_id}"),
            "name_index": cipher.blind_index("name", name),
        },
    )
    yield (
        "people.ContactPoint",
        {
            "contact_point_id": point_id,
            "person_id": customer_id,
            "kind": "MOBILE",
            "relation": "SELF",
            "value_sealed": cipher.seal(mobile, context=f"people.contact_point.value:{point_id}"),
            "value_index": cipher.blind_index("phone", mobile),
            "verified_on": date(2026, 1, 5) if number % 3 else None,
        },
    )
    yield from _case(number, customer_id, point_id, chance)


def _case(number: int, customer_id: str, point_id: str, chance: random.Random) -> Iterator[tuple[str, dict[str, Any]]]:
    currency = "USD" if number % 97 == 0 else "CNY"
    dpd = min(720, int(chance.expovariate(1 / 45)) + 1)
    dpd = 240 if number % 40 == 11 else dpd
    stage = "EARLY" if dpd <= 60 else "LATE" if dpd <= 180 else "BAD_DEBT"
    opened = AS_OF - timedelta(days=dpd - 1)
    case_id = identifiers.derived_id("case", customer_id, currency, opened)
    accounts = [_account(f"A{number:07d}-{part}", case_id, dpd, chance) for part in range(1 + (number % 5 == 0))]
    totals = {
        kind: sum(row[f"{part}_{kind}_minor"] for row in accounts for part in PARTS)
        for kind in ("overdue", "outstanding")
    }
    is_closed = number % 25 == 24
    yield (
        "cases.Case",
        {
            "case_id": case_id,
            "person_id": customer_id,
            "currency": currency,
            "status": "CLOSED" if is_closed else "OPEN",
            "stage": stage,
            "stage_rule": {"EARLY": 3, "LATE": 4, "BAD_DEBT": 5}[stage],
            "opened_on": opened,
            "closed_on": AS_OF if is_closed else None,
            "close_reason": "CURED" if is_closed else "",
            "dpd_max": dpd,
            "bucket": _bucket(dpd),
            "oldest_due_on": opened - timedelta(days=1),
            "overdue_minor": totals["overdue"],
            "outstanding_minor": totals["outstanding"],
            "account_count": len(accounts),
            "cure_share_est": round(max(0.02, 0.9 - dpd / 200), 3),
            "score_reason": "M1/FIRST n=60 dpd-8",
            "policy_version": "made-up-1",
            "as_of": AS_OF,
        },
    )
    for row in accounts:
        yield "cases.CaseAccount", row
    yield "cases.CaseEvent", _event(case_id, "opened", opened, after="EARLY")
    if stage != "EARLY":
        moved = opened + timedelta(days=60)
        yield "cases.CaseEvent", _event(case_id, "stage_changed", moved, before="EARLY", after="LATE")
    yield from _around(number, customer_id, point_id, case_id, stage, chance)
    if stage == "BAD_DEBT" and not is_closed:
        yield "writeoffs.WriteOff", _write_off(accounts[0], case_id, currency)
    if number % 4 == 0:
        yield (
            "ledger.Payment",
            {
                "payment_id": f"P{number:07d}",
                "account_id": accounts[0]["account_id"],
                "customer_id": customer_id,
                "paid_on": AS_OF,
                "booked_at": NOON,
                "amount_minor": chance.randint(5_000, 90_000),
                "currency": currency,
                "channel": "transfer",
                "source": "API",
                "actor": "api:1",
            },
        )


def _account(account_id: str, case_id: str, dpd: int, chance: random.Random) -> dict[str, Any]:
    principal = chance.randint(20_000, 900_000)
    outstanding = principal + chance.randint(100_000, 3_000_000)
    return {
        "case_id": case_id,
        "account_id": account_id,
        "product_code": chance.choice(PRODUCTS),
        "dpd": dpd,
        "past_due_days": dpd + 3,
        "bucket": _bucket(dpd),
        "oldest_due_on": AS_OF - timedelta(days=dpd),
        "next_due_on": AS_OF + timedelta(days=chance.randint(1, 28)),
        "next_due_minor": principal // 3,
        "principal_outstanding_minor": outstanding,
        "interest_outstanding_minor": outstanding // 40,
        "fee_outstanding_minor": 0,
        "penalty_outstanding_minor": principal * dpd // 2_000,
        "principal_overdue_minor": principal,
        "interest_overdue_minor": principal // 60,
        "fee_overdue_minor": 0,
        "penalty_overdue_minor": principal * dpd // 2_000,
        "paid_total_minor": chance.randint(0, 400_000),
        "surplus_minor": 0,
        "as_of": AS_OF,
    }


def _event(case_id: str, kind: str, on: date, *, before: str = "", after: str = "") -> dict[str, Any]:
    return {
        "event_id": identifiers.derived_id("case_event", case_id, kind, on, before, after),
        "case_id": case_id,
        "at": datetime(on.year, on.month, on.day, 18, 0, tzinfo=UTC),
        "kind": kind,
        "before": before,
        "after": after,
        "actor": f"night:{on}",
    }


def _around(
    number: int, customer_id: str, point_id: str, case_id: str, stage: str, chance: random.Random
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Work and contacts of one case."""
    kind = {"EARLY": "CALL", "LATE": chance.choice(["VISIT", "AGENCY", "LEGAL"]), "BAD_DEBT": "LEGAL"}[stage]
    yield (
        "cases.WorkItem",
        {
            "work_id": identifiers.derived_id("work", case_id, kind, AS_OF),
            "case_id": case_id,
            "kind": kind,
            "due_on": AS_OF - timedelta(days=chance.randint(0, 3)),
            "priority": chance.randint(0, 9) * 10,
            "reason": "dpd",
            "rule_number": 7,
        },
    )
    statuses = ["DELIVERED", "SENT", "FAILED", "REFUSED", "IN_DOUBT", "PLANNED"]
    weights = [60, 12, 6, 6, 1, 15]
    for step in range(2):
        status = chance.choices(statuses, weights)[0]
        is_held = status == "PLANNED" and step == 1
        planned = NOON - timedelta(days=step, minutes=number % 600)
        contact_id = identifiers.dated_id(planned.date(), "contact", customer_id, case_id, step)
        yield (
            "contacts.Contact",
            {
                "contact_id": contact_id,
                "person_id": customer_id,
                "case_id": case_id,
                "contact_point_id": point_id,
                "channel": "SMS",
                "purpose": "COLLECT",
                "status": status,
                "template": "early_first",
                "template_version": "1",
                "facts": {"amount_minor": 12345, "currency": "CNY"},
                "as_of": AS_OF - timedelta(days=step),
                "rule_number": 2,
                "reason": "dpd",
                "planned_for": planned,
                "not_before": planned + timedelta(hours=9) if is_held else planned,
                "expires_at": planned + timedelta(days=1),
                "sent_at": planned if status in {"SENT", "DELIVERED"} else None,
                "timezone": "Asia/Shanghai",
                "vendor": "sandbox",
                "actor": f"night:{AS_OF}",
            },
        )
        allowed = not is_held and status != "REFUSED"
        yield (
            "compliance.Verdict",
            {
                "contact_id": contact_id,
                "customer_id": customer_id,
                "phase": "PLAN",
                "at": planned,
                "allowed": allowed,
                "not_before": planned + timedelta(hours=9) if is_held else None,
                "pack": "cn+house@2026.1",
                "grounds_id": None if allowed else _grounds(REASONS[number % 2]),
            },
        )


def _grounds(reason: dict[str, Any]) -> str:
    return identifiers.derived_id("grounds", reason["rule"])


def _write_off(account: dict[str, Any], case_id: str, currency: str) -> dict[str, Any]:
    return {
        "write_off_id": identifiers.derived_id("write_off", account["account_id"]),
        "case_id": case_id,
        "account_id": account["account_id"],
        "currency": currency,
        **{f"{part}_minor": account[f"{part}_outstanding_minor"] for part in PARTS},
        "reason": "dpd",
        "rule_number": 9,
        "evidence": {"dpd_max": account["dpd"]},
        "proposed_on": AS_OF,
        "proposed_by": f"night:{AS_OF}",
    }


def _fill_nights() -> None:
    nights = []
    for days in range(8):
        on = AS_OF - timedelta(days=days)
        nights.append(
            _model("runs.Night")(
                as_of=on,
                status="DONE",
                started_at=NOON - timedelta(days=days),
                finished_at=NOON - timedelta(days=days),
                partitions=8,
                partitions_done=8,
                figures={
                    "tape": on.isoformat(),
                    "accounts": 24_000,
                    "quarantined": 3,
                    "cases": {"opened": 41 + days, "closed": 38, "stage_changed": 6, "open": 200, "work_opened": 33},
                    "contacts": {"planned": 180, "held": 12, "refused": 7},
                    "seconds": {"FACTS": 0.21, "PARTITIONS": 2.4, "FIGURES": 0.1, "BOOKS": 1.2, "CONTACTS": 0.8},
                },
            )
        )
    _model("runs.Night").objects.bulk_create(nights)  # type: ignore[attr-defined]
    files = [
        {
            "file": "payments.csv",
            "table": "payments",
            "read": 51_200,
            "accepted": 51_188,
            "quarantined": 12,
            "unknown_columns": ["memo"],
            "reasons": {"amount_negative": 7, "account_unknown": 5},
        },
        {"file": "accounts.csv", "table": "accounts", "read": 24_003, "accepted": 24_003, "quarantined": 0},
    ]
    totals = {"read": 75_203, "accepted": 75_191, "quarantined": 12}
    _model("runs.TapeIngest").objects.create(  # type: ignore[attr-defined]
        as_of=AS_OF, ingested_at=NOON, report={"files": files, **totals}
    )
