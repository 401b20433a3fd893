"""Facts of an event as one text that is the same on every database: sorted keys, no spaces, ASCII."""

from __future__ import annotations

import json
from typing import Any

from django.db import models


def canonical(facts: object) -> str:
    """raises : ValueError, TypeError for what JSON cannot say, such as NaN"""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), allow_nan=False)


class CanonicalJson(models.TextField):
    """JSON kept as text, since a database's own JSON type would write it anew, and a digest covers what is stored."""

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Any:
        return None if value is None else json.loads(value)

    def to_python(self, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> str:
        return canonical(value)

    def value_to_string(self, obj: models.Model) -> str:
        return canonical(self.value_from_object(obj))
