"""Who gets into the API: every route as a stranger, with the session of each role, and with every scope but its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client
from tests import nights

from arrears.interfaces.api.keys import Scope
from arrears.interfaces.api.urls import api
from arrears.records.apikeys import operations as apikeys
from arrears.records.staff import operations as staff
from arrears.records.staff.models import Role, User

pytestmark = pytest.mark.django_db
AT = nights.moment(date(2026, 11, 23))


def routes() -> Iterator[tuple[str, str, str]]:
    """(method, address, scope) of every operation there is."""
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                guard = operation.auth_param if isinstance(operation.auth_param, Scope) else router.auth
                assert isinstance(guard, Scope), path
                for method in operation.methods:
                    yield method, "/api/v1" + re.sub(r"\{[^}]*\}", "x", prefix + path), guard.scope


ROUTES = sorted(set(routes()))


def ask(client: Client, method: str, url: str, **headers: str):
    given = {"Idempotency-Key": "k1"} | headers
    return client.generic(method, url, "{}", content_type="application/json", headers=given)


def test_there_are_routes_and_every_scope_guards_one():
    assert len(ROUTES) > 10
    assert {scope for _method, _url, scope in ROUTES} == set(apikeys.SCOPES)


@pytest.mark.parametrize(("method", "url", "scope"), ROUTES)
class TestEveryRoute:
    def test_a_stranger_and_a_wrong_key_are_turned_away(self, method, url, scope):
        assert ask(Client(), method, url).status_code == 401
        for told in ("Bearer ", "Bearer x", "Bearer ak_00000000_x", "Basic eDp4", "Bearer ak_%_x"):
            assert ask(Client(), method, url, Authorization=told).status_code == 401, told

    def test_a_key_in_the_address_opens_nothing(self, method, url, scope):
        key = apikeys.issue(name="p", scopes=[scope], at=AT, actor="test").secret
        for name in ("key", "api_key", "token", "access_token", "Authorization"):
            assert ask(Client(), method, f"{url}?{name}={key}").status_code == 401, name

    def test_a_session_of_no_role_opens_it(self, method, url, scope):
        for role in Role.values:
            agency = "EXAMPLE_EAST" if role == "AGENCY" else ""
            staff.add(
                username=role, display_name=role, role=role, password="harbour-lantern-42", joined_at=AT, agency=agency
            )
            client = Client()
            client.force_login(User.objects.get(username=role))
            assert ask(client, method, url).status_code == 401, role

    def test_every_scope_but_its_own_is_not_enough(self, method, url, scope):
        others = [one for one in apikeys.SCOPES if one != scope]
        keys = {
            name: apikeys.issue(name="x", scopes=held, at=AT, actor="test")
            for name, held in (("others", others), ("own", [scope]))
        }
        answers = {
            name: ask(Client(raise_request_exception=False), method, url, Authorization=f"Bearer {key.secret}")
            for name, key in keys.items()
        }
        assert answers["others"].status_code == 403
        assert answers["own"].status_code not in {401, 403}
        assert answers["own"].status_code < 500

    def test_a_revoked_key_opens_nothing(self, method, url, scope):
        key = apikeys.issue(name="x", scopes=[scope], at=AT, actor="test")
        apikeys.revoke(prefix=key.prefix, at=AT, actor="test")
        assert ask(Client(), method, url, Authorization=f"Bearer {key.secret}").status_code == 401
