"""How far back the gate looks: as far as a limit on contacts to the same relation can count, and no further."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests import cast

from arrears import policies
from arrears.actions import contact_gate
from arrears.actions.contact_gate import Gate, Wish
from arrears.records.compliance.models import Consent, Stop
from arrears.records.contacts.models import Contact
from arrears.rules.compliance import reading

pytestmark = pytest.mark.django_db

REFUSAL = "CN-GBT45251-CONTACT-COND-REFUSAL"


def wish(point: str, relation: str) -> Wish:
    return Wish(
        contact_id="w1",
        customer_id=cast.PAYS,
        channel="CALL",
        purpose="RELAY",
        relation=relation,
        contact_point_id=point,
        at=cast.NOW,
        region="CN-31",
        timezone="Asia/Shanghai",
    )


def was(contact_id: str, point: str, relation: str, *, outcome: str, days: int) -> None:
    at = cast.NOW - timedelta(days=days)
    Contact.objects.create(
        contact_id=contact_id,
        person_id=cast.PAYS,
        contact_point_id=point,
        channel="CALL",
        purpose="RELAY",
        relation=relation,
        status="DONE",
        outcome=outcome,
        as_of=at.date(),
        local_on=at.date(),
        sent_at=at,
        planned_for=at,
        not_before=at,
        expires_at=at + timedelta(days=1),
    )


def judged(gate: Gate, point: str, relation: str) -> contact_gate.Judgement:
    [judgement] = contact_gate.judge(gate, [wish(point, relation)])
    return judgement


@pytest.mark.parametrize(("begins", "ends", "stopped"), [(-1, 1, [True, False]), (1, 3, [False, True])])
def test_each_of_a_batch_is_judged_by_the_stops_and_consents_of_its_own_moment(gate, begins, ends, stopped) -> None:
    """In hours from the first of two contacts, two hours apart."""
    cast.borrower()
    holds = {"from_at": cast.NOW + timedelta(hours=begins), "to_at": cast.NOW + timedelta(hours=ends)}
    Stop.objects.create(person_id=cast.PAYS, reason="CEASED", **holds)
    two = [replace(wish("", "SELF"), contact_id=f"w{hour}", at=cast.NOW + timedelta(hours=hour)) for hour in (0, 2)]
    judgements = contact_gate.judge(gate, two)
    assert ["CEASED" in one.case.borrower.status for one in judgements] == stopped
    assert [one.verdict for one in judgements] == [contact_gate.judge(gate, [each])[0].verdict for each in two]

    held = {"given_at": holds["from_at"], "withdrawn_at": holds["to_at"], "withdrawn_by": "user:1"}
    Consent.objects.create(consent_id="1" * 32, person_id=cast.PAYS, purpose="HOURS", **held)
    consented = [bool(one.case.contact.consents) for one in contact_gate.judge(gate, two)]
    assert consented == stopped


def test_who_refused_years_ago_is_still_left_alone(gate: Gate) -> None:
    kin = cast.point(cast.borrower(), "+8613900000009", relation="KIN").contact_point_id
    was("c1", kin, "KIN", outcome="REFUSED", days=800)
    assert REFUSAL in {reason.rule for reason in judged(gate, kin, "KIN").verdict.reasons}


def test_whoever_the_number_was_then_said_to_belong_to(gate: Gate) -> None:
    kin = cast.point(cast.borrower(), "+8613900000009", relation="KIN").contact_point_id
    was("c1", kin, "SELF", outcome="REFUSED", days=800)
    assert REFUSAL in {reason.rule for reason in judged(gate, kin, "KIN").verdict.reasons}


def test_what_no_limit_can_count_is_not_looked_up_nor_kept(gate: Gate) -> None:
    cast.borrower()
    own = cast.own_point(cast.PAYS)
    for number, days in enumerate((0, 3, 80)):
        was(f"c{number}", own, "SELF", outcome="NO_ANSWER", days=days)
    judgement = judged(gate, own, "SELF")
    assert [touch.at for touch in judgement.case.history] == [cast.NOW]
    assert cast.NOW - timedelta(days=2) < judgement.since < cast.NOW - timedelta(days=1)


@pytest.mark.parametrize(("pack", "is_ever"), [("cn+house", False), ("us", False), ("ca-on", True)])
def test_a_limit_after_the_first_conversation_looks_back_to_it(pack: str, is_ever: bool) -> None:
    law = reading.named(policies.folder(), pack)
    reach = contact_gate.looks_back_to(law, cast.NOW, relations=contact_gate.OWN)
    assert (reach == contact_gate.EPOCH) is is_ever
    assert reach < cast.NOW - timedelta(days=1)
