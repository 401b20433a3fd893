"""The case list and the case page: what is found, in which order, at what cost, and what a role does not see."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from arrears.interfaces.ui.event_words import EVENTS
from arrears.kernel.identifiers import derived_id
from arrears.records.cases import exports
from arrears.records.cases.models import Case, CaseEvent, WorkItem
from arrears.records.contacts.models import OutsideContact
from arrears.records.people.models import Person
from arrears.records.privacy import cipher, slips
from arrears.records.runs.models import Night
from arrears.records.staff.models import User
from arrears.records.writeoffs.models import WriteOff

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

        assert len(after) == len(before) <= 44  # two of them ask whether the look is on record

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

    def test_whatever_ends_in_the_story_has_begun_in_it(self, enter):
        case = Case.objects.filter(stage="BAD_DEBT", status="OPEN").order_by("pk").first()
        case.work.all().delete()
        case.write_offs.all().delete()
        night = Night.objects.order_by("as_of").last()
        about = {"case": case, "priority": 1, "due_on": night.as_of}
        made = {"kind": "LEGAL", "reason": "LATE_LEGAL", "rule_number": 12} | about
        WorkItem.objects.create(work_id="a" * 32, status="DONE", closed_at=night.started_at + timedelta(1), **made)
        by_hand = {"kind": "CARE", "reason": "CARE", "rule_number": 0} | about
        WorkItem.objects.create(work_id="b" * 32, **by_hand)
        renewed = {"kind": "CALL", "reason": "LATE_CALL", "rule_number": 9} | about
        WorkItem.objects.create(work_id="c" * 32, **renewed)
        minor = dict.fromkeys(("principal_minor", "interest_minor", "fee_minor", "penalty_minor"), 5)
        WriteOff.objects.create(
            write_off_id="d" * 32,
            case=case,
            account_id="A-bad",
            currency="CNY",
            reason="BAD_DEBT_WRITE_OFF",
            rule_number=13,
            proposed_on=night.as_of,
            proposed_by=f"night:{night.as_of}",
            **minor,
        )
        at = night.started_at
        events = [
            ("work_opened", "", "CARE", "CARE", {"work_id": "b" * 32}),
            ("work_renewed", "EARLY_CALL", "LATE_CALL", "stage changed", {"work_id": "c" * 32}),
        ]
        CaseEvent.objects.bulk_create(
            CaseEvent(event_id=kind[:32], case=case, at=at, kind=kind, before=b, after=a, reason=r, actor="x", data=d)
            for kind, b, a, r, d in events
        )

        entries = enter("SUPERVISOR").get(f"/cases/{case.pk}/").context["entries"]
        begun = {one.title: one for one in entries if one.at == at}
        assert begun["Task “Legal review”: made"].lines == ["Legal review"]
        assert begun["Task “Legal review”: made"].by == "the night"
        assert begun["Task “Call”: made"].lines == ["Early call"]  # what it was made for, not what it is for now
        assert begun["Write-off proposed"].lines == ["Account A-bad", "Bad debt, proposed for write-off"]
        assert "Work opened" in begun
        assert "Task “Care for a person at risk”: made" not in begun
        titles = [one.title for one in entries]
        assert titles.index("Task “Legal review”: Done") < titles.index("Task “Legal review”: made")

    def test_what_came_of_what_in_one_moment_stands_in_that_order(self, enter):
        """The newest first, so what was brought about stands above its cause, whatever the identifiers are."""
        case = Case.objects.filter(status="OPEN").order_by("pk").first()
        at = datetime(2030, 1, 1, tzinfo=UTC)
        kinds = ["opened", "team_changed", "stage_changed", "write_off.approved", "write_off.posted", "closed"]
        with translation.override("en"):
            titles = [str(EVENTS[kind]) for kind in reversed(kinds)]
        for ids in (range(6), range(5, -1, -1)):
            CaseEvent.objects.filter(at=at).delete()
            CaseEvent.objects.bulk_create(
                CaseEvent(event_id=f"{n:032x}", case=case, at=at, kind=kind, actor="night")
                for n, kind in zip(ids, kinds, strict=True)
            )
            entries = enter("SUPERVISOR").get(f"/cases/{case.pk}/").context["entries"]
            assert [one.title for one in entries if one.at == at] == titles
            told = exports.case_file(case.pk, teams=(), zone="Asia/Shanghai").events
            assert [event.kind for event in told if event.at == at] == kinds[::-1]

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
    [
        ("stage=XX", "stage=XX"),
        ("stge=EARLY", "stge=EARLY"),
        ("dpd_from=abc", "dpd_from=abc"),
        ("assigned=x", "assigned=x"),
        ("stage=LATE", ""),
    ],
)
def test_an_address_that_is_not_understood_says_so(enter, query, told):
    page = enter("SUPERVISOR").get(f"/cases/?{query}").content.decode()

    assert ("Not understood in this address" in page) is bool(told)
    assert told in page
