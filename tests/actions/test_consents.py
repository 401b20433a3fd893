"""A consent lifts the rules that ask for it, from when it was given until it is withdrawn, and not a moment longer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import cast

from arrears.actions import contact_gate
from arrears.actions.contact_gate import Wish
from arrears.records.audit.models import Event
from arrears.records.compliance import consents
from arrears.records.compliance.models import Consent

pytestmark = pytest.mark.django_db
#: Half past ten in the evening in Shanghai: no law allows a call, and HOURS is the consent that lifts it.
EVENING = cast.NOW + timedelta(hours=13)


def give(consent_id: str = "1" * 32, *, at=cast.NOW, **changes: str) -> bool:
    told = {"customer_id": cast.PAYS, "purpose": "HOURS", "proof": "RECORDED", "proof_ref": "c1", "policy": "2026-11"}
    return consents.give(consents.Given(consent_id=consent_id, **(told | changes)), at=at, actor="user:1")


def rules_against(gate, *, at) -> set[str]:
    wish = Wish("w", cast.PAYS, "CALL", "COLLECT", "SELF", cast.own_point(cast.PAYS), at, "CN-31", "")
    [judged] = contact_gate.judge(gate, [wish])
    return {reason.rule for reason in judged.verdict.reasons}


@pytest.fixture(autouse=True)
def pays():
    cast.borrower()


class TestAtTheGate:
    def test_it_lifts_what_it_was_given_for(self, gate):
        before = rules_against(gate, at=EVENING)
        give()
        assert before - rules_against(gate, at=EVENING)

    def test_withdrawn_it_lifts_nothing_from_that_moment_on(self, gate):
        before = rules_against(gate, at=EVENING)
        give()
        consents.withdraw(consent_id="1" * 32, note="said so on the phone", at=EVENING, actor="user:2")
        assert rules_against(gate, at=EVENING) == before

    def test_one_persons_consent_is_nobody_elses(self, gate):
        cast.borrower(cast.DISPUTES)
        before = rules_against(gate, at=EVENING)
        give(customer_id=cast.DISPUTES)
        assert rules_against(gate, at=EVENING) == before

    def test_it_stands_among_the_facts_of_the_verdict(self, gate):
        give()
        wish = Wish("w", cast.PAYS, "CALL", "COLLECT", "SELF", "", EVENING, "CN-31", "")
        [judged] = contact_gate.judge(gate, [wish])
        assert "HOURS" in judged.facts


class TestRegister:
    def test_both_ends_leave_an_event(self):
        give()
        consents.withdraw(consent_id="1" * 32, note="by letter", at=EVENING, actor="user:2")
        assert list(Event.objects.order_by("id").values_list("kind", flat=True)) == [
            "consent.given",
            "consent.withdrawn",
        ]

    def test_a_second_click_is_one_consent_and_a_second_consent_is_refused(self):
        give()
        assert not give()
        with pytest.raises(consents.ConsentHolds):
            give("2" * 32)
        assert Consent.objects.count() == 1

    def test_it_may_be_given_again_after_it_was_withdrawn(self):
        give()
        consents.withdraw(consent_id="1" * 32, note="x", at=EVENING, actor="user:2")
        assert give("2" * 32, at=EVENING)

    def test_it_is_withdrawn_once(self):
        give()
        consents.withdraw(consent_id="1" * 32, note="x", at=EVENING, actor="user:2")
        with pytest.raises(consents.UnableToWithdraw):
            consents.withdraw(consent_id="1" * 32, note="x", at=EVENING, actor="user:2")

    @pytest.mark.parametrize(
        "changes", [{"purpose": "EVERYTHING"}, {"proof": "RUMOUR"}, {"proof_ref": " "}, {"policy": ""}]
    )
    def test_without_purpose_proof_or_notice_it_is_none(self, changes):
        with pytest.raises(Exception, match="consent"):
            give(**changes)
        assert not Consent.objects.exists()
