"""What stands sealed in a row (`fields.SealedField`): where it is sealed to, and how it is opened.

Called by the apps whose rows carry a note (`fields.NoteField`) or identity: they seal when they write a row, and open
when they show it to somebody who may see it.
"""

from __future__ import annotations

from django.db import models

from arrears.records.privacy import cipher, masking
from arrears.records.privacy.fields import SealedField


def context(model: type[models.Model], column: str, key: object) -> str:
    """The place to which a column is sealed in the row of this key."""
    field = model._meta.get_field(column)
    assert isinstance(field, SealedField), column
    return field.context(key)


def seal(model: type[models.Model], column: str, key: object, text: str) -> bytes | None:
    """Words as the row of this key keeps them."""
    return cipher.seal(text, context=context(model, column, key)) if text else None


def opened(row: models.Model, column: str) -> str:
    """The words of a row's column; blank when there are none. Raises cipher.UnableToOpen."""
    kept = getattr(row, column)
    return "" if kept is None else cipher.unseal(bytes(kept), context=context(type(row), column, row.pk))


def shown(row: models.Model, column: str) -> str:
    """As `opened`, for a page: it shows the rest when one note does not open."""
    try:
        return opened(row, column)
    except cipher.UnableToOpen:
        return masking.UNOPENED
