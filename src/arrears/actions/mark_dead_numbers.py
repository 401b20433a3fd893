"""Mark a number that messages failed to for good as often as `policies/dead_numbers.toml` says.

Called by whoever puts down what a vendor said of contacts, in the same transaction. The mark is the one that a
colleague would set: planned contacts are cancelled, the gate refuses it, the case's story tells it, and a person may
take it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.conf import settings

from arrears.actions import mark_contact_point
from arrears.policies import last_good
from arrears.records.audit import queries as audit
from arrears.records.contacts import failures, outbox
from arrears.records.contacts.failures import Failed
from arrears.records.people import operations as people
from arrears.rules import dead_numbers

REASON = "UNDELIVERABLE"


def in_force() -> last_good.Found[dead_numbers.Policy]:
    """The policy, and what is wrong with its newest edit; without any good one no number is marked."""
    return last_good.current(Path(settings.HOME), name="dead_numbers", read=dead_numbers.read)


def after_failures(codes: Mapping[str, str], *, at: datetime, actor: str) -> int:
    """Mark the numbers of failed contacts that are dead by the policy.

    codes   : contact_id → what the vendor said of it when it failed
    returns : how many numbers were marked now
    """
    policy = in_force().state if codes else None
    if policy is None:
        return 0
    told = frozenset[str]().union(*policy.codes.values())
    found = failures.of([contact_id for contact_id, code in codes.items() if code in told])
    dead = [one for one in found if policy.says_dead(vendor=one.vendor, code=codes[one.contact_id])]
    outbox.lock({one.customer_id for one in dead})
    return sum(_mark(one, policy, at=at, actor=actor) for one in dead)


def _mark(one: Failed, policy: dead_numbers.Policy, *, at: datetime, actor: str) -> bool:
    """Whether its number was marked now; failures from before a colleague took a mark back do not count."""
    valid_since = audit.last_at(one.customer_id, people.VALID, after=one.contact_point_id)
    row = [
        code
        for failed_at, vendor, code in failures.in_a_row(one.contact_point_id)
        if policy.says_dead(vendor=vendor, code=code) and (valid_since is None or failed_at > valid_since)
    ]
    return len(row) >= policy.failures and mark_contact_point.mark_if_valid(
        customer_id=one.customer_id,
        case_id=one.case_id,
        contact_point_id=one.contact_point_id,
        reason=REASON,
        at=at,
        actor=actor,
    )
