"""Growing tables of numpy columns: the market's own memory of loans, payments, pauses and spending.

Rows are only ever appended; columns are changed in place. `Rows.as_arrays` and `Rows.from_arrays` are how a market is
saved and taken up again. This module knows nothing of lending.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: name → dtype, or (dtype, width) for a column of fixed-width lists.
Spec = Mapping[str, Any]


class Rows:
    """A table whose columns are read as `rows["name"]`: a writable view of the rows that exist."""

    def __init__(self, spec: Spec, capacity: int = 1024) -> None:
        self.spec = spec
        self.count = 0
        self._store = {name: np.zeros(_shape(kind, capacity), dtype=_dtype(kind)) for name, kind in spec.items()}

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._store[name][: self.count]

    def __len__(self) -> int:
        return self.count

    def append(self, **columns: Any) -> NDArray[np.int64]:
        """Add rows (columns not named are zero); returns their positions."""
        added = max(np.size(value) if np.ndim(value) < 2 else len(value) for value in columns.values())
        first = self.count
        self._reserve(first + added)
        self.count = first + added
        for name, value in columns.items():
            self._store[name][first : self.count] = value
        return np.arange(first, self.count)

    def keep(self, which: NDArray[np.bool_]) -> None:
        """Drop the rows that are not marked."""
        kept = int(which.sum())
        for name, column in self._store.items():
            column[:kept] = self[name][which]
            column[kept : self.count] = 0
        self.count = kept

    def as_arrays(self, prefix: str) -> dict[str, NDArray[Any]]:
        """The columns themselves, named `prefix.column`."""
        return {f"{prefix}.{name}": self[name] for name in self.spec}

    @classmethod
    def from_arrays(cls, spec: Spec, arrays: Mapping[str, NDArray[Any]], prefix: str) -> Rows:
        """The table that `as_arrays` wrote."""
        columns = {name: arrays[f"{prefix}.{name}"] for name in spec}
        rows = cls(spec, max(1024, len(next(iter(columns.values())))))
        if len(next(iter(columns.values()))):
            rows.append(**columns)
        return rows

    def _reserve(self, needed: int) -> None:
        capacity = len(next(iter(self._store.values())))
        if needed <= capacity:
            return
        larger = max(needed, 2 * capacity)
        for name, column in self._store.items():
            grown = np.zeros((larger, *column.shape[1:]), dtype=column.dtype)
            grown[: self.count] = column[: self.count]
            self._store[name] = grown


def _dtype(kind: Any) -> Any:
    return kind[0] if isinstance(kind, tuple) else kind


def _shape(kind: Any, capacity: int) -> tuple[int, ...]:
    return (capacity, kind[1]) if isinstance(kind, tuple) else (capacity,)
