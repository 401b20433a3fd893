"""The synthetic lender's complaints: each complained once, worked on working days, the first due first."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from tests import cast, gatehouse

from arrears.actions import contact_plan, live_complaints
from arrears.records.complaints import queries
from arrears.records.complaints.models import Complaint
from arrears.records.compliance.models import Stop
from arrears.records.contacts.models import Contact
from arrears.simulator import complaints as said

pytestmark = pytest.mark.django_db

EVENING = datetime(2026, 11, 23, 13, tzinfo=UTC)


def touches(*rows: tuple[str, str, str, bool]) -> pl.DataFrame:
    """Contacts of the day: id, customer, relation, whether they complained."""
    schema = {"contact_id": pl.String, "customer_id": pl.String, "relation": pl.String, "complaint": pl.Boolean}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(channel=pl.lit("CALL"), at=pl.lit(cast.NOW))


@pytest.fixture
def contact(gate) -> str:
    cast.borrower()
    cast.borrower(cast.PROMISES)
    cast.open_case()
    contact_plan.plan([gatehouse.draft()], at=cast.NOW, actor="test", gate=gate)
    return Contact.objects.get().pk


def hear(gate, contact: str, relation: str = "SELF") -> None:
    day = touches((contact, cast.PAYS, relation, True), ("other", cast.PROMISES, "SELF", False))
    live_complaints.hear(day, at=EVENING, gate=gate)


def test_who_complained_is_heard_once_with_the_contact(gate, contact):
    hear(gate, contact)
    hear(gate, contact)
    one = Complaint.objects.get()

    assert (one.person_id, one.about_actor, queries.linked(one.pk)) == (cast.PAYS, "user:demo-agent", [contact])
    assert one.received_on == cast.TODAY
    assert one.kind in said.KINDS["CALL"]
    assert Stop.objects.filter(reason="COMPLAINT", to_at=None).count() == 1


def test_somebody_else_complains_of_having_been_contacted(gate, contact):
    hear(gate, contact, "KIN")
    assert (Complaint.objects.get().kind, Complaint.objects.get().complainant) == ("THIRD_PARTY", "THIRD_PARTY")


def test_the_desk_acknowledges_then_answers_and_rests_on_days_off(gate, contact):
    hear(gate, contact)
    states = {}
    for days in range(1, 9):
        on = cast.TODAY + timedelta(days=days)
        live_complaints.work(at=EVENING + timedelta(days=days), as_of=on)
        states[on] = Complaint.objects.get().status

    assert states[date(2026, 11, 24)] == "IN_REVIEW"
    assert states[date(2026, 11, 28)] == states[date(2026, 11, 29)] == "IN_REVIEW"  # a week-end
    assert states[date(2026, 11, 30)] == states[date(2026, 12, 1)] == "ANSWERED"
    assert Stop.objects.filter(reason="COMPLAINT", to_at=None).count() == 0


@pytest.mark.parametrize("kind", sorted(said.WORDS))
def test_every_complaint_has_its_words_and_its_answer(kind):
    for number in range(40):
        complaint_id = f"{number:032x}"
        assert said.words_of(complaint_id, kind) in said.WORDS[kind]
        outcome, cause, remedy, text = said.found(complaint_id, kind, is_of_agency=number % 2 == 0)
        assert outcome in {"UPHELD", "PARTLY", "NOT_UPHELD"}
        assert cause
        assert remedy
        assert text
