"""Who gets in: every role and the stranger at every address of the console."""

import json
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from tests.interfaces.console.conftest import PASSWORD, addresses

from arrears import policies
from arrears.interfaces.ui import permissions
from arrears.records.staff.models import User

READS = 405  # an address that only takes POST answers GET so, after the door


@pytest.mark.django_db
class TestEveryAddress:
    def test_the_stranger_is_sent_to_sign_in(self, books):
        for name, url in addresses().items():
            answer = Client().get(url)
            if name == "sign-in-code":  # nobody gave a password yet
                assert answer.url == "/sign-in/"
            elif permissions.is_public(name):
                assert answer.status_code in {200, 405}, name
            else:
                assert (answer.status_code, answer.url) == (302, f"/sign-in/?next={quote(url)}"), name

    def test_the_stranger_cannot_post(self, books):
        for name, url in addresses().items():
            if not permissions.is_public(name):
                assert Client().post(url).url.startswith("/sign-in/"), name

    @pytest.mark.any_database  # every page is opened as every role on both databases by test_looks
    @pytest.mark.parametrize("role", sorted(permissions.EVERYONE))
    def test_each_role_opens_what_the_table_says_and_no_more(self, enter, role):
        client = enter(role)
        for name, url in addresses().items():
            if permissions.is_public(name):
                continue
            expected = {200, READS} if permissions.may(role, name) else {403}
            if role == "FIELD" and name == "case":
                expected = {200, 404}  # field agents see the cases that have a visit for them
            if role == "AGENCY" and name == "case":
                expected = {404}  # an agency sees the cases that are placed with it
            answer = client.get(url)
            assert answer.status_code in expected, (name, answer.status_code)

    def test_who_was_turned_away_where_stands_in_the_log_and_nothing_of_whom_it_was_about(self, enter, capsys):
        all_of_them = addresses()
        name = next(one for one in all_of_them if one.startswith("case-") and not permissions.may("ANALYST", one))
        client, url = enter("ANALYST"), all_of_them[name]
        capsys.readouterr()
        assert client.get(f"{url}?q=13800000001").status_code == 403
        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
        told = next(line for line in lines if line["event"] == "access.forbidden")

        analyst = User.objects.get(username="analyst")
        assert (told["user"], told["role"], told["page"], told["level"]) == (analyst.pk, "ANALYST", name, "warning")
        assert "13800000001" not in str(lines)
        assert url not in str(lines)

    @pytest.mark.parametrize("role", sorted(permissions.EVERYONE))
    def test_the_menu_offers_only_what_opens(self, enter, role):
        client = enter(role)
        page = client.get("/account/")
        assert client.get(page.context["home"]).status_code == 200
        for entry in page.context["menu"]:
            assert client.get(entry.url).status_code == 200, entry.url

    def test_a_fragment_asked_by_a_stranger_sends_the_whole_page_to_sign_in(self, books):
        answer = Client().get("/cases/", headers={"hx-request": "true"})

        assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/sign-in/")

    def test_a_wrong_address_is_a_page_that_says_so(self, enter):
        answer = enter("AGENT").get("/no/such/page/")

        assert answer.status_code == 404
        assert "There is no such page" in answer.content.decode()


@pytest.mark.django_db
class TestSignIn:
    def test_it_opens_the_page_that_was_asked_for(self, books):
        answer = Client().post("/sign-in/", {"username": "agent", "password": PASSWORD, "next": "/work/"})

        assert (answer.status_code, answer.url) == (302, "/work/")

    def test_it_does_not_lead_outside(self, books):
        answer = Client().post(
            "/sign-in/", {"username": "agent", "password": PASSWORD, "next": "https://evil.example/"}
        )

        assert answer.url == "/"

    def test_a_wrong_password_is_told_and_opens_nothing(self, books):
        client = Client()
        answer = client.post("/sign-in/", {"username": "agent", "password": "wrong"})

        assert answer.status_code == 200
        assert 'role="alert"' in answer.content.decode()
        assert client.get("/").status_code == 302

    def test_somebody_who_left_stays_outside(self, books):
        User.objects.filter(username="agent").update(is_active=False)

        assert Client().post("/sign-in/", {"username": "agent", "password": PASSWORD}).status_code == 200

    def test_signing_out_needs_a_post(self, enter):
        client = enter("AGENT")

        assert client.get("/sign-out/").status_code == 405
        assert client.post("/sign-out/").status_code == 302
        assert client.get("/").status_code == 302


@pytest.mark.django_db
class TestLanguage:
    def test_it_is_chinese_unless_the_browser_says_otherwise(self, books):
        page = Client().get("/sign-in/").content.decode()

        assert 'lang="zh-hans"' in page
        assert "登录" in page
        assert "Sign in" not in page
        assert 'lang="en"' in Client(headers={"accept-language": "en"}).get("/sign-in/").content.decode()

    def test_a_choice_is_kept_for_the_person(self, enter):
        client = enter("AGENT")
        client.post("/language/", {"language": "zh-hans", "next": "/work/"})

        assert User.objects.get(role="AGENT").language == "zh-hans"
        assert 'lang="zh-hans"' in client.get("/work/").content.decode()

    def test_an_unknown_language_changes_nothing(self, enter):
        client = enter("AGENT")
        client.post("/language/", {"language": "xx"})

        assert User.objects.get(role="AGENT").language == "en"


@pytest.mark.django_db
def test_every_page_carries_a_strict_policy(enter):
    policy = enter("SUPERVISOR").get("/cases/").headers["Content-Security-Policy"]

    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
def test_health_says_how_far_the_books_are(books):
    assert Client().get("/healthz").json() == {"status": "ok", "books_as_of": "2026-11-20"}


class TestThePolicyBanner:
    @pytest.fixture
    def own(self, settings, tmp_path):
        """The lender's own pack, as shipped."""
        settings.HOME = tmp_path
        pack = tmp_path / "policies" / "packs" / "cn.toml"
        pack.parent.mkdir(parents=True)
        pack.write_text((policies.folder() / "packs" / "cn.toml").read_text(encoding="utf-8"), encoding="utf-8")
        return pack

    def test_every_page_says_that_an_edit_is_not_in_force_and_where_it_is_wrong(self, enter, own):
        client = enter("AGENT")
        assert "last good rules stay in force" not in client.get("/").content.decode()
        own.write_text(own.read_text(encoding="utf-8").replace("max = 3", "max = -3", 1), encoding="utf-8")

        page = client.get("/").content.decode()

        assert "last good rules stay in force" in page
        assert "cn.toml:" in page

    def test_without_any_pack_it_says_that_nobody_is_contacted(self, enter, own):
        own.write_text("[pack", encoding="utf-8")

        page = enter("AGENT").get("/").content.decode()

        assert "nobody is contacted" in page


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["cases", "work", "write-offs", "contacts", "verdicts", "heard", "quality"])
@pytest.mark.parametrize("cursor", ["WzEwMDAwMDAwMDAwMDAwMDAwMDAwMDAsICJ4IiwgInkiXQ", "WzEsICJzb29uIiwgInkiXQ", "%F0"])
def test_a_forged_place_in_a_list_is_its_first_page(enter, name, cursor):
    url = reverse(name)
    assert enter("SUPERVISOR").get(f"{url}?after={cursor}").status_code in {200, 403}
