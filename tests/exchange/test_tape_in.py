"""A tape's people go to the vault sealed, everything else to the lake; once, and only what changed."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from django.utils import translation
from tests import cast, market, nights

from arrears.decisions.lake import Lake
from arrears.decisions.schemas import tape as schemas
from arrears.decisions.tape import csv_source, spool
from arrears.interfaces.ui import sentences
from arrears.records.people.models import ContactPoint, Person
from arrears.records.privacy import cipher
from arrears.records.privacy import operations as privacy
from arrears.records.runs.models import TapeIngest

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.LAKE = tmp_path / "lake"
    settings.PARTITIONS = 2


def tape(name: str = "林悦") -> market.Tape:
    made = market.Tape()
    made.customer("C1", mobile="13800000002", name=name)
    made.customer("C2")
    for number in (1, 2):
        made.account(f"A{number}", f"C{number}", first_due=DAY)
    return made


class TestTakingATape:
    def test_seals_names_and_numbers(self, tmp_path):
        nights.take(tape(), tmp_path, DAY)

        person = Person.objects.get(customer_id="C1")
        assert cipher.unseal(person.name_sealed, context="people.person.name:C1") == "林悦"
        assert person.name_index == cipher.blind_index("name", "林悦")
        point = ContactPoint.objects.get()
        context = f"people.contact_point.value:{point.contact_point_id}"
        assert cipher.unseal(point.value_sealed, context=context) == "+8613800000002"
        assert point.value_index == cipher.blind_index("phone", "+8613800000002")

    def test_keeps_the_day_on_which_each_was_first_told_of(self, tmp_path):
        nights.take(tape(), tmp_path, DAY)
        later = tape("林月")
        later.customer("C3")
        nights.take(later, tmp_path, DAY + timedelta(days=1))

        told = dict(Person.objects.values_list("customer_id", "told_on"))
        assert told == {"C1": DAY, "C2": DAY, "C3": DAY + timedelta(days=1)}

    def test_leaves_no_trace_of_a_person_in_the_lake(self, tmp_path):
        nights.take(tape(), tmp_path, DAY)

        lake = b"".join(path.read_bytes() for path in Path(tmp_path / "lake").rglob("*") if path.is_file())
        frames = "".join(
            str(Lake(tmp_path / "lake").read(name, DAY).rows()) for name in ("customers", "contact_points")
        )
        for secret in ("林悦", "13800000002"):
            assert secret.encode() not in lake
            assert secret not in frames

    @pytest.mark.parametrize(("told", "kept"), [("zh-Hans", "zh-hans"), ("en", "en"), ("", ""), ("fr", "")])
    def test_a_language_that_is_not_told_is_unknown(self, tmp_path, told, kept):
        made = tape()
        made.rows["customers"][0]["language"] = told
        nights.take(made, tmp_path, DAY)

        language = Person.objects.get(customer_id="C1").language
        assert language == kept
        with translation.override("en"):
            assert kept or sentences.language(language) == "Unknown language"

    def test_makes_a_person_of_every_customer_even_without_a_name(self, tmp_path):
        made = tape()
        for row in made.rows["customers"]:
            del row["name"]
        nights.take(made, tmp_path, DAY)

        assert Person.objects.count() == 2
        assert not Person.objects.exclude(name_sealed=None).exists()

    def test_the_same_tape_again_changes_nothing(self, tmp_path):
        nights.take(tape(), tmp_path, DAY)
        lake, people = nights.lake_bytes(), list(Person.objects.values())

        again = nights.take(tape(), tmp_path, DAY)

        assert again.was_known
        assert nights.lake_bytes() == lake
        assert list(Person.objects.values()) == people
        assert TapeIngest.objects.count() == 1

    def test_the_next_tape_seals_anew_only_what_changed(self, tmp_path):
        nights.take(tape(), tmp_path, DAY)
        before = {person.customer_id: bytes(person.name_sealed) for person in Person.objects.all()}

        taken = nights.take(tape("林月"), tmp_path, DAY + timedelta(days=1))

        after = {person.customer_id: bytes(person.name_sealed) for person in Person.objects.all()}
        counts = {"people_new": 0, "people_changed": 1, "points_new": 0, "points_changed": 0, "people_gone": 0}
        assert taken.report["vault"] == counts
        assert after["C2"] == before["C2"]
        assert cipher.unseal(after["C1"], context="people.person.name:C1") == "林月"

    def test_what_is_under_an_older_key_is_sealed_and_indexed_by_the_new_one(self, tmp_path):
        """Written back as it was read, it would undo what a rotation does meanwhile."""
        privacy.ensure(at=cast.NOW)
        nights.take(tape(), tmp_path, DAY)
        for purpose in ("SEAL", "INDEX"):
            privacy.make(purpose, at=cast.NOW)

        nights.take(tape(), tmp_path, DAY + timedelta(days=1))

        person = Person.objects.get(customer_id="C1")
        assert cipher.key_of(bytes(person.name_sealed)) == 2
        assert person.name_index.startswith("2.")
        assert cipher.unseal(person.name_sealed, context="people.person.name:C1") == "林悦"


def test_ingest_leaves_nothing_of_its_spool_and_sweeps_up_after_a_killed_one(
    settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_source, "PIECE_BYTES", 150)
    monkeypatch.setattr(spool.Place, "takes", lambda self, paths: True)
    (settings.LAKE / ".spool-999999999-left").mkdir(parents=True)
    made = market.mixed(DAY)

    taken = nights.take(made, tmp_path, DAY)

    assert list(settings.LAKE.glob(".spool-*")) == []
    rows = pl.concat([Lake(settings.LAKE).read("instalments", DAY, part) for part in range(2)])
    assert rows.height == len(made.rows["instalments"])
    assert dict(rows.schema) == dict(schemas.INSTALMENTS)
    assert nights.take(made, tmp_path, DAY).was_known
    assert not taken.was_known
