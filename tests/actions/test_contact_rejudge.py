"""A verdict is judged again on the facts it was given on, whatever became of them, and by a law of another day."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from tests import cast
from tests.gatehouse import draft

from arrears import policies
from arrears.actions import contact_call, contact_plan, contact_rejudge
from arrears.actions.contact_gate import Gate
from arrears.actions.contact_rejudge import Rejudged
from arrears.records.compliance import operations as compliance
from arrears.records.compliance.models import Stop, Verdict
from arrears.records.contacts.models import Contact
from arrears.records.people.models import Person

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 26)


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> Path:  # type: ignore[no-untyped-def]
    settings.HOME = str(tmp_path)
    return tmp_path


def again(verdict: Verdict | None = None, *, today: date = TODAY, pack: str = "cn+house") -> Rejudged:
    verdict = verdict or Verdict.objects.order_by("id").last()
    assert verdict is not None
    return contact_rejudge.rejudge(verdict.pk, today=today, pack_name=pack)


def call(gate: Gate, *, minutes: int, outcome: str = "") -> contact_call.Clearance:
    at = cast.NOW + timedelta(minutes=minutes)
    cast.borrower()
    cleared = contact_call.clear_call(
        customer_id=cast.PAYS,
        case_id=None,
        contact_point_id=cast.own_point(cast.PAYS),
        at=at,
        actor=f"user:{cast.supervisor().pk}",
        gate=gate,
    )
    if outcome:
        contact_call.record_call(contact_id=cleared.contact_id, outcome=outcome, at=at, actor="test")
    return cleared


class TestOnItsOwnFacts:
    def test_it_says_again_what_is_on_record(self, gate: Gate) -> None:
        cast.borrower()
        late = datetime.fromisoformat("2026-11-23T23:10:00+08:00")
        contact_plan.plan([draft(planned_for=late)], at=cast.NOW, actor="test", gate=gate)
        found = again()
        assert found.then is not None
        assert (found.agrees, found.then.is_same_text) == (True, True)
        assert found.case is not None
        assert found.case.at == late, "the moment it was meant for, not the one it was planned at"

    def test_what_was_told_later_and_who_moved_changes_nothing(self, gate: Gate) -> None:
        for minutes in (0, 60, 120):
            call(gate, minutes=minutes, outcome="CONNECTED")
        refused = call(gate, minutes=180)
        verdict = Verdict.objects.get(contact_id=refused.contact_id)
        assert not verdict.allowed
        Contact.objects.update(outcome="NO_ANSWER", sent_at=cast.NOW - timedelta(days=30))
        Person.objects.update(region_code="US-NY", timezone="America/New_York")
        compliance.stop(customer_id=cast.PAYS, reason="CEASED", at=cast.NOW, actor="test")
        found = again(verdict)
        assert found.agrees
        assert found.case is not None
        assert [touch.outcome for touch in found.case.history] == ["CONNECTED"] * 3

    def test_a_stop_of_then_still_speaks_when_it_was_lifted(self, gate: Gate) -> None:
        cast.borrower()
        compliance.stop(customer_id=cast.PAYS, reason="CEASED", at=cast.NOW, actor="test")
        contact_plan.plan([draft()], at=cast.NOW, actor="test", gate=gate)
        Stop.objects.all().delete()
        found = again()
        assert found.agrees
        assert not found.stored.allowed

    def test_advice_that_was_overruled_is_overruled_again(self, gate: Gate) -> None:
        call(gate, minutes=0, outcome="NO_ANSWER")
        cleared = contact_call.clear_call(
            customer_id=cast.PAYS,
            case_id=None,
            contact_point_id=cast.own_point(cast.PAYS),
            at=cast.NOW + timedelta(minutes=5),
            actor=f"user:{cast.supervisor().pk}",
            gate=gate,
            overruling="急",
        )
        found = again(Verdict.objects.get(contact_id=cleared.contact_id))
        assert found.agrees
        assert found.stored.allowed
        assert found.facts is not None
        assert found.facts["overruled"] == ["LENDER-REDIAL-30"]

    def test_no_identity_stands_in_what_is_kept(self, gate: Gate) -> None:
        call(gate, minutes=0, outcome="NO_ANSWER")
        call(gate, minutes=60)
        kept = " ".join(verdict.facts for verdict in Verdict.objects.all())
        assert cast.NAMES[cast.PAYS] not in kept
        assert cast.MOBILES[cast.PAYS].removeprefix("+86") not in kept
        assert set(json.loads(Verdict.objects.order_by("id").last().facts)) == {
            "contact",
            "borrower",
            "history",
            "since",
        }

    def test_two_people_of_whom_nothing_is_known_are_each_judged_on_their_own(self, gate: Gate) -> None:
        for customer_id in (cast.PAYS, cast.PROMISES):
            cast.borrower(customer_id)
        drafts = [draft(cast.PAYS), draft(cast.PROMISES)]
        contact_plan.plan(drafts, at=cast.NOW, actor="test", gate=gate)
        first, second = (again(verdict) for verdict in Verdict.objects.order_by("id"))
        assert first.agrees
        assert second.agrees


class TestOtherLaws:
    def test_a_rule_of_today_speaks_of_the_past_and_one_of_then_does_not_speak_today(self, gate: Gate) -> None:
        """Until 2026-01-30 the house itself asked for two on a visit; since, a guideline of the trade does."""
        at = datetime.fromisoformat("2026-01-15T10:00:00+08:00")
        home = cast.point(cast.borrower(), "上海市某路1号", kind="ADDRESS")
        contact_call.clear_visit(
            customer_id=cast.PAYS,
            case_id=None,
            contact_point_id=home.contact_point_id,
            companion="",
            agreed="BY_PHONE",
            at=at,
            actor=f"user:{cast.supervisor().pk}",
            gate=gate,
        )
        found = again()
        assert found.then is not None
        assert found.now is not None
        assert found.agrees
        assert "LENDER-VISIT-2" in found.then.rules - found.now.rules
        assert any(rule.startswith("CN-") for rule in found.now.rules - found.then.rules)

    def test_another_country_may_be_asked(self, gate: Gate) -> None:
        call(gate, minutes=0)
        found = again(pack="us")
        assert found.now is not None
        assert found.now.law.startswith("us@")

    def test_rules_that_look_further_back_than_the_verdict_did_say_so(self, gate: Gate) -> None:
        cast.borrower()
        contact_plan.plan([draft()], at=cast.NOW, actor="test", gate=gate)
        verdict = Verdict.objects.get()
        verdict.facts = json.dumps(json.loads(verdict.facts) | {"since": (cast.NOW - timedelta(days=1)).isoformat()})
        verdict.save()
        found = again()
        assert found.then is not None
        assert found.then.since is not None

    def test_a_pack_that_is_gone_or_wrong_says_nothing(self, gate: Gate) -> None:
        call(gate, minutes=0)
        Verdict.objects.update(pack="atlantis@1+abcdef01")
        found = again(pack="nowhere")
        assert found.then is not None
        assert found.now is not None
        assert (found.then.verdict, found.now.verdict, found.agrees) == (None, None, False)
        assert "nowhere" in found.now.fault

    def test_the_text_of_then_is_found_among_the_policies_that_were_in_force(self, gate: Gate, home: Path) -> None:
        call(gate, minutes=0)
        own = home / "policies" / "packs"
        own.mkdir(parents=True)
        text = (policies.folder() / "packs" / "house.toml").read_text(encoding="utf-8")
        (own / "house.toml").write_text(text + "# of then\n", encoding="utf-8")
        policies.of_home(home)
        (own / "house.toml").write_text(text + "# of now\n", encoding="utf-8")
        edited = again()
        assert edited.then is not None
        assert not edited.then.is_same_text, "the shipped text is not kept as a copy, and today's is another"
        of_then = next((home / "cache" / "policies").iterdir())
        name = contact_rejudge.reading.named(of_then, "cn+house").name
        Verdict.objects.update(pack=name)
        found = again()
        assert found.then is not None
        assert (found.then.law, found.then.is_same_text) == (name, True)


def test_a_verdict_of_before_is_shown_and_not_judged_again(gate: Gate) -> None:
    call(gate, minutes=0)
    Verdict.objects.update(facts=None)
    found = again()
    assert (found.facts, found.then, found.now, found.agrees) == (None, None, None, False)
    assert found.stored.allowed
