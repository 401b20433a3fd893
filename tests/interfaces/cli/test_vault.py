"""The vault's keys from the command line: listed, changed, gone on with, wrapped anew; every "no" is one line."""

from __future__ import annotations

import dataclasses
import json
import os

import pytest
from django.core import checks
from tests import cast

from arrears.records.people.models import ContactPoint, Person
from arrears.records.privacy import cipher, operations, ring
from arrears.records.privacy.models import SEAL, VaultKey

pytestmark = pytest.mark.django_db
OTHER = b"f" * 64


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr("arrears.interfaces.cli.vault.SETTLE_SECONDS", 0.0)


def keys(arrears, *words: str) -> dict[str, dict[str, object]]:
    code, told, _ = arrears("vault", "list", "--json", *words)
    assert code == 0
    return {one["key"]: one for one in json.loads(told)}


def test_a_new_home_has_its_keys(arrears):
    code, told, _ = arrears("vault", "list")

    assert code == 0
    assert [line.split("  ")[0] for line in told.splitlines()] == ["data key 1", "index key 1"]
    assert "in use" in told.splitlines()[0]


def test_rotate_makes_moves_and_retires(arrears):
    arrears("vault", "list")
    cast.borrower(cast.PROMISES)

    code, told, _ = arrears("vault", "rotate")

    assert (code, told.splitlines()[0]) == (0, "made: data key 2; retired: data key 1")
    found = keys(arrears, "--count")
    assert {name: one["values"] for name, one in found.items()} == {
        "data key 2": 2,
        "data key 1": 0,
        "index key 1": 2,
    }
    assert found["data key 1"]["state"].startswith("retired")


def test_books_of_before_are_first_finished_and_then_changed(arrears):
    cast.borrower(cast.PROMISES)

    assert json.loads(arrears("vault", "rotate", "both", "--json")[1]) == {
        "made": [],
        "moved": {
            "signin_factor": 0,
            "people_person": 1,
            "people_contactpoint": 1,
            "rights_subjectrequest": 0,
            "rights_correction": 0,
            "contacts_contact": 0,
            "contacts_transcript": 0,
            "contacts_stranger": 0,
            "complaints_complaint": 0,
            "webhooks_endpoint": 0,
            "audit_words": 0,
            "cases_caseevent": 0,
            "cases_workitem": 0,
            "placements_placement": 0,
            "matters_legalstep": 0,
            "writeoffs_writeoff": 0,
            "compliance_consent": 0,
            "compliance_flag": 0,
            "rights_legalhold": 0,
        },
        "broken": [],
        "left": 0,
        "retired": ["data key 0"],
    }
    made = json.loads(arrears("vault", "rotate", "both", "--json")[1])["made"]
    assert made == ["data key 2", "index key 1"]


def test_a_new_key_can_be_asked_for_all_the_same(arrears):
    cast.borrower(cast.PROMISES)

    told = json.loads(arrears("vault", "rotate", "--new", "--json")[1])

    assert told["made"] == ["data key 2"]
    assert told["retired"] == ["data key 1", "data key 0"]


def test_what_does_not_open_ends_it_with_1_and_is_named(arrears):
    arrears("vault", "list")
    cast.borrower(cast.PROMISES)
    Person.objects.update(name_sealed=cipher.seal("林悦", context="somewhere else"))

    code, told, complained = arrears("vault", "rotate")

    assert code == 1
    assert told.startswith("made: data key 2; retired: nothing")
    assert complained == (
        "does not open: people.Person B-LIN: A sealed field could not be opened with data key 1:"
        " the value was moved or altered."
    )


