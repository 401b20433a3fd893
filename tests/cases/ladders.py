"""The public cases of reminder ladders and DPD logs on our engine."""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.cases import command
from tests.cases.catalogue import minor

from arrears.rules import ladders
from arrears.rules.ageing import one, reading

TODAY = date(2026, 3, 31)


def oldest_open(dues: list[one.Due], payments: list[one.Payment], on: date) -> date | None:
    """The oldest unpaid due date, straight from the engine; the due day itself counts here."""
    policy = replace(reading.find("plain"), due_day_offset=1)
    return command.aged([d for d in dues if d.due_on <= on], payments, policy=policy, as_of=on).position.oldest_due_on


def dpd_log(case: dict[str, Any]) -> list[tuple]:
    """Frappe Lending: DPD day by day, an instalment unpaid on its due day counting 1."""
    policy = replace(reading.find("plain"), due_day_offset=1)
    dues: list[one.Due] = []
    payments: list[one.Payment] = []
    found = []
    for step in case["timeline"]:
        if step.get("do") == "demand":
            dues.append(one.Due(len(dues) + 1, date.fromisoformat(step["due_date"]), minor(step["amount"])))
        elif step.get("do") == "repay":
            payments.append(one.Payment(str(len(payments)), date.fromisoformat(step["date"]), minor(step["amount"])))
        else:
            assert step["expect"] == "dpd_by_day", step
            offset = 1 if step.get("convention") == "due_day_counts_as_1" else 0
            for row in step["rows"]:
                on = date.fromisoformat(row["date"])
                said = replace(policy, due_day_offset=offset)
                ours = command.aged(dues, payments, policy=said, as_of=on).position.dpd
                found.append((row["date"], row["dpd"], ours))
    return found


def drawdown_dpd(case: dict[str, Any]) -> list[tuple]:
    """Each drawdown is an account; what was demanded is what its repayments there settled in full."""
    policy = replace(reading.find("plain"), due_day_offset=1)
    steps = case["timeline"]
    found = []
    for drawdown in (step for step in steps if step.get("do") == "drawdown"):
        repaid = [s for s in steps if s.get("do") == "repay" and s["drawdown"] == drawdown["id"]]
        demanded = one.Due(1, date.fromisoformat(drawdown["first_due"]), sum(minor(s["amount"]) for s in repaid))
        payments = [
            one.Payment(str(k), date.fromisoformat(s["date"]), minor(s["amount"])) for k, s in enumerate(repaid)
        ]
        for step in steps:
            if step.get("expect") == "drawdown_dpd" and step["drawdown"] == drawdown["id"]:
                on = date.fromisoformat(step["date"])
                ours = command.aged([demanded], payments, policy=policy, as_of=on).position.dpd
                found.append((f"{drawdown['id']} {step['date']}", step["dpd"], ours))
    return found


def state_ladder(case: dict[str, Any]) -> list[tuple]:
    """Kill Bill: the state is the highest rung reached from today's oldest unpaid invoice."""
    rungs: list[ladders.Rung] = []
    dues: list[one.Due] = []
    payments: list[one.Payment] = []
    found, on = [], date.min

    def state(day: date) -> str:
        level = ladders.level_at(rungs, oldest_due_on=oldest_open(dues, payments, day), on=day)
        return rungs[level - 1].name if level else "CLEAR"

    for step in case["timeline"]:
        on = date.fromisoformat(step["date"]) if "date" in step else on
        match step.get("do") or step["expect"]:
            case "set_states":
                rungs = [ladders.Rung(one_state["name"], one_state["days"]) for one_state in step["states"]]
            case "invoice":
                dues.append(one.Due(len(dues) + 1, on, minor(step["amount"])))
            case "pay" | "pay_invoice":
                amount = minor(step["amount"]) if "amount" in step else dues[step.get("nth", 1) - 1].principal_minor
                payments.append(one.Payment(str(len(payments)), on, amount))
            case "pay_all":
                owed = command.aged(dues, payments, policy=reading.find("plain"), as_of=on).position
                payments.append(one.Payment(str(len(payments)), on, owed.outstanding.total_minor))
            case "state_by_day":
                found += [(row["date"], row["state"], state(date.fromisoformat(row["date"]))) for row in step["rows"]]
            case "state":
                found.append((f"state on {on}", step["state"], state(on)))
            case verb:
                raise AssertionError(f"no adapter for {verb}")
    return found


def relative(text: str) -> date:
    """T, T-6m, T-15d and D+5 of the cases, as dates."""
    if text[:1] == "D":
        return TODAY + timedelta(days=int(text[1:] or 0))
    if text == "T":
        return TODAY
    count, unit = int(text[1:-1]), text[-1]
    if unit == "d":
        return TODAY + timedelta(days=count)
    year, month = divmod(TODAY.year * 12 + TODAY.month - 1 + count, 12)
    return date(year, month + 1, min(TODAY.day, calendar.monthrange(year, month + 1)[1]))


