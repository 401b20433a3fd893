"""Which ledger accounts does a business event move, and by how much? One recipe per event; every recipe sums to zero.

Used by the actions that take and reverse payments and post write-offs. Pure: it knows no database and no account code
of its own; codes come from a chart (policies/charts). Debit positive, credit negative, minor units.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import singledispatch
from pathlib import Path

from arrears.kernel.errors import InvalidInput
from arrears.rules import toml_tables

COMPONENTS = ("principal", "interest", "fee", "penalty")
ROLES = (*COMPONENTS, "cash", "surplus", "allowance", "recovery", "memo_written_off", "memo_contra")


class IncompleteChart(InvalidInput):
    code = "incomplete_chart"
    message = "The chart of accounts cannot be used: {file}: {key}: {why}"


class _Reader(toml_tables.Reader):
    refusal = IncompleteChart


@dataclass(frozen=True)
class Posting:
    """One line: the role it plays and its signed amount; `ledger_account` is the chart's code for the role."""

    role: str
    ledger_account: str
    amount_minor: int


@dataclass(frozen=True)
class Title:
    """What a ledger account is called."""

    zh: str
    en: str


@dataclass(frozen=True)
class Chart:
    """A chart of accounts. codes : role → code; titles : code → Title"""

    codes: Mapping[str, str]
    titles: Mapping[str, Title]


def read_chart(path: Path) -> Chart:
    """A chart from its file; raises IncompleteChart when a role has no account, an account no title, or the file
    cannot be read."""
    accounts = _Reader.of_file(path).section("accounts")
    told = {role: accounts.section(role) for role in ROLES}
    codes = {role: account.text("code") for role, account in told.items()}
    titles = {codes[role]: _title(account.section("title")) for role, account in told.items()}
    return Chart(codes, titles)


def _title(title: _Reader) -> Title:
    return Title(title.text("zh"), title.text("en"))


@dataclass(frozen=True)
class PaymentTaken:
    """Money came in and settled parts of what is owed.

    parts   : component → minor units settled; the rest of the amount is surplus. A back-dated payment may take from one
              component what an earlier allocation had given it, so a part, or the surplus, may be negative
    """

    amount_minor: int
    parts: Mapping[str, int]


@dataclass(frozen=True)
class PaymentReversed:
    """The money went back; parts as in PaymentTaken, of what is un-settled."""

    amount_minor: int
    parts: Mapping[str, int]


@dataclass(frozen=True)
class DebtWrittenOff:
    """A debt leaves the balance sheet against the allowance, and is still claimed: 账销案存.

    memo_minor : by how much it raises the memorandum; None = by all of it, as when nothing was recovered before
    """

    parts: Mapping[str, int]
    memo_minor: int | None = None


@dataclass(frozen=True)
class RecoveryTaken:
    """Money came in on a debt that was written off before.

    settled_minor : what of it settles the debt; the rest is surplus. Signed as the parts of PaymentTaken
    memo_minor    : by how much it lowers the memorandum, see memo_lowered
    """

    amount_minor: int
    settled_minor: int
    memo_minor: int


@dataclass(frozen=True)
class RecoveryReversed:
    """Money recovered on a written-off debt went back; settled and memo as in RecoveryTaken, of what is undone."""

    amount_minor: int
    settled_minor: int
    memo_minor: int


@dataclass(frozen=True)
class RecoveryTold:
    """The lender's own core booked the cash of a recovery, or took it back: here only the memorandum moves.

    memo_minor : by how much it lowers the memorandum, see memo_lowered; below zero when money went back
    """

    memo_minor: int


Event = PaymentTaken | PaymentReversed | DebtWrittenOff | RecoveryTaken | RecoveryReversed | RecoveryTold


def memo_lowered(*, written_off_minor: int, recovered_minor: int, settled_minor: int) -> int:
    """By how much a recovery lowers the memorandum of a written-off debt.

    written_off_minor : what was written off, > 0
    recovered_minor   : what recoveries had settled before this one
    settled_minor     : what this one settles; negative when one is reversed
    returns           : the memorandum before less after; it stays between nothing and what was written off, also when
                        penalty that was charged later is recovered too
    example           : 500 written off, 400 recovered, 150 settled -> 100
    """

    before = still_claimed(written_off_minor, recovered_minor)
    return before - still_claimed(written_off_minor, recovered_minor + settled_minor)


def still_claimed(written_off_minor: int, recovered_minor: int) -> int:
    """The memorandum of a written-off debt of which so much was recovered."""
    return min(max(written_off_minor - recovered_minor, 0), written_off_minor)


def recipe(event: Event, *, chart: Chart) -> tuple[Posting, ...]:
    """The postings of one event.

    returns : lines that are not zero; their sum is zero
    source  : 财会〔2006〕18号 appendix, accounts 1303 and 1304; 财金〔2017〕90号 (a written-off debt stays claimed)
    example : PaymentTaken(10000, {"interest": 1000, "principal": 8500})
              -> cash +10000, interest -1000, principal -8500, surplus -500
    """
    lines = _lines(event)
    assert sum(lines.values()) == 0, "a recipe balances"
    return tuple(Posting(role, chart.codes[role], amount) for role, amount in lines.items() if amount)


@singledispatch
def _lines(event: Event) -> dict[str, int]:
    raise AssertionError(f"no recipe for {type(event).__name__}")


@_lines.register
def _(event: PaymentTaken) -> dict[str, int]:
    settled = {component: -event.parts.get(component, 0) for component in COMPONENTS}
    return {"cash": event.amount_minor, **settled, "surplus": -event.amount_minor - sum(settled.values())}


@_lines.register
def _(event: PaymentReversed) -> dict[str, int]:
    return {role: -amount for role, amount in _lines(PaymentTaken(event.amount_minor, event.parts)).items()}


@_lines.register
def _(event: DebtWrittenOff) -> dict[str, int]:
    total = sum(event.parts.values())
    off = {component: -event.parts.get(component, 0) for component in COMPONENTS}
    memo = total if event.memo_minor is None else event.memo_minor
    return {"allowance": total, **off, "memo_written_off": memo, "memo_contra": -memo}


@_lines.register
def _(event: RecoveryTaken) -> dict[str, int]:
    return {
        "cash": event.amount_minor,
        "recovery": -event.settled_minor,
        "surplus": event.settled_minor - event.amount_minor,
        "memo_written_off": -event.memo_minor,
        "memo_contra": event.memo_minor,
    }


@_lines.register
def _(event: RecoveryReversed) -> dict[str, int]:
    taken = RecoveryTaken(event.amount_minor, event.settled_minor, event.memo_minor)
    return {role: -amount for role, amount in _lines(taken).items()}


@_lines.register
def _(event: RecoveryTold) -> dict[str, int]:
    return {"memo_written_off": -event.memo_minor, "memo_contra": event.memo_minor}
