"""`arrears audit verify`: 0 where the trail stands as it was written, 1 where it does not, with each place named."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from tests.unguarded import unguarded

from arrears.actions import anchor_audit
from arrears.records.audit import operations
from arrears.records.audit.models import Event

AT = datetime(2026, 11, 26, 1, 30, tzinfo=UTC)
MANY = 25
#: Of the vault, one that seals and one that finds.
KEYS_MADE = 2


def tell() -> None:
    for number in range(MANY):
        operations.record("payment.taken", subject="C1", actor="user:3", at=AT, number=number)


@pytest.mark.django_db
class TestVerify:
    @pytest.fixture(autouse=True)
    def trail(self, settings, tmp_path: Path) -> None:
        settings.HOME = tmp_path
        tell()

    def test_a_trail_that_stands_ends_with_0(self, arrears):
        code, told, _ = arrears("audit", "verify")  # the first command of these books makes their keys, on record
        assert Event.objects.count() == MANY + KEYS_MADE
        assert (code, told) == (0, f"{MANY + KEYS_MADE} events verified; nothing to object to\n")

    def test_one_that_was_changed_ends_with_1_and_names_the_place(self, arrears):
        event = Event.objects.get(seq=8)
        with unguarded():
            Event.objects.filter(pk=event.pk).update(actor="user:4")
        code, told, _ = arrears("audit", "verify")
        assert (code, f"event {event.pk}: the event was altered" in told) == (1, True)
        code, told, _ = arrears("audit", "verify", "--json")
        finding = {"kind": "ALTERED", "lane": event.lane, "seq": 8, "event_id": event.pk}
        assert (code, json.loads(told)) == (1, {"events": MANY + KEYS_MADE, "findings": [finding]})

    def test_an_anchor_carried_elsewhere_is_asked_with_its_key(self, arrears, tmp_path):
        code, file, _ = arrears("audit", "anchor")
        _, key, _ = arrears("audit", "key")
        assert (code, Path(file.strip()).parent) == (0, tmp_path / anchor_audit.FOLDER)
        assert json.loads(Path(file.strip()).read_text())["public_key"] == key.strip()
        words = ("audit", "verify", "--anchors", Path(file.strip()).parent, "--public-key", key.strip())
        assert arrears(*words)[0] == 0
        with unguarded():
            Event.objects.filter(seq=8).update(actor="user:4", digest="0" * 64)
        assert arrears(*words)[0] == 1

    @pytest.mark.parametrize(
        "words", [("key",), ("check", "/nowhere"), ("export", "C1", "--out", "x", "--purpose", "LEGAL")]
    )
    def test_another_key_than_the_anchors_were_signed_with_is_refused(self, arrears, settings, words):
        arrears("audit", "anchor")
        settings.ANCHOR_KEY = b"f" * 32
        code, _, told = arrears("audit", *words)
        assert (code, "The anchor key is not the one" in told) == (1, True)

    @pytest.mark.parametrize("key", ["abc", "zz" * 32, "0" * 62])
    def test_what_is_no_key_is_refused(self, arrears, key):
        code, _, told = arrears("audit", "verify", "--public-key", key)
        assert (code, told) == (1, f"arrears: {key} is no public key: 64 hex digits are wanted.")


@pytest.mark.django_db
def test_evidence_that_was_never_signed_ends_with_1_as_the_help_says(arrears, tmp_path, settings):
    settings.HOME = tmp_path
    for name in ("evidence.json", "manifest.json"):
        (tmp_path / name).write_text("{}")
    code, _, err = arrears("audit", "check", tmp_path)
    assert (code, err.strip()) == (1, "arrears: manifest.json is not what was signed.")
    assert "ends with 1" in arrears("audit", "check", "--help")[1]


def test_a_folder_without_anchors_compares_nothing_and_is_refused(arrears, tmp_path):
    code, _, told = arrears("audit", "verify", "--anchors", tmp_path / "mistyped")
    assert (code, told.strip()) == (1, f"arrears: {tmp_path / 'mistyped'} holds no anchors")


@pytest.mark.django_db(transaction=True)
def test_several_processes_find_the_same(books_environment, tmp_path):
    tell()
    anchor_audit.anchor(tmp_path, at=AT)
    event = Event.objects.get(seq=20)
    with unguarded():
        Event.objects.filter(pk=event.pk).update(actor="user:4")
    command = [sys.executable, "-m", "arrears", "audit", "verify", "--jobs", "2", "--at-once", "4", "--json"]
    command += ["--anchors", str(tmp_path)]
    done = subprocess.run(
        command, env=books_environment, capture_output=True, text=True, check=False, cwd=settings.HOME
    )
    found = json.loads(done.stdout)
    assert (done.returncode, found["events"]) == (1, MANY + KEYS_MADE), done.stderr
    assert [one["event_id"] for one in found["findings"]] == [event.pk]
