"""A loan of the public cases on our engine: one small adapter per verb, one comparison per expectation."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.cases import command, journals, schedules
from tests.cases.catalogue import minor

from arrears.rules import postings
from arrears.rules.ageing import one
from arrears.rules.ageing.policy import (
    Advance,
    Allocation,
    Bucket,
    ChannelAllocation,
    Component,
    FeeBase,
    Grouping,
    LateFee,
    OrderRange,
    Policy,
    Rounding,
    Stage,
    Step,
)

NAMES = {"PENALTY": "penalties", "FEE": "fees", "INTEREST": "interest", "PRINCIPAL": "principal"}
CHARGE_NUMBERS = 1000
FUTURE = {
    "NEXT_INSTALLMENT": Advance.NEXT,
    "LAST_INSTALLMENT": Advance.LAST,
    "NEXT_LAST_INSTALLMENT": Advance.NEXT_THEN_LAST,
    "REAMORTIZATION": Advance.EVEN,
}
#: Their kinds of transaction that pay, and the verb of each.
PAYING = {
    "Repayment": "repay",
    "Down Payment": "disburse",
    "Goodwill Credit": "goodwill_credit",
    "Merchant Issued Refund": "merchant_issued_refund",
    "Payout Refund": "payout_refund",
}


def _order(words: list[str]) -> tuple:
    return tuple(Component[word.rsplit("_", 1)[-1]] for word in words)


def _step(word: str) -> Step:
    stage, component = word.rsplit("_", 1)
    return Stage[stage], Component[component]


def policy_of(product: dict[str, Any]) -> Policy:
    """The product's allocation, grace and buckets in our words; pauses stop ageing, as there."""
    said = product["allocation_order"]
    sequence: tuple[Step, ...] = ()
    if isinstance(said, dict):
        due, advance = _order(said["due"]), _order(said["in_advance"])
    elif len(said) == 4:
        due = advance = _order(said)
    else:
        sequence = tuple(_step(word) for word in said)
        due = advance = _order([word for word in said if word.startswith("DUE")])
    vertical = product.get("allocation_direction") == "VERTICAL"
    grouping = Grouping.COMPONENT_FIRST if vertical else Grouping.INSTALMENT_FIRST
    rules = {kind: FUTURE[rule] for kind, rule in product.get("future_instalment_rule", {}).items()}
    own = Allocation((OrderRange(0, grouping, due, sequence),), rules.pop("DEFAULT", Advance.NEXT), grouping, advance)
    ranges = product.get("delinquency_buckets") or [{"bucket": "RANGE_1", "min": 1}]
    fee = None
    if product.get("overdue_charge"):
        said_fee = product["overdue_charge"]
        share = Fraction(str(said_fee.get("pct", 0))) / 100
        both = frozenset({Component.PRINCIPAL, Component.INTEREST})
        fee = LateFee(0, minor(said_fee.get("flat", 0)), share, both, FeeBase.SCHEDULED, Rounding.HALF_EVEN)
    return Policy(
        code="case",
        title_en="",
        title_zh="",
        version="",
        sources=(),
        allocation=own,
        channels=tuple(ChannelAllocation(kind, replace(own, advance=rule)) for kind, rule in rules.items()),
        buckets=(Bucket("NO_DELINQUENCY", 0), *(Bucket(one["bucket"], one["min"]) for one in ranges)),
        grace_days=product.get("arrears_grace_days_loan_level", 0),
        stop_ageing=frozenset({"PAUSE"}),
        late_fee=fee,
    )


