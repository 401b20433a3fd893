"""In which time zones does a region live? From `policies/regions.toml`; asked by the gate.

A region code is ISO 3166: a country (`NG`) or a subdivision (`CN-31`). A country with several zones is listed by
subdivision only, so that its bare code stays unknown instead of being guessed; a subdivision that lies in several has
them all, and all of them bind.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from arrears.kernel.errors import InvalidInput
from arrears.rules import toml_lines


class WrongRegions(InvalidInput):
    code = "wrong_regions"
    message = "{file}: {key}: {why}"


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
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text).get("zones", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise WrongRegions(file=path.name, key="-", why=str(error)) from None
    if not isinstance(table, dict):
        raise WrongRegions(file=path.name, key="zones", why="must be a table")
    found: dict[str, tuple[str, ...]] = {}
    for code, value in table.items():
        names = value if isinstance(value, list) else [value]
        for name in names or [None]:
            if not isinstance(name, str) or not is_zone(name):
                place = toml_lines.Source(path.name, text).at(("zones", code))
                raise WrongRegions(file=place, key=f"zones.{code}", why=f"no such time zone: {name!r}")
        found[code] = tuple(names)
    return found
