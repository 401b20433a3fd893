"""What is a promise to pay worth today: still open, kept or broken?

`policies/promises.toml` says how long after the promised day money may still come, and how far ahead that day may be.
Asked by `actions.take_promise` and `actions.judge_promises`; it knows nothing of whose promise it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from arrears.kernel.errors import InvalidInput
from arrears.rules import toml_tables

OPEN, KEPT, BROKEN = "OPEN", "KEPT", "BROKEN"


class WrongPromises(InvalidInput):
    code = "wrong_promises"
    message = "{file}: {key}: {why}"


@dataclass(frozen=True)
class Policy:
    """grace_days : money that comes so many days after the promised day still keeps it

    days_ahead_max : no promise is made for a day further ahead
    """

    grace_days: int
    days_ahead_max: int


class _Reader(toml_tables.Reader):
    refusal = WrongPromises


def read(folder: Path) -> Policy:
    """promises.toml of a policy folder; raises WrongPromises naming file, line and key."""
    top = _Reader.of_file(folder / "promises.toml")
    top.only(frozenset({"version", "grace_days", "days_ahead_max"}))
    return Policy(grace_days=top.count("grace_days", least=0), days_ahead_max=top.count("days_ahead_max", least=1))


def judge(*, amount_minor: int, due_on: date, paid_minor: int, is_settled: bool, as_of: date, policy: Policy) -> str:
    """OPEN, KEPT or BROKEN at the end of a business date.

    amount_minor : what was promised
    paid_minor   : what was paid since it was promised, by value date, reversals taken off
    is_settled   : nothing is overdue any more, whatever was promised: that keeps it too
    example      : promised for the 10th, three days of grace, nothing paid -> OPEN on the 13th, BROKEN on the 14th
    """
    if is_settled or paid_minor >= amount_minor:
        return KEPT
    return BROKEN if (as_of - due_on).days > policy.grace_days else OPEN
