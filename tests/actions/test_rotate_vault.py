"""Keys of the vault changed under everybody's hands: nothing lost, all found, killed and gone on with."""

from __future__ import annotations

import dataclasses
import signal
import subprocess
import sys
import threading
import time

import pytest
from django.db import connection, transaction
from tests import cast

from arrears.actions import check_keys, rotate_vault
from arrears.kernel.identifiers import derived_id
from arrears.records.audit.models import Event
from arrears.records.contacts import sealed as words
from arrears.records.contacts import transcripts
from arrears.records.contacts.models import Contact
from arrears.records.people import indexing
from arrears.records.people import queries as people
from arrears.records.people.models import Person
from arrears.records.privacy import cipher, fields, queries, resealing, ring
from arrears.records.privacy.models import INDEX, SEAL
from arrears.records.webhooks import operations as webhooks

FIELDS = ("name", "id_number", "birth_on", "employer")
BOTH = (SEAL, INDEX)


def now():
    return cast.NOW


def rotate(*purposes: str) -> rotate_vault.Rotated:
    return rotate_vault.rotate(purposes, now=now, actor="tester", progress=lambda *_: None, settle=0.0)


def used() -> set[tuple[str, int]]:
    return set(queries.used())


def opened() -> dict[str, str]:
    """Every sealed value of the books by its context, whatever key it is under."""
    found = {}
    for table in fields.registered():
        for field in table.fields:
            for key, value in table.model.objects.exclude(**{field.name: None}).values_list("pk", field.name):
                found[field.context(key)] = cipher.unseal(value, context=field.context(key))
    return found


def person(customer_id: str, name: str, *, mobile: str) -> None:
    """Somebody with every field there is."""
    told = {"name": name, "id_number": f"31010119900101{mobile[-4:]}x", "birth_on": "1990-01-01", "employer": "某公司"}
    sealed = {
        f"{field}_sealed": cipher.seal(told[field], context=f"people.person.{field}:{customer_id}") for field in FIELDS
    }
    indexes = {
        "name_index": cipher.blind_index(*indexing.of_name(name)),
        "id_number_index": cipher.blind_index(*indexing.of_id_number(told["id_number"])),
    }
    cast.point(Person.objects.create(customer_id=customer_id, **sealed, **indexes), mobile)


def a_call(customer_id: str) -> str:
    """A call with a note and a transcript."""
    contact_id = derived_id("contact", customer_id)
    moments = dict.fromkeys(("planned_for", "not_before", "expires_at", "sent_at", "closed_at"), cast.NOW)
    Contact.objects.create(
        contact_id=contact_id,
        person_id=customer_id,
        contact_point_id=cast.own_point(customer_id),
        channel="CALL",
        purpose="COLLECT",
        status="DONE",
        as_of=cast.TODAY,
        timezone="Asia/Shanghai",
        text_sealed=cipher.seal("答应周五还款", context=words.text_context(contact_id)),
        **moments,
    )
    transcripts.keep(contact_id=contact_id, text="喂？" * 20_000, at=cast.NOW, actor="tester")
    return contact_id


def town(*, ready_first: bool = False) -> dict[str, str]:
    """Books with something in every sealed column; returns what they say."""
    if ready_first:
        check_keys.ready_keys(at=cast.NOW)
    for number, name in enumerate(("林悦", "裴安", "董诚", "o'Brien \\ \t{}")):
        person(f"C{number}", name, mobile=f"+861380000000{number}")
    Person.objects.create(customer_id="C-nameless")
    a_call("C0")
    webhooks.register(url="https://partner.example/hook", kinds=[], at=cast.NOW, actor="tester")
    check_keys.ready_keys(at=cast.NOW)
    return opened()


