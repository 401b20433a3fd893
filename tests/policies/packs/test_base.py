"""The common ground: whom nobody contacts, wherever the borrower lives, and what stays open even then."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from tests.policies.packs.mainland import BASE, CALL, CN, NOON, SMS, judge, rules, while_

from arrears.rules.compliance import facts
from arrears.rules.compliance.packs import Pack

#: The common ground on the clock of a place, without its law.
GROUND = replace(BASE, zones=CN.zones)
ALWAYS_OPEN = frozenset({"RESPOND"})
NOTICES_TOO = ALWAYS_OPEN | {"LEGAL_NOTICE"}
#: status → its rule, and the purposes that stay open
CLOSED = {
    "STOPPED": ("LENDER-STOP-LIST", frozenset()),
    "RESTING": ("LENDER-RESTING", ALWAYS_OPEN),
    "SELF_HARM_RISK": ("LENDER-SELF-HARM-RISK", ALWAYS_OPEN),
    "DECEASED": ("LENDER-DECEASED", ALWAYS_OPEN),
    "INCAPACITATED": ("LENDER-INCAPACITATED", ALWAYS_OPEN),
    "MINOR": ("LENDER-MINOR", ALWAYS_OPEN),
    "CEASED": ("LENDER-CEASED", NOTICES_TOO),
    "REPRESENTED": ("LENDER-REPRESENTED", ALWAYS_OPEN),
    "DISPUTED": ("LENDER-DISPUTED", ALWAYS_OPEN),
    "BANKRUPT": ("LENDER-BANKRUPT", ALWAYS_OPEN),
    "BREATHING_SPACE": ("LENDER-BREATHING-SPACE", NOTICES_TOO),
    "HARDSHIP_REVIEW": ("LENDER-HARDSHIP-REVIEW", ALWAYS_OPEN),
    "PLAN_ACTIVE": ("LENDER-PLAN-ACTIVE", NOTICES_TOO | {"REMIND"}),
}
OPT_OUTS = {"SMS": {"SMS"}, "CALL": facts.CALLS, "EMAIL": {"EMAIL"}}


@pytest.mark.parametrize("status", sorted(CLOSED))
@pytest.mark.parametrize("channel", sorted(facts.CHANNELS))
def test_a_status_closes_every_channel(status: str, channel: str) -> None:
    rule, still_open = CLOSED[status]
    for purpose in facts.PURPOSES:
        contact = replace(SMS, channel=channel, purpose=purpose)
        verdict = judge(contact, borrower=while_(status), pack=GROUND)
        assert rules(verdict) == ([] if purpose in still_open else [rule]), purpose
        assert verdict.not_before is None


@pytest.mark.parametrize("word", sorted(OPT_OUTS))
def test_an_opt_out_closes_its_own_channel_alone(word: str) -> None:
    for channel in facts.CHANNELS:
        contact = replace(SMS, channel=channel, purpose="LEGAL_NOTICE")
        verdict = judge(contact, borrower=while_(f"OPTED_OUT_{word}"), pack=GROUND)
        assert rules(verdict) == ([f"LENDER-OPTED-OUT-{word}"] if channel in OPT_OUTS[word] else [])


def test_who_contacts_us_is_answered_whatever_holds() -> None:
    everything = while_(*facts.STATUSES - {"VULNERABLE"})
    assert judge(replace(SMS, initiated_by="BORROWER"), borrower=everything, pack=GROUND).reasons == ()


OTHERS = ("SPOUSE", "KIN", "COLLEAGUE", "EMPLOYER", "OTHER")
WORK = frozenset({"COLLEAGUE", "EMPLOYER"})
ASKED, TOLD = "LENDER-OTHERS-NOT-ASKED", "LENDER-OTHERS-NOT-TOLD"


@pytest.mark.parametrize("relation", OTHERS)
@pytest.mark.parametrize("initiator", sorted(facts.INITIATORS))
def test_nobody_who_does_not_owe_is_asked_or_told_where_the_law_is_silent(relation: str, initiator: str) -> None:
    at_work = "-AT-WORK" if relation in WORK else ""
    for purpose in facts.PURPOSES:
        told = replace(SMS, relation=relation, purpose=purpose, initiated_by=initiator)
        asked = [] if purpose in {"LOCATE", "RELAY", "RESPOND"} else [f"{ASKED}{at_work}"]
        assert sorted(rules(judge(told, pack=GROUND))) == [*asked, f"{TOLD}{at_work}"], purpose
        assert rules(judge(replace(told, discloses_debt=False), pack=GROUND)) == asked, purpose
        assert judge(replace(told, consents=frozenset({"THIRD_PARTY"})), pack=GROUND).reasons == ()
        assert judge(replace(told, relation="GUARANTOR"), pack=GROUND).reasons == ()


@pytest.mark.parametrize("status", ["DECEASED", "INCAPACITATED"])
def test_of_the_dead_and_the_incapable_the_law_says_who_else_may_be_asked(status: str) -> None:
    for relation in facts.RELATIONS - WORK - {"SELF"}:
        assert judge(replace(SMS, relation=relation), borrower=while_(status), pack=GROUND).allowed
    for relation in WORK:
        assert not judge(replace(SMS, relation=relation), borrower=while_(status), pack=GROUND).allowed
    for status in ("STOPPED", "RESTING", "SELF_HARM_RISK", "MINOR", "DISPUTED", "BANKRUPT"):
        assert not judge(replace(SMS, relation="GUARANTOR"), borrower=while_(status), pack=GROUND).allowed


def test_a_vulnerable_person_is_spoken_to_with_care() -> None:
    verdict = judge(CALL, borrower=while_("VULNERABLE"), pack=GROUND)
    assert verdict.allowed
    assert [(reason.rule, reason.nature) for reason in verdict.reasons] == [("LENDER-VULNERABLE", "guidance")]


def test_it_speaks_of_every_status_that_the_law_of_a_place_need_not_name() -> None:
    spoken = frozenset().union(*(rule.while_status for rule in BASE.rules))
    assert facts.STATUSES - spoken == {"UNREACHABLE"}


def test_it_adds_to_any_pack_and_is_the_lenders_own() -> None:
    assert BASE.zones == ()
    assert {(rule.author, rule.confidence) for rule in BASE.rules} == {("lender", "own_choice")}
    composed = Pack.composed([CN, BASE])
    assert rules(judge(SMS, NOON, (), while_("DISPUTED"), composed)) == ["LENDER-DISPUTED"]
    assert not judge(SMS, datetime.fromisoformat("2016-01-01T12:00:00+08:00"), (), while_("STOPPED"), composed).allowed
