"""The rule packs as the compliance desk reads them: every rule in words, with its source, dates and doubt."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from tests.interfaces.console.conftest import signed_in

from arrears import policies
from arrears.rules.compliance import reading
from arrears.rules.compliance.packs import Staff

pytestmark = [pytest.mark.any_database, pytest.mark.django_db]
CHINESE = {"accept-language": "zh-hans"}


def page(role: str, url: str, **extra: object) -> str:
    answer = signed_in(role).get(url, **extra)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.content.decode()


def rule(text: str, anchor: str) -> str:
    """The part of a page that tells of one rule."""
    return text.split(f'id="{anchor}"')[1].split("</article>")[0]


class TestList:
    def test_it_holds_every_pack_and_marks_what_the_house_runs(self, books):
        text = page("COMPLIANCE", "/packs/")

        for name in (*reading.names(policies.folder()), "base"):
            assert f'href="/packs/{name}/"' in text, name
        assert text.count("This house runs it") == 2  # cn and house
        assert text.count("Part of every pack") == 1

    def test_those_that_are_ticked_open_as_one(self, books):
        answer = signed_in("SUPERVISOR").get("/packs/?together=us&together=ma")

        assert (answer.status_code, answer.url) == (302, "/packs/us+ma/")

    def test_a_wrong_pack_is_told_with_its_line_and_the_others_stay(self, books, settings, tmp_path):
        settings.HOME = tmp_path
        own = tmp_path / "policies" / "packs"
        own.mkdir(parents=True)
        source = Path(policies.folder()) / "packs" / "hk.toml"
        shutil.copy(source, own / "hk.toml")
        text = source.read_text(encoding="utf-8").replace('nature = "hard"', 'nature = "harsh"', 1)
        (own / "hk.toml").write_text(text, encoding="utf-8")

        listed = page("COMPLIANCE", "/packs/")
        assert "hk.toml:" in listed
        assert "Mainland China collection rules" in listed
        assert "This pack cannot be used" in page("COMPLIANCE", "/packs/hk/")


class TestOnePack:
    @pytest.mark.parametrize("name", [*reading.names(policies.folder()), "base", "cn+house", "us+ma+nyc"])
    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_every_rule_stands_on_it_with_its_source(self, books, name, language):
        text = page("COMPLIANCE", f"/packs/{name}/", headers={"accept-language": language})
        parts = reading.parts(policies.folder(), name)
        known = [one.rule_id for pack in parts for one in (*pack.rules, *pack.duties)]

        assert text.count('<article class="rule"') == len(known)
        for rule_id in known:
            assert f'id="{rule_id}"' in text, rule_id

    def test_a_limit_is_told_from_its_figures(self, books):
        cap = rule(page("SUPERVISOR", "/packs/us/"), "US-REGF-14B-7IN7")

        assert "At most 7: calls placed for each debt, within any 7 days." in cap
        assert "7 days after one of: conversations with the right person" in cap
        assert "Presumed unlawful" in cap

    def test_hours_staff_and_bans_are_told_in_chinese(self, books):
        text = page("COMPLIANCE", "/packs/cn+house/", headers=CHINESE)

        assert "仅可在借款人当地时间 08:00 至 22:00 联系。" in rule(text, "LENDER-HOURS")
        assert "我方至少 2 人参加。" in rule(text, "LENDER-VISIT-2")
        assert "任何时间均不得有此类联系。" in rule(text, "LENDER-THIRD-PARTY")

    def test_how_many_visitors_at_most(self, books):
        assert "At most 2 of us take part." in rule(page("COMPLIANCE", "/packs/jp/"), "JP-JFSA-FREQ-VISITORS")
        chinese = page("COMPLIANCE", "/packs/jp/", headers=CHINESE)
        assert "我方至多 2 人参加。" in rule(chinese, "JP-JFSA-FREQ-VISITORS")

    def test_doubt_is_shown_where_a_source_was_not_checked_and_only_there(self, books):
        text = page("COMPLIANCE", "/packs/us+ma/")
        doubtful = {"memory_high", "memory_medium", "memory_low"}

        for pack in reading.parts(policies.folder(), "us+ma"):
            for one in (*pack.rules, *pack.duties):
                assert ("Not checked:" in rule(text, one.rule_id)) == (one.confidence in doubtful), one.rule_id

    def test_a_day_shows_what_held_on_it_and_no_more(self, books):
        packs = reading.parts(policies.folder(), "cn+house")
        for on in ("2026-01-29", "2026-01-30"):
            text = page("COMPLIANCE", f"/packs/cn+house/?on={on}&kind=staff")
            rules = [one for pack in packs for one in pack.rules if isinstance(one, Staff)]
            held = {one.rule_id for one in rules if one.holds_on(date.fromisoformat(on))}
            assert text.count('<article class="rule"') == len(held) > 0
            assert all(f'id="{rule_id}"' in text for rule_id in held)

    def test_what_holds_no_more_or_not_yet_says_so(self, books):
        text = page("COMPLIANCE", "/packs/house/")

        assert "Expired" in rule(text, "LENDER-VISIT-2")
        assert "Expired" not in rule(text, "LENDER-THIRD-PARTY")

    @pytest.mark.parametrize("asked", ["yesterday", "2026-02-30", "9" * 40])
    def test_a_day_that_is_none_is_said_so(self, books, asked):
        assert f"left out: on={asked}" in page("COMPLIANCE", f"/packs/cn/?on={asked}")

    @pytest.mark.parametrize("name", ["xx", "cn+xx", "CN", "../cn", "cn+", "a" * 300])
    def test_a_pack_that_is_none_is_not_there(self, books, name):
        assert signed_in("COMPLIANCE").get(f"/packs/{name}/").status_code == 404

    @pytest.mark.parametrize("role", ["AGENT", "ANALYST", "FINANCE", "LEGAL", "FIELD", "ADMIN"])
    def test_the_outsider_is_refused(self, books, role):
        for url in ("/packs/", "/packs/cn/"):
            assert signed_in(role).get(url).status_code == 403
