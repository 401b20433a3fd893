"""When has a message failed because its number is nobody's, and how often must that happen?

`policies/dead_numbers.toml` says it. Asked by `actions.mark_dead_numbers`; it knows nothing of whose number it is, or
of what was sent there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from arrears.kernel.errors import InvalidInput
from arrears.rules import toml_tables


class WrongDeadNumbers(InvalidInput):
    code = "wrong_dead_numbers"
    message = "{file}: {key}: {why}"


@dataclass(frozen=True)
class Policy:
    """failures : so many in a row; codes : kind of channel → what it says of a number that does not exist"""

    failures: int
    codes: Mapping[str, frozenset[str]]

    def says_dead(self, *, vendor: str, code: str) -> bool:
        """Does this failure mean that there is no such number?"""
        return code in self.codes.get(vendor, ())


class _Reader(toml_tables.Reader):
    refusal = WrongDeadNumbers


def read(folder: Path) -> Policy:
    """dead_numbers.toml of a policy folder; raises WrongDeadNumbers naming file, line and key."""
    top = _Reader.of_file(folder / "dead_numbers.toml")
    top.only(frozenset({"version", "failures", "vendor"}))
    vendors = top.tables("vendor", named_by="kind")
    for vendor in vendors.values():
        vendor.only(frozenset({"kind", "codes"}))
    return Policy(
        failures=top.count("failures", least=1),
        codes={kind: frozenset(vendor.words("codes")) for kind, vendor in vendors.items()},
    )
