"""The case list and the case page: what is found, in which order, at what cost, and what a role does not see."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from arrears.kernel.identifiers import derived_id
from arrears.records.cases.models import Case, CaseEvent, WorkItem
from arrears.records.contacts.models import OutsideContact
from arrears.records.people.models import Person
from arrears.records.privacy import cipher, slips
from arrears.records.staff.models import User

LINK = re.compile(r'href="/cases/([0-9a-f]{32})/"')


def search(client, text: str):
    """Type into the search box."""
    return client.post("/cases/search/", {"q": text}, follow=True)


def listed(answer) -> list[str]:
    return LINK.findall(answer.content.decode())


@pytest.mark.django_db
class TestList:
    @pytest.mark.parametrize("order", ["-dpd", "dpd", "-overdue", "overdue", "-opened", "opened"])
    def test_pages_together_are_the_whole_list_in_order(self, enter, order):
        client = enter("SUPERVISOR")
        column = {"dpd": "dpd_max", "overdue": "overdue_minor", "opened": "opened_on"}[order.removeprefix("-")]
        tie = "case_id" if order.startswith("-") else "-case_id"
        sign = "-" if order.startswith("-") else ""
        expected = list(
            Case.objects.filter(status="OPEN").order_by(f"{sign}{column}", tie).values_list("pk", flat=True)
        )
        found, url = [], f"/cases/?order={order}"
        while url:
            answer = client.get(url)
            found += listed(answer)
            last, url = url, f"/cases/?order={order}&after={answer.context['later']}" if answer.context["later"] else ""

        assert found == expected
        back = client.get(f"/cases/?order={order}&before={client.get(last).context['earlier']}")
        assert listed(back) == expected[len(expected) // 50 * 50 - 50 : len(expected) // 50 * 50]

    def test_filters_agree_with_the_books(self, enter):
        client = enter("SUPERVISOR")
        answer = client.get("/cases/?stage=LATE&currency=CNY&least=1000&most=50000.00")
        expected = Case.objects.filter(
            status="OPEN", stage="LATE", currency="CNY", overdue_minor__gte=100_000, overdue_minor__lte=5_000_000
        )

        assert answer.context["count"] == expected.count() > 0

    @pytest.mark.parametrize("bad", ["least=abc", "after=%F0", "after=WyJ4Il0", "order=password", "assigned=1%27"])
    def test_nonsense_in_the_address_is_not_an_error(self, enter, bad):
        assert enter("SUPERVISOR").get(f"/cases/?{bad}").status_code == 200

    @pytest.mark.parametrize("text", ["C0000007", "A0000007-0", "13800000007", "+86 138 0000 0007"])
    def test_a_person_is_found_by_customer_account_and_phone(self, enter, text):
        answer = search(enter("AGENT"), text)

        assert listed(answer) == [Case.objects.get(person_id="C0000007").pk]

    def test_a_name_is_found_whole_and_shown_masked(self, enter, settings):
        person = Person.objects.get(pk="C0000009")
        name = cipher.unseal(person.name_sealed, context="people.person.name:C0000009")
        answer = search(enter("AGENT"), name)

        assert Case.objects.get(person=person).pk in listed(answer)
        # The filter repeats what was typed; nothing else may.
        assert answer.content.decode().count(name) == 1
        assert listed(search(enter("AGENT"), name[:1])) == []

    @pytest.mark.parametrize("text", ["13800000007", "王伟", "C0000007"])
    def test_what_is_searched_for_stands_in_no_address(self, enter, text):
        client = enter("AGENT")
        found = client.post("/cases/search/", {"q": text}).headers["Location"]
        page = client.get(found).content.decode()

        assert text not in unquote(found)
        assert not [link for link in re.findall(r'(?:href|action|hx-get)="([^"]*)"', page) if text in unquote(link)]
        assert 'name="q"' in page
        assert 'method="post" class="topbar-search"' in page

    def test_a_case_is_found_by_the_beginning_of_its_id_and_a_customer_in_small_letters(self, enter):
        client, case = enter("AGENT"), Case.objects.get(person_id="C0000007")
        for text in (case.pk[:8], "c0000007"):
            found = client.post("/cases/search/", {"q": text}).headers["Location"]
            assert listed(client.get(found)) == [case.pk]
        nobody = client.post("/cases/search/", {"q": case.pk[:5]}).headers["Location"]
        assert listed(client.get(nobody)) == []

    def test_a_search_goes_on_through_filters_orders_and_pages(self, enter):
        client = enter("AGENT")
        found = client.post("/cases/search/", {"q": "C0000007"}).headers["Location"]
        case = Case.objects.get(person_id="C0000007")

        assert listed(client.get(f"{found}&order=overdue&stage={case.stage}")) == [case.pk]
        other = "LATE" if case.stage != "LATE" else "EARLY"
        assert listed(client.get(f"{found}&stage={other}")) == []
        assert "found=" in client.get(found).content.decode().partition('id="sort-overdue"')[2].partition(">")[0]

    def test_a_search_opens_for_nobody_else_and_not_for_ever(self, enter, monkeypatch):
        client = enter("AGENT")
        found = client.post("/cases/search/", {"q": "C0000007"}).headers["Location"]

        for answer in (enter("SUPERVISOR").get(found), client.get("/cases/?found=nonsense"), client.get(found[:-3])):
            assert listed(answer) == []
            assert "Search again" in answer.content.decode()
        monkeypatch.setattr(slips, "LIFE", timedelta(seconds=-1))
        assert listed(client.get(found)) == []

    def test_one_customers_cases_have_an_address_that_can_be_shared(self, enter):
        case = Case.objects.get(person_id="C0000007")
        assert listed(enter("AGENT").get("/cases/?customer=C0000007")) == [case.pk]
        assert listed(enter("SUPERVISOR").get("/cases/?customer=C0000007&status=ANY")) == [case.pk]

    def test_a_page_costs_the_same_number_of_queries_whatever_it_holds(self, enter, django_assert_max_num_queries):
        client = enter("SUPERVISOR")
        with django_assert_max_num_queries(28):
            client.get("/cases/")

    def test_htmx_gets_the_table_alone(self, enter):
        answer = enter("AGENT").get("/cases/", headers={"hx-request": "true", "hx-target": "case-table"})

        assert b"<html" not in answer.content
        assert listed(answer)

    def test_a_field_agent_sees_only_cases_with_a_visit_for_them(self, enter):
        client = enter("FIELD")
        WorkItem.objects.filter(kind="VISIT").update(assigned_to=User.objects.get(role="AGENT"))
        mine = WorkItem.objects.filter(kind="VISIT", case__status="OPEN").order_by("work_id").first()
        WorkItem.objects.filter(pk=mine.pk).update(assigned_to=User.objects.get(role="FIELD"))

        assert listed(client.get("/cases/")) == [mine.case_id]
        other = Case.objects.exclude(pk=mine.case_id).first()
        assert client.get(f"/cases/{other.pk}/").status_code == 404


@pytest.mark.django_db
class TestCase:
    def test_it_shows_debt_reason_and_story_without_identity(self, enter):
        case = Case.objects.filter(stage="LATE", status="OPEN").order_by("pk").first()
        page = enter("AGENT").get(f"/cases/{case.pk}/").content.decode()

        for said in ("Why this case is here", "rule 4 of the stage table", "Timeline", "Stage changed", "Principal"):
            assert said in page
        assert f"+8613800{case.person_id[3:]}" not in page
        assert "138****" in page

    def test_its_queries_do_not_grow_with_its_history(self, enter):
        client, case = enter("AGENT"), Case.objects.filter(status="OPEN").order_by("pk").first()
        client.get(f"/cases/{case.pk}/")  # a process asks for the vault's keys once
        with CaptureQueriesContext(connection) as before:
            client.get(f"/cases/{case.pk}/")
        contacts = list(case.contacts.all())
        for number in range(20):
            for row in contacts:
                row.pk = derived_id("copy", number, row.pk)
            case.contacts.bulk_create(contacts)
        with CaptureQueriesContext(connection) as after:
            client.get(f"/cases/{case.pk}/")

        assert len(after) == len(before) <= 42  # two of them ask whether the look is on record

    def test_the_story_goes_on_page_by_page(self, enter):
        client, case = enter("AGENT"), Case.objects.filter(status="OPEN").order_by("pk").first()
        start = datetime(2026, 1, 1, tzinfo=UTC)
        CaseEvent.objects.bulk_create(
            CaseEvent(
                event_id=f"{n:032x}", case=case, at=start + timedelta(hours=n // 2), kind="assigned", actor="user:1"
            )
            for n in range(90)
        )
        seen, url = 0, f"/cases/{case.pk}/"
        while url:
            answer = client.get(url)
            seen += answer.content.decode().count("Case assigned")
            url = f"/cases/{case.pk}/?until={answer.context['older']}" if answer.context["older"] else ""

        assert seen == 90

    def test_what_the_lender_did_itself_stands_in_the_story(self, enter):
        case = Case.objects.filter(status="OPEN").order_by("pk").first()
        at = datetime(2026, 11, 1, 2, tzinfo=UTC)
        OutsideContact.objects.create(person_id=case.person_id, at=at, channel="CALL", outcome="NO_ANSWER")

        page = enter("AGENT").get(f"/cases/{case.pk}/").content.decode()

        assert "Call by the lender itself" in page

    def test_it_is_assigned_by_a_supervisor_and_says_so(self, enter):
        case, agent = Case.objects.filter(status="OPEN").first(), User.objects.get(role="AGENT")
        client = enter("SUPERVISOR")
        answer = client.post(f"/cases/{case.pk}/assign/", {"user_id": agent.pk}, follow=True)

        case.refresh_from_db()
        assert case.assigned_to == agent
        assert "The case is assigned." in answer.content.decode()
        assert CaseEvent.objects.filter(case=case, kind="assigned", after=f"user:{agent.pk}").count() == 1

    def test_a_closed_case_is_not_assigned(self, enter):
        case = Case.objects.filter(status="CLOSED").first()
        answer = enter("SUPERVISOR").post(f"/cases/{case.pk}/assign/", {"user_id": "1"}, follow=True)

        assert "This case is closed" in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "told"),
    [("stage=XX", "stage=XX"), ("dpd_from=abc", "dpd_from=abc"), ("assigned=x", "assigned=x"), ("stage=LATE", "")],
)
def test_an_address_that_is_not_understood_says_so(enter, query, told):
    page = enter("SUPERVISOR").get(f"/cases/?{query}").content.decode()

    assert ("Not understood in this address" in page) is bool(told)
    assert told in page