@pytest.mark.django_db
class TestRotate:
    def test_books_of_before_keys_had_numbers_are_moved_whole(self):
        before = town()
        assert used() == {(SEAL, 0), (INDEX, 0)}

        done = rotate(*BOTH)

        assert opened() == before
        assert used() == {(SEAL, 2), (INDEX, 1)}
        assert done.is_whole
        assert [(row.purpose, row.number) for row in done.retired] == [(SEAL, 1), (SEAL, 0), (INDEX, 0)]
        assert {name: count for name, count in done.moved.items() if count} == {
            "people_person": 4,
            "people_contactpoint": 4,
            "contacts_contact": 1,
            "contacts_transcript": 1,
            "webhooks_endpoint": 1,
        }

    def test_everybody_is_found_and_shown_afterwards(self):
        town(ready_first=True)
        rotate(*BOTH)
        for text, who in (("林悦", "C0"), ("13800000001", "C1"), ("310101199001010002X", "C2"), ("C3", "C3")):
            assert people.matching(text) == {who}
        assert people.heading(Person.objects.get(pk="C0")).name_masked == "林*"
        assert words.open_words(Contact.objects.get().pk, customer_id="C0", case_id="").text == "答应周五还款"

    def test_it_moves_to_another_algorithm(self, settings):
        before = town(ready_first=True)
        settings.VAULT = dataclasses.replace(settings.VAULT, algorithm="SM4-GCM")

        rotate(*BOTH)

        assert opened() == before
        newest = [(row.purpose, row.number, row.algorithm) for row in queries.all_keys() if row.is_newest]
        assert newest == [(SEAL, 2, "SM4-GCM"), (INDEX, 2, "HMAC-SM3")]
        assert people.matching("林悦") == {"C0"}

    def test_a_data_key_alone_leaves_the_indexes(self):
        town(ready_first=True)
        indexes = list(Person.objects.order_by("pk").values_list("name_index", flat=True))

        rotate(SEAL)

        assert list(Person.objects.order_by("pk").values_list("name_index", flat=True)) == indexes
        assert used() == {(SEAL, 2), (INDEX, 1)}

    def test_long_transcripts_are_moved_a_few_at_a_time(self, monkeypatch):
        check_keys.ready_keys(at=cast.NOW)
        for number in range(9):
            cast.borrower(f"C{number}")
            a_call(f"C{number}")
        before, looked = opened(), list[int]()

        def progress(table: str, done: int, total: int) -> None:
            if table == "contacts_transcript":
                looked.append(done)

        monkeypatch.setattr(resealing, "BATCH_FIRST", 2)
        monkeypatch.setattr(resealing, "BATCH_BYTES", 600_000)  # four of them
        rotate_vault.rotate((SEAL,), now=now, actor="tester", progress=progress, settle=0.0)

        assert looked == [2, 6, 9]
        assert opened() == before

    def test_nothing_left_to_move_changes_nothing(self):
        town(ready_first=True)
        rotate(*BOTH)
        rows = list(Person.objects.order_by("pk").values())

        assert sum(rotate().moved.values()) == 0
        assert list(Person.objects.order_by("pk").values()) == rows

    def test_it_is_on_record(self):
        town(ready_first=True)
        rotate(SEAL)

        events = Event.objects.filter(kind__startswith="vault.", actor="tester").order_by("id")
        assert list(events.values_list("kind", "subject_id")) == [
            ("vault.key_made", "data-key:2"),
            ("vault.key_retired", "data-key:1"),
            ("vault.moved", "vault"),
        ]
        assert events.last().data == {"broken": 0, "left": 0, "moved": 11}

    def test_what_does_not_open_stays_is_named_and_keeps_its_key(self):
        town(ready_first=True)
        stolen = Person.objects.get(pk="C1").name_sealed
        Person.objects.filter(pk="C0").update(name_sealed=stolen)

        done = rotate(SEAL)

        assert done.broken == [
            "people.Person C0: A sealed field could not be opened with data key 1: the value was moved or altered."
        ]
        assert bytes(Person.objects.get(pk="C0").name_sealed) == bytes(stolen)
        assert done.retired == []
        assert used() == {(SEAL, 1), (SEAL, 2), (INDEX, 1)}

    def test_a_key_is_taken_back_from_retirement_when_it_is_used_after_all(self):
        town(ready_first=True)
        late = bytes(Person.objects.get(pk="C0").name_sealed)
        rotate(SEAL)
        Person.objects.filter(pk="C0").update(name_sealed=late)

        assert people.heading(Person.objects.get(pk="C0")).name_masked == "林*"
        done = rotate()
        assert done.moved["people_person"] == 1
        assert used() == {(SEAL, 2), (INDEX, 1)}


@pytest.mark.django_db
class TestHalfWay:
    """Rows under both keys."""

    def test_a_search_finds_them_under_both_indexes(self):
        town(ready_first=True)
        person("C8", "林悦", mobile="+8613800000008")
        twice = "+8613800000000"
        rotate_vault.privacy.make(INDEX, at=cast.NOW)
        person("C9", "林悦", mobile="+8613800000009")
        cast.point(Person.objects.get(pk="C9"), twice)

        assert {index.partition(".")[0] for index in Person.objects.values_list("name_index", flat=True)} == {
            "1",
            "2",
            "",
        }
        assert people.matching("林悦") == {"C0", "C8", "C9"}
        assert people.matching(twice) == people.matching("13800000000") == {"C0", "C9"}

    def test_another_process_seals_by_the_new_key_and_reads_both(self):
        before = town(ready_first=True)
        # As another process holds them: the keys of a moment ago, for at most a second.
        held = ring._ring
        rotate_vault.privacy.make(SEAL, at=cast.NOW)
        ring._ring = held
        assert cipher.key_of(cipher.seal("x", context="y")) == 1

        held.until = 0.0

        assert cipher.key_of(cipher.seal("x", context="y")) == 2
        assert opened() == before


PEOPLE = 12_000


def crowd() -> dict[str, str]:
    """So many people that a rotation of them can be met on its way."""
    check_keys.ready_keys(at=cast.NOW)
    rows = []
    for number in range(PEOPLE):
        customer_id, name = f"C{number:06}", f"某{number}"
        sealed = cipher.seal(name, context=f"people.person.name:{customer_id}")
        index = cipher.blind_index(*indexing.of_name(name))
        rows.append(Person(customer_id=customer_id, name_sealed=sealed, name_index=index))
    Person.objects.bulk_create(rows, batch_size=2_000)
    return opened()


