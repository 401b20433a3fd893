"""Agents and supervisors see the cases of their teams and of no team: no list, page, search or post shows another's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from tests.interfaces.console.conftest import TEN, addresses

from arrears.actions import manage_teams
from arrears.interfaces.ui import permissions
from arrears.records.apikeys import operations as apikeys
from arrears.records.audit.models import Event
from arrears.records.cases import teams as moving
from arrears.records.cases.models import Case, CaseEvent, CaseStatus, WorkItem
from arrears.records.complaints.models import Complaint
from arrears.records.compliance import stops
from arrears.records.compliance.models import Flag, Stop, Verdict
from arrears.records.contacts.models import Contact
from arrears.records.people.models import Person
from arrears.records.staff import teams
from arrears.records.staff.models import Team, User
from arrears.records.writeoffs.models import WriteOff

pytestmark = pytest.mark.django_db

#: Keys of an address that lead to a person.
PERSONAL = {
    *("case_id", "work_id", "contact_id", "write_off_id", "contact_point_id"),
    *("placement_id", "step_id", "flag_id", "complaint_id", "verdict_id"),
}
LISTS = ("cases", "work", "contacts", "write-offs", "stops", "heard", "complaints", "quality", "verdicts")


@pytest.fixture
def divided(books):
    """Everybody's cases are West's; the agent and the supervisor are East's."""
    teams.put(code="WEST", name="West", regions=[], members=(), is_new=True)
    for role in ("AGENT", "SUPERVISOR"):
        User.objects.get(role=role).teams.set(["EAST"])
    Case.objects.update(team="WEST", assigned_to=None)
    case = Case.objects.filter(status=CaseStatus.OPEN, stage="LATE").order_by("case_id").first()
    Complaint.objects.update(person=case.person, case=case)
    Stop.objects.create(person=case.person, reason="OPTED_OUT", from_at=TEN, actor="test")
    return case


def personal() -> dict[str, str]:
    """URL name → address, of those that lead to a person's things."""
    keys = {name: {*forms[0][1]} for name, (forms, *_) in get_resolver().reverse_dict.items() if isinstance(name, str)}
    found = {name: url for name, url in addresses().items() if keys[name] & PERSONAL}
    assert len(found) > 30
    return found


def known_ids() -> list[str]:
    return [*Case.objects.values_list("case_id", flat=True), *Person.objects.values_list("customer_id", flat=True)]


@pytest.mark.parametrize("role", ["AGENT", "SUPERVISOR"])
class TestAnotherTeam:
    def test_no_address_with_an_identifier_opens_what_is_theirs(self, divided, enter, role):
        client = enter(role)
        for name, url in personal().items():
            if permissions.may(role, name):
                answers = {client.get(url).status_code, client.post(url).status_code}
                assert 404 in answers, name
                assert answers <= {404, 405}, (name, answers)

    def test_no_list_shows_anybody_of_theirs(self, divided, enter, role):
        client = enter(role)
        for name in LISTS:
            if permissions.may(role, name):
                page = client.get(reverse(name)).content.decode()
                assert [known for known in known_ids() if known in page] == [], name

    def test_no_search_finds_them(self, divided, enter, role):
        client = enter(role)
        for text in (divided.case_id, divided.person_id, divided.accounts.first().account_id):
            assert client.post("/cases/search/", {"q": text}, follow=True).context["rows"] == []

    def test_the_same_is_seen_once_it_is_ones_own(self, divided, enter, role):
        User.objects.get(role=role).teams.add("WEST")
        client = enter(role)
        assert client.get(reverse("case", args=[divided.case_id])).status_code == 200
        assert divided.case_id in client.get("/cases/?status=ANY&stage=LATE").content.decode()
        pages = [client.get(reverse(name)).content.decode() for name in LISTS[:5]]
        assert sum(any(known in page for known in known_ids()) for page in pages) >= 3

    def test_a_case_of_no_team_is_everybodys(self, divided, enter, role):
        Case.objects.filter(pk=divided.pk).update(team=None)
        assert enter(role).get(reverse("case", args=[divided.case_id])).status_code == 200

    def test_a_case_assigned_to_me_is_mine(self, divided, enter, role):
        Case.objects.filter(pk=divided.pk).update(assigned_to=User.objects.get(role=role))
        assert enter(role).get(reverse("case", args=[divided.case_id])).status_code == 200


