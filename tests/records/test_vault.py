"""Keys with numbers: what is sealed says by which, opens by that one alone, and a lost or wrong one is named."""

from __future__ import annotations

import dataclasses
import os

import pytest
from cryptography.hazmat.primitives import hashes
from django.apps import apps
from django.db import models
from tests import cast, kms_server

from arrears.actions import check_keys
from arrears.channels.kms_transit import adapter as kms_transit
from arrears.kernel.masters import MasterAway, MasterRefused
from arrears.records.audit.models import Event
from arrears.records.people import queries as people
from arrears.records.people.models import Person
from arrears.records.privacy import algorithms, cipher, fields, keys, operations, ring, wrapping
from arrears.records.privacy.models import INDEX, SEAL, VaultKey

PLACE = "people.person.name:C1"
OTHER = b"f" * 64


def ready() -> None:
    """As every command does when it begins."""
    check_keys.ready_keys(at=cast.NOW)


@pytest.fixture
def vault(settings):
    """Change the vault's settings: `vault(algorithm="SM4-GCM")`."""

    def change(**changes: object) -> None:
        settings.VAULT = dataclasses.replace(settings.VAULT, **changes)
        ring.forget()

    return change


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with kms_server.kms(tmp_path_factory.mktemp("kms")) as one:
        one.make("arrears")
        yield one


class TestSm4Gcm:
    def test_it_is_the_sm4_gcm_of_rfc_8998(self):
        """Appendix A.2.1 of RFC 8998."""
        key, nonce = bytes.fromhex("0123456789abcdeffedcba9876543210"), bytes.fromhex("00001234567800000000abcd")
        said = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
        plain = b"".join(bytes([byte]) * 8 for byte in (0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA))
        sealed = bytes.fromhex(
            "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
            "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
            "83de3541e4c2b58177e065a9bf7b62ec"
        )

        assert algorithms.Sm4Gcm(key).encrypt(nonce, plain, said) == sealed
        assert algorithms.Sm4Gcm(key).decrypt(nonce, sealed, said) == plain

    def test_hmac_sm3_is_two_hashes_of_sm3(self):
        """By RFC 2104, with the SM3 of the cryptography package, whose own tests hold the standard's vectors."""
        key = b"k" * 32
        inner, outer = ((key + bytes(32)).translate(bytes(byte ^ pad for byte in range(256))) for pad in (0x36, 0x5C))

        digest = algorithms.HASHES["HMAC-SM3"][1](key)(b"phone|+8613800000001")

        assert digest == _sm3(outer + _sm3(inner + b"phone|+8613800000001")).hex()


def _sm3(data: bytes) -> bytes:
    work = hashes.Hash(hashes.SM3())
    work.update(data)
    return work.finalize()


@pytest.mark.django_db
class TestNewBooks:
    @pytest.mark.parametrize("algorithm", ["AES-256-GCM", "SM4-GCM"])
    def test_a_value_says_its_key_and_opens(self, vault, algorithm):
        vault(algorithm=algorithm)
        ready()

        sealed = cipher.seal("林悦", context=PLACE)

        assert sealed[:5] == b"\x02\x00\x00\x00\x01"
        assert "林悦".encode() not in sealed
        assert cipher.unseal(sealed, context=PLACE) == "林悦"
        assert [(row.purpose, row.number) for row in operations.all_keys()] == [(SEAL, 1), (INDEX, 1)]
        assert operations.all_keys()[0].algorithm == algorithm

    def test_their_keys_are_made_once_and_put_on_record(self):
        ready()
        ready()

        made = Event.objects.filter(kind="vault.key_made").order_by("id").values_list("subject_id", flat=True)
        assert list(made) == ["data-key:1", "index-key:1"]

    def test_no_key_stands_in_the_books_unwrapped(self):
        ready()
        row = VaultKey.objects.get(purpose=SEAL)

        secret = wrapping.unwrap(operations._wrapped(row))

        assert len(secret) == 32
        assert secret not in bytes(row.wrapped)

    @pytest.mark.parametrize("algorithm", ["AES-256-GCM", "SM4-GCM"])
    @pytest.mark.parametrize("place", ["people.person.name:C2", "people.person.employer:C1"])
    def test_a_value_that_was_moved_does_not_open(self, vault, algorithm, place):
        vault(algorithm=algorithm)
        ready()
        with pytest.raises(cipher.UnableToOpen, match="data key 1: the value was moved"):
            cipher.unseal(cipher.seal("林悦", context=PLACE), context=place)

    @pytest.mark.parametrize("at", range(0, 39, 3))
    def test_a_value_that_was_altered_or_cut_does_not_open(self, at):
        ready()
        sealed = cipher.seal("林悦", context=PLACE)
        altered = sealed[:at] + bytes([sealed[at % len(sealed)] ^ 0x80]) + sealed[at + 1 :]

        for value in (altered, sealed[:at]):
            with pytest.raises(cipher.UnableToOpen):
                cipher.unseal(value, context=PLACE)


