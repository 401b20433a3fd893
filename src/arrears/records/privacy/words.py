"""What a colleague wrote about a person, sealed in the row that it belongs to (`fields.NoteField`).

Called by the apps whose rows carry a note: they seal when they write a row, and open when they show it to somebody who
may see it.
"""

from __future__ import annotations

from django.db import models

from arrears.records.privacy import cipher, masking
from arrears.records.privacy.fields import NoteField


def seal(model: type[models.Model], column: str, key: object, text: str) -> bytes | None:
    """Words as the row of this key keeps them."""
    return cipher.seal(text, context=_field(model, column).context(key)) if text else None


def opened(row: models.Model, column: str) -> str:
    """The words of a row's column; blank when there are none. Raises cipher.UnableToOpen."""
    kept = getattr(row, column)
    return "" if kept is None else cipher.unseal(bytes(kept), context=_field(type(row), column).context(row.pk))


def shown(row: models.Model, column: str) -> str:
    """As `opened`, for a page: it shows the rest when one note does not open."""
    try:
        return opened(row, column)
    except cipher.UnableToOpen:
        return masking.UNOPENED


def _field(model: type[models.Model], column: str) -> NoteField:
    field = model._meta.get_field(column)
    assert isinstance(field, NoteField), column
    return field
