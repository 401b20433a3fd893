"""Do the system's books say what they must? An independent auditor that keeps books of its own and compares.

Used by the demo, by runs of the market and by tests: it sees every tape the system was given (`see`), is shown the
system's books (`BooksView`) and returns findings (`audit`) or stops the run (`check`). It is written from the rules in
plain Python and Decimal; it must never use arrears.rules.ageing nor look into the market's own memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from arrears.kernel.errors import Refusal
from arrears.simulator import auditor_books, auditor_contacts
from arrears.simulator.auditor_books import Account, Expected, OwnBooks, ProductRules
from arrears.simulator.auditor_contacts import ContactRules

STOPS = pl.Schema({"customer_id": pl.String, "since": pl.Datetime("us", "UTC"), "reason": pl.String})


@dataclass(frozen=True)
class BooksView:
    """What the system's books say, as frames; extra columns are ignored.

    positions  : one row per account_id at as_of: account_id, paid_total_minor, surplus_minor, oldest_due_on (date or
                 null), past_due_days, and {principal,interest,fee}_{outstanding,overdue}_minor, all int64 minor units
    open_cases : one row per open case: customer_id
    contacts   : one row per contact that went out (or may have): contact_id, customer_id, at (aware UTC), channel,
                 outcome; optional purpose (default COLLECT), relation (default SELF), contact_point_id. Pass those
                 since the last audit, whole days at a time: caps are counted within the frame
    stops      : one row per person who must not be contacted: customer_id, since (aware UTC), reason
    """

    positions: pl.DataFrame
    open_cases: pl.DataFrame
    contacts: pl.DataFrame | None = None
    stops: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=STOPS))


@dataclass(frozen=True)
class AuditRules:
    """The rules the books are judged by; set them to the policies the run uses.

    products        : product_code → its rules, written down by hand; any other product has `plain`
    case_opens_days : a customer with so many counted days must have an open case; below, one may exist while anything
                      is overdue; with nothing overdue there must be none
    """

    products: Mapping[str, ProductRules] = field(default_factory=dict)
    plain: ProductRules = field(default_factory=ProductRules)
    case_opens_days: int = 4
    contacts: ContactRules = field(default_factory=ContactRules)

    def of(self, account: Account) -> ProductRules:
        """The rules of an account's product."""
        return self.products.get(account.product_code, self.plain)


def shipped() -> AuditRules:
    """Rules for the shipped Chinese products, copied by hand from their policies' texts, not read from them."""
    cash = ProductRules(tolerance_minor=100, penalty_daily_max=Decimal("0.00065"), component_first_from=91)
    line = ProductRules(tolerance_minor=1000, penalty_daily_max=Decimal("0.0005"), component_first_from=91)
    return AuditRules(products={"cash_loan_cn": cash, "bnpl_cn": line})


@dataclass(frozen=True)
class Finding:
    """One disagreement. `expected` is the auditor's figure, `found` the books'."""

    code: str
    subject: str
    message: str
    expected: object = None
    found: object = None


class AuditorDisagrees(Refusal):
    code = "auditor_disagrees"
    message = "The auditor disagrees with the books at {count} points; the first: {first}"

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__(count=len(findings), first=findings[0].message)


class Auditor:
    """Sees tapes, keeps its own books, judges the system's."""

    def __init__(self, rules: AuditRules | None = None) -> None:
        self.rules = rules or AuditRules()
        self.books = OwnBooks()

    def see(self, frames: Mapping[str, pl.DataFrame]) -> None:
        """Take in a tape (whole or changes) in the external form: accounts, instalments, payments, pauses."""
        self.books.see(frames)

    def expected(self, as_of: date) -> dict[str, Expected]:
        """What every account opened by `as_of` must show then, were no money spent on penalties."""
        return {
            account.account_id: auditor_books.expected(account, as_of, self.rules.of(account))
            for account in self.books.accounts.values()
            if account.opened_on <= as_of
        }

    def audit(self, view: BooksView, *, as_of: date) -> list[Finding]:
        """Every point at which the books and the auditor disagree; empty when they agree."""
        expected = self.expected(as_of)
        findings: list[Finding] = []
        charged: set[str] = set()  # who owes penalty, be it that alone: the auditor bounds it, and does not reckon it
        for row in self._rows(expected, view.positions, findings):
            account = self.books.accounts[row["account_id"]]
            judged, faults = _judge(account, expected[account.account_id], row, as_of, self.rules.of(account))
            expected[account.account_id] = judged
            findings += faults
            charged |= {account.customer_id} if row.get("penalty_overdue_minor") else set()
        findings += _cases(expected, charged, view.open_cases, self.rules.case_opens_days)
        if view.contacts is not None and len(view.contacts):
            faults_sent = auditor_contacts.faults(
                view.contacts, view.stops, self.books, self.rules.contacts, of=self.rules.of
            )
            findings += [Finding(code, contact, f"contact {contact}: {what}") for code, contact, what in faults_sent]
        return findings

    def _rows(
        self, expected: Mapping[str, Expected], positions: pl.DataFrame, findings: list[Finding]
    ) -> Iterator[dict[str, Any]]:
        """The positions that can be compared; those that cannot become findings."""
        seen: set[str] = set()
        for row in positions.iter_rows(named=True):
            account = row["account_id"]
            if account in seen:
                findings.append(Finding("DOUBLE_POSITION", account, f"account {account} has two positions"))
            elif account not in expected:
                findings.append(Finding("UNKNOWN_ACCOUNT", account, f"account {account} was on no tape"))
            else:
                yield row
            seen.add(account)
        for account in sorted(expected.keys() - seen):
            findings.append(Finding("MISSING_POSITION", account, f"account {account} has no position"))

    def check(self, view: BooksView, *, as_of: date) -> None:
        """Stop the run on the first audit that disagrees; raises AuditorDisagrees with all findings."""
        findings = self.audit(view, as_of=as_of)
        if findings:
            raise AuditorDisagrees(findings)


