"""Signing in and staying in: guesses are counted, a second factor is asked for, sessions end when they must."""

from __future__ import annotations

import base64
import re
from datetime import timedelta

import pytest
import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.contrib.auth import hashers
from django.test import Client
from django.urls import reverse
from tests.interfaces.console.conftest import PASSWORD, addresses

from arrears.actions import check_keys, manage_staff, rotate_vault, wired
from arrears.interfaces.ui import permissions
from arrears.kernel.clock import SystemClock
from arrears.records.audit.models import Event
from arrears.records.privacy.models import SEAL
from arrears.records.signin import factors
from arrears.records.signin.models import Factor, RecoveryCode, Session, Tries
from arrears.records.signin.sessions import hashed
from arrears.records.staff.models import Role, User
from arrears.rules import lockout

NEXT = "lantern-harbour-43"
FREE = lockout.ALLOWANCES[lockout.ACCOUNT].free


def now():
    return SystemClock().now()


def try_in(client: Client, username: str, password: str, **headers: str):
    return client.post("/sign-in/", {"username": username, "password": password}, **headers)


def told(answer) -> str:
    found = re.search(r'role="alert"(.*?)</form>', answer.content.decode(), re.DOTALL)
    return re.sub(r"<[^>]*>|\s+", " ", found.group(1)).strip() if found else ""


def code_at(secret: str, *, steps: int = 0) -> str:
    """The code that an app shows, some time steps from now."""
    totp = TOTP(base64.b32decode(secret.replace(" ", "")), 6, SHA1(), 30)
    return totp.generate(now().timestamp() + 30 * steps).decode()


def enrol(client: Client) -> tuple[str, list[str]]:
    """Set up a second factor; its secret and the recovery codes."""
    page = client.post("/account/second-factor/", follow=True)
    secret = page.context["secret"]
    done = client.post("/account/second-factor/confirm/", {"code": code_at(secret, steps=-1)})
    return secret, done.context["made"]


@pytest.fixture
def agent(enter) -> Client:
    return enter("AGENT")


