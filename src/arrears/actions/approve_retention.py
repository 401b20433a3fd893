"""Two people decide that the nights delete by the schedule in force: what is deleted does not come back.

Called by the privacy desk. What was approved is the schedule that was seen: one that changed meanwhile is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from arrears.actions import retain
from arrears.actions.contact_gate import Gate
from arrears.kernel.errors import Refusal
from arrears.records.rights import approvals
from arrears.records.rights.approvals import Standing
from arrears.rules.compliance import retention_terms


class ScheduleDiffers(Refusal):
    code = "retention_schedule_differs"
    message = "The schedule is another one than the one you saw: look at it again."


@dataclass(frozen=True)
class Approval:
    """fingerprint : of the schedule in force, blank where there is none; standing : what waits or holds, if anything"""

    fingerprint: str
    standing: Standing | None

    @property
    def is_of_another(self) -> bool:
        """Something was approved or asked for, and the schedule has changed since."""
        return self.standing is not None and self.standing.fingerprint != self.fingerprint

    @property
    def holds(self) -> bool:
        return self.standing is not None and self.standing.is_approved and not self.is_of_another


def standing(gate: Gate, *, on: date) -> Approval:
    """Whether the schedule in force is approved."""
    rows = retain.schedule(gate, on=on)
    return Approval(retention_terms.fingerprint(rows) if rows else "", approvals.standing())


def ask(*, seen: str, gate: Gate, on: date, at: datetime, actor: str) -> None:
    """Ask for the schedule that was seen. Raises ScheduleDiffers, approvals.AskedAlready."""
    approvals.ask(fingerprint=_same(seen, gate, on), at=at, actor=actor)


def approve(*, seen: str, gate: Gate, on: date, at: datetime, actor: str) -> None:
    """Approve it, as the second person.

    raises : ScheduleDiffers, approvals.NothingToApprove, approvals.ApprovedBySamePerson
    """
    approvals.approve(fingerprint=_same(seen, gate, on), at=at, actor=actor)


def withdraw(*, at: datetime, actor: str) -> None:
    """No night deletes any more. Raises approvals.NothingToApprove."""
    approvals.withdraw(at=at, actor=actor)


def _same(seen: str, gate: Gate, on: date) -> str:
    in_force = standing(gate, on=on).fingerprint
    if not in_force or seen != in_force:
        raise ScheduleDiffers
    return in_force
