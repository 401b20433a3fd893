"""Whoever edits, deletes, adds or moves audit rows in the database is found out, each time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from tests import unguarded as past
from tests.unguarded import unguarded

from arrears.actions import anchor_audit, check_keys, manage_staff, verify_audit
from arrears.kernel.errors import Refusal
from arrears.records.audit import anchors, guards, operations
from arrears.records.audit.models import Anchor, Event, Lane
from arrears.records.privacy import keys

AT = datetime(2026, 11, 26, 1, 30, tzinfo=UTC)
MANY = 40


def tell(number: int, *, subject: str = "C1") -> None:
    at = AT + timedelta(microseconds=number * (number % 3))
    operations.record("payment.taken", subject=subject, actor="user:3", at=at, number=number, words="已付 ✓", share=0.5)


def kinds(folder: Path, **how: str) -> set[str]:
    return {finding.kind for finding in verify_audit.verify(folder, **how).findings}


@pytest.fixture
def trail(db, tmp_path: Path) -> Path:
    """A trail of MANY events, anchored half-way; the folder of its anchors."""
    for number in range(MANY):
        if number == MANY // 2:
            anchor_audit.anchor(tmp_path, at=AT)
        tell(number)
    return tmp_path


def at(place: int) -> Event:
    return Event.objects.order_by("id")[place]


def edit(**changes: object) -> Callable[[], None]:
    return lambda: Event.objects.filter(pk=at(7).pk).update(**changes)


def delete(*places: int) -> Callable[[], None]:
    return lambda: Event.objects.filter(pk__in=[at(place).pk for place in places]).delete()


def swap() -> None:
    """Two events change their places, digests and all."""
    one, other = at(5), at(6)
    Event.objects.filter(pk=one.pk).update(seq=10_000)
    Event.objects.filter(pk=other.pk).update(seq=one.seq, digest=one.digest)
    Event.objects.filter(pk=one.pk).update(seq=other.seq, digest=other.digest)


def swap_content() -> None:
    """Two events change what they tell."""
    one, other = at(5), at(6)
    Event.objects.filter(pk=one.pk).update(data=other.data, at=other.at)
    Event.objects.filter(pk=other.pk).update(data=one.data, at=one.at)


def swap_numbers() -> None:
    """Two events change their own numbers alone, by which the pages put them in order."""
    one, other = at(5), at(9)
    Event.objects.filter(pk=one.pk).update(id=1_000_000)
    Event.objects.filter(pk=other.pk).update(id=one.pk)
    Event.objects.filter(pk=1_000_000).update(id=other.pk)


def close_the_gap() -> None:
    """One is deleted, and all later ones move up."""
    gone = at(7)
    gone.delete()
    for event in Event.objects.filter(lane=gone.lane, seq__gt=gone.seq).order_by("seq"):
        Event.objects.filter(pk=event.pk).update(seq=event.seq - 1)


def forge() -> None:
    """A further one, with a digest of the forger's own, and the lane moved to it."""
    last = Event.objects.latest("seq")
    Event.objects.create(
        at=AT, kind="payment.taken", subject_id="C1", actor="x", lane=last.lane, seq=last.seq + 1, digest="f" * 64
    )
    Lane.objects.filter(lane=last.lane).update(seq=last.seq + 1, digest="f" * 64)


def cut_the_end() -> None:
    """The newest is deleted, and its lane set back to the one before."""
    last = Event.objects.latest("seq")
    last.delete()
    before = Event.objects.latest("seq")
    Lane.objects.filter(lane=last.lane).update(seq=before.seq, digest=before.digest)


