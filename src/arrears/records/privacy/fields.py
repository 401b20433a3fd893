"""A column of sealed values: it knows its place, so that whoever walks the books finds every one of them.

The register of sealed columns is the models themselves: `registered` asks Django for every `SealedField`. A rotation
seals what it finds there anew, and a test sees that no binary column of the books is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models


@dataclass(frozen=True)
class Index:
    """Where the blind index of a sealed column stands, and what is hashed.

    column : of the same row; beside : columns whose values tell how, handed to `form` after the opened value
    form   : (opened value, *beside) → (kind of index, normalised value), as `cipher.blind_index` takes them
    """

    column: str
    form: Callable[..., tuple[str, str]]
    beside: Sequence[str] = ()


class SealedField(models.BinaryField):  # type: ignore[type-arg]
    """place : what its values are sealed for, with the row's key after it ("people.person.name" + ":C17")"""

    def __init__(self, place: str = "", *, index: Index | None = None, **options: Any) -> None:
        self.place, self.index = place, index
        super().__init__(**options)

    def context(self, key: object) -> str:
        """The context of the value in the row of this key."""
        return f"{self.place}:{key}"

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """To the database it is a binary column, and migrations say so."""
        name, _, args, options = super().deconstruct()
        return name, "django.db.models.BinaryField", args, options


class NoteField(SealedField):
    """What a colleague wrote about a person: it is read wherever its row is, by whoever may see that one.

    Its column is called as the words are, with `_sealed` after it; blank words are no value at all.
    """

    @property
    def words_name(self) -> str:
        return self.name.removesuffix("_sealed")


@dataclass(frozen=True)
class SealedTable:
    """A model with its sealed columns."""

    model: type[models.Model]
    fields: tuple[SealedField, ...]

    @property
    def watched(self) -> list[str]:
        """The sealed columns, and those where their blind indexes stand."""
        indexes = [field.index.column for field in self.fields if field.index is not None]
        return [*(field.name for field in self.fields), *indexes]

    @property
    def beside(self) -> list[str]:
        """The columns that tell how an index is made."""
        return [name for field in self.fields if field.index is not None for name in field.index.beside]


def registered() -> Iterator[SealedTable]:
    """Every table of the books that holds sealed values."""
    for model in apps.get_models():
        found = tuple(field for field in model._meta.local_fields if isinstance(field, SealedField))
        if found:
            yield SealedTable(model, found)


def any_sealed() -> tuple[bytes, str] | None:
    """One sealed value and its context, to try a key on; None while nothing is sealed."""
    columns = [(table.model, field) for table in registered() for field in table.fields]
    # Those that may be empty come last: a value of theirs is perhaps looked for in the whole table.
    for model, field in sorted(columns, key=lambda column: column[1].null):
        rows = model._default_manager.exclude(**{field.name: None}).order_by("pk")
        row = rows.values_list("pk", field.name).first()
        if row is not None:
            return bytes(row[1]), field.context(row[0])
    return None
