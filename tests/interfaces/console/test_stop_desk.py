"""Contact with a person is stopped from the pages: their work, what an agency has of them, and the queues follow."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from tests import cast, market, nights
from tests.interfaces.console.conftest import DAY, TEN, everyone, signed_in

from arrears.actions import stop_contact
from arrears.records.audit.models import Event
from arrears.records.cases import work
from arrears.records.cases.models import Case, CaseEvent, WorkItem
from arrears.records.compliance.models import Stop
from arrears.records.people.models import ContactPoint, Person
from arrears.records.placements.models import Placement
from arrears.records.privacy import words

pytestmark = pytest.mark.django_db

ID = "a" * 32


@pytest.fixture(scope="module")
def shared_town(shared_rows, tmp_path_factory):
    """The folder of a lake of one large debt, 130 days late; its night is in the books."""
    folder = tmp_path_factory.mktemp("town")
    tape = market.Tape()
    tape.customer("LARGE", mobile="13800000002")
    tape.account("A-LARGE", "LARGE", first_due=DAY - timedelta(days=130), principal="9000.00")
    with shared_rows(), nights.lake_in(folder, partitions=1):
        nights.take(tape, folder, DAY)
        nights.run(DAY)
        everyone(joined_on=DAY - timedelta(days=22))
    return folder


@pytest.fixture
def large(shared_town, db, settings, tmp_path, ten_in_the_morning) -> Case:
    nights.go_on_from(shared_town, tmp_path, settings, partitions=1)
    return Case.objects.get()


def mobile(case: Case) -> ContactPoint:
    return ContactPoint.objects.get(person=case.person, kind="MOBILE", relation="SELF")


def page_of(client: Client, case: Case) -> str:
    return client.get(f"/cases/{case.pk}/").content.decode()


def open_kinds(case: Case) -> set[str]:
    return set(WorkItem.objects.filter(case=case, status="OPEN").values_list("kind", flat=True))


def stop(case: Case, **changes: str) -> str:
    form = {"reason": "DISPUTED"} | changes
    return signed_in("SUPERVISOR").post(f"/cases/{case.pk}/stop/", form, follow=True).content.decode()


def place(case: Case) -> None:
    form = {"id": ID, "agency": "EXAMPLE_EAST", "on": DAY.isoformat(), "amount": "315.00"}
    signed_in("SUPERVISOR").post(f"/cases/{case.pk}/placement/", form)
    assert Placement.objects.get().is_live


class TestWork:
    def test_it_puts_aside_all_work_that_reaches_them_until_it_is_lifted(self, large):
        reaching = open_kinds(large) & {"CALL", "VISIT", "AGENCY"}
        assert {"CALL", "VISIT"} <= reaching
        legal = "LEGAL" in open_kinds(large)
        page = stop(large)

        assert f"tasks put aside: {len(reaching)}" in page
        assert open_kinds(large) == ({"LEGAL"} if legal else set())
        cancelled = WorkItem.objects.filter(case=large, status="CANCELLED")
        assert {words.opened(item, "note_sealed") for item in cancelled} == {"DISPUTED"}
        assert page.count("Debt is disputed") > 1
        for day in (1, 2, 3):
            nights.run(DAY + timedelta(days=day))
        assert not open_kinds(large) & {"CALL", "VISIT", "AGENCY"}
        Stop.objects.update(to_at=TEN + timedelta(minutes=1))
        nights.run(DAY + timedelta(days=4))
        assert "CALL" in open_kinds(large)

    def test_the_night_puts_aside_what_a_stop_of_before_left_open(self, large):
        Stop.objects.create(person=large.person, reason="DISPUTED", from_at=TEN, actor="test")
        nights.run(DAY + timedelta(days=1))

        assert not open_kinds(large) & {"CALL", "VISIT", "AGENCY"}
        put_aside = CaseEvent.objects.filter(case=large, kind="work_cancelled", reason="contact stopped")
        assert put_aside.exists()

    def test_a_stop_of_one_number_leaves_the_work_and_marks_its_row(self, large):
        before = open_kinds(large)
        stop(large, contact_point_id=mobile(large).pk)
        page = signed_in("AGENT").get("/work/?kind=CALL").content.decode()

        assert open_kinds(large) == before
        assert page.count("Contact stopped in part") == 1

    def test_whom_no_number_reaches_stands_in_a_list_of_its_own_that_says_what_is_on_file(self, large):
        mobile(large)
        ContactPoint.objects.filter(person=large.person).update(invalid_since=TEN)
        cast.point(large.person, "someone@example.com", kind="EMAIL")
        agent = signed_in("AGENT")
        queue = agent.get("/work/?kind=CALL").content.decode()
        unreached = agent.get("/work/?kind=CALL&reach=none").content.decode()

        assert large.person_id not in queue
        assert large.person_id in unreached
        assert "E-mail" in unreached.split("Also on file:")[1].split("</div>")[0]
        assert f"/cases/{large.pk}/#call" not in unreached

    def test_the_count_beside_a_queue_is_that_of_its_rows(self, large):
        agent, boss = signed_in("AGENT"), signed_in("SUPERVISOR")
        open_calls = WorkItem.objects.filter(kind="CALL", status="OPEN").count()
        own = ContactPoint.objects.filter(person=large.person, kind__in=["MOBILE", "PHONE"], relation="SELF")
        before = agent.get("/work/?kind=CALL").context["sizes"]["CALL"]
        own.update(invalid_since=TEN)
        for client in (agent, boss):
            queue = client.get("/work/?kind=CALL")
            assert queue.context["sizes"]["CALL"] == before - 1
            assert queue.context["sizes"]["CALL"] + queue.context["unreachable_count"] == open_calls
            unreached = client.get("/work/?kind=CALL&reach=none")
            assert len(unreached.context["rows"]) == unreached.context["unreachable_count"]
        assert {kind: size for kind, _, size in boss.get("/").context["queues"]}["CALL"] == before - 1

    def test_a_long_queue_is_not_counted_to_its_end(self, large, monkeypatch):
        monkeypatch.setattr(work, "COUNTED", 0)
        for address in ("/", "/work/?kind=CALL"):
            page = BeautifulSoup(signed_in("SUPERVISOR").get(address).content, "html.parser")
            assert page.find(href=re.compile(r"kind=CALL$")).find_parent(["tr", "li"]).get_text().strip().endswith("0+")
        assert signed_in("AGENT").get("/work/?kind=CALL").context["unreachable_count"] is None

    def test_only_the_borrowers_own_numbers_are_offered(self, large):
        own = mobile(large)
        kin = cast.point(large.person, "+8613900000009", relation="KIN")
        page = page_of(signed_in("AGENT"), large)
        offered = page.split('id="c-point"')[1].split("</select>")[0]

        assert own.pk in offered
        assert kin.pk not in offered

    def test_what_is_alike_is_told_apart(self, large):
        page = page_of(signed_in("AGENT"), large)

        assert "Asked us to stop: they decline our calls and messages" in page
        assert "Cease demand: they demand to be left in peace altogether" in page
        assert "only contacts of that kind are refused" in signed_in("COMPLIANCE").get("/stops/").content.decode()


class TestPlacement:
    def test_the_page_says_that_we_do_not_contact_meanwhile(self, large):
        place(large)
        page = page_of(signed_in("SUPERVISOR"), large)

        assert "has the case, and we do not contact meanwhile" in page
        assert "The next night plans anew" not in page

    def test_a_stop_of_everything_asks_it_back_and_says_so_on_the_page(self, large):
        place(large)
        told = signed_in("SUPERVISOR").post(f"/cases/{large.pk}/stop/", {"reason": "DISPUTED"}, follow=True)

        assert "recall it now" in told.content.decode()
        assert "To be recalled" in told.content.decode()
        assert CaseEvent.objects.get(kind="agency.to_recall").data == {"placement_id": ID}
        assert Event.objects.filter(kind="agency.to_recall", subject_id=large.pk).count() == 1
        assert Placement.objects.get().is_live

    def test_a_stop_of_one_number_asks_nothing_back(self, large):
        place(large)
        form = {"reason": "DISPUTED", "contact_point_id": mobile(large).pk}
        page = signed_in("SUPERVISOR").post(f"/cases/{large.pk}/stop/", form, follow=True).content.decode()

        assert "To be recalled" not in page
        assert not CaseEvent.objects.filter(kind="agency.to_recall").exists()


class TestDanger:
    """What a stop for a danger is told as is what it does."""

    def test_of_one_number_it_is_told_as_what_it_is(self, large: Case) -> None:
        point = mobile(large).contact_point_id
        assert "Nobody visits this person until a supervisor has decided" in stop(
            large, reason="STAFF_SAFETY", contact_point_id=point
        )
        assert "No contact is planned: contact is stopped." not in page_of(signed_in("SUPERVISOR"), large)
        told = stop(large, reason="SELF_HARM", contact_point_id=point)
        assert "Other contacts stay planned" not in told
        assert "Contact is stopped. Planned contacts cancelled" in told
        assert "No contact is planned: contact is stopped." in page_of(signed_in("SUPERVISOR"), large)

    def test_of_whoever_has_no_case_it_is_lifted_with_what_was_done(self, large: Case) -> None:
        person = Person.objects.create(customer_id="NOCASE")
        stop_contact.stop_contact(customer_id=person.pk, reason="SELF_HARM", at=TEN, actor="api:1")
        held = Stop.objects.get()
        desk = signed_in("COMPLIANCE")
        assert "What was done for them?" in desk.get("/stops/").content.decode()
        told = desk.post(f"/stops/{held.pk}/lift/", follow=True).content.decode()
        assert "say what was done for them" in told
        held.refresh_from_db()
        assert held.to_at is None
