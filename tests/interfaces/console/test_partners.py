"""What an administrator does for partners: a key made and ended, an address added, disabled, given a new secret."""

from __future__ import annotations

import html
import json
import re

import pytest
from django.test import Client
from tests.interfaces.console.conftest import PASSWORD, TEN

from arrears.actions import webhook_deliver
from arrears.interfaces.api import keys as door
from arrears.interfaces.ui import moment
from arrears.records.apikeys import queries as apikeys
from arrears.records.apikeys.models import ApiKey
from arrears.records.audit.models import Event
from arrears.records.staff import operations as staff
from arrears.records.staff.models import User
from arrears.records.webhooks import addresses, operations, queries
from arrears.records.webhooks.models import Delivery, Endpoint

pytestmark = pytest.mark.django_db

KEY = re.compile(r'value="(ak_[0-9a-f]{8}_[\w-]{43})"')
SECRET = re.compile(r'value="(whsec_[\w-]{43})"')


@pytest.fixture
def admin(enter) -> Client:
    return enter("ADMIN")


def told(kind: str) -> Event:
    return Event.objects.filter(kind=kind).latest("id")


@pytest.fixture
def second(admin) -> Client:
    """Another administrator."""
    staff.add(username="second", display_name="S", role="ADMIN", password=PASSWORD, joined_at=TEN)
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(username="second"))
    return client


def confirm(client: Client):
    """Confirm the newest key."""
    return client.post(f"/keys/{ApiKey.objects.latest('id').prefix}/confirm/", follow=True)


def make_key(admin: Client, *scopes: str, name: str = "Mobile app"):
    return admin.post("/keys/", {"name": name, "scopes": scopes})


