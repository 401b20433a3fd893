"""The public cases of loans whose schedule is the lender's, and of notices on what is overdue."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from tests.cases import command, journals, schedules
from tests.cases.catalogue import minor

from arrears.rules import postings
from arrears.rules.ageing import one, reading
from arrears.rules.ageing.policy import Component, FeeBase, LateFee, Penalty, PenaltyGrace, Rounded, Rounding

PLAIN = reading.find("plain")
TODAY = date(2026, 3, 31)


def annuity(step: dict[str, Any]) -> list[one.Due]:
    """Equal instalments on the falling balance, rounded up to a whole unit, as such a lender's tape has them.

    Only what is asserted without its interest may be compared: the amounts are the lender's own to say.
    """
    rate = Decimal(str(step["annual_rate_pct"])) / 1200
    count, balance = step["n_instalments"], Decimal(str(step["principal"]))
    instalment = (balance * rate / (1 - (1 + rate) ** -count)).to_integral_value(ROUND_CEILING)
    dues = []
    first = date.fromisoformat(step["first_due"])
    later = schedules.due_dates(first, every=1, unit=schedules.Unit.MONTHS, count=count)
    for k, due_on in enumerate([first, *later[:-1]], 1):
        interest = (balance * rate).quantize(Decimal("0.01"), ROUND_HALF_UP)
        principal = balance if k == count else min(instalment - interest, balance)
        balance -= principal
        dues.append(one.Due(k, due_on, minor(principal), minor(interest)))
    return dues


def cancelled_payment(case: dict[str, Any]) -> list[tuple]:
    """Frappe Lending: a cancelled payment leaves the account as if it had never been, in every compared figure."""
    found = []
    for asked in map(date.fromisoformat, case["at"]):
        a, b = (_figures(case[name], asked) for name in ("timeline_a", "timeline_b"))
        found += [(f"{asked} {figure}", b[figure], a[figure]) for figure in case["compare"]]
    return found


def _figures(timeline: list[dict[str, Any]], asked: date) -> dict[str, int]:
    dues, payments = annuity(timeline[0]), []
    for step in timeline[1:]:
        on = date.fromisoformat(step["value_date"])
        if step["do"] == "repay":
            payments.append(one.Payment(f"p{len(payments)}", on, minor(step["amount"])))
        else:
            target = next(p for p in payments if p.paid_on == on and p.reverses is None)
            payments.append(one.Payment(f"p{len(payments)}", on, target.amount_minor, reverses=target.payment_id))
    position = command.aged(dues, payments, policy=PLAIN, as_of=asked).position
    lent = sum(due.principal_minor for due in dues)
    return {
        "interest_payable": position.overdue.interest_minor,
        "principal_paid": lent - position.outstanding.principal_minor,
        "pending_principal": position.outstanding.principal_minor,
    }


def open_charge(case: dict[str, Any]) -> list[tuple]:
    """Frappe Lending: the whole schedule is paid ahead and a charge is not; what the payment covers is the schedule."""
    charge = repaid = None
    for step in case["timeline"]:
        charge = step if step.get("do") == "add_charge" else charge
        repaid = step if step.get("do") == "repay" else repaid
    assert charge
    assert repaid
    on = date.fromisoformat(repaid["date"])
    dues = [
        one.Due(1, on, minor(repaid["amount"])),
        one.Due(2, date.fromisoformat(charge["due_date"]), 0, 0, minor(charge["amount"])),
    ]
    aged = command.aged(dues, [one.Payment("p", on, minor(repaid["amount"]))], policy=PLAIN, as_of=on)
    left = {i.due.number: i.left.total_minor for i in aged.instalments}
    ours = {
        "schedule_status": "ACTIVE" if left[1] else "CLOSED",
        "loan_status": "ACTIVE" if any(left.values()) else "CLOSED",
    }
    return [(s["expect"], s["status"], ours[s["expect"]]) for s in case["timeline"] if s.get("expect") in ours]


def recovery(case: dict[str, Any]) -> list[tuple]:
    """Frappe Lending: money on a written-off debt, and its cancellation; beyond the principal it paid interest."""
    steps = case["timeline"]
    loan, off = steps[0], next(step for step in steps if step.get("do") == "write_off")
    first = date.fromisoformat(loan["first_due"])
    most = max(minor(step["amount"]) for step in steps if step.get("do") == "recover")
    due = one.Due(1, first, minor(loan["principal"]), max(most - minor(loan["principal"]), 0))
    payments: list[one.Payment] = []
    found: list[tuple] = []
    for step in steps:
        match step.get("do") or step["expect"]:
            case "recover":
                on = date.fromisoformat(step["date"])
                payments.append(one.Payment(f"p{len(payments)}", on, minor(step["amount"])))
            case "cancel_last_recovery":
                last = payments[-1]
                payments.append(replace(last, payment_id="undo", reverses=last.payment_id))
            case "principal_paid":
                left = command.aged([due], payments, policy=PLAIN, as_of=on).position.outstanding.principal_minor
                found.append(("principal paid", minor(step["amount"]), due.principal_minor - left))
            case "journal_entries":
                settled = {"principal": payments[-1].amount_minor}
                event = journals.taken(payments[-1].amount_minor, settled, written_off=minor(off["amount"]))
                assert isinstance(event, postings.RecoveryTaken)
                found.append(("journal", journals.theirs(step["rows"]), journals.ours(event)))
    return found


def notice_amounts(case: dict[str, Any]) -> list[tuple]:
    """ERPNext: a notice's interest by days late is a penalty at a year's rate over 365, its fee a late fee."""
    found = []
    for vector in case["vectors"]:
        said, theirs = vector["in"], vector["out"]
        rate = Fraction(str(said["annual_rate_pct"])) / 100 / 365
        base = frozenset({Component.PRINCIPAL})
        policy = replace(
            PLAIN,
            penalty=Penalty(base, rate, PenaltyGrace.NONE, Rounding.HALF_UP, Rounded.AT_POSTING),
            late_fee=LateFee(0, minor(said["fee"]), Fraction(0), frozenset(), FeeBase.SCHEDULED, Rounding.HALF_UP),
        )
        due = one.Due(1, TODAY - timedelta(days=said["days_late"]), minor(said["outstanding"]))
        owed = command.aged([due], policy=policy, as_of=TODAY).position.outstanding
        found.append((f"{said} notice", minor(theirs["dunning_amount"]), owed.penalty_minor))
        found.append((f"{said} total", minor(theirs["total"]), owed.total_minor))
        bare = command.aged([due], policy=replace(policy, late_fee=None), as_of=TODAY).position.outstanding
        found.append((f"{said} interest", minor(theirs["interest"]), bare.penalty_minor))
    return found


def notice_state(case: dict[str, Any]) -> list[tuple]:
    """ERPNext: a notice is resolved while nothing of its lines is overdue; a state that a cancellation takes back."""
    dues: list[one.Due] = []
    payments: list[one.Payment] = []
    found: list[tuple] = []
    for step in case["timeline"]:
        position = command.aged(dues, payments, policy=PLAIN, as_of=TODAY).position
        match step.get("do") or step["expect"]:
            case "receivable":
                start = TODAY - timedelta(days=step["age_days"])
                dues = [
                    one.Due(k, start + timedelta(days=part["credit_days"]), minor(step["amount"] * part["pct"]) // 100)
                    for k, part in enumerate(step["instalments"], 1)
                ]
            case "create_notice":
                late = command.aged(dues, payments, policy=PLAIN, as_of=TODAY).instalments
                lines = [i.due.number for i in late if i.is_open and i.past_due_days > 0]
            case "notice_lines":
                found.append(("lines", [step["instalment"]] * step["n"], lines))
            case "pay_notice":
                payments.append(one.Payment("p", TODAY, position.overdue.total_minor))
            case "cancel_payment":
                payments.append(one.Payment("undo", TODAY, payments[0].amount_minor, reverses="p"))
            case "notice":
                found.append(("notice", step["status"], "UNRESOLVED" if position.overdue.total_minor else "RESOLVED"))
            case "invoice":
                paid = "PARTLY_PAID" if position.paid_total_minor else "UNPAID"
                found.append(("invoice", step["status"], "OVERDUE" if position.overdue.total_minor else paid))
            case verb:
                raise AssertionError(f"no adapter for {verb}")
    return found
