"""What partners may read: cases, contacts and the document of the API; and how they stop contact and register."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import nights
from tests.interfaces.api.conftest import DAY

from arrears.actions import take_promise
from arrears.interfaces.api.urls import api
from arrears.records.apikeys import operations as apikeys
from arrears.records.apikeys.models import AnsweredRequest
from arrears.records.cases.models import Case, CaseEvent, WorkItem
from arrears.records.compliance import queries as stopping
from arrears.records.contacts.models import Contact
from arrears.records.runs import queries as runs
from arrears.records.runs.models import Night


class TestCases:
    def test_are_listed_with_their_position(self, partner):
        page = partner.get("/cases", status="OPEN").json()
        assert [(c["customer_id"], c["dpd_max"], c["overdue_minor"]) for c in page["cases"]] == [("C1", 7, 10_500)]
        assert page["next_after"] is None

    @pytest.mark.parametrize(
        "words", [{"customer_id": "C1"}, {"account_id": "A1"}, {"stage": "EARLY"}, {"status": "OPEN"}], ids=str
    )
    def test_are_found_by_what_they_are(self, partner, words):
        assert len(partner.get("/cases", **words).json()["cases"]) == 1

    @pytest.mark.parametrize("words", [{"customer_id": "C9"}, {"account_id": "A9"}, {"stage": "LATE"}], ids=str)
    def test_are_not_found_by_what_they_are_not(self, partner, words):
        assert partner.get("/cases", **words).json()["cases"] == []

    def test_one_shows_its_accounts_and_how_it_came_about(self, partner):
        case_file = partner.get(f"/cases/{Case.objects.get().case_id}").json()
        assert [row["account_id"] for row in case_file["accounts"]] == ["A1"]
        assert "opened" in {event["kind"] for event in case_file["events"]}

    def test_its_events_stand_by_the_date_they_are_of(self, partner):
        """A night that was caught up days later is told where it belongs, with when it was recorded."""
        case = Case.objects.get()
        later = nights.moment(DAY) + timedelta(days=5)
        facts = {"case": case, "kind": "bucket_changed", "actor": "night"}
        long_ago = {"as_of": f"{DAY - timedelta(days=9)}"}
        CaseEvent.objects.create(event_id="f" * 32, at=later, data=long_ago, **facts)
        CaseEvent.objects.create(event_id="0" * 32, at=later - timedelta(days=1), **facts)
        told = partner.get(f"/cases/{case.pk}").json()["events"]
        assert (told[0]["at"][:10], told[0]["as_of"]) == (f"{later - timedelta(days=1):%Y-%m-%d}", None)
        assert told[-1]["as_of"] == long_ago["as_of"]

    def test_one_shows_what_was_promised(self, partner):
        case_id = Case.objects.get().case_id
        assert partner.get(f"/cases/{case_id}").json()["promises"] == []
        at = nights.moment(DAY) + timedelta(hours=10)
        promised = {"case_id": case_id, "channel": "CALL", "amount_minor": 5_000, "due_on": DAY + timedelta(days=3)}
        take_promise.take(**promised, as_of=DAY, at=at, actor="user:1")
        [told] = partner.get(f"/cases/{case_id}").json()["promises"]
        del told["promise_id"]
        assert told == {
            "amount_minor": 5_000,
            "currency": "CNY",
            "made_on": "2026-11-23",
            "due_on": "2026-11-26",
            "status": "OPEN",
            "paid_minor": 0,
            "ended_on": None,
        }

    def test_a_night_that_stopped_half_way_is_told(self, partner):
        whole = [partner.get("/cases").json(), partner.get(f"/cases/{Case.objects.get().case_id}").json()]
        assert [one["night_half_done_on"] for one in whole] == [None, None]
        Night.objects.filter(as_of=DAY).update(status="FAILED", step=runs.BOOKS_KEPT)
        half = [partner.get("/cases").json(), partner.get(f"/cases/{Case.objects.get().case_id}").json()]
        assert [one["night_half_done_on"] for one in half] == [DAY.isoformat()] * 2

    def test_one_that_does_not_exist_is_not_found(self, partner):
        answer = partner.get("/cases/nosuch")
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_case")

    @pytest.mark.parametrize("words", [{"stage": "NOSUCH"}, {"limit": "many"}], ids=str)
    def test_malformed_filters_are_malformed(self, partner, words):
        assert partner.get("/cases", **words).status_code == 422

    @pytest.mark.parametrize("path", ["/cases", "/cases/{case_id}", "/contacts", "/complaints", "/webhooks"])
    def test_a_filter_that_does_not_exist_is_refused_by_its_name(self, partner, path):
        narrow = {"customer_id": "C1"} if path in {"/contacts", "/complaints"} else {}
        answer = partner.get(path.format(case_id=Case.objects.get().case_id), stge="EARLY", **narrow)
        assert answer.status_code == 422
        assert answer.json()["errors"] == [{"where": "query.stge", "message": "there is no such parameter"}]

    def test_contacts_of_nobody_in_particular_are_malformed(self, partner):
        assert partner.get("/contacts").status_code == 422

    def test_two_contacts_are_a_list_of_two(self, partner):
        another = Contact.objects.get()
        another.pk = "another"
        another.save(force_insert=True)
        assert len(partner.get("/contacts", customer_id="C1").json()) == 2

    def test_no_identity_leaves(self, partner):
        text = partner.get("/cases").content + partner.get("/contacts", customer_id="C1").content
        assert b"13800000001" not in text


class TestStops:
    def test_everything_stops_and_what_is_planned_is_cancelled(self, partner):
        answer = partner.post("/stops", {"customer_id": "C1", "reason": "CEASED"})
        assert answer.status_code == 201
        assert answer.json() == {"customer_id": "C1", "is_new": True, "contacts_cancelled": 1}
        assert Contact.objects.get().status == "CANCELLED"

    def test_every_reason_that_somebody_outside_can_know_is_taken(self, partner):
        own = {
            "REST",
            "RESTRICTED",
            "WRONG_NUMBER",
        }  # said by ourselves alone
        for reason, _label in stopping.stop_reasons():
            answer = partner.post("/stops", {"customer_id": "C1", "reason": reason})
            assert answer.status_code == (422 if reason in own else 201), reason
        assert set(WorkItem.objects.filter(status="OPEN").values_list("kind", flat=True)) >= {"CARE", "SAFETY"}

    def test_told_again_it_is_not_new(self, partner):
        partner.post("/stops", {"customer_id": "C1", "reason": "CEASED"})
        assert partner.post("/stops", {"customer_id": "C1", "reason": "CEASED"}).json()["is_new"] is False

    def test_a_person_nobody_knows_cannot_be_stopped(self, partner):
        answer = partner.post("/stops", {"customer_id": "C9", "reason": "CEASED"})
        assert (answer.status_code, answer.json()["code"]) == (404, "unable_to_stop")

    @pytest.mark.parametrize(
        "change",
        [
            {"reason": "BORED"},
            {"channel": "PIGEON"},
            {"to_at": "2020-01-01T00:00:00Z"},
            {"to_at": "2031-01-01T00:00:00"},
        ],
        ids=str,
    )
    def test_malformed_is_malformed(self, partner, change):
        assert partner.post("/stops", {"customer_id": "C1", "reason": "CEASED"} | change).status_code == 422


class TestWebhooks:
    def test_the_secret_is_shown_once_and_not_kept(self, partner):
        body = {"url": "https://partner.example/hook", "kinds": ["case.closed"]}
        first = partner.post("/webhooks", body, key="w").json()
        again = partner.post("/webhooks", body, key="w").json()
        assert first["secret"].startswith("whsec_")
        assert again == {"endpoint_id": first["endpoint_id"], "secret": None}
        assert first["secret"] not in str(list(AnsweredRequest.objects.values()))

    @pytest.mark.parametrize("count", [0, 1, 2, 3])
    def test_any_number_of_them_is_a_list(self, partner, count):
        """Two of anything are no status and body."""
        for number in range(count):
            partner.post("/webhooks", {"url": f"https://partner{number}.example/hook"})
        assert len(partner.get("/webhooks").json()) == count

    def test_can_be_listed_and_removed(self, partner):
        made = partner.post("/webhooks", {"url": "https://partner.example/hook"}).json()
        assert [row["url"] for row in partner.get("/webhooks").json()] == ["https://partner.example/…"]
        assert partner.delete(f"/webhooks/{made['endpoint_id']}").status_code == 204
        assert partner.delete(f"/webhooks/{made['endpoint_id']}").status_code == 404

    @pytest.mark.parametrize(
        ("url", "code"),
        [
            ("ftp://partner.example", "webhook_address_wrong"),
            ("http://127.0.0.1:8000/", "webhook_address_private"),
            ("http://169.254.169.254/latest/meta-data", "webhook_address_private"),
            ("http://localhost/", "webhook_address_private"),
            ("https://" + "a" * 64 + ".example/", "webhook_address_wrong"),
        ],
    )
    def test_an_address_that_cannot_be_posted_to_is_refused(self, partner, url, code):
        answer = partner.post("/webhooks", {"url": url})
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert partner.get("/webhooks").json() == []


class TestKeysEnd:
    def test_a_revoked_key_is_a_stranger_at_once(self, partner):
        prefix = partner.secret.split("_")[1]
        apikeys.revoke(prefix=prefix, at=nights.moment(DAY) + timedelta(hours=1), actor="test")
        assert partner.get("/cases").status_code == 401

    def test_a_scope_that_does_not_exist_cannot_be_given(self, late):
        with pytest.raises(apikeys.UnknownScope):
            apikeys.issue(name="x", scopes=["everything"], at=nights.moment(DAY), actor="test")

    def test_whoever_asks_for_a_wrong_scope_is_told_which_there_are(self, late):
        with pytest.raises(apikeys.UnknownScope) as refused:
            apikeys.issue(name="x", scopes=["nope"], at=nights.moment(DAY), actor="test")
        assert all(scope in str(refused.value) for scope in apikeys.SCOPES)


class TestDocument:
    def test_every_route_is_in_the_openapi_document_with_its_key(self):
        document = api.get_openapi_schema()
        assert document["openapi"].startswith("3.")
        operations = [way for path in document["paths"].values() for way in path.values()]
        assert len(operations) == 13
        assert all(way.get("security") for way in operations)

    def test_every_operation_says_what_it_does_and_every_body_is_closed(self):
        document = api.get_openapi_schema()
        operations = [way for path in document["paths"].values() for way in path.values()]
        assert len({way["operationId"] for way in operations} | {way["summary"] for way in operations}) == 26
        assert all(len(way["summary"].split()) > 1 for way in operations)
        bodies = [way["requestBody"]["content"]["application/json"] for way in operations if "requestBody" in way]
        names = [body["schema"]["$ref"].rpartition("/")[2] for body in bodies]
        assert [document["components"]["schemas"][name]["additionalProperties"] for name in names] == [False] * 5
