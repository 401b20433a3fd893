"""The public cases of reminder ladders and DPD logs on our engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from tests.cases import command
from tests.cases.catalogue import minor

from arrears.rules.ageing import one, reading
from arrears.rules.ageing.policy import Bucket


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
    """Kill Bill: the state is the highest rung reached from today's oldest unpaid invoice: a table of buckets."""
    policy = reading.find("plain")
    dues: list[one.Due] = []
    payments: list[one.Payment] = []
    found, on = [], date.min

    def state(day: date) -> str:
        invoiced = [due for due in dues if due.due_on <= day]
        return command.aged(invoiced, payments, policy=policy, as_of=day).position.bucket

    for step in case["timeline"]:
        on = date.fromisoformat(step["date"]) if "date" in step else on
        match step.get("do") or step["expect"]:
            case "set_states":
                reached = [Bucket(one_state["name"], one_state["days"]) for one_state in step["states"]]
                policy = replace(policy, buckets=(Bucket("CLEAR", 0), *reached))
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
