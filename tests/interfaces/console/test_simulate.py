"""A contact tried against any rule pack: from the form, from a line, and always as `arrears permit` answers."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest
from tests.interfaces.console.conftest import signed_in

from arrears.interfaces.cli import main
from arrears.interfaces.console.simulate.form import TOUCH
from arrears.rules.compliance.facts import CHANNELS

pytestmark = [pytest.mark.any_database, pytest.mark.django_db]

FORM = {
    "pack": "cn+house",
    "zone": "Asia/Shanghai",
    "at": "2026-11-23T09:30:00",
    "channel": "CALL",
    "purpose": "COLLECT",
    "relation": "SELF",
    "initiated_by": "COLLECTOR",
    "staff_count": "1",
    "dpd": "12",
    "timezone": "Asia/Shanghai",
    "region": "CN-31",
    "contact_point_id": "c1",
    "debt_ids": "d1",
    "discloses_debt": "yes",
    "by": "form",
}


def post(form: dict[str, Any], *, language: str = "en") -> str:
    answer = signed_in("COMPLIANCE").post("/simulate/", form, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def written(page: str) -> list[dict[str, Any]]:
    """The rows that a page shows as the command writes them."""
    parts = page.split('<pre class="answer-json">')[1:]
    return [json.loads(html.unescape(part.split("</pre>")[0])) for part in parts]


def line_of(page: str) -> str:
    """What stands in the box after the form was judged."""
    return html.unescape(page.split('id="s-line"')[1].split(">", 1)[1].split("</textarea>")[0]).strip()


def past(*touches: dict[str, str]) -> dict[str, list[str]]:
    """Contacts of the past as the form posts them, column by column."""
    return {f"past_{name}": [touch.get(name, "") for touch in touches] for name in ("at", "debt_ids", *TOUCH)}


MORNING = {"channel": "CALL", "outcome": "CONNECTED", "relation": "SELF", "initiated_by": "COLLECTOR"}
THREE_CALLS = past(*({"at": f"2026-11-23T08:{minute}:00"} | MORNING for minute in ("10", "20", "30")))

CASES: dict[str, dict[str, Any]] = {
    "morning": {},
    "night": {"at": "2026-11-23T23:30:00"},
    "third-call": {**THREE_CALLS},
    "kin": {"relation": "KIN"},
    "visit-alone": {"channel": "VISIT"},
    "visit-by-two": {"channel": "VISIT", "staff_count": "2", "consents": ["VISIT_HOME"]},
    "ceased": {"status": ["CEASED"]},
    "vulnerable": {"status": ["VULNERABLE"], "pack": "cn"},
    "massachusetts": {"pack": "us+ma", "timezone": "", "region": "US-MA", "zone": "America/New_York"},
    "nowhere": {"pack": "us", "timezone": "", "region": ""},
    "unknown-channel": {"channel": ""},
    "invented-status": {"status": ["INVENTED"]},
}


class TestForm:
    def test_it_opens_with_the_packs_of_the_house_and_those_asked_for(self, books):
        client = signed_in("SUPERVISOR")

        assert 'value="cn+house"' in client.get("/simulate/").content.decode()
        assert 'value="us+ma"' in client.get("/simulate/?pack=us%2Bma").content.decode()
        assert 'value="us+ma"' in client.get("/simulate/?pack=us+ma").content.decode()

    def test_a_night_call_is_held_with_its_law(self, books):
        page = post(FORM | {"at": "2026-11-23T23:30:00"})

        assert "Not before 2026-11-24T08:00:00+08:00" in page
        assert 'href="/packs/cn+house/#CN-GBT45251-HOURS"' in page

    def test_until_when_is_told_by_the_clock_of_the_borrower(self, books):
        new_york = FORM | {"pack": "us", "timezone": "America/New_York", "region": "", "at": "2026-11-24T20:30:00"}
        page = post(new_york)  # half past seven in the morning there

        assert "Not before 2026-11-24T08:00:00-05:00" in page
        assert "America/New_York" in page.split("Not before")[1].split("</span>")[0]
        assert written(page)[0]["not_before"] == "2026-11-24T21:00:00+08:00"
        nowhere = post(new_york | {"timezone": ""})
        assert "Not before 2026-11-25T" in nowhere
        assert "zone is not known" in nowhere

    def test_what_was_counted_stands_beside_the_limit(self, books):
        page = post(FORM | THREE_CALLS)

        assert "Counted 3, limit 3." in page
        assert "Not before 2026-11-24T" in page

    def test_it_speaks_chinese(self, books):
        page = post(FORM | {"relation": "KIN"}, language="zh-hans")

        assert "任何时间均不可。" in page
        assert "本机构只联系借款人本人。" in page

    @pytest.mark.parametrize("case", sorted(CASES))
    def test_it_answers_as_the_command_does_for_the_same_line(self, books, tmp_path, case):
        form = FORM | CASES[case]
        page = post(form)
        source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
        source.write_text(line_of(page) + "\n", encoding="utf-8")
        main.app(["permit", "--pack", form["pack"], "--in", str(source), "--out", str(target)], standalone_mode=False)

        assert written(page) == [json.loads(target.read_text(encoding="utf-8"))]
        again = post({"pack": form["pack"], "line": line_of(page), "by": "line"})
        assert written(again) == written(page)
        assert line_of(post(FORM | CASES[case])) == line_of(page)

    def test_the_form_shows_the_line_that_was_pasted(self, books):
        line = line_of(post(FORM | THREE_CALLS | {"status": ["DISPUTED"], "consents": ["HOURS"]}))
        page = post({"pack": "cn", "line": line, "by": "line"})

        assert page.count('name="past_at"') == 3
        assert 'value="2026-11-23T08:10:00"' in page
        assert 'name="status" value="DISPUTED" checked' in page
        assert 'name="consents" value="HOURS" checked' in page

    def test_more_contacts_of_the_past_come_with_and_without_scripts(self, books):
        client = signed_in("COMPLIANCE")
        fragment = client.get("/simulate/touch/").content.decode()
        page = post(FORM | THREE_CALLS | {"by": "more"})

        assert (fragment.count('name="past_at"'), "<html" in fragment) == (1, False)
        assert (page.count('name="past_at"'), "answer-head" in page) == (4, False)

    def test_one_without_a_time_is_left_out(self, books):
        page = post(FORM | past(MORNING))

        assert json.loads(line_of(page))["history"] == []

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ({"pack": "atlantis"}, "There is no rule pack"),
            ({"pack": "../cn"}, "There is no rule pack"),
            ({"pack": ""}, "There is no rule pack"),
            ({"pack": "house"}, "There is no rule pack"),
            ({"at": "2026-02-30T09:00:00"}, "This is not a time."),
            ({"at": ""}, "This is not a time."),
            ({"zone": "Moon/Base"}, "There is no such time zone."),
            ({"staff_count": "two"}, "This is not a number."),
            ({"staff_count": "²"}, "This is not a number."),
            ({"dpd": "-3"}, "This is not a number."),
            (past({"at": "yesterday"}), "The time of a past contact is not a time."),
        ],
        ids=["no-pack", "path", "blank", "no-place", "no-day", "no-time", "zone", "staff", "digit", "dpd", "past"],
    )
    def test_what_cannot_be_read_is_told_at_its_field_and_not_judged(self, books, change, told):
        page = post(FORM | change)

        assert told in page
        assert written(page) == []

    def test_what_the_vocabulary_does_not_know_is_refused_by_verdict(self, books):
        (answer,) = written(post(FORM | {"channel": "PIGEON"}))

        assert "PIGEON" not in CHANNELS
        assert (answer["allowed"], answer["reasons"][0]["rule"]) == (False, "GATE-UNKNOWN-CHANNEL")


HOSTILE = {
    "no-json": "{",
    "list": "[]",
    "number": "7",
    "null": "null",
    "deep": "[" * 5_000,
    "half-a-character": '{"id": "\\ud800", "contact": {"contact_point_id": "\\ud800", "consents": ["\\udfff"]}}',
    "wrong-types": '{"contact": [], "borrower": 1, "history": {}}',
    "no-zone": '{"contact": {"at": "2026-11-23T09:30:00"}, "borrower": {"status": []}, "history": []}',
    "year-one": '{"contact": {"at": "0001-01-01T00:00:00+14:00"}, "borrower": {"status": []}, "history": []}',
    "bidi": '{"id": "\\u202egnirts", "contact": {"channel": "<script>alert(1)</script>"}}',
    "control": '{"id": "\\u0000\\u0007"}',
    "long": json.dumps({"id": "x" * 390_000}),
    "many": "\n".join(['{"id": 1}'] * 30),
}


class TestLines:
    @pytest.mark.parametrize("name", sorted(HOSTILE))
    def test_hostile_lines_are_refused_by_verdict(self, books, name):
        page = post({"pack": "cn", "line": HOSTILE[name], "by": "line"})
        answers = written(page)

        assert len(answers) == (20 if name == "many" else 1)
        assert not any(answer["allowed"] for answer in answers)
        assert "<script>alert(1)" not in page

    def test_an_empty_box_is_told_so(self, books):
        page = post({"pack": "cn", "line": " ", "by": "line"})

        assert "is not valid" in page
        assert written(page) == []

    @pytest.mark.parametrize("role", ["AGENT", "ANALYST", "FINANCE", "LEGAL", "FIELD", "ADMIN"])
    def test_the_outsider_is_refused(self, books, role):
        client = signed_in(role)

        assert client.get("/simulate/").status_code == client.post("/simulate/", FORM).status_code == 403
        assert client.get("/simulate/touch/").status_code == 403