@pytest.mark.django_db
def test_a_field_that_was_altered_keeps_nobody_from_the_others():
    ready()
    person = cast.borrower(cast.PROMISES)
    stolen = cast.borrower(cast.PAYS).name_sealed
    Person.objects.filter(pk=person.pk).update(name_sealed=stolen)

    assert people.heading(Person.objects.get(pk=person.pk)).name_masked == "???"
    assert people.points_of(person.pk)[0].value_masked == "138****0002"
    assert people.heading(Person.objects.get(pk=cast.PAYS)).name_masked == "裴*"


@pytest.mark.django_db
class TestBooksOfBefore:
    """Sealed when there was one key, derived from the vault key itself."""

    @pytest.fixture
    def before(self):
        person = cast.borrower(cast.PROMISES)
        assert bytes(person.name_sealed)[:1] == cipher.FIRST_VERSION
        assert "." not in person.name_index
        return person

    def test_they_go_on_without_a_step_by_hand(self, before):
        ready()

        assert people.heading(Person.objects.get()).name_masked == "林*"
        assert people.matching("林悦") == people.matching("13800000002") == {cast.PROMISES}
        numbers = [(row.purpose, row.number) for row in operations.all_keys()]
        assert numbers == [(SEAL, 1), (SEAL, 0), (INDEX, 0)]
        assert cipher.key_of(cipher.seal("x", context=PLACE)) == 1

    def test_new_people_are_found_beside_old_ones(self, before):
        ready()
        cast.borrower(cast.PAYS)

        assert people.matching("裴安") == {cast.PAYS}
        assert people.matching("林悦") == {cast.PROMISES}

    def test_with_another_vault_key_nothing_begins(self, before, settings):
        settings.VAULT_KEY = OTHER
        with pytest.raises(keys.KeyWrong, match="vault key is not the one"):
            ready()
        assert not VaultKey.objects.exists()


@pytest.mark.django_db
class TestALostKey:
    def test_a_data_key_that_is_gone_is_named(self):
        ready()
        sealed = cipher.seal("林悦", context=PLACE)
        VaultKey.objects.filter(purpose=SEAL).delete()
        ring.forget()

        with pytest.raises(cipher.DataKeyLost, match="Data key 1 is gone"):
            cipher.unseal(sealed, context=PLACE)

    def test_no_command_begins_without_it(self):
        ready()
        cast.borrower()
        VaultKey.objects.all().delete()

        with pytest.raises(cipher.DataKeyLost, match="Data key 1 is gone"):
            ready()
        assert not VaultKey.objects.exists()

    def test_a_gap_in_the_numbers_is_named(self):
        ready()
        operations.make(SEAL, at=cast.NOW)
        operations.make(SEAL, at=cast.NOW)
        VaultKey.objects.filter(purpose=SEAL, number=2).delete()

        with pytest.raises(operations.VaultKeyLost, match="data key 2 is gone"):
            ready()

    @pytest.mark.parametrize(("given", "fault"), [(None, "is missing"), (OTHER, "is not the one")])
    def test_without_its_master_it_is_named_with_it(self, settings, given, fault):
        ready()
        settings.VAULT_KEY = given
        with pytest.raises((keys.KeyMissing, keys.KeyWrong), match=rf"vault key {fault}.* The data key 1 was wrapped"):
            ready()

    def test_a_row_that_was_moved_to_another_number_does_not_open(self):
        ready()
        operations.make(SEAL, at=cast.NOW)
        first = VaultKey.objects.get(purpose=SEAL, number=1)
        VaultKey.objects.filter(purpose=SEAL, number=2).update(wrapped=first.wrapped)

        with pytest.raises(wrapping.KeyForeign, match="data key 2"):
            ready()


