"""A home in which no night was run yet says how to start."""

from datetime import UTC, datetime

import pytest
from tests.interfaces.console.conftest import PASSWORD, signed_in

from arrears.records.staff import operations as staff


@pytest.mark.django_db
def test_a_home_without_a_night_says_how_to_start():
    staff.add(
        username="one",
        display_name="One",
        role="ANALYST",
        language="en",
        password=PASSWORD,
        joined_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    page = signed_in("ANALYST").get("/").content.decode()

    assert "This home is still empty" in page
    assert "arrears ingest" in page