def _judge(
    account: Account, mine: Expected, row: Mapping[str, Any], as_of: date, rules: ProductRules
) -> tuple[Expected, list[Finding]]:
    """One position against the auditor's; with penalties, what the books gave to them must be possible at all."""
    outstanding = sum(row[f"{component}_outstanding_minor"] for component in rules.order) - row["surplus_minor"]
    penalty_minor = row["paid_total_minor"] - (mine.scheduled_minor - outstanding)
    penalty = Decimal(penalty_minor).scaleb(-2)
    ceiling = auditor_books.penalty_ceiling(account, as_of, rules)
    if not 0 <= penalty <= ceiling:
        wrong = _compared(mine, row, 0, exact=True)
        message = f"account {mine.account_id}: {penalty} of the money is on no instalment; at most {ceiling} may be"
        return mine, wrong or [Finding("OUTSTANDING", mine.account_id, message, ceiling, penalty)]
    if penalty:
        mine = auditor_books.expected(account, as_of, rules, penalty=penalty)
    return mine, _compared(mine, row, penalty_minor, exact=not auditor_books.paid_deep(account, as_of, rules, ceiling))


def _compared(mine: Expected, row: Mapping[str, Any], penalty_minor: int, *, exact: bool) -> list[Finding]:
    overdue = sum(row[f"{component}_overdue_minor"] for component in mine.overdue_minor)
    outstanding = sum(row[f"{component}_outstanding_minor"] for component in mine.overdue_minor)
    left = mine.scheduled_minor - mine.paid_minor + penalty_minor
    compared = [
        ("PAID_TOTAL", "paid in total", mine.paid_minor, row["paid_total_minor"]),
        ("OUTSTANDING", "outstanding less surplus", left, outstanding - row["surplus_minor"]),
        ("OVERDUE", "overdue", sum(mine.overdue_minor.values()), overdue),
    ]
    if exact:
        compared += [
            ("OLDEST_DUE", "oldest unpaid due date", mine.oldest_due_on, row["oldest_due_on"]),
            ("PAST_DUE_DAYS", "days past due", mine.past_due_days, row["past_due_days"]),
        ]
        for component, amount in mine.overdue_minor.items():
            compared.append(("OVERDUE", f"overdue {component}", amount, row[f"{component}_overdue_minor"]))
    return [
        Finding(code, mine.account_id, f"account {mine.account_id}: {what} must be {right}, not {found}", right, found)
        for code, what, right, found in compared
        if right != found
    ]


def _cases(
    expected: Mapping[str, Expected], charged: set[str], open_cases: pl.DataFrame, opens_days: int
) -> Iterator[Finding]:
    worst: dict[str, int] = {}
    behind = set(charged)
    for each in expected.values():
        worst[each.customer_id] = max(worst.get(each.customer_id, 0), each.counted_days)
        behind |= {each.customer_id} if each.owes else set()
    having = set(open_cases["customer_id"])
    for customer in sorted(having - behind):
        yield Finding("CASE_WITHOUT_ARREARS", customer, f"customer {customer} owes nothing overdue but has a case")
    for customer, days in worst.items():
        if days >= opens_days and customer not in having:
            yield Finding("CASE_MISSING", customer, f"customer {customer} is {days} days past due and has no open case")
