"""Whoever is shown a page of a person leaves a trace: once a quarter of an hour, and lists leave none."""

from __future__ import annotations

import pytest
from django.urls import reverse
from tests.interfaces.console.conftest import addresses
from tests.unguarded import unguarded

from arrears.actions import look_at_person
from arrears.interfaces.ui import permissions
from arrears.records.audit.models import Event
from arrears.records.cases.models import Case

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
}


def looks() -> list[tuple[str, str]]:
    found = Event.objects.filter(kind=look_at_person.KIND).order_by("id")
    return [(event.subject_id, event.data["page"]) for event in found]


def late() -> Case:
    return Case.objects.filter(status="OPEN", stage="LATE").order_by("case_id").first()


@pytest.mark.django_db
class TestPages:
    @pytest.mark.parametrize("role", sorted(permissions.COLLEAGUES))
    def test_every_page_that_names_a_person_leaves_one_and_no_other_does(self, enter, role):
        client, left = enter(role), set()
        for name, url in sorted(addresses().items()):
            if permissions.is_public(name) or name.startswith("audit"):
                continue
            before = len(looks())
            answer = client.get(url)
            found = looks()[before:]
            if found:
                assert answer.status_code == 200, name
                assert found[0][1] == name
                left.add(name)
                _forget()
            else:
                assert name not in PAGES or answer.status_code != 200, name
        assert left <= PAGES

    def test_once_for_each_colleague_person_and_quarter_of_an_hour(self, enter):
        case, other = late(), Case.objects.filter(status="OPEN").exclude(person=late().person).first()
        agent, supervisor = enter("AGENT"), enter("SUPERVISOR")
        for client in (agent, agent, supervisor):
            client.get(reverse("case", args=[case.pk]))
        agent.get(reverse("case-call", args=[case.pk]))
        agent.get(reverse("case", args=[other.pk]))
        assert looks() == [(case.person_id, "case")] * 2 + [(other.person_id, "case")]

    def test_lists_and_searches_leave_none(self, enter):
        client = enter("COMPLIANCE")
        for url in ("/cases/", "/contacts/", "/complaints/", "/privacy/", "/stops/", "/verdicts/", "/quality/"):
            assert client.get(url).status_code == 200
        client.post("/cases/search/", {"q": late().person_id})
        client.post("/privacy/find/", {"text": late().person_id})
        assert looks() == []

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
