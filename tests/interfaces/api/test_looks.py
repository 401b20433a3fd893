"""Whoever reads a person through the API leaves a trace of them beside the key, as a colleague does on a page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.interfaces.api.conftest import Partner

from arrears.actions import look_at_person
from arrears.interfaces.ui import moment
from arrears.records.audit.models import Event
from arrears.records.cases.models import Case
from arrears.records.people.models import Person


def traces() -> list[tuple[str, str, str]]:
    found = Event.objects.filter(kind=look_at_person.KIND).order_by("id")
    return [(event.actor, event.subject_id, event.data["page"]) for event in found]


def me() -> str:
    return Event.objects.filter(kind="api_key.issued").latest("id").subject_id


def complain(partner) -> str:
    told = {"complaint_ref": "K1", "customer_id": "C1", "text": "催收员骂人"}
    return partner.post("/complaints", told).json()["complaint_id"]


class TestOnePerson:
    @pytest.mark.parametrize(
        ("path", "page"),
        [
            ("/cases/{case_id}", "api-case"),
            ("/cases?customer_id=C1", "api-cases"),
            ("/cases?account_id=A1", "api-cases"),
            ("/contacts?customer_id=C1", "api-contacts"),
            ("/contacts?case_id={case_id}", "api-contacts"),
            ("/complaints?customer_id=C1", "api-complaints"),
            ("/complaints/{complaint_id}", "api-complaint"),
        ],
    )
    def test_leaves_one_trace_however_often_it_is_read(self, partner, path, page):
        ids = {"case_id": Case.objects.get().case_id, "complaint_id": complain(partner)}
        for _ in range(3):
            assert partner.get(path.format(**ids)).status_code == 200
        assert traces() == [(me(), "C1", page)]

    def test_after_a_quarter_of_an_hour_it_leaves_another(self, partner, monkeypatch):
        partner.get("/contacts", customer_id="C1")
        later = moment._read().at + timedelta(minutes=16)
        monkeypatch.setattr(moment, "_read", lambda: moment.Moment(later, later.date(), "UTC"))
        partner.get("/contacts", customer_id="C1")
        assert len(traces()) == 2

    def test_each_key_leaves_its_own(self, partner):
        partner.get("/contacts", customer_id="C1")
        Partner("contacts:read").get("/contacts", customer_id="C1")
        assert len({actor for actor, _, _ in traces()}) == 2

    @pytest.mark.parametrize(
        "path", ["/cases/nosuch", "/cases?customer_id=C9", "/contacts?customer_id=C9", "/webhooks"]
    )
    def test_whoever_reads_of_nobody_leaves_none(self, partner, path):
        partner.get(path)
        assert traces() == []

    def test_whoever_lacks_the_scope_is_shown_nothing_and_leaves_none(self, late):
        assert Partner("stops:write").get("/contacts", customer_id="C1").status_code == 403
        assert traces() == []


class TestLists:
    @pytest.fixture
    def many(self, partner):
        case, person = Case.objects.get(), Person.objects.get(pk="C1")
        for number in range(2 * look_at_person.FEW + 1):
            person.pk = f"D{number:02}"
            person.save(force_insert=True)
            case.pk, case.person_id = f"d-{number:02}", person.pk
            case.save(force_insert=True)
        return partner

    def listed(self) -> list[tuple[int, str, str]]:
        found = Event.objects.filter(kind=look_at_person.LISTED).order_by("id")
        return [(event.data["count"], event.data["first"], event.data["last"]) for event in found]

    def test_each_page_leaves_one_with_its_ends(self, many):
        first = many.get("/cases", limit=6).json()
        many.get("/cases", limit=6)
        many.get("/cases", limit=6, after=first["next_after"])

        shown = [case["customer_id"] for case in first["cases"]]
        assert self.listed()[0] == (6, min(shown), max(shown))
        assert len(self.listed()) == 2
        assert Event.objects.filter(kind=look_at_person.LISTED).first().data["page"] == "api-cases"
        assert traces() == []

    def test_what_was_asked_for_names_nobody(self, many):
        many.get("/cases", status="OPEN", after="13800000001")
        many.get("/cases", status="OPEN", limit=8)
        asked = [event.data["asked"] for event in Event.objects.filter(kind=look_at_person.LISTED).order_by("id")]
        assert "13800000001" not in str(asked)
        assert asked[-1] == {"limit": "8", "status": "OPEN"}
