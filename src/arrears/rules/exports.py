"""How much may leave at once when a person asks for a copy of their data? From `policies/privacy.toml`.

Asked by `actions.subject_access`. It counts nothing itself; it says where the limits are.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from arrears.kernel.errors import InvalidInput
from arrears.rules import toml_tables


class WrongExports(InvalidInput):
    code = "wrong_exports"
    message = "{file}: {key}: {why}"


@dataclass(frozen=True)
class Limits:
    """an_hour : copies of one colleague within any sixty minutes; records_max : rows about one person"""

    an_hour: int
    records_max: int


class _Reader(toml_tables.Reader):
    refusal = WrongExports


def read(path: Path) -> Limits:
    """The limits of a file; raises WrongExports naming file, line and key."""
    top = _Reader.of_file(path)
    top.only(frozenset({"version", "export"}))
    export = top.section("export")
    export.only(frozenset({"an_hour", "records_max"}))
    return Limits(export.count("an_hour", least=1), export.count("records_max", least=1))
