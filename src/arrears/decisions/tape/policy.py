"""How strictly is a tape read? Loads `policies/tape.toml` (or a lender's own copy) into one frozen value."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any, NoReturn

from arrears.kernel.errors import InvalidInput
from arrears.rules import toml_lines

#: As long as the books' own columns are: what a tape may call an account or a channel, the books can hold.
BOOKS_HOLD = {"id_characters": 64, "code_characters": 64}


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
    unpacked_times: int
    currency: str
    region: str
    zone: str
    kinds: tuple[str, ...]
    telephones: tuple[str, ...]
    relations: tuple[str, ...]
    fictitious: tuple[str, ...]
    languages: Mapping[str, str]
    channels: Mapping[str, str]
    looked_for: tuple[str, ...]
    surnames: str
    surnames_words: str
    surnames_double: tuple[str, ...]
    trade: tuple[str, ...]

    def refuses(self, *, quarantined: int, read: int) -> bool:
        """Whether this many bad rows of a file refuse the tape."""
        many = quarantined >= self.quarantined_rows and quarantined > self.quarantined_share * read
        most = quarantined >= self.quarantined_rows_short and quarantined > self.quarantined_share_short * read
        return many or most


class WrongTapePolicy(InvalidInput):
    code = "wrong_tape_policy"
    message = "{place}: {key} {problem}"


def load(path: Path | None = None) -> TapePolicy:
    """The policy in a file, or the one the product ships.

    path    : a TOML file shaped as policies/tape.toml; what it leaves out is as shipped
    returns : TapePolicy
    raises  : WrongTapePolicy, naming file and line
    """
    shipped = tomllib.loads((resources.files("arrears.policies") / "tape.toml").read_text(encoding="utf-8"))
    found = shipped if path is None else _own(path, shipped)
    points, personal = found["contact_points"], found["personal"]
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
        looked_for=tuple(personal["looked_for"]),
        surnames=personal["surnames"],
        surnames_words=personal["surnames_words"],
        surnames_double=tuple(personal["surnames_double"]),
        trade=tuple(personal["trade"]),
    )


def _own(path: Path, shipped: dict[str, Any]) -> dict[str, Any]:
    """A lender's file over the shipped one, section by section; `languages` and `channels` are the lender's words."""
    try:
        text = path.read_text(encoding="utf-8")
        own = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise WrongTapePolicy(place=path.name, key="the file", problem=f"cannot be read: {wrong}") from None
    source = toml_lines.Source(path.name, text)
    made = dict(shipped)
    for section, value in own.items():
        _check(source, (section,), value, shipped.get(section))
        if isinstance(value, dict):
            words = section in {"languages", "channels"}
            for key, inner in value.items():
                _check(source, (section, key), inner, "" if words else shipped[section].get(key))
            made[section] = value if words else {**shipped[section], **value}
        else:
            made[section] = value
    return made


def _check(source: toml_lines.Source, at: tuple[str, ...], value: object, shipped: object) -> None:
    """A value must be of the shipped one's kind; a whole number may stand where a share does."""

    def refuse(problem: str) -> NoReturn:
        raise WrongTapePolicy(place=source.at(at), key=".".join(at), problem=problem)

    if shipped is None:
        refuse("is not a key of a tape policy")
    if type(value) is not type(shipped) and not (type(value) is int and isinstance(shipped, float)):
        refuse(f"must be of the kind of {shipped!r}, not {value!r}" if not isinstance(shipped, dict) else "is a table")
    if isinstance(value, list) and not all(isinstance(one, str) for one in value):
        refuse(f"must be a list of words, not {value!r}")
    if isinstance(value, int | float) and value < 0:
        refuse(f"must not be below zero, not {value!r}")
    if isinstance(value, int) and value > (most := BOOKS_HOLD.get(at[-1], value)):
        refuse(f"must be at most {most}, which is what the books hold, not {value!r}")
