"""How strictly is a tape read? Loads `policies/tape.toml` (or a lender's own copy) into one frozen value."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path


@dataclass(frozen=True)
class TapePolicy:
    """The bounds and shares of `policies/tape.toml`; see the comments there."""

    version: str
    quarantined_share: float
    quarantined_rows: int
    quarantined_share_short: float
    quarantined_rows_short: int
    date_earliest: date
    date_latest: date
    birth_earliest: date
    id_characters: int
    code_characters: int
    text_characters: int
    apr_highest: float
    record_lines: int
    currency: str
    region: str
    zone: str
    kinds: tuple[str, ...]
    telephones: tuple[str, ...]
    relations: tuple[str, ...]
    fictitious: tuple[str, ...]
    languages: Mapping[str, str]
    channels: Mapping[str, str]

    def refuses(self, *, quarantined: int, read: int) -> bool:
        """Whether this many bad rows of a file refuse the tape."""
        many = quarantined >= self.quarantined_rows and quarantined > self.quarantined_share * read
        most = quarantined >= self.quarantined_rows_short and quarantined > self.quarantined_share_short * read
        return many or most


def load(path: Path | None = None) -> TapePolicy:
    """The policy in a file, or the one the product ships.

    path    : a TOML file shaped as policies/tape.toml
    returns : TapePolicy
    """
    source = path if path is not None else resources.files("arrears.policies") / "tape.toml"
    found = tomllib.loads(source.read_text(encoding="utf-8"))
    points = found["contact_points"]
    return TapePolicy(
        version=found["version"],
        **found["refusal"],
        **found["bounds"],
        **found["defaults"],
        kinds=tuple(points["kinds"]),
        telephones=tuple(points["telephones"]),
        relations=tuple(points["relations"]),
        fictitious=tuple(points["fictitious"]),
        languages=found["languages"],
        channels=found["channels"],
    )