def under(number: int) -> int:
    """How many names are under a data key."""
    return queries.used().get((SEAL, number), 0)


@pytest.mark.django_db(transaction=True)
class TestKilled:
    def test_kill_9_half_way_loses_nothing_and_the_next_run_goes_on(self, books_environment, tmp_path):
        before = crowd()
        said = (tmp_path / "said.txt").open("wb")
        command = [sys.executable, "-m", "arrears", "vault", "rotate", "both"]
        process = subprocess.Popen(command, env=books_environment, stdout=said, stderr=said)
        try:
            _until(lambda: under(2) > 0 or process.poll() is not None)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
            said.close()

        ring.forget()
        assert 0 < under(2) < PEOPLE, (tmp_path / "said.txt").read_text()
        assert opened() == before
        assert people.matching("某7") == {"C000007"}
        assert people.matching(f"某{PEOPLE - 1}") == {f"C{PEOPLE - 1:06}"}

        again = subprocess.run(command, env=books_environment, capture_output=True, text=True)

        assert again.returncode == 0, again.stderr
        assert "finishing the rotation that was begun: values may be under data key 1, index key 1" in again.stderr
        assert "made: nothing; retired: data key 1, index key 1" in again.stdout
        ring.forget()
        assert used() == {(SEAL, 2), (INDEX, 2)}
        assert opened() == before
        assert people.matching(f"某{PEOPLE - 1}") == {f"C{PEOPLE - 1:06}"}


@pytest.mark.django_db(transaction=True)
class TestAWriterBeside:
    def test_what_is_written_during_a_rotation_stands(self):
        """By a process that still seals with the old key, as one may for a second: the worst of writers."""
        before = crowd()
        prepared = []
        for number in range(0, PEOPLE, 7):
            customer_id, name = f"C{number:06}", f"新{number}"
            sealed = cipher.seal(name, context=f"people.person.name:{customer_id}")
            prepared.append((customer_id, name, sealed, cipher.blind_index(*indexing.of_name(name))))
        wrote, halt = dict[str, str](), threading.Event()

        def write() -> None:
            try:
                for customer_id, name, sealed, index in prepared:
                    if halt.is_set():
                        return
                    Person.objects.filter(pk=customer_id).update(name_sealed=sealed, name_index=index)
                    wrote[f"people.person.name:{customer_id}"] = name
            finally:
                connection.close()

        writer = threading.Thread(target=write)
        writer.start()
        try:
            first = rotate(*BOTH)
        finally:
            halt.set()
            writer.join()
        assert wrote
        assert opened() == before | wrote

        rotate()

        assert first.broken == []
        assert used() == {(SEAL, 2), (INDEX, 2)}
        assert opened() == before | wrote
        for customer_id, name, *_ in (prepared[0], prepared[len(wrote) - 1]):
            assert people.matching(name) == {customer_id}

    def test_a_row_that_somebody_holds_is_left_and_named(self, monkeypatch):
        """On SQLite there is one writer, and the rotation waits for it."""
        before = town(ready_first=True)
        monkeypatch.setattr(rotate_vault, "WAIT_SECONDS", 0.05)
        holding, let_go = threading.Event(), threading.Event()
        name = cipher.seal("林月", context="people.person.name:C0")

        def hold() -> None:
            try:
                with transaction.atomic():
                    Person.objects.filter(pk="C0").update(name_sealed=name)
                    holding.set()
                    let_go.wait(20.0 if connection.vendor == "postgresql" else 0.5)
            finally:
                connection.close()

        holder = threading.Thread(target=hold)
        holder.start()
        try:
            assert holding.wait(10.0)
            done = rotate(SEAL)
        finally:
            let_go.set()
            holder.join()

        assert done.left == (1 if connection.vendor == "postgresql" else 0)
        assert done.is_whole == (connection.vendor == "sqlite")
        assert [row.number for row in done.retired] == ([] if done.left else [1])
        rotate()
        assert used() == {(SEAL, 2), (INDEX, 1)}
        assert opened() == before | {"people.person.name:C0": "林月"}


@pytest.mark.django_db(transaction=True)
def test_two_rotations_at_once_end_in_one_state(books_environment):
    before = crowd()
    command = [sys.executable, "-m", "arrears", "vault", "rotate"]
    started = [
        subprocess.Popen(command, env=books_environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(2)
    ]
    told = [process.communicate(timeout=120)[0] for process in started]

    ring.forget()
    newest = max(row.number for row in queries.all_keys() if row.purpose == SEAL)
    assert [process.returncode for process in started] in ([0, 0], [0, 1], [1, 0]), told
    rotate()
    assert used() == {(SEAL, newest), (INDEX, 1)}, told
    assert opened() == before


def _until(reached, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.005)
