"""What does the person owe, instalment by instalment, and which payment settled what? Ready for the page of a case.

Called by `file`. The books hold each account's position; the lake holds its schedule. Where the lake does not know the
customer, the page still shows the position and says that the schedule is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from arrears.actions import house
from arrears.decisions import night_policy
from arrears.exchange import case_file
from arrears.exchange.case_file import AccountFile, PaymentLine, Settled
from arrears.kernel.errors import Refusal
from arrears.records.cases import queries as cases

COMPONENTS = ("principal", "interest", "fee", "penalty")


@dataclass(frozen=True)
class InstalmentRow:
    """One instalment: what was due, what is left of it, and the payments that settled some of it."""

    number: int
    due_on: date
    due_minor: int
    penalty_minor: int
    left_minor: int
    past_due_days: int
    is_open: bool
    settled: tuple[tuple[PaymentLine, int], ...]


@dataclass(frozen=True)
class PaymentRow:
    """One payment and where it went: (instalment number, component, amount)."""

    line: PaymentLine
    parts: tuple[Settled, ...]


@dataclass(frozen=True)
class AccountRow:
    """One account of the case: its position from the books, its schedule and payments from lake and books together."""

    position: cases.AccountPosition
    instalments: tuple[InstalmentRow, ...] = ()
    payments: tuple[PaymentRow, ...] = ()
    broken: str = ""
    is_known_to_lake: bool = False


def accounts(card: cases.CaseCard, *, as_of: date) -> list[AccountRow]:
    """The accounts of a case already accessed, the most overdue first."""
    files = {file.account_id: file for file in _files(card.row.customer_id, as_of)}
    return [_account(position, files.get(position.account_id)) for position in cases.accounts_of(card.case_id)]


def _files(customer_id: str, as_of: date) -> tuple[AccountFile, ...]:
    place = house.here()
    products = night_policy.load(place.policies).products
    try:
        return case_file.account_files(customer_id, as_of=as_of, lake=place.lake, products=products)
    except (Refusal, FileNotFoundError):
        return ()


def _account(position: cases.AccountPosition, file: AccountFile | None) -> AccountRow:
    if file is None:
        return AccountRow(position)
    lines = {line.payment_id: line for line in file.payments}
    return AccountRow(
        position=position,
        instalments=tuple(_instalment(line, lines) for line in file.instalments),
        payments=tuple(PaymentRow(line, line.settled) for line in reversed(file.payments)),
        broken=file.broken,
        is_known_to_lake=True,
    )


def _instalment(line: case_file.InstalmentLine, payments: dict[str, PaymentLine]) -> InstalmentRow:
    due, left = line.state.due, line.state.left
    by_payment: dict[str, int] = {}
    for part in line.settled:
        by_payment[part.payment_id] = by_payment.get(part.payment_id, 0) + part.amount_minor
    return InstalmentRow(
        number=due.number,
        due_on=due.due_on,
        due_minor=sum(getattr(due, f"{component}_minor") for component in COMPONENTS),
        penalty_minor=line.state.penalty_charged_minor,
        left_minor=sum(getattr(left, f"{component}_minor") for component in COMPONENTS),
        past_due_days=line.state.past_due_days,
        is_open=line.state.is_open,
        settled=tuple((payments[payment_id], amount) for payment_id, amount in by_payment.items()),
    )