TAMPERINGS: dict[str, tuple[Callable[[], None], str]] = {
    "its facts": (edit(data={"number": 8}), "ALTERED"),
    "its moment": (edit(at=AT - timedelta(days=1)), "ALTERED"),
    "who did it": (edit(actor="user:4"), "ALTERED"),
    "whom it is about": (edit(subject_id="C2"), "ALTERED"),
    "what it is": (edit(kind="payment.reversed"), "ALTERED"),
    "the status before": (edit(before="OPEN"), "ALTERED"),
    "the status after": (edit(after="OPEN"), "ALTERED"),
    "its digest": (edit(digest="0" * 64), "ALTERED"),
    "the first deleted": (delete(0), "MISSING"),
    "one deleted": (delete(7), "MISSING"),
    "several deleted": (delete(7, 8, 9), "MISSING"),
    "the newest deleted": (delete(MANY - 1), "MISSING"),
    "all deleted": (lambda: Event.objects.all().delete(), "MISSING"),
    "two in each other's place": (swap, "ALTERED"),
    "two with each other's content": (swap_content, "ALTERED"),
    "two with each other's number": (swap_numbers, "ALTERED"),
    "one with a number before all others": (edit(id=-1), "ALTERED"),
    "one deleted and the rest moved up": (close_the_gap, "ALTERED"),
    "one put there": (lambda: Event.objects.create(at=AT, kind="x", subject_id="C1", actor="x"), "UNCHAINED"),
    "one forged at the end": (forge, "END_FORGED"),
    "the end cut off": (cut_the_end, "END_FORGED"),
    "a lane deleted": (lambda: Lane.objects.filter(lane=0).delete(), "NO_LANE"),
    "all lanes and events deleted": (
        lambda: (Event.objects.all().delete(), Lane.objects.all().delete()),
        "ANCHOR_BROKEN",
    ),
    "the anchor deleted": (lambda: Anchor.objects.all().delete(), "ANCHOR_LOST"),
    "the anchor edited": (lambda: Anchor.objects.update(statement="{}"), "ANCHOR_FORGED"),
}


