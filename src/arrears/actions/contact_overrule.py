"""Against the gate's advice: who may, why it is kept, and how a planned message that advice holds is let go.

Called by `contact_call`, whose callers say so when they ask, and by the console for what the night planned. It
overrules guidance alone, and of it only the rules that spoke: the law, a limit and any other advice still hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from arrears.actions import contact_fate, contact_gate, contact_leave, hear_person
from arrears.actions.contact_fate import Fate
from arrears.actions.contact_gate import Gate, Judgement
from arrears.kernel.errors import InvalidInput, Refusal
from arrears.records.audit import operations as audit
from arrears.records.audit.written import Written
from arrears.records.compliance import operations as compliance
from arrears.records.contacts import operations as contacts
from arrears.records.contacts import outbox, queries
from arrears.records.staff import queries as staff
from arrears.rules import reveals
from arrears.rules.compliance.packs import GUIDANCE

#: Who may do what guidance alone advises against, with a reason.
OVERRULERS = frozenset({"SUPERVISOR"})


class UnableToOverrule(Refusal):
    """Advice is overruled by those who answer for it."""

    code = "unable_to_overrule"
    message = "{actor} may not overrule what the gate advises against."


class OverrulingReasonMissing(InvalidInput):
    """What is overruled is on record with its reason, or it is not."""

    code = "reason_missing"
    message = "Say why it shall go against the gate's advice."


class NothingHoldsIt(Refusal):
    """It is not planned any more, or no advice speaks against it: there is nothing to overrule."""

    code = "nothing_to_overrule"
    message = "Contact {contact_id} is not held by guidance."


def reason_of(overruling: str, *, actor: str) -> str:
    """Why advice is overruled, as it is kept; blank = it is not.

    raises : UnableToOverrule, reveals.ReasonHoldsIdentity
    """
    why = reveals.kept(overruling)
    if why and not staff.of_actor(actor).filter(is_active=True, role__in=OVERRULERS).exists():
        raise UnableToOverrule(actor=actor)
    return why


def keep(*, customer_id: str, contact_id: str, rules: Iterable[str], why: str, at: datetime, actor: str) -> None:
    """Put on record what was overruled, in the transaction of what it allows."""
    audit.record_written(
        Written(customer_id, {"reason": why}),
        "gate.overruled",
        subject=customer_id,
        actor=actor,
        at=at,
        contact_id=contact_id,
        rules=list(rules),
    )
    hear_person.heed_note(why, customer_id=customer_id, at=at, actor=actor)


@transaction.atomic
def release(*, contact_id: str, overruling: str, at: datetime, actor: str, gate: Gate) -> Fate:
    """Let a planned message go that guidance holds, for a reason that stays on record.

    returns : what becomes of it now: it goes, at its moment, or waits for the law. It is judged again when it is sent
    raises  : OverrulingReasonMissing, UnableToOverrule, reveals.ReasonHoldsIdentity, outbox.NoSuchContact;
              NothingHoldsIt when it is not planned any more or no advice holds it, as after somebody else's release
    """
    why = reason_of(overruling, actor=actor)
    if not why:
        raise OverrulingReasonMissing
    row = queries.one(contact_id)
    outbox.lock([row.customer_id])
    planned = next(iter(outbox.planned([contact_id])), None)
    if planned is None or planned.expires_at <= at:
        raise NothingHoldsIt(contact_id=contact_id)
    wish = contact_leave.wish(planned, max(at, row.planned_for))
    [held] = contact_gate.judge(gate, [wish])
    rules = advising(held)
    if held.verdict.allowed or not rules:
        raise NothingHoldsIt(contact_id=contact_id)
    wish = replace(wish, overruled=wish.overruled | set(rules))
    [judgement] = contact_gate.judge(gate, [wish])
    [fate] = contact_fate.fates(gate, [wish], [judgement], [planned.expires_at])
    until = fate.until if fate.what in (contact_fate.GOES, contact_fate.WAITS) else planned.expires_at
    contacts.overrule(contact_id=contact_id, rules=sorted(wish.overruled), not_before=until)
    told = {"contact_id": contact_id, "customer_id": planned.customer_id}
    compliance.keep_verdicts([contact_gate.verdict_row(gate, **told, phase="PLAN", at=at, judgement=judgement)])
    keep(**told, rules=rules, why=why, at=at, actor=actor)
    return fate


def advising(judgement: Judgement) -> list[str]:
    """The guidance that keeps a contact back, by its rules: what was overruled before does not."""
    spoken = (reason.rule for reason in judgement.verdict.reasons if reason.nature == GUIDANCE)
    return [rule for rule in spoken if rule not in judgement.overruled]
