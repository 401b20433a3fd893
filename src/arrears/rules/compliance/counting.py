"""Which contacts of the past a limit looks at, and as what it counts them; what is not known of one counts against us.

Asked by `judging` of each touch and by `columns` of each kind of touch, so that they cannot differ; and by `reading`,
which refuses a limit that could count nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime

from arrears.rules.compliance import facts, packs
from arrears.rules.compliance.facts import ContactFacts, Touch
from arrears.rules.compliance.packs import Limit

#: A moment, where none is looked at.
SOME_DAY = datetime(1970, 1, 1, tzinfo=UTC)


def same(rule: Limit, contact: ContactFacts, touch: Touch) -> bool:
    """Does the rule look at this touch when it judges this contact? What is not known about a touch counts."""
    return looks_at(rule, contact.relation, touch) and in_scope(rule.scope, contact, touch)


def looks_at(rule: Limit, relation: str, touch: Touch) -> bool:
    """Is it the kind of touch that the rule looks at when it judges a contact to such a relation? See `same`."""
    if touch.purpose in rule.excluded:
        return False
    if not touch.is_at_odds and (
        touch.outcome in rule.excluded or (touch.channel in facts.CHANNELS and touch.channel not in rule.media)
    ):
        return False
    return rule.scope == "contact_point" or _related(relation, touch)


def in_scope(scope: str, contact: ContactFacts, touch: Touch) -> bool:
    """Does the touch concern the same contact point, creditor or debt, where a rule counts by that? See `same`."""
    if scope == "contact_point":
        if contact.contact_point_id and touch.contact_point_id:
            return contact.contact_point_id == touch.contact_point_id  # whoever it was said to belong to
        return _related(contact.relation, touch)
    if scope == "creditor":
        return alike(contact.creditor_id, touch.creditor_id)
    if scope == "debt":
        return not contact.debt_ids or not touch.debt_ids or not set(contact.debt_ids).isdisjoint(touch.debt_ids)
    return True


def _related(relation: str, touch: Touch) -> bool:
    return touch.relation not in facts.RELATIONS or touch.relation == relation


def alike(left: str, right: str) -> bool:
    """Are two identifiers the same, as far as anybody knows?"""
    return not left or not right or left == right


def weighs(rule: Limit, initiated_by: str) -> bool:
    """Is what somebody began counted? Who turns to us uses up no cap of ours, and yet has refused, or replied."""
    return rule.unit in packs.THEIRS or initiated_by != "BORROWER"


def counts(unit: str, touch: Touch) -> bool:
    """Is this touch one of these units? An outcome or channel that we do not know is taken as the one that counts."""
    if touch.is_at_odds:
        return True
    unknown = touch.outcome not in facts.OUTCOMES
    if unit == packs.REFUSAL:
        return unknown or touch.outcome == "REFUSED"
    if unit == "any" or touch.channel not in facts.CHANNELS:
        return True
    if unit == packs.REPLY:
        return touch.channel in facts.WRITTEN and (
            unknown or touch.outcome in facts.ANSWERED or touch.initiated_by != "COLLECTOR"
        )
    if unit == "message":
        return touch.channel in facts.MESSAGES
    if unit == "visit":
        return touch.channel == "VISIT"
    if unit == "conversation" and touch.channel == "VISIT":
        return unknown or touch.outcome in facts.CONVERSED
    if touch.channel not in facts.CALLS:
        return False
    if unit == "placed":
        return True
    outcomes = {"attempt": facts.UNANSWERED, "connected": facts.CONNECTED, "conversation": facts.CONVERSED}[unit]
    return unknown or touch.outcome in outcomes


def can_count(unit: str, channel: str, excluded: frozenset[str]) -> bool:
    """Is there an outcome, none of those excluded, with which a touch of this channel is one of these units?"""
    return any(counts(unit, Touch(SOME_DAY, channel, outcome)) for outcome in facts.OUTCOMES_OF[channel] - excluded)


def channels_of(unit: str) -> frozenset[str]:
    """The channels through which a unit can come about: what a limit of that unit speaks of at most."""
    assert unit in packs.UNITS, unit
    if unit == "any" or unit in packs.THEIRS:
        return facts.CHANNELS
    if unit == "message":
        return facts.MESSAGES
    if unit == "visit":
        return frozenset({"VISIT"})
    return facts.CALLS | {"VISIT"} if unit == "conversation" else facts.CALLS
