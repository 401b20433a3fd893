"""People of an outside agency: only what is placed with them, only from their networks, and out at once."""

from __future__ import annotations

import dataclasses
import re
from datetime import date

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from tests.actions.test_dial_call import Board
from tests.interfaces.console.conftest import PASSWORD, TEN
from tests.interfaces.console.test_teams import known_ids, personal

from arrears.actions import agency_doors, contact_call, contact_need, stop_contact, wired
from arrears.config import access
from arrears.interfaces.ui import address, moment, permissions
from arrears.records.audit.models import Event
from arrears.records.cases.models import Case
from arrears.records.compliance.models import Verdict
from arrears.records.contacts.models import Contact
from arrears.records.people.models import ContactPoint, Relation
from arrears.records.placements import operations as placements
from arrears.records.privacy import cipher
from arrears.records.signin.models import Session
from arrears.records.staff import doors
from arrears.records.staff import operations as staff
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

    def test_it_opens_no_number_of_whoever_is_left_alone(self, agency):
        case = late()
        place(case, EAST)
        own = ContactPoint.objects.filter(person=case.person, relation=Relation.SELF).first()
        stop_contact.stop_contact(customer_id=case.person_id, reason="SELF_HARM", at=TEN, actor="user:1")
        url = reverse("case-reveal", args=[case.case_id])
        code = agency.get(reverse("case", args=[case.case_id])).context["reveal_purposes"][0].code
        asked = {"what": "POINT", "subject_id": own.contact_point_id, "purpose": code, "reason": "calling back"}
        refused = agency.post(url, asked, headers={"hx-request": "true"})
        assert "value" not in refused.context
        assert "not shown to an agency" in refused.content.decode()

    def test_it_may_say_that_the_person_wants_no_contact(self, agency):
        case = late()
        place(case, EAST)
        answer = agency.post(reverse("case-stop", args=[case.case_id]), {"reason": "OPTED_OUT"}, follow=True)

        assert "Do not contact this person" in answer.content.decode()


