"""A case as a stranger would run it: a tape folder and a policy file are written, and `arrears age` is asked.

Every replay of ageing goes through `aged`: the engine's answer is taken only when the command, which sees nothing but
files, says the same.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from typer.testing import CliRunner

from arrears.interfaces.cli import main
from arrears.kernel import money
from arrears.rules.ageing import one
from arrears.rules.ageing.policy import Allocation, Component, OrderRange, Policy

Row = dict[str, str]
STATE = ("past_due_days", "principal_left_minor", "interest_left_minor", "fee_left_minor", "penalty_left_minor",
         "penalty_charged_minor")  # fmt: skip


@dataclass(frozen=True)
class Account:
    """One account of a tape that is to be written."""

    account_id: str
    dues: tuple[one.Due, ...]
    payments: tuple[one.Payment, ...] = ()
    pauses: tuple[one.Pause, ...] = ()
    currency: str = "EUR"


def aged(
    dues: Iterable[one.Due],
    payments: Iterable[one.Payment] = (),
    *,
    policy: Policy,
    as_of: date,
    pauses: Iterable[one.Pause] = (),
) -> one.Aged:
    """One account by the engine, once the command has said the same of its files."""
    dues, payments, pauses = tuple(dues), tuple(payments), tuple(pauses)
    answer = one.age_account(dues, payments, policy=policy, as_of=as_of, pauses=pauses)
    known = tuple(payment for payment in payments if payment.paid_on <= as_of)
    positions, instalments = asked((Account("a1", dues, known, pauses),), policy, as_of)
    said = positions["a1"]
    assert {key: said[key] for key in told(answer.position)} == told(answer.position)
    assert [row_of(state) for state in answer.instalments] == [
        (row["due_on"], *(int(row[key]) for key in STATE)) for row in instalments
    ]
    return answer


def row_of(state: one.InstalmentState) -> tuple:
    return (str(state.due.due_on), state.past_due_days, *vars(state.left).values(), state.penalty_charged_minor)


def told(position: one.Position) -> dict[str, str]:
    """A position as the command writes it."""
    row = {name: value for name, value in vars(position).items() if not isinstance(value, one.Amounts)}
    for what in ("outstanding", "overdue"):
        for name, minor in vars(getattr(position, what)).items():
            row[name.replace("_minor", f"_{what}_minor")] = minor
    return {name: "" if value is None else str(value) for name, value in row.items()}


@cache
def asked(accounts: tuple[Account, ...], policy: Policy, as_of: date) -> tuple[dict[str, Row], list[Row]]:
    """(account_id → its row, the rows of the instalments), from files alone."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        write_tape(folder / "tape", accounts, as_of)
        (folder / "policy.toml").write_text(policy_text(policy), encoding="utf-8")
        out, states = folder / "positions.csv", folder / "instalments.csv"
        arguments = ["age", folder / "tape", "--as-of", as_of, "--policy", folder / "policy.toml", "--out", out]
        arguments += ["--instalments", states]
        done = CliRunner().invoke(main.app, list(map(str, arguments)))
        assert done.exception is None, done.exception
        assert "quarantined" not in done.stderr, done.stderr
        assert "not aged" not in done.stderr, done.stderr
        with out.open(encoding="utf-8", newline="") as rows, states.open(encoding="utf-8", newline="") as more:
            return {row["account_id"]: row for row in csv.DictReader(rows)}, list(csv.DictReader(more))


def write_tape(folder: Path, accounts: Sequence[Account], as_of: date) -> None:
    """The files that docs/tape.md asks for; instalments are numbered as they fall due."""
    tables: dict[str, list[list]] = {
        "customers": [["customer_id"]],
        "accounts": [["account_id", "customer_id", "product_code", "currency", "opened_on", "principal"]],
        "instalments": [["account_id", "number", "due_on", "principal", "interest", "fee", "penalty"]],
        "payments": [["account_id", "payment_id", "paid_on", "amount", "channel", "reverses"]],
        "pauses": [["account_id", "from_on", "to_on", "reason"]],
    }
    for one_account in accounts:
        name, currency = one_account.account_id, one_account.currency
        opened = min([as_of, *(d.due_on for d in one_account.dues), *(p.paid_on for p in one_account.payments)])
        lent = money.format_minor(sum(due.principal_minor for due in one_account.dues), currency)
        tables["customers"].append([f"c-{name}"])
        tables["accounts"].append([name, f"c-{name}", "case", currency, opened, lent])
        for number, due in enumerate(sorted(one_account.dues, key=lambda due: (due.due_on, due.number)), 1):
            parts = [money.format_minor(getattr(due, field.name), currency) for field in fields(one.Amounts)]
            tables["instalments"].append([name, number, due.due_on, *parts])
        for p in one_account.payments:
            paid = money.format_minor(p.amount_minor, currency)
            tables["payments"].append([name, p.payment_id, p.paid_on, paid, p.channel or "", p.reverses or ""])
        tables["pauses"] += [[name, held.from_on, held.to_on or "", held.reason] for held in one_account.pauses]
    folder.mkdir()
    for table, rows in tables.items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)


