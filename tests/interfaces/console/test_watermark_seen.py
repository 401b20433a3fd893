"""The mark of who looks, in a real browser: over the whole screen and on paper, in nobody's way, not read aloud."""

from __future__ import annotations

import pytest
from django.urls import reverse

from arrears.records.cases.models import Case

pytestmark = [pytest.mark.browser, pytest.mark.any_database, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_it_covers_the_screen_and_paper_lets_every_click_through_and_is_not_read_aloud(committed_books, surf, language):
    page = surf("SUPERVISOR", language=language)
    problems: list[str] = []
    page.on("console", lambda told: problems.append(told.text) if told.type == "error" else None)
    case = Case.objects.filter(status="OPEN").order_by("-dpd_max", "case_id").first()
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto("/cases/")
        box = page.locator("svg.watermark").bounding_box()
        assert (box["x"], box["y"], box["width"] >= width - 20, box["height"]) == (0, 0, True, 900)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(media="print")
    assert page.locator("svg.watermark").is_visible()
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(reverse("case", args=[case.pk]))
    top = "document.elementFromPoint(700, 400).closest('.watermark')"
    assert page.evaluate(f"{top} === null")
    assert "user:" not in page.locator("main").aria_snapshot()
    assert problems == []
