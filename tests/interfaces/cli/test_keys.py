"""A key that is gone or another one stops every command with one line, and no new one is written."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.core import checks
from tests import market, nights

from arrears.records.people.models import Person
from arrears.records.privacy import cipher, keys

DAY = date(2026, 11, 23)
OTHER = b"f" * 64


def faults() -> list[checks.CheckMessage]:
    """What the system checks that look at the books say."""
    return checks.run_checks(tags=[checks.Tags.database], databases=["default"])


@pytest.fixture
def home(settings, tmp_path: Path) -> Path:
    """A home whose keys are files of its own."""
    settings.LAKE = tmp_path / "lake"
    settings.PARTITIONS = 1
    settings.SEALING_KEYS = {name: tmp_path / "keys" / f"{name}.key" for name in settings.SEALING_KEYS}
    return tmp_path


@pytest.mark.django_db
class TestBooksThatHoldSealedData:
    @pytest.fixture(autouse=True)
    def taken(self, home):
        nights.take(market.mixed(DAY, customers=8), home, DAY)

    @pytest.mark.parametrize(
        ("name", "what"), [("VAULT_KEY", "vault key"), ("PSEUDONYM_KEY", "pseudonym key"), ("AUDIT_KEY", "audit key")]
    )
    @pytest.mark.parametrize(("key", "fault"), [(None, "is missing"), (OTHER, "is not the one")])
    def test_no_command_begins_without_the_right_key(self, name, what, key, fault, home, settings, arrears):
        setattr(settings, name, key)
        people = list(Person.objects.order_by("pk").values())

        for words in (("night", "--as-of", DAY), ("ingest", home / f"tape-{DAY}", "--as-of", DAY, "--far")):
            code, _, told = arrears(*words)
            assert code == 1
            assert told.startswith(f"arrears: The {what} {fault}"), told
            assert str(settings.SEALING_KEYS[name]) in told

        assert not settings.SEALING_KEYS[name].exists()
        assert list(Person.objects.order_by("pk").values()) == people
        assert [one.id for one in faults()] == ["arrears.E002"]

    def test_the_right_keys_are_enough(self, home, arrears):
        assert arrears("night", "--as-of", DAY)[0] == 0
        assert faults() == []


@pytest.mark.django_db
class TestAHomeWithoutATape:
    """Perhaps the demo's was meant: a key for an empty home opens nothing."""

    WORDS = (("key", "issue", "core", "--scope", "payments:write"), ("staff", "add", "anna", "--role", "AGENT"))

    @pytest.mark.parametrize("words", WORDS)
    def test_is_named_when_a_key_or_a_person_is_made_in_it(self, words, home, settings, arrears):
        code, _, told = arrears(*words)
        assert (code, told.startswith(f"arrears: no tape has been taken into {settings.HOME} yet")) == (0, True)

    @pytest.mark.parametrize("words", WORDS)
    def test_is_not_spoken_of_once_a_tape_was_taken(self, words, home, arrears):
        nights.take(market.mixed(DAY, customers=8), home, DAY)
        code, _, told = arrears(*words)
        assert (code, told) == (0, "")


@pytest.mark.django_db
class TestNewBooks:
    def test_get_their_keys_once(self, home, settings, arrears):
        for name in settings.SEALING_KEYS:
            setattr(settings, name, None)

        tape = market.mixed(DAY, customers=8).write(home / "tape")
        assert arrears("ingest", tape, "--as-of", DAY, "--far")[0] == 0

        for name, path in settings.SEALING_KEYS.items():
            assert path.read_bytes() == getattr(settings, name)
            assert path.stat().st_mode & 0o777 == 0o600
        assert arrears("ingest", tape, "--as-of", DAY, "--far")[1].startswith(f"tape of {DAY}: known already")


@pytest.mark.django_db
def test_nothing_is_sealed_without_a_key(home, settings):
    settings.VAULT_KEY = None
    with pytest.raises(keys.KeyMissing, match="vault key is missing"):
        cipher.seal("林悦", context="people.person.name:C1")


def test_two_processes_that_make_a_key_agree_on_one(home):
    first = keys.write_new(home / "keys" / "x.key")

    assert keys.write_new(home / "keys" / "x.key") == first
    assert [path.name for path in (home / "keys").iterdir()] == ["x.key"]
