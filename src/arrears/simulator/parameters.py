"""What are the market's figures? Reads `policies/simulator/market.toml` and `targets.toml`; decides nothing.

Attribute access (`parameters.late.frailty_sigma`) mirrors the file; a table without a `source` is refused, so no figure
of the market is ever without its origin.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from arrears import policies
from arrears.kernel.errors import InvalidInput


class UnsourcedParameter(InvalidInput):
    code = "unsourced_parameter"
    message = "The table [{table}] of the market's parameters does not say where its figures come from."


def load(path: Path | None = None) -> SimpleNamespace:
    """The market's parameters, checked to be sourced; the shipped ones when no path is given."""
    return _load(path or policies.folder() / "simulator" / "market.toml")


@lru_cache(maxsize=8)
def _load(path: Path) -> SimpleNamespace:
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    for name, table in _leaves(tables):
        if "source" not in table:
            raise UnsourcedParameter(table=name)
    return _namespace(tables)


@lru_cache(maxsize=1)
def targets() -> dict[str, Any]:
    """The figures the market is fitted to or reported beside."""
    path = policies.folder() / "simulator" / "targets.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def names() -> dict[str, list[str]]:
    """The words that synthetic people are named with."""
    path = policies.folder() / "simulator" / "names.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _leaves(tables: dict[str, Any], prefix: str = "") -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    for name, value in tables.items():
        many = value if isinstance(value, list) else [value]
        for table in many:
            nested = any(isinstance(part, dict) for part in table.values())
            found += _leaves(table, f"{prefix}{name}.") if nested else [(prefix + name, table)]
    return found


def _namespace(value: Any) -> Any:
    if isinstance(value, dict):
        return SimpleNamespace(**{name: _namespace(part) for name, part in value.items()})
    if isinstance(value, list):
        return [_namespace(part) for part in value]
    return value
