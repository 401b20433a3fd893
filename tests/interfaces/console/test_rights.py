"""Who may do what, shown by what guards it; who can see a person; and four eyes on a powerful role."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from tests.interfaces.console.conftest import PASSWORD, TEN
from tests.interfaces.console.test_agencies import EAST, late, place

from arrears.actions import manage_staff, reveal_sealed
from arrears.interfaces.ui import permissions
from arrears.records.apikeys import operations as apikeys
from arrears.records.audit import operations as audit
from arrears.records.audit.models import Event
from arrears.records.cases import queries as cases
from arrears.records.cases import seers
from arrears.records.cases.models import Case
from arrears.records.people.models import ContactPoint
from arrears.records.signin.models import Factor
from arrears.records.signin.sessions import PROVED
from arrears.records.staff import grants
from arrears.records.staff.models import Grant, Role, User

NEXT = "lantern-harbour-43"
RESETS = [("PASSWORD", "staff.password_set"), ("FACTOR", "access.factor_removed")]

pytestmark = pytest.mark.django_db


class TestTable:
    def test_each_cell_says_what_the_gatekeeper_does(self, enter):
        page = BeautifulSoup(enter("ADMIN").get("/access/").content, "html.parser")
        table = page.find("table")
        roles = [code for code, _ in Role.choices]
        shown = {}
        for row in table.find_all("tr"):
            name = row.find("span", class_="visually-hidden")
            cells = row.find_all("td")
            if name and len(cells) == len(roles) and name.text.strip() in permissions.ROLES:
                shown[name.text.strip()] = [bool(cell.find(class_="access-yes")) for cell in cells]
        assert shown == {name: [role in held for role in roles] for name, held in permissions.ROLES.items()}

    def test_it_is_for_those_who_oversee(self, enter):
        assert enter("COMPLIANCE").get("/access/").status_code == 200
        assert enter("AGENT").get("/access/").status_code == 403


class TestWhoCanSee:
    def test_it_names_exactly_those_to_whom_the_case_opens(self, enter):
        case = late()
        place(case, EAST)
        case.team_id = "EAST"
        case.save()
        page = enter("COMPLIANCE").get(reverse("case-who", args=[case.case_id]))
        named = {seer.role for seer, _why, _may in page.context["seers"]}
        opened = {
            role
            for role in permissions.EVERYONE
            if enter(role).get(reverse("case", args=[case.case_id])).status_code == 200
        }

        assert named == opened
        assert {"COMPLIANCE", "AGENCY"} <= named
        assert not {"AGENT", "SUPERVISOR", "ADMIN"} & named

    def test_it_names_those_who_reach_the_person_at_the_privacy_desk_alone(self, enter):
        case = Case.objects.filter(status="OPEN", stage="EARLY").first()
        reached = {
            role
            for role in permissions.EVERYONE
            if enter(role).get(reverse("privacy-person", args=[case.person_id])).status_code == 200
        }
        page = enter("COMPLIANCE").get(reverse("case-who", args=[case.case_id]))
        named = {seer.role for seer, why, _may in page.context["seers"] if any("Privacy desk" in one for one in why)}
        beside = {one.role for one in page.context["desk"]}

        assert named | beside == reached
        assert beside == {"LEGAL"}, "to whom the case itself does not open"
        assert "Privacy desk: the rights and ends of everybody&#x27;s data" in page.content.decode()

    @pytest.mark.parametrize(("role", "may"), [("COMPLIANCE", True), ("FINANCE", False), ("AGENCY", True)])
    def test_it_says_who_may_open_what_is_sealed(self, enter, role, may):
        case = late()
        place(case, EAST)
        page = enter("COMPLIANCE").get(reverse("case-who", args=[case.case_id]))
        assert {is_open for seer, _why, is_open in page.context["seers"] if seer.role == role} == {may}

    def test_it_says_why(self, enter):
        case, agent = late(), User.objects.get(role="AGENT")
        agent.teams.set(["EAST"])
        Case.objects.filter(pk=case.pk).update(team="EAST", assigned_to=agent)
        page = enter("COMPLIANCE").get(reverse("case-who", args=[case.case_id]))
        why = {seer.role: why for seer, why, _may in page.context["seers"]}
        assert why["AGENT"] == ["Team East", "Assigned to them"]
        assert why["FINANCE"] == ["All cases"]

    def test_a_key_that_waits_to_be_confirmed_sees_nobody_yet(self, enter):
        case, scopes = late(), ["cases:read"]
        made = apikeys.issue(name="Waiting", scopes=scopes, at=TEN, actor="user:1000")
        apikeys.issue(name="Live", scopes=scopes, at=TEN, actor="cli")
        urls = [reverse("case-who", args=[case.case_id]), "/access/"]
        client = enter("COMPLIANCE")
        for url in urls:
            named = {key.name for key in client.get(url).context["keys"]}
            assert ("Live" in named, "Waiting" in named) == (True, False), url
        apikeys.confirm(prefix=made.prefix, at=TEN, actor="user:1001")
        assert {key.name for key in client.get(urls[0]).context["keys"]} == {"Live", "Waiting"}

    def test_who_opened_something_stands_there(self, enter):
        case, agent = late(), User.objects.get(role="AGENT")
        point = ContactPoint.objects.filter(person=case.person).first()
        purpose = reveal_sealed.policy().offered()[0].code
        reveal_sealed.reveal(
            viewer=agent,
            case_id=case.case_id,
            what="POINT",
            subject_id=point.contact_point_id,
            purpose=purpose,
            reason="calling back",
            at=TEN,
        )
        page = enter("COMPLIANCE").get(reverse("case-who", args=[case.case_id])).content.decode()
        assert "calling back" in page

    def test_no_page_for_a_case_that_one_may_not_see(self, enter):
        case = late()
        Case.objects.filter(pk=case.pk).update(team="EAST")
        assert enter("SUPERVISOR").get(reverse("case-who", args=[case.case_id])).status_code == 404

    def test_the_other_way_round_agrees_for_everybody(self, books):
        case = late()
        named = {one.user_id for one in seers.seers_of(case.person_id)}
        theirs = Case.objects.filter(person=case.person)
        assert named == {user.pk for user in User.objects.all() if (cases.visible(user) & theirs).exists()}


class TestFourEyes:
    @pytest.fixture
    def admins(self, enter):
        """Two administrators."""
        first = enter("ADMIN")
        manage_staff.add(
            username="second",
            display_name="Second",
            role="ADMIN",
            password=PASSWORD,
            at=TEN,
            actor="cli",
            is_temporary=False,
        )
        second = type(first)(headers={"accept-language": "en"})
        second.force_login(User.objects.get(username="second"))
        return first, second

    def change(self, client, name: str, **given: object):
        user = User.objects.get(username=name)
        form = {"display_name": user.display_name, "role": user.role, "is_active": "on", "password": "", "agency": ""}
        return client.post(reverse("staff-member", args=[user.pk]), form | given)

    def decide(self, client, name: str, decision: str):
        return client.post(reverse("staff-grant", args=[User.objects.get(username=name).pk]), {"decision": decision})

    def role(self, name: str) -> tuple[str, bool]:
        return User.objects.values_list("role", "is_active").get(username=name)

    def test_that_who_may_not_sign_in_gets_no_password_is_said_in_the_readers_language(self, admins):
        told = self.change(admins[0], "analyst", is_active="", password="a-new-Lantern-77").content.decode()
        assert "The password was not set: this colleague may not sign in." in told

    @pytest.mark.parametrize("role", sorted(grants.POWERFUL))
    def test_a_powerful_role_holds_when_another_grants_it(self, admins, role):
        first, second = admins
        self.change(first, "analyst", role=role)
        assert self.role("analyst") == ("ANALYST", True)
        self.decide(first, "analyst", "grant")
        assert self.role("analyst") == ("ANALYST", True)
        self.decide(second, "analyst", "grant")
        assert self.role("analyst") == (role, True)
        kinds = Event.objects.filter(kind__startswith="staff.role").order_by("id").values_list("kind", flat=True)
        assert list(kinds) == ["staff.role_asked", "staff.role_granted"]

    def test_others_hold_at_once(self, admins):
        self.change(admins[0], "analyst", role="AGENT")
        assert self.role("analyst") == ("AGENT", True)

    def test_a_new_colleague_in_a_powerful_role_comes_in_when_granted(self, admins):
        first, second = admins
        given = {"username": "new", "display_name": "New", "role": "SUPERVISOR", "language": "en", "password": PASSWORD}
        first.post("/staff/add/", given)
        assert self.role("new") == ("SUPERVISOR", False)
        self.change(first, "new")  # to tick the box alone does not do
        assert self.role("new") == ("SUPERVISOR", False)
        self.decide(second, "new", "grant")
        assert self.role("new") == ("SUPERVISOR", True)

    def test_who_left_a_powerful_role_comes_back_the_same_way(self, admins):
        first, second = admins
        user = User.objects.get(username="supervisor")
        first.post(
            reverse("staff-member", args=[user.pk]),
            {"display_name": "S", "role": "SUPERVISOR", "password": "", "agency": ""},
        )
        assert self.role("supervisor") == ("SUPERVISOR", False)
        self.change(first, "supervisor")
        assert self.role("supervisor") == ("SUPERVISOR", False)
        self.decide(second, "supervisor", "grant")
        assert self.role("supervisor") == ("SUPERVISOR", True)

    def test_nobody_grants_or_changes_their_own(self, admins):
        _first, second = admins
        answer = self.change(second, "second", role="COMPLIANCE")
        assert "You cannot take away your own access or your own role." in answer.content.decode()
        Grant.objects.create(
            user=User.objects.get(username="second"), role="FINANCE", asked_at=TEN, asked_by=f"user:{0}"
        )
        self.decide(second, "second", "grant")
        assert self.role("second") == ("ADMIN", True)

    def test_it_is_refused_or_taken_back(self, admins):
        first, second = admins
        for client in (second, first):
            self.change(first, "analyst", role="ADMIN")
            self.decide(client, "analyst", "refuse")
            assert self.role("analyst") == ("ANALYST", True)
            assert grants.waiting() == []

    def test_what_waits_ends_when_they_leave(self, admins):
        first, _second = admins
        self.change(first, "analyst", role="ADMIN")
        user = User.objects.get(username="analyst")
        first.post(reverse("staff-member", args=[user.pk]), {"display_name": "A", "role": "ANALYST", "agency": ""})
        assert grants.waiting() == []

    def reset(self, client, name: str, kind: str):
        """Ask for another password of somebody, or the end of their second factor."""
        if kind == "PASSWORD":
            return self.change(client, name, password=NEXT)
        user = User.objects.get(username=name)
        return client.post(reverse("staff-factor-remove", args=[user.pk]), follow=True)

    def decide_reset(self, client, name: str, kind: str, decision: str = "grant"):
        address = reverse("staff-grant", args=[User.objects.get(username=name).pk])
        return client.post(address, {"decision": decision, "kind": kind}, follow=True)

    def protect(self, name: str) -> User:
        """Give somebody a second factor."""
        user = User.objects.get(username=name)
        Factor.objects.create(user=user, secret_sealed=b"x", made_at=TEN, confirmed_at=TEN)
        User.objects.filter(pk=user.pk).update(second_factor_since=TEN)
        return user

    def is_reset(self, user: User, kind: str) -> bool:
        user.refresh_from_db()
        return user.password_is_temporary if kind == "PASSWORD" else not Factor.objects.filter(user=user).exists()

    @pytest.mark.parametrize("kind", ["PASSWORD", "FACTOR"])
    @pytest.mark.parametrize("name", ["second", *sorted(role.lower() for role in grants.POWERFUL - {"ADMIN"})])
    def test_one_administrator_alone_is_not_two(self, admins, name, kind):
        """Whoever takes over the sign-in of somebody powerful could grant what they asked for themselves."""
        first, _second = admins
        user = self.protect(name)
        assert "when a second administrator grants it" in self.follow(self.reset(first, name, kind), first)
        self.decide_reset(first, name, kind)
        assert not self.is_reset(user, kind)
        assert "already waits for a second administrator" in self.follow(self.reset(first, name, kind), first)

    def follow(self, answer, client) -> str:
        return (client.get(answer.url) if answer.status_code == 302 else answer).content.decode()

    @pytest.mark.parametrize(
        ("kind", "done"), [("PASSWORD", "staff.password_set"), ("FACTOR", "access.factor_removed")]
    )
    def test_a_reset_of_somebody_powerful_is_done_by_another_and_raises_an_alarm(self, admins, kind, done):
        first, second = admins
        user = self.protect("compliance")
        theirs = type(first)()
        theirs.force_login(user)
        self.reset(first, "compliance", kind)
        assert [row.kind for row in grants.waiting()] == [kind]
        self.decide_reset(second, "compliance", kind)
        assert self.is_reset(user, kind)
        assert theirs.get("/").status_code == 302
        assert not user.check_password(NEXT), "the one who asked would know it"
        told = Event.objects.filter(subject_id=f"user:{user.pk}").order_by("id").values_list("kind", "actor", "after")
        asked_by, granted_by = (f"user:{User.objects.get(username=name).pk}" for name in ("admin", "second"))
        assert [one for one in told if one[0].startswith("staff.reset")] == [
            ("staff.reset_asked", asked_by, kind),
            ("staff.reset_granted", granted_by, kind),
        ]
        assert (done, granted_by) in [one[:2] for one in told]
        assert done in audit.ALARMS

    @pytest.mark.parametrize("kind", ["PASSWORD", "FACTOR"])
    def test_it_is_never_granted_by_whom_it_concerns(self, admins, kind):
        first, second = admins
        user = self.protect("second")
        self.reset(first, "second", kind)
        second.force_login(User.objects.get(username="second"))
        session = second.session
        session[PROVED] = True
        session.save()
        assert "or whom it concerns" in self.decide_reset(second, "second", kind).content.decode()
        assert not self.is_reset(user, kind)

    @pytest.mark.parametrize("kind", ["PASSWORD", "FACTOR"])
    def test_it_is_refused_or_taken_back_like_a_role(self, admins, kind):
        first, second = admins
        user = self.protect("finance")
        for client in (second, first):
            self.reset(first, "finance", kind)
            self.decide_reset(client, "finance", kind, "refuse")
            assert grants.waiting() == []
        assert not self.is_reset(user, kind)
        assert self.decide_reset(second, "finance", kind).status_code == 404

    def test_who_waits_for_a_powerful_role_is_reset_by_two_as_well(self, admins):
        first, _second = admins
        self.change(first, "analyst", role="COMPLIANCE")
        self.reset(first, "analyst", "PASSWORD")
        assert not User.objects.get(username="analyst").check_password(NEXT)

    @pytest.mark.parametrize(
        ("kind", "done"), [("PASSWORD", "staff.password_set"), ("FACTOR", "access.factor_removed")]
    )
    def test_others_are_reset_at_once_and_it_raises_an_alarm(self, admins, kind, done):
        first, _second = admins
        user = self.protect("agent")
        self.reset(first, "agent", kind)
        assert self.is_reset(user, kind)
        assert Event.objects.filter(kind=done, subject_id=f"user:{user.pk}").exists()
        assert done in audit.ALARMS

    def test_the_machines_owner_resets_alone(self, admins):
        manage_staff.set_password(username="second", password=NEXT, at=TEN, actor="cli")
        assert User.objects.get(username="second").check_password(NEXT)
        with pytest.raises(grants.SecondPersonNeeded):
            manage_staff.set_password(username="second", password=PASSWORD, at=TEN, actor="user:1")
        assert User.objects.get(username="second").check_password(NEXT)

    def test_a_weak_password_is_refused_when_it_is_asked_for(self, admins):
        first, _second = admins
        page = self.change(first, "analyst", password="analyst-1").content.decode()
        assert 'role="alert"' in page or "alert-danger" in page
        assert not User.objects.get(username="analyst").password_is_temporary

    def test_whoever_asked_for_a_role_does_not_know_the_password_that_opens_it(self, admins):
        """Or they would be two: the new colleague's password, or that of one who was asked for, is theirs."""
        first, second = admins
        given = {"username": "new", "display_name": "New", "role": "SUPERVISOR", "language": "en", "password": PASSWORD}
        first.post("/staff/add/", given)
        self.change(first, "analyst", password=NEXT)
        self.change(first, "analyst", role="SUPERVISOR")
        self.change(first, "analyst", password="another-harbour-44")
        for name in ("new", "analyst"):
            answer = self.decide(second, name, "grant")
            handed = BeautifulSoup(answer.content, "html.parser").find("input", id="secret")["value"]
            user = User.objects.get(username=name)
            assert user.password_is_temporary
            assert user.check_password(handed)
            assert not user.check_password(PASSWORD)
            assert not user.check_password(NEXT)
            assert "no-store" in answer.headers["Cache-Control"]
        assert grants.waiting() == []

    @pytest.mark.parametrize("kind", ["PASSWORD", "FACTOR"])
    def test_whose_powerful_role_was_taken_is_reset_by_two_for_thirty_days(self, admins, kind):
        user, me = self.protect("supervisor"), f"user:{User.objects.get(username='admin').pk}"
        given = {"user_id": user.pk, "display_name": "S", "role": "AGENT", "is_active": True, "actor": me}
        manage_staff.change(**given, password="", at=TEN)

        def reset(at: datetime) -> bool:
            if kind == "PASSWORD":
                return manage_staff.change(**given, password=NEXT, at=at)
            return manage_staff.remove_factor(user_id=user.pk, at=at, actor=me)

        assert not reset(TEN + timedelta(days=29))
        assert not self.is_reset(user, kind)
        grants.withdraw(user_id=user.pk)
        assert reset(TEN + timedelta(days=30))
        assert self.is_reset(user, kind)

    def test_the_second_sees_whose_account_it_is_and_who_set_its_password(self, admins):
        first, second = admins
        given = {"username": "lin2", "display_name": "Supervisor", "role": "AGENT", "language": "en"}
        first.post("/staff/add/", given | {"password": PASSWORD})
        self.change(first, "lin2", password=NEXT)
        self.change(first, "lin2", role="SUPERVISOR")
        row = BeautifulSoup(second.get("/staff/").content, "html.parser").find("tbody").find("tr").get_text(" ")
        asker = User.objects.get(username="admin").shown_name
        told = ("lin2", f"user:{User.objects.get(username='lin2').pk}", "So far : Service agent")
        for one in (*told, f"New password set: {asker}", f"Staff account made: {asker}"):
            assert one in " ".join(row.split()).replace("So far:", "So far :"), one

    def test_another_name_is_on_record_also_while_the_role_waits(self, admins):
        first, _second = admins
        before = User.objects.get(username="analyst").display_name
        self.change(first, "analyst", display_name="Lin", role="SUPERVISOR")
        self.change(first, "analyst", display_name="Lin")
        renamed, kept = Event.objects.filter(kind="staff.changed").order_by("id").values_list("data", flat=True)
        assert (renamed["name_before"], renamed["name_after"]) == (before, "Lin")
        assert "name_after" not in kept

    def test_only_people_of_an_agency_have_one(self, admins):
        first, _second = admins
        for wrong in ({"role": "AGENCY"}, {"agency": EAST}, {"role": "AGENCY", "agency": "NO_SUCH"}):
            assert self.change(first, "analyst", **wrong).status_code == 200
        assert self.role("analyst") == ("ANALYST", True)
        self.change(first, "analyst", role="AGENCY", agency=EAST)
        assert User.objects.get(username="analyst").agency == EAST