class TestWork:
    """An agency calls and visits for what is placed with it, by the same gate, and tells how it went."""

    @pytest.fixture
    def placed(self, books, ten_in_the_morning):
        case = Case.objects.filter(status="OPEN", stage="LATE", overdue_minor__gt=0).order_by("case_id").first()
        ContactPoint.objects.filter(person=case.person).update(relation=Relation.SELF, invalid_since=None)
        Contact.objects.filter(person=case.person).delete()
        place(case, EAST)
        return case

    def point(self, case: Case, kind: str = "MOBILE") -> ContactPoint:
        found = ContactPoint.objects.filter(person=case.person, kind=kind).first()
        return found or ContactPoint.objects.create(
            contact_point_id=f"{kind}1",
            person=case.person,
            kind=kind,
            relation=Relation.SELF,
            value_sealed=cipher.seal("某路1号", context=f"people.contact_point.value:{kind}1"),
        )

    def call(self, client: Client, case: Case):
        url = reverse("case-call", args=[case.case_id])
        return client.post(url, {"contact_point_id": self.point(case).pk}, follow=True)

    def test_a_call_is_cleared_made_and_told_and_its_note_is_sealed_and_not_theirs_to_read(self, agency, placed):
        assert self.call(agency, placed).status_code == 200
        call = Contact.objects.get(person=placed.person, channel="CALL")
        assert call.status == "SENDING", Verdict.objects.get(contact_id=call.pk).reasons
        assert (call.status, call.actor) == ("SENDING", f"user:{User.objects.get(role='AGENCY').pk}")
        case_page = reverse("case", args=[placed.case_id])
        assert call.pk in agency.get(case_page).content.decode()

        told = {"outcome": "RIGHT_PARTY", "note": "他说下周三发薪"}
        page = agency.post(reverse("call-outcome", args=[call.pk]), told, follow=True).content.decode()
        call.refresh_from_db()
        assert (call.status, call.outcome) == ("DONE", "RIGHT_PARTY")
        assert cipher.unseal(call.text_sealed, context=f"contacts.contact.text:{call.pk}") == "他说下周三发薪"
        assert "The outcome is on record" in page
        assert "他说下周三发薪" not in page
        assert Event.objects.filter(kind="contact.recorded", subject_id=call.pk, actor=call.actor).count() == 1

    def test_they_are_put_through_without_a_number_and_see_one_only_for_a_reason(self, agency, placed, monkeypatch):
        board = Board()
        dialling = dataclasses.replace(wired.here(), open_dialler=lambda: board)
        monkeypatch.setattr(moment.wired, "here", lambda: dialling)
        page = self.call(agency, placed).content.decode()
        call = Contact.objects.get(person=placed.person, channel="CALL")
        [asked] = board.asked
        assert (asked.reference, asked.agent) == (call.pk, call.actor)
        assert "Call reference PBX-7" in page
        assert asked.to not in page + agency.get(reverse("case", args=[placed.case_id])).content.decode()
        assert not Event.objects.filter(kind="identity.revealed").exists()
        url = reverse("call-number", args=[call.pk])
        assert asked.to not in agency.post(url, {"reason": ""}, follow=True).content.decode()
        assert asked.to in agency.post(url, {"reason": "the line broke"}).content.decode()
        assert Event.objects.filter(kind="identity.revealed", actor=call.actor).count() == 1

    def test_the_gate_refuses_them_as_it_refuses_us(self, agency, placed):
        agency.post(reverse("case-stop", args=[placed.case_id]), {"reason": "OPTED_OUT"})
        assert "Do not contact this person" in self.call(agency, placed).content.decode()
        call = Contact.objects.get(person=placed.person, channel="CALL")
        assert call.status == "REFUSED"
        assert Verdict.objects.get(contact_id=call.pk).allowed is False

    def test_what_they_did_counts_against_the_limits_of_everybody(self, agency, placed):
        for _ in range(2):
            self.call(agency, placed)
        statuses = Contact.objects.filter(person=placed.person, channel="CALL").values_list("status", flat=True)
        assert list(statuses).count("SENDING") == 1

    def test_we_do_not_call_meanwhile_nor_does_another_agency(self, enter, placed):
        assert self.call(enter("AGENT"), placed).status_code == 200
        assert not Contact.objects.filter(person=placed.person).exists()
        User.objects.filter(role="AGENCY").update(agency=SOUTH)
        doors.put(agency=SOUTH, networks=["127.0.0.0/24"], is_open=True)
        assert self.call(enter("AGENCY"), placed).status_code == 404
        for channel in (contact_call.clear_call, contact_call.clear_visit):
            along = {} if channel is contact_call.clear_call else {"companion": "", "agreed": ""}
            with pytest.raises(contact_need.NotPlacedWithYou):
                channel(
                    customer_id=placed.person_id,
                    case_id=placed.case_id,
                    contact_point_id=self.point(placed).pk,
                    at=TEN,
                    actor=f"user:{User.objects.get(role='AGENCY').pk}",
                    gate=wired.here().gate,
                    **along,
                )

    def test_once_it_is_recalled_nothing_of_it_can_be_told_opened_or_asked(self, agency, placed):
        self.call(agency, placed)
        call = Contact.objects.get(person=placed.person, channel="CALL")
        ended = {"reason": "RECALLED", "ended_on": date(2026, 11, 23), "note": "", "at": TEN, "actor": "user:1"}
        placements.end(placement_id=f"{EAST[-5:]}{placed.case_id}"[:32], **ended)
        for name in ("call-outcome", "call-number", "call-not-dialled"):
            assert agency.post(reverse(name, args=[call.pk]), {"outcome": "BUSY"}).status_code == 404, name
        assert self.call(agency, placed).status_code == 404
        call.refresh_from_db()
        assert call.status == "SENDING"

    def test_a_call_of_somebody_else_is_not_theirs_to_tell_though_the_case_is(self, agency, placed):
        self.call(agency, placed)
        call = Contact.objects.get(person=placed.person, channel="CALL")
        for actor in ("user:999", f"user:{User.objects.get(role='AGENT').pk}"):
            Contact.objects.filter(pk=call.pk).update(actor=actor)
            for name in ("call-outcome", "call-number", "call-not-dialled"):
                assert agency.post(reverse(name, args=[call.pk]), {"outcome": "BUSY"}).status_code == 404, name
            assert call.pk not in agency.get(reverse("case", args=[placed.case_id])).content.decode()

    def test_a_visit_goes_with_a_colleague_of_theirs_and_nobody_of_ours(self, agency, placed):
        staff.add(
            username="agency-two",
            display_name="Second visitor",
            role="AGENCY",
            language="en",
            password=PASSWORD,
            joined_at=TEN,
            agency=EAST,
        )
        home = self.point(placed, "ADDRESS")
        page = agency.get(reverse("case", args=[placed.case_id])).content.decode()
        assert "Second visitor" in page
        assert not re.search(r">(Agent|Supervisor|Field) ·", page)
        url = reverse("case-visit", args=[placed.case_id])
        ours = {"contact_point_id": home.pk, "companion": User.objects.get(role="SUPERVISOR").pk, "agreed": "BY_PHONE"}
        agency.post(url, ours)
        assert not Contact.objects.filter(channel="VISIT", person=placed.person).exists()
        agency.post(url, ours | {"companion": User.objects.get(username="agency-two").pk})
        visit = Contact.objects.get(channel="VISIT", person=placed.person)
        assert visit.status == "SENDING"
        agency.post(reverse("visit-outcome", args=[visit.pk]), {"outcome": "WRONG_PLACE", "point": "wrong"})
        visit.refresh_from_db()
        home.refresh_from_db()
        assert (visit.outcome, bool(home.invalid_since)) == ("WRONG_PLACE", True)


class TestDoor:
    def test_from_elsewhere_the_right_password_is_a_wrong_one(self, books):
        wrong = Client().post("/sign-in/", {"username": "agency", "password": "wrong"}, REMOTE_ADDR="203.0.113.9")
        right = Client().post("/sign-in/", {"username": "agency", "password": PASSWORD}, REMOTE_ADDR="203.0.113.9")
        told = [re.sub(r"csrfmiddlewaretoken\S* \S*", "", one.content.decode()) for one in (wrong, right)]

        assert right.status_code == 200
        assert told[0] == told[1]
        assert Event.objects.filter(kind="access.door_refused").count() == 1
        assert Client().post("/sign-in/", {"username": "agency", "password": PASSWORD}).status_code == 302
        onward = Client().post("/sign-in/", {"username": "agency", "password": PASSWORD, "next": "/"})
        assert onward.url == "/cases/", "the bare address is the overview, which is not theirs"

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
