"""Whatever is sent, the API answers with a status that its own document names, and every error has one shape."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.interfaces.api.conftest import DAY, Partner

from arrears.interfaces.api.problems import MEDIA_TYPE, Problem
from arrears.interfaces.api.urls import api, rate
from arrears.records.cases.models import Case

DOCUMENT = api.get_openapi_schema()
OPERATIONS = {
    way["operationId"]: (path, verb, way) for path, ways in DOCUMENT["paths"].items() for verb, way in ways.items()
}
#: Values that mean something to the books of these tests, beside what is merely well formed.
KNOWN = {
    "account_id": ["A1"],
    "customer_id": ["C1"],
    "payment_id": ["P1", "P2"],
    "currency": ["CNY"],
    "amount": ["1.00", "0.01", "-1", "1e5", "1e30", "NaN", "99999999999.99"],
    "paid_on": [DAY.isoformat(), "0001-01-01", "9999-12-31", "2026-11-01"],
    "to_at": ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2030-01-01T00:00:00Z"],
    "url": ["http://127.0.0.1/", "http://[::1", "ftp://x", "https://203.0.113.9/", "http://" + "a" * 64],
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=80),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return DOCUMENT["components"]["schemas"][name] if name else schema


def values(schema: dict[str, Any], name: str = "") -> st.SearchStrategy[Any]:
    """What the schema allows, what the books know, and now and then anything at all."""
    return st.one_of(well_formed(resolved(schema), name), *map(st.just, KNOWN.get(name, ())), ANYTHING)


def well_formed(schema: dict[str, Any], name: str) -> st.SearchStrategy[Any]:
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of(*(well_formed(resolved(one), name) for one in schema["anyOf"]))
    kind = schema.get("type")
    if kind == "string" and schema.get("format") == "date":
        return st.dates(date(1, 1, 1)).map(date.isoformat)
    if kind == "string" and schema.get("format") == "date-time":
        return st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat())
    if kind == "string" and schema.get("pattern"):
        return st.from_regex(schema["pattern"], fullmatch=True)
    if kind == "string":
        return st.text(min_size=schema.get("minLength", 0), max_size=schema.get("maxLength", 100))
    if kind == "integer":
        return st.integers(schema.get("minimum"), schema.get("maximum"))
    if kind == "array":
        return st.lists(well_formed(resolved(schema["items"]), name), max_size=3)
    if kind == "object":
        return fields(schema)
    return st.none()


def fields(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    known = {name: values(one, name) for name, one in schema["properties"].items()}
    needed = {name: known.pop(name) for name in schema.get("required", ())}
    return st.fixed_dictionaries(needed, optional=known)


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, str, dict[str, Any], bytes, str]:
    """(operation, verb, path, query, body, idempotency key)."""
    operation = draw(st.sampled_from(sorted(OPERATIONS)))
    path, verb, way = OPERATIONS[operation]
    query = {}
    for parameter in way.get("parameters", ()):
        name = parameter["name"]
        given = draw(values(parameter["schema"], name))
        if parameter["in"] == "path":
            path = path.replace(f"{{{name}}}", quote(str(given), safe="", errors="replace") or "x")
        elif parameter["in"] == "query" and draw(st.booleans()):
            query[name] = given if isinstance(given, str | int) else str(given)
    body = b""
    if "requestBody" in way:
        schema = way["requestBody"]["content"]["application/json"]["schema"]
        told = draw(st.one_of(fields(resolved(schema)), fields(resolved(schema)), ANYTHING))
        body = draw(
            st.one_of(st.just(json.dumps(told).encode()), st.just(json.dumps(told).encode()), st.binary(max_size=30))
        )
    key = draw(st.one_of(st.uuids().map(str), st.text(st.characters(max_codepoint=255), max_size=90)))
    return operation, verb, path, query, body, key


def must_be_a_problem(answer: Any) -> dict[str, Any]:
    assert answer.headers["Content-Type"] == MEDIA_TYPE, answer.content
    told = json.loads(answer.content)
    Problem.model_validate(told)
    assert told["status"] == answer.status_code
    assert told["code"]
    assert told["detail"]
    return told


@pytest.fixture
def unhurried(monkeypatch):
    """A key that may ask as often as it likes."""
    monkeypatch.setattr(rate, "num_requests", 10**9)


@pytest.mark.django_db
class TestAnything:
    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(asked=requests())
    def test_that_is_sent_is_answered_as_the_document_says(self, unhurried, partner: Partner, asked) -> None:
        operation, verb, path, query, body, key = asked
        headers = {"Authorization": f"Bearer {partner.secret}", "Idempotency-Key": key}
        query = {name: str(one).encode("utf-8", "replace").decode() for name, one in query.items()}
        answer = partner.client.generic(
            verb.upper(), path, body, content_type="application/json", query_params=query, headers=headers
        )
        documented = OPERATIONS[operation][2]["responses"]
        assert answer.status_code in documented, (asked, answer.content)
        if answer.status_code >= 400:
            must_be_a_problem(answer)


class TestEveryError:
    @pytest.mark.parametrize("operation", sorted(OPERATIONS))
    def test_is_documented_for_each_operation(self, operation):
        _, verb, way = OPERATIONS[operation]
        assert {401, 403, 422, 429} <= set(way["responses"])
        if verb == "post":
            assert {404, 409, 413} <= set(way["responses"])
            assert "Idempotency-Key" in {one["name"] for one in way["parameters"]}
        for status, told in way["responses"].items():
            if int(status) >= 400:
                assert list(told["content"]) == [MEDIA_TYPE]

    def test_without_a_key_is_a_problem_that_names_the_scheme(self, late):
        answer = Client().get("/api/v1/cases")
        assert (answer.status_code, must_be_a_problem(answer)["code"]) == (401, "no_live_key")
        assert answer.headers["WWW-Authenticate"] == "Bearer"

    def test_of_a_key_that_lacks_the_scope_names_it(self, late):
        told = must_be_a_problem(Partner("cases:read").get("/webhooks"))
        assert (told["status"], told["code"]) == (403, "scope_missing")
        assert "webhooks:write" in told["detail"]

    def test_of_a_field_says_which_and_why(self, partner):
        told = must_be_a_problem(partner.post("/payments", {"payment_id": "P1", "paid_on": "soon"}))
        assert "body.paid_on" in {one["where"] for one in told["errors"]}

    @pytest.mark.parametrize("path", ["/payments", "/payments/P1/reversal", "/stops", "/webhooks", "/complaints"])
    def test_of_a_field_that_is_not_known_names_it(self, partner, path):
        told = must_be_a_problem(partner.post(path, {"amuont": "1.00"}))
        assert (told["status"], told["code"]) == (422, "invalid_input")
        assert "body.amuont" in {one["where"] for one in told["errors"]}

    @pytest.mark.parametrize("to_at", [1795651200, "1795651200", "2030-01-01", "2030-01-01T00:00:00"])
    def test_of_a_moment_that_is_not_written_as_one(self, partner, to_at):
        stop = {"customer_id": "C1", "reason": "DISPUTED", "to_at": to_at}
        assert [one["where"] for one in must_be_a_problem(partner.post("/stops", stop))["errors"]] == ["body.to_at"]
        assert partner.post("/stops", stop | {"to_at": "2030-01-01T00:00:00+08:00"}).status_code == 201

    def test_of_a_body_that_is_no_json_or_too_large(self, partner, settings):
        headers = {"Authorization": f"Bearer {partner.secret}", "Idempotency-Key": "k"}
        torn = partner.client.post("/api/v1/stops", b"{", content_type="application/json", headers=headers)
        assert (torn.status_code, must_be_a_problem(torn)["code"]) == (422, "malformed_body")
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
        large = partner.client.post("/api/v1/stops", b" " * 1_001, content_type="application/json", headers=headers)
        assert (large.status_code, must_be_a_problem(large)["code"]) == (413, "too_large")

    def test_of_an_address_or_a_verb_that_does_not_exist(self, partner):
        assert must_be_a_problem(partner.client.get("/api/v1/nosuch"))["code"] == "not_found"
        wrong = partner.client.put("/api/v1/cases")
        assert must_be_a_problem(wrong)["code"] == "method_not_allowed"
        assert "GET" in wrong.headers["Allow"]

    def test_of_ours_is_a_problem_too_and_says_nothing_of_the_inside(self, partner, monkeypatch):
        monkeypatch.setattr(Case.objects, "filter", None)
        told = must_be_a_problem(partner.get("/cases"))
        assert (told["status"], told["code"]) == (500, "internal_error")
        assert "NoneType" not in json.dumps(told)

    def test_of_a_key_that_asks_too_often_says_when_to_come_back(self, partner, monkeypatch):
        monkeypatch.setattr(rate, "num_requests", 2)
        answers = [partner.get("/cases") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert must_be_a_problem(answers[2])["code"] == "too_many_requests"
        assert int(answers[2].headers["Retry-After"]) > 0
