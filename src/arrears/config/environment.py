"""Each environment variable read once, with its type; a wrong value is loud."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import dj_database_url
import httpx

from arrears.kernel.errors import InvalidInput

TIMEOUT_MAX = 120


class WrongSetting(InvalidInput):
    """An environment variable has a value that cannot be used."""

    code = "wrong_setting"


def text(name: str, default: str = "") -> str:
    return os.environ.get(name) or default


def is_set(name: str) -> bool:
    """Whether anybody chose a value."""
    return bool(os.environ.get(name))


def boolean(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, "").lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise WrongSetting(f"{name} must be yes or no, not {value!r}")


def integer(name: str, *, default: int) -> int:
    value = os.environ.get(name, "")
    try:
        return int(value) if value else default
    except ValueError:
        raise WrongSetting(f"{name} must be a whole number, not {value!r}") from None


def timeout(name: str) -> float:
    """So many seconds, ten when nothing is set."""
    seconds = integer(name, default=10)
    if not 1 <= seconds <= TIMEOUT_MAX:
        raise WrongSetting(f"{name} must be of 1 to {TIMEOUT_MAX} seconds, not {seconds}")
    return float(seconds)


def address(name: str) -> httpx.URL | None:
    """An HTTP address in which nothing stands that a log should not tell; None for anything else."""
    try:
        url = httpx.URL(text(name).strip())
    except (httpx.InvalidURL, ValueError):
        return None
    return url if url.scheme in ("http", "https") and url.host and not url.userinfo and not url.query else None


def choice(name: str, allowed: tuple[str, ...]) -> str:
    """One of a few words; the first of them when nothing is set."""
    value = os.environ.get(name) or allowed[0]
    if value not in allowed:
        raise WrongSetting(f"{name} must be {', '.join(allowed[:-1])} or {allowed[-1]}, not {value!r}")
    return value


def zone(name: str, *, default: str) -> str:
    """The name of a time zone that this machine knows."""
    value = os.environ.get(name) or default
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise WrongSetting(f"{name} must be a time zone such as {default}, not {value!r}") from None
    return value


def database(name: str, *, default: str) -> dj_database_url.DBConfig:
    """The database of a URL: PostgreSQL, or SQLite."""
    value = os.environ.get(name) or default
    scheme = value.partition(":")[0]
    if scheme not in {"postgres", "postgresql", "sqlite"}:  # the rest of it may hold a password
        raise WrongSetting(f"{name} must begin with postgres:// or sqlite://, not {scheme!r}")
    try:
        return dj_database_url.parse(value, conn_max_age=60)
    except ValueError as wrong:
        raise WrongSetting(f"{name} cannot be read: {wrong}") from None


def words(name: str, *, default: list[str]) -> list[str]:
    value = os.environ.get(name, "")
    return [word.strip() for word in value.split(",") if word.strip()] if value else default


def folder(name: str, *, default: str) -> Path:
    return Path(os.environ.get(name) or default).expanduser().resolve()


def make_home(home: Path) -> None:
    """The folder of this installation; raises WrongSetting where it cannot be made."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise WrongSetting(f"ARREARS_HOME {home} cannot be made: {error.strerror}") from None
