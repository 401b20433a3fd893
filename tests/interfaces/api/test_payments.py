"""A payment posted to the API is in the books when the answer comes, once, and everything lets go."""

from __future__ import annotations

import json
import time

import pytest
from tests import nights
from tests.interfaces.api.conftest import DAY, Partner

from arrears.records.cases.models import Case
from arrears.records.contacts.models import Contact
from arrears.records.ledger.models import Payment

PAID = {
    "payment_id": "P1",
    "account_id": "A1",
    "amount": "105.00",
    "currency": "CNY",
    "paid_on": DAY.isoformat(),
    "channel": "BANK",
}


class TestTaking:
    def test_cures_the_case_and_cancels_what_is_planned_within_a_second(self, partner):
        begun = time.thread_time()  # what is done for it, not what waits while other tests are run beside
        answer = partner.post("/payments", PAID)
        seconds = time.thread_time() - begun
        assert (answer.status_code, seconds < 1) == (201, True)
        taken = answer.json()
        assert sum(taken["parts"].values()) + taken["surplus_minor"] == 10_500
        assert taken["closed_case_ids"] == [Case.objects.get().case_id]
        assert Contact.objects.filter(status="PLANNED").count() == 0
        (contact,) = partner.get("/contacts", customer_id="C1").json()
        assert (contact["status"], contact["cancel_reason"]) == ("CANCELLED", "payment taken")
        case = partner.get(f"/cases/{taken['closed_case_ids'][0]}").json()
        assert (case["case"]["status"], case["case"]["close_reason"]) == ("CLOSED", "CURED")

    def test_the_same_request_again_is_answered_not_repeated(self, partner):
        first = partner.post("/payments", PAID, key="same")
        second = partner.post("/payments", PAID, key="same")
        assert (second.status_code, second.json()) == (first.status_code, first.json())
        assert Payment.objects.count() == 1

    def test_the_same_key_with_another_amount_is_refused(self, partner):
        partner.post("/payments", PAID, key="same")
        answer = partner.post("/payments", PAID | {"amount": "1.00"}, key="same")
        assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
        assert Payment.objects.get().amount_minor == 10_500

    def test_a_known_payment_under_a_new_key_is_not_taken_twice(self, partner):
        partner.post("/payments", PAID)
        assert partner.post("/payments", PAID).json()["is_new"] is False
        assert Payment.objects.count() == 1

    def test_a_known_payment_is_answered_with_what_it_settled_the_first_time(self, partner):
        first = partner.post("/payments", PAID | {"amount": "400.00"}).json()
        partner.post("/payments/P1/reversal", {"reversal_id": "R1", "account_id": "A1"})
        again = partner.post("/payments", PAID | {"amount": "400.00"}).json()
        assert [again[name] for name in ("parts", "surplus_minor")] == [
            first[name] for name in ("parts", "surplus_minor")
        ]
        assert (sum(again["parts"].values()), again["surplus_minor"]) == (31_500, 8_500)

    def test_a_known_payment_with_another_content_is_refused(self, partner):
        partner.post("/payments", PAID)
        answer = partner.post("/payments", PAID | {"amount": "1.00"})
        assert (answer.status_code, answer.json()["code"]) == (409, "payment_differs")

    @pytest.mark.parametrize(
        "change",
        [
            {"amount": "0"},
            {"amount": "-1.00"},
            {"amount": "1.001"},
            {"amount": "NaN"},
            {"amount": "1e30"},
            {"amount": None},
            {"currency": "USD"},
            {"currency": "yuan"},
            {"paid_on": "2026-11-24"},
            {"paid_on": "9999-12-31"},
            {"paid_on": "0001-01-01"},
            {"paid_on": "0000-00-00"},
            {"amount": "-0.00"},
            *({"amount": text} for text in ("1e3", "1_0", "１０", " 5 ", "5.", ".5", "+5", "1,000", 5, 5.0)),
            *({"paid_on": day} for day in (1795305600, "1795305600", "2026-11-23T00:00:00", "20261123", " 2026-11-23")),
            {"reverses": "P0"},
            {"amount": "1e-30"},
            {"amount": "10000000000000.00"},
            {"paid_on": "yesterday"},
            {"payment_id": ""},
            *({"payment_id": text} for text in ("P1 ", " P1", "P\u3000", "a/b", "..", "a\\b")),
            {"account_id": "A1 "},
            {"payment_id": "x" * 65},
            *({"channel": text} for text in ("瑶池漫 13988877766", "瑶池漫", "BANK TRANSFER", "B\n", "x" * 65)),
        ],
        ids=str,
    )
    def test_what_cannot_be_a_payment_is_malformed_and_nothing_changes(self, partner, change):
        assert partner.post("/payments", PAID | change).status_code == 422
        assert Payment.objects.count() == 0

    @pytest.mark.parametrize("named", ["张三13800138000", "tel-13800138000", "zhang@example.com", "王小明"])
    def test_an_identifier_that_names_a_person_is_refused_as_on_a_tape(self, partner, named):
        answer = partner.post("/payments", PAID | {"payment_id": named})
        assert (answer.status_code, answer.json()["code"]) == (422, "payment_names_a_person")
        partner.post("/payments", PAID)
        answer = partner.post("/payments/P1/reversal", {"reversal_id": named, "account_id": "A1"})
        assert (answer.status_code, answer.json()["code"]) == (422, "payment_names_a_person")
        assert [payment.payment_id for payment in Payment.objects.all()] == ["P1"]

    def test_a_channel_that_names_a_person_is_refused_as_on_a_tape(self, partner):
        answer = partner.post("/payments", PAID | {"channel": "13988877766"})
        assert (answer.status_code, answer.json()["code"]) == (422, "payment_names_a_person")
        assert Payment.objects.count() == 0

    def test_a_key_that_stands_twice_is_malformed(self, partner):
        twice = json.dumps(PAID).replace('"amount"', '"amount": "2.00", "amount"')
        headers = {"Authorization": f"Bearer {partner.secret}", "Idempotency-Key": "k1"}
        answer = partner.client.post("/api/v1/payments", twice, content_type="application/json", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "malformed_body")
        assert Payment.objects.count() == 0

    def test_an_account_nobody_knows_is_refused(self, partner):
        answer = partner.post("/payments", PAID | {"account_id": "A404"})
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_account")

    def test_a_key_header_is_required(self, partner):
        headers = {"Authorization": f"Bearer {partner.secret}"}
        answer = partner.client.post("/api/v1/payments", PAID, content_type="application/json", headers=headers)
        assert answer.status_code == 422


