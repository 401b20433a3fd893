"""In which time zones does a region live? From `policies/regions.toml`; asked by the gate.

A region code is ISO 3166: a country (`NG`) or a subdivision (`CN-31`). A country with several zones is listed by
subdivision only, so that its bare code stays unknown instead of being guessed; a subdivision that lies in several has
them all, and all of them bind.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from arrears.kernel.errors import InvalidInput
from arrears.rules import toml_tables


class WrongRegions(InvalidInput):
    code = "wrong_regions"
    message = "{file}: {key}: {why}"


class _Reader(toml_tables.Reader):
    refusal = WrongRegions


#: Names that a machine's database holds and that are no place's: its own zone, none at all, clocks with leap seconds.
NOBODYS = ("localtime", "posixrules", "Factory", "posix/", "right/")


@lru_cache(maxsize=1024)
def is_zone(name: str) -> bool:
    """Is this the name of a time zone, the same on every machine?"""
    if name.startswith(NOBODYS):
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def zones_of(region: str, zones: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The zones of a region code, else of its country; empty when neither is listed.

    example : zones_of("CN-31", {"CN": ("Asia/Shanghai",)}) -> ("Asia/Shanghai",); zones_of("US", …) -> ()
    """
    return zones.get(region) or zones.get(region.partition("-")[0]) or ()


def read(path: Path) -> dict[str, tuple[str, ...]]:
    """Region code → zones, from a file (one name, or a list of them); every zone must exist.

    raises  : WrongRegions naming file, line and key
    """
    zones = _Reader.of_file(path).section("zones", {})
    found: dict[str, tuple[str, ...]] = {}
    for code, value in zones.table.items():
        names = value if isinstance(value, list) else [value]
        for name in names or [None]:
            if not isinstance(name, str) or not is_zone(name):
                raise zones.wrong(code, f"no such time zone: {name!r}")
        found[code] = tuple(names)
    return found
