"""People of an outside agency: only what is placed with them, only from their networks, and out at once."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from tests.interfaces.console.conftest import PASSWORD, TEN
from tests.interfaces.console.test_teams import known_ids, personal

from arrears.actions import agency_doors
from arrears.config import access
from arrears.interfaces.ui import address, permissions
from arrears.records.audit.models import Event
from arrears.records.cases.models import Case
from arrears.records.people.models import ContactPoint, Relation
from arrears.records.placements import operations as placements
from arrears.records.signin.models import Session
from arrears.records.staff import doors
from arrears.records.staff.models import User

pytestmark = pytest.mark.django_db
EAST, SOUTH = "EXAMPLE_EAST", "EXAMPLE_SOUTH"


def late() -> Case:
    return Case.objects.filter(status="OPEN", stage="LATE").order_by("case_id").first()


def place(case: Case, agency: str) -> str:
    placement_id = f"{agency[-5:]}{case.case_id}"[:32]
    placements.place(
        placement_id=placement_id,
        case_id=case.case_id,
        agency=agency,
        placed_on=case.opened_on,
        amount_minor=50_000,
        currency=case.currency,
        reference="REF-1",
        note="a note of ours",
        at=TEN,
        actor="user:1",
    )
    return placement_id


@pytest.fixture
def agency(enter) -> Client:
    return enter("AGENCY")


class TestCases:
    def test_nothing_is_seen_while_nothing_is_placed(self, agency):
        page = agency.get("/cases/").content.decode()
        assert [known for known in known_ids() if known in page] == []
        for name, url in personal().items():
            if permissions.may("AGENCY", name):
                assert 404 in {agency.get(url).status_code, agency.post(url).status_code}, name

    def test_what_is_placed_is_seen_and_nothing_else_and_only_meanwhile(self, agency):
        case, other = Case.objects.filter(status="OPEN", stage="LATE").order_by("case_id")[:2]
        place(other, SOUTH)
        placement_id = place(case, EAST)
        page = agency.get("/cases/").content.decode()
        assert case.case_id in page
        assert other.case_id not in page
        assert agency.get(reverse("case", args=[case.case_id])).status_code == 200
        assert agency.get(reverse("case", args=[other.case_id])).status_code == 404
        placements.end(
            placement_id=placement_id, reason="RECALLED", ended_on=date(2026, 11, 23), note="", at=TEN, actor="user:1"
        )
        assert agency.get(reverse("case", args=[case.case_id])).status_code == 404
        assert case.case_id not in agency.get("/cases/").content.decode()

    def test_the_page_tells_the_least(self, agency):
        case = late()
        place(case, EAST)
        page = agency.get(reverse("case", args=[case.case_id]))
        text = page.content.decode()

        assert "a note of ours" not in text
        assert set(page.context["card"].person.name_masked) & {"*"}
        assert not re.search(r"cure|score|Timeline|Supervisor|Compliance", text)
        assert not {"entries", "score", "colleagues", "work", "complaints"} & page.context.keys()

    def test_it_opens_the_borrowers_own_number_on_record_and_nobody_elses(self, agency):
        case = late()
        place(case, EAST)
        own = ContactPoint.objects.filter(person=case.person, relation=Relation.SELF).first()
        url = reverse("case-reveal", args=[case.case_id])
        asked = {"what": "POINT", "subject_id": own.contact_point_id, "purpose": "VERIFY", "reason": "calling back"}
        purposes = agency.get(reverse("case", args=[case.case_id])).context["reveal_purposes"]
        asked["purpose"] = purposes[0].code

        opened = agency.post(url, asked, headers={"hx-request": "true"})
        assert opened.context["value"]
        assert Event.objects.filter(kind="identity.revealed", subject_id=case.person_id).count() == 1
        ContactPoint.objects.filter(pk=own.pk).update(relation=Relation.KIN)
        for what in ("POINT", "WORDS", "TRANSCRIPT"):
            refused = agency.post(url, asked | {"what": what}, headers={"hx-request": "true"})
            assert "value" not in refused.context, what

    def test_it_may_say_that_the_person_wants_no_contact(self, agency):
        case = late()
        place(case, EAST)
        answer = agency.post(reverse("case-stop", args=[case.case_id]), {"reason": "OPTED_OUT"}, follow=True)

        assert "Do not contact this person" in answer.content.decode()


class TestDoor:
    def test_from_elsewhere_the_right_password_is_a_wrong_one(self, books):
        wrong = Client().post("/sign-in/", {"username": "agency", "password": "wrong"}, REMOTE_ADDR="203.0.113.9")
        right = Client().post("/sign-in/", {"username": "agency", "password": PASSWORD}, REMOTE_ADDR="203.0.113.9")
        told = [re.sub(r"csrfmiddlewaretoken\S* \S*", "", one.content.decode()) for one in (wrong, right)]

        assert right.status_code == 200
        assert told[0] == told[1]
        assert Event.objects.filter(kind="access.door_refused").count() == 1
        assert Client().post("/sign-in/", {"username": "agency", "password": PASSWORD}).status_code == 302

    def test_a_session_does_not_travel(self, agency):
        assert agency.get("/cases/").status_code == 200
        assert agency.get("/cases/", REMOTE_ADDR="203.0.113.9").status_code == 302
        assert agency.get("/cases/").status_code == 302

    def test_an_end_is_at_once(self, agency, enter):
        assert agency.get("/cases/").status_code == 200
        user = User.objects.get(role="AGENCY")
        assert enter("ADMIN").post(reverse("agency-end", args=[EAST])).status_code == 302

        assert not Session.objects.filter(user_id=user.pk).exists()
        assert agency.get("/cases/").status_code == 302
        assert Client().post("/sign-in/", {"username": "agency", "password": PASSWORD}).status_code == 200
        assert Event.objects.get(kind="agency_access.ended").data["sessions_ended"] == 1

    @pytest.mark.parametrize("on", [date(2024, 12, 31), date(2026, 11, 23)])
    def test_before_and_after_the_contract_nobody_comes_in(self, books, on):
        for agency, works in ((EAST, on.year == 2026), ("EXAMPLE_OLD", on.year == 2024), ("NO_SUCH", False)):
            doors.put(agency=agency, networks=["127.0.0.0/24"], is_open=True)
            assert agency_doors.lets_in(agency, address="127.0.0.1", on=on) == works

    @pytest.mark.parametrize("address", ["", "unknown", "127.0.0.1, 127.0.0.1", "::1", "10.0.0.1"])
    def test_an_address_that_is_not_theirs_or_none_is_outside(self, books, address):
        assert not agency_doors.lets_in(EAST, address=address, on=date(2026, 11, 23))

    def test_without_a_network_nobody_comes_in(self, books):
        doors.put(agency=EAST, networks=[], is_open=True)
        assert not agency_doors.lets_in(EAST, address="127.0.0.1", on=date(2026, 11, 23))

    def test_an_administrator_says_from_where(self, enter):
        admin, url = enter("ADMIN"), reverse("agency", args=[EAST])
        admin.post(url, {"networks": "203.0.113.0/24\n2001:db8::/48", "is_open": "on"})
        assert doors.door(EAST).networks == ("203.0.113.0/24", "2001:db8::/48")
        for wrong in ("0.0.0.0/0", "10.0.0.0/8", "::/0", "203.0.113.5/24", "here", "203.0.113.0/99"):
            assert admin.post(url, {"networks": wrong, "is_open": "on"}).status_code == 200, wrong
        assert doors.door(EAST).networks == ("203.0.113.0/24", "2001:db8::/48")
        assert admin.get("/agencies/").status_code == 200
        assert admin.get(reverse("agency", args=["NO_SUCH"])).status_code == 404
        assert admin.post(reverse("agency-end", args=["NO_SUCH"])).status_code == 404


class TestAddress:
    def at(self, remote: str, forwarded: str = "") -> str:
        given = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
        return address.of(RequestFactory().get("/", REMOTE_ADDR=remote, **given))

    def test_nobody_chooses_their_own(self):
        assert self.at("203.0.113.9", "127.0.0.1") == "203.0.113.9"

    def test_a_proxy_of_ours_is_believed_and_only_what_it_added(self, settings, monkeypatch):
        monkeypatch.setenv("ARREARS_TRUSTED_PROXIES", "10.0.0.0/8, 2001:db8::/32")
        settings.TRUSTED_PROXIES = access.networks("ARREARS_TRUSTED_PROXIES")

        assert self.at("10.0.0.1", "127.0.0.1, 203.0.113.9") == "203.0.113.9"
        assert self.at("10.0.0.1", "127.0.0.1, 203.0.113.9, 10.0.0.2") == "203.0.113.9"
        assert self.at("2001:db8::1", "203.0.113.9") == "203.0.113.9"
        assert self.at("10.0.0.1", "garbage") == "10.0.0.1"
        assert self.at("10.0.0.1") == "10.0.0.1"
        assert self.at("::ffff:203.0.113.9", "1.2.3.4") == "203.0.113.9"
        assert self.at("") == ""
