"""Lock the identity of a tape's customers away: people and contact points, every identifying field sealed.

Called by tape_in inside its transaction. A field is sealed anew only when its plain text changed or its key is an
older one, so taking the same tape in again writes nothing. Plain values live only in the frames given; nothing here
logs or returns one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial

import polars as pl
from django.db.models import Q

from arrears.exchange import staging
from arrears.records import bulk
from arrears.records.people import indexing
from arrears.records.people.models import ContactPoint, Person
from arrears.records.privacy import cipher, ring
from arrears.records.privacy.models import INDEX, SEAL
from arrears.records.rights import corrections

SEALED = ("name", "id_number", "birth_on", "employer")
INDEXED = {"name": indexing.of_name, "id_number": indexing.of_id_number}
#: The vault is worked through in pieces of so many people, so memory stays flat.
PIECE = 50_000
LOOKUP = 500
LANGUAGES = {"zh-Hans": "zh-hans", "en": "en"}
#: Kinds of the tape that people call by another word in the books.
KINDS = {"LANDLINE": "PHONE"}

Row = dict[str, object]
Stored = dict[str, Row]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Kept:
    """How many people and contact points were new or changed.

    people_gone : of the tape, whose identity was deleted here and stays so
    """

    people_new: int = 0
    people_changed: int = 0
    points_new: int = 0
    points_changed: int = 0
    people_gone: int = 0

    def as_dict(self) -> dict[str, int]:
        """Counts for the report."""
        return asdict(self)

    def __add__(self, other: Kept) -> Kept:
        return Kept(**{name: count + asdict(other)[name] for name, count in asdict(self).items()})


def keep(
    *, tables: Mapping[str, pl.DataFrame], identity: Mapping[str, pl.DataFrame], as_of: date, progress: Progress
) -> Kept:
    """Bring the people of a tape into the vault.

    tables   : schemas.tape tables; customers and contact_points are read
    identity : customers (customer_id and SEALED) and contact_points (contact_point_id, value …); either may be absent
    as_of    : the tape's business date, kept with whoever is new
    returns  : Kept; keeping the same tape again returns zeros

    Who was deleted stays deleted, whatever the tape still tells of them; until it tells of an account that was opened
    since: then they are a customer again.
    """
    _welcome_back(tables["accounts"])
    gone = _gone("erased_on")
    known = identity.get("customers", pl.DataFrame({"customer_id": []}, schema={"customer_id": pl.String}))
    people = tables["customers"].select("customer_id", "region_code", "language")
    people = people.join(known, on="customer_id", how="left", maintain_order="left")
    total = Kept(people_gone=people.filter(pl.col("customer_id").is_in(gone)).height)
    people = people.filter(~pl.col("customer_id").is_in(gone)).with_columns(told_on=pl.lit(as_of))
    for merged in _in_pieces(people, _stored_people, _people, _merge_people, partial(progress, "people")):
        total += Kept(people_new=merged.inserted, people_changed=merged.updated)
    if "contact_points" in identity:
        dates = tables["contact_points"].select("contact_point_id", "consented_on", "verified_on")
        points = identity["contact_points"].join(dates, on="contact_point_id", how="left", maintain_order="left")
        points = points.filter(~pl.col("customer_id").is_in(_gone("points_erased_on")))
        told = partial(progress, "contact points")
        for merged in _in_pieces(points, _stored_points, _points, _merge_points, told):
            total += Kept(points_new=merged.inserted, points_changed=merged.updated)
    return total


def _welcome_back(accounts: pl.DataFrame) -> None:
    """Who was deleted and has borrowed since is known again from this tape on."""
    erased = Person.objects.filter(Q(erased_on__isnull=False) | Q(points_erased_on__isnull=False))
    gone = {
        customer_id: max(day for day in days if day is not None)
        for customer_id, *days in erased.values_list("customer_id", "erased_on", "points_erased_on")
    }
    mine = accounts.filter(pl.col("customer_id").is_in(list(gone)))
    newest = mine.group_by("customer_id").agg(pl.col("opened_on").max()).rows()
    back = [customer_id for customer_id, opened_on in newest if opened_on >= gone[customer_id]]
    for some in bulk.keys_in_pieces(back):
        Person.objects.filter(customer_id__among=some).update(erased_on=None, points_erased_on=None)


def _gone(column: str) -> list[str]:
    """Of whom something was deleted and is not taken in again."""
    return list(Person.objects.filter(**{f"{column}__isnull": False}).values_list("customer_id", flat=True))


@dataclass(frozen=True)
class _Keys:
    """The keys in use, taken up once a piece: what is sealed beside the transaction asks nothing of the books."""

    seal: ring.Opened
    index: ring.Opened


def _in_pieces(
    rows: pl.DataFrame,
    stored: Callable[[pl.DataFrame], Stored],
    sealed: Callable[[pl.DataFrame, Stored, _Keys], pl.DataFrame],
    merge: Callable[[pl.DataFrame], staging.Merged],
    progress: Callable[[int, int], None],
) -> Iterator[staging.Merged]:
    """Seal each piece while the database takes the one before it: two cores work, and memory holds two pieces."""
    with ThreadPoolExecutor(1, thread_name_prefix="sealing") as beside:
        waiting: Future[pl.DataFrame] | None = None
        for number, piece in enumerate(rows.iter_slices(PIECE)):
            keys = _Keys(ring.newest(SEAL), ring.newest(INDEX))
            ahead = beside.submit(sealed, piece, stored(piece), keys)
            if waiting is not None:
                yield merge(waiting.result())
                progress(number * PIECE, rows.height)
            waiting = ahead
        if waiting is not None:
            yield merge(waiting.result())
            progress(rows.height, rows.height)


def _stored_people(piece: pl.DataFrame) -> Stored:
    """What stands in the vault, and of whom something was corrected, what is to stand there after this tape."""
    stored: Stored = {}
    wrong: dict[tuple[str, str], list[str]] = {}
    for ids in bulk.in_pieces(piece["customer_id"].to_list(), LOOKUP):
        found = Person.objects.filter(customer_id__in=ids)
        stored |= {row["customer_id"]: row for row in found.values("customer_id", *_sealed_columns())}
        wrong |= corrections.of_people(ids)
    for row in piece.iter_rows(named=True) if wrong else ():
        if before := stored.get(row["customer_id"]):
            texts = {name: _corrected(name, row, before, wrong) for name in SEALED}
            before |= {_as_corrected(name): text for name, text in texts.items()}
    return stored


def _as_corrected(name: str) -> str:
    return f"{name}_as_corrected"


def _people(piece: pl.DataFrame, stored: Stored, keys: _Keys) -> pl.DataFrame:
    rows = [_person(row, stored.get(str(row["customer_id"])), keys) for row in piece.iter_rows(named=True)]
    return pl.DataFrame(rows, schema=_PERSON, orient="row")


def _merge_people(frame: pl.DataFrame) -> staging.Merged:
    return staging.merge(Person, frame, key=["customer_id"], update=[name for name in _PERSON if name not in _KEPT])


#: Columns that the tape does not change once the person is there.
_KEPT = {"customer_id", "timezone", "told_on"}
_PERSON = {
    "customer_id": pl.String,
    "region_code": pl.String,
    "timezone": pl.String,
    "language": pl.String,
    "told_on": pl.Date,
    **{f"{name}_sealed": pl.Binary for name in SEALED},
    **{f"{name}_index": pl.String for name in INDEXED},
}


def _sealed_columns() -> Iterable[str]:
    return (f"{name}_sealed" for name in SEALED)


def _person(row: Row, stored: Row | None, keys: _Keys) -> tuple[object, ...]:
    customer_id = str(row["customer_id"])
    texts = {name: _text(row.get(name)) for name in SEALED}
    if stored:
        texts |= {name: str(stored[_as_corrected(name)]) for name in SEALED if _as_corrected(name) in stored}
    sealed = [_sealed(name, texts[name], customer_id, stored, keys.seal) for name in SEALED]
    forms = ((form, texts[name]) for name, form in INDEXED.items())
    indexes = [cipher.index_by(keys.index, *form(text)) if text else "" for form, text in forms]
    language = LANGUAGES.get(str(row["language"]), "")
    return (customer_id, row["region_code"] or "", "", language, row["told_on"], *sealed, *indexes)


def _corrected(name: str, row: Row, stored: Row, wrong: Mapping[tuple[str, str], list[str]]) -> str:
    """What the tape says; or what stands, where the tape says again what was corrected here."""
    text, customer_id = _text(row.get(name)), str(row["customer_id"])
    marks, kept = wrong.get((customer_id, name), ()), stored[f"{name}_sealed"]
    if kept is None or not corrections.is_known_wrong(marks, customer_id=customer_id, field=name, text=text):
        return text
    return cipher.unseal(bytes(kept), context=f"people.person.{name}:{customer_id}")  # type: ignore[call-overload]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _sealed(name: str, text: str, customer_id: str, stored: Row | None, key: ring.Opened) -> bytes | None:
    """The sealed value as it stands when it still says the same, under the key in use; otherwise sealed anew.

    One of an older key is never written back: a rotation may have moved it since it was read.
    """
    context = f"people.person.{name}:{customer_id}"
    before = stored[f"{name}_sealed"] if stored else None
    if not text:
        return None
    if before is not None:
        value: bytes = bytes(before)  # type: ignore[call-overload]
        if cipher.says(value, text, context=context, key=key):
            return value
    return cipher.seal_by(key, text, context=context)


_POINT = {
    "contact_point_id": pl.String,
    "person_id": pl.String,
    "kind": pl.String,
    "relation": pl.String,
    "value_sealed": pl.Binary,
    "value_index": pl.String,
    "consented_on": pl.Date,
    "verified_on": pl.Date,
}


def _stored_points(piece: pl.DataFrame) -> Stored:
    """An identifier is derived from the value, so a stored point never changes its value: only its dates may."""
    stored: Stored = {}
    for ids in bulk.in_pieces(piece["contact_point_id"].to_list(), LOOKUP):
        found = ContactPoint.objects.filter(contact_point_id__in=ids)
        stored |= {point_id: {} for point_id in found.values_list("contact_point_id", flat=True)}
    return stored


def _points(piece: pl.DataFrame, stored: Stored, keys: _Keys) -> pl.DataFrame:
    rows = [_point(row, keys, is_stored=row["contact_point_id"] in stored) for row in piece.iter_rows(named=True)]
    return pl.DataFrame(rows, schema=_POINT, orient="row")


def _merge_points(frame: pl.DataFrame) -> staging.Merged:
    return staging.merge(ContactPoint, frame, key=["contact_point_id"], update=["consented_on", "verified_on"])


def _point(row: Row, keys: _Keys, *, is_stored: bool) -> tuple[object, ...]:
    point_id, value = str(row["contact_point_id"]), str(row["value"])
    kind = KINDS.get(str(row["kind"]), str(row["kind"]))
    # A stored point is matched by its identifier alone; its seal is not made again only to be thrown away.
    sealed = b"" if is_stored else cipher.seal_by(keys.seal, value, context=f"people.contact_point.value:{point_id}")
    index = "" if is_stored else cipher.index_by(keys.index, *indexing.of_point(value, kind))
    return (point_id, row["customer_id"], kind, row["relation"], sealed, index, row["consented_on"], row["verified_on"])
