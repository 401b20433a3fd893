"""The labels of speech, as `policies/speech/labels.toml` has them: how grave, by which rule, what to say instead."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

OK = "OK"
VIOLENCE, ARREST, IMPOSTURE, SHAME = "THREAT_VIOLENCE", "THREAT_ARREST", "IMPERSONATION", "PUBLIC_SHAME"
PRESSURE, DISCLOSURE = "THIRD_PARTY_PRESSURE", "THIRD_PARTY_DISCLOSURE"
RIGHTS, AMOUNT = "IGNORE_RIGHTS", "MISREP_AMOUNT"
HOURS, FREQUENCY = "IMPROPER_TIME_PLACE", "HARASS_FREQUENCY"


@dataclass(frozen=True)
class Label:
    """severity : 0–3; rules : law → rule id; advice : language (zh, en) → what to say instead"""

    code: str
    severity: int
    rules: Mapping[str, str]
    advice: Mapping[str, str]


def read(folder: Path) -> dict[str, Label]:
    """Every label by its code, in order of precedence; OK is last."""
    rows = tomllib.loads((folder / "labels.toml").read_text(encoding="utf-8"))["labels"]
    return {row["code"]: Label(row["code"], row["severity"], row["rule"], row["advice"]) for row in rows}
