"""Read a rule pack from its file, or refuse it with the file, the line and the key that is wrong.

A pack that says less than it means is more dangerous than none: every rule has a citation, a date and both languages;
every cap has a window; an unknown word anywhere refuses the whole pack. Called by the wiring, tests and `permit`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from arrears.kernel import calendars
from arrears.kernel.errors import InvalidInput
from arrears.rules import regions, toml_lines, toml_tables
from arrears.rules.compliance import complaint_terms, counting, facts, packs, request_terms, retention_terms
from arrears.rules.compliance.packs import Ban, Duty, Hours, Limit, Notice, Pack, Rule, Staff

#: The pack that is part of every other.
BASE = "base"
DAYS, MINUTES = "rolling_days", "rolling_minutes"
WINDOWS = ("calendar_day", "calendar_month", DAYS, MINUTES, packs.EVER)
SOURCE_KEYS = frozenset({"id", "citation", "author", "effective", "expired", "confidence", "text_zh", "text_en"})
SHARED_KEYS = frozenset(
    SOURCE_KEYS
    | {"kind", "nature", "media", "override", "purposes", "relations", "initiators", "while_status", "unless_status"}
    | {"dpd_from", "dpd_to", "disclosing", "collectors", "if_told"}
)


class WrongPack(InvalidInput):
    """The pack cannot be used: nothing is judged by half of a law."""

    code = "wrong_pack"
    message = "{file}: {key}: {why}"


class UnknownPack(InvalidInput):
    code = "unknown_pack"
    message = "There is no rule pack {name!r}; there are: {known}"


#: No count of a rule is larger: what is, was mistyped.
COUNT_MAX = 1_000_000


class _Reader(toml_tables.Reader):
    refusal = WrongPack

    def count(self, key: str, *, least: int, most: int = COUNT_MAX) -> int:
        value = super().count(key, least=least)
        if value > most:
            raise self.wrong(key, f"must be at most {most}")
        return value

    def days(self, key: str) -> int:
        value = self.count(key, least=1)
        if value > packs.LOOKBACK_DAYS_MAX:
            raise self.wrong(key, f"nothing is counted further back than {packs.LOOKBACK_DAYS_MAX} days")
        return value


def read(path: Path, *, region_zones: Mapping[str, tuple[str, ...]]) -> Pack:
    """The pack in a file.

    region_zones : region code → zones, see `rules.regions.read`
    raises       : WrongPack naming file, line, key and what is wrong
    """
    top = _Reader.of_file(path)
    pack = parse(top.table, file=path.name, region_zones=region_zones, text=top.source.text)
    if pack.pack_id != path.stem:
        raise top.section("pack").wrong("id", f"is not the file's name, {path.stem!r}")
    return pack


def names(folder: Path) -> list[str]:
    """The packs that a folder of policies holds, without the one that is part of every other."""
    return sorted(path.stem for path in (folder / "packs").glob("*.toml") if path.stem != BASE)


def parts(folder: Path, name: str) -> list[Pack]:
    """The packs that a name such as `us+ma` asks for, each by itself, with what holds everywhere (`base`) last.

    folder : of policies
    raises : UnknownPack, WrongPack, regions.WrongRegions
    """
    zones = regions.read(folder / "regions.toml")
    asked = _asked(name)
    there = names(folder)
    for part in asked:
        if part not in there:
            raise UnknownPack(name=part[:40], known=", ".join(there))
    return [read(folder / "packs" / f"{part}.toml", region_zones=zones) for part in (*asked, BASE)]


def named(folder: Path, name: str) -> Pack:
    """The packs that a name asks for, as one; see `parts`, which says what is raised.

    raises : UnknownPack too when none of them has a territory
    """
    pack = Pack.composed(parts(folder, name))
    if not pack.zones:
        raise UnknownPack(name=name[:40], known="one with a territory, beside it")
    return replace(pack, pack_id="+".join(_asked(name)))


def _asked(name: str) -> list[str]:
    return [part for part in dict.fromkeys(name.split("+")) if part != BASE]


def parse(table: toml_tables.Table, *, file: str, region_zones: Mapping[str, tuple[str, ...]], text: str = "") -> Pack:
    """The pack in a parsed table; see `read`. text : as written, so that a refusal names the line"""
    top = _Reader(toml_lines.Source(file, text), (), table)
    top.only(frozenset({"pack", "rules", "duties"}))
    head = top.section("pack")
    head.only(frozenset({"id", "version", "title_zh", "title_en", "zones"}))
    zones = head.table.get("zones")
    if not isinstance(zones, list):
        raise head.wrong("zones", "must name the time zones of the territory; [] for a pack that only adds to others")
    for zone in zones:
        if not isinstance(zone, str) or not regions.is_zone(zone):
            raise head.wrong("zones", f"no such time zone: {zone!r}")
    rules, duties = (top.rows(key, named_by="id") for key in ("rules", "duties"))
    if not rules:
        raise top.wrong("rules", "a pack without rules would allow everything")
    _refuse_overlaps([*rules, *duties])
    return Pack(
        pack_id=head.text("id"),
        version=head.text("version"),
        title_zh=head.text("title_zh"),
        title_en=head.text("title_en"),
        zones=tuple(zones),
        rules=tuple(_rule(reader) for reader in rules),
        regions=region_zones,
        digest=hashlib.sha256(text.encode()).hexdigest()[:8] if text else "",
        duties=tuple(_duty(reader) for reader in duties),
    )


def _refuse_overlaps(readers: Sequence[_Reader]) -> None:
    """A rule that was changed stands once for each period; nobody could say which of two holds on a day."""
    ordered = sorted(readers, key=lambda reader: (reader.text("id"), reader.day("effective")))
    for before, after in pairwise(ordered):
        if before.text("id") != after.text("id"):
            continue
        if "expired" not in before.table or before.day("expired") > after.day("effective"):
            raise after.wrong("effective", "this rule is given twice for the same days")


def _rule(reader: _Reader) -> Rule:
    build, own_keys = KINDS[reader.one_of("kind", tuple(KINDS))]
    reader.only(SHARED_KEYS | own_keys)
    return build(
        reader,
        **_source(reader),
        nature=reader.one_of("nature", packs.NATURES),
        media=_media(reader),
        override=reader.one_of("override", tuple(sorted(facts.CONSENTS))) if "override" in reader.table else None,
        **_conditions(reader),
    )


def _duty(reader: _Reader) -> Duty:
    reader.only(SOURCE_KEYS | {"topic", "values"})
    values = reader.section("values", {})
    topic = reader.one_of("topic", packs.TOPICS)
    if topic in CHECKS:
        CHECKS[topic](values)
    return Duty(**_source(reader), topic=topic, values=dict(values.table))


def _check_terms(values: _Reader, *, figures: Sequence[str], which: str, of: Sequence[str]) -> None:
    """The figures by which something is answered: a term that cannot be read would be a term that nobody keeps.

    which : the key that says of which alone it speaks, words of `of`
    """
    for name in figures:
        if name in values.table:
            values.count(name, least=1, most=complaint_terms.TERM_MAX)
    if which in values.table:
        values.some_of(which, frozenset(of))


def _check_retention(values: _Reader) -> None:
    """How long what is kept, and from when: all three, or none where the law gives no term; days of strangers apart."""
    if retention_terms.STRANGER_DAYS in values.table:
        values.count(retention_terms.STRANGER_DAYS, least=1, most=retention_terms.STRANGER_DAYS_MAX)
    if not any(name in values.table for name in retention_terms.FIGURES):
        return
    values.count(retention_terms.YEARS, least=1, most=retention_terms.YEARS_MAX)
    values.some_of(retention_terms.KEEPS, frozenset(retention_terms.KINDS))
    values.one_of(retention_terms.FROM, retention_terms.STARTS)


#: Topic → what checks the figures of its duties, by which dates are made.
CHECKS: Mapping[str, Callable[[_Reader], None]] = {
    complaint_terms.TOPIC: partial(
        _check_terms,
        figures=complaint_terms.FIGURES,
        which=complaint_terms.INTAKES_KEY,
        of=complaint_terms.INTAKES,
    ),
    retention_terms.TOPIC: _check_retention,
    request_terms.TOPIC: partial(
        _check_terms, figures=request_terms.FIGURES, which=request_terms.REQUESTS_KEY, of=request_terms.REQUESTS
    ),
}


def _source(reader: _Reader) -> dict[str, Any]:
    """Whose rule it is, since when, how sure we are, and what it says."""
    effective = reader.day("effective")
    expired = reader.day("expired") if "expired" in reader.table else None
    if expired is not None and expired <= effective:
        raise reader.wrong("expired", "is not after effective")
    return {
        "rule_id": reader.text("id"),
        "citation": reader.text("citation"),
        "author": reader.one_of("author", packs.AUTHORS),
        "effective_on": effective,
        "expired_on": expired,
        "confidence": reader.one_of("confidence", packs.CONFIDENCES),
        "text_zh": reader.text("text_zh"),
        "text_en": reader.text("text_en"),
    }


def _conditions(reader: _Reader) -> dict[str, Any]:
    """Of which contacts the rule speaks; a condition that is left out leaves none out."""
    vocabularies = {
        "purposes": facts.PURPOSES,
        "relations": facts.RELATIONS,
        "initiators": facts.INITIATORS,
        "collectors": facts.COLLECTORS,
        "while_status": facts.STATUSES,
        "unless_status": facts.STATUSES,
    }
    told = {key: reader.some_of(key, words) for key, words in vocabularies.items() if key in reader.table}
    days = {key: reader.count(key, least=0) for key in ("dpd_from", "dpd_to") if key in reader.table}
    if days.get("dpd_from", 0) > days.get("dpd_to", COUNT_MAX):
        raise reader.wrong("dpd_to", "is less than dpd_from")
    if told.get("while_status", frozenset()) & told.get("unless_status", frozenset()):
        raise reader.wrong("unless_status", "must not name a status of while_status")
    flags = {key: reader.flag(key) for key in ("disclosing", "if_told") if key in reader.table}
    return {**told, **days, **flags}


def _media(reader: _Reader) -> frozenset[str]:
    chosen = reader.some_of("media", facts.CHANNELS | {"ANY"})
    return facts.CHANNELS if "ANY" in chosen else chosen


def _ban(reader: _Reader, **shared: Any) -> Rule:
    return Ban(**shared)


def _staff(reader: _Reader, **shared: Any) -> Rule:
    if not STAFF_KEYS & reader.table.keys():
        raise reader.wrong("staff_min", "is needed, or staff_max, or both")
    most = reader.count("staff_max", least=1) if "staff_max" in reader.table else None
    least = reader.count("staff_min", least=1) if "staff_min" in reader.table else 1
    if most is not None and most < least:
        raise reader.wrong("staff_max", "is less than staff_min")
    return Staff(staff_min=least, staff_max=most, **shared)


def _notice(reader: _Reader, **shared: Any) -> Rule:
    by = reader.some_of("by", facts.WRITTEN)
    if by & shared["media"]:
        raise reader.wrong("by", "must not be among the media: the notice itself would wait for a notice")
    if not shared.get("if_told"):
        raise reader.wrong("if_told", "is needed: of a past that is not told in full no notice is known")
    return Notice(by=by, wait_days=reader.days("wait_days"), **shared)


def _hours(reader: _Reader, **shared: Any) -> Rule:
    opens, closes = reader.wall_time("opens"), reader.wall_time("closes")
    if opens > closes:
        raise reader.wrong("closes", "must not be earlier than opens on the same day")
    days = frozenset(packs.WEEKDAYS)
    if "days" in reader.table:
        days = reader.some_of("days", days | {packs.HOLIDAY})
    calendar = reader.text("calendar") if "calendar" in reader.table else ""
    if (packs.HOLIDAY in days) != bool(calendar):
        raise reader.wrong("calendar", "names whose public holidays are meant, and is given with the day HOLIDAY alone")
    if calendar and not calendars.is_known(calendar):
        raise reader.wrong("calendar", f"there is no calendar of {calendar!r}")
    return Hours(opens=opens, closes=closes, days=days, calendar=calendar, **shared)


def _limit(reader: _Reader, **shared: Any) -> Rule:
    unit = reader.one_of("unit", packs.UNITS)
    window = reader.one_of("window", WINDOWS)
    shared["media"] = _media_of(reader, shared["media"], unit)
    for key in (DAYS, MINUTES):
        if window == key and key not in reader.table:
            raise reader.wrong(key, f"is missing: the window is {key}")
        if window != key and key in reader.table:
            raise reader.wrong(key, f"belongs to the window {key}, and to no other")
    if ("block_after" in reader.table) != ("block_days" in reader.table):
        raise reader.wrong("block_after", "needs block_days, and block_days needs it")
    blocks = "block_after" in reader.table
    for key in {"after", "block_after"} & reader.table.keys():
        if shared["media"].isdisjoint(counting.channels_of(reader.one_of(key, packs.UNITS))):
            raise reader.wrong(key, "cannot come about through the media of this rule")
    words = facts.OUTCOMES | facts.PURPOSES
    excluded = reader.some_of("excluded", words) if "excluded" in reader.table else frozenset()
    if not any(counting.can_count(unit, channel, excluded) for channel in shared["media"]):
        raise reader.wrong("excluded", f"leaves nothing of the unit {unit!r} to count")
    return Limit(
        unit=unit,
        scope=reader.one_of("scope", packs.SCOPES),
        window="rolling" if window in (DAYS, MINUTES) else window,
        max=reader.count("max", least=0),
        rolling=_rolling(reader, window),
        excluded=excluded,
        after=reader.one_of("after", packs.UNITS) if "after" in reader.table else None,
        block_after=reader.one_of("block_after", packs.UNITS) if blocks else None,
        block_days=reader.days("block_days") if blocks else 0,
        **shared,
    )


def _media_of(reader: _Reader, media: frozenset[str], unit: str) -> frozenset[str]:
    """The channels through which the unit can come about. A channel that was named and cannot would seem capped."""
    able = media & counting.channels_of(unit)
    if not able or (media != facts.CHANNELS and able != media):
        amiss = ", ".join(sorted(media - able))
        raise reader.wrong("media", f"cannot bring about the unit {unit!r}: {amiss}")
    return able


def _rolling(reader: _Reader, window: str) -> timedelta | None:
    if window == DAYS:
        return timedelta(days=reader.days(DAYS))
    if window != MINUTES:
        return None
    rolling = timedelta(minutes=reader.count(MINUTES, least=1))
    if rolling > timedelta(days=packs.LOOKBACK_DAYS_MAX):
        raise reader.wrong(MINUTES, f"nothing is counted further back than {packs.LOOKBACK_DAYS_MAX} days")
    return rolling


STAFF_KEYS = frozenset({"staff_min", "staff_max"})
LIMIT_KEYS = {"unit", "scope", "window", "max", DAYS, MINUTES, "excluded", "after", "block_after", "block_days"}
KINDS: Mapping[str, tuple[Callable[..., Rule], frozenset[str]]] = {
    "ban": (_ban, frozenset()),
    "staff": (_staff, STAFF_KEYS),
    "notice": (_notice, frozenset({"by", "wait_days"})),
    "hours": (_hours, frozenset({"opens", "closes", "days", "calendar"})),
    "limit": (_limit, frozenset(LIMIT_KEYS)),
}
