"""In which order does a case tell of what happened?"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from arrears.rules import case_events

ZONE = "Asia/Shanghai"
AT = datetime(2026, 11, 29, 17, tzinfo=UTC)  # one in the morning of the 30th there


@pytest.mark.parametrize(
    ("on", "stands_at"),
    [
        (None, AT),
        (date(2026, 11, 30), AT),
        (date(2026, 11, 22), datetime(2026, 11, 22, 15, 59, 59, 999_999, tzinfo=UTC)),
        (date(2026, 12, 1), datetime(2026, 11, 30, 16, tzinfo=UTC)),
    ],
    ids=["without a date", "of its date", "recorded later", "recorded earlier"],
)
def test_it_stands_in_its_business_date(on, stands_at):
    assert case_events.stands_at(AT, on, zone=ZONE) == stands_at