class Loan:
    """The facts so far; every answer is computed afresh from them."""

    def __init__(self, products: dict[str, Any]) -> None:
        self.products = products
        self.today = date.min
        self.dues: list[one.Due] = []
        self.charges: list[tuple[bool, date, int]] = []
        self.payments: list[one.Payment] = []
        self.pauses: list[list[date]] = []
        self.refreshed_on: date | None = None
        self.before_re_cut: list[one.Due] = []
        self.posted: list[tuple[str, str, postings.Event]] = []
        self.written_off: one.Amounts | None = None
        #: The steps that are still to come: a schedule that the lender cuts anew stands in the next expectation of one.
        self.ahead: list[dict[str, Any]] = []

    # --- verbs

    def do(self, step: dict[str, Any]) -> None:
        getattr(self, f"do_{step['do']}")(step)

    def do_set_business_date(self, step: dict[str, Any]) -> None:
        self.today = date.fromisoformat(step["date"])

    def do_create_loan(self, step: dict[str, Any]) -> None:
        self.product = self.products[step["product"]]
        self.policy = policy_of(self.product)
        self.terms = step

    def do_approve(self, step: dict[str, Any]) -> None:
        """Approval changes nothing that is owed."""

    def do_disburse(self, step: dict[str, Any]) -> None:
        terms = self.terms
        if terms.get("interest_type", "FLAT") != "FLAT" and terms["annual_rate_pct"]:
            self.re_cut()
            return
        self.dues = schedules.flat(
            date.fromisoformat(step["date"]),
            principal_minor=minor(step["amount"]),
            annual_rate=Decimal(str(terms["annual_rate_pct"])) / 100,
            every=terms["repay_every"],
            unit=schedules.Unit(terms["repay_unit"].lower()),
            count=terms["n_instalments"],
            down_payment_share=Decimal(str(self.product.get("down_payment_pct") or 0)) / 100,
            multiple_minor=100 * (self.product.get("instalment_multiple_of") or 0) or 1,
        )
        if self.product.get("down_payment_auto"):
            self.pay(step["date"], self.dues[0].principal_minor)

    def re_cut(self) -> None:
        """Take the schedule that the lender has cut, as the tape would bring it: all but the charges, which we have."""
        shown = next(step for step in self.ahead if step.get("expect") == "schedule")
        self.before_re_cut = self.dues
        self.dues = [
            one.Due(row["n"], date.fromisoformat(row["due_date"]), minor(row["principal"]), minor(row["interest"]))
            for row in shown["rows"]
            if row["n"] is not None
        ]

    def do_re_age(self, step: dict[str, Any]) -> None:
        self.re_cut()

    do_re_amortise = do_reschedule = do_re_age

    def do_undo_re_age(self, step: dict[str, Any]) -> None:
        self.dues = self.before_re_cut

    do_undo_re_amortise = do_undo_re_age

    def do_set_future_instalment_rule(self, step: dict[str, Any]) -> None:
        product = self.products[step["product"]]
        rules = {**product.get("future_instalment_rule", {}), step["for"]: step["rule"]}
        self.products[step["product"]] = {**product, "future_instalment_rule": rules}

    def do_set_fraud_flag(self, step: dict[str, Any]) -> None:
        """Changes nothing that is owed."""

    def do_charge_off(self, step: dict[str, Any]) -> None:
        self.written_off = self.aged().position.outstanding
        self.posted.append(("CHARGE_OFF", step["date"], postings.DebtWrittenOff(journals.parts(self.written_off))))

    do_write_off = do_charge_off

    def do_chargeback(self, step: dict[str, Any]) -> None:
        """The money went back: what the payment had settled is claimed anew, from the day on which it is known."""
        target = self.payments[step["payment_n"] - 1]
        parts = self.settled(target)
        scale = {name: amount * minor(step["amount"]) // target.amount_minor for name, amount in parts.items()}
        event = postings.PaymentReversed(minor(step["amount"]), scale)
        self.posted.append(("CHARGEBACK", self.today.isoformat(), event))
        self.dues.append(one.Due(len(self.dues) + 1, self.today, *(scale[name] for name in postings.COMPONENTS)))

    def do_add_charge(self, step: dict[str, Any]) -> None:
        if "due_date" in step:
            amount = minor(step["amount"]) if "amount" in step else self.share(step["pct_of_principal_plus_interest"])
            self.charges.append((step["is_penalty"], date.fromisoformat(step["due_date"]), amount))
            return
        assert step["applies"].startswith("each instalment"), step
        for k, due in enumerate(self.dues):
            base = due.principal_minor + (due.interest_minor if "interest" in step["applies"] else 0)
            fee = Decimal(base) * Decimal(str(step["pct"])) / 100 if "pct" in step else minor(step["amount"])
            self.dues[k] = replace(due, fee_minor=due.fee_minor + int(Decimal(fee).to_integral_value()))

    def share(self, pct: Any) -> int:
        scheduled = sum(due.principal_minor + due.interest_minor for due in self.dues)
        return int((Decimal(scheduled) * Decimal(str(pct)) / 100).to_integral_value())

    def pay(self, day: str, amount: int, kind: str = "REPAYMENT") -> None:
        payment = one.Payment(f"{len(self.payments):04d}", date.fromisoformat(day), amount, None, kind)
        recovered = 0
        if self.written_off:
            recovered = self.written_off.total_minor - self.aged().position.outstanding.total_minor
        self.payments.append(payment)
        if self.product.get("interest_recalculation"):
            self.re_cut()
        off = self.written_off.total_minor if self.written_off else None
        event = journals.taken(amount, self.settled(payment), written_off=off, recovered=recovered)
        self.posted.append((kind, day, event))
        self.refreshed_on = self.today

    def do_repay(self, step: dict[str, Any]) -> None:
        self.pay(step["date"], minor(step["amount"]))

    do_repayment = do_repay

    def do_goodwill_credit(self, step: dict[str, Any]) -> None:
        self.pay(step["date"], minor(step["amount"]), step["do"].upper())

    do_merchant_issued_refund = do_payout_refund = do_goodwill_credit

    def do_undo_transaction(self, step: dict[str, Any]) -> None:
        on = date.fromisoformat(step["date"])
        target = [p for p in self.payments if p.paid_on == on and p.reverses is None][step["nth"] - 1]
        undo = one.Payment(f"{len(self.payments):04d}", on, target.amount_minor, reverses=target.payment_id)
        self.payments.append(undo)

    def do_run_nightly(self, step: dict[str, Any]) -> None:
        self.refreshed_on = self.today

    def do_pause_delinquency(self, step: dict[str, Any]) -> None:
        self.pauses.append([date.fromisoformat(step["start"]), date.fromisoformat(step["end"])])

    def do_resume_delinquency(self, step: dict[str, Any]) -> None:
        self.pauses[-1][1] = date.fromisoformat(step["date"])

    # --- the account as our engine sees it

    def rows(self) -> list[one.Due]:
        """Instalments, with charges of the same day inside them and other charges as dues of their own."""
        rows = {due.due_on: due for due in self.dues}
        for k, (is_penalty, on, amount) in enumerate(self.charges):
            due = rows.get(on) or one.Due(CHARGE_NUMBERS + k, on)
            field = "penalty_minor" if is_penalty else "fee_minor"
            rows[on] = replace(due, **{field: getattr(due, field) + amount})
        return list(rows.values())

    def aged(self) -> one.Aged:
        pauses = [one.Pause(start, end, "PAUSE") for start, end in self.pauses]
        return command.aged(self.rows(), self.payments, policy=self.policy, as_of=self.today, pauses=pauses)

    def settled(self, payment: one.Payment) -> dict[str, int]:
        """What a payment has paid, by component."""
        parts = dict.fromkeys(postings.COMPONENTS, 0)
        for part in self.aged().allocations:
            if part.payment_id == payment.payment_id:
                parts[part.component.name.lower()] += part.amount_minor
        return parts

    def period_of(self, due_on: date) -> date:
        """The instalment that a charge is shown with: the first one due on or after it."""
        return min((d.due_on for d in self.dues if d.due_on >= due_on), default=self.dues[-1].due_on)

    def paused_today(self) -> bool:
        return any(start <= self.today <= end for start, end in self.pauses)

    # --- expectations: each returns (what is compared, expected, ours)

    def expect_loan_delinquency(self, step: dict[str, Any]) -> list[tuple]:
        position = self.aged().position
        oldest = position.oldest_due_on
        grace = timedelta(days=self.policy.grace_days)
        found = [
            ("past_due_days", step["past_due_days"], position.past_due_days),
            ("delinquent_days", step["delinquent_days"], position.dpd),
            ("delinquent_amount", minor(step["delinquent_amount"]), position.overdue.total_minor),
            ("delinquent_date", step["delinquent_date"], (oldest + grace).isoformat() if oldest else None),
        ]
        # A tag there is what the last refresh left behind; ours is a function of the day.
        if self.refreshed_on == self.today and not self.paused_today():
            found.append(("bucket", step["bucket"], position.bucket))
        return found

    def expect_bucket(self, step: dict[str, Any]) -> list[tuple]:
        position = self.aged().position
        on = position.oldest_due_on + timedelta(days=self.policy.grace_days) if position.oldest_due_on else None
        found = [("delinquent_date", step["delinquent_date"], on and on.isoformat())]
        return [*found, ("bucket", step["bucket"], position.bucket)]

    def expect_instalment_delinquency(self, step: dict[str, Any]) -> list[tuple]:
        """Instalments have no grace there, but carry no tag until the loan is delinquent.

        Pauses that began before an open due date are subtracted whole there and clipped here (their known defect), so
        such days are compared with the loan alone.
        """
        aged = self.aged()
        late = [i for i in aged.instalments if i.is_open and i.past_due_days > 0 and aged.position.dpd > 0]
        if any(start < i.due.due_on for start, _ in self.pauses for i in late):
            return []
        ours: dict[str, int] = defaultdict(int)
        for instalment in late:
            bucket = self.policy.bucket_of(instalment.counted_days)
            if bucket != "NO_DELINQUENCY":
                ours[bucket] += instalment.left.total_minor
        theirs = {row["bucket"]: minor(row["amount"]) for row in step["rows"]}
        return [("instalments by bucket", theirs, dict(ours))]

    def expect_pause_periods(self, step: dict[str, Any]) -> list[tuple]:
        ours = [(start <= self.today <= end, start.isoformat(), end.isoformat()) for start, end in self.pauses]
        return [("pauses", [(row["active"], row["start"], row["end"]) for row in step["rows"]], ours)]

    def expect_delinquency_actions(self, step: dict[str, Any]) -> list[tuple]:
        return [("pauses made", sum(row["action"] == "PAUSE" for row in step["rows"]), len(self.pauses))]

    def expect_status(self, step: dict[str, Any]) -> list[tuple]:
        position = self.aged().position
        settled = position.outstanding.total_minor == 0
        ours = "OVERPAID" if position.surplus_minor else "CLOSED_OBLIGATIONS_MET" if settled else "ACTIVE"
        return [("status", step["status"], ours)]

    def expect_reverted(self, step: dict[str, Any]) -> list[tuple]:
        on = date.fromisoformat(step["date"])
        gone = {p.reverses for p in self.payments if p.reverses}
        return [("reverted", True, any(p.payment_id in gone for p in self.payments if p.paid_on == on))]

    def expect_transactions(self, step: dict[str, Any]) -> list[tuple]:
        aged, gone = self.aged(), {p.reverses for p in self.payments if p.reverses}
        alive = [p for p in self.payments if p.reverses is None and p.payment_id not in gone]
        expected = [row for row in step["rows"] if row["type"] in PAYING]
        reverted = [p for p in self.payments if p.payment_id in gone]
        for payment in reverted:  # shown there with its former split; here it has never been
            expected.remove(next(row for row in expected if row["date"] == payment.paid_on.isoformat()))
        found = [("repayments", len(expected), len(alive))]
        for row, payment in zip(expected, sorted(alive, key=lambda p: (p.paid_on, p.payment_id)), strict=True):
            parts: dict[Component, int] = defaultdict(int)
            for part in aged.allocations:
                if part.payment_id == payment.payment_id:
                    parts[part.component] += part.amount_minor
            found.append((f"{row['date']} amount", minor(row["amount"]), payment.amount_minor))
            for component in Component:
                name = NAMES[component.name]
                found.append((f"{row['date']} {name}", minor(row[name]), parts[component]))
        return found

    def expect_outstanding(self, step: dict[str, Any]) -> list[tuple]:
        return [("outstanding", minor(step["amount"]), self.aged().position.outstanding.total_minor)]

    def expect_transaction(self, step: dict[str, Any]) -> list[tuple]:
        """A write-off: what was owed on its day."""
        assert self.written_off is not None, step["type"]
        parts = journals.parts(self.written_off)
        names = {"principal": "principal", "interest": "interest", "fees": "fee", "penalties": "penalty"}
        found = [(f"written off {theirs}", minor(step[theirs]), parts[name]) for theirs, name in names.items()]
        return [*found, ("written off", minor(step["amount"]), sum(parts.values()))]

    def expect_journal_entries(self, step: dict[str, Any]) -> list[tuple]:
        if step["transaction"] in ("DISBURSEMENT", "ACCRUAL"):  # the lender's core books these
            return []
        theirs = journals.theirs(step["rows"])
        mine = [journals.ours(event) for kind, day, event in self.posted
                if (kind, day) == (step["transaction"], step["date"])]  # fmt: skip
        return [(f"journal of {step['transaction']}", theirs, theirs if theirs in mine else mine)]

    def expect_charges(self, step: dict[str, Any]) -> list[tuple]:
        aged = self.aged()
        due = sum(minor(row["due"]) for row in step["rows"])
        left = sum(minor(row["outstanding"]) for row in step["rows"])
        charged = sum(i.penalty_charged_minor + i.due.penalty_minor + i.due.fee_minor for i in aged.instalments)
        owed = sum(i.left.penalty_minor + i.left.fee_minor for i in aged.instalments)
        return [("charges due", due, charged), ("charges outstanding", left, owed)]

    def periods(self) -> dict[date, dict[str, int]]:
        """Each instalment's row of the schedule as shown there, charges folded in."""
        aged, paid_on = self.aged(), {p.payment_id: p.paid_on for p in self.payments}
        rows: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        where = {i.due.number: self.period_of(i.due.due_on) for i in aged.instalments}
        for i in aged.instalments:
            row = rows[where[i.due.number]]
            row["principal"] += i.due.principal_minor
            row["interest"] += i.due.interest_minor
            row["fees"] += i.due.fee_minor
            row["penalties"] += i.due.penalty_minor + i.penalty_charged_minor
            row["outstanding"] += i.left.total_minor
        for part in aged.allocations:
            due_on = where[part.number]
            row, on = rows[due_on], paid_on[part.payment_id]
            row["paid"] += part.amount_minor
            row["paid_in_advance"] += part.amount_minor if on < due_on else 0
            row["paid_late"] += part.amount_minor if on > due_on else 0
        for row in rows.values():
            row["due"] = row["principal"] + row["interest"] + row["fees"] + row["penalties"]
        return rows

    def expect_schedule(self, step: dict[str, Any]) -> list[tuple]:
        rows = self.periods()
        found = [("periods", step["n_periods"], len(rows))]
        for row in step["rows"]:
            if row["n"] is None:
                continue
            ours = rows[date.fromisoformat(row["due_date"])]
            for key in ("principal", "interest", "fees", "penalties", "due", "paid", "paid_in_advance", "paid_late"):
                if row.get(key) is not None:
                    found.append((f"{row['due_date']} {key}", minor(row[key]), ours[key]))
            found.append((f"{row['due_date']} outstanding", minor(row["outstanding"]), ours["outstanding"]))
        return found

    def expect_schedule_totals(self, step: dict[str, Any]) -> list[tuple]:
        rows = self.periods()
        keys = [key for key in step if key != "expect" and step[key] is not None]
        return [(f"total {key}", minor(step[key]), sum(row[key] for row in rows.values())) for key in keys]