class TestVerify:
    def test_a_trail_that_nobody_touched_stands(self, trail):
        found = verify_audit.verify(trail)
        assert (found.events, found.findings) == (MANY, ())

    @pytest.mark.parametrize("name", TAMPERINGS)
    def test_finds_out(self, trail, name: str):
        """By somebody who switched the database's own refusals off, and on again."""
        tamper, kind = TAMPERINGS[name]
        with unguarded():
            tamper()
        assert kind in kinds(trail)

    @pytest.mark.skipif("sqlite" not in settings.DATABASES["default"]["ENGINE"], reason="PostgreSQL keeps no NUL")
    @pytest.mark.parametrize("name", ["kind", "subject_id", "actor", "before", "after"])
    def test_finds_what_was_put_behind_the_end_of_a_text(self, trail, name: str):
        """Text of C ends at a NUL, and what a program shows does not."""
        with unguarded():
            edit(**{name: getattr(at(7), name) + "\x00 and more"})()
        assert "ALTERED" in kinds(trail)

    def test_a_trail_taken_away_whole_with_its_anchors_is_missed(self, trail, tmp_path):
        manage_staff.add(
            username="he", display_name="He", role="AGENT", password="horse battery 7", at=AT, actor="test"
        )
        with unguarded():
            for each in (Event, Lane, Anchor):
                each.objects.all().delete()
        assert kinds(tmp_path / "emptied") == {"NO_TRAIL"}

    def test_names_the_event_that_was_edited(self, trail):
        with unguarded():
            TAMPERINGS["its facts"][0]()
        assert [(one.kind, one.event_id) for one in verify_audit.verify(trail).findings] == [("ALTERED", at(7).pk)]

    def test_an_older_end_of_a_lane_put_back_is_not_its_newest_event(self, trail):
        older = Lane.objects.values().get(seq=MANY)
        tell(MANY)
        with unguarded():
            Lane.objects.filter(lane=older.pop("lane")).update(**older)
        assert kinds(trail) == {"END_MOVED"}

    def test_events_of_a_lane_whose_row_is_gone_are_read_all_the_same(self, trail):
        with unguarded():
            edit(actor="user:4")()
            Lane.objects.filter(lane=at(0).lane).delete()
        assert kinds(trail) == {"ALTERED", "NO_LANE"}

    def test_an_older_copy_put_back_whole_is_found_by_an_anchor_kept_elsewhere(self, trail):
        copy = [list(model.objects.values()) for model in (Event, Lane, Anchor)]
        tell(MANY)
        anchor_audit.anchor(trail, at=AT)
        with unguarded():
            for model, rows in zip((Event, Lane, Anchor), copy, strict=True):
                model.objects.all().delete()
                model.objects.bulk_create([model(**row) for row in rows])

        assert kinds(trail) == {"ANCHOR_LOST"}
        anchor_audit.anchor(trail, at=AT + timedelta(days=1))  # the next night counts on from the older copy
        assert kinds(trail) == {"ANCHOR_LOST"}

    def test_an_anchor_that_is_lost_and_was_kept_elsewhere_is_told_of_once(self, trail):
        for day in (1, 2, 3):
            tell(MANY + day)
            anchor_audit.anchor(trail, at=AT + timedelta(days=day))
        last = Anchor.objects.order_by("number").last().number
        with unguarded():
            Anchor.objects.filter(number=last - 1).delete()

        assert [(one.kind, one.seq) for one in verify_audit.verify(trail).findings] == [("ANCHOR_LOST", last - 1)]

    def test_whoever_has_the_chain_s_key_is_found_by_the_anchors(self, trail, settings):
        events = [(event.subject_id, event.data) for event in Event.objects.order_by("seq")]
        with unguarded():
            Event.objects.all().delete()
            Lane.objects.all().delete()
        for number, (subject, _) in enumerate(events):
            tell(number, subject="C2" if number == 7 else subject)
        assert kinds(trail) == {"ANCHOR_BROKEN"}

    def test_another_key_is_refused(self, trail, settings):
        settings.AUDIT_KEY = b"f" * 64
        with pytest.raises(keys.KeyWrong, match="audit key"):
            operations.check_key()

    def test_with_another_anchor_key_nothing_is_anchored_on(self, trail, settings):
        settings.ANCHOR_KEY = b"f" * 32
        with pytest.raises(keys.KeyWrong, match="anchor key"):
            anchor_audit.anchor(trail, at=AT + timedelta(days=1))
        assert Anchor.objects.count() == 1

    def test_with_another_anchor_key_nothing_begins_and_nothing_is_signed(self, trail, settings):
        settings.ANCHOR_KEY = b"f" * 32
        with pytest.raises(keys.KeyWrong, match="anchor key"):
            check_keys.check_keys()
        with pytest.raises(keys.KeyWrong, match="anchor key"):
            anchors.sign("a statement")

    @pytest.mark.parametrize("forged", [{"statement": "{}"}, {"statement": "x"}])
    def test_anchors_that_were_all_altered_are_for_verify_to_name(self, trail, forged):
        anchor_audit.anchor(trail, at=AT + timedelta(days=1))
        with unguarded():
            Anchor.objects.update(**forged)
        check_keys.check_keys()
        assert "ANCHOR_FORGED" in kinds(trail)

    def test_a_lost_anchor_key_is_not_made_anew(self, trail, settings):
        settings.ANCHOR_KEY = None
        with pytest.raises(keys.KeyMissing, match="anchor key is missing"):
            check_keys.ready_keys(at=AT + timedelta(days=1))

    def test_the_right_key_anchors_on_behind_one_that_was_forged(self, trail):
        anchor_audit.anchor(trail, at=AT + timedelta(days=1))
        with unguarded():
            Anchor.objects.filter(number=2).update(signature="00" * 64)
        anchor_audit.anchor(trail, at=AT + timedelta(days=2))
        assert "ANCHOR_FORGED" in kinds(trail)

    def test_an_anchor_checks_with_the_public_key_alone(self, trail):
        other = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"  # of RFC 8032, 7.1
        assert kinds(trail, public_key=verify_audit.public_key()) == set()
        assert kinds(trail, public_key=other) == {"ANCHOR_FORGED"}

    def test_a_file_that_is_no_anchor_is_named(self, trail):
        (trail / "000009.json").write_text("[]")
        with pytest.raises(anchor_audit.NoAnchorFile, match="000009"):
            verify_audit.verify(trail)


