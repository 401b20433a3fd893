"""What an attacker tries at the pages, each thing tried: fixed sessions, forged forms and hosts, files, a clock.

Scripts in words are tried in `test_scripts`, who may open what in `test_doors`, the API in `tests/interfaces/api`, log
lines in `tests/config/test_logs.py`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from django.conf import settings as django_settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import nights
from tests.interfaces.console.conftest import DAY, PASSWORD, addresses

from arrears.interfaces.ui import permissions
from arrears.records.apikeys import operations as apikeys
from arrears.records.signin.models import Session
from arrears.records.staff.models import User

ROOT = Path(__file__).parents[3]
SESSION = django_settings.SESSION_COOKIE_NAME
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "abc",
    "no-such-name",
    "javascript:alert(1)",
    "data:text/html,x",
    "\thttps://evil.example",
    "/\t/evil.example",
    "http://testserver@evil.example/",
    "https://testserver.evil.example/",
]


def is_run(script: Tag) -> bool:
    """Whether it is code that stands in the page itself: neither a file of ours nor the figures of a chart."""
    return not script.get("src") and script.get("type") != "application/json"


def role_of(name: str) -> str:
    """Somebody who may do the deed, by the table."""
    return sorted(permissions.ROLES[name])[0]


@pytest.mark.django_db
class TestSession:
    def test_one_that_was_foisted_on_somebody_is_not_theirs_after_signing_in(self, books):
        thief = Client()
        thief.cookies[SESSION] = "a" * 32
        victim = Client()
        victim.cookies[SESSION] = "a" * 32
        victim.post("/sign-in/", {"username": "agent", "password": PASSWORD})

        assert victim.get("/").status_code == 200
        assert victim.cookies[SESSION].value != "a" * 32
        assert thief.get("/").status_code == 302

    def test_the_books_and_so_a_backup_hold_no_cookie_that_opens_one(self, books):
        client = Client()
        client.post("/sign-in/", {"username": "agent", "password": PASSWORD})
        kept = list(Session.objects.values())
        assert client.get("/").status_code == 200
        assert client.cookies[SESSION].value not in str(kept)
        for row in kept:
            thief = Client()
            thief.cookies[SESSION] = row["session_key"]
            assert thief.get("/").status_code == 302

    def test_a_token_from_before_signing_in_is_changed(self, books):
        client = Client(enforce_csrf_checks=True)
        page = BeautifulSoup(client.get("/sign-in/").content, "html.parser")
        token = page.find("input", {"name": "csrfmiddlewaretoken"})["value"]
        before = client.cookies[django_settings.CSRF_COOKIE_NAME].value
        answer = client.post("/sign-in/", {"username": "agent", "password": PASSWORD, "csrfmiddlewaretoken": token})

        assert answer.status_code == 302
        assert client.cookies[django_settings.CSRF_COOKIE_NAME].value != before

    def test_one_that_was_ended_stays_ended(self, enter):
        client = enter("AGENT")
        kept = client.cookies[SESSION].value
        client.post("/sign-out/")
        again = Client()
        again.cookies[SESSION] = kept

        assert again.get("/").status_code == 302

    def test_a_new_password_ends_every_session(self, enter):
        client = enter("AGENT")
        user = User.objects.get(role="AGENT")
        user.set_password("another-harbour-42")
        user.save()

        assert client.get("/").status_code == 302


@pytest.mark.any_database
@pytest.mark.django_db
class TestForgedForms:
    def test_no_address_takes_a_post_without_its_token(self, books):
        for name, url in sorted(addresses().items()):
            client = Client(enforce_csrf_checks=True)
            if name in permissions.ROLES:
                client.force_login(User.objects.get(role=role_of(name)))
            assert client.post(url, {"note": "x"}).status_code == 403, name

    @pytest.mark.parametrize(("language", "told"), [("zh-hans", "此页面已过期"), ("en", "This page is too old")])
    def test_a_page_from_before_signing_in_is_told_in_words(self, books, language, told):
        client = Client(enforce_csrf_checks=True)
        client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = language
        answer = client.post("/sign-in/", {"username": "agent", "password": PASSWORD})
        assert answer.status_code == 403
        assert told in answer.content.decode()
        assert "DEBUG" not in answer.content.decode()

    @pytest.mark.parametrize(("path", "given"), [("/sign-in/", {"username": "测" * 3_000_000}), ("/?x=%00", None)])
    def test_what_cannot_be_read_is_told_in_both_languages(self, books, path, given):
        client = Client()
        answer = client.post(path, given) if given else client.get(path)
        assert answer.status_code == 400
        assert "无法读取" in answer.content.decode()
        assert "cannot be read" in answer.content.decode()

    def test_a_session_opens_nothing_of_the_api(self, enter):
        client = enter("SUPERVISOR")
        for path in ("/api/v1/cases", "/api/v1/webhooks"):
            assert client.get(path).status_code == 401
        assert client.post("/api/v1/payments", "{}", content_type="application/json").status_code == 401

    @pytest.mark.parametrize(
        "harm", [lambda key: key[:-1] + "x", lambda key: key.upper(), lambda key: key + " x", str.swapcase]
    )
    def test_a_forged_key_opens_nothing(self, books, harm):
        made = apikeys.issue(name="p", scopes=apikeys.SCOPES, at=nights.moment(DAY), actor="test").secret
        assert Client().get("/api/v1/webhooks", headers={"Authorization": f"Bearer {made}"}).status_code == 200
        forged = harm(made)
        assert forged != made
        assert Client().get("/api/v1/webhooks", headers={"Authorization": f"Bearer {forged}"}).status_code == 401

    @pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "testserver:80@evil.example", "evil"])
    @pytest.mark.parametrize("path", ["/sign-in/", "/api/v1/cases", "/healthz"])
    def test_another_host_is_turned_away(self, books, host, path):
        assert Client().get(path, headers={"host": host}).status_code == 400

    def test_a_forwarded_host_is_not_believed(self, books):
        answer = Client().get("/cases/", headers={"x-forwarded-host": "evil.example"})
        assert "evil" not in answer.url

    @pytest.mark.parametrize("onward", ELSEWHERE)
    def test_no_form_leads_elsewhere(self, enter, onward):
        client = enter("AGENT")
        case = addresses()["case-stop"]
        answers = [
            Client().post("/sign-in/", {"username": "agent", "password": PASSWORD, "next": onward}),
            client.get("/sign-in/", {"next": onward}),
            client.post("/language/", {"language": "en", "next": onward}),
            client.post(case, {"reason": "DISPUTED", "next": onward}),
        ]
        for answer in answers:
            assert answer.status_code == 302
            assert re.match(r"^/(?![/\\])", answer.url), answer.url
            assert "evil" not in answer.url


@pytest.mark.any_database
@pytest.mark.django_db
class TestHeaders:
    def test_every_answer_forbids_frames_scripts_and_caches(self, enter):
        client = enter("SUPERVISOR")
        asked = [*sorted(addresses().values()), "/no/such/page/", "/api/v1/cases", "/api/v1/openapi.json"]
        for url in asked:
            answer = client.get(url)
            assert answer.headers["X-Frame-Options"] == "DENY", url
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], url
            assert answer.headers["X-Content-Type-Options"] == "nosniff", url
            assert answer.headers["Referrer-Policy"] == "same-origin", url
            assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", url
            assert "no-store" in answer.headers["Cache-Control"], url
            assert "Server" not in answer.headers

    def test_nothing_is_loaded_or_run_from_the_page_itself(self, enter):
        client = enter("SUPERVISOR")
        for name, url in sorted(addresses().items()):
            if not permissions.may("SUPERVISOR", name) or client.get(url).status_code != 200:
                continue
            page = BeautifulSoup(client.get(url).content, "html.parser")
            assert [tag for tag in page.find_all("script") if is_run(tag)] == [], name
            assert [tag.name for tag in page.find_all() for key in tag.attrs if key.startswith("on")] == [], name


class TestProduction:
    @pytest.mark.any_database
    def test_cookies_and_headers(self, tmp_path):
        given = {name: value for name, value in os.environ.items() if not name.startswith("ARREARS_")}
        given |= {"ARREARS_HOME": str(tmp_path), "DATABASE_URL": "", "ARREARS_HTTPS": "yes"}
        given["PYTHONPATH"] = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
        given |= {"ARREARS_HOSTS": "books.example", "ARREARS_ORIGINS": "https://books.example"}
        command = [sys.executable, "-m", "tests.interfaces.console.headers_child"]
        done = subprocess.run(command, env=given, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)

        assert told["plain"] == [301, "https://books.example/sign-in/"]
        assert told["statuses"] == [200, 302]
        assert told["headers"]["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        for kept in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'"):
            assert kept in told["headers"]["Content-Security-Policy"]
        for name in ("__Host-sessionid", "__Host-csrftoken"):
            flags = {"secure": True, "httponly": True, "samesite": "Lax", "path": "/", "domain": ""}
            assert told["cookies"][name] == flags
        assert all(cookie["secure"] and cookie["httponly"] for cookie in told["cookies"].values())


@pytest.mark.any_database
@pytest.mark.django_db
class TestFiles:
    """No address takes one, so that there is nothing to unpack, to show or to name."""

    def test_none_is_read(self, enter):
        client = enter("SUPERVISOR")
        for name, content in (("x.svg", b"<svg onload=alert(1)>"), ("x.zip", b"PK\x03\x04" * 9), ("=cmd|x.csv", b"=1")):
            answer = client.post(
                addresses()["case-stop"], {"reason": "DISPUTED", "file": SimpleUploadedFile(name, content)}
            )
            assert answer.status_code == 400

    def test_a_body_beyond_all_measure_is_refused(self, enter):
        answer = enter("SUPERVISOR").post(addresses()["case-stop"], {"note": "x" * 3_000_000})
        assert answer.status_code == 400

    def test_no_page_asks_for_one_and_none_gives_a_spreadsheet(self, enter):
        clients = {role: enter(role) for role in permissions.EVERYONE}
        for name, url in sorted(addresses().items()):
            answer = clients[role_of(name) if name in permissions.ROLES else "AGENT"].get(url)
            assert "csv" not in answer.headers.get("Content-Type", ""), name
            assert b'type="file"' not in answer.content, name


class CountedHasher(MD5PasswordHasher):
    """Counts how often a password is hashed: that is what signing in costs, and what a clock could tell."""

    algorithm = "counted"
    count = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).count += 1
        return super().encode(password, salt)


@pytest.mark.django_db
class TestTiming:
    def test_signing_in_costs_the_same_whoever_it_is(self, books, settings):
        """Known, unknown, gone: one hash of one password each."""
        settings.PASSWORD_HASHERS = [f"{__name__}.CountedHasher"]
        for role in ("AGENT", "SUPERVISOR"):
            user = User.objects.get(role=role)
            user.set_password(PASSWORD)
            user.is_active = role == "AGENT"
            user.save()
        costs = {}
        for name in ("agent", "supervisor", "nobody", "x" * 150, "nobody\x00"[:6]):
            CountedHasher.count = 0
            answer = Client().post("/sign-in/", {"username": name, "password": "wrong-wrong-wrong"})
            assert answer.status_code == 200
            costs[name] = CountedHasher.count
        assert set(costs.values()) == {1}
