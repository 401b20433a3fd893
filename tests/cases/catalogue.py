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


def aside() -> dict[str, str]:
    """Prefix of a case's id → why it is not replayed here."""
    table = tomllib.loads((Path(__file__).parent / "aside.toml").read_text(encoding="utf-8"))
    return dict(table["aside"])


def why_aside(case_id: str) -> str | None:
    """The reason of the longest prefix that fits."""
    fits = [prefix for prefix in aside() if case_id.startswith(prefix)]
    return aside()[max(fits, key=len)] if fits else None


def minor(amount: Any) -> int:
    """Major units as in the file → minor units, exactly."""
    scaled = Decimal(str(amount)) * 100
    assert scaled == scaled.to_integral_value(), amount
    return int(scaled)