#: What somebody with a prompt of the database might type.
REFUSED = {
    "an event edited": "UPDATE audit_event SET actor = 'user:4' WHERE seq = 8",
    "an event moved": "UPDATE audit_event SET lane = NULL WHERE seq = 8",
    "an event deleted": "DELETE FROM audit_event WHERE seq = 8",
    "all events deleted": "DELETE FROM audit_event",
    "an anchor edited": "UPDATE audit_anchor SET statement = '{}'",
    "an anchor deleted": "DELETE FROM audit_anchor",
    "a lane set back": "UPDATE audit_lane SET seq = seq - 1 WHERE seq > 0",
    "a lane's end rewritten": "UPDATE audit_lane SET digest = 'f' WHERE seq > 0",
    "a lane moved": "UPDATE audit_lane SET lane = 999, seq = seq + 1 WHERE seq > 0",
    "a lane deleted": "DELETE FROM audit_lane WHERE seq = 0",
}
EMPTIED = ["audit_event", "audit_anchor", "audit_lane"]


def typed(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


class TestGuards:
    @pytest.mark.parametrize("name", REFUSED)
    def test_the_database_refuses(self, trail, name):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            typed(REFUSED[name])
        assert kinds(trail) == set()

    @pytest.mark.parametrize("table", EMPTIED)
    def test_the_database_refuses_to_empty(self, trail, table):
        statement = "DELETE FROM" if connection.vendor == "sqlite" else "TRUNCATE"
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            typed(f"{statement} {table}")
        assert kinds(trail) == set()

    def test_whoever_left_them_off_is_told_of(self, trail):
        for name in guards.expected():
            with transaction.atomic():
                typed(past.drop(name))
                assert guards.lost() == [name]
                assert kinds(trail) == {"NO_GUARD"}
                transaction.set_rollback(True)

    def test_those_that_verify_asks_for_are_those_that_were_put_up(self):
        put_up = past.put_up()
        assert all(any(f"CREATE TRIGGER {name} " in each for each in put_up) for name in guards.expected())
        assert sum("CREATE TRIGGER" in each for each in put_up) == len(guards.expected())


@pytest.mark.django_db
class TestRecord:
    def test_events_of_before_the_chain_are_chained_as_they_stand(self, tmp_path):
        for number in range(3):
            Event.objects.create(at=AT, kind="x", subject_id="C1", actor="x", data={"number": number})
        operations.open_lanes()
        tell(1)

        found = verify_audit.verify(tmp_path)
        assert (found.events, found.findings) == (4, ())

    def test_what_is_rolled_back_leaves_no_gap(self, tmp_path):
        tell(1)
        with transaction.atomic():
            tell(2)
            transaction.set_rollback(True)
        tell(3)
        assert [event.data["number"] for event in Event.objects.order_by("seq")] == [1, 3]
        assert kinds(tmp_path) == set()

    def test_a_separator_in_a_name_is_refused(self):
        with pytest.raises(Refusal, match="control character"):
            tell(1, subject="C1\x1fuser:4")

    @pytest.mark.parametrize("facts", [{"text": "\x1f\x00\ud800"}, {"x": 1e22, "y": -0.0, "z": [None, True]}])
    def test_strange_facts_come_back_as_they_were(self, facts, tmp_path):
        operations.record("x", subject="C1", actor="x", at=AT, **facts)
        assert Event.objects.get().data == facts
        assert kinds(tmp_path) == set()

    def test_facts_stand_as_one_text_on_every_database(self):
        operations.record("x", subject="C1", actor="x", at=AT, b="好", a=[1, 2.5])
        with connection.cursor() as cursor:
            cursor.execute("SELECT data FROM audit_event")
            assert cursor.fetchone()[0] == '{"a":[1,2.5],"b":"\\u597d"}'
