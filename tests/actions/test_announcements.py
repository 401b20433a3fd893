"""Partners hear of what concerns them: a case that opens or closes, a contact that went out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import market, nights

from arrears.actions import contact_resolve, contact_send, take_payment, wired
from arrears.channels import registry
from arrears.records.cases.models import Case
from arrears.records.contacts.models import Contact
from arrears.records.webhooks import operations as webhooks
from arrears.records.webhooks.models import Delivery

DAY = date(2026, 11, 23)


@pytest.fixture
def told(db, settings, tmp_path):
    """A partner that listens to everything, and one customer seven days late."""
    settings.LAKE = tmp_path / "lake"
    webhooks.register(url="https://partner.example/", kinds=(), at=nights.moment(DAY), actor="test")
    tape = market.Tape()
    tape.customer("C1", mobile="13800000001")
    tape.account("A1", "C1", first_due=DAY - timedelta(days=7))
    nights.take(tape, tmp_path, DAY)
    nights.run(DAY)
    return tape


def kinds() -> list[str]:
    return sorted(Delivery.objects.values_list("kind", flat=True))


class TestNight:
    def test_tells_of_a_case_that_opened(self, told):
        assert kinds() == ["case.opened"]

    def test_tells_it_once(self, told):
        nights.run(DAY)
        assert kinds() == ["case.opened"]

    def test_tells_of_a_case_that_closed(self, told, tmp_path):
        told.payment("P1", "A1", paid_on=DAY, amount="105.00")
        nights.take(told, tmp_path, DAY + timedelta(days=1))
        nights.run(DAY + timedelta(days=1))
        assert kinds() == ["case.closed", "case.opened"]

    def test_tells_the_same_of_a_case_that_closed_by_day(self, told):
        take_payment.take_payment(
            payment_id="P1",
            account_id="A1",
            amount_minor=10_500,
            currency="CNY",
            paid_on=DAY,
            channel="BANK",
            source="API",
            as_of=DAY,
            at=nights.moment(DAY) + timedelta(hours=9),
            actor="api:1",
        )
        body = Delivery.objects.get(kind="case.closed").body
        assert (body["case_id"], body["as_of"]) == (Case.objects.get().case_id, str(DAY))


class TestSending:
    def test_tells_of_a_contact_that_went_out(self, told, tmp_path):
        channel = registry.open_channel("sandbox", folder=tmp_path / "sandbox", zone="Asia/Shanghai")
        at = nights.moment(DAY) + timedelta(hours=10)
        contact_send.send_due(at=at, limit=10, channels={"SMS": channel}, worker="w", gate=wired.here().gate)
        channel.close()
        assert kinds() == ["case.opened", "contact.sent"]

    @pytest.mark.parametrize(
        ("was_spoken", "told_of"), [(True, ["case.opened", "contact.sent"]), (False, ["case.opened"])]
    )
    def test_tells_of_one_in_doubt_that_went_out_as_somebody_says(self, told, was_spoken, told_of):
        Contact.objects.filter(status="PLANNED").update(status="IN_DOUBT")
        contact_id = Contact.objects.get().contact_id
        contact_resolve.settle(contact_id=contact_id, was_spoken=was_spoken, at=nights.moment(DAY), actor="user:1")
        assert kinds() == told_of