class TestVerify:
    @pytest.fixture(autouse=True)
    def people(self, arrears):
        cast.borrower(cast.PROMISES)
        arrears("vault", "list")
        cast.borrower(cast.PAYS)

    def test_books_as_they_were_written_stand(self, arrears):
        assert arrears("vault", "verify")[:2] == (0, "4 values verified; nothing to object to\n")
        arrears("vault", "rotate", "both", "--new")
        assert arrears("vault", "verify")[:2] == (0, "4 values verified; nothing to object to\n")

    def test_a_value_of_another_row_and_an_index_of_another_value_are_named(self, arrears):
        lin, pei = Person.objects.order_by("pk")
        Person.objects.filter(pk=pei.pk).update(name_sealed=lin.name_sealed)
        ContactPoint.objects.filter(person=lin).update(value_index=ContactPoint.objects.get(person=pei).value_index)

        code, told, _ = arrears("vault", "verify", "--json")

        assert code == 1
        assert json.loads(told) == {
            "values": 4,
            "findings": [
                {
                    "place": "people.person.name:B-PEI",
                    "fault": "A sealed field could not be opened with data key 0: the value was moved or altered.",
                },
                {
                    "place": f"people.contact_point.value:{cast.own_point(cast.PROMISES)}",
                    "fault": "Its index is another value's.",
                },
            ],
        }

    def test_an_index_of_a_key_that_is_gone_is_named(self, arrears):
        Person.objects.filter(pk=cast.PAYS).update(name_index="7.0123456789abcdef0123456789abcd")

        code, told, _ = arrears("vault", "verify")

        assert code == 1
        assert told.splitlines()[0] == ("people.person.name:B-PEI: Its index was made with an index key that is gone.")


def test_a_lost_data_key_stops_it_with_its_number(arrears):
    arrears("vault", "list")
    cast.borrower(cast.PROMISES)
    VaultKey.objects.filter(purpose=SEAL).delete()

    for words in (("vault", "rotate"), ("vault", "list"), ("vault", "rewrap")):
        code, _, complained = arrears(*words)
        assert (code, complained) == (
            1,
            "arrears: Data key 1 is gone from the vault's keys: restore them from your backup of the database.",
        )


def test_rewrap_follows_the_master_key(arrears, settings):
    arrears("vault", "list")
    before, settings.VAULT_KEY = settings.VAULT_KEY, os.urandom(32).hex().encode()
    code, _, complained = arrears("vault", "rewrap")
    assert code == 1
    assert "vault key is not the one" in complained

    settings.VAULT = dataclasses.replace(settings.VAULT, before=before)
    code, told, _ = arrears("vault", "rewrap")
    assert (code, told.split(";")[0]) == (0, "2 keys wrapped anew")
    settings.VAULT = dataclasses.replace(settings.VAULT, before=None)
    assert arrears("vault", "rewrap")[1].startswith("0 keys wrapped anew")
    assert arrears("vault", "rewrap", "--every")[1].startswith("2 keys wrapped anew")


def test_a_key_that_is_named_to_no_purpose_is_a_word_too_many(arrears):
    assert arrears("vault", "rotate", "everything")[0] == 2


def test_the_check_says_when_keys_are_of_another_algorithm(arrears, settings):
    arrears("vault", "list")
    found = checks.run_checks(tags=[checks.Tags.database], databases=["default"])
    assert found == []
    settings.VAULT = dataclasses.replace(settings.VAULT, algorithm="SM4-GCM")

    (found,) = checks.run_checks(tags=[checks.Tags.database], databases=["default"])

    assert found.id == "arrears.W005"
    assert "AES-256-GCM, HMAC-SHA256" in found.msg
    arrears("vault", "rotate", "both")
    assert checks.run_checks(tags=[checks.Tags.database], databases=["default"]) == []


def test_the_check_names_a_lost_key(arrears, settings):
    arrears("vault", "list")
    operations.make(SEAL, at=cast.NOW)
    operations.make(SEAL, at=cast.NOW)
    VaultKey.objects.filter(purpose=SEAL, number=2).delete()
    ring.forget()

    (found,) = checks.run_checks(tags=[checks.Tags.database], databases=["default"])

    assert (found.id, found.msg) == (
        "arrears.E002",
        "The data key 2 is gone from the vault's keys: restore them from your backup of the database.",
    )
