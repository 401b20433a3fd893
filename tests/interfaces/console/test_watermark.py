"""Who looks, and when, stands faintly on every page of the console, on paper too, and in nobody's way."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.interfaces.console.conftest import addresses

from arrears.interfaces.ui import permissions
from arrears.records.staff.models import User

MARK = re.compile(r'<svg class="watermark".*?</svg>', re.S)


def mark_of(page: str) -> str:
    found = MARK.findall(page)
    assert len(found) == 1
    return found[0]


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(permissions.EVERYONE))
def test_every_page_of_every_role_tells_who_looks_and_when_to_the_minute(enter, ten_in_the_morning, role):
    client, user = enter(role), User.objects.get(role=role)
    seen = 0
    for name, url in addresses().items():
        answer = client.get(url) if permissions.may(role, name) and not permissions.is_public(name) else None
        if answer is None or answer.status_code != 200 or b"<main" not in answer.content:
            continue
        mark = mark_of(answer.content.decode())
        seen += 1
        assert f"user:{user.pk} · 2026-11-23 10:00" in mark, name
        assert user.username in mark, name
        assert 'aria-hidden="true"' in mark, name
        assert "style=" not in mark, name
    assert seen >= 2


@pytest.mark.django_db
def test_a_stranger_and_a_fragment_have_none(enter):
    assert "watermark" not in Client().get("/sign-in/").content.decode()
    part = enter("AGENT").get("/cases/", headers={"hx-request": "true", "hx-target": "case-table"})
    assert "watermark" not in part.content.decode()


@pytest.mark.django_db
def test_a_name_is_a_name_and_not_markup(enter):
    User.objects.filter(role="AGENT").update(display_name="<b>Li & Wang</b>")
    mark = mark_of(enter("AGENT").get("/cases/").content.decode())
    assert "&lt;b&gt;Li &amp; Wang&lt;/b&gt;" in mark
    assert "<b>" not in mark