def word(member: object) -> str:
    return f'"{member.name.lower().replace("_", "-")}"'  # type: ignore[attr-defined]


def words(members: Iterable[Component]) -> str:
    return f"[{', '.join(word(member) for member in members)}]"


def _range_lines(one_range: OrderRange, table: str) -> list[str]:
    steps = ", ".join(f'"{word(s)[1:-1]}-{word(c)[1:-1]}"' for s, c in one_range.sequence)
    order = f"sequence = [{steps}]" if steps else f"order = {words(one_range.order)}"
    return [f"[[{table}]]", f"dpd_from = {one_range.dpd_from}", f"grouping = {word(one_range.grouping)}", order]


def _allocation_lines(allocation: Allocation, table: str) -> list[str]:
    lines = [
        f"grouping = {word(allocation.ranges[0].grouping)}",
        f"advance = {word(allocation.advance)}",
        f"advance_grouping = {word(allocation.advance_grouping)}",
        f"advance_order = {words(allocation.advance_order)}",
    ]
    return [*lines, *(line for one_range in allocation.ranges for line in _range_lines(one_range, f"{table}.orders"))]


def policy_text(policy: Policy) -> str:
    """The policy file of docs/policies.md that says what this policy says."""
    lines = [f'code = "{policy.code}"', 'version = "1"', "[title]", 'en = "Case"', 'zh = "案例"', "[[sources]]",
             'rule = "(all)"', 'citation = "a public case"', 'confidence = "operating-choice"',
             "[allocation]", *_allocation_lines(policy.allocation, "allocation")]  # fmt: skip
    for special in policy.channels:
        lines += ["[[allocation.channels]]", f'channel = "{special.channel}"']
        lines += _allocation_lines(special.allocation, "allocation.channels")
    lines += ["[ageing]", f"due_day_offset = {policy.due_day_offset}", f"grace_days = {policy.grace_days}",
              f"grace = {word(policy.dpd_grace)}", f"tolerance_minor = {policy.tolerance_minor}",
              f"open_components = {words(sorted(policy.open_components))}", "[pauses]",
              f"stop_ageing = {sorted(policy.stop_ageing)}",
              f"stop_penalty = {sorted(policy.stop_penalty)}"]  # fmt: skip
    if policy.penalty:
        charged = policy.penalty
        rate = f"{charged.daily_rate.numerator}/{charged.daily_rate.denominator}"
        lines += ["[penalty]", f"base = {words(sorted(charged.base))}", f'daily_rate = "{rate}"',
                  f"grace = {word(charged.grace)}", f"rounding = {word(charged.rounding)}",
                  f"rounded = {word(charged.rounded)}"]  # fmt: skip
    if policy.late_fee:
        fee = policy.late_fee
        lines += ["[late_fee]", f"after_days = {fee.after_days}", f"flat_minor = {fee.flat_minor}",
                  f'share = "{fee.share.numerator}/{fee.share.denominator}"', f"base = {word(fee.base)}",
                  f"of = {words(sorted(fee.of)) if fee.share else []}", f"rounding = {word(fee.rounding)}"]  # fmt: skip
    if policy.cap:
        cap = policy.cap
        amount = f"absolute_minor = {cap.absolute_minor}"
        if cap.share_of_principal is not None:
            amount = f'share_of_principal = "{cap.share_of_principal.numerator}/{cap.share_of_principal.denominator}"'
        lines += ["[penalty_cap]", f"scope = {word(cap.scope)}", amount]
    for bucket in policy.buckets:
        lines += ["[[buckets]]", f'code = "{bucket.code}"', f"dpd_from = {bucket.dpd_from}"]
    return "\n".join(lines) + "\n"
