"""The synthetic lender's rights desk: each consent and request once, answered on working days, the first due first."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from tests import cast

from arrears.actions import live_privacy
from arrears.records.compliance.models import Consent
from arrears.records.rights.models import LegalHold, SubjectRequest
from arrears.simulator import requests as said

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def touches(count: int) -> pl.DataFrame:
    """So many calls with Pei, each of which was one too many."""
    rows = [(f"t{n}", cast.PAYS, "SELF", True) for n in range(count)]
    schema = {"contact_id": pl.String, "customer_id": pl.String, "relation": pl.String, "complaint": pl.Boolean}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(channel=pl.lit("CALL"), at=pl.lit(cast.NOW))


@pytest.fixture
def often(monkeypatch):
    for name in ("ASKS_ONE_IN", "CONSENTS_ONE_IN", "HOLDS_ONE_IN", "WITHDRAWN_ONE_IN"):
        monkeypatch.setattr(live_privacy, name, 1)
    cast.borrower()


def test_what_is_asked_and_consented_to_is_on_record_once(often, gate):
    for _ in range(2):
        live_privacy.hear(touches(24), at=cast.NOW, gate=gate)

    assert SubjectRequest.objects.count() == LegalHold.objects.count() == 24
    assert set(SubjectRequest.objects.values_list("kind", flat=True)) == set(said.WORDS)
    assert Consent.objects.count() == len(said.CONSENTS)  # one a purpose holds at a time


def test_the_desk_answers_all_of_it_in_time_and_rests_on_days_off(often, gate, settings, tmp_path):
    settings.LAKE = tmp_path / "lake"
    live_privacy.hear(touches(8), at=cast.NOW, gate=gate)
    for days in range(1, 15):
        on = cast.TODAY + days * DAY
        before = SubjectRequest.objects.filter(ended_at=None).count()
        live_privacy.work(at=cast.NOW + days * DAY, as_of=on, gate=gate)
        assert on.weekday() < 5 or SubjectRequest.objects.filter(ended_at=None).count() == before

    ended = dict(SubjectRequest.objects.values_list("kind", "status"))
    assert set(ended.values()) <= {"DONE", "REFUSED"}
    assert ended.get("DELETION", "REFUSED") == "REFUSED"  # under hold
    assert not any(request.ended_on > request.answer_due_on for request in SubjectRequest.objects.all())
    assert not Consent.objects.filter(withdrawn_at=None).exists()
