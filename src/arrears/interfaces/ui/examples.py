"""Every component of the ui kit on one page, in each of its states: for whoever builds a page, and for the tests."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

CHART = {"labels": ["M0", "M1", "M2"], "series": [{"name": "CNY", "data": [12, 5, 2]}], "unit": ""}


@require_GET
def components(request: HttpRequest) -> HttpResponse:
    """The page of examples. The data is made up and says so."""
    context = {
        "tones": ["secondary", "info", "success", "warning", "danger"],
        "codes": ["EARLY", "LATE", "BAD_DEBT", "CLOSED", "HELD", "REFUSED"],
        "chart": CHART,
        "at": datetime(2026, 11, 23, 8, 30, tzinfo=UTC),
        "on": date(2026, 11, 23),
        "long_name": "内蒙古自治区呼和浩特市新城区非常长的姓名样例" * 3,
    }
    return render(request, "pages/components.html", context)