class TestKeys:
    def test_a_new_key_is_shown_once_and_opens_the_api(self, admin, second):
        answer = make_key(admin, "cases:read")
        confirm(second)
        secret = KEY.search(answer.content.decode())[1]

        assert answer.headers["Cache-Control"].startswith("max-age=0")
        assert secret not in admin.get("/keys/").content.decode()
        assert secret not in json.dumps(list(ApiKey.objects.values()), default=str)
        opened = Client().get("/api/v1/cases", headers={"Authorization": f"Bearer {secret}"})
        assert opened.status_code == 200
        admin_id = User.objects.get(username="admin").pk
        assert (told("api_key.issued").actor, told("api_key.issued").data) == (
            f"user:{admin_id}",
            {"scopes": ["cases:read"]},
        )

    def test_it_opens_nothing_until_another_administrator_confirms_it(self, admin, second):
        page = make_key(admin, "cases:read").content.decode()
        opening = {"headers": {"Authorization": f"Bearer {KEY.search(page)[1]}"}}
        assert "opens nothing until a second administrator" in page
        assert Client().get("/api/v1/cases", **opening).status_code == 401
        assert "by another administrator than the one who made it" in confirm(admin).content.decode()
        assert Client().get("/api/v1/cases", **opening).status_code == 401
        assert "/confirm/" not in admin.get("/keys/").content.decode()
        assert "/confirm/" in second.get("/keys/").content.decode()
        assert "opens what it may from now on" in confirm(second).content.decode()
        assert Client().get("/api/v1/cases", **opening).status_code == 200
        assert told("api_key.confirmed").actor == f"user:{User.objects.get(username='second').pk}"
        assert "confirmed or revoked already" in confirm(second).content.decode()

    def test_one_that_was_revoked_while_it_waited_stays_so(self, admin, second):
        secret = KEY.search(make_key(admin, "cases:read").content.decode())[1]
        second.post(f"/keys/{ApiKey.objects.latest('id').prefix}/revoke/")
        assert "confirmed or revoked already" in confirm(second).content.decode()
        assert Client().get("/api/v1/cases", headers={"Authorization": f"Bearer {secret}"}).status_code == 401

    def test_its_last_use_is_noted_coarsely(self, admin, second):
        secret = KEY.search(make_key(admin, "cases:read").content.decode())[1]
        confirm(second)
        assert apikeys.all_keys()[0].last_used_at is None
        headers = {"Authorization": f"Bearer {secret}"}
        Client().get("/api/v1/cases", headers=headers)
        first = ApiKey.objects.get(name="Mobile app").last_used_at
        Client().get("/api/v1/cases", headers=headers)

        assert first is not None
        assert ApiKey.objects.get(name="Mobile app").last_used_at == first

    def test_a_revoked_key_is_refused_at_once_and_says_so(self, admin, second):
        secret = KEY.search(make_key(admin, "cases:read").content.decode())[1]
        confirm(second)
        prefix = ApiKey.objects.get(name="Mobile app").prefix
        page = admin.post(f"/keys/{prefix}/revoke/", follow=True).content.decode()

        assert "Revoked" in page
        assert "API key revoked" in page
        assert Client().get("/api/v1/cases", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
        assert told("api_key.revoked").subject_id == f"api:{ApiKey.objects.get(name='Mobile app').pk}"
        again = admin.post(f"/keys/{prefix}/revoke/", follow=True).content.decode()
        assert "revoked already" in again

    @pytest.mark.parametrize(
        "form", [{"name": "", "scopes": "cases:read"}, {"name": "x"}, {"name": "x", "scopes": "all"}]
    )
    def test_a_key_needs_a_name_and_known_scopes(self, admin, form):
        before = ApiKey.objects.count()
        answer = admin.post("/keys/", form)

        assert 'role="alert"' in answer.content.decode()
        assert ApiKey.objects.count() == before

    def test_live_keys_stand_first(self, admin):
        make_key(admin, "cases:read", name="Old")
        prefix = ApiKey.objects.get(name="Old").prefix
        admin.post(f"/keys/{prefix}/revoke/")

        assert [row.name for row in apikeys.all_keys()] == ["Core banking", "Old"]

    def test_the_door_tells_every_scope_that_a_form_offers(self, admin):
        assert {scope for scope, _ in admin.get("/keys/").context["form"].fields["scopes"].choices} == set(
            door.operations.SCOPES
        )


def address_of(endpoint: Endpoint) -> str:
    return addresses.opened(endpoint.pk, bytes(endpoint.url_sealed))


class TestWebhooks:
    def add(self, admin: Client, url: str = "https://b.example/in", *kinds: str):
        return admin.post("/webhooks/", {"url": url, "kinds": kinds})

    def test_a_new_address_is_told_of_what_was_chosen_and_its_secret_is_shown_once(self, admin):
        answer = self.add(admin, "https://b.example/in", "case.closed")
        secret = SECRET.search(answer.content.decode())[1]
        endpoint = Endpoint.objects.latest("pk")

        assert endpoint.kinds == ["case.closed"]
        for path in ("/webhooks/", f"/webhooks/{endpoint.pk}/"):
            assert secret not in admin.get(path).content.decode()
        assert told("webhook.registered").subject_id == f"webhook:{endpoint.pk}"
        assert secret not in json.dumps(list(Event.objects.values()), default=str)

    def test_a_token_in_an_address_stands_nowhere_until_somebody_asks_and_that_is_on_record(self, admin):
        url = "https://c.example/in/t0ken-in-path?key=t0ken-in-query"
        answers = [self.add(admin, url)]
        endpoint = Endpoint.objects.latest("pk")
        pages = ("/webhooks/", f"/webhooks/{endpoint.pk}/", "/audit/")
        answers += [admin.get(path) for path in pages]
        row = Endpoint.objects.filter(pk=endpoint.pk).values().get()

        assert address_of(endpoint) == url
        assert b"t0ken" not in b"".join(answer.content for answer in answers)
        assert b"t0ken" not in b"".join(bytes(value) for value in row.values() if isinstance(value, bytes | memoryview))
        assert "t0ken" not in json.dumps([row, *Event.objects.values()], default=str)
        assert "https://c.example/…" in answers[1].content.decode()

        shown = admin.post(f"/webhooks/{endpoint.pk}/address/")
        assert html.escape(url) in shown.content.decode()
        assert "no-store" in shown.headers["Cache-Control"]
        assert told("webhook.address_shown").subject_id == f"webhook:{endpoint.pk}"

    def test_the_address_of_none_is_not_shown(self, admin):
        assert admin.post("/webhooks/999/address/").url == "/webhooks/"
        assert not Event.objects.filter(kind="webhook.address_shown").exists()

    @pytest.mark.parametrize(
        ("url", "shown"),
        [
            ("https://a.example", "https://a.example/"),
            ("https://a.example/", "https://a.example/"),
            ("https://a.example:8443/in", "https://a.example:8443/…"),
            ("https://a.example?k=1", "https://a.example/…"),
            ("https://user:pw@a.example/in#f", "https://a.example/…"),
            ("http://[::1/x", "???"),
        ],
    )
    def test_an_address_is_shown_without_what_may_be_secret(self, url, shown):
        assert addresses.masked(url) == shown

    @pytest.mark.parametrize(
        "url", ["ftp://a.example/x", "https://user@a.example/", "file:///etc/passwd", "gopher://a.example", "http://"]
    )
    def test_an_address_that_cannot_be_posted_to_is_refused(self, admin, url):
        before = Endpoint.objects.count()
        assert "alert-danger" in self.add(admin, url).content.decode()
        assert Endpoint.objects.count() == before

    @pytest.mark.parametrize("url", ["http://169.254.169.254/latest", "http://127.0.0.1:1/", "http://[::1]/"])
    def test_a_private_address_is_refused_unless_the_installation_wants_such(self, admin, settings, url):
        Endpoint.objects.all().delete()
        assert "a private network" in self.add(admin, url).content.decode()
        assert not Endpoint.objects.exists()
        settings.WEBHOOKS_PRIVATE = True
        self.add(admin, url)
        assert address_of(Endpoint.objects.get()) == url

    @pytest.mark.parametrize("url", ["http://169.254.169.254/latest", "http://127.0.0.1:1/", "http://[::1]/"])
    def test_an_address_that_became_private_is_never_spoken_to_and_the_page_says_why(self, admin, url):
        Endpoint.objects.all().delete()
        self.add(admin)
        endpoint = Endpoint.objects.get()
        Endpoint.objects.update(url_sealed=addresses.sealed(endpoint.pk, url))
        at = moment._read().at
        operations.announce([operations.Notice("payment.taken", "P2", {})], at=at)
        webhook_deliver.deliver_due(now=lambda: at, private_addresses=False)
        page = admin.get(f"/webhooks/{Endpoint.objects.get().pk}/").content.decode()

        assert "the address is not public" in page
        assert Delivery.objects.get().status == "WAITING"

    def test_a_new_secret_replaces_the_old_one(self, admin):
        first = SECRET.search(self.add(admin).content.decode())[1]
        endpoint = Endpoint.objects.latest("pk")
        answer = admin.post(f"/webhooks/{endpoint.pk}/rotate/")
        second = SECRET.search(answer.content.decode())[1]

        assert first != second
        operations.announce([operations.Notice("payment.taken", "P3", {})], at=moment._read().at)
        leased = operations.lease(at=moment._read().at, limit=10)
        assert {one.secret() for one in leased if one.endpoint_id == endpoint.pk} == {second}
        assert told("webhook.secret_rotated").subject_id == f"webhook:{endpoint.pk}"

    def test_a_disabled_address_is_told_nothing_until_it_is_enabled(self, admin):
        endpoint = Endpoint.objects.get()
        admin.post(f"/webhooks/{endpoint.pk}/disable/")
        assert Delivery.objects.get().status == "GIVEN_UP"
        operations.announce([operations.Notice("payment.taken", "P4", {})], at=moment._read().at)
        assert Delivery.objects.count() == 1
        assert "alert-danger" in admin.post(f"/webhooks/{endpoint.pk}/rotate/", follow=True).content.decode()
        page = admin.post(f"/webhooks/{endpoint.pk}/enable/", follow=True).content.decode()

        assert "told again" in page
        operations.announce([operations.Notice("payment.taken", "P5", {})], at=moment._read().at)
        assert Delivery.objects.count() == 2

    def test_what_was_given_up_is_sent_again_under_its_own_number(self, admin):
        at = moment._read().at
        one = Delivery.objects.get()
        Delivery.objects.update(status="GIVEN_UP", tries=8, last_answer="HTTP 503", done_at=at)
        page = admin.get(f"/webhooks/{one.endpoint_id}/").content.decode()
        assert "HTTP 503" in page
        admin.post(f"/webhooks/{one.endpoint_id}/deliveries/{one.pk}/")

        assert [leased.delivery_id for leased in operations.lease(at=at, limit=5)] == [one.pk]
        assert queries.waiting()[0] == 1
        event = told("webhook.redelivered")
        assert (event.before, event.after, event.data["delivery_id"]) == ("GIVEN_UP", "WAITING", one.pk)

    def test_a_notice_of_another_address_or_of_a_disabled_one_is_not_sent_again(self, admin):
        one = Delivery.objects.get()
        self.add(admin)
        other = Endpoint.objects.latest("pk")
        for path in (f"/webhooks/{other.pk}/deliveries/{one.pk}/", f"/webhooks/{one.endpoint_id}/deliveries/none/"):
            assert "alert-danger" in admin.post(path, follow=True).content.decode()
        assert not Event.objects.filter(kind="webhook.redelivered").exists()

    @pytest.mark.parametrize("role", ["SUPERVISOR", "COMPLIANCE", "AGENT"])
    def test_others_neither_see_nor_do(self, enter, role):
        client, one = enter(role), Delivery.objects.get()
        paths = ["/keys/", "/webhooks/", f"/webhooks/{one.endpoint_id}/"]
        paths += [f"/webhooks/{one.endpoint_id}/{verb}/" for verb in ("rotate", "disable", "enable")]
        paths += [f"/webhooks/{one.endpoint_id}/deliveries/{one.pk}/", f"/keys/{ApiKey.objects.get().prefix}/revoke/"]
        assert {client.post(path).status_code for path in paths} == {403}
        assert Endpoint.objects.get().is_active
