"""A town of two late debtors, for the pages of late collection."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import market, nights
from tests.interfaces.console.conftest import DAY, everyone
from tests.interfaces.console.late.town import HOME

from arrears.records.cases.models import Case


@pytest.fixture(scope="module")
def shared_town(shared_rows, tmp_path_factory):
    """The folder of a lake of two debtors; its night is in the books."""
    folder = tmp_path_factory.mktemp("town")
    tape = market.Tape()
    for customer, days, principal in (("SMALL", 100, "100.00"), ("LARGE", 130, "9000.00")):
        tape.customer(customer, mobile="13800000001" if customer == "SMALL" else "13800000002")
        tape.rows["contact_points"].append(
            {"customer_id": customer, "kind": "ADDRESS", "value": HOME, "relation": "SELF"}
        )
        tape.account(f"A-{customer}", customer, first_due=DAY - timedelta(days=days), principal=principal)
    with shared_rows(), nights.lake_in(folder, partitions=1):
        nights.take(tape, folder, DAY)
        nights.run(DAY)
        everyone(joined_on=date(2026, 11, 1))
    return folder


@pytest.fixture
def town(shared_town, db, settings, tmp_path, ten_in_the_morning):
    """SMALL is a small debt 100 days late, which goes to an agency; LARGE a large one of 130 days, for the lawyers."""
    nights.go_on_from(shared_town, tmp_path, settings, partitions=1)


@pytest.fixture
def small(town) -> Case:
    return Case.objects.get(person_id="SMALL")


@pytest.fixture
def large(town) -> Case:
    return Case.objects.get(person_id="LARGE")
