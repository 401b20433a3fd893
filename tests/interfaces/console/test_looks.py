"""Whoever is shown a page of a person leaves a trace, once a quarter of an hour; so does whoever is shown a list."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from tests.interfaces.console.conftest import addresses
from tests.unguarded import unguarded

from arrears.actions import look_at_person
from arrears.interfaces.ui import permissions
from arrears.records.audit.models import Event
from arrears.records.cases.models import Case
from arrears.records.people import indexing
from arrears.records.people import queries as people
from arrears.records.people.models import ContactPoint, Person
from arrears.records.privacy import cipher

#: Lists that show people; of these small books some show so few that each of them was looked at.
LISTS = {"cases", "complaints", "consents", "contacts", "dashboard", "heard", "legal-holds", "privacy", "quality"}
LISTS |= {"stops", "subject-requests", "verdicts", "work", "write-offs"}
#: Pages of one person, and whatever else is opened by the id of something that is one person's.
PAGES = {
    "case",
    "case-who",
    "case-evidence",
    "case-call",
    "case-visit",
    "case-payment",
    "case-reversal",
    "case-placement",
    "case-legal-step",
    "case-complaint",
    "contact",
    "verdict",
    "quality-flag",
    "privacy-person",
    "subject-request",
    "write-off",
}


def looks() -> list[tuple[str, str]]:
    found = Event.objects.filter(kind=look_at_person.KIND).order_by("id")
    return [(event.subject_id, event.data["page"]) for event in found]


def late() -> Case:
    return Case.objects.filter(status="OPEN", stage="LATE").order_by("case_id").first()


@pytest.mark.django_db
class TestPages:
    @pytest.mark.any_database
    @pytest.mark.parametrize("role", sorted(permissions.EVERYONE))
    def test_every_page_that_shows_somebody_leaves_one_and_no_other_does(self, enter, role):
        """Masked names and numbers are looked for on every page, whoever made it and however it came there."""
        client, opened, seen = enter(role), set(), set()
        marks = {people.name_masked(one) for one in Person.objects.all()} - {""}
        marks |= {people.value_masked(one) for one in ContactPoint.objects.all()}
        for name, url in sorted(addresses().items()):
            if permissions.is_public(name):
                continue
            with unguarded():  # as if the quarter of an hour were over
                Event.objects.filter(actor__startswith="user:").update(actor="somebody")
            before = Event.objects.count()
            answer = client.get(url)
            left = list(Event.objects.order_by("id")[before:])
            looked = [one.data["page"] for one in left if one.kind == look_at_person.KIND]
            if looked and not name.startswith("audit"):
                assert (answer.status_code, looked[0]) == (200, name)
                opened.add(name)
            elif role in permissions.COLLEAGUES:
                assert name not in PAGES or answer.status_code != 200, name
            text = answer.content.decode() if "html" in answer.headers["Content-Type"] else ""
            if answer.status_code == 200 and any(mark in text for mark in marks):
                seen.add(name)
                assert {one.kind for one in left} & {look_at_person.KIND, look_at_person.LISTED}, name
        assert opened <= PAGES | LISTS
        assert seen or role in {"ADMIN", "ANALYST", "AGENCY"}, "nothing is placed with the agency of these books"

    def test_once_for_each_colleague_person_and_quarter_of_an_hour(self, enter):
        case, other = late(), Case.objects.filter(status="OPEN").exclude(person=late().person).first()
        agent, supervisor = enter("AGENT"), enter("SUPERVISOR")
        for client in (agent, agent, supervisor):
            client.get(reverse("case", args=[case.pk]))
        agent.get(reverse("case-call", args=[case.pk]))
        agent.get(reverse("case", args=[other.pk]))
        assert looks() == [(case.person_id, "case")] * 2 + [(other.person_id, "case")]

    def test_a_list_leaves_one_of_its_own_that_names_nobody(self, enter):
        client = enter("COMPLIANCE")
        for _ in range(2):
            client.get("/cases/")
        client.get(
            "/cases/?status=OPEN&order=-dpd&customer=&after=x&name=ZHANGWEI&張偉=13800000001&least=0&most=138000000&q=张"
        )
        found = [event.data for event in Event.objects.filter(kind=look_at_person.LISTED).order_by("id")]
        assert [one["asked"] for one in found] == [{}, {"least": "0", "order": "-dpd", "status": "OPEN"}]
        assert [one["count"] for one in found] == [50, 50]
        assert looks() == []

    def test_each_page_of_a_list_leaves_one_and_the_same_page_again_none(self, enter):
        client, url, pages = enter("COMPLIANCE"), "/cases/", 0
        shown: list[set[str]] = []
        while url and pages < 9:
            page = client.get(url)
            client.get(url)
            shown.append(set(re.findall(r"C\d+", page.content.decode())))
            later = page.context["later"]
            url, pages = (f"/cases/?after={later}" if later else ""), pages + 1
        found = [event.data for event in Event.objects.filter(kind=look_at_person.LISTED).order_by("id")]
        assert pages > 1
        assert len(found) + (len(looks()) > 0) == pages
        assert {one["first"] for one in found} <= set().union(*shown)
        assert len({one["first"] for one in found}) == len(found)

    def test_a_list_of_a_few_is_a_look_at_each(self, enter):
        case = late()
        enter("COMPLIANCE").get(f"/cases/?customer={case.person_id}")
        assert looks() == [(case.person_id, "cases")]

    def test_whom_a_search_finds_was_looked_at_however_many_they_are(self, enter):
        client, name = enter("COMPLIANCE"), "同名"
        alike = Person.objects.filter(cases__status="OPEN").order_by("pk")[:7]
        index = cipher.blind_index(*indexing.of_name(name))
        for one in alike:
            sealed = cipher.seal(name, context=f"people.person.name:{one.pk}")
            Person.objects.filter(pk=one.pk).update(name_sealed=sealed, name_index=index)
        client.post("/cases/search/", {"q": name}, follow=True)
        assert looks() == [(one.pk, "cases") for one in alike]
        _forget()
        client.post("/privacy/find/", {"text": name})
        assert looks()[7:] == [(one.pk, "privacy-find") for one in alike]

    def test_who_is_not_shown_it_leaves_none(self, enter):
        case = late()
        Case.objects.filter(pk=case.pk).update(team="EAST")
        assert enter("SUPERVISOR").get(reverse("case", args=[case.pk])).status_code == 404
        assert enter("ADMIN").get(reverse("case", args=[case.pk])).status_code == 403
        assert looks() == []

    def test_who_looked_stands_on_the_page_of_who_can_see_the_person(self, enter):
        case = late()
        enter("AGENT").get(reverse("case", args=[case.pk]))
        page = enter("COMPLIANCE").get(reverse("case-who", args=[case.pk]))
        assert [(one["by"], one["count"], one["pages"]) for one in page.context["saw"]] == [("Agent", 1, ["Case"])]

    def test_the_story_of_a_case_is_not_told_of_it(self, enter):
        case = late()
        enter("AGENT").get(reverse("case", args=[case.pk]))
        page = enter("SUPERVISOR").get(reverse("case", args=[case.pk])).content.decode()
        assert "Looked at a page that shows the person" not in page


def _forget() -> None:
    """As if the quarter of an hour were over: what was left was left long ago."""
    with unguarded():
        Event.objects.filter(kind=look_at_person.KIND).update(actor="somebody")
