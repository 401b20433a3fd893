"""Does everything that is sealed open, and is it found where its index says? Reads all books and writes nothing.

Called by `arrears vault verify`, after a restored backup or when a page shows a field that does not open. Tells places
and numbers of keys, never a value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from arrears.records.privacy import cipher, fields, ring
from arrears.records.privacy.fields import SealedField, SealedTable

#: Rows fetched at a time, and between two pieces: transcripts are long.
FETCHED, CHUNK = 200, 5_000


@dataclass(frozen=True)
class Finding:
    """place : the context of the value ("people.person.name:C17"); fault : why it is none"""

    place: str
    fault: str


@dataclass(frozen=True)
class Found:
    """A piece of the books: how many values of a table were looked at so far, and what was newly found."""

    table: str
    values: int
    findings: tuple[Finding, ...]


def verify() -> Iterator[Found]:
    """Every sealed value of the books, a piece at a time."""
    finders = {key.number: key for key in ring.finders()}
    for table in fields.registered():
        yield from _verify(table, finders)


def _verify(table: SealedTable, finders: dict[int, ring.Opened]) -> Iterator[Found]:
    name, names = table.model._meta.db_table, [*table.watched, *table.beside]
    values, findings = 0, []
    for row, (key, *held) in enumerate(table.model._default_manager.values_list("pk", *names).iterator(FETCHED), 1):
        told = dict(zip(names, held, strict=True))
        for field in table.fields:
            if told[field.name] is not None:
                values += 1
                fault = _fault(field, key, told, finders)
                if fault:
                    findings.append(Finding(field.context(key), fault))
        if row % CHUNK == 0:
            yield Found(name, values, tuple(findings))
            findings.clear()
    yield Found(name, values, tuple(findings))


def _fault(field: SealedField, key: object, told: dict[str, Any], finders: dict[int, ring.Opened]) -> str:
    try:
        text = cipher.unseal(told[field.name], context=field.context(key))
    except cipher.UnableToOpen as refusal:
        return str(refusal)
    if field.index is None or not (index := told[field.index.column]):
        return ""
    finder = finders.get(cipher.index_key_of(index))
    if finder is None:
        return "Its index was made with an index key that is gone."
    kind, value = field.index.form(text, *(told[name] for name in field.index.beside))
    return "" if cipher.index_by(finder, kind, value) == index else "Its index is another value's."
