"""The journals of the public cases beside our posting recipes: other names, the same amounts on the same side."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tests.cases.catalogue import minor

from arrears import policies
from arrears.rules import postings
from arrears.rules.ageing import one

CHART = postings.read_chart(policies.folder() / "charts" / "cn.toml")
#: What their accounts and our roles have in common; a loss is theirs by cause and ours against the allowance.
THEIRS = {
    "Loans Receivable": "principal",
    "Interest/Fee Receivable": "charges",
    "Suspense/Clearing account": "money",
    "Payment": "money",
    "Recoveries": "recovery",
    "Write Off Recovery": "recovery",
    "Overpayment account": "surplus",
    "Credit Loss/Bad Debt": "loss",
    "Credit Loss/Bad Debt-Fraud": "loss",
    "Interest Income Charge Off": "loss",
    "Fee Charge Off": "loss",
}
OURS = {"cash": "money", "interest": "charges", "fee": "charges", "penalty": "charges", "allowance": "loss"}

Lines = dict[str, int]


def theirs(rows: list[dict[str, Any]]) -> Lines:
    """Debit positive, by what the account is for."""
    lines: Lines = defaultdict(int)
    for row in rows:
        lines[THEIRS[row["account"]]] += minor(row["debit"] or 0) - minor(row["credit"] or 0)
    return {what: amount for what, amount in lines.items() if amount}


def ours(event: postings.Event) -> Lines:
    """The lines of our recipe; the memorandum of a written-off debt has no like there."""
    lines: Lines = defaultdict(int)
    for line in postings.recipe(event, chart=CHART):
        if not line.role.startswith("memo"):
            lines[OURS.get(line.role, line.role)] += line.amount_minor
    return {what: amount for what, amount in lines.items() if amount}


def parts(amounts: one.Amounts) -> dict[str, int]:
    return {name: getattr(amounts, f"{name}_minor") for name in postings.COMPONENTS}


def taken(amount: int, settled: dict[str, int], *, written_off: int | None, recovered: int = 0) -> postings.Event:
    """Money on a debt that stands in the books, or on one that was written off before."""
    if written_off is None:
        return postings.PaymentTaken(amount, settled)
    total = sum(settled.values())
    memo = postings.memo_lowered(written_off_minor=written_off, recovered_minor=recovered, settled_minor=total)
    return postings.RecoveryTaken(amount, total, memo)
