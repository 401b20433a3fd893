"""A complaint through the API, as the borrower's portal makes it: taken in once, worked, its answer read on record."""

from __future__ import annotations

import pytest
from tests.interfaces.api.conftest import DAY, Partner

from arrears.actions import work_complaint
from arrears.interfaces.api.problems import MEDIA_TYPE
from arrears.interfaces.api.urls import api
from arrears.records.audit.models import Event
from arrears.records.cases.models import Case, CaseEvent
from arrears.records.complaints.models import Complaint
from arrears.records.compliance.models import Stop
from arrears.records.contacts.models import Contact

TEXT = "你们打电话打到我单位了。\n请停止，并书面答复。"
MADE = {"complaint_ref": "P-1", "customer_id": "C1", "kind": "THIRD_PARTY", "text": TEXT}


def answered(complaint_id: str) -> None:
    work_complaint.answer(
        complaint_id=complaint_id,
        turn=None,
        outcome="PARTLY",
        root_cause="DATA",
        remedy="DATA_CORRECTED",
        text="号码已更正。",
        at=Complaint.objects.get().received_at,
        actor="user:2",
    )


class TestTaking:
    def test_it_is_heard_and_collection_rests(self, partner):
        answer = partner.post("/complaints", MADE)

        assert (answer.status_code, answer.json()["answer_due_on"]) == (201, "2026-12-08")
        kept = Complaint.objects.get()
        assert (kept.complaint_id, kept.intake, kept.kind) == (answer.json()["complaint_id"], "PORTAL", "THIRD_PARTY")
        assert kept.received_by.startswith("api:")
        assert Stop.objects.get(reason="COMPLAINT").person_id == "C1"
        assert Contact.objects.filter(status="PLANNED").count() == 0

    def test_the_same_again_is_one_complaint_under_whatever_key(self, partner):
        first = partner.post("/complaints", MADE, key="same").json()
        assert partner.post("/complaints", MADE, key="same").json() == first
        assert partner.post("/complaints", MADE).json() == first | {"is_new": False}
        assert Complaint.objects.count() == 1

    def test_other_words_under_its_name_are_a_conflict(self, partner):
        partner.post("/complaints", MADE)
        answer = partner.post("/complaints", MADE | {"text": "另一件事"})
        assert (answer.status_code, answer.json()["code"]) == (409, "complaint_differs")

    def test_another_partner_may_use_the_same_name(self, partner):
        partner.post("/complaints", MADE)
        assert Partner("complaints:write").post("/complaints", MADE | {"text": "另一件事"}).status_code == 201

    @pytest.mark.parametrize(
        ("change", "status", "code"),
        [
            ({"customer_id": "NOBODY"}, 404, "complaint_of_nobody"),
            ({"text": " \n "}, 422, "nothing_complained"),
            ({"text": ""}, 422, "invalid_input"),
            ({"text": "投" * 10_001}, 422, "invalid_input"),
            ({"text": "a\0b"}, 422, "invalid_input"),
            ({"kind": "RUDE"}, 422, "invalid_input"),
            ({"intake": "REGULATOR"}, 422, "regulator_missing"),
            ({"contact_ids": ["nobody's"]}, 422, "not_their_contact"),
            ({"complaint_ref": "a/b"}, 422, "invalid_input"),
        ],
        ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
    )
    def test_what_is_wrong_is_refused_and_nothing_is_half_done(self, partner, change, status, code):
        answer = partner.post("/complaints", MADE | change)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert (Complaint.objects.count(), Stop.objects.count()) == (0, 0)

    def test_of_somebody_unknown_from_a_regulator(self, partner):
        body = MADE | {"customer_id": None, "intake": "REGULATOR", "regulator": "示例监管局", "reference": "R-7"}
        assert partner.post("/complaints", body).status_code == 201
        assert Complaint.objects.get().person_id is None


class TestReading:
    def test_where_it_stands_never_its_words(self, partner):
        made = partner.post("/complaints", MADE).json()
        told = partner.get(f"/complaints/{made['complaint_id']}")

        assert told.json() | {"received_on": DAY.isoformat(), "status": "RECEIVED"} == told.json()
        assert "单位" not in told.content.decode()
        assert partner.get("/complaints", customer_id="C1").json() == [told.json()]
        assert partner.get("/complaints/nosuch").status_code == 404

    def test_the_answer_when_there_is_one_and_each_reading_is_on_record(self, partner):
        made = partner.post("/complaints", MADE).json()
        path = f"/complaints/{made['complaint_id']}/answer"
        none = partner.get(path)
        assert (none.status_code, none.json()["code"]) == (409, "nothing_to_reveal")
        described = api.get_openapi_schema()["paths"]["/api/v1/complaints/{complaint_id}/answer"]["get"]
        assert MEDIA_TYPE in described["responses"][409]["content"]
        answered(made["complaint_id"])

        told = partner.get(path).json()
        assert (told["outcome"], told["answer"]) == ("PARTLY", "号码已更正。")
        opened = Event.objects.get(kind="identity.revealed")
        assert (opened.subject_id, opened.data["what"], opened.actor[:4]) == ("C1", "ANSWER", "api:")

    def test_who_speaks_for_the_person_is_told_of_theirs(self, partner):
        made = partner.post("/complaints", MADE | {"complainant": "REPRESENTATIVE"}).json()
        answered(made["complaint_id"])
        [told] = partner.get("/complaints", customer_id="C1").json()
        read = partner.get(f"/cases/{Case.objects.get().pk}").json()["events"]
        assert "complaint.received" in {event["kind"] for event in read}
        assert (told["complaint_id"], told["complainant"]) == (made["complaint_id"], "REPRESENTATIVE")
        assert partner.get(f"/complaints/{made['complaint_id']}/answer").json()["answer"] == "号码已更正。"

    def test_a_third_partys_and_what_they_were_answered_is_not_the_persons(self, partner):
        made = partner.post("/complaints", MADE | {"complainant": "THIRD_PARTY"}).json()
        answered(made["complaint_id"])
        path = f"/complaints/{made['complaint_id']}"

        assert partner.get("/complaints", customer_id="C1").json() == []
        assert [partner.get(one).status_code for one in (path, f"{path}/answer")] == [404, 404]
        told = [event.kind for event in CaseEvent.objects.filter(kind__startswith="complaint.")]
        assert "complaint.received" in told
        read = partner.get(f"/cases/{Case.objects.get().pk}").json()["events"]
        assert [event["kind"] for event in read if event["kind"].startswith("complaint.")] == []
        assert not Event.objects.filter(kind="identity.revealed").exists()
        paths = api.get_openapi_schema()["paths"]
        described = [paths[f"/api/v1/complaints{one}"]["get"]["description"] for one in ("", "/{complaint_id}/answer")]
        assert ["third party" in one for one in described] == [True, True]


class TestScopes:
    def test_writing_is_not_reading(self, late):
        writer, reader = Partner("complaints:write"), Partner("complaints:read")
        made = writer.post("/complaints", MADE).json()
        path = f"/complaints/{made['complaint_id']}"

        assert [writer.get(one).status_code for one in (path, f"{path}/answer")] == [403, 403]
        assert writer.get("/complaints", customer_id="C1").status_code == 403
        assert reader.post("/complaints", MADE).status_code == 403
        assert reader.get(path).status_code == 200
        assert Partner("cases:read", "stops:write").post("/complaints", MADE).status_code == 403
