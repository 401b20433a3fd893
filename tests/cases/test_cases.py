"""Do we arrive at the figures of public lending and dunning systems? Every case is replayed or set aside by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.cases import command, gates, ladders, lenders, loans, tables
from tests.cases.catalogue import ABSENT, aside, load, minor, paths, why_aside

from arrears import policies
from arrears.rules import promises
from arrears.rules.ageing import one, reading
from arrears.rules.ageing.policy import Bucket, Component, Penalty, PenaltyGrace, Rounded, Rounding

TODAY = date(2026, 3, 31)
pytestmark = pytest.mark.skipif(not paths(), reason=ABSENT)


def loan(case: dict[str, Any]) -> list[tuple]:
    account = loans.Loan(dict(case["products"]))
    found = []
    for k, step in enumerate(case["timeline"]):
        account.ahead = case["timeline"][k + 1 :]
        if "do" in step:
            account.do(step)
        elif not why_aside(f"{case['id']}/{step['expect']}", among="expectations"):
            found += [(f"{account.today} {step['expect']}: {what}", theirs, ours)
                      for what, theirs, ours in getattr(account, f"expect_{step['expect']}")(step)]  # fmt: skip
    return found


def status_bands(case: dict[str, Any]) -> list[tuple]:
    """nexum and Zotta: names by DPD are a bucket table; the bands are theirs, the look-up is ours."""
    key = next(iter(case["vectors"][0]["out"]))
    bands: dict[str, list[int]] = {"CURRENT": [0], "EARLY": [1], "LATE": [31], "SERIOUS": [61], "DEFAULT": [91]}
    if key == "stage":
        bands = {"EARLY_1_30": [0], "MID_31_60": [31], "LATE_61_90": [61], "SEVERE_90_PLUS": [91]}
    policy = replace(reading.find("plain"), buckets=tuple(Bucket(name, start[0]) for name, start in bands.items()))
    return [(str(v["in"]), v["out"][key], policy.bucket_of(v["in"]["dpd"])) for v in case["vectors"]]


def penal_interest(case: dict[str, Any]) -> list[tuple]:
    """Frappe Lending: penal interest a year's share on overdue interest, for the days after the grace."""
    found = []
    for vector in case["vectors"]:
        said, theirs = vector["in"], vector["out"]
        rate = Fraction(str(said["penalty_rate_pct"])) / 100 / 365
        charged = Penalty(
            frozenset({Component.INTEREST}), rate, PenaltyGrace.WAIVED, Rounding.HALF_UP, Rounded.AT_POSTING
        )
        policy = replace(reading.find("plain"), penalty=charged, grace_days=5)
        left = 1 - Fraction(str(said.get("paid_fraction_of_interest", 0)))
        due = one.Due(1, TODAY, 0, int(minor(theirs["interest"]) * left))
        days = said["penalty_days"] + policy.grace_days
        aged = command.aged([due], [], policy=policy, as_of=TODAY + timedelta(days=days))
        digits = vector.get("compare_decimals", 2)
        ours = round(aged.position.outstanding.penalty_minor / 100, digits)
        found.append((str(said), round(float(theirs["penalty"]), digits), ours))
    return found


def promise_grace(case: dict[str, Any]) -> list[tuple]:
    """Zotta: a promise that nothing came of is broken three days after its day, as the shipped terms say too."""
    terms = promises.read(policies.folder())
    found = []
    for vector in case["vectors"]:
        said = vector["in"]
        days = int(said["today"].removeprefix("D") or 0)
        judged = promises.judge(
            amount_minor=100_00,
            due_on=TODAY,
            paid_minor=100_00 if said["paid"] else 0,
            is_settled=False,
            as_of=TODAY + timedelta(days=days),
            policy=terms,
        )
        found.append((str(said), vector["out"]["broken"], judged == promises.BROKEN))
    return found


REPLAYS = {
    "erpnext-dunning-01": lenders.notice_amounts,
    "erpnext-dunning-02": lenders.notice_state,
    "fineract-allocation": loan,
    "fineract-charge-off": loan,
    "fineract-chargeback": loan,
    "fineract-delinquency": loan,
    "fineract-penalty": loan,
    "fineract-re-age": loan,
    "fineract-re-amortise": loan,
    "fineract-reschedule": loan,
    "fineract-schedule-repayment": loan,
    "fineract-write-off": loan,
    "killbill-condition": tables.entry_conditions,
    "killbill-overdue": ladders.state_ladder,
    "lending-charge": lenders.open_charge,
    "lending-dpd-03": ladders.drawdown_dpd,
    "lending-dpd": ladders.dpd_log,
    "lending-metamorphic": lenders.cancelled_payment,
    "lending-penalty": penal_interest,
    "lending-writeoff": lenders.recovery,
    "nexum-status": status_bands,
    "sajg-gate": gates.gate,
    "zotta-nba": tables.next_best_action,
    "zotta-ptp": promise_grace,
    "zotta-stage": status_bands,
}


def replay_of(case_id: str):
    fits = [prefix for prefix in REPLAYS if case_id.startswith(prefix)]
    return REPLAYS[max(fits, key=len)] if fits else None


@pytest.mark.parametrize("path", paths(), ids=lambda path: path.stem)
def test_every_case_is_replayed_or_set_aside_with_a_reason(path: Path):
    assert (replay_of(path.stem) is None) != (why_aside(path.stem) is None), path.stem


@pytest.mark.parametrize("among", ["cases", "expectations"])
def test_no_reason_is_left_over(among: str):
    for prefix in aside(among):
        assert any(path.stem.startswith(prefix.partition("/")[0]) for path in paths()), prefix


@pytest.mark.parametrize("path", [path for path in paths() if replay_of(path.stem)], ids=lambda path: path.stem)
def test_it_arrives_at_the_published_figures(path: Path):
    case = load(path)
    found = replay_of(path.stem)(case)
    assert found, "a replay that compares nothing proves nothing"
    assert [line for line in found if line[1] != line[2]] == []
