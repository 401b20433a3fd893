"""Choosing a password in a real browser: a meter says how easily it is guessed, and one may look at what one typed."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.any_database, pytest.mark.django_db(transaction=True)]


def test_a_meter_tells_how_easily_it_is_guessed(committed_books, surf):
    page = surf("AGENT", language="en")
    page.goto("/account/password/")
    line, field = page.locator("[data-strength]"), page.get_by_label("New password", exact=True)
    assert line.is_hidden()
    for typed, told in (
        ("aaaaaaaaaaaaaaaaaaaa", "Easy to guess"),
        ("abcdefghijklmnopqrst", "Easy to guess"),
        ("121212121212121212", "Easy to guess"),
        ("Xk9#vQ2!", "Easy to guess"),
        ("harbour-lantern", "Could be stronger"),
        ("harbour lantern walrus 42", "Strong"),
        ("港口灯笼海象四十二只鲸鱼游泳", "Strong"),
    ):
        field.fill(typed)
        assert line.get_by_role("status").text_content() == told, typed


def test_what_was_typed_is_shown_when_asked_and_never_sent_as_shown(committed_books, surf):
    page = surf("AGENT", language="en")
    page.goto("/account/password/")
    fields = page.locator("form input[name=password], form input[name=new_password], form input[name=again]")
    kinds = lambda: {fields.nth(at).get_attribute("type") for at in range(3)}  # noqa: E731
    assert (fields.count(), kinds()) == (3, {"password"})
    page.get_by_label("Show what I type").check()
    assert kinds() == {"text"}
    page.get_by_label("Show what I type").uncheck()
    assert kinds() == {"password"}
