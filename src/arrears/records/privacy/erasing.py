"""Which rows hold which kind of a person's data, and what is left when it is deleted? Each app registers its own.

Called by `actions.erase_person`. The kinds are those of the retention schedule (`rules.compliance.retention_terms`). A
tidy test sees that every sealed column of the books stands in such a register: what nobody erases would stay for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models


@dataclass(frozen=True)
class Eraser:
    """One table's part of a kind.

    rows   : those that still hold something of the kind, whoever they are of
    person : the look-up that leads from a row to the customer's id
    blank  : columns and what stands in them afterwards; none = the rows themselves are deleted
    """

    kind: str
    rows: Callable[[], models.QuerySet[Any]]
    person: str
    blank: Mapping[str, object] = field(default_factory=dict)

    def holders(self) -> set[str]:
        """The customers of whom something of the kind stands here."""
        found = self.rows().exclude(**{self.person: None}).order_by()
        return set(found.values_list(self.person, flat=True).distinct())

    def count(self, customer_id: str) -> int:
        """How many rows of a customer hold something."""
        return self._mine(customer_id).count()

    def erase(self, customer_id: str) -> int:
        """Delete it, inside the caller's transaction; returns how many rows held something."""
        mine = self._mine(customer_id)
        return mine.update(**self.blank) if self.blank else mine.delete()[0]

    def _mine(self, customer_id: str) -> models.QuerySet[Any]:
        return self.rows().filter(**{self.person: customer_id})