class TestReversing:
    def test_gives_the_debt_back(self, partner):
        partner.post("/payments", PAID | {"amount": "50.00"})
        answer = partner.post("/payments/P1/reversal", {"reversal_id": "R1", "account_id": "A1"})
        assert (answer.status_code, answer.json()["owed_again"]) == (201, {"principal": 4_500, "interest": 500})
        assert Case.objects.get().overdue_minor == 10_500

    def test_tells_every_part_with_its_sign_in_its_name_and_the_same_when_asked_again(self, partner):
        partner.post("/payments", PAID | {"amount": "400.00"})
        body = {"reversal_id": "R1", "account_id": "A1"}
        told, again = (partner.post("/payments/P1/reversal", body).json() for _ in range(2))
        assert told == again | {"is_new": True}
        sums = [sum(told[name].values()) for name in ("owed_again", "settled_by_others")]
        assert (sums, told["surplus_minor"]) == ([31_500, 0], 8_500)

    @pytest.mark.parametrize("named", ["2026/11/T-1", "2026%2F11%2FT-1"])
    def test_a_payment_of_the_tape_whose_name_holds_slashes_can_be_named(self, partner, named):
        Payment.objects.create(
            payment_id="2026/11/T-1",
            account_id="A1",
            customer_id="C1",
            paid_on=DAY,
            booked_at=nights.moment(DAY),
            amount_minor=5_000,
            currency="CNY",
            channel="BANK",
            source="TAPE",
            actor="tape",
        )
        answer = partner.post(f"/payments/{named}/reversal", {"reversal_id": "R1", "account_id": "A1"})
        assert (answer.status_code, answer.json()["payment_id"]) == (201, "2026/11/T-1")

    def test_twice_is_once(self, partner):
        partner.post("/payments", PAID | {"amount": "50.00"})
        partner.post("/payments/P1/reversal", {"reversal_id": "R1", "account_id": "A1"})
        again = partner.post("/payments/P1/reversal", {"reversal_id": "R2", "account_id": "A1"})
        assert (again.status_code, again.json()["code"]) == (409, "payment_reversed_already")


class TestKeys:
    @pytest.mark.parametrize("secret", ["", "nonsense", "ak_00000000_x", "ak__", "Bearer"])
    def test_a_stranger_is_not_let_in(self, partner, secret):
        partner.secret = secret
        assert partner.get("/cases").status_code == 401

    def test_a_key_without_the_scope_is_refused(self, late):
        reader = Partner("cases:read")
        assert reader.get("/cases").status_code == 200
        assert reader.post("/payments", PAID).status_code == 403
        assert Payment.objects.count() == 0
