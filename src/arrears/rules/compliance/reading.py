"""Read a rule pack from its file, or refuse it with the file, the line and the key that is wrong.

A pack that says less than it means is more dangerous than none: every rule has a citation, a date and both languages;
every cap has a window; an unknown word anywhere refuses the whole pack. Called by the wiring, tests and `permit`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from arrears.kernel.errors import InvalidInput
from arrears.rules import regions, toml_lines, toml_tables
from arrears.rules.compliance import facts, judging, packs
from arrears.rules.compliance.packs import Hours, Limit, Pack, Relations, Rule, Staff, Statuses

ROLLING = "rolling_days"
WINDOWS = ("calendar_day", "calendar_month", ROLLING)
SHARED_KEYS = frozenset(
    {"id", "kind", "citation", "nature", "author", "effective", "expired", "confidence", "text_zh", "text_en"}
    | {"media", "override"}
)


class WrongPack(InvalidInput):
    """The pack cannot be used: nothing is judged by half of a law."""

    code = "wrong_pack"
    message = "{file}: {key}: {why}"


class _Reader(toml_tables.Reader):
    refusal = WrongPack

    def days(self, key: str) -> int:
        value = self.count(key, least=1)
        if value > packs.LOOKBACK_DAYS_MAX:
            raise self.wrong(key, f"nothing is counted further back than {packs.LOOKBACK_DAYS_MAX} days")
        return value


def read(path: Path, *, region_zones: Mapping[str, str]) -> Pack:
    """The pack in a file.

    region_zones : region code → zone, see `rules.regions.read`
    raises       : WrongPack naming file, line, key and what is wrong
    """
    top = _Reader.of_file(path)
    return parse(top.table, file=path.name, region_zones=region_zones, text=top.source.text)


def parse(table: toml_tables.Table, *, file: str, region_zones: Mapping[str, str], text: str = "") -> Pack:
    """The pack in a parsed table; see `read`. text : as written, so that a refusal names the line"""
    source = toml_lines.Source(file, text)
    top = _Reader(source, (), table)
    top.only(frozenset({"pack", "rules"}))
    head = _Reader(source, ("pack",), table.get("pack"))
    head.only(frozenset({"id", "version", "title_zh", "title_en", "zones"}))
    zones = head.table.get("zones")
    if not isinstance(zones, list) or not zones:
        raise head.wrong("zones", "must name the time zones of the territory")
    for zone in zones:
        if not regions.is_zone(zone):
            raise head.wrong("zones", f"no such time zone: {zone!r}")
    rows = table.get("rules")
    if not isinstance(rows, list) or not rows:
        raise top.wrong("rules", "a pack without rules would allow everything")
    return Pack(
        pack_id=head.text("id"),
        version=head.text("version"),
        title_zh=head.text("title_zh"),
        title_en=head.text("title_en"),
        zones=tuple(zones),
        rules=_rules(source, rows),
        regions=region_zones,
        digest=hashlib.sha256(text.encode()).hexdigest()[:8] if text else "",
    )


def _rules(source: toml_lines.Source, rows: list[object]) -> tuple[Rule, ...]:
    rules: dict[str, Rule] = {}
    for number, row in enumerate(rows):
        reader = _Reader(source, ("rules", number), row)
        reader.where = f"rules[{reader.text('id')}]"
        if reader.table["id"] in rules:
            raise reader.wrong("id", "is given twice")
        rules[reader.table["id"]] = _rule(reader)
    return tuple(rules.values())


def _rule(reader: _Reader) -> Rule:
    build, own_keys = KINDS[reader.one_of("kind", tuple(KINDS))]
    reader.only(SHARED_KEYS | own_keys)
    effective = reader.day("effective")
    expired = reader.day("expired") if "expired" in reader.table else None
    if expired is not None and expired <= effective:
        raise reader.wrong("expired", "is not after effective")
    return build(
        reader,
        rule_id=reader.text("id"),
        citation=reader.text("citation"),
        nature=reader.one_of("nature", packs.NATURES),
        author=reader.one_of("author", packs.AUTHORS),
        effective_on=effective,
        expired_on=expired,
        confidence=reader.one_of("confidence", packs.CONFIDENCES),
        text_zh=reader.text("text_zh"),
        text_en=reader.text("text_en"),
        media=_media(reader),
        override=reader.one_of("override", tuple(sorted(facts.CONSENTS))) if "override" in reader.table else None,
    )


def _media(reader: _Reader) -> frozenset[str]:
    chosen = reader.some_of("media", facts.CHANNELS | {"ANY"})
    return facts.CHANNELS if "ANY" in chosen else chosen


def _statuses(reader: _Reader, **shared: Any) -> Rule:
    return Statuses(statuses=reader.some_of("statuses", facts.STATUSES), **shared)


def _relations(reader: _Reader, **shared: Any) -> Rule:
    return Relations(allowed=reader.some_of("allowed", facts.RELATIONS), **shared)


def _staff(reader: _Reader, **shared: Any) -> Rule:
    return Staff(staff_min=reader.count("staff_min", least=1), **shared)


def _hours(reader: _Reader, **shared: Any) -> Rule:
    opens, closes = reader.wall_time("opens"), reader.wall_time("closes")
    if opens >= closes:
        raise reader.wrong("closes", "must be later than opens on the same day")
    return Hours(opens=opens, closes=closes, **shared)


def _limit(reader: _Reader, **shared: Any) -> Rule:
    unit = reader.one_of("unit", packs.UNITS)
    window = reader.one_of("window", WINDOWS)
    shared["media"] &= judging.channels_of(unit)
    if not shared["media"]:
        raise reader.wrong("media", f"none of these channels can bring about the unit {unit!r}")
    if (window == ROLLING) != (ROLLING in reader.table):
        raise reader.wrong(ROLLING, "belongs to the window rolling_days, and to no other")
    if ("block_after" in reader.table) != ("block_days" in reader.table):
        raise reader.wrong("block_after", "needs block_days, and block_days needs it")
    blocks = "block_after" in reader.table
    words = facts.OUTCOMES | facts.PURPOSES
    return Limit(
        unit=unit,
        scope=reader.one_of("scope", packs.SCOPES),
        window=window,
        max=reader.count("max", least=0),
        rolling_days=reader.days(ROLLING) if window == ROLLING else None,
        excluded=reader.some_of("excluded", words) if "excluded" in reader.table else frozenset(),
        block_after=reader.one_of("block_after", packs.UNITS) if blocks else None,
        block_days=reader.days("block_days") if blocks else 0,
        **shared,
    )


LIMIT_KEYS = {"unit", "scope", "window", "max", ROLLING, "excluded", "block_after", "block_days"}
KINDS: Mapping[str, tuple[Callable[..., Rule], frozenset[str]]] = {
    "statuses": (_statuses, frozenset({"statuses"})),
    "relations": (_relations, frozenset({"allowed"})),
    "staff": (_staff, frozenset({"staff_min"})),
    "hours": (_hours, frozenset({"opens", "closes"})),
    "limit": (_limit, frozenset(LIMIT_KEYS)),
}