class TestStops:
    def test_the_hold_on_visits_to_anothers_borrower_is_not_lifted(self, divided, enter):
        begun = TEN - timedelta(days=30)
        stop = Stop.objects.create(
            person=divided.person, reason="STAFF_SAFETY", channel="VISIT", from_at=begun, actor="test"
        )
        client, url = enter("SUPERVISOR"), reverse("stop-lift", args=[stop.pk])

        assert client.post(url).status_code == 404
        stop.refresh_from_db()
        assert stop.to_at is None

        User.objects.get(role="SUPERVISOR").teams.add("WEST")
        assert client.post(url).status_code == 302
        stop.refresh_from_db()
        assert stop.to_at is not None


class TestOtherReaches:
    """Legal advisers see late cases, field agents those with a visit: no identifier of another opens."""

    @pytest.mark.parametrize("role", ["LEGAL", "FIELD"])
    def test_no_address_with_an_identifier_opens_what_they_do_not_reach(self, divided, enter, role):
        client, found = enter(role), personal()
        Case.objects.update(stage="EARLY")
        WorkItem.objects.filter(kind="VISIT").delete()
        for name, url in found.items():
            if permissions.may(role, name):
                answers = {client.get(url).status_code, client.post(url).status_code}
                assert 404 in answers, name
                assert answers <= {404, 405}, (name, answers)
        for name in LISTS:
            if permissions.may(role, name):
                page = client.get(reverse(name)).content.decode()
                assert [known for known in known_ids() if known in page] == [], name


@pytest.mark.parametrize("role", ["ANALYST", "COMPLIANCE", "FINANCE"])
def test_others_see_every_team(divided, enter, role):
    assert enter(role).get(reverse("case", args=[divided.case_id])).status_code == 200


def test_a_contact_outside_a_case_is_of_the_persons_team(divided, enter):
    contact = Contact.objects.filter(case=divided).first()
    Contact.objects.filter(pk=contact.pk).update(case=None)
    url = reverse("contact", args=[contact.contact_id])

    assert enter("SUPERVISOR").get(url).status_code == 404
    Case.objects.filter(person=divided.person).update(team="EAST")
    assert enter("SUPERVISOR").get(url).status_code == 200


class TestMoving:
    def test_it_is_an_event_and_whoever_had_it_has_it_no_longer(self, divided, enter):
        agent, boss = User.objects.get(role="AGENT"), User.objects.get(role="SUPERVISOR")
        Case.objects.filter(pk=divided.pk).update(team="EAST", assigned_to=agent)
        work = WorkItem.objects.filter(case=divided, status="OPEN")
        work.update(assigned_to=agent)
        answer = enter("SUPERVISOR").post(reverse("case-team", args=[divided.case_id]), {"team": "WEST"})

        divided.refresh_from_db()
        assert (divided.team_id, divided.assigned_to_id) == ("WEST", None)
        assert not work.exclude(assigned_to=None).exists()
        assert answer.url == "/cases/"
        event = CaseEvent.objects.get(case=divided, kind="team_changed")
        assert (event.before, event.after, event.actor) == ("EAST", "WEST", f"user:{boss.pk}")
        assert Event.objects.filter(kind="case.team_changed", subject_id=divided.case_id).count() == 1
        story = enter("COMPLIANCE").get(reverse("case", args=[divided.case_id])).content.decode()
        assert "East → West" in story

    def test_to_the_same_team_nothing_happens(self, divided, enter):
        Case.objects.filter(pk=divided.pk).update(team="EAST")
        enter("SUPERVISOR").post(reverse("case-team", args=[divided.case_id]), {"team": "EAST"})
        assert not CaseEvent.objects.filter(case=divided, kind="team_changed").exists()

    @pytest.mark.parametrize("change", [{"team": "NOWHERE"}, {"status": "CLOSED"}], ids=["no team", "closed"])
    def test_what_cannot_be_moved_is_refused(self, divided, change):
        if "status" in change:
            facts = {"closed_on": divided.opened_on, "close_reason": "CURED"}
            Case.objects.filter(pk=divided.pk).update(status="CLOSED", **facts)
        with pytest.raises(moving.UnableToMoveCase):
            moving.move(case_id=divided.case_id, team=change.get("team", "EAST"), at=TEN, actor="user:1")


