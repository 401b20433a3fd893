"""`arrears privacy retain --apply` killed -9 in the middle: everybody is whole or gone, and the next run goes on."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import date

import pytest
from django.conf import settings
from tests import market, nights
from tests.cast import NOW

from arrears.kernel.clock import SystemClock
from arrears.records.contacts import sealed
from arrears.records.contacts.models import Contact
from arrears.records.people.models import ContactPoint
from arrears.records.privacy import cipher
from arrears.records.rights.models import Erasure

pytestmark = pytest.mark.django_db(transaction=True)
DAY, PEOPLE, PATIENCE = date(2026, 11, 23), 400, 120.0
LONG_AGO = date(2018, 3, 1)


@pytest.fixture
def due(tmp_path, books_environment):
    """So many people who paid everything long ago, each with a number and words; and the environment of a child."""
    tape = market.Tape()
    for n in range(PEOPLE):
        tape.customer(f"C{n:03d}", mobile=f"138{10_000_000 + n}")
        tape.account(f"A{n:03d}", f"C{n:03d}", first_due=LONG_AGO, instalments=1)
        tape.payment(f"P{n:03d}", f"A{n:03d}", LONG_AGO, "105.00")
    with nights.lake_in(tmp_path, partitions=1):
        nights.take(tape, tmp_path, DAY)
        nights.run(DAY)
        times = dict.fromkeys(("planned_for", "not_before", "expires_at"), NOW)
        told = {"channel": "SMS", "purpose": "REMIND", "status": "DONE", "as_of": DAY, "timezone": "UTC"}
        for point in ContactPoint.objects.all():
            text = cipher.seal("您好", context=sealed.text_context(f"t{point.person_id}"))
            whom = {"person_id": point.person_id, "contact_point": point, "text_sealed": text}
            Contact.objects.create(contact_id=f"t{point.person_id}", **whom, **told, **times)
        nights.approve_retention_on(SystemClock().now().date())
        yield books_environment | {"ARREARS_LAKE": str(settings.LAKE), "ARREARS_CLOCK": "system"}


def run(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "arrears", "privacy", "retain", "--apply"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_whoever_was_begun_is_whole_or_gone_and_the_next_run_goes_on(due):
    child = run(due)
    until = time.monotonic() + PATIENCE
    while Erasure.objects.count() < 5 and child.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    child.kill()
    told, _ = child.communicate()
    gone = set(Erasure.objects.values_list("person_id", flat=True))
    worded = set(Contact.objects.filter(text_sealed__isnull=False).values_list("person_id", flat=True))
    reached = set(ContactPoint.objects.values_list("person_id", flat=True))

    assert 5 <= len(gone) < PEOPLE, told
    assert worded == reached
    assert gone.isdisjoint(worded)
    assert len(gone | worded) == PEOPLE

    again = run(due)
    told, _ = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0, told
    assert Erasure.objects.count() == PEOPLE
    assert not ContactPoint.objects.exists()
    assert not Contact.objects.filter(text_sealed__isnull=False).exists()
