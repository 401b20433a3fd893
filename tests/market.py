"""A small lender's tape, written as the lender would write it: where tests of the night start from."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

FILES = ("customers", "contact_points", "accounts", "instalments", "payments", "pauses", "contact_history", "spending")


@dataclass
class Tape:
    """Rows by file, added account by account; `write` makes the folder."""

    rows: dict[str, list[dict[str, object]]] = field(default_factory=lambda: {name: [] for name in FILES})

    def customer(self, customer_id: str, *, mobile: str = "", name: str = "", **facts: object) -> None:
        """A customer in Shanghai, with a name and, when given, an own mobile; `facts` alike for every customer."""
        self.rows["customers"].append(
            {
                "customer_id": customer_id,
                "name": name or f"客户{customer_id}",
                "region_code": "CN-31",
                "language": "zh-Hans",
                **facts,
            }
        )
        if mobile:
            self.rows["contact_points"].append(
                {"customer_id": customer_id, "kind": "MOBILE", "value": mobile, "relation": "SELF"}
            )

    def account(
        self,
        account_id: str,
        customer_id: str,
        *,
        first_due: date,
        instalments: int = 3,
        principal: str = "100.00",
        interest: str = "5.00",
        product: str = "cash_loan",
    ) -> None:
        """An account with equal instalments every 30 days, opened 30 days before the first."""
        self.rows["accounts"].append(
            {
                "account_id": account_id,
                "customer_id": customer_id,
                "product_code": product,
                "currency": "CNY",
                "opened_on": first_due - timedelta(days=30),
                "principal": f"{instalments * float(principal):.2f}",
            }
        )
        for number in range(instalments):
            self.rows["instalments"].append(
                {
                    "account_id": account_id,
                    "number": number + 1,
                    "due_on": first_due + timedelta(days=30 * number),
                    "principal": principal,
                    "interest": interest,
                    "fee": "0.00",
                }
            )

    def payment(
        self, payment_id: str, account_id: str, paid_on: date, amount: str, *, reverses: str = "", channel: str = ""
    ) -> None:
        self.rows["payments"].append(
            {
                "payment_id": payment_id,
                "account_id": account_id,
                "paid_on": paid_on,
                "amount": amount,
                "reverses": reverses,
                "channel": channel,
            }
        )

    def contacted(self, customer_id: str, at: str, channel: str, outcome: str) -> None:
        """A contact that the lender made without us; `at` ISO, local when without an offset."""
        row = {"customer_id": customer_id, "at": at, "channel": channel, "outcome": outcome}
        self.rows["contact_history"].append(row)

    def spent(self, customer_id: str, on: date, amount: str, category: str) -> None:
        row = {"customer_id": customer_id, "spent_on": on, "amount": amount, "category": category}
        self.rows["spending"].append(row)

    def write(self, folder: Path) -> Path:
        """The folder of CSV files."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in self.rows.items():
            if rows or name == "customers":
                with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                    writer = csv.DictWriter(file, fieldnames=list(rows[0]))
                    writer.writeheader()
                    writer.writerows(rows)
        return folder


def mixed(as_of: date, *, customers: int = 24) -> Tape:
    """Customers of every kind: paid up, due in three days, a little late, long late; every third has two accounts."""
    tape = Tape()
    for n in range(customers):
        customer_id = f"C{n:03d}"
        tape.customer(customer_id, mobile=f"138{10_000_000 + n}")
        lateness = (-20, -3, 1, 5, 45, 75, 200, 0)[n % 8]
        first_due = as_of - timedelta(days=lateness)
        tape.account(f"A{n:03d}", customer_id, first_due=first_due)
        if n % 3 == 0:
            tape.account(f"B{n:03d}", customer_id, first_due=as_of - timedelta(days=12))
            tape.payment(f"P{n:03d}", f"B{n:03d}", as_of - timedelta(days=12), "105.00")
    return tape