@pytest.mark.django_db
class TestAMasterElsewhere:
    @pytest.fixture
    def transit(self, service, vault):
        service.mood = None
        service.lost.clear()
        there = {"base": service.base, "key": "arrears", "token": kms_server.TOKEN, "mount": "transit"}
        vault(master="transit", kms=there | {"authority": str(service.authority), "timeout": 5.0})
        return service

    def test_new_books_need_no_key_here(self, transit, settings, tmp_path):
        settings.VAULT_KEY = None
        settings.SEALING_KEYS = settings.SEALING_KEYS | {"VAULT_KEY": tmp_path / "vault.key"}
        ready()

        sealed = cipher.seal("林悦", context=PLACE)

        assert operations.all_keys()[0].master == "transit:arrears"
        assert cipher.unseal(sealed, context=PLACE) == "林悦"
        assert not (tmp_path / "vault.key").exists()

    def test_a_process_asks_once_a_key(self, transit):
        ready()
        transit.asked.clear()
        check_keys.check_keys()
        assert transit.asked == [("decrypt", "arrears")] * 2

        values = [cipher.seal(str(number), context=PLACE) for number in range(50)]
        assert [cipher.unseal(value, context=PLACE) for value in values] == [str(number) for number in range(50)]

        assert people.matching("林悦") == set()
        assert transit.asked == [("decrypt", "arrears")] * 2

    def test_while_it_is_away_nothing_begins_and_what_is_open_goes_on(self, transit):
        ready()
        sealed = cipher.seal("林悦", context=PLACE)
        transit.mood = 503

        assert cipher.unseal(sealed, context=PLACE) == "林悦"
        with pytest.raises(MasterAway, match="transit:arrears cannot be asked: HTTP 503"):
            ready()

    def test_books_of_a_local_key_are_taken_over(self, transit, vault):
        vault(master="local")
        ready()
        cast.borrower(cast.PROMISES)
        vault(master="transit")

        assert operations.rewrap() == ("transit:arrears", 2)
        ready()
        assert people.matching("林悦") == {cast.PROMISES}

    def test_a_new_version_of_the_services_key_wraps_all_and_the_old_one_may_go(self, transit, vault):
        ready()
        person = cast.borrower(cast.PROMISES)
        transit.make("arrears")
        assert operations.rewrap() == ("transit:arrears", 0)

        assert operations.rewrap(every=True) == ("transit:arrears", 2)
        transit.keys["arrears"][0] = os.urandom(32)
        ring.forget()
        ready()
        assert people.heading(Person.objects.get()).name_masked == "林*"
        assert bytes(Person.objects.get().name_sealed) == person.name_sealed

    @pytest.mark.parametrize(
        "deed", [lambda: operations.rewrap(every=True), lambda: operations.make(SEAL, at=cast.NOW)]
    )
    def test_what_it_could_not_open_again_is_not_kept(self, transit, deed):
        ready()
        rows = list(VaultKey.objects.order_by("pk").values_list("wrapped", flat=True))
        transit.lost["arrears"] = os.urandom(32)
        with pytest.raises(MasterRefused):
            deed()
        assert list(VaultKey.objects.order_by("pk").values_list("wrapped", flat=True)) == rows

    def test_a_master_that_opens_something_else_is_told(self, transit, monkeypatch):
        ready()
        monkeypatch.setattr(kms_transit.Transit, "unwrap", lambda *_: os.urandom(44))
        with pytest.raises(wrapping.MasterUnsound, match="transit:arrears gives back another data key 2"):
            operations.make(SEAL, at=cast.NOW)
        assert VaultKey.objects.count() == 2

    def test_books_of_another_master_are_refused_with_its_name(self, transit, vault):
        ready()
        vault(master="local")
        with pytest.raises(wrapping.KeyLocked, match="data key 1 was wrapped by the master key transit:arrears"):
            ready()


@pytest.mark.django_db
class TestAnotherMaster:
    def test_keys_are_wrapped_anew_and_values_stand(self, settings, vault):
        ready()
        person = cast.borrower(cast.PROMISES)
        before, settings.VAULT_KEY = settings.VAULT_KEY, os.urandom(32).hex().encode()
        vault(before=before)
        ready()

        name, count = operations.rewrap()

        assert (name, count) == (wrapping.LOCAL + keys.mark(settings.VAULT_KEY), 2)
        assert operations.rewrap() == (name, 0)
        vault(before=None)
        ready()
        after = Person.objects.get()
        assert bytes(after.name_sealed) == person.name_sealed
        assert people.heading(after).name_masked == "林*"

    def test_the_key_of_before_keys_had_numbers_comes_along(self, settings, vault):
        cast.borrower(cast.PROMISES)
        ready()
        before, settings.VAULT_KEY = settings.VAULT_KEY, OTHER
        vault(before=before)

        assert operations.rewrap()[1] == 3
        vault(before=None)
        assert people.heading(Person.objects.get()).name_masked == "林*"
        assert people.matching("林悦") == {cast.PROMISES}

    def test_a_key_that_does_not_open_stops_it_whole(self, settings, vault):
        ready()
        rows = list(VaultKey.objects.order_by("pk").values_list("wrapped", flat=True))
        settings.VAULT_KEY = OTHER
        ring.forget()
        with pytest.raises(keys.KeyWrong):
            operations.rewrap()
        assert list(VaultKey.objects.order_by("pk").values_list("wrapped", flat=True)) == rows


def test_every_binary_column_of_the_books_is_in_the_register_of_sealed_ones():
    """A rotation seals anew what the register names: a column that is left out would be lost with its key."""
    apart = {"privacy.VaultKey.wrapped"}  # wrapped by a master key, which `arrears vault rewrap` changes
    sealed = {f"{table.model._meta.label}.{field.name}" for table in fields.registered() for field in table.fields}
    columns = [(model, field) for model in apps.get_models() for field in model._meta.local_fields]
    binary = {f"{model._meta.label}.{field.name}" for model, field in columns if isinstance(field, models.BinaryField)}
    named = {f"{model._meta.label}.{field.name}" for model, field in columns if field.name.endswith("_sealed")}

    assert binary - apart == sealed
    assert named <= sealed
    assert len({field.place for table in fields.registered() for field in table.fields}) == len(sealed) >= 10


def test_every_index_column_of_the_books_is_in_the_register():
    indexed = {field.index.column for table in fields.registered() for field in table.fields if field.index}
    columns = {field.name for table in fields.registered() for field in table.model._meta.local_fields}

    assert {name for name in columns if name.endswith("_index")} == indexed
