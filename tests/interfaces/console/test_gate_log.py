"""The gate's log on its page: found by what was decided, why, on which road, when and about whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.interfaces.console.conftest import TEN, signed_in

from arrears.kernel import identifiers
from arrears.records.compliance import operations
from arrears.records.compliance.models import Verdict
from arrears.records.contacts.models import Contact

pytestmark = pytest.mark.django_db


class TestRules:
    def test_a_reason_leads_to_its_rule_for_who_may_open_the_packs(self, books):
        refused = Verdict.objects.filter(allowed=False).first()
        code = refused.reasons[0]["rule"]
        pack = refused.pack.partition("@")[0]

        assert f'href="/packs/{pack}/#{code}"' in signed_in("COMPLIANCE").get("/verdicts/?allowed=no").content.decode()
        agents = signed_in("AGENT").get(f"/contacts/{refused.contact_id}/").content.decode()
        assert code in agents
        assert "/packs/" not in agents


def rows(query: str) -> list[tuple[str, str]]:
    """The contacts that a log shows, with what was decided."""
    answer = signed_in("COMPLIANCE").get(f"/verdicts/?{query}")
    assert answer.status_code == 200, query
    return [(row.verdict.contact_id, row.channel) for row in answer.context["rows"]]


class TestFilters:
    """Three judgements of one person: an SMS allowed, a call held by two rules, a visit refused by one of them."""

    REASON = {"citation": "test", "nature": "hard", "counted": 3, "max": 3, "text_zh": "三", "text_en": "three"}

    @pytest.fixture
    def judged(self, books) -> Callable[[str], str]:
        like = Contact.objects.first()
        verdicts, ids = [], {}
        told = {
            "SMS": (True, None, []),
            "CALL": (False, TEN + timedelta(hours=1), ["CN-X-3", "CN-X"]),
            "VISIT": (False, None, ["CN-X"]),
        }
        for number, (channel, (allowed, until, rules)) in enumerate(told.items()):
            ids[channel] = like.contact_id = identifiers.derived_id("log", channel)
            like.channel = channel
            like.save(force_insert=True)
            at, reasons = TEN + timedelta(days=number), [self.REASON | {"rule": rule} for rule in rules]
            verdicts.append((ids[channel], "LOGGED", "PLAN", at, allowed, until, "cn+house@2026.1", None, reasons))
        operations.keep_verdicts(verdicts)
        return ids.__getitem__

    @pytest.mark.parametrize(
        ("query", "channels"),
        [
            ("", ["VISIT", "CALL", "SMS"]),
            ("allowed=yes", ["SMS"]),
            ("allowed=held", ["CALL"]),
            ("allowed=refused", ["VISIT"]),
            ("allowed=no", ["VISIT", "CALL"]),
            ("rule=CN-X", ["VISIT", "CALL"]),
            ("rule=CN-X-3", ["CALL"]),
            ("rule=CN", []),
            ("rule=%25", []),
            ("channel=VISIT", ["VISIT"]),
            ("channel=SMS&allowed=no", []),
            ("from=2026-11-24", ["VISIT", "CALL"]),
            ("to=2026-11-24", ["CALL", "SMS"]),
            ("from=2026-11-24&to=2026-11-24", ["CALL"]),
            ("phase=SEND", []),
        ],
    )
    def test_each_finds_its_own_and_no_more(self, judged, query, channels):
        assert rows(f"customer=LOGGED&{query}") == [(judged(channel), channel) for channel in channels]

    @pytest.mark.parametrize(
        "query",
        ["allowed=maybe", "channel=PIGEON", "from=yesterday", "to=0001-01-01", "phase=LATER", "from=9999-12-31"],
    )
    def test_what_is_not_understood_is_said_and_left_out(self, judged, query):
        page = signed_in("SUPERVISOR").get(f"/verdicts/?customer=LOGGED&{query}")

        assert f"Not understood in this address, and left out: {query}" in page.content.decode()
        assert len(page.context["rows"]) == 3

    def test_each_reason_has_its_source_and_what_was_counted(self, judged):
        page = signed_in("COMPLIANCE").get("/verdicts/?customer=LOGGED&allowed=held").content.decode()

        assert page.count("Counted 3, limit 3.") == 2
        assert 'href="/packs/cn+house/#CN-X-3"' in page

    def test_pages_keep_the_filters(self, books):
        first = signed_in("COMPLIANCE").get("/verdicts/?phase=PLAN&from=2026-01-01")
        seen = [row.verdict.verdict_id for row in first.context["rows"]]
        second = signed_in("COMPLIANCE").get(f"/verdicts/?phase=PLAN&from=2026-01-01&after={first.context['later']}")

        assert "phase=PLAN&amp;from=2026-01-01&amp;after=" in first.content.decode()
        assert not {row.verdict.verdict_id for row in second.context["rows"]} & set(seen)
        assert len(seen) == 50

    @pytest.mark.parametrize("role", ["AGENT", "ANALYST", "FINANCE", "LEGAL", "FIELD", "ADMIN"])
    def test_the_outsider_is_refused(self, books, role):
        assert signed_in(role).get("/verdicts/").status_code == 403


class TestJudgedAgain:
    def test_one_of_before_says_that_it_cannot_be(self, books):
        page = signed_in("COMPLIANCE").get(f"/verdicts/{Verdict.objects.first().pk}/").content.decode()
        assert "before its facts were kept" in page

    def test_one_that_is_not_there_is_not_found_and_the_outsider_is_refused(self, books):
        assert signed_in("COMPLIANCE").get("/verdicts/999999999/").status_code == 404
        assert signed_in("AGENT").get(f"/verdicts/{Verdict.objects.first().pk}/").status_code == 403