class TestSharingOut:
    def test_cases_of_no_team_go_where_their_people_live(self, books):
        Case.objects.update(team=None)
        Person.objects.update(region_code="CN-44")
        person = Case.objects.filter(status=CaseStatus.OPEN).first().person
        Person.objects.filter(pk=person.pk).update(region_code="CN-31-0101")
        teams.put(code="EAST", name="East", regions=["CN-31"], members=(), is_new=False)
        shared = moving.share_out(at=TEN, actor="night")

        mine = Case.objects.filter(status=CaseStatus.OPEN, person=person)
        assert shared == {"EAST": mine.count()}
        assert set(Case.objects.exclude(team=None).values_list("pk", flat=True)) == {case.pk for case in mine}
        assert CaseEvent.objects.filter(kind="team_changed", after="EAST").count() == mine.count()
        assert moving.share_out(at=TEN, actor="night") == {}

    def test_what_was_moved_by_hand_stays(self, divided):
        Person.objects.update(region_code="CN-31")
        teams.put(code="EAST", name="East", regions=["CN"], members=(), is_new=False)
        assert moving.share_out(at=TEN, actor="night") == {}


class TestTeams:
    def test_an_administrator_makes_and_changes_one(self, enter):
        admin, agent = enter("ADMIN"), User.objects.get(role="AGENT")
        admin.post("/teams/add/", {"code": "NORTH", "name": "North", "regions": "cn-11, CN-12", "members": [agent.pk]})

        assert Team.objects.get(code="NORTH").regions == ["CN-11", "CN-12"]
        assert teams.members_of("NORTH") == {agent.pk}
        admin.post("/teams/NORTH/", {"name": "The North", "regions": "", "members": []})
        assert teams.names()["NORTH"] == "The North"
        kinds = Event.objects.filter(subject_id="team:NORTH").order_by("id").values_list("kind", flat=True)
        assert list(kinds) == ["team.added", "team.changed"]
        assert admin.get("/teams/").status_code == 200
        assert admin.get("/teams/NOWHERE/").status_code == 404

    @pytest.mark.parametrize(
        "given",
        [{"code": "east"}, {"code": "EAST"}, {"regions": "Shanghai!"}, {"name": " "}, {"members": ["ANALYST"]}],
        ids=lambda given: "-".join(given),
    )
    def test_what_makes_no_team_is_refused(self, enter, given):
        ids = [User.objects.get(role=role).pk for role in given.get("members", [])]
        form = {"code": "NORTH", "name": "North", "regions": ""} | given | {"members": ids}
        before = list(Team.objects.values())
        assert enter("ADMIN").post("/teams/add/", form).status_code == 200
        assert list(Team.objects.values()) == before

    def test_the_trail_says_who_joined_and_left(self, books):
        agent, boss = User.objects.get(role="AGENT").pk, User.objects.get(role="SUPERVISOR").pk
        same = {"code": "EAST", "name": "East", "regions": (), "at": TEN, "actor": "user:1", "is_new": False}
        manage_teams.put(**same, members=[agent])
        manage_teams.put(**same, members=[boss])
        assert Event.objects.filter(kind="team.changed").latest("id").data["joined"] == [boss]
        assert Event.objects.filter(kind="team.changed").latest("id").data["left"] == [agent]


class TestKeysOfTeams:
    @pytest.fixture
    def api(self, divided):
        def key(*bound: str) -> Client:
            issued = apikeys.issue(name="x", scopes=["cases:read", "contacts:read"], teams=bound, at=TEN, actor="test")
            return Client(headers={"Authorization": f"Bearer {issued.secret}"})

        return key

    def test_a_bound_key_reads_its_own_cases_only(self, api, divided):
        contacts = f"/api/v1/contacts?customer_id={divided.person_id}"
        for key, count, status in ((api("EAST"), 0, 404), (api("WEST"), 100, 200), (api(), 100, 200)):
            assert len(key.get("/api/v1/cases").json()["cases"]) == count
            assert key.get(f"/api/v1/cases/{divided.case_id}").status_code == status
            assert bool(key.get(contacts).json()) == bool(count)

    def test_it_may_not_write(self, divided):
        with pytest.raises(apikeys.BoundKeyReads):
            apikeys.issue(name="x", scopes=["payments:write"], teams=["EAST"], at=TEN, actor="user:1")


def test_the_books_of_these_tests_hold_something_of_each_kind(divided):
    """Otherwise an empty list would prove nothing."""
    assert all(table.objects.exists() for table in (Contact, WriteOff, Flag, Verdict, WorkItem, Complaint))
    assert stops.left_alone(at=TEN) == {divided.person_id}
