"""Why did a machine decide so about a person? Which rule fired, on which facts, in words of both languages.

Called by `actions.work_request` and `actions.subject_access`. A number means a line of the decision table as it was
then: where the policy has changed since, no text is told, for it might be another rule's.
"""

from __future__ import annotations

from typing import Any

from arrears.actions import house
from arrears.decisions import night_policy
from arrears.decisions.night_policy import NightPolicy
from arrears.decisions.tables import strategy
from arrears.records.cases.models import Case
from arrears.records.contacts.models import Contact

#: Of the contacts and tasks that were decided upon, so many of a case are told, the newest.
TOLD_MAX = 20

Told = dict[str, Any]


def explain(customer_id: str) -> list[Told]:
    """One entry a case, the newest first: stage, score and treatments, each with its rule, and the facts they rest on.

    returns : plain values as JSON takes them; no identity
    """
    policy = night_policy.load(house.here().policies)
    cases = Case.objects.filter(person_id=customer_id).order_by("-opened_on", "case_id")
    return [_case(case, policy) for case in cases]


def _case(case: Case, policy: NightPolicy) -> Told:
    is_same = case.policy_version == policy.version
    return {
        "case_id": case.pk,
        "status": case.status,
        "stage": case.stage,
        "policy_version": case.policy_version,
        "stage_rule": _rule(policy.stages, case.stage_rule, is_same=is_same),
        "facts": {
            "as_of": case.as_of.isoformat(),
            "dpd_max": case.dpd_max,
            "bucket": case.bucket,
            "oldest_due_on": case.oldest_due_on.isoformat() if case.oldest_due_on else None,
            "overdue_minor": case.overdue_minor,
            "outstanding_minor": case.outstanding_minor,
            "currency": case.currency,
            "accounts": case.account_count,
        },
        "score": {"cure_share_est": case.cure_share_est, "reason": case.score_reason},
        "treatments": _treatments(case, policy, is_same=is_same),
    }


def _treatments(case: Case, policy: NightPolicy, *, is_same: bool) -> list[Told]:
    contacts = Contact.objects.filter(case=case, rule_number__gt=0).order_by("-as_of", "pk")[:TOLD_MAX]
    tasks = case.work.order_by("-due_on", "pk")[:TOLD_MAX]
    decided = [(one.as_of, one.channel, one.rule_number) for one in contacts]
    decided += [(one.due_on, one.kind, one.rule_number) for one in tasks]
    return [
        {"on": on.isoformat(), "what": what, "rule": _rule(policy.treatments, number, is_same=is_same)}
        for on, what, number in sorted(decided, reverse=True)[:TOLD_MAX]
    ]


def _rule(table: strategy.Table, number: int, *, is_same: bool) -> Told:
    told: Told = {"number": number, "zh": "", "en": "", "source": ""}
    if not is_same or not 1 <= number <= len(table.logic.rules):
        return told
    notes = [note.strip() for note in table.rule(number).annotations] + [""] * 3
    return told | {"zh": notes[0], "en": notes[1] or notes[0], "source": notes[2]}
