"""A case as a stranger would run it: a tape folder and a policy file are written, and `arrears age` is asked.

Every replay of ageing goes through `aged`: the engine's answer is taken only when the command, which sees nothing but
files, says the same.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from typer.testing import CliRunner

from arrears.interfaces.cli import main
from arrears.rules.ageing import one
from arrears.rules.ageing.policy import Allocation, Component, OrderRange, Policy

ACCOUNT, CUSTOMER, PRODUCT, CURRENCY = "a1", "c1", "case", "EUR"


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
    said = _asked(dues, payments, pauses, policy, as_of)
    for name in ("dpd", "past_due_days", "bucket", "oldest_due_on", "next_due_on", "next_due_minor",
                 "paid_total_minor", "surplus_minor"):  # fmt: skip
        value = getattr(answer.position, name)
        assert said[name] == ("" if value is None else str(value)), (name, said[name], value)
    for what in ("outstanding", "overdue"):
        for field in fields(one.Amounts):
            column = field.name.replace("_minor", f"_{what}_minor")
            assert int(said[column]) == getattr(getattr(answer.position, what), field.name), column
    return answer


@cache
def _asked(dues: tuple, payments: tuple, pauses: tuple, policy: Policy, as_of: date) -> dict[str, str]:
    with TemporaryDirectory() as made:
        folder = Path(made)
        write_tape(folder / "tape", dues, [p for p in payments if p.paid_on <= as_of], pauses, as_of)
        (folder / "policy.toml").write_text(policy_text(policy), encoding="utf-8")
        out = folder / "positions.csv"
        arguments = ["age", folder / "tape", "--as-of", as_of, "--policy", folder / "policy.toml", "--out", out]
        done = CliRunner().invoke(main.app, list(map(str, arguments)))
        assert done.exception is None, done.exception
        assert "quarantined" not in done.stderr, done.stderr
        with out.open(encoding="utf-8", newline="") as rows:
            (row,) = csv.DictReader(rows)
        return row


def write_tape(folder: Path, dues: Sequence, payments: Sequence, pauses: Sequence, as_of: date) -> None:
    """The files that docs/tape.md asks for; instalments are numbered as they fall due."""
    opened = min([as_of, *(due.due_on for due in dues), *(p.paid_on for p in payments)])
    ordered = sorted(dues, key=lambda due: (due.due_on, due.number))
    amounts = [[major(getattr(due, f.name)) for f in fields(one.Amounts)] for due in ordered]
    tables = {
        "customers": (["customer_id"], [[CUSTOMER]]),
        "accounts": (
            ["account_id", "customer_id", "product_code", "currency", "opened_on", "principal"],
            [[ACCOUNT, CUSTOMER, PRODUCT, CURRENCY, opened, major(sum(due.principal_minor for due in dues))]],
        ),
        "instalments": (
            ["account_id", "number", "due_on", "principal", "interest", "fee", "penalty"],
            [[ACCOUNT, k, due.due_on, *parts] for k, (due, parts) in enumerate(zip(ordered, amounts, strict=True), 1)],
        ),
        "payments": (
            ["account_id", "payment_id", "paid_on", "amount", "channel", "reverses"],
            [
                [ACCOUNT, p.payment_id, p.paid_on, major(p.amount_minor), p.channel or "", p.reverses or ""]
                for p in payments
            ],
        ),
        "pauses": (
            ["account_id", "from_on", "to_on", "reason"],
            [[ACCOUNT, pause.from_on, pause.to_on or "", pause.reason] for pause in pauses],
        ),
    }
    folder.mkdir()
    for name, (header, rows) in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])


def major(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


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
    """The policy file of docs/algorithms/ageing.md that says what this policy says."""
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
    for bucket in policy.buckets:
        lines += ["[[buckets]]", f'code = "{bucket.code}"', f"dpd_from = {bucket.dpd_from}"]
    return "\n".join(lines) + "\n"