@pytest.mark.django_db
class TestGuesses:
    def test_after_some_every_next_one_waits_even_the_right_one(self, books):
        for _ in range(FREE + 1):
            try_in(Client(), "agent", "wrong")

        answer = try_in(Client(), "agent", PASSWORD)

        assert answer.status_code == 200
        assert "Too many tries" in told(answer) or "次数过多" in told(answer)
        assert Event.objects.filter(kind="access.locked", subject_id__startswith="user:").count() == 1

    def test_when_the_wait_is_over_the_right_one_opens_and_all_is_forgotten(self, books):
        for _ in range(FREE + 1):
            try_in(Client(), "agent", "wrong")
        Tries.objects.update(open_at=now() - timedelta(seconds=1))

        assert try_in(Client(), "agent", PASSWORD).status_code == 302
        assert not Tries.objects.filter(kind=lockout.ACCOUNT).exists()

    def test_unknown_and_known_names_are_told_the_same_at_every_try(self, books):
        def answers(name: str) -> list[str]:
            return [told(try_in(Client(), name, "wrong")) for _ in range(FREE + 3)]

        assert answers("agent") == answers("nobody-of-this-name")

    def test_an_unknown_name_costs_as_many_hashes_as_a_known_one(self, books, monkeypatch):
        made = []
        counted = hashers.MD5PasswordHasher.encode
        monkeypatch.setattr(
            hashers.MD5PasswordHasher, "encode", lambda self, *given: made.append(1) or counted(self, *given)
        )
        costs = []
        User.objects.filter(username="finance").update(is_active=False)
        for name in ("agent", "finance", "nobody-of-this-name"):
            made.clear()
            try_in(Client(), name, "wrong")
            costs.append(len(made))
        assert costs == [1, 1, 1]

    def test_an_address_that_tries_many_names_waits_too(self, books):
        for number in range(lockout.ALLOWANCES[lockout.ADDRESS].free + 1):
            try_in(Client(), f"name-{number}", "wrong", REMOTE_ADDR="203.0.113.9")

        assert try_in(Client(), "agent", PASSWORD, REMOTE_ADDR="203.0.113.9").status_code == 200
        assert try_in(Client(), "agent", PASSWORD, REMOTE_ADDR="203.0.113.10").status_code == 302

    def test_a_caller_cannot_choose_the_address_it_is_counted_by(self, books, settings):
        for number in range(lockout.ALLOWANCES[lockout.ADDRESS].free + 1):
            try_in(Client(), f"name-{number}", "wrong", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")

        assert Tries.objects.filter(kind=lockout.ADDRESS).count() == 1

    def test_no_name_is_kept_as_it_was_typed(self, books):
        try_in(Client(), PASSWORD, "wrong")

        assert PASSWORD not in str(list(Tries.objects.values()))

    def test_counts_that_would_begin_anew_are_swept_out(self, books):
        try_in(Client(), "somebody", "wrong")
        Tries.objects.update(forgotten_at=now() - timedelta(hours=25))
        try_in(Client(), "other", "wrong")
        try_in(Client(), "agent", PASSWORD)

        assert Tries.objects.filter(kind=lockout.ACCOUNT).count() == 1

    def test_a_new_password_from_an_administrator_ends_the_wait(self, books):
        for _ in range(FREE + 1):
            try_in(Client(), "agent", "wrong")
        manage_staff.set_password(username="agent", password=NEXT, at=now(), actor="cli")

        assert try_in(Client(), "agent", NEXT).status_code == 302


@pytest.mark.django_db
class TestSecondFactor:
    def test_once_set_up_the_password_alone_opens_nothing(self, agent):
        secret, _codes = enrol(agent)
        client = Client()

        assert try_in(client, "agent", PASSWORD).url == "/sign-in/code/"
        assert client.get("/").status_code == 302
        answer = client.post("/sign-in/code/", {"code": code_at(secret)})

        assert (answer.status_code, answer.url) == (302, "/")
        assert client.get("/").status_code == 200

    def test_a_code_opens_once(self, agent):
        secret, _codes = enrol(agent)
        code = code_at(secret)
        first, second = Client(), Client()
        for client in (first, second):
            try_in(client, "agent", PASSWORD)

        assert first.post("/sign-in/code/", {"code": code}).status_code == 302
        assert second.post("/sign-in/code/", {"code": code}).status_code == 200
        assert second.get("/").status_code == 302

    def test_an_older_code_than_the_last_is_refused_too(self, agent):
        secret, _codes = enrol(agent)
        for steps, status in ((1, 302), (0, 200)):
            client = Client()
            try_in(client, "agent", PASSWORD)
            assert client.post("/sign-in/code/", {"code": code_at(secret, steps=steps)}).status_code == status

    def test_a_recovery_code_opens_once_and_however_it_is_written(self, agent):
        _secret, codes = enrol(agent)
        assert len(set(codes)) == 10
        for given, status in ((codes[0].upper().replace("-", " "), 302), (codes[0], 200), (codes[1], 302)):
            client = Client()
            try_in(client, "agent", PASSWORD)
            assert client.post("/sign-in/code/", {"code": given}).status_code == status
        assert Event.objects.filter(kind="access.recovery_code_used").count() == 2

    def test_wrong_codes_are_counted(self, agent):
        _secret, codes = enrol(agent)
        client = Client()
        try_in(client, "agent", PASSWORD)
        for _ in range(FREE + 1):
            client.post("/sign-in/code/", {"code": "000000"})

        assert client.post("/sign-in/code/", {"code": codes[0]}).status_code == 200

    def test_wrong_codes_while_it_is_set_up_are_counted_and_told_of(self, agent):
        agent.post("/account/second-factor/", follow=True)
        for _ in range(FREE + 1):
            agent.post("/account/second-factor/confirm/", {"code": "000000"})

        locked = Event.objects.get(kind="access.locked")
        assert (locked.after, locked.data["tries"]) == ("CODE", FREE + 1)

    @pytest.mark.parametrize("code", ["", "12345", "1234567", "１２３４５６", "abcdef", "\x00", "é" * 40])
    def test_what_is_no_code_is_refused(self, agent, code):
        enrol(agent)
        client = Client()
        try_in(client, "agent", PASSWORD)

        assert client.post("/sign-in/code/", {"code": code}).status_code == 200

    def test_the_code_must_follow_the_password_soon(self, agent):
        secret, _codes = enrol(agent)
        client = Client()
        try_in(client, "agent", PASSWORD)
        session = client.session
        session["pending"] |= {"at": session["pending"]["at"] - 301}
        session.save()

        assert client.post("/sign-in/code/", {"code": code_at(secret)}).url == "/sign-in/"
        assert client.get("/").status_code == 302

    def test_the_secret_and_the_codes_are_nowhere_to_be_read(self, agent):
        secret, codes = enrol(agent)
        kept = str([*Factor.objects.values(), *RecoveryCode.objects.values(), *Session.objects.values()])

        assert secret.replace(" ", "") not in kept
        assert not any(code.replace("-", "") in kept for code in codes)
        assert secret not in agent.get("/account/second-factor/").content.decode()

    def test_the_picture_is_whole_at_any_size_and_holds_the_secret(self, agent):
        page = agent.post("/account/second-factor/", follow=True)
        uri, secret = factors.unconfirmed(User.objects.get(username="agent").pk, username="agent")
        whole = segno.make(uri, error="m")
        side = whole.symbol_size(border=4)[0]

        assert f"secret={secret}" in uri
        assert f'viewBox="0 0 {side} {side}"' in page.context["qr"]
        assert (
            whole.svg_inline(border=4, omitsize=True).partition(' d="')[2] == page.context["qr"].rpartition(' d="')[2]
        )
        assert not re.search(r"<svg[^>]*(width|height|style)=|<script", page.context["qr"])

    def test_it_outlives_a_rotation_of_the_vaults_keys(self, agent):
        check_keys.ready_keys(at=now())
        secret, _codes = enrol(agent)
        before = bytes(Factor.objects.get().secret_sealed)
        rotate_vault.rotate([SEAL], now=now, actor="test", progress=lambda *_: None, settle=0.0)
        assert bytes(Factor.objects.get().secret_sealed) != before
        client = Client()
        try_in(client, "agent", PASSWORD)

        assert client.post("/sign-in/code/", {"code": code_at(secret)}).status_code == 302

    def test_a_factor_that_was_never_confirmed_is_not_asked_for(self, agent):
        agent.post("/account/second-factor/")
        wrong = agent.post("/account/second-factor/confirm/", {"code": "000000"})

        assert "qr" in wrong.context
        assert try_in(Client(), "agent", PASSWORD).url == "/"

    def test_it_is_taken_away_for_a_code_only(self, agent):
        secret, _codes = enrol(agent)

        assert agent.post("/account/second-factor/remove/", {"code": "000000"}).status_code == 200
        assert Factor.objects.exists()
        assert agent.post("/account/second-factor/remove/", {"code": code_at(secret)}).status_code == 302
        assert try_in(Client(), "agent", PASSWORD).url == "/"

    def test_an_administrator_has_no_other_way_to_their_own(self, enter):
        """Neither the factor without a code nor the password without the present one."""
        admin, user = enter("ADMIN"), User.objects.get(role="ADMIN")
        enrol(admin)
        page = admin.post(reverse("staff-factor-remove", args=[user.pk]), follow=True).content.decode()
        assert "changed on the page of your account" in page
        form = {"display_name": "A", "role": "ADMIN", "is_active": "on", "agency": "", "password": NEXT}
        page = admin.post(reverse("staff-member", args=[user.pk]), form).content.decode()
        assert "changed on the page of your account" in page
        assert 'name="password"' not in page
        assert Factor.objects.filter(user=user).exists()
        assert User.objects.get(pk=user.pk).check_password(PASSWORD)

    def test_new_recovery_codes_end_the_old_ones(self, agent):
        secret, codes = enrol(agent)
        made = agent.post("/account/second-factor/codes/", {"code": code_at(secret)}).context["made"]

        assert set(made).isdisjoint(codes)
        client = Client()
        try_in(client, "agent", PASSWORD)
        assert client.post("/sign-in/code/", {"code": codes[0]}).status_code == 200
        assert client.post("/sign-in/code/", {"code": made[0]}).status_code == 302

    def test_an_administrator_takes_away_the_factor_of_a_lost_telephone(self, agent, enter):
        enrol(agent)
        user = User.objects.get(username="agent")

        assert enter("ADMIN").post(reverse("staff-factor-remove", args=[user.pk])).status_code == 302
        assert agent.get("/").status_code == 302
        assert try_in(Client(), "agent", PASSWORD).url == "/"

    def test_a_session_that_was_opened_without_it_ends_when_it_is_set_up(self, agent, enter):
        other = enter("AGENT")
        assert other.get("/").status_code == 200
        enrol(agent)

        assert other.get("/").status_code == 302
        assert agent.get("/").status_code == 200


@pytest.mark.django_db
class TestRolesThatMustProve:
    def test_they_are_those_that_reveal_or_administer(self):
        proving = {role for role in Role.values if permissions.must_prove(role, "table")}

        assert {"ADMIN", "COMPLIANCE", "SUPERVISOR", "AGENT", "LEGAL", "FIELD"} <= proving
        assert "ANALYST" not in proving
        assert permissions.must_prove("ANALYST", frozenset({"ANALYST"}))
        assert not any(permissions.must_prove(role, "none") for role in Role.values)

    def test_until_it_is_set_up_they_open_nothing_else(self, agent, settings):
        settings.MFA = "table"
        for name, url in addresses().items():
            answer = agent.get(url)
            if name in {"account-factor", "account-factor-confirm", "account-confirm"} or permissions.is_public(name):
                assert answer.status_code in {200, 302, 405}, name
            else:
                assert (answer.status_code, answer.url) == (302, "/account/second-factor/"), name
        enrol(agent)
        assert agent.get("/").status_code == 200

    def test_others_are_not_asked(self, enter, settings):
        settings.MFA = "table"
        assert enter("ANALYST").get("/").status_code == 200


@pytest.mark.django_db
class TestPassword:
    def test_one_that_somebody_else_made_opens_nothing_but_its_change(self, books):
        at = now()
        manage_staff.add(username="new", display_name="New", role="AGENT", password=PASSWORD, at=at, actor="cli")
        client = Client(headers={"accept-language": "en"})
        try_in(client, "new", PASSWORD)

        assert client.get("/cases/").url == "/account/password/"
        given = {"password": PASSWORD, "new_password": NEXT, "again": NEXT}
        assert client.post("/account/password/", given).status_code == 302
        assert client.get("/cases/").status_code == 200
        assert try_in(Client(), "new", PASSWORD).status_code == 200

    def test_one_that_somebody_else_made_ends_by_itself_and_one_s_own_does_not(self, books, monkeypatch):
        given = {"username": "new", "display_name": "New", "role": "AGENT", "password": PASSWORD, "actor": "cli"}
        here = wired.here()
        manage_staff.add(**given, at=here.now() - timedelta(days=400))  # by a clock of the books, which leaps
        assert try_in(Client(), "new", PASSWORD).status_code == 302
        ends_in = User.objects.get(username="new").password_ends_at - here.machine()
        assert timedelta(0) <= manage_staff.TEMPORARY - ends_in < timedelta(minutes=1)

        User.objects.filter(username="new").update(password_ends_at=here.machine() - timedelta(minutes=1))
        answer = try_in(Client(headers={"accept-language": "en"}), "new", PASSWORD)
        assert answer.status_code == 200
        assert "has ended" in told(answer)
        assert Event.objects.filter(kind="access.password_over").count() == 1

        manage_staff.set_password(username="new", password=NEXT, at=here.now(), actor="cli")
        client = Client()
        try_in(client, "new", NEXT)
        own = f"{NEXT}-own"
        client.post("/account/password/", {"password": NEXT, "new_password": own, "again": own})
        assert User.objects.get(username="new").password_ends_at is None

    @pytest.mark.parametrize(
        ("old", "new", "again"),
        [
            ("wrong", NEXT, NEXT),
            (PASSWORD, "short", "short"),
            (PASSWORD, "password1234", "password1234"),
            (PASSWORD, "agent-agent", "agent-agent"),
            (PASSWORD, PASSWORD, PASSWORD),
            (PASSWORD, NEXT, f"{NEXT}!"),
            (PASSWORD, "", ""),
        ],
    )
    def test_what_is_wrong_or_weak_changes_nothing(self, agent, old, new, again):
        answer = agent.post("/account/password/", {"password": old, "new_password": new, "again": again})

        assert answer.status_code == 200
        assert 'role="alert"' in answer.content.decode()
        assert User.objects.get(username="agent").check_password(PASSWORD)

    def test_guessing_the_present_one_is_counted(self, agent):
        for _ in range(FREE + 1):
            agent.post("/account/password/", {"password": "wrong", "new_password": NEXT, "again": NEXT})
        agent.post("/account/password/", {"password": PASSWORD, "new_password": NEXT, "again": NEXT})

        assert User.objects.get(username="agent").check_password(PASSWORD)

    def test_a_change_ends_the_other_sessions_and_keeps_this_one(self, agent, enter):
        other = enter("AGENT")
        before = agent.cookies["sessionid"].value
        agent.post("/account/password/", {"password": PASSWORD, "new_password": NEXT, "again": NEXT})

        assert agent.get("/").status_code == 200
        assert agent.cookies["sessionid"].value != before
        assert other.get("/").status_code == 302


@pytest.mark.django_db
class TestSessions:
    def test_a_sign_in_has_a_new_key_and_nothing_of_the_strangers(self, books):
        client = Client()
        session = client.session
        session["planted"] = "by somebody else"
        session.save()
        client.cookies["sessionid"] = session.session_key
        try_in(client, "agent", PASSWORD)

        assert client.cookies["sessionid"].value != session.session_key
        assert "planted" not in client.session
        assert not Session.objects.filter(session_key=hashed(session.session_key)).exists()

    @pytest.mark.parametrize(("key", "limit"), [("seen", "SESSION_IDLE_SECONDS"), ("opened", "SESSION_COOKIE_AGE")])
    def test_it_ends_when_its_time_is_over(self, books, settings, key, limit):
        client = Client()
        try_in(client, "agent", PASSWORD)
        session = client.session
        session[key] -= getattr(settings, limit) - 5
        session.save()
        assert client.get("/").status_code == 200
        session = client.session
        session[key] = int(now().timestamp()) - getattr(settings, limit) - 5
        session.save()

        assert client.get("/").status_code == 302
        assert not Session.objects.filter(session_key=hashed(session.session_key)).exists()

    def test_people_see_their_own_and_end_the_others(self, books):
        here, there = Client(headers={"user-agent": "Lighthouse/1"}), Client(headers={"user-agent": "Harbour/2"})
        for client in (here, there):
            try_in(client, "agent", PASSWORD)
        try_in(colleague := Client(headers={"user-agent": "Quay/3"}), "finance", PASSWORD)

        page = here.get("/account/").content.decode()
        assert "Lighthouse/1" in page
        assert "Harbour/2" in page
        assert "Quay/3" not in page
        here.post("/account/sessions/end/")
        assert here.get("/").status_code == 200
        assert there.get("/").status_code == 302
        assert colleague.get("/").status_code == 200

    @pytest.mark.parametrize(
        "change",
        [{"role": "ANALYST"}, {"is_active": False}, {"password": NEXT}],
        ids=["role", "access", "password"],
    )
    def test_all_end_when_what_they_stand_on_changes(self, agent, enter, change):
        assert agent.get("/").status_code == 200
        user = User.objects.get(username="agent")
        as_it_is = {"display_name": "Agent", "role": "AGENT", "is_active": True, "password": ""}
        manage_staff.change(user_id=user.pk, **(as_it_is | change), at=now(), actor="user:0")

        assert not Session.objects.filter(user_id=user.pk).exists()
        assert agent.get("/").status_code == 302

    def test_none_ends_for_another_display_name(self, agent):
        assert agent.get("/").status_code == 200
        user = User.objects.get(username="agent")
        as_it_is = {"role": "AGENT", "is_active": True, "password": ""}
        manage_staff.change(user_id=user.pk, display_name="Else", **as_it_is, at=now(), actor="user:0")

        assert agent.get("/").status_code == 200


@pytest.mark.django_db
class TestNotices:
    """Whoever signs in is told what was done to their account since they last did."""

    def enter(self, username: str = "agent", password: str = PASSWORD) -> str:
        client = Client(headers={"accept-language": "en"})
        assert try_in(client, username, password).status_code == 302
        User.objects.filter(username=username).update(language="en")
        return client.get("/account/").content.decode()

    def test_nothing_is_told_where_nothing_was_done(self, books):
        self.enter()
        assert "Since you last signed in" not in self.enter()

    def test_a_new_password_and_wrong_tries_are_told_once(self, books):
        self.enter()
        for _ in range(FREE + 1):
            try_in(Client(), "agent", "wrong")
        manage_staff.set_password(username="agent", password=NEXT, at=wired.here().now(), actor="user:1")
        User.objects.filter(username="agent").update(password_is_temporary=False, password_ends_at=None)

        page = self.enter(password=NEXT)
        assert "Since you last signed in: Too many wrong tries: made to wait; New password set." in page
        assert "tell an administrator at once" in page
        assert "Since you last signed in" not in self.enter(password=NEXT)

    def test_another_role_is_told_of_and_the_account_page_says_by_whom(self, books):
        self.enter()
        agent, admin = User.objects.get(username="agent"), User.objects.get(role="ADMIN")
        manage_staff.change(
            user_id=agent.pk,
            display_name="",
            role="FIELD",
            is_active=True,
            password="",
            at=wired.here().now(),
            actor=f"user:{admin.pk}",
        )
        page = self.enter()
        assert "Since you last signed in: Staff account changed." in page
        told_by = page[page.index("Who changed what") :]
        assert admin.display_name in told_by

    def test_a_second_factor_that_somebody_took_away_is_told_of(self, agent, enter):
        enrol(agent)
        user = User.objects.get(username="agent")
        enter("ADMIN").post(reverse("staff-factor-remove", args=[user.pk]))
        page = self.enter()
        assert "Second factor taken away" in page[page.index("Since you last signed in") :][:300]

    def test_nobody_is_told_of_others(self, books):
        self.enter()
        manage_staff.set_password(username="finance", password=NEXT, at=wired.here().now(), actor="cli")
        assert "Since you last signed in" not in self.enter()


@pytest.mark.django_db
class TestPasswordOnceMore:
    """ASVS 3.7.1: what gives rights, changes a sign-in or takes identity away is done by a session that is fresh."""

    @pytest.fixture
    def stale(self, enter):
        """A session that was opened twenty minutes ago, and used since."""

        def signed_in_long_ago(role: str) -> Client:
            client = enter(role)
            client.get("/account/")
            session = client.session
            session["opened"] -= 20 * 60
            session.save()
            return client

        return signed_in_long_ago

    @pytest.mark.parametrize("name", sorted(permissions.FRESH))
    def test_every_such_change_asks_and_does_nothing(self, stale, name):
        role = "ADMIN" if "ADMIN" in permissions.ROLES[name] else "COMPLIANCE"
        client, before = stale(role), Event.objects.count()
        answer = client.post(addresses()[name], {"purpose": "LEGAL"}, headers={"referer": "http://testserver/staff/"})
        assert answer.status_code == 302
        assert answer.url == "/account/confirm/?next=%2Fstaff%2F"
        assert Event.objects.count() == before
        fresh = enter_again(client, "/staff/")
        assert fresh.url == "/staff/"
        again = client.post(addresses()[name], {"purpose": "LEGAL"})
        assert not getattr(again, "url", "").startswith("/account/confirm/")

    def test_a_wrong_one_is_refused_counted_and_leaves_the_session_as_it_was(self, stale):
        client = stale("ADMIN")
        for _ in range(FREE + 1):
            page = client.post("/account/confirm/", {"password": "wrong", "next": "/staff/"})
            assert page.status_code == 200
        assert "present password" in told(page) or "Too many" in told(page)
        assert client.post("/account/confirm/", {"password": PASSWORD}).status_code == 200, "it waits like a sign-in"
        assert client.post("/staff/add/", {}).url.startswith("/account/confirm/")
        assert Event.objects.filter(kind="access.locked").exists()

    def test_it_goes_on_under_another_key_and_nowhere_else(self, stale):
        client = stale("ADMIN")
        before = client.session.session_key
        answer = enter_again(client, "https://elsewhere.example/")
        assert answer.url == "/account/"
        assert client.session.session_key != before

    def test_a_session_found_open_cannot_take_a_second_factor_of_its_own(self, stale):
        client = stale("AGENT")
        assert client.post("/account/second-factor/").url.startswith("/account/confirm/")
        assert not Factor.objects.exists()

    def test_nothing_that_an_administrator_alone_does_is_forgotten_in_the_list(self):
        """What only shows, and what ends something that was given, is asked of nobody twice."""
        shows = {"staff", "agencies", "teams", "webhook", "components"}
        ends = {"agency-end", "key-revoke", "webhook-disable", "webhook-redeliver"}
        theirs = {name for name, roles in permissions.ROLES.items() if roles == {"ADMIN"}}
        assert theirs - permissions.FRESH == shows | ends

    def test_reading_asks_nothing(self, stale):
        assert stale("ADMIN").get("/staff/add/").status_code == 200


def enter_again(client: Client, onward: str):
    return client.post("/account/confirm/", {"password": PASSWORD, "next": onward})
