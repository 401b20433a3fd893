"""A pack with anything wrong in it is refused whole, with the file and the key."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest

from arrears import policies
from arrears.rules import regions
from arrears.rules.compliance import reading
from arrears.rules.compliance.reading import WrongPack

SHIPPED = policies.folder() / "packs" / "cn.toml"
LIMIT = "CN-GBT45251-VOICE-3"
HOURS = "CN-GBT45251-HOURS"


def table() -> dict[str, Any]:
    return tomllib.loads(SHIPPED.read_text(encoding="utf-8"))


def test_a_notice_that_waits_for_itself_or_for_a_past_that_nobody_tells_is_refused() -> None:
    ontario = tomllib.loads((policies.folder() / "packs" / "ca-on.toml").read_text(encoding="utf-8"))
    for key, value, said in (
        ("by", ["SMS"], "must not be among the media"),
        ("by", ["CALL"], "unknown word 'CALL'"),
        ("wait_days", 0, "wait_days"),
        ("if_told", False, "no notice is known"),
        ("max", 3, "max"),
    ):
        told = copy.deepcopy(ontario)
        rule(told, "CA-ON-NOTICE")[key] = value
        assert said in refused(told)


def rule(pack: dict[str, Any], rule_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in pack["rules"] if one["id"] == rule_id)
    return found


def refused(pack: dict[str, Any]) -> str:
    with pytest.raises(WrongPack) as refusal:
        reading.parse(pack, file="cn.toml", region_zones={})
    return str(refusal.value)


@pytest.mark.parametrize(
    ("rule_id", "key", "value", "said"),
    [
        (LIMIT, "unit", "conected", "unknown unit 'conected'"),
        (LIMIT, "scope", "household", "unknown scope"),
        (LIMIT, "window", "fortnight", "unknown window"),
        (LIMIT, "max", -1, "whole number"),
        (LIMIT, "max", True, "whole number"),
        (LIMIT, "max", 10**30, "at most 1000000"),
        (LIMIT, "collectors", ["FRIEND"], "unknown word 'FRIEND'"),
        (LIMIT, "media", ["PIGEON"], "unknown word 'PIGEON'"),
        (LIMIT, "media", ["SMS"], "cannot bring about the unit 'connected': SMS"),
        (LIMIT, "media", ["CALL", "SMS"], "cannot bring about the unit 'connected': SMS"),
        (LIMIT, "excluded", ["CONNECTED", "RIGHT_PARTY", "WRONG_PARTY"], "leaves nothing of the unit"),
        (LIMIT, "after", "visit", "cannot come about"),
        (LIMIT, "if_told", "yes", "must be true or false"),
        (LIMIT, "rolling_days", 7, "belongs to the window rolling_days"),
        (LIMIT, "block_after", "conversation", "needs block_days"),
        (LIMIT, "maxx", 3, "unknown key"),
        (LIMIT, "citation", " ", "non-empty text"),
        (LIMIT, "citation", "\u200b\u2060", "non-empty text"),
        (LIMIT, "effective", "2025-02-28", "must be a date"),
        (LIMIT, "expired", "2025-02-28", "must be a date"),
        (LIMIT, "confidence", "sure", "unknown confidence"),
        (LIMIT, "nature", "soft", "unknown nature"),
        (LIMIT, "kind", "cap", "unknown kind"),
        (HOURS, "opens", "08:00", "must be a time"),
        (HOURS, "override", "WISHES", "unknown override"),
        ("CN-CC11-70", "while_status", ["SAD"], "unknown word 'SAD'"),
        ("CN-GBT45251-TARGET", "relations", [], "non-empty list"),
        ("CN-CBA26-VISIT-2", "staff_min", 0, "at least 1"),
        ("CN-CBA26-VISIT-2", "staff_max", 1, "less than staff_min"),
    ],
)
def test_a_wrong_value_is_named(rule_id: str, key: str, value: object, said: str) -> None:
    pack = table()
    rule(pack, rule_id)[key] = value
    message = refused(pack)
    assert message.startswith(f"cn.toml: rules[{rule_id}].{key}")
    assert said in message


@pytest.mark.parametrize("key", ["citation", "effective", "text_zh", "text_en", "unit", "window", "max", "media"])
def test_nothing_may_be_missing(key: str) -> None:
    pack = table()
    del rule(pack, LIMIT)[key]
    assert refused(pack) == f"cn.toml: rules[{LIMIT}].{key}: is missing"


def test_the_days_of_a_rolling_window_are_missed() -> None:
    pack = table()
    rule(pack, LIMIT)["window"] = "rolling_days"
    assert refused(pack) == f"cn.toml: rules[{LIMIT}].rolling_days: is missing: the window is rolling_days"


@pytest.mark.parametrize(
    ("told", "key", "said"),
    [
        ({"block_after": "message", "block_days": 7}, "block_after", "cannot come about"),
        (
            {"window": "rolling_minutes", "rolling_minutes": 92 * 1440 + 1},
            "rolling_minutes",
            "further back than 92 days",
        ),
        ({"window": "rolling_days", "rolling_days": 93}, "rolling_days", "further back than 92 days"),
        ({"dpd_from": 30, "dpd_to": 10}, "dpd_to", "less than dpd_from"),
        ({"while_status": ["CEASED", "DISPUTED"], "unless_status": ["CEASED"]}, "unless_status", "must not name"),
    ],
)
def test_a_rule_that_would_never_speak_is_refused(told: dict[str, object], key: str, said: str) -> None:
    pack = table()
    rule(pack, LIMIT).update(told)
    assert refused(pack).startswith(f"cn.toml: rules[{LIMIT}].{key}")
    assert said in refused(pack)


def test_a_pack_is_called_as_its_file(tmp_path: Path) -> None:
    copied = tmp_path / "ours.toml"
    copied.write_bytes(SHIPPED.read_bytes())
    with pytest.raises(WrongPack, match=r"ours\.toml:\d+: pack\.id: is not the file's name"):
        reading.read(copied, region_zones={})


def test_hours_do_not_end_before_they_begin() -> None:
    pack = table()
    hours = rule(pack, HOURS)
    hours["opens"], hours["closes"] = hours["closes"], hours["opens"]
    assert "closes" in refused(pack)


def test_an_id_is_given_once_and_a_pack_has_rules_and_zones() -> None:
    pack = table()
    pack["rules"].append(dict(pack["rules"][0]))
    assert "is given twice" in refused(pack)
    assert "would allow everything" in refused(table() | {"rules": []})
    for nowhere in ("Asia/Nowhere", 8, ["Asia/Shanghai"]):
        pack = table()
        pack["pack"]["zones"] = [nowhere]
        assert "no such time zone" in refused(pack)


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "xx.toml"
    broken.write_text("[pack\n")
    with pytest.raises(WrongPack, match=r"xx\.toml"):
        reading.read(broken, region_zones={})


class TestRegions:
    def test_a_subdivision_falls_back_to_its_country_and_no_further(self) -> None:
        zones = regions.read(policies.folder() / "regions.toml")
        assert regions.zones_of("CN-65", zones) == ("Asia/Shanghai",)
        assert regions.zones_of("US-MA", zones) == ("America/New_York",)
        assert regions.zones_of("US", zones) == ()
        assert regions.zones_of("", zones) == ()

    def test_a_zone_that_does_not_exist_is_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "regions.toml"
        file.write_text('[zones]\nXX = "Mars/Olympus"\n')
        with pytest.raises(regions.WrongRegions, match=r"zones\.XX"):
            regions.read(file)
