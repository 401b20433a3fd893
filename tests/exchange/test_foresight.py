"""What the case page foresees is what the night of that day then decides, if nothing is paid."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import market, nights

from arrears.actions import house
from arrears.decisions import night_policy
from arrears.exchange import foresight
from arrears.records.cases.models import Case, WorkItem
from arrears.records.contacts.models import Contact

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)


def foresee():
    place = house.here()
    return foresight.of_case(Case.objects.get().case_id, policy=night_policy.load(place.policies), zone=place.zone)


@pytest.fixture
def late(settings, tmp_path):
    settings.LAKE, settings.PARTITIONS = tmp_path / "lake", 1
    tape = market.Tape()
    tape.customer("C1", mobile="13800000001")
    tape.account("A1", "C1", first_due=DAY - timedelta(days=27))
    nights.take(tape, tmp_path, DAY)
    nights.run(DAY)


def test_the_night_of_that_day_does_what_was_foreseen(late):
    found = foresee()
    done = {"SMS": Contact.objects.count(), "CALL_TASK": WorkItem.objects.count()}
    for days in range(1, (found.on - DAY).days + 1):
        now = {"SMS": Contact.objects.count(), "CALL_TASK": WorkItem.objects.count()}
        assert now == done, f"{DAY + timedelta(days=days)} came before what was foreseen"
        nights.run(DAY + timedelta(days=days))
    assert found.on > DAY
    assert {"SMS": Contact, "CALL_TASK": WorkItem}[found.action].objects.filter(rule_number=found.rule_number).exists()


def test_a_closed_case_foresees_nothing(late):
    case_id = Case.objects.get().case_id
    Case.objects.update(status="CLOSED", closed_on=DAY, close_reason="CURED")
    place = house.here()
    assert foresight.of_case(case_id, policy=night_policy.load(place.policies), zone=place.zone) is None
