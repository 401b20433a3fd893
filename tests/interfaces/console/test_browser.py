"""One walk through the console in a real browser: nothing breaks the strict policy, nothing comes from elsewhere."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from tests import market, nights

from arrears.records.cases.models import Case
from arrears.records.ledger.models import Payment
from arrears.records.staff import operations as staff

PASSWORD = "harbour-lantern-42"
DAY = date(2026, 11, 23)

pytestmark = [pytest.mark.browser, pytest.mark.any_database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def late(settings, tmp_path):
    """One customer seven days late, and an agent who reads Chinese."""
    settings.LAKE = tmp_path / "lake"
    settings.PARTITIONS = 2
    tape = market.Tape()
    tape.customer("C1", mobile="13800000001")
    tape.account("A1", "C1", first_due=DAY - timedelta(days=7))
    nights.take(tape, tmp_path, DAY)
    nights.run(DAY)
    staff.add(
        username="lin",
        display_name="林小雨",
        role="AGENT",
        language="zh-hans",
        password=PASSWORD,
        joined_at=datetime(2026, 11, 1, tzinfo=UTC),
    )


def test_a_working_morning(late, live_server, browser):
    page = browser.new_page(locale="zh-CN")
    troubles: list[str] = []
    page.on("console", lambda said: troubles.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "request",
        lambda asked: None if asked.url.startswith((live_server.url, "data:")) else troubles.append(asked.url),
    )

    page.goto(live_server.url)
    page.get_by_label("用户名").fill("lin")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("heading", name="概览").wait_for()
    page.locator("[data-drawn] canvas").first.wait_for()

    page.keyboard.press("/")
    page.keyboard.type("C1")
    page.keyboard.press("Enter")
    page.locator("[data-row-link]").wait_for()
    page.goto(f"{live_server.url}/cases/")
    page.get_by_role("link", name="逾期金额").click()
    # The answer to the click replaces the rows: a key pressed before that would speak to a row that is going.
    page.locator("th[aria-sort]", has_text="逾期金额").wait_for()
    page.keyboard.press("j")
    page.locator("[data-row-link]:focus").wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="为什么在此阶段").wait_for()

    owed = Case.objects.get().overdue_minor
    page.locator("summary", has_text="登记还款").click()
    page.get_by_label("金额（元）").fill(f"{owed / 100:.2f}")
    page.locator("#p-channel").select_option(index=1)
    page.locator("form", has_text="起息日").get_by_role("button").click()
    page.get_by_text("案件结案").first.wait_for()
    assert Payment.objects.get().amount_minor == owed

    page.get_by_role("button", name="English").click()
    page.get_by_role("heading", name="Why this case was here").wait_for()
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert troubles == []


def test_a_wrong_filter_is_told_where_the_list_alone_is_fetched_and_gone_when_it_is_right(committed_books, surf):
    page = surf("SUPERVISOR", language="en")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/cases/?{'x' * 70}={'y' * 70}")
    notice = page.locator("#not-understood")
    assert "left out: xxx" in notice.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/cases/")
    is_told = "(told) => document.querySelector('#not-understood').innerText.trim() === told"
    for amount, told in (("abc", "Not understood in this address, and left out: least=abc"), ("1", "")):
        page.fill("#f-least", amount)
        with page.expect_response(lambda answer: "least=" in answer.url):
            page.press("#f-least", "Enter")
        page.wait_for_function(is_told, arg=told)
