"""`arrears permit`, run as its user runs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.interfaces.cli.conftest import Arrears

NIGHT = {
    "id": "x1",
    "contact": {
        "at": "2026-11-23T23:30:00+08:00",
        "channel": "CALL",
        "initiated_by": "COLLECTOR",
        "purpose": "COLLECT",
        "relation": "SELF",
        "debt_ids": ["d1"],
        "staff_count": 1,
        "consents": [],
    },
    "borrower": {"region": "CN-31", "timezone": "Asia/Shanghai", "dpd": 12, "status": []},
    "history": [],
}


Permit = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def permit(tmp_path: Path, arrears: Arrears) -> Permit:
    def run(*lines: object, pack: str = "cn") -> list[dict[str, Any]]:
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        (tmp_path / "in.jsonl").write_text("\n".join(texts))
        out = tmp_path / "out.jsonl"
        code, _, err = arrears("permit", "--pack", pack, "--in", tmp_path / "in.jsonl", "--out", out)
        assert code == 0, err
        return [json.loads(line) for line in out.read_text().splitlines()]

    return run


def test_one_verdict_a_line_in_order_with_the_law_behind_it(permit: Permit) -> None:
    noon = {**NIGHT, "id": {"any": 1}, "contact": {**NIGHT["contact"], "at": "2026-11-23T12:00:00+08:00"}}  # type: ignore[dict-item]
    late, clear, broken = permit(NIGHT, noon, "", "{")
    assert (late["id"], late["allowed"], late["not_before"]) == ("x1", False, "2026-11-24T08:00:00+08:00")
    assert {"rule", "citation", "nature", "counted", "max", "text_zh", "text_en"} == set(late["reasons"][0])
    assert late["reasons"][0]["rule"] == "CN-GBT45251-HOURS"
    assert clear == {"id": {"any": 1}, "allowed": True, "not_before": None, "reasons": []}
    assert (broken["allowed"], broken["reasons"][0]["rule"]) == (False, "GATE-UNKNOWN-LINE")


def test_half_a_character_in_an_id_is_no_trouble(permit: Permit) -> None:
    (verdict,) = permit({**NIGHT, "id": "\ud800"})
    assert verdict["id"] == "\ud800"


def test_guidance_is_advice_and_no_refusal(permit: Permit) -> None:
    vulnerable = json.loads(json.dumps(NIGHT).replace("23:30", "12:30"))
    vulnerable["borrower"]["status"] = ["VULNERABLE"]
    (verdict,) = permit(vulnerable)
    assert verdict["allowed"]
    assert verdict["advice"] == [reason["rule"] for reason in verdict["reasons"]]
    assert verdict["reasons"][0]["nature"] == "guidance"


def test_packs_compose(permit: Permit) -> None:
    noon = json.loads(json.dumps(NIGHT).replace("23:30", "12:30"))
    noon["history"] = [{"at": "2026-11-23T09:00:00+08:00", "channel": "SMS", "outcome": "SENT"}]
    noon["contact"]["channel"] = "SMS"
    assert permit(noon)[0]["allowed"]
    held = permit(noon, pack="cn+house")[0]
    assert (held["allowed"], held["reasons"][0]["rule"]) == (False, "LENDER-SMS-1")


@pytest.mark.parametrize("pack", ["atlantis", "base", "house", "", "cn+atlantis", "../cn"])
def test_a_pack_that_is_not_there_is_named(tmp_path: Path, arrears: Arrears, pack: str) -> None:
    (tmp_path / "in.jsonl").write_text("")
    out = tmp_path / "out.jsonl"
    code, _, err = arrears("permit", "--pack", pack, "--in", tmp_path / "in.jsonl", "--out", out)
    assert (code, out.exists()) == (1, False)
    assert "There is no rule pack" in err