def credit_control(case: dict[str, Any]) -> list[tuple]:
    """OCA: one rung a run, end-of-month and after-previous rungs, and no run before the last one."""
    found, sent, taken, refused = [], 0, ladders.Taken(), False
    last_run: date | None = None
    for step in case["timeline"]:
        match step.get("do") or step["expect"]:
            case "set_levels":
                words = {"NET_DAYS": ladders.Anchor.DUE, "END_OF_MONTH": ladders.Anchor.END_OF_MONTH}
                rungs = [
                    ladders.Rung(str(k), level["days"], words.get(level["mode"], ladders.Anchor.PREVIOUS))
                    for k, level in enumerate(step["levels"], 1)
                ]
            case "receivable":
                due_on = relative(step["due"])
            case "run":
                on = relative(step["date"])
                try:
                    rung = ladders.next_rung(rungs, due_on=due_on, taken=taken, on=on)
                except ladders.RunOutOfOrder:
                    refused = True
                    continue
                assert last_run is None or on >= last_run
                last_run = on
                if rung:
                    sent, taken = sent + 1, ladders.Taken(taken.rungs + 1, on)
            case "reminders_total":
                found.append(("reminders", step["n"], sent))
            case "refused":
                found.append(("refused", True, refused))
            case verb:
                raise AssertionError(f"no adapter for {verb}")
    return found


def procedure(case: dict[str, Any]) -> list[tuple]:
    """Tryton: a draft reminder of the next rung, which counts once processed; fees by rung on the original line."""
    found: list[tuple] = []
    taken, draft, charged, amount, asked = ladders.Taken(), None, 0, 0, False
    fees: list[dict[str, Any]] = []
    for step in case["timeline"]:
        match step.get("do") or step["expect"]:
            case "set_levels":
                rungs = [ladders.Rung(str(k), days) for k, days in enumerate(step["days"], 1)]
                fees = step.get("fees", [])
            case "receivable":
                due_on, amount = relative(step["due"]), minor(step["amount"])
            case "generate":
                on = TODAY + timedelta(days=step["day"])
                draft = ladders.next_rung(rungs, due_on=due_on, taken=taken, on=on)
                asked = True
            case "process":
                assert draft is not None
                taken = ladders.Taken(taken.rungs + 1, on)
                if fees:
                    fee = fees[taken.rungs - 1]
                    share = Decimal(amount) * Decimal(str(fee.get("pct_of_line", 0))) / 100
                    charged += minor(fee.get("flat", 0)) + int(share)
                draft, asked = None, False
            case "reminders":
                done = ladders.is_final(rungs, taken=taken) and asked
                state = "FINAL" if done else "DRAFT" if draft else "WAITING"
                level = int(draft.name) if draft else taken.rungs
                found += [("level", step["level"], level), ("state", step["state"], state)]
            case "balances":
                found.append(("receivable", minor(step["receivable"]), amount + charged))
            case verb:
                raise AssertionError(f"no adapter for {verb}")
    return found


def campaign(case: dict[str, Any]) -> list[tuple]:
    """Lago: attempts per currency, more than so many days apart, above the currency's threshold, finished once."""
    found: list[tuple] = []
    overdue: dict[str, int] = {}
    taken: dict[str, ladders.Taken] = {}
    finished = 0
    for step in case["timeline"]:
        match step.get("do") or step["expect"]:
            case "set_campaign":
                thresholds = {currency: minor(amount) for currency, amount in step["thresholds"].items()}
                rules = ladders.Campaign(step["max_attempts"], step["days_between"], thresholds)
            case "overdue_invoice":
                overdue[step["currency"]] = overdue.get(step["currency"], 0) + minor(step["amount"])
            case "run_nightly":
                on = date.fromisoformat(step["date"])
                for currency, amount in overdue.items():
                    so_far = taken.get(currency, ladders.Taken())
                    if ladders.attempt_due(rules, currency=currency, overdue_minor=amount, taken=so_far, on=on):
                        taken[currency] = ladders.Taken(so_far.rungs + 1, on)
                        everything = [taken.get(c, ladders.Taken()).rungs for c in overdue]
                        finished += all(rungs >= rules.attempts_max for rungs in everything)
            case "attempts":
                ours = {currency: one_taken.rungs for currency, one_taken in taken.items()}
                found += [("attempts", step["counts"], ours), ("requests", step["requests"], sum(ours.values()))]
            case "event_count":
                found.append((step["event"], step["n"], finished))
            case verb:
                raise AssertionError(f"no adapter for {verb}")
    return found
