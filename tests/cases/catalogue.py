"""Where the cases of public lending systems are, and which of them speak of something that is not ageing."""

from __future__ import annotations

import json
import os
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("ARREARS_CASES", Path(__file__).resolve().parents[3] / "shared" / "cases"))
ABSENT = f"no cases at {FOLDER}: set ARREARS_CASES to the folder with the public systems' cases to replay them"


def paths() -> list[Path]:
    return sorted(FOLDER.glob("*.json")) if FOLDER.is_dir() else []


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def aside(among: str = "cases") -> dict[str, str]:
    """Why cases, or single expectations of replayed ones, are not compared here."""
    return dict(tomllib.loads((Path(__file__).parent / "aside.toml").read_text(encoding="utf-8"))[among])


def why_aside(name: str, *, among: str = "cases") -> str | None:
    """The reason: of the longest prefix of a case's id that fits, or of an expectation `PREFIX/EXPECT`."""
    case_id, _, expect = name.partition("/")
    fits = {
        prefix: reason
        for prefix, reason in aside(among).items()
        if case_id.startswith(prefix.partition("/")[0]) and prefix.partition("/")[2] == expect
    }
    return fits[max(fits, key=len)] if fits else None


def minor(amount: Any) -> int:
    """Major units as in the file → minor units, exactly."""
    scaled = Decimal(str(amount)) * 100
    assert scaled == scaled.to_integral_value(), amount
    return int(scaled)
