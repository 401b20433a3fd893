"""What does the person owe, instalment by instalment, and which payment settled what? Ready for the page of a case.

Called by `file`. The books hold each account's position; the lake holds its schedule. Where the lake does not know the
customer, the page still shows the position and says that the schedule is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from arrears.actions import house
from arrears.decisions import engines, night_policy
from arrears.decisions.lake import NotInLake
from arrears.exchange import case_file
from arrears.exchange.case_file import AccountFile, PaymentLine, Settled
from arrears.interfaces.ui import sentences
from arrears.records.cases import queries as cases
from arrears.rules.ageing import reading

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
    product: str = ""
    broken: str = ""
    is_known_to_lake: bool = False


def accounts(card: cases.CaseCard, *, as_of: date) -> list[AccountRow]:
    """The accounts of a case already accessed, the most overdue first."""
    products = night_policy.load(house.here().policies).products
    files = {file.account_id: file for file in _files(card.row.customer_id, as_of, products)}
    return [_account(row, files.get(row.account_id), products) for row in cases.accounts_of(card.case_id)]


def _files(customer_id: str, as_of: date, products: reading.Products) -> tuple[AccountFile, ...]:
    try:
        return case_file.account_files(customer_id, as_of=as_of, lake=house.here().lake, products=products)
    except (engines.NoTape, NotInLake, FileNotFoundError):
        return ()


def _title(product_code: str, products: reading.Products) -> str:
    """The product's name as its policy gives it; a product that the lender's index does not name keeps its code."""
    policy = products.by_product.get(product_code)
    return sentences.in_language(policy.title_zh, policy.title_en) if policy else product_code


def _account(position: cases.AccountPosition, file: AccountFile | None, products: reading.Products) -> AccountRow:
    product = _title(position.product_code, products)
    if file is None:
        return AccountRow(position, product=product)
    lines = {line.payment_id: line for line in file.payments}
    return AccountRow(
        position=position,
        instalments=tuple(_instalment(line, lines) for line in file.instalments),
        payments=tuple(PaymentRow(line, line.settled) for line in reversed(file.payments)),
        product=product,
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
